//! The log replayed: every event is checked by the rules that held when it was made, in writing and in verifying alike.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::envelope::Envelope;
use super::event::{
    Action, Entry, Exception, FileRecord, LimitsFound, PREDICATE_TYPE, STATEMENT_TYPE, Statement, Subject, VersionId,
};
use super::form::check_form;
use super::policy::{DEVELOPER, OWNER, POLICY_FILE, Person, Policy, VALIDATOR};
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

/// An event that holds.
#[derive(Debug, Clone)]
pub struct Event {
    /// What it says.
    pub statement: Statement,
    /// SHA-256 of its file.
    pub sha256: String,
    /// The id of the key that signed it.
    pub key: String,
    /// Whether it still counts: false once its key was revoked from an event on that is not after it, or where its signer
    /// had the role only by a policy that no longer counts.
    pub counts: bool,
}

impl Event {
    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.statement.predicate
    }
}

/// A version with the events about it.
#[derive(Debug, Clone)]
pub struct Version {
    /// Which.
    pub id: VersionId,
    /// SHA-256 of scorecard.json.
    pub scorecard_sha256: String,
    /// Numbers of the events about it, registration first.
    pub events: Vec<u64>,
}

/// Where a version stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Registered.
    Candidate,
    /// Validated by somebody else than its developer.
    Validated,
    /// Approved by every role that must.
    Approved,
    /// Released: in force, or from a later moment on.
    Released,
    /// Out of use: replaced, expired, or retired for good.
    Retired,
    /// Turned down, or its registration no longer counts.
    Rejected,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Candidate => "candidate",
            State::Validated => "validated",
            State::Approved => "approved",
            State::Released => "released",
            State::Retired => "retired",
            State::Rejected => "rejected",
        }
    }
}

/// A release of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseOf {
    /// The event.
    pub number: u64,
    /// The version.
    pub version: VersionId,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when, where another does not replace it before.
    pub until: Option<DateTime<Utc>>,
}

/// The replayed log.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Every event, in order.
    pub events: Vec<Event>,
    /// Every version, in the order of registration.
    pub versions: Vec<Version>,
    /// The policy in force.
    pub policy: Option<Policy>,
    /// Revoked keys, with the event that revoked them.
    pub revoked: BTreeMap<String, u64>,
    /// Every policy, with the event that brought it.
    pub(super) policies: Vec<(u64, Policy)>,
}

/// A rule that an event would break: who must do what instead.
pub(super) fn refused(what: impl Into<String>, help: impl Into<String>) -> Error {
    Error::new(ErrorKind::Refused, what).help(help)
}

/// The log or a file of the registry does not hold.
pub(super) fn broken(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Registry, what)
        .help("somebody or something changed the registry's files: restore them from a backup, and find out who did")
}

impl Ledger {
    /// SHA-256 of the first event: which registry this is.
    pub fn registry(&self) -> Option<&str> {
        self.events.first().map(|event| event.sha256.as_str())
    }

    /// The policy in force.
    ///
    /// # Errors
    /// [`ErrorKind::Registry`] in a log without events.
    pub fn policy(&self) -> Result<&Policy> {
        self.policy.as_ref().ok_or_else(|| broken("the registry has no policy"))
    }

    /// The policy in force when an event of this number was written.
    pub fn policy_at(&self, number: u64) -> Option<&Policy> {
        let mut brought = self.policies.iter().rev().filter(|(by, _)| *by < number || *by == 1);
        brought.find(|(by, _)| self.event(*by).is_none_or(|event| event.counts)).map(|(_, policy)| policy)
    }

