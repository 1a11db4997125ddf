//! The tables: rows that fit together.

use std::collections::{HashMap, HashSet};

use super::{LENDER, ids, lender, month, numbers, simulated, table, texts};

fn of(frame: &polars::prelude::DataFrame, key: &str) -> HashSet<i64> {
    ids(frame, key).into_iter().collect()
}

#[test]
fn every_row_belongs_to_somebody() {
    let place = lender(&LENDER);
    let customers: HashSet<i64> = ids(&table(&place, "data/customers"), "customer_id").into_iter().collect();
    let applications = table(&place, "data/applications");
    let accounts = table(&place, "data/accounts");
    assert_eq!(customers.len(), 10_000);
    assert_eq!(of(&applications, "customer_id"), customers);
    let (application_ids, account_ids) = (of(&applications, "application_id"), of(&accounts, "account_id"));
    assert_eq!(application_ids.len(), applications.height(), "application ids repeat");
    assert_eq!(account_ids.len(), accounts.height(), "account ids repeat");
    assert!(of(&accounts, "application_id").is_subset(&application_ids));
    for name in ["performance", "payments", "contacts"] {
        assert!(of(&table(&place, &format!("data/{name}")), "account_id").is_subset(&account_ids), "{name}");
    }
    for name in ["bureau", "tax", "electricity", "telecom", "ecommerce", "registry", "courts", "links"] {
        let frame = table(&place, &format!("data/{name}"));
        assert!(frame.height() > 20, "{name} has {} rows", frame.height());
        assert!(of(&frame, "customer_id").is_subset(&customers), "{name}");
    }
    assert!(of(&table(&place, "data/devices"), "application_id").is_subset(&application_ids));
    for (name, key) in [("payments", "payment_id"), ("contacts", "contact_id")] {
        let frame = table(&place, &format!("data/{name}"));
        assert_eq!(of(&frame, key).len(), frame.height(), "{key} repeats");
    }
}

#[test]
fn accounts_are_those_of_the_accepted() {
    let place = lender(&LENDER);
    let applications = table(&place, "data/applications");
    let accepted: HashSet<i64> = ids(&applications, "application_id")
        .into_iter()
        .zip(texts(&applications, "decision"))
        .filter_map(|(id, decision)| (decision == "accepted").then_some(id))
        .collect();
    let accounts: HashSet<i64> = ids(&table(&place, "data/accounts"), "application_id").into_iter().collect();
    assert_eq!(accounts, accepted);
    let truth = table(&place, "truth/applications");
    let mut rejected = 0;
    for ((id, decision), pd) in
        ids(&truth, "application_id").into_iter().zip(texts(&truth, "decision")).zip(numbers(&truth, "true_pd_12m"))
    {
        assert!(pd > 0.0 && pd < 1.0, "{id}: {pd}");
        if decision == "rejected" {
            rejected += 1;
            assert!(!accounts.contains(&id), "{id} was rejected and has an account");
        }
    }
    assert!(rejected > 2000, "{rejected} rejected");
    assert_eq!(truth.height(), applications.height());
}

#[test]
fn months_follow_one_another_and_days_past_due_follow_the_bucket() {
    let place = lender(&LENDER);
    let frame = table(&place, "data/performance");
    let (accounts, ends) = (ids(&frame, "account_id"), numbers(&frame, "month_end"));
    let (days, status) = (numbers(&frame, "days_past_due"), texts(&frame, "status"));
    let money = ["balance", "due", "paid"].map(|name| numbers(&frame, name));
    let mut missed_before = 0.0;
    let mut seen = HashSet::new();
    for row in 0..frame.height() {
        assert!(money.iter().all(|column| column[row] >= 0.0), "row {row}: negative");
        assert!(money.iter().all(|column| (column[row] * 100.0 - (column[row] * 100.0).round()).abs() < 1e-6));
        // 1 to 29 is one instalment, 30 to 59 two, and so on.
        let missed = if days[row] == 0.0 { 0.0 } else { (days[row] / 30.0).floor() + 1.0 };
        let expected = match missed as usize {
            0 if status[row] == "closed" => "closed",
            bucket => ["current", "1-29", "30-59", "60-89", "90-119", "120-149", "150-179", "written_off"][bucket],
        };
        assert_eq!(status[row], expected, "row {row}: {} days", days[row]);
        seen.insert(status[row].clone());
        if row > 0 && accounts[row - 1] == accounts[row] {
            assert_eq!(month(ends[row]), month(ends[row - 1]) + 1, "row {row}: a month is left out");
            assert!(missed <= missed_before + 1.0, "row {row}: from {missed_before} to {missed}");
            assert!(!["closed", "written_off"].contains(&status[row - 1].as_str()), "row {row}: after the end");
            if missed == 0.0 {
                assert!(money[2][row] >= money[1][row], "row {row}: current, but less was paid than due");
            }
            if missed > missed_before {
                assert!(money[2][row] < money[1][row], "row {row}: past due, but all was paid");
            }
        } else {
            assert_eq!(missed, 0.0, "row {row}: an account opens past due");
        }
        missed_before = missed;
    }
    assert_eq!(seen.len(), 9, "states seen: {seen:?}");
}

