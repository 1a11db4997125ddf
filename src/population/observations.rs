//! Observation points: whose row, on which day.

use std::collections::BTreeMap;

use super::step;
use crate::cases::WaterfallStep;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::config::{CardSpec, HistoryOutcome, ObservationScheme, Population, Take, WithoutGroup};
use crate::error::{Error, ErrorKind, Result};
use crate::history::{Day, Expression, History, HistoryTable, Index, Span, Window, condition};
use crate::random;
use crate::table::MISSING;

/// Observation points; all columns have one entry a point, in the order of the population's table.
#[derive(Debug)]
pub struct Observations {
    /// The row of the population's table.
    pub rows: Vec<u32>,
    /// The day of observation: when that row became known.
    pub days: Vec<Day>,
    /// Applicants who were rejected; they have no outcome.
    pub rejected: Vec<bool>,
    /// Rows in the outcome window, where the outcome reads monthly tables.
    pub records: Vec<Option<u32>>,
    /// Codes in the history's dictionaries by key column, as known on the day of observation.
    keys: BTreeMap<String, Vec<u32>>,
    /// The same as known at last, such as the account that an application led to: for outcomes.
    later_keys: BTreeMap<String, Vec<u32>>,
    /// The key whose rows are observed.
    unit: String,
    /// What was left out so far.
    pub waterfall: Vec<WaterfallStep>,
    /// The rows left out, in the order of the waterfall's steps.
    pub left_out: Vec<u32>,
}

impl Observations {
    /// Draws the observation points of a population; `keep_left_out`: with the rows that are left out.
    ///
    /// # Errors
    /// Those of expressions; [`ErrorKind::Configuration`] where the population's table has no dates;
    /// [`ErrorKind::Duplicate`] where a unit is observed twice on a day.
    pub(crate) fn draw(
        spec: &CardSpec,
        history: &History,
        population: &Population,
        keep_left_out: bool,
    ) -> Result<Self> {
        let table = history.table(&population.table)?;
        let Some(known) = &table.known else {
            return Err(spec
                .source
                .error(
                    &["population", "table"],
                    format!("the table {:?} has no event_date, so nobody can be observed by it", table.name),
                )
                .help("take a dated table, or map its date in the project's file"));
        };
        let meets = match &population.condition {
            None => vec![Some(true); table.table.rows()],
            Some(text) => {
                let keys = ["population", "where"];
                let purpose = "population.where";
                condition(&table.table, Expression { text, purpose, source: &spec.source, keys: &keys })?
            }
        };
        let chosen = chosen(history, table, population.observe, &meets)?;
        let mut waterfall = vec![WaterfallStep {
            cause: format!("rows of {}", table.name),
            removed: 0,
            remaining: table.table.rows() as u64,
        }];
        let all = table.table.rows() as u32;
        let mut left_out: Vec<u32> = Vec::new();
        let mut rows: Vec<u32> = (0..all).into_par_iter().filter(|row| chosen[*row as usize]).collect();
        if keep_left_out {
            left_out.extend((0..all).filter(|row| !chosen[*row as usize]));
        }
        let takes_all = population.observe == ObservationScheme::EveryRow && population.condition.is_none();
        if !takes_all {
            step(&mut waterfall, scheme_in_words(population, table), all as usize - rows.len());
        }
        let mut keep = |rows: &mut Vec<u32>, cause: String, stays: &(dyn Fn(usize) -> bool + Sync)| {
            let before = rows.len();
            if keep_left_out {
                left_out.extend(rows.iter().filter(|row| !stays(**row as usize)));
            }
            *rows = rows.par_iter().copied().filter(|row| stays(*row as usize)).collect();
            step(&mut waterfall, cause, before - rows.len());
        };
        if let Some(from) = population.from {
            keep(&mut rows, format!("observed before {from}"), &|row| known[row].0 >= from);
        }
        if let Some(until) = population.until {
            keep(&mut rows, format!("observed after {until}"), &|row| known[row].0 <= until);
        }
        for (position, rule) in population.exclude.iter().enumerate() {
            let Some(text) = &rule.condition else { continue };
            let purpose = format!("population.exclude ({})", rule.cause);
            let keys = ["population", "exclude", &position.to_string(), "where"];
            let out =
                condition(&table.table, Expression { text, purpose: &purpose, source: &spec.source, keys: &keys })?;
            keep(&mut rows, rule.cause.clone(), &|row| out[row] != Some(true));
        }
        let rejected = match &population.rejected_when {
            None => vec![false; rows.len()],
            Some(text) => {
                let keys = ["population", "rejected_when"];
                let purpose = "population.rejected_when";
                let rejected =
                    condition(&table.table, Expression { text, purpose, source: &spec.source, keys: &keys })?;
                rows.iter().map(|row| rejected[*row as usize] == Some(true)).collect()
            }
        };
        // In the order of units and days, whatever the order of the rows.
        let codes = history.codes(table, table.key())?.codes;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|point| {
            let row = rows[*point] as usize;
            (codes[row], known[row], rows[*point])
        });
        let rejected = order.iter().map(|point| rejected[*point]).collect();
        let rows: Vec<u32> = order.iter().map(|point| rows[*point]).collect();
        let days: Vec<Day> = rows.iter().map(|row| known[*row as usize]).collect();
        let [keys, later_keys] = keys(history, table, &rows, &days)?;
        let records = vec![None; rows.len()];
        let unit = table.key().to_owned();
        let mut observations =
            Observations { rows, days, rejected, records, keys, later_keys, unit, waterfall, left_out };
        observations.check_unique(history, table)?;
        if let (Some(group), WithoutGroup::LeaveOut) = (&population.group, population.without_group) {
            let stays: Vec<bool> = observations.key(group)?.iter().map(|code| *code != MISSING).collect();
            observations.leave_out(format!("no {group}"), &stays);
        }
        Ok(observations)
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The names of the keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// The codes of a key, one a point; [`MISSING`] where the point has no such key.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for a key that no table gave.
    pub fn key(&self, name: &str) -> Result<&[u32]> {
        self.keys.get(name).map(Vec::as_slice).ok_or_else(|| {
            Error::new(ErrorKind::Configuration, format!("the population has no key {name:?}"))
                .help(crate::suggest::did_you_mean(name, "keys", self.keys.keys().map(String::as_str)))
        })
    }

