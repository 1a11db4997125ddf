//! A table as the rules see it: read leniently, so that every fault is counted and none stops the reading.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use polars::prelude::*;
use scorewright_runtime::artifact;

use super::finding::{Code, Example, Finding, Severity, Tally};
use crate::config::{Period, ProjectSpec, TableSpec};
use crate::error::{Error, Result, internal};
use crate::history::{self, Mapped};
use crate::table::{Days, MISSING, NO_DAY, Numbers, Table, mixed, text_digest};

/// Keys that every table may have beside its declared ones, with the tables that own them.
pub(super) const STANDARD_KEYS: [(&str, &str); 3] =
    [("customer_id", "customers"), ("application_id", "applications"), ("account_id", "accounts")];

/// A key column, its texts coded once.
pub(super) struct Keys {
    /// Its name.
    pub column: String,
    /// By row: the key's code, or [`MISSING`].
    pub codes: Vec<u32>,
    /// By code: its first row.
    pub first_row: Vec<u32>,
    /// By code: how many rows.
    pub rows: Vec<u32>,
    texts: StringChunked,
}

/// A quick hash of texts that is the same in every run.
#[derive(Default)]
pub(super) struct TextHasher(u64);

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = mixed(self.0 ^ text_digest(bytes));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Codes by text.
pub(super) type ByText<'a> = HashMap<&'a str, u32, BuildHasherDefault<TextHasher>>;

impl Keys {
    fn new(table: &Table, column: &str) -> Result<Self> {
        let series = table.series(column)?;
        let texts = series.cast(&DataType::String).map_err(internal)?.rechunk();
        let texts = texts.str().map_err(internal)?.clone();
        let (mut codes, mut first_row, mut rows) = (Vec::with_capacity(texts.len()), Vec::new(), Vec::<u32>::new());
        let mut known = ByText::default();
        // Rows of one key often stand together.
        let mut last: Option<(&str, u32)> = None;
        for (row, text) in texts.iter().enumerate() {
            let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
                codes.push(MISSING);
                continue;
            };
            let code = match last {
                Some((before, code)) if before == text => code,
                _ => *known.entry(text).or_insert_with(|| {
                    first_row.push(row as u32);
                    rows.push(0);
                    (first_row.len() - 1) as u32
                }),
            };
            last = Some((text, code));
            rows[code as usize] += 1;
            codes.push(code);
        }
        drop(known);
        Ok(Keys { column: column.to_owned(), codes, first_row, rows, texts })
    }

    /// Number of distinct keys.
    pub fn len(&self) -> usize {
        self.first_row.len()
    }

    /// The text of a code.
    pub fn text(&self, code: u32) -> &str {
        self.first_row.get(code as usize).and_then(|row| self.texts.get(*row as usize)).unwrap_or_default()
    }

    /// Codes by text.
    pub fn by_text(&self) -> ByText<'_> {
        (0..self.len() as u32).map(|code| (self.text(code), code)).collect()
    }

    /// By code: the code of the same key in another column, or [`MISSING`].
    pub fn in_other(&self, other: &Keys) -> Vec<u32> {
        let others = other.by_text();
        (0..self.len() as u32).map(|code| others.get(self.text(code)).copied().unwrap_or(MISSING)).collect()
    }
}

/// A table of the history, or the table of a card.
pub(super) struct View {
    /// Its name.
    pub name: String,
    /// Its mapping.
    pub spec: TableSpec,
    /// Whether its first key stands once only.
    pub is_unique: bool,
    /// Its rows, columns renamed.
    pub table: Table,
    /// Declared keys first, then standard ids.
    pub keys: Vec<Keys>,
    /// How many of them are declared.
    pub declared: usize,
    /// The day when each row happened.
    pub event: Option<Days>,
    /// The day when each row became known, where a column says so.
    pub known: Option<Days>,
    /// Rows by first key, day and row; rows without a key are left out.
    pub order: Vec<u32>,
    /// Where the rows of each key of the first key column begin in `order`; one more than there are keys.
    pub starts: Vec<u32>,
}

