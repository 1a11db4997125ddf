//! A challenger: gradient-boosted trees on the cases and samples of a card, as a benchmark only. It says how much a
//! scorecard leaves on the table, by which features and interactions, and is never exported.
//!
//! The trees are our own, on codes: the challenger must give the same bytes at any number of threads and on any machine,
//! take good and bad weights, and choose its size by parts of the development cases that keep groups together. A
//! reference test holds them against scikit-learn's histogram gradient boosting, tree by tree.

mod boost;
mod choice;
mod codes;
mod importance;
mod interactions;
mod pairs;
mod tree;

pub use boost::{Boosted, Stop, boost};
pub use choice::{Chosen, Trial, choose};
pub use codes::{CODES, CodedFeature};
pub use importance::{Importance, Loss};
pub use interactions::{Interaction, PairGain};
pub use tree::{Node, Tree, TreeParams, grow};

use rand::seq::SliceRandom;
use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::ScoreBand;
use serde::Serialize;

use crate::binning::special_numbers;
use crate::cases::{Cases, FeatureColumn};
use crate::config::{CardSpec, ColumnSettings};
use crate::cross_validation::{Quietly, as_drawn, forgiving, study_samples};
use crate::error::{Error, Result};
use crate::evidence::{CardInput, ScoredSample, score_cases};
use crate::logistic::sigmoid;
use crate::pipeline::{LoadedCard, develop};
use crate::progress::Progress;
use crate::random;
use crate::ready_made::{matches, settings};
use crate::sample::{SampleName, Samples};
use crate::validation::auc::auc;
use crate::validation::calibration::{CalibrationBand, by_band};
use crate::validation::ks::ks_value;
use crate::validation::paired::{PairedAuc, mean_difference, paired_auc};
use crate::validation::probability::{ProbabilityMeasures, log_loss, probability_measures};
use crate::validation::psi::decile_bands;
use crate::validation::{Distribution, Interval, Scores};
use crate::{assembly, segments};

/// Most holdout cases that importance is measured on.
const MOST_CASES: usize = 20_000;
/// Development cases that partial dependences are averaged over.
const DEPENDENCE_CASES: usize = 150;
/// Features whose pairs are looked at.
const TOP_FEATURES: usize = 10;
/// Interactions that are put on record.
const TOP_INTERACTIONS: usize = 15;
/// The whole document.
#[derive(Debug, Clone, Serialize)]
pub struct ChallengerStudy {
    /// Always `scorewright.challenger`.
    pub format: &'static str,
    /// Version of this document's form.
    pub format_version: u32,
    /// The card.
    pub card: String,
    /// Seed of parts, permutations and subsamples.
    pub seed: u64,
    /// How the challenger's trees are grown.
    pub params: TreeParams,
    /// Number of its trees.
    pub trees: usize,
    /// Numbers of leaves that were tried.
    pub trials: Vec<Trial>,
    /// Parts of the development cases that were left out in their turn to try them on.
    pub parts: usize,
    /// Both models on each sample.
    pub samples: Vec<Comparison>,
    /// What each feature is worth to both on holdout, the challenger's most important first.
    pub importance: Vec<Importance>,
    /// Interactions that the challenger has found on development cases, the strongest first.
    pub interactions: Vec<Interaction>,
    /// A section to paste into the card, where a pair gains clearly.
    pub proposal: Option<String>,
    /// What a reader must know.
    pub warnings: Vec<String>,
}

/// Both models on a sample.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The sample.
    pub sample: SampleName,
    /// Cases.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// The scorecard's figures.
    pub scorecard: ModelFigures,
    /// The challenger's figures.
    pub challenger: ModelFigures,
    /// AUC of the challenger, of the scorecard, and challenger less scorecard; null without goods or bads.
    pub auc: Option<PairedAuc>,
    /// Mean log loss of the scorecard less that of the challenger, with its interval.
    pub log_loss: Interval,
}

/// A model's figures on a sample.
#[derive(Debug, Clone, Serialize)]
pub struct ModelFigures {
    /// Area under the ROC curve.
    pub auc: Interval,
    /// Kolmogorov-Smirnov.
    pub ks: Option<f64>,
    /// Log loss, Brier score, calibration line.
    #[serde(flatten)]
    pub probability: ProbabilityMeasures,
    /// Expected and observed bad rate by tenths of the sample.
    pub calibration: Vec<CalibrationBand>,
}

