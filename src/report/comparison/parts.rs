//! Parts of tables that several sections share.

use super::super::document::{Cell, Column};
use crate::validation::paired_delong::PairedDelong;
use crate::validation::{Difference, Interval};

/// The interval of a difference.
pub(super) fn interval(difference: &Difference) -> Interval {
    Interval { value: difference.value, low: difference.low, high: difference.high }
}

/// A difference in percentage points of shares: shown as a share.
pub(super) fn points(interval: &Interval) -> Cell {
    Cell::ShareInterval(*interval)
}

/// The columns of a measure of both with its difference.
pub(super) fn measure_columns() -> Vec<Column> {
    vec![
        Column::new("measure", "Measure"),
        Column::new("first", "A"),
        Column::new("second", "B"),
        Column::new("difference", "A - B (95% interval)"),
        Column::new("p_value", "p value"),
    ]
}

/// AUCs of both, their difference and p value.
pub(super) fn auc_cells(paired: &PairedDelong) -> Vec<Cell> {
    vec![
        Cell::Number(paired.first, 4),
        Cell::Number(paired.second, 4),
        Cell::Interval(interval(&paired.difference), 4),
        Cell::p_value(paired.difference.p_value),
    ]
}
