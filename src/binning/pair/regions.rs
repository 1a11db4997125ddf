//! Regions of a grid: cells are put together, two neighbouring regions at a time, until the rules hold.
//!
//! The ordinary cells of a grid form a zone, and so does each line of a special value or of missing ones: only
//! cells of one zone are put together. While there is a region below the least sizes, it goes together with a
//! neighbour; then regions that run against a trend do; then the regions of a zone that has too many; then neighbours
//! that differ less than the rules ask for. Each time it is the pair of neighbours that loses the least information
//! value; ties go to the first in the order of the cells.

use super::super::cell::Cell;
use super::super::rules::{Rules, p_value};
use crate::config::AxisTrend;

/// Differences in WOE below this are rounding, not a trend.
const SAME_WOE: f64 = 1e-12;

/// The grid of two axes, row by row: a row is a bin of the first axis.
#[derive(Debug, Clone)]
pub struct GridCells {
    /// Number of bins of each axis.
    pub bins: [usize; 2],
    /// How many of them are ordinary ones; these come first.
    pub ordinary: [usize; 2],
    /// The development cases by cell.
    pub cells: Vec<Cell>,
    /// The WOE of the bins of each axis by itself.
    pub woe: [Vec<f64>; 2],
}

/// What regions must respect.
pub struct RegionRules<'a> {
    /// Trend of the good rate along each axis, over ordinary bins.
    pub trends: [AxisTrend; 2],
    /// Most regions of a zone, their least sizes and least differences; what is measured is the information value.
    pub rules: Rules<'a>,
}

/// The region of every cell, from 0, in the order of zone and first cell: ordinary ones first.
pub fn regions(grid: &GridCells, rules: &RegionRules<'_>) -> Vec<u16> {
    let all = rules.rules.measure.all;
    if all.goods <= 0.0 || all.bads <= 0.0 {
        return vec![0; grid.cells.len()];
    }
    let mut merging = Merging::new(grid, rules);
    merging.place_empty_cells();
    merging.merge();
    merging.place_empty_zones();
    merging.numbered()
}

impl GridCells {
    /// Row and column of a cell.
    pub fn place(&self, cell: usize) -> [usize; 2] {
        [cell / self.bins[1], cell % self.bins[1]]
    }

    /// 0: ordinary on both axes; then a zone for each special or missing row, and for each such column.
    fn zone(&self, cell: usize) -> usize {
        let [row, column] = self.place(cell);
        let apart = |axis: usize, line: usize| (line + 1).saturating_sub(self.ordinary[axis]);
        match (apart(0, row), apart(1, column)) {
            (0, 0) => 0,
            (0, column) => self.bins[0] - self.ordinary[0] + column,
            (row, _) => row,
        }
    }

    /// Neighbours of one zone: next to each other among ordinary bins; a special or missing bin has no order, so it
    /// is next to every cell of its line.
    fn neighbours(&self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for first in 0..self.cells.len() {
            for second in first + 1..self.cells.len() {
                if self.zone(first) != self.zone(second) {
                    continue;
                }
                let ([row, column], [other_row, other_column]) = (self.place(first), self.place(second));
                let is_next = row.abs_diff(other_row) + column.abs_diff(other_column) == 1;
                let is_apart = |line: usize| line >= self.ordinary[1];
                if is_next || row == other_row && (is_apart(column) || is_apart(other_column)) {
                    pairs.push((first, second));
                }
            }
        }
        pairs
    }

    /// What the two axes say of a cell that holds nobody: the sum of their WOE, as if they were independent.
    fn expected_woe(&self, cell: usize) -> f64 {
        let [row, column] = self.place(cell);
        self.woe[0][row] + self.woe[1][column]
    }
}

struct Merging<'a> {
    grid: &'a GridCells,
    rules: &'a RegionRules<'a>,
    neighbours: Vec<(usize, usize)>,
    /// The region of every cell, by the first of its cells that holds cases; `None` is not placed yet.
    region: Vec<Option<usize>>,
    /// By region.
    sums: Vec<Cell>,
}

impl<'a> Merging<'a> {
    fn new(grid: &'a GridCells, rules: &'a RegionRules<'a>) -> Self {
        let region = grid.cells.iter().enumerate().map(|(place, cell)| (cell.weight() > 0.0).then_some(place));
        Merging { region: region.collect(), neighbours: grid.neighbours(), sums: grid.cells.clone(), grid, rules }
    }

    fn woe(&self, region: usize) -> f64 {
        self.rules.rules.measure.woe(&self.sums[region])
    }

    /// Of some regions, the one whose WOE is nearest to what the axes say of a cell.
    fn nearest(&self, cell: usize, regions: impl Iterator<Item = usize>) -> Option<usize> {
        let expected = self.grid.expected_woe(cell);
        let distance = |region: &usize| (self.woe(*region) - expected).abs();
        regions.min_by(|a, b| distance(a).total_cmp(&distance(b)).then(a.cmp(b)))
    }

