//! Bins of a numeric feature: fixed cuts as they stand, else the best partition of prebins.

use scorewright_runtime::artifact::{BinDomain, Literal};

use super::labels;
use super::optimise::{Partitioning, optimise};
use super::{BinningSpec, prebins};
use crate::cases::Outcomes;

pub(super) fn bins(
    values: &[f64],
    outcomes: &Outcomes,
    development: &[u32],
    total: f64,
    spec: &BinningSpec<'_>,
) -> Vec<(String, BinDomain)> {
    let cuts = match &spec.settings.cuts {
        Some(cuts) => cuts.clone(),
        None => best_cuts(values, outcomes, development, total, spec),
    };
    let bound = |position: usize| cuts.get(position).copied();
    (0..=cuts.len())
        .map(|position| {
            let (lower, upper) = (position.checked_sub(1).and_then(bound), bound(position));
            (labels::interval(lower, upper), BinDomain::Interval { lower, upper })
        })
        .collect()
}

fn best_cuts(values: &[f64], outcomes: &Outcomes, development: &[u32], total: f64, spec: &BinningSpec<'_>) -> Vec<f64> {
    let special: Vec<f64> = spec
        .settings
        .special
        .0
        .iter()
        .flat_map(|group| &group.values)
        .filter_map(|value| match value {
            Literal::Number(number) => Some(*number),
            _ => None,
        })
        .collect();
    let mut ordinary: Vec<(f64, f64, f64)> = development
        .iter()
        .map(|row| *row as usize)
        .filter(|row| !values[*row].is_nan() && !special.contains(&values[*row]))
        .filter(|row| outcomes.is_determinate(*row))
        .map(|row| (values[row] + 0.0, outcomes.goods[row], outcomes.bads[row]))
        .collect();
    // Stable, so that sums run in the order of the cases; + 0.0 above made one zero of two.
    ordinary.sort_by(|a, b| a.0.total_cmp(&b.0));
    if ordinary.is_empty() {
        return Vec::new();
    }
    // Where the feature alone tells every good from every bad, the bins show it, so that it can be named.
    let determinate = development.iter().filter(|row| outcomes.is_determinate(**row as usize)).count();
    if ordinary.len() == determinate
        && let Some(cut) = separating_cut(&ordinary)
    {
        return vec![cut];
    }
    let prebins = prebins::numeric(&ordinary);
    let sum = |weights: &[f64]| development.iter().map(|row| weights[*row as usize]).sum::<f64>();
    let rules = Partitioning {
        max_bins: spec.max_bins,
        min_weight: spec.min_share * total,
        monotone: spec.monotone,
        all_goods: sum(&outcomes.goods),
        all_bads: sum(&outcomes.bads),
    };
    let segments = optimise(&prebins.cells, &rules).map(|(segments, _)| segments).unwrap_or_default();
    segments.iter().rev().skip(1).rev().map(|segment| prebins.cuts[segment.last]).collect()
}

/// The cut that has every good on one side and every bad on the other, if there is one. `values` are
/// (value, goods, bads) in rising order of value.
fn separating_cut(values: &[(f64, f64, f64)]) -> Option<f64> {
    let (_, first_goods, _) = values.first()?;
    let turn = values.iter().position(|(_, goods, _)| (*goods > 0.0) != (*first_goods > 0.0))?;
    let (low, high) = values.split_at(turn);
    let is_pure = |side: &[(f64, f64, f64)]| side.iter().all(|v| v.1 == 0.0) || side.iter().all(|v| v.2 == 0.0);
    if !is_pure(low) || !is_pure(high) {
        return None;
    }
    prebins::cut_between(low.last()?.0, high.first()?.0)
}
