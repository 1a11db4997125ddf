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

use super::Difference;
use super::groups::Groups;
use super::scored::Scores;

/// Mean log likelihood of the log odds `first` minus that of `second`; the scores of `cases` are not used.
pub fn likelihood_difference(cases: Scores<'_>, first: &[f64], second: &[f64]) -> Difference {
    let groups = Groups::new(cases);
    let total: f64 = cases.goods.iter().zip(cases.bads).map(|(good, bad)| good + bad).sum();
    if groups.is_empty() || total <= 0.0 {
        return Difference::UNDEFINED;
    }
    let weight = |case: usize| cases.goods[case] + cases.bads[case];
    let difference = |case: usize| {
        let (good, bad) = (cases.goods[case], cases.bads[case]);
        good * (softplus(-second[case]) - softplus(-first[case]))
            + bad * (softplus(second[case]) - softplus(first[case]))
    };
    // By group, so that the sum runs in one order.
    let sums: Vec<(f64, f64)> = (0..groups.len())
        .map(|group| {
            let members = groups.cases(group).iter().map(|case| *case as usize);
            members.fold((0.0, 0.0), |sum, case| (sum.0 + difference(case), sum.1 + weight(case)))
        })
        .collect();
    let value = sums.iter().map(|sum| sum.0).sum::<f64>() / total;
    let squares: f64 = sums.iter().map(|(sum, weight)| ((sum - value * weight) / total).powi(2)).sum();
    let count = sums.len() as f64;
    Difference::normal(value, (count >= 2.0).then(|| squares * count / (count - 1.0)))
}

/// ln(1 + exp(x)), without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
