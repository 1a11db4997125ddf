//! Columns read so that no value stops the reading: what cannot be read is handed out with its rows.

use chrono::NaiveDate;
use polars::prelude::*;

use super::{MISSING, Table, infer};
use crate::error::{Result, internal};

/// Stands for a day that is missing or cannot be read.
pub(crate) const NO_DAY: i32 = i32::MIN;

/// A column of dates.
#[derive(Debug, Default)]
pub(crate) struct Days {
    /// Days since 1970-01-01, one a row, or [`NO_DAY`].
    pub days: Vec<i32>,
    /// Rows without a value.
    pub missing: Vec<u32>,
    /// Rows whose text is not a date.
    pub unreadable: Vec<u32>,
}

/// A column of numbers.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// One a row; NaN where it is missing or no number.
    pub values: Vec<f64>,
    /// Rows that hold NaN as a value, not as a gap.
    pub nan: Vec<u32>,
    /// Rows with an infinite value.
    pub infinite: Vec<u32>,
    /// Rows whose text is not a number.
    pub text: Vec<u32>,
}

impl Table {
    /// A column as days, whatever it holds.
    pub(crate) fn days_leniently(&self, name: &str) -> Result<Days> {
        let series = self.series(name)?;
        let mut read = Days { days: Vec::with_capacity(series.len()), ..Days::default() };
        if let Ok(days) = series.date() {
            for (row, day) in days.physical().iter().enumerate() {
                // A day that no calendar has is as good as text.
                match day.map(|day| infer::from_days(day).map(|_| day)) {
                    None => read.missing.push(row as u32),
                    Some(None) => read.unreadable.push(row as u32),
                    Some(Some(_)) => {}
                }
                read.days.push(day.filter(|day| infer::from_days(*day).is_some()).unwrap_or(NO_DAY));
            }
            return Ok(read);
        }
        let texts = self.categories(name)?;
        let levels: Vec<Option<NaiveDate>> = texts.levels.iter().map(|text| infer::date(text)).collect();
        for (row, code) in texts.codes.iter().enumerate() {
            let day = levels.get(*code as usize).copied().flatten();
            if *code == MISSING {
                read.missing.push(row as u32);
            } else if day.is_none() {
                read.unreadable.push(row as u32);
            }
            read.days.push(day.map_or(NO_DAY, infer::days));
        }
        Ok(read)
    }

    /// A column as numbers, whatever it holds; `None` for a column of dates.
    pub(crate) fn numbers_leniently(&self, name: &str) -> Result<Option<Numbers>> {
        let series = self.series(name)?;
        let mut read = Numbers { values: Vec::with_capacity(series.len()), ..Numbers::default() };
        let mut push = |row: usize, value: Option<f64>| {
            match value {
                Some(value) if value.is_nan() => read.nan.push(row as u32),
                Some(value) if value.is_infinite() => read.infinite.push(row as u32),
                _ => {}
            }
            read.values.push(value.unwrap_or(f64::NAN));
        };
        if let Ok(texts) = series.str() {
            let mut unreadable = Vec::new();
            for (row, text) in texts.iter().enumerate() {
                let value = text.and_then(infer::number);
                if text.is_some() && value.is_none() {
                    unreadable.push(row as u32);
                }
                push(row, value);
            }
            read.text = unreadable;
            return Ok(Some(read));
        }
        if !series.dtype().is_primitive_numeric() && !matches!(series.dtype(), DataType::Boolean) {
            return Ok(None);
        }
        let numbers = series.cast(&DataType::Float64).map_err(internal)?;
        for (row, value) in numbers.f64().map_err(internal)?.iter().enumerate() {
            push(row, value);
        }
        Ok(Some(read))
    }

    /// Which rows of a column are missing; `None` where none is.
    pub(crate) fn gaps(&self, name: &str) -> Result<Option<Vec<bool>>> {
        let series = self.series(name)?;
        if series.null_count() == 0 {
            return Ok(None);
        }
        Ok(Some(series.is_null().iter().map(|gap| gap == Some(true)).collect()))
    }

    /// A cell as people read it.
    pub(crate) fn cell(&self, name: &str, row: usize) -> String {
        let Ok(series) = self.series(name) else { return String::new() };
        match series.get(row) {
            Ok(AnyValue::Null) | Err(_) => "missing".to_owned(),
            Ok(AnyValue::String(text)) => text.to_owned(),
            Ok(AnyValue::StringOwned(text)) => text.to_string(),
            Ok(other) => other.to_string(),
        }
    }

    /// A digest of some columns in each of `rows`: equal rows have equal digests.
    pub(crate) fn row_digests(&self, columns: &[String], rows: &[u32]) -> Result<Vec<u64>> {
        let mut digests = vec![0x9e37_79b9_7f4a_7c15_u64; rows.len()];
        for column in columns {
            let series = self.series(column)?.take_slice(rows).map_err(internal)?;
            let mut mix = |position: usize, value: u64| digests[position] = mixed(digests[position] ^ value);
            if let Ok(texts) = series.str() {
                for (position, text) in texts.iter().enumerate() {
                    mix(position, text.map_or(GAP, |text| text_digest(text.as_bytes())));
                }
            } else if series.dtype().is_integer() {
                let numbers = series.cast(&DataType::Int64).map_err(internal)?;
                let numbers = numbers.i64().map_err(internal)?;
                for (position, number) in numbers.iter().enumerate() {
                    mix(position, number.map_or(GAP, |x| mixed(x as u64)));
                }
            } else if series.dtype().is_float() {
                let numbers = series.cast(&DataType::Float64).map_err(internal)?;
                let numbers = numbers.f64().map_err(internal)?;
                for (position, number) in numbers.iter().enumerate() {
                    mix(position, number.map_or(GAP, |x| mixed((x + 0.0).to_bits())));
                }
            } else {
                let texts = series.cast(&DataType::String).map_err(internal)?;
                let texts = texts.str().map_err(internal)?;
                for (position, text) in texts.iter().enumerate() {
                    mix(position, text.map_or(GAP, |text| text_digest(text.as_bytes())));
                }
            }
        }
        Ok(digests)
    }
}

/// What a missing value adds to a digest.
const GAP: u64 = 0x6a09_e667_f3bc_c909;

/// A number whose bits all depend on all bits of `x` (the finaliser of splitmix64, Steele and others 2014).
pub(crate) fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A digest of a text.
pub(crate) fn text_digest(text: &[u8]) -> u64 {
    let mut digest = text.len() as u64;
    for part in text.chunks(8) {
        let mut bytes = [0_u8; 8];
        bytes[..part.len()].copy_from_slice(part);
        digest = mixed(digest ^ u64::from_le_bytes(bytes)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    }
    digest
}
