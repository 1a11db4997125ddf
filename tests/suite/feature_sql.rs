//! The features of a card as SQL: the query gives the values of training, run in DuckDB on the tables as they are
//! stored; its texts for Spark and PostgreSQL are read by a parser of those dialects.

use std::path::Path;

use polars::prelude::*;
use scorewright::config::CardSpec;
use scorewright::expression::Dialect;
use scorewright::features::sql::query;
use scorewright::features::with_standard;
use scorewright::population::feature_table;
use scorewright::progress::Silent;
use scorewright::table::write_parquet;
use serde_json::{Value, json};

use crate::python;
use crate::support::{Folder, noise, project};

const SCRIPT: &str = r#"
import json, math, sys
import duckdb, sqlglot
given = json.load(open(sys.argv[1]))
connection = duckdb.connect()
connection.execute(f"CREATE TABLE observations AS SELECT * FROM read_parquet('{given['observations']}')")
for table in given["tables"]:
    texts = ", ".join(f'CAST("{key}" AS VARCHAR) AS "{key}"' for key in table["keys"])
    connection.execute(f"""CREATE TABLE "{table['name']}" AS SELECT * REPLACE ({texts}) FROM read_csv('{table['path']}', nullstr='')""")
cursor = connection.execute(given["query"])
names = [column[0] for column in cursor.description]
rows = {}
for row in cursor.fetchall():
    assert row[0] not in rows, f"two rows of {row[0]}"
    rows[row[0]] = [str(value) if isinstance(value, float) and not math.isfinite(value) else value for value in row[1:]]
refused = []
for dialect, text in given["others"].items():
    try:
        trees = sqlglot.parse(text, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        assert len(trees) == 1 and isinstance(trees[0], sqlglot.exp.Select), trees
    except Exception as problem:
        refused.append(f"{dialect}: {problem}")
json.dump({"names": names[1:], "rows": rows, "refused": refused}, sys.stdout)
"#;

/// Reads a text for Spark.
const READ: &str = r#"
import json, sys
import sqlglot
tree = sqlglot.parse_one(json.load(open(sys.argv[1])), read="spark", error_level=sqlglot.ErrorLevel.RAISE)
json.dump(isinstance(tree, sqlglot.exp.Select), sys.stdout)
"#;

/// A table of the project as the engine reads it: name, file, and the original names of its keys.
type Stored = (&'static str, &'static str, &'static [&'static str]);

/// Compares a card's features with the query's in DuckDB; gives how many values were compared and how many of them
/// were missing.
fn compare(folder: &Folder, card: &str, tables: &[Stored], others: &[Dialect]) -> (usize, usize) {
    let spec = with_standard(CardSpec::read(Path::new(&folder.path(card))).unwrap()).unwrap();
    let text = query(&spec, Dialect::DuckDb, &Silent).unwrap();
    compare_query(folder, &spec, tables, others, (&text, None))
}

