//! Segments in the evidence: figures by segment, and whether segments pay against one card for all.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::Segments;
use scorewright_runtime::{Points, Scorecard};
use serde::Serialize;

use super::{BY_CASE, CoefficientEvidence, ModelEvidence, ScoredSample};
use crate::sample::SampleName;
use crate::selection::PathStep;
use crate::validation::auc::auc;
use crate::validation::auc_difference::auc_difference;
use crate::validation::ks::ks;
use crate::validation::likelihood_difference::likelihood_difference;
use crate::validation::rate_interval::jeffreys;
use crate::validation::{Difference, Distribution, Interval};

/// The segments of a card.
#[derive(Debug, Clone, Serialize)]
pub struct SegmentsEvidence {
    /// The column that tells the segment.
    pub column: String,
    /// Where values go that development never saw; null: they are refused.
    pub otherwise: Option<String>,
    /// In the order of the card.
    pub segments: Vec<SegmentEvidence>,
    /// Whether segments pay; null where that was not looked at.
    pub comparison: Option<SegmentsComparison>,
}

/// A segment's figures.
#[derive(Debug, Clone, Serialize)]
pub struct SegmentEvidence {
    /// Its name.
    pub name: String,
    /// The values that belong to it, in words.
    pub values: Vec<String>,
    /// Its features in the card, by the names of the card.
    pub features: Vec<String>,
    /// Points that each of its cases gets.
    pub base_points: f64,
    /// By sample.
    pub samples: BTreeMap<String, SegmentSample>,
    /// Its fit.
    pub model: ModelEvidence,
    /// The steps of the search for its features.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selection_path: Vec<PathStep>,
}

/// A segment's figures on a sample.
#[derive(Debug, Clone, Serialize)]
pub struct SegmentSample {
    /// Number of cases, the indeterminate ones included.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// bads / (goods + bads), with Jeffreys' interval.
    pub bad_rate: Interval,
    /// Mean PD of good and bad cases.
    pub expected_bad_rate: Option<f64>,
    /// Area under the ROC curve.
    pub auc: Interval,
    /// Kolmogorov-Smirnov.
    pub ks: Interval,
    /// Mean score.
    pub mean_score: Option<f64>,
}

/// A card with segments against one card for all, trained on the same development cases.
#[derive(Debug, Clone, Serialize)]
pub struct SegmentsComparison {
    /// The features of the one card for all.
    pub single_card_features: Vec<String>,
    /// By sample that took no part in training.
    pub samples: BTreeMap<String, SampleComparison>,
    /// What they say together.
    pub verdict: Verdict,
    /// The same in a sentence.
    pub words: String,
}

/// Both cards on a sample.
#[derive(Debug, Clone, Serialize)]
pub struct SampleComparison {
    /// On all cases.
    pub all: CardsCompared,
    /// Within each segment.
    pub segments: BTreeMap<String, CardsCompared>,
    /// What the figures on all cases say.
    pub verdict: Verdict,
}

/// Both cards on the same cases; differences are with segments minus without.
#[derive(Debug, Clone, Serialize)]
pub struct CardsCompared {
    /// Number of cases.
    pub cases: u64,
    /// AUC of the card with segments.
    pub auc: Option<f64>,
    /// AUC of the one card for all.
    pub single_auc: Option<f64>,
    /// Difference of AUC, paired DeLong.
    pub auc_difference: Difference,
    /// Difference of the mean log likelihood a case, by the PDs of the scores.
    pub log_likelihood_difference: Difference,
    /// What the intervals take as independent.
    pub interval: String,
}

/// Whether segments pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They do.
    Pays,
    /// It cannot be told from chance.
    NoClearDifference,
    /// One card for all is better.
    Worse,
    /// They do on one sample, and on another one card for all is better.
    Contradictory,
    /// There is no sample to see it on.
    NotKnown,
}

