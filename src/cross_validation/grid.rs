//! The combinations of a grid held against each other, and the choice among them cross-validated in its turn.

use serde::Serialize;

use super::figures::{MeanFigures, PartFigures, mean_auc, means};
use super::folds::Fold;
use super::{Outcome, folds, run, variants};
use crate::cases::Cases;
use crate::config::{CardSpec, CrossValidationSection, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use crate::sample::Samples;
use crate::validation::Interval;

/// A combination of settings.
#[derive(Debug, Clone, Serialize)]
pub struct Combination {
    /// The settings.
    #[serde(flatten)]
    pub settings: Settings,
    /// Whether these are the card's own.
    pub is_card: bool,
    /// Means over folds; null where a fold could not be fitted.
    pub figures: Option<MeanFigures>,
    /// Whether its mean AUC is the highest.
    pub best: bool,
    /// Whether it is the simplest whose mean AUC lies within one standard error of the best.
    pub simplest: bool,
    /// Why there are no figures.
    pub failed: Option<String>,
}

/// The choice of the best combination, made within each fold and measured on the cases left out.
#[derive(Debug, Clone, Serialize)]
pub struct Nested {
    /// Mean AUC over folds with its interval.
    pub auc: Interval,
    /// Standard error of the mean.
    pub standard_error: Option<f64>,
    /// By fold, the position of the combination that was chosen.
    pub chosen: Vec<usize>,
    /// Mean AUC of the best of the grid less the mean AUC of the choice: what picking the best flatters by.
    pub optimism: Option<f64>,
}

/// Means by combination, the best and the simplest of the good marked.
pub(super) fn compare(
    combinations: &[Settings],
    folds: &[Fold],
    results: &[Vec<Outcome>],
    section: &CrossValidationSection,
) -> Vec<Combination> {
    let mut compared: Vec<Combination> = combinations
        .iter()
        .enumerate()
        .map(|(position, settings)| {
            let parts: Result<Vec<&PartFigures>> = folds
                .iter()
                .zip(results)
                .map(|(fold, outcomes)| match &outcomes[position] {
                    Ok(part) => Ok(&part.figures),
                    Err(error) => Err(error.clone().about(&fold.name(section))),
                })
                .collect();
            let (figures, failed) = match parts {
                Ok(parts) => (Some(means(&parts, section.repeats)), None),
                Err(error) => (None, Some(error.message().to_owned())),
            };
            Combination { settings: *settings, is_card: position == 0, figures, best: false, simplest: false, failed }
        })
        .collect();
    mark(&mut compared);
    compared
}

/// Marks the highest mean AUC, and among those within one standard error of it the fewest features, then the fewest
/// bins, then the first.
fn mark(combinations: &mut [Combination]) {
    let auc = |combination: &Combination| combination.figures.as_ref().and_then(|figures| figures.auc.value);
    let mut best: Option<usize> = None;
    for (position, combination) in combinations.iter().enumerate() {
        if let Some(value) = auc(combination)
            && best.and_then(|best| auc(&combinations[best])).is_none_or(|highest| value > highest)
        {
            best = Some(position);
        }
    }
    let Some(best) = best else { return };
    let error = combinations[best].figures.as_ref().and_then(|figures| figures.standard_error).unwrap_or(0.0);
    let least = auc(&combinations[best]).map_or(f64::INFINITY, |auc| auc - error);
    let size = |position: &usize| combinations[*position].figures.as_ref().map_or((0.0, 0.0), |f| (f.features, f.bins));
    let near = (0..combinations.len()).filter(|position| auc(&combinations[*position]).is_some_and(|auc| auc >= least));
    let simplest = near.min_by(|a, b| {
        let (a, b) = (size(a), size(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    combinations[best].best = true;
    if let Some(simplest) = simplest {
        combinations[simplest].simplest = true;
    }
}

/// Within the fitting cases of each fold, compares the combinations on folds of their own and takes the best; its AUC
/// on the cases left out has seen none of that choice.
pub(super) fn nested(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    outer: &[Fold],
    combinations: &[Settings],
    results: &[Vec<Outcome>],
    progress: &dyn Progress,
) -> Result<Nested> {
    let section = &spec.cross_validation;
    let inner_section = CrossValidationSection { repeats: 1, ..section.clone() };
    let variants = variants(combinations);
    let mut chosen = Vec::with_capacity(outer.len());
    for (position, fold) in outer.iter().enumerate() {
        let name =
            |error: Error| error.about(&format!("nested choice of {}", fold.name(section))).in_file(&spec.source.path);
        // Streams of their own: else the inner division would follow from the outer one.
        let seed = spec.seed.wrapping_add(1 + position as u64);
        let inner = folds(cases, &fold.train, &inner_section, spec.sample.out_of_time_share, seed).map_err(name)?;
        progress.begin(&format!("choosing within {}", fold.name(section)), inner.len() * variants.len());
        let samples = samples.with_development(fold.train.clone());
        let found = run(spec, cases, &samples, &inner, combinations, &variants, progress);
        progress.check()?;
        let compared = compare(combinations, &inner, &found, &inner_section);
        let best = compared.iter().position(|combination| combination.best);
        chosen.push(best.ok_or_else(|| {
            let reason = compared.iter().find_map(|combination| combination.failed.clone()).unwrap_or_default();
            let what = format!("no combination of the grid can be measured: {reason}");
            name(Error::new(ErrorKind::NoCases, what).help("take fewer folds, a smaller grid, or nested = false"))
        })?);
    }
    let aucs: Vec<(Option<f64>, Option<f64>)> = chosen
        .iter()
        .zip(results)
        .map(|(chosen, outcomes)| match &outcomes[*chosen] {
            Ok(part) => (part.figures.auc.value, part.figures.auc_variance),
            Err(_) => (None, None),
        })
        .collect();
    let (auc, standard_error) = mean_auc(&aucs, section.repeats);
    let compared = compare(combinations, outer, results, section);
    let best = compared.iter().find(|combination| combination.best);
    let highest = best.and_then(|best| best.figures.as_ref()?.auc.value);
    Ok(Nested { auc, standard_error, chosen, optimism: highest.zip(auc.value).map(|(best, auc)| best - auc) })
}
