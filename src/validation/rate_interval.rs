//! 95% intervals of an observed bad rate B / (G + B), of good weight G and bad weight B, all within [0, 1].
//!
//! Jeffreys: quantiles of Beta(B + 1/2, G + 1/2) at 2.5 and 97.5 percent, with lower bound 0 without bads and upper bound 1
//! without goods (Brown, Cai and DasGupta 2001, Statistical Science 16:101-133). Clopper and Pearson (1934), Biometrika
//! 26:404-413, exact: quantiles of Beta(B, G + 1) and Beta(B + 1, G). Wilson (1927), Journal of the American Statistical
//! Association 22:209-212: the rates that a score test does not refuse, without correction for continuity. All take the
//! cases as independent, and weights as counts of cases.

use super::Z_95;
use super::tails::beta_quantile;

/// Jeffreys' interval; none without cases.
pub fn jeffreys(goods: f64, bads: f64) -> (Option<f64>, Option<f64>) {
    beta(goods, bads, (bads + 0.5, goods + 0.5), (bads + 0.5, goods + 0.5))
}

/// Clopper and Pearson's interval; none without cases.
pub fn clopper_pearson(goods: f64, bads: f64) -> (Option<f64>, Option<f64>) {
    beta(goods, bads, (bads, goods + 1.0), (bads + 1.0, goods))
}

/// Wilson's interval; none without cases.
pub fn wilson(goods: f64, bads: f64) -> (Option<f64>, Option<f64>) {
    let total = goods + bads;
    if total <= 0.0 {
        return (None, None);
    }
    let square = Z_95 * Z_95;
    let middle = (bads + 0.5 * square) / (total + square);
    let half = Z_95 / (total + square) * (bads * goods / total + 0.25 * square).sqrt();
    let low = if bads == 0.0 { 0.0 } else { middle - half };
    let high = if goods == 0.0 { 1.0 } else { middle + half };
    (Some(low), Some(high))
}

/// From the quantile of one beta distribution to that of another; 0 without bads and 1 without goods.
fn beta(goods: f64, bads: f64, low: (f64, f64), high: (f64, f64)) -> (Option<f64>, Option<f64>) {
    if goods + bads <= 0.0 {
        return (None, None);
    }
    let low = if bads == 0.0 { 0.0 } else { beta_quantile(low.0, low.1, 0.025) };
    let high = if goods == 0.0 { 1.0 } else { beta_quantile(high.0, high.1, 0.975) };
    (Some(low), Some(high))
}
