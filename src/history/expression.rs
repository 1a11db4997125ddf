//! Expressions of a card over the columns of a table, with the place where they are written.

use polars::prelude::*;

use super::Table;
use crate::config::Source;
use crate::error::{Error, Result, internal};
use crate::expression::{self, ExpressionError, ValueType};
use crate::suggest;

/// An expression with the place where it is written.
#[derive(Debug, Clone, Copy)]
pub struct Expression<'a> {
    /// The text, in the language of [`crate::expression`].
    pub text: &'a str,
    /// What it is for, for messages: `feature "utilisation"`.
    pub purpose: &'a str,
    /// The configuration file.
    pub source: &'a Source,
    /// The keys that lead to it there.
    pub keys: &'a [&'a str],
}

impl Expression<'_> {
    /// An error at the place of the expression.
    pub fn error(&self, what: String) -> Error {
        self.source.error(self.keys, format!("{}: {what}", self.purpose))
    }

    fn refused(&self, reason: &ExpressionError) -> Error {
        self.error(format!("{:?} {reason}", self.text)).help(reason.help())
    }

    /// The columns it names.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`] where it is not an expression.
    pub fn columns(&self) -> Result<Vec<String>> {
        expression::columns(self.text).map_err(|reason| self.refused(&reason))
    }

    /// The expression over the columns of a table.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`] where it is not an expression, names a column that is not there, or
    /// does not fit the columns' types.
    pub fn over(&self, table: &Table) -> Result<expression::Expression> {
        let column_type = |name: &str| {
            let column = table.frame.column(name).ok()?;
            // What expressions do not read is refused below, by its name.
            Some(expression::column_type(column.as_materialized_series()).unwrap_or(ValueType::Missing))
        };
        let parsed = expression::Expression::parse(self.text, &column_type).map_err(|reason| match &reason {
            ExpressionError::UnknownColumn(name) => {
                let names = table.names();
                self.error(format!(
                    "{:?} names the column {name:?}, which {} does not have",
                    self.text,
                    table.file.display()
                ))
                .help(suggest::did_you_mean(name, "columns", names.iter().map(String::as_str)))
            }
            _ => self.refused(&reason),
        })?;
        for name in parsed.columns() {
            let series = table.series(name)?;
            if expression::column_type(&series).is_none() {
                let what = format!("{:?} names {name:?}, a column of type {}", self.text, series.dtype());
                return Err(self.error(what).help("columns of numbers, text, truth values and dates can be read"));
            }
        }
        Ok(parsed)
    }
}

/// The values of an expression, one a row: doubles without NaN, texts, truth values or dates; missing is null.
///
/// # Errors
/// As [`Expression::over`].
pub fn evaluate(table: &Table, expression: Expression<'_>) -> Result<Series> {
    expression.over(table)?.evaluate(&table.frame).map_err(internal)
}

/// Whether each row meets a condition; unknown where a missing value leaves it open.
///
/// # Errors
/// As [`evaluate`]; also where it is not a condition.
pub fn condition(table: &Table, expression: Expression<'_>) -> Result<Vec<Option<bool>>> {
    let parsed = expression.over(table)?;
    match parsed.value_type() {
        // A column without a single value: nothing is known.
        ValueType::Missing => return Ok(vec![None; table.rows()]),
        ValueType::Boolean => {}
        other => {
            return Err(expression
                .error(format!("{:?} is not a condition: it is {other}", expression.text))
                .help("write a comparison, such as: months_overdue >= 2"));
        }
    }
    let series = parsed.evaluate(&table.frame).map_err(internal)?;
    Ok(series.bool().map_err(internal)?.iter().collect())
}
