//! Versions of scorecards and what people signed about them: a log of events that only grows, and the files that it
//! names, in a directory or an object store. `docs/registry.md` states the form and what it proves.
//!
//! - `log/00000001.json`, ...: one DSSE envelope an event, created once and never changed. An event's signature covers its
//!   number and the digest of the event before it.
//! - `files/SHA256/NAME`: what events name, by content; written before the event that names it.
//! - `head.json`: a lower bound of the log's length, against a log whose end was cut off.
//!
//! A writer creates the next event unless it is there; where it is, the writer reads it and begins again. So events are in
//! one order, no number is taken twice, and a writer that dies leaves the log as it was before or after its event.

mod authority;
mod bundle;
mod contents;
mod course;
mod envelope;
mod event;
mod form;
mod keys;
mod ledger;
mod measures;
mod mirror;
mod policy;
mod reproduce;
mod standing;
mod store;
mod verify;
mod words;

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use bundle::{Bundle, audit};
pub use contents::{EVIDENCE, RunFiles, SCORECARD, ValidationFiles, run_configuration};
pub use course::InForce;
pub use envelope::{Envelope, EnvelopeSignature, PAYLOAD_TYPE, pre_authentication_encoding};
pub use event::{
    Action, Entry, Exception, FileRecord, LimitsFound, PREDICATE_TYPE, STATEMENT_TYPE, SignerName, Statement, Subject,
    VersionId,
};
pub use keys::{PrivateKey, PublicKey};
pub use ledger::{Event, Ledger, ReleaseOf, State, Version, day};
pub use measures::{Measure, SampleMeasures, sample_measures};
pub use mirror::{Credentials, IN_FORCE, MirrorTo, Mirrored, MirroredCard, MirroredVersion, mirror, model_name};
pub use policy::{DEVELOPER, OWNER, POLICY_FILE, Person, Policy, VALIDATOR};
pub use reproduce::{Difference, Original, Reproduction, reproduce};
pub use standing::Step;
pub use store::{Creation, Location, Store};
pub use verify::{Remark, Verified, remarks, verify};

use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result, internal, read_file};
use ledger::broken;

/// How far the clocks of two writers may be apart. Within it, an event takes the time of the one before.
const CLOCKS_APART: TimeDelta = TimeDelta::seconds(60);

/// The folder of the log.
const LOG: &str = "log";

/// The lower bound of the log's length.
const HEAD: &str = "head.json";

/// `head.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    events: u64,
    sha256: String,
}

/// Who signs, and what time it is.
pub struct Signing<'a> {
    /// The signer's key.
    pub key: &'a PrivateKey,
    /// The clock of the signer's machine.
    pub clock: &'a dyn Fn() -> DateTime<Utc>,
}

/// Says in which role the signer does what, given the replayed log and the time.
type Making<'a> = &'a dyn Fn(&Ledger, DateTime<Utc>) -> Result<(String, Action)>;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The event.
    pub number: u64,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Its time.
    pub at: DateTime<Utc>,
}

/// An opened registry: its log is replayed and holds.
#[derive(Debug)]
pub struct Registry {
    store: Store,
    ledger: Ledger,
}

/// The file of an event.
fn event_name(number: u64) -> String {
    format!("{LOG}/{number:08}.json")
}

/// Where a file stands: by its digest, under a name that every store can have.
fn file_name(record: &FileRecord) -> String {
    let last = record.name.rsplit('/').next().unwrap_or_default();
    let plain: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
    format!("files/{}/{plain}", record.sha256)
}

impl Registry {
    /// Opens a registry and replays its log.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] where there is none; [`ErrorKind::Registry`] names the first event that does not hold.
    pub fn open(store: Store) -> Result<Self> {
        let mut registry = Registry { store, ledger: Ledger::default() };
        // Before the log: events that others write meanwhile make it longer than this, never shorter.
        let head = registry.store.get(HEAD)?;
        let names = registry.store.list(LOG)?;
        if names.is_empty() {
            return Err(store::absent(registry.store.location()));
        }
        for (at, name) in names.iter().enumerate() {
            let wanted = event_name(at as u64 + 1);
            if *name != wanted {
                let what = match name.strip_prefix("log/").and_then(|name| name.strip_suffix(".json")) {
                    Some(number) if number.len() == 8 && number.bytes().all(|b| b.is_ascii_digit()) => {
                        format!("event {} is missing from the log", at + 1)
                    }
                    _ => format!("{name} is no event and does not belong into the log"),
                };
                return Err(broken(what).in_file(registry.store.shown(&wanted)));
            }
        }
        for (name, bytes) in names.iter().zip(registry.store.get_all(&names)?) {
            registry.replay(name, &bytes)?;
        }
        if let Some(head) = head {
            registry.check_head(&head)?;
        }
        Ok(registry)
    }

