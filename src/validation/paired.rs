//! Two scores of the same cases side by side.

use super::auc::auc_variance;
use super::auc_difference::auc_difference;
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

/// Compares the AUC of two scores, `first.score` and `second`, of the same cases (see [`mod@super::auc_difference`]);
/// `None` without goods or without bads.
pub fn paired_auc(first: Scores<'_>, second: &[f64]) -> Option<PairedAuc> {
    let value = |scores: Scores<'_>| auc_variance(scores, &Distribution::new(scores)).map(|(value, _)| value);
    let difference = auc_difference(first, second);
    Some(PairedAuc {
        first: value(first)?,
        second: value(Scores { score: second, ..first })?,
        difference: Interval { value: difference.value, low: difference.low, high: difference.high },
        p_value: difference.p_value,
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
