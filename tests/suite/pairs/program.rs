//! A pair all the way: training, the run's tables and page, scoring files, validation, the history.

use std::collections::BTreeMap;
use std::fs::File;

use polars::prelude::*;
use scorewright_runtime::{Scorecard, Value};
use serde_json::Value as Json;

use crate::support::{Folder, card, noise, project_with};

/// Young customers go bad with a high use, others with a low one; either column is missing now and then, also both.
fn table(rows: usize) -> String {
    let mut text = "used,months,region,outcome\n".to_owned();
    for row in 0..rows {
        let (used, months) = (noise(row, 11), (noise(row, 12) * 60.0).floor());
        let bad = match (used > 0.6, months < 15.0) {
            (true, true) => 0.6,
            (false, false) if used <= 0.2 => 0.25,
            _ => 0.08,
        };
        let outcome = if noise(row, 13) < bad { "bad" } else { "good" };
        let shown = |value: String, stream| if noise(row, stream) < 0.06 { String::new() } else { value };
        let (used, months) = (shown(format!("{used:.4}"), 14), shown(months.to_string(), 15));
        let region = ["north", "south", "east"][(noise(row, 16) * 3.0) as usize];
        text.push_str(&format!("{used},{months},{region},{outcome}\n"));
    }
    text
}

const COLUMNS: &str = "[features]\ninclude = [\"used\", \"months\", \"region\"]\n[selection]\nmax_correlation = 1.0\nstepwise = \"none\"\nmin_iv = 0\n";
const PAIR: &str =
    "[features.pairs.used_by_months]\nof = [\"used\", \"months\"]\ndescription = \"Use by age of the account\"\n";

fn auc(evidence: &Json, sample: &str) -> f64 {
    evidence["samples"][sample]["auc"]["value"].as_f64().unwrap()
}

/// The WOE never rises with use (down a column of the grid) and never falls with age (along a row).
fn assert_trends(document: &Json) {
    let features = document["features"].as_array().unwrap();
    let pair = features.iter().find(|feature| feature["type"] == "pair").unwrap();
    let mut woe = BTreeMap::new();
    for bin in pair["bins"].as_array().unwrap() {
        for cell in bin["cells"].as_array().unwrap() {
            woe.insert((cell[0].as_u64().unwrap(), cell[1].as_u64().unwrap()), bin["woe"].as_f64().unwrap());
        }
    }
    let ordinary = |axis: usize| {
        let bins = pair["axes"][axis]["bins"].as_array().unwrap();
        bins.iter().filter(|bin| bin.get("lower").is_some()).count() as u64
    };
    assert!(ordinary(0) > 1 && ordinary(1) > 1);
    for row in 0..ordinary(0) {
        for column in 0..ordinary(1) {
            assert!(row == 0 || woe[&(row, column)] <= woe[&(row - 1, column)], "{row} {column}: {woe:?}");
            assert!(column == 0 || woe[&(row, column)] >= woe[&(row, column - 1)], "{row} {column}: {woe:?}");
        }
    }
}

fn scores(folder: &Folder, name: &str) -> DataFrame {
    let file = File::open(folder.path(name)).unwrap();
    if name.ends_with(".parquet") {
        ParquetReader::new(file).finish().unwrap()
    } else {
        CsvReader::new(file).finish().unwrap()
    }
}

fn numbers(frame: &DataFrame, name: &str) -> Vec<f64> {
    frame.column(name).unwrap().cast(&DataType::Float64).unwrap().f64().unwrap().into_no_null_iter().collect()
}

