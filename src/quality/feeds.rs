//! Feeds that broke: by calendar month, columns that go missing, shift their level or are stuck, and rows that
//! are not there.

use std::collections::BTreeMap;

use super::finding::{Code, Finding, Severity, Tally};
use super::view::{View, month_name, month_of};
use crate::error::Result;
use crate::table::{Numbers, mixed};

/// A month with fewer rows is too small for shares and means.
const LEAST_ROWS: usize = 50;
/// Fewer months have no neighbours to be compared with.
const LEAST_MONTHS: usize = 4;
/// Rows of a month that are looked at for levels; more change nothing that these rules can see.
const MOST_ROWS: usize = 20_000;
/// A column is missing too often where its share of missing exceeds that of its other months by this much ...
const MISSING_MORE: f64 = 0.2;
/// ... and is this many times as high: a column that is missing anyway varies more.
const MISSING_TIMES: f64 = 3.0;
/// Months before a month that it is compared with: a season's change is slower, a year's data has enough of them.
const BEFORE: usize = 3;
/// A level shifts where its robust z is above this ...
const SHIFT_Z: f64 = 6.0;
/// ... and by at least this much on the scale of ln (0.7: twice or half).
const SHIFT_LEAST: f64 = 0.7;
/// The spread of ordinary months is at least this, so that a column that never moves is not judged by a hair.
const SPREAD_LEAST: f64 = 0.05;
/// Lower quartile of the absolute value of a standard normal variable.
const NORMAL_QUARTILE: f64 = 0.318_64;
/// A value is stuck where it fills this share of so many successive months ...
const STUCK_MONTHS: usize = 2;
/// ... each ...
const STUCK_SHARE: f64 = 0.8;
/// ... and this much more than in the months before.
const STUCK_MORE: f64 = 0.5;
/// Rows drop where a month has less than this share of its neighbours' middle count ...
const DROP_SHARE: f64 = 0.5;
/// ... and lies this many Poisson standard deviations below it.
const DROP_Z: f64 = 6.0;

/// The calendar months of a dated table.
pub(super) struct Months {
    first: i32,
    /// By row: its month, counted from the first; `None` without a date.
    of_row: Vec<Option<u32>>,
    /// By month: how many rows.
    rows: Vec<usize>,
    /// By month: the rows that are looked at.
    sample: Vec<Vec<u32>>,
}

/// A column that is missing too often in some months.
pub(super) struct Missing {
    column: String,
    months: Vec<u32>,
    /// Greatest share in those months, and the middle share in the others.
    shares: (f64, f64),
    tally: Tally,
}

impl Months {
    /// The months of a table; `None` where there are too few.
    pub fn new(view: &View) -> Option<Self> {
        let event = view.event.as_ref()?;
        // Days are few, rows many: a day's month is looked up once a run of equal days.
        let mut last = (i32::MIN, None);
        let months: Vec<Option<i32>> = (0..event.days.len() as u32)
            .map(|row| {
                let day = event.days[row as usize];
                if day != last.0 {
                    last = (day, view.day(row).map(month_of));
                }
                last.1
            })
            .collect();
        let (first, end) = (months.iter().flatten().min().copied()?, months.iter().flatten().max().copied()?);
        let count = (end - first) as usize + 1;
        if count < LEAST_MONTHS {
            return None;
        }
        let of_row: Vec<Option<u32>> = months.iter().map(|month| month.map(|month| (month - first) as u32)).collect();
        let mut rows = vec![0_usize; count];
        of_row.iter().flatten().for_each(|month| rows[*month as usize] += 1);
        let mut sample = vec![Vec::new(); count];
        for (row, month) in (0_u64..).zip(&of_row) {
            let Some(month) = month.map(|month| month as usize) else { continue };
            let all = rows[month];
            if all <= MOST_ROWS || mixed(row) % (all as u64) < MOST_ROWS as u64 {
                sample[month].push(row as u32);
            }
        }
        Some(Months { first, of_row, rows, sample })
    }

    fn name(&self, month: u32) -> String {
        month_name(self.first + month as i32)
    }

