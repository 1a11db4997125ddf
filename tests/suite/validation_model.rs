//! The model itself under validation: figures of statsmodels and numpy, laws, inputs, scenarios and the artifact.

use scorewright::evidence::{
    Bands, CardInput, CardSubject, Evidence, MeasureOptions, Roles, SampleEvidence, Subject, sample_evidence,
    score_cases,
};
use scorewright::report::document::{Block, Cell};
use scorewright::report::sections::{Context, sections};
use scorewright::sample::SampleName;
use scorewright::words::{Language, Message};
use scorewright_runtime::artifact::{BinDomain, Feature, FeatureKind, ScoreBand, ScorecardDocument, UnforeseenPolicy};
use serde_json::{Value, json};

use crate::by_hand::{FACTOR, bin, document_of, interval};
use crate::support::{self, Cases, FEATURES, Folder, card, line_of};

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/model_validation.json")).unwrap()
}

const TABLE: &str = include_str!("../reference/model_validation.csv");

/// The card of the reference.
fn document(policy: UnforeseenPolicy) -> ScorecardDocument {
    let reference = reference();
    let feature = |name: &str, bins: Vec<(&str, BinDomain)>| {
        let number = |value: &Value| value.as_f64().unwrap();
        let coefficient = number(&reference["card"]["coefficients"][name]);
        let mut bins: Vec<_> = bins
            .into_iter()
            .map(|(label, domain)| bin(label, domain, number(&reference["card"]["woe"][name][label])))
            .collect();
        for bin in &mut bins {
            bin.points = (FACTOR * coefficient * bin.woe).round() + 0.0;
        }
        let kind = if name == "c" { FeatureKind::Categorical } else { FeatureKind::Numeric };
        Feature {
            name: name.into(),
            segment: None,
            input: None,
            kind,
            description: String::new(),
            coefficient,
            average_points: 0.0,
            axes: None,
            bins,
        }
    };
    let numeric = |low: f64, high: f64| {
        vec![
            ("low", interval(None, Some(low))),
            ("middle", interval(Some(low), Some(high))),
            ("high", interval(Some(high), None)),
        ]
    };
    let category = |name: &'static str| (name, BinDomain::Categories(vec![name.to_owned()]));
    let with_missing = numeric(0.3, 0.6).into_iter().chain([("missing", BinDomain::Missing)]).collect();
    let mut document = document_of(
        policy,
        vec![
            feature("a", with_missing),
            feature("b", numeric(2.0, 5.0)),
            feature("c", vec![category("x"), category("y"), category("z")]),
        ],
    );
    let band = |lower, upper| ScoreBand { lower, upper, cases: 100.0, goods: 70.0, bads: 30.0 };
    document.score_bands = vec![band(None, Some(530.0)), band(Some(530.0), None)];
    document
}

const SCENARIOS: &str = r#"
lgd = 0.45
[[scenario]]
name = "as it is"
[[scenario]]
name = "worse odds"
bad_log_odds_shift = 0.4
lgd = 0.6
[[scenario]]
name = "north"
pd_factor = 1.5
only = { column = "region", values = ["north"] }
[[scenario]]
name = "lower b"
[[scenario.characteristic]]
column = "b"
multiply = 0.6
add = -0.1
lowest = 0.5
[[scenario]]
name = "y turns z"
[[scenario.characteristic]]
column = "c"
from = "y"
to = "z"
[[scenario]]
name = "half of c missing"
[[scenario.characteristic]]
column = "c"
missing = true
share = 0.5
[[scenario]]
name = "more north"
mix = { column = "region", shares = { north = 0.6, south = 0.4 } }
"#;

/// A folder with the reference's card and table, and the scenarios.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("card.json", document(UnforeseenPolicy::Neutral).to_json().unwrap());
    folder.write("cases.csv", TABLE);
    folder.write("stress.toml", SCENARIOS);
    folder
}

const VALIDATE: [&str; 14] = [
    "validate",
    "card.json",
    "--data",
    "cases.csv",
    "--approval-rate",
    "0.7",
    "--segment-column",
    "region",
    "--exposure-column",
    "amount",
    "--stress",
    "stress.toml",
    "--out",
    "out",
];

/// The figures of the sample that a run validated.
fn figures(folder: &Folder) -> Value {
    folder.json("out/evidence.json")["samples"]["validation"].clone()
}