#[test]
fn an_interaction_needs_the_pair_and_scores_the_same_everywhere() {
    let text = table(6000);
    let without = Folder::with(&text, &card(COLUMNS));
    without.train().succeeds();
    let with = Folder::with(&text, &card(&format!("{COLUMNS}{PAIR}")));
    with.train().succeeds();
    for sample in ["development", "holdout"] {
        let (before, after) =
            (auc(&without.json("out/evidence.json"), sample), auc(&with.json("out/evidence.json"), sample));
        assert!(after > before + 0.03, "{sample}: {before} without, {after} with the pair");
    }
    assert_eq!(with.decision("used_by_months")["selected"], true);

    let document = with.json("out/scorecard.json");
    let features = document["features"].as_array().unwrap();
    let pair = features.iter().find(|feature| feature["name"] == "used_by_months").unwrap();
    assert_eq!((&pair["type"], &pair["axes"][0]["input"]), (&"pair".into(), &"used".into()));
    let rest: Vec<&Json> = features.iter().filter(|feature| feature["type"] != "pair").collect();
    assert!(!rest.is_empty() && rest.iter().all(|feature| feature.get("axes").is_none()));

    // Files by the program, cases by the runtime, and the run itself: the same scores.
    with.run(&["score", "out/scorecard.json", "--data", "cases.csv", "--out", "scores.csv"]).succeeds();
    let by_program = scores(&with, "scores.csv");
    let of_run = numbers(&scores(&with, "out/tables/scores.parquet"), "score");
    assert_eq!(numbers(&by_program, "score"), of_run);
    assert!(numbers(&by_program, "unforeseen").iter().all(|count| *count == 0.0));
    let scorecard = Scorecard::from_json(with.read("out/scorecard.json").as_bytes()).unwrap();
    for (line, score) in text.lines().skip(1).zip(&of_run) {
        let fields: Vec<&str> = line.split(',').collect();
        let values: BTreeMap<&str, Value<'_>> = ["used", "months", "region"]
            .iter()
            .zip(&fields)
            .map(|(name, field)| {
                let number = field.parse().map(Value::Number);
                (*name, if field.is_empty() { Value::Missing } else { number.unwrap_or(Value::Category(field)) })
            })
            .collect();
        let case: Vec<Value<'_>> = scorecard.inputs().iter().map(|input| values[input.name.as_str()]).collect();
        assert_eq!(scorecard.score(&case).unwrap().score.0, *score, "{line}");
    }

    let frame = scores(&with, "out/tables/bins.csv");
    let labels = frame.column("bin").unwrap().str().unwrap().iter().flatten().map(str::to_owned).collect::<Vec<_>>();
    assert!(labels.iter().any(|label| label.contains("used ") && label.contains(" & months ")), "{labels:?}");
    assert!(labels.iter().any(|label| label.contains("used missing")), "{labels:?}");
    assert!(with.read("out/report.html").contains("points of used_by_months by used (rows) and months (columns)"));

    // The command that looks at bins: all features, one column of the pair, the pair itself.
    let list = with.run(&["bins", "card.toml"]);
    assert!(list.stdout.contains("used_by_months"), "{}{}", list.stdout, list.stderr);
    let column = with.run(&["bins", "card.toml", "--feature", "used"]);
    column.succeeds();
    let regions = with.run(&["bins", "card.toml", "--feature", "used_by_months"]);
    assert!(regions.stdout.contains("used missing"), "{}{}", regions.stdout, regions.stderr);
    with.run(&["bins", "card.toml", "--feature", "used_by_month"]).fails(3, &["did you mean \"used_by_months\"?"]);

    with.run(&["validate", "out/scorecard.json", "--data", "cases.csv", "--out", "again"]).succeeds();
    assert!((auc(&with.json("again/evidence.json"), "validation") - 0.7).abs() < 0.1);
    assert!(with.read("again/report.html").contains("points of used_by_months"));
}

#[test]
fn a_column_may_serve_a_pair_alone() {
    let rules = "[features]\ninclude = [\"region\"]\n[selection]\nkeep = [\"used_by_months\"]\nmin_iv = 0\n";
    let trends = "monotone = [\"descending\", \"ascending\"]\n";
    let folder = Folder::with(&table(3000), &card(&format!("{rules}{PAIR}{trends}")));
    folder.train().succeeds();
    assert_trends(&folder.json("out/scorecard.json"));
    let evidence = folder.json("out/evidence.json");
    let decided: Vec<&str> =
        evidence["selection"].as_array().unwrap().iter().map(|d| d["feature"].as_str().unwrap()).collect();
    assert_eq!(decided, ["region", "used_by_months"]);
    folder.run(&["score", "out/scorecard.json", "--data", "cases.csv", "--out", "scores.csv"]).succeeds();
    let text = table(3000).replacen("used,months", "use,months", 1);
    folder.write("other.csv", text);
    let run = folder.run(&["score", "out/scorecard.json", "--data", "other.csv", "--out", "again.csv"]);
    run.fails(3, &["\"used\"", "did you mean \"use\"?"]);
}

