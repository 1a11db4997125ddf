//! The loan history: what was known when, and what happened after.

use proptest::prelude::*;
use scorewright::cases::{Cases, FeatureValues};
use scorewright::config::{CardSpec, CaseSource};
use scorewright::population;
use scorewright::progress::Silent;

use crate::program::write;

/// A small lender: accounts with statements by month end, from January to August 2024.
fn statements() -> Vec<String> {
    const ENDS: [&str; 8] = [
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
        "2024-05-31",
        "2024-06-30",
        "2024-07-31",
        "2024-08-31",
    ];
    let mut rows = Vec::new();
    for account in 0..40 {
        for (month, end) in ENDS.iter().enumerate() {
            let overdue = (account * 7 + month * 3) % 5 / 2;
            let balance = 100 + account * 10 + month;
            let paid = (account + month) % 4 * 20;
            rows.push(format!("A{account},{end},{end},{overdue},{balance},{paid}"));
        }
    }
    rows
}

const CARD: &str = r#"
[card]
name = "test"
kind = "behavior"
[population]
table = "statements"
overlap = true
from = 2024-04-01
until = 2024-06-30
[outcome]
window_months = 2
bad_when = [{ table = "statements", where = "overdue >= 2" }]
[features.define.balance]
table = "statements"
value = "balance"
[features.define.mean_balance_3m]
table = "statements"
value = "balance"
aggregate = "mean"
window_months = 3
[features.define.paid_60d]
table = "statements"
value = "paid"
aggregate = "sum"
window_days = 60
[features.define.times_overdue]
table = "statements"
aggregate = "count"
where = "overdue >= 1"
[features.define.share_overdue]
table = "statements"
aggregate = "share"
where = "overdue >= 1"
[features.define.months_since_overdue]
table = "statements"
aggregate = "months_since"
where = "overdue >= 1"
[features.define.deviation]
table = "statements"
value = "paid"
aggregate = "standard_deviation"
[features.define.paid_to_balance]
expression = "paid_60d / balance"
"#;

fn cases(rows: &[String], period: &str) -> Cases {
    let directory = tempfile::tempdir().unwrap();
    let table = format!("account,month_end,loaded,overdue,balance,paid\n{}\n", rows.join("\n"));
    write(directory.path(), "statements.csv", &table);
    let project = format!(
        "[tables.statements]\npath = \"statements.csv\"\nkeys = [\"account\"]\nevent_date = \"month_end\"\nknown_at = \"loaded\"\n{period}\n"
    );
    write(directory.path(), "scorewright.toml", &project);
    let path = write(directory.path(), "card.toml", CARD);
    let spec = CardSpec::read(&path).unwrap();
    let CaseSource::History(project, population, outcome) = &spec.cases else { panic!("a card on the history") };
    population::cases(&spec, project, population, outcome, &Silent).unwrap().0
}

fn values(cases: &Cases) -> Vec<(String, Vec<String>)> {
    let row = |values: &FeatureValues, case: usize| match values {
        FeatureValues::Numeric(values) => format!("{:?}", values[case]),
        FeatureValues::Categorical(values) => format!("{:?}", values.text(case)),
    };
    let mut rows: Vec<(String, Vec<String>)> = (0..cases.len())
        .map(|case| (cases.id(case), cases.features.iter().map(|f| row(&f.values, case)).collect()))
        .collect();
    rows.sort();
    rows
}

fn value(cases: &Cases, feature: &str, id: &str) -> f64 {
    let case = (0..cases.len()).find(|case| cases.id(*case) == id).unwrap();
    match &cases.features.iter().find(|column| column.name == feature).unwrap().values {
        FeatureValues::Numeric(values) => values[case],
        FeatureValues::Categorical(_) => panic!("{feature} is categorical"),
    }
}

const MONTHLY: &str = "period = \"month\"";