    /// The event of a number, from 1.
    pub fn event(&self, number: u64) -> Option<&Event> {
        self.events.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// Adds the next event: `bytes` are its file, `policy` the text of the policy that it brings, where it brings one.
    ///
    /// # Errors
    /// [`ErrorKind::Registry`] where bytes, chain or signature do not hold, [`ErrorKind::Refused`] or
    /// [`ErrorKind::NotApproved`] where a rule is broken; the ledger is as before.
    pub fn append(&mut self, bytes: &[u8], policy: Option<&str>) -> Result<()> {
        let number = self.events.len() as u64 + 1;
        let place = |what: String| broken(format!("event {number} does not hold: {what}"));
        let envelope = Envelope::from_json(bytes).map_err(place)?;
        if envelope.to_json()? != bytes {
            return Err(place("its file is not in the very bytes that the program writes".into()));
        }
        let key = envelope.key_id().to_owned();
        let read = |payload: &[u8]| -> Result<Statement> {
            serde_json::from_slice(payload).map_err(|e| place(format!("its statement cannot be read ({e})")))
        };
        // A first policy, and only that, is checked by a key that it brings itself.
        let brought = match policy {
            Some(text) => {
                Some(Policy::parse(Path::new(POLICY_FILE), text).map_err(|e| e.about(&format!("event {number}")))?)
            }
            None => None,
        };
        let judge =
            self.policy.as_ref().or(brought.as_ref()).ok_or_else(|| place("it stands before any policy".into()))?;
        let Some((_, public)) = judge.person(&key) else {
            let known = self.events.iter().any(|event| event.key == key);
            let since = if known { ", which it once had" } else { "" };
            return Err(place(format!("it is signed by the key {key}, which the policy does not have{since}")));
        };
        let statement = read(&envelope.verified_payload(public).map_err(place)?)?;
        self.check_chain(&statement).map_err(place)?;
        self.check_rules(&statement, &key, brought.as_ref())?;
        if let Action::Policy { file } = &statement.predicate.action {
            let text = policy.ok_or_else(|| place("its policy is not there".into()))?;
            if sha256(text.as_bytes()) != file.sha256 {
                return Err(place("its policy is not the file that it names".into()));
            }
        }
        self.record(statement, sha256(bytes), key, brought);
        Ok(())
    }

    /// Number, digests and times follow from the event before.
    fn check_chain(&self, statement: &Statement) -> std::result::Result<(), String> {
        let entry = &statement.predicate;
        if statement.kind != STATEMENT_TYPE || statement.predicate_type != PREDICATE_TYPE {
            return Err("it is no statement of a scorewright registry".to_owned());
        }
        let number = self.events.len() as u64 + 1;
        if entry.number != number {
            return Err(format!("it was signed as event {}", entry.number));
        }
        if entry.registry.as_deref() != self.registry() {
            return Err("it was signed for another registry, or the log's beginning was changed".to_owned());
        }
        if entry.previous_sha256.as_deref() != self.events.last().map(|event| event.sha256.as_str()) {
            return Err("the event before it is not the one that it was signed after".to_owned());
        }
        if let Some(last) = self.not_before(Some(&entry.action)).filter(|last| entry.at < *last) {
            return Err(format!("its time {} is before that of the events before it, {last}", entry.at));
        }
        let subjects: Vec<Subject> = match &entry.action {
            Action::Revoke { .. } => vec![Subject::new("key", subject_of_key(&entry.action))],
            action => {
                let scorecard = action
                    .version()
                    .and_then(|id| self.version(id))
                    .map(|version| Subject::new(super::SCORECARD, &version.scorecard_sha256));
                let files = action.files().iter().map(|file| Subject::new(&file.name, &file.sha256));
                scorecard.into_iter().chain(files).collect()
            }
        };
        if statement.subject != subjects {
            return Err("the files that it signs are not those of its version".to_owned());
        }
        Ok(())
    }

    /// Who may do what, and which moves are allowed.
    fn check_rules(&self, statement: &Statement, key: &str, brought: Option<&Policy>) -> Result<()> {
        let entry = &statement.predicate;
        let (signer, action) = (&entry.signer, &entry.action);
        let policy = self.policy.as_ref().or(brought).ok_or_else(|| broken("the registry has no policy"))?;
        let (person, _) = policy.person(key).ok_or_else(|| broken("the key is not in the policy"))?;
        if let Some(by) = self.revoked.get(key) {
            return Err(refused(
                format!("this key of {} was revoked by event {by}", person.name),
                "sign with a key that is in force; the owner adds a new one to the policy",
            ));
        }
        if signer.name != person.name {
            return Err(refused(
                format!("the key belongs to {}, not to {}", person.name, signer.name),
                "sign with your own key",
            ));
        }
        self.check_role(policy, person, &signer.role, action)?;
        check_form(entry)?;
        match action {
            Action::Policy { .. } => match brought {
                None => Err(broken("an event brings a policy that is not there")),
                Some(policy) if !self.has_owner(policy) => Err(refused(
                    "every owner's key in this policy is revoked: nobody could change the policy any more",
                    "give an owner a new key",
                )),
                Some(_) => Ok(()),
            },
            Action::Revoke { key: revoked, since, .. } => self.check_revocation(statement, key, revoked, *since),
            Action::Register { version, files, evidence, .. } => self.check_registration(version, files, evidence),
            Action::Validate { version, files, evidence, exception, .. } => {
                self.require(
                    version,
                    entry.at,
                    &[State::Candidate, State::Validated, State::Approved, State::Released],
                    "validated",
                )?;
                self.check_validation(policy, version, files, evidence, exception.as_ref(), entry.at)?;
                self.require_others(version, &signer.name, "validate")
            }
            Action::Approve { version, .. } => {
                self.require(version, entry.at, &[State::Validated], "approved")?;
                self.require_others(version, &signer.name, "approve")
            }
            Action::Reject { version, .. } => {
                self.require(version, entry.at, &[State::Candidate, State::Validated, State::Approved], "rejected")
            }
            Action::Release { version, from, until, rollback } => {
                self.check_release(policy, version, *from, *until, rollback.as_deref(), entry.at)
            }
            Action::Retire { version, .. } => {
                let states = [State::Approved, State::Released, State::Retired];
                let is_over = self.version(version).is_some_and(|version| self.retired_by(version).is_some());
                self.require(version, entry.at, if is_over { &states[..2] } else { &states }, "retired")
            }
        }
    }

    pub(super) fn check_role(&self, policy: &Policy, person: &Person, role: &str, action: &Action) -> Result<()> {
        let allowed: Vec<&str> = match action {
            Action::Policy { .. } | Action::Revoke { .. } => vec![OWNER],
            Action::Register { .. } => vec![DEVELOPER],
            Action::Validate { .. } => vec![VALIDATOR],
            Action::Approve { .. } => policy.approve.iter().map(String::as_str).collect(),
            Action::Reject { .. } => {
                std::iter::once(VALIDATOR).chain(policy.approve.iter().map(String::as_str)).collect()
            }
            Action::Release { .. } | Action::Retire { .. } => policy.release.iter().map(String::as_str).collect(),
        };
        if !allowed.contains(&role) {
            return Err(refused(
                format!("the role {role:?} cannot {}", action.word()),
                format!("roles that can: {}", allowed.join(", ")),
            ));
        }
        if !person.roles.contains(role) {
            let roles: Vec<&str> = person.roles.iter().map(String::as_str).collect();
            return Err(refused(
                format!(
                    "{} is {} by the policy, and cannot {} as {role}",
                    person.name,
                    roles.join(" and "),
                    action.word()
                ),
                format!("ask {}", policy.holders_in_words(role)),
            ));
        }
        Ok(())
    }

    fn check_validation(
        &self,
        policy: &Policy,
        version: &VersionId,
        files: &[FileRecord],
        evidence: &LimitsFound,
        exception: Option<&Exception>,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let registered = self.registered_evidence(version)?;
        match files.first() {
            Some(file) if file.name == super::EVIDENCE && file.sha256 == evidence.sha256 => {}
            Some(_) => return Err(broken(format!("the validation of {version} does not bring its evidence"))),
            None if policy.independent_evidence => {
                return Err(Error::new(ErrorKind::NotApproved, "the policy wants evidence of the validator's own")
                    .help("measure the scorecard on other data (scorewright validate), and give its directory: --evidence DIR"));
            }
            None if evidence != registered => {
                return Err(broken(format!("the validation of {version} names evidence that is not there")));
            }
            None => {}
        }
        let mut failed: BTreeSet<&String> = registered.failed.iter().chain(&evidence.failed).collect();
        let none = "no limit is stated".to_owned();
        if policy.limits_required && evidence.limits == 0 {
            failed.insert(&none);
        }
        match exception {
            None if failed.is_empty() => Ok(()),
            None => {
                let failed: Vec<&str> = failed.into_iter().map(String::as_str).collect();
                Err(Error::new(
                    ErrorKind::NotApproved,
                    format!("limits do not hold for {version}: {}", suggest::list(failed)),
                )
                .help("reject the version, or sign an exception: --exception \"REASON\" --until 2027-01-31"))
            }
            Some(exception) => {
                let longest = TimeDelta::days(i64::from(policy.longest_exception_days));
                if exception.reason.trim().is_empty() {
                    return Err(refused("an exception needs a reason", "say why: --exception \"REASON\""));
                }
                if exception.expires <= at {
                    return Err(refused("the exception would have expired already", "give a later day: --until"));
                }
                match exception.expires > at + longest {
                    true => Err(refused(
                        format!("the policy lets exceptions last {} days at most", policy.longest_exception_days),
                        "give an earlier day: --until",
                    )),
                    false => Ok(()),
                }
            }
        }
    }

    fn check_release(
        &self,
        policy: &Policy,
        id: &VersionId,
        from: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
        rollback: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let version = self.known(id)?;
        let state = self.state(version, at);
        match (state, rollback) {
            (State::Approved | State::Released, None) => {}
            (State::Retired, Some(reason)) if self.retired_by(version).is_none() => {
                if reason.trim().is_empty() {
                    return Err(refused("a rollback needs a reason", "say why: --rollback \"REASON\""));
                }
                if !self.is_approved(version) {
                    return Err(Error::new(ErrorKind::NotApproved, format!("the approval of {id} no longer counts"))
                        .help(self.next_step(version, at)?));
                }
            }
            (State::Retired, None) if self.retired_by(version).is_none() => {
                return Err(refused(
                    format!("{id} was in force before"),
                    "to bring it back, say why: --rollback \"REASON\"",
                ));
            }
            (State::Candidate | State::Validated, _) => {
                return Err(Error::new(
                    ErrorKind::NotApproved,
                    format!("{id} is not approved: it is {}", self.in_words(version, at)),
                )
                .help(self.next_step(version, at)?));
            }
            (State::Approved | State::Released, Some(_)) => {
                return Err(refused(format!("{id} was not replaced yet"), "leave --rollback out"));
            }
            (State::Retired | State::Rejected, _) => {
                return Err(refused(
                    format!("{id} is {}, for good", state.word()),
                    "release another version, or register a new one",
                ));
            }
        }
        if from < at {
            return Err(refused(
                "a release cannot begin in the past",
                "give a later moment: --from, or leave it out for now",
            ));
        }
        if until.is_some_and(|until| until <= from) {
            return Err(refused("the release would end before it begins", "give a later day: --until"));
        }
        if let Some(exception) = self.exception(version).filter(|exception| exception.expires <= from) {
            return Err(Error::new(
                ErrorKind::NotApproved,
                format!(
                    "the exception that {id} rests on expires on {}, before the release begins",
                    day(exception.expires)
                ),
            )
            .help("validate the version again: scorewright approve VERSION --as validator"));
        }
        if let Some(days) = policy.approval_days
            && let Some(last) = self.approvals(version).last()
            && from > last.entry().at + TimeDelta::days(i64::from(days))
        {
            return Err(Error::new(
                ErrorKind::NotApproved,
                format!("the last approval of {id} is of {}, more than {days} days before", day(last.entry().at)),
            )
            .help("register and approve a new version: the policy lets no approval be used later (approval_days)"));
        }
        Ok(())
    }

    fn require(&self, id: &VersionId, at: DateTime<Utc>, states: &[State], done: &str) -> Result<()> {
        let version = self.known(id)?;
        match states.contains(&self.state(version, at)) {
            true => Ok(()),
            false => Err(refused(
                format!("{id} is {} and cannot be {done}", self.in_words(version, at)),
                self.next_step(version, at)?,
            )),
        }
    }

    /// Nobody does two of: develop, validate, approve as one role, approve as another; not even after one of them was struck
    /// out with a revoked key, for what undoes the revocation brings it back.
    fn require_others(&self, id: &VersionId, name: &str, what: &str) -> Result<()> {
        let version = self.known(id)?;
        let policy = self.policy()?;
        let before = version.events.iter().filter_map(|number| self.event(*number)).find(|event| {
            // A person who was given another name keeps the key.
            let is_person = event.entry().signer.name == name
                || policy.person(&event.key).is_some_and(|(person, _)| person.name == name);
            is_person
                && match event.entry().action {
                    Action::Register { .. } | Action::Approve { .. } => true,
                    Action::Validate { .. } => what != "validate",
                    _ => false,
                }
        });
        match before {
            None => Ok(()),
            Some(event) => Err(refused(
                format!(
                    "{name} cannot {what} {id}: the same person did {} it (event {})",
                    event.entry().action.word(),
                    event.entry().number
                ),
                "another person must: developer, validator and approvers of a version are different people",
            )),
        }
    }

    pub(super) fn record(&mut self, statement: Statement, sha256: String, key: String, brought: Option<Policy>) {
        let number = statement.predicate.number;
        match &statement.predicate.action {
            Action::Policy { .. } => {
                self.policies.extend(brought.clone().map(|policy| (number, policy)));
                self.policy = brought;
            }
            Action::Register { version, files, .. } => self.versions.push(Version {
                id: version.clone(),
                scorecard_sha256: files.first().map(|file| file.sha256.clone()).unwrap_or_default(),
                events: Vec::new(),
            }),
            _ => {}
        }
        if let Some(id) = statement.predicate.action.version() {
            for version in self.versions.iter_mut().filter(|version| version.id == *id) {
                version.events.push(number);
            }
        }
        let is_revocation = matches!(statement.predicate.action, Action::Revoke { .. });
        self.events.push(Event { statement, sha256, key, counts: true });
        if is_revocation {
            self.settle();
        }
    }
}

/// What a revocation is about, as the digest of a subject: the key's id is a SHA-256.
pub(super) fn subject_of_key(action: &Action) -> &str {
    match action {
        Action::Revoke { key, .. } => key,
        _ => "",
    }
}

/// A moment in words, to the minute: the day, and the time of day where it is not midnight.
pub fn day(at: DateTime<Utc>) -> String {
    let text = at.format("%Y-%m-%d %H:%M UTC").to_string();
    match text.strip_suffix(" 00:00 UTC") {
        Some(day) => day.to_owned(),
        None => text,
    }
}
