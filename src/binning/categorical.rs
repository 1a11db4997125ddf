//! Bins of a categorical feature: fixed groups as they stand, else the best partition of the
//! categories in the order of their good rate.
//!
//! Rule for rare categories: those with less than a fifth of the least share (and less than 1
//! percent where that is 0) are ordered and grouped as one, because their own rates are noise.

use scorewright_runtime::artifact::BinDomain;

use super::optimise::{Partitioning, optimise};
use super::prebins::{MOST_PREBINS, Prebin};
use super::{BinningSpec, labels};
use crate::cases::Outcomes;
use crate::config::Monotone;
use crate::error::{Error, ErrorKind, Result};
use crate::table::{Categories, MISSING};

pub(super) fn bins(
    name: &str,
    values: &Categories,
    outcomes: &Outcomes,
    development: &[u32],
    total: f64,
    spec: &BinningSpec<'_>,
) -> Result<Vec<(String, BinDomain)>> {
    let mut counts = vec![Prebin::default(); values.levels.len()];
    let mut seen = vec![false; values.levels.len()];
    for row in development.iter().map(|row| *row as usize) {
        let code = values.codes[row];
        if code != MISSING {
            counts[code as usize].goods += outcomes.goods[row];
            counts[code as usize].bads += outcomes.bads[row];
            seen[code as usize] = true;
        }
    }
    let special: Vec<String> =
        spec.settings.special.0.iter().flat_map(|group| &group.values).map(ToString::to_string).collect();
    let ordinary: Vec<usize> =
        (0..values.levels.len()).filter(|level| seen[*level] && !special.contains(&values.levels[*level])).collect();
    let groups = match &spec.settings.groups {
        Some(groups) => {
            check_groups(name, groups, &ordinary, values)?;
            groups.clone()
        }
        None => best_groups(&ordinary, &counts, outcomes, development, total, spec)
            .into_iter()
            .map(|group| group.into_iter().map(|level| values.levels[level].clone()).collect())
            .collect(),
    };
    Ok(groups.into_iter().map(|group| (labels::categories(&group), BinDomain::Categories(group))).collect())
}

/// Fixed groups must name every category of the development sample.
fn check_groups(name: &str, groups: &[Vec<String>], ordinary: &[usize], values: &Categories) -> Result<()> {
    let left: Vec<&str> = ordinary
        .iter()
        .map(|level| values.levels[*level].as_str())
        .filter(|text| !groups.iter().flatten().any(|category| category == text))
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Value,
        format!(
            "fixed groups leave out categories of the development sample: {:?}",
            left.iter().take(10).collect::<Vec<_>>()
        ),
    )
    .in_column(name)
    .help("add each to a group; the text must be exact, blanks and case included"))
}

fn best_groups(
    ordinary: &[usize],
    counts: &[Prebin],
    outcomes: &Outcomes,
    development: &[u32],
    total: f64,
    spec: &BinningSpec<'_>,
) -> Vec<Vec<usize>> {
    let rare_weight = if spec.min_share > 0.0 { spec.min_share / 5.0 } else { 0.01 } * total;
    let (rare, common): (Vec<usize>, Vec<usize>) =
        ordinary.iter().partition(|level| counts[**level].weight() < rare_weight);
    let sum = |levels: &[usize]| {
        levels.iter().fold(Prebin::default(), |sum, level| Prebin {
            goods: sum.goods + counts[*level].goods,
            bads: sum.bads + counts[*level].bads,
        })
    };
    let mut cells: Vec<(Vec<usize>, Prebin)> = common.into_iter().map(|level| (vec![level], counts[level])).collect();
    if !rare.is_empty() {
        let cell = sum(&rare);
        cells.push((rare, cell));
    }
    // Without any determinate case a group has no rate: it goes last.
    let rate = |cell: &Prebin| if cell.weight() > 0.0 { cell.goods / cell.weight() } else { f64::INFINITY };
    // Ties keep the order of the first row.
    cells.sort_by(|a, b| rate(&a.1).total_cmp(&rate(&b.1)));
    let all = |weights: &[f64]| development.iter().map(|row| weights[*row as usize]).sum::<f64>();
    let join = |cells: &[(Vec<usize>, Prebin)]| cells.iter().flat_map(|(levels, _)| levels.iter().copied()).collect();
    // Where the feature alone tells every good from every bad, the bins show it, so that it can be named.
    let (bad, good) = cells.split_at(cells.partition_point(|(_, cell)| cell.goods == 0.0 && cell.bads > 0.0));
    // Not so where some values are missing or special: sums in another order, so to the last digits.
    let is_everything = sum(ordinary).weight() >= (all(&outcomes.goods) + all(&outcomes.bads)) * (1.0 - 1e-9);
    if !bad.is_empty() && !good.is_empty() && good.iter().all(|(_, cell)| cell.bads == 0.0) && is_everything {
        return vec![join(bad), join(good)];
    }
    while cells.len() > MOST_PREBINS {
        // The lightest pair of neighbours becomes one.
        let lightest = (1..cells.len())
            .min_by(|a, b| {
                let weight = |i: usize| cells[i - 1].1.weight() + cells[i].1.weight();
                weight(*a).total_cmp(&weight(*b))
            })
            .unwrap_or(1);
        let (levels, cell) = cells.remove(lightest);
        let neighbour = &mut cells[lightest - 1];
        neighbour.0.extend(levels);
        neighbour.1.goods += cell.goods;
        neighbour.1.bads += cell.bads;
    }
    let rules = Partitioning {
        max_bins: spec.max_bins,
        min_weight: spec.min_share * total,
        monotone: Monotone::Ascending,
        all_goods: all(&outcomes.goods),
        all_bads: all(&outcomes.bads),
    };
    let prebins: Vec<Prebin> = cells.iter().map(|(_, cell)| *cell).collect();
    match optimise(&prebins, &rules) {
        Some((segments, _)) => segments.iter().map(|segment| join(&cells[segment.first..=segment.last])).collect(),
        None if cells.is_empty() => Vec::new(),
        None => vec![join(&cells)],
    }
}
