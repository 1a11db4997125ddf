//! Kolmogorov-Smirnov statistic.
//!
//! KS = max over distinct scores s of |F_bad(s) - F_good(s)|, F the weighted share at or below s; ties
//! are grouped before the maximum, so neither bins nor the order of rows count. Range [0, 1]; higher
//! is better.
//!
//! Interval: percentile bootstrap, see [`super::bootstrap`].
//!
//! p value, of goods and bads having one distribution of the score: Kolmogorov's limit without a correction for small
//! samples, 2 sum over k >= 1 of (-1)^(k-1) exp(-2 k^2 lambda^2) with lambda = sqrt(G B / (G + B)) KS (Kolmogorov 1933;
//! Smirnov 1948), G and B the good and bad weight: weights count as copies. With ties it is conservative. There is none
//! where it would not hold: where a case is partly good and partly bad, or a group has several cases.

use super::Interval;
use super::bootstrap::{Bounds, bootstrap};
use super::groups::Groups;
use super::scored::{Distribution, Scores};

/// Resamples of the bootstrap where nothing else is asked for.
pub const RESAMPLES: u64 = 200;

/// KS with its 95% interval and the (lowest) score where it is reached.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Ks {
    /// The statistic with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// Where the maximum is reached.
    pub score: Option<f64>,
    /// Of one distribution for goods and bads; null where cases are not independent or not wholly good or bad.
    pub p_value: Option<f64>,
}

impl Ks {
    /// Not defined.
    pub const UNDEFINED: Ks = Ks { interval: Interval::UNDEFINED, score: None, p_value: None };
}

/// KS of scored cases; undefined without goods or without bads.
pub fn ks(scores: Scores<'_>, distribution: &Distribution, seed: u64) -> Ks {
    let measures = |goods: &[f64], bads: &[f64]| [statistic(goods, bads).map(|(value, _)| value)];
    let [bounds] = bootstrap(scores, distribution, seed, RESAMPLES, measures);
    ks_within(scores, distribution, bounds)
}

/// KS of scored cases whose interval has the bounds `bounds`.
pub(crate) fn ks_within(scores: Scores<'_>, distribution: &Distribution, bounds: Bounds) -> Ks {
    let Some((value, position)) = statistic(&distribution.goods, &distribution.bads) else {
        return Ks::UNDEFINED;
    };
    let (goods, bads) = distribution.totals();
    let independent = scores.are_whole() && !Groups::new(scores).repeat();
    Ks {
        interval: bounds.around(value),
        score: Some(distribution.score[position]),
        p_value: independent.then(|| kolmogorov((goods / (goods + bads) * bads).sqrt() * value)),
    }
}

/// KS without its interval; `None` without goods or without bads.
pub fn ks_value(distribution: &Distribution) -> Option<f64> {
    statistic(&distribution.goods, &distribution.bads).map(|(value, _)| value)
}

/// The statistic and the position where it is reached.
pub(crate) fn statistic(goods: &[f64], bads: &[f64]) -> Option<(f64, usize)> {
    let (all_goods, all_bads): (f64, f64) = (goods.iter().sum(), bads.iter().sum());
    if all_goods <= 0.0 || all_bads <= 0.0 {
        return None;
    }
    let (mut good, mut bad) = (0.0, 0.0);
    let mut best = (0.0, 0);
    for (position, (g, b)) in goods.iter().zip(bads).enumerate() {
        good += g;
        bad += b;
        let distance = (bad / all_bads - good / all_goods).abs();
        if distance > best.0 {
            best = (distance, position);
        }
    }
    Some(best)
}

/// Survival function of Kolmogorov's distribution. Near 0 the alternating series needs too many terms; there the same
/// function stands as 1 - sqrt(2 pi) / lambda sum over k >= 1 of exp(-(2k - 1)^2 pi^2 / (8 lambda^2)).
fn kolmogorov(lambda: f64) -> f64 {
    use std::f64::consts::PI;
    if lambda < 1.0 {
        if lambda <= 0.0 {
            return 1.0;
        }
        let term = |k: u32| (-(f64::from(2 * k - 1) * PI).powi(2) / (8.0 * lambda * lambda)).exp();
        return 1.0 - (2.0 * PI).sqrt() / lambda * (1..=4).map(term).sum::<f64>();
    }
    let term = |k: u32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * f64::from(k * k) * lambda * lambda).exp()
    };
    (1..=6).map(term).sum()
}
