//! The loan history: tables of dated rows, read by their mapping in the project's file. What was known
//! on a day is asked through [`Index::known_at`], the only door that features have; what happened
//! after it, through [`Index::after`], which only outcomes use.

mod calendar;
mod expression;
mod index;

pub use calendar::{Day, Window};
pub use expression::{Expression, condition, evaluate};
pub use index::Index;

use std::collections::BTreeMap;

use scorewright_runtime::artifact::DataFile;

use crate::config::{Period, ProjectSpec, TableSpec};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::progress::Progress;
use crate::table::{self, ReadOptions, Table};

/// A table of the history in memory.
#[derive(Debug)]
pub struct HistoryTable {
    /// Its name in the project's file.
    pub name: String,
    /// Its mapping.
    pub spec: TableSpec,
    /// Its rows, columns renamed.
    pub table: Table,
    /// Day when each row happened; `None`: attributes that hold from the beginning.
    pub event: Option<Vec<Day>>,
    /// Day when each row became known; the same days where nothing else is said.
    pub known: Option<Vec<Day>>,
}

/// The tables that a card needs.
#[derive(Debug)]
pub struct History {
    tables: BTreeMap<String, HistoryTable>,
}

impl History {
    /// Reads the tables `names`.
    ///
    /// # Errors
    /// Those of reading files; [`ErrorKind::Configuration`] for a table that the project does not have;
    /// [`ErrorKind::Value`] for a row without its dates or known before it happened.
    pub fn read(project: &ProjectSpec, names: &[String], progress: &dyn Progress) -> Result<Self> {
        progress.begin("reading the history", names.len());
        let mut tables = BTreeMap::new();
        for name in names {
            progress.check()?;
            let spec = project.table(name)?;
            tables.insert(name.clone(), read_table(project, name, spec)?);
            progress.advance();
        }
        Ok(History { tables })
    }

    /// A table that was read.
    ///
    /// # Errors
    /// An internal fault where it was not asked for.
    pub fn table(&self, name: &str) -> Result<&HistoryTable> {
        self.tables.get(name).ok_or_else(|| internal(format!("the table {name:?} was not read")))
    }

    /// The tables that were read.
    pub fn tables(&self) -> impl Iterator<Item = &HistoryTable> {
        self.tables.values()
    }

    /// The files that were read.
    pub fn lineage(&self) -> Vec<DataFile> {
        self.tables.values().flat_map(|table| table.table.lineage.iter().cloned()).collect()
    }
}

impl HistoryTable {
    /// Last day that the table covers: as declared, else its last event.
    pub fn observed_until(&self) -> Option<Day> {
        let declared = self.spec.observed_until.map(Day::from);
        declared.or_else(|| self.event.as_ref().and_then(|days| days.iter().max().copied()))
    }

    /// Whether a row stands for its whole calendar month.
    pub fn is_monthly(&self) -> bool {
        self.spec.period == Some(Period::Month)
    }

    /// The column that says whose rows these are.
    pub fn key(&self) -> &str {
        self.spec.keys.first().map_or("", String::as_str)
    }
}

fn read_table(project: &ProjectSpec, name: &str, spec: &TableSpec) -> Result<HistoryTable> {
    let at = |key: &str, error: Error| match project.source.line_of(&["tables", name, key]) {
        Some(line) => {
            let place = format!("the table {name:?} is described in {}, line {line}", project.source.path.display());
            let advice = error.advice().map_or(place.clone(), |advice| format!("{advice} ({place})"));
            error.help(advice)
        }
        None => error,
    };
    // Keys keep their exact text, under their names in the file.
    let as_text: Vec<String> = spec.keys.iter().map(|key| spec.columns.get(key).unwrap_or(key).clone()).collect();
    let options = ReadOptions { separator: spec.separator, null_values: &spec.null_values, as_text: &as_text };
    let mut table = table::read(&project.source.resolve(&spec.path), &spec.path, &options)?;
    for (new, old) in &spec.columns {
        table.require(old).map_err(|e| at("columns", e))?;
        if new != old && table.has(new) {
            return Err(project.source.error(
                &["tables", name, "columns"],
                format!("table {name:?}: {old:?} cannot be called {new:?}: there is such a column already"),
            ));
        }
        table.frame.rename(old, new.as_str().into()).map_err(internal)?;
    }
    for key in &spec.keys {
        table.require(key).map_err(|e| at("keys", e))?;
        let series = table.series(key)?;
        if let Some(row) = series.is_null().iter().position(|null| null == Some(true)) {
            return Err(Error::new(ErrorKind::Value, "the key is missing")
                .in_file(&table.file)
                .in_column(key)
                .at_row(row + 1)
                .help("every row must say whose it is; fill the key in, or leave the row out"));
        }
    }
    let event =
        spec.event_date.as_ref().map(|column| days(&table, column).map_err(|e| at("event_date", e))).transpose()?;
    let known = match (&spec.known_at, &event) {
        (Some(column), Some(event)) => {
            let known = days(&table, column).map_err(|e| at("known_at", e))?;
            if let Some(row) = event.iter().zip(&known).position(|(event, known)| known < event) {
                return Err(Error::new(ErrorKind::Value, "the row became known before it happened")
                    .in_file(&table.file)
                    .in_column(column)
                    .at_row(row + 1)
                    .help("mend the dates, or map known_at to the column that says when the row arrived"));
            }
            Some(known)
        }
        (None, Some(event)) => Some(event.iter().map(|day| day.plus_days(i64::from(spec.known_after_days))).collect()),
        (_, None) => None,
    };
    Ok(HistoryTable { name: name.to_owned(), spec: spec.clone(), table, event, known })
}

fn days(table: &Table, column: &str) -> Result<Vec<Day>> {
    let dates = table.dates(column)?;
    if let Some(row) = dates.iter().position(Option::is_none) {
        return Err(Error::new(ErrorKind::Value, "the date is missing")
            .in_file(&table.file)
            .in_column(column)
            .at_row(row + 1)
            .help("every row of a dated table needs its date; leave undated rows out"));
    }
    Ok(dates.into_iter().flatten().map(Day::from).collect())
}
