//! Cuts move on the boundaries of grains, then on the distinct values beside them, as long as the objective rises.

use super::cell::{Cell, running};
use super::optimise::optimise;
use super::prebins::{Grains, Numbers, cut_between, prebin_ends};
use super::rules::{Boundary, Rules, Span, Stable};
use super::stability::{PeriodCells, Periods};
use crate::config::{ForbiddenCut, Monotone, Refine};

/// Most times that the windows around the cuts are widened.
const ROUNDS: usize = 8;

/// Where the cuts of a partition may end up.
pub(super) struct Refinement<'a> {
    pub numbers: Numbers<'a>,
    pub grains: &'a Grains,
    /// Counts by grain.
    pub cells: &'a [Cell],
    /// The rules, over grains.
    pub rules: &'a Rules<'a>,
    pub periods: Option<&'a Periods>,
    pub fixed: &'a [f64],
    pub forbidden: &'a [ForbiddenCut],
}

impl Refinement<'_> {
    /// The numbers for cuts that lie after the grains `start`: where they move, first on the boundaries of grains,
    /// then on the values beside them; else in the gaps of the data where they stand. `prebins`: most of them.
    pub fn cuts(&self, start: Vec<usize>, refine: Refine, prebins: usize) -> Vec<f64> {
        if start.is_empty() {
            return Vec::new();
        }
        let mut is_open = vec![false; self.cells.len()];
        let mut fine = Fine::new(self, &is_open);
        let mut placed = if refine == Refine::None { start } else { fine.climb(start) };
        let mut edges = if self.grains.is_exact { Vec::new() } else { placed.clone() };
        for _ in 0..ROUNDS {
            if edges.is_empty() {
                break;
            }
            for grain in &edges {
                is_open[*grain] = true;
                is_open[grain + 1] = true;
            }
            // A cut keeps its place between rounds by the cases below it.
            let below = fine.below(&placed);
            fine = Fine::new(self, &is_open);
            placed = fine.positions(&below);
            if refine == Refine::None {
                break;
            }
            placed = fine.climb(placed);
            edges = placed.iter().filter_map(|position| fine.edge(*position)).collect();
        }
        if refine == Refine::Thorough {
            let below = fine.below(&placed);
            fine = Fine::new(self, &vec![true; self.cells.len()]);
            let starts = [Some(fine.positions(&below)), fine.optimum(prebins / 4), fine.optimum(prebins * 2)];
            let ends = starts.into_iter().flatten().map(|start| fine.climb(start));
            placed = ends.fold(Vec::new(), |best, found| match fine.value(&found) > fine.value(&best) + 1e-12 {
                true => found,
                false => best,
            });
        }
        placed.into_iter().filter_map(|position| fine.cut(position)).collect()
    }
}

/// Grains, with those near cuts unfolded into their distinct values.
struct Fine<'a> {
    refinement: &'a Refinement<'a>,
    /// Running sums over the fine cells.
    sums: Vec<Cell>,
    /// The value of a fine cell; NaN for a grain that is not unfolded.
    values: Vec<f64>,
    /// The grain that a fine cell lies in.
    grain: Vec<usize>,
    periods: Option<PeriodCells>,
}

impl<'a> Fine<'a> {
    fn new(refinement: &'a Refinement<'a>, is_open: &[bool]) -> Self {
        let Refinement { numbers, grains, cells, rules, .. } = refinement;
        let mut members: Vec<Vec<(f64, u32)>> = vec![Vec::new(); cells.len()];
        let rows = if is_open.contains(&true) { numbers.outcomes.rows() } else { &[] };
        for (position, row) in rows.iter().enumerate() {
            let code = usize::from(grains.codes[*row as usize]);
            if is_open.get(code) == Some(&true) {
                members[code].push((numbers.values[*row as usize] + 0.0, position as u32));
            }
        }
        let stable = rules.stable.as_ref().zip(refinement.periods);
        let mut fine_cells: Vec<Cell> = Vec::new();
        let mut by_period: Vec<Vec<(f64, f64)>> = Vec::new();
        let (mut values, mut grain) = (Vec::new(), Vec::new());
        for (code, mut members) in members.into_iter().enumerate() {
            if is_open[code] {
                members.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                for same in members.chunk_by(|a, b| a.0 == b.0) {
                    let cell: Cell = same.iter().map(|(_, position)| numbers.outcomes.case(*position as usize)).sum();
                    if cell.cases == 0.0 {
                        continue;
                    }
                    if let Some((_, periods)) = &stable {
                        by_period
                            .push(periods.of(same.iter().map(|(_, position)| *position as usize), numbers.outcomes));
                    }
                    fine_cells.push(cell);
                    values.push(same[0].0);
                    grain.push(code);
                }
            } else {
                if let Some((stable, _)) = &stable {
                    let periods = 0..stable.periods.periods();
                    by_period.push(periods.map(|period| stable.periods.sum(code, code, period)).collect());
                }
                fine_cells.push(cells[code]);
                values.push(f64::NAN);
                grain.push(code);
            }
        }
        let periods = stable.map(|_| PeriodCells::new(&by_period));
        Fine { refinement, sums: running(&fine_cells), values, grain, periods }
    }