impl Verdict {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Pays => "segments pay",
            Verdict::NoClearDifference => "no clear difference",
            Verdict::Worse => "one card for all is better",
            Verdict::Contradictory => "better on one sample, worse on another",
            Verdict::NotKnown => "not known",
        }
    }

    /// The log likelihood decides, which sees order and level; the AUC must not contradict.
    pub fn of(log_likelihood: &Difference, auc: &Difference) -> Self {
        match (log_likelihood.is_above(), log_likelihood.is_below()) {
            (true, _) if !auc.is_below() => Verdict::Pays,
            (_, true) if !auc.is_above() => Verdict::Worse,
            _ => Verdict::NoClearDifference,
        }
    }

    /// One sample that says so is enough, unless another says the contrary.
    pub fn together(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut all = verdicts.into_iter().peekable();
        if all.peek().is_none() {
            return Verdict::NotKnown;
        }
        let all: Vec<Verdict> = all.collect();
        match (all.contains(&Verdict::Pays), all.contains(&Verdict::Worse)) {
            (true, false) => Verdict::Pays,
            (false, true) => Verdict::Worse,
            (true, true) => Verdict::Contradictory,
            (false, false) => Verdict::NoClearDifference,
        }
    }
}

/// The figures of every segment; `models` are their fits, in the order of the card. `None` for a card without segments.
pub fn segments_evidence(
    card: &Scorecard,
    of_case: &[u16],
    scored: &[ScoredSample],
    models: Vec<ModelEvidence>,
    seed: u64,
) -> Option<SegmentsEvidence> {
    let Segments { input, otherwise, segments, .. } = card.document().segments.as_ref()?;
    let segments = segments.iter().zip(models).enumerate().map(|(place, (segment, model))| {
        let samples = scored.iter().filter_map(|sample| {
            let part = sample.select(&of_segment(sample, of_case, place));
            (!part.rows.is_empty()).then(|| (sample.name.name().to_owned(), on_sample(&part, seed)))
        });
        let features = card.features().iter().filter(|feature| feature.segment.as_ref() == Some(&segment.name));
        SegmentEvidence {
            name: segment.name.clone(),
            values: segment.values.iter().map(|value| value.label.clone()).collect(),
            features: features.map(|feature| feature.name.clone()).collect(),
            base_points: segment.base_points,
            samples: samples.collect(),
            model,
            selection_path: Vec::new(),
        }
    });
    Some(SegmentsEvidence {
        column: input.clone(),
        otherwise: otherwise.clone(),
        segments: segments.collect(),
        comparison: None,
    })
}

/// The models of a card that is not fitted again: its coefficients alone.
pub fn stated_models(card: &Scorecard) -> Vec<ModelEvidence> {
    let segments = card.document().segments.iter().flat_map(|segments| &segments.segments);
    segments
        .map(|segment| {
            let own = card.features().iter().filter(|feature| feature.segment.as_ref() == Some(&segment.name));
            let named = own.map(|feature| (feature.title(), feature.coefficient));
            ModelEvidence::stated(std::iter::once(("intercept", segment.intercept)).chain(named))
        })
        .collect()
}

impl ModelEvidence {
    /// Coefficients that are not fitted again.
    pub(crate) fn stated<'a>(coefficients: impl Iterator<Item = (&'a str, f64)>) -> Self {
        let coefficients = coefficients.map(|(name, estimate)| CoefficientEvidence::estimate(name, estimate)).collect();
        ModelEvidence { coefficients, converged: true, ..ModelEvidence::default() }
    }
}

/// Positions within a sample of a segment's cases.
fn of_segment(sample: &ScoredSample, of_case: &[u16], segment: usize) -> Vec<usize> {
    let is_own = |case: &usize| usize::from(of_case[sample.rows[*case] as usize]) == segment;
    (0..sample.rows.len()).filter(is_own).collect()
}

