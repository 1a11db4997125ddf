//! The best partition of ordered cells into neighbouring bins.
//!
//! Exact, by dynamic programming over (number of bins, first cell of the last bin, its last cell, whether the
//! trend has turned): objectives are sums over bins and constraints join neighbours only, so the best partition
//! that ends in a bin extends the best one that ends right before it. The bins that end at a cell are put in the
//! order of their WOE once; which of them a trend lets come before a bin is then a stretch of that order, and the
//! best of a stretch is a running maximum. O(cells^2 (log cells + max_bins)) steps; tests beyond the WOE
//! (p value, order over time) are made for the best candidate first, and for others only where it fails.

use std::hint::select_unpredictable;

use super::cell::{Cell, running};
use super::rules::{Boundary, Rules, Span};
use crate::config::Monotone;

/// A bin: cells `first..=last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First cell.
    pub first: usize,
    /// Last cell.
    pub last: usize,
}

/// A partition with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The bins, in order; at least two, or one where the objective prefers it.
    pub segments: Vec<Segment>,
    /// The objective.
    pub value: f64,
}

/// A course of WOE over the bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    /// The course before the turn; `None`: any.
    rises: Option<bool>,
    may_turn: bool,
}

/// Whether an objective is higher by more than rounding; what is not does not pay for a further bin or another cut.
pub(super) fn is_higher(value: f64, known: f64) -> bool {
    value > known && value - known > 1e-12 * value.abs().max(1.0)
}

/// No admissible partition.
const NONE: f64 = f64::NEG_INFINITY;

/// The partition with the highest value under the rules; `None` where there is none with at least two bins (nor,
/// for an objective that charges for bins, with one). Ties go to fewer bins, then to earlier cuts.
pub fn optimise(cells: &[Cell], rules: &Rules<'_>) -> Option<Solution> {
    let free = |rises| Shape { rises, may_turn: false };
    let turn = |rises| Shape { rises: Some(rises), may_turn: true };
    let shapes: &[Shape] = match rules.trend {
        Monotone::None => &[free(None)],
        Monotone::Ascending => &[free(Some(true))],
        Monotone::Descending => &[free(Some(false))],
        Monotone::Auto => &[free(Some(true)), free(Some(false))],
        Monotone::Peak => &[turn(true)],
        Monotone::Valley => &[turn(false)],
        Monotone::Unimodal => &[turn(true), turn(false)],
    };
    let bins = Bins::new(cells, rules);
    let mut best: Option<Solution> = None;
    for shape in shapes {
        if let Some(found) = bins.solve(rules, *shape)
            && best.as_ref().is_none_or(|known| {
                is_higher(found.value, known.value)
                    || (!is_higher(known.value, found.value) && found.segments.len() < known.segments.len())
            })
        {
            best = Some(found);
        }
    }
    best
}

