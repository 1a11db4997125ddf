//! Population stability index with what chance alone would give: the score's distribution over bands, a feature's over
//! its bins, a portfolio's over grades.
//!
//! PSI = sum over B bins of (a - e) ln(a / e), a and e the shares of the actual and the expected cases (see
//! [`mod@super::psi`]). Range [0, infinity); lower is more stable. A bin without cases on one side gets 0.5 cases on that
//! side, totals unchanged, and is marked; a bin that is empty on both sides does not count in B.
//!
//! Without any shift, of N expected and M actual cases drawn independently, PSI is about (1/N + 1/M) times chi-square of
//! B - 1 degrees of freedom: the 95% critical value is its quantile, the p value its upper tail (Yurdakul and Naranjo 2020,
//! Statistical properties of the population stability index, Journal of Risk Model Validation 14(4)). Their normal
//! approximation: mean (B - 1)(1/N + 1/M), variance 2 (B - 1)(1/N + 1/M)^2, one-sided. N and M are sums of weights: weights
//! count as cases. The limits 0.10 and 0.25 in common use come from no regulator and do not know N and M.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::tails::{chi_squared_sf, normal_sf};

/// One-sided 95% quantile of the normal distribution.
const Z_95_ONE_SIDED: f64 = 1.644_853_626_951_472_7;

/// PSI with its critical value.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct StabilityIndex {
    /// The index.
    pub value: f64,
    /// What it would exceed by chance in 1 of 20 samples.
    pub critical_value_95: f64,
    /// Chance of an index as high without any shift.
    pub p_value: f64,
    /// Bins with cases on either side, less one.
    pub degrees_of_freedom: usize,
    /// The critical value by the normal approximation.
    pub normal_critical_value_95: f64,
    /// The p value by the normal approximation.
    pub normal_p_value: f64,
    /// Bins that were empty on one side and got 0.5 cases there.
    pub adjusted_cells: usize,
    /// Weight of the expected cases.
    pub expected_cases: f64,
    /// Weight of the actual cases.
    pub actual_cases: f64,
}

/// A bin's part in a PSI.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct StabilityPart {
    /// Share of the expected cases; 0 where there are none.
    pub expected_share: f64,
    /// Share of the actual cases; 0 where there are none.
    pub actual_share: f64,
    /// (a - e) ln(a / e), with 0.5 cases in an empty cell; the parts sum to the index.
    pub contribution: f64,
    /// Whether one side was empty and got 0.5 cases.
    pub adjusted: bool,
}

/// PSI of two sets of counts over the same bins; `None` where one side has no cases, or fewer than two bins have any.
pub fn stability_index(expected: &[f64], actual: &[f64]) -> Option<(StabilityIndex, Vec<StabilityPart>)> {
    let (expected_cases, actual_cases): (f64, f64) = (expected.iter().sum(), actual.iter().sum());
    if !(expected_cases > 0.0 && actual_cases > 0.0) {
        return None;
    }
    let parts: Vec<StabilityPart> = expected
        .iter()
        .zip(actual)
        .map(|(e, a)| {
            let empty = |count: f64| count <= 0.0;
            let adjusted = empty(*e) != empty(*a);
            let share = |count: f64, total: f64| if empty(count) { 0.5 / total } else { count / total };
            let contribution = match empty(*e) && empty(*a) {
                true => 0.0,
                false => {
                    let (e, a) = (share(*e, expected_cases), share(*a, actual_cases));
                    (a - e) * (a / e).ln()
                }
            };
            StabilityPart { expected_share: e / expected_cases, actual_share: a / actual_cases, contribution, adjusted }
        })
        .collect();
    let bins = parts.iter().filter(|part| part.expected_share > 0.0 || part.actual_share > 0.0).count();
    let degrees_of_freedom = bins.checked_sub(1).filter(|freedom| *freedom > 0)?;
    let chi_squared = ChiSquared::new(degrees_of_freedom as f64).ok()?;
    let unit = 1.0 / expected_cases + 1.0 / actual_cases;
    let freedom = degrees_of_freedom as f64;
    let value = parts.iter().map(|part| part.contribution).sum::<f64>();
    let index = StabilityIndex {
        value,
        critical_value_95: unit * chi_squared.inverse_cdf(0.95),
        p_value: chi_squared_sf(value / unit, degrees_of_freedom),
        degrees_of_freedom,
        normal_critical_value_95: unit * (freedom + Z_95_ONE_SIDED * (2.0 * freedom).sqrt()),
        normal_p_value: normal_sf((value / unit - freedom) / (2.0 * freedom).sqrt()),
        adjusted_cells: parts.iter().filter(|part| part.adjusted).count(),
        expected_cases,
        actual_cases,
    };
    Some((index, parts))
}
