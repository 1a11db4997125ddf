//! Columns handed out as plain vectors.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use foldhash::fast::FixedState;
use polars::prelude::*;
use rayon::prelude::*;

use super::{Table, infer};
use crate::cases::FeatureValues;
use crate::error::{Error, ErrorKind, Result, internal};

/// Days of a calendar that is made once for all rows: about three hundred years.
const MOST_DAYS: i64 = 100_000;

/// The code of a missing category.
pub const MISSING: u32 = u32::MAX;

/// A column of categories: `codes[row]` is a position in `levels`, or [`MISSING`]. Levels stand in the
/// order of their first row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Categories {
    /// One a row.
    pub codes: Vec<u32>,
    /// The exact texts.
    pub levels: Vec<String>,
}

impl Categories {
    /// Codes texts.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        // The order of levels is that of their first rows, so the hash may be the fastest one.
        let mut known: HashMap<&'a str, u32, FixedState> = HashMap::default();
        let mut categories = Categories::default();
        for text in texts {
            let code = match text {
                None => MISSING,
                Some(text) => *known.entry(text).or_insert_with(|| {
                    categories.levels.push(text.to_owned());
                    (categories.levels.len() - 1) as u32
                }),
            };
            categories.codes.push(code);
        }
        categories
    }

    /// The text of a row.
    pub fn text(&self, row: usize) -> Option<&str> {
        let code = *self.codes.get(row)?;
        self.levels.get(code as usize).map(String::as_str)
    }
}

/// The first whole number, with its row, that differs from its nearest 64-bit floating-point number, so that it would
/// count as the same as its neighbours.
fn inexact_whole_number(series: &Series) -> Option<(usize, String)> {
    if let Ok(texts) = series.str() {
        let mut rows = texts.iter().enumerate().filter_map(|(row, text)| Some((row, text?)));
        return rows.find(|(_, text)| infer::is_inexact(text)).map(|(row, text)| (row, text.to_owned()));
    }
    // A cast back would saturate: i128 holds every whole number of either type and every f64 near it.
    fn first<T: Copy + Into<i128> + std::fmt::Display>(
        values: impl Iterator<Item = Option<T>>,
        as_float: impl Fn(T) -> f64,
    ) -> Option<(usize, String)> {
        let mut values = values.enumerate().filter_map(|(row, value)| Some((row, value?)));
        values
            .find(|(_, value)| as_float(*value) as i128 != (*value).into())
            .map(|(row, value)| (row, value.to_string()))
    }
    match series.dtype() {
        DataType::Int64 => first(series.i64().ok()?.iter(), |value| value as f64),
        DataType::UInt64 => first(series.u64().ok()?.iter(), |value| value as f64),
        _ => None,
    }
}

fn inexact(text: &str) -> String {
    format!(
        "{text} is a whole number that no 64-bit floating-point number carries exactly: it would count as another one"
    )
}

impl Table {
    pub(crate) fn series(&self, name: &str) -> Result<Series> {
        let column = self.frame.column(name).map_err(|_| self.unknown_column(name))?;
        Ok(column.as_materialized_series().clone())
    }

    fn value_error(&self, name: &str, row: usize, what: String) -> Error {
        Error::new(ErrorKind::Value, what).in_file(&self.file).in_column(name).at_row(row + 1)
    }

    /// Whether a column holds numbers.
    pub fn is_numeric(&self, name: &str) -> bool {
        self.series(name).is_ok_and(|series| series.dtype().is_primitive_numeric())
    }

    /// Whether a column holds dates.
    pub fn is_date(&self, name: &str) -> bool {
        self.series(name).is_ok_and(|series| matches!(series.dtype(), DataType::Date))
    }

