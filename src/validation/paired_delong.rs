//! The test of DeLong, DeLong and Clarke-Pearson (1988) for the AUCs of two scores of the same cases, with all its parts.
//!
//! See `auc_difference`: this is the same difference with z, standard errors and the covariance of the two AUCs.
//! z = (AUC_first - AUC_second) / standard error; not defined where the two agree on every pair of a good and a bad.

use super::Difference;
use super::auc::{influences, variance};
use super::scored::{Distribution, Scores};

/// The difference of two AUCs and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct PairedDelong {
    /// AUC of the first less AUC of the second, with its interval and p value.
    #[serde(flatten)]
    pub difference: Difference,
    /// The difference over its standard error; null where that is 0 or not defined.
    pub z: Option<f64>,
    /// Standard error of the difference.
    pub standard_error: Option<f64>,
    /// Covariance of the two AUCs.
    pub covariance: Option<f64>,
    /// AUC of the first score.
    pub first: f64,
    /// AUC of the second score.
    pub second: f64,
    /// Standard error of the first AUC.
    pub first_standard_error: Option<f64>,
    /// Standard error of the second AUC.
    pub second_standard_error: Option<f64>,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
}

/// Holds the AUCs of `first` and of the score `second` of the same cases against each other; `None` without goods or
/// without bads.
pub fn paired_delong(first: Scores<'_>, second: &[f64]) -> Option<PairedDelong> {
    let second = Scores { score: second, ..first };
    let distributions = [first, second].map(Distribution::new);
    let (goods, bads) = distributions[0].totals();
    if goods <= 0.0 || bads <= 0.0 {
        return None;
    }
    let (value, of_first) = influences(first, &distributions[0], goods, bads);
    let (other, of_second) = influences(second, &distributions[1], goods, bads);
    let differences: Vec<f64> = of_first.iter().zip(&of_second).map(|(first, second)| first - second).collect();
    let [first_variance, second_variance, of_difference] =
        [&of_first, &of_second, &differences].map(|influences| variance(first, influences));
    let error = of_difference.map(f64::sqrt);
    // Var(A - B) = Var A + Var B - 2 Cov(A, B), exactly so for these estimates.
    let covariance = first_variance
        .zip(second_variance)
        .zip(of_difference)
        .map(|((first, second), difference)| (first + second - difference) / 2.0);
    Some(PairedDelong {
        difference: Difference::normal(value - other, of_difference),
        z: error.filter(|error| *error > 0.0).map(|error| (value - other) / error),
        standard_error: error,
        covariance,
        first: value,
        second: other,
        first_standard_error: first_variance.map(f64::sqrt),
        second_standard_error: second_variance.map(f64::sqrt),
        goods,
        bads,
    })
}