    /// Makes a registry: its first event is the policy, signed by an owner whom it names.
    ///
    /// # Errors
    /// [`ErrorKind::Output`] where there is one already; those of the policy.
    pub fn create(store: Store, policy: &Path, signing: &Signing<'_>) -> Result<(Self, Recorded)> {
        if !store.list(LOG)?.is_empty() {
            return Err(Error::new(ErrorKind::Output, format!("there is a registry at {} already", store.location()))
                .help("to change its policy: scorewright registry policy POLICY.toml --key OWNER.pem"));
        }
        let mut registry = Registry { store, ledger: Ledger::default() };
        let recorded = registry.set_policy(policy, signing)?;
        Ok((registry, recorded))
    }

    /// Where it stands.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Its replayed log.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// SHA-256 of its first event.
    pub fn id(&self) -> &str {
        self.ledger.registry().unwrap_or_default()
    }

    /// The bytes of an event's file: its envelope.
    ///
    /// # Errors
    /// [`ErrorKind::Registry`], [`ErrorKind::Unreadable`].
    pub fn envelope(&self, number: u64) -> Result<Vec<u8>> {
        let name = event_name(number);
        self.store
            .get(&name)?
            .ok_or_else(|| broken(format!("event {number} is missing from the log")).in_file(self.store.shown(&name)))
    }

    /// The bytes of a file, found to have the digest that its event names.
    ///
    /// # Errors
    /// [`ErrorKind::Registry`] where it is missing or changed, [`ErrorKind::Unreadable`].
    pub fn file(&self, record: &FileRecord) -> Result<Vec<u8>> {
        let name = file_name(record);
        let place = |what: &str| broken(format!("{} {what}", record.name)).in_file(self.store.shown(&name));
        let bytes = self.store.get(&name)?.ok_or_else(|| place("is missing"))?;
        match bytes.len() as u64 == record.bytes && sha256(&bytes) == record.sha256 {
            true => Ok(bytes),
            false => Err(place("is not the file that was signed: its content was changed")),
        }
    }

    /// Where a file stands, relative to the registry.
    pub fn place(&self, record: &FileRecord) -> String {
        file_name(record)
    }

    /// A version's scorecard.
    ///
    /// # Errors
    /// As [`Registry::file`].
    pub fn scorecard(&self, version: &Version) -> Result<Vec<u8>> {
        self.file(self.files(version).first().ok_or_else(|| broken(format!("{} has no scorecard", version.id)))?)
    }

    /// The files of a version's registration, scorecard first.
    pub fn files(&self, version: &Version) -> &[FileRecord] {
        version
            .events
            .first()
            .and_then(|number| self.ledger.event(*number))
            .map_or(&[], |event| event.entry().action.files())
    }

    fn replay(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let place = |e: Error| e.in_file(self.store.shown(name));
        let policy = match brought_policy(bytes) {
            Some(file) => Some(policy::policy_text(Path::new(POLICY_FILE), self.file(&file)?)?),
            None => None,
        };
        self.ledger.append(bytes, policy.as_deref()).map_err(|e| match e.kind() {
            // What cannot be written cannot stand there either: somebody went around the program.
            ErrorKind::Refused | ErrorKind::NotApproved | ErrorKind::Duplicate | ErrorKind::UnknownVersion => {
                let number = self.ledger.events.len() + 1;
                place(broken(format!("event {number} breaks a rule: {}", e.message())))
            }
            _ => place(e),
        })
    }

    /// The log is at least as long as it was known to be, and the same up to there.
    fn check_head(&self, bytes: &[u8]) -> Result<()> {
        let place = |what: String| broken(what).in_file(self.store.shown(HEAD));
        let head: Head = serde_json::from_slice(bytes).map_err(|e| place(format!("head.json cannot be read ({e})")))?;
        match self.ledger.event(head.events) {
            None => Err(place(format!(
                "the log ends with event {}, but has had {}: its end was cut off",
                self.ledger.events.len(),
                head.events
            ))),
            Some(event) if event.sha256 != head.sha256 => {
                Err(place(format!("event {} is not the one that the log has had", head.events)))
            }
            Some(_) => Ok(()),
        }
    }

