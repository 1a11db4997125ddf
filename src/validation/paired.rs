//! The difference between the AUC of two scores of the same cases.
//!
//! Difference = AUC(first) - AUC(second). Its variance comes from the differences of the placements of each case
//! (DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837-845), found by sorting, in O(n log n), as Sun and Xu
//! (2014), IEEE Signal Processing Letters 21:1389-1393, find theirs by midranks. With weights, fractional outcomes or
//! groups the influences of [`super::auc`] take their place, so that one interval and the other follow one rule.
//! Interval: normal, 95%; p value: two-sided, of no difference.

use statrs::distribution::{ContinuousCDF, Normal};

use super::auc::{placements, variance};
use super::groups::Groups;
use super::scored::{Distribution, Scores};
use super::{Interval, Z_95};

/// Two AUCs and their difference.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct PairedAuc {
    /// AUC of the first score.
    pub first: f64,
    /// AUC of the second score.
    pub second: f64,
    /// First less second.
    pub difference: Interval,
    /// Of no difference; null where the variance is not defined.
    pub p_value: Option<f64>,
}

/// Compares the AUC of two scores, `first.score` and `second`, of the same cases; `None` without goods or without bads.
pub fn paired_auc(first: Scores<'_>, second: &[f64]) -> Option<PairedAuc> {
    let other = Scores { score: second, ..first };
    let (one, two) = (Distribution::new(first), Distribution::new(other));
    let (goods, bads) = one.totals();
    if goods <= 0.0 || bads <= 0.0 {
        return None;
    }
    let ((of_one, auc_one), (of_two, auc_two)) = (placements(&one, goods, bads), placements(&two, goods, bads));
    let value = auc_one - auc_two;
    let variance = variance(first, (goods, bads), value, |case| {
        let (a, b) = (of_one[one.position[case] as usize], of_two[two.position[case] as usize]);
        (a.0 - b.0, a.1 - b.1)
    });
    let error = variance.map(f64::sqrt);
    let p_value = error.map(|error| match value {
        0.0 => 1.0,
        value => 2.0 * Normal::standard().sf(value.abs() / error),
    });
    Some(PairedAuc {
        first: auc_one,
        second: auc_two,
        difference: Interval {
            value: Some(value),
            low: error.map(|error| value - Z_95 * error),
            high: error.map(|error| value + Z_95 * error),
        },
        p_value,
    })
}

/// Mean of differences by case, each times its weight, with its 95% interval: sum of `differences` / sum of `weights`.
/// Cases of one group count as one: variance = K / (K - 1) * sum over the K groups of (sum of d - mean w)^2 / W^2, with
/// W the sum of weights. Cases without weight do not count.
pub fn mean_difference(differences: &[f64], weights: &[f64], groups: Option<&[u32]>) -> Interval {
    let none = vec![0.0; weights.len()];
    let groups = Groups::new(Scores { score: differences, goods: weights, bads: &none, groups });
    let weight: f64 = weights.iter().sum();
    if weight <= 0.0 {
        return Interval::UNDEFINED;
    }
    let mean = differences.iter().sum::<f64>() / weight;
    let influence = |case: &u32| differences[*case as usize] - mean * weights[*case as usize];
    let squares: f64 =
        (0..groups.len()).map(|group| groups.cases(group).iter().map(influence).sum::<f64>().powi(2)).sum();
    let count = groups.len() as f64;
    let error = (count > 1.0).then(|| (squares * count / (count - 1.0)).sqrt() / weight);
    Interval {
        value: Some(mean),
        low: error.map(|error| mean - Z_95 * error),
        high: error.map(|error| mean + Z_95 * error),
    }
}
