//! Dates across tables: applications, the accounts they led to, and what happened on those.

use super::finding::{Code, Finding, Severity, Tally};
use super::view::{View, month_of};
use crate::error::Result;
use crate::table::{MISSING, NO_DAY};

/// Applications after openings; rows of an account before its opening and after its closing.
pub(super) fn check(views: &[View], findings: &mut Vec<Finding>) -> Result<()> {
    let named = |name: &str| views.iter().find(|view| view.name == name);
    let Some(accounts) = named("accounts") else { return Ok(()) };
    let opened = match accounts.days("opened_on")? {
        Some(days) => Some(days.days),
        None => accounts.event.as_ref().map(|event| event.days.clone()),
    };
    if let (Some(applications), Some(opened)) = (named("applications"), &opened) {
        applied_after_opened(applications, accounts, opened, findings)?;
    }
    let closed = accounts.days("closed_on")?.map(|days| days.days);
    for view in views.iter().filter(|view| view.is_monthly()) {
        snapshots(view, accounts, opened.as_deref(), closed.as_deref(), findings)?;
    }
    Ok(())
}

fn applied_after_opened(
    applications: &View,
    accounts: &View,
    opened: &[i32],
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let applied = match applications.days("applied_on")? {
        Some(days) => days.days,
        None => match &applications.event {
            Some(event) => event.days.clone(),
            None => return Ok(()),
        },
    };
    let keys = accounts.keys.iter().find(|keys| keys.column == "application_id");
    let (Some(keys), Some(owned)) = (keys, applications.key().filter(|keys| keys.column == "application_id")) else {
        return Ok(());
    };
    let there = keys.in_other(owned);
    let late = Tally::where_rows(accounts.rows(), |row| {
        let Some(code) = there.get(keys.codes[row] as usize).filter(|code| **code != MISSING) else { return false };
        let day = applied[owned.first_row[*code as usize] as usize];
        day != NO_DAY && opened[row] != NO_DAY && day > opened[row]
    });
    if late.count > 0 {
        let finding =
            accounts.finding(Code::AppliedAfterOpened, Severity::Warning, &late, &["application_id", "opened_on"]);
        findings.push(finding.says(
            "the application's day lies after the day when the account was opened",
            "mend the dates, or the application that the account names; features at the application would know the account",
        ));
    }
    Ok(())
}

/// Counted by account, so that one account with many such rows is one fault.
fn snapshots(
    view: &View,
    accounts: &View,
    opened: Option<&[i32]>,
    closed: Option<&[i32]>,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let (Some(keys), Some(owned)) = (view.key(), accounts.key()) else { return Ok(()) };
    if keys.column != owned.column || view.name == accounts.name {
        return Ok(());
    }
    let balance = view.numbers("balance")?.map(|numbers| numbers.values);
    let there = keys.in_other(owned);
    let (mut early, mut owing, mut idle) = (Tally::default(), Tally::default(), Tally::default());
    for (code, rows) in view.runs().enumerate() {
        let Some(account) = there.get(code).filter(|account| **account != MISSING) else { continue };
        let row = owned.first_row[*account as usize] as usize;
        let month = |days: Option<&[i32]>| days.map(|days| days[row]).filter(|day| *day != NO_DAY).map(month_of);
        if let Some(opening) = month(opened)
            && let Some(first) = rows.iter().find(|row| view.day(**row).is_some())
            && view.day(*first).is_some_and(|day| month_of(day) < opening)
        {
            early.add(*first);
        }
        if let Some(closing) = month(closed) {
            let mut after = rows.iter().filter(|row| view.day(**row).is_some_and(|day| month_of(day) > closing));
            if let Some(first) = after.next() {
                let owes = |row: &u32| balance.as_ref().is_some_and(|balance| balance[*row as usize].abs() > 0.0);
                match std::iter::once(first).chain(after).find(|row| owes(row)) {
                    Some(row) => owing.add(*row),
                    None => idle.add(*first),
                }
            }
        }
    }
    let (key, of) = (keys.column.as_str(), keys.len() as u64);
    let date = view.spec.event_date.as_deref().unwrap_or_default();
    if early.count > 0 {
        let finding = view.finding(Code::SnapshotBeforeOpening, Severity::Warning, &early, &[date]).counting(key, of);
        findings.push(finding.says(
            format!("rows lie in a month before their account was opened, as {} says", accounts.name),
            "mend the dates; an account's number that was given twice looks the same",
        ));
    }
    if owing.count > 0 {
        let columns = ["balance", date];
        let finding = view.finding(Code::SnapshotAfterClosing, Severity::Warning, &owing, &columns).counting(key, of);
        findings.push(finding.says(
            format!("rows with a balance lie in a month after their account was closed, as {} says", accounts.name),
            "mend closed_on, or leave the rows out: they may be observed by a card, or make a case bad",
        ));
    }
    if idle.count > 0 {
        let finding = view.finding(Code::SnapshotAfterClosing, Severity::Note, &idle, &[date]).counting(key, of);
        findings.push(finding.says(
            format!("rows without a balance go on after their account was closed, as {} says", accounts.name),
            "leave them out of a card's population (where, exclude): a closed account cannot turn bad",
        ));
    }
    Ok(())
}