fn near(have: &Value, expected: &Value, tolerance: f64, what: &str) {
    let (have, expected) = (have.as_f64(), expected.as_f64().unwrap());
    assert!(
        have.is_some_and(|have| (have - expected).abs() <= tolerance * expected.abs().max(1.0)),
        "{what}: {have:?}, expected {expected}"
    );
}

#[test]
fn figures_are_those_of_statsmodels_and_numpy() {
    let folder = folder();
    folder.run(&VALIDATE).succeeds();
    let (found, reference) = (figures(&folder), reference());

    let refit = &found["reestimated"];
    let expected = &reference["reestimated"];
    for (place, coefficient) in refit["coefficients"].as_array().unwrap().iter().enumerate() {
        for key in ["value", "std_error", "p_value", "z_against_card", "p_value_against_card"] {
            near(&coefficient[key], &expected[key][place], 1e-7, key);
        }
        match place {
            0 => assert!(coefficient["p_value_against_card_holm"].is_null()),
            _ => near(&coefficient["p_value_against_card_holm"], &expected["holm"][place - 1], 1e-7, "Holm"),
        }
        assert_eq!(coefficient["sign_change"], false);
    }
    for test in ["joint", "joint_without_intercept"] {
        for (place, key) in ["statistic", "degrees_of_freedom", "p_value"].into_iter().enumerate() {
            near(&refit[test][key], &expected[test][place], 1e-6, test);
        }
    }
    assert_eq!((&refit["changed"], &refit["not_significant"]), (&json!(1), &json!(1)));
    assert_eq!(refit["standard_errors"], "model_based");

    let sensitivity = &found["sensitivity"];
    near(&sensitivity["cut_off"], &reference["base"]["cut_off"], 0.0, "cut-off");
    near(&sensitivity["auc"], &reference["base"]["auc"], 1e-12, "AUC");
    assert_eq!(sensitivity["large_shift"], 10.0);
    for feature in sensitivity["features"].as_array().unwrap() {
        let name = feature["feature"].as_str().unwrap();
        let expected = &reference["sensitivity"][name];
        assert_eq!(feature["handling"], if name == "a" { "missing_bin" } else { "neutral" });
        let missing = &feature["missing"];
        for key in
            ["score_shift_mean", "pd_shift_mean", "share_large_shift", "share_newly_declined", "share_newly_approved"]
        {
            near(&missing[key], &expected[key], 1e-9, key);
        }
        for (place, key) in ["value", "low", "high"].into_iter().enumerate() {
            near(&missing["auc_loss"][key], &expected["auc_loss"][place], 1e-9, key);
        }
        near(&feature["score_mean_at_worst"], &expected["score_mean_at_worst"], 1e-9, "worst");
        assert!(feature["shuffled"]["auc_loss"].as_f64().unwrap() > -0.02);
    }

    let features = found["concentration"]["features"].as_array().unwrap();
    for feature in features {
        let name = feature["feature"].as_str().unwrap();
        near(&feature["share_of_variance"], &reference["shares_of_variance"][name], 1e-9, name);
    }
    near(&found["concentration"]["herfindahl_variance"], &reference["herfindahl"], 1e-9, "Herfindahl");
    let pairs = found["concentration"]["correlations"].as_array().unwrap();
    let of_a_and_b = pairs.iter().find(|pair| pair["first"] == "a" && pair["second"] == "b").unwrap();
    near(&of_a_and_b["correlation"], &reference["correlation_a_b"], 1e-9, "correlation");

    for feature in found["marginal_contribution"]["features"].as_array().unwrap() {
        let expected = &reference["marginal"][feature["feature"].as_str().unwrap()];
        for way in ["neutral", "refitted"] {
            for (place, key) in ["value", "low", "high"].into_iter().enumerate() {
                near(&feature[way]["auc_loss"][key], &expected[way][place], 1e-9, way);
            }
        }
        let ratio = &feature["refitted"]["likelihood_ratio"];
        for (place, key) in ["statistic", "degrees_of_freedom", "p_value"].into_iter().enumerate() {
            near(&ratio[key], &expected["likelihood_ratio"][place], 1e-7, "likelihood ratio");
        }
    }

    for scenario in found["stress"]["scenarios"].as_array().unwrap() {
        let expected = &reference["stress"][scenario["name"].as_str().unwrap()];
        for (key, value) in expected.as_object().into_iter().flatten() {
            near(&scenario[key]["stressed"], value, 1e-9, key);
        }
        for key in ["expected_bad_rate", "score_mean", "auc"] {
            near(&scenario[key]["base"], &reference["base"][key], 1e-9, key);
        }
        near(&scenario["expected_loss"]["base"], &reference["base"]["expected_loss"], 1e-9, "expected loss");
    }
}

