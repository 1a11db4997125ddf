//! Bins of a numeric feature: fixed cuts as they stand, else the best partition of prebins, its cuts then moved
//! on the values between them.

use scorewright_runtime::artifact::{BinDomain, Literal};

use super::cell::{Cell, running};
use super::outcomes::SampleOutcomes;
use super::prebins::{Grains, Numbers, prebin_ends};
use super::refine::Refinement;
use super::rules::Boundary;
use super::solve::{Solved, solve};
use super::stability::{PeriodCells, Periods};
use super::{BinningSpec, Found, labels};
use crate::config::ColumnSettings;
use crate::error::Result;

/// So many grains are counted for each prebin ...
const GRAINS_A_PREBIN: usize = 8;
/// ... but not more than this.
const MOST_GRAINS: usize = 8192;

pub(super) fn bins(
    values: &[f64],
    outcomes: &SampleOutcomes<'_>,
    periods: Option<&Periods>,
    spec: &BinningSpec<'_>,
) -> Result<Found> {
    let (cuts, note, price) = match &spec.settings.cuts {
        Some(cuts) => (cuts.clone(), String::new(), None),
        None => best_cuts(values, outcomes, periods, spec)?,
    };
    Ok(Found { bins: intervals(&cuts), note, price })
}

/// The bins between cuts.
pub(super) fn intervals(cuts: &[f64]) -> Vec<(String, BinDomain)> {
    let bound = |position: usize| cuts.get(position).copied();
    (0..=cuts.len())
        .map(|position| {
            let (lower, upper) = (position.checked_sub(1).and_then(bound), bound(position));
            (labels::interval(lower, upper), BinDomain::Interval { lower, upper })
        })
        .collect()
}

fn best_cuts(
    values: &[f64],
    outcomes: &SampleOutcomes<'_>,
    periods: Option<&Periods>,
    spec: &BinningSpec<'_>,
) -> Result<(Vec<f64>, String, Option<f64>)> {
    let special = special_numbers(spec.settings);
    let numbers = Numbers { values, outcomes, special: &special };
    let fixed = &spec.settings.fixed_cuts;
    let most = (spec.max_prebins * GRAINS_A_PREBIN).min(MOST_GRAINS).max(spec.max_prebins);
    let grains = Grains::new(&numbers, most, fixed)?;
    let counted = outcomes.cells(&grains.codes, grains.all_codes());
    let cells = &counted[..grains.cells()];
    if let Some(cut) = grains.separating_cut(&numbers, cells) {
        return Ok((vec![cut], "alone tells every good from every bad".to_owned(), None));
    }
    let by_grain = boundaries(&grains.thresholds, spec.settings);
    let ends = prebin_ends(cells, spec.max_prebins, |grain| by_grain.get(grain).copied().unwrap_or_default());
    let sums = running(cells);
    let start = |prebin: usize| prebin.checked_sub(1).map_or(0, |before| ends[before] + 1);
    let prebins: Vec<Cell> = (0..ends.len()).map(|prebin| sums[ends[prebin] + 1] - sums[start(prebin)]).collect();
    let by_prebin = match by_grain.is_empty() {
        true => Vec::new(),
        false => ends[..ends.len() - 1].iter().map(|grain| by_grain[*grain]).collect(),
    };
    let grain_periods = spec
        .stable
        .and(periods)
        .map(|periods| PeriodCells::new(&periods.cells(&grains.codes, grains.all_codes(), outcomes)[..grains.cells()]));
    let prebin_periods = grain_periods.as_ref().map(|periods| periods.joined(&ends));
    let mut rules = spec.rules(outcomes.all(), spec.monotone, by_prebin);
    rules.stable = spec.stable(prebin_periods.as_ref());
    let Solved { segments, note, price } = solve(&prebins, &rules, spec.is_stated())?;
    rules.boundaries = by_grain;
    rules.stable = spec.stable(grain_periods.as_ref());
    let refinement = Refinement {
        numbers,
        grains: &grains,
        cells,
        rules: &rules,
        periods,
        fixed,
        forbidden: &spec.settings.forbidden_cuts,
    };
    let found = segments.iter().skip(1).map(|segment| ends[segment.first - 1]).collect();
    let cuts = refinement.cuts(found, spec.refine, spec.max_prebins);
    Ok((cuts, note, price))
}

/// The special values of a column of numbers.
pub(crate) fn special_numbers(settings: &ColumnSettings) -> Vec<f64> {
    let values = settings.special.0.iter().flat_map(|group| &group.values);
    values
        .filter_map(|value| match value {
            Literal::Number(number) => Some(*number),
            _ => None,
        })
        .collect()
}

/// What the column's settings say about each threshold.
pub(super) fn boundaries(thresholds: &[f64], settings: &ColumnSettings) -> Vec<Boundary> {
    if settings.fixed_cuts.is_empty() && settings.forbidden_cuts.is_empty() {
        return Vec::new();
    }
    let is_forbidden = |cut: f64| {
        settings.forbidden_cuts.iter().any(|range| {
            let (first, last) = range.range();
            (first..=last).contains(&cut)
        })
    };
    thresholds
        .iter()
        .map(|threshold| match threshold {
            cut if settings.fixed_cuts.contains(cut) => Boundary::Fixed,
            cut if is_forbidden(*cut) => Boundary::Forbidden,
            _ => Boundary::Free,
        })
        .collect()
}
