//! A table's dates, by its description: as they stand, by a format, or as days of the lender's clock.

use chrono::{FixedOffset, NaiveDate};
use polars::prelude::*;

use super::Day;
use crate::config::TableSpec;
use crate::error::{Error, ErrorKind, Result, internal};
use crate::table::{self, Table};

/// A column's days, one a row; the column becomes one of dates.
pub(super) fn days(table: &mut Table, column: &str, spec: &TableSpec) -> Result<Vec<Day>> {
    table.require(column)?;
    if let Some(days) = table.whole_dates(column)? {
        return Ok(days.into_iter().map(Day::from).collect());
    }
    let dates = match (&spec.date_format, spec.utc_offset.as_ref().and_then(|offset| offset.parse().ok())) {
        (Some(format), _) if !table.is_date(column) => formatted(table, column, format)?,
        (_, Some(offset)) if !table.is_date(column) => zoned(table, column, offset)?,
        _ => table.dates(column)?,
    };
    if let Some(row) = dates.iter().position(Option::is_none) {
        return Err(Error::new(ErrorKind::Value, "the date is missing")
            .in_file(&table.file)
            .in_column(column)
            .at_row(row + 1)
            .help("every row of a dated table needs its date; leave undated rows out"));
    }
    if !table.is_date(column) {
        let numbers: Vec<Option<i32>> = dates.iter().map(|date| date.map(table::days)).collect();
        let series = Series::new(column.into(), numbers).cast(&DataType::Date).map_err(internal)?;
        table.frame.with_column(series.into()).map_err(internal)?;
    }
    Ok(dates.into_iter().flatten().map(Day::from).collect())
}

/// Makes a column one of dates where each of its values is one by the table's description; else it stays as it is, for
/// what is wrong with it to be counted.
pub(super) fn make_dates(table: &mut Table, column: &str, spec: &TableSpec) -> Result<()> {
    if table.is_date(column) || (spec.date_format.is_none() && spec.utc_offset.is_none()) {
        return Ok(());
    }
    let texts = table.categories(column)?;
    let offset: Option<FixedOffset> = spec.utc_offset.as_ref().and_then(|offset| offset.parse().ok());
    let date = |text: &String| match (&spec.date_format, offset) {
        (Some(format), _) => NaiveDate::parse_from_str(text, format).ok(),
        (None, Some(offset)) => {
            table::zoned(text).map(|instant| instant.with_timezone(&offset).date_naive()).or_else(|| table::date(text))
        }
        (None, None) => None,
    };
    let read: Vec<Option<NaiveDate>> = texts.levels.iter().map(date).collect();
    let by_row = texts.codes.iter().map(|code| *code as usize);
    let series = if read.iter().all(Option::is_some) {
        let days: Vec<Option<i32>> = by_row.map(|code| read.get(code).copied().flatten().map(table::days)).collect();
        Series::new(column.into(), days).cast(&DataType::Date).map_err(internal)?
    } else {
        let names: Vec<String> =
            read.iter().zip(&texts.levels).map(|(date, text)| date.map_or(text.clone(), |d| d.to_string())).collect();
        StringChunked::from_iter_options(column.into(), by_row.map(|code| names.get(code).map(String::as_str)))
            .into_series()
    };
    table.frame.with_column(series.into()).map_err(internal)?;
    Ok(())
}

/// Dates by the format of the table.
fn formatted(table: &Table, column: &str, format: &str) -> Result<Vec<Option<NaiveDate>>> {
    by_text(table, column, |text| {
        NaiveDate::parse_from_str(text, format)
            .map_err(|e| format!("{text:?} is not a date of the form {format:?}: {e}"))
    })
}

/// Instants that carry a zone, as days of the lender's clock.
fn zoned(table: &Table, column: &str, offset: FixedOffset) -> Result<Vec<Option<NaiveDate>>> {
    if let Some(instants) = table.instants(column)? {
        return Ok(instants
            .into_iter()
            .map(|instant| instant.map(|instant| instant.with_timezone(&offset).date_naive()))
            .collect());
    }
    by_text(table, column, |text| match table::zoned(text) {
        Some(instant) => Ok(instant.with_timezone(&offset).date_naive()),
        None => table::date(text).ok_or_else(|| format!("{text:?} is neither a day nor a time with a zone")),
    })
}

/// Dates by the texts of a column, each text read once.
fn by_text(
    table: &Table,
    column: &str,
    read: impl Fn(&str) -> std::result::Result<NaiveDate, String>,
) -> Result<Vec<Option<NaiveDate>>> {
    let texts = table.categories(column)?;
    let dates: Vec<_> = texts.levels.iter().map(|text| read(text)).collect();
    texts
        .codes
        .iter()
        .enumerate()
        .map(|(row, code)| match dates.get(*code as usize) {
            None => Ok(None),
            Some(Ok(date)) => Ok(Some(*date)),
            Some(Err(what)) => Err(Error::new(ErrorKind::Value, what.clone())
                .in_file(&table.file)
                .in_column(column)
                .at_row(row + 1)
                .help("mend the value, or the table's date_format or utc_offset")),
        })
        .collect()
}
