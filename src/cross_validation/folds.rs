//! Folds: which cases are fitted on and which are left out to test on.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use rand::seq::SliceRandom;

use crate::cases::Cases;
use crate::config::{CrossValidationSection, FoldsBy};
use crate::error::{Error, ErrorKind, Result};
use crate::random;
use crate::sample::{Groups, mean_goodness, outcome_stratum};

/// A fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Which division of the cases, from 1.
    pub repeat: usize,
    /// Which fold of it, from 1.
    pub fold: usize,
    /// Cases to fit on, rising.
    pub train: Vec<u32>,
    /// Cases to test on, rising.
    pub test: Vec<u32>,
    /// Cases that were left out, so that no group stands on both sides and the gap is kept.
    pub left_out: u64,
}

impl Fold {
    /// What messages call it.
    pub fn name(&self, section: &CrossValidationSection) -> String {
        match section.repeats {
            1 => format!("fold {} of {}", self.fold, section.folds),
            repeats => format!("fold {} of {} (repeat {} of {repeats})", self.fold, section.folds, self.repeat),
        }
    }
}

/// Divides the cases `rows`. `straddling` is the share of groups with cases before and after a date that goes to the
/// later side.
///
/// # Errors
/// [`ErrorKind::NoCases`] where a fold would have no goods or no bads to fit or to test on, or there are too few days;
/// [`ErrorKind::Configuration`] where the cases have no days and folds are by time.
pub fn folds(
    cases: &Cases,
    rows: &[u32],
    section: &CrossValidationSection,
    straddling: f64,
    seed: u64,
) -> Result<Vec<Fold>> {
    let folds = match section.by {
        FoldsBy::Outcome => {
            (1..=section.repeats).flat_map(|repeat| by_outcome(cases, rows, section.folds, repeat, seed)).collect()
        }
        FoldsBy::Time => by_time(cases, rows, section, straddling, seed)?,
    };
    for fold in &folds {
        for (rows, to) in [(&fold.test, "test"), (&fold.train, "fit")] {
            for (class, weights) in [("good", &cases.outcomes.goods), ("bad", &cases.outcomes.bads)] {
                if !rows.iter().any(|row| weights[*row as usize] > 0.0) {
                    let what = format!("{} has no {class} case to {to} on", fold.name(section));
                    return Err(Error::new(ErrorKind::NoCases, what)
                        .help("use fewer folds ([cross_validation] folds, --folds), or divide by outcome"));
                }
            }
        }
    }
    Ok(folds)
}

/// Divides groups at random, stratified by outcome: those with a bad, those without, the indeterminate.
pub fn by_outcome(cases: &Cases, rows: &[u32], folds: usize, repeat: usize, seed: u64) -> Vec<Fold> {
    let groups = Groups::of(cases, rows.iter().copied());
    let mean = mean_goodness(cases);
    let mut strata: BTreeMap<u8, Vec<u32>> = BTreeMap::new();
    for group in (0..groups.len()).filter(|group| !groups.rows(*group).is_empty()) {
        strata.entry(outcome_stratum(cases, groups.rows(group), mean)).or_default().push(group as u32);
    }
    let mut tests = vec![Vec::new(); folds];
    // Dealt like cards and on from one stratum to the next, so that folds are of one size.
    let mut dealt = 0;
    for (stratum, mut members) in strata {
        members.shuffle(&mut random::generator(seed, "cross-validation", repeat as u64 * 4 + u64::from(stratum)));
        for group in members {
            tests[dealt % folds].extend_from_slice(groups.rows(group as usize));
            dealt += 1;
        }
    }
    // No fold where the group is unknown, as of a rejected applicant.
    let mut fold_of = vec![None; cases.len()];
    for (fold, test) in tests.iter_mut().enumerate() {
        test.sort_unstable();
        test.iter().for_each(|row| fold_of[*row as usize] = Some(fold));
    }
    let train = |fold: usize| {
        let stands_elsewhere = |row: &u32| fold_of[*row as usize].is_some_and(|of| of != fold);
        rows.iter().copied().filter(stands_elsewhere).collect()
    };
    tests
        .into_iter()
        .enumerate()
        .map(|(fold, test)| Fold { repeat, fold: fold + 1, train: train(fold), test, left_out: 0 })
        .collect()
}

