//! What a run or a validation brings into the registry, and whether it hangs together.

use std::path::Path;

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{CardKind, ScorecardDocument};
use serde_json::Value;

use super::event::LimitsFound;
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result, read_file};

/// The artifact.
pub const SCORECARD: &str = "scorecard.json";
/// Every measure.
pub const EVIDENCE: &str = "evidence.json";
/// Copies of the files that decided a training run.
pub const CONFIGURATION: &str = "configuration";

/// What a run directory brings besides scorecard and evidence. Tables stay out: they hold cases.
const RUN_FILES: [&str; 4] = ["report.html", "report.xlsx", "model-card.html", "conclusion.toml"];
/// What the directory of a validation brings besides its evidence.
const VALIDATION_FILES: [&str; 3] = ["report.html", "report.xlsx", "conclusion.toml"];

/// The files of a training run.
#[derive(Debug, Clone)]
pub struct RunFiles {
    /// The card's name.
    pub card: String,
    /// The moment of the loan that it is for.
    pub kind: CardKind,
    /// Names and bytes: scorecard.json, evidence.json, reports, configuration/.
    pub files: Vec<(String, Vec<u8>)>,
    /// What the evidence of training says about limits.
    pub evidence: LimitsFound,
}

/// The files of a validation.
#[derive(Debug, Clone)]
pub struct ValidationFiles {
    /// Names and bytes, evidence.json first.
    pub files: Vec<(String, Vec<u8>)>,
    /// What the evidence says about limits.
    pub evidence: LimitsFound,
    scorecard_sha256: Option<String>,
}

fn damaged(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Artifact, what)
}

impl RunFiles {
    /// Reads a run directory.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] where a file is missing, [`ErrorKind::Artifact`] where files do not belong together.
    pub fn read(run: &Path) -> Result<Self> {
        let not_a_run = |e: Error| e.help("give the directory that `scorewright train` wrote (its --out)");
        let mut files = vec![
            (SCORECARD.to_owned(), read_file(&run.join(SCORECARD)).map_err(not_a_run)?),
            (EVIDENCE.to_owned(), read_file(&run.join(EVIDENCE)).map_err(not_a_run)?),
        ];
        add_present(run, &RUN_FILES, &mut files)?;
        files.extend(run_configuration(run)?);
        let place = |e: Error| e.in_file(run);
        let (document, evidence) = check_run(&files).map_err(place)?;
        Ok(RunFiles { card: document.card.name, kind: document.card.kind, files, evidence })
    }

    /// SHA-256 of the scorecard.
    pub fn scorecard_sha256(&self) -> String {
        self.files.first().map(|(_, bytes)| sha256(bytes)).unwrap_or_default()
    }
}

impl ValidationFiles {
    /// Reads the directory of a validation.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] where evidence.json is missing, [`ErrorKind::Artifact`] where it is none.
    pub fn read(folder: &Path) -> Result<Self> {
        let bytes = read_file(&folder.join(EVIDENCE))
            .map_err(|e| e.help("give the directory that `scorewright validate` wrote (its --out)"))?;
        let place = |e: Error| e.in_file(folder.join(EVIDENCE));
        let evidence = limits_found(&bytes).map_err(place)?;
        let scorecard_sha256 = scorecard_of(&bytes).map_err(place)?;
        let mut files = vec![(EVIDENCE.to_owned(), bytes)];
        add_present(folder, &VALIDATION_FILES, &mut files)?;
        Ok(ValidationFiles { files, evidence, scorecard_sha256 })
    }

    /// The evidence is of this scorecard.
    ///
    /// # Errors
    /// [`ErrorKind::Artifact`].
    pub fn is_of(&self, scorecard_sha256: &str) -> Result<()> {
        match self.scorecard_sha256.as_deref() {
            Some(known) if known == scorecard_sha256 => Ok(()),
            Some(known) => Err(damaged(format!("the evidence is of another scorecard ({known})"))
                .help("validate the very scorecard that was registered: scorewright validate SCORECARD.json --data NEW_DATA --out DIR")),
            None => Err(damaged("the evidence names no scorecard: it is of training, or of a score without one")
                .help("leave --evidence out to go by the evidence of training, or validate the scorecard on other data")),
        }
    }
}

/// The copies of its configuration that a run directory holds; none where it holds none.
///
/// # Errors
/// [`ErrorKind::Unreadable`].
pub fn run_configuration(run: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let configuration = run.join(CONFIGURATION);
    if configuration.is_dir() {
        add_folder(&configuration, CONFIGURATION, &mut files)?;
    }
    Ok(files)
}

