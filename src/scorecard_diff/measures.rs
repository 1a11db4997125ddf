//! What differs between the measures of two runs' evidence, by sample.

use serde::Serialize;
use serde_json::Value;

use super::leaves::union;
use crate::bins_diff::Pair;

/// A measure in two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureDifference {
    /// The sample; of a validation in the registry, `validation: SAMPLE`.
    pub sample: String,
    /// The measure: `auc`.
    pub measure: &'static str,
    /// Its value, with its 95% interval where it has one; null: not measured.
    #[serde(flatten)]
    pub values: Pair<MeasureValue>,
    /// Whether the intervals overlap; null where there is none.
    pub intervals_overlap: Option<bool>,
    /// Whether both were measured on the same cases; null where that is not known.
    pub same_cases: Option<bool>,
}

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeasureValue {
    /// The value.
    pub value: f64,
    /// Lower bound of its 95% interval.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
}

/// A measure with its name for people and where a sample's evidence has it.
pub(crate) const MEASURES: [(&str, &str, &str); 16] = [
    ("cases", "cases", "/cases"),
    ("bad_rate", "bad rate", "/bad_rate"),
    ("expected_bad_rate", "expected bad rate", "/expected_bad_rate"),
    ("auc", "AUC", "/auc"),
    ("ks", "KS", "/ks"),
    ("gini", "Gini", "/gini"),
    ("score_psi", "PSI of the score", "/score_psi"),
    ("observed_expected_ratio", "observed / expected", "/observed_expected_ratio"),
    ("calibration_intercept", "calibration intercept", "/calibration_intercept"),
    ("calibration_slope", "calibration slope", "/calibration_slope"),
    ("hosmer_lemeshow_p_value", "Hosmer-Lemeshow p", "/hosmer_lemeshow/p_value"),
    ("brier", "Brier", "/brier"),
    ("log_loss", "log loss", "/log_loss"),
    ("mean_score", "mean score", "/score/mean"),
    ("unforeseen_cases", "unforeseen cases", "/unforeseen_cases"),
    ("indeterminate", "indeterminate cases", "/indeterminate"),
];

/// The name of a measure for people.
pub(crate) fn measure_name(measure: &str) -> &str {
    MEASURES.iter().find(|(key, _, _)| *key == measure).map_or(measure, |(_, name, _)| name)
}

/// The samples of evidence, each with its PSI among its measures.
pub(super) fn samples(evidence: &Value, prefix: &str) -> Vec<(String, Value)> {
    let Some(samples) = evidence["samples"].as_object() else { return Vec::new() };
    let with_psi = samples.iter().map(|(name, sample)| {
        let mut sample = sample.clone();
        if let Some(psi) = evidence["score_psi"].get(name) {
            sample["score_psi"] = psi.clone();
        }
        (format!("{prefix}{name}"), sample)
    });
    with_psi.collect()
}

fn value(sample: Option<&Value>, pointer: &str) -> Option<MeasureValue> {
    let found = sample?.pointer(pointer)?;
    match found.as_f64() {
        Some(value) => Some(MeasureValue { value, low: None, high: None }),
        None => Some(MeasureValue {
            value: found["value"].as_f64()?,
            low: found["low"].as_f64(),
            high: found["high"].as_f64(),
        }),
    }
}

/// The measures that differ. `same_cases`: whether a sample holds the same cases on both sides.
pub(super) fn measure_differences(
    a: &[(String, Value)],
    b: &[(String, Value)],
    same_cases: impl Fn(&str) -> Option<bool>,
) -> Vec<MeasureDifference> {
    let names = |of: &[(String, Value)]| of.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let find = |of: &'_ [(String, Value)], name: &str| of.iter().find(|(known, _)| known == name).cloned();
    let mut differ = Vec::new();
    for sample in union(&names(a), &names(b)) {
        let (in_a, in_b) = (find(a, &sample), find(b, &sample));
        for (measure, _, pointer) in MEASURES {
            let side = |of: &Option<(String, Value)>| value(of.as_ref().map(|(_, sample)| sample), pointer);
            let values = Pair { a: side(&in_a), b: side(&in_b) };
            if values.a != values.b {
                let bounds = |side: Option<MeasureValue>| side.and_then(|side| side.low.zip(side.high));
                let overlap = bounds(values.a).zip(bounds(values.b)).map(|(a, b)| a.0 <= b.1 && b.0 <= a.1);
                let same_cases = same_cases(&sample);
                differ.push(MeasureDifference {
                    sample: sample.clone(),
                    measure,
                    values,
                    intervals_overlap: overlap,
                    same_cases,
                });
            }
        }
    }
    differ
}