/// Compares a card's features, or some of them, with those of a query in DuckDB.
fn compare_query(
    folder: &Folder,
    spec: &CardSpec,
    tables: &[Stored],
    others: &[Dialect],
    (text, only): (&str, Option<&[String]>),
) -> (usize, usize) {
    let built = feature_table(spec, None, None, &Silent).unwrap();
    let frame = built.frame;
    let features: Vec<String> = {
        let names = frame.get_column_names();
        let place = names.iter().position(|name| name.as_str() == "observed_at").unwrap();
        names[place + 1..].iter().map(ToString::to_string).collect()
    };
    let mut observations = frame.drop_many(features.iter().map(String::as_str));
    write_parquet(&mut observations, &folder.path("observations.parquet")).unwrap();
    let tables: Vec<Value> = tables
        .iter()
        .map(|(name, file, keys)| json!({ "name": name, "path": folder.path(file), "keys": keys }))
        .collect();
    let others: serde_json::Map<String, Value> = others
        .iter()
        .map(|dialect| {
            let name = if *dialect == Dialect::Spark { "spark" } else { "postgres" };
            (name.to_owned(), query(spec, *dialect, &Silent).unwrap().into())
        })
        .collect();
    let given = json!({
        "observations": folder.path("observations.parquet"), "tables": tables, "query": text, "others": others,
    });
    let answer = python::run(SCRIPT, &given, folder);
    assert_eq!(answer["refused"], json!([]));
    let names: Vec<&str> = answer["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for feature in only.unwrap_or(&features) {
        assert!(names.contains(&feature.as_str()), "the query does not give {feature:?}");
    }
    let ids = frame.column("case_id").unwrap().str().unwrap().clone();
    assert_eq!(answer["rows"].as_object().unwrap().len(), frame.height());
    let (mut compared, mut missing) = (0, 0);
    let mut differ = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let ours = frame.column(name).ok().map(Column::as_materialized_series);
        let mut some = false;
        for (row, id) in ids.iter().enumerate() {
            let theirs = &answer["rows"][id.unwrap()][place];
            // A feature that is missing everywhere is not built.
            let same = match ours.map_or(AnyValue::Null, |ours| ours.get(row).unwrap()) {
                AnyValue::Null => theirs.is_null(),
                AnyValue::Float64(ours) => theirs
                    .as_f64()
                    .is_some_and(|theirs| (ours - theirs).abs() <= 1e-9 * ours.abs().max(theirs.abs()).max(1.0)),
                AnyValue::String(text) => theirs.as_str() == Some(text),
                other => panic!("{name}: {other:?}"),
            };
            compared += 1;
            missing += usize::from(theirs.is_null());
            if !same && !some {
                some = true;
                let ours = ours.map_or(AnyValue::Null, |ours| ours.get(row).unwrap());
                differ.push(format!("{name} of {}: here {ours}, in DuckDB {theirs}", id.unwrap()));
            }
        }
    }
    if !differ.is_empty() {
        println!("{text}");
    }
    assert!(differ.is_empty(), "{} of {} features differ:\n{}", differ.len(), names.len(), differ.join("\n"));
    (compared, missing)
}

#[test]
fn the_cards_of_a_new_project() {
    let folder = Folder::new();
    folder.run(&["new", "project"]).succeeds();
    for (name, text) in project().iter().filter(|(name, _)| name.starts_with("data/")) {
        folder.write(&format!("project/{name}"), text);
    }
    let tables: &[Stored] = &[
        ("customers", "project/data/customers.csv", &["customer_id"]),
        ("accounts", "project/data/accounts.csv", &["account_id", "customer_id"]),
        ("performance", "project/data/performance.csv", &["account_id"]),
    ];
    for card in ["application", "behavior", "collection-early", "collection-late"] {
        let (compared, _) =
            compare(&folder, &format!("project/cards/{card}.toml"), tables, &[Dialect::Spark, Dialect::Postgres]);
        assert!(compared > 100, "{card}: {compared} values");
    }
}

#[test]
fn a_scorecard_carries_the_definitions_of_its_columns_and_a_query_that_gives_them() {
    let folder = Folder::new();
    for (name, text) in project() {
        folder.write(name, text);
    }
    let tables: &[Stored] = &[
        ("customers", "data/customers.csv", &["customer_id"]),
        ("accounts", "data/accounts.csv", &["account_id", "customer_id"]),
        ("performance", "data/performance.csv", &["account_id"]),
    ];
    folder.run(&["train", "cards/behavior.toml", "--out", "out"]);
    let card = scorewright::scoring::load(&folder.path("out/scorecard.json")).unwrap();
    let definitions = card.document().definitions.as_ref().unwrap();
    let inputs: Vec<String> = card.inputs().iter().map(|input| input.name.clone()).collect();
    assert!(inputs.iter().all(|input| definitions.columns.contains_key(input)), "{:?}", definitions.columns);
    assert_eq!(definitions.sql.keys().collect::<Vec<_>>(), ["duckdb", "postgres", "spark"]);
    let spec = with_standard(CardSpec::read(&folder.path("cards/behavior.toml")).unwrap()).unwrap();
    let (compared, _) = compare_query(&folder, &spec, tables, &[], (&definitions.sql["duckdb"], Some(&inputs)));
    assert!(compared > 100, "{compared} values");
}

