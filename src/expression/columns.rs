//! The same semantics column by column, for what most expressions are made of: numbers, comparisons, truth values and
//! texts held against constants. What is not here is computed row by row; a property test holds the two together.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::polars::Values;
use super::tree::{Arithmetic, Comparison, Node};
use super::types::ValueType;

/// The values of an expression, one a row.
pub(super) enum Vector<'a> {
    /// NaN is missing.
    Numbers(Operand<'a>),
    Truths(Vec<Truth>),
}

/// Numbers, or one number for every row.
pub(super) enum Operand<'a> {
    Constant(f64),
    Values(Cow<'a, [f64]>),
}

/// True, false, or missing.
pub(super) type Truth = Option<bool>;

impl Operand<'_> {
    fn at(&self, row: usize) -> f64 {
        match self {
            Operand::Constant(number) => *number,
            Operand::Values(values) => values[row],
        }
    }

    /// One number a row.
    pub(super) fn into_values(self, rows: usize) -> Vec<f64> {
        match self {
            Operand::Constant(number) => vec![number; rows],
            Operand::Values(values) => values.into_owned(),
        }
    }
}

/// A computed number; missing where it is not finite.
fn computed(number: f64) -> f64 {
    if number.is_finite() { number } else { f64::NAN }
}

/// The values of a node; `None`: it is to be computed row by row.
pub(super) fn vector<'a>(node: &Node, columns: &'a [Values], rows: usize) -> Option<Vector<'a>> {
    Some(match node {
        Node::Number(_) | Node::Column(_, ValueType::Number) | Node::Negate(_) | Node::Arithmetic(..) => {
            Vector::Numbers(numbers(node, columns, rows)?)
        }
        _ => Vector::Truths(truths(node, columns, rows)?),
    })
}

fn numbers<'a>(node: &Node, columns: &'a [Values], rows: usize) -> Option<Operand<'a>> {
    let map = |operand: &Operand<'_>, compute: &dyn Fn(f64) -> f64| match operand {
        Operand::Constant(number) => Operand::Constant(compute(*number)),
        Operand::Values(values) => Operand::Values(values.iter().map(|number| compute(*number)).collect()),
    };
    Some(match node {
        Node::Number(number) => Operand::Constant(*number),
        Node::Column(column, ValueType::Number) => match columns.get(*column)? {
            Values::Numbers(values) => Operand::Values(match values.cont_slice() {
                Ok(values) => Cow::Borrowed(values),
                Err(_) => values.iter().map(|number| number.unwrap_or(f64::NAN)).collect(),
            }),
            _ => return None,
        },
        Node::Negate(number) => map(&numbers(number, columns, rows)?, &|number| computed(-number)),
        Node::Arithmetic(operation, a, b) => {
            let (a, b) = (numbers(a, columns, rows)?, numbers(b, columns, rows)?);
            // One loop an operation, so that each is a plain one over numbers.
            macro_rules! apply {
                ($compute:expr) => {
                    match (&a, &b) {
                        (Operand::Constant(a), Operand::Constant(b)) => Operand::Constant(computed($compute(*a, *b))),
                        (a, b) => {
                            Operand::Values((0..rows).map(|row| computed($compute(a.at(row), b.at(row)))).collect())
                        }
                    }
                };
            }
            match operation {
                Arithmetic::Add => apply!(|a: f64, b: f64| a + b),
                Arithmetic::Subtract => apply!(|a: f64, b: f64| a - b),
                Arithmetic::Multiply => apply!(|a: f64, b: f64| a * b),
                Arithmetic::Divide => apply!(|a: f64, b: f64| a / b),
                Arithmetic::Remainder => apply!(|a: f64, b: f64| a % b),
            }
        }
        _ => return None,
    })
}

fn truths(node: &Node, columns: &[Values], rows: usize) -> Option<Vec<Truth>> {
    Some(match node {
        Node::Compare(comparison, a, b) => {
            if let (Node::Column(column, ValueType::Text), Node::Text(text)) = (&**a, &**b) {
                let Values::Texts(values) = columns.get(*column)? else { return None };
                let holds = |value: &str| comparison.holds(value.as_bytes().cmp(text.as_bytes()));
                return Some(values.iter().map(|value| value.map(holds)).collect());
            }
            let (a, b) = (numbers(a, columns, rows)?, numbers(b, columns, rows)?);
            macro_rules! compare {
                ($holds:expr) => {
                    (0..rows)
                        .map(|row| {
                            let (a, b) = (a.at(row), b.at(row));
                            (!a.is_nan() && !b.is_nan()).then(|| $holds(a, b))
                        })
                        .collect()
                };
            }
            match comparison {
                Comparison::Equal => compare!(|a: f64, b: f64| a == b),
                Comparison::NotEqual => compare!(|a: f64, b: f64| a != b),
                Comparison::Less => compare!(|a: f64, b: f64| a < b),
                Comparison::LessOrEqual => compare!(|a: f64, b: f64| a <= b),
                Comparison::Greater => compare!(|a: f64, b: f64| a > b),
                Comparison::GreaterOrEqual => compare!(|a: f64, b: f64| a >= b),
            }
        }
        Node::And(a, b) => {
            let (a, b) = (truths(a, columns, rows)?, truths(b, columns, rows)?);
            let and = |(a, b)| match (a, b) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), b) => b,
                _ => None,
            };
            a.into_iter().zip(b).map(and).collect()
        }
        Node::Or(a, b) => {
            let (a, b) = (truths(a, columns, rows)?, truths(b, columns, rows)?);
            let or = |(a, b)| match (a, b) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), b) => b,
                _ => None,
            };
            a.into_iter().zip(b).map(or).collect()
        }
        Node::Not(truth) => truths(truth, columns, rows)?.into_iter().map(|truth| truth.map(|truth| !truth)).collect(),
        Node::IsNull(value) => match &**value {
            Node::Column(_, ValueType::Number) => {
                let values = numbers(value, columns, rows)?;
                (0..rows).map(|row| Some(values.at(row).is_nan())).collect()
            }
            Node::Column(column, ValueType::Text) => match columns.get(*column)? {
                Values::Texts(values) => values.iter().map(|value| Some(value.is_none())).collect(),
                _ => return None,
            },
            _ => return None,
        },
        Node::InList(value, list) => {
            let Node::Column(column, ValueType::Text) = &**value else { return None };
            let Values::Texts(values) = columns.get(*column)? else { return None };
            let texts: Vec<&str> = list
                .iter()
                .map(|item| if let Node::Text(text) = item { Some(text.as_str()) } else { None })
                .collect::<Option<_>>()?;
            values.iter().map(|value| value.map(|value| texts.contains(&value))).collect()
        }
        Node::Between(value, low, high) => {
            let [value, low, high] =
                [numbers(value, columns, rows)?, numbers(low, columns, rows)?, numbers(high, columns, rows)?];
            (0..rows)
                .map(|row| {
                    let above = value.at(row).partial_cmp(&low.at(row)).map(Ordering::is_ge);
                    let below = value.at(row).partial_cmp(&high.at(row)).map(Ordering::is_le);
                    match (above, below) {
                        (Some(false), _) | (_, Some(false)) => Some(false),
                        (Some(true), Some(true)) => Some(true),
                        _ => None,
                    }
                })
                .collect()
        }
        _ => return None,
    })
}
