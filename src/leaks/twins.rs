//! The same profile in development and in a sample to check on.
//!
//! A case's profile is the tuple of its values of some features; a twin is an equal profile in development. Where all
//! features together are the profile, twins by mere chance must be ruled out: with n development cases and features
//! that were independent, a case would have n * product over features of (sum over values of share squared) twins;
//! only where that is at most [`CHANCE`] are twins told of.

use std::collections::HashSet;

use crate::cases::{Cases, FeatureColumn, FeatureValues};
use crate::sample::{SampleName, Samples};
use crate::table::{MISSING, mixed};

/// Without a declared profile, fewer features are no profile.
const LEAST_FEATURES: usize = 5;
/// Most twins a case that chance may give.
const CHANCE: f64 = 0.01;
/// Without a declared profile, twins are told of from this share of a sample on.
const LEAST_SHARE: f64 = 0.01;

/// Cases of a sample with a twin in development.
#[derive(Debug, Clone)]
pub struct Twins {
    /// The sample.
    pub sample: SampleName,
    /// Its cases with a twin.
    pub twins: u64,
    /// All its cases.
    pub cases: u64,
    /// The features that are the profile; empty: all.
    pub profile: Vec<String>,
}

impl Twins {
    /// A warning in words.
    pub fn in_words(&self, has_groups: bool) -> String {
        let by = match self.profile.is_empty() {
            true => "equal in every feature".to_owned(),
            false => format!("equal in {}", self.profile.join(", ")),
        };
        let advice = match has_groups {
            true => "the card's group keeps ids apart, not persons: make a group that is the same for equal profiles",
            false => "group them: name a column that is the same for equal profiles as group",
        };
        format!(
            "{} of {} {} cases ({:.1}%) have a twin in development, {by}: probably the same persons, and the quoted figures are too good; {advice}",
            self.twins,
            self.cases,
            self.sample.title().to_lowercase(),
            self.twins as f64 / self.cases.max(1) as f64 * 100.0
        )
    }
}

/// Twins of each sample in development. `profile` names features; names that are none are passed over. Where it is
/// empty and `by_default` holds, all features together are the profile, where there are enough of them.
pub fn of_samples(cases: &Cases, samples: &Samples, profile: &[String], by_default: bool) -> Vec<Twins> {
    let development = samples.development();
    let is_declared = !profile.is_empty();
    let features: Vec<&FeatureColumn> =
        cases.features.iter().filter(|feature| !is_declared || profile.contains(&feature.name)).collect();
    if features.is_empty() || (!is_declared && (!by_default || features.len() < LEAST_FEATURES)) {
        return Vec::new();
    }
    if !is_declared && development.len() as f64 * chance(&features, development) > CHANCE {
        return Vec::new();
    }
    let known: HashSet<u64> = development.iter().filter_map(|row| digest(&features, *row as usize)).collect();
    samples
        .samples
        .iter()
        .filter(|sample| sample.name != SampleName::Development)
        .map(|sample| {
            let has_twin = |row: &&u32| digest(&features, **row as usize).is_some_and(|digest| known.contains(&digest));
            let twins = sample.rows.iter().filter(has_twin).count() as u64;
            Twins { sample: sample.name, twins, cases: sample.rows.len() as u64, profile: profile.to_vec() }
        })
        .filter(|found| {
            let least = if is_declared { 1.0 } else { (LEAST_SHARE * found.cases as f64).max(1.0) };
            found.twins as f64 >= least
        })
        .collect()
}

/// A digest of a case's values; `None` where all are missing, which is no profile.
fn digest(features: &[&FeatureColumn], row: usize) -> Option<u64> {
    let (mut digest, mut has_value) = (0x9e37_79b9_7f4a_7c15, false);
    for feature in features {
        let value = match &feature.values {
            FeatureValues::Numeric(values) if values[row].is_nan() => None,
            FeatureValues::Numeric(values) => Some((values[row] + 0.0).to_bits()),
            FeatureValues::Categorical(values) => {
                Some(values.codes[row]).filter(|code| *code != MISSING).map(u64::from)
            }
        };
        has_value |= value.is_some();
        digest = mixed(digest ^ value.map_or(0x6a09_e667_f3bc_c909, |value| mixed(value.wrapping_add(1))));
    }
    has_value.then_some(digest)
}

/// Probability that two cases are equal in independent features: product of the sums of squared shares.
fn chance(features: &[&FeatureColumn], rows: &[u32]) -> f64 {
    let total = rows.len().max(1) as f64;
    features
        .iter()
        .map(|feature| {
            let mut values: Vec<u64> = rows
                .iter()
                .map(|row| match &feature.values {
                    FeatureValues::Numeric(values) => (values[*row as usize] + 0.0).to_bits(),
                    FeatureValues::Categorical(values) => u64::from(values.codes[*row as usize]),
                })
                .collect();
            values.sort_unstable();
            values.chunk_by(|a, b| a == b).map(|run| (run.len() as f64 / total).powi(2)).sum::<f64>()
        })
        .product()
}
