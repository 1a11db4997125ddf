//! Population stability index, and the same over a feature's bins (characteristic stability index).
//!
//! PSI = sum over bins of (a - e) ln(a / e), a and e the shares of the actual and the expected cases.
//! Range [0, infinity); lower is more stable; symmetric. A cell without cases gets 0.5 cases, totals
//! unchanged, and is counted as adjusted; no cell is skipped unless both are empty.

use scorewright_runtime::artifact::ScoreBand;

use super::scored::Distribution;

/// PSI with the number of cells that had no cases.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Psi {
    /// The index; null where one side has no cases at all.
    pub value: Option<f64>,
    /// Cells that were empty on one side and got 0.5 cases.
    pub adjusted_cells: usize,
}

/// PSI of two sets of counts over the same bins.
pub fn psi(expected: &[f64], actual: &[f64]) -> Psi {
    let (expected_total, actual_total): (f64, f64) = (expected.iter().sum(), actual.iter().sum());
    if expected_total <= 0.0 || actual_total <= 0.0 {
        return Psi { value: None, adjusted_cells: 0 };
    }
    let mut adjusted_cells = 0;
    let mut value = 0.0;
    for (expected, actual) in expected.iter().zip(actual) {
        if *expected <= 0.0 && *actual <= 0.0 {
            continue;
        }
        let mut share = |count: f64, total: f64| {
            if count > 0.0 {
                return count / total;
            }
            adjusted_cells += 1;
            0.5 / total
        };
        let (e, a) = (share(*expected, expected_total), share(*actual, actual_total));
        value += (a - e) * (a / e).ln();
    }
    Psi { value: Some(value), adjusted_cells }
}

/// Score bands at the deciles of the development sample by weight; heavy scores make fewer bands.
/// `weights` are those of all cases, the indeterminate ones included.
pub fn decile_bands(distribution: &Distribution, weights: &[f64]) -> Vec<ScoreBand> {
    let mut by_score = vec![0.0; distribution.score.len()];
    for (position, weight) in distribution.position.iter().zip(weights) {
        by_score[*position as usize] += weight;
    }
    let total: f64 = by_score.iter().sum();
    let mut bands = Vec::new();
    let mut band = ScoreBand { lower: None, upper: None, cases: 0.0, goods: 0.0, bads: 0.0 };
    let mut passed = 0.0;
    let mut decile = 1.0;
    for (position, weight) in by_score.iter().enumerate() {
        band.cases += weight;
        band.goods += distribution.goods[position];
        band.bads += distribution.bads[position];
        passed += weight;
        if let Some(next) = distribution.score.get(position + 1)
            && passed >= total * decile / 10.0 - 1e-9 * total
        {
            let lower = Some(*next);
            bands.push(ScoreBand { upper: lower, ..band });
            band = ScoreBand { lower, upper: None, cases: 0.0, goods: 0.0, bads: 0.0 };
            while decile < 10.0 && passed >= total * decile / 10.0 - 1e-9 * total {
                decile += 1.0;
            }
        }
    }
    bands.push(band);
    bands
}

/// Weight of cases by band.
pub fn count_by_band(bands: &[ScoreBand], scores: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut counts = vec![0.0; bands.len()];
    for (score, weight) in scores.iter().zip(weights) {
        counts[band_of(bands, *score)] += weight;
    }
    counts
}

/// The band of a score.
pub fn band_of(bands: &[ScoreBand], score: f64) -> usize {
    bands.iter().skip(1).take_while(|band| band.lower.is_some_and(|lower| lower <= score)).count()
}