    /// Months in words, runs joined, at most six parts.
    fn names(&self, months: &[u32]) -> String {
        let runs: Vec<&[u32]> = months.chunk_by(|a, b| *b == *a + 1).collect();
        let mut parts: Vec<String> = runs
            .iter()
            .take(6)
            .map(|run| match run {
                [one] => self.name(*one),
                [begin, .., end] => format!("{} to {}", self.name(*begin), self.name(*end)),
                [] => String::new(),
            })
            .collect();
        if runs.len() > 6 {
            parts.push(format!("{} more", runs.len() - 6));
        }
        parts.join(", ")
    }

    fn tally(&self, months: &[u32]) -> Tally {
        let mut tally =
            Tally { count: months.iter().map(|month| self.rows[*month as usize] as u64).sum(), rows: Vec::new() };
        tally.rows = months.iter().filter_map(|month| self.sample[*month as usize].first().copied()).take(2).collect();
        tally
    }

    /// Months with enough rows.
    fn large(&self) -> Vec<u32> {
        (0..self.rows.len() as u32).filter(|month| self.rows[*month as usize] >= LEAST_ROWS).collect()
    }

    /// Months with far fewer rows than their neighbours.
    pub fn drops(&self, view: &View, findings: &mut Vec<Finding>) {
        let count = self.rows.len();
        // The first and the last month of events are often begun or cut off within the month.
        let ends = if view.is_monthly() { 0 } else { 1 };
        let mut low = Vec::new();
        for month in ends..count - ends {
            let around =
                (month.saturating_sub(BEFORE)..(month + BEFORE + 1).min(count)).filter(|other| *other != month);
            let neighbours: Vec<f64> = around.map(|other| self.rows[other] as f64).collect();
            let (Some(usual), have) = (median(&neighbours), self.rows[month] as f64) else { continue };
            // A book that has just begun, or ends, has neighbours on one side only that count.
            if usual >= LEAST_ROWS as f64
                && have < DROP_SHARE * usual
                && have < usual - DROP_Z * usual.sqrt()
                && !self.is_at_an_end(month)
            {
                low.push((month as u32, have, usual));
            }
        }
        let Some((month, have, usual)) = low.first().copied() else { return };
        let months: Vec<u32> = low.iter().map(|(month, ..)| *month).collect();
        let date = view.spec.event_date.as_deref().unwrap_or_default();
        let mut tally = self.tally(&months);
        tally.count = months.len() as u64;
        let finding = view.finding(Code::RowsDrop, Severity::Warning, &tally, &[date]);
        findings.push(finding.counting("months", count as u64).says(
            format!(
                "far fewer rows than in the months around: {} ({}: {have:.0} rows, usual {usual:.0})",
                self.names(&months),
                self.name(month)
            ),
            "load the month again; else begin or end the card's population so that no window reaches into it",
        ));
    }

    /// Whether the months up to this one only grow, or those from it on only shrink: a book that begins or ends.
    fn is_at_an_end(&self, month: usize) -> bool {
        let grows = month + 1 < self.rows.len() && self.rows[..=month + 1].is_sorted();
        let shrinks = month >= 1 && month + 1 < self.rows.len() && self.rows[month - 1..].is_sorted_by(|a, b| a >= b);
        grows || shrinks
    }

    /// Months in which a column is missing far more often than in its others.
    pub fn missing(&self, column: &str, gaps: &[bool]) -> Option<Missing> {
        let mut missing = vec![0_usize; self.rows.len()];
        for (month, _) in self.of_row.iter().zip(gaps).filter(|(_, gap)| **gap) {
            if let Some(month) = month {
                missing[*month as usize] += 1;
            }
        }
        let large = self.large();
        if large.len() < LEAST_MONTHS {
            return None;
        }
        let share = |month: u32| missing[month as usize] as f64 / self.rows[month as usize] as f64;
        let usual = median(&large.iter().map(|month| share(*month)).collect::<Vec<_>>())?;
        let is_high = |month: &u32| share(*month) >= usual + MISSING_MORE && share(*month) >= MISSING_TIMES * usual;
        let months: Vec<u32> = large.into_iter().filter(is_high).collect();
        let greatest = months.iter().map(|month| share(*month)).fold(0.0, f64::max);
        let mut tally = Tally::default();
        for (row, month) in (0_u32..).zip(&self.of_row) {
            if month.is_some_and(|month| months.binary_search(&month).is_ok()) && gaps[row as usize] {
                tally.add(row);
            }
        }
        (!months.is_empty()).then(|| Missing { column: column.to_owned(), months, shares: (greatest, usual), tally })
    }

