//! Bins of a categorical feature: fixed groups as they stand, else the best partition of the categories in
//! their order: the stated one of an ordinal feature, else that of their good rate.
//!
//! Rules for rare categories, those with less than `rare_share` of the sample or fewer than `rare_cases` cases: with
//! `by_prefix` they are grouped by the longest prefix of their text that is not rare; those that are left are one group,
//! because their own rates are noise. The order goes by the shrunken rate (goods + m * r) / (weight + m), where r is the rate of the whole sample
//! and m is `category_shrinkage` (the posterior mean under a beta prior worth m cases).

use std::collections::{BTreeSet, HashMap, HashSet};

use scorewright_runtime::artifact::BinDomain;

use super::cell::Cell;
use super::outcomes::SampleOutcomes;
use super::prebins::quantiles;
use super::rules::Boundary;
use super::solve::{Solved, solve};
use super::stability::{PeriodCells, Periods};
use super::{BinningSpec, Found, labels};
use crate::config::Monotone;
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;
use crate::table::Categories;

/// Categories that are binned as one.
#[derive(Debug, Clone)]
struct Unit {
    levels: Vec<usize>,
    cell: Cell,
    /// Whether it must form a bin without others.
    apart: bool,
}

pub(super) fn bins(
    values: &Categories,
    outcomes: &SampleOutcomes<'_>,
    periods: Option<&Periods>,
    spec: &BinningSpec<'_>,
) -> Result<Found> {
    let levels = &values.levels;
    // One cell more for missing values.
    let counts = outcomes.cells(&values.codes, levels.len() + 1);
    let mut seen = vec![false; levels.len()];
    for row in outcomes.rows() {
        if let Some(seen) = seen.get_mut(values.codes[*row as usize] as usize) {
            *seen = true;
        }
    }
    let special: HashSet<String> =
        spec.settings.special.0.iter().flat_map(|group| &group.values).map(ToString::to_string).collect();
    let ordinary: Vec<usize> =
        (0..levels.len()).filter(|level| seen[*level] && !special.contains(&levels[*level])).collect();
    let (groups, note, price) = match &spec.settings.groups {
        Some(groups) => {
            covers("groups", groups.iter().flatten(), &ordinary, levels)?;
            (groups.clone(), String::new(), None)
        }
        None => {
            let (groups, note, price) = best_groups(values, &ordinary, &counts, outcomes, periods, spec)?;
            let texts = |group: Vec<usize>| group.into_iter().map(|level| levels[level].clone()).collect();
            (groups.into_iter().map(texts).collect(), note, price)
        }
    };
    let bins = groups.into_iter().map(|group| (labels::categories(&group), BinDomain::Categories(group))).collect();
    Ok(Found { bins, note, price })
}

/// Fixed groups and a stated order must name every category of the development sample.
fn covers<'a>(
    key: &str,
    stated: impl Iterator<Item = &'a String>,
    ordinary: &[usize],
    levels: &[String],
) -> Result<()> {
    let stated: HashSet<&String> = stated.collect();
    let left: Vec<&str> = ordinary
        .iter()
        .map(|level| &levels[*level])
        .filter(|text| !stated.contains(text))
        .map(String::as_str)
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    let what = if key == "groups" { "fixed groups leave out" } else { "the order leaves out" };
    Err(Error::new(
        ErrorKind::Value,
        format!("{what} categories of the development sample: {:?}", left.iter().take(10).collect::<Vec<_>>()),
    )
    .help(format!("add each to {key}; the text must be exact, blanks and case included")))
}

type Groups = (Vec<Vec<usize>>, String, Option<f64>);

