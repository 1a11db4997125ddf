//! The tree of a checked expression.

use chrono::NaiveDate;

use super::text::{DateFormat, LikePattern};
use super::types::ValueType;

/// A checked expression: operands have the types that their operation needs.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Number(f64),
    Text(String),
    Boolean(bool),
    Date(NaiveDate),
    Null(ValueType),
    /// Place among the expression's columns, and type.
    Column(usize, ValueType),
    Negate(Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    IsNull(Box<Node>),
    InList(Box<Node>, Vec<Node>),
    Between(Box<Node>, Box<Node>, Box<Node>),
    Like(Box<Node>, LikePattern),
    Case {
        operand: Option<Box<Node>>,
        branches: Vec<(Node, Node)>,
        otherwise: Box<Node>,
    },
    Cast(Box<Node>, Cast),
    Call(Function, Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// Rest of the division toward zero: the sign of the dividend.
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a value is cast to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cast {
    Number,
    /// A number cut off toward zero.
    Integer,
    Text,
    Boolean,
    Date,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Function {
    Abs,
    Sign,
    Least,
    Greatest,
    Coalesce,
    NullIf,
    Ln,
    Log10,
    Exp,
    Sqrt,
    Power,
    /// Half away from zero, to so many digits behind the point.
    Round(i32),
    Floor,
    Ceil,
    Lower,
    Upper,
    Trim,
    Length,
    /// From a character, counted from 1; so many characters, or all.
    Substring(u32, Option<u32>),
    Concat,
    StartsWith,
    Contains,
    Year,
    Month,
    Day,
    AddMonths,
    AddDays,
    DaysBetween,
    MonthsBetween,
    ToDate(DateFormat),
}

/// Steps of this size or more make ADD_MONTHS missing.
pub(super) const MOST_MONTHS: f64 = 120_000.0;
/// Steps of this size or more make ADD_DAYS missing.
pub(super) const MOST_DAYS: f64 = 4_000_000.0;
/// EXP of this or more is missing: the next doubles overflow.
pub(super) const MOST_EXPONENT: f64 = 709.78;

impl Node {
    pub(super) fn value_type(&self) -> ValueType {
        match self {
            Node::Number(_) | Node::Negate(_) | Node::Arithmetic(..) => ValueType::Number,
            Node::Text(_) => ValueType::Text,
            Node::Date(_) => ValueType::Date,
            Node::Null(value_type) | Node::Column(_, value_type) => *value_type,
            Node::Boolean(_)
            | Node::Compare(..)
            | Node::And(..)
            | Node::Or(..)
            | Node::Not(_)
            | Node::IsNull(_)
            | Node::InList(..)
            | Node::Between(..)
            | Node::Like(..) => ValueType::Boolean,
            Node::Case { otherwise, .. } => otherwise.value_type(),
            Node::Cast(_, Cast::Number | Cast::Integer) => ValueType::Number,
            Node::Cast(_, Cast::Text) => ValueType::Text,
            Node::Cast(_, Cast::Boolean) => ValueType::Boolean,
            Node::Cast(_, Cast::Date) => ValueType::Date,
            Node::Call(function, arguments) => match function {
                Function::Least | Function::Greatest | Function::Coalesce | Function::NullIf => {
                    arguments.first().map_or(ValueType::Missing, Node::value_type)
                }
                Function::Lower | Function::Upper | Function::Trim | Function::Substring(..) | Function::Concat => {
                    ValueType::Text
                }
                Function::StartsWith | Function::Contains => ValueType::Boolean,
                Function::AddMonths | Function::AddDays | Function::ToDate(_) => ValueType::Date,
                _ => ValueType::Number,
            },
        }
    }
}
