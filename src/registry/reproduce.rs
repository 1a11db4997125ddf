//! A registered version made again from its configuration and the same data: the same bytes, or where they first differ.

use std::path::Path;

use scorewright_runtime::artifact::{DataFile, Lineage, ScorecardDocument};
use serde::Serialize;
use serde_json::Value;

use super::Registry;
use super::bundle::Bundle;
use super::contents::{CONFIGURATION, EVIDENCE, SCORECARD};
use super::event::VersionId;
use super::ledger::{Version, broken};
use super::verify::verified_files;
use crate::config::{CardSpec, CardTexts, CaseSource};
use crate::digest::{sha256, sha256_of_file};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::pipeline::{TrainedCard, train};
use crate::progress::Progress;

/// The most differences that are listed.
const MOST_LISTED: usize = 20;

/// What is to be made again.
#[derive(Debug, Clone)]
pub struct Original {
    /// The version.
    pub version: VersionId,
    /// SHA-256 of the first event of the registry that has it.
    pub registry: String,
    /// The program's version that made it.
    pub tool_version: String,
    scorecard: Vec<u8>,
    evidence: Vec<u8>,
    texts: CardTexts,
    data: Vec<DataFile>,
}

/// A place where the two runs differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// scorecard.json or evidence.json.
    pub file: &'static str,
    /// Where, as a JSON path: `$.features[2].coefficient`.
    pub path: String,
    /// The original's value; null where it has none.
    pub original: Value,
    /// The value now.
    pub now: Value,
}

/// What came of it.
#[derive(Debug)]
pub struct Reproduction {
    /// The run.
    pub run: TrainedCard,
    /// Whether both files have the same bytes.
    pub is_equal: bool,
    /// The first differences of content, in the order of the files.
    pub differences: Vec<Difference>,
}

impl Original {
    /// A version of a registry; its files are verified.
    ///
    /// # Errors
    /// [`ErrorKind::Registry`], [`ErrorKind::Artifact`] for what does not hold.
    pub fn from_registry(registry: &Registry, version: &Version) -> Result<Self> {
        let registration = version.events.first().and_then(|number| registry.ledger().event(*number));
        let event = registration.ok_or_else(|| broken(format!("{} was never registered", version.id)))?;
        let files = verified_files(registry, event)?;
        let configuration = files
            .iter()
            .filter_map(|(name, bytes)| Some((name.strip_prefix(CONFIGURATION)?.strip_prefix('/')?, bytes.as_slice())));
        let get = |name: &str| files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.as_slice());
        Self::new(&version.id, registry.id(), get(SCORECARD), get(EVIDENCE), configuration.collect())
    }

    /// The version of a bundle.
    ///
    /// # Errors
    /// As [`Original::from_registry`].
    pub fn from_bundle(bundle: &Bundle) -> Result<Self> {
        let (scorecard, evidence) = (bundle.file(SCORECARD), bundle.file(EVIDENCE));
        Self::new(&bundle.version, &bundle.registry, scorecard, evidence, bundle.configuration().collect())
    }

    fn new(
        version: &VersionId,
        registry: &str,
        scorecard: Option<&[u8]>,
        evidence: Option<&[u8]>,
        configuration: Vec<(&str, &[u8])>,
    ) -> Result<Self> {
        let missing = || broken(format!("{version} has no scorecard or no evidence"));
        let (scorecard, evidence) = scorecard.zip(evidence).ok_or_else(missing)?;
        let Lineage { tool_version, configuration_sha256, project_sha256, edits_sha256, data, .. } =
            ScorecardDocument::from_json(scorecard)?.lineage;
        let text = |digest: &String| -> Result<(String, String)> {
            let found = configuration.iter().find(|(_, bytes)| sha256(bytes) == *digest);
            let (name, bytes) =
                found.ok_or_else(|| broken(format!("configuration/ of {version} lacks the file {digest}")))?;
            super::bundle::check_name(name)?;
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| broken(format!("{name} is no text")))?;
            Ok(((*name).to_owned(), text))
        };
        let texts = CardTexts {
            card: text(&configuration_sha256)?,
            edits: edits_sha256.as_ref().map(text).transpose()?,
            project: project_sha256.as_ref().map(text).transpose()?,
        };
        Ok(Original {
            version: version.clone(),
            registry: registry.to_owned(),
            tool_version,
            scorecard: scorecard.to_vec(),
            evidence: evidence.to_vec(),
            texts,
            data,
        })
    }

    /// The data files are those of the original: looked for where the configuration would find them.
    fn check_data(&self, spec: &CardSpec, progress: &dyn Progress) -> Result<()> {
        let source = match &spec.cases {
            CaseSource::History(project, ..) => &project.source,
            CaseSource::Table(..) => &spec.source,
        };
        progress.begin("comparing data files", self.data.len());
        for file in &self.data {
            let path = source.resolve(&file.path);
            if !path.is_file() {
                let named_by = &self.texts.project.as_ref().unwrap_or(&self.texts.card).0;
                return Err(Error::new(ErrorKind::Unreadable, format!("the data file {} is not there", file.path))
                    .in_file(path)
                    .help(format!(
                        "--data is the folder in which {named_by} would stand; the data lie as that file names them"
                    )));
            }
            let digest = sha256_of_file(&path)?;
            if digest != file.sha256 {
                return Err(Error::new(
                    ErrorKind::Artifact,
                    format!(
                        "the data file {} is not the one that {} was trained on: its SHA-256 is {digest}, not {}",
                        file.path, self.version, file.sha256
                    ),
                )
                .in_file(path)
                .help("find the file of that digest"));
            }
            progress.advance();
            progress.check()?;
        }
        Ok(())
    }
}

