//! Who is observed, when, with which outcome; and how tables are read on the way.

mod tables;

use std::path::Path;

use scorewright::cases::{Cases, FeatureValues};
use scorewright::config::{CardSpec, CaseSource};
use scorewright::error::{Error, ErrorKind};
use scorewright::population::{self, feature_table};
use scorewright::progress::Silent;

use crate::program::write;

fn read(folder: &Path, project: &str, card: &str) -> Result<CardSpec, Error> {
    write(folder, "scorewright.toml", project);
    CardSpec::read(&write(folder, "card.toml", card))
}

fn cases(folder: &Path, project: &str, card: &str) -> Result<Cases, Error> {
    let spec = read(folder, project, card)?;
    let CaseSource::History(project, population, outcome) = &spec.cases else { panic!("a card on the history") };
    population::cases(&spec, project, population, outcome, &Silent).map(|(cases, _)| cases)
}

fn ids(cases: &Cases) -> Vec<String> {
    (0..cases.len()).map(|case| cases.id(case)).collect()
}

/// Three accounts, January to December 2024; A is overdue in March, B in May and June, C in November.
fn statements(folder: &Path) {
    let mut text = String::from("account,month_end,overdue,balance\n");
    for (account, overdue) in [("A", vec![3]), ("B", vec![5, 6]), ("C", vec![11])] {
        for month in 1..=12 {
            let next = chrono::NaiveDate::from_ymd_opt(2024 + month / 12, month as u32 % 12 + 1, 1).unwrap();
            let end = next.pred_opt().unwrap();
            text.push_str(&format!("{account},{end},{},{}\n", i32::from(overdue.contains(&month)), month * 10));
        }
    }
    write(folder, "statements.csv", &text);
}

const PROJECT: &str = r#"
[tables.statements]
path = "statements.csv"
keys = ["account"]
event_date = "month_end"
period = "month"
"#;

fn card(population: &str, outcome: &str) -> String {
    format!(
        "[card]\nname = \"t\"\nkind = \"behavior\"\n[population]\ntable = \"statements\"\n{population}\n[outcome]\nwindow_months = 3\n{outcome}\n[features.define.balance]\ntable = \"statements\"\nvalue = \"balance\"\n"
    )
}

const BAD: &str = "bad_when = [{ table = \"statements\", where = \"overdue = 1\" }]";

fn state(cases: &Cases, id: &str) -> &'static str {
    let case = ids(cases).iter().position(|other| other == id).unwrap();
    match (cases.outcomes.goods[case] > 0.0, cases.outcomes.bads[case] > 0.0) {
        (true, _) => "good",
        (_, true) => "bad",
        _ => "indeterminate",
    }
}

#[test]
fn outcome_windows_of_a_unit_do_not_overlap_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    statements(folder.path());
    let apart = cases(folder.path(), PROJECT, &card("", BAD)).unwrap();
    // Windows of three months from January: January, April, July; October's ends after December.
    let of_a: Vec<String> = ids(&apart).into_iter().filter(|id| id.starts_with('A')).collect();
    assert_eq!(of_a, ["A@2024-01-31", "A@2024-04-30", "A@2024-07-31"]);
    let step = apart.waterfall.iter().find(|step| step.cause.contains("overlaps")).unwrap();
    assert_eq!(step.removed, 3 * 6);
    // Every row is taken, without a condition: that is no step.
    assert!(apart.waterfall.iter().all(|step| step.cause != "no condition"), "{:?}", apart.waterfall);
    let all = cases(folder.path(), PROJECT, &card("overlap = true", BAD)).unwrap();
    assert_eq!(all.len(), 3 * 9);
}

