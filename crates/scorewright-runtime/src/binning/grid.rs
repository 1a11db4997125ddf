//! The grid that the bins of two columns span, and the regions of it that are a pair's bins.

use super::Partition;
use crate::artifact::BinDomain;

/// The bins of a pair.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    axes: [Partition; 2],
    /// The bin of every cell, row by row: a row is a bin of the first axis.
    bins: Vec<u16>,
}

impl Grid {
    /// The grid with its number of bins; else what is wrong with it.
    pub(super) fn new<'a>(
        axes: [Partition; 2],
        domains: impl IntoIterator<Item = &'a BinDomain>,
    ) -> Result<(Self, u16), String> {
        if axes.iter().any(|axis| axis.axes().is_some()) {
            return Err("an axis of a pair is itself a pair".into());
        }
        let [rows, columns] = axes.each_ref().map(Partition::bins);
        // In the order of the grid once they are sorted; the grid itself may be far larger than the list.
        let mut cells: Vec<([u16; 2], u16)> = Vec::new();
        let mut count: u16 = 0;
        for domain in domains {
            let bin = count;
            count = count.checked_add(1).filter(|n| *n < u16::MAX).ok_or("too many bins")?;
            let BinDomain::Cells(places) = domain else {
                return Err("a bin of a pair has something else than cells".into());
            };
            for [row, column] in places {
                if usize::from(*row) >= rows || usize::from(*column) >= columns {
                    return Err(format!("the cell [{row}, {column}] lies outside the grid"));
                }
                cells.push(([*row, *column], bin));
            }
        }
        cells.sort_unstable();
        for pair in cells.windows(2) {
            if let [(place, _), (next, _)] = pair
                && place == next
            {
                return Err(format!("the cell [{}, {}] stands in two bins", place[0], place[1]));
            }
        }
        let number = |[row, column]: [u16; 2]| usize::from(row) * columns + usize::from(column);
        let in_order = cells.iter().enumerate().take_while(|(place, (cell, _))| number(*cell) == *place).count();
        if in_order < rows * columns {
            let (row, column) = (in_order / columns, in_order % columns);
            return Err(format!("the bins leave a gap: the cell [{row}, {column}] stands in none"));
        }
        let bins = cells.into_iter().map(|(_, bin)| bin).collect();
        Ok((Grid { axes, bins }, count))
    }

    pub(super) fn axes(&self) -> &[Partition; 2] {
        &self.axes
    }

    /// The bin of a cell; `None` where either code is that of no bin of its axis.
    #[inline]
    pub(super) fn bin(&self, row: u16, column: u16) -> Option<u16> {
        let [rows, columns] = self.axes.each_ref().map(Partition::bins);
        let (row, column) = (usize::from(row), usize::from(column));
        if row < rows && column < columns { self.bins.get(row * columns + column).copied() } else { None }
    }
}