#[test]
fn what_development_never_saw_is_counted_or_refused_on_either_axis() {
    let policy = |policy: &str| {
        let of = "[features.pairs.months_by_region]\nof = [\"months\", \"region\"]\n";
        let rules = format!(
            "[features]\ninclude = [\"used\"]\n[selection]\nkeep = [\"months_by_region\"]\nmin_iv = 0\n{of}[scaling]\nunforeseen = \"{policy}\"\n"
        );
        let folder = Folder::with(&table(3000), &card(&rules));
        folder.train().succeeds();
        folder.write("new.csv", "used,months,region,outcome\n0.1,5,north,good\n0.1,5,elsewhere,bad\n0.1,,north,good\n");
        folder
    };
    let folder = policy("neutral");
    folder.run(&["score", "out/scorecard.json", "--data", "new.csv", "--out", "scores.csv"]).succeeds();
    assert_eq!(numbers(&scores(&folder, "scores.csv"), "unforeseen"), [0.0, 1.0, 0.0]);
    let run = policy("error").run(&["score", "out/scorecard.json", "--data", "new.csv", "--out", "scores.csv"]);
    run.fails(3, &["region", "row 2", "elsewhere", "policy is to refuse it"]);
}

#[test]
fn a_pair_on_the_history_is_in_the_run_the_case_table_and_the_dictionary() {
    let folder = Folder::new();
    let pair = "[features]\nexclude = [\"credit_limit\"]\n[features.pairs.limit_by_age]\nof = [\"credit_limit\", \"age\"]\ndescription = \"Limit by age\"\n[selection]\nkeep = [\"limit_by_age\"]\n[features.define.age]";
    let text = project_with(&folder, "cards/behavior.toml", "[features.define.age]", pair);
    let again = text.match_indices("\n[selection]").count();
    assert_eq!(again, 1, "the card has a selection of its own now: mend this test");
    folder.run(&["train", "cards/behavior.toml", "--out", "out"]).succeeds();
    assert_eq!(folder.decision("limit_by_age")["selected"], true);
    let evidence = folder.json("out/evidence.json");
    assert!(!evidence["selection"].as_array().unwrap().iter().any(|d| d["feature"] == "credit_limit"));
    folder
        .run(&["score", "out/scorecard.json", "--data", "out/tables/cases.parquet", "--out", "scores.csv"])
        .succeeds();
    // Not every case is in a sample, so scores are compared by case.
    let by_case = |name: &str| -> BTreeMap<String, String> {
        let frame = scores(&folder, name);
        let ids = frame.column("case_id").unwrap().str().unwrap().clone();
        let ids = ids.iter().flatten().map(str::to_owned).collect::<Vec<_>>();
        ids.into_iter().zip(numbers(&frame, "score").iter().map(f64::to_string)).collect()
    };
    let (of_run, by_program) = (by_case("out/tables/scores.parquet"), by_case("scores.csv"));
    assert!(of_run.len() > 1000);
    for (case, score) in &of_run {
        assert_eq!(by_program.get(case), Some(score), "{case}");
    }
    let list = folder.run(&["features", "cards/behavior.toml", "--list"]);
    assert!(list.stdout.contains("| limit_by_age | Limit by age |"), "{}", list.stdout);
    let sql = folder.run(&["features", "cards/behavior.toml", "--sql", "duckdb"]);
    assert!(sql.stdout.contains("credit_limit"), "{}", sql.stderr);
}