#[test]
fn which_of_a_units_observations() {
    let folder = tempfile::tempdir().unwrap();
    statements(folder.path());
    let take =
        |what: &str| ids(&cases(folder.path(), PROJECT, &card(&format!("overlap = true\n{what}"), BAD)).unwrap());
    assert_eq!(take("take = \"first\""), ["A@2024-01-31", "B@2024-01-31", "C@2024-01-31"]);
    assert_eq!(take("take = \"last\""), ["A@2024-09-30", "B@2024-09-30", "C@2024-09-30"]);
    let drawn = take("take = \"random\"\nat_most = 4");
    assert_eq!(drawn.len(), 12);
    assert_eq!(drawn, take("take = \"random\"\nat_most = 4"));
    // Another unit in the table does not change the draw of the others.
    let mut text = std::fs::read_to_string(folder.path().join("statements.csv")).unwrap();
    text.push_str("AA,2024-01-31,0,1\nAA,2024-04-30,1,1\n");
    write(folder.path(), "statements.csv", &text);
    let again: Vec<String> =
        take("take = \"random\"\nat_most = 4").into_iter().filter(|id| !id.starts_with("AA")).collect();
    assert_eq!(drawn, again);
}

#[test]
fn rules_count_rows_and_stand_in_order() {
    let folder = tempfile::tempdir().unwrap();
    statements(folder.path());
    let twice = "bad_when = [{ table = \"statements\", where = \"overdue = 1\", at_least = 2 }]\nindeterminate_when = [{ table = \"statements\", where = \"overdue = 1\" }]";
    let result = cases(folder.path(), PROJECT, &card("overlap = true", twice)).unwrap();
    assert_eq!(state(&result, "B@2024-04-30"), "bad");
    assert_eq!(state(&result, "A@2024-01-31"), "indeterminate");
    assert_eq!(state(&result, "B@2024-05-31"), "indeterminate");
    assert_eq!(state(&result, "C@2024-01-31"), "good");
    // Nothing of a kind in the window: attrition.
    let none = "bad_when = [{ table = \"statements\", where = \"overdue = 1\", fewer_than = 1 }]";
    let result = cases(folder.path(), PROJECT, &card("overlap = true", none)).unwrap();
    assert_eq!(state(&result, "C@2024-01-31"), "bad");
    assert_eq!(state(&result, "A@2024-01-31"), "good");
}

#[test]
fn rejected_applicants_are_kept_without_an_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let mut applications = String::from("application,customer,applied_on,decision,income\n");
    let mut accounts = String::from("account,application,opened_on\n");
    let mut performance = String::from("account,month_end,overdue\n");
    for number in 0..60 {
        let decision = ["accepted", "rejected", "withdrawn"][number % 3];
        applications.push_str(&format!(
            "P{number},K{},2024-01-{:02},{decision},{}\n",
            number % 20,
            number % 28 + 1,
            number * 7 % 13
        ));
        if decision == "accepted" {
            accounts.push_str(&format!("A{number},P{number},2024-02-01\n"));
            for end in ["2024-02-29", "2024-03-31", "2024-04-30"] {
                performance.push_str(&format!("A{number},{end},{}\n", u8::from(number % 4 == 0)));
            }
        }
    }
    write(folder.path(), "applications.csv", &applications);
    write(folder.path(), "accounts.csv", &accounts);
    write(folder.path(), "performance.csv", &performance);
    let project = r#"
[tables.applications]
path = "applications.csv"
keys = ["application", "customer"]
event_date = "applied_on"
[tables.accounts]
path = "accounts.csv"
keys = ["application", "account"]
[tables.performance]
path = "performance.csv"
keys = ["account"]
event_date = "month_end"
period = "month"
"#;
    let card = r#"
[card]
name = "t"
kind = "application"
[population]
table = "applications"
exclude = [{ cause = "withdrawn", where = "decision = 'withdrawn'" }]
rejected_when = "decision = 'rejected'"
[outcome]
window_months = 3
bad_when = [{ table = "performance", where = "overdue = 1" }]
[features.define.income]
table = "applications"
value = "income"
"#;
    let result = cases(folder.path(), project, card).unwrap();
    assert_eq!(result.len(), 40);
    let rejected = result.rejected.as_ref().unwrap();
    assert_eq!(rejected.iter().filter(|rejected| **rejected).count(), 20);
    for (case, rejected) in rejected.iter().enumerate() {
        assert_eq!(*rejected, !result.outcomes.is_determinate(case), "{}", result.id(case));
    }
}

