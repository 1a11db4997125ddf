//! Measures of discrimination as evidence.json states them, for those who show or mirror a registry.

use serde::Serialize;
use serde_json::Value;

use super::contents::read_evidence;
use crate::error::Result;
use crate::sample::SampleName;

/// A measure with its 95% interval, where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measure {
    /// The value.
    pub value: f64,
    /// Ends of the interval.
    pub interval: Option<(f64, f64)>,
}

/// What evidence says about how well a score ranks the cases of a sample. What it does not have is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SampleMeasures {
    /// The sample.
    #[serde(skip)]
    pub sample: SampleName,
    /// Cases with an outcome.
    pub cases: Option<f64>,
    /// Share of bads.
    pub bad_rate: Option<f64>,
    /// Area under the ROC curve.
    pub auc: Option<Measure>,
    /// 2 AUC - 1.
    pub gini: Option<Measure>,
    /// Largest distance of the two score distributions.
    pub ks: Option<Measure>,
}

/// The measures of all samples with an outcome, in the order in which reports show them.
///
/// # Errors
/// [`crate::error::ErrorKind::Artifact`] where the bytes are no evidence.
pub fn sample_measures(evidence: &[u8]) -> Result<Vec<SampleMeasures>> {
    let evidence = read_evidence(evidence)?;
    let samples = [SampleName::Development, SampleName::Holdout, SampleName::OutOfTime, SampleName::Validation];
    let known = samples.into_iter().filter_map(|sample| {
        let figures = evidence["samples"].get(sample.name())?;
        Some(SampleMeasures {
            sample,
            cases: figures["cases"].as_f64(),
            bad_rate: figures["bad_rate"].as_f64(),
            auc: measure(&figures["auc"]),
            gini: measure(&figures["gini"]),
            ks: measure(&figures["ks"]),
        })
    });
    Ok(known.collect())
}

fn measure(found: &Value) -> Option<Measure> {
    let value = found["value"].as_f64()?;
    Some(Measure { value, interval: found["low"].as_f64().zip(found["high"].as_f64()) })
}
