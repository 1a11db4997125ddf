//! The search: its path, signs, and that it is the same every time.

use serde_json::Value;

use super::{FEATURES, cases, decided, goes, model, path, selected, trained, warnings};
use crate::support::noise;

const SEARCHES: [&str; 7] = [
    "stepwise = \"none\"",
    "stepwise = \"aic\"",
    "stepwise = \"bic\"\ndirection = \"forward\"",
    "stepwise = \"p_value\"\np_enter = 0.1\np_stay = 0.2",
    "stepwise = \"aic\"\ndirection = \"backward\"",
    "stepwise = \"p_value\"\ndirection = \"backward\"",
    "search = \"best_subset\"",
];

#[test]
fn every_search_leaves_a_path_that_leads_to_its_model() {
    let penalty = |criterion: &str| match criterion {
        "AIC" => 2.0,
        "BIC" => 600_f64.ln(),
        _ => 0.0,
    };
    for search in SEARCHES {
        let folder = selected(&cases(), &format!("min_iv = 0\n{search}"));
        let steps = path(&folder);
        let evidence = folder.json("out/evidence.json");
        let number = |step: &Value, key: &str| step[key].as_f64().unwrap_or_else(|| panic!("{key} of {step}"));
        for (place, step) in steps.iter().enumerate() {
            assert_eq!(step["step"], place);
            let features = step["model"].as_array().unwrap().len();
            assert_eq!(step["features"], features);
            // The figure is -2 log likelihood with its penalty.
            let expected = -2.0 * number(step, "log_likelihood")
                + penalty(step["criterion"].as_str().unwrap()) * (features as f64 + 1.0);
            assert!((number(step, "after") - expected).abs() < 1e-9, "{search}: {step}");
            match step["kind"].as_str().unwrap() {
                "start" | "subset" => assert!(step["before"].is_null()),
                kind => {
                    assert_eq!(step["before"], steps[place - 1]["after"], "{search}: {step}");
                    let is_in = |step: &Value| step["model"].as_array().unwrap().contains(&steps[place]["feature"]);
                    if kind != "stop" {
                        assert_eq!(is_in(step), kind == "enter", "{step}");
                        assert_eq!(is_in(&steps[place - 1]), kind == "leave", "{step}");
                        assert!(step["p_value"].is_number());
                    }
                }
            }
        }
        // The last model, or the best of the subsets, is the card's.
        let best = steps.iter().min_by(|a, b| number(a, "after").total_cmp(&number(b, "after"))).unwrap();
        let last = if search.contains("best_subset") { best } else { steps.last().unwrap() };
        let mut names: Vec<&str> = last["model"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
        names.sort();
        assert_eq!(names, model(&folder), "{search}");
        assert!((number(last, "log_likelihood") - number(&evidence["model"], "log_likelihood")).abs() < 1e-6);
        // The table and the report have it, too.
        let table = folder.read("out/tables/selection_path.csv");
        assert_eq!(table.lines().count(), steps.len() + 1);
        assert!(table.starts_with("step,kind,feature,reason,criterion,before,after,"));
        let report = folder.read("out/report.html");
        assert!(report.contains("The path of the search"), "{search}");
        // A picture, where there is a difference to see.
        let models = || steps.iter().filter(|step| step["kind"] != "stop").map(|step| number(step, "after"));
        let is_flat = models().fold(f64::INFINITY, f64::min) == models().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(report.contains(" of the model by "), !is_flat, "{search}: a picture");
        // A reason a feature.
        for decision in evidence["selection"].as_array().unwrap() {
            assert!(decision["reason"].as_str().unwrap().len() > 10, "{decision}");
        }
    }
}

#[test]
fn the_next_best_and_the_last_refused_are_told() {
    let folder = selected(&cases(), "min_iv = 0");
    let steps = path(&folder);
    let entered: Vec<&Value> = steps.iter().filter(|step| step["kind"] == "enter").collect();
    for step in &entered {
        assert!(step["alternative"].is_string() && step["alternative"] != step["feature"], "{step}");
        // To first order: the one that was taken promised more.
        assert!(step["reason"].as_str().unwrap().ends_with(", the largest"), "{step}");
    }
    let stop = steps.last().unwrap();
    assert_eq!(stop["kind"], "stop");
    assert!(stop["alternative_after"].as_f64().unwrap() > stop["after"].as_f64().unwrap(), "{stop}");
    let refused = stop["alternative"].as_str().unwrap();
    goes(&folder, refused, "stepwise", "does not improve the model: BIC would change by about +");
    let first = entered[0];
    let words = format!(
        "entered in step 1: BIC {:.2} to {:.2}",
        first["before"].as_f64().unwrap(),
        first["after"].as_f64().unwrap()
    );
    goes(&folder, first["feature"].as_str().unwrap(), "selected", &words);
}

#[test]
fn no_coefficient_is_below_zero() {
    let mut table = cases();
    let bads = table.bads();
    // Alone it goes with safety; beside income it takes back what income says too much of.
    table.add("house", |row| {
        let income = noise(row, 2) * 4.0;
        format!("{}", (income + noise(row, 75) * 2.0 + if bads[row] { 0.55 } else { 0.0 }).floor())
    });
    for search in SEARCHES {
        let rest = format!("drop = [\"salary\"]\nmax_correlation = 1\nmin_iv = 0\n{search}");
        let folder = selected(&table, &rest);
        let evidence = folder.json("out/evidence.json");
        for coefficient in &evidence["model"]["coefficients"].as_array().unwrap()[1..] {
            assert!(coefficient["estimate"].as_f64().unwrap() > 0.0, "{search}: {coefficient}");
        }
        let (step, reason) = decided(&folder, "house");
        assert!(["sign", "stepwise", "best subset"].contains(&step.as_str()), "{search}: {step}");
        if search.contains("none") || search.contains("backward") {
            assert!(reason.starts_with("its coefficient is 0, as it would be negative"), "{search}: {reason}");
            let folder =
                trained(&table.csv(), &format!("{FEATURES}[fit]\nsign_constraint = \"drop\"\n[selection]\n{rest}"));
            let (step, reason) = decided(&folder, "house");
            assert!(step == "sign" && reason.starts_with("has a negative coefficient (-"), "{search}: {reason}");
        }
        // Kept, it is in, and the run says so.
        let folder = selected(&table, &format!("keep = [\"house\"]\n{rest}"));
        assert!(warnings(&folder).iter().any(|w| w.contains("coefficient of house is 0")), "{search}");
    }
}

#[test]
fn the_same_at_one_and_four_threads() {
    for search in SEARCHES {
        let folder = selected(&cases(), &format!("min_iv = 0\nreversals = \"warn\"\n{search}"));
        for threads in ["1", "4"] {
            folder.run(&["train", "card.toml", "--out", "again", "--threads", threads]).succeeds();
            for file in ["evidence.json", "tables/selection.csv", "tables/selection_path.csv", "report.html"] {
                assert_eq!(
                    folder.read(&format!("out/{file}")),
                    folder.read(&format!("again/{file}")),
                    "{search}: {file}"
                );
            }
        }
    }
}
