//! Development, holdout and out-of-time samples as row ids: seeded, stratified by outcome, by group.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use scorewright_runtime::artifact::SampleDigest;

use crate::cases::{Cases, WaterfallStep};
use crate::config::SampleSection;
use crate::digest::sha256_lines;
use crate::error::{Error, ErrorKind, Result};
use crate::random;

/// What a sample is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleName {
    /// Everything is decided on it.
    Development,
    /// Kept apart at random, to check on.
    Holdout,
    /// Observed later, to check on.
    OutOfTime,
    /// Applicants who were rejected: scored, without an outcome.
    Rejected,
    /// Other data, after training.
    Validation,
}

impl SampleName {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            SampleName::Development => "development",
            SampleName::Holdout => "holdout",
            SampleName::OutOfTime => "out_of_time",
            SampleName::Rejected => "rejected",
            SampleName::Validation => "validation",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            SampleName::Development => "Development",
            SampleName::Holdout => "Holdout",
            SampleName::OutOfTime => "Out of time",
            SampleName::Rejected => "Rejected",
            SampleName::Validation => "Validation",
        }
    }
}

/// A sample: positions of cases, rising.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What it is for.
    pub name: SampleName,
    /// Positions of its cases.
    pub rows: Vec<u32>,
}

/// The samples of a run, development first; every case stands in one of them or was left out by a
/// step of `waterfall`.
#[derive(Debug, Clone)]
pub struct Samples {
    /// The samples that are not empty.
    pub samples: Vec<Sample>,
    /// What was left out on the way.
    pub waterfall: Vec<WaterfallStep>,
}

/// Draws the samples. Without groups every case is a group of its own. Groups are drawn within
/// strata: those with a bad and those without (for ratios: above and below the mean ratio;
/// indeterminate only: a stratum too). Where groups have cases before and after
/// `out_of_time_from`, a share of them goes to the out-of-time sample and the rest to the others,
/// and the cases on the wrong side of the date are left out, so that no group is in two samples.
///
/// # Errors
/// [`ErrorKind::NoCases`] where the development sample lacks goods or bads, or a sample that was
/// asked for is empty.
pub fn draw(cases: &Cases, section: &SampleSection, seed: u64) -> Result<Samples> {
    let total = cases.len();
    let is_late: Vec<bool> = match (&cases.observed_at, section.out_of_time_from) {
        (Some(days), Some(from)) => days.iter().map(|day| *day >= from).collect(),
        _ => vec![false; total],
    };
    let groups = Groups::of(cases, 0..total as u32);
    let mean_goodness = mean_goodness(cases);
    // Strata by what the group has: (late side, both sides, outcome).
    let mut strata: BTreeMap<(bool, bool, u8), Vec<u32>> = BTreeMap::new();
    for group in 0..groups.len() {
        let rows = groups.rows(group);
        let outcome = outcome_stratum(cases, rows, mean_goodness);
        if rows.is_empty() {
            continue;
        }
        let late = rows.iter().any(|row| is_late[*row as usize]);
        let early = rows.iter().any(|row| !is_late[*row as usize]);
        strata.entry((late, early, outcome)).or_default().push(group as u32);
    }
    const LEFT_OUT: u8 = 3;
    let mut assigned = vec![LEFT_OUT; total];
    let mut left_out = [0_u64; 2];
    for (stratum, mut members) in strata {
        let (late, early, outcome) = stratum;
        let part = u64::from(late) * 8 + u64::from(early) * 4 + u64::from(outcome);
        members.shuffle(&mut random::generator(seed, "sample", part));
        let out_of_time = match (late, early) {
            (true, true) => share(members.len(), section.out_of_time_share),
            (true, false) => members.len(),
            (false, _) => 0,
        };
        let held_out = share(members.len() - out_of_time, section.holdout);
        for (position, group) in members.into_iter().enumerate() {
            let sample = if position < out_of_time {
                2
            } else if position < out_of_time + held_out {
                1
            } else {
                0
            };
            for row in groups.rows(group as usize) {
                let row = *row as usize;
                if is_late[row] == (sample == 2) {
                    assigned[row] = sample;
                } else {
                    left_out[usize::from(is_late[row])] += 1;
                }
            }
        }
    }
    let mut samples = Vec::new();
    for (index, name) in [SampleName::Development, SampleName::Holdout, SampleName::OutOfTime].into_iter().enumerate() {
        let rows: Vec<u32> =
            (0..total).filter(|row| usize::from(assigned[*row]) == index).map(|row| row as u32).collect();
        let wanted = match name {
            SampleName::Holdout => section.holdout > 0.0,
            SampleName::OutOfTime => section.out_of_time_from.is_some(),
            _ => true,
        };
        if rows.is_empty() && wanted {
            return Err(Error::new(ErrorKind::NoCases, format!("the {} sample is empty", name.title().to_lowercase()))
                .help("look at [sample] (holdout, out_of_time_from) and at the days of observation"));
        }
        if !rows.is_empty() {
            samples.push(Sample { name, rows });
        }
    }
    let rejected: Vec<u32> = (0..total as u32).filter(|row| cases.is_rejected(*row as usize)).collect();
    if !rejected.is_empty() {
        samples.push(Sample { name: SampleName::Rejected, rows: rejected });
    }
    check_classes(cases, &samples)?;
    let mut waterfall = Vec::new();
    let mut remaining = total as u64;
    for (removed, cause) in [
        (left_out[1], "late case of a group that is in development or holdout"),
        (left_out[0], "early case of a group that is out of time"),
    ] {
        if removed > 0 {
            remaining -= removed;
            waterfall.push(WaterfallStep { cause: cause.into(), removed, remaining });
        }
    }
    Ok(Samples { samples, waterfall })
}

