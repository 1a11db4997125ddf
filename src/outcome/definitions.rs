//! How bad rate, sample size, stability and cures move with the definition of bad and the window.
//!
//! A point is an account in a month m; its window is the months m + 1 to m + h. In this order it is:
//! immature (the window is not wholly within the table's months), unmeasured (a row in m, of unknown
//! state and not bad), already bad (bad in m), bad (bad in a month of the window), without a record
//! (no row in the window), indeterminate (too far behind in a month of the window), else good.
//! Bad rate = bads / (goods + bads).

use rayon::prelude::*;

use super::panel::{Panel, UNKNOWN};

/// Points of one month, by what they turned out to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PointCounts {
    /// All of them.
    pub points: u64,
    /// The window is not wholly within the table's months.
    pub immature: u64,
    /// The state at the observation is not known.
    pub unmeasured: u64,
    /// Bad at the observation.
    pub already_bad: u64,
    /// No row in the window, and so no outcome.
    pub no_record: u64,
    /// Too far behind to be good, and not bad.
    pub indeterminates: u64,
    /// Good.
    pub goods: u64,
    /// Goods with fewer rows in the window than it has months: closed early, or with a gap.
    pub goods_partly_seen: u64,
    /// Bad.
    pub bads: u64,
    /// Bads of which it is known whether they cure: the table reaches `cure_months` months beyond the
    /// month in which they turned bad.
    pub cure_known: u64,
    /// Of these, how many are current in a month within `cure_months` after it.
    pub cured: u64,
}

impl PointCounts {
    /// Adds the counts of other points.
    pub fn add(&mut self, other: &PointCounts) {
        self.points += other.points;
        self.immature += other.immature;
        self.unmeasured += other.unmeasured;
        self.already_bad += other.already_bad;
        self.no_record += other.no_record;
        self.indeterminates += other.indeterminates;
        self.goods += other.goods;
        self.goods_partly_seen += other.goods_partly_seen;
        self.bads += other.bads;
        self.cure_known += other.cure_known;
        self.cured += other.cured;
    }

    /// Bads / (goods + bads); `None` without either.
    pub fn bad_rate(&self) -> Option<f64> {
        let total = self.goods + self.bads;
        (total > 0).then(|| self.bads as f64 / total as f64)
    }

    /// Cured / bads of which it is known; `None` without any.
    pub fn cure_rate(&self) -> Option<f64> {
        (self.cure_known > 0).then(|| self.cured as f64 / self.cure_known as f64)
    }
}

/// Which account-months are observed.
#[derive(Debug, Clone, Copy)]
pub enum Points<'a> {
    /// Every row of the panel.
    EveryRow,
    /// These accounts in these months, sorted by account.
    At(&'a [(u32, i32)]),
}

/// A definition and a window: counts by month of observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Position of the definition.
    pub definition: usize,
    /// Length of the window in months.
    pub window_months: u32,
    /// Month of the first entry of `months`.
    pub first_month: i32,
    /// Counts by month of observation.
    pub months: Vec<PointCounts>,
}

impl Cell {
    /// Counts of all months.
    pub fn total(&self) -> PointCounts {
        self.months.iter().fold(PointCounts::default(), |mut total, month| {
            total.add(month);
            total
        })
    }
}

/// How far bad rates of months lie apart.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Stability {
    /// Pearson's statistic over its degrees of freedom: sum over months of n (b_m - b)^2 / (b (1 - b)) /
    /// (months - 1), n the month's goods and bads, b_m its bad rate, b that of all months. About 1 where
    /// months differ by chance alone and cases are independent; `None` with fewer than two months, or
    /// where all are good or all bad.
    pub dispersion: Option<f64>,
    /// b_m - b of the month where it is largest in size.
    pub largest_deviation: Option<f64>,
    /// Position of that month.
    #[serde(skip)]
    pub largest_month: Option<usize>,
}

/// Stability of the bad rate over months; months without goods and bads are passed over.
pub fn stability(months: &[PointCounts]) -> Stability {
    let (goods, bads) = months.iter().fold((0, 0), |(goods, bads), month| (goods + month.goods, bads + month.bads));
    let mut stability = Stability { dispersion: None, largest_deviation: None, largest_month: None };
    if goods + bads == 0 {
        return stability;
    }
    let overall = bads as f64 / (goods + bads) as f64;
    let (mut statistic, mut counted) = (0.0, 0_u32);
    for (position, month) in months.iter().enumerate() {
        let Some(rate) = month.bad_rate() else { continue };
        let deviation = rate - overall;
        counted += 1;
        statistic += (month.goods + month.bads) as f64 * deviation * deviation;
        if stability.largest_deviation.is_none_or(|largest| deviation.abs() > largest.abs()) {
            (stability.largest_deviation, stability.largest_month) = (Some(deviation), Some(position));
        }
    }
    if counted > 1 && goods > 0 && bads > 0 {
        stability.dispersion = Some(statistic / (overall * (1.0 - overall)) / f64::from(counted - 1));
    }
    stability
}

