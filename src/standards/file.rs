//! A standards set as its file has it.

use serde::Deserialize;

use crate::config::Source;
use crate::error::Result;
use crate::evidence::{Bound, Severity};
use crate::words::Message;

/// The file of a set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StandardFile {
    /// In a line.
    pub title: Words,
    /// What it follows, and what it is not.
    pub about: Words,
    /// In the order of the report.
    #[serde(default)]
    pub tests: Vec<TestSpec>,
    /// What no figure can answer.
    #[serde(default)]
    pub questions: Vec<QuestionSpec>,
}

/// Words in English, and in Chinese where the file has them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    en: String,
    zh: Option<String>,
}

impl Words {
    pub fn message(&self) -> Message {
        Message::in_both(self.en.clone(), self.zh.clone().unwrap_or_else(|| self.en.clone()))
    }
}

/// A test.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestSpec {
    /// Its name, in snake case.
    pub id: String,
    /// What it asks.
    pub title: Words,
    /// The place of its value in the evidence: names between dots, `*` for every name or entry; `sample` at the start for
    /// every sample that the test is about.
    pub measure: String,
    /// The rule that it answers.
    pub rule: Words,
    /// What makes it green.
    pub green: Bound,
    /// What makes it amber; absent: whatever is not green is red.
    pub amber: Option<Bound>,
    /// How much weight a red light has.
    pub severity: Severity,
    /// The samples that it is about; empty: all but development and rejected applicants.
    #[serde(default)]
    pub samples: Vec<String>,
    /// The outcomes that it is about; absent: all.
    pub outcome: Option<OutcomeKind>,
    /// Fewer bads, or fewer goods, in the sample say too little.
    #[serde(default)]
    pub min_bads: f64,
    /// What must be given for the measure to exist.
    pub needs: Option<Words>,
}

/// Kinds of outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OutcomeKind {
    /// Good or bad.
    Plain,
    /// A share.
    Ratio,
}

/// A question to the validator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionSpec {
    pub id: String,
    pub title: Words,
    pub rule: Words,
}

impl StandardFile {
    /// Checks what the types do not.
    pub fn check(&self, source: &Source) -> Result<()> {
        let mut known: Vec<&str> = Vec::new();
        let ids = self.tests.iter().map(|test| &test.id).chain(self.questions.iter().map(|question| &question.id));
        for id in ids {
            if known.contains(&id.as_str()) {
                return Err(source
                    .error(&["tests"], format!("{id:?} stands twice"))
                    .help("give every test a name of its own"));
            }
            known.push(id);
        }
        for test in &self.tests {
            for (name, bound) in [("green", Some(test.green)), ("amber", test.amber)] {
                let Some(bound) = bound else { continue };
                let empty = bound.at_least.is_none() && bound.at_most.is_none();
                let crossed = bound.at_least.zip(bound.at_most).is_some_and(|(least, most)| least > most);
                if empty || crossed || [bound.at_least, bound.at_most].into_iter().flatten().any(|end| !end.is_finite())
                {
                    return Err(source
                        .error(&["tests"], format!("the range {name} of {:?} holds no value", test.id))
                        .help("write { at_least = NUMBER } or { at_most = NUMBER }, or both in order"));
                }
            }
        }
        Ok(())
    }
}