    /// Months in which a column's level shifts or one value fills it.
    pub fn levels(&self, view: &View, column: &str, numbers: &Numbers, findings: &mut Vec<Finding>) {
        let mut months: Vec<(u32, Vec<f64>)> = Vec::new();
        for (month, rows) in (0_u32..).zip(&self.sample) {
            let mut values: Vec<f64> =
                rows.iter().map(|row| numbers.values[*row as usize]).filter(|value| value.is_finite()).collect();
            if values.len() >= LEAST_ROWS {
                values.sort_unstable_by(f64::total_cmp);
                months.push((month, values));
            }
        }
        if months.len() < LEAST_MONTHS {
            return;
        }
        let stuck = stuck(&months);
        let list: Vec<u32> = stuck.iter().flat_map(|stuck| stuck.months.iter().copied()).collect();
        if let Some(Stuck { value, share, before, .. }) = stuck.first() {
            let finding = view.finding(Code::StuckValue, Severity::Warning, &self.tally(&list), &[column]);
            findings.push(finding.says(
                format!(
                    "one value fills {}: in {} {:.0}% of the values are {value}, in the months before {:.0}%",
                    self.names(&list), self.name(list[0]), share * 100.0, before * 100.0
                ),
                "ask whether the feed was stuck or filled with a default; leave those months out of windows, or clear the values",
            ));
        }
        let shifts: Vec<(u32, f64, f64)> =
            shifts(&months).into_iter().filter(|(month, ..)| !list.contains(month)).collect();
        if let Some((month, shift, z)) = shifts.first().copied() {
            let list: Vec<u32> = shifts.iter().map(|(month, ..)| *month).collect();
            let finding = view.finding(Code::LevelShift, Severity::Warning, &self.tally(&list), &[column]);
            findings.push(finding.says(
                format!(
                    "the level shifts suddenly in {}: in {} it is about {:.2} times that of the {BEFORE} months before (robust z {z:.0})",
                    self.names(&list), self.name(month), shift.exp()
                ),
                "ask what changed: a unit, a definition, a source, a product; a card trained across the change learns the change",
            ));
        }
    }
}

/// Successive months that one value fills.
struct Stuck {
    months: Vec<u32>,
    value: f64,
    /// Its share of the first of them, and the middle of its shares in the months before.
    share: f64,
    before: f64,
}

/// Runs of months that one and the same value fills, where it was not common before and other months vary. A column
/// that has one value in every month, another each time, tells the month and is no fault.
fn stuck(months: &[(u32, Vec<f64>)]) -> Vec<Stuck> {
    let share_of = |values: &[f64], value: f64| {
        let held = values.partition_point(|x| *x <= value) - values.partition_point(|x| *x < value);
        held as f64 / values.len() as f64
    };
    // A value that fills most of a month is its middle value.
    let filled: Vec<Option<f64>> = months
        .iter()
        .map(|(_, values)| Some(values[values.len() / 2]).filter(|value| share_of(values, *value) >= STUCK_SHARE))
        .collect();
    let mut is_measure = vec![true; months.len()];
    let mut found: Vec<Stuck> = Vec::new();
    let mut begin = 0;
    for run in filled.chunk_by(|a, b| a == b) {
        let (first, end) = (begin, begin + run.len());
        begin = end;
        let Some(value) = run[0] else { continue };
        let others = filled.iter().filter(|other| **other != Some(value));
        let (others, varying) =
            others.fold((0, 0), |(all, varying), other| (all + 1, varying + usize::from(other.is_none())));
        if first < 2 || run.len() < STUCK_MONTHS || varying * 2 < others {
            continue;
        }
        // Months that were found are no measure for those after them.
        let earlier = (0..first).rev().filter(|position| is_measure[*position]);
        let before: Vec<f64> = earlier.take(BEFORE).map(|position| share_of(&months[position].1, value)).collect();
        let share = share_of(&months[first].1, value);
        if let Some(before) = median(&before)
            && share - before >= STUCK_MORE
        {
            is_measure[first..end].fill(false);
            let months = months[first..end].iter().map(|(month, _)| *month).collect();
            found.push(Stuck { months, value, share, before });
        }
    }
    found
}

