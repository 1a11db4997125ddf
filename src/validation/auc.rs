//! Area under the ROC curve.
//!
//! AUC = P(score of a good > score of a bad) + P(equal) / 2, over all pairs of a good and a bad,
//! weighted by the product of their weights. Range [0, 1]; higher is better; 0.5 is no
//! discrimination; never flipped. Gini = 2 AUC - 1 (Somers' D).
//!
//! Interval: DeLong, DeLong and Clarke-Pearson (1988), from placements V10 (of bads) and V01 (of
//! goods): var = S10 / m + S01 / n with ddof 1; normal, cut to [0, 1]. With weights or fractional
//! outcomes the same placements give a case the influence
//! u = bad (V10 - AUC) / B + good (V01 - AUC) / G, and var = n / (n - 1) * sum u^2 over n cases.
//!
//! Where a group has more than one good or bad case, influences are first summed by group:
//! var = K / (K - 1) * sum over groups of (sum of u in the group)^2, K groups. This is the form of
//! Obuchowski (1997), Biometrics 53:567-578, with one small-sample factor, K / (K - 1), for its three
//! terms. Not defined where fewer than two groups hold goods, or fewer than two hold bads.

use super::groups::Groups;
use super::scored::{Distribution, Scores};
use super::{Interval, Z_95};

/// AUC with its variance, which may not be defined; `None` without goods or without bads.
pub(crate) fn auc_variance(scores: Scores<'_>, distribution: &Distribution) -> Option<(f64, Option<f64>)> {
    let (goods, bads) = distribution.totals();
    if goods <= 0.0 || bads <= 0.0 {
        return None;
    }
    let (value, influences) = influences(scores, distribution, goods, bads);
    Some((value, variance(scores, &influences)))
}

/// AUC with its 95% interval; undefined without goods or without bads.
pub fn auc(scores: Scores<'_>, distribution: &Distribution) -> Interval {
    let Some((value, variance)) = auc_variance(scores, distribution) else { return Interval::UNDEFINED };
    let half = variance.map(|variance| Z_95 * variance.sqrt());
    Interval {
        value: Some(value),
        low: half.map(|half| (value - half).max(0.0)),
        high: half.map(|half| (value + half).min(1.0)),
    }
}

/// The Gini coefficient of an AUC, 2 AUC - 1, bounds alike.
pub fn gini(auc: Interval) -> Interval {
    let gini = |value: Option<f64>| value.map(|value| 2.0 * value - 1.0);
    Interval { value: gini(auc.value), low: gini(auc.low), high: gini(auc.high) }
}

/// By distinct score: (V10, share of goods above it; V01, share of bads below it), ties by half.
fn placements(distribution: &Distribution, goods: f64, bads: f64) -> (Vec<(f64, f64)>, f64) {
    let mut below = (0.0, 0.0);
    let mut value = 0.0;
    let mut placements = Vec::with_capacity(distribution.score.len());
    for (good, bad) in distribution.goods.iter().zip(&distribution.bads) {
        let above = goods - below.0 - good;
        let v10 = (above + 0.5 * good) / goods;
        let v01 = (below.1 + 0.5 * bad) / bads;
        value += good * v01;
        placements.push((v10, v01));
        below = (below.0 + good, below.1 + bad);
    }
    (placements, value / goods)
}

/// The AUC of scores whose distribution has good weight and bad weight.
pub(super) fn area(distribution: &Distribution, goods: f64, bads: f64) -> f64 {
    placements(distribution, goods, bads).1
}

/// The AUC and the influence of every case on it.
pub(super) fn influences(scores: Scores<'_>, distribution: &Distribution, goods: f64, bads: f64) -> (f64, Vec<f64>) {
    let (placements, value) = placements(distribution, goods, bads);
    let influence = |case: usize| {
        let (v10, v01) = placements[distribution.position[case] as usize];
        scores.bads[case] * (v10 - value) / bads + scores.goods[case] * (v01 - value) / goods
    };
    (value, (0..scores.score.len()).map(influence).collect())
}

/// The variance that influences of the cases have together: by group, of plain outcomes by class, or by case. Not
/// defined where too few of them tell of a class.
pub(super) fn variance(scores: Scores<'_>, influences: &[f64]) -> Option<f64> {
    variance_by(scores, dependent_groups(scores).as_ref(), influences)
}

/// The groups of the cases, where any has more than one of them.
pub(super) fn dependent_groups(scores: Scores<'_>) -> Option<Groups> {
    scores.groups.map(|_| Groups::new(scores)).filter(Groups::repeat)
}

/// [`variance`] with the [`dependent_groups`] of the scores, for many variances of the same cases.
pub(super) fn variance_by(scores: Scores<'_>, groups: Option<&Groups>, influences: &[f64]) -> Option<f64> {
    match groups {
        Some(groups) => clustered_variance(scores, groups, |case| influences[case]),
        None if is_plain(scores) => plain_variance(scores, influences),
        None => weighted_variance(scores, |case| influences[case]),
    }
}

fn is_plain(scores: Scores<'_>) -> bool {
    scores
        .goods
        .iter()
        .zip(scores.bads)
        .all(|(good, bad)| matches!((*good, *bad), (1.0, 0.0) | (0.0, 1.0) | (0.0, 0.0)))
}

fn plain_variance(scores: Scores<'_>, influences: &[f64]) -> Option<f64> {
    let (mut bads, mut goods) = ((0.0, 0.0), (0.0, 0.0));
    for (case, influence) in influences.iter().enumerate() {
        if scores.bads[case] > 0.0 {
            bads = (bads.0 + 1.0, bads.1 + influence * influence);
        } else if scores.goods[case] > 0.0 {
            goods = (goods.0 + 1.0, goods.1 + influence * influence);
        }
    }
    if bads.0 < 2.0 || goods.0 < 2.0 {
        return None;
    }
    Some(bads.1 * bads.0 / (bads.0 - 1.0) + goods.1 * goods.0 / (goods.0 - 1.0))
}

fn weighted_variance(scores: Scores<'_>, influence: impl Fn(usize) -> f64) -> Option<f64> {
    let (mut cases, mut sum) = (0.0, 0.0);
    for case in 0..scores.score.len() {
        if scores.goods[case] + scores.bads[case] > 0.0 {
            let influence = influence(case);
            cases += 1.0;
            sum += influence * influence;
        }
    }
    (cases >= 2.0).then(|| sum * cases / (cases - 1.0))
}

fn clustered_variance(scores: Scores<'_>, groups: &Groups, influence: impl Fn(usize) -> f64) -> Option<f64> {
    // The influences of a class that only one group holds cancel: they tell nothing about its spread.
    let (with_goods, with_bads) = groups.count(scores);
    if with_goods < 2 || with_bads < 2 {
        return None;
    }
    let sum: f64 = (0..groups.len())
        .map(|group| groups.cases(group).iter().map(|case| influence(*case as usize)).sum::<f64>().powi(2))
        .sum();
    let count = groups.len() as f64;
    Some(sum * count / (count - 1.0))
}

/// The ROC curve: (share of goods, share of bads) at or below each distinct score, from (0, 0) to (1, 1).
pub fn roc(distribution: &Distribution) -> Vec<(f64, f64)> {
    let (goods, bads) = distribution.totals();
    let mut point = (0.0, 0.0);
    let mut curve = vec![(0.0, 0.0)];
    for (good, bad) in distribution.goods.iter().zip(&distribution.bads) {
        point = (point.0 + good / goods, point.1 + bad / bads);
        curve.push(point);
    }
    curve
}
