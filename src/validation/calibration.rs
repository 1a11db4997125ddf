//! Calibration by score band: expected against observed bad rate.
//!
//! Expected: mean PD of the band, weighted. Observed: bads / (goods + bads). Interval of the observed
//! rate: Jeffreys' (see [`super::rate_interval`]), on weights as they are.

use super::psi::band_of;
use super::rate_interval::jeffreys;
use super::scored::Scores;
use scorewright_runtime::artifact::ScoreBand;

/// A band's calibration.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CalibrationBand {
    /// Inclusive; null: unbounded.
    pub lower: Option<f64>,
    /// Exclusive; null: unbounded.
    pub upper: Option<f64>,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// Mean PD; null without cases.
    pub expected: Option<f64>,
    /// Observed bad rate; null without cases.
    pub observed: Option<f64>,
    /// Lower bound of the observed bad rate.
    pub low: Option<f64>,
    /// Upper bound of the observed bad rate.
    pub high: Option<f64>,
}

/// Calibration of scored cases over fixed bands; `pd` has one entry a case, or none where PDs are not known.
pub fn by_band(bands: &[ScoreBand], scores: Scores<'_>, pd: &[f64]) -> Vec<CalibrationBand> {
    let mut sums = vec![(0.0, 0.0, 0.0); bands.len()];
    for (case, score) in scores.score.iter().enumerate() {
        let sum = &mut sums[band_of(bands, *score)];
        let (good, bad) = (scores.goods[case], scores.bads[case]);
        let expected = pd.get(case).map_or(0.0, |pd| (good + bad) * pd);
        *sum = (sum.0 + good, sum.1 + bad, sum.2 + expected);
    }
    bands
        .iter()
        .zip(sums)
        .map(|(band, (goods, bads, expected))| {
            let total = goods + bads;
            let (low, high) = jeffreys(goods, bads);
            CalibrationBand {
                lower: band.lower,
                upper: band.upper,
                goods,
                bads,
                expected: (total > 0.0 && !pd.is_empty()).then(|| expected / total),
                observed: (total > 0.0).then(|| bads / total),
                low,
                high,
            }
        })
        .collect()
}