#[test]
fn a_scenario_of_nothing_changes_nothing_and_a_share_is_drawn_by_seed() {
    let folder = folder();
    folder.run(&VALIDATE).succeeds();
    let scenarios = figures(&folder)["stress"]["scenarios"].clone();
    let nothing = &scenarios[0];
    assert_eq!((&nothing["affected"], &nothing["score_psi"]), (&json!(0), &json!(0.0)));
    for key in ["expected_bad_rate", "bad_rate", "score_mean", "auc", "approval_rate", "expected_loss"] {
        assert_eq!(nothing[key]["change"], 0.0, "{key}");
    }
    let half = &scenarios[5];
    // No category has 0 points, and every case without one gets 0.
    assert_eq!(half["affected"], 350);
    assert_eq!(half["unforeseen_cases"], 350);
    let first = folder.read("out/evidence.json");
    std::fs::remove_dir_all(folder.path("out")).unwrap();
    folder.run(&VALIDATE).succeeds();
    assert!(first == folder.read("out/evidence.json"));
}

#[test]
fn a_shift_by_ln_2_doubles_the_odds_with_and_without_a_card() {
    let folder = Folder::new();
    let rows: String = (0..60).map(|row| format!("0.2,{},{}\n", row % 2, ["p", "q"][row % 2])).collect();
    folder.write("cases.csv", format!("pd,bad,product\n{rows}"));
    folder.write(
        "stress.toml",
        "[[scenario]]\nname = \"double\"\nbad_log_odds_shift = 0.6931471805599453\n[[scenario]]\nname = \"columns\"\n[[scenario.characteristic]]\ncolumn = \"age\"\nadd = 1\n",
    );
    let run = folder.run(&[
        "validate",
        "--data",
        "cases.csv",
        "--outcome-column",
        "bad",
        "--bad",
        "1",
        "--pd-column",
        "pd",
        "--stress",
        "stress.toml",
        "--out",
        "out",
    ]);
    run.succeeds();
    let found = figures(&folder);
    let double = &found["stress"]["scenarios"][0];
    near(&double["expected_bad_rate"]["stressed"], &json!(1.0 / 3.0), 1e-12, "odds 1:2");
    // No exposure, no cut-off: said where a reader looks for them.
    assert!(double["expected_loss"]["not_computed"].as_str().unwrap().contains("exposures"));
    assert!(double["approval_rate"]["not_computed"].as_str().unwrap().contains("cut-off"));
    assert!(found["stress"]["scenarios"][1]["not_computed"].as_str().unwrap().contains("scorecard"));
    for key in ["reestimated", "sensitivity", "concentration", "marginal_contribution", "input_schema"] {
        assert!(found[key]["not_computed"].as_str().unwrap().contains("there is no scorecard"), "{key}");
    }
}

