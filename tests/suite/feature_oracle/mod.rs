//! A small lender at random, its features by the library, and the same features by going through all rows one by one.

pub mod project;

use chrono::{Datelike, Days, Months, NaiveDate};
use polars::prelude::{AnyValue, DataFrame};
use proptest::prelude::*;
use scorewright::config::CardSpec;
use scorewright::population::feature_table;
use scorewright::progress::Silent;

use crate::program::write;

/// Something that happened to an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub account: u32,
    pub happened: NaiveDate,
    pub known: NaiveDate,
    pub amount: Option<f64>,
    pub channel: Option<&'static str>,
    pub overdue: Option<i32>,
    pub due_on: Option<NaiveDate>,
}

/// A month-end statement, known three days later.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub account: u32,
    pub month_end: NaiveDate,
    pub balance: Option<f64>,
}

/// Something that a customer uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub customer: u32,
    pub linked_on: NaiveDate,
    pub kind: &'static str,
    pub value: u32,
}

/// A lender: accounts 0 to 5 of customers 0 to 3 (account a belongs to customer a % 4).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lender {
    pub events: Vec<Event>,
    pub statements: Vec<Statement>,
    pub links: Vec<Link>,
}

pub const ACCOUNTS: u32 = 6;
pub const CUSTOMERS: u32 = 4;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + Days::new(u64::from(number))
}

/// The days on which every account is observed; among them month ends and a leap day.
pub fn observation_days() -> Vec<NaiveDate> {
    ["2023-06-30", "2023-10-15", "2024-02-29", "2024-03-31"].map(|text| text.parse().unwrap()).to_vec()
}

impl Event {
    fn strategy() -> impl Strategy<Value = Event> {
        let amount = prop_oneof![Just(None), (-3..6_i32).prop_map(|x| Some(f64::from(x) * 12.25))];
        let channel = prop_oneof![Just(None), Just(Some("sms")), Just(Some("call")), Just(Some("visit, \"home\""))];
        let overdue = prop::option::weighted(0.8, 0..3_i32);
        // Few different days, so that rows are tied.
        (0..ACCOUNTS, (0..90_u32).prop_map(|d| d * 5), 0..3_u32, amount, channel, overdue, prop::option::of(0..900_u32))
            .prop_map(|(account, happened, lag, amount, channel, overdue, due_on)| Event {
                account,
                happened: day(happened),
                known: day(happened + lag * 20),
                amount,
                channel,
                overdue,
                due_on: due_on.map(day),
            })
    }
}

/// Lenders at random.
pub fn lenders() -> impl Strategy<Value = Lender> {
    let statements = prop::collection::vec(((0..ACCOUNTS), (0..15_u32), prop::option::weighted(0.9, -2..9_i32)), 1..60);
    let links = prop::collection::vec(((0..CUSTOMERS), (0..450_u32), any::<bool>(), 0..4_u32), 1..25);
    (prop::collection::vec(Event::strategy(), 1..120), statements, links).prop_map(|(events, statements, links)| {
        Lender {
            events,
            statements: statements
                .into_iter()
                .map(|(account, month, balance)| Statement {
                    account,
                    month_end: NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + Months::new(month + 1) - Days::new(1),
                    balance: balance.map(|balance| f64::from(balance) * 10.5),
                })
                .collect(),
            links: links
                .into_iter()
                .map(|(customer, linked_on, is_phone, value)| Link {
                    customer,
                    linked_on: day(linked_on),
                    kind: if is_phone { "phone" } else { "device" },
                    value,
                })
                .collect(),
        }
    })
}

pub const PROJECT: &str = r#"
[tables.points]
path = "points.csv"
keys = ["account_id"]
event_date = "day"
[tables.accounts]
path = "accounts.csv"
keys = ["account_id", "customer_id"]
event_date = "opened_on"
[tables.events]
path = "events.csv"
keys = ["account_id"]
event_date = "happened"
known_at = "known"
[tables.statements]
path = "statements.csv"
keys = ["account_id"]
event_date = "month_end"
known_after_days = 3
period = "month"
[tables.links]
path = "links.csv"
keys = ["customer_id"]
event_date = "linked_on"
"#;

pub const CARD_HEAD: &str = r#"
[card]
name = "every family"
kind = "behavior"
[population]
table = "points"
[outcome]
window_months = 1
bad_when = [{ table = "events" }]
"#;

/// Every family of features: name, definition, and what going through the rows gives.
pub type Family = (&'static str, &'static str, fn(&Lender, u32, NaiveDate) -> Answer);

/// A feature's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Missing,
    Number(f64),
    Text(String),
}

