//! Scorecard documents that are damaged, and data that does not fit a scorecard.

use serde_json::{Value, json};

use crate::support::{Cases, Folder, scorecard, table};

/// Scores the usual table with a document that must be refused.
fn refused(document: &str, words: &[&str]) {
    let folder = Folder::new();
    folder.write("card.json", document);
    folder.write("cases.csv", table());
    let run = folder.run(&["score", "card.json", "--data", "cases.csv", "--out", "out.csv"]);
    run.fails(3, words);
    run.fails(3, &["card.json", "what to do"]);
    assert!(!folder.path("out.csv").exists());
    folder.has_no_leftovers();
}

/// The document with a change in it.
fn changed(change: impl Fn(&mut Value)) -> String {
    let mut document = scorecard();
    change(&mut document);
    document.to_string()
}

/// The bins of the document's first numeric feature.
fn numeric_bins(document: &mut Value) -> (String, &mut Vec<Value>) {
    let features = document["features"].as_array_mut().unwrap();
    let feature = features.iter_mut().find(|feature| feature["type"] == "numeric").unwrap();
    (feature["name"].as_str().unwrap().to_owned(), feature["bins"].as_array_mut().unwrap())
}

#[test]
fn documents_that_are_not_scorecards() {
    refused("", &["not a scorecard document"]);
    refused("score = 600", &["not a scorecard document"]);
    refused("{}", &["not a scorecard document"]);
    let text = scorecard().to_string();
    refused(&text[..text.len() / 2], &["not a scorecard document"]);
    refused(&changed(|document| document["colour"] = json!("red")), &["not a scorecard document", "colour"]);
    refused(&changed(|document| document["intercept"] = json!("1.5")), &["not a scorecard document"]);
}

#[test]
fn another_format_or_version() {
    refused(&changed(|document| document["format_version"] = json!(3)), &["version 3", "reads", "version 1 to 2"]);
    refused(
        &changed(|document| document["format"] = json!("other.card")),
        &["\"other.card\"", "scorewright.scorecard"],
    );
    // A later version has fields that this program does not know: its version is what a person must hear of.
    let later = changed(|document| {
        document["format_version"] = json!(3);
        document["calibration"] = json!({});
    });
    refused(&later, &["version 3", "version 1 to 2"]);
}

#[test]
fn a_changed_point_value() {
    let points = changed(|document| {
        let points = &mut document["features"][0]["bins"][0]["points"];
        *points = json!(points.as_f64().unwrap() + 5.0);
    });
    let name = scorecard()["features"][0]["name"].as_str().unwrap().to_owned();
    refused(&points, &[&name, "points"]);
    let base = changed(|document| document["base_points"] = json!(document["base_points"].as_f64().unwrap() + 1.0));
    refused(&base, &["base"]);
}

#[test]
fn bins_that_overlap_or_leave_a_gap() {
    for shift in [-1.0, 1.0] {
        let mut name = String::new();
        let mut document = scorecard();
        let (feature, bins) = numeric_bins(&mut document);
        feature.clone_into(&mut name);
        bins[1]["lower"] = json!(bins[1]["lower"].as_f64().unwrap() + shift);
        refused(&document.to_string(), &[&name, "bin"]);
    }
    let mut document = scorecard();
    let (name, bins) = numeric_bins(&mut document);
    bins.remove(1);
    refused(&document.to_string(), &[&name, "bin"]);
}

#[test]
fn a_category_in_two_bins() {
    let mut document = scorecard();
    let features = document["features"].as_array_mut().unwrap();
    let region = features.iter_mut().find(|feature| feature["name"] == "region").unwrap();
    let taken = region["bins"][0]["categories"][0].clone();
    region["bins"][1]["categories"].as_array_mut().unwrap().push(taken.clone());
    refused(&document.to_string(), &["region", taken.as_str().unwrap()]);
}

#[test]
fn a_changed_verification_row() {
    let score = changed(|document| {
        let score = &mut document["verification"][2]["score"];
        *score = json!(score.as_f64().unwrap() + 1.0);
    });
    refused(&score, &["verification row 3", "score", "changed or damaged"]);
    refused(&changed(|document| document["verification"][0]["pd"] = json!(0.5)), &["verification row 1", "PD"]);
    refused(&changed(|document| document["verification"] = json!([])), &["no verification rows"]);
}

/// Scores data that must be refused with the usual scorecard.
fn refused_data(csv: &str, words: &[&str]) {
    let folder = Folder::new();
    folder.write("card.json", scorecard().to_string());
    folder.write("new.csv", csv);
    for out in ["out.csv", "out.parquet"] {
        let run = folder.run(&["score", "card.json", "--data", "new.csv", "--out", out]);
        run.fails(3, words);
        run.fails(3, &["new.csv"]);
        assert!(!folder.path(out).exists());
        folder.has_no_leftovers();
    }
}

#[test]
fn data_without_a_feature() {
    refused_data(&table().replacen("income", "incomes", 1), &["no column \"income\"", "did you mean \"incomes\"?"]);
}

#[test]
fn text_in_a_numeric_feature() {
    let mut cases = Cases::new(50);
    cases.set(31, "income", "much");
    refused_data(&cases.csv(), &["\"much\" is not a number", "data row 31", "\"income\""]);
}

#[test]
fn advice_on_data_to_score_fits_the_command() {
    // A file to score has no card in which a type, a separator or null values could be set.
    let mut cases = Cases::new(50);
    cases.set(31, "income", "much");
    let folder = Folder::new();
    folder.write("card.json", scorecard().to_string());
    folder.write("new.csv", cases.csv());
    let run = folder.run(&["score", "card.json", "--data", "new.csv", "--out", "out.csv"]);
    run.fails(3, &["what to do"]);
    assert!(!run.stderr.contains("type = \"categorical\""), "{}", run.stderr);
}

#[test]
fn data_that_is_not_there_or_empty() {
    let folder = Folder::new();
    folder.write("card.json", scorecard().to_string());
    let run = folder.run(&["score", "card.json", "--data", "none.csv", "--out", "out.csv"]);
    run.fails(3, &["cannot read the file", "none.csv"]);
    refused_data("", &["the file is empty"]);
    refused_data("age,income,region\n", &["a header but no rows"]);
}

#[test]
fn an_output_that_is_neither_csv_nor_parquet() {
    let folder = Folder::new();
    folder.write("card.json", scorecard().to_string());
    folder.write("new.csv", table());
    let run = folder.run(&["score", "card.json", "--data", "new.csv", "--out", "scores.xlsx"]);
    run.fails(2, &["scores.xlsx", ".csv or .parquet"]);
    assert!(!folder.path("scores.xlsx").exists());
    folder.has_no_leftovers();
}
