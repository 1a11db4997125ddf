//! What balances, payments and days past due say of each other.

use super::finding::{Code, Finding, Severity, Tally};
use super::view::View;
use crate::error::Result;
use crate::table::MISSING;

/// Days past due may rise by the days between two rows and this much more: a debt is often told of from its due date
/// only once a month has passed.
const SLACK_DAYS: f64 = 31.0;

/// The logic of a table with days past due, balances and payments.
pub(super) fn check(views: &[View], findings: &mut Vec<Finding>) -> Result<()> {
    for view in views.iter().filter(|view| view.event.is_some() && !view.is_unique) {
        arrears(view, findings)?;
    }
    for view in views {
        limits(view, views, findings)?;
    }
    Ok(())
}

fn arrears(view: &View, findings: &mut Vec<Finding>) -> Result<()> {
    let Some(overdue) = view.numbers("days_past_due")?.map(|numbers| numbers.values) else { return Ok(()) };
    let paid = view.numbers("paid")?.map(|numbers| numbers.values);
    let (mut fallen, mut risen) = (Tally::default(), Tally::default());
    for rows in view.runs() {
        for pair in rows.windows(2) {
            let (before, now) = (overdue[pair[0] as usize], overdue[pair[1] as usize]);
            let (Some(first), Some(second)) = (view.day(pair[0]), view.day(pair[1])) else { continue };
            if now < before && paid.as_ref().is_some_and(|paid| paid[pair[1] as usize] == 0.0) {
                fallen.add(pair[1]);
            }
            if now - before > f64::from(second - first) + SLACK_DAYS {
                risen.add(pair[1]);
            }
        }
    }
    if fallen.count > 0 {
        let columns = ["days_past_due", "paid"];
        findings.push(view.finding(Code::ArrearsFallUnpaid, Severity::Warning, &fallen, &columns).says(
            "days past due fall although nothing was paid since the row before",
            "ask whether debts were forgiven, restructured or re-aged, or payments were not loaded: such accounts look cured and are not",
        ));
    }
    if risen.count > 0 {
        findings.push(view.finding(Code::ArrearsRiseTooFast, Severity::Warning, &risen, &["days_past_due"]).says(
            format!("days past due rise by more than the days since the row before and {SLACK_DAYS} more"),
            "look for missing rows, two accounts under one number, or a count that begins at another date",
        ));
    }
    Ok(())
}

/// Balances above the limit, of the row itself or else of its account.
fn limits(view: &View, views: &[View], findings: &mut Vec<Finding>) -> Result<()> {
    let Some(balance) = view.numbers("balance")?.map(|numbers| numbers.values) else { return Ok(()) };
    let own = view.numbers("credit_limit")?.map(|numbers| numbers.values);
    let above = match own {
        Some(limit) => Tally::where_rows(view.rows(), |row| limit[row] > 0.0 && balance[row] > limit[row]),
        None => {
            let accounts = views.iter().find(|other| other.name == "accounts" && other.name != view.name);
            let (Some(accounts), Some(keys)) = (accounts, view.key()) else { return Ok(()) };
            let Some(limit) = accounts.numbers("credit_limit")?.map(|numbers| numbers.values) else { return Ok(()) };
            let Some(owned) = accounts.key().filter(|owned| owned.column == keys.column) else { return Ok(()) };
            let limit_by_key: Vec<f64> = keys
                .in_other(owned)
                .iter()
                .map(|code| match *code {
                    MISSING => f64::NAN,
                    code => limit[owned.first_row[code as usize] as usize],
                })
                .collect();
            Tally::where_rows(view.rows(), |row| {
                let limit = limit_by_key.get(keys.codes[row] as usize).copied().unwrap_or(f64::NAN);
                limit > 0.0 && balance[row] > limit
            })
        }
    };
    if above.count > 0 {
        findings.push(
            view.finding(Code::BalanceAboveLimit, Severity::Note, &above, &["balance", "credit_limit"]).says(
                "the balance is above the limit",
                "none, where interest and fees may carry it there; a limit that was lowered later looks the same",
            ),
        );
    }
    Ok(())
}