fn on_sample(sample: &ScoredSample, seed: u64) -> SegmentSample {
    let scores = sample.scores();
    let distribution = Distribution::new(scores);
    let (goods, bads) = distribution.totals();
    let (low, high) = jeffreys(goods, bads);
    let weight: f64 = sample.weights.iter().sum();
    let scored: f64 = sample.score.iter().zip(&sample.weights).map(|(score, weight)| score * weight).sum();
    SegmentSample {
        cases: sample.rows.len() as u64,
        goods,
        bads,
        bad_rate: Interval { value: (goods + bads > 0.0).then(|| bads / (goods + bads)), low, high },
        expected_bad_rate: super::measure::expected_bad_rate(sample),
        auc: auc(scores, &distribution),
        ks: ks(scores, &distribution, seed).interval,
        mean_score: (weight > 0.0).then(|| scored / weight),
    }
}

/// A card with segments against one card for all, on the samples that took no part in training. Both were scored on the
/// same cases in the same order.
pub fn compare_cards(
    card: &Scorecard,
    of_case: &[u16],
    scored: &[ScoredSample],
    single: &Scorecard,
    scored_single: &[ScoredSample],
) -> SegmentsComparison {
    let names: Vec<&str> =
        card.document().segments.iter().flat_map(|s| s.segments.iter().map(|segment| segment.name.as_str())).collect();
    let samples: BTreeMap<String, SampleComparison> = scored
        .iter()
        .zip(scored_single)
        .filter(|(sample, _)| matches!(sample.name, SampleName::Holdout | SampleName::OutOfTime))
        .map(|(sample, other)| {
            let everyone: Vec<usize> = (0..sample.rows.len()).collect();
            let all = on_cases(card, sample, other, &everyone);
            let by_segment = names.iter().enumerate().filter_map(|(place, name)| {
                let cases = of_segment(sample, of_case, place);
                (!cases.is_empty()).then(|| ((*name).to_owned(), on_cases(card, sample, other, &cases)))
            });
            let verdict = Verdict::of(&all.log_likelihood_difference, &all.auc_difference);
            (sample.name.name().to_owned(), SampleComparison { segments: by_segment.collect(), all, verdict })
        })
        .collect();
    let verdict = Verdict::together(samples.values().map(|sample| sample.verdict));
    let words = match verdict {
        Verdict::Pays => {
            "Segments pay: on cases that took no part in training, the card with segments is better than one card for all by more than chance explains."
        }
        Verdict::NoClearDifference => {
            "No clear difference: on cases that took no part in training, chance explains the difference from one card for all, which is simpler to run and to explain."
        }
        Verdict::Worse => {
            "Segments do not pay: on cases that took no part in training, one card for all is better by more than chance explains."
        }
        Verdict::Contradictory => {
            "The samples contradict each other: on one of those that took no part in training the card with segments is better, on another one card for all is. Do not rely on the gain."
        }
        Verdict::NotKnown => {
            "Whether segments pay is not known: there is no holdout and no out-of-time sample to see it on."
        }
    };
    SegmentsComparison {
        single_card_features: single.features().iter().map(|feature| feature.name.clone()).collect(),
        samples,
        verdict,
        words: words.to_owned(),
    }
}

fn on_cases(card: &Scorecard, sample: &ScoredSample, single: &ScoredSample, cases: &[usize]) -> CardsCompared {
    let (own, other) = (sample.select(cases), single.select(cases));
    let (scores, single) = (own.scores(), other.scores());
    // Both cards have one scale.
    let scaling = &card.document().scaling;
    let log_odds = |score: &[f64]| score.iter().map(|score| Points(*score).log_odds(scaling).0).collect::<Vec<f64>>();
    CardsCompared {
        cases: cases.len() as u64,
        auc: auc(scores, &Distribution::new(scores)).value,
        single_auc: auc(single, &Distribution::new(single)).value,
        auc_difference: auc_difference(scores, &other.score),
        log_likelihood_difference: likelihood_difference(scores, &log_odds(&own.score), &log_odds(&other.score)),
        interval: match &own.groups {
            Some(groups) if crate::validation::Groups::new(scores).repeat() => format!("by group ({})", groups.column),
            _ => BY_CASE.to_owned(),
        },
    }
}
