//! Cross-validation of a card's whole pipeline: bins, edits, selection, fit and points are made anew on part of the
//! development cases, and the scorecard itself scores the cases that were left out. So the AUC that is quoted has not
//! seen its cases in any step.
//!
//! Folds divide the development sample; holdout and out-of-time cases stay untouched. The mean AUC over folds has the
//! variance sum of the folds' variances / (number of folds)^2, since every case, and every group, is left out once a
//! repeat (LeDell, Petersen and van der Laan 2015, Electronic Journal of Statistics 9:1583-1607); repeats share their
//! cases, so that the mean over repeats is given the mean of their variances and not less.

mod figures;
mod fit;
mod folds;
mod grid;
mod warnings;

pub use figures::{
    ChosenFeature, CrossValidation, FeatureChoice, FoldFigures, LeftOut, MeanFigures, PartFigures, Pooled, Whole,
    mean_auc,
};
use fit::bins;
pub use fit::{PartFit, fit_part};
pub(crate) use fit::{Quietly, as_drawn, forgiving, study_samples};
pub use folds::{Fold, by_outcome, folds};
pub use grid::{Combination, Nested};

use rayon::prelude::*;

use crate::cases::Cases;
use crate::config::{CardSpec, Settings};
use crate::error::{Error, Result, internal};
use crate::evidence::ScoredSample;
use crate::pipeline::LoadedCard;
use crate::progress::Progress;
use crate::sample::Samples;

/// One combination of settings on one fold.
#[derive(Debug)]
pub(crate) struct Part {
    pub figures: PartFigures,
    /// The cases left out with their scores; of the card as it stands alone, for they are many.
    pub scored: Option<ScoredSample>,
}

/// What became of one combination of settings on one fold.
pub(crate) type Outcome = Result<Part>;

/// Cross-validates a card, and the combinations of its grid.
///
/// # Errors
/// Whatever is wrong with the folds; what goes wrong within a fold for the card as it stands, with the fold named.
pub fn cross_validate(card: &LoadedCard, progress: &dyn Progress) -> Result<CrossValidation> {
    let (cases, samples) = (&card.cases, &study_samples(card));
    let (spec, moved) = as_drawn(card);
    let (spec, section) = (&spec, &spec.cross_validation);
    let in_card = |e: Error| e.in_file(&spec.source.path);
    let folds = self::folds(cases, samples.development(), section, spec.sample.out_of_time_share, spec.seed)
        .map_err(in_card)?;
    let combinations = section.grid.combinations(Settings::of(spec));

    progress.begin("fitting the card itself", 0);
    let quiet = Quietly(progress);
    let (binnings, edited) = bins(spec, cases, samples, &quiet)?;
    let whole = fit_part(spec, cases, samples, &binnings, &[], &quiet)?;
    drop(binnings);

    let variants = variants(&combinations);
    progress.begin("cross-validating", folds.len() * variants.len());
    let results = run(spec, cases, samples, &folds, &combinations, &variants, progress);
    progress.check()?;
    // The card as it stands must be fitted on every fold; a combination of the grid need not.
    let mut own: Vec<&Part> = Vec::with_capacity(folds.len());
    for (fold, results) in folds.iter().zip(&results) {
        match results.first() {
            Some(Ok(part)) => own.push(part),
            Some(Err(error)) => return Err(error.clone().about(&fold.name(section))),
            None => return Err(internal("a fold without results")),
        }
    }
    let grid =
        if section.grid.is_empty() { Vec::new() } else { grid::compare(&combinations, &folds, &results, section) };
    let nested = match section.nested {
        true => Some(grid::nested(spec, cases, samples, &folds, &combinations, &results, progress)?),
        false => None,
    };
    let mut document = figures::conclude(card, &folds, &whole, &own, grid, nested, !edited.is_empty());
    document.warnings.extend(moved);
    Ok(document)
}

/// Combinations that share bins: positions among all.
fn variants(combinations: &[Settings]) -> Vec<Vec<usize>> {
    let mut variants: Vec<Vec<usize>> = Vec::new();
    for (position, settings) in combinations.iter().enumerate() {
        let same = |other: &&mut Vec<usize>| {
            let first = &combinations[other[0]];
            (first.max_bins, first.min_share) == (settings.max_bins, settings.min_share)
        };
        match variants.iter_mut().find(same) {
            Some(variant) => variant.push(position),
            None => variants.push(vec![position]),
        }
    }
    variants
}

/// Every combination on every fold: outcomes by fold, in the order of the combinations.
pub(crate) fn run(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    folds: &[Fold],
    combinations: &[Settings],
    variants: &[Vec<usize>],
    progress: &dyn Progress,
) -> Vec<Vec<Outcome>> {
    let jobs: Vec<(&Fold, &Vec<usize>)> =
        folds.iter().flat_map(|fold| variants.iter().map(move |variant| (fold, variant))).collect();
    let done: Vec<Vec<(usize, Outcome)>> = jobs
        .par_iter()
        .map(|(fold, variant)| {
            let outcomes = run_variant(spec, cases, samples, fold, combinations, variant, &Quietly(progress));
            progress.advance();
            outcomes
        })
        .collect();
    let mut done = done.into_iter();
    folds
        .iter()
        .map(|_| {
            let mut of_fold: Vec<(usize, Outcome)> = done.by_ref().take(variants.len()).flatten().collect();
            of_fold.sort_by_key(|(position, _)| *position);
            of_fold.into_iter().map(|(_, outcome)| outcome).collect()
        })
        .collect()
}

/// The combinations of a variant on a fold, on bins that are made once.
fn run_variant(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    fold: &Fold,
    combinations: &[Settings],
    variant: &[usize],
    progress: &dyn Progress,
) -> Vec<(usize, Outcome)> {
    let samples = samples.with_development(fold.train.clone());
    let binned = combinations[variant[0]].put_into(spec);
    let bins = bins(&binned, cases, &samples, progress);
    let one = |position: &usize| {
        let outcome = match &bins {
            Err(error) => Err(error.clone()),
            Ok((binnings, _)) => {
                let spec = combinations[*position].put_into(spec);
                fit_part(&spec, cases, &samples, binnings, &fold.test, progress).map(|fit| Part {
                    figures: figures::measure(&fit),
                    scored: (*position == 0).then_some(fit.left_out),
                })
            }
        };
        (*position, outcome)
    };
    variant.iter().map(one).collect()
}
