//! Rows by key, in the order in which they happened, and the two doors to them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use rayon::prelude::*;

use super::calendar::{Day, Span, Window};
use super::{History, HistoryTable};
use crate::error::{Error, ErrorKind, Result};
use crate::table::MISSING;

/// A table's rows by one key. A position counts rows in the order of key, event, known day and `order_by`; rows still
/// tied have a tie group.
#[derive(Debug)]
pub struct Index<'a> {
    table: &'a HistoryTable,
    /// The row of every position; `None`: the rows stand so in the table.
    order: Option<Vec<u32>>,
    /// By code of the key: the first position; one more at the end.
    starts: Vec<u32>,
    /// Event by position; `None` for a table of attributes.
    event: Option<Cow<'a, [Day]>>,
    /// Day when each position became known under this key; `None`: on the day when it happened, or always.
    known: Option<Cow<'a, [Day]>>,
    /// By position: rows of one group are tied; `None`: no rows are.
    ties: Option<Vec<u32>>,
}

impl<'a> Index<'a> {
    /// Indexes a table by its first key.
    ///
    /// # Errors
    /// As [`Index::by`].
    pub fn new(history: &History, table: &'a HistoryTable) -> Result<Self> {
        Self::by(history, table, table.key())
    }

    /// Indexes a table by a key of its own, or one that another table leads to; then a row is known by it only when
    /// the leading row is known too.
    ///
    /// # Errors
    /// [`ErrorKind::Duplicate`] where a table of attributes has two rows for one key;
    /// [`ErrorKind::Configuration`] where no table leads to the key.
    pub fn by(history: &History, table: &'a HistoryTable, key: &str) -> Result<Self> {
        let resolved = history.codes(table, key)?;
        let codes = resolved.codes.as_ref();
        let at_once = table.spec.known_at.is_none() && table.spec.known_after_days == 0;
        let known: Option<Cow<'a, [Day]>> = match (&table.known, resolved.known) {
            (Some(_), None) if at_once => None,
            (Some(own), None) => Some(Cow::Borrowed(own)),
            (Some(own), Some(lead)) => Some(Cow::Owned(own.iter().zip(&lead).map(|(a, b)| *a.max(b)).collect())),
            (None, lead) => lead.map(Cow::Owned),
        };
        let event = table.event.as_deref();
        let rows = codes.len() as u32;
        let sequence = table.sequence.as_slice();
        let instant = |row: u32| {
            let row = row as usize;
            (codes[row], event.map(|days| days[row]), known.as_ref().map(|days| days[row]))
        };
        let compare = |a: u32, b: u32| {
            instant(a).cmp(&instant(b)).then_with(|| {
                let ranks = |row: u32| sequence.iter().map(move |ranks| ranks[row as usize]);
                ranks(a).cmp(ranks(b))
            })
        };
        // Whether any row stands before the one before it, and whether any two neighbours are tied.
        let worst = |(unsorted, tied): (bool, bool), row: u32| match compare(row - 1, row) {
            Ordering::Less => (unsorted, tied),
            Ordering::Equal => (unsorted, true),
            Ordering::Greater => (true, tied),
        };
        let (unsorted, tied) = (1..rows)
            .into_par_iter()
            .fold(|| (false, false), worst)
            .reduce(|| (false, false), |a, b| (a.0 || b.0, a.1 || b.1));
        let order = unsorted.then(|| {
            let mut order: Vec<u32> = (0..rows).collect();
            order.par_sort_unstable_by(|a, b| compare(*a, *b).then(a.cmp(b)));
            order
        });
        let row_at = |position: u32| order.as_ref().map_or(position, |order| order[position as usize]);
        let units = history.dictionary(key).map_or(0, |dictionary| dictionary.len());
        let mut starts = vec![0_u32; units + 1];
        for code in codes.iter().filter(|code| **code != MISSING) {
            starts[*code as usize + 1] += 1;
        }
        for unit in 0..units {
            starts[unit + 1] += starts[unit];
        }
        let with_key = starts.last().copied().unwrap_or(0);
        let mut ties = None;
        // Sorted rows without tied neighbours have no ties; after sorting, rows that were apart may have become tied.
        let positions = if tied || unsorted { 1..with_key } else { 0..0 };
        for position in positions {
            let (before, here) = (row_at(position - 1), row_at(position));
            if compare(before, here).is_eq() {
                // Attributes stand once for their own key; another key may lead to many of them.
                if table.event.is_none() && key == table.key() {
                    let name = history.text(key, codes[here as usize]).unwrap_or_default();
                    return Err(duplicate(table, key, &name, before, here));
                }
                let ties: &mut Vec<u32> = ties.get_or_insert_with(|| (0..with_key).collect());
                ties[position as usize] = ties[position as usize - 1];
            }
        }
        let by_position = |days: Cow<'a, [Day]>| match &order {
            None => days,
            Some(order) => Cow::Owned(order.iter().map(|row| days[*row as usize]).collect()),
        };
        let event = event.map(|days| by_position(Cow::Borrowed(days)));
        let known = known.map(by_position);
        Ok(Index { table, order, starts, event, known, ties })
    }

    /// The row of a position.
    pub fn row(&self, position: usize) -> usize {
        self.order.as_ref().map_or(position, |order| order[position] as usize)
    }

    /// The rows of positions; `None`: the positions themselves.
    pub(crate) fn order(&self) -> Option<&[u32]> {
        self.order.as_deref()
    }

    /// The tie group of a position; `None`: no rows of the table are tied.
    pub(crate) fn ties(&self) -> Option<&[u32]> {
        self.ties.as_deref()
    }

    /// The event of a position.
    pub(crate) fn event(&self, position: usize) -> Option<Day> {
        self.event.as_ref().map(|days| days[position])
    }

    /// The day when a position became known.
    pub(crate) fn known(&self, position: usize) -> Option<Day> {
        self.known.as_ref().or(self.event.as_ref()).map(|days| days[position])
    }

    /// All positions of a key, in the order in which they happened. For choosing observation points, which are then
    /// observed on the day when their own row became known.
    pub fn positions(&self, code: u32) -> Range<usize> {
        match (self.starts.get(code as usize), self.starts.get(code as usize + 1)) {
            (Some(from), Some(to)) if code != MISSING => *from as usize..*to as usize,
            _ => 0..0,
        }
    }

    /// The positions of a key that had happened and were known on day `t`, and that happened in the window before it;
    /// in the order in which they happened. The only door for features.
    pub fn known_at(&self, code: u32, t: Day, window: Window) -> impl Iterator<Item = usize> + '_ {
        let range = match &self.event {
            None => self.positions(code),
            Some(_) => self.within(code, self.span_before(t, window)),
        };
        range.filter(move |position| self.known.as_ref().is_none_or(|known| known[*position] <= t))
    }

    /// The positions of a key that happened in the window after day `t`. For outcomes only.
    pub fn after(&self, code: u32, t: Day, window: Window) -> Range<usize> {
        match &self.event {
            None => 0..0,
            Some(_) => self.within(code, window.after(t, self.table.is_monthly())),
        }
    }

    /// Whether the row at a position had happened and was known on day `t`, and happened in the window before it.
    pub(crate) fn is_known_at(&self, position: usize, t: Day, window: Window) -> bool {
        self.known(position).is_none_or(|known| known <= t)
            && self.event(position).is_none_or(|event| self.span_before(t, window).contains(event))
    }

    /// Number of units of the key.
    pub(crate) fn units(&self) -> usize {
        self.starts.len() - 1
    }

    fn span_before(&self, t: Day, window: Window) -> Span {
        let span = window.before(t, self.table.is_monthly());
        // What happens after t is never seen, also where a monthly window reaches to the month's end.
        Span { until: span.until.min(t), ..span }
    }

    fn within(&self, code: u32, span: Span) -> Range<usize> {
        let range = self.positions(code);
        let Some(event) = &self.event else { return range };
        let days = &event[range.clone()];
        let from = span.after.map_or(0, |after| days.partition_point(|day| *day <= after));
        let to = days.partition_point(|day| *day <= span.until);
        range.start + from..range.start + to.max(from)
    }
}

fn duplicate(table: &HistoryTable, column: &str, key: &str, first: u32, second: u32) -> Error {
    Error::new(
        ErrorKind::Duplicate,
        format!("the key {key:?} has two rows in a table of attributes, first in data row {}", first + 1),
    )
    .in_file(&table.table.file)
    .in_column(column)
    .at_row(second as usize + 1)
    .help("remove one of them; or leave such keys out: duplicate_keys = \"leave_out\"; or, where rows are dated, say by which column: event_date = \"...\"")
}
