//! Standards sets: which measures a validation is held against, with the lights' limits, as files that a person reads.
//!
//! A set is policy of whoever uses it. Each test names the rule that it answers; where that rule states no threshold,
//! as most do, the limits are the set's own and the file says so.

mod file;
mod values;

use std::path::Path;

use crate::config::Source;
use crate::error::{Error, ErrorKind, Result, internal};
use crate::evidence::{Evidence, Light, Question, StandardEvidence, TestResult};
use crate::suggest;
use crate::words::Message;
use file::{StandardFile, TestSpec};
use values::Found;

/// The sets that come with the program: name and text.
pub const STANDARDS: &[(&str, &str)] = &[
    ("default", include_str!("../../standards/default.toml")),
    ("ecb", include_str!("../../standards/ecb.toml")),
    ("china-internet-lending", include_str!("../../standards/china-internet-lending.toml")),
];

/// The set that is applied where none is named.
pub const DEFAULT_STANDARD: &str = "default";

/// A standards set, read and checked.
#[derive(Debug, Clone)]
pub struct Standard {
    name: String,
    file: StandardFile,
}

impl Standard {
    /// A set by its name, or from a file.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a name that is neither a set's nor a file's; those of reading a configuration file.
    pub fn load(name: &str) -> Result<Self> {
        let source = match STANDARDS.iter().find(|(known, _)| *known == name) {
            Some((known, text)) => Source { path: format!("{known}.toml").into(), text: (*text).to_owned() },
            None if Path::new(name).exists() => Source::read(Path::new(name))?,
            None => {
                let names = STANDARDS.iter().map(|(known, _)| *known);
                return Err(Error::new(ErrorKind::Usage, format!("there is no standards set {name:?}"))
                    .help(format!("{}; or name a file", suggest::did_you_mean(name, "sets", names))));
            }
        };
        let file: StandardFile = source.parse()?;
        file.check(&source)?;
        Ok(Standard { name: name.to_owned(), file })
    }

    /// Holds the evidence against the set.
    ///
    /// # Errors
    /// An internal fault: JSON cannot carry the evidence.
    pub fn apply(&self, evidence: &Evidence) -> Result<StandardEvidence> {
        let document = serde_json::to_value(evidence).map_err(internal)?;
        let tests = self.file.tests.iter().flat_map(|test| results(test, &document)).collect();
        let questions = self.file.questions.iter().map(|question| Question {
            id: question.id.clone(),
            title: question.title.message(),
            rule: question.rule.message(),
        });
        Ok(StandardEvidence {
            name: self.name.clone(),
            title: self.file.title.message(),
            about: self.file.about.message(),
            tests,
            questions: questions.collect(),
        })
    }
}

/// A test's results, one for each value that its measure has; one that says why where it has none.
fn results(test: &TestSpec, document: &serde_json::Value) -> Vec<TestResult> {
    let found = values::find(document, test);
    found.into_iter().map(|found| result(test, found)).collect()
}

fn result(test: &TestSpec, found: Found) -> TestResult {
    let Found { sample, place, path, value } = found;
    let light = value.as_ref().ok().map(|value| match test.amber {
        _ if test.green.holds(*value) => Light::Green,
        Some(amber) if amber.holds(*value) => Light::Amber,
        _ => Light::Red,
    });
    let not_computed = match &value {
        Ok(_) => None,
        Err(Some(reason)) => Some(reason.clone()),
        Err(None) => Some(test.needs.as_ref().map_or_else(
            || Message::new("the data lack what it needs"),
            |needs| Message::new("it needs {0}").with_words(needs.message()),
        )),
    };
    TestResult {
        id: test.id.clone(),
        title: test.title.message(),
        rule: test.rule.message(),
        sample,
        place,
        measure: path,
        value: value.ok(),
        green: test.green,
        amber: test.amber,
        light,
        not_computed,
        severity: test.severity,
    }
}
