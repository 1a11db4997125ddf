//! Bins of a numeric feature: fixed cuts as they stand, else the best partition of prebins, its cuts then moved
//! on the values between them.

use scorewright_runtime::artifact::{BinDomain, Literal};

use super::cell::{Cell, running};
use super::optimise::optimise;
use super::outcomes::SampleOutcomes;
use super::prebins::{Grains, Numbers, prebin_ends};
use super::refine::Refinement;
use super::rules::{Boundary, Rules};
use super::solve::{Solved, solve};
use super::stability::{PeriodCells, Periods};
use super::{BinningSpec, Found, labels};
use crate::config::ColumnSettings;
use crate::error::{Error, ErrorKind, Result};

/// So many grains are counted for each prebin.
const GRAINS_A_PREBIN: usize = 8;

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
    let grains = Grains::new(&numbers, spec.section.max_prebins * GRAINS_A_PREBIN, fixed)?;
    let counted = outcomes.cells(&grains.codes, grains.all_codes());
    let cells = &counted[..grains.cells()];
    let is_free = fixed.is_empty() && spec.settings.forbidden_cuts.is_empty();
    if let Some(cut) = is_free.then(|| grains.separating_cut(&numbers, cells)).flatten() {
        return Ok((vec![cut], "alone tells every good from every bad".to_owned(), None));
    }
    let by_grain = boundaries(&grains.thresholds, spec.settings);
    let ends = prebin_ends(cells, spec.section.max_prebins, |grain| by_grain.get(grain).copied().unwrap_or_default());
    let prebins = joined(cells, &ends);
    let by_prebin = match by_grain.is_empty() {
        true => Vec::new(),
        false => ends[..ends.len() - 1].iter().map(|grain| by_grain[*grain]).collect(),
    };
    let grain_periods =
        spec.section.stable.and(periods).map(|periods| {
            PeriodCells::new(&periods.cells(&grains.codes, grains.all_codes(), outcomes)[..grains.cells()])
        });
    let prebin_periods = grain_periods.as_ref().map(|periods| periods.joined(&ends));
    let mut rules = spec.rules(outcomes.all(), spec.section.monotone, by_prebin);
    rules.stable = spec.stable(prebin_periods.as_ref());
    let solved = solve(&prebins, &rules, spec.asked(), &|place| format!("the cut {}", grains.thresholds[ends[place]]));
    if !spec.settings.forbidden_cuts.is_empty() && !solved.as_ref().is_ok_and(|solved| solved.segments.len() > 1) {
        // Forbidden boundaries are none of the prebins': only without the ban is it seen that it stands in the way.
        forbidden_stand_in_the_way(cells, &grains, grain_periods.as_ref(), &rules, spec)?;
    }
    let Solved { segments, note, price } = solved?;
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
    let cuts = refinement.cuts(found, spec.section.refine, spec.section.max_prebins)?;
    Ok((cuts, note, price))
}

/// The error that names forbidden cuts, where without them there is a partition.
fn forbidden_stand_in_the_way(
    cells: &[Cell],
    grains: &Grains,
    periods: Option<&PeriodCells>,
    rules: &Rules<'_>,
    spec: &BinningSpec<'_>,
) -> Result<()> {
    let own = ColumnSettings { forbidden_cuts: Vec::new(), ..spec.settings.clone() };
    let by_grain = boundaries(&grains.thresholds, &own);
    let boundary = |grain: usize| by_grain.get(grain).copied().unwrap_or_default();
    let ends = prebin_ends(cells, spec.section.max_prebins, boundary);
    let periods = periods.map(|periods| periods.joined(&ends));
    let rules = Rules {
        boundaries: ends[..ends.len() - 1].iter().map(|grain| boundary(*grain)).collect(),
        stable: spec.stable(periods.as_ref()),
        ..rules.clone()
    };
    if optimise(&joined(cells, &ends), &rules).is_none() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Configuration,
        "no bins meet what the card asks for: forbidden_cuts leave no place for a cut",
    )
    .help("narrow forbidden_cuts: without them there are bins that meet everything else"))
}

/// Sums of the cells up to each end.
pub(super) fn joined(cells: &[Cell], ends: &[usize]) -> Vec<Cell> {
    let sums = running(cells);
    let start = |place: usize| place.checked_sub(1).map_or(0, |before| ends[before] + 1);
    (0..ends.len()).map(|place| sums[ends[place] + 1] - sums[start(place)]).collect()
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
