//! Limits: what a validation must meet, each checked on every sample it applies to.

use std::collections::BTreeMap;

use super::{FeatureEvidence, SampleEvidence};
use crate::sample::SampleName;

/// A limit held against a sample.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct LimitCheck {
    /// The limit's name, with the feature where it is about one: `max_feature_psi (age)`.
    pub name: String,
    /// The sample.
    pub sample: String,
    /// The measure's value; null where it is not defined.
    pub value: Option<f64>,
    /// The limit.
    pub limit: f64,
    /// Whether it holds; a value that is not defined does not pass.
    pub passed: bool,
}

/// Whether a value meets the limit of this name: `max_...` is an upper limit, all others are lower ones.
pub fn limit_holds(name: &str, value: Option<f64>, limit: f64) -> bool {
    match name.starts_with("max") {
        true => value.is_some_and(|value| value <= limit),
        false => value.is_some_and(|value| value >= limit),
    }
}

/// Holds every limit against every sample it applies to, in the order of names and samples; rejected applicants are
/// another population by design, without outcomes.
pub fn check(
    limits: &BTreeMap<String, f64>,
    samples: &BTreeMap<String, SampleEvidence>,
    features: &BTreeMap<String, FeatureEvidence>,
    score_psi: &BTreeMap<String, Option<f64>>,
) -> Vec<LimitCheck> {
    let mut checks = Vec::new();
    let mut push = |name: String, sample: &str, value: Option<f64>, limit: f64| {
        if sample == SampleName::Rejected.name() {
            return;
        }
        let passed = limit_holds(&name, value, limit);
        checks.push(LimitCheck { name, sample: sample.to_owned(), value, limit, passed });
    };
    for (name, limit) in limits {
        match name.as_str() {
            "max_score_psi" => {
                for (sample, value) in score_psi {
                    push(name.clone(), sample, *value, *limit);
                }
            }
            "max_feature_psi" => {
                for (feature, evidence) in features.iter().filter(|(_, evidence)| evidence.selected) {
                    for (sample, value) in &evidence.psi {
                        push(format!("{name} ({feature})"), sample, *value, *limit);
                    }
                }
            }
            _ => {
                for (sample, evidence) in samples {
                    let value = match name.as_str() {
                        "min_auc" => evidence.auc.value,
                        "min_gini" => evidence.gini.value,
                        "min_ks" => evidence.ks.interval.value,
                        _ => None,
                    };
                    push(name.clone(), sample, value, *limit);
                }
            }
        }
    }
    checks
}