impl ChallengerStudy {
    /// Both models on holdout.
    pub fn holdout(&self) -> Option<&Comparison> {
        self.samples.iter().find(|comparison| comparison.sample == SampleName::Holdout)
    }
}

/// Fits a challenger beside a card and compares them.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] without a holdout; those of the card's own development.
pub fn challenge(card: &LoadedCard, progress: &dyn Progress) -> Result<ChallengerStudy> {
    let (cases, samples) = (&card.cases, &study_samples(card));
    let (spec, moved) = as_drawn(card);
    let spec = &spec;
    let in_card = |e: Error| e.in_file(&spec.source.path);
    let holdout = holdout(spec, cases, samples)?;
    progress.begin("fitting the card", 0);
    let scorecard = scorecard(spec, cases, samples, &Quietly(progress))?;

    let columns = columns(spec, cases);
    let development = samples.development();
    let features: Vec<CodedFeature> = columns.iter().map(|column| coded(spec, column, development)).collect();
    let chosen = choose(&features, cases, development, spec.seed, progress).map_err(in_card)?;
    let boosted = &chosen.boosted;

    progress.begin("comparing", 0);
    let input = CardInput::new(&scorecard, &cases.columns())?;
    let mut compared = Vec::new();
    for sample in samples.samples.iter().filter(|sample| sample.name != SampleName::Rejected) {
        let scored = score_cases(&scorecard, &input, cases, sample.name, &sample.rows);
        compared.push(compare(&scored, &boosted.log_odds(&features, &sample.rows)));
        progress.check()?;
    }

    progress.begin("importance of features", 0);
    let few = subsample(holdout, MOST_CASES, spec.seed, "importance cases");
    let ground = importance::Ground::new(&cases.outcomes, &few);
    let of_challenger = importance::of_challenger(boosted, &features, &ground, spec.seed)?;
    let of_scorecard = importance::of_scorecard(&scorecard, &columns, &ground, spec.seed)?;
    progress.check()?;

    progress.begin("interactions", 0);
    let worth = |feature: usize| of_challenger[feature].map_or(f64::NEG_INFINITY, |loss| loss.log_loss);
    let mut order: Vec<usize> = (0..features.len()).collect();
    order.sort_by(|a, b| worth(*b).total_cmp(&worth(*a)));
    let top: Vec<usize> = order.iter().copied().filter(|at| boosted.uses(*at)).take(TOP_FEATURES).collect();
    let averaged = subsample(development, DEPENDENCE_CASES, spec.seed, "dependence cases");
    let mut interactions = interactions::interactions(boosted, &features, &top, &averaged);
    interactions.truncate(TOP_INTERACTIONS);
    let base: Vec<ScoredSample> = samples
        .samples
        .iter()
        .filter(|sample| [SampleName::Holdout, SampleName::OutOfTime].contains(&sample.name))
        .map(|sample| score_cases(&scorecard, &input, cases, sample.name, &sample.rows))
        .collect();
    pairs::try_pairs(spec, cases, samples, &base, &mut interactions, progress)?;

    let importance = order
        .into_iter()
        .map(|feature| Importance {
            feature: features[feature].name.clone(),
            challenger: of_challenger[feature],
            scorecard: of_scorecard[feature],
        })
        .filter(|importance| importance.challenger.is_some() || importance.scorecard.is_some())
        .collect();
    let proposal = pairs::proposal(&interactions);
    let mut warnings = cases.warnings.clone();
    warnings.extend(moved);
    warnings.extend(few_bads(&compared));
    Ok(ChallengerStudy {
        format: "scorewright.challenger",
        format_version: 1,
        card: spec.card.name.clone(),
        seed: spec.seed,
        params: chosen.params,
        trees: boosted.trees.len(),
        trials: chosen.trials,
        parts: chosen.parts,
        samples: compared,
        importance,
        interactions,
        proposal,
        warnings,
    })
}

/// The holdout, which must hold goods and bads.
fn holdout<'a>(spec: &CardSpec, cases: &Cases, samples: &'a Samples) -> Result<&'a [u32]> {
    let what = match samples.samples.iter().find(|sample| sample.name == SampleName::Holdout) {
        None => "a challenger needs cases that neither model has seen, but the card has no holdout",
        Some(sample) => {
            let has = |weights: &[f64]| sample.rows.iter().any(|row| weights[*row as usize] > 0.0);
            if has(&cases.outcomes.goods) && has(&cases.outcomes.bads) {
                return Ok(&sample.rows);
            }
            "the holdout has no goods or no bads to compare the models on"
        }
    };
    let error = spec.source.error(&["sample", "holdout"], what);
    Err(error.help("set [sample] holdout, such as holdout = 0.3"))
}