fn best_groups(
    values: &Categories,
    ordinary: &[usize],
    counts: &[Cell],
    outcomes: &SampleOutcomes<'_>,
    periods: Option<&Periods>,
    spec: &BinningSpec<'_>,
) -> Result<Groups> {
    let all = outcomes.all();
    let order = spec.settings.order.as_deref();
    if let Some(order) = order {
        covers("order", order.iter(), ordinary, &values.levels)?;
    }
    let mut units = units(&values.levels, ordinary, counts, all, spec)?;
    let place: HashMap<&str, usize> =
        order.unwrap_or_default().iter().enumerate().map(|(place, text)| (text.as_str(), place)).collect();
    if order.is_some() {
        neighbours_only(&units, ordinary, &values.levels, &place)?;
    }
    let first_text = |unit: &Unit| unit.levels.first().map_or("", |level| values.levels[*level].as_str());
    let rate = |unit: &Unit| {
        let m = spec.section.category_shrinkage;
        let overall = all.goods / all.weight();
        // Without any determinate case and without shrinkage a category has no rate: it goes last.
        let rate = (unit.cell.goods + m * overall) / (unit.cell.weight() + m);
        if rate.is_nan() { f64::INFINITY } else { rate }
    };
    match order {
        Some(_) => {
            units.sort_by_key(|unit| unit.levels.iter().map(|level| place.get(values.levels[*level].as_str())).min())
        }
        None => units.sort_by(|a, b| rate(a).total_cmp(&rate(b)).then_with(|| first_text(a).cmp(first_text(b)))),
    }
    let join = |units: &[Unit]| units.iter().flat_map(|unit| unit.levels.iter().copied()).collect::<Vec<usize>>();
    // Where the feature alone tells every good from every bad, the bins show it, so that it can be named.
    let total: Cell = units.iter().map(|unit| unit.cell).sum();
    let is_free = order.is_none() && spec.settings.together.is_empty() && spec.settings.apart.is_empty();
    if is_free
        && total.cases >= all.cases
        && units.iter().all(|unit| unit.cell.is_pure())
        && total.goods > 0.0
        && total.bads > 0.0
    {
        let (bad, good): (Vec<Unit>, Vec<Unit>) = units.into_iter().partition(|unit| unit.cell.bads > 0.0);
        return Ok((vec![join(&bad), join(&good)], "alone tells every good from every bad".to_owned(), None));
    }
    let units = few(units, spec.section.max_prebins);
    let cells: Vec<Cell> = units.iter().map(|unit| unit.cell).collect();
    let boundaries: Vec<Boundary> = units
        .windows(2)
        .map(|pair| if pair[0].apart || pair[1].apart { Boundary::Fixed } else { Boundary::Free })
        .collect();
    // Categories without an order have no trend, though their WOE mostly rises in the order they were put in.
    let trend = if order.is_some() { spec.section.monotone } else { Monotone::None };
    let period_cells = spec.section.stable.and(periods).map(|periods| by_period(values, &units, outcomes, periods));
    let mut rules = spec.rules(all, trend, boundaries);
    rules.stable = spec.stable(period_cells.as_ref());
    if units.is_empty() {
        return Ok((Vec::new(), String::new(), None));
    }
    if units.len() == 1 && ordinary.len() > 1 {
        let note = format!(
            "each category has less than {} of the cases, or fewer than {}; lower rare_share and rare_cases, or group them by_prefix",
            spec.section.rare_share, spec.section.rare_cases
        );
        return Ok((vec![join(&units)], note, None));
    }
    let Solved { segments, note, price } = solve(&cells, &rules, spec.asked(), &|place| {
        let apart = units[place..=place + 1].iter().filter(|unit| unit.apart);
        let texts: Vec<&str> =
            apart.flat_map(|unit| &unit.levels).map(|level| values.levels[*level].as_str()).collect();
        format!("{texts:?} in apart")
    })?;
    Ok((segments.iter().map(|segment| join(&units[segment.first..=segment.last])).collect(), note, price))
}

/// In an order, categories that stay together or apart must be neighbours: else their bin would span others.
fn neighbours_only(units: &[Unit], ordinary: &[usize], levels: &[String], place: &HashMap<&str, usize>) -> Result<()> {
    let mut by_place = ordinary.to_vec();
    by_place.sort_by_key(|level| place.get(levels[*level].as_str()));
    let rank: HashMap<usize, usize> = by_place.into_iter().enumerate().map(|(rank, level)| (level, rank)).collect();
    for unit in units {
        let ranks = || unit.levels.iter().filter_map(|level| rank.get(level));
        if let (Some(first), Some(last)) = (ranks().min(), ranks().max())
            && last - first + 1 != unit.levels.len()
        {
            let texts: Vec<&str> = unit.levels.iter().map(|level| levels[*level].as_str()).collect();
            let what =
                format!("the categories {texts:?} are to form one bin, but are not neighbours in the column's order");
            return Err(Error::new(ErrorKind::Configuration, what).help("name neighbours, or change the order"));
        }
    }
    Ok(())
}

