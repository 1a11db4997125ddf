//! SQL expressions over the columns of a table, in Polars' dialect.

use polars::prelude::*;
use polars::sql::sql_expr;

use super::Table;
use crate::config::Source;
use crate::error::{Error, Result};
use crate::suggest;

/// An expression with the place where it is written.
#[derive(Debug, Clone, Copy)]
pub struct Expression<'a> {
    /// The SQL text.
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

    /// The expression and the columns it names.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`] where it is not SQL.
    pub fn parse(&self) -> Result<(Expr, Vec<String>)> {
        let expression = sql_expr(self.text).map_err(|e| {
            self.error(format!("{:?} is not an SQL expression: {e}", self.text))
                .help("write it as in a SELECT list, such as: balance / credit_limit; quote odd column names with \"")
        })?;
        let columns = expression.clone().meta().root_names().into_iter().map(|name| name.to_string()).collect();
        Ok((expression, columns))
    }
}

/// An expression over a table made ready: with the type that it gives and the columns that it names.
///
/// # Errors
/// As [`evaluate`].
pub(crate) fn plan(table: &Table, expression: Expression<'_>) -> Result<(Expr, DataType, Vec<String>)> {
    let (parsed, columns) = expression.parse()?;
    let probe = Table { file: table.file.clone(), frame: table.frame.head(Some(0)), lineage: Vec::new() };
    let dtype = evaluate(&probe, expression)?.dtype().clone();
    Ok((parsed, dtype, columns))
}

/// The values of an expression, one a row.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] where it is not SQL, names a column that is not there, or does not fit
/// the columns' types.
pub fn evaluate(table: &Table, expression: Expression<'_>) -> Result<Series> {
    let (parsed, columns) = expression.parse()?;
    for column in &columns {
        if !table.has(column) {
            let names = table.names();
            return Err(expression
                .error(format!(
                    "{:?} names the column {column:?}, which {} does not have",
                    expression.text,
                    table.file.display()
                ))
                .help(suggest::did_you_mean(column, "columns", names.iter().map(String::as_str))));
        }
    }
    let frame = table
        .frame
        .clone()
        .lazy()
        .select([parsed.alias("value")])
        .collect()
        .map_err(|e| expression.error(format!("{:?} cannot be computed: {e}", expression.text)))?;
    let series = frame.columns().first().map(|column| column.as_materialized_series().clone());
    let series = series.ok_or_else(|| expression.error("has no value".into()))?;
    match (series.len(), table.rows()) {
        (have, rows) if have == rows => Ok(series),
        (1, rows) => Ok(series.new_from_index(0, rows)),
        _ => Err(expression.error(format!("{:?} must give one value a row", expression.text))),
    }
}

/// Whether each row meets a condition; unknown where a column in it is missing.
///
/// # Errors
/// As [`evaluate`]; also where it is not a condition.
pub fn condition(table: &Table, expression: Expression<'_>) -> Result<Vec<Option<bool>>> {
    let series = evaluate(table, expression)?;
    let truth = series.bool().map_err(|_| {
        expression
            .error(format!("{:?} is not a condition: it gives {}", expression.text, series.dtype()))
            .help("write a comparison, such as: months_overdue >= 2")
    })?;
    Ok(truth.iter().collect())
}
