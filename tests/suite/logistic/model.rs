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
        ("[sample]\nprior = \"weights\"", "there is none"),
        ("[fit]\nl2 = 1.0\nfirth = true", "exclude each other"),
        ("[fit]\nintervals = \"both\"", "wald"),
        ("[fit]\nsign_constraint = \"keep\"", "true, false or \"drop\""),
        ("[fit]\nbootstrap = 20000", "between 0 and 10000"),
    ] {
        let folder = Folder::with(&Cases::new(300).csv(), &card_on("", BAD, &format!("{FEATURES}\n{key}")));
        folder.refuses(&[words]);
    }
}

#[test]
fn a_stated_bin_of_goods_alone_is_named_and_firth_is_a_way_out() {
    let mut cases = Cases::new(900);
    let bads = cases.bads();
    cases.add("guarantee", |row| if !bads[row] && row % 7 == 0 { "yes" } else { "no" }.to_owned());
    let features = "[features]\ninclude = [\"age\", \"income\", \"guarantee\"]\n[features.columns.guarantee]\ngroups = [[\"yes\"], [\"no\"]]\n[selection]\nstepwise = \"none\"\n";
    let folder = Folder::with(&cases.csv(), &card_on("", BAD, features));
    folder.refuses(&[
        "\"guarantee\" separates good from bad in part",
        "cases of its bin \"yes\" are good",
        "firth = true",
    ]);
    folder.write("card.toml", card_on("", BAD, &format!("{features}[fit]\nfirth = true\n")));
    folder.train().succeeds();
    let model = &folder.json(&format!("{OUT}/evidence.json"))["model"];
    assert_eq!(model["firth"], true);
    assert!(model["second_solver"]["not_applicable"].as_str().unwrap().contains("Firth"));
    let row = model["coefficients"].as_array().unwrap().iter().find(|row| row["name"] == "guarantee").unwrap();
    let estimate = row["estimate"].as_f64().unwrap();
    assert!(estimate > 0.1 && estimate < 20.0, "{estimate}");
}

/// A copy of the region that puts some of the surely good one region down: beside the region itself, what is lower is safer.
#[test]
fn a_kept_feature_at_the_bound_stays_with_no_points_and_is_told() {
    let mut cases = Cases::new(3000);
    cases.add("spent", |row| {
        let region = (noise(row, 3) * 4.0) as usize;
        let place = if noise(row, 4) > 0.85 { region.saturating_sub(1) } else { region };
        ["a", "b", "c", "d"][place].to_owned()
    });
    let rest = "[features]\ninclude = [\"age\", \"region\", \"spent\"]\n[selection]\nstepwise = \"none\"\nmax_correlation = 1.0\nmax_vif = 1000\nkeep = [\"spent\"]\n";
    let free = Folder::with(&cases.csv(), &card_on("", BAD, &format!("{rest}[fit]\nsign_constraint = false\n")));
    free.train().succeeds();
    let folder = Folder::with(&cases.csv(), &card_on("", BAD, rest));
    folder.train().succeeds();
    let evidence = folder.json(&format!("{OUT}/evidence.json"));
    let bound = coefficients(&evidence).into_iter().find(|(name, _)| name == "spent").unwrap().1;
    let unbound = coefficients(&free.json(&format!("{OUT}/evidence.json")));
    let unbound = unbound.into_iter().find(|(name, _)| name == "spent").unwrap().1;
    assert!(unbound < 0.0, "{unbound}");
    assert_eq!(bound, 0.0);
    assert!(evidence["warnings"].to_string().contains("the coefficient of spent is 0"), "{}", evidence["warnings"]);
    let card = folder.json(&format!("{OUT}/scorecard.json"));
    let feature = card["features"].as_array().unwrap().iter().find(|feature| feature["name"] == "spent").unwrap();
    assert!(feature["bins"].as_array().unwrap().iter().all(|bin| bin["points"] == 0.0));
}