#[test]
fn payments_sum_up_to_what_was_paid() {
    let place = lender(&LENDER);
    let cents = |amount: f64| (amount * 100.0).round() as i64;
    let mut paid: HashMap<(i64, i64), i64> = HashMap::new();
    let payments = table(&place, "data/payments");
    for ((account, day), amount) in
        ids(&payments, "account_id").into_iter().zip(numbers(&payments, "paid_on")).zip(numbers(&payments, "amount"))
    {
        assert!(amount > 0.0);
        *paid.entry((account, month(day))).or_default() += cents(amount);
    }
    assert!(payments.height() > paid.len(), "no month has two payments");
    let performance = table(&place, "data/performance");
    for ((account, end), amount) in ids(&performance, "account_id")
        .into_iter()
        .zip(numbers(&performance, "month_end"))
        .zip(numbers(&performance, "paid"))
    {
        assert_eq!(paid.remove(&(account, month(end))).unwrap_or(0), cents(amount), "{account}, month {}", month(end));
    }
    assert!(paid.is_empty(), "payments outside of any month: {paid:?}");
}

#[test]
fn sources_are_known_after_they_happened_and_most_before_the_account_opens() {
    let place = lender(&LENDER);
    let accounts = table(&place, "data/accounts");
    let opened: HashMap<i64, f64> =
        ids(&accounts, "customer_id").into_iter().zip(numbers(&accounts, "opened_on")).rev().collect();
    for (name, lag) in [("bureau", 5.0), ("tax", 45.0), ("electricity", 20.0), ("telecom", 3.0), ("courts", 30.0)] {
        let frame = table(&place, &format!("data/{name}"));
        let (events, known) = (numbers(&frame, "event_date"), numbers(&frame, "known_at"));
        let mut in_time = HashSet::new();
        let mut all = HashSet::new();
        for ((customer, event), known) in ids(&frame, "customer_id").into_iter().zip(events).zip(known) {
            assert!((lag..=1.5 * lag).contains(&(known - event)), "{name}: {}", known - event);
            if let Some(opened) = opened.get(&customer) {
                all.insert(customer);
                if known <= *opened {
                    in_time.insert(customer);
                }
            }
        }
        let share = in_time.len() as f64 / all.len() as f64;
        assert!(share > 0.6, "{name}: {share} known when the account opened");
    }
}

#[test]
fn promises_are_kept_or_broken_later_in_the_month() {
    let place = lender(&LENDER);
    let frame = table(&place, "data/contacts");
    let (accounts, days) = (ids(&frame, "account_id"), numbers(&frame, "contacted_on"));
    let outcomes = texts(&frame, "outcome");
    let mut kept = 0;
    for row in 0..frame.height() {
        match outcomes[row].as_str() {
            "promise" => {
                assert_eq!(accounts[row + 1], accounts[row]);
                assert!(["promise_kept", "promise_broken"].contains(&outcomes[row + 1].as_str()));
                assert!(days[row + 1] > days[row] && month(days[row + 1]) == month(days[row]), "row {row}");
                kept += usize::from(outcomes[row + 1] == "promise_kept");
            }
            "promise_kept" | "promise_broken" => assert_eq!(outcomes[row - 1], "promise"),
            other => assert!(["no_answer", "answered"].contains(&other), "{other}"),
        }
    }
    assert!(kept > 50, "{kept} promises kept");
}

#[test]
fn a_steady_lender_opens_everything_at_once_and_closes_nothing() {
    let folder = simulated(&["--customers", "2000", "--months", "14", "--steady"]);
    let place = lender(&folder);
    let accounts = table(&place, "data/accounts");
    assert_eq!(accounts.height(), 2000);
    assert!(numbers(&accounts, "opened_on").into_iter().all(|day| month(day) == 0));
    let frame = table(&place, "data/performance");
    let mut rows: HashMap<i64, (usize, bool)> = HashMap::new();
    for (account, status) in ids(&frame, "account_id").into_iter().zip(texts(&frame, "status")) {
        assert_ne!(status, "closed");
        let (months, written_off) = rows.entry(account).or_default();
        *months += 1;
        *written_off |= status == "written_off";
    }
    assert_eq!(rows.len(), 2000);
    for (account, (months, written_off)) in rows {
        assert!(months == 14 || written_off, "{account}: {months} months");
    }
}