    /// Reads events that others have written meanwhile.
    fn refresh(&mut self) -> Result<()> {
        loop {
            let name = event_name(self.ledger.events.len() as u64 + 1);
            match self.store.get(&name)? {
                None => return Ok(()),
                Some(bytes) => self.replay(&name, &bytes)?,
            }
        }
    }

    /// Keeps a file; one of the same content may be there.
    fn keep(&self, name: &str, bytes: &[u8]) -> Result<FileRecord> {
        let record = FileRecord { name: name.to_owned(), sha256: sha256(bytes), bytes: bytes.len() as u64 };
        if self.store.create(&file_name(&record), bytes)? == Creation::Exists {
            self.file(&record)?;
        }
        Ok(record)
    }

    /// Writes the next event. `make` is given the replayed log and the time, and says in which role the signer does what; it
    /// is asked again after each event that another writer put there first.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`], [`ErrorKind::NotApproved`] and what else the rules say; nothing is written then.
    fn append(&mut self, signing: &Signing<'_>, make: Making<'_>) -> Result<Recorded> {
        let key = signing.key.public().id()?;
        loop {
            self.refresh()?;
            let clock = DateTime::from_timestamp_millis((signing.clock)().timestamp_millis())
                .ok_or_else(|| internal("the clock gives a time that cannot be written"))?;
            let last = self.ledger.not_before(None);
            let (role, action) = make(&self.ledger, last.map_or(clock, |last| clock.max(last)))?;
            let at = self.time(clock, &action)?;
            let policy = match &action {
                Action::Policy { file } => Some(policy::policy_text(Path::new(POLICY_FILE), self.file(file)?)?),
                _ => None,
            };
            let brought = policy.as_deref().map(|text| Policy::parse(Path::new(POLICY_FILE), text)).transpose()?;
            let judge = self.ledger.policy.as_ref().or(brought.as_ref());
            let person = judge.and_then(|policy| policy.person(&key)).map(|(person, _)| person.name.clone());
            let Some(name) = person else {
                return Err(unknown_key(&key));
            };
            let statement = self.statement(at, SignerName { name, role }, action);
            let payload = serde_json::to_vec(&statement).map_err(internal)?;
            let bytes = Envelope::sign(&payload, signing.key)?.to_json()?;
            let mut next = self.ledger.clone();
            next.append(&bytes, policy.as_deref())?;
            let number = statement.predicate.number;
            let name = event_name(number);
            // A store may report its own first try, repeated after a lost answer, as an event that was there.
            if self.store.create(&name, &bytes)? == Creation::Created || self.store.get(&name)?.as_ref() == Some(&bytes)
            {
                self.ledger = next;
                self.note_head(number, &sha256(&bytes))?;
                return Ok(Recorded { number, sha256: sha256(&bytes), at });
            }
        }
    }

    fn statement(&self, at: DateTime<Utc>, signer: SignerName, action: Action) -> Statement {
        let files = action.files().iter().map(|file| Subject::new(&file.name, &file.sha256));
        let subject = match &action {
            Action::Revoke { key, .. } => vec![Subject::new("key", key)],
            Action::Register { .. } | Action::Policy { .. } => files.collect(),
            action => {
                let version = action.version().and_then(|id| self.ledger.version(id));
                version
                    .map(|version| Subject::new(SCORECARD, &version.scorecard_sha256))
                    .into_iter()
                    .chain(files)
                    .collect()
            }
        };
        let last = self.ledger.events.last();
        Statement {
            kind: STATEMENT_TYPE.to_owned(),
            subject,
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: Entry {
                registry: self.ledger.registry().map(str::to_owned),
                number: self.ledger.events.len() as u64 + 1,
                previous_sha256: last.map(|event| event.sha256.clone()),
                at,
                signer,
                tool_version: env!("CARGO_PKG_VERSION").to_owned(),
                action,
            },
        }
    }

