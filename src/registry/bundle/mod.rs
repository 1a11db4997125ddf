//! One archive about one version, for an auditor years later: everything that was signed about it, what it was made from,
//! and how to check all of it without this program.

mod archive;
mod bom;
mod dependencies;
mod layout;
mod read;
mod readme;

use std::path::Path;

use scorewright_runtime::artifact::ScorecardDocument;
use serde_json::{Value, json};

pub(super) use archive::check_name;
use archive::{Files, pack, unpack};

use super::contents::{CONFIGURATION, EVIDENCE, SCORECARD};
use super::envelope::{Envelope, PAYLOAD_TYPE, pre_authentication_encoding};
use super::event::{Action, VersionId};
use super::ledger::{Event, Ledger, Version, broken};
use super::policy::{POLICY_FILE, Policy, policy_text};
use super::verify::verified_files;
use super::{Registry, event_name};
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result, internal};
use crate::progress::Progress;

/// The checks, as a script of openssl and sha256sum.
const CHECK: &str = include_str!("check.sh");
/// The list of all files with their digests.
const SUMS: &str = "SHA256SUMS";

/// A bundle that holds: who says so is the registry whose log it has.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The version.
    pub version: VersionId,
    /// SHA-256 of the registry's first event: which registry it is.
    pub registry: String,
    /// SHA-256 of the last event of its log.
    pub head: String,
    /// How many events its log has.
    pub events: usize,
    files: Files,
}

/// A bundle does not hold.
fn damaged(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Registry, what)
        .help("get the bundle again from those who keep the registry, and find out who changed this one")
}

/// Collects the bundle of a version from a registry whose log was replayed; everything that goes into it is verified. The
/// same registry and version give the same bundle.
///
/// # Errors
/// [`ErrorKind::Registry`] and [`ErrorKind::Artifact`], naming what does not hold.
pub fn audit(registry: &Registry, version: &Version, progress: &dyn Progress) -> Result<Bundle> {
    let ledger = registry.ledger();
    let last = ledger.events.last().ok_or_else(|| broken("the registry has no event"))?;
    let mut files = Files::new();
    let mut named = String::new();
    let mut policies = Vec::new();
    progress.begin("collecting events", ledger.events.len());
    for event in &ledger.events {
        let number = event.entry().number;
        let envelope = registry.envelope(number)?;
        if sha256(&envelope) != event.sha256 {
            return Err(broken(format!("event {number} is not the one that was read a moment ago")));
        }
        let is_about = version.events.contains(&number);
        if is_about || matches!(event.entry().action, Action::Policy { .. }) {
            for (name, bytes) in verified_files(registry, event)? {
                check_name(&name)?;
                let path = layout::path(event, &name);
                named.push_str(&format!("{number:08}\t{path}\n"));
                if name == POLICY_FILE && !is_about {
                    let text = policy_text(Path::new(POLICY_FILE), bytes.clone())?;
                    policies.push((number, Policy::parse(Path::new(POLICY_FILE), &text)?));
                }
                files.insert(path, bytes);
            }
        }
        if is_about {
            files.extend(signed_parts(number, &envelope)?);
        }
        files.insert(event_name(number), envelope);
        progress.advance();
        progress.check()?;
    }
    for (_, policy) in &policies {
        for (id, _, key) in policy.keys() {
            files.insert(format!("keys/{id}.pem"), key.to_pem()?.into_bytes());
        }
    }
    let get = |name: &str| files.get(name).cloned().ok_or_else(|| broken(format!("{} has no {name}", version.id)));
    let document = ScorecardDocument::from_json(&get(SCORECARD)?)?;
    let evidence: Value = serde_json::from_slice(&get(EVIDENCE)?).map_err(internal)?;
    let description = description(&files, &document.lineage.configuration_sha256);
    let subject = bom::Subject {
        number: version.id.number,
        document: &document,
        scorecard_sha256: &version.scorecard_sha256,
        evidence: &evidence,
        description: &description,
        head: &last.sha256,
        at: last.entry().at,
    };
    files.insert("sbom/bom.json".to_owned(), bom::bill(&subject)?);
    files.insert("data.json".to_owned(), data_list(&document)?);
    files.insert("files.txt".to_owned(), named.into_bytes());
    // As it stands in every statement about the version.
    let id = serde_json::to_string(&version.id).map_err(internal)?;
    files.insert("version.txt".to_owned(), format!("\"version\":{id}\n").into_bytes());
    files.insert("check.sh".to_owned(), CHECK.as_bytes().to_vec());
    let readme = readme::readme(registry, version, &document, &evidence, &policies, &files)?;
    files.insert("README.md".to_owned(), readme.into_bytes());
    let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
    files.insert(SUMS.to_owned(), sums.into_bytes());
    Ok(Bundle {
        version: version.id.clone(),
        registry: registry.id().to_owned(),
        head: last.sha256.clone(),
        events: ledger.events.len(),
        files,
    })
}

/// What an event about the version consists of, so that openssl can check it as it is: the statement, the bytes that were
/// signed, the signature.
fn signed_parts(number: u64, envelope: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let place = |what: String| broken(format!("event {number}: {what}"));
    let envelope = Envelope::from_json(envelope).map_err(place)?;
    let statement = envelope.payload().map_err(place)?;
    let name = |part: &str| format!("events/{number:08}/{part}");
    Ok(vec![
        (name("signed.pae"), pre_authentication_encoding(PAYLOAD_TYPE, &statement)),
        (name("signature.sig"), envelope.signature().map_err(place)?),
        (name("statement.json"), statement),
    ])
}

/// What the card is for, as its configuration says.
fn description(files: &Files, configuration_sha256: &str) -> String {
    let card = files.values().find(|bytes| sha256(bytes) == configuration_sha256);
    let text = card.and_then(|bytes| std::str::from_utf8(bytes).ok());
    let card = text.and_then(|text| toml::from_str::<toml::Value>(text).ok());
    let words = card.as_ref().and_then(|card| card.get("card")?.get("description")?.as_str());
    words.unwrap_or_default().to_owned()
}

/// The data files by digest.
fn data_list(document: &ScorecardDocument) -> Result<Vec<u8>> {
    let files: Vec<Value> = document
        .lineage
        .data
        .iter()
        .map(|file| json!({ "path": file.path, "sha256": file.sha256, "rows": file.rows }))
        .collect();
    let mut bytes = serde_json::to_vec_pretty(&json!({ "data": files })).map_err(internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}

impl Bundle {
    /// The archive's bytes.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn to_zip(&self) -> Result<Vec<u8>> {
        pack(&self.files)
    }

    /// How many files it has.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The bytes of a file.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// The configuration files of its run: names below configuration/, and bytes.
    pub(super) fn configuration(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .filter_map(|(name, bytes)| Some((name.strip_prefix(CONFIGURATION)?.strip_prefix('/')?, bytes.as_slice())))
    }
}
