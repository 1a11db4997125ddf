//! `conclusion.toml`: the validator's own words in a directory that the program writes. The program begins the file and
//! adds an entry for each new finding; whatever stands in it is kept byte for byte, and stands in the report.

use std::collections::HashSet;
use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;
use toml::value::Datetime;

use crate::config::Source;
use crate::error::Result;
use crate::evidence::{Evidence, Light, Severity};

/// The file's name.
pub const CONCLUSION: &str = "conclusion.toml";

const HEAD: &str =
    "# The validator's words. They stand in report.html and report.xlsx once the report is written into this directory
# again; the program keeps this file as it is and only adds entries for new findings at its end.
# Take the # away and fill in:
# conclusion = \"\"
# validator = \"\"
# date = 2000-01-31
";

/// What a validator concludes, with the findings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conclusion {
    /// Whether the model is fit for its use, and under which conditions.
    #[serde(default)]
    pub conclusion: String,
    /// Who concludes.
    #[serde(default)]
    pub validator: String,
    /// When.
    pub date: Option<Datetime>,
    /// One a finding.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// A finding as the validator follows it up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The limit or test with its sample, as the program names it; free for findings of the validator's own.
    pub id: String,
    /// How much weight it has.
    pub severity: Severity,
    /// Who settles it.
    #[serde(default)]
    pub owner: String,
    /// By when.
    pub due: Option<Datetime>,
    /// What is thought of it.
    #[serde(default)]
    pub comment: String,
}

/// What a test or limit of this run found.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// As in the file.
    pub id: String,
    /// Its weight by the standards set.
    pub severity: Severity,
    /// Amber or red.
    pub light: Light,
}

/// What fails in a run: limits that do not hold, and tests that are red or amber.
pub fn open_findings(evidence: &Evidence) -> Vec<Open> {
    let limits = evidence.limits.iter().filter(|check| !check.passed).map(|check| Open {
        id: format!("{} on {}", check.name, check.sample),
        severity: Severity::High,
        light: Light::Red,
    });
    let tests = evidence.standard.iter().flat_map(|standard| &standard.tests).filter_map(|test| {
        let light = test.light.filter(|light| *light != Light::Green)?;
        let mut id = test.id.clone();
        for (word, part) in [("on", &test.sample), ("at", &test.place)] {
            if let Some(part) = part {
                id.push_str(&format!(" {word} {part}"));
            }
        }
        let severity = if light == Light::Red { test.severity } else { Severity::Low };
        Some(Open { id, severity, light })
    });
    let mut known = HashSet::new();
    limits.chain(tests).filter(|open| known.insert(open.id.clone())).collect()
}

/// The file with its words.
pub struct ConclusionFile {
    /// Its text, with entries for new findings.
    pub text: String,
    /// Its words.
    pub words: Conclusion,
}

/// The file of the directory `place`, begun where there is none, with an entry for every finding of `open`.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] with the line; nothing is written.
pub fn conclusion_file(place: &Path, open: &[Open]) -> Result<ConclusionFile> {
    let path = place.join(CONCLUSION);
    let mut source = match path.exists() {
        true => Source::read(&path)?,
        false => Source { path, text: HEAD.to_owned() },
    };
    let known: Conclusion = source.parse()?;
    let mut ids = HashSet::new();
    for (number, finding) in known.findings.iter().enumerate() {
        if !ids.insert(finding.id.as_str()) {
            let message = format!("the finding {:?} stands twice (entry {})", finding.id, number + 1);
            return Err(source
                .error(&["findings", &number.to_string(), "id"], message)
                .help("make the two entries one"));
        }
    }
    let new: Vec<&Open> = open.iter().filter(|open| !ids.contains(open.id.as_str())).collect();
    if !new.is_empty() && !source.text.ends_with('\n') {
        source.text.push('\n');
    }
    for open in new {
        let id = toml::Value::String(open.id.clone());
        let severity = open.severity.words();
        let _ = write!(
            source.text,
            "\n[[findings]]\nid = {id}\nseverity = \"{severity}\"\nowner = \"\"\n# due = 2000-01-31\ncomment = \"\"\n"
        );
    }
    let words = source.parse()?;
    Ok(ConclusionFile { text: source.text, words })
}
