//! Dates: missing, unreadable, impossible, in the future, and known before they happened.

use super::finding::{Code, Finding, Severity, Tally};
use super::sentinel::{is_usual_day, of_column};
use super::view::{View, day_name};
use crate::error::Result;
use crate::table::{Days, NO_DAY};

/// 1900-01-01: nobody's loan is older.
const YEAR_1900: i32 = -25_567;
/// A lag between happening and being known is long from a quarter on: most sources report monthly or quarterly.
const LONG_LAG_DAYS: i32 = 92;
/// A long lag is told of from this share of rows on.
const LONG_LAG_SHARE: f64 = 0.001;
/// The newest event is the greatest but for this share, so that a few wild dates do not make it.
const WILD_SHARE: f64 = 0.001;
/// "By far" is at least this many days, and at least as long as the history itself.
const FAR_DAYS: i32 = 366;
/// Columns whose days must have passed.
const PAST: [&str; 4] = ["applied_on", "opened_on", "closed_on", "birth_date"];
/// Columns of one row, the first not after the second.
const PAIRS: [(&str, &str); 6] = [
    ("applied_on", "opened_on"),
    ("opened_on", "closed_on"),
    ("applied_on", "closed_on"),
    ("birth_date", "applied_on"),
    ("birth_date", "opened_on"),
    ("birth_date", "registered_on"),
];

/// The last day that any event of the history can be on: beyond it, a date is wrong.
pub(super) fn horizon(views: &[View]) -> Option<i32> {
    let (mut oldest, mut newest) = (i32::MAX, i32::MIN);
    for view in views {
        let Some(event) = &view.event else { continue };
        let mut days: Vec<i32> = event.days.iter().copied().filter(|day| *day != NO_DAY).collect();
        let wild = ((days.len() as f64 * WILD_SHARE) as usize).max(1);
        if days.len() <= wild {
            continue;
        }
        let last = days.len() - 1;
        newest = newest.max(*days.select_nth_unstable(last - wild).1);
        oldest = oldest.min(*days.select_nth_unstable(wild).1);
        if let Some(until) = view.spec.observed_until {
            newest = newest.max(until.to_epoch_days());
        }
    }
    (newest > i32::MIN).then(|| newest.saturating_add(FAR_DAYS.max(newest.saturating_sub(oldest))))
}

/// Faults of a table's dates.
pub(super) fn check(view: &View, horizon: Option<i32>, findings: &mut Vec<Finding>) -> Result<()> {
    if let (Some(event), Some(column)) = (&view.event, view.spec.event_date.as_deref()) {
        missing_or_unreadable(view, event, column, Code::DateMissing, findings);
        values(view, event, column, horizon, findings);
        if let (Some(known), Some(known_at)) = (&view.known, view.spec.known_at.as_deref()) {
            missing_or_unreadable(view, known, known_at, Code::KnownAtMissing, findings);
            lags(view, &event.days, &known.days, known_at, findings);
        }
    }
    let mapped = |name: &str| [&view.spec.event_date, &view.spec.known_at].iter().any(|m| m.as_deref() == Some(name));
    for name in view.table.names() {
        let is_standard = PAST.contains(&name.as_str());
        if mapped(&name) || !(view.table.is_date(&name) || is_standard) || view.table.is_all_missing(&name) {
            continue;
        }
        let days = view.table.days_leniently(&name)?;
        if !days.unreadable.is_empty() {
            let finding = view.finding(Code::DateUnreadable, Severity::Warning, &Tally::of(&days.unreadable), &[&name]);
            findings.push(finding.says(
                "the column holds values that are not dates",
                "write dates as 2024-07-01, or 2024-07-01 12:30:00; list texts that mean missing in null_values",
            ));
        }
        values(view, &days, &name, horizon.filter(|_| is_standard), findings);
    }
    for (first, second) in PAIRS {
        let (Some(earlier), Some(later)) = (view.days(first)?, view.days(second)?) else { continue };
        let wrong = Tally::where_rows(view.rows(), |row| {
            earlier.days[row] != NO_DAY && later.days[row] != NO_DAY && earlier.days[row] > later.days[row]
        });
        if wrong.count > 0 {
            findings.push(view.finding(Code::DatesOutOfOrder, Severity::Warning, &wrong, &[first, second]).says(
                format!("{first} lies after {second}"),
                "mend the dates, or clear the wrong one: ages and durations from them come out negative",
            ));
        }
    }
    Ok(())
}

