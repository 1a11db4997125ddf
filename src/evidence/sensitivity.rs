//! What happens to scores and decisions where a feature, an input column or a whole source fails, and which feature the
//! ranking leans on.
//!
//! Missing: every case is scored by the runtime as if the value were missing: in the card's bin of missing values, or
//! where it has none by the card's policy for values that development never saw; a card that refuses them scores
//! nobody. Shift of the score and of the PD: mean of new less old, by case weight. Large: a shift of more than half the
//! points that double the odds. AUC lost: that of the card less that without the value, interval by DeLong, DeLong and
//! Clarke-Pearson (1988) for correlated curves. Decisions: cases that cross the cut-off, by case weight.
//!
//! Shuffled: the feature's values are dealt out anew among the sample's cases (permutation importance: Breiman 2001;
//! Fisher, Rudin and Dominici 2019), by seed, five times, or once from 100,000 cases on; AUC lost is the mean over the
//! deals. Lower is less dependent in all of them.

use std::collections::{BTreeMap, BTreeSet};

use rand::seq::SliceRandom;
use rayon::prelude::*;
use scorewright_runtime::artifact::UnforeseenPolicy;
use scorewright_runtime::{Scorecard, Scored};
use serde::Serialize;

use super::coded::{Coded, cut_off};
use super::{CardInput, Subject};
use crate::cases::{FeatureColumn, FeatureValues};
use crate::random;
use crate::table::{Categories, MISSING};
use crate::validation::auc_difference::AucToCompare;
use crate::validation::{Difference, Measured};
use crate::words::Message;

/// From so many cases on one deal tells enough.
const MANY_CASES: usize = 100_000;
/// Deals of smaller samples.
const DEALS: u64 = 5;

/// What a sample's scores depend on.
#[derive(Debug, Clone, Serialize)]
pub struct Sensitivity {
    /// Number of cases.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// AUC of the scores as they are.
    pub auc: Option<f64>,
    /// Mean of the scores as they are, by weight.
    pub score_mean: f64,
    /// A shift of more points than this is large: half the points that double the odds.
    pub large_shift: f64,
    /// Score at and above which a case is approved; null where none was given.
    pub cut_off: Option<f64>,
    /// Seed of the deals.
    pub seed: u64,
    /// Deals of a feature's values.
    pub deals: u64,
    /// By feature of the card.
    pub features: Vec<FeatureSensitivity>,
    /// By input column that feeds several features, a part of a pair, or the segments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<InputsMissing>,
    /// By source, as the card states the sources of its columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<InputsMissing>,
}

/// A feature.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureSensitivity {
    /// Its name.
    pub feature: String,
    /// Cases that it counts for: those of its segment.
    pub cases: u64,
    /// What a missing value gets.
    pub handling: Handling,
    /// Mean score where all its cases are in the feature's worst bin.
    pub score_mean_at_worst: f64,
    /// Mean score where all its cases are in the feature's best bin.
    pub score_mean_at_best: f64,
    /// Its value is missing in every case.
    pub missing: Measured<Shift>,
    /// Its values dealt out anew.
    pub shuffled: Measured<Shuffled>,
}

/// Input columns that are missing together.
#[derive(Debug, Clone, Serialize)]
pub struct InputsMissing {
    /// The column, or the source.
    pub name: String,
    /// The input columns.
    pub columns: Vec<String>,
    /// The features that they feed.
    pub features: Vec<String>,
    /// All of them are missing in every case.
    pub missing: Measured<Shift>,
}

/// What a missing value gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// The points of the bin of missing values.
    MissingBin,
    /// No points: development never saw one.
    Neutral,
    /// The feature's lowest points: development never saw one.
    Worst,
    /// The case is refused: development never saw one.
    Refused,
}

/// Scores against those as they are.
#[derive(Debug, Clone, Serialize)]
pub struct Shift {
    /// Mean of new less old score.
    pub score_shift_mean: f64,
    /// Mean of new less old PD.
    pub pd_shift_mean: f64,
    /// Share of the cases whose score moves by more than the large shift.
    pub share_large_shift: f64,
    /// AUC of the new scores.
    pub auc: Option<f64>,
    /// AUC of the old less that of the new scores.
    pub auc_loss: Measured<Difference>,
    /// Share of the cases whose decision changes; null without a cut-off.
    pub share_decision_changed: Option<f64>,
    /// Share of the cases that were approved and are declined.
    pub share_newly_declined: Option<f64>,
    /// Share of the cases that were declined and are approved.
    pub share_newly_approved: Option<f64>,
}

/// A feature's values dealt out anew.
#[derive(Debug, Clone, Serialize)]
pub struct Shuffled {
    /// Mean AUC lost.
    pub auc_loss: f64,
    /// Standard deviation over the deals; null for one.
    pub auc_loss_std: Option<f64>,
}

/// What new scores are compared with.
struct Base<'a> {
    coded: &'a Coded<'a>,
    auc: Option<AucToCompare<'a>>,
    score_mean: f64,
    large_shift: f64,
    cut_off: Option<f64>,
}

