//! What people decide about a version: `register`, `approve`, `reject`, `release`, `retire`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use scorewright::error::{Error, ErrorKind, Result};
use scorewright::registry::{DEVELOPER, Exception, RunFiles, VALIDATOR, ValidationFiles, day};
use scorewright::suggest;

use super::super::Done;
use super::{Key, Place, moment, now, signed, written};

/// Registers a run as the next version of its card: scorecard, evidence, reports and configuration go into the registry,
/// signed by its developer.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright register runs/behavior --key keys/developer.pem")]
pub struct Register {
    /// The run directory that `train` wrote
    run: PathBuf,
    #[command(flatten)]
    key: Key,
    /// Words to go with it
    #[arg(long, default_value = "", value_name = "TEXT")]
    note: String,
    #[command(flatten)]
    place: Place,
}

impl Register {
    pub fn run(&self) -> Result<Done> {
        let mut registry = self.place.open()?;
        let run = RunFiles::read(&self.run)?;
        let (id, recorded) = signed(&self.key, |signing| registry.register(&run, &self.note, signing))?;
        let mut done = written(&registry, &id, &recorded, &format!("registered as {id}"), &self.place)?;
        if !run.evidence.failed.is_empty() {
            done.text.push_str(&format!(
                "note: limits do not hold in training ({}); a validation needs an exception\n",
                run.evidence.failed.join(", ")
            ));
        }
        if run.evidence.limits == 0 {
            done.text.push_str("note: the card states no limits ([limits]); nothing was held against any\n");
        }
        Ok(done)
    }
}

/// Signs for a version in a role: as validator (evidence whose limits hold, or an exception), then as each role that must
/// approve. Developer, validator and approvers are different people.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright approve behavior/1 --as validator --key keys/validator.pem --evidence validation\n  scorewright approve behavior/1 --as validator --key keys/validator.pem --exception \"few bads yet\" --until 2027-03-31\n  scorewright approve behavior/1 --as approver --key keys/approver.pem"
)]
pub struct Approve {
    /// The version, as CARD/NUMBER
    version: String,
    /// The role: validator, or one of those that the policy names (approver)
    #[arg(long = "as", value_name = "ROLE")]
    role: String,
    #[command(flatten)]
    key: Key,
    /// As validator: the directory that `validate` wrote [default: the evidence of training]
    #[arg(long, value_name = "DIRECTORY")]
    evidence: Option<PathBuf>,
    /// As validator: why the version may be used although limits do not hold
    #[arg(long, value_name = "REASON", requires = "until")]
    exception: Option<String>,
    /// When the exception ends: a day, or a time with its zone
    #[arg(long, value_name = "DAY", value_parser = moment, requires = "exception")]
    until: Option<DateTime<Utc>>,
    /// Conditions, or other words
    #[arg(long, default_value = "", value_name = "TEXT")]
    note: String,
    #[command(flatten)]
    place: Place,
}

impl Approve {
    pub fn run(&self) -> Result<Done> {
        let mut registry = self.place.open()?;
        let id = registry.ledger().find(&self.version)?.id.clone();
        if self.role == VALIDATOR {
            let validation = self.evidence.as_deref().map(ValidationFiles::read).transpose()?;
            let exception =
                self.exception.clone().zip(self.until).map(|(reason, expires)| Exception { reason, expires });
            let recorded = signed(&self.key, |signing| {
                registry.validate(&id, validation.as_ref(), exception, &self.note, signing)
            })?;
            return written(&registry, &id, &recorded, &format!("validated {id}"), &self.place);
        }
        if self.evidence.is_some() || self.exception.is_some() {
            return Err(Error::new(ErrorKind::Usage, "--evidence and --exception are for --as validator")
                .help("leave them out"));
        }
        if self.role == DEVELOPER {
            return Err(Error::new(
                ErrorKind::Usage,
                "a developer approves nothing: registering is the developer's signature",
            )
            .help(format!("roles that approve: {}", registry.ledger().policy()?.approve.join(", "))));
        }
        let roles = &registry.ledger().policy()?.approve;
        if !roles.contains(&self.role) {
            let known = [VALIDATOR].into_iter().chain(roles.iter().map(String::as_str));
            return Err(Error::new(ErrorKind::Usage, format!("nobody approves as {:?}", self.role))
                .help(suggest::did_you_mean(&self.role, "roles", known)));
        }
        let recorded = signed(&self.key, |signing| registry.approve(&id, &self.role, &self.note, signing))?;
        written(&registry, &id, &recorded, &format!("approved {id} as {}", self.role), &self.place)
    }
}

/// Turns a version down for good.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  scorewright reject behavior/2 --reason \"unstable over time\" --key keys/validator.pem"
)]
pub struct Reject {
    /// The version, as CARD/NUMBER
    version: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    place: Place,
}

impl Reject {
    pub fn run(&self) -> Result<Done> {
        let mut registry = self.place.open()?;
        let id = registry.ledger().find(&self.version)?.id.clone();
        let recorded = signed(&self.key, |signing| registry.reject(&id, &self.reason, signing))?;
        written(&registry, &id, &recorded, &format!("rejected {id}"), &self.place)
    }
}

/// Puts an approved version in force, in place of any other of its card; refuses one that is not approved.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright release behavior/2 --from 2027-01-01 --key keys/approver.pem\n  scorewright release behavior/1 --rollback \"version 2 declines too many\" --key keys/approver.pem"
)]
pub struct Release {
    /// The version, as CARD/NUMBER
    version: String,
    /// From when: a day, or a time with its zone [default: now]
    #[arg(long, value_name = "DAY", value_parser = moment)]
    from: Option<DateTime<Utc>>,
    /// Until when, if no other is released before
    #[arg(long, value_name = "DAY", value_parser = moment)]
    until: Option<DateTime<Utc>>,
    /// Why a version that was replaced comes back
    #[arg(long, value_name = "REASON")]
    rollback: Option<String>,
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    place: Place,
}

impl Release {
    pub fn run(&self) -> Result<Done> {
        let mut registry = self.place.open()?;
        let id = registry.ledger().find(&self.version)?.id.clone();
        let before = registry.ledger().in_force(&id.card, now());
        // Today has begun: in force from today means from now.
        let is_today = self.from.is_some_and(|from| from < now() && from.date_naive() == now().date_naive());
        let from = self.from.filter(|_| !is_today);
        let recorded =
            signed(&self.key, |signing| registry.release(&id, from, self.until, self.rollback.as_deref(), signing))?;
        let what = match before.filter(|before| before.version != id) {
            None => format!("released {id}"),
            Some(before) => {
                format!("released {id} in place of {}, in force since {}", before.version, day(before.from))
            }
        };
        written(&registry, &id, &recorded, &what, &self.place)
    }
}

/// Takes a version out of use for good.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright retire behavior/1 --reason \"product closed\" --key keys/approver.pem")]
pub struct Retire {
    /// The version, as CARD/NUMBER
    version: String,
    /// Why
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    place: Place,
}

impl Retire {
    pub fn run(&self) -> Result<Done> {
        let mut registry = self.place.open()?;
        let id = registry.ledger().find(&self.version)?.id.clone();
        let was_in_force = registry.ledger().in_force(&id.card, now()).is_some_and(|release| release.version == id);
        let recorded = signed(&self.key, |signing| registry.retire(&id, &self.reason, signing))?;
        let mut done = written(&registry, &id, &recorded, &format!("retired {id}"), &self.place)?;
        if was_in_force {
            done.text.push_str(&format!("note: no version of {} is in force now\n", id.card));
        }
        Ok(done)
    }
}
