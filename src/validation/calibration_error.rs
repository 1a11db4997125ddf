//! Expected and maximum calibration error, and all observed bads against the expected ones.
//!
//! Over groups k of cases by PD (see [`super::pd_groups`]), with weight n_k, mean PD q_k and bad rate r_k: expected calibration
//! error = sum n_k |r_k - q_k| / W, maximum = max |r_k - q_k|. Range [0, 1]; lower is better; both depend on the groups and are
//! above 0 by chance alone. Source: Naeini, Cooper and Hauskrecht (2015), AAAI 2901-2907.
//!
//! Observed against expected: O / E, bads by the sum of PDs. 1 is right, above 1 there are more bads than the PDs say.
//! Interval: of good and bad cases, Jeffreys' interval of the bad rate over the mean PD (weights count as cases); of
//! fractional outcomes, the normal one of the mean bad share, over the mean PD, by group of cases that are not independent.

use serde::Serialize;

use super::paired::mean_difference;
use super::pd_groups::PdGroup;
use super::rate_interval::jeffreys;
use super::scored::Scores;
use super::{Interval, Measured};

/// Expected calibration error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationError {
    /// Expected calibration error.
    pub value: f64,
    /// Maximum calibration error.
    pub maximum: f64,
    /// Groups that they are over.
    pub groups: usize,
}

/// Calibration error over groups; none without groups.
pub fn calibration_error(groups: &[PdGroup]) -> Measured<CalibrationError> {
    let total: f64 = groups.iter().map(|group| group.goods + group.bads).sum();
    if total <= 0.0 {
        return Measured::none("there are no good or bad cases");
    }
    let apart = |group: &PdGroup| (group.observed - group.mean_pd).abs();
    Measured::Value(CalibrationError {
        value: groups.iter().map(|group| (group.goods + group.bads) * apart(group)).sum::<f64>() / total,
        maximum: groups.iter().map(apart).fold(0.0, f64::max),
        groups: groups.len(),
    })
}

/// Observed against expected bads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ObservedExpected {
    /// Observed / expected.
    pub value: f64,
    /// Lower bound of its 95% interval.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Bad weight.
    pub observed: f64,
    /// Sum of PDs, weighted.
    pub expected: f64,
    /// Good and bad weight.
    pub cases: f64,
}

/// Observed against expected bads; not defined where every PD is 0.
pub fn observed_expected(scores: Scores<'_>, pd: &[f64], is_fractional: bool) -> Measured<ObservedExpected> {
    let Scores { goods, bads, groups, .. } = scores;
    let weights: Vec<f64> = goods.iter().zip(bads).map(|(good, bad)| good + bad).collect();
    let expected: f64 = weights.iter().zip(pd).map(|(weight, pd)| weight * pd).sum();
    let (observed, cases): (f64, f64) = (bads.iter().sum(), weights.iter().sum());
    if expected <= 0.0 {
        return Measured::none("every PD is 0, so no bads are expected");
    }
    let (low, high) = match is_fractional {
        false => jeffreys(cases - observed, observed),
        true => {
            let Interval { low, high, .. } = mean_difference(bads, &weights, groups);
            (low, high)
        }
    };
    let ratio = |rate: f64| rate * cases / expected;
    let (low, high) = (low.map(ratio), high.map(ratio));
    Measured::Value(ObservedExpected { value: observed / expected, low, high, observed, expected, cases })
}