#[test]
fn features_by_hand() {
    let cases = cases(&statements(), MONTHLY);
    // Account 3 at the end of April: balances 130 to 133, paid 60, 0, 20, 40, overdue (21 + 3 m) % 5 / 2 = 0, 2, 1, 0.
    let id = "A3@2024-04-30";
    assert_eq!(value(&cases, "balance", id), 133.0);
    assert_eq!(value(&cases, "mean_balance_3m", id), 132.0);
    // 60 days before 30 April is 1 March: the statement of 29 February lies outside (t - 60 days, t].
    assert_eq!(value(&cases, "paid_60d", id), 60.0);
    assert_eq!(value(&cases, "times_overdue", id), 2.0);
    assert_eq!(value(&cases, "share_overdue", id), 0.5);
    assert_eq!(value(&cases, "months_since_overdue", id), 1.0);
    assert!((value(&cases, "deviation", id) - (2000.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    assert_eq!(value(&cases, "paid_to_balance", id), 60.0 / 133.0);
}

#[test]
fn outcomes_by_hand_and_windows_at_month_ends() {
    let monthly = cases(&statements(), MONTHLY);
    for case in 0..monthly.len() {
        let id = monthly.id(case);
        let account: usize = id[1..id.find('@').unwrap()].parse().unwrap();
        let month: usize = id[id.len() - 5..id.len() - 3].parse().unwrap();
        // Months are numbered from 0 in the table: the two after the observation are `month` and `month + 1`.
        let bad = (month..month + 2).any(|next| (account * 7 + next * 3) % 5 / 2 >= 2);
        assert_eq!(monthly.outcomes.bads[case] > 0.0, bad, "{id}");
    }
    // Day by day, 30 April + 2 months is 30 June: the statement of 30 June counts, as by month. From 30
    // June it is 30 August, which the table's last statement of 31 August covers but does not count in.
    let daily = cases(&statements(), "");
    assert_eq!(daily.len(), monthly.len());
    let at_june: Vec<usize> = (0..daily.len()).filter(|case| daily.id(*case).ends_with("06-30")).collect();
    let differs = at_june.iter().filter(|case| {
        let position = (0..monthly.len()).find(|other| monthly.id(*other) == daily.id(**case)).unwrap();
        monthly.outcomes.bads[position] != daily.outcomes.bads[**case]
    });
    assert!(differs.count() > 0);
}

#[test]
fn immature_cases_are_left_out_and_counted() {
    let rows: Vec<String> = statements().into_iter().filter(|row| !row.contains("2024-08-31")).collect();
    let cases = cases(&rows, MONTHLY);
    let step = cases.waterfall.iter().find(|step| step.cause.starts_with("immature")).unwrap();
    assert_eq!(step.removed, 40);
    assert_eq!(step.remaining, cases.len() as u64);
}

#[test]
fn what_became_known_later_is_not_seen() {
    let before = cases(&statements(), MONTHLY);
    // The statement of April arrives in May: at the end of April nobody is observed by it, and in May it is known.
    let late: Vec<String> =
        statements().into_iter().map(|row| row.replace("2024-04-30,2024-04-30", "2024-04-30,2024-05-03")).collect();
    let after = cases(&late, MONTHLY);
    let id = "A3@2024-05-31";
    assert_eq!(value(&before, "mean_balance_3m", id), value(&after, "mean_balance_3m", id));
    assert!((0..after.len()).all(|case| after.id(case) != "A3@2024-04-30"));
    assert_eq!(value(&after, "balance", "A3@2024-05-03"), 133.0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rows that became known after the last observation change no feature, whenever they happened and
    /// whatever they hold; nor does the order of the rows.
    #[test]
    fn later_known_records_never_change_a_feature(
        added in prop::collection::vec((0..40_u32, 1..7_u32, 1..28_u32, 0..9_u32, 0..9999_u32), 1..60),
        rotate in 0..320_usize,
    ) {
        let mut rows = statements();
        let before = values(&cases(&rows, MONTHLY));
        for (account, month, day, overdue, balance) in added {
            rows.push(format!("A{account},2024-{month:02}-{day:02},2024-07-01,{overdue},{balance},{balance}"));
        }
        rows.rotate_left(rotate);
        prop_assert_eq!(values(&cases(&rows, MONTHLY)), before);
    }
}