const PROJECT: &str = r#"
[tables.customers]
path = "customers.csv"
keys = ["customer_id"]
duplicate_keys = "leave_out"
translate = { segment = { "1" = "private", "2" = "business" }, rating = { A = 1, B = 2, C = 3 } }
[tables.accounts]
path = "accounts.csv"
keys = ["account_id", "customer_id"]
event_date = "opened_on"
known_after_days = 20
[tables.performance]
path = "performance.csv"
keys = ["account_id"]
event_date = "month_end"
period = "month"
known_after_days = 5
columns = { account_id = "ACC", balance = "BAL x`y" }
compute = { due_day = "ADD_DAYS(month_end, 15)", ratio = "balance / NULLIF(credit, 0)", high = "ratio > 0.5" }
[tables.payments]
path = "payments.csv"
keys = ["account_id"]
event_date = "paid_on"
known_at = "loaded_on"
order_by = ["number"]
[tables.contacts]
path = "contacts.csv"
keys = ["account_id"]
event_date = "contacted_on"
date_format = "%y%m%d"
[tables.links]
path = "links.csv"
keys = ["customer_id"]
event_date = "linked_on"
known_after_days = 3
"#;

const CARD: &str = r#"
[card]
name = "every family"
kind = "behavior"
[population]
table = "performance"
from = 2023-01-01
[outcome]
window_months = 1
bad_when = [{ table = "performance", where = "overdue >= 2" }]
[features.columns.latest_number_as_text]
type = "categorical"
[features.columns.latest_truth_as_number]
type = "numeric"
"#;

fn day(first: &str, days: u64) -> chrono::NaiveDate {
    first.parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(days)
}