#[test]
fn resamples_choose_what_says_something_and_seldom_noise() {
    let mut cases = Cases::new(1500);
    cases.add("noise", |row| (noise(row, 91) * 1000.0).floor().to_string());
    let rest = |more: &str| {
        format!(
            "[features]\ninclude = [\"age\", \"income\", \"region\", \"noise\"]\n[selection]\nmin_iv = 0.0\n[fit]\nbootstrap = 40\n{more}"
        )
    };
    for table in ["", "group = \"customer\""] {
        let folder = Folder::with(&cases.csv(), &card_on(table, BAD, &rest("")));
        folder.train().succeeds();
        let evidence = folder.json(&format!("{OUT}/evidence.json"));
        let bootstrap = &evidence["model"]["bootstrap"];
        assert_eq!((&bootstrap["resamples"], &bootstrap["failed"]), (&Value::from(40), &Value::from(0)));
        let feature = |name: &str| {
            bootstrap["features"].as_array().unwrap().iter().find(|feature| feature["name"] == name).cloned()
        };
        for name in ["age", "income", "region"] {
            let feature = feature(name).unwrap();
            assert!(feature["chosen"].as_f64().unwrap() > 0.9, "{feature}");
            assert_eq!(feature["positive"], 1.0);
            let estimate = coefficients(&evidence).into_iter().find(|(known, _)| known == name).unwrap().1;
            assert!(feature["low"].as_f64().unwrap() < estimate && estimate < feature["high"].as_f64().unwrap());
        }
        assert!(feature("noise").is_none_or(|feature| feature["chosen"].as_f64().unwrap() < 0.6));
        assert!(folder.read(&format!("{OUT}/report.html")).contains("40 resamples"));
        let once = folder.read(&format!("{OUT}/evidence.json"));
        std::fs::remove_dir_all(folder.path(OUT)).unwrap();
        folder.run(&["train", "card.toml", "--out", OUT, "--threads", "1"]).succeeds();
        assert_eq!(folder.read(&format!("{OUT}/evidence.json")), once);
    }
}

/// A copy that is kept: ridge has an answer, inflation has none.
#[test]
fn kept_copies_under_a_penalty_have_a_fit_and_no_inflation() {
    let mut cases = Cases::new(900);
    cases.add("again", |row| ["north", "south", "east", "west"][(noise(row, 3) * 4.0) as usize].to_owned());
    let rest = "[features]\ninclude = [\"age\", \"region\", \"again\"]\n[selection]\nstepwise = \"none\"\nkeep = [\"region\", \"again\"]\n[fit]\nl2 = 1.0\n";
    let folder = Folder::with(&cases.csv(), &card_on("", BAD, rest));
    folder.train().succeeds();
    let evidence = folder.json(&format!("{OUT}/evidence.json"));
    let of = |name: &str| coefficients(&evidence).into_iter().find(|(known, _)| known == name).unwrap().1;
    assert!((of("region") - of("again")).abs() < 1e-6 && of("region") > 0.0);
}

/// Few bads among many cases: the second solver's draw may hold none, and the fit stands all the same.
#[test]
fn a_second_solver_without_a_result_stops_nothing() {
    let mut cases = Cases::new(40_000);
    cases.add("outcome", |row| {
        let odds = 4.0 + 3.0 * noise(row, 2);
        if noise(row, 4) < 1.0 / (1.0 + f64::exp(odds + 2.5)) { "bad" } else { "good" }.to_owned()
    });
    let bads = cases.bads().iter().filter(|bad| **bad).count();
    assert!(bads > 5 && bads < 60, "{bads}");
    for seed in 1..4 {
        let rest = format!(
            "[features]\ninclude = [\"age\", \"income\"]\n[selection]\nstepwise = \"none\"\nmin_iv = 0\n[sample]\nholdout = 0\nseed = {seed}\n"
        );
        let folder = Folder::with(&cases.csv(), &card_on("", BAD, &rest));
        folder.train().succeeds();
        let second = &folder.json(&format!("{OUT}/evidence.json"))["model"]["second_solver"];
        assert!(second["largest_difference"].is_number() || second["not_applicable"].is_string(), "{second}");
    }
}

#[test]
fn an_id_called_like_a_column_of_the_scores() {
    let mut cases = Cases::new(400);
    cases.add("pd", |row| format!("p{row}"));
    let folder = Folder::with(&cases.csv(), &card_on("id = \"pd\"", BAD, FEATURES));
    folder.refuses(&["id is called \"pd\"", "another name"]);
}