/// Months whose level lies off that of the months before: month, shift, robust z.
///
/// Level of a month: mean of asinh(x / s), s the middle absolute value that is not zero: linear near zero, like ln
/// beyond. Shift: level less the middle level of up to three months before. z = shift / max(s, standard error of the
/// month's level, [`SPREAD_LEAST`]), where s is the lower quartile of all months' absolute shifts / 0.3186: for normal
/// shifts their standard deviation, whatever up to three quarters of them do.
fn shifts(months: &[(u32, Vec<f64>)]) -> Vec<(u32, f64, f64)> {
    let mut sizes: Vec<f64> =
        months.iter().flat_map(|(_, values)| values).map(|value| value.abs()).filter(|size| *size > 0.0).collect();
    if sizes.is_empty() {
        return Vec::new();
    }
    let middle = sizes.len() / 2;
    let scale = *sizes.select_nth_unstable_by(middle, f64::total_cmp).1;
    let levels: Vec<(f64, f64)> = months
        .iter()
        .map(|(_, values)| {
            let count = values.len() as f64;
            let (mut sum, mut squares) = (0.0, 0.0);
            for value in values {
                let level = (value / scale).asinh();
                sum += level;
                squares += level * level;
            }
            let mean = sum / count;
            (mean, ((squares / count - mean * mean).max(0.0) / count).sqrt())
        })
        .collect();
    let shift = |position: usize| {
        let before: Vec<f64> = levels[position.saturating_sub(BEFORE)..position].iter().map(|level| level.0).collect();
        median(&before).map(|before| levels[position].0 - before)
    };
    let shifts: Vec<(usize, f64)> =
        (2..months.len()).filter_map(|position| shift(position).map(|shift| (position, shift))).collect();
    let mut sizes: Vec<f64> = shifts.iter().map(|(_, shift)| shift.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let Some(quartile) = sizes.get(sizes.len().saturating_sub(1) / 4) else { return Vec::new() };
    shifts
        .into_iter()
        .map(|(position, shift)| {
            let spread = (quartile / NORMAL_QUARTILE).max(levels[position].1).max(SPREAD_LEAST);
            (months[position].0, shift, shift / spread)
        })
        .filter(|(_, shift, z)| z.abs() > SHIFT_Z && shift.abs() >= SHIFT_LEAST)
        .collect()
}

/// One finding for all columns that are missing in the same months.
pub(super) fn missing_findings(
    view: &View,
    months: &Months,
    missing: Vec<Missing>,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let mut together: BTreeMap<Vec<u32>, Vec<Missing>> = BTreeMap::new();
    for column in missing {
        together.entry(column.months.clone()).or_default().push(column);
    }
    for (list, columns) in together {
        let names: Vec<&str> = columns.iter().map(|missing| missing.column.as_str()).collect();
        let Some(worst) = columns.iter().max_by_key(|missing| missing.tally.count) else { continue };
        let mut finding = view.finding(Code::MissingByMonth, Severity::Warning, &worst.tally, &names);
        if names.len() > 1 {
            finding.column = None;
        }
        let (greatest, usual) = worst.shares;
        findings.push(finding.says(
            format!(
                "{} missing in {}: up to {:.0}% of the rows, in other months {:.0}%",
                list_of(&names), months.names(&list), greatest * 100.0, usual * 100.0
            ),
            "load the months again; else keep them out of windows: a bin of missing values learns the break, not the customers",
        ));
    }
    Ok(())
}

fn list_of(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} is"),
        _ => format!("{} are", crate::suggest::list(names.iter().copied())),
    }
}

/// The middle value; of two, their mean.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        count if count % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}
