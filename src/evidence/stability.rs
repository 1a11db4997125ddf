//! Whether the population that is scored is still the one that the score was made for.

use std::collections::BTreeMap;

use serde::Serialize;

use super::characteristics::{CharacteristicEvidence, RankReversals, characteristics, rank_reversals};
use super::{BandsOf, ScoredSample, Subject};
use crate::sample::SampleName;
use crate::validation::psi::count_by_band;
use crate::validation::score_concentration::{ScoreConcentration, score_concentration};
use crate::validation::stability_index::{StabilityIndex, StabilityPart, stability_index};
use crate::validation::{Distribution, Measured};
use crate::words::Message;

/// Measures of stability.
#[derive(Debug, Clone, Serialize)]
pub struct StabilityEvidence {
    /// PSI of the score.
    pub score_stability: Measured<ScoreStability>,
    /// How far the mean score has moved.
    pub mean_score_shift: Measured<MeanScoreShift>,
    /// Whether scores pile up.
    pub score_concentration: Measured<ScoreConcentration>,
    /// Stability of every feature of the card; without a card, of every column of segments.
    pub characteristic_stability: Measured<BTreeMap<String, CharacteristicEvidence>>,
    /// Whether the features' bins keep the order of their bad rates.
    pub rank_reversals: Measured<RankReversals>,
}

/// PSI of the score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreStability {
    /// The index with its critical value.
    #[serde(flatten)]
    pub index: StabilityIndex,
    /// What the expected cases are.
    pub of: BandsOf,
    /// By band of the score, riskiest first.
    pub bands: Vec<ScoreStabilityBand>,
}

/// A band's part in the PSI of the score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreStabilityBand {
    /// Inclusive; null: unbounded.
    pub lower: Option<f64>,
    /// Exclusive; null: unbounded.
    pub upper: Option<f64>,
    /// Weight of the expected cases.
    pub expected_cases: f64,
    /// Weight of the actual cases.
    pub actual_cases: f64,
    /// Shares and contribution.
    #[serde(flatten)]
    pub part: StabilityPart,
}

/// How far the mean score has moved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanScoreShift {
    /// Actual less expected.
    pub value: f64,
    /// Mean score of what is compared with.
    pub expected: f64,
    /// Mean score of the cases that are compared.
    pub actual: f64,
}

/// What must be given to compare.
fn nothing_to_compare() -> Message {
    Message::new(
        "there is nothing to compare with: give earlier cases with --reference, or --period-column to compare with the first period",
    )
}

/// Whether a case is one of those that are compared; `Err`: why none is.
pub(super) fn compared<'a>(subject: &Subject<'a>) -> Result<impl Fn(usize) -> bool + Copy + use<'a>, Message> {
    let Subject { sample, bands, .. } = *subject;
    let first = match bands.of {
        BandsOf::Sample => return Err(nothing_to_compare()),
        BandsOf::Development if sample.name == SampleName::Development => {
            return Err(Message::new("the other samples are compared with this one"));
        }
        BandsOf::FirstPeriod => sample.periods.as_ref(),
        BandsOf::Development | BandsOf::Reference => None,
    };
    Ok(move |case: usize| first.is_none_or(|periods| periods.codes[case] > 0))
}

/// Measures the stability of a sample whose scores are distributed as `distribution`.
pub(super) fn stability(subject: &Subject<'_>, distribution: &Distribution) -> StabilityEvidence {
    let Subject { sample, .. } = *subject;
    StabilityEvidence {
        score_stability: score_stability(subject).into(),
        mean_score_shift: mean_score_shift(subject).into(),
        score_concentration: score_concentration(distribution, &sample.weights)
            .ok_or(Message::new("no case has any weight"))
            .into(),
        characteristic_stability: characteristics(subject).into(),
        rank_reversals: rank_reversals(subject).into(),
    }
}

fn score_stability(subject: &Subject<'_>) -> Result<ScoreStability, Message> {
    let Subject { sample, bands, .. } = *subject;
    let is_compared = compared(subject)?;
    let expected: Vec<f64> = bands.bands.iter().map(|band| band.cases).collect();
    let weights: Vec<f64> =
        sample.weights.iter().enumerate().map(|(case, weight)| if is_compared(case) { *weight } else { 0.0 }).collect();
    let actual = count_by_band(&bands.bands, &sample.score, &weights);
    let (index, parts) = stability_index(&expected, &actual)
        .ok_or(Message::new("a PSI needs cases on both sides, and two bands of the score with cases"))?;
    let rows = bands.bands.iter().zip(parts).zip(actual);
    let bands = rows
        .map(|((band, part), actual)| ScoreStabilityBand {
            lower: band.lower,
            upper: band.upper,
            expected_cases: band.cases,
            actual_cases: actual,
            part,
        })
        .collect();
    Ok(ScoreStability { index, of: subject.bands.of, bands })
}

fn mean_score(sample: &ScoredSample, counts: impl Fn(usize) -> bool) -> Option<f64> {
    let cases = sample.score.iter().zip(&sample.weights).enumerate().filter(|(case, _)| counts(*case));
    let (sum, weight) = cases.fold((0.0, 0.0), |sum, (_, (score, weight))| (sum.0 + score * weight, sum.1 + weight));
    (weight > 0.0).then(|| sum / weight).filter(|mean| mean.is_finite())
}

fn mean_score_shift(subject: &Subject<'_>) -> Result<MeanScoreShift, Message> {
    let Subject { sample, bands, .. } = *subject;
    let is_compared = compared(subject)?;
    let expected = match (bands.of, subject.card, subject.reference) {
        (BandsOf::Development, Some(card), _) => {
            let document = card.card.document();
            if document.segments.is_some() {
                return Err(Message::new(
                    "each segment of the card has base points of its own: see the shift by feature",
                ));
            }
            let mean = |feature: &scorewright_runtime::artifact::Feature| {
                let (points, cases) = feature
                    .bins
                    .iter()
                    .fold((0.0, 0.0), |sum, bin| (sum.0 + bin.cases * bin.points, sum.1 + bin.cases));
                points / cases
            };
            Some(document.base_points + document.features.iter().map(mean).sum::<f64>()).filter(|mean| mean.is_finite())
        }
        (BandsOf::Reference, _, Some(reference)) => mean_score(&reference.sample, |_| true),
        _ => mean_score(sample, |case| !is_compared(case)),
    };
    let (expected, actual) = expected
        .zip(mean_score(sample, is_compared))
        .ok_or(Message::new("a mean score needs cases with finite scores on both sides"))?;
    Ok(MeanScoreShift { value: actual - expected, expected, actual })
}
