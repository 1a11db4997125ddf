//! The model itself under validation: figures of statsmodels and numpy, laws, inputs, scenarios and the artifact.

mod inputs;
mod scenarios;

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
use crate::support::{self, Cases, FEATURES, Folder, card};

fn reference() -> Value {
    serde_json::from_str(include_str!("../../reference/model_validation.json")).unwrap()
}

const TABLE: &str = include_str!("../../reference/model_validation.csv");

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
