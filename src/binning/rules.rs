//! What a partition must respect.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::factorial::ln_factorial;

use super::cell::Cell;
use super::objective::Measure;
use super::stability::PeriodCells;
use crate::config::{Monotone, NeighbourTest};

/// Differences in WOE below this are rounding, not a trend.
const SAME_WOE: f64 = 1e-12;

/// The constraints of a partition of ordered cells.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// Most bins.
    pub max_bins: usize,
    /// Least weight of a bin.
    pub min_weight: f64,
    /// Least number of cases of a bin.
    pub min_cases: f64,
    /// Least weight and number of goods of a bin.
    pub min_goods: f64,
    /// Least weight and number of bads of a bin.
    pub min_bads: f64,
    /// Trend of the good rate from the first bin to the last.
    pub trend: Monotone,
    /// Least difference in WOE between neighbours.
    pub min_woe_difference: f64,
    /// Greatest p value between neighbours.
    pub max_p_value: Option<f64>,
    /// Its test.
    pub p_value_test: NeighbourTest,
    /// The order of neighbours must hold over time.
    pub stable: Option<Stable<'a>>,
    /// What is maximised.
    pub measure: Measure,
    /// By boundary: entry i lies between cell i and cell i + 1. Empty: all are free.
    pub boundaries: Vec<Boundary>,
}

/// What holds for a place where a cut may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Boundary {
    /// A cut may lie here.
    #[default]
    Free,
    /// A cut must lie here.
    Fixed,
    /// No cut may lie here.
    Forbidden,
}

/// Stability of neighbours' order over time.
#[derive(Debug, Clone, Copy)]
pub struct Stable<'a> {
    /// Counts by cell and period.
    pub periods: &'a PeriodCells,
    /// Share of the periods in which the order must hold.
    pub share: f64,
    /// Standard errors of the difference by which it may be missed.
    pub tolerance: f64,
}

/// A neighbour of a bin: where it lies, with its counts.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// First cell.
    pub first: usize,
    /// Last cell.
    pub last: usize,
    /// Their sum.
    pub cell: Cell,
}

impl Rules<'_> {
    /// What holds at the boundary after a cell.
    pub fn boundary(&self, cell: usize) -> Boundary {
        self.boundaries.get(cell).copied().unwrap_or_default()
    }

    /// Whether a bin has the least sizes.
    pub fn is_large_enough(&self, bin: &Cell) -> bool {
        // A sum, and a share of one, is exact to rounding only.
        let least = 1.0 - 1e-9;
        bin.weight() >= self.min_weight * least
            && bin.cases >= self.min_cases * least
            && bin.cases > 0.0
            && bin.goods.min(bin.good_cases) >= self.min_goods * least
            && bin.bads.min(bin.bad_cases) >= self.min_bads * least
    }

    /// The least difference in WOE that counts as a step.
    pub fn step(&self) -> f64 {
        self.min_woe_difference.max(SAME_WOE)
    }

    /// Whether neighbours are compared by more than their WOE.
    pub fn compares_neighbours(&self) -> bool {
        self.max_p_value.is_some() || self.stable.is_some()
    }

    /// Whether two neighbours pass the tests beyond their WOE.
    pub fn neighbours_pass(&self, left: &Span, right: &Span) -> bool {
        if let Some(max) = self.max_p_value
            && p_value(&left.cell, &right.cell, self.p_value_test) > max
        {
            return false;
        }
        match &self.stable {
            None => true,
            Some(stable) => stable.holds(left, right),
        }
    }
}

impl Stable<'_> {
    /// Whether the order of two neighbours, as it is over all periods, holds in enough of them.
    fn holds(&self, left: &Span, right: &Span) -> bool {
        let rate = |cell: &Cell| cell.goods / cell.weight();
        let direction = (rate(&right.cell) - rate(&left.cell)).signum();
        let (mut held, mut compared) = (0_u32, 0_u32);
        for period in 0..self.periods.periods() {
            let [left, right] = [left, right].map(|span| self.periods.sum(span.first, span.last, period));
            if let Some(reversed_by) = reversal(left, right, direction) {
                compared += 1;
                // Equal rates may differ in their last digits.
                held += u32::from(reversed_by <= self.tolerance + 1e-9);
            }
        }
        f64::from(held) >= self.share * f64::from(compared) - 1e-9
    }
}

