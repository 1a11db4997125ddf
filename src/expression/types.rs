//! Types of values and what can be wrong with an expression.

use std::fmt;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A double.
    Number,
    /// A text.
    Text,
    /// A truth value.
    Boolean,
    /// A day.
    Date,
    /// No value at all: NULL, or a column whose every value is missing. It fits every type.
    Missing,
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ValueType::Number => "a number",
            ValueType::Text => "text",
            ValueType::Boolean => "a truth value",
            ValueType::Date => "a date",
            ValueType::Missing => "missing",
        })
    }
}

/// Why a text is no expression of this language; reads on from the text: `"a +" is not an SQL expression: ...`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Not SQL.
    #[error("is not an SQL expression: {0}")]
    Syntax(String),
    /// A column that is not there.
    #[error("names the column {0:?}, which is not there")]
    UnknownColumn(String),
    /// SQL, but outside the language.
    #[error("uses {what}, which expressions do not have")]
    Unsupported {
        /// The construct or function.
        what: String,
        /// What to write instead.
        help: String,
    },
    /// Types or arguments that do not fit.
    #[error("does not fit together: {what}")]
    Type {
        /// What does not fit.
        what: String,
        /// What to write instead.
        help: String,
    },
}

impl ExpressionError {
    /// What to do about it.
    pub fn help(&self) -> &str {
        match self {
            ExpressionError::Syntax(_) => {
                "write it as in a SELECT list, such as: balance / credit_limit; quote odd column names with \""
            }
            ExpressionError::UnknownColumn(_) => "check the name; it must be written exactly as in the table",
            ExpressionError::Unsupported { help, .. } | ExpressionError::Type { help, .. } => help,
        }
    }
}
