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
    /// The first day that dates can tell: before everything.
    pub const FIRST: Day = Day(NaiveDate::MIN);

    /// The day so many days after 1970-01-01; `None` for a missing number.
    pub fn from_number(days: f64) -> Option<Day> {
        let is_day = days.fract() == 0.0 && days.abs() <= f64::from(i32::MAX);
        is_day.then(|| NaiveDate::from_epoch_days(days as i32).map(Day))?
    }

    /// Months since the year 0: a number for the calendar month.
    pub fn month(self) -> i64 {
        i64::from(self.0.year()) * 12 + i64::from(self.0.month0())
    }

    /// So many days later; the last or first day that dates can tell where that lies beyond it.
    pub fn plus_days(self, days: i64) -> Day {
        match u64::try_from(days) {
            Ok(days) => Day(self.0.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)),
            Err(_) => Day(self.0.checked_sub_days(Days::new(days.unsigned_abs())).unwrap_or(NaiveDate::MIN)),
        }
    }

    /// So many months later, clipped to the month's end.
    pub fn plus_months(self, months: u32) -> Day {
        Day(self.0.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
    }

    /// The last day of its month.
    pub fn month_end(self) -> Day {
        let first = self.0.with_day(1).unwrap_or(self.0);
        Day(first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX))
    }

    /// So many days later than `earlier`.
    pub fn days_since(self, earlier: Day) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// So many months earlier, clipped to the month's end.
    pub fn minus_months(self, months: u32) -> Day {
        Day(self.0.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN))
    }
}

/// Days from one (not included) to another (included).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The day before the first; `None`: from the beginning.
    pub after: Option<Day>,
    /// The last day.
    pub until: Day,
}

impl Span {
    /// Whether a day lies in it.
    pub fn contains(self, day: Day) -> bool {
        day <= self.until && self.after.is_none_or(|after| day > after)
    }
}

/// What a window counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Length {
    /// All there is.
    Everything,
    /// Calendar months.
    Months(u32),
    /// Days.
    Days(u32),
}

/// A stretch of time next to the day of observation t: before it, (t - skip - length, t - skip]; after it,
/// (t, t + length]. Over a monthly table it counts whole calendar months: before, the month of t (less the skip) and
/// the ones before it; after, the months that follow the month of t.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// How long it is.
    pub length: Length,
    /// How long before t it ends: in months, or in days where it is so given.
    pub skip: Length,
}

impl Window {
    /// All of the history.
    pub const EVERYTHING: Window = Window { length: Length::Everything, skip: Length::Everything };

    /// From the two keys of the configuration.
    pub fn new(months: Option<u32>, days: Option<u32>) -> Self {
        Window { length: Length::new(months, days), skip: Length::Everything }
    }

    /// The window, ended so many months or days before t.
    #[must_use]
    pub fn skipping(mut self, months: Option<u32>, days: Option<u32>) -> Self {
        self.skip = Length::new(months, days);
        self
    }

    /// The days of the window before (and on) `t`.
    pub fn before(self, t: Day, monthly: bool) -> Span {
        let skipped = match self.skip {
            Length::Everything => 0,
            Length::Months(units) | Length::Days(units) => units,
        };
        let back_months =
            |months: u32| if monthly { t.minus_months(months).month_end() } else { t.minus_months(months) };
        let back_days = |days: u32| t.plus_days(-i64::from(days));
        let until = match self.skip {
            Length::Everything if monthly => t.month_end(),
            Length::Everything => t,
            Length::Months(months) => back_months(months),
            Length::Days(days) => back_days(days),
        };
        let after = match self.length {
            Length::Everything => None,
            Length::Months(months) => Some(back_months(months.saturating_add(skipped))),
            Length::Days(days) => Some(back_days(days.saturating_add(skipped))),
        };
        Span { after, until }
    }

    /// The days of the window after `t`.
    pub fn after(self, t: Day, monthly: bool) -> Span {
        let until = match self.length {
            Length::Everything => Day(NaiveDate::MAX),
            Length::Months(months) if monthly => t.plus_months(months).month_end(),
            Length::Months(months) => t.plus_months(months),
            Length::Days(days) => t.plus_days(i64::from(days)),
        };
        let after = match self.length {
            Length::Months(_) if monthly => t.month_end(),
            _ => t,
        };
        Span { after: Some(after), until }
    }

    /// Whether a table that covers the days up to `until` covers the window after `t`.
    pub fn is_covered(self, t: Day, until: Day, monthly: bool) -> bool {
        match self.length {
            Length::Everything => true,
            Length::Months(months) if monthly => until.month() >= t.month() + i64::from(months),
            Length::Months(months) => until >= t.plus_months(months),
            Length::Days(days) => until >= t.plus_days(i64::from(days)),
        }
    }
}

impl Length {
    /// From the two keys of the configuration.
    pub fn new(months: Option<u32>, days: Option<u32>) -> Self {
        match (months, days) {
            (Some(months), _) => Length::Months(months),
            (None, Some(days)) => Length::Days(days),
            (None, None) => Length::Everything,
        }
    }
}