/// Categories that stay together, stand apart, share a prefix, or are rare.
fn units(
    levels: &[String],
    ordinary: &[usize],
    counts: &[Cell],
    all: Cell,
    spec: &BinningSpec<'_>,
) -> Result<Vec<Unit>> {
    let code: HashMap<&str, usize> = ordinary.iter().map(|level| (levels[*level].as_str(), *level)).collect();
    let mut is_taken = vec![false; levels.len()];
    let mut units = Vec::new();
    for (key, groups, apart) in [("apart", &spec.settings.apart, true), ("together", &spec.settings.together, false)] {
        for group in groups {
            let mut unit = Unit { levels: Vec::new(), cell: Cell::default(), apart };
            for text in group {
                let Some(level) = code.get(text.as_str()) else {
                    let mut known: Vec<&str> = code.keys().copied().collect();
                    known.sort_unstable();
                    let near = suggest::did_you_mean(text, "categories", known);
                    let what = format!("{key} names the category {text:?}, which no development case has");
                    return Err(Error::new(ErrorKind::Value, what).help(near));
                };
                if std::mem::replace(&mut is_taken[*level], true) {
                    let what = format!("the category {text:?} stands in apart and in together");
                    return Err(Error::new(ErrorKind::Configuration, what).help("take it out of one of them"));
                }
                unit.levels.push(*level);
                unit.cell += counts[*level];
            }
            units.push(unit);
        }
    }
    let free: Vec<usize> = ordinary.iter().copied().filter(|level| !is_taken[*level]).collect();
    let is_rare =
        |cell: &Cell| cell.weight() < spec.section.rare_share * all.weight() || cell.cases < spec.section.rare_cases;
    let unit = |levels: Vec<usize>| {
        let cell = levels.iter().map(|level| counts[*level]).sum();
        Unit { levels, cell, apart: false }
    };
    if spec.settings.order.is_some() {
        units.extend(free.into_iter().map(|level| unit(vec![level])));
        return Ok(units);
    }
    let (mut rare, common): (Vec<usize>, Vec<usize>) = free.into_iter().partition(|level| is_rare(&counts[*level]));
    units.extend(common.into_iter().map(|level| unit(vec![level])));
    if spec.settings.by_prefix {
        let (by_prefix, left) = prefix_groups(levels, rare, counts, &is_rare);
        units.extend(by_prefix.into_iter().map(unit));
        rare = left;
    }
    if !rare.is_empty() {
        // In the order of their texts, so that the order of the rows does not matter.
        rare.sort_by_key(|level| &levels[*level]);
        units.push(unit(rare));
    }
    Ok(units)
}

/// Groups of rare categories by the longest prefix that is not rare, and those that share none.
///
/// In the order of their texts, categories with a common prefix stand side by side, and only at lengths to which two
/// neighbours agree can a group form: the work does not grow with the length of the texts.
fn prefix_groups(
    levels: &[String],
    mut rare: Vec<usize>,
    counts: &[Cell],
    is_rare: &dyn Fn(&Cell) -> bool,
) -> (Vec<Vec<usize>>, Vec<usize>) {
    rare.sort_by_key(|level| &levels[*level]);
    let shared = |a: &str, b: &str| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    // Each with the number of characters that it shares with the one before it.
    let before = rare.iter().map(|level| levels[*level].as_str());
    let before: Vec<&str> = std::iter::once("").chain(before).collect();
    let mut left: Vec<(usize, usize)> =
        rare.iter().zip(before).map(|(level, before)| (*level, shared(before, &levels[*level]))).collect();
    let lengths: BTreeSet<usize> = left.iter().map(|(_, shared)| *shared).filter(|length| *length > 0).collect();
    let mut groups = Vec::new();
    for length in lengths.into_iter().rev() {
        let mut still = Vec::with_capacity(left.len());
        // Across a group that is taken out, its neighbours share the least of what they shared with it.
        let mut across = usize::MAX;
        for run in left.chunk_by(|_, (_, shared)| *shared >= length) {
            let first = run.first().map_or(0, |(_, shared)| *shared).min(across);
            if is_rare(&run.iter().map(|(level, _)| counts[*level]).sum()) {
                let place = still.len();
                still.extend_from_slice(run);
                still[place].1 = first;
                across = usize::MAX;
            } else {
                groups.push(run.iter().map(|(level, _)| *level).collect());
                across = first;
            }
        }
        left = still;
    }
    (groups, left.into_iter().map(|(level, _)| level).collect())
}

/// At most `most` units: neighbours in the order are joined into nearly equal weights.
fn few(units: Vec<Unit>, most: usize) -> Vec<Unit> {
    if units.len() <= most {
        return units;
    }
    let places: Vec<(f64, f64)> =
        units.iter().enumerate().map(|(place, unit)| (place as f64, unit.cell.weight())).collect();
    let starts = quantiles(&places, most);
    let mut joined: Vec<Unit> = Vec::with_capacity(most);
    for (place, unit) in units.into_iter().enumerate() {
        let is_start = starts.contains(&(place as f64));
        match joined.last_mut() {
            Some(last) if !is_start && !last.apart && !unit.apart => {
                last.levels.extend(unit.levels);
                last.cell += unit.cell;
            }
            _ => joined.push(unit),
        }
    }
    joined
}

fn by_period(values: &Categories, units: &[Unit], outcomes: &SampleOutcomes<'_>, periods: &Periods) -> PeriodCells {
    let mut of_level = vec![units.len() as u16; values.levels.len()];
    for (place, unit) in units.iter().enumerate() {
        for level in &unit.levels {
            of_level[*level] = place as u16;
        }
    }
    let codes: Vec<u16> =
        values.codes.iter().map(|code| of_level.get(*code as usize).copied().unwrap_or(units.len() as u16)).collect();
    PeriodCells::new(&periods.cells(&codes, units.len() + 1, outcomes)[..units.len()])
}
