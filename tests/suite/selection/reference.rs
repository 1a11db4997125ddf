//! Steps and subsets against fits of statsmodels (tests/reference/make_selection.py).

use scorewright::config::CardSpec;
use scorewright::pipeline::{TrainedCard, train};
use scorewright::progress::Silent;
use scorewright::selection::{PathStep, StepKind};
use serde_json::Value;

use crate::program::write;

fn expected() -> Value {
    let path = format!("{}/tests/reference/selection.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A run on all rows with the bins of the reference, among `features` only, by keys of `[selection]`.
fn run(data: &str, columns: &Value, features: &[&str], selection: &str, sign_constraint: bool) -> TrainedCard {
    let directory = tempfile::tempdir().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let table = match data {
        "german" => format!("{root}/notebooks-data/germancredit.csv.gz"),
        _ => format!("{root}/tests/reference/selection.csv"),
    };
    let mut card = format!(
        "[card]\nname = \"reference\"\nkind = \"application\"\n[table]\npath = {table:?}\n[outcome]\ncolumn = \"creditability\"\nbad = [\"bad\"]\n[sample]\nholdout = 0\n[selection]\nmin_iv = 0\nmax_correlation = 1\nmax_vif = inf\nleaks = \"warn\"\n{selection}\n[fit]\nsign_constraint = {sign_constraint}\n[features]\ninclude = {features:?}\n"
    );
    for name in features {
        // TOML's arrays and basic strings are those of JSON here.
        for (key, value) in columns[name].as_object().unwrap() {
            card.push_str(&format!("[features.columns.{name}]\n{key} = {value}\n"));
        }
    }
    let path = write(directory.path(), "card.toml", &card);
    train(CardSpec::read(&path).unwrap(), &Silent).unwrap()
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

fn model(run: &TrainedCard) -> Vec<String> {
    let mut names: Vec<String> = run.scorecard.features().iter().map(|feature| feature.name.clone()).collect();
    names.sort();
    names
}

#[track_caller]
fn near(actual: f64, expected: f64, what: &str) {
    assert!((actual - expected).abs() < 1e-6, "{what}: {actual} is not {expected}");
}

#[test]
fn steps_are_those_of_statsmodels() {
    let reference = expected();
    for data in ["german", "made_up"] {
        let of = &reference[data];
        let features: Vec<&str> = of["columns"].as_object().unwrap().keys().map(String::as_str).collect();
        for (criterion, keys) in [
            ("aic", "stepwise = \"aic\""),
            ("bic", "stepwise = \"bic\""),
            ("p_value", "stepwise = \"p_value\""),
            ("p_value_loose", "stepwise = \"p_value\"\np_enter = 0.15\np_stay = 0.2"),
        ] {
            for direction in ["forward", "backward", "both"] {
                let what = format!("{data}, {criterion}, {direction}");
                let expected = &of["steps"][criterion][direction];
                let run = run(data, &of["columns"], &features, &format!("{keys}\ndirection = {direction:?}"), false);
                let moved = |step: &&PathStep| matches!(step.kind, StepKind::Enter | StepKind::Leave);
                let taken: Vec<&PathStep> = run.selection.path.iter().filter(moved).collect();
                let steps = expected["path"].as_array().unwrap();
                assert_eq!(taken.len(), steps.len(), "{what}");
                for (taken, step) in taken.iter().zip(steps) {
                    let kind = if taken.kind == StepKind::Enter { "enter" } else { "leave" };
                    assert_eq!(
                        (kind, taken.feature.as_deref()),
                        (step[0].as_str().unwrap(), step[1].as_str()),
                        "{what}"
                    );
                    near(taken.log_likelihood, step[2].as_f64().unwrap(), &what);
                }
                assert_eq!(model(&run), names(&expected["model"]), "{what}");
            }
            // Where every candidate is fitted, as step() of R does, the outcome is the same on these data.
            if let Some(exact) = of["exact"].get(criterion) {
                assert_eq!(exact["model"], of["steps"][criterion]["both"]["model"]);
            }
        }
    }
}

#[test]
fn the_best_subset_of_every_size_is_that_of_all() {
    let reference = expected();
    for data in ["german", "made_up"] {
        let of = &reference[data];
        let among = names(&of["subsets"]["among"]);
        for criterion in ["aic", "bic"] {
            for (rule, sign_constraint) in [("any", false), ("positive", true)] {
                let what = format!("{data}, {criterion}, {rule}");
                let expected = &of["subsets"][criterion][rule];
                let keys = format!("stepwise = {criterion:?}\nsearch = \"best_subset\"");
                let run = run(data, &of["columns"], &among, &keys, sign_constraint);
                assert_eq!(model(&run), names(&expected["model"]), "{what}");
                let sizes = expected["by_size"].as_array().unwrap();
                let mut found = run.selection.path.iter();
                for (size, expected) in sizes.iter().enumerate() {
                    let Some(expected) = expected.as_f64() else { continue };
                    let step = found.next().unwrap();
                    assert_eq!(step.features, size, "{what}");
                    near(step.log_likelihood, expected, &what);
                }
                assert!(found.next().is_none(), "{what}");
            }
        }
    }
}

#[test]
fn the_best_subset_finds_what_steps_miss() {
    let reference = expected();
    let of = &reference["made_up"];
    let best = of["subsets"]["bic"]["any"]["log_likelihood"].as_f64().unwrap();
    let steps = of["steps"]["bic"]["both"]["log_likelihood"].as_f64().unwrap();
    assert!(best > steps + 1.0);
}