impl View {
    /// Reads a table of a project.
    pub fn of_project(project: &ProjectSpec, name: &str) -> Result<Self> {
        let mut spec = project.table(name)?.clone();
        let at = |key: &str, error: Error| history::described_at(project, name, key, error);
        let standard = STANDARD_KEYS.map(|(key, _)| key);
        let Mapped { table, untranslated, .. } = history::mapped(project, name, None, &standard, true)?;
        for column in untranslated {
            let meanings = spec.translate.get(&column).into_iter().flatten();
            let codes = meanings.map(|(code, _)| artifact::Literal::Text(code.clone())).collect();
            spec.allowed.insert(column, codes);
        }
        let dates = [("event_date", &spec.event_date), ("known_at", &spec.known_at)];
        let dates = dates.iter().filter_map(|(key, column)| column.as_ref().map(|column| (*key, column)));
        let named = spec.keys.iter().map(|column| ("keys", column)).chain(dates);
        for (key, column) in named {
            table.require(column).map_err(|e| at(key, e))?;
        }
        let declared = spec.allowed.keys().map(|column| ("allowed", column));
        for (key, column) in declared.chain(spec.profile.iter().map(|column| ("profile", column))) {
            if !table.has(column) {
                let names = table.names();
                return Err(project
                    .source
                    .error(
                        &["tables", name, key, column],
                        format!("table {name:?}: {key} names the column {column:?}, which {} does not have", spec.path),
                    )
                    .help(crate::suggest::did_you_mean(column, "columns", names.iter().map(String::as_str))));
            }
        }
        let is_unique = spec.event_date.is_none();
        Self::new(name, spec, is_unique, table)
    }

    /// A table that was read.
    pub fn new(name: &str, spec: TableSpec, is_unique: bool, table: Table) -> Result<Self> {
        let mut columns = spec.keys.clone();
        let declared = columns.len();
        columns.extend(
            STANDARD_KEYS
                .iter()
                .map(|(key, _)| (*key).to_owned())
                .filter(|key| table.has(key) && !spec.keys.contains(key) && spec.event_date.as_ref() != Some(key)),
        );
        let keys = columns.iter().map(|column| Keys::new(&table, column)).collect::<Result<Vec<_>>>()?;
        let event = spec.event_date.as_ref().map(|column| table.days_leniently(column)).transpose()?;
        let known = spec.known_at.as_ref().map(|column| table.days_leniently(column)).transpose()?;
        let (order, starts) = match keys.first().filter(|_| declared > 0) {
            Some(keys) => sorted(keys, event.as_ref()),
            None => ((0..table.rows() as u32).collect(), Vec::new()),
        };
        Ok(View { name: name.to_owned(), spec, is_unique, table, keys, declared, event, known, order, starts })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.table.rows()
    }

    /// The column that says whose rows these are.
    pub fn key(&self) -> Option<&Keys> {
        self.keys.first().filter(|_| self.declared > 0)
    }