/// Counts every definition with every window: definitions outside, windows inside.
pub fn grid(panel: &Panel, points: Points<'_>, definitions: usize, windows: &[u32], cure_months: u32) -> Vec<Cell> {
    let (first, last) = match points {
        Points::EveryRow => (panel.first, panel.last),
        Points::At(points) => {
            points.iter().fold((i32::MAX, i32::MIN), |(first, last), (_, month)| (first.min(*month), last.max(*month)))
        }
    };
    let months = usize::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(0);
    let cells = definitions * windows.len();
    let pieces: Vec<Vec<PointCounts>> = panel
        .pieces()
        .into_par_iter()
        .map(|accounts| {
            let mut counts = vec![PointCounts::default(); cells * months];
            let mut account_counter = Account::default();
            for account in accounts {
                let observed = match points {
                    Points::EveryRow => Observed::Months(&panel.month[panel.rows(account)]),
                    Points::At(points) => Observed::Points(of_account(points, account)),
                };
                if observed.is_empty() {
                    continue;
                }
                for definition in 0..definitions {
                    account_counter.prepare(panel, account, definition, cure_months);
                    for position in 0..observed.len() {
                        let month = observed.month(position);
                        for (window, length) in windows.iter().enumerate() {
                            let cell = definition * windows.len() + window;
                            let count = &mut counts[cell * months + (month - first) as usize];
                            account_counter.count(panel, month, *length, count);
                        }
                    }
                }
            }
            counts
        })
        .collect();
    let mut sums = vec![PointCounts::default(); cells * months];
    for piece in &pieces {
        sums.iter_mut().zip(piece).for_each(|(sum, more)| sum.add(more));
    }
    let mut cells = Vec::with_capacity(cells);
    for definition in 0..definitions {
        for (window, length) in windows.iter().enumerate() {
            let from = (definition * windows.len() + window) * months;
            let months = sums[from..from + months].to_vec();
            cells.push(Cell { definition, window_months: *length, first_month: first, months });
        }
    }
    cells
}

/// The months in which an account is observed.
#[derive(Clone, Copy)]
enum Observed<'a> {
    Months(&'a [i32]),
    Points(&'a [(u32, i32)]),
}

impl Observed<'_> {
    fn len(self) -> usize {
        match self {
            Observed::Months(months) => months.len(),
            Observed::Points(points) => points.len(),
        }
    }

    fn is_empty(self) -> bool {
        self.len() == 0
    }

    fn month(self, position: usize) -> i32 {
        match self {
            Observed::Months(months) => months[position],
            Observed::Points(points) => points[position].1,
        }
    }
}

fn of_account(points: &[(u32, i32)], account: usize) -> &[(u32, i32)] {
    let from = points.partition_point(|point| (point.0 as usize) < account);
    let until = points.partition_point(|point| (point.0 as usize) <= account);
    &points[from..until]
}

/// One account under one definition: for every row, the next one that is bad, too far behind, or current.
#[derive(Default)]
struct Account {
    rows: std::ops::Range<usize>,
    bit: u8,
    /// Month of the first row at or after this one that is bad, and whether that bad cures, if known.
    next_bad: Vec<Option<(i32, Option<bool>)>>,
    /// Month of the first row at or after this one that is too far behind.
    next_near: Vec<Option<i32>>,
}

impl Account {
    fn prepare(&mut self, panel: &Panel, account: usize, definition: usize, cure_months: u32) {
        self.rows = panel.rows(account);
        self.bit = 1 << definition;
        let length = self.rows.len();
        self.next_bad.clear();
        self.next_bad.resize(length + 1, None);
        self.next_near.clear();
        self.next_near.resize(length + 1, None);
        let cure_months = i32::try_from(cure_months).unwrap_or(i32::MAX);
        let mut next_current: Option<i32> = None;
        for (position, row) in self.rows.clone().enumerate().rev() {
            let month = panel.month[row];
            let until = month.saturating_add(cure_months);
            self.next_bad[position] = match panel.bad[row] & self.bit {
                0 => self.next_bad[position + 1],
                _ => {
                    let cured = next_current.is_some_and(|current| current <= until);
                    Some((month, (until <= panel.last).then_some(cured)))
                }
            };
            self.next_near[position] = match panel.near[row] & self.bit {
                0 => self.next_near[position + 1],
                _ => Some(month),
            };
            // A row may be current by its measure and bad by the definition's own condition.
            if panel.state[row] == 0 && panel.bad[row] & self.bit == 0 {
                next_current = Some(month);
            }
        }
    }

    fn count(&self, panel: &Panel, month: i32, window_months: u32, count: &mut PointCounts) {
        count.points += 1;
        let until = month.saturating_add(i32::try_from(window_months).unwrap_or(i32::MAX));
        if until > panel.last || month + 1 < panel.first {
            count.immature += 1;
            return;
        }
        let months = &panel.month[self.rows.clone()];
        let next = months.partition_point(|known| *known <= month);
        if let Some(now) = next.checked_sub(1)
            && months[now] == month
        {
            let row = self.rows.start + now;
            if panel.bad[row] & self.bit != 0 {
                count.already_bad += 1;
                return;
            }
            if panel.state[row] == UNKNOWN {
                count.unmeasured += 1;
                return;
            }
        }
        if let Some((when, cured)) = self.next_bad[next]
            && when <= until
        {
            count.bads += 1;
            count.cure_known += u64::from(cured.is_some());
            count.cured += u64::from(cured == Some(true));
            return;
        }
        let seen = months[next..].iter().take_while(|known| **known <= until).count();
        if seen == 0 {
            count.no_record += 1;
        } else if self.next_near[next].is_some_and(|when| when <= until) {
            count.indeterminates += 1;
        } else {
            count.goods += 1;
            count.goods_partly_seen += u64::from(seen < window_months as usize);
        }
    }
}
