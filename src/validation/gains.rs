//! Gains: what a cut-off at each score band accepts, from the riskiest band up.
//!
//! Cumulative shares of cases, goods and bads at or below a band; lift = cumulative bad rate / bad
//! rate of all. Score bands are the deciles of the development sample.

use scorewright_runtime::artifact::ScoreBand;

use super::psi::band_of;
use super::scored::Scores;

/// A row of the gains table.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct GainsRow {
    /// Inclusive; null: unbounded.
    pub lower: Option<f64>,
    /// Exclusive; null: unbounded.
    pub upper: Option<f64>,
    /// Good weight in the band.
    pub goods: f64,
    /// Bad weight in the band.
    pub bads: f64,
    /// Bad rate in the band.
    pub bad_rate: Option<f64>,
    /// Share of goods at or below the band.
    pub cumulative_goods: Option<f64>,
    /// Share of bads at or below the band.
    pub cumulative_bads: Option<f64>,
    /// Bad rate at or below the band over the bad rate of all.
    pub lift: Option<f64>,
}

/// The gains table of scored cases, riskiest band first.
pub fn gains(bands: &[ScoreBand], scores: Scores<'_>) -> Vec<GainsRow> {
    let mut sums = vec![(0.0, 0.0); bands.len()];
    for case in 0..scores.score.len() {
        let sum = &mut sums[band_of(bands, scores.score[case])];
        *sum = (sum.0 + scores.goods[case], sum.1 + scores.bads[case]);
    }
    let (all_goods, all_bads) = sums.iter().fold((0.0, 0.0), |all, sum| (all.0 + sum.0, all.1 + sum.1));
    let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let (mut goods_below, mut bads_below) = (0.0, 0.0);
    bands
        .iter()
        .zip(sums)
        .map(|(band, (goods, bads))| {
            goods_below += goods;
            bads_below += bads;
            let rate_below = ratio(bads_below, goods_below + bads_below);
            let rate = ratio(all_bads, all_goods + all_bads);
            GainsRow {
                lower: band.lower,
                upper: band.upper,
                goods,
                bads,
                bad_rate: ratio(bads, goods + bads),
                cumulative_goods: ratio(goods_below, all_goods),
                cumulative_bads: ratio(bads_below, all_bads),
                lift: rate_below.zip(rate).and_then(|(below, all)| ratio(below, all)),
            }
        })
        .collect()
}
