//! The outcomes of a sample, laid out to be counted by code.

use std::ops::AddAssign;

use super::cell::Cell;
use super::table::BinCounts;
use crate::cases::Outcomes;

/// Counts of cases that are known together and not one by one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Count {
    /// The determinate ones.
    pub cell: Cell,
    /// Weight of all, the indeterminate ones included.
    pub weight: f64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.cell += other.cell;
        self.weight += other.weight;
    }
}

/// The outcomes of the cases `rows`, in their order.
#[derive(Debug, Clone)]
pub struct SampleOutcomes<'a> {
    rows: &'a [u32],
    form: Form<'a>,
    all: Cell,
}

#[derive(Debug, Clone)]
enum Form<'a> {
    /// Good or bad, weight 1: a class a case of the sample.
    Plain(Vec<u8>),
    /// Weights or fractions.
    Weighted(&'a Outcomes),
    /// Each row stands for many cases.
    Counted(&'a [Count]),
}

const INDETERMINATE: u8 = 0;
const GOOD: u8 = 1;
const BAD: u8 = 2;
/// Classes, rounded up to a power of two.
const CLASSES: usize = 4;

impl<'a> SampleOutcomes<'a> {
    /// Prepares the outcomes of the cases `rows`.
    pub fn new(outcomes: &'a Outcomes, rows: &'a [u32]) -> Self {
        let form = if outcomes.plain {
            let class = |row: &u32| match (outcomes.goods[*row as usize] > 0.0, outcomes.bads[*row as usize] > 0.0) {
                (true, _) => GOOD,
                (_, true) => BAD,
                _ => INDETERMINATE,
            };
            Form::Plain(rows.iter().map(class).collect())
        } else {
            Form::Weighted(outcomes)
        };
        Self::of(rows, form)
    }

    /// Prepares counts: row i of `rows`, which are all rows, stands for the cases of `counts[i]`.
    pub fn counted(counts: &'a [Count], rows: &'a [u32]) -> Self {
        Self::of(rows, Form::Counted(counts))
    }

    fn of(rows: &'a [u32], form: Form<'a>) -> Self {
        let mut sample = SampleOutcomes { rows, form, all: Cell::default() };
        sample.all = (0..rows.len()).map(|position| sample.case(position)).sum();
        sample
    }

    /// Positions of the cases in the data.
    pub fn rows(&self) -> &'a [u32] {
        self.rows
    }

    /// Counts of the whole sample.
    pub fn all(&self) -> Cell {
        self.all
    }

    /// Whether every case is good, bad or indeterminate with weight 1.
    pub fn is_plain(&self) -> bool {
        matches!(self.form, Form::Plain(_))
    }

    /// The case at a position of the sample.
    #[inline]
    pub fn case(&self, position: usize) -> Cell {
        match &self.form {
            Form::Plain(classes) => match classes[position] {
                GOOD => Cell::plain(1.0, 0.0),
                BAD => Cell::plain(0.0, 1.0),
                _ => Cell::default(),
            },
            Form::Weighted(outcomes) => {
                let row = self.rows[position] as usize;
                Cell::case(outcomes.goods[row], outcomes.bads[row])
            }
            Form::Counted(counts) => counts[position].cell,
        }
    }

    /// Determinate cases by code; `codes` has one entry a case of the data, `cells` is the number of codes.
    pub fn cells<C: Code>(&self, codes: &[C], cells: usize) -> Vec<Cell> {
        match &self.form {
            Form::Plain(classes) => self
                .histogram(codes, classes, cells)
                .chunks_exact(CLASSES)
                .map(|counts| Cell::plain(f64::from(counts[GOOD as usize]), f64::from(counts[BAD as usize])))
                .collect(),
            Form::Weighted(_) | Form::Counted(_) => {
                let mut counts = vec![Cell::default(); cells];
                for (position, row) in self.rows.iter().enumerate() {
                    counts[codes[*row as usize].place(cells)] += self.case(position);
                }
                counts
            }
        }
    }

    /// Weights by bin, all cases and unforeseen values included; `bins` is the number of bins.
    pub fn count(&self, codes: &[u16], bins: usize) -> BinCounts {
        let mut counts =
            BinCounts { cases: vec![0.0; bins + 1], goods: vec![0.0; bins + 1], bads: vec![0.0; bins + 1] };
        match &self.form {
            Form::Plain(classes) => {
                for (bin, classes) in self.histogram(codes, classes, bins + 1).chunks_exact(CLASSES).enumerate() {
                    let [other, good, bad] = [INDETERMINATE, GOOD, BAD].map(|class| f64::from(classes[class as usize]));
                    counts.cases[bin] = other + good + bad;
                    counts.goods[bin] = good;
                    counts.bads[bin] = bad;
                }
            }
            Form::Weighted(outcomes) => {
                for row in self.rows {
                    let row = *row as usize;
                    let bin = usize::from(codes[row]);
                    counts.cases[bin] += outcomes.weights[row];
                    counts.goods[bin] += outcomes.goods[row];
                    counts.bads[bin] += outcomes.bads[row];
                }
            }
            Form::Counted(all) => {
                for (row, count) in self.rows.iter().zip(*all) {
                    let bin = usize::from(codes[*row as usize]);
                    counts.cases[bin] += count.weight;
                    counts.goods[bin] += count.cell.goods;
                    counts.bads[bin] += count.cell.bads;
                }
            }
        }
        counts
    }

    fn histogram<C: Code>(&self, codes: &[C], classes: &[u8], cells: usize) -> Vec<u32> {
        // Neighbouring cases often fall into one place, and one count after the other must wait: so there are four tables
        // in turn, unless they would not stay in the nearest cache.
        if cells <= 256 {
            self.in_turn::<C, 4>(codes, classes, cells)
        } else {
            self.in_turn::<C, 1>(codes, classes, cells)
        }
    }

    fn in_turn<C: Code, const TABLES: usize>(&self, codes: &[C], classes: &[u8], cells: usize) -> Vec<u32> {
        let mut tables: [Vec<u32>; TABLES] = std::array::from_fn(|_| vec![0; cells * CLASSES]);
        let mut count = |table: usize, row: u32, class: u8| {
            tables[table][codes[row as usize].place(cells) * CLASSES + usize::from(class)] += 1;
        };
        let (rows, last_rows) = self.rows.as_chunks::<TABLES>();
        let (some, last) = classes.as_chunks::<TABLES>();
        for (rows, classes) in rows.iter().zip(some) {
            for table in 0..TABLES {
                count(table, rows[table], classes[table]);
            }
        }
        last_rows.iter().zip(last).for_each(|(row, class)| count(0, *row, *class));
        let mut tables = tables.into_iter();
        let mut sums = tables.next().unwrap_or_default();
        for table in tables {
            sums.iter_mut().zip(table).for_each(|(sum, count)| *sum += count);
        }
        sums
    }
}

/// A code of a case.
pub trait Code: Copy {
    /// Its place among so many cells; what is none of them (a missing category) has the last.
    fn place(self, cells: usize) -> usize;
}

impl Code for u16 {
    #[inline]
    fn place(self, _cells: usize) -> usize {
        usize::from(self)
    }
}

impl Code for u32 {
    #[inline]
    fn place(self, cells: usize) -> usize {
        (self as usize).min(cells - 1)
    }
}
