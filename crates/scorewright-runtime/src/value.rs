//! One input of one case.

/// A feature's value: number, category or missing. A NaN counts as missing; infinities are values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A number, for a numeric feature.
    Number(f64),
    /// The exact text of a category, for a categorical feature. The empty string is a value.
    Category(&'a str),
    /// No value.
    Missing,
}

impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Category(text) => write!(f, "{text:?}"),
            Value::Missing => write!(f, "missing"),
        }
    }
}
