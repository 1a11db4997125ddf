//! Months counted from the first one of the simulation; days as Polars counts them, from 1970-01-01.

use chrono::{Datelike, Months, NaiveDate};

use crate::error::{Error, ErrorKind, Result};

/// Months that the calendar knows before the first one: for events before an application.
const BEFORE: i32 = 60;
/// Months that it knows after the last one: for outcomes that the data do not show any more.
const AFTER: i32 = 15;

/// First days of the months.
#[derive(Debug, Clone)]
pub struct Calendar {
    start: NaiveDate,
    first: Vec<i32>,
}

fn parse(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()?;
    (text.len() == 7 && (1970..=2200).contains(&date.year())).then_some(date)
}

fn month_of(text: &str, what: &str) -> Result<NaiveDate> {
    parse(text).ok_or_else(|| {
        Error::new(ErrorKind::Configuration, format!("{what}: {text:?} is not a month"))
            .help("write a month between 1970 and 2200 as 2022-01")
    })
}

impl Calendar {
    /// The calendar of `months` months from `start` on.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where `start` is not a month.
    pub fn new(start: &str, months: u32) -> Result<Self> {
        let start = month_of(start, "start")?;
        let begin = start.checked_sub_months(Months::new(BEFORE as u32)).unwrap_or(start);
        let count = BEFORE as u32 + months + AFTER as u32 + 1;
        let first = (0..count)
            .map(|month| begin.checked_add_months(Months::new(month)).unwrap_or(begin).to_epoch_days())
            .collect();
        Ok(Calendar { start, first })
    }

    /// The position of a month, which may lie before 0 or after the last one.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where `text` is not a month.
    pub fn position(&self, text: &str, what: &str) -> Result<i32> {
        let month = month_of(text, what)?;
        Ok((month.year() - self.start.year()) * 12 + month.month() as i32 - self.start.month() as i32)
    }

    /// First day of a month.
    pub fn first(&self, month: i32) -> i32 {
        let position = (month + BEFORE).clamp(0, self.first.len() as i32 - 1);
        self.first[position as usize]
    }

    /// Last day of a month.
    pub fn last(&self, month: i32) -> i32 {
        self.first(month + 1) - 1
    }

    /// The month of a day.
    pub fn month(&self, day: i32) -> i32 {
        self.first.partition_point(|first| *first <= day) as i32 - 1 - BEFORE
    }

    /// A month as text.
    pub fn month_text(&self, month: i32) -> String {
        self.day_text(self.first(month))[..7].to_owned()
    }

    /// A day as text.
    pub fn day_text(&self, day: i32) -> String {
        NaiveDate::from_epoch_days(day).unwrap_or(self.start).to_string()
    }
}
