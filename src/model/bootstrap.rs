//! Selection and signs in resamples of the development cases.

use std::collections::BTreeMap;

use linfa::ParamGuard;
use rand::RngExt;
use rayon::prelude::*;

use crate::binning::Binning;
use crate::cases::Cases;
use crate::config::CardSpec;
use crate::error::Result;
use crate::evidence::{BootstrapEvidence, FeatureBootstrap};
use crate::logistic::{LogisticError, LogisticParams};
use crate::progress::{Progress, Silent};
use crate::random;
use crate::sample::Samples;
use crate::selection::{self, Design};

/// From so many development cases on, resamples follow one another.
const MANY_CASES: usize = 200_000;

/// A resample's chosen features, and the coefficients of the card's features.
type Outcome = std::result::Result<(Vec<usize>, Vec<f64>), String>;

/// Draws `[fit] bootstrap` resamples of the development cases with replacement (whole groups where there are groups),
/// selects and fits again on the bins as they are; `None` where no resamples are asked for.
///
/// # Errors
/// [`crate::error::ErrorKind::Interrupted`].
pub fn bootstrap(
    binnings: &[Binning],
    selected: &[usize],
    cases: &Cases,
    samples: &Samples,
    spec: &CardSpec,
    progress: &dyn Progress,
) -> Result<Option<BootstrapEvidence>> {
    let resamples = spec.fit.bootstrap;
    if resamples == 0 {
        return Ok(None);
    }
    progress.begin("resampling", resamples as usize);
    let units = units(cases, samples.development());
    let spec = &selection::for_resamples(binnings, cases, samples, spec);
    let one = |resample: u32| -> Result<Outcome> {
        progress.check()?;
        let rows = draw(&units, spec.seed, u64::from(resample));
        let outcome = again(binnings, selected, cases, &samples.with_development(rows), spec);
        progress.advance();
        Ok(outcome)
    };
    // With many cases each step inside uses all cores, and several resamples at once would fill the memory.
    let outcomes: Vec<Outcome> = match samples.development().len() > MANY_CASES {
        true => (0..resamples).map(one).collect::<Result<_>>()?,
        false => (0..resamples).into_par_iter().map(one).collect::<Result<_>>()?,
    };
    progress.check()?;
    let mut chosen: BTreeMap<usize, u32> = selected.iter().map(|feature| (*feature, 0)).collect();
    let mut coefficients: Vec<Vec<f64>> = vec![Vec::new(); selected.len()];
    let mut failures = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok((features, beta)) => {
                features.into_iter().for_each(|feature| *chosen.entry(feature).or_default() += 1);
                coefficients.iter_mut().zip(beta).for_each(|(all, beta)| all.push(beta));
            }
            Err(reason) => failures.push(reason),
        }
    }
    coefficients.iter_mut().for_each(|all| all.sort_by(f64::total_cmp));
    let made = f64::from(resamples) - failures.len() as f64;
    let share = |count: f64| if made > 0.0 { count / made } else { 0.0 };
    let mut features: Vec<FeatureBootstrap> = chosen
        .into_iter()
        .map(|(feature, count)| {
            let place = selected.iter().position(|other| *other == feature);
            let drawn = place.map(|place| coefficients[place].as_slice()).filter(|drawn| !drawn.is_empty());
            FeatureBootstrap {
                name: binnings[feature].name.clone(),
                selected: place.is_some(),
                chosen: share(f64::from(count)),
                positive: drawn.map(|drawn| share(drawn.iter().filter(|beta| **beta > 0.0).count() as f64)),
                low: drawn.map(|drawn| quantile(drawn, 0.025)),
                high: drawn.map(|drawn| quantile(drawn, 0.975)),
            }
        })
        .collect();
    features.sort_by(|a, b| b.chosen.total_cmp(&a.chosen).then_with(|| a.name.cmp(&b.name)));
    Ok(Some(BootstrapEvidence {
        resamples,
        failed: failures.len() as u32,
        first_failure: failures.into_iter().next(),
        features,
    }))
}

/// What is drawn: the development rows of a group, or a row alone.
fn units(cases: &Cases, development: &[u32]) -> Vec<Vec<u32>> {
    let Some(groups) = &cases.groups else { return development.iter().map(|row| vec![*row]).collect() };
    let mut units: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in development {
        units.entry(groups.codes[*row as usize]).or_default().push(*row);
    }
    units.into_values().collect()
}

fn draw(units: &[Vec<u32>], seed: u64, resample: u64) -> Vec<u32> {
    let mut random = random::generator(seed, "bootstrap of selection", resample);
    let drawn = (0..units.len()).map(|_| random.random_range(0..units.len()));
    let mut rows: Vec<u32> = drawn.flat_map(|unit| units[unit].iter().copied()).collect();
    rows.sort_unstable();
    rows
}

fn again(binnings: &[Binning], selected: &[usize], cases: &Cases, samples: &Samples, spec: &CardSpec) -> Outcome {
    let selection = selection::select(binnings, cases, samples, spec, &Silent).map_err(|error| error.to_string())?;
    let free = || -> std::result::Result<Vec<f64>, LogisticError> {
        let design = Design::new(binnings, selected, &cases.outcomes, samples.development())?;
        let fit = LogisticParams::new().l2(spec.fit.l2).firth(spec.fit.firth).check()?;
        Ok(fit.fit_rows(&design.all(), &design.outcomes)?.coefficients.to_vec())
    };
    let features: Vec<&Binning> = selected.iter().map(|feature| &binnings[*feature]).collect();
    let coefficients = free().map_err(|error| selection::fit_error(error, &features).to_string())?;
    Ok((selection.selected, coefficients))
}

/// The value below which a share of sorted numbers lies, between neighbours in proportion (type 7 of Hyndman and Fan
/// 1996).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, part) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + part * (sorted[high] - sorted[low])
}