    /// The type of a column: `number`, `truth value`, `date` or `text`.
    pub fn type_in_words(&self, name: &str) -> &'static str {
        match self.series(name).map(|series| series.dtype().clone()) {
            Ok(DataType::Boolean) => "truth value",
            Ok(DataType::Date | DataType::Datetime(..)) => "date",
            Ok(other) if other.is_primitive_numeric() => "number",
            _ => "text",
        }
    }

    /// Whether every value of a column is missing.
    pub fn is_all_missing(&self, name: &str) -> bool {
        self.series(name).is_ok_and(|series| series.null_count() == series.len())
    }

    /// A column as numbers; missing is NaN. Truth values are 1 and 0.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`]; [`ErrorKind::Value`] naming the first row that holds text, or a whole number that
    /// a 64-bit floating-point number cannot carry exactly.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>> {
        let series = self.series(name)?;
        if let Some((row, text)) = inexact_whole_number(&series) {
            return Err(self.value_error(name, row, inexact(&text)).help(
                "read the column as categories (type = \"categorical\"), or leave it out: so long a number is an identifier",
            ));
        }
        if let Ok(texts) = series.str() {
            let mut numbers = Vec::with_capacity(texts.len());
            for (row, text) in texts.iter().enumerate() {
                numbers.push(match text {
                    None => f64::NAN,
                    Some(text) => infer::number(text).ok_or_else(|| {
                        self.value_error(name, row, format!("{text:?} is not a number"))
                            .help("mend the value; or read the column as categories (type = \"categorical\"); or, where the text means missing, list it in null_values")
                    })?,
                });
            }
            return Ok(numbers);
        }
        if matches!(series.dtype(), DataType::Date) {
            return Err(self.value_error(name, 0, "the column holds dates, not numbers".into()));
        }
        let numbers = series.cast(&DataType::Float64).map_err(|e| {
            self.value_error(name, 0, format!("the column is of type {}, which is not a number: {e}", series.dtype()))
        })?;
        let numbers = numbers.f64().map_err(internal)?;
        let mut values = Vec::with_capacity(numbers.len());
        for chunk in numbers.downcast_iter() {
            if chunk.validity().is_none() {
                values.extend_from_slice(chunk.values().as_slice());
            } else {
                values.extend(chunk.iter().map(|value| value.copied().unwrap_or(f64::NAN)));
            }
        }
        Ok(values)
    }

    /// Why a column of numbers cannot be taken as such: the first whole number that has no exact 64-bit floating-point
    /// number.
    pub(crate) fn why_not_numbers(&self, name: &str) -> Result<Option<String>> {
        Ok(inexact_whole_number(&self.series(name)?).map(|(_, text)| inexact(&text)))
    }

    /// A column as categories, by exact text; numbers as Rust prints them (3, 0.5).
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`]; [`ErrorKind::Value`] for a type that has no text.
    pub fn categories(&self, name: &str) -> Result<Categories> {
        let series = self.series(name)?;
        let texts = match series.dtype() {
            DataType::String => series,
            DataType::Float64 => {
                let numbers = self.numbers(name)?;
                // + 0.0: the two zeros are one number.
                let texts: Vec<Option<String>> =
                    numbers.iter().map(|x| (!x.is_nan()).then(|| (x + 0.0).to_string())).collect();
                return Ok(Categories::from_texts(texts.iter().map(Option::as_deref)));
            }
            other => series.cast(&DataType::String).map_err(|e| {
                self.value_error(name, 0, format!("the column is of type {other}, which has no text: {e}"))
            })?,
        };
        Ok(Categories::from_texts(texts.str().map_err(internal)?.iter()))
    }

    /// A column of dates without gaps; `None` where it is of another type or has gaps.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`].
    pub(crate) fn whole_dates(&self, name: &str) -> Result<Option<Vec<NaiveDate>>> {
        let series = self.series(name)?.rechunk();
        let Ok(days) = series.date() else { return Ok(None) };
        let Ok(days) = days.physical().cont_slice() else { return Ok(None) };
        // A history has few days and many rows: each day is made once.
        let (Some(first), Some(last)) = (days.par_iter().min(), days.par_iter().max()) else { return Ok(None) };
        if i64::from(*last) - i64::from(*first) > MOST_DAYS {
            return Ok(days.par_iter().map(|day| infer::from_days(*day)).collect());
        }
        let calendar: Option<Vec<NaiveDate>> = (*first..=*last).map(infer::from_days).collect();
        Ok(calendar.map(|calendar| days.par_iter().map(|day| calendar[(day - first) as usize]).collect()))
    }

    /// A column as dates; `format` as in strftime, absent: 2024-07-01.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`]; [`ErrorKind::Value`] naming the first row that does not parse.
    pub fn dates(&self, name: &str) -> Result<Vec<Option<NaiveDate>>> {
        let series = self.series(name)?;
        if let Ok(days) = series.date() {
            return Ok(days.physical().iter().map(|day| day.and_then(infer::from_days)).collect());
        }
        if matches!(series.dtype(), DataType::Datetime(..)) {
            return Err(self.zone_error(name, 0, "the column holds times with a zone"));
        }
        let categories = self.categories(name)?;
        let levels: Vec<Option<NaiveDate>> = categories.levels.iter().map(|text| infer::date(text)).collect();
        let mut dates = Vec::with_capacity(categories.codes.len());
        for (row, code) in categories.codes.iter().enumerate() {
            dates.push(match levels.get(*code as usize) {
                None => None,
                Some(Some(date)) => Some(*date),
                Some(None) => {
                    let text = categories.text(row).unwrap_or_default();
                    if infer::zoned(text).is_some() {
                        return Err(self.zone_error(name, row, &format!("{text:?} carries a zone")));
                    }
                    return Err(self
                        .value_error(name, row, format!("{text:?} is not a date"))
                        .help(infer::date_advice(text)));
                }
            });
        }
        Ok(dates)
    }
}