const NO_OUTCOME: &str = "the sample has no goods or no bads";

impl Base<'_> {
    fn shift(&self, scored: &[Scored]) -> Shift {
        let sample = self.coded.sample;
        let total: f64 = sample.weights.iter().sum();
        let mut sums = (0.0, 0.0, 0.0);
        let mut crossed = (0.0, 0.0);
        for (case, new) in scored.iter().enumerate() {
            let weight = sample.weights[case];
            let (old, new_score) = (sample.score[case], new.score.0);
            sums.0 += weight * (new_score - old);
            sums.1 += weight * (new.pd.0 - sample.pd[case]);
            sums.2 += if (new_score - old).abs() > self.large_shift { weight } else { 0.0 };
            if let Some(cut_off) = self.cut_off {
                match (old >= cut_off, new_score >= cut_off) {
                    (true, false) => crossed.0 += weight,
                    (false, true) => crossed.1 += weight,
                    _ => {}
                }
            }
        }
        let scores: Vec<f64> = scored.iter().map(|case| case.score.0).collect();
        let auc = self.auc.as_ref().map(|auc| auc.less(&scores));
        let share = |weight: f64| self.cut_off.map(|_| weight / total);
        Shift {
            score_shift_mean: sums.0 / total,
            pd_shift_mean: sums.1 / total,
            share_large_shift: sums.2 / total,
            auc: auc.map(|(value, _)| value),
            auc_loss: auc.map_or_else(|| Measured::none(NO_OUTCOME), |(_, loss)| Measured::Value(loss)),
            share_decision_changed: share(crossed.0 + crossed.1),
            share_newly_declined: share(crossed.0),
            share_newly_approved: share(crossed.1),
        }
    }

    fn feature(&self, position: usize, seed: u64, deals: u64) -> FeatureSensitivity {
        let card = self.coded.card();
        let own = self.coded.own(position);
        let missing = missing_code(card, position);
        let handling = handling(card, position, missing);
        let bins = card.features()[position].bins.iter().map(|bin| bin.points);
        let (worst, best) =
            bins.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), points| (a.min(points), b.max(points)));
        FeatureSensitivity {
            score_mean_at_worst: self.score_mean_at(position, &own, worst),
            score_mean_at_best: self.score_mean_at(position, &own, best),
            feature: card.features()[position].name.clone(),
            cases: own.len() as u64,
            handling,
            missing: match handling {
                Handling::Refused => Measured::none(REFUSED),
                _ if own.is_empty() => Measured::none("no case is of the feature's segment"),
                _ => Measured::Value(self.shift(&self.coded.with_codes(position, |_| missing))),
            },
            shuffled: self.shuffled(position, &own, seed, deals),
        }
    }

    /// Mean score where all of the feature's own cases get so many points from it.
    fn score_mean_at(&self, position: usize, own: &[u32], points: f64) -> f64 {
        let sample = self.coded.sample;
        let (codes, by_code) = (self.coded.codes(position), self.coded.points(position));
        let gain = |case: &u32| {
            let case = *case as usize;
            sample.weights[case] * (points - by_code[usize::from(codes[case]).min(by_code.len() - 1)])
        };
        self.score_mean + own.iter().map(gain).sum::<f64>() / sample.weights.iter().sum::<f64>()
    }

    fn shuffled(&self, position: usize, own: &[u32], seed: u64, deals: u64) -> Measured<Shuffled> {
        let Some(auc) = &self.auc else { return Measured::none(NO_OUTCOME) };
        let codes = self.coded.codes(position);
        let mut dealt = codes.to_vec();
        let losses: Vec<f64> = (0..deals)
            .map(|deal| {
                let mut values: Vec<u16> = own.iter().map(|case| codes[*case as usize]).collect();
                values.shuffle(&mut random::generator(seed, "sensitivity", position as u64 * DEALS + deal));
                for (case, code) in own.iter().zip(values) {
                    dealt[*case as usize] = code;
                }
                let scored = self.coded.with_codes(position, |case| dealt[case]);
                let scores: Vec<f64> = scored.iter().map(|case| case.score.0).collect();
                auc.value() - auc.auc_of(&scores)
            })
            .collect();
        let count = losses.len() as f64;
        let mean = losses.iter().sum::<f64>() / count;
        let squares: f64 = losses.iter().map(|loss| (loss - mean).powi(2)).sum();
        Measured::Value(Shuffled {
            auc_loss: mean,
            auc_loss_std: (losses.len() > 1).then(|| (squares / (count - 1.0)).sqrt()),
        })
    }

    /// Scores with some input columns missing in every case.
    fn inputs(&self, name: &str, missing: &BTreeSet<usize>) -> InputsMissing {
        let card = self.coded.card();
        let inputs = card.inputs();
        let feeds = |position: &usize| card.feature_inputs(*position).iter().any(|input| missing.contains(input));
        let fed = (0..card.features().len()).filter(feeds);
        InputsMissing {
            name: name.to_owned(),
            columns: missing.iter().map(|input| inputs[*input].name.clone()).collect(),
            features: fed.map(|position| card.features()[position].name.clone()).collect(),
            missing: match self.without(missing) {
                Ok(input) => Measured::Value(self.shift(&self.coded.with_input(&input))),
                Err(_) => Measured::none(REFUSED),
            },
        }
    }

    fn without(&self, missing: &BTreeSet<usize>) -> crate::error::Result<CardInput> {
        let card = self.coded.card();
        let cases = self.coded.subject.cases;
        let is_missing = |name: &str| missing.iter().any(|input| card.inputs()[*input].name == name);
        let emptied: Vec<FeatureColumn> =
            cases.columns().into_iter().filter(|column| is_missing(&column.name)).map(emptied).collect();
        let others = cases.columns().into_iter().filter(|column| !is_missing(&column.name));
        CardInput::new(card, &others.chain(&emptied).collect::<Vec<_>>())
    }
}

