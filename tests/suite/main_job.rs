//! The main job on the embedded real data, by the real program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use polars::prelude::*;
use scorewright_runtime::{Scorecard, Value};
use serde_json::Value as Json;

use crate::program::run;

/// One demo for all tests of this file.
static DEMO: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let directory = tempfile::tempdir().unwrap();
    let done = run(["demo", "--json", "--threads", "2", "--out", directory.path().join("demo").to_str().unwrap()]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    std::fs::write(directory.path().join("stdout.json"), &done.stdout).unwrap();
    directory
});

const CARDS: [&str; 5] = ["application", "behavior", "collection-early", "collection-late", "german-application"];

fn demo(name: &str) -> PathBuf {
    DEMO.path().join("demo").join(name)
}

fn json(path: &Path) -> Json {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_path_buf(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn four_cards_and_one_on_a_table_hold_out_of_sample() {
    for card in CARDS {
        let evidence = json(&demo(card).join("evidence.json"));
        for (sample, figures) in evidence["samples"].as_object().unwrap() {
            let auc = figures["auc"]["value"].as_f64().unwrap();
            assert!(auc > 0.58, "{card} on {sample}: {auc}");
            assert!(figures["auc"]["low"].as_f64().unwrap() < auc && auc < figures["auc"]["high"].as_f64().unwrap());
        }
        for key in ["features", "score_psi", "model", "limits"] {
            assert!(!evidence[key].is_null(), "{card}: no {key}");
        }
        assert!(evidence["model"]["coefficients"][0]["name"] == "intercept");
        assert!(demo(card).join("report.html").is_file());
    }
    let behavior = json(&demo("behavior").join("evidence.json"));
    for sample in ["holdout", "out_of_time"] {
        let auc = behavior["samples"][sample]["auc"]["value"].as_f64().unwrap();
        assert!(auc >= 0.76, "behavior on {sample}: {auc}");
    }
    for (sample, interval, groups) in
        [("development", "by group (customer_id)", 14700), ("out_of_time", "by case", 9000)]
    {
        let figures = &behavior["samples"][sample];
        assert_eq!((&figures["interval"], &figures["groups"]), (&interval.into(), &groups.into()), "{sample}");
    }
    let summary = json(&DEMO.path().join("stdout.json"));
    assert_eq!(summary["cards"].as_array().unwrap().len(), CARDS.len());
}

#[test]
fn plain_cards_record_how_closely_the_second_solver_agrees() {
    for card in ["application", "behavior", "collection-early", "german-application"] {
        let second = json(&demo(card).join("evidence.json"))["model"]["second_solver"].clone();
        assert!(second["largest_difference"].as_f64().unwrap() < 1e-5, "{card}: {second}");
    }
    let late = json(&demo("collection-late").join("evidence.json"));
    assert!(late["model"]["second_solver"]["not_applicable"].is_string());
    assert_eq!(late["model"]["standard_errors"], "clustered");
}

#[test]
fn the_same_inputs_give_the_same_bytes_at_any_number_of_threads() {
    let other = tempfile::tempdir().unwrap();
    let out = other.path().join("again");
    let done = run(["demo", "--quiet", "--threads", "1", "--out", out.to_str().unwrap()]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    assert_eq!(done.stdout, "");
    let (first, second) = (files(&DEMO.path().join("demo")), files(&out));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{} differs", name.display());
    }
}

fn frame(path: &Path) -> DataFrame {
    ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap()
}

fn floats(frame: &DataFrame, name: &str) -> Vec<f64> {
    frame.column(name).unwrap().f64().unwrap().iter().map(|x| x.unwrap()).collect()
}

#[test]
fn scoring_the_training_table_gives_the_scores_that_training_reported() {
    let directory = tempfile::tempdir().unwrap();
    for card in CARDS {
        let data = match card {
            "german-application" => demo("data").join("germancredit.csv.gz"),
            _ => demo(card).join("tables/cases.parquet"),
        };
        let out = directory.path().join(format!("{card}.parquet"));
        let done = run([
            "score",
            demo(card).join("scorecard.json").to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ]);
        assert_eq!(done.status, 0, "{}", done.stderr);
        let (scores, reported) = (frame(&out), frame(&demo(card).join("tables/scores.parquet")));
        let id = reported.get_column_names()[0].to_string();
        let text = |frame: &DataFrame| -> Vec<String> {
            let ids = frame.column(&id).unwrap().cast(&DataType::String).unwrap();
            ids.str().unwrap().iter().map(|id| id.unwrap().to_owned()).collect()
        };
        let by_id: BTreeMap<String, (f64, f64)> =
            text(&scores).into_iter().zip(floats(&scores, "score").into_iter().zip(floats(&scores, "pd"))).collect();
        for (id, expected) in
            text(&reported).into_iter().zip(floats(&reported, "score").into_iter().zip(floats(&reported, "pd")))
        {
            assert_eq!(by_id[&id], expected, "{card}, case {id}");
        }
        for column in ["reason_1", "reason_2", "reason_3", "reason_4", "unforeseen"] {
            assert!(scores.column(column).is_ok(), "no {column}");
        }
    }
}

#[test]
fn a_file_with_another_separator_scores_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let mut cases = frame(&demo("collection-late").join("tables/cases.parquet")).head(Some(50));
    for (name, separator) in [("commas.csv", b','), ("semicolons.csv", b';')] {
        let file = std::fs::File::create(path(name)).unwrap();
        CsvWriter::new(file).with_separator(separator).finish(&mut cases).unwrap();
    }
    let card = demo("collection-late").join("scorecard.json").to_str().unwrap().to_owned();
    let (commas, semicolons) = (path("commas.csv"), path("semicolons.csv"));
    let (a, b) = (path("a.csv"), path("b.csv"));
    assert_eq!(run(["score", &card, "--data", &commas, "--out", &a]).status, 0);
    assert_eq!(run(["score", &card, "--data", &semicolons, "--out", &b]).status, 3);
    assert_eq!(run(["score", &card, "--data", &semicolons, "--separator", ";", "--out", &b]).status, 0);
    assert!(std::fs::read(a).unwrap() == std::fs::read(b).unwrap());
}

#[test]
fn validating_on_the_training_cases_finds_what_training_found() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("validation");
    let done = run([
        "validate",
        demo("german-application").join("scorecard.json").to_str().unwrap(),
        "--data",
        demo("data/germancredit.csv.gz").to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    let evidence = json(&out.join("evidence.json"));
    let sample = &evidence["samples"]["validation"];
    assert_eq!(sample["goods"], 700.0);
    assert_eq!(sample["bads"], 300.0);
    // The same measures for the score as a plain column, without the scorecard.
    let scores = directory.path().join("scores.csv");
    let reported = frame(&demo("german-application").join("tables/scores.parquet"));
    let mut text = String::from("score,pd,outcome\n");
    for ((score, pd), bad) in
        floats(&reported, "score").iter().zip(floats(&reported, "pd")).zip(floats(&reported, "bads"))
    {
        text.push_str(&format!("{score},{pd},{}\n", if bad > 0.0 { "lost" } else { "kept" }));
    }
    std::fs::write(&scores, text).unwrap();
    for column in [["--score-column", "score"], ["--pd-column", "pd"]] {
        let out = directory.path().join("plain");
        let scores = scores.to_str().unwrap();
        let base = [
            "validate",
            "--data",
            scores,
            "--outcome-column",
            "outcome",
            "--bad",
            "lost",
            "--out",
            out.to_str().unwrap(),
        ];
        let done = run(base.iter().chain(&column));
        assert_eq!(done.status, 0, "{}", done.stderr);
        let plain = json(&out.join("evidence.json"));
        for measure in ["auc", "gini"] {
            assert_eq!(plain["samples"]["validation"][measure], sample[measure], "{column:?}");
        }
        assert_eq!(plain["samples"]["validation"]["ks"]["value"], sample["ks"]["value"]);
    }
}

#[test]
fn a_failed_limit_is_exit_status_4_with_all_outputs_written() {
    let directory = tempfile::tempdir().unwrap();
    let card = std::fs::read_to_string(demo("cards/german-application.toml")).unwrap();
    std::fs::create_dir(directory.path().join("cards")).unwrap();
    std::fs::create_dir(directory.path().join("data")).unwrap();
    std::fs::copy(demo("data/germancredit.csv.gz"), directory.path().join("data/germancredit.csv.gz")).unwrap();
    let path = directory.path().join("cards/strict.toml");
    std::fs::write(&path, card.replace("min_auc = 0.65", "min_auc = 0.99")).unwrap();
    let out = directory.path().join("run");
    let done = run(["train", path.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(done.status, 4, "{}", done.stderr);
    assert!(done.stdout.contains("limits: 2 of 5 fail"), "{}", done.stdout);
    assert!(out.join("scorecard.json").is_file() && out.join("tables/bins.csv").is_file());
    // A run directory is replaced by the next run.
    std::fs::write(&path, &card).unwrap();
    let done = run(["train", path.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(done.status, 0, "{}", done.stderr);
}

#[test]
fn a_clients_rows_stay_in_one_sample() {
    let cases = frame(&demo("behavior").join("tables/cases.parquet"));
    let scores = frame(&demo("behavior").join("tables/scores.parquet"));
    let text = |frame: &DataFrame, name: &str| -> Vec<String> {
        frame.column(name).unwrap().str().unwrap().iter().map(|text| text.unwrap().to_owned()).collect()
    };
    let customer: BTreeMap<String, String> =
        text(&cases, "case_id").into_iter().zip(text(&cases, "customer_id")).collect();
    let mut sample_of: BTreeMap<&str, String> = BTreeMap::new();
    for (case, sample) in text(&scores, "case_id").into_iter().zip(text(&scores, "sample")) {
        let known = sample_of.entry(&customer[&case]).or_insert_with(|| sample.clone());
        assert_eq!(*known, sample, "customer {} is in two samples", customer[&case]);
    }
    let names: std::collections::BTreeSet<&str> = sample_of.values().map(String::as_str).collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["development", "holdout", "out_of_time"]);
}

#[test]
fn points_sum_to_the_score_and_the_runtime_agrees_on_a_case_by_hand() {
    let bytes = std::fs::read(demo("german-application").join("scorecard.json")).unwrap();
    let card = Scorecard::from_json(&bytes).unwrap();
    let document: Json = serde_json::from_slice(&bytes).unwrap();
    for row in document["verification"].as_array().unwrap() {
        let points: f64 = row["points"].as_object().unwrap().values().map(|p| p.as_f64().unwrap()).sum();
        assert_eq!(document["base_points"].as_f64().unwrap() + points, row["score"].as_f64().unwrap());
    }
    // By hand: the first bin of every feature, its points read from the file.
    let mut values = Vec::new();
    let mut by_hand = document["base_points"].as_f64().unwrap();
    let features = document["features"].as_array().unwrap();
    for feature in features {
        let bin = &feature["bins"][0];
        by_hand += bin["points"].as_f64().unwrap();
        values.push(match feature["type"].as_str().unwrap() {
            "numeric" => Value::Number(bin["upper"].as_f64().unwrap() - 1e-6),
            _ => Value::Category(bin["categories"][0].as_str().unwrap()),
        });
    }
    let scored = card.score(&values).unwrap();
    assert_eq!(scored.score.0, by_hand);
    let scaling = &document["scaling"];
    let eta = (by_hand - scaling["offset"].as_f64().unwrap()) / scaling["factor"].as_f64().unwrap();
    assert!((scored.pd.0 - 1.0 / (1.0 + eta.exp())).abs() < 1e-15);
}

#[test]
fn the_export_is_the_artifact() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("card.json");
    let card = demo("behavior").join("scorecard.json");
    let done = run(["export", card.to_str().unwrap(), "--format", "json", "--out", out.to_str().unwrap()]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    assert_eq!(std::fs::read(out).unwrap(), std::fs::read(card).unwrap());
}

#[test]
fn the_report_needs_nothing_from_outside_and_escapes_what_it_shows() {
    for card in CARDS {
        let page = std::fs::read_to_string(demo(card).join("report.html")).unwrap();
        assert!(page.matches("<svg ").count() >= 5, "{card}: charts are missing");
        for outside in ["src=", "@import", "url(", "<script", "<link", "https://"] {
            assert!(!page.contains(outside), "{card}: the report has {outside}");
        }
    }
    let page = std::fs::read_to_string(demo("german-application").join("report.html")).unwrap();
    assert!(page.contains("... &lt; 0 DM"), "labels are not escaped");
}

#[test]
fn a_new_project_trains_as_it_stands() {
    let directory = tempfile::tempdir().unwrap();
    let project = directory.path().join("my-lender");
    let done = run(["new", project.to_str().unwrap()]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    let card = project.join("cards/collection-early.toml");
    let done = run(["train", card.to_str().unwrap(), "--out", project.join("runs/early").to_str().unwrap()]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    // Trained from another place, the same artifact as in the demo: no path outside the project in it.
    let [a, b] = [project.join("runs/early"), demo("collection-early")]
        .map(|run| std::fs::read(run.join("scorecard.json")).unwrap());
    assert!(a == b);
    assert_eq!(run(["new", project.to_str().unwrap()]).status, 3);
}

#[test]
fn every_command_has_an_example_in_its_help() {
    for command in ["demo", "new", "train", "score", "validate", "export"] {
        let done = run([command, "--help"]);
        assert_eq!(done.status, 0);
        assert!(done.stdout.contains("Example") && done.stdout.contains("scorewright "), "{command}");
    }
    assert_eq!(run(["no-such-command"]).status, 2);
    assert_eq!(run(["train"]).status, 2);
}