    /// The cases below cuts.
    fn below(&self, cuts: &[usize]) -> Vec<f64> {
        cuts.iter().map(|position| self.sums[position + 1].cases).collect()
    }

    /// The objective of the bins between cuts; that of no cuts is below any other.
    fn value(&self, cuts: &[usize]) -> f64 {
        if cuts.is_empty() {
            return f64::NEG_INFINITY;
        }
        let mut first = 0;
        let ends = cuts.iter().copied().chain([self.values.len() - 1]);
        ends.map(|last| self.span(std::mem::replace(&mut first, last + 1), last))
            .map(|span| self.refinement.rules.measure.figures(&span.cell).1)
            .sum()
    }

    /// The best partition out of other prebins; `None` where there is none.
    fn optimum(&self, prebins: usize) -> Option<Vec<usize>> {
        let cells: Vec<Cell> = self.sums.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // Without a rule nothing is forbidden but what no number can express, which the climb sees.
        let boundary = |position: usize| {
            if self.is_fixed(position) {
                Boundary::Fixed
            } else if !self.refinement.forbidden.is_empty() && self.cut(position).is_none() {
                Boundary::Forbidden
            } else {
                Boundary::Free
            }
        };
        let ends = prebin_ends(&cells, prebins.max(2), boundary);
        let start = |prebin: usize| prebin.checked_sub(1).map_or(0, |before| ends[before] + 1);
        let joined: Vec<Cell> =
            (0..ends.len()).map(|prebin| self.sums[ends[prebin] + 1] - self.sums[start(prebin)]).collect();
        let periods = self.periods.as_ref().map(|periods| periods.joined(&ends));
        let rules = Rules {
            boundaries: ends[..ends.len() - 1].iter().map(|end| boundary(*end)).collect(),
            ..self.rules(periods.as_ref())
        };
        let found = optimise(&joined, &rules)?;
        Some(found.segments.iter().skip(1).map(|segment| ends[segment.first - 1]).collect())
    }

