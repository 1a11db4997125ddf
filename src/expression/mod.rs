//! The expression language of cards: conditions, values and derived features. One stated semantics, computed here
//! in memory ([`Expression::evaluate`], [`Expression::to_polars`]) and written as text for three engines
//! ([`Expression::to_sql`]); a property test holds them together.
//!
//! - Every number is a double. NaN is missing. An infinite value of a column is a value; a computed number that is not
//!   finite (division by zero, the logarithm of 0, an overflow) is missing. 0 and -0 are one number.
//! - Text compares by its bytes. Dates are days of the years 1000 to 9999.
//! - Missing values: an operation or function with a missing argument is missing, but AND and OR decide where one side
//!   decides alone, COALESCE takes the first value, LEAST and GREATEST pass over missing values, CASE passes over a
//!   condition that is missing.
//! - Types are checked when the text is parsed: numbers, text, truth values and dates do not mix.

mod columns;
mod dialect;
mod evaluate;
mod functions;
mod parse;
mod polars;
mod sql;
mod text;
mod tree;
mod types;

pub use self::dialect::Dialect;
pub use self::polars::column_type;
pub use self::types::{ExpressionError, ValueType};

use self::tree::Node;

/// A parsed and checked expression.
#[derive(Debug, Clone)]
pub struct Expression {
    node: Node,
    columns: Vec<(String, ValueType)>,
}

impl Expression {
    /// Parses an expression over columns whose types `column` tells; `None`: there is no such column.
    ///
    /// # Errors
    /// [`ExpressionError`]: not an expression, outside the language, an unknown column, or types that do not fit.
    pub fn parse(text: &str, column: &dyn Fn(&str) -> Option<ValueType>) -> Result<Self, ExpressionError> {
        parse::parse(text, column)
    }

    /// The type of its values; [`ValueType::Missing`] where it is nothing but a column without values.
    pub fn value_type(&self) -> ValueType {
        self.node.value_type()
    }

    /// The columns it names, in the order in which they first appear.
    pub fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// The columns that a text names, whatever their types.
///
/// # Errors
/// As [`Expression::parse`], but for those of columns and their types.
pub fn columns(text: &str) -> Result<Vec<String>, ExpressionError> {
    let parsed = Expression::parse(text, &|_| Some(ValueType::Missing))?;
    Ok(parsed.columns.into_iter().map(|(name, _)| name).collect())
}
