//! Monthly tables: months without a row, months with two.

use super::finding::{Code, Finding, Severity, Tally};
use super::view::{View, month_of};

/// Gaps and overlaps in the months of each key.
pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let (Some(date), true) = (view.spec.event_date.as_deref(), view.is_monthly()) else { return };
    let (mut gaps, mut overlaps) = (Tally::default(), Tally::default());
    let (mut missing, mut keys, mut span) = (0_u64, 0_u64, 0_u64);
    for rows in view.runs() {
        let mut before: Option<(i32, i32)> = None;
        let mut has_gap = false;
        for row in rows {
            let Some(day) = view.day(*row) else { continue };
            let month = month_of(day);
            if let Some((last_day, last_month)) = before {
                if month > last_month + 1 {
                    missing += (month - last_month - 1) as u64;
                    has_gap = true;
                    gaps.add(*row);
                }
                // Two rows on one day are another finding.
                if month == last_month && day != last_day {
                    overlaps.add(*row);
                }
                span += (month - last_month) as u64;
            }
            before = Some((day, month));
        }
        keys += u64::from(has_gap);
        span += 1;
    }
    let key = view.key().map_or("", |keys| keys.column.as_str());
    if gaps.count > 0 {
        gaps.count = missing;
        findings.push(view.finding(Code::MonthGap, Severity::Warning, &gaps, &[date]).counting("months", span).says(
            format!("{keys} values of {key} have months without a row between their first and last row; the rows shown are the first after a gap"),
            "complete the months; where an account was dormant, write its rows of zero; windows count calendar months",
        ));
    }
    if overlaps.count > 0 {
        findings.push(view.finding(Code::MonthOverlap, Severity::Warning, &overlaps, &[date]).says(
            "a key has a second row in a calendar month, on another day, although a row stands for its whole month",
            "keep the last row of the month; or take period = \"month\" out where rows are events",
        ));
    }
}