/// By how many standard errors of the difference the good rates of two bins (goods, bads) run against a
/// direction; at most 0 where they do not. `None` where a bin is empty.
pub(super) fn reversal(left: (f64, f64), right: (f64, f64), direction: f64) -> Option<f64> {
    let (left_weight, right_weight) = (left.0 + left.1, right.0 + right.1);
    if left_weight <= 0.0 || right_weight <= 0.0 {
        return None;
    }
    let against = (left.0 / left_weight - right.0 / right_weight) * direction;
    let rate = (left.0 + right.0) / (left_weight + right_weight);
    let variance = rate * (1.0 - rate) * (1.0 / left_weight + 1.0 / right_weight);
    Some(if against <= 0.0 || variance <= 0.0 { against.min(0.0) } else { against / variance.sqrt() })
}

/// Two-sided p value of the difference between the good rates of two bins.
///
/// - z: (r1 - r2) / sqrt(r (1 - r) (1/n1 + 1/n2)) with the pooled rate r, against the standard normal;
/// - Fisher: the sum of the hypergeometric probabilities that do not exceed the observed table's (as R's
///   `fisher.test`), on weights rounded to whole numbers.
pub fn p_value(left: &Cell, right: &Cell, test: NeighbourTest) -> f64 {
    match test {
        NeighbourTest::Z => {
            let sides = ((left.goods, left.bads), (right.goods, right.bads));
            let direction = (right.goods * left.weight() - left.goods * right.weight()).signum();
            let z = reversal(sides.0, sides.1, -direction).unwrap_or(0.0);
            Normal::standard().cdf(-z.max(0.0)) * 2.0
        }
        NeighbourTest::Fisher => fisher(left, right),
    }
}

fn fisher(left: &Cell, right: &Cell) -> f64 {
    // Sums of weights are exact to rounding only: what is a half but for that is rounded up.
    let whole = |weight: f64| (weight * (1.0 + 1e-9)).round() as u64;
    let [a, b, c, d] = [left.goods, left.bads, right.goods, right.bads].map(whole);
    let (drawn, goods, all) = (a + b, a + c, a + b + c + d);
    let (low, high) = (drawn.saturating_sub(b + d), drawn.min(goods));
    let ln_choose = |n: u64, k: u64| ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    let ln_p = |x: u64| ln_choose(goods, x) + ln_choose(all - goods, drawn - x) - ln_choose(all, drawn);
    // As R: probabilities within rounding of the observed one count as equal to it.
    let limit = ln_p(a) + 1e-7;
    // Probabilities rise up to the mode and fall after it: those that count are two tails.
    let mode = (((drawn + 1) as f64 * (goods + 1) as f64 / (all + 2) as f64) as u64).clamp(low, high);
    let below = first_not(low, mode, |x| ln_p(x) <= limit);
    let above = first_not(0, high - mode, |step| ln_p(high - step) <= limit);
    let tail = |from: u64, to: u64, next: &dyn Fn(u64) -> f64| {
        let mut term = ln_p(from).exp();
        let mut sum = term;
        let steps = from.abs_diff(to);
        for step in 0..steps {
            term *= next(if to < from { from - step } else { from + step });
            sum += term;
            if term < sum * 1e-18 {
                break;
            }
        }
        sum
    };
    let (n, k, m) = (all as f64, goods as f64, drawn as f64);
    let falls = |x: u64| x as f64 * (n - k - m + x as f64) / ((k - x as f64 + 1.0) * (m - x as f64 + 1.0));
    let rises = |x: u64| (k - x as f64) * (m - x as f64) / ((x as f64 + 1.0) * (n - k - m + x as f64 + 1.0));
    if ln_p(mode) <= limit {
        return 1.0;
    }
    let lower = if below > low { tail(below - 1, low, &falls) } else { 0.0 };
    let upper = if above > 0 { tail(high - above + 1, high, &rises) } else { 0.0 };
    (lower + upper).min(1.0)
}

/// The first number of `from..=to` for which a condition, which holds for the first ones only, does not hold; `to + 1`
/// where it holds for all.
fn first_not(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (from, to + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}
