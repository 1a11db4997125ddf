//! A bundle from its archive: its files are those of its list, its log replays, its version hangs together.

use std::path::Path;

use super::{Bundle, Files, Ledger, SCORECARD, SUMS, damaged, layout, unpack};
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::registry::brought_policy;
use crate::registry::contents::check_run;
use crate::registry::event_name;
use crate::registry::policy::{POLICY_FILE, policy_text};

impl Bundle {
    /// Reads a bundle.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Unreadable`]; [`crate::error::ErrorKind::Registry`] and
    /// [`crate::error::ErrorKind::Artifact`], naming the first file or event that does not hold.
    pub fn read(path: &Path) -> Result<Self> {
        Self::from_files(unpack(path)?).map_err(|e| e.in_file(path))
    }

    fn from_files(files: Files) -> Result<Self> {
        check_sums(&files)?;
        let ledger = replay(&files)?;
        let scorecard = files.get(SCORECARD).ok_or_else(|| damaged("there is no scorecard.json"))?;
        let digest = sha256(scorecard);
        let version = ledger
            .versions
            .iter()
            .find(|version| version.scorecard_sha256 == digest)
            .ok_or_else(|| damaged("no event of the bundle registers its scorecard.json"))?;
        let registration = version.events.first().and_then(|number| ledger.event(*number));
        let mut run = Vec::new();
        for record in registration.map_or(&[][..], |event| event.entry().action.files()) {
            match files.get(&record.name) {
                Some(bytes) if sha256(bytes) == record.sha256 => run.push((record.name.clone(), bytes.clone())),
                Some(_) => return Err(damaged(format!("{} is not the file that was signed", record.name))),
                None => return Err(damaged(format!("{} is missing", record.name))),
            }
        }
        check_run(&run)?;
        let last = ledger.events.last().map(|event| event.sha256.clone()).unwrap_or_default();
        Ok(Bundle {
            version: version.id.clone(),
            registry: ledger.registry().unwrap_or_default().to_owned(),
            head: last,
            events: ledger.events.len(),
            files,
        })
    }
}

/// Every file is the one that SHA256SUMS lists, and there are no others.
fn check_sums(files: &Files) -> Result<()> {
    let sums = files.get(SUMS).ok_or_else(|| {
        damaged("this is no bundle: it has no SHA256SUMS").help("give the file that `scorewright audit` wrote")
    })?;
    let lines: Vec<&str> = std::str::from_utf8(sums).map_err(|_| damaged("SHA256SUMS is no text"))?.lines().collect();
    for line in &lines {
        let (digest, name) =
            line.split_once("  ").ok_or_else(|| damaged(format!("SHA256SUMS has a line that is none: {line:?}")))?;
        match files.get(name) {
            None => return Err(damaged(format!("{name} is missing"))),
            Some(bytes) if sha256(bytes) != digest => {
                return Err(damaged(format!("{name} is not the file that was packed: its content was changed")));
            }
            Some(_) => {}
        }
    }
    match files.len() == lines.len() + 1 {
        true => Ok(()),
        false => Err(damaged("there are files that SHA256SUMS does not list")),
    }
}

/// The log by the rules of the registry.
fn replay(files: &Files) -> Result<Ledger> {
    let mut ledger = Ledger::default();
    while let Some(envelope) = files.get(&event_name(ledger.events.len() as u64 + 1)) {
        let number = ledger.events.len() as u64 + 1;
        let place = |e: Error| e.about(&format!("log/{number:08}.json"));
        let policy = match brought_policy(envelope) {
            Some(_) => {
                let path = layout::policy(number);
                let bytes = files.get(&path).ok_or_else(|| damaged(format!("{path} is missing")))?;
                Some(policy_text(Path::new(POLICY_FILE), bytes.clone())?)
            }
            None => None,
        };
        ledger.append(envelope, policy.as_deref()).map_err(place)?;
    }
    let there = files.keys().filter(|name| name.starts_with("log/")).count();
    match ledger.events.is_empty() || there != ledger.events.len() {
        true => Err(damaged(format!("event {} is missing from the log", ledger.events.len() + 1))),
        false => Ok(ledger),
    }
}
