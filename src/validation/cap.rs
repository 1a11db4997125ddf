//! The cumulative accuracy profile (CAP) and what is read from it: accuracy ratio, lift, gains.
//!
//! The CAP is the share of bads against the share of cases at or below each distinct score, riskiest first, by weight;
//! within equal scores it is a straight line, so that ties have no order.
//!
//! Accuracy ratio = (area under the CAP - 1/2) / (area under the perfect CAP - 1/2). The perfect CAP ranks the cases by
//! their own bad share; of good and bad outcomes it rises straight to 1 at the bad rate d, area 1 - d / 2, and the ratio
//! equals Gini; of fractional outcomes it is above Gini, since no score can part the good from the bad of one case. Range
//! [-1, 1]; higher is better. Interval: that of Gini (DeLong) times the ratio of the two, the perfect CAP taken as given.
//! Source: Engelmann, Hayden and Tasche (2003), Testing rating accuracy, Risk 16:82-86; BCBS Working Paper 14 (2005).
//!
//! Lift at a share of cases = share of the bads among the riskiest cases of that share / the share: the bad rate there
//! over the bad rate of all. Range [0, 1 / bad rate] and no more than 1 / share; higher is better; 1 is no
//! discrimination. Where the share ends within equal scores, their bads count in proportion. Interval: percentile
//! bootstrap, see [`super::bootstrap`].

use super::Interval;
use super::scored::{Distribution, Scores};

/// Share of cases that the lift at the top looks at.
pub const TOP_DECILE: f64 = 0.1;

/// The accuracy ratio with the areas that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AccuracyRatio {
    /// The ratio with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// Area under the CAP.
    pub area: f64,
    /// Area under the perfect CAP.
    pub perfect_area: f64,
}

/// Lift with the bad rate that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Lift {
    /// The lift with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// Share of the riskiest cases.
    pub share: f64,
    /// Bad rate among them.
    pub bad_rate: f64,
    /// Share of all bads that are among them.
    pub bads_caught: f64,
}

/// A tenth of the cases, riskiest first.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct GainsDecile {
    /// 1, the riskiest, to 10.
    pub decile: u32,
    /// Bad rate within the tenth.
    pub bad_rate: f64,
    /// Share of the bads within the tenth and those before it.
    pub cumulative_bads: f64,
    /// Share of the goods within the tenth and those before it.
    pub cumulative_goods: f64,
    /// Bad rate of the tenth and those before it over the bad rate of all.
    pub cumulative_lift: f64,
}

/// The CAP's points: (share of cases, share of bads) at or below each distinct score, from (0, 0) to (1, 1). Without cases
/// or without bads it is the diagonal.
pub fn cap(distribution: &Distribution) -> Vec<(f64, f64)> {
    let (goods, bads) = distribution.totals();
    let mut curve = vec![(0.0, 0.0)];
    if bads <= 0.0 {
        curve.push((1.0, 1.0));
        return curve;
    }
    let mut sums = (0.0, 0.0);
    for (good, bad) in distribution.goods.iter().zip(&distribution.bads) {
        sums = (sums.0 + good, sums.1 + bad);
        curve.push(((sums.0 + sums.1) / (goods + bads), sums.1 / bads));
    }
    curve
}

/// Area under a curve of rising points, by the trapezoidal rule.
fn area(curve: &[(f64, f64)]) -> f64 {
    curve.windows(2).map(|ends| (ends[1].0 - ends[0].0) * (ends[0].1 + ends[1].1) / 2.0).sum()
}

/// The accuracy ratio of scored cases whose Gini is `gini`; `None` without goods or without bads, or where every case has
/// the same bad share.
pub fn accuracy_ratio(scores: Scores<'_>, distribution: &Distribution, gini: Interval) -> Option<AccuracyRatio> {
    let (goods, bads) = distribution.totals();
    if goods <= 0.0 || bads <= 0.0 {
        return None;
    }
    let area_below = area(&cap(distribution));
    let perfect_area = if scores.are_whole() {
        1.0 - bads / (goods + bads) / 2.0
    } else {
        let share = |(good, bad): (&f64, &f64)| if good + bad > 0.0 { good / (good + bad) } else { 0.0 };
        let goodness: Vec<f64> = scores.goods.iter().zip(scores.bads).map(share).collect();
        area(&cap(&Distribution::new(Scores { score: &goodness, ..scores })))
    };
    if perfect_area - 0.5 <= 1e-12 {
        return None;
    }
    let value = (area_below - 0.5) / (perfect_area - 0.5);
    // Gini = (area - 1/2) / ((share of goods) / 2), so the ratio of the two depends on the outcomes alone.
    let factor = goods / (goods + bads) / 2.0 / (perfect_area - 0.5);
    let bound = |bound: Option<f64>| bound.map(|bound| (bound * factor).clamp(-1.0, 1.0));
    let interval = Interval { value: Some(value), low: bound(gini.low), high: bound(gini.high) };
    Some(AccuracyRatio { interval, area: area_below, perfect_area })
}

/// Good and bad weight among the riskiest cases of a share, by weight; `goods` and `bads` by distinct score, scores rising.
fn riskiest(goods: &[f64], bads: &[f64], totals: (f64, f64), share: f64) -> (f64, f64) {
    let wanted = share * (totals.0 + totals.1);
    let mut sums = (0.0, 0.0);
    for (good, bad) in goods.iter().zip(bads) {
        let (left, here) = (wanted - sums.0 - sums.1, good + bad);
        if here > left {
            let part = left / here;
            return (sums.0 + part * good, sums.1 + part * bad);
        }
        sums = (sums.0 + good, sums.1 + bad);
    }
    sums
}

/// Lift, bad rate and share of bads among the riskiest cases of a share of all (above 0, at most 1); `None` without goods
/// or without bads.
pub fn lift(goods: &[f64], bads: &[f64], share: f64) -> Option<Lift> {
    let totals: (f64, f64) = (goods.iter().sum(), bads.iter().sum());
    if totals.0 <= 0.0 || totals.1 <= 0.0 {
        return None;
    }
    let (_, caught) = riskiest(goods, bads, totals, share);
    let bads_caught = caught / totals.1;
    let interval = Interval { value: Some(bads_caught / share), low: None, high: None };
    Some(Lift { interval, share, bad_rate: caught / (share * (totals.0 + totals.1)), bads_caught })
}

/// The gains of each tenth of the cases, riskiest first; empty without goods or without bads.
pub fn gains_by_decile(distribution: &Distribution) -> Vec<GainsDecile> {
    let Distribution { goods, bads, .. } = distribution;
    let totals = distribution.totals();
    if totals.0 <= 0.0 || totals.1 <= 0.0 {
        return Vec::new();
    }
    let tenth = (totals.0 + totals.1) / 10.0;
    let mut before = 0.0;
    (1..=10)
        .map(|decile| {
            let share = f64::from(decile) / 10.0;
            let (good, bad) = if decile == 10 { totals } else { riskiest(goods, bads, totals, share) };
            let bad_rate = (bad - before) / tenth;
            before = bad;
            let (cumulative_goods, cumulative_bads) = (good / totals.0, bad / totals.1);
            GainsDecile {
                decile,
                bad_rate,
                cumulative_bads,
                cumulative_goods,
                cumulative_lift: cumulative_bads / share,
            }
        })
        .collect()
}