    /// The rows of each key, in the order of their days.
    pub fn runs(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|bounds| &self.order[bounds[0] as usize..bounds[1] as usize])
    }

    /// The day of a row, where it has one.
    pub fn day(&self, row: u32) -> Option<i32> {
        self.event.as_ref().map(|event| event.days[row as usize]).filter(|day| *day != NO_DAY)
    }

    /// Whether a row stands for its whole calendar month.
    pub fn is_monthly(&self) -> bool {
        self.spec.period == Some(Period::Month)
    }

    /// A column as numbers, where there is such a column and it is no date.
    pub fn numbers(&self, column: &str) -> Result<Option<Numbers>> {
        if self.table.has(column) { self.table.numbers_leniently(column) } else { Ok(None) }
    }

    /// A column as days, where there is such a column.
    pub fn days(&self, column: &str) -> Result<Option<Days>> {
        if self.table.has(column) { self.table.days_leniently(column).map(Some) } else { Ok(None) }
    }

    /// Where a row can be seen.
    pub fn example(&self, row: u32, columns: &[&str]) -> Example {
        let mut left = u64::from(row);
        let mut file = self.spec.path.clone();
        for part in &self.table.lineage {
            file.clone_from(&part.path);
            if left < part.rows {
                break;
            }
            left -= part.rows;
        }
        let key = self.key().map(|keys| keys.codes[row as usize]).filter(|code| *code != MISSING);
        Example {
            file,
            row: left + 1,
            key: key.and_then(|code| self.key().map(|keys| keys.text(code).to_owned())).unwrap_or_default(),
            values: columns
                .iter()
                .filter(|column| self.table.has(column) && self.key().is_none_or(|keys| keys.column != **column))
                .map(|column| ((*column).to_owned(), self.table.cell(column, row as usize)))
                .collect(),
        }
    }

    /// A finding on rows, with the columns that show it; the first of them is the one it is about.
    pub fn finding(&self, code: Code, severity: Severity, tally: &Tally, columns: &[&str]) -> Finding {
        let date = self.spec.event_date.as_deref().filter(|date| !columns.contains(date));
        let shown: Vec<&str> = columns.iter().copied().chain(date).collect();
        Finding {
            table: self.name.clone(),
            code,
            severity,
            column: columns.first().map(|column| (*column).to_owned()),
            count: tally.count,
            unit: "rows".to_owned(),
            share: tally.count as f64 / self.rows().max(1) as f64,
            message: String::new(),
            remedy: String::new(),
            examples: tally.rows.iter().map(|row| self.example(*row, &shown)).collect(),
        }
    }
}

impl Finding {
    /// What it means and what to do.
    pub(super) fn says(mut self, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        self.message = message.into();
        self.remedy = remedy.into();
        self
    }

    /// How many of what it counts, out of how many.
    pub(super) fn counting(mut self, unit: &str, of: u64) -> Self {
        unit.clone_into(&mut self.unit);
        self.share = self.count as f64 / of.max(1) as f64;
        self
    }
}

/// Rows by key, then day, then row, with the start of every key: a counting sort by code, then each key's
/// few rows by day.
fn sorted(keys: &Keys, event: Option<&Days>) -> (Vec<u32>, Vec<u32>) {
    let mut starts = Vec::with_capacity(keys.len() + 1);
    let mut begin = 0;
    for rows in &keys.rows {
        starts.push(begin);
        begin += rows;
    }
    starts.push(begin);
    let mut next = starts.clone();
    let mut order = vec![0_u32; begin as usize];
    for (row, code) in keys.codes.iter().enumerate() {
        if *code != MISSING {
            let place = &mut next[*code as usize];
            order[*place as usize] = row as u32;
            *place += 1;
        }
    }
    if let Some(event) = event {
        for bounds in starts.windows(2) {
            let run = &mut order[bounds[0] as usize..bounds[1] as usize];
            if !run.is_sorted_by_key(|row| event.days[*row as usize]) {
                run.sort_by_key(|row| event.days[*row as usize]);
            }
        }
    }
    (order, starts)
}

/// The number of a day's calendar month: 12 x year + month - 1.
pub(super) fn month_of(day: i32) -> i32 {
    use chrono::Datelike;
    chrono::NaiveDate::from_epoch_days(day).map_or(i32::MIN, |date| date.year() * 12 + date.month0() as i32)
}

/// A month as people write it: 2024-07.
pub(super) fn month_name(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

/// A day as people write it.
pub(super) fn day_name(day: i32) -> String {
    chrono::NaiveDate::from_epoch_days(day).map_or_else(|| "missing".to_owned(), |date| date.to_string())
}