/// Trains a version again with data in `folder`, the folder that its configuration's names are relative to, and compares.
///
/// # Errors
/// [`ErrorKind::Unreadable`] and [`ErrorKind::Artifact`] naming the first data file that is missing or another; those of
/// training.
pub fn reproduce(original: &Original, folder: &Path, progress: &dyn Progress) -> Result<Reproduction> {
    if !folder.is_dir() {
        return Err(Error::new(ErrorKind::Unreadable, "there is no such directory")
            .in_file(folder)
            .help("--data takes the folder from which the data lie as they did"));
    }
    let spec = CardSpec::from_texts(&original.texts, folder)?;
    original.check_data(&spec, progress)?;
    let run = train(spec, progress)?;
    let files = [
        (SCORECARD, &original.scorecard, run.scorecard.document().to_json()?),
        (EVIDENCE, &original.evidence, run.evidence.to_json()?),
    ];
    let is_equal = files.iter().all(|(_, original, now)| **original == *now);
    let mut differences = Vec::new();
    for (file, original, now) in &files {
        let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).map_err(internal);
        compare(file, "$", &read(original)?, &read(now)?, &mut differences);
    }
    Ok(Reproduction { run, is_equal, differences })
}

/// Adds where two documents differ, up to [`MOST_LISTED`] places.
fn compare(file: &'static str, path: &str, original: &Value, now: &Value, found: &mut Vec<Difference>) {
    if original == now || found.len() >= MOST_LISTED {
        return;
    }
    match (original, now) {
        (Value::Object(one), Value::Object(other)) => {
            let added = other.keys().filter(|key| !one.contains_key(*key));
            for key in one.keys().chain(added) {
                let path = format!("{path}.{key}");
                let absent = Value::Null;
                let (one, other) = (one.get(key).unwrap_or(&absent), other.get(key).unwrap_or(&absent));
                compare(file, &path, one, other, found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (at, (one, other)) in one.iter().zip(other).enumerate() {
                compare(file, &format!("{path}[{at}]"), one, other, found);
            }
        }
        _ => found.push(Difference { file, path: path.to_owned(), original: original.clone(), now: now.clone() }),
    }
}

impl Reproduction {
    /// Whether nothing differs but the version of the program, and the digests that follow from it.
    pub fn is_equal_but_for_the_program(&self) -> bool {
        let of_program = ["$.lineage.tool_version", "$.lineage.evidence_sha256", "$.scorecard_without_evidence_sha256"];
        !self.is_equal
            && self.differences.iter().all(|difference| of_program.contains(&difference.path.as_str()))
            && self.differences.iter().any(|difference| difference.path == of_program[0])
    }
}