fn missing_or_unreadable(view: &View, days: &Days, column: &str, missing: Code, findings: &mut Vec<Finding>) {
    if !days.missing.is_empty() {
        findings.push(view.finding(missing, Severity::Error, &Tally::of(&days.missing), &[column]).says(
            "the date is missing: nobody can say whether the row was there on a day of observation",
            "fill the date in, or leave the rows out; every row of a dated table needs its date",
        ));
    }
    if !days.unreadable.is_empty() {
        let text = view.table.cell(column, days.unreadable[0] as usize);
        let tally = Tally::of(&days.unreadable);
        let remedy = match &view.spec.date_format {
            Some(form) => format!("mend the value, or the table's date_format, which is {form:?}"),
            None => crate::table::date_advice(&text),
        };
        let finding = view.finding(Code::DateUnreadable, Severity::Error, &tally, &[column]);
        findings.push(finding.says(format!("{text:?} is not a date"), remedy));
    }
}

/// Days before 1900, beyond the horizon, and such as stand for no date.
fn values(view: &View, days: &Days, column: &str, horizon: Option<i32>, findings: &mut Vec<Finding>) {
    let value = |row: usize| Some(days.days[row]).filter(|day| *day != NO_DAY).map(f64::from);
    let stand_ins: Vec<i32> =
        of_column(days.days.len(), value, is_usual_day).into_iter().map(|day| day as i32).collect();
    for day in &stand_ins {
        let tally = Tally::where_rows(view.rows(), |row| days.days[row] == *day);
        findings.push(view.finding(Code::SentinelValue, Severity::Warning, &tally, &[column]).says(
            format!("{} stands far outside all other dates: it looks like a word for \"none\"", day_name(*day)),
            format!("clear it where the table is made, or list it: null_values = [\"{}\"]", day_name(*day)),
        ));
    }
    let is_date = |day: i32| day != NO_DAY && !stand_ins.contains(&day);
    let old = Tally::where_rows(view.rows(), |row| is_date(days.days[row]) && days.days[row] < YEAR_1900);
    if old.count > 0 {
        findings.push(
            view.finding(Code::DateBefore1900, Severity::Warning, &old, &[column])
                .says("the date lies before 1900", "mend the dates; two-digit years are the usual cause"),
        );
    }
    let Some(horizon) = horizon else { return };
    let is_event = view.spec.event_date.as_deref() == Some(column);
    let severity = if is_event { Severity::Error } else { Severity::Warning };
    let far = Tally::where_rows(view.rows(), |row| is_date(days.days[row]) && days.days[row] > horizon);
    if far.count > 0 {
        findings.push(view.finding(Code::DateInFuture, severity, &far, &[column]).says(
            format!(
                "the date lies after {}, far beyond the newest events of the history{}",
                day_name(horizon),
                if is_event {
                    "; the table would count as observed until then, and unfinished windows as good"
                } else {
                    ""
                }
            ),
            "mend the dates, or leave the rows out; say where the table ends: observed_until = 2024-12-31",
        ));
    }
    if let Some(until) = view.spec.observed_until.map(|until| until.to_epoch_days()).filter(|_| is_event) {
        let late = Tally::where_rows(view.rows(), |row| {
            is_date(days.days[row]) && days.days[row] > until && days.days[row] <= horizon
        });
        if late.count > 0 {
            findings.push(view.finding(Code::DateInFuture, Severity::Warning, &late, &[column]).says(
                format!("the date lies after {}, the last day that the table is said to cover", day_name(until)),
                "move observed_until, or leave the rows out",
            ));
        }
    }
}

fn lags(view: &View, event: &[i32], known: &[i32], column: &str, findings: &mut Vec<Finding>) {
    let lag = |row: usize| {
        (event[row] != NO_DAY && known[row] != NO_DAY).then(|| i64::from(known[row]) - i64::from(event[row]))
    };
    let early = Tally::where_rows(view.rows(), |row| lag(row).is_some_and(|lag| lag < 0));
    if early.count > 0 {
        findings.push(view.finding(Code::KnownBeforeEvent, Severity::Error, &early, &[column]).says(
            "the row became known before it happened",
            "mend the dates, or map known_at to the column that says when the row arrived",
        ));
    }
    let late = Tally::where_rows(view.rows(), |row| lag(row).is_some_and(|lag| lag > i64::from(LONG_LAG_DAYS)));
    if late.count as f64 >= LONG_LAG_SHARE * view.rows() as f64 && late.count > 0 {
        let mut lags: Vec<i64> = (0..view.rows()).filter_map(lag).collect();
        lags.sort_unstable();
        let quantile = |share: f64| lags[((lags.len() - 1) as f64 * share) as usize];
        findings.push(view.finding(Code::LongLag, Severity::Note, &late, &[column]).says(
            format!(
                "rows became known more than {LONG_LAG_DAYS} days after they happened; days of lag: median {}, 90% {}, 99% {}, longest {}",
                quantile(0.5), quantile(0.9), quantile(0.99), quantile(1.0)
            ),
            "none, where the source is that slow: features see the rows from then on only; a later correction of old rows looks the same",
        ));
    }
}