/// Rolling origin: whole days in order of time, as many stretches as folds and one more, of about the same number of
/// cases; each stretch but the first is tested on after fitting on all before it.
fn by_time(
    cases: &Cases,
    rows: &[u32],
    section: &CrossValidationSection,
    straddling: f64,
    seed: u64,
) -> Result<Vec<Fold>> {
    let Some(days) = &cases.observed_at else {
        return Err(Error::new(ErrorKind::Configuration, "folds by time need the day of observation")
            .help("name the date column ([table] observed_at = \"...\"), or take by = \"outcome\""));
    };
    let day = |row: u32| days[row as usize];
    let starts = starts(rows.iter().map(|row| day(*row)), section.folds)?;
    let groups = Groups::of(cases, rows.iter().copied());
    let fold = |(position, start): (usize, &NaiveDate)| {
        let until = start.checked_sub_months(Months::new(section.gap_months)).unwrap_or(NaiveDate::MIN);
        let end = starts.get(position + 1);
        let is_train = |row: &u32| day(*row) < until;
        let is_test = |row: &u32| day(*row) >= *start && end.is_none_or(|end| day(*row) < *end);
        let mut both = Vec::new();
        let (mut train, mut test) = (Vec::new(), Vec::new());
        let mut left_out = 0;
        for group in 0..groups.len() {
            let rows = groups.rows(group);
            if rows.iter().any(is_train) && rows.iter().any(is_test) {
                both.push(group);
            } else {
                train.extend(rows.iter().copied().filter(is_train));
                test.extend(rows.iter().copied().filter(is_test));
            }
            left_out += rows.iter().filter(|row| day(**row) < *start && !is_train(row)).count() as u64;
        }
        both.shuffle(&mut random::generator(seed, "cross-validation by time", position as u64));
        let late = (both.len() as f64 * straddling).round() as usize;
        for (place, group) in both.into_iter().enumerate() {
            let goes_to_test = place < late;
            let (stay, go): (Vec<u32>, Vec<u32>) =
                groups.rows(group).iter().copied().partition(|row| is_test(row) == goes_to_test);
            left_out += go.iter().filter(|row| is_train(row) || is_test(row)).count() as u64;
            match goes_to_test {
                true => test.extend(stay),
                false => train.extend(stay.into_iter().filter(is_train)),
            }
        }
        train.sort_unstable();
        test.sort_unstable();
        Fold { repeat: 1, fold: position + 1, train, test, left_out }
    };
    Ok(starts.iter().enumerate().map(fold).collect())
}

/// The first day of each stretch but the first.
fn starts(days: impl Iterator<Item = NaiveDate>, folds: usize) -> Result<Vec<NaiveDate>> {
    let mut counts: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for day in days {
        *counts.entry(day).or_default() += 1;
    }
    if counts.len() <= folds {
        let what =
            format!("{folds} folds by time need {} days of observation, but there are {}", folds + 1, counts.len());
        return Err(Error::new(ErrorKind::NoCases, what)
            .help("use fewer folds ([cross_validation] folds, --folds), or take by = \"outcome\""));
    }
    let total: usize = counts.values().sum();
    let mut before = 0;
    let mut starts: Vec<NaiveDate> = Vec::new();
    for (day, count) in &counts {
        if before * (folds + 1) >= (starts.len() + 1) * total && starts.len() < folds {
            starts.push(*day);
        }
        before += count;
    }
    if starts.len() < folds {
        // Some days hold more than a stretch: as many days in each.
        let days: Vec<NaiveDate> = counts.into_keys().collect();
        starts = (1..=folds).map(|stretch| days[stretch * days.len() / (folds + 1)]).collect();
    }
    Ok(starts)
}