impl From<Option<f64>> for Answer {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Answer::Missing, Answer::Number)
    }
}

fn months(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0() as i32
}

/// The events of an account known at t and happened in (from, t], in their order; ties by `tie`.
fn events<K: PartialOrd>(
    lender: &Lender,
    account: u32,
    t: NaiveDate,
    from: Option<NaiveDate>,
    tie: impl Fn(&Event) -> K,
) -> Vec<&Event> {
    let mut rows: Vec<&Event> = lender
        .events
        .iter()
        .filter(|e| {
            e.account == account && e.known <= t && e.happened <= t && from.is_none_or(|from| e.happened > from)
        })
        .collect();
    rows.sort_by(|a, b| (a.happened, a.known).cmp(&(b.happened, b.known)).then(tie(a).partial_cmp(&tie(b)).unwrap()));
    rows
}

fn amounts(lender: &Lender, account: u32, t: NaiveDate, from: Option<NaiveDate>) -> Vec<f64> {
    events(lender, account, t, from, |e| e.amount).into_iter().filter_map(|e| e.amount).collect()
}

/// The statements of the account whose month is one of the `length` months that end `skip` months before t's.
fn balances(lender: &Lender, account: u32, t: NaiveDate, length: i32, skip: i32) -> Vec<(f64, i32)> {
    let mut rows: Vec<&Statement> = lender
        .statements
        .iter()
        .filter(|s| s.account == account && s.month_end + Days::new(3) <= t)
        .filter(|s| months(s.month_end) <= months(t) - skip && months(s.month_end) > months(t) - skip - length)
        .collect();
    rows.sort_by(|a, b| a.month_end.cmp(&b.month_end).then(a.balance.partial_cmp(&b.balance).unwrap()));
    rows.into_iter().filter_map(|s| s.balance.map(|balance| (balance, months(s.month_end)))).collect()
}

fn deviation(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.len() > 1).then(|| (values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)).sqrt())
}

fn is_overdue(e: &&Event) -> bool {
    e.overdue.is_some_and(|overdue| overdue >= 1)
}

/// Customers linked to one through shared values of a kind (or any), at t.
fn linked(lender: &Lender, customer: u32, t: NaiveDate, kind: Option<&str>) -> Option<Vec<u32>> {
    let known: Vec<&Link> =
        lender.links.iter().filter(|l| l.linked_on <= t && kind.is_none_or(|kind| l.kind == kind)).collect();
    let own: Vec<u32> = known.iter().filter(|l| l.customer == customer).map(|l| l.value).collect();
    if own.is_empty() {
        return None;
    }
    Some(
        (0..CUSTOMERS)
            .filter(|other| *other != customer)
            .filter(|other| known.iter().any(|l| l.customer == *other && own.contains(&l.value)))
            .collect(),
    )
}

