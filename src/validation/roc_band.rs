//! A confidence band around a ROC curve: fixed width, simultaneous over the whole curve.
//!
//! The distribution functions of goods and of bads each lie within d = sqrt(ln(2 / a) / (2 n)) of the empirical one, all
//! scores at once, with probability 1 - a (Dvoretzky, Kiefer and Wolfowitz 1956 with Massart's constant, 1990, Annals of
//! Probability 18:1269-1283), n cases of the class. With (1 - a)^2 = 0.95 the true curve lies with 95% probability within
//! the rectangles of half width d_goods and half height d_bads around the points of the curve: the band of Campbell (1994),
//! Statistics in Medicine 13:499-508, in Macskassy and Provost (2004). It holds for few cases too, and is wide: an interval
//! of the AUC is much narrower. With weights, n = (sum of weights)^2 / sum of squared weights; groups are not considered.

use super::scored::{Distribution, Scores};

/// Low and high end of the band by share of goods, x rising; empty without goods or without bads.
pub fn roc_band(scores: Scores<'_>, distribution: &Distribution) -> Vec<(f64, f64, f64)> {
    let (goods, bads) = distribution.totals();
    if goods <= 0.0 || bads <= 0.0 {
        return Vec::new();
    }
    let level = 1.0 - 0.95_f64.sqrt();
    let half = |weights: &[f64], total: f64| {
        let effective = total * total / weights.iter().map(|weight| weight * weight).sum::<f64>();
        ((2.0 / level).ln() / (2.0 * effective)).sqrt()
    };
    let (across, up) = (half(scores.goods, goods), half(scores.bads, bads));
    let curve = super::auc::roc(distribution);
    // The curve read at a steps of x: the highest point at or left of it.
    let at = |x: f64| {
        let next = curve.partition_point(|point| point.0 <= x);
        curve.get(next.wrapping_sub(1)).map_or(0.0, |point| point.1)
    };
    const STEPS: usize = 200;
    (0..=STEPS)
        .map(|step| {
            let x = step as f64 / STEPS as f64;
            let low = if x - across < 0.0 { 0.0 } else { (at(x - across) - up).max(0.0) };
            let high = if x + across >= 1.0 { 1.0 } else { (at(x + across) + up).min(1.0) };
            (x, low, high)
        })
        .collect()
}