#[test]
fn standard_features_come_where_the_history_gives_them() {
    let folder = tempfile::tempdir().unwrap();
    statements(folder.path());
    let project = r#"
[tables.performance]
path = "statements.csv"
keys = ["account_id"]
event_date = "month_end"
period = "month"
columns = { account_id = "account", days_past_due = "overdue" }
"#;
    let text = card("", BAD)
        .replace("table = \"statements\"", "table = \"performance\"")
        .replace("overdue = 1", "days_past_due = 1");
    let text =
        text.replace("[features.define.balance]", "[features]\nlibrary = [\"performance\"]\n[features.define.balance]");
    let spec = scorewright::features::with_standard(read(folder.path(), project, &text).unwrap()).unwrap();
    let lost: Vec<&str> = spec.features.unavailable.iter().map(|(name, _)| name.as_str()).collect();
    assert!(spec.features.define.contains_key("worst_days_past_due_12m"));
    // There is no amount due, hence nothing derived from it; the card's own balance stands.
    assert!(lost.contains(&"due_3m") && lost.contains(&"payment_to_due_3m"), "{lost:?}");
    assert!(!spec.features.define["balance"].is_standard);
    let wrong = text.replace("library = [\"performance\"]", "library = [\"performence\"]");
    let error = scorewright::features::with_standard(read(folder.path(), project, &wrong).unwrap()).unwrap_err();
    assert!(error.to_string().contains("did you mean \"performance\""), "{error}");
}

#[test]
fn every_kind_has_a_library_of_well_named_features() {
    use scorewright_runtime::artifact::CardKind;
    for kind in [CardKind::Application, CardKind::Behavior, CardKind::Collection] {
        let library = scorewright::features::library(kind).unwrap();
        assert!(library.len() >= 60, "{kind:?} has {}", library.len());
        let mut names: Vec<&str> = library.iter().map(|(_, name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), library.len());
        assert!(library.iter().all(|(_, _, definition)| !definition.description.is_empty()));
        // Each is valid where a card would write it itself.
        for (_, name, definition) in &library {
            for used in definition.expression.iter().flat_map(|text| scorewright::expression::columns(text).unwrap()) {
                let known = names.binary_search(&used.as_str()).is_ok();
                assert!(known || kind != CardKind::Application || used.starts_with("account_"), "{name} needs {used}");
            }
        }
    }
}

/// Sixty accounts with statements of January to December 2024; every seventh is overdue in the later months.
fn many_statements(folder: &Path) {
    let mut text = String::from("account,month_end,overdue,balance\n");
    for account in 0..60 {
        for month in 1..=12_u32 {
            let next = chrono::NaiveDate::from_ymd_opt(2024 + month as i32 / 12, month % 12 + 1, 1).unwrap();
            let overdue = u32::from(account % 7 == 0 && month % 2 == 0);
            text.push_str(&format!("A{account:02},{},{overdue},{}\n", next.pred_opt().unwrap(), account * 10 + month));
        }
    }
    write(folder, "statements.csv", &text);
}

#[test]
fn random_observations_have_the_same_chance_whether_windows_may_overlap_or_not() {
    let folder = tempfile::tempdir().unwrap();
    many_statements(folder.path());
    let result = cases(folder.path(), PROJECT, &card("take = \"random\"", BAD)).unwrap();
    assert_eq!(result.len(), 60);
    let in_january = ids(&result).iter().filter(|id| id.ends_with("01-31")).count();
    // Nine months have whole windows: about 60 / 9.
    assert!((1..=16).contains(&in_january), "{in_january} of 60 are observed in January");
    let two = cases(folder.path(), PROJECT, &card("take = \"random\"\nat_most = 2", BAD)).unwrap();
    let ids = ids(&two);
    for pair in ids.windows(2).filter(|pair| pair[0][..3] == pair[1][..3]) {
        let month = |id: &str| id[9..11].parse::<u32>().unwrap();
        assert!(month(&pair[1]) >= month(&pair[0]) + 3, "{pair:?} overlap");
    }
}

