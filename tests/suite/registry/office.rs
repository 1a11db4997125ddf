//! People with keys, a policy, a clock that tests set, and runs to register.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use scorewright::error::{Error, Result};
use scorewright::registry::{Exception, Location, PrivateKey, Recorded, Registry, RunFiles, Signing, Store, VersionId};
use scorewright_runtime::artifact::ScorecardDocument;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{Cases, FEATURES, Folder, card};

/// People and their roles.
pub const PEOPLE: [(&str, &[&str]); 7] = [
    ("Olga", &["owner"]),
    ("Omar", &["owner"]),
    ("Ana", &["developer"]),
    ("Ben", &["validator"]),
    ("Cora", &["approver"]),
    ("Dan", &["developer", "validator", "approver"]),
    ("Eve", &["developer"]),
];

/// A registry with people, in a folder of its own.
pub struct Office {
    pub folder: Folder,
    clock: Cell<DateTime<Utc>>,
}

/// Everybody's key follows from the name.
pub fn key(name: &str) -> PrivateKey {
    PrivateKey::from_seed(&Sha256::digest(name).into())
}

/// The id of somebody's key.
pub fn key_id(name: &str) -> String {
    key(name).public().id().unwrap()
}

/// A policy of these people; `section` goes into `[policy]`.
pub fn policy(section: &str, people: &[(&str, &[&str])]) -> String {
    let mut text = format!("[policy]\nname = \"Test bank\"\n{section}\n");
    for (name, roles) in people {
        let pem = key(name).public().to_pem().unwrap();
        text.push_str(&format!("[[people]]\nname = {name:?}\nroles = {roles:?}\nkeys = [\"\"\"\n{pem}\"\"\"]\n"));
    }
    text
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Office {
    /// A registry at `registry/` with the usual policy, on 1 December 2026 at nine.
    pub fn new() -> Self {
        Office::with_policy("")
    }

    /// The same with further keys of `[policy]`.
    pub fn with_policy(section: &str) -> Self {
        let office = Office { folder: Folder::new(), clock: Cell::new(time("2026-12-01T09:00:00Z")) };
        office.folder.write("policy.toml", policy(section, &PEOPLE));
        for (name, _) in PEOPLE {
            office.folder.write(&format!("keys/{name}.pem"), key(name).to_pem().unwrap());
            office.folder.write(&format!("keys/{name}.pub.pem"), key(name).public().to_pem().unwrap());
        }
        office
            .signed("Olga", |signing| Registry::create(office.store(), &office.folder.path("policy.toml"), signing))
            .unwrap();
        office
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path(&format!("registry/{name}"))
    }

    fn store(&self) -> Store {
        Store::open(&Location::Directory(self.folder.path("registry")), [], true).unwrap()
    }

    pub fn open(&self) -> Result<Registry> {
        Registry::open(self.store())
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.get()
    }

    /// Lets days pass; a negative number sets the clock back.
    pub fn pass(&self, days: i64) {
        self.clock.set(self.now() + TimeDelta::days(days));
    }

    /// Lets hours pass.
    pub fn pass_hours(&self, hours: i64) {
        self.clock.set(self.now() + TimeDelta::hours(hours));
    }

    /// Calls `write` as somebody.
    pub fn signed<T>(&self, name: &str, write: impl FnOnce(&Signing<'_>) -> Result<T>) -> Result<T> {
        let clock = || self.now();
        write(&Signing { key: &key(name), clock: &clock })
    }

    /// Registers run `number` as somebody.
    pub fn register(&self, name: &str, number: u64) -> Result<VersionId> {
        self.signed(name, |signing| self.open()?.register(&run(number), "", signing)).map(|(id, _)| id)
    }

    /// Validates by the evidence of training.
    pub fn validate(&self, name: &str, id: &VersionId) -> Result<Recorded> {
        self.signed(name, |signing| self.open()?.validate(id, None, None, "", signing))
    }

    /// Validates by an exception that ends after some days.
    pub fn except(&self, name: &str, id: &VersionId, days: i64) -> Result<Recorded> {
        let exception = Exception { reason: "few bads yet".to_owned(), expires: self.now() + TimeDelta::days(days) };
        self.signed(name, |signing| self.open()?.validate(id, None, Some(exception), "", signing))
    }

    pub fn approve(&self, name: &str, id: &VersionId) -> Result<Recorded> {
        self.signed(name, |signing| self.open()?.approve(id, "approver", "", signing))
    }

    pub fn release(&self, name: &str, id: &VersionId) -> Result<Recorded> {
        self.signed(name, |signing| self.open()?.release(id, None, None, None, signing))
    }

    /// A version that Ana registered, Ben validated and Cora approved.
    pub fn approved(&self, number: u64) -> VersionId {
        let id = self.register("Ana", number).unwrap();
        self.validate("Ben", &id).unwrap();
        self.approve("Cora", &id).unwrap();
        id
    }
}

pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The first number of a run of the card `other`.
pub const OTHER: u64 = 1_000_000;

/// A run whose limits hold; each number gives another scorecard of the card `test`, from [`OTHER`] on of the card `other`.
pub fn run(number: u64) -> RunFiles {
    static TRAINED: OnceLock<RunFiles> = OnceLock::new();
    another(TRAINED.get_or_init(|| trained("[limits]\nmin_auc = 0.55\n")), number)
}

/// A run with a limit that does not hold.
pub fn failing_run(number: u64) -> RunFiles {
    static TRAINED: OnceLock<RunFiles> = OnceLock::new();
    another(TRAINED.get_or_init(|| trained("[limits]\nmin_auc = 0.99\n")), number)
}

fn trained(limits: &str) -> RunFiles {
    let folder = Folder::with(&Cases::new(600).csv(), &card(&format!("{FEATURES}{limits}")));
    folder.train().succeeds();
    RunFiles::read(&folder.path("out")).unwrap()
}

/// The same run as if it had another seed: other bytes that belong together as they must.
fn another(run: &RunFiles, number: u64) -> RunFiles {
    let mut run = run.clone();
    let mut document = ScorecardDocument::from_json(&run.files[0].1).unwrap();
    let before: Value = serde_json::from_slice(&run.files[1].1).unwrap();
    let before = before["scorecard_without_evidence_sha256"].as_str().unwrap().to_owned();
    document.lineage.seed = number;
    if number >= OTHER {
        document.card.name = "other".to_owned();
        run.card = "other".to_owned();
    }
    document.lineage.evidence_sha256 = None;
    let after = sha256(&document.to_json().unwrap());
    let evidence = String::from_utf8(run.files[1].1.clone()).unwrap().replace(&before, &after).into_bytes();
    run.evidence.sha256 = sha256(&evidence);
    document.lineage.evidence_sha256 = Some(run.evidence.sha256.clone());
    run.files[0].1 = document.to_json().unwrap();
    run.files[1].1 = evidence;
    run
}

/// Writes a run's files as a directory.
pub fn write_run(run: &RunFiles, folder: &Folder, name: &str) {
    for (file, bytes) in &run.files {
        folder.write(&format!("{name}/{file}"), bytes);
    }
}

/// What an error says, all of it.
pub fn words<T: std::fmt::Debug>(result: std::result::Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}
