//! What can be wrong, as Python sees it.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::{PyErr, create_exception};
use scorewright_runtime::BatchError;

create_exception!(scorewright, Error, PyValueError, "Base of every error that this package raises.");
create_exception!(scorewright, InvalidScorecard, Error, "The document is no scorecard, or was changed or damaged.");
create_exception!(
    scorewright,
    InvalidCase,
    Error,
    "A case or frame lacks a column, or has a value of the wrong type.\n\n`column` names the column and `row` the position of the row in a frame, from 0; None where it is not one column or row."
);
create_exception!(
    scorewright,
    Refused,
    Error,
    "The card gives this case no score: it has a value that development never saw, and the card's policy is to refuse it.\n\n`column` and `row` as in InvalidCase."
);

/// A case or frame that cannot be scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    is_refused: bool,
    column: Option<String>,
    row: Option<usize>,
    message: String,
}

impl Fault {
    /// A fault of one column.
    pub fn of_column(column: &str, message: impl Into<String>) -> Self {
        Fault { is_refused: false, column: Some(column.to_owned()), row: None, message: message.into() }
    }

    /// A fault of the whole.
    pub fn of_all(message: impl Into<String>) -> Self {
        Fault { is_refused: false, column: None, row: None, message: message.into() }
    }

    /// The row that it is about, from 0.
    #[must_use]
    pub fn at_row(mut self, row: Option<usize>) -> Self {
        self.row = row;
        self
    }

    /// What stands `rows` before the rows that the fault counts from.
    #[must_use]
    pub fn after(mut self, rows: usize) -> Self {
        self.row = self.row.map(|row| row + rows);
        self
    }
}

impl From<scorewright_runtime::Error> for Fault {
    fn from(error: scorewright_runtime::Error) -> Self {
        use scorewright_runtime::Error::{NoSegment, Unforeseen, WrongType};
        let message = error.to_string();
        let (is_refused, column) = match error {
            Unforeseen { feature, .. } => (true, Some(feature)),
            NoSegment { input, .. } => (true, Some(input)),
            WrongType { feature, .. } => (false, Some(feature)),
            _ => (false, None),
        };
        Fault { is_refused, column, row: None, message }
    }
}

impl From<BatchError> for Fault {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Case { row, error } => Fault::from(error).at_row(Some(row)),
            BatchError::WrongColumns { .. } | BatchError::WrongLength { .. } => Fault::of_all(error.to_string()),
        }
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        let message = match fault.row {
            Some(row) => format!("row {row}, counted from 0: {}", fault.message),
            None => fault.message,
        };
        let error = if fault.is_refused { Refused::new_err(message) } else { InvalidCase::new_err(message) };
        Python::attach(|py| {
            let value = error.value(py);
            value.setattr("column", fault.column)?;
            value.setattr("row", fault.row)
        })
        .map_or_else(|failed: PyErr| failed, |()| error)
    }
}
