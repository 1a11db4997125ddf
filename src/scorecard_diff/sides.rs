//! A side of a comparison: a scorecard with what is known about it.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{Lineage, ScorecardDocument};
use serde_json::{Map, Value};

use super::SideHead;
use crate::digest::sha256;
use crate::error::{Result, internal, read_file};
use crate::registry::{Action, EVIDENCE, Event, Registry, SCORECARD, Version, day, run_configuration};
use crate::scoring::load;

/// A scorecard with what is known about it.
#[derive(Debug, Clone)]
pub struct Side {
    /// The version, or the path that was given.
    pub name: String,
    /// The scorecard.
    pub document: ScorecardDocument,
    /// SHA-256 of its file.
    pub scorecard_sha256: String,
    /// The evidence of its training, where that is known.
    pub evidence: Option<Value>,
    /// The evidence of the validation that counts, where it brought its own.
    pub validation: Option<Value>,
    /// Known files of its configuration by SHA-256: name and text.
    pub configuration: BTreeMap<String, (String, String)>,
    /// Where it stands; empty: not registered.
    pub standing: String,
    /// Who signed what, by what was signed.
    pub signed: BTreeMap<String, String>,
}

/// Where lineage names a file of the configuration.
type Digest = fn(&Lineage) -> Option<&String>;

impl Side {
    /// The files of a configuration.
    pub(super) const CONFIGURATION: [(&'static str, Digest); 3] = [
        ("card", |lineage| Some(&lineage.configuration_sha256)),
        ("project", |lineage| lineage.project_sha256.as_ref()),
        ("edits", |lineage| lineage.edits_sha256.as_ref()),
    ];

    /// A run directory, or a scorecard's file; where it is in the registry, with its standing there.
    ///
    /// # Errors
    /// Those of [`load`]: a scorecard must prove itself.
    pub fn of_path(path: &Path, registry: Option<&Registry>, now: DateTime<Utc>) -> Result<Self> {
        let file = if path.is_dir() { path.join(SCORECARD) } else { path.to_path_buf() };
        let card = load(&file)?;
        let known = match registry {
            Some(registry) => registry.ledger().of_scorecard(&card)?.map(|version| (registry, version)),
            None => None,
        };
        if let Some((registry, version)) = known {
            let side = Side::of_version(registry, version, now)?;
            return Ok(Side { name: path.display().to_string(), ..side });
        }
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut files = Vec::new();
        if folder.join(EVIDENCE).is_file() {
            files.push((EVIDENCE.to_owned(), read_file(&folder.join(EVIDENCE))?));
        }
        files.extend(run_configuration(folder)?);
        Side::new(path.display().to_string(), &card, sha256(&read_file(&file)?), files)
    }

    /// A version of the registry.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Registry`] where a file is missing or changed.
    pub fn of_version(registry: &Registry, version: &Version, now: DateTime<Utc>) -> Result<Self> {
        let card = Scorecard::from_json(&registry.scorecard(version)?)?;
        let wanted = registry.files(version).iter().filter(|file| file.name == EVIDENCE || file.name.contains('/'));
        let files = wanted.map(|file| Ok((file.name.clone(), registry.file(file)?))).collect::<Result<Vec<_>>>()?;
        let mut side = Side::new(version.id.to_string(), &card, version.scorecard_sha256.clone(), files)?;
        let ledger = registry.ledger();
        let validation = ledger.validation(version);
        let own = validation.and_then(|event| event.entry().action.files().iter().find(|file| file.name == EVIDENCE));
        side.validation = match own {
            Some(file) => Some(serde_json::from_slice(&registry.file(file)?).map_err(internal)?),
            None => None,
        };
        side.standing = format!("{} is {}", version.id, ledger.in_words(version, now));
        let by = |event: &Event| {
            let entry = event.entry();
            format!("{} ({}), {}, event {}", entry.signer.name, entry.signer.role, day(entry.at), entry.number)
        };
        let with_reason = |event: &Event| {
            let reason = event.entry().action.said().join("; ");
            if reason.is_empty() { by(event) } else { format!("{}: {reason}", by(event)) }
        };
        for event in ledger.counting(version) {
            let (what, words) = match &event.entry().action {
                Action::Register { .. } => ("registered".to_owned(), by(event)),
                Action::Approve { .. } => (format!("approved as {}", event.entry().signer.role), by(event)),
                Action::Validate { exception, .. } => {
                    side.signed.remove("exception");
                    if let Some(exception) = exception {
                        let words = format!("until {}: {}", day(exception.expires), exception.reason);
                        side.signed.insert("exception".to_owned(), words);
                    }
                    ("validated".to_owned(), by(event))
                }
                Action::Reject { .. } => ("rejected".to_owned(), with_reason(event)),
                Action::Retire { .. } => ("retired".to_owned(), with_reason(event)),
                Action::Release { from, until, .. } => {
                    let until = until.map(|until| format!(" until {}", day(until))).unwrap_or_default();
                    ("released".to_owned(), format!("{}: from {}{until}", by(event), day(*from)))
                }
                Action::Policy { .. } | Action::Revoke { .. } => continue,
            };
            side.signed.insert(what, words);
        }
        Ok(side)
    }

    /// A scorecard with files of its run, of which those count that it names by their digests.
    fn new(name: String, card: &Scorecard, sha256_of_card: String, files: Vec<(String, Vec<u8>)>) -> Result<Self> {
        let document = card.document().clone();
        let (mut evidence, mut configuration) = (None, BTreeMap::new());
        for (name, bytes) in files {
            let digest = sha256(&bytes);
            if name == EVIDENCE {
                if document.lineage.evidence_sha256.as_ref() == Some(&digest) {
                    evidence = Some(serde_json::from_slice(&bytes).map_err(internal)?);
                }
            } else if let Ok(text) = String::from_utf8(bytes) {
                let plain = name.split_once('/').map_or(name.as_str(), |(_, inner)| inner).to_owned();
                configuration.insert(digest, (plain, text));
            }
        }
        Ok(Side {
            name,
            document,
            scorecard_sha256: sha256_of_card,
            evidence,
            validation: None,
            configuration,
            standing: String::new(),
            signed: BTreeMap::new(),
        })
    }

    /// The members of the document, features left out.
    pub(super) fn members(&self) -> Result<Map<String, Value>> {
        match serde_json::to_value(&self.document).map_err(internal)? {
            Value::Object(mut members) => {
                members.remove("features");
                Ok(members)
            }
            _ => Err(internal("a scorecard is no object")),
        }
    }

    pub(super) fn signed_value(&self) -> Value {
        Value::Object(self.signed.iter().map(|(what, by)| (what.clone(), Value::from(by.as_str()))).collect())
    }

    pub(super) fn head(&self) -> SideHead {
        SideHead {
            name: self.name.clone(),
            card: self.document.card.name.clone(),
            features: self.document.features.len(),
            scorecard_sha256: self.scorecard_sha256.clone(),
            standing: if self.standing.is_empty() { "not registered".to_owned() } else { self.standing.clone() },
        }
    }
}
