//! Bins over time: counts by period, and whether the order of neighbouring bins holds in each.

use chrono::{Datelike, NaiveDate};

use super::cell::Cell;
use super::outcomes::SampleOutcomes;
use super::rules::reversal;
use crate::config::StablePeriod;

/// The periods of a sample's cases.
#[derive(Debug, Clone)]
pub struct Periods {
    /// What each is called, in order of time.
    pub names: Vec<String>,
    by_case: ByCase,
}

/// The periods of the sample's cases, in their order.
#[derive(Debug, Clone)]
enum ByCase {
    /// A position in the names.
    Codes(Vec<u16>),
    /// Where a row stands for many cases: (goods, bads) by row and period.
    Counts(Vec<Vec<(f64, f64)>>),
}

impl Periods {
    /// Divides the cases `rows` by the day they were observed on; `None` where there are more than 1,000 periods
    /// or fewer than two.
    pub fn new(observed_at: &[NaiveDate], rows: &[u32], period: StablePeriod) -> Option<Self> {
        let number = |row: &u32| {
            let day = observed_at[*row as usize];
            match period {
                StablePeriod::Month => day.year() * 12 + day.month0() as i32,
                StablePeriod::Quarter => day.year() * 4 + day.month0() as i32 / 3,
                StablePeriod::Year => day.year(),
            }
        };
        let name = |number: i32| match period {
            StablePeriod::Month => format!("{}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
            StablePeriod::Quarter => format!("{}-Q{}", number.div_euclid(4), number.rem_euclid(4) + 1),
            StablePeriod::Year => number.to_string(),
        };
        let numbers: Vec<i32> = rows.iter().map(number).collect();
        let mut known = numbers.clone();
        known.sort_unstable();
        known.dedup();
        if !(2..=1000).contains(&known.len()) {
            return None;
        }
        let codes = numbers.iter().map(|number| known.partition_point(|other| other < number) as u16).collect();
        Some(Periods { names: known.into_iter().map(name).collect(), by_case: ByCase::Codes(codes) })
    }

    /// Periods of rows that stand for many cases: (goods, bads) by row and period.
    pub(super) fn counted(names: Vec<String>, counts: Vec<Vec<(f64, f64)>>) -> Self {
        Periods { names, by_case: ByCase::Counts(counts) }
    }

    /// Adds the (goods, bads) of the case at a position of the sample to those by period.
    pub(crate) fn add(&self, position: usize, case: &Cell, to: &mut [(f64, f64)]) {
        let mut add = |period: usize, goods: f64, bads: f64| {
            to[period].0 += goods;
            to[period].1 += bads;
        };
        match &self.by_case {
            ByCase::Codes(codes) => add(usize::from(codes[position]), case.goods, case.bads),
            ByCase::Counts(counts) => {
                counts[position].iter().enumerate().for_each(|(period, (goods, bads))| add(period, *goods, *bads));
            }
        }
    }

    /// (goods, bads) by period of some cases of the sample.
    pub(super) fn of(&self, positions: impl Iterator<Item = usize>, outcomes: &SampleOutcomes<'_>) -> Vec<(f64, f64)> {
        let mut counts = vec![(0.0, 0.0); self.names.len()];
        for position in positions {
            self.add(position, &outcomes.case(position), &mut counts);
        }
        counts
    }

    /// (goods, bads) by cell and period.
    pub(super) fn cells(&self, codes: &[u16], cells: usize, outcomes: &SampleOutcomes<'_>) -> Vec<Vec<(f64, f64)>> {
        let mut counts = vec![vec![(0.0, 0.0); self.names.len()]; cells];
        for (position, row) in outcomes.rows().iter().enumerate() {
            self.add(position, &outcomes.case(position), &mut counts[usize::from(codes[*row as usize])]);
        }
        counts
    }
}

/// Counts of ordered cells by period, as running sums.
#[derive(Debug, Clone)]
pub struct PeriodCells {
    periods: usize,
    /// Entry (cell + 1) * periods + period: the cells up to this one.
    sums: Vec<(f64, f64)>,
}

impl PeriodCells {
    /// From (goods, bads) by cell and period.
    pub fn new(cells: &[Vec<(f64, f64)>]) -> Self {
        let periods = cells.first().map_or(0, Vec::len);
        let mut sums = vec![(0.0, 0.0); periods];
        for cell in cells {
            for count in cell {
                let before = sums[sums.len() - periods];
                sums.push((before.0 + count.0, before.1 + count.1));
            }
        }
        PeriodCells { periods, sums }
    }

    /// The counts of coarser cells, each given by the last of its cells.
    pub(super) fn joined(&self, ends: &[usize]) -> Self {
        let rows = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
        let sums = rows.flat_map(|row| &self.sums[row * self.periods..(row + 1) * self.periods]).copied().collect();
        PeriodCells { periods: self.periods, sums }
    }

    /// Number of periods.
    pub fn periods(&self) -> usize {
        self.periods
    }

    /// (goods, bads) of the cells `first..=last` in a period.
    pub fn sum(&self, first: usize, last: usize, period: usize) -> (f64, f64) {
        let (before, upto) = (self.sums[first * self.periods + period], self.sums[(last + 1) * self.periods + period]);
        (upto.0 - before.0, upto.1 - before.1)
    }
}

/// A feature's bins by period.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct OverTime {
    /// Names of the periods, in order.
    pub periods: Vec<String>,
    /// (goods, bads) by bin and period; special and missing bins included.
    pub counts: Vec<Vec<(f64, f64)>>,
    /// How many of the bins are ordinary: these come first.
    pub ordinary: usize,
    /// Share of (pair of neighbouring ordinary bins, period) in which the order of their good rates is as over
    /// all periods, among those where both hold cases: 1 is perfectly stable. `None`: nothing to compare.
    pub order_kept: Option<f64>,
    /// Information value that the constraint on the order cost; `None` where there was none.
    pub price: Option<f64>,
}

impl OverTime {
    /// `ordinary` bins come first, in the order of their trend.
    pub(super) fn new(periods: &Periods, counts: Vec<Vec<(f64, f64)>>, ordinary: usize) -> Self {
        let rate = |counts: &[(f64, f64)]| {
            let (goods, bads) = counts.iter().fold((0.0, 0.0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
            goods / (goods + bads)
        };
        let (mut kept, mut compared) = (0_u32, 0_u32);
        for pair in counts[..ordinary].windows(2) {
            let direction = (rate(&pair[1]) - rate(&pair[0])).signum();
            for (left, right) in pair[0].iter().zip(&pair[1]) {
                if let Some(reversed_by) = reversal(*left, *right, direction) {
                    compared += 1;
                    kept += u32::from(reversed_by <= 0.0);
                }
            }
        }
        let order_kept = (compared > 0).then(|| f64::from(kept) / f64::from(compared));
        OverTime { periods: periods.names.clone(), counts, ordinary, order_kept, price: None }
    }
}
