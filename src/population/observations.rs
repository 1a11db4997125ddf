//! Observation points: whose row, on which day.

use std::collections::BTreeMap;

use super::step;
use crate::cases::WaterfallStep;
use crate::config::{CardSpec, ObservationScheme, Population};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::history::{Day, Expression, History, HistoryTable, Index, condition};

/// Observation points; all columns have one entry a point, in the order of the population's table.
#[derive(Debug)]
pub struct Observations {
    /// The row of the population's table.
    pub rows: Vec<u32>,
    /// The day of observation: when that row became known.
    pub days: Vec<Day>,
    /// Key texts by key column.
    keys: BTreeMap<String, Vec<Option<String>>>,
    /// The key whose rows are observed.
    unit: String,
    /// What was left out so far.
    pub waterfall: Vec<WaterfallStep>,
    /// The rows left out, in the order of the waterfall's steps.
    pub left_out: Vec<u32>,
}

impl Observations {
    /// Draws the observation points of a population.
    ///
    /// # Errors
    /// Those of expressions; [`ErrorKind::Configuration`] where the population's table has no dates;
    /// [`ErrorKind::Duplicate`] where a unit is observed twice on a day.
    pub(crate) fn draw(spec: &CardSpec, history: &History, population: &Population) -> Result<Self> {
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
        let index = Index::new(table)?;
        let units = table.table.categories(table.key())?;
        let mut chosen = vec![false; table.table.rows()];
        for unit in &units.levels {
            let rows = index.rows(unit);
            for (position, row) in rows.iter().map(|row| *row as usize).enumerate() {
                chosen[row] = meets[row] == Some(true)
                    && match population.observe {
                        ObservationScheme::EveryRow => true,
                        ObservationScheme::FirstRow => position == 0,
                        ObservationScheme::Entry => {
                            position.checked_sub(1).is_some_and(|before| meets[rows[before] as usize] == Some(false))
                        }
                    };
            }
        }
        let mut waterfall = vec![WaterfallStep {
            cause: format!("rows of {}", table.name),
            removed: 0,
            remaining: table.table.rows() as u64,
        }];
        let mut rows: Vec<u32> = (0..table.table.rows() as u32).collect();
        let mut left_out = Vec::new();
        let mut keep = |rows: &mut Vec<u32>, cause: String, stays: &dyn Fn(usize) -> bool| {
            let before = rows.len();
            left_out.extend(rows.iter().filter(|row| !stays(**row as usize)));
            rows.retain(|row| stays(*row as usize));
            step(&mut waterfall, cause, before - rows.len());
        };
        keep(&mut rows, scheme_in_words(population, table), &|row| chosen[row]);
        if let Some(from) = population.from {
            keep(&mut rows, format!("observed before {from}"), &|row| known[row].0 >= from);
        }
        if let Some(until) = population.until {
            keep(&mut rows, format!("observed after {until}"), &|row| known[row].0 <= until);
        }
        for (position, rule) in population.exclude.iter().enumerate() {
            let purpose = format!("population.exclude ({})", rule.cause);
            let keys = ["population", "exclude", &position.to_string(), "where"];
            let out = condition(
                &table.table,
                Expression { text: &rule.condition, purpose: &purpose, source: &spec.source, keys: &keys },
            )?;
            keep(&mut rows, rule.cause.clone(), &|row| out[row] != Some(true));
        }
        let days: Vec<Day> = rows.iter().map(|row| known[*row as usize]).collect();
        let keys = keys(history, table, &rows)?;
        let observations = Observations { rows, days, keys, unit: table.key().to_owned(), waterfall, left_out };
        observations.check_unique(table)?;
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

    /// The texts of a key, one a point; `None` where the point has no such key.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for a key that no table gave.
    pub fn key(&self, name: &str) -> Result<&[Option<String>]> {
        self.keys.get(name).map(Vec::as_slice).ok_or_else(|| {
            Error::new(ErrorKind::Configuration, format!("the population has no key {name:?}"))
                .help(crate::suggest::did_you_mean(name, "keys", self.keys.keys().map(String::as_str)))
        })
    }

    /// The units observed, one a point.
    pub(super) fn unit(&self) -> Vec<&str> {
        self.keys.get(&self.unit).into_iter().flatten().map(|key| key.as_deref().unwrap_or_default()).collect()
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
        self.keys.values_mut().for_each(|keys| pick(keys, stays));
        step(&mut self.waterfall, cause, removed);
    }

    fn check_unique(&self, table: &HistoryTable) -> Result<()> {
        let mut seen = std::collections::HashMap::new();
        for (point, (unit, day)) in self.unit().into_iter().zip(&self.days).enumerate() {
            if let Some(first) = seen.insert((unit, *day), point) {
                let row = |point: usize| self.rows[point] as usize + 1;
                return Err(Error::new(
                    ErrorKind::Duplicate,
                    format!("{unit:?} is observed twice on {}, first in data row {}", day.0, row(first)),
                )
                .in_file(&table.table.file)
                .in_column(table.key())
                .at_row(row(point))
                .help("one unit has one row a day in the population's table: remove the duplicate"));
            }
        }
        Ok(())
    }
}

fn scheme_in_words(population: &Population, table: &HistoryTable) -> String {
    let condition = population.condition.as_deref();
    match (population.observe, condition) {
        (ObservationScheme::EveryRow, None) => "no condition".to_owned(),
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

/// The texts of every key that the points have, or that tables give them.
fn keys(history: &History, table: &HistoryTable, rows: &[u32]) -> Result<BTreeMap<String, Vec<Option<String>>>> {
    let mut keys = BTreeMap::new();
    for key in &table.spec.keys {
        let texts = table.table.categories(key)?;
        keys.insert(key.clone(), rows.iter().map(|row| texts.text(*row as usize).map(str::to_owned)).collect());
    }
    // Follow the tables that lead on until no key is new.
    loop {
        let link = history
            .tables()
            .find(|other| keys.contains_key(other.key()) && other.spec.keys.iter().any(|key| !keys.contains_key(key)));
        let Some(link) = link else { return Ok(keys) };
        let index = Index::new(link)?;
        let from: Vec<Option<u32>> = keys
            .get(link.key())
            .ok_or_else(|| internal("a linking key is gone"))?
            .iter()
            .map(|key: &Option<String>| key.as_ref().and_then(|key| index.rows(key).first().copied()))
            .collect();
        for key in &link.spec.keys {
            if !keys.contains_key(key) {
                let texts = link.table.categories(key)?;
                keys.insert(
                    key.clone(),
                    from.iter().map(|row| row.and_then(|row| texts.text(row as usize).map(str::to_owned))).collect(),
                );
            }
        }
    }
}
