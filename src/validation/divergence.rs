//! Divergence of the score between goods and bads.
//!
//! Divergence = (mean_goods - mean_bads)^2 / ((variance_goods + variance_bads) / 2). Range [0, infinity); higher is better;
//! it does not tell a reversed score. Variances have ddof 1, weights count as copies: sum of w (x - mean)^2 / (W - 1).
//! Unlike measures by rank it changes with any transform of the score but a linear one. Interval: percentile bootstrap,
//! see [`super::bootstrap`]. Source: Thomas, Edelman and Crook (2002), Credit Scoring and Its Applications, section 7.4;
//! Siddiqi (2006), Credit Risk Scorecards.

use super::Interval;
use super::bootstrap::Bounds;
use crate::words::Message;

/// Divergence with the moments that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Divergence {
    /// The measure with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// Mean score of goods.
    pub mean_goods: f64,
    /// Mean score of bads.
    pub mean_bads: f64,
    /// Variance of the score of goods, ddof 1.
    pub variance_goods: f64,
    /// Variance of the score of bads, ddof 1.
    pub variance_bads: f64,
}

/// Mean and variance of scores by weight.
fn moments(scores: &[f64], weights: &[f64]) -> Option<(f64, f64)> {
    let (mut weight, mut sum) = (0.0, 0.0);
    for (score, w) in scores.iter().zip(weights) {
        weight += w;
        sum += w * score;
    }
    let mean = sum / weight;
    let squares: f64 = scores.iter().zip(weights).map(|(score, w)| w * (score - mean) * (score - mean)).sum();
    (weight > 1.0).then(|| (mean, squares / (weight - 1.0)))
}

/// The divergence of good and bad weight by distinct score, without an interval.
///
/// # Errors
/// Why there is none: a weight of 1 or less in a class, a score without end, no spread at all.
pub fn divergence(scores: &[f64], goods: &[f64], bads: &[f64]) -> Result<Divergence, Message> {
    if scores.iter().any(|score| !score.is_finite()) {
        return Err("a score is infinite, so that the scores have no mean".into());
    }
    let too_few = || Message::new("the variance of the score needs two goods and two bads");
    let (mean_goods, variance_goods) = moments(scores, goods).ok_or_else(too_few)?;
    let (mean_bads, variance_bads) = moments(scores, bads).ok_or_else(too_few)?;
    let value = (mean_goods - mean_bads).powi(2) / ((variance_goods + variance_bads) / 2.0);
    if !value.is_finite() {
        return Err("neither the goods' nor the bads' scores vary".into());
    }
    let interval = Interval { value: Some(value), low: None, high: None };
    Ok(Divergence { interval, mean_goods, mean_bads, variance_goods, variance_bads })
}

impl Divergence {
    /// With its interval's bounds.
    #[must_use]
    pub fn within(self, bounds: Bounds) -> Self {
        let interval = Interval { low: bounds.low, high: bounds.high, ..self.interval };
        Divergence { interval, ..self }
    }
}
