//! What a standards set says about the measures: a light for each test on each sample.

use serde::Serialize;

use crate::words::Message;

/// A verdict by policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Within the policy.
    Green,
    /// To be watched.
    Amber,
    /// Outside the policy.
    Red,
}

impl Light {
    /// The light in words.
    pub fn words(self) -> Message {
        Message::new(match self {
            Light::Green => "green",
            Light::Amber => "amber",
            Light::Red => "red",
        })
    }
}

/// A standards set with its tests on the measures of the evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StandardEvidence {
    /// Its name, such as `ecb`, or its file.
    pub name: String,
    /// In words.
    pub title: Message,
    /// What it follows, and what it is not.
    pub about: Message,
    /// In the order of the file.
    pub tests: Vec<TestResult>,
    /// What no figure can answer: for the validator.
    pub questions: Vec<Question>,
}

/// A question of a standards set to the validator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Its name in the file.
    pub id: String,
    /// The question.
    pub title: Message,
    /// The rule that asks it.
    pub rule: Message,
}

/// A test on one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestResult {
    /// The test's name in the file.
    pub id: String,
    /// What it asks, in words.
    pub title: Message,
    /// The rule that it answers.
    pub rule: Message,
    /// The sample; null where the measure is about none.
    pub sample: Option<String>,
    /// Where within the sample: the grade, period or feature.
    pub place: Option<String>,
    /// Where the value stands in the evidence.
    pub measure: String,
    /// The value; null where it could not be computed.
    pub value: Option<f64>,
    /// What makes it green.
    pub green: Bound,
    /// What makes it amber, where it is not green; null: nothing does.
    pub amber: Option<Bound>,
    /// The verdict; null where the value could not be computed.
    pub light: Option<Light>,
    /// Why the value could not be computed.
    pub not_computed: Option<Message>,
    /// How much weight a red light has: `high`, `medium` or `low`.
    pub severity: Severity,
}

/// How much weight a finding has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The model is not to be used until it is settled.
    High,
    /// To be settled by a date.
    Medium,
    /// To be known.
    Low,
}

impl Severity {
    /// The severity in words.
    pub fn words(self) -> Message {
        Message::new(match self {
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        })
    }
}

/// A range of a value; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Least value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// Greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

impl Bound {
    /// Whether a value lies within.
    pub fn holds(self, value: f64) -> bool {
        self.at_least.is_none_or(|least| value >= least) && self.at_most.is_none_or(|most| value <= most)
    }
}

impl StandardEvidence {
    /// Tests of a light.
    pub fn with(&self, light: Light) -> impl Iterator<Item = &TestResult> {
        self.tests.iter().filter(move |test| test.light == Some(light))
    }

    /// Whether no test is red.
    pub fn passed(&self) -> bool {
        self.with(Light::Red).next().is_none()
    }
}
