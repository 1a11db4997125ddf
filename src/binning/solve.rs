//! From ordered cells to bins: the optimum, or why there is none.

use super::cell::Cell;
use super::infeasible::explain;
use super::optimise::{Segment, optimise};
use super::rules::Rules;
use crate::error::{Error, ErrorKind, Result};

/// The bins of ordered cells, and what a reader must know about them.
pub(super) struct Solved {
    /// One where there is nothing to divide or the rules allow no second one.
    pub segments: Vec<Segment>,
    /// Why there is only one bin; else empty.
    pub note: String,
    /// The information value that stability over time cost.
    pub price: Option<f64>,
}

/// How much a column itself asks of its bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    /// Nothing: where the card's rules leave one bin, it has one.
    Nothing,
    /// A trend or a size: where there is something to divide, it must be met.
    Rules,
    /// Cuts or bins.
    Bins,
}

/// The best partition. Where the rules allow none with two bins, the error names the constraint if the column
/// itself asks for something; else all cells are one bin, with a note.
/// `boundary_name` says what lies at a boundary.
pub(super) fn solve(
    cells: &[Cell],
    rules: &Rules<'_>,
    asked: Asked,
    boundary_name: &dyn Fn(usize) -> String,
) -> Result<Solved> {
    let whole = |note: String| Solved {
        segments: vec![Segment { first: 0, last: cells.len().saturating_sub(1) }],
        note,
        price: None,
    };
    let all: Cell = cells.iter().copied().sum();
    if cells.iter().filter(|cell| cell.cases > 0.0).count() < 2 && asked < Asked::Bins {
        return Ok(whole("constant: one value or one category".to_owned()));
    }
    if (all.goods <= 0.0 || all.bads <= 0.0) && asked < Asked::Bins {
        return Ok(whole("its values have goods or bads alone".to_owned()));
    }
    if let Some(found) = optimise(cells, rules) {
        let note = if found.segments.len() == 1 { "no cut pays for a further bin".to_owned() } else { String::new() };
        let price = rules.stable.is_some().then(|| {
            let free = optimise(cells, &Rules { stable: None, ..rules.clone() });
            let value = |segments: &[Segment]| information_value(cells, segments, rules);
            free.map_or(0.0, |free| value(&free.segments)) - value(&found.segments)
        });
        return Ok(Solved { segments: found.segments, note, price });
    }
    let reason = explain(cells, rules);
    if asked > Asked::Nothing {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!("no bins meet what the card asks for: {} cannot be met", reason.constraint),
        )
        .help(match reason.boundary {
            Some(boundary) => format!("without {} there would be bins", boundary_name(boundary)),
            None => reason.nearest,
        }));
    }
    Ok(whole(reason.sentence()))
}

fn information_value(cells: &[Cell], segments: &[Segment], rules: &Rules<'_>) -> f64 {
    let measure = super::objective::Measure { objective: crate::config::Objective::InformationValue, ..rules.measure };
    segments.iter().map(|s| measure.figures(&cells[s.first..=s.last].iter().copied().sum()).1).sum()
}