    /// The time of the next event, in milliseconds: the clock's, or that of the last event where the clock is a little behind.
    fn time(&self, now: DateTime<Utc>, action: &Action) -> Result<DateTime<Utc>> {
        let Some(last) = self.ledger.not_before(Some(action)) else { return Ok(now) };
        if now + CLOCKS_APART < last {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("this machine's clock says {}, but the registry's last event is of {}", day(now), day(last)),
            )
            .help(
                "set the clock right: time in the registry never goes back. Where that event's time is wrong, an owner \
                 revokes its key from that event on (scorewright registry revoke, --since)",
            ));
        }
        Ok(now.max(last))
    }

    fn note_head(&self, events: u64, sha256: &str) -> Result<()> {
        let known: Option<Head> = self.store.get(HEAD)?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if known.is_none_or(|known| known.events < events) {
            let head = Head { events, sha256: sha256.to_owned() };
            self.store.replace(HEAD, &serde_json::to_vec(&head).map_err(internal)?)?;
        }
        Ok(())
    }

    /// Brings a policy into force.
    ///
    /// # Errors
    /// Those of the policy, and of the rules: an owner of the policy before must sign.
    pub fn set_policy(&mut self, path: &Path, signing: &Signing<'_>) -> Result<Recorded> {
        let text = policy::policy_text(path, read_file(path)?)?;
        let brought = Policy::parse(path, &text)?;
        may(self.ledger.policy.as_ref().unwrap_or(&brought), signing, OWNER)?;
        let file = self.keep(POLICY_FILE, text.as_bytes())?;
        self.append(signing, &|_, _| Ok((OWNER.to_owned(), Action::Policy { file: file.clone() })))
    }

    /// Revokes a key; `since`: the first event that no longer counts where the key signed it.
    ///
    /// # Errors
    /// Those of the rules: an owner must sign.
    pub fn revoke(&mut self, key: &str, reason: &str, since: Option<u64>, signing: &Signing<'_>) -> Result<Recorded> {
        let action = Action::Revoke { key: key.to_owned(), reason: reason.to_owned(), since };
        self.append(signing, &|_, _| Ok((OWNER.to_owned(), action.clone())))
    }

    /// Registers a run as the next version of its card.
    ///
    /// # Errors
    /// [`ErrorKind::Duplicate`] where the scorecard is registered already; those of the rules.
    pub fn register(&mut self, run: &RunFiles, note: &str, signing: &Signing<'_>) -> Result<(VersionId, Recorded)> {
        // Refused for its key or as a duplicate, a run leaves no files behind.
        may(self.ledger.policy()?, signing, DEVELOPER)?;
        self.ledger.check_new(&run.scorecard_sha256())?;
        let files = run.files.iter().map(|(name, bytes)| self.keep(name, bytes)).collect::<Result<Vec<_>>>()?;
        let next = |ledger: &Ledger| VersionId {
            card: run.card.clone(),
            number: ledger.versions.iter().filter(|version| version.id.card == run.card).count() as u32 + 1,
        };
        let recorded = self.append(signing, &|ledger, _| {
            let action = Action::Register {
                version: next(ledger),
                card_kind: run.kind,
                files: files.clone(),
                evidence: run.evidence.clone(),
                note: note.to_owned(),
            };
            Ok((DEVELOPER.to_owned(), action))
        })?;
        let version = self.ledger.event(recorded.number).and_then(|event| event.entry().action.version().cloned());
        Ok((version.ok_or_else(|| internal("a registration without a version"))?, recorded))
    }

    /// Validates a version, by evidence of the validator's own or that of training.
    ///
    /// # Errors
    /// [`ErrorKind::NotApproved`] where limits do not hold and there is no exception; those of the rules.
    pub fn validate(
        &mut self,
        id: &VersionId,
        validation: Option<&ValidationFiles>,
        exception: Option<Exception>,
        note: &str,
        signing: &Signing<'_>,
    ) -> Result<Recorded> {
        may(self.ledger.policy()?, signing, VALIDATOR)?;
        verify::check_version(self, id)?;
        let version = self.ledger.known(id)?;
        if let Some(validation) = validation {
            validation.is_of(&version.scorecard_sha256)?;
        }
        let kept = validation.map(|validation| {
            validation.files.iter().map(|(name, bytes)| self.keep(name, bytes)).collect::<Result<Vec<_>>>()
        });
        let files = kept.transpose()?.unwrap_or_default();
        self.append(signing, &|ledger, _| {
            let evidence = match validation {
                Some(validation) => validation.evidence.clone(),
                None => ledger.registered_evidence(id)?.clone(),
            };
            let action = Action::Validate {
                version: id.clone(),
                files: files.clone(),
                evidence,
                exception: exception.clone(),
                note: note.to_owned(),
            };
            Ok((VALIDATOR.to_owned(), action))
        })
    }

    /// Approves a version in one of the roles that must.
    ///
    /// # Errors
    /// Those of the rules.
    pub fn approve(&mut self, id: &VersionId, role: &str, note: &str, signing: &Signing<'_>) -> Result<Recorded> {
        verify::check_version(self, id)?;
        let action = Action::Approve { version: id.clone(), note: note.to_owned() };
        self.append(signing, &|_, _| Ok((role.to_owned(), action.clone())))
    }

    /// Turns a version down for good.
    ///
    /// # Errors
    /// Those of the rules.
    pub fn reject(&mut self, id: &VersionId, reason: &str, signing: &Signing<'_>) -> Result<Recorded> {
        let roles = [&[VALIDATOR.to_owned()][..], &self.ledger.policy()?.approve].concat();
        let role = self.role_among(&roles, signing)?;
        let action = Action::Reject { version: id.clone(), reason: reason.to_owned() };
        self.append(signing, &|_, _| Ok((role.clone(), action.clone())))
    }

    /// Releases a version; `from`: absent for now; `rollback`: why an earlier version comes back.
    ///
    /// # Errors
    /// [`ErrorKind::NotApproved`] for a version without its approvals; those of the rules.
    pub fn release(
        &mut self,
        id: &VersionId,
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
        rollback: Option<&str>,
        signing: &Signing<'_>,
    ) -> Result<Recorded> {
        verify::check_version(self, id)?;
        let role = self.role_among(&self.ledger.policy()?.release.clone(), signing)?;
        self.append(signing, &|_, at| {
            let action = Action::Release {
                version: id.clone(),
                from: from.unwrap_or(at),
                until,
                rollback: rollback.map(str::to_owned),
            };
            Ok((role.clone(), action))
        })
    }

    /// Takes a version out of use for good.
    ///
    /// # Errors
    /// Those of the rules.
    pub fn retire(&mut self, id: &VersionId, reason: &str, signing: &Signing<'_>) -> Result<Recorded> {
        let role = self.role_among(&self.ledger.policy()?.release.clone(), signing)?;
        let action = Action::Retire { version: id.clone(), reason: reason.to_owned() };
        self.append(signing, &|_, _| Ok((role.clone(), action.clone())))
    }

    /// The first of `roles` that the signer has; where there is none, the first, for the rules to refuse.
    fn role_among(&self, roles: &[String], signing: &Signing<'_>) -> Result<String> {
        let key = signing.key.public().id()?;
        let person = self.ledger.policy()?.person(&key).map(|(person, _)| person);
        let held = roles.iter().find(|role| person.is_some_and(|person| person.roles.contains(*role)));
        Ok(held.or(roles.first()).cloned().unwrap_or_default())
    }
}