    /// Cells without cases, from those beside others outward, join the nearest neighbour.
    fn place_empty_cells(&mut self) {
        loop {
            let mut placed = Vec::new();
            for cell in (0..self.region.len()).filter(|cell| self.region[*cell].is_none()) {
                let beside = self.neighbours.iter().filter_map(|(first, second)| match cell {
                    _ if cell == *first => self.region[*second],
                    _ if cell == *second => self.region[*first],
                    _ => None,
                });
                placed.extend(self.nearest(cell, beside).map(|region| (cell, region)));
            }
            if placed.is_empty() {
                return;
            }
            placed.into_iter().for_each(|(cell, region)| self.region[cell] = Some(region));
        }
    }

    fn merge(&mut self) {
        while let Some((first, second)) = self.next() {
            let sum = self.sums[second];
            self.sums[first] += sum;
            self.region.iter_mut().filter(|region| **region == Some(second)).for_each(|region| *region = Some(first));
        }
    }

    /// The next two regions to put together.
    fn next(&self) -> Option<(usize, usize)> {
        let mut regions: Vec<usize> = self.region.iter().copied().flatten().collect();
        regions.sort_unstable();
        regions.dedup();
        let mut is_small = vec![false; self.sums.len()];
        // A zone has the number of its line, at most.
        let mut in_zone = vec![0_usize; self.grid.bins[0] + self.grid.bins[1]];
        for region in regions {
            is_small[region] = !self.rules.rules.is_large_enough(&self.sums[region]);
            in_zone[self.grid.zone(region)] += 1;
        }
        let is_crowded = |cell: usize| in_zone[self.grid.zone(cell)] > self.rules.rules.max_bins;
        self.best(|first, second| is_small[self.at(first)] || is_small[self.at(second)])
            .or_else(|| self.best(|first, second| self.is_against_trend(first, second)))
            .or_else(|| self.best(|first, _| is_crowded(first)))
            .or_else(|| self.best(|first, second| self.is_alike(first, second)))
    }

    /// The region of a cell that is placed, which every cell that has placed neighbours is.
    fn at(&self, cell: usize) -> usize {
        self.region[cell].unwrap_or(cell)
    }

    /// Of the neighbouring cells that meet a condition, the two regions that lose the least information value.
    fn best(&self, condition: impl Fn(usize, usize) -> bool) -> Option<(usize, usize)> {
        let mut best: Option<(f64, (usize, usize))> = None;
        for (first, second) in &self.neighbours {
            let (a, b) = (self.at(*first), self.at(*second));
            if a == b || self.region[*first].is_none() || !condition(*first, *second) {
                continue;
            }
            let (a, b) = (a.min(b), a.max(b));
            let value = |cell: &Cell| self.rules.rules.measure.figures(cell).1;
            let loss = value(&self.sums[a]) + value(&self.sums[b]) - value(&(self.sums[a] + self.sums[b]));
            if best.is_none_or(|(least, regions)| loss < least || loss == least && (a, b) < regions) {
                best = Some((loss, (a, b)));
            }
        }
        best.map(|(_, regions)| regions)
    }

    /// Whether the regions of two cells differ less than neighbours must.
    fn is_alike(&self, first: usize, second: usize) -> bool {
        let rules = &self.rules.rules;
        let (first, second) = (self.at(first), self.at(second));
        let p_value = || p_value(&self.sums[first], &self.sums[second], rules.p_value_test);
        (self.woe(first) - self.woe(second)).abs() < rules.min_woe_difference
            || rules.max_p_value.is_some_and(|max| p_value() > max)
    }

    /// Whether the step from an ordinary cell to the next one along an axis runs against that axis's trend.
    fn is_against_trend(&self, first: usize, second: usize) -> bool {
        if self.grid.zone(first) != 0 {
            return false;
        }
        let axis = usize::from(self.grid.place(first)[0] == self.grid.place(second)[0]);
        let step = self.woe(self.at(second)) - self.woe(self.at(first));
        match self.rules.trends[axis] {
            AxisTrend::None => false,
            AxisTrend::Ascending => step < -SAME_WOE,
            AxisTrend::Descending => step > SAME_WOE,
        }
    }

    /// A zone in which nobody stands: each of its cells joins the nearest of the regions in its row or column; that
    /// of ordinary cells joins one as a whole, so that no trend is broken.
    fn place_empty_zones(&mut self) {
        let placed = self.region.clone();
        let mut whole = None;
        for cell in (0..placed.len()).filter(|cell| placed[*cell].is_none()) {
            let place = self.grid.place(cell);
            let is_beside = |other: &usize| {
                let other = self.grid.place(*other);
                place[0] == other[0] || place[1] == other[1]
            };
            let beside = (0..placed.len()).filter(is_beside).filter_map(|other| placed[other]);
            let region = self.nearest(cell, beside).or_else(|| self.nearest(cell, placed.iter().copied().flatten()));
            let is_ordinary = self.grid.zone(cell) == 0;
            self.region[cell] = if is_ordinary { *whole.get_or_insert(region) } else { region };
        }
    }

    fn numbered(&self) -> Vec<u16> {
        let mut order: Vec<(usize, usize)> =
            self.region.iter().flatten().map(|region| (self.grid.zone(*region), *region)).collect();
        order.sort_unstable();
        order.dedup();
        let number = |cell: usize| {
            let region = self.at(cell);
            order.iter().position(|(_, known)| *known == region).unwrap_or(0) as u16
        };
        (0..self.region.len()).map(number).collect()
    }
}