impl Table {
    fn zone_error(&self, name: &str, row: usize, what: &str) -> Error {
        self.value_error(name, row, format!("{what}, so its day depends on the clock of a place")).help(
            "say whose clock counts: utc_offset = \"+08:00\" in the table of scorewright.toml; or write days, such as 2024-07-01",
        )
    }

    /// A column of times with a zone as instants; `None` where it is of another type.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`].
    pub(crate) fn instants(&self, name: &str) -> Result<Option<Vec<Option<DateTime<Utc>>>>> {
        let series = self.series(name)?;
        let DataType::Datetime(unit, Some(_)) = series.dtype() else { return Ok(None) };
        let per_second = match unit {
            TimeUnit::Nanoseconds => 1_000_000_000,
            TimeUnit::Microseconds => 1_000_000,
            TimeUnit::Milliseconds => 1_000,
        };
        let ticks = series.to_physical_repr();
        let ticks = ticks.i64().map_err(internal)?;
        Ok(Some(
            ticks
                .iter()
                .map(|tick| tick.and_then(|tick| DateTime::from_timestamp(tick.div_euclid(per_second), 0)))
                .collect(),
        ))
    }
}

/// The name of a column that an expression gave.
pub(crate) const EVALUATED: &str = "value";

impl Table {
    /// A table of one column, called [`EVALUATED`], whose messages name this table's file.
    pub(crate) fn with(&self, values: Series) -> Result<Table> {
        let column = values.with_name(EVALUATED.into()).into();
        let frame = DataFrame::new_infer_height(vec![column]).map_err(internal)?;
        Ok(Table { file: self.file.clone(), frame, lineage: Vec::new() })
    }
}

/// A feature as a column with nulls for missing.
pub(crate) fn feature_series(name: &str, values: &FeatureValues) -> Series {
    match values {
        FeatureValues::Numeric(values) if values.iter().all(|x| !x.is_nan()) => {
            Float64Chunked::from_slice(name.into(), values).into_series()
        }
        FeatureValues::Numeric(values) => {
            Float64Chunked::from_iter_options(name.into(), values.iter().map(|x| (!x.is_nan()).then_some(*x)))
                .into_series()
        }
        FeatureValues::Categorical(values) => {
            StringChunked::from_iter_options(name.into(), (0..values.codes.len()).map(|row| values.text(row)))
                .into_series()
        }
    }
}