/// A small history in which rows tie, values are missing and days end months.
fn history(folder: &Folder) {
    const CUSTOMERS: usize = 14;
    const ACCOUNTS: usize = 22;
    let pick = |row: usize, stream: u64, of: &[&'static str]| of[(noise(row, stream) * of.len() as f64) as usize];
    let whole = |row: usize, stream: u64, below: f64| (noise(row, stream) * below) as usize;
    let mut text = String::from("customer_id,age,segment,rating,score\n");
    for row in 0..CUSTOMERS {
        let age = if row % 5 == 0 { String::new() } else { (20 + row).to_string() };
        text += &format!("c{row},{age},{},{},{}\n", 1 + row % 2, pick(row, 1, &["A", "B", "C"]), row as f64 / 4.0);
    }
    // One customer twice alike, another with two ages.
    text += &format!("{}\nc6,99,1,A,1.5\n", text.lines().nth(4).unwrap_or_default());
    folder.write("customers.csv", text);
    let mut text = String::from("account_id,customer_id,opened_on,limit\n");
    for row in 0..ACCOUNTS {
        text += &format!(
            "a{row},c{},{},{}\n",
            whole(row, 2, CUSTOMERS as f64),
            day("2022-01-01", whole(row, 3, 500.0) as u64),
            1000 * (row % 4)
        );
    }
    folder.write("accounts.csv", text);
    let mut text = String::from("ACC,month_end,overdue,BAL x`y,credit,status\n");
    for row in 0..ACCOUNTS * 18 {
        let (account, month) = (row / 18, row % 18);
        let first = chrono::NaiveDate::from_ymd_opt(2022 + month as i32 / 12, month as u32 % 12 + 1, 1).unwrap();
        let end = first + chrono::Months::new(1) - chrono::Days::new(1);
        // Some statements are lacking; some carry another day than the last.
        if noise(row, 4) < 0.08 {
            continue;
        }
        let end = if noise(row, 5) < 0.1 { end - chrono::Days::new(9) } else { end };
        let balance =
            if noise(row, 6) < 0.1 { String::new() } else { format!("{:.2}", noise(row, 7) * 5000.0 - 500.0) };
        text += &format!(
            "a{account},{end},{},{balance},{},{}\n",
            whole(row, 8, 3.3),
            1000 * (account % 4),
            pick(row, 9, &["C", "0", "X y", "é", ""])
        );
    }
    folder.write("performance.csv", text);
    let mut text = String::from("account_id,paid_on,loaded_on,number,amount,channel,proved,for_day\n");
    for row in 0..ACCOUNTS * 25 {
        let paid = day("2022-01-20", whole(row, 11, 480.0) as u64 / 3 * 3);
        let loaded = paid + chrono::Days::new([0, 0, 1, 40][whole(row, 12, 4.0)]);
        let amount = if noise(row, 13) < 0.15 { String::new() } else { (whole(row, 14, 8.0) * 25).to_string() };
        let for_day = if noise(row, 15) < 0.2 {
            String::new()
        } else {
            day("2022-02-01", whole(row, 16, 500.0) as u64).to_string()
        };
        let number = pick(row, 17, &["1", "2", ""]);
        text += &format!(
            "a{},{paid},{loaded},{number},{amount},{},{},{for_day}\n",
            whole(row, 10, ACCOUNTS as f64 - 2.0),
            pick(row, 18, &["branch", "card", "app", ""]),
            pick(row, 19, &["true", "false", ""])
        );
    }
    folder.write("payments.csv", text);
    let mut text = String::from("account_id,contacted_on,outcome,phone\n");
    for row in 0..ACCOUNTS * 6 {
        let on = day("2022-03-01", whole(row, 21, 420.0) as u64).format("%y%m%d");
        text += &format!(
            "a{},{on},{},p{}\n",
            whole(row, 20, ACCOUNTS as f64),
            pick(row, 22, &["no_answer", "promise", "answered"]),
            whole(row, 23, 4.0)
        );
    }
    folder.write("contacts.csv", text);
    let mut text = String::from("customer_id,linked_on,kind,value\n");
    for row in 0..CUSTOMERS * 3 {
        text += &format!(
            "c{},{},{},v{}\n",
            whole(row, 24, CUSTOMERS as f64 - 2.0),
            day("2022-01-01", whole(row, 25, 500.0) as u64),
            pick(row, 26, &["phone", "device"]),
            whole(row, 27, 16.0)
        );
    }
    folder.write("links.csv", text);
}

/// In how many cards every family is told: engines plan some ten features quickly, some hundred slowly.
const PARTS: usize = 10;

/// Every aggregate over several windows, tables and keys, plain and by a column: one part of them.
fn every_family(part: usize) -> String {
    let mut text = String::from(CARD);
    let mut number = 0;
    let mut define = |name: &str, keys: String| {
        number += 1;
        if name.is_empty() && number % PARTS != part {
            return;
        }
        let name = if name.is_empty() { format!("feature_{number:03}") } else { name.to_owned() };
        text += &format!("[features.define.{name}]\n{}\n", keys.replace("; ", "\n"));
    };
    let windows = [
        "",
        "window_months = 1",
        "window_months = 6",
        "window_days = 75",
        "window_months = 3; skip_months = 2",
        "window_days = 120; skip_days = 40",
        "skip_months = 4",
    ];
    let conditions = ["", "where = \"amount > 50\"", "where = \"channel <> 'card' AND amount IS NOT NULL\""];
    let of_numbers = [
        "sum",
        "mean",
        "minimum",
        "maximum",
        "standard_deviation",
        "volatility",
        "trend",
        "count",
        "distinct",
        "latest",
        "first",
        "transitions",
        "quantile",
        "missing_reason",
    ];
    for (place, aggregate) in of_numbers.iter().enumerate() {
        let quantile = if *aggregate == "quantile" { "; quantile = 0.3" } else { "" };
        for (step, window) in windows.iter().enumerate() {
            let condition = conditions[(place + step) % conditions.len()];
            let [value, other] = if step % 2 == 0 { ["amount", "balance"] } else { ["amount / 4 - 3", "ratio"] };
            define(
                "",
                format!(
                    "table = \"payments\"; value = \"{value}\"; aggregate = \"{aggregate}\"{quantile}; {window}; {condition}"
                ),
            );
            define(
                "",
                format!(
                    "table = \"performance\"; value = \"{other}\"; aggregate = \"{aggregate}\"{quantile}; {window}"
                ),
            );
            if *aggregate != "missing_reason" {
                let across = ["maximum", "minimum", "sum", "mean", "standard_deviation", "count", "largest_share"]
                    [(place + step) % 7];
                define(
                    "",
                    format!(
                        "table = \"payments\"; value = \"amount\"; aggregate = \"{aggregate}\"{quantile}; {window}; {condition}; by = \"channel\"; across = \"{across}\""
                    ),
                );
                define(
                    "",
                    format!(
                        "table = \"performance\"; key = \"customer_id\"; value = \"{other}\"; aggregate = \"{aggregate}\"{quantile}; {window}"
                    ),
                );
            }
        }
    }
    for window in windows {
        for aggregate in ["share", "longest_run", "current_run"] {
            define("", format!("table = \"payments\"; aggregate = \"{aggregate}\"; where = \"proved\"; {window}"));
            define(
                "",
                format!("table = \"performance\"; aggregate = \"{aggregate}\"; where = \"overdue >= 1\"; {window}"),
            );
            define(
                "",
                format!(
                    "table = \"payments\"; aggregate = \"{aggregate}\"; where = \"amount >= 100\"; by = \"proved\"; across = \"mean\"; {window}"
                ),
            );
        }
        for aggregate in ["months_since", "days_since", "months_since_first", "days_since_first"] {
            define(
                "",
                format!("table = \"payments\"; aggregate = \"{aggregate}\"; where = \"amount > 100\"; {window}"),
            );
            define(
                "",
                format!("table = \"performance\"; aggregate = \"{aggregate}\"; where = \"overdue >= 1\"; {window}"),
            );
        }
        for aggregate in ["months_since", "days_since", "months_until", "days_until"] {
            define("", format!("table = \"payments\"; value = \"for_day\"; aggregate = \"{aggregate}\"; {window}"));
            define("", format!("table = \"performance\"; value = \"due_day\"; aggregate = \"{aggregate}\"; {window}"));
        }
        for value in ["channel", "proved", "UPPER(channel) || '!'"] {
            define("", format!("table = \"payments\"; value = \"{value}\"; {window}"));
            define("", format!("table = \"payments\"; value = \"{value}\"; aggregate = \"transitions\"; {window}"));
            define("", format!("table = \"payments\"; value = \"{value}\"; aggregate = \"distinct\"; {window}"));
        }
        define("", format!("table = \"contacts\"; aggregate = \"count\"; where = \"outcome LIKE 'pro%'\"; {window}"));
        define(
            "",
            format!(
                "table = \"contacts\"; aggregate = \"count\"; by = \"phone\"; across = \"largest_share\"; {window}"
            ),
        );
        define(
            "",
            format!(
                "table = \"links\"; aggregate = \"linked\"; node = \"value\"; where = \"kind = 'phone'\"; {window}"
            ),
        );
        define(
            "",
            format!(
                "table = \"links\"; aggregate = \"linked\"; node = \"value\"; across = \"mean\"; {window}; of = {{ table = \"performance\", value = \"overdue\", aggregate = \"maximum\", window_months = 5 }}"
            ),
        );
    }
    for (across, of) in [("sum", "count"), ("count", "count"), ("maximum", "latest"), ("mean", "longest_run")] {
        let value = if of == "latest" { "value = \"amount\", " } else { "" };
        define(
            "",
            format!(
                "table = \"links\"; aggregate = \"linked\"; node = \"value\"; across = \"{across}\"; of = {{ table = \"payments\", {value}where = \"amount > 0\", aggregate = \"{of}\" }}"
            ),
        );
    }
    define("group_size", "table = \"links\"; aggregate = \"linked_group\"; node = \"value\"".into());
    define(
        "phone_group",
        "table = \"links\"; aggregate = \"linked_group\"; node = \"value\"; where = \"kind = 'phone'\"".into(),
    );
    for value in ["age", "segment", "rating", "score", "age + rating"] {
        define("", format!("table = \"customers\"; value = \"{value}\""));
    }
    define("", "table = \"customers\"; value = \"age\"; aggregate = \"missing_reason\"".into());
    define("", "table = \"customers\"; aggregate = \"count\"".into());
    define("", "table = \"accounts\"; key = \"customer_id\"; aggregate = \"count\"".into());
    define("", "table = \"accounts\"; value = \"limit\"".into());
    define("latest_number_as_text", "table = \"performance\"; value = \"overdue\"".into());
    define("latest_truth_as_number", "table = \"payments\"; value = \"proved\"".into());
    define("status", "table = \"performance\"; value = \"status\"".into());
    define("balance", "table = \"performance\"; value = \"balance\"".into());
    define("paid", "table = \"payments\"; value = \"amount\"; aggregate = \"sum\"; window_months = 6".into());
    define("paid_to_balance", "expression = \"paid / balance\"".into());
    define("is_high", "expression = \"paid_to_balance > 0.1 OR status = 'C'\"".into());
    define("told", "expression = \"CASE WHEN is_high = 1 THEN status || '+' WHEN paid IS NULL THEN 'none' ELSE LOWER(status) END\"".into());
    text
}

const TABLES: &[Stored] = &[
    ("customers", "customers.csv", &["customer_id"]),
    ("accounts", "accounts.csv", &["account_id", "customer_id"]),
    ("performance", "performance.csv", &["ACC"]),
    ("payments", "payments.csv", &["account_id"]),
    ("contacts", "contacts.csv", &["account_id"]),
    ("links", "links.csv", &["customer_id"]),
];

#[test]
fn every_family_on_a_small_history() {
    let folder = Folder::new();
    history(&folder);
    folder.write("scorewright.toml", PROJECT);
    let (mut compared, mut missing) = (0, 0);
    for part in 0..PARTS {
        let card = every_family(part);
        folder.write("card.toml", &card);
        let (values, of_them) = compare(&folder, "card.toml", TABLES, &[Dialect::Postgres]);
        compared += values;
        missing += of_them;
        // Without the groups of linked units, which Spark cannot find, the rest is written for it too.
        let run = folder.run(&["features", "card.toml", "--sql", "spark", "--out", "card.sql"]);
        run.fails(3, &["group", "linked_group cannot be written for Spark", "features.exclude"]);
        let groups = "[features]\nexclude = [\"group_size\", \"phone_group\"]\n";
        folder.write(
            "card.toml",
            card.replace("[features.columns.latest_number", &format!("{groups}[features.columns.latest_number")),
        );
        folder.run(&["features", "card.toml", "--sql", "spark", "--out", "card.sql"]).succeeds();
        assert_eq!(python::run(READ, &json!(folder.read("card.sql")), &folder), json!(true));
    }
    assert!(compared > 80_000, "{compared} values");
    assert!(missing * 20 > compared && missing * 2 < compared, "{missing} of {compared} values are missing");
}

#[test]
fn the_program_writes_the_query() {
    let folder = Folder::new();
    history(&folder);
    folder.write("scorewright.toml", PROJECT);
    folder.write("card.toml", format!("{CARD}[features.define.latest_number_as_text]\ntable = \"performance\"\nvalue = \"overdue\"\n[features.define.latest_truth_as_number]\ntable = \"payments\"\nvalue = \"proved\"\n"));
    let run = folder.run(&["features", "card.toml", "--sql", "duckdb"]);
    run.succeeds();
    for words in ["-- It reads", "observations (case_id, observed_at, account_id)", "FROM observations AS o"] {
        assert!(run.stdout.contains(words), "{words:?} is missing from {}", run.stdout);
    }
    folder.run(&["features", "card.toml", "--sql", "postgres", "--out", "card.sql"]).succeeds();
    assert!(folder.read("card.sql").contains("DOUBLE PRECISION"));
    folder.run(&["features", "card.toml", "--sql", "oracle"]).fails(2, &["oracle", "duckdb"]);
    folder.run(&["features", "card.toml", "--sql", "duckdb", "--list"]).fails(2, &["--list"]);
}