    /// The codes of a key as known at last. For outcomes only: it may have become known after the observation.
    ///
    /// # Errors
    /// As [`Observations::key`].
    pub fn later_key(&self, name: &str) -> Result<&[u32]> {
        match self.later_keys.get(name) {
            Some(codes) => Ok(codes),
            None => self.key(name),
        }
    }

    /// The units observed, one a point.
    fn unit(&self) -> &[u32] {
        self.keys.get(&self.unit).map_or(&[], Vec::as_slice)
    }

    /// The names of the points: unit and day.
    pub(super) fn ids(&self, history: &History) -> Vec<String> {
        let text = |code: &u32| history.text(&self.unit, *code).unwrap_or_default();
        self.unit().par_iter().zip(&self.days).map(|(unit, day)| format!("{}@{}", text(unit), day.0)).collect()
    }

    /// Leaves out the points whose outcome window overlaps with that of another point of the unit that stays, and those
    /// that `take` does not take: in the order of days for `first` and `all`, from the last day for `last`, in random order
    /// for `random`, so that each point of a unit has the same chance. Points without an outcome (rejected applicants)
    /// have no window, and all stay.
    pub(crate) fn thin_out(
        &mut self,
        spec: &CardSpec,
        history: &History,
        population: &Population,
        outcome: &HistoryOutcome,
    ) -> Result<()> {
        let tables = outcome.tables().map(|name| history.table(name).map(HistoryTable::is_monthly));
        let monthly = tables.collect::<Result<Vec<_>>>()?.contains(&true);
        let window = Window::new(outcome.window_months, outcome.window_days);
        let at_most = match population.take {
            Take::All => usize::MAX,
            Take::First | Take::Last => 1,
            Take::Random => population.at_most.unwrap_or(1) as usize,
        };
        let mut free = vec![true; self.len()];
        let mut taken = vec![true; self.len()];
        let mut first = 0;
        for points in self.unit().chunk_by(|a, b| a == b) {
            let mut order: Vec<usize> = (first..first + points.len()).collect();
            first += points.len();
            match population.take {
                Take::All | Take::First => {}
                Take::Last => order.reverse(),
                Take::Random => {
                    // Seeded by the unit's name, so that other units do not change the draw.
                    let name = history.text(&self.unit, points[0]).unwrap_or_default();
                    order.shuffle(&mut random::generator(spec.seed, &format!("observations of {name}"), 0));
                }
            }
            let mut stay: Vec<Span> = Vec::new();
            for point in order.into_iter().filter(|point| !self.rejected[*point]) {
                let span = window.after(self.days[point], monthly);
                let overlaps =
                    stay.iter().any(|other| Some(other.until) > span.after && Some(span.until) > other.after);
                if stay.len() >= at_most {
                    taken[point] = false;
                } else if overlaps && !population.overlap {
                    free[point] = false;
                } else {
                    stay.push(span);
                }
            }
        }
        let cause = match population.take {
            Take::First => "not the first observation of its unit".to_owned(),
            Take::Last => "not the last observation of its unit".to_owned(),
            _ => format!("not among the {} drawn of each unit", population.at_most.unwrap_or(1)),
        };
        let still: Vec<bool> = taken.iter().zip(&free).filter(|(_, free)| **free).map(|(taken, _)| *taken).collect();
        self.leave_out("the outcome window overlaps with that of another observation of the unit".to_owned(), &free);
        self.leave_out(cause, &still);
        Ok(())
    }

