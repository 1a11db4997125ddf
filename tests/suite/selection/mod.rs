//! Selection: the rules one by one, the search and its path, limits, and what is refused.

mod limits;
mod ratio_leaks;
mod reference;
mod refusals;
mod rules;
mod search;
mod subsets;

use serde_json::Value;

use crate::support::{Cases, Folder, card};

/// The usual table with further features: a copy of income with noise, and two of no use.
fn cases() -> Cases {
    let mut cases = Cases::new(600);
    let noise = crate::support::noise;
    cases.add("salary", |row| {
        format!("{}", 1000.0 + (noise(row, 2) * 4000.0).floor() + (noise(row, 71) * 900.0).floor())
    });
    cases.add("shoe", |row| format!("{}", 36.0 + (noise(row, 72) * 10.0).floor()));
    cases.add("house", |row| format!("{}", 1.0 + (noise(row, 73) * 90.0).floor()));
    cases
}

const FEATURES: &str =
    "[features]\ninclude = [\"age\", \"income\", \"region\", \"salary\", \"shoe\", \"house\"]\n[sample]\nholdout = 0\n";

/// A run on a table with keys of `[selection]`, all cases in development.
fn selected(table: &Cases, selection: &str) -> Folder {
    trained(&table.csv(), &format!("{FEATURES}[selection]\n{selection}\n"))
}

/// A run on a table.
fn trained(table: &str, rest: &str) -> Folder {
    let folder = Folder::with(table, &card(rest));
    folder.train().succeeds();
    folder
}

/// Step and reason of a feature.
#[track_caller]
fn decided(folder: &Folder, feature: &str) -> (String, String) {
    let decision = folder.decision(feature);
    let text = |key: &str| decision[key].as_str().unwrap().to_owned();
    (text("step"), text("reason"))
}

#[track_caller]
fn goes(folder: &Folder, feature: &str, step: &str, words: &str) {
    let (decided, reason) = decided(folder, feature);
    assert_eq!(decided, step, "{feature}: {reason}");
    assert!(reason.contains(words), "{feature}: {words:?} is missing from {reason:?}");
    assert_eq!(folder.decision(feature)["selected"], step == "selected" || step == "keep");
}

/// The features of the model, sorted.
fn model(folder: &Folder) -> Vec<String> {
    let document = folder.json("out/scorecard.json");
    let features = document["features"].as_array().unwrap();
    let mut names: Vec<String> = features.iter().map(|f| f["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn path(folder: &Folder) -> Vec<Value> {
    folder.json("out/evidence.json")["selection_path"].as_array().unwrap().clone()
}

fn warnings(folder: &Folder) -> Vec<String> {
    let evidence = folder.json("out/evidence.json");
    evidence["warnings"].as_array().unwrap().iter().map(|w| w.as_str().unwrap().to_owned()).collect()
}
