//! Rows by key, in the order in which they happened, and the two doors to them.

use std::collections::HashMap;

use super::calendar::{Day, Window};
use super::{HistoryTable, Table};
use crate::error::{Error, ErrorKind, Result};

/// A table's rows by key.
#[derive(Debug)]
pub struct Index<'a> {
    table: &'a HistoryTable,
    /// Rows sorted by key, then by event, known day and row.
    order: Vec<u32>,
    /// By key: where its rows begin and end in `order`.
    ranges: HashMap<String, (u32, u32)>,
}

impl<'a> Index<'a> {
    /// Indexes a table by its first key.
    ///
    /// # Errors
    /// [`ErrorKind::Duplicate`] where a table of attributes has two rows for one key.
    pub fn new(table: &'a HistoryTable) -> Result<Self> {
        let keys = table.table.categories(table.key())?;
        let mut order: Vec<u32> = (0..table.table.rows() as u32).collect();
        let days = |row: u32| {
            let day = |days: &Option<Vec<Day>>| days.as_ref().map(|days| days[row as usize]);
            (day(&table.event), day(&table.known))
        };
        order.sort_by_key(|row| (keys.codes[*row as usize], days(*row), *row));
        let mut ranges = HashMap::with_capacity(keys.levels.len());
        let mut begin = 0;
        for run in order.chunk_by(|a, b| keys.codes[*a as usize] == keys.codes[*b as usize]) {
            let end = begin + run.len() as u32;
            let key = &keys.levels[keys.codes[run[0] as usize] as usize];
            if table.event.is_none() && run.len() > 1 {
                return Err(duplicate(&table.table, table.key(), key, run[0], run[1]));
            }
            ranges.insert(key.clone(), (begin, end));
            begin = end;
        }
        Ok(Index { table, order, ranges })
    }

    /// All rows of a key, in the order in which they happened.
    pub fn rows(&self, key: &str) -> &[u32] {
        match self.ranges.get(key) {
            Some((begin, end)) => &self.order[*begin as usize..*end as usize],
            None => &[],
        }
    }

    /// The rows of a key that had happened and were known on day `t`, and that happened in the window
    /// before it; in the order in which they happened. The only door for features.
    pub fn known_at(&self, key: &str, t: Day, window: Window) -> impl Iterator<Item = usize> + '_ {
        let monthly = self.table.is_monthly();
        self.rows(key).iter().map(|row| *row as usize).filter(move |row| match (&self.table.event, &self.table.known) {
            (Some(event), Some(known)) => known[*row] <= t && window.before(event[*row], t, monthly),
            _ => true,
        })
    }

    /// The rows of a key that happened in the window after day `t`. For outcomes only.
    pub fn after(&self, key: &str, t: Day, window: Window) -> impl Iterator<Item = usize> + '_ {
        let monthly = self.table.is_monthly();
        self.rows(key)
            .iter()
            .map(|row| *row as usize)
            .filter(move |row| self.table.event.as_ref().is_some_and(|event| window.after(event[*row], t, monthly)))
    }
}

fn duplicate(table: &Table, column: &str, key: &str, first: u32, second: u32) -> Error {
    Error::new(
        ErrorKind::Duplicate,
        format!("the key {key:?} has two rows in a table of attributes, first in data row {}", first + 1),
    )
    .in_file(&table.file)
    .in_column(column)
    .at_row(second as usize + 1)
    .help("remove one of them; or, where rows are dated, say by which column: event_date = \"...\"")
}