/// Whether the signer has a role, asked before anything is written.
fn may(policy: &Policy, signing: &Signing<'_>, role: &str) -> Result<()> {
    let key = signing.key.public().id()?;
    match policy.person(&key) {
        Some((person, _)) if !person.roles.contains(role) => {
            let roles: Vec<&str> = person.roles.iter().map(String::as_str).collect();
            Err(Error::new(
                ErrorKind::Refused,
                format!("{} is {} by the policy, not {role}", person.name, roles.join(" and ")),
            )
            .help(format!("ask {}", policy.holders_in_words(role))))
        }
        Some(_) => Ok(()),
        None => Err(unknown_key(&key)),
    }
}

/// A signer whom nobody knows.
fn unknown_key(id: &str) -> Error {
    Error::new(ErrorKind::Refused, format!("the policy does not have this key (id {id})"))
        .help("an owner adds its public half to the policy: scorewright registry policy POLICY.toml --key OWNER.pem")
}

/// The policy that an event brings, as its envelope says before it is checked.
fn brought_policy(bytes: &[u8]) -> Option<FileRecord> {
    let payload = Envelope::from_json(bytes).ok()?.payload().ok()?;
    let statement: Statement = serde_json::from_slice(&payload).ok()?;
    match statement.predicate.action {
        Action::Policy { file } => Some(file),
        _ => None,
    }
}
