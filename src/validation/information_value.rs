//! Information value of the score over its bands.
//!
//! IV = sum over bands of (G_i / G - B_i / B) ln((G_i / G) / (B_i / B)). Range [0, infinity); higher is better; it does not
//! tell a reversed score. A band without goods or without bads has 0.5 added to both of its cells, totals unchanged, and
//! is counted as adjusted; an empty band adds nothing. Weights count as copies. It depends on the bands: the deciles of
//! what the bands are of. Interval: percentile bootstrap over the same bands, see [`super::bootstrap`]. Source: Kullback
//! (1959), Information Theory and Statistics; Siddiqi (2006), Credit Risk Scorecards.

use super::Interval;

/// Information value with the bands that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct InformationValue {
    /// The measure with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// Number of bands with cases.
    pub bands: usize,
    /// Bands without goods or without bads, whose cells got 0.5 each.
    pub adjusted_bands: usize,
}

/// Information value, bands with cases, and adjusted bands of good and bad weight by band; `None` without goods or without
/// bads.
pub fn information_value(bands: impl Iterator<Item = (f64, f64)> + Clone) -> Option<(f64, usize, usize)> {
    let (goods, bads) = bands.clone().fold((0.0, 0.0), |sum, band| (sum.0 + band.0, sum.1 + band.1));
    if goods <= 0.0 || bads <= 0.0 {
        return None;
    }
    let (mut value, mut count, mut adjusted) = (0.0, 0, 0);
    for (good, bad) in bands.filter(|(good, bad)| good + bad > 0.0) {
        let is_empty = good <= 0.0 || bad <= 0.0;
        let add = if is_empty { 0.5 } else { 0.0 };
        let (good, bad) = ((good + add) / goods, (bad + add) / bads);
        value += (good - bad) * (good / bad).ln();
        count += 1;
        adjusted += usize::from(is_empty);
    }
    Some((value, count, adjusted))
}