fn add_present(folder: &Path, names: &[&str], files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for name in names {
        let path = folder.join(name);
        if path.is_file() {
            files.push(((*name).to_owned(), read_file(&path)?));
        }
    }
    Ok(())
}

fn add_folder(folder: &Path, name: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    let unreadable = |e: std::io::Error| crate::error::unreadable(folder, &e);
    let mut entries =
        std::fs::read_dir(folder).map_err(unreadable)?.collect::<std::io::Result<Vec<_>>>().map_err(unreadable)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let inner = format!("{name}/{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => add_folder(&entry.path(), &inner, files)?,
            false => files.push((inner, read_file(&entry.path())?)),
        }
    }
    Ok(())
}

/// The files of a run belong together: the scorecard proves itself and is in its canonical bytes; evidence and
/// configuration are those that it names.
///
/// # Errors
/// [`ErrorKind::Artifact`], with what does not fit.
pub(super) fn check_run(files: &[(String, Vec<u8>)]) -> Result<(ScorecardDocument, LimitsFound)> {
    let find = |name: &str| files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.as_slice());
    let again = "train the card again with this version of the program, and register that run";
    let scorecard = find(SCORECARD).ok_or_else(|| damaged("there is no scorecard.json"))?;
    let card = Scorecard::from_json(scorecard)?;
    let document = card.document().clone();
    if document.to_json()? != scorecard {
        return Err(damaged("scorecard.json is not in its canonical bytes: it was written again by another program")
            .help(again));
    }
    let evidence = find(EVIDENCE).ok_or_else(|| damaged("there is no evidence.json"))?;
    let lineage = &document.lineage;
    match lineage.evidence_sha256.as_deref() {
        None => return Err(damaged("the scorecard does not name its evidence: its format is of version 1").help(again)),
        Some(named) if named != sha256(evidence) => {
            return Err(damaged("evidence.json is not the evidence that the scorecard was sealed with").help(again));
        }
        Some(_) => {}
    }
    let mut without = document.clone();
    without.lineage.evidence_sha256 = None;
    if read_evidence(evidence)?["scorecard_without_evidence_sha256"].as_str() != Some(&sha256(&without.to_json()?)) {
        return Err(damaged("evidence.json is of another scorecard").help(again));
    }
    let folder = format!("{CONFIGURATION}/");
    let configuration: Vec<String> =
        files.iter().filter(|(name, _)| name.starts_with(&folder)).map(|(_, bytes)| sha256(bytes)).collect();
    let named = [Some(&lineage.configuration_sha256), lineage.project_sha256.as_ref(), lineage.edits_sha256.as_ref()];
    let wanted: Vec<&String> = named.into_iter().flatten().collect();
    if !wanted.iter().all(|digest| configuration.contains(digest)) || configuration.len() != wanted.len() {
        return Err(damaged("configuration/ does not hold the very files that the run was made from").help(again));
    }
    let found = limits_found(evidence)?;
    Ok((document, found))
}

pub(super) fn read_evidence(bytes: &[u8]) -> Result<Value> {
    let evidence: Value =
        serde_json::from_slice(bytes).map_err(|e| damaged(format!("evidence.json is no JSON ({e})")))?;
    match evidence["format"].as_str() {
        Some("scorewright.evidence") => Ok(evidence),
        _ => Err(damaged("evidence.json is no evidence of scorewright")),
    }
}

/// The scorecard that evidence says it is of; `None` for evidence of training.
pub(super) fn scorecard_of(bytes: &[u8]) -> Result<Option<String>> {
    Ok(read_evidence(bytes)?["scorecard_sha256"].as_str().map(str::to_owned))
}

/// What evidence says about limits; whether each holds is calculated again from its figures.
///
/// # Errors
/// [`ErrorKind::Artifact`] where evidence says that a limit holds which does not.
pub(super) fn limits_found(bytes: &[u8]) -> Result<LimitsFound> {
    let evidence = read_evidence(bytes)?;
    let limits = evidence["limits"].as_array().ok_or_else(|| damaged("evidence.json has no list of limits"))?;
    let mut failed = Vec::new();
    for check in limits {
        let (Some(name), Some(sample), Some(limit), Some(passed)) =
            (check["name"].as_str(), check["sample"].as_str(), check["limit"].as_f64(), check["passed"].as_bool())
        else {
            return Err(damaged("evidence.json has a limit that cannot be read"));
        };
        if crate::evidence::limit_holds(name, check["value"].as_f64(), limit) != passed {
            return Err(damaged(format!("evidence.json says of {name} on {sample} what its figures do not bear out")));
        }
        if !passed {
            failed.push(format!("{name} on {sample}"));
        }
    }
    Ok(LimitsFound { sha256: sha256(bytes), limits: limits.len() as u32, failed })
}