pub const FAMILIES: &[Family] = &[
    ("latest_amount", r#"table = "events", value = "amount""#, |l, a, t| {
        events(l, a, t, None, |e| e.amount).last().and_then(|e| e.amount).into()
    }),
    ("first_channel", r#"table = "events", value = "channel", aggregate = "first""#, |l, a, t| {
        let first = events(l, a, t, None, |e| e.channel).first().and_then(|e| e.channel);
        first.map_or(Answer::Missing, |text| Answer::Text(text.to_owned()))
    }),
    ("count_2m", r#"table = "events", aggregate = "count", window_months = 2"#, |l, a, t| {
        Some(events(l, a, t, Some(t - Months::new(2)), |_| 0).len() as f64).into()
    }),
    ("count_amount", r#"table = "events", value = "amount", aggregate = "count""#, |l, a, t| {
        Some(amounts(l, a, t, None).len() as f64).into()
    }),
    ("distinct_channel", r#"table = "events", value = "channel", aggregate = "distinct""#, |l, a, t| {
        let mut all: Vec<_> = events(l, a, t, None, |_| 0).into_iter().filter_map(|e| e.channel).collect();
        all.sort_unstable();
        all.dedup();
        Some(all.len() as f64).into()
    }),
    ("sum_45d", r#"table = "events", value = "amount", aggregate = "sum", window_days = 45"#, |l, a, t| {
        let all = amounts(l, a, t, Some(t - Days::new(45)));
        (!all.is_empty()).then(|| all.iter().sum()).into()
    }),
    ("mean_half", r#"table = "events", value = "amount / 2", aggregate = "mean""#, |l, a, t| {
        let all = amounts(l, a, t, None);
        (!all.is_empty()).then(|| all.iter().map(|x| x / 2.0).sum::<f64>() / all.len() as f64).into()
    }),
    ("minimum", r#"table = "events", value = "amount", aggregate = "minimum""#, |l, a, t| {
        amounts(l, a, t, None).into_iter().reduce(f64::min).into()
    }),
    (
        "maximum_calls",
        r#"table = "events", value = "amount", where = "channel = 'call'", aggregate = "maximum""#,
        |l, a, t| {
            let calls = events(l, a, t, None, |_| 0).into_iter().filter(|e| e.channel == Some("call"));
            calls.filter_map(|e| e.amount).reduce(f64::max).into()
        },
    ),
    ("quartile", r#"table = "events", value = "amount", aggregate = "quantile", quantile = 0.25"#, |l, a, t| {
        let mut all = amounts(l, a, t, None);
        all.sort_by(f64::total_cmp);
        let rank = (all.len().max(1) - 1) as f64 * 0.25;
        let (low, part) = (rank.floor() as usize, rank.fract());
        let next = all.get(low + 1).or(all.last()).copied();
        all.get(low).zip(next).map(|(a, b)| a + (b - a) * part).into()
    }),
    ("deviation", r#"table = "events", value = "amount", aggregate = "standard_deviation""#, |l, a, t| {
        deviation(&amounts(l, a, t, None)).into()
    }),
    (
        "share_overdue_3m",
        r#"table = "events", where = "overdue >= 1", aggregate = "share", window_months = 3"#,
        |l, a, t| {
            let rows = events(l, a, t, Some(t - Months::new(3)), |_| 0);
            let met = rows.iter().filter(|e| is_overdue(e)).count() as f64;
            (!rows.is_empty()).then(|| met / rows.len() as f64).into()
        },
    ),
    ("months_since_overdue", r#"table = "events", where = "overdue >= 1", aggregate = "months_since""#, |l, a, t| {
        let last = events(l, a, t, None, |_| 0).into_iter().rfind(is_overdue);
        last.map(|e| f64::from(months(t) - months(e.happened))).into()
    }),
    ("days_since_first", r#"table = "events", aggregate = "days_since_first""#, |l, a, t| {
        events(l, a, t, None, |_| 0).first().map(|e| (t - e.happened).num_days() as f64).into()
    }),
    ("months_since_first", r#"table = "events", aggregate = "months_since_first""#, |l, a, t| {
        events(l, a, t, None, |_| 0).first().map(|e| f64::from(months(t) - months(e.happened))).into()
    }),
    ("days_since", r#"table = "events", aggregate = "days_since""#, |l, a, t| {
        events(l, a, t, None, |_| 0).last().map(|e| (t - e.happened).num_days() as f64).into()
    }),
    ("days_until_due", r#"table = "events", value = "due_on", aggregate = "days_until""#, |l, a, t| {
        let last = events(l, a, t, None, |e| e.due_on).last().and_then(|e| e.due_on);
        last.map(|due| (due - t).num_days() as f64).into()
    }),
    ("months_until_due", r#"table = "events", value = "due_on", aggregate = "months_until""#, |l, a, t| {
        let last = events(l, a, t, None, |e| e.due_on).last().and_then(|e| e.due_on);
        last.map(|due| f64::from(months(due) - months(t))).into()
    }),
    ("longest_run", r#"table = "events", where = "overdue >= 1", aggregate = "longest_run""#, |l, a, t| {
        let rows = events(l, a, t, None, |e| e.overdue.is_some_and(|o| o >= 1));
        let runs = rows.split(|e| !is_overdue(e)).map(<[_]>::len).max();
        if rows.is_empty() { Answer::Missing } else { Answer::Number(runs.unwrap_or(0) as f64) }
    }),
    ("current_run", r#"table = "events", where = "overdue >= 1", aggregate = "current_run""#, |l, a, t| {
        let rows = events(l, a, t, None, |e| e.overdue.is_some_and(|o| o >= 1));
        let run = rows.iter().rev().take_while(|e| is_overdue(e)).count();
        if rows.is_empty() { Answer::Missing } else { Answer::Number(run as f64) }
    }),
    ("transitions", r#"table = "events", value = "channel", aggregate = "transitions""#, |l, a, t| {
        let all: Vec<_> = events(l, a, t, None, |e| e.channel).into_iter().filter_map(|e| e.channel).collect();
        let changes = (1..all.len()).filter(|i| all[*i] != all[i - 1]).count();
        if all.is_empty() { Answer::Missing } else { Answer::Number(changes as f64) }
    }),
    ("volatility", r#"table = "events", value = "amount", aggregate = "volatility""#, |l, a, t| {
        let all = amounts(l, a, t, None);
        let changes: Vec<f64> = (1..all.len()).map(|i| all[i] - all[i - 1]).collect();
        deviation(&changes).into()
    }),
    ("reason", r#"table = "events", value = "amount", aggregate = "missing_reason", window_months = 1"#, |l, a, t| {
        let in_window = events(l, a, t, Some(t - Months::new(1)), |e| e.amount);
        let reason = match in_window.last() {
            Some(e) if e.amount.is_some() => "present",
            Some(_) => "no_value",
            None if events(l, a, t, None, |_| 0).is_empty() => "no_record",
            None => "outside_window",
        };
        Answer::Text(reason.to_owned())
    }),
    (
        "balance_trend_6m",
        r#"table = "statements", value = "balance", aggregate = "trend", window_months = 6"#,
        |l, a, t| {
            let all = balances(l, a, t, 6, 0);
            let n = all.len() as f64;
            let (mx, my) =
                (all.iter().map(|p| f64::from(p.1)).sum::<f64>() / n, all.iter().map(|p| p.0).sum::<f64>() / n);
            let sxx: f64 = all.iter().map(|p| (f64::from(p.1) - mx).powi(2)).sum();
            let sxy: f64 = all.iter().map(|p| (f64::from(p.1) - mx) * (p.0 - my)).sum();
            (sxx > 0.0).then(|| sxy / sxx).into()
        },
    ),
    (
        "balance_3m_before",
        r#"table = "statements", value = "balance", aggregate = "mean", window_months = 3, skip_months = 3"#,
        |l, a, t| {
            let all = balances(l, a, t, 3, 3);
            (!all.is_empty()).then(|| all.iter().map(|p| p.0).sum::<f64>() / all.len() as f64).into()
        },
    ),
    (
        "most_by_channel",
        r#"table = "events", value = "amount", by = "channel", aggregate = "sum", across = "maximum""#,
        |l, a, t| {
            let rows = events(l, a, t, None, |e| e.amount);
            let sums = ["call", "sms", "visit, \"home\""].map(|channel| {
                let of: Vec<f64> =
                    rows.iter().filter(|e| e.channel == Some(channel)).filter_map(|e| e.amount).collect();
                (!of.is_empty()).then(|| of.iter().sum::<f64>())
            });
            sums.into_iter().flatten().reduce(f64::max).into()
        },
    ),
    (
        "mean_calls_by_channel",
        r#"table = "events", by = "channel", aggregate = "count", across = "mean""#,
        |l, a, t| {
            let rows = events(l, a, t, None, |_| 0);
            let counts =
                ["call", "sms", "visit, \"home\""].map(|c| rows.iter().filter(|e| e.channel == Some(c)).count());
            let counts: Vec<f64> = counts.into_iter().filter(|count| *count > 0).map(|count| count as f64).collect();
            (!counts.is_empty()).then(|| counts.iter().sum::<f64>() / counts.len() as f64).into()
        },
    ),
    ("customer_events", r#"table = "events", key = "customer_id", aggregate = "count""#, |l, a, t| {
        let accounts = (0..ACCOUNTS).filter(|other| other % CUSTOMERS == a % CUSTOMERS);
        Some(accounts.map(|account| events(l, account, t, None, |_| 0).len()).sum::<usize>() as f64).into()
    }),
    (
        "on_same_phone",
        r#"table = "links", where = "kind = 'phone'", node = "value", aggregate = "linked""#,
        |l, a, t| linked(l, a % CUSTOMERS, t, Some("phone")).map(|others| others.len() as f64).into(),
    ),
    (
        "most_overdue_on_same_phone",
        r#"table = "links", where = "kind = 'phone'", node = "value", aggregate = "linked", across = "maximum", of = { table = "events", value = "overdue", aggregate = "maximum", window_months = 6 }"#,
        |l, a, t| {
            let others = linked(l, a % CUSTOMERS, t, Some("phone")).unwrap_or_default();
            let accounts = (0..ACCOUNTS).filter(|account| others.contains(&(account % CUSTOMERS)));
            let worst = accounts.flat_map(|account| events(l, account, t, Some(t - Months::new(6)), |_| 0));
            worst.filter_map(|e| e.overdue).max().map(f64::from).into()
        },
    ),
    ("group", r#"table = "links", node = "value", aggregate = "linked_group""#, |l, a, t| {
        let customer = a % CUSTOMERS;
        if linked(l, customer, t, None).is_none() {
            return Answer::Missing;
        }
        let mut reached = vec![customer];
        let mut next = 0;
        while next < reached.len() {
            for other in linked(l, reached[next], t, None).unwrap_or_default() {
                if !reached.contains(&other) {
                    reached.push(other);
                }
            }
            next += 1;
        }
        Answer::Number((reached.len() - 1) as f64)
    }),
];
