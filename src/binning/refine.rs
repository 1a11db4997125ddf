//! Cuts move on the boundaries of grains, then on the distinct values beside them, as long as the objective rises.

use super::cell::{Cell, running};
use super::numeric::joined;
use super::optimise::{is_higher, optimise};
use super::prebins::{Grains, Numbers, cut_between, prebin_ends, twelve_digits_at_most};
use super::rules::{Boundary, Rules, Span, Stable};
use super::stability::{PeriodCells, Periods};
use crate::config::{ForbiddenCut, Monotone, Refine};
use crate::error::{Result, internal};

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
    ///
    /// # Errors
    /// A fault of the program: a cut that no number stands for, or a fixed one that is not there.
    pub fn cuts(&self, start: Vec<usize>, refine: Refine, prebins: usize) -> Result<Vec<f64>> {
        if start.is_empty() {
            return Ok(Vec::new());
        }
        let mut is_open = vec![false; self.cells.len()];
        let mut fine = Fine::new(self, &is_open);
        // A cut keeps its place from one unfolding to the next by the cases below it.
        let sums = running(self.cells);
        let mut placed = fine.positions(&start.iter().map(|grain| sums[grain + 1].cases).collect::<Vec<f64>>());
        if refine != Refine::None {
            placed = fine.climb(placed);
        }
        let mut edges = if self.grains.is_exact { Vec::new() } else { fine.beside(&placed) };
        for _ in 0..ROUNDS {
            if edges.is_empty() {
                break;
            }
            edges.iter().for_each(|grain| is_open[*grain] = true);
            let below = fine.below(&placed);
            fine = Fine::new(self, &is_open);
            placed = fine.positions(&below);
            if refine == Refine::None {
                break;
            }
            placed = fine.climb(placed);
            edges = fine.beside(&placed);
            edges.retain(|grain| !is_open[*grain]);
        }
        if refine == Refine::Thorough {
            let below = fine.below(&placed);
            fine = Fine::new(self, &vec![true; self.cells.len()]);
            // Whatever the grains were: the same for any order of the rows.
            let starts = [prebins / 4, prebins, prebins * 2].into_iter().filter_map(|prebins| fine.optimum(prebins));
            let ends = starts.map(|start| fine.climb(start));
            let near = fine.positions(&below);
            placed = ends.fold(Vec::new(), |best, found| match is_higher(fine.value(&found), fine.value(&best)) {
                true => found,
                false => best,
            });
            if placed.is_empty() {
                placed = near;
            }
        }
        let cuts: Option<Vec<f64>> = placed.into_iter().map(|position| fine.cut(position)).collect();
        let cuts = cuts.ok_or_else(|| internal("a cut that no number stands for"))?;
        match self.fixed.iter().find(|fixed| !cuts.contains(fixed)) {
            Some(lost) => Err(internal(format!("the fixed cut {lost} was lost"))),
            None => Ok(cuts),
        }
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
            if cells[code].cases == 0.0 {
                // Nothing lies here; its two thresholds part the same cases.
                continue;
            }
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
        let periods = self.periods.as_ref().map(|periods| periods.joined(&ends));
        let rules = Rules {
            boundaries: ends[..ends.len() - 1].iter().map(|end| boundary(*end)).collect(),
            ..self.rules(periods.as_ref())
        };
        let found = optimise(&joined(&cells, &ends), &rules)?;
        let cuts: Vec<usize> = found.segments.iter().skip(1).map(|segment| ends[segment.first - 1]).collect();
        // Values too close for twelve digits cannot be parted.
        cuts.iter().all(|position| self.cut(*position).is_some()).then_some(cuts)
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

    /// The grains on both sides of cuts that are not fixed, where they are not unfolded; of fixed ones none, for they
    /// are numbers already.
    fn beside(&self, cuts: &[usize]) -> Vec<usize> {
        let movable = cuts.iter().filter(|position| !self.is_fixed(**position));
        let sides = movable.flat_map(|position| [*position, position + 1]);
        sides.filter(|side| self.values[*side].is_nan()).map(|side| self.grain[side]).collect()
    }

    /// Whether the cut after fine cell `position` stands at a fixed cut.
    fn is_fixed(&self, position: usize) -> bool {
        self.thresholds(position).iter().any(|threshold| self.refinement.fixed.contains(threshold))
    }

    /// The thresholds after fine cell `position`: where nothing lies between them, several part the same cases.
    fn thresholds(&self, position: usize) -> &[f64] {
        match self.grain.get(position + 1) {
            Some(next) => &self.refinement.grains.thresholds[self.grain[position]..*next],
            None => &[],
        }
    }

    /// The number that stands for the cut after fine cell `position`; `None` where none may.
    fn cut(&self, position: usize) -> Option<f64> {
        let allowed = |cut: &f64| {
            !self.refinement.forbidden.iter().any(|range| {
                let (first, last) = range.range();
                (first..=last).contains(cut)
            })
        };
        let thresholds = self.thresholds(position);
        if let Some(fixed) = thresholds.iter().find(|threshold| self.refinement.fixed.contains(threshold)) {
            return Some(*fixed);
        }
        let (low, high) = (self.values[position], *self.values.get(position + 1)?);
        // With a grain beside it that is not unfolded, only the threshold is known to lie in the gap.
        let found = if low.is_nan() || high.is_nan() { None } else { cut_between(low, high) };
        found.filter(allowed).or_else(|| thresholds.iter().copied().find(allowed)).or_else(|| {
            let high = twelve_digits_at_most(high);
            Some(high).filter(|cut| low < *cut).filter(allowed)
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
                let better = (first..last).filter_map(|position| Some((position, value_at(position)?)));
                let mut better: Vec<(usize, f64)> = better.filter(|(_, value)| is_higher(*value, known)).collect();
                better.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                // The best place, unless no number may stand for it: then the next best.
                if let Some((position, _)) = better.into_iter().find(|(position, _)| self.cut(*position).is_some()) {
                    cuts[k] = position;
                    // Neighbours share a bin with this cut, those after them the trend.
                    let near = is_due.iter_mut().enumerate().skip(k.saturating_sub(2)).take_while(|(j, _)| *j <= k + 2);
                    near.for_each(|(j, is_due)| *is_due |= j != k);
                }
            }
            if !is_due.contains(&true) {
                break;
            }
        }
        cuts
    }
}
