//! Difference of the mean log likelihood of two models on the same cases.
//!
//! A case with good weight g, bad weight b and log odds good:bad e has the log likelihood
//! l = g ln(1 / (1 + exp(-e))) + b ln(1 / (1 + exp(e))). Value: D = sum (l_first - l_second) / W, W the sum of g + b:
//! the gain per case, in natural logarithms; above 0 the first model's probabilities are nearer to what happened. It is
//! a proper score: unlike the AUC it sees calibration.
//!
//! Interval and p value: normal, of the ratio of two sums, var = n / (n - 1) * sum v^2 over n cases,
//! v = (l_first - l_second - D (g + b)) / W; where a group has several cases, v is summed by group first, and n counts
//! groups (Vuong 1989, Econometrica 57:307-333, for the paired difference; the linearised ratio after Cochran 1977,
//! Sampling Techniques, 6.3). Undefined without cases.

use statrs::function::erf::erfc;

use super::paired::mean_difference;
use super::scored::Scores;
use super::{Difference, Interval, Z_95};

/// Mean log likelihood of the log odds `first` minus that of `second`; the scores of `cases` are not used.
pub fn likelihood_difference(cases: Scores<'_>, first: &[f64], second: &[f64]) -> Difference {
    let outcomes = || cases.goods.iter().zip(cases.bads);
    let weights: Vec<f64> = outcomes().map(|(good, bad)| good + bad).collect();
    let differences: Vec<f64> = outcomes()
        .zip(first.iter().zip(second))
        .map(|((good, bad), (first, second))| {
            good * (softplus(-second) - softplus(-first)) + bad * (softplus(*second) - softplus(*first))
        })
        .collect();
    let Interval { value, low, high } = mean_difference(&differences, &weights, cases.groups);
    let p_value = value.zip(high).map(|(value, high)| match value == 0.0 {
        // Two models that are the same differ by nothing, surely.
        true => 1.0,
        false => erfc((value * Z_95 / (high - value)).abs() / std::f64::consts::SQRT_2),
    });
    Difference { value, low, high, p_value }
}

/// ln(1 + exp(x)), without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
