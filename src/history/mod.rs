//! The loan history: tables of dated rows, read by their mapping in the project's file. What was known
//! on a day is asked through [`Index::known_at`], the only door that features have; what happened
//! after it, through [`Index::after`], which only outcomes use.

mod calendar;
mod dates;
mod expression;
mod index;
mod keys;
mod read;

pub use calendar::{Day, Length, Span, Window};
pub use expression::{Expression, condition, evaluate};
pub use index::Index;
pub use keys::Dictionary;
pub(crate) use read::{Mapped, compute_order, described_at, mapped};

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{Column, DataType, Int64Chunked, IntoColumn, NewChunkedArray, StringChunked};
use scorewright_runtime::artifact::DataFile;

use crate::config::{DuplicateKeys, Period, ProjectSpec, TableSpec};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::progress::Progress;
use crate::suggest;
use crate::table::{MISSING, Table};

/// A table of the history in memory.
#[derive(Debug)]
pub struct HistoryTable {
    /// Its name in the project's file.
    pub name: String,
    /// Its mapping.
    pub spec: TableSpec,
    /// Its rows, columns renamed, translated and computed.
    pub table: Table,
    /// Day when each row happened; `None`: attributes that hold from the beginning.
    pub event: Option<Vec<Day>>,
    /// Day when each row became known; the same days where nothing else is said.
    pub known: Option<Vec<Day>>,
    /// By key column: the code of each row in the history's dictionary.
    codes: BTreeMap<String, Vec<u32>>,
    /// By column of `order_by`: the rank of each row.
    sequence: Vec<Vec<u32>>,
    /// Rows left out because their key has several rows that differ, and rows that repeat another.
    pub duplicates: Duplicates,
    /// Rows that do not meet the table's own condition.
    pub left_out: u64,
}

/// Rows of a table of attributes that share their key with another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Rows of keys whose rows differ; all were left out.
    pub different: u64,
    /// Rows that repeat another; one of them stays.
    pub repeated: u64,
}

/// The tables that a card needs.
#[derive(Debug)]
pub struct History {
    tables: BTreeMap<String, HistoryTable>,
    keys: BTreeMap<String, Dictionary>,
}

/// What is read of each table: these columns (under their new names) besides keys and dates; `None`: all.
pub type Needs = BTreeMap<String, Option<BTreeSet<String>>>;

/// The codes of a key, one a row of a table.
pub(crate) struct Resolved<'a> {
    pub codes: Cow<'a, [u32]>,
    /// Where another table led to the key: the day when that was known.
    pub known: Option<Vec<Day>>,
}

impl History {
    /// Reads the tables `names` with all their columns.
    ///
    /// # Errors
    /// As [`History::read_columns`].
    pub fn read(project: &ProjectSpec, names: &[String], progress: &dyn Progress) -> Result<Self> {
        let needs = names.iter().map(|name| (name.clone(), None)).collect();
        Self::read_columns(project, &needs, progress)
    }

    /// Reads tables.
    ///
    /// # Errors
    /// Those of reading files; [`ErrorKind::Configuration`] for a table that the project does not have;
    /// [`ErrorKind::Value`] for a row without its dates or known before it happened, and for keys of two types.
    pub fn read_columns(project: &ProjectSpec, needs: &Needs, progress: &dyn Progress) -> Result<Self> {
        progress.begin("reading the history", needs.len());
        let mut tables = BTreeMap::new();
        for (name, columns) in needs {
            progress.check()?;
            let spec = project.table(name)?;
            tables.insert(name.clone(), read::read_table(project, name, spec, columns.as_ref())?);
            progress.advance();
        }
        let keys = read::code_keys(&mut tables)?;
        for table in tables.values_mut().filter(|table| table.spec.duplicate_keys == DuplicateKeys::LeaveOut) {
            read::settle_duplicates(table)?;
        }
        Ok(History { tables, keys })
    }

    /// A table that was read.
    ///
    /// # Errors
    /// An internal fault where it was not asked for.
    pub fn table(&self, name: &str) -> Result<&HistoryTable> {
        self.tables.get(name).ok_or_else(|| internal(format!("the table {name:?} was not read")))
    }

    /// The tables without their rows: what writing features as SQL needs of them.
    #[must_use]
    pub fn headings(&self) -> Self {
        let without_rows = |table: &HistoryTable| HistoryTable {
            name: table.name.clone(),
            spec: table.spec.clone(),
            table: Table { frame: table.table.frame.head(Some(0)), ..table.table.clone() },
            event: table.event.as_ref().map(|_| Vec::new()),
            known: table.known.as_ref().map(|_| Vec::new()),
            codes: BTreeMap::new(),
            sequence: Vec::new(),
            duplicates: table.duplicates,
            left_out: table.left_out,
        };
        let tables = self.tables.iter().map(|(name, table)| (name.clone(), without_rows(table))).collect();
        History { tables, keys: BTreeMap::new() }
    }

    /// The tables that were read.
    pub fn tables(&self) -> impl Iterator<Item = &HistoryTable> {
        self.tables.values()
    }

