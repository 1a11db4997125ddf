//! The figures of a cross-validation, and how they follow from its folds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::Part;
use super::fit::PartFit;
use super::folds::Fold;
use super::grid::{Combination, Nested};
use crate::cases::Cases;
use crate::config::{FoldsBy, Settings};
use crate::digest::sha256_lines;
use crate::evidence::ScoredSample;
use crate::pipeline::LoadedCard;
use crate::validation::auc::{auc, auc_variance};
use crate::validation::ks::{Ks, ks, ks_value};
use crate::validation::probability::{ProbabilityMeasures, probability_measures};
use crate::validation::{Distribution, Interval, Scores, Z_95};

/// The whole document.
#[derive(Debug, Clone, Serialize)]
pub struct CrossValidation {
    /// Always `scorewright.cross_validation`.
    pub format: &'static str,
    /// Version of this document's form.
    pub format_version: u32,
    /// The card.
    pub card: String,
    /// How cases were divided.
    pub by: FoldsBy,
    /// Number of folds.
    pub folds_of: usize,
    /// How often.
    pub repeats: usize,
    /// Seed of the folds.
    pub seed: u64,
    /// The settings of the card as it stands.
    pub settings: Settings,
    /// The card itself, fitted and measured on all development cases.
    pub development: Whole,
    /// Means over the folds: what the card's figures are worth.
    pub cross_validated: MeanFigures,
    /// AUC of the card on its own development cases less the mean AUC over folds.
    pub optimism: Option<f64>,
    /// All left-out cases of a repeat together, each scored by the scorecard of its fold.
    pub pooled: Vec<Pooled>,
    /// By fold.
    pub folds: Vec<FoldFigures>,
    /// By feature, most often chosen first.
    pub features: Vec<FeatureChoice>,
    /// The combinations of the grid, the card as it stands first; empty without a grid.
    pub grid: Vec<Combination>,
    /// The choice among the grid, itself cross-validated.
    pub nested: Option<Nested>,
    /// What a reader must know.
    pub warnings: Vec<String>,
    /// Ids, folds and scores of the left-out cases.
    #[serde(skip)]
    pub left_out: Vec<LeftOut>,
}

/// A case with the score of a scorecard that never saw it.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// Its id.
    pub id: String,
    /// Which division of the cases, from 1.
    pub repeat: usize,
    /// Which fold, from 1.
    pub fold: usize,
    /// Higher is safer.
    pub score: f64,
    /// Probability of default.
    pub pd: f64,
    /// Good weight.
    pub good: f64,
    /// Bad weight.
    pub bad: f64,
}

/// The card itself.
#[derive(Debug, Clone, Serialize)]
pub struct Whole {
    /// Development cases.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// AUC on the cases that it was fitted on.
    pub auc: Interval,
    /// Log loss there.
    pub log_loss: Option<f64>,
    /// Features in the card.
    pub features: usize,
}

/// A scorecard's figures on the cases of a fold that it never saw.
#[derive(Debug, Clone, Serialize)]
pub struct PartFigures {
    /// Cases tested on.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// Area under the ROC curve.
    pub auc: Interval,
    /// Variance of its estimate.
    #[serde(skip)]
    pub auc_variance: Option<f64>,
    /// Kolmogorov-Smirnov.
    pub ks: Option<f64>,
    /// Log loss, Brier score, calibration line.
    #[serde(flatten)]
    pub probability: ProbabilityMeasures,
    /// Cases fitted on.
    pub fitted_cases: u64,
    /// AUC on them.
    pub fitted_auc: Option<f64>,
    /// Left-out cases with a value that the fit never saw.
    pub unforeseen_cases: u64,
    /// What was chosen.
    pub features: Vec<ChosenFeature>,
}

/// A feature of a fold's scorecard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChosenFeature {
    /// Its name.
    pub feature: String,
    /// Coefficient of its WOE.
    pub coefficient: f64,
    /// Number of bins, missing and special ones included.
    pub bins: usize,
}

/// A fold.
#[derive(Debug, Clone, Serialize)]
pub struct FoldFigures {
    /// Which division of the cases, from 1.
    pub repeat: usize,
    /// Which fold of it, from 1.
    pub fold: usize,
    /// First and last day of the cases tested on.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// Cases left out of both sides, so that no group stands on both and the gap is kept.
    pub left_out: u64,
    /// SHA-256 of the ids of the cases tested on, one a line.
    pub sha256: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: PartFigures,
}

/// Means over folds.
#[derive(Debug, Clone, Serialize)]
pub struct MeanFigures {
    /// Mean AUC with its interval.
    pub auc: Interval,
    /// Standard error of the mean AUC.
    pub standard_error: Option<f64>,
    /// Kolmogorov-Smirnov.
    pub ks: Option<f64>,
    /// Log loss, Brier score, calibration line.
    #[serde(flatten)]
    pub probability: ProbabilityMeasures,
    /// Number of features.
    pub features: f64,
    /// Bins of all features together.
    pub bins: f64,
}

