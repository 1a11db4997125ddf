//! Bins of a numeric feature: fixed cuts as they stand, else the best partition of prebins, its cuts then moved
//! on the values between them.

use scorewright_runtime::artifact::{BinDomain, Literal};

use super::outcomes::SampleOutcomes;
use super::prebins::{Numbers, Prebins};
use super::refine::Refinement;
use super::rules::{Boundary, Stable};
use super::solve::{Solved, solve};
use super::stability::{PeriodCells, Periods};
use super::{BinningSpec, Found, labels};
use crate::config::ColumnSettings;
use crate::error::Result;

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
    let prebins = Prebins::new(&numbers, spec.max_prebins, fixed)?;
    let counted = outcomes.cells(&prebins.codes, prebins.all_codes());
    let cells = &counted[..prebins.cells()];
    let period_cells = spec.stable.and(periods).map(|periods| {
        PeriodCells::new(&periods.cells(&prebins.codes, prebins.all_codes(), outcomes)[..prebins.cells()])
    });
    let mut rules = spec.rules(outcomes.all(), spec.monotone, boundaries(&prebins.thresholds, spec.settings));
    rules.stable = period_cells.as_ref().zip(spec.stable).map(|(periods, rule)| Stable {
        periods,
        share: rule.share,
        tolerance: rule.tolerance,
    });
    if let Some(cut) = prebins.separating_cut(&numbers, cells) {
        return Ok((vec![cut], "alone tells every good from every bad".to_owned(), None));
    }
    let Solved { segments, note, price } = solve(cells, &rules, spec.is_stated())?;
    // Where every value is a prebin, the optimum stands already.
    let refinement = Refinement {
        numbers,
        prebins: &prebins,
        cells,
        rules: &rules,
        periods,
        fixed,
        forbidden: &spec.settings.forbidden_cuts,
    };
    let cuts = refinement.cuts(&segments, spec.refine && !prebins.is_exact);
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
