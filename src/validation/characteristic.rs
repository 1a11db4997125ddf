//! Characteristic analysis: how far the population has moved along a feature, and what that does to the score.
//!
//! CSI: the population stability index over the feature's bins, those of missing, special and unforeseen values included
//! (see [`mod@super::stability_index`]: range, direction, empty cells, critical value).
//!
//! Shift of the score by the feature = sum over bins of (actual share - expected share) x points, in points; above 0 the
//! actual cases get more points, so they look safer. Any sign, no fixed range. Over the features of a card that all its
//! cases go through, the shifts sum to the mean score of the actual cases less that of the expected ones, exactly, because
//! the score is the sum of the points. Shares are by weight. Source: the classic characteristic analysis (Siddiqi 2006,
//! Credit Risk Scorecards, chapter 9).

use super::stability_index::{StabilityIndex, StabilityPart, stability_index};

/// A feature's shift.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Characteristic {
    /// The characteristic stability index.
    #[serde(flatten)]
    pub index: StabilityIndex,
    /// Shift of the mean score in points; null where the values have no points.
    pub score_shift: Option<f64>,
}

/// A bin of a feature's shift.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CharacteristicBin {
    /// The bin.
    pub bin: String,
    /// Its part in the index.
    #[serde(flatten)]
    pub part: StabilityPart,
    /// Points; null where there are none.
    pub points: Option<f64>,
    /// (actual share - expected share) x points.
    pub score_shift: Option<f64>,
}

/// A bin's part in the index, and its shift of the score.
pub type BinShift = (StabilityPart, Option<f64>);

/// Shift over bins with `points`, or with none; `None` where one side has no cases, or fewer than two bins have any.
pub fn characteristic(
    expected: &[f64],
    actual: &[f64],
    points: Option<&[f64]>,
) -> Option<(Characteristic, Vec<BinShift>)> {
    let (index, parts) = stability_index(expected, actual)?;
    let shift = |bin: usize, part: &StabilityPart| {
        let points = points?.get(bin)?;
        Some((part.actual_share - part.expected_share) * points)
    };
    let parts: Vec<_> = parts.into_iter().enumerate().map(|(bin, part)| (part, shift(bin, &part))).collect();
    let score_shift = points.map(|_| parts.iter().filter_map(|(_, shift)| *shift).sum());
    Some((Characteristic { index, score_shift }, parts))
}
