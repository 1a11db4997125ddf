//! Somers' D of score and outcome.
//!
//! With C the weight of pairs of a good and a bad in which the good scores higher, D that of pairs in which the bad does,
//! and pairs weighted by the product of their weights:
//! D(score | outcome) = (C - D) / (pairs that differ in outcome), the outcome given and the score dependent, equals
//! Gini = 2 AUC - 1 and is the value here (D(R|C) of ratings R and classes C);
//! D(outcome | score) = (C - D) / (pairs that differ in score) is given beside it: it depends on the bad rate.
//! Range [-1, 1]; higher is better; ties in score count in neither C nor D. Interval: DeLong's of Gini, as the two are
//! one. Source: Somers (1962), American Sociological Review 27:799-811; Newson (2002), Stata Journal 2:45-64.

use super::Interval;
use super::scored::Distribution;

/// Somers' D both ways.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SomersD {
    /// D(score | outcome), with its interval; equals Gini.
    #[serde(flatten)]
    pub interval: Interval,
    /// Weight of pairs in which the good scores higher.
    pub concordant: f64,
    /// Weight of pairs in which the bad scores higher.
    pub discordant: f64,
    /// Weight of pairs of a good and a bad with equal scores.
    pub tied: f64,
    /// D(outcome | score); null where all scores are equal.
    pub outcome_given_score: Option<f64>,
}

/// Somers' D of scores whose Gini is `gini`; `None` without goods or without bads.
pub fn somers_d(distribution: &Distribution, gini: Interval) -> Option<SomersD> {
    let (goods, bads) = distribution.totals();
    if goods <= 0.0 || bads <= 0.0 {
        return None;
    }
    let (mut concordant, mut discordant, mut tied) = (0.0, 0.0, 0.0);
    let (mut goods_below, mut bads_below) = (0.0, 0.0);
    let (mut below, mut score_pairs) = (0.0, 0.0);
    for (good, bad) in distribution.goods.iter().zip(&distribution.bads) {
        concordant += good * bads_below;
        discordant += bad * goods_below;
        tied += good * bad;
        score_pairs += (good + bad) * below;
        goods_below += good;
        bads_below += bad;
        below += good + bad;
    }
    let difference = concordant - discordant;
    Some(SomersD {
        interval: Interval { value: Some(difference / (goods * bads)), ..gini },
        concordant,
        discordant,
        tied,
        outcome_given_score: (score_pairs > 0.0).then(|| difference / score_pairs),
    })
}