fn share(count: usize, share: f64) -> usize {
    (count as f64 * share).round() as usize
}

/// Share of goods in the determinate weight of all cases.
pub(crate) fn mean_goodness(cases: &Cases) -> f64 {
    let goods: f64 = cases.outcomes.goods.iter().sum();
    goods / (goods + cases.outcomes.bads.iter().sum::<f64>())
}

/// The stratum of the cases `rows` of a group: 1 with a bad (for ratios: below the mean), 2 without, 0 indeterminate only.
pub(crate) fn outcome_stratum(cases: &Cases, rows: &[u32], mean_goodness: f64) -> u8 {
    let (mut good, mut bad) = (0.0, 0.0);
    for row in rows {
        good += cases.outcomes.goods[*row as usize];
        bad += cases.outcomes.bads[*row as usize];
    }
    if good + bad == 0.0 {
        0
    } else if cases.outcomes.plain || bad == 0.0 || good == 0.0 {
        if bad > 0.0 { 1 } else { 2 }
    } else if good / (good + bad) < mean_goodness {
        1
    } else {
        2
    }
}

/// Rows by group; rejected applicants are in none.
pub(crate) enum Groups {
    /// Every row is a group of its own.
    Single(Vec<u32>),
    /// Groups in the order of their codes.
    Several(Vec<Vec<u32>>),
}

impl Groups {
    /// The groups of some rows; a group without any of them is empty.
    pub(crate) fn of(cases: &Cases, rows: impl IntoIterator<Item = u32>) -> Self {
        let rows = rows.into_iter().filter(|row| !cases.is_rejected(*row as usize));
        match &cases.groups {
            None => Groups::Single(rows.collect()),
            Some(groups) => {
                let mut members = vec![Vec::new(); groups.levels.len()];
                for row in rows {
                    members[groups.codes[row as usize] as usize].push(row);
                }
                Groups::Several(members)
            }
        }
    }

    /// Number of groups.
    pub(crate) fn len(&self) -> usize {
        match self {
            Groups::Single(rows) => rows.len(),
            Groups::Several(groups) => groups.len(),
        }
    }

    /// The rows of a group.
    pub(crate) fn rows(&self, group: usize) -> &[u32] {
        match self {
            Groups::Single(rows) => std::slice::from_ref(&rows[group]),
            Groups::Several(groups) => &groups[group],
        }
    }
}

fn check_classes(cases: &Cases, samples: &[Sample]) -> Result<()> {
    for sample in samples {
        let sum = |weights: &[f64]| sample.rows.iter().map(|row| weights[*row as usize]).sum::<f64>();
        for (class, weight) in [("good", sum(&cases.outcomes.goods)), ("bad", sum(&cases.outcomes.bads))] {
            if weight == 0.0 && sample.name == SampleName::Development {
                return Err(Error::new(ErrorKind::NoCases, format!("the development sample has no {class} case"))
                    .help("a scorecard needs both; use more data, a smaller holdout or another outcome"));
            }
        }
    }
    Ok(())
}

impl Samples {
    /// The same samples with other development cases.
    #[must_use]
    pub fn with_development(&self, rows: Vec<u32>) -> Self {
        let mut samples = self.clone();
        if let Some(development) = samples.samples.first_mut() {
            development.rows = rows;
        }
        samples
    }

    /// The development sample.
    pub fn development(&self) -> &[u32] {
        self.samples.first().map(|sample| sample.rows.as_slice()).unwrap_or_default()
    }

    /// Size and digest of each sample.
    pub fn digests(&self, cases: &Cases) -> BTreeMap<String, SampleDigest> {
        self.samples
            .iter()
            .map(|sample| {
                let sha256 = sha256_lines(sample.rows.iter().map(|row| cases.id(*row as usize)));
                (sample.name.name().to_owned(), SampleDigest { cases: sample.rows.len() as u64, sha256 })
            })
            .collect()
    }
}
