//! The card's own keys of the fit, end to end.

use serde_json::Value;

use crate::support::{BAD, Cases, FEATURES, Folder, OUT, card_on, noise};

/// A table of cases with a group and a day, and a card on it.
fn trained(rest: &str) -> (Folder, Value) {
    let folder = Folder::with(
        &Cases::new(1200).csv(),
        &card_on("observed_at = \"applied_at\"", BAD, &format!("{FEATURES}\n{rest}")),
    );
    folder.train().succeeds();
    let evidence = folder.json(&format!("{OUT}/evidence.json"));
    (folder, evidence)
}

fn coefficients(evidence: &Value) -> Vec<(String, f64)> {
    let rows = evidence["model"]["coefficients"].as_array().unwrap();
    rows.iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row["estimate"].as_f64().unwrap())).collect()
}

#[test]
fn the_population_bad_rate_moves_the_intercept_alone() {
    let plain = trained("").1;
    let by_intercept = trained("[sample]\npopulation_bad_rate = 0.02").1;
    let by_weights = trained("[sample]\npopulation_bad_rate = 0.02\nprior = \"weights\"").1;
    let development = &plain["samples"]["development"];
    let (goods, bads) = (development["goods"].as_f64().unwrap(), development["bads"].as_f64().unwrap());
    let shift = (0.98_f64 / 0.02).ln() - (goods / bads).ln();
    let (before, after) = (coefficients(&plain), coefficients(&by_intercept));
    assert!((after[0].1 - before[0].1 - shift).abs() < 1e-9);
    assert_eq!(before[1..], after[1..]);
    assert!((by_intercept["model"]["prior"]["intercept_shift"].as_f64().unwrap() - shift).abs() < 1e-12);
    for evidence in [&by_intercept, &by_weights] {
        let sample = &evidence["samples"]["development"];
        // What is observed is the population's rate, and ranks are as before.
        assert!((sample["bad_rate"].as_f64().unwrap() - 0.02).abs() < 1e-12);
        assert!(
            (sample["auc"]["value"].as_f64().unwrap() - development["auc"]["value"].as_f64().unwrap()).abs() < 0.02
        );
        assert!(evidence["warnings"].to_string().contains("drawn with a bad rate of"), "{}", evidence["warnings"]);
    }
    // A weighted fit's expected rate is the weighted rate, but for the rounding of points.
    let expected = by_weights["samples"]["development"]["expected_bad_rate"].as_f64().unwrap();
    assert!((expected - 0.02).abs() < 0.001, "{expected}");
    let expected = by_intercept["samples"]["development"]["expected_bad_rate"].as_f64().unwrap();
    assert!((expected - 0.02).abs() < 0.003, "{expected}");
}

#[test]
fn evidence_of_a_plain_card() {
    let (folder, evidence) = trained("[fit]\nintervals = \"profile\"");
    let model = &evidence["model"];
    for row in model["coefficients"].as_array().unwrap() {
        let (low, high) = (row["low"].as_f64().unwrap(), row["high"].as_f64().unwrap());
        assert!(low < row["estimate"].as_f64().unwrap() && row["estimate"].as_f64().unwrap() < high);
    }
    for key in ["mcfadden", "nagelkerke", "condition_number", "rarer_class_per_feature"] {
        assert!(model[key].is_number(), "{key}");
    }
    assert!(model["likelihood_ratio"]["p_value"].as_f64().unwrap() < 1e-6);
    assert_eq!(model["influence"].as_array().unwrap().len(), 10);
    let slices = model["over_time"]["slices"].as_array().unwrap();
    assert!(slices.len() >= 2);
    let cases: u64 = slices.iter().map(|slice| slice["cases"].as_u64().unwrap()).sum();
    assert_eq!(cases, evidence["samples"]["development"]["cases"].as_u64().unwrap());
    let page = folder.read(&format!("{OUT}/report.html"));
    for words in ["profile likelihood", "slices of time", "move a coefficient most", "Condition number"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn a_profile_needs_a_likelihood() {
    let mut cases = Cases::new(600);
    cases.add("w", |row| (1.0 + noise(row, 77)).to_string());
    let outcome = format!("{BAD}\nweight = \"w\"");
    let folder =
        Folder::with(&cases.csv(), &card_on("", &outcome, &format!("{FEATURES}\n[fit]\nintervals = \"profile\"")));
    folder.refuses(&["profile likelihood needs a likelihood", "intervals", "wald"]);
}

#[test]
fn values_that_cannot_be() {
    for (key, words) in [
        ("[sample]\npopulation_bad_rate = 0.0", "must lie between 0 and 1"),
        ("[sample]\npopulation_bad_rate = 3.0", "must lie between 0 and 1"),
        ("[fit]\nl2 = 1.0\nfirth = true", "exclude each other"),
        ("[fit]\nintervals = \"both\"", "wald"),
        ("[fit]\nsign_constraint = \"keep\"", "true, false or \"drop\""),
        ("[fit]\nbootstrap = 20000", "between 0 and 10000"),
    ] {
        let folder = Folder::with(&Cases::new(300).csv(), &card_on("", BAD, &format!("{FEATURES}\n{key}")));
        folder.refuses(&[words]);
    }
}