/// The left-out cases of a repeat, together.
#[derive(Debug, Clone, Serialize)]
pub struct Pooled {
    /// Which division of the cases, from 1.
    pub repeat: usize,
    /// Area under the ROC curve.
    pub auc: Interval,
    /// Kolmogorov-Smirnov.
    pub ks: Ks,
    /// Log loss, Brier score, calibration line.
    #[serde(flatten)]
    pub probability: ProbabilityMeasures,
}

/// How a feature fared over the folds.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureChoice {
    /// Its name.
    pub feature: String,
    /// Share of the folds whose scorecard has it.
    pub share: f64,
    /// Its coefficient in the card itself; null where it is not in it.
    pub coefficient: Option<f64>,
    /// Lowest, mean and highest coefficient over the folds that chose it; null where none did.
    pub coefficients: Option<[f64; 3]>,
    /// Fewest and most bins there.
    pub bins: Option<[usize; 2]>,
}

/// Measures a fit on the cases that it never saw.
pub(super) fn measure(fit: &PartFit) -> PartFigures {
    let scores = fit.left_out.scores();
    let distribution = Distribution::new(scores);
    let (goods, bads) = distribution.totals();
    let fitted = fit.fitted.scores();
    PartFigures {
        cases: scores.score.len() as u64,
        goods,
        bads,
        auc: auc(scores, &distribution),
        auc_variance: auc_variance(scores, &distribution).and_then(|(_, variance)| variance),
        ks: ks_value(&distribution),
        probability: probability_measures(&fit.left_out.pd, scores.goods, scores.bads),
        fitted_cases: fitted.score.len() as u64,
        fitted_auc: auc(fitted, &Distribution::new(fitted)).value,
        unforeseen_cases: fit.left_out.unforeseen.iter().filter(|count| **count > 0).count() as u64,
        features: chosen(fit),
    }
}

fn chosen(fit: &PartFit) -> Vec<ChosenFeature> {
    let features = fit.scorecard.features().iter();
    features
        .map(|feature| ChosenFeature {
            feature: feature.name.clone(),
            coefficient: feature.coefficient,
            bins: feature.bins.len(),
        })
        .collect()
}

/// Mean of values, all of which must be there.
fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Option<Vec<f64>> = values.collect();
    values.filter(|values| !values.is_empty()).map(|values| values.iter().sum::<f64>() / values.len() as f64)
}

/// Mean AUC over the folds of some repeats, with its standard error: (value, variance) by fold.
pub fn mean_auc(folds: &[(Option<f64>, Option<f64>)], repeats: usize) -> (Interval, Option<f64>) {
    let value = mean(folds.iter().map(|(value, _)| *value));
    let count = folds.len() as f64;
    let error = mean(folds.iter().map(|(_, variance)| *variance)).map(|mean| (mean * repeats as f64 / count).sqrt());
    let bound = |sign: f64| Some((value? + sign * Z_95 * error?).clamp(0.0, 1.0));
    (Interval { value, low: bound(-1.0), high: bound(1.0) }, error)
}

/// Means over the folds of some repeats.
pub(super) fn means(parts: &[&PartFigures], repeats: usize) -> MeanFigures {
    let aucs: Vec<_> = parts.iter().map(|part| (part.auc.value, part.auc_variance)).collect();
    let (auc, standard_error) = mean_auc(&aucs, repeats);
    let of = |get: fn(&ProbabilityMeasures) -> Option<f64>| mean(parts.iter().map(|part| get(&part.probability)));
    let count = |get: fn(&PartFigures) -> usize| {
        parts.iter().map(|part| get(part)).sum::<usize>() as f64 / parts.len().max(1) as f64
    };
    MeanFigures {
        auc,
        standard_error,
        ks: mean(parts.iter().map(|part| part.ks)),
        probability: ProbabilityMeasures {
            log_loss: of(|p| p.log_loss),
            brier: of(|p| p.brier),
            calibration_intercept: of(|p| p.calibration_intercept),
            calibration_slope: of(|p| p.calibration_slope),
        },
        features: count(|part| part.features.len()),
        bins: count(|part| part.features.iter().map(|feature| feature.bins).sum()),
    }
}