    /// Leaves points out, counted under `cause`; `stays` has one entry a point.
    pub(crate) fn leave_out(&mut self, cause: String, stays: &[bool]) {
        fn pick<T>(values: &mut Vec<T>, stays: &[bool]) {
            let mut position = 0;
            values.retain(|_| {
                position += 1;
                stays[position - 1]
            });
        }
        let removed = stays.iter().filter(|stays| !**stays).count();
        if removed == 0 {
            return;
        }
        self.left_out.extend(self.rows.iter().zip(stays).filter(|(_, stays)| !**stays).map(|(row, _)| *row));
        pick(&mut self.rows, stays);
        pick(&mut self.days, stays);
        pick(&mut self.rejected, stays);
        pick(&mut self.records, stays);
        self.keys.values_mut().chain(self.later_keys.values_mut()).for_each(|keys| pick(keys, stays));
        step(&mut self.waterfall, cause, removed);
    }

    fn check_unique(&self, history: &History, table: &HistoryTable) -> Result<()> {
        let units = self.unit();
        for point in 1..self.len() {
            if units[point - 1] == units[point] && self.days[point - 1] == self.days[point] {
                let unit = history.text(&self.unit, units[point]).unwrap_or_default();
                let [first, row] = [point - 1, point].map(|point| self.rows[point] as usize + 1);
                return Err(Error::new(
                    ErrorKind::Duplicate,
                    format!("{unit:?} is observed twice on {}, first in data row {first}", self.days[point].0),
                )
                .in_file(&table.table.file)
                .in_column(table.key())
                .at_row(row)
                .help("one unit has one row a day in the population's table: remove the duplicate"));
            }
        }
        Ok(())
    }
}

/// Whether each row of a population's table is one that its scheme observes.
fn chosen(
    history: &History,
    table: &HistoryTable,
    scheme: ObservationScheme,
    meets: &[Option<bool>],
) -> Result<Vec<bool>> {
    let mut chosen: Vec<bool> = meets.par_iter().map(|meets| *meets == Some(true)).collect();
    if scheme == ObservationScheme::EveryRow {
        return Ok(chosen);
    }
    let index = Index::new(history, table)?;
    for unit in 0..history.dictionary(table.key()).map_or(0, |units| units.len() as u32) {
        let positions = index.positions(unit);
        for position in positions.clone() {
            let row = index.row(position);
            if position > positions.start
                && index.ties().is_some_and(|ties| ties[position] == ties[position - 1])
                && meets[row] != meets[index.row(position - 1)]
            {
                let unit = history.text(table.key(), unit).unwrap_or_default();
                let error = Error::new(
                    ErrorKind::Duplicate,
                    format!(
                        "{unit:?} has two rows on one day, one in the state and one not: which comes first is not known"
                    ),
                );
                return Err(error
                    .in_file(&table.table.file)
                    .in_column(table.key())
                    .at_row(row + 1)
                    .help(format!("say what orders the rows of a day: [tables.{}] order_by = [\"...\"]", table.name)));
            }
            // The row before it, as far as it was known by then.
            let before =
                || (positions.start..position).rev().find(|before| index.known(*before) <= index.known(position));
            chosen[row] &= match scheme {
                ObservationScheme::EveryRow => true,
                ObservationScheme::FirstRow => position == positions.start,
                ObservationScheme::Entry => {
                    chosen[row] && before().is_some_and(|before| meets[index.row(before)] == Some(false))
                }
            };
        }
    }
    Ok(chosen)
}

fn scheme_in_words(population: &Population, table: &HistoryTable) -> String {
    let condition = population.condition.as_deref();
    match (population.observe, condition) {
        (ObservationScheme::EveryRow, None) => String::new(),
        (ObservationScheme::EveryRow, Some(condition)) => format!("not: {condition}"),
        (ObservationScheme::FirstRow, None) => format!("not the first row of its {}", table.key()),
        (ObservationScheme::FirstRow, Some(condition)) => {
            format!("not the first row of its {}, or not: {condition}", table.key())
        }
        (ObservationScheme::Entry, condition) => {
            format!(
                "not an entry into: {} (the row before it known, and not in that state)",
                condition.unwrap_or_default()
            )
        }
    }
}

/// The codes of every key that the points have: those that tables gave them by the day of observation, and at last.
fn keys(
    history: &History,
    table: &HistoryTable,
    rows: &[u32],
    days: &[Day],
) -> Result<[BTreeMap<String, Vec<u32>>; 2]> {
    let (mut keys, mut later) = (BTreeMap::new(), BTreeMap::new());
    for key in history.keys_from(table) {
        let resolved = history.codes(table, key)?;
        let codes: Vec<u32> = rows.iter().map(|row| resolved.codes[*row as usize]).collect();
        let by_then = match &resolved.known {
            None => codes,
            Some(known) => {
                let is_known = |(row, day): (&u32, &Day)| known[*row as usize] <= *day;
                let known: Vec<bool> = rows.iter().zip(days).map(is_known).collect();
                let by_then =
                    codes.iter().zip(known).map(|(code, known)| if known { *code } else { MISSING }).collect();
                later.insert(key.to_owned(), codes);
                by_then
            }
        };
        keys.insert(key.to_owned(), by_then);
    }
    Ok([keys, later])
}