#[test]
fn scenarios_that_do_not_fit_are_refused_with_their_line() {
    let run = |text: &str, words: &[&str]| {
        let folder = folder();
        folder.write("stress.toml", text);
        folder.run(&VALIDATE).fails(3, words);
        folder.is_untouched();
    };
    let scenario = |rest: &str| format!("[[scenario]]\nname = \"s\"\n{rest}\n");
    let characteristic = |rest: &str| scenario(&format!("[[scenario.characteristic]]\n{rest}"));
    run("lgd = 0.4", &["no scenario", "[[scenario]]"]);
    run("lgd = 40\n[[scenario]]\nname = \"s\"", &["lgd must lie between 0 and 1", "line 1"]);
    run(&scenario("pd_facto = 2"), &["unknown key \"pd_facto\"", "did you mean \"pd_factor\"?", "line 3"]);
    run(&scenario("pd_factor = 2\nbad_log_odds_shift = 1"), &["either bad_log_odds_shift or pd_factor", "line 3"]);
    run(&scenario("pd_factor = -2"), &["pd_factor must be", "line 3"]);
    run(&(scenario("") + &scenario("")), &["two scenarios have this name"]);
    run(&characteristic("column = \"bb\"\nadd = 1"), &["no input column \"bb\"", "b", "line 4"]);
    run(&characteristic("column = \"b\""), &["say one thing that happens", "line 4"]);
    run(&characteristic("column = \"b\"\nadd = 1\nmissing = true"), &["say one thing that happens"]);
    run(&characteristic("column = \"b\"\nadd = 1\nshare = 1.5"), &["share must lie between 0 and 1", "line 6"]);
    run(&characteristic("column = \"b\"\nlowest = 2\nhighest = 1"), &["lowest lies above highest"]);
    run(&characteristic("column = \"c\"\nadd = 1"), &["holds categories"]);
    run(&characteristic("column = \"b\"\nfrom = \"x\"\nto = \"y\""), &["holds numbers"]);
    run(&characteristic("column = \"c\"\nfrom = \"x\""), &["both from and to"]);
    run(&characteristic("column = \"c\"\nfrom = \"xx\"\nto = \"y\""), &["\"xx\" of c does not occur", "x"]);
    let only = |column: &str, value: &str| {
        scenario(&format!("pd_factor = 2\nonly = {{ column = \"{column}\", values = [\"{value}\"] }}"))
    };
    run(&only("regio", "north"), &["no segment column", "did you mean \"region\"?", "line 4"]);
    run(&only("c", "x"), &["no segment column", "--segment-column c"]);
    run(&only("region", "nort"), &["\"nort\" of region does not occur", "did you mean \"north\"?"]);
    let mix = |shares: &str| scenario(&format!("mix = {{ column = \"region\", shares = {{ {shares} }} }}"));
    run(&mix("north = 0.5, south = 0.4"), &["sum to 1"]);
    run(&mix("north = 1"), &["\"south\" of region has no share"]);
}

#[test]
fn the_scorecard_must_be_the_one_that_is_expected() {
    let folder = folder();
    let digest = {
        folder.run(&VALIDATE).succeeds();
        let evidence = folder.json("out/evidence.json");
        assert_eq!(evidence["artifact"]["sha256"], evidence["scorecard_sha256"]);
        assert!(evidence["artifact"]["matches"].is_null());
        let rows = document(UnforeseenPolicy::Neutral).verification.len();
        assert_eq!(evidence["artifact"]["verification_rows"], rows);
        evidence["artifact"]["sha256"].as_str().unwrap().to_owned()
    };
    std::fs::remove_dir_all(folder.path("out")).unwrap();
    let expecting = |digest: &str| {
        let words = VALIDATE.iter().copied().chain(["--expect-sha256", digest]).collect::<Vec<_>>();
        folder.run(&words)
    };
    expecting(&"0".repeat(64)).fails(3, &["SHA-256", &digest, "card.json"][..2]);
    folder.is_untouched();
    let mut unbanded = document(UnforeseenPolicy::Neutral);
    unbanded.score_bands.clear();
    folder.write("unbanded.json", unbanded.to_json().unwrap());
    folder.run(&["validate", "unbanded.json", "--data", "cases.csv", "--out", "out"]).fails(3, &["no score bands"]);
    expecting("123").fails(2, &["64 hexadecimal digits"]);
    expecting(&digest.to_uppercase()).succeeds();
    assert_eq!(folder.json("out/evidence.json")["artifact"]["matches"], true);
}