#[test]
fn cases_are_left_out_by_their_features() {
    let folder = tempfile::tempdir().unwrap();
    many_statements(folder.path());
    let rule = "exclude = [{ cause = \"young\", feature_where = \"age < 3\" }, { cause = \"small\", feature_where = \"balance < 100\" }]\noverlap = true";
    let text = card(rule, BAD)
        .replace("[features.define.balance]", "[features]\nexclude = [\"age\"]\n[features.define.balance]")
        + "[features.define.age]\ntable = \"statements\"\naggregate = \"months_since_first\"\n";
    let result = cases(folder.path(), PROJECT, &text).unwrap();
    let steps: Vec<(&str, u64)> = result.waterfall.iter().map(|step| (step.cause.as_str(), step.removed)).collect();
    assert!(steps.contains(&("young", 60 * 3)), "{steps:?}");
    assert_eq!(result.features.len(), 1);
    let FeatureValues::Numeric(balance) = &result.features[0].values else { panic!() };
    for (case, balance) in balance.iter().enumerate() {
        let id = result.id(case);
        let (account, month): (u32, u32) = (id[1..3].parse().unwrap(), id[9..11].parse().unwrap());
        assert_eq!(*balance, f64::from(account * 10 + month), "{id}");
        assert!(*balance >= 100.0 && month >= 4);
        // Outcomes stay beside their cases: months of even number in the three after are bad for every seventh.
        assert_eq!(result.outcomes.bads[case] > 0.0, account.is_multiple_of(7), "{id}");
    }
    let error = cases(folder.path(), PROJECT, &text.replace("age < 3", "ages < 3")).unwrap_err();
    assert!(error.to_string().contains("did you mean \"age\""), "{error}");
    let both = text.replace("feature_where = \"age < 3\"", "feature_where = \"age < 3\", where = \"overdue = 1\"");
    assert!(read(folder.path(), PROJECT, &both).unwrap_err().message().contains("either where or feature_where"));
}

#[test]
fn goods_seen_for_a_part_of_the_window_are_told_and_can_be_left_out() {
    let folder = tempfile::tempdir().unwrap();
    many_statements(folder.path());
    // Account 1 closes after May.
    let path = folder.path().join("statements.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let rows: Vec<&str> = text.lines().filter(|row| !(row.starts_with("A01") && &row[9..11] > "05")).collect();
    std::fs::write(&path, rows.join("\n")).unwrap();
    let told = cases(folder.path(), PROJECT, &card("overlap = true", BAD)).unwrap();
    assert!(told.warnings.iter().any(|text| text.starts_with("2 of ")), "{:?}", told.warnings);
    let left_out =
        cases(folder.path(), PROJECT, &card("overlap = true", &format!("{BAD}\nleast_records = 3"))).unwrap();
    assert_eq!(left_out.len(), told.len() - 2);
    assert!(!ids(&left_out).contains(&"A01@2024-03-31".to_owned()));
    assert!(ids(&left_out).contains(&"A01@2024-02-29".to_owned()));
}

#[test]
fn a_window_longer_than_the_history_is_told() {
    let folder = tempfile::tempdir().unwrap();
    many_statements(folder.path());
    let text = card("overlap = true", BAD).replace("value = \"balance\"", "value = \"balance\"\nwindow_months = 99");
    let result = cases(folder.path(), PROJECT, &text).unwrap();
    assert!(
        result.warnings.iter().any(|text| text.contains("no observation has the whole window of balance")),
        "{:?}",
        result.warnings
    );
    let short = text.replace("= 99", "= 9");
    assert!(cases(folder.path(), PROJECT, &short).unwrap().warnings.is_empty());
}

/// Applications that lead to accounts some days later, by a dated table of bookings.
fn bookings(folder: &Path) -> String {
    let (mut applications, mut bookings) =
        (String::from("app,day,decision,limit\n"), String::from("app,account,booked_on\n"));
    let (mut events, mut accounts) = (String::from("account,day,bad\n"), String::from("account,amount\n"));
    for number in 0..40 {
        let decision = if number % 4 == 3 { "rejected" } else { "accepted" };
        applications
            .push_str(&format!("P{number:02},2024-01-10,{decision},{}\n", if number % 4 == 3 { "" } else { "100" }));
        if decision == "accepted" && number != 0 {
            bookings.push_str(&format!("P{number:02},A{number:02},2024-01-13\n"));
            events.push_str(&format!("A{number:02},2024-02-0{},{}\n", number % 9 + 1, u8::from(number % 5 == 0)));
            accounts.push_str(&format!("A{number:02},{number}\n"));
        }
    }
    events.push_str("A01,2024-12-31,0\n");
    for (name, text) in
        [("applications", applications), ("bookings", bookings), ("events", events), ("accounts", accounts)]
    {
        write(folder, &format!("{name}.csv"), &text);
    }
    "[tables.applications]\npath = \"applications.csv\"\nkeys = [\"app\"]\nevent_date = \"day\"\n[tables.bookings]\npath = \"bookings.csv\"\nkeys = [\"app\", \"account\"]\nevent_date = \"booked_on\"\n[tables.back]\npath = \"bookings.csv\"\nkeys = [\"account\", \"app\"]\nevent_date = \"booked_on\"\n[tables.events]\npath = \"events.csv\"\nkeys = [\"account\"]\nevent_date = \"day\"\n[tables.accounts]\npath = \"accounts.csv\"\nkeys = [\"account\"]\n".to_owned()
}

#[test]
fn outcomes_follow_keys_that_came_later_and_features_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let project = bookings(folder.path());
    let text = "[card]\nname = \"t\"\nkind = \"application\"\n[population]\ntable = \"applications\"\nrejected_when = \"decision = 'rejected'\"\n[outcome]\nwindow_months = 3\nbad_when = [{ table = \"events\", where = \"bad = 1\" }]\n[features.define.limit]\ntable = \"applications\"\nvalue = \"limit\"\n[features.define.amount]\ntable = \"accounts\"\nkey = \"app\"\nvalue = \"amount\"\naggregate = \"sum\"\n";
    let result = cases(folder.path(), &project, text).unwrap();
    // Number 0 was accepted and never booked: what became of it nobody knows.
    assert!(
        result.waterfall.iter().any(|step| step.cause.starts_with("no outcome") && step.removed == 1),
        "{:?}",
        result.waterfall
    );
    for case in 0..result.len() {
        let number: u32 = result.id(case)[1..3].parse().unwrap();
        let expected = match number {
            _ if number % 4 == 3 => "indeterminate",
            _ if number.is_multiple_of(5) => "bad",
            _ => "good",
        };
        assert_eq!(state(&result, &result.id(case)), expected, "{number}");
    }
    // The account was booked after the application: nothing of it is known then.
    assert!(result.refused.iter().any(|(name, reason)| name == "amount" && reason == "every value is missing"));
    // Rejected applicants owe nothing and stay.
    let repaid = text.replace(
        "bad_when = [{ table = \"events\", where = \"bad = 1\" }]",
        "repaid = { table = \"events\", value = \"bad * 10\", of = \"limit\" }",
    );
    let result = cases(folder.path(), &project, &repaid).unwrap();
    assert_eq!(result.rejected.unwrap().iter().filter(|rejected| **rejected).count(), 10);
}

