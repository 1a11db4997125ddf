//! The best partition of ordered cells into at most so many neighbouring bins.
//!
//! Exact, by dynamic programming over (number of bins, last bin, direction): the objective is the
//! sum of the bins' information values, so the best partition that ends in a given bin extends the
//! best one that ends right before it. O(max_bins * cells^3) steps.

use super::prebins::Prebin;
use super::table::woe_and_iv;
use crate::config::Monotone;

/// What a partition must respect.
#[derive(Debug, Clone, Copy)]
pub struct Partitioning {
    /// Most bins.
    pub max_bins: usize,
    /// Least weight (goods and bads) of a bin.
    pub min_weight: f64,
    /// Trend of the good rate from the first bin to the last.
    pub monotone: Monotone,
    /// Goods of the whole sample, for shares.
    pub all_goods: f64,
    /// Bads of the whole sample, for shares.
    pub all_bads: f64,
}

/// A bin: cells `first..=last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First cell.
    pub first: usize,
    /// Last cell.
    pub last: usize,
}

/// The partition of all cells with the highest information value, and that value. Every bin has
/// goods, bads and the least weight. `None` where no partition with at least two such bins has the
/// trend. Ties go to the partition with fewer bins, then to earlier cuts.
pub fn optimise(cells: &[Prebin], rules: &Partitioning) -> Option<(Vec<Segment>, f64)> {
    let shapes: &[(f64, bool, bool)] = match rules.monotone {
        // (direction, may turn, free order)
        Monotone::None => &[(1.0, false, true)],
        Monotone::Ascending => &[(1.0, false, false)],
        Monotone::Descending => &[(-1.0, false, false)],
        Monotone::Auto => &[(1.0, false, false), (-1.0, false, false)],
        Monotone::Peak => &[(1.0, true, false)],
        Monotone::Valley => &[(-1.0, true, false)],
        Monotone::Unimodal => &[(1.0, true, false), (-1.0, true, false)],
    };
    let bins = Bins::new(cells, rules);
    let mut best: Option<(Vec<Segment>, f64)> = None;
    for shape in shapes {
        if let Some((segments, value)) = solve(&bins, rules.max_bins, *shape)
            && best.as_ref().is_none_or(|(known, known_value)| {
                value > *known_value || (value == *known_value && segments.len() < known.len())
            })
        {
            best = Some((segments, value));
        }
    }
    best
}

/// Whether good rates, in order, have a trend; equal neighbours do not rise or fall.
pub(super) fn has_trend(rates: &[f64], trend: Monotone) -> bool {
    let turns = |direction: f64| {
        let mut steps = rates.windows(2).map(|pair| (pair[1] - pair[0]) * direction).peekable();
        while steps.next_if(|step| *step > 0.0).is_some() {}
        steps.all(|step| step < 0.0)
    };
    let goes = |direction: f64| rates.windows(2).all(|pair| (pair[1] - pair[0]) * direction > 0.0);
    match trend {
        Monotone::None => true,
        Monotone::Ascending => goes(1.0),
        Monotone::Descending => goes(-1.0),
        Monotone::Auto => goes(1.0) || goes(-1.0),
        Monotone::Peak => turns(1.0),
        Monotone::Valley => turns(-1.0),
        Monotone::Unimodal => turns(1.0) || turns(-1.0),
    }
}

/// Good rate and information value of every admissible bin.
struct Bins {
    cells: usize,
    /// By first * cells + last; `None`: not admissible.
    figures: Vec<Option<(f64, f64)>>,
}

impl Bins {
    fn new(cells: &[Prebin], rules: &Partitioning) -> Self {
        let n = cells.len();
        let mut figures = vec![None; n * n];
        for first in 0..n {
            let mut bin = Prebin::default();
            for (last, cell) in cells.iter().enumerate().skip(first) {
                bin.goods += cell.goods;
                bin.bads += cell.bads;
                if bin.goods > 0.0 && bin.bads > 0.0 && bin.weight() >= rules.min_weight {
                    let (_, value) = woe_and_iv(bin.goods, bin.bads, rules.all_goods, rules.all_bads);
                    figures[first * n + last] = Some((bin.goods / bin.weight(), value));
                }
            }
        }
        Bins { cells: n, figures }
    }

    fn get(&self, first: usize, last: usize) -> Option<(f64, f64)> {
        self.figures[first * self.cells + last]
    }
}

/// The best value of a partition that ends in a bin, and the bin before it (its first cell and whether
/// the trend had turned).
#[derive(Clone, Copy)]
struct State {
    value: f64,
    before: Option<(usize, bool)>,
}

fn solve(bins: &Bins, max_bins: usize, (direction, may_turn, free): (f64, bool, bool)) -> Option<(Vec<Segment>, f64)> {
    let n = bins.cells;
    let index = |first: usize, last: usize, turned: bool| (first * n + last) * 2 + usize::from(turned);
    let mut layers: Vec<Vec<Option<State>>> = Vec::new();
    let mut best: Option<(usize, usize, bool, f64)> = None;
    for count in 1..=max_bins.min(n) {
        let mut layer: Vec<Option<State>> = vec![None; n * n * 2];
        for last in 0..n {
            for first in 0..=last {
                let Some((rate, value)) = bins.get(first, last) else { continue };
                if count == 1 {
                    if first == 0 {
                        layer[index(first, last, false)] = Some(State { value, before: None });
                    }
                    continue;
                }
                let (Some(previous), Some(end)) = (layers.last(), first.checked_sub(1)) else { continue };
                for start in 0..=end {
                    let Some((rate_before, _)) = bins.get(start, end) else { continue };
                    let step = (rate - rate_before) * direction;
                    for turned_before in [false, true] {
                        let Some(state) = previous[index(start, end, turned_before)] else { continue };
                        let turned = if free || (step > 0.0 && !turned_before) {
                            false
                        } else if step < 0.0 && may_turn {
                            true
                        } else {
                            continue;
                        };
                        let total = state.value + value;
                        let slot = &mut layer[index(first, last, turned)];
                        if slot.is_none_or(|known| total > known.value) {
                            *slot = Some(State { value: total, before: Some((start, turned_before)) });
                        }
                    }
                }
            }
        }
        if count >= 2 {
            for first in 0..n {
                for turned in [false, true] {
                    if let Some(state) = layer[index(first, n - 1, turned)]
                        && best.is_none_or(|(.., value)| state.value > value)
                    {
                        best = Some((count, first, turned, state.value));
                    }
                }
            }
        }
        layers.push(layer);
    }
    let (count, mut first, mut turned, value) = best?;
    let mut segments = Vec::with_capacity(count);
    let mut last = n - 1;
    for layer in layers.iter().take(count).rev() {
        segments.push(Segment { first, last });
        if let Some((start, turned_before)) = layer[index(first, last, turned)].and_then(|state| state.before) {
            (last, first, turned) = (first - 1, start, turned_before);
        }
    }
    segments.reverse();
    Some((segments, value))
}
