//! The commands of the registry, and what they share: where it is, whose key signs, and tables of text.

mod administration;
mod audit;
mod decisions;
mod diff;
mod list;
mod mirror;
mod page;
mod reproduce;
mod show;
mod table;
mod verify;

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use clap::Args;
use scorewright::config::RegistrySection;
use scorewright::error::{Error, ErrorKind, Result};
use scorewright::registry::{Location, PrivateKey, Recorded, Registry, Signing, Store, Version, VersionId};
use serde_json::{Value, json};

pub use administration::Administration;
pub use audit::Audit;
pub use decisions::{Approve, Register, Reject, Release, Retire};
pub use diff::Diff;
pub use list::List;
pub use reproduce::Reproduce;
pub use show::Show;
pub use verify::Verify;

use super::Done;

/// Where the registry is.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The registry: a directory, or s3://, gs:// or az:// [default: SCOREWRIGHT_REGISTRY; else what [registry] of the
    /// nearest scorewright.toml says, or registry/ beside it; else registry/]
    #[arg(long, value_name = "LOCATION")]
    pub registry: Option<String>,
}

/// Whose key signs.
#[derive(Debug, Clone, Args)]
pub struct Key {
    /// Your private key: Ed25519 in PEM [default: SCOREWRIGHT_KEY]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Place {
    /// What a command line must repeat to come to the same place.
    fn words(&self) -> String {
        self.registry.as_ref().map(|place| format!(" --registry {place}")).unwrap_or_default()
    }

    fn section(&self) -> Result<RegistrySection> {
        let given = self.registry.clone().or_else(|| std::env::var("SCOREWRIGHT_REGISTRY").ok());
        let found = match given {
            Some(location) => Some(RegistrySection { location: Some(location), id: None }),
            None => RegistrySection::find(Path::new(""))?,
        };
        Ok(found.unwrap_or_default())
    }

    /// The place, whether there is a registry or not.
    fn store(&self, create: bool) -> Result<Store> {
        let location = self.section()?.location.unwrap_or_else(|| "registry".to_owned());
        Store::open(&Location::parse(&location)?, std::env::vars_os().filter_map(text), create)
    }

    /// The registry, its log replayed.
    pub fn open(&self) -> Result<Registry> {
        let registry = Registry::open(self.store(false)?)?;
        match self.section()?.id {
            Some(id) if !id.eq_ignore_ascii_case(registry.id()) => {
                let what = format!(
                    "the registry at {} is not the one that scorewright.toml names",
                    registry.store().location()
                );
                Err(Error::new(ErrorKind::Registry, what).help(format!(
                    "its first event is {}, but [registry] id is {id}: find out who replaced it",
                    registry.id()
                )))
            }
            _ => Ok(registry),
        }
    }

    /// The registry where there is one; for commands that can do without.
    pub fn open_if_there(&self) -> Result<Option<Registry>> {
        if self.registry.is_none() && std::env::var_os("SCOREWRIGHT_REGISTRY").is_none() {
            let location = self.section()?.location.unwrap_or_else(|| "registry".to_owned());
            if let Location::Directory(path) = Location::parse(&location)?
                && !path.join("log").is_dir()
            {
                return Ok(None);
            }
        }
        self.open().map(Some)
    }
}

/// A variable of the environment as text; what is no UTF-8 is no setting of an object store.
fn text((name, value): (std::ffi::OsString, std::ffi::OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

impl Key {
    fn read(&self) -> Result<PrivateKey> {
        let given = self.key.clone().or_else(|| std::env::var_os("SCOREWRIGHT_KEY").map(PathBuf::from));
        let Some(path) = given else {
            return Err(Error::new(ErrorKind::Usage, "this needs your signature")
                .help("name your private key: --key FILE, or SCOREWRIGHT_KEY in the environment"));
        };
        PrivateKey::read(&path)
    }
}

/// The time, in milliseconds as in events.
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "an event records when a person signed it")]
    let now = Utc::now();
    now.trunc_subsecs(3)
}

/// Calls `write` with the signer's key and the clock.
fn signed<T>(key: &Key, write: impl FnOnce(&Signing<'_>) -> Result<T>) -> Result<T> {
    let key = key.read()?;
    write(&Signing { key: &key, clock: &now })
}

/// A moment as people write it: a day, from its beginning in universal time, or a time with its zone.
fn moment(text: &str) -> std::result::Result<DateTime<Utc>, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(chrono::NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc)).map_err(|_| {
        "give a day (2027-01-31, from its beginning in UTC) or a time with its zone (2027-01-31T08:00:00+08:00)"
            .to_owned()
    })
}

/// What a command that wrote an event says: what happened, where the version stands, who must do what next.
fn written(registry: &Registry, id: &VersionId, recorded: &Recorded, what: &str, place: &Place) -> Result<Done> {
    let ledger = registry.ledger();
    let version = ledger.find(&id.to_string())?;
    let text = format!(
        "{what} (event {})\n{id} is {}\nnext: {}\n",
        recorded.number,
        ledger.in_words(version, now()),
        ledger.step(version, now())?.in_words(&place.words())
    );
    let mut json = version_json(registry, version)?;
    json["event"] = event_json(recorded);
    Ok(Done { text, json, limits_passed: true })
}

fn event_json(recorded: &Recorded) -> Value {
    json!({ "number": recorded.number, "sha256": recorded.sha256, "at": recorded.at })
}

/// A version for machines: the same fields in every command.
fn version_json(registry: &Registry, version: &Version) -> Result<Value> {
    let ledger = registry.ledger();
    let release = ledger.in_force(&version.id.card, now()).filter(|release| release.version == version.id);
    let registered = version.events.first().and_then(|number| ledger.event(*number)).map(|event| event.entry());
    let step = ledger.step(version, now())?;
    Ok(json!({
        "version": version.id.to_string(),
        "card": version.id.card,
        "number": version.id.number,
        "state": ledger.state(version, now()),
        "state_in_words": ledger.in_words(version, now()),
        "in_force": release.is_some(),
        "in_force_since": release.as_ref().map(|release| release.from),
        "in_force_until": release.as_ref().and_then(|release| release.until),
        "scorecard_sha256": version.scorecard_sha256,
        "registered_by": registered.map(|entry| &entry.signer.name),
        "registered_at": registered.map(|entry| entry.at),
        "exception": ledger.exception(version),
        "missing_approvals": ledger.missing_approvals(version),
        "next": step.in_words(""),
        "next_by": step.who,
        "registry": registry.id(),
    }))
}
