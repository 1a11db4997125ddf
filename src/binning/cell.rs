//! Counts of the cases in one place: a value, a prebin, a bin. Everything is additive.

use std::ops::{Add, AddAssign, Sub};

/// Counts of determinate cases.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cell {
    /// Number of cases.
    pub cases: f64,
    /// Number of cases with a good weight.
    pub good_cases: f64,
    /// Number of cases with a bad weight.
    pub bad_cases: f64,
    /// Weight of goods.
    pub goods: f64,
    /// Weight of bads.
    pub bads: f64,
}

impl Cell {
    /// A case; nothing where it is indeterminate.
    pub fn case(good: f64, bad: f64) -> Self {
        let one = |weight: f64| f64::from(u8::from(weight > 0.0));
        Cell { cases: one(good + bad), good_cases: one(good), bad_cases: one(bad), goods: good, bads: bad }
    }

    /// So many plain goods and bads.
    pub fn plain(goods: f64, bads: f64) -> Self {
        Cell { cases: goods + bads, good_cases: goods, bad_cases: bads, goods, bads }
    }

    /// Weight of goods and bads.
    pub fn weight(&self) -> f64 {
        self.goods + self.bads
    }

    /// Whether it holds bads and no goods, or goods and no bads.
    pub fn is_pure(&self) -> bool {
        (self.goods > 0.0) != (self.bads > 0.0)
    }
}

impl AddAssign for Cell {
    fn add_assign(&mut self, other: Cell) {
        self.cases += other.cases;
        self.good_cases += other.good_cases;
        self.bad_cases += other.bad_cases;
        self.goods += other.goods;
        self.bads += other.bads;
    }
}

impl Add for Cell {
    type Output = Cell;
    fn add(mut self, other: Cell) -> Cell {
        self += other;
        self
    }
}

impl Sub for Cell {
    type Output = Cell;
    fn sub(self, other: Cell) -> Cell {
        Cell {
            cases: self.cases - other.cases,
            good_cases: self.good_cases - other.good_cases,
            bad_cases: self.bad_cases - other.bad_cases,
            goods: self.goods - other.goods,
            bads: self.bads - other.bads,
        }
    }
}

impl std::iter::Sum for Cell {
    fn sum<I: Iterator<Item = Cell>>(cells: I) -> Cell {
        cells.fold(Cell::default(), Add::add)
    }
}

/// Sums from the first cell on: entry i holds the cells before i.
pub(super) fn running(cells: &[Cell]) -> Vec<Cell> {
    let mut sums = Vec::with_capacity(cells.len() + 1);
    let mut sum = Cell::default();
    sums.push(sum);
    for cell in cells {
        sum += *cell;
        sums.push(sum);
    }
    sums
}