    /// The rules for cells counted by these periods.
    fn rules<'p>(&self, periods: Option<&'p PeriodCells>) -> Rules<'p>
    where
        'a: 'p,
    {
        let stable = self.refinement.rules.stable.zip(periods);
        Rules { stable: stable.map(|(stable, periods)| Stable { periods, ..stable }), ..self.refinement.rules.clone() }
    }

    /// Places of cuts that have so many cases below them.
    fn positions(&self, below: &[f64]) -> Vec<usize> {
        below.iter().map(|cases| self.sums.partition_point(|sum| sum.cases < *cases) - 1).collect()
    }

    /// The grain to be unfolded next, where a cut has come to lie beside one that is not.
    fn edge(&self, position: usize) -> Option<usize> {
        let (left, right) = (self.values[position].is_nan(), self.values[position + 1].is_nan());
        let is_last = self.grain[position] + 1 == self.refinement.cells.len();
        ((left || right) && !is_last && !self.is_fixed(position)).then(|| self.grain[position])
    }

    /// Whether the cut after fine cell `position` stands at a fixed cut.
    fn is_fixed(&self, position: usize) -> bool {
        self.threshold(position).is_some_and(|threshold| self.refinement.fixed.contains(&threshold))
    }

    /// The threshold after fine cell `position`, where one lies there.
    fn threshold(&self, position: usize) -> Option<f64> {
        let grain = self.grain[position];
        (*self.grain.get(position + 1)? > grain).then(|| self.refinement.grains.thresholds[grain])
    }

    /// The number that stands for the cut after fine cell `position`; `None` where none may.
    fn cut(&self, position: usize) -> Option<f64> {
        let allowed = |cut: &f64| {
            !self.refinement.forbidden.iter().any(|range| {
                let (first, last) = range.range();
                (first..=last).contains(cut)
            })
        };
        let threshold = self.threshold(position);
        if let Some(threshold) = threshold
            && self.refinement.fixed.contains(&threshold)
        {
            return Some(threshold);
        }
        let (low, high) = (self.values[position], *self.values.get(position + 1)?);
        // With a grain beside it that is not unfolded, only the threshold is known to lie in the gap.
        let found = if low.is_nan() || high.is_nan() { None } else { cut_between(low, high) };
        found.filter(allowed).or(threshold.filter(allowed)).or_else(|| {
            let high = scorewright_runtime::units::twelve_digits(high);
            Some(high).filter(|cut| low < *cut && *cut <= self.values[position + 1]).filter(allowed)
        })
    }

    fn span(&self, first: usize, last: usize) -> Span {
        Span { first, last, cell: self.sums[last + 1] - self.sums[first] }
    }

    /// Moves one cut after the other to the best place between its neighbours until none moves.
    fn climb(&self, mut cuts: Vec<usize>) -> Vec<usize> {
        let rules = self.rules(self.periods.as_ref());
        let last_cell = self.values.len() - 1;
        let bin = |cuts: &[usize], k: usize| {
            let first = if k == 0 { 0 } else { cuts[k - 1] + 1 };
            self.span(first, cuts.get(k).copied().unwrap_or(last_cell))
        };
        let woe = |span: &Span| rules.measure.woe(&span.cell);
        let rises: Vec<bool> = (0..cuts.len()).map(|k| woe(&bin(&cuts, k)) < woe(&bin(&cuts, k + 1))).collect();
        let fits = |left: &Span, left_woe: f64, right: &Span, right_woe: f64, rises: bool| {
            let step = if rules.trend != Monotone::None {
                if rises { right_woe - left_woe } else { left_woe - right_woe }
            } else if rules.min_woe_difference > 0.0 {
                (right_woe - left_woe).abs()
            } else {
                f64::INFINITY
            };
            step >= rules.step() && (!rules.compares_neighbours() || rules.neighbours_pass(left, right))
        };
        // Each move raises the objective, so this ends; the bound is for rounding alone.
        let mut is_due = vec![true; cuts.len()];
        for _ in 0..50 {
            for k in 0..cuts.len() {
                if !std::mem::take(&mut is_due[k]) || self.is_fixed(cuts[k]) {
                    continue;
                }
                let first = if k == 0 { 0 } else { cuts[k - 1] + 1 };
                let last = cuts.get(k + 1).copied().unwrap_or(last_cell);
                let outer_left = (k > 0).then(|| bin(&cuts, k - 1)).map(|span| (span, woe(&span)));
                let outer_right = (k + 1 < cuts.len()).then(|| bin(&cuts, k + 2)).map(|span| (span, woe(&span)));
                let value_at = |position: usize| {
                    let (left, right) = (self.span(first, position), self.span(position + 1, last));
                    if !rules.is_large_enough(&left.cell) || !rules.is_large_enough(&right.cell) {
                        return None;
                    }
                    let ((left_woe, left_value), (right_woe, right_value)) =
                        (rules.measure.figures(&left.cell), rules.measure.figures(&right.cell));
                    let passes = fits(&left, left_woe, &right, right_woe, rises[k])
                        && outer_left
                            .as_ref()
                            .is_none_or(|(outer, woe)| fits(outer, *woe, &left, left_woe, rises[k - 1]))
                        && outer_right
                            .as_ref()
                            .is_none_or(|(outer, woe)| fits(&right, right_woe, outer, *woe, rises[k + 1]));
                    passes.then_some(left_value + right_value)
                };
                let Some(known) = value_at(cuts[k]) else { continue };
                let mut taken: Vec<usize> = vec![cuts[k]];
                // The best place, unless no number may stand for it: then the next best.
                loop {
                    let places = (first..last).filter(|position| !taken.contains(position));
                    let values = places.filter_map(|position| Some((position, value_at(position)?)));
                    let best = values.fold(None, |best: Option<(usize, f64)>, (position, value)| match best {
                        Some((_, known)) if known >= value => best,
                        _ => Some((position, value)),
                    });
                    let Some((position, _)) = best.filter(|(_, value)| *value > known + 1e-12) else { break };
                    if self.cut(position).is_some() {
                        cuts[k] = position;
                        // Neighbours share a bin with this cut, those after them the trend.
                        let near =
                            is_due.iter_mut().enumerate().skip(k.saturating_sub(2)).take_while(|(j, _)| *j <= k + 2);
                        near.for_each(|(j, is_due)| *is_due |= j != k);
                        break;
                    }
                    taken.push(position);
                }
            }
            if !is_due.contains(&true) {
                break;
            }
        }
        cuts
    }
}