#[test]
fn entries_are_told_by_what_was_known_and_by_a_stated_order() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |january: &str| {
        format!(
            "account,month_end,known,overdue,balance\nA,2024-01-31,{january},0,1\nA,2024-02-29,2024-03-05,1,1\nA,2024-03-31,2024-04-05,0,1\nB,2024-01-31,2024-02-05,0,1\nB,2024-02-29,2024-03-05,1,1\nB,2024-03-31,2024-04-05,1,1\nA,2024-04-30,2024-05-05,0,1\nB,2024-04-30,2024-05-05,1,1\n"
        )
    };
    let project = format!("{PROJECT}known_at = \"known\"\n");
    let text =
        card("observe = \"entry\"\nwhere = \"overdue = 1\"", BAD).replace("window_months = 3", "window_months = 1");
    write(folder.path(), "statements.csv", &rows("2024-02-05"));
    assert_eq!(ids(&cases(folder.path(), &project, &text).unwrap()), ["A@2024-03-05", "B@2024-03-05"]);
    // January's row of A came in June: on 5 March nobody knew that A had not been overdue before.
    write(folder.path(), "statements.csv", &rows("2024-06-05"));
    let error = cases(folder.path(), &project, &text).unwrap_err();
    assert!(error.message().contains("turned out good"), "{error}");
    // Two rows on one day, one in the state: which came first must be said.
    write(folder.path(), "statements.csv", &(rows("2024-02-05") + "B,2024-02-29,2024-03-05,0,1\n"));
    let error = cases(folder.path(), &project, &text).unwrap_err();
    assert!(error.to_string().contains("order_by"), "{error}");
}