#[test]
fn inputs_are_held_against_development() {
    let folder = Folder::with(&Cases::new(600).csv(), &card(FEATURES));
    folder.train().succeeds();
    let scorecard = folder.json("out/scorecard.json");
    assert_eq!(scorecard["inputs"]["age"]["lowest"], 20.0);
    assert_eq!(scorecard["inputs"]["age"]["highest"], 69.0);
    assert!(scorecard["inputs"].get("region").is_none());
    let holdout = &folder.json("out/evidence.json")["samples"]["holdout"];
    assert_eq!(holdout["input_schema"]["columns"].as_array().unwrap().len(), 3);
    assert!(holdout["reestimated"]["coefficients"].is_array() && holdout["stress"].is_null());
    assert!(folder.json("out/evidence.json")["samples"]["development"].get("reestimated").is_none());

    let mut later = Cases::new(400);
    later.add("age", |row| if row < 100 { String::new() } else { (60 + row % 20).to_string() });
    later.add("region", |row| ["north", "moon", "moon", "mars"][row % 4].to_owned());
    later.add("income", |_| "2000".to_owned());
    later.add("weather", |_| "wet".to_owned());
    folder.write("later.csv", later.csv());
    folder.run(&["validate", "out/scorecard.json", "--data", "later.csv", "--out", "later"]).succeeds();
    let schema = folder.json("later/evidence.json")["samples"]["validation"]["input_schema"].clone();
    let column = |name: &str| {
        let columns = schema["columns"].as_array().unwrap();
        columns.iter().find(|column| column["name"] == name).unwrap().clone()
    };
    let age = column("age");
    assert_eq!(
        (&age["missing"], &age["missing_share"], &age["development_missing_share"]),
        (&json!(100), &json!(0.25), &json!(0.0))
    );
    assert_eq!((&age["below"], &age["above"], &age["outside_share"]), (&json!(0), &json!(150), &json!(0.375)));
    assert_eq!((&age["lowest"], &age["highest"], &age["type_in_data"]), (&json!(60.0), &json!(79.0), &json!("number")));
    let region = column("region");
    assert_eq!(
        (&region["unseen"], &region["unseen_values"][0]),
        (&json!(300), &json!({"value": "moon", "cases": 200}))
    );
    assert_eq!(column("income")["constant"], true);
    assert!(schema["extra_columns"].as_array().unwrap().contains(&json!("weather")));
    assert_eq!(schema["missing_columns"], json!([]));
    let warnings: Vec<&str> = schema["warnings"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    for word in ["age: missing in 25.0%", "age: 37.5%", "region: 75.0%", "income: all cases"] {
        assert!(warnings.iter().any(|warning| warning.contains(word)), "{word:?} is missing from {warnings:?}");
    }
    assert_eq!(warnings.len(), 4, "{warnings:?}");
    // One weight of evidence for all cases: no coefficient, and the feature is named.
    let reason = folder.json("later/evidence.json")["samples"]["validation"]["reestimated"]["not_computed"].clone();
    assert!(reason.as_str().unwrap().contains("income"), "{reason}");

    // A card of an earlier version knows no ranges; its bytes stay its own.
    let mut earlier = scorecard;
    earlier.as_object_mut().unwrap().remove("inputs");
    folder.write("earlier.json", serde_json::to_vec(&earlier).unwrap());
    let document = ScorecardDocument::from_json(folder.read("earlier.json").as_bytes()).unwrap();
    assert!(!String::from_utf8(document.to_json().unwrap()).unwrap().contains("\n  \"inputs\""));
    folder.run(&["validate", "earlier.json", "--data", "later.csv", "--out", "earlier"]).succeeds();
    let schema = folder.json("earlier/evidence.json")["samples"]["validation"]["input_schema"].clone();
    let age = schema["columns"].as_array().unwrap().iter().find(|column| column["name"] == "age").unwrap().clone();
    assert!(age["above"].is_null() && age["outside_share"].is_null());
}

/// The figures of a document on the reference's cases, which `change` may change.
fn measured(
    document: &ScorecardDocument,
    change: impl Fn(&mut scorewright::cases::Cases),
) -> (SampleEvidence, Evidence) {
    let folder = Folder::new();
    folder.write("cases.csv", TABLE);
    let card = scorewright_runtime::Scorecard::unverified(document.clone()).unwrap();
    let table = scorewright::scoring::read_data(&card, &folder.path("cases.csv"), None, &[]).unwrap();
    let source = &document.outcome.source;
    let demands = scorewright::ready_made::Demands::Validation;
    let mut cases = scorewright::ready_made::frame_of_cases(&table, &document.columns, source, None, demands).unwrap();
    cases.features = scorewright::scoring::card_features(&card, &table).unwrap();
    change(&mut cases);
    let input = CardInput::new(&card, &cases.columns()).unwrap();
    let rows: Vec<u32> = (0..cases.len() as u32).collect();
    let sample = score_cases(&card, &input, &cases, SampleName::Validation, &rows);
    let options = MeasureOptions { resamples: 20, ..MeasureOptions::default() };
    let subject = Subject {
        sample: &sample,
        roles: &Roles::default(),
        bands: &Bands {
            bands: scorewright::validation::psi::decile_bands(
                &scorewright::validation::Distribution::new(sample.scores()),
                &sample.weights,
            ),
            of: scorewright::evidence::BandsOf::Sample,
        },
        card: Some(CardSubject { card: &card, cases: &cases, input: &input }),
        reference: None,
        options: &options,
    };
    let figures = sample_evidence(&subject);
    let evidence = Evidence { samples: [("validation".to_owned(), figures.clone())].into(), ..Evidence::default() };
    // Every word of the section has its Chinese, and every row as many cells as its table has columns.
    let scored = [sample];
    let context =
        Context { evidence: &evidence, scored: &scored, document: Some(document), language: Language::Chinese };
    let all = sections(&context).unwrap();
    let section = all.iter().find(|section| section.id == "model_validation").unwrap();
    let mut words = vec![section.heading.clone()];
    read(&section.blocks, &mut words);
    for template in words.iter().flat_map(Message::templates) {
        assert!(Language::Chinese.knows(template), "{template:?} has no Chinese");
    }
    (figures, evidence)
}

fn read(blocks: &[Block], words: &mut Vec<Message>) {
    for block in blocks {
        match block {
            Block::Heading(text) | Block::Text(text) | Block::Note(text) => words.push(text.clone()),
            Block::Warnings(warnings) => words.extend(warnings.iter().cloned()),
            Block::Facts(facts) => words.extend(facts.iter().map(|(name, _)| name.clone())),
            Block::Pictures(pictures) => words.extend(pictures.iter().map(|picture| picture.caption.clone())),
            Block::Details(heading, within) => {
                words.push(heading.clone());
                read(within, words);
            }
            Block::Table(table) => {
                words.push(table.caption.clone());
                words.extend(table.columns.iter().map(|column| column.heading.clone()));
                words.extend(table.columns.iter().filter_map(|column| column.group.clone()));
                for row in &table.rows {
                    assert_eq!(row.len(), table.columns.len(), "{}", table.name);
                    words.extend(row.iter().filter_map(|cell| match cell {
                        Cell::Words(words) | Cell::NotComputed(words) => Some(words.clone()),
                        _ => None,
                    }));
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_computed_says_why() {
    let plain = document(UnforeseenPolicy::Neutral);
    let json = |figures: &SampleEvidence| serde_json::to_value(figures).unwrap();
    let (figures, _) = measured(&plain, |cases| cases.outcomes.bads.iter_mut().for_each(|bad| *bad = 0.0));
    let found = json(&figures);
    assert_eq!(found["reestimated"]["not_computed"], "there are no bad cases");
    assert!(found["sensitivity"]["features"][0]["missing"]["auc_loss"]["not_computed"].is_string());
    assert!(found["sensitivity"]["features"][0]["missing"]["score_shift_mean"].is_number());
    assert!(found["marginal_contribution"]["features"][0]["neutral"]["not_computed"].is_string());
    assert!(found["concentration"]["features"].is_array());

    // Few bads.
    let (figures, _) = measured(&plain, |cases| {
        let mut kept = 0;
        for case in 0..cases.len() {
            if cases.outcomes.bads[case] > 0.0 {
                kept += 1;
                if kept > 3 {
                    cases.outcomes.bads[case] = 0.0;
                }
            }
        }
    });
    let reason = json(&figures)["reestimated"]["not_computed"].clone();
    assert!(reason.as_str().unwrap().starts_with("only 3 cases are of the rarer"), "{reason}");

    // All bads in one bin, and that bin holds nothing else.
    let (figures, _) = measured(&plain, |cases| {
        let is_z: Vec<bool> = match &cases.features[2].values {
            scorewright::cases::FeatureValues::Categorical(values) => {
                (0..cases.len()).map(|case| values.text(case) == Some("z")).collect()
            }
            scorewright::cases::FeatureValues::Numeric(_) => unreachable!(),
        };
        for (case, is_z) in is_z.into_iter().enumerate() {
            (cases.outcomes.goods[case], cases.outcomes.bads[case]) = if is_z { (0.0, 1.0) } else { (1.0, 0.0) };
        }
    });
    let reason = json(&figures)["reestimated"]["not_computed"].clone();
    assert!(reason.as_str().unwrap().contains("c separates goods from bads"), "{reason}");

    // Weights: sandwich errors, and no likelihood-ratio test.
    let (figures, _) = measured(&plain, |cases| {
        for case in 0..cases.len() {
            let weight = 1.0 + (case % 3) as f64;
            cases.outcomes.weights[case] *= weight;
            cases.outcomes.goods[case] *= weight;
            cases.outcomes.bads[case] *= weight;
        }
        cases.outcomes.plain = false;
    });
    let found = json(&figures);
    assert_eq!(found["reestimated"]["standard_errors"], "robust");
    let refitted = &found["marginal_contribution"]["features"][1]["refitted"];
    assert!(refitted["likelihood_ratio"]["not_computed"].is_string() && refitted["auc_loss"]["value"].is_number());

    // A card that refuses what development never saw.
    let (figures, _) = measured(&document(UnforeseenPolicy::Error), |_| {});
    let found = json(&figures);
    assert!(found["sensitivity"]["features"][1]["missing"]["not_computed"].as_str().unwrap().contains("refuses"));
    assert_eq!(found["sensitivity"]["features"][0]["handling"], "missing_bin");
}

#[test]
fn segments_have_fits_of_their_own_and_shares_that_sum_to_1() {
    let mut cases = Cases::new(3000);
    cases.add("channel", |row| if support::noise(row, 9) < 0.4 { "branch" } else { "online" }.to_owned());
    let card = card(&format!("{FEATURES}[segments]\ncolumn = \"channel\"\n"));
    let folder = Folder::with(&cases.csv(), &card);
    folder.train().succeeds();
    let found = folder.json("out/evidence.json")["samples"]["holdout"].clone();
    let segments = found["reestimated"]["segments"].as_array().unwrap();
    let names: Vec<&str> = segments.iter().map(|segment| segment["segment"].as_str().unwrap()).collect();
    assert_eq!(names, ["branch", "online"]);
    for segment in segments {
        assert!(segment["joint"]["p_value"].is_number(), "{segment}");
        assert_eq!(segment["coefficients"][0]["name"], "intercept");
    }
    let shares = found["concentration"]["features"].as_array().unwrap();
    let sum: f64 = shares.iter().map(|share| share["share_of_variance"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-9 && shares.last().unwrap()["feature"] == "segment", "{sum}");
    // The column that tells the segment, and those that feed a feature of each.
    let columns = found["sensitivity"]["columns"].as_array().unwrap();
    let channel = columns.iter().find(|column| column["name"] == "channel").unwrap();
    assert!(channel["missing"]["not_computed"].as_str().unwrap().contains("refuses"), "{channel}");
    let age = columns.iter().find(|column| column["name"] == "age").unwrap();
    assert_eq!(age["features"], json!(["branch/age", "online/age"]));
    assert!(age["missing"]["auc_loss"]["value"].as_f64().unwrap() > 0.0);
}

#[test]
fn the_sources_of_a_history_fail_whole() {
    let folder = Folder::new();
    for (name, text) in support::project() {
        folder.write(name, text);
    }
    folder.run(&["train", "cards/behavior.toml", "--out", "out"]).succeeds();
    let scorecard = folder.json("out/scorecard.json");
    let sources: Vec<&Value> =
        scorecard["inputs"].as_object().unwrap().values().map(|facts| &facts["source"]).collect();
    assert!(sources.iter().any(|source| **source == "performance"), "{sources:?}");
    let evidence = folder.json("out/evidence.json");
    let samples = evidence["samples"].as_object().unwrap();
    let (_, sample) = samples.iter().find(|(name, _)| *name != "development" && *name != "rejected").unwrap();
    let found = sample["sensitivity"]["sources"].as_array().unwrap();
    let performance = found.iter().find(|source| source["name"] == "performance").unwrap();
    assert!(!performance["columns"].as_array().unwrap().is_empty());
    assert!(performance["missing"]["auc_loss"]["value"].is_number(), "{performance}");
}

#[test]
fn the_example_of_the_help_is_a_file_of_scenarios() {
    let help = Folder::new().run(&["validate", "--help"]).stdout;
    let example = help.split_once("A file of scenarios for --stress:\n").unwrap().1;
    let folder = Folder::new();
    let text: String = example.lines().map(|line| format!("{}\n", line.trim())).collect();
    folder.write("stress.toml", &text);
    let plan = scorewright::config::StressPlan::read(&folder.path("stress.toml")).unwrap();
    assert_eq!(plan.scenarios.len(), 3);
    assert_eq!(line_of(&text, "recession"), "line 3");
}

#[test]
fn the_example_of_the_documentation_is_a_file_of_scenarios() {
    let page = include_str!("../../docs/stress.md");
    let example = page.split("```").nth(1).unwrap().trim_start_matches("toml");
    let folder = Folder::new();
    folder.write("stress.toml", example);
    let plan = scorewright::config::StressPlan::read(&folder.path("stress.toml")).unwrap();
    assert_eq!(plan.scenarios.len(), 4);
    assert_eq!(plan.scenarios[2].characteristics.len(), 3);
}
