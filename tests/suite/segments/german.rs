//! The whole way on German credit: training, the run's files, scoring, validation, review of bins, the difference of runs.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

use scorewright_runtime::{Scorecard, Value};
use serde_json::Value as Json;

use crate::support::{Folder, OUT};

/// German credit, one segment by telephone and one without.
static TABLE: LazyLock<String> = LazyLock::new(|| {
    let packed = include_bytes!("../../../notebooks-data/germancredit.csv.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    text
});

const CARD: &str = r#"
[card]
name = "german"
kind = "application"
[table]
path = "cases.csv"
[outcome]
column = "creditability"
bad = ["bad"]
[features]
exclude = ["personal_status_and_sex", "foreign_worker", "telephone"]
[features.columns.age_in_years]
description = "Age"
[sample]
seed = 7
[segments]
column = "telephone"
groups = { with = ["yes, registered under the customers name"], without = ["none"] }
"#;

/// A folder in which the card was trained.
static TRAINED: LazyLock<Folder> = LazyLock::new(|| {
    let folder = Folder::with(&TABLE, CARD);
    folder.train().succeeds();
    folder
});

fn features(document: &Json) -> Vec<&Json> {
    document["features"].as_array().unwrap().iter().collect()
}

/// A row of a csv file by column; the file has no quotes but around whole fields.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn one_artifact_holds_every_segment() {
    let document = TRAINED.json("out/scorecard.json");
    let segments = document["segments"]["segments"].as_array().unwrap();
    let names: Vec<&str> = segments.iter().map(|segment| segment["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["with", "without"]);
    assert_eq!(document["segments"]["input"], "telephone");
    assert_eq!((document["intercept"].as_f64(), document["base_points"].as_f64()), (Some(0.0), Some(0.0)));
    for name in names {
        let own: Vec<&Json> = features(&document).into_iter().filter(|one| one["segment"] == name).collect();
        assert!(!own.is_empty());
        for feature in own {
            let input = feature["input"].as_str().unwrap();
            assert_eq!(feature["name"], format!("{name}/{input}"));
            // A feature's bins count the development cases of its segment, and nobody else.
            let count = |what: &str| -> f64 {
                feature["bins"].as_array().unwrap().iter().map(|bin| bin[what].as_f64().unwrap()).sum()
            };
            let segment = segments.iter().find(|segment| segment["name"] == name).unwrap();
            for what in ["cases", "goods", "bads"] {
                assert_eq!(count(what), segment[what].as_f64().unwrap(), "{feature}");
            }
        }
    }
    let total: f64 = segments.iter().map(|segment| segment["cases"].as_f64().unwrap()).sum();
    assert_eq!(total, document["samples"]["development"]["cases"].as_f64().unwrap());
    // The exported document is the artifact.
    TRAINED.run(&["export", "out/scorecard.json", "--format", "json", "--out", "exported.json"]).succeeds();
    assert_eq!(TRAINED.read("exported.json"), TRAINED.read("out/scorecard.json"));
}

#[test]
fn evidence_and_report_speak_of_every_segment() {
    let evidence = TRAINED.json("out/evidence.json");
    assert!(evidence["model"].is_null());
    let segments = evidence["segments"]["segments"].as_array().unwrap();
    for sample in ["development", "holdout"] {
        let sum =
            |what: &str| -> f64 { segments.iter().map(|one| one["samples"][sample][what].as_f64().unwrap()).sum() };
        for what in ["cases", "goods", "bads"] {
            assert_eq!(sum(what), evidence["samples"][sample][what].as_f64().unwrap());
        }
    }
    for segment in segments {
        let coefficients = segment["model"]["coefficients"].as_array().unwrap();
        assert_eq!(coefficients[0]["name"], "intercept");
        assert_eq!(coefficients.len(), segment["features"].as_array().unwrap().len() + 1);
        assert!(coefficients.iter().all(|one| one["std_error"].as_f64().unwrap() > 0.0));
        // The maximum of the likelihood, with an intercept, meets the bad rate; rounding of points moves it little.
        let development = &segment["samples"]["development"];
        let (seen, meant) = (&development["bad_rate"]["value"], &development["expected_bad_rate"]);
        assert!((seen.as_f64().unwrap() - meant.as_f64().unwrap()).abs() < 0.01, "{development}");
        for name in segment["features"].as_array().unwrap() {
            let figures = &evidence["features"][name.as_str().unwrap()];
            assert_eq!(figures["selected"], true);
            assert!(figures["iv"]["holdout"].as_f64().is_some() && figures["psi"]["holdout"].as_f64().is_some());
        }
    }
    let decisions = evidence["selection"].as_array().unwrap();
    for name in ["with/age_in_years", "without/age_in_years"] {
        assert_eq!(decisions.iter().filter(|one| one["feature"] == name).count(), 1, "{name}");
    }
    let compared = &evidence["segments"]["comparison"];
    let holdout = &compared["samples"]["holdout"];
    let with = evidence["samples"]["holdout"]["auc"]["value"].as_f64().unwrap();
    assert_eq!(holdout["all"]["auc"].as_f64().unwrap(), with);
    let difference = with - holdout["all"]["single_auc"].as_f64().unwrap();
    assert_eq!(holdout["all"]["auc_difference"]["value"].as_f64().unwrap(), difference);
    assert!(holdout["segments"]["with"]["cases"].as_u64().unwrap() > 50);
    assert!(compared["samples"].get("development").is_none());
    let page = TRAINED.read("out/report.html");
    for words in ["id=\"segments\"", "Do segments pay?", "every case of with", "every case of without", "with: "] {
        assert!(page.contains(words), "{words}");
    }
    for (table, columns) in [
        ("segments", ["segment", "auc_low", "expected_bad_rate"]),
        ("segments_comparison", ["segment", "single_card_auc", "log_likelihood_difference_p_value"]),
        ("coefficients", ["segment", "name", "std_error"]),
    ] {
        let table = TRAINED.read(&format!("out/tables/{table}.csv"));
        let header: Vec<&str> = table.lines().next().unwrap().split(',').collect();
        assert!(columns.iter().all(|column| header.contains(column)), "{header:?}");
    }
    let warned =
        |word: &str| evidence["warnings"].as_array().unwrap().iter().any(|one| one.as_str().unwrap().contains(word));
    assert!(warned("the segment \"with\" has") && warned("min_bads"));
}

/// The program's scores are those of the runtime, one case at a time, from the card's own text.
#[test]
fn scores_of_files_and_of_single_cases_are_the_same() {
    let run = TRAINED.run(&["score", "out/scorecard.json", "--data", "cases.csv", "--out", "scores.csv"]);
    run.succeeds();
    let card = Scorecard::from_json(TRAINED.read("out/scorecard.json").as_bytes()).unwrap();
    let (cases, scores) = (rows(&TABLE), rows(&TRAINED.read("scores.csv")));
    assert_eq!(cases.len(), scores.len());
    for (case, scored) in cases.iter().zip(&scores) {
        let values: Vec<Value<'_>> = card
            .inputs()
            .iter()
            .map(|input| match input.kind {
                scorewright_runtime::artifact::FeatureKind::Numeric => {
                    Value::Number(case[&input.name].parse().unwrap())
                }
                _ => Value::Category(&case[&input.name]),
            })
            .collect();
        let one = card.score(&values).unwrap();
        assert_eq!(one.score.0, scored["score"].parse::<f64>().unwrap());
        assert_eq!(one.pd.0, scored["pd"].parse::<f64>().unwrap());
        assert_eq!(scored["segment"], if case["telephone"] == "none" { "without" } else { "with" });
        let features: Vec<&str> = card
            .features()
            .iter()
            .filter(|one| one.segment.as_deref() == Some(scored["segment"].as_str()))
            .flat_map(|one| one.bins.iter().map(|bin| bin.reason.as_str()))
            .collect();
        assert!(scored["reason_1"].is_empty() || features.contains(&scored["reason_1"].as_str()));
    }
}

#[test]
fn a_value_of_no_segment_is_refused_or_goes_where_the_card_says() {
    let changed = TABLE.replacen(",none,yes,", ",by post,yes,", 1);
    assert_ne!(changed, *TABLE);
    let row = changed.lines().position(|line| line.contains(",by post,yes,")).unwrap();
    let folder = Folder::with(&changed, CARD);
    folder.write("scorecard.json", TRAINED.read("out/scorecard.json"));
    let score = ["score", "scorecard.json", "--data", "cases.csv", "--out", OUT];
    let (as_file, place) =
        (["score", "scorecard.json", "--data", "cases.csv", "--out", "scores.csv"], format!("data row {row}"));
    folder.run(&score).fails(2, &[".csv"]);
    let words = ["\"telephone\"", "by post belongs to no segment", place.as_str(), "otherwise"];
    folder.run(&as_file).fails(3, &words);
    folder.run(&["validate", "scorecard.json", "--data", "cases.csv", "--out", OUT]).fails(3, &words);
    folder.is_untouched();

    let with = Folder::with(&TABLE, &format!("{CARD}otherwise = \"with\"\n"));
    with.train().succeeds();
    with.write("new.csv", &changed);
    with.run(&["score", "out/scorecard.json", "--data", "new.csv", "--out", "scores.csv"]).succeeds();
    let scored = &rows(&with.read("scores.csv"))[row - 1];
    assert_eq!((scored["segment"].as_str(), scored["unforeseen"].as_str()), ("with", "1"));
    with.run(&["validate", "out/scorecard.json", "--data", "new.csv", "--out", "validated"]).succeeds();
    let (trained, validated) = (with.json("out/evidence.json"), with.json("validated/evidence.json"));
    let all = validated["segments"]["segments"].as_array().unwrap();
    let cases: u64 = all.iter().map(|one| one["samples"]["validation"]["cases"].as_u64().unwrap()).sum();
    assert_eq!(cases, 1000);
    assert_eq!(validated["samples"]["validation"]["unforeseen_cases"], 1);
    assert!(validated["model"].is_null() && validated["segments"]["comparison"].is_null());
    assert_eq!(
        all[0]["model"]["coefficients"][0]["estimate"],
        trained["segments"]["segments"][0]["model"]["coefficients"][0]["estimate"]
    );
    // A feature counts on its own cases only.
    let bins = rows(&with.read("validated/tables/bins.csv"));
    let (mut counted, name) = (0.0, all[0]["features"][0].as_str().unwrap());
    for bin in bins.iter().filter(|bin| bin["feature"] == name) {
        counted += bin["cases"].parse::<f64>().unwrap();
    }
    assert_eq!(counted, all[0]["samples"]["validation"]["cases"].as_f64().unwrap());
    assert!(with.read("validated/report.html").contains("id=\"segments\""));
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let folder = Folder::with(&TABLE, CARD);
    for (threads, out) in [("1", "one"), ("4", "four")] {
        folder.run(&["train", "card.toml", "--out", out, "--threads", threads]).succeeds();
        folder
            .run(&[
                "segments",
                "card.toml",
                "--min-bads",
                "20",
                "--out",
                &format!("{out}-proposed"),
                "--threads",
                threads,
            ])
            .succeeds();
    }
    for file in ["scorecard.json", "evidence.json", "report.html", "tables/bins.csv"] {
        assert_eq!(folder.read(&format!("one/{file}")), folder.read(&format!("four/{file}")), "{file}");
        assert_eq!(folder.read(&format!("one/{file}")), TRAINED.read(&format!("out/{file}")), "{file}");
    }
    for file in ["segments.json", "report.html", "tables/splits.csv"] {
        assert_eq!(
            folder.read(&format!("one-proposed/{file}")),
            folder.read(&format!("four-proposed/{file}")),
            "{file}"
        );
    }
}

#[test]
fn bins_are_shown_by_segment_and_runs_are_compared_by_it() {
    let folder = Folder::with(&TABLE, CARD);
    let list = folder.run(&["bins", "card.toml", "--json"]);
    list.succeeds();
    for name in ["with/age_in_years", "without/age_in_years"] {
        assert!(list.stdout.contains(name), "{name}");
    }
    let one = folder.run(&["bins", "card.toml", "--feature", "with/duration_in_month", "--json", "--out", "bins.svg"]);
    one.succeeds();
    let bins: Json = serde_json::from_str(&one.stdout).unwrap();
    let trained = TRAINED.json("out/evidence.json");
    let iv = trained["features"]["with/duration_in_month"]["iv"]["development"].as_f64().unwrap();
    assert!((bins["feature"]["information_value"].as_f64().unwrap() - iv).abs() < 1e-12);
    folder
        .run(&["bins", "card.toml", "--feature", "with/durations_in_month"])
        .fails(3, &["did you mean \"with/duration_in_month\""]);
    let edit =
        ["bins", "card.toml", "--feature", "with/duration_in_month", "--split", "20", "--by", "A", "--because", "B"];
    folder.run(&edit).fails(3, &["the bins of a card with segments cannot be edited"]);
    assert_eq!(folder.names(), ["bins.svg", "card.toml", "cases.csv"]);

    folder.write("other.toml", CARD.replace("seed = 7", "seed = 8"));
    folder.write("out/scorecard.json", TRAINED.read("out/scorecard.json"));
    folder.write("out/tables/bins.csv", TRAINED.read("out/tables/bins.csv"));
    folder.run(&["train", "other.toml", "--out", "other"]).succeeds();
    let diff = folder.run(&["bins", "diff", "out", "other"]);
    diff.succeeds();
    assert!(diff.stdout.contains("with/"), "{}", diff.stdout);
}

/// Data may hold nobody of a segment: its features have nothing to say there, and no limit fails for want of them.
#[test]
fn a_segment_that_the_data_lack_is_left_out() {
    let folder = Folder::with(&TABLE, &format!("{CARD}[limits]\nmax_feature_psi = 9\nmin_auc = 0.1\n"));
    folder.train().succeeds();
    let some: Vec<&str> = TABLE
        .lines()
        .enumerate()
        .filter(|(row, line)| *row == 0 || line.contains(",none,yes,"))
        .map(|(_, line)| line)
        .collect();
    folder.write("some.csv", some.join("\n"));
    let run = folder.run(&["validate", "out/scorecard.json", "--data", "some.csv", "--out", "validated"]);
    assert_eq!(run.status.code(), Some(0), "{}{}", run.stdout, run.stderr);
    let evidence = folder.json("validated/evidence.json");
    let segments = evidence["segments"]["segments"].as_array().unwrap();
    assert_eq!(segments[0]["samples"].as_object().unwrap().len(), 0);
    assert_eq!(segments[1]["samples"]["validation"]["cases"].as_u64().unwrap(), some.len() as u64 - 1);
    let limits = evidence["limits"].as_array().unwrap();
    assert!(limits.iter().any(|one| one["name"].as_str().unwrap().starts_with("max_feature_psi (without/")));
    assert!(!limits.iter().any(|one| one["name"].as_str().unwrap().contains("(with/")));
    assert!(!folder.read("validated/report.html").contains("NaN"));
    assert!(!folder.read("validated/tables/bins.csv").contains("NaN"));
}