    /// The files that were read.
    pub fn lineage(&self) -> Vec<DataFile> {
        self.tables.values().flat_map(|table| table.table.lineage.iter().cloned()).collect()
    }

    /// The values of a key.
    pub fn dictionary(&self, key: &str) -> Option<&Dictionary> {
        self.keys.get(key)
    }

    /// Codes of a key as a column of its values, null for missing.
    pub(crate) fn key_column(&self, key: &str, codes: &[u32]) -> Column {
        let codes = codes.iter().map(|code| *code as usize);
        match self.keys.get(key) {
            Some(Dictionary::Numbers { values, .. }) => {
                Int64Chunked::from_iter_options(key.into(), codes.map(|code| values.get(code).copied())).into_column()
            }
            Some(Dictionary::Texts { values, .. }) => {
                let texts = codes.map(|code| values.get(code).map(String::as_str));
                StringChunked::from_iter_options(key.into(), texts).into_column()
            }
            None => Column::full_null(key.into(), codes.len(), &DataType::String),
        }
    }

    /// The text of a key's value.
    pub fn text(&self, key: &str, code: u32) -> Option<String> {
        self.keys.get(key).and_then(|dictionary| dictionary.text(code))
    }

    /// The keys of a table, and those that other tables lead to from there.
    pub(crate) fn keys_from<'a>(&'a self, table: &'a HistoryTable) -> BTreeSet<&'a str> {
        let mut found: BTreeSet<&str> = table.spec.keys.iter().map(String::as_str).collect();
        loop {
            let before = found.len();
            for link in self.tables.values() {
                if found.contains(link.key()) {
                    found.extend(link.spec.keys.iter().map(String::as_str));
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// The codes of a key by row: the table's own key, or one that other tables lead to, such as the customer of an
    /// account.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where no table leads to it; [`ErrorKind::Value`] where one leads to two values.
    pub(crate) fn codes<'a>(&'a self, table: &'a HistoryTable, key: &str) -> Result<Resolved<'a>> {
        let mut found: BTreeMap<&str, Resolved<'a>> = table
            .codes
            .iter()
            .map(|(name, codes)| (name.as_str(), Resolved { codes: Cow::Borrowed(codes.as_slice()), known: None }))
            .collect();
        loop {
            if let Some(resolved) = found.remove(key) {
                return Ok(resolved);
            }
            let link = self.tables.values().find(|other| {
                found.contains_key(other.key()) && other.spec.keys.iter().any(|key| !found.contains_key(key.as_str()))
            });
            let Some(link) = link else {
                return Err(Error::new(
                    ErrorKind::Configuration,
                    format!("no table leads from {:?} to the key {key:?}", table.name),
                )
                .help(suggest::did_you_mean(key, "keys", self.keys.keys().map(String::as_str))));
            };
            let from = found.get(link.key()).ok_or_else(|| internal("a linking key is gone"))?;
            let mut new = Vec::new();
            for target in link.spec.keys.iter().filter(|key| !found.contains_key(key.as_str())) {
                new.push((target.as_str(), self.follow(from, link, target)?));
            }
            found.extend(new);
        }
    }

    /// From the codes of a linking table's first key to those of another of its keys.
    fn follow<'a>(&self, from: &Resolved<'_>, link: &HistoryTable, target: &str) -> Result<Resolved<'a>> {
        let units = self.dictionary(link.key()).map_or(0, Dictionary::len);
        let mut leads = vec![(MISSING, Day::FIRST); units];
        let (Some(sources), Some(targets)) = (link.codes.get(link.key()), link.codes.get(target)) else {
            return Err(internal("a linking table without its keys"));
        };
        for (row, (source, code)) in sources.iter().zip(targets).enumerate() {
            let known = link.known.as_ref().map_or(Day::FIRST, |known| known[row]);
            let lead = &mut leads[*source as usize];
            if lead.0 == MISSING {
                *lead = (*code, known);
            } else if lead.0 != *code {
                let [one, other] = [lead.0, *code].map(|code| self.text(target, code).unwrap_or_default());
                let name = self.text(link.key(), *source).unwrap_or_default();
                return Err(Error::new(
                    ErrorKind::Value,
                    format!("{:?} of {:?} leads to two values of {target:?}: {one:?} and {other:?}", name, link.name),
                )
                .in_file(&link.table.file)
                .in_column(target)
                .at_row(row + 1)
                .help("a table that leads from one key to another has one value for each; mend the row, or do not name this key in keys"));
            } else {
                lead.1 = lead.1.min(known);
            }
        }
        let lead = |code: &u32| leads.get(*code as usize).copied().unwrap_or((MISSING, Day::FIRST));
        let known: Vec<Day> = match &from.known {
            None => from.codes.iter().map(|code| lead(code).1).collect(),
            Some(before) => from.codes.iter().zip(before).map(|(code, known)| lead(code).1.max(*known)).collect(),
        };
        Ok(Resolved { codes: Cow::Owned(from.codes.iter().map(|code| lead(code).0).collect()), known: Some(known) })
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