const REFUSED: &str = "the card refuses cases whose value is missing: development never saw one";

fn emptied(column: &FeatureColumn) -> FeatureColumn {
    FeatureColumn {
        name: column.name.clone(),
        description: String::new(),
        values: match &column.values {
            FeatureValues::Numeric(values) => FeatureValues::Numeric(vec![f64::NAN; values.len()]),
            FeatureValues::Categorical(values) => {
                FeatureValues::Categorical(Categories { codes: vec![MISSING; values.codes.len()], levels: Vec::new() })
            }
        },
    }
}

/// The code of a missing value; of a pair, of one that is missing on both axes.
fn missing_code(card: &Scorecard, position: usize) -> u16 {
    let Some(partition) = card.partition(position) else { return 0 };
    match partition.axes() {
        Some([first, second]) => partition.cell(first.missing(), second.missing()),
        None => partition.missing(),
    }
}

fn handling(card: &Scorecard, position: usize, missing: u16) -> Handling {
    let is_unforeseen = card.partition(position).is_none_or(|partition| missing == partition.unforeseen());
    match (is_unforeseen, card.document().unforeseen) {
        (false, _) => Handling::MissingBin,
        (true, UnforeseenPolicy::Neutral) => Handling::Neutral,
        (true, UnforeseenPolicy::Worst) => Handling::Worst,
        (true, UnforeseenPolicy::Error) => Handling::Refused,
    }
}

/// Sets every feature, and every column and source that is more than a feature, to missing.
pub(super) fn sensitivity(coded: &Coded<'_>, subject: &Subject<'_>) -> Sensitivity {
    let (card, sample) = (coded.card(), coded.sample);
    let base = Base {
        coded,
        auc: AucToCompare::new(sample.scores()),
        score_mean: sample.score.iter().zip(&sample.weights).map(|(score, weight)| score * weight).sum::<f64>()
            / sample.weights.iter().sum::<f64>(),
        large_shift: card.document().scaling.pdo / 2.0,
        cut_off: cut_off(sample, subject.options),
    };
    let seed = subject.options.seed;
    let deals = if coded.len() < MANY_CASES { DEALS } else { 1 };
    let features =
        (0..card.features().len()).into_par_iter().map(|position| base.feature(position, seed, deals)).collect();
    let is_more = |input: &usize| {
        let mut uses = (0..card.features().len()).filter(|position| card.feature_inputs(*position).contains(input));
        let (first, second) = (uses.next(), uses.next());
        let is_segment = card.segment_input().is_some_and(|(own, _)| own == *input);
        let is_plain = first.is_some_and(|position| card.feature_inputs(position).len() == 1);
        is_segment || second.is_some() || !is_plain
    };
    let columns = (0..card.inputs().len()).filter(is_more);
    let mut sources: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (position, input) in card.inputs().iter().enumerate() {
        let source = card.document().inputs.get(&input.name).and_then(|facts| facts.source.as_deref());
        if let Some(source) = source {
            sources.entry(source).or_default().insert(position);
        }
    }
    Sensitivity {
        cases: coded.len() as u64,
        goods: sample.goods.iter().sum(),
        bads: sample.bads.iter().sum(),
        auc: base.auc.as_ref().map(AucToCompare::value),
        score_mean: base.score_mean,
        large_shift: base.large_shift,
        cut_off: base.cut_off,
        seed,
        deals,
        features,
        columns: columns.map(|input| base.inputs(&card.inputs()[input].name, &BTreeSet::from([input]))).collect(),
        sources: sources.into_iter().map(|(name, inputs)| base.inputs(name, &inputs)).collect(),
    }
}

impl Handling {
    /// In words.
    pub fn words(self) -> Message {
        Message::new(match self {
            Handling::MissingBin => "bin of missing values",
            Handling::Neutral => "no points (unforeseen)",
            Handling::Worst => "lowest points (unforeseen)",
            Handling::Refused => "refused (unforeseen)",
        })
    }
}