/// The card's scorecard. Importance deals values out anew, also to segments that never saw them: such have WOE 0.
fn scorecard(spec: &CardSpec, cases: &Cases, samples: &Samples, progress: &dyn Progress) -> Result<Scorecard> {
    let spec = &forgiving(spec);
    if let Some(section) = &spec.segments {
        return segments::scorecard(spec, section, cases, samples, progress);
    }
    let developed = develop(spec, cases, samples, progress)?;
    assembly::assemble(spec, cases, samples, &developed.binnings, &developed.selection.selected, &developed.model)
}

/// The columns that the challenger may use: those of the card, without what it drops by name and uses neither in a pair
/// nor to tell segments.
fn columns<'a>(spec: &CardSpec, cases: &'a Cases) -> Vec<&'a FeatureColumn> {
    let is_dropped =
        |name: &str| !spec.features.is_axis(name) && spec.selection.drop.iter().any(|pattern| matches(pattern, name));
    cases.columns().into_iter().filter(|column| !is_dropped(&column.name)).collect()
}

fn coded(spec: &CardSpec, column: &FeatureColumn, development: &[u32]) -> CodedFeature {
    let default = ColumnSettings::default();
    let special = special_numbers(settings(&spec.features.columns, &column.name, &default));
    CodedFeature::new(column, development, &special)
}

/// At most so many cases, drawn without looking, in their order.
fn subsample(rows: &[u32], most: usize, seed: u64, name: &str) -> Vec<u32> {
    if rows.len() <= most {
        return rows.to_vec();
    }
    let mut drawn = rows.to_vec();
    drawn.shuffle(&mut random::generator(seed, name, 0));
    drawn.truncate(most);
    drawn.sort_unstable();
    drawn
}

/// Both models on a sample; `eta` are the challenger's log odds good:bad.
fn compare(scored: &ScoredSample, eta: &[f64]) -> Comparison {
    let scores = scored.scores();
    let challenger = Scores { score: eta, ..scores };
    let pd: Vec<f64> = eta.iter().map(|eta| sigmoid(-eta)).collect();
    let distribution = Distribution::new(scores);
    let (goods, bads) = distribution.totals();
    Comparison {
        sample: scored.name,
        cases: scored.score.len() as u64,
        goods,
        bads,
        scorecard: model_figures(scores, &scored.pd),
        challenger: model_figures(challenger, &pd),
        auc: paired_auc(challenger, scores.score),
        log_loss: log_loss_difference(scored, &pd),
    }
}

fn model_figures(scores: Scores<'_>, pd: &[f64]) -> ModelFigures {
    let distribution = Distribution::new(scores);
    let weights: Vec<f64> = scores.goods.iter().zip(scores.bads).map(|(good, bad)| good + bad).collect();
    let bands: Vec<ScoreBand> = decile_bands(&distribution, &weights);
    ModelFigures {
        auc: auc(scores, &distribution),
        ks: ks_value(&distribution),
        probability: probability_measures(pd, scores.goods, scores.bads),
        calibration: by_band(&bands, scores, pd),
    }
}

/// Mean log loss of a scored sample less that of other PDs of its cases.
fn log_loss_difference(scored: &ScoredSample, pd: &[f64]) -> Interval {
    let scores = scored.scores();
    let loss = |pd: &[f64], case: usize| log_loss(pd[case], scores.goods[case], scores.bads[case]);
    let differences: Vec<f64> = (0..pd.len()).map(|case| loss(&scored.pd, case) - loss(pd, case)).collect();
    let weights: Vec<f64> = scores.goods.iter().zip(scores.bads).map(|(good, bad)| good + bad).collect();
    mean_difference(&differences, &weights, scores.groups)
}

/// Fewer bads than this tell models apart by luck.
const FEW_BADS: f64 = 100.0;

fn few_bads(compared: &[Comparison]) -> Option<String> {
    let holdout = compared.iter().find(|comparison| comparison.sample == SampleName::Holdout)?;
    (holdout.bads.min(holdout.goods) < FEW_BADS).then(|| {
        format!(
            "holdout has only {:.0} bads and {:.0} goods: a difference of a few hundredths of AUC cannot be told from chance there",
            holdout.bads, holdout.goods
        )
    })
}
