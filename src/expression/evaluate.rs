//! The semantics: the value of an expression in a row.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::text;
use super::tree::{Arithmetic, Cast, Comparison, Function, MOST_DAYS, MOST_EXPONENT, MOST_MONTHS, Node};

/// A value; numbers are never NaN.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Missing,
    Number(f64),
    Text(Cow<'a, str>),
    Boolean(bool),
    Date(NaiveDate),
}

/// The columns of an expression, as it reads them.
pub(super) trait Rows {
    /// The value of a column (by its place among the expression's columns) in a row.
    fn value(&self, column: usize, row: usize) -> Value<'_>;
}

impl<'a> Value<'a> {
    fn number(&self) -> Option<f64> {
        if let Value::Number(number) = self { Some(*number) } else { None }
    }

    fn text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn truth(&self) -> Option<bool> {
        if let Value::Boolean(truth) = self { Some(*truth) } else { None }
    }

    fn date(&self) -> Option<NaiveDate> {
        if let Value::Date(date) = self { Some(*date) } else { None }
    }

    /// A computed number; missing where it is not finite.
    fn computed(number: Option<f64>) -> Value<'a> {
        number.filter(|number| number.is_finite()).map_or(Value::Missing, Value::Number)
    }

    fn of_truth(truth: Option<bool>) -> Value<'a> {
        truth.map_or(Value::Missing, Value::Boolean)
    }

    fn of_text(text: Option<String>) -> Value<'a> {
        text.map_or(Value::Missing, |text| Value::Text(Cow::Owned(text)))
    }

    fn of_date(date: Option<NaiveDate>) -> Value<'a> {
        date.map_or(Value::Missing, Value::Date)
    }

    fn order(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
            (Value::Text(a), Value::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
            (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

impl Comparison {
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Node {
    /// The value in a row.
    pub(super) fn value<'a>(&'a self, rows: &'a dyn Rows, row: usize) -> Value<'a> {
        let of = |node: &'a Node| node.value(rows, row);
        match self {
            Node::Null(_) => Value::Missing,
            Node::Number(number) => Value::Number(*number),
            Node::Text(text) => Value::Text(Cow::Borrowed(text)),
            Node::Boolean(truth) => Value::Boolean(*truth),
            Node::Date(date) => Value::Date(*date),
            Node::Column(column, _) => rows.value(*column, row),
            Node::Negate(number) => Value::computed(of(number).number().map(|number| -number)),
            Node::Arithmetic(operation, a, b) => {
                Value::computed(of(a).number().zip(of(b).number()).map(|(a, b)| match operation {
                    Arithmetic::Add => a + b,
                    Arithmetic::Subtract => a - b,
                    Arithmetic::Multiply => a * b,
                    Arithmetic::Divide => a / b,
                    Arithmetic::Remainder => a % b,
                }))
            }
            Node::Compare(comparison, a, b) => {
                Value::of_truth(of(a).order(&of(b)).map(|order| comparison.holds(order)))
            }
            Node::And(a, b) => Value::of_truth(match of(a).truth() {
                Some(false) => Some(false),
                a => match (a, of(b).truth()) {
                    (_, Some(false)) => Some(false),
                    (Some(true), b) => b,
                    _ => None,
                },
            }),
            Node::Or(a, b) => Value::of_truth(match of(a).truth() {
                Some(true) => Some(true),
                a => match (a, of(b).truth()) {
                    (_, Some(true)) => Some(true),
                    (Some(false), b) => b,
                    _ => None,
                },
            }),
            Node::Not(truth) => Value::of_truth(of(truth).truth().map(|truth| !truth)),
            Node::IsNull(value) => Value::Boolean(of(value) == Value::Missing),
            Node::InList(value, list) => {
                let value = of(value);
                let mut found = Some(false);
                for item in list {
                    match value.order(&of(item)) {
                        Some(Ordering::Equal) => return Value::Boolean(true),
                        Some(_) => {}
                        None => found = None,
                    }
                }
                Value::of_truth(found)
            }
            Node::Between(value, low, high) => {
                let value = of(value);
                let above = value.order(&of(low)).map(Ordering::is_ge);
                let below = value.order(&of(high)).map(Ordering::is_le);
                Value::of_truth(match (above, below) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                })
            }
            Node::Like(value, pattern) => Value::of_truth(of(value).text().map(|text| pattern.matches(text))),
            Node::Case { operand, branches, otherwise } => {
                let operand = operand.as_ref().map(|operand| of(operand));
                let met = branches.iter().find(|(when, _)| match &operand {
                    Some(operand) => operand.order(&of(when)) == Some(Ordering::Equal),
                    None => of(when).truth() == Some(true),
                });
                of(met.map_or(otherwise.as_ref(), |(_, then)| then))
            }
            Node::Cast(value, to) => cast(of(value), *to),
            Node::Call(function, arguments) => call(function, arguments, &of),
        }
    }
}

fn cast(value: Value<'_>, to: Cast) -> Value<'_> {
    match to {
        Cast::Number | Cast::Integer => {
            let number = match &value {
                Value::Number(number) if to == Cast::Number => return Value::Number(*number),
                Value::Number(number) => Some(*number),
                Value::Boolean(truth) => Some(f64::from(u8::from(*truth))),
                Value::Text(text) => text::number(text),
                _ => None,
            };
            Value::computed(if to == Cast::Integer { number.map(f64::trunc) } else { number })
        }
        Cast::Text => Value::of_text(match &value {
            Value::Number(number) => text::whole_text(*number),
            Value::Boolean(truth) => Some(truth.to_string()),
            Value::Date(date) => Some(date.to_string()),
            Value::Text(_) => return value,
            Value::Missing => None,
        }),
        Cast::Boolean => Value::of_truth(match &value {
            Value::Number(number) => Some(*number != 0.0),
            Value::Boolean(truth) => Some(*truth),
            Value::Text(text) => text::truth(text),
            _ => None,
        }),
        Cast::Date => match &value {
            Value::Text(text) => Value::of_date(text::DateFormat::iso().date(text)),
            Value::Date(date) => Value::Date(*date),
            _ => Value::Missing,
        },
    }
}

fn call<'a>(function: &Function, arguments: &'a [Node], of: &dyn Fn(&'a Node) -> Value<'a>) -> Value<'a> {
    let argument = |place: usize| arguments.get(place).map_or(Value::Missing, of);
    let of_number = |f: &dyn Fn(f64) -> f64| Value::computed(argument(0).number().map(f));
    let of_date = |f: &dyn Fn(NaiveDate) -> f64| Value::computed(argument(0).date().map(f));
    let texts = || argument(0).text().map(str::to_owned).zip(argument(1).text().map(str::to_owned));
    match function {
        Function::Least | Function::Greatest => {
            let wanted = if *function == Function::Least { Ordering::Less } else { Ordering::Greater };
            arguments.iter().map(of).fold(Value::Missing, |best, value| match (&best, value.order(&best)) {
                (Value::Missing, _) => value,
                (_, Some(order)) if order == wanted => value,
                _ => best,
            })
        }
        Function::Coalesce => arguments.iter().map(of).find(|value| *value != Value::Missing).unwrap_or(Value::Missing),
        Function::NullIf => {
            let value = argument(0);
            if value.order(&argument(1)) == Some(Ordering::Equal) { Value::Missing } else { value }
        }
        Function::Abs => of_number(&f64::abs),
        Function::Sign => of_number(&|x| if x == 0.0 { 0.0 } else { x.signum() }),
        Function::Ln => of_number(&f64::ln),
        Function::Log10 => of_number(&f64::log10),
        Function::Exp => of_number(&|x| if x < MOST_EXPONENT { x.exp() } else { f64::INFINITY }),
        Function::Sqrt => of_number(&f64::sqrt),
        Function::Power => Value::computed(argument(0).number().zip(argument(1).number()).map(|(x, y)| x.powf(y))),
        Function::Round(digits) => {
            let scale = 10_f64.powi(digits.abs());
            of_number(&|x| if *digits < 0 { (x / scale).round() * scale } else { (x * scale).round() / scale })
        }
        Function::Floor => of_number(&f64::floor),
        Function::Ceil => of_number(&f64::ceil),
        Function::Lower => Value::of_text(argument(0).text().map(|text| text::mapped(text, char::to_lowercase))),
        Function::Upper => Value::of_text(argument(0).text().map(|text| text::mapped(text, char::to_uppercase))),
        Function::Trim => Value::of_text(argument(0).text().map(|text| text.trim_matches(' ').to_owned())),
        Function::Length => Value::computed(argument(0).text().map(|text| text.chars().count() as f64)),
        Function::Substring(start, length) => Value::of_text(argument(0).text().map(|text| {
            let most = length.map_or(usize::MAX, |length| length as usize);
            text.chars().skip(*start as usize - 1).take(most).collect()
        })),
        Function::Concat => {
            let mut whole = String::new();
            for part in arguments {
                match of(part).text() {
                    Some(text) => whole.push_str(text),
                    None => return Value::Missing,
                }
            }
            Value::Text(Cow::Owned(whole))
        }
        Function::StartsWith => Value::of_truth(texts().map(|(text, part)| text.starts_with(&part))),
        Function::Contains => Value::of_truth(texts().map(|(text, part)| text.contains(&part))),
        Function::Year => of_date(&|date| f64::from(date.year())),
        Function::Month => of_date(&|date| f64::from(date.month())),
        Function::Day => of_date(&|date| f64::from(date.day())),
        Function::AddMonths => {
            Value::of_date(step(&argument(0), &argument(1), MOST_MONTHS).and_then(|(date, months)| {
                let size = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
                if months < 0 { date.checked_sub_months(size) } else { date.checked_add_months(size) }
            }))
        }
        Function::AddDays => Value::of_date(step(&argument(0), &argument(1), MOST_DAYS).and_then(|(date, days)| {
            let size = Days::new(days.unsigned_abs());
            if days < 0 { date.checked_sub_days(size) } else { date.checked_add_days(size) }
        })),
        Function::DaysBetween => {
            Value::computed(argument(0).date().zip(argument(1).date()).map(|(from, to)| (to - from).num_days() as f64))
        }
        Function::MonthsBetween => Value::computed(argument(0).date().zip(argument(1).date()).map(|(from, to)| {
            f64::from(to.year() - from.year()) * 12.0 + f64::from(to.month()) - f64::from(from.month())
        })),
        Function::ToDate(format) => Value::of_date(match argument(0) {
            Value::Text(text) => format.date(&text),
            Value::Number(number) => text::whole_text(number).and_then(|digits| {
                let width = format.width();
                format.date(&format!("{digits:0>width$}"))
            }),
            _ => None,
        }),
    }
}

/// A date and a whole number of steps from it, of less than `limit`.
fn step(date: &Value<'_>, steps: &Value<'_>, limit: f64) -> Option<(NaiveDate, i64)> {
    let (date, steps) = date.date().zip(steps.number())?;
    (steps.abs() < limit).then_some((date, steps.trunc() as i64))
}
