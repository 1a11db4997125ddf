//! The type of a column of text: whole number, number, truth value, date, or text.

use chrono::{DateTime, FixedOffset, NaiveDate};
use polars::prelude::*;

use crate::error::{Result, internal};

/// What every text of a column can be read as. Those of a whole column are those of its parts together
/// ([`Forms::and`]), so that a column that is read part by part gets the type that it has as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forms {
    any: bool,
    whole: bool,
    number: bool,
    /// Whether any is a whole number too long to be carried exactly.
    inexact: bool,
    truth: bool,
    date: bool,
}

impl Forms {
    /// Those of a column of text; missing values fit every form.
    pub fn of(column: &Series) -> Result<Self> {
        let texts = column.str().map_err(internal)?;
        let values = || texts.iter().flatten();
        let whole = values().all(|text| text.trim().parse::<i64>().is_ok() && !has_leading_zero(text));
        let number = whole || values().all(|text| number(text).is_some() && !has_leading_zero(text));
        Ok(Forms {
            any: values().next().is_some(),
            whole,
            number,
            inexact: number && values().any(is_inexact),
            truth: values().all(|text| truth(text).is_some()),
            date: values().all(|text| date(text).is_some()),
        })
    }

    /// Those of two parts of a column.
    pub fn and(self, other: Self) -> Self {
        Forms {
            any: self.any || other.any,
            whole: self.whole && other.whole,
            number: self.number && other.number,
            inexact: self.inexact || other.inexact,
            truth: self.truth && other.truth,
            date: self.date && other.date,
        }
    }

    /// Turns a column of text into the narrowest type that every value of the whole column has. A column with a
    /// number like 007, or a whole number too long to be carried exactly beside numbers that are not whole, stays text
    /// (a postcode or an account number, not a quantity); so does one with any value that is neither number, truth value
    /// nor date, and one without values.
    pub fn convert(self, column: &Series) -> Result<Series> {
        let texts = column.str().map_err(internal)?;
        let name = column.name().clone();
        Ok(match self {
            Forms { any: false, .. } => column.clone(),
            Forms { whole: true, .. } => {
                let whole = |text: &str| text.trim().parse::<i64>().ok();
                Series::new(name, texts.iter().map(|t| t.and_then(whole)).collect::<Vec<Option<i64>>>())
            }
            Forms { number: true, inexact: false, .. } => {
                Series::new(name, texts.iter().map(|t| t.and_then(number)).collect::<Vec<Option<f64>>>())
            }
            Forms { truth: true, .. } => {
                Series::new(name, texts.iter().map(|t| t.and_then(truth)).collect::<Vec<Option<bool>>>())
            }
            Forms { date: true, .. } => {
                let days: Vec<Option<i32>> = texts.iter().map(|t| t.and_then(date).map(days)).collect();
                Series::new(name, days).cast(&DataType::Date).map_err(internal)?
            }
            _ => column.clone(),
        })
    }
}

/// A number as people and programs write it: 12, -1.5, 1e-5, inf, NaN.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// Whether a text is a whole number that differs from its nearest 64-bit floating-point number.
pub(super) fn is_inexact(text: &str) -> bool {
    let digits = text.trim().trim_start_matches(['+', '-']).trim_start_matches('0');
    // All numbers of 15 digits are exact.
    digits.len() > 15
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && number(digits).is_some_and(|number| number.to_string() != digits)
}

fn has_leading_zero(text: &str) -> bool {
    let digits = text.trim().trim_start_matches(['+', '-']).as_bytes();
    matches!(digits, [b'0', b'0'..=b'9', ..])
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// 2024-07-01, also with a time of day after a blank or a T; the time is dropped. A time with a zone is no day.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let day = match text.split_at_checked(10) {
        Some((day, "")) => day,
        Some((day, rest)) if rest.starts_with([' ', 'T']) && zoned(text).is_none() => day,
        _ => return None,
    };
    NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()
}

/// Forms in which dates are often written, for advice alone: a form is never guessed.
const FORMS: [&str; 10] = [
    "%y%m%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d-%b-%y",
];

/// What to do about a text that is not a date.
pub(crate) fn date_advice(text: &str) -> String {
    let is_whole = |form: &str| {
        // %Y takes any number of digits.
        (!form.contains("%Y%m") || text.len() == 8) && (!form.contains("%y%m") || text.len() == 6)
    };
    let form = FORMS.iter().find(|form| is_whole(form) && NaiveDate::parse_from_str(text, form).is_ok());
    match form {
        Some(form) => format!(
            "say in the table of scorewright.toml how its dates are written, such as date_format = \"{form}\"; or write them as 2024-07-01"
        ),
        None => "write dates as 2024-07-01, or 2024-07-01 12:30:00".to_owned(),
    }
}

/// 2024-07-01T12:30:00+08:00, 2024-07-01 12:30:00Z: an instant.
pub(crate) fn zoned(text: &str) -> Option<DateTime<FixedOffset>> {
    let has_zone = text.get(10..).is_some_and(|time| time.ends_with(['Z', 'z']) || time.contains(['+', '-']));
    has_zone.then(|| DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)).ok())?
}

/// Days since 1970-01-01, as Polars counts dates.
pub(crate) fn days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

/// The date of a day since 1970-01-01.
pub(crate) fn from_days(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days)
}
