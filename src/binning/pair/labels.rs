//! What people call a region of a pair's grid: its rectangles, in words.

use std::ops::Range;

use scorewright_runtime::artifact::{Axis, BinDomain};

use super::super::labels;

/// Such as `utilisation 0.3 to below 0.5 & months_on_book below 12; utilisation missing`.
pub(super) fn region(axes: &[Axis; 2], cells: &[[u16; 2]]) -> String {
    let mut open: Vec<[usize; 2]> = cells.iter().map(|cell| cell.map(usize::from)).collect();
    open.sort_unstable();
    let mut parts = Vec::new();
    while let Some([row, column]) = open.first().copied() {
        let columns = widest(&axes[1], column, |column| open.contains(&[row, column]));
        let rows = widest(&axes[0], row, |row| columns.clone().all(|column| open.contains(&[row, column])));
        open.retain(|[row, column]| !(rows.contains(row) && columns.contains(column)));
        let sides = [side(&axes[0], rows), side(&axes[1], columns)];
        let words: Vec<String> = sides.into_iter().flatten().collect();
        parts.push(if words.is_empty() { "every value".to_owned() } else { words.join(" & ") });
    }
    parts.join("; ")
}

/// The stretch of an axis's bins from one on whose cells are all there: the whole axis, else ordinary bins in a row,
/// else the bin alone.
fn widest(axis: &Axis, first: usize, is_there: impl Fn(usize) -> bool) -> Range<usize> {
    if first == 0 && (0..axis.bins.len()).all(&is_there) {
        return 0..axis.bins.len();
    }
    let is_ordinary = |bin: usize| {
        let domain = axis.bins.get(bin).map(|bin| &bin.domain);
        matches!(domain, Some(BinDomain::Interval { .. } | BinDomain::Categories(_)))
    };
    let mut end = first + 1;
    while is_ordinary(first) && is_ordinary(end) && is_there(end) {
        end += 1;
    }
    first..end
}

/// A stretch of an axis in words; `None`: the whole axis.
fn side(axis: &Axis, bins: Range<usize>) -> Option<String> {
    if bins.len() == axis.bins.len() {
        return None;
    }
    let stretch = axis.bins.get(bins)?;
    let values = match (stretch.first().map(|bin| &bin.domain), stretch.last().map(|bin| &bin.domain)) {
        (Some(BinDomain::Interval { lower, .. }), Some(BinDomain::Interval { upper, .. })) => {
            labels::interval(*lower, *upper)
        }
        (Some(BinDomain::Categories(_)), _) => {
            let texts = stretch.iter().filter_map(|bin| match &bin.domain {
                BinDomain::Categories(texts) => Some(texts),
                _ => None,
            });
            labels::categories(&texts.flatten().cloned().collect::<Vec<_>>())
        }
        _ => stretch.iter().map(|bin| bin.label.as_str()).collect::<Vec<_>>().join(" | "),
    };
    Some(format!("{} {values}", axis.input))
}
