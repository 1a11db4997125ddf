//! Days and windows. Months are calendar months; day arithmetic clips to the month's end (31 January
//! + 1 month = 28 or 29 February).

use chrono::{Datelike, Days, Months, NaiveDate};

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub NaiveDate);

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Day(date)
    }
}

impl Day {
    /// Months since the year 0: a number for the calendar month.
    pub fn month(self) -> i64 {
        i64::from(self.0.year()) * 12 + i64::from(self.0.month0())
    }

    /// So many days later; the last day that dates can tell where that lies beyond it.
    pub fn plus_days(self, days: i64) -> Day {
        let moved = match u64::try_from(days) {
            Ok(days) => self.0.checked_add_days(Days::new(days)),
            Err(_) => self.0.checked_sub_days(Days::new(days.unsigned_abs())),
        };
        Day(moved.unwrap_or(NaiveDate::MAX))
    }

    /// So many months later, clipped to the month's end.
    pub fn plus_months(self, months: u32) -> Day {
        Day(self.0.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
    }

    /// So many months earlier, clipped to the month's end.
    pub fn minus_months(self, months: u32) -> Day {
        Day(self.0.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN))
    }
}

/// A stretch of time next to the day of observation t: before it, (t - length, t]; after it,
/// (t, t + length]. Over a monthly table it counts whole calendar months: before, the month of t and
/// the ones before it; after, the months that follow the month of t.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// All of the history.
    Everything,
    /// Calendar months.
    Months(u32),
    /// Days.
    Days(u32),
}

impl Window {
    /// From the two keys of the configuration.
    pub fn new(months: Option<u32>, days: Option<u32>) -> Self {
        match (months, days) {
            (Some(months), _) => Window::Months(months),
            (None, Some(days)) => Window::Days(days),
            (None, None) => Window::Everything,
        }
    }

    /// Whether an event on `day` lies in the window before (and on) `t`.
    pub fn before(self, day: Day, t: Day, monthly: bool) -> bool {
        match self {
            Window::Everything if monthly => day.month() <= t.month(),
            Window::Everything => day <= t,
            Window::Months(months) if monthly => {
                day.month() <= t.month() && day.month() > t.month() - i64::from(months)
            }
            Window::Months(months) => day <= t && day > t.minus_months(months),
            Window::Days(days) => day <= t && day > t.plus_days(-i64::from(days)),
        }
    }

    /// Whether an event on `day` lies in the window after `t`.
    pub fn after(self, day: Day, t: Day, monthly: bool) -> bool {
        match self {
            Window::Everything => day > t,
            Window::Months(months) if monthly => {
                day.month() > t.month() && day.month() <= t.month() + i64::from(months)
            }
            Window::Months(months) => day > t && day <= t.plus_months(months),
            Window::Days(days) => day > t && day <= t.plus_days(i64::from(days)),
        }
    }

    /// Whether a table that covers the days up to `until` covers the window after `t`.
    pub fn is_covered(self, t: Day, until: Day, monthly: bool) -> bool {
        match self {
            Window::Everything => true,
            Window::Months(months) if monthly => until.month() >= t.month() + i64::from(months),
            Window::Months(months) => until >= t.plus_months(months),
            Window::Days(days) => until >= t.plus_days(i64::from(days)),
        }
    }
}