/// Puts the document together.
pub(super) fn conclude(
    card: &LoadedCard,
    folds: &[Fold],
    whole: &PartFit,
    parts: &[&Part],
    grid: Vec<Combination>,
    nested: Option<Nested>,
    is_edited: bool,
) -> CrossValidation {
    let LoadedCard { spec, cases, samples, .. } = card;
    let section = &spec.cross_validation;
    let scores = whole.fitted.scores();
    let distribution = Distribution::new(scores);
    let (goods, bads) = distribution.totals();
    let development = Whole {
        cases: samples.development().len() as u64,
        goods,
        bads,
        auc: auc(scores, &distribution),
        log_loss: probability_measures(&whole.fitted.pd, scores.goods, scores.bads).log_loss,
        features: whole.scorecard.features().len(),
    };
    let figures: Vec<&PartFigures> = parts.iter().map(|part| &part.figures).collect();
    let cross_validated = means(&figures, section.repeats);
    let optimism = development.auc.value.zip(cross_validated.auc.value).map(|(own, mean)| own - mean);
    let scored: Vec<(&Fold, &ScoredSample)> =
        folds.iter().zip(parts).filter_map(|(fold, part)| Some((fold, part.scored.as_ref()?))).collect();
    let mut document = CrossValidation {
        format: "scorewright.cross_validation",
        format_version: 1,
        card: spec.card.name.clone(),
        by: section.by,
        folds_of: section.folds,
        repeats: section.repeats,
        seed: spec.seed,
        settings: Settings::of(spec),
        development,
        optimism,
        pooled: (1..=section.repeats).map(|repeat| pooled(&scored, repeat, spec.seed)).collect(),
        folds: folds.iter().zip(&figures).map(|(fold, figures)| fold_figures(cases, fold, figures)).collect(),
        features: choices(&chosen(whole), &figures),
        cross_validated,
        grid,
        nested,
        warnings: cases.warnings.clone(),
        left_out: scored.iter().flat_map(|(fold, sample)| left_out(cases, fold, sample)).collect(),
    };
    document.warn(is_edited, spec.scaling.unforeseen);
    document
}

fn fold_figures(cases: &Cases, fold: &Fold, figures: &PartFigures) -> FoldFigures {
    let days = cases.observed_at.as_ref().map(|days| fold.test.iter().map(|row| days[*row as usize]));
    FoldFigures {
        repeat: fold.repeat,
        fold: fold.fold,
        period: days.and_then(|days| days.clone().min().zip(days.max())),
        left_out: fold.left_out,
        sha256: sha256_lines(fold.test.iter().map(|row| cases.id(*row as usize))),
        figures: figures.clone(),
    }
}

fn left_out(cases: &Cases, fold: &Fold, sample: &ScoredSample) -> Vec<LeftOut> {
    let one = |(position, row): (usize, &u32)| LeftOut {
        id: cases.id(*row as usize),
        repeat: fold.repeat,
        fold: fold.fold,
        score: sample.score[position],
        pd: sample.pd[position],
        good: sample.goods[position],
        bad: sample.bads[position],
    };
    sample.rows.iter().enumerate().map(one).collect()
}

fn pooled(scored: &[(&Fold, &ScoredSample)], repeat: usize, seed: u64) -> Pooled {
    let of_repeat = || scored.iter().filter(move |(fold, _)| fold.repeat == repeat).map(|(_, sample)| *sample);
    let all = |get: fn(&ScoredSample) -> &Vec<f64>| of_repeat().flat_map(get).copied().collect::<Vec<f64>>();
    let (score, pd, goods, bads) = (all(|s| &s.score), all(|s| &s.pd), all(|s| &s.goods), all(|s| &s.bads));
    let groups: Option<Vec<u32>> = of_repeat()
        .map(|sample| sample.groups.as_ref().map(|groups| groups.codes.clone()))
        .collect::<Option<Vec<_>>>()
        .map(|codes| codes.concat());
    let scores = Scores { score: &score, goods: &goods, bads: &bads, groups: groups.as_deref() };
    let distribution = Distribution::new(scores);
    Pooled {
        repeat,
        auc: auc(scores, &distribution),
        ks: ks(scores, &distribution, seed),
        probability: probability_measures(&pd, &goods, &bads),
    }
}

fn choices(card: &[ChosenFeature], parts: &[&PartFigures]) -> Vec<FeatureChoice> {
    let mut by_name: BTreeMap<&str, Vec<&ChosenFeature>> = BTreeMap::new();
    for feature in card {
        by_name.entry(&feature.feature).or_default();
    }
    for feature in parts.iter().flat_map(|part| &part.features) {
        by_name.entry(&feature.feature).or_default().push(feature);
    }
    let mut choices: Vec<FeatureChoice> = by_name
        .into_iter()
        .map(|(name, chosen)| {
            let coefficients: Vec<f64> = chosen.iter().map(|feature| feature.coefficient).collect();
            let lowest = coefficients.iter().copied().fold(f64::INFINITY, f64::min);
            let highest = coefficients.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let bins = || chosen.iter().map(|feature| feature.bins);
            FeatureChoice {
                feature: name.to_owned(),
                share: chosen.len() as f64 / parts.len().max(1) as f64,
                coefficient: card.iter().find(|feature| feature.feature == name).map(|feature| feature.coefficient),
                coefficients: mean(coefficients.iter().map(|value| Some(*value))).map(|mean| [lowest, mean, highest]),
                bins: bins().min().zip(bins().max()).map(|(fewest, most)| [fewest, most]),
            }
        })
        .collect();
    choices.sort_by(|a, b| b.share.total_cmp(&a.share));
    choices
}