/// Whether figures, in order, have a trend; equal neighbours do not rise or fall.
pub(super) fn has_trend(figures: &[f64], trend: Monotone) -> bool {
    let turns = |direction: f64| {
        let mut steps = figures.windows(2).map(|pair| (pair[1] - pair[0]) * direction).peekable();
        while steps.next_if(|step| *step > 0.0).is_some() {}
        steps.all(|step| step < 0.0)
    };
    let goes = |direction: f64| figures.windows(2).all(|pair| (pair[1] - pair[0]) * direction > 0.0);
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

/// The narrowest trend that figures have: the word for reports.
pub fn trend_of(figures: &[f64]) -> Monotone {
    [Monotone::Ascending, Monotone::Descending, Monotone::Peak, Monotone::Valley]
        .into_iter()
        .find(|trend| has_trend(figures, *trend))
        .unwrap_or(Monotone::None)
}

/// All bins that could be: of cells `first..=last`, at `first * stride + last`.
struct Bins {
    cells: usize,
    /// An odd number of cache lines: columns of a power of two would all fall into the same places of the cache.
    stride: usize,
    sums: Vec<Cell>,
    /// What a bin adds to the objective; [`NONE`] where it is not admissible.
    value: Vec<f64>,
    /// By last cell: the first cells of admissible bins, by rising WOE.
    by_woe: Vec<Vec<u16>>,
    /// For an admissible bin that does not begin with the first cell: how many of the bins that end right before
    /// it, in the order of their WOE, lie a step below it, and after how many of them those a step above begin.
    below: Vec<u16>,
    above: Vec<u16>,
    /// What neighbours were found to be, where more than their WOE is compared: 0 is not known yet. Entry
    /// `known_from[first] + start * (cells - first) + last - first` is that of `start..first` and `first..=last`.
    known: Vec<std::cell::Cell<u8>>,
    known_from: Vec<usize>,
}

/// Up to so many cells what neighbours were found to be is kept: it takes a byte for a sixth of their cube.
const MOST_KNOWN: usize = 400;

/// The best values of partitions by their last bin, as in [`Bins`]; before and after a turn of the trend.
struct Layer {
    straight: Vec<f64>,
    turned: Vec<f64>,
}

/// Where the bin before begins, by last bin, where there is one; [`TURNED`] is added where the partition up to it has turned.
struct Back {
    straight: Vec<u16>,
    turned: Vec<u16>,
}

const TURNED: u16 = 1 << 15;

impl Bins {
    fn new(cells: &[Cell], rules: &Rules<'_>) -> Self {
        let n = cells.len();
        let sums = running(cells);
        let stride = (n.div_ceil(8) | 1) * 8;
        let mut woe = vec![0.0; n * stride];
        let mut value = vec![NONE; n * stride];
        let fixed: Vec<bool> = (0..n).map(|cell| rules.boundary(cell) == Boundary::Fixed).collect();
        for first in 0..n {
            if first > 0 && rules.boundary(first - 1) == Boundary::Forbidden {
                continue;
            }
            for last in first..n {
                let bin = sums[last + 1] - sums[first];
                if rules.is_large_enough(&bin) && (last + 1 == n || rules.boundary(last) != Boundary::Forbidden) {
                    let place = first * stride + last;
                    (woe[place], value[place]) = rules.measure.figures(&bin);
                }
                if fixed[last] {
                    break;
                }
            }
        }
        let step = rules.step();
        let (mut below, mut above) = (vec![0; n * stride], vec![0; n * stride]);
        let mut by_woe: Vec<Vec<u16>> = Vec::with_capacity(n);
        let mut ordered: Vec<(f64, u16)> = Vec::with_capacity(n);
        for last in 0..n {
            let admissible = (0..=last).filter(|first| value[first * stride + last] != NONE);
            ordered.clear();
            ordered.extend(admissible.map(|first| (woe[first * stride + last], first as u16)));
            ordered.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            by_woe.push(ordered.iter().map(|(_, first)| *first).collect());
            if ordered.is_empty() {
                continue;
            }
            let next = last + 1;
            let bins_after = if next < n { next * stride + next..next * stride + n } else { 0..0 };
            for place in bins_after {
                if value[place] != NONE {
                    let (low, high) = (woe[place] - step, woe[place] + step);
                    let lower = ordered.partition_point(|(before, _)| *before <= low);
                    let within = ordered[lower..].iter().take_while(|(before, _)| *before < high).count();
                    below[place] = lower as u16;
                    above[place] = (lower + within) as u16;
                }
            }
        }
        let keeps = rules.compares_neighbours() && n <= MOST_KNOWN;
        let mut known_from = Vec::with_capacity(n + 1);
        known_from.push(0);
        for first in 0..n {
            known_from.push(known_from[first] + first * (n - first));
        }
        let known = vec![std::cell::Cell::new(0); if keeps { known_from[n] } else { 0 }];
        Bins { cells: n, stride, sums, value, by_woe, below, above, known, known_from }
    }

    fn span(&self, first: usize, last: usize) -> Span {
        Span { first, last, cell: self.sums[last + 1] - self.sums[first] }
    }

    /// Whether the bins of `start..first` and `first..=last` pass the tests beyond their WOE.
    fn neighbours_pass(&self, rules: &Rules<'_>, start: u16, first: usize, last: usize) -> bool {
        let start = usize::from(start);
        let judge = || rules.neighbours_pass(&self.span(start, first - 1), &self.span(first, last));
        let Some(known) = self.known.get(self.known_from[first] + start * (self.cells - first) + last - first) else {
            return judge();
        };
        if known.get() == 0 {
            known.set(1 + u8::from(judge()));
        }
        known.get() == 2
    }

    fn solve(&self, rules: &Rules<'_>, shape: Shape) -> Option<Solution> {
        let n = self.cells;
        if n == 0 {
            return None;
        }
        let stride = self.stride;
        let turns = if shape.may_turn { n * stride } else { 0 };
        let mut layer = Layer { straight: vec![NONE; n * stride], turned: vec![NONE; turns] };
        let mut next = Layer { straight: vec![NONE; n * stride], turned: vec![NONE; turns] };
        layer.straight[..n].copy_from_slice(&self.value[..n]);
        let mut backs: Vec<Back> = Vec::new();
        let charges = rules.measure.objective == crate::config::Objective::Likelihood;
        // The best so far: number of bins, first cell of the last one, whether it has turned, value.
        let whole = self.value[n - 1];
        let mut best = (charges && whole != NONE).then_some((1, 0, false, whole));
        for bins in 2..=rules.max_bins.min(n) {
            backs.push(self.extend(rules, shape, &layer, &mut next));
            std::mem::swap(&mut layer, &mut next);
            // With more than one bin, no last bin begins with the first cell.
            next.straight[..n].fill(NONE);
            for (values, turned) in [(&layer.straight, false), (&layer.turned, true)] {
                for first in 1..n {
                    let value = values.get(first * stride + n - 1).copied().unwrap_or(NONE);
                    if value != NONE && best.is_none_or(|(.., known)| is_higher(value, known)) {
                        best = Some((bins, first, turned, value));
                    }
                }
            }
        }
        let (bins, mut first, mut turned, value) = best?;
        let mut last = n - 1;
        let mut segments = Vec::with_capacity(bins);
        for back in backs[..bins - 1].iter().rev() {
            segments.push(Segment { first, last });
            let before = if turned { back.turned[first * stride + last] } else { back.straight[first * stride + last] };
            last = first - 1;
            turned = before & TURNED != 0;
            first = usize::from(before & !TURNED);
        }
        segments.push(Segment { first, last });
        segments.reverse();
        Some(Solution { segments, value })
    }

    /// Writes the best partitions with one bin more to `layer`, whatever it held.
    fn extend(&self, rules: &Rules<'_>, shape: Shape, known: &Layer, layer: &mut Layer) -> Back {
        let n = self.cells;
        let stride = self.stride;
        let mut back = Back { straight: vec![0; n * stride], turned: vec![0; known.turned.len()] };
        let compares = rules.compares_neighbours();
        let (mut onward, mut turning) = (Stretches::default(), Stretches::default());
        for first in 1..n {
            let before = &self.by_woe[first - 1];
            let at = |values: &[f64], start: u16| values[usize::from(start) * stride + first - 1];
            let (low, high) = match shape.rises {
                Some(rises) => (rises, !rises),
                None => (true, rules.min_woe_difference > 0.0),
            };
            onward.fill(before.iter().map(|start| (at(&known.straight, *start), *start)), low, high);
            let row = first * stride + first..first * stride + n;
            let straight = &mut layer.straight[row.clone()];
            straight.fill(NONE);
            let (below, above, own) = (&self.below[row.clone()], &self.above[row.clone()], &self.value[row.clone()]);
            let passes =
                |start: u16, offset: usize| self.neighbours_pass(rules, start & !TURNED, first, first + offset);
            let whole = before.len();
            if !onward.is_empty() {
                let backs = &mut back.straight[row.clone()];
                for (offset, own) in own.iter().enumerate() {
                    let passes = |start| !compares || *own == NONE || passes(start, offset);
                    let low = |count: usize| onward.best_below(count, &passes);
                    let high = |count: usize| onward.best_from(count, &passes);
                    let (value, start) = match shape.rises {
                        Some(true) => low(usize::from(below[offset])),
                        Some(false) => high(usize::from(above[offset])),
                        None if rules.min_woe_difference == 0.0 => low(whole),
                        None => {
                            let (low, high) = (low(usize::from(below[offset])), high(usize::from(above[offset])));
                            if high.0 > low.0 { high } else { low }
                        }
                    };
                    // What is not admissible is minus infinity, and stays it.
                    straight[offset] = value + own;
                    backs[offset] = start;
                }
            }
            if !shape.may_turn {
                continue;
            }
            let either = before.iter().map(|start| {
                let (straight, turned) = (at(&known.straight, *start), at(&known.turned, *start));
                if turned > straight { (turned, *start | TURNED) } else { (straight, *start) }
            });
            turning.fill(either, high, low);
            let turned = &mut layer.turned[row.clone()];
            turned.fill(NONE);
            if !turning.is_empty() {
                let backs = &mut back.turned[row];
                for (offset, own) in own.iter().enumerate() {
                    let passes = |start| !compares || *own == NONE || passes(start, offset);
                    let (value, start) = match shape.rises {
                        Some(true) => turning.best_from(usize::from(above[offset]), &passes),
                        _ => turning.best_below(usize::from(below[offset]), &passes),
                    };
                    turned[offset] = value + own;
                    backs[offset] = start;
                }
            }
        }
        back
    }
}

/// The best of no partitions.
const NOTHING: (f64, u16) = (NONE, 0);

/// Values of partitions with the first cell of their last bin, and the highest of each stretch that begins or ends
/// the list; of equal ones the first met.
#[derive(Default)]
struct Stretches {
    list: Vec<(f64, u16)>,
    /// Entry k: of the first k.
    below: Vec<(f64, u16)>,
    /// Entry k: of all but the first k.
    from: Vec<(f64, u16)>,
}

impl Stretches {
    /// Takes other values, and finds the best from the start, to the end, or both.
    fn fill(&mut self, values: impl Iterator<Item = (f64, u16)>, from_start: bool, to_end: bool) {
        self.list.clear();
        self.list.extend(values);
        // No branch on which is higher: of values on the rise, no processor could guess it.
        let higher = |best: (f64, u16), entry: &(f64, u16)| {
            let is_higher = entry.0 > best.0;
            (select_unpredictable(is_higher, entry.0, best.0), select_unpredictable(is_higher, entry.1, best.1))
        };
        self.below.clear();
        self.from.clear();
        if from_start {
            let mut best = NOTHING;
            self.below.push(best);
            self.below.extend(self.list.iter().map(|entry| {
                best = higher(best, entry);
                best
            }));
        }
        if to_end {
            let mut best = NOTHING;
            self.from.resize(self.list.len() + 1, NOTHING);
            for (place, entry) in self.from.iter_mut().zip(&self.list).rev() {
                best = higher(best, entry);
                *place = best;
            }
        }
    }

    /// Whether no value is one of an admissible partition.
    fn is_empty(&self) -> bool {
        self.below.last().or(self.from.first()).is_none_or(|best| best.0 == NONE)
    }

    /// The highest of the first `count` that passes.
    #[inline]
    fn best_below(&self, count: usize, passes: &impl Fn(u16) -> bool) -> (f64, u16) {
        let best = self.below[count];
        if best.0 == NONE || passes(best.1) { best } else { best_that(&self.list[..count], passes) }
    }

    /// The highest of all but the first `count` that passes.
    #[inline]
    fn best_from(&self, count: usize, passes: &impl Fn(u16) -> bool) -> (f64, u16) {
        let best = self.from[count];
        if best.0 == NONE || passes(best.1) { best } else { best_that(&self.list[count..], passes) }
    }
}

fn best_that(list: &[(f64, u16)], passes: &impl Fn(u16) -> bool) -> (f64, u16) {
    list.iter().fold(NOTHING, |best, entry| if entry.0 > best.0 && passes(entry.1) { *entry } else { best })
}
