//! Inputs against development, sources, and the artifact that is expected.

use scorewright_runtime::artifact::{ScorecardDocument, UnforeseenPolicy};
use serde_json::{Value, json};

use super::{VALIDATE, document, folder};
use crate::support::{self, Cases, FEATURES, Folder, card};

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
    assert_eq!(scorecard["inputs"]["region"], json!({"type": "categorical", "missing": false}));
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
