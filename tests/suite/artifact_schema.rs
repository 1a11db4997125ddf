//! The published JSON Schema is that of the code, takes every scorecard, and refuses what the runtime refuses.

use scorewright::export::schema;
use scorewright_runtime::Scorecard;
use serde_json::{Value as Json, json};

use crate::conformance::cards::cards;
use crate::python::{Environment, run_in};
use crate::support::Folder;

const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scorecard.schema.json");

/// Holds documents against a schema: what is wrong with each, or null.
const VALIDATE: &str = r#"
import json, sys
import jsonschema

given = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(given["schema"])
validator = jsonschema.Draft202012Validator(given["schema"])
wrong = [next(validator.iter_errors(document), None) for document in given["documents"]]
print(json.dumps([error and error.message[:200] for error in wrong]))
"#;

#[test]
fn the_published_schema_is_that_of_the_code() {
    let made = String::from_utf8(schema().unwrap()).unwrap();
    if std::env::var_os("SCOREWRIGHT_WRITE_DOCS").is_some() {
        std::fs::write(PUBLISHED, &made).unwrap();
    }
    let published = std::fs::read_to_string(PUBLISHED).unwrap();
    assert_eq!(published, made, "write it again with SCOREWRIGHT_WRITE_DOCS=1 and look at what changed");
    let folder = Folder::new();
    assert_eq!(folder.run(&["schema"]).stdout, made);
    folder.run(&["schema", "--out", "form.json", "--quiet"]).succeeds();
    assert_eq!(folder.read("form.json"), made);
}

/// A change of a document.
type Change = fn(&mut Json);

/// What neither the schema nor the runtime takes.
const WRONG: [(&str, Change); 25] = [
    ("an unknown field", |d| d["further"] = json!(1)),
    ("an unknown field of a bin", |d| d["features"][0]["bins"][0]["further"] = json!(1)),
    ("another format", |d| d["format"] = json!("pmml")),
    ("a version to come", |d| d["format_version"] = json!(99)),
    ("version 0", |d| d["format_version"] = json!(0)),
    ("a later field in version 1", |d| {
        d["format_version"] = json!(1);
        d["population"] = json!("all");
    }),
    ("no features", |d| remove(d, "features")),
    ("no scaling", |d| remove(d, "scaling")),
    ("no verification", |d| remove(d, "verification")),
    ("a number as text", |d| d["base_points"] = json!("530")),
    ("a text as number", |d| d["card"]["name"] = json!(7)),
    ("an unknown kind of card", |d| d["card"]["kind"] = json!("pricing")),
    ("an unknown policy", |d| d["unforeseen"] = json!("ignore")),
    ("an unknown rounding", |d| d["scaling"]["rounding"] = json!("up")),
    ("an unknown type of feature", |d| d["features"][0]["type"] = json!("date")),
    ("two domains in a bin", |d| d["features"][0]["bins"][0]["categories"] = json!(["a"])),
    ("a bound beside categories", |d| {
        remove(&mut d["features"][0]["bins"][0], "upper");
        d["features"][0]["bins"][0]["categories"] = json!(["a"]);
    }),
    ("missing beside bounds", |d| d["features"][0]["bins"][0]["missing"] = json!(true)),
    ("missing that is false", |d| {
        remove(&mut d["features"][0]["bins"][0], "lower");
        remove(&mut d["features"][0]["bins"][0], "upper");
        d["features"][0]["bins"][0]["missing"] = json!(false);
    }),
    ("a bound without the other", |d| remove(&mut d["features"][0]["bins"][0], "upper")),
    ("no domain in a bin", |d| {
        remove(&mut d["features"][0]["bins"][0], "lower");
        remove(&mut d["features"][0]["bins"][0], "upper");
    }),
    ("one axis", |d| d["features"][0]["axes"] = json!([{ "input": "a", "type": "numeric", "bins": [] }])),
    ("a cell of three places", |d| {
        d["features"][0]["bins"][0] = json!({ "label": "x", "cells": [[0, 0, 0]], "cases": 1, "goods": 1, "bads": 0, "woe": 0, "points": 0, "reason": "" });
    }),
    ("an outcome of no kind", |d| remove(&mut d["outcome"]["source"], "kind")),
    ("a list for an object", |d| d["lineage"] = json!([])),
];

fn remove(object: &mut Json, field: &str) {
    object.as_object_mut().unwrap().remove(field).unwrap();
}

#[test]
fn scorecards_are_valid_and_what_the_runtime_refuses_is_not() {
    let valid: Vec<Json> =
        cards().iter().map(|(_, card)| serde_json::from_slice(&card.document().to_json().unwrap()).unwrap()).collect();
    assert!(valid.iter().any(|document| document["format_version"] == 1));
    assert!(valid.iter().any(|document| document["format_version"] == 2));
    let (_, card) = cards().into_iter().find(|(name, _)| name == "awkward-edges").unwrap();
    let wrong = WRONG.iter().map(|(name, change)| {
        let mut document: Json = serde_json::from_slice(&card.document().to_json().unwrap()).unwrap();
        change(&mut document);
        let bytes = serde_json::to_vec(&document).unwrap();
        assert!(Scorecard::from_json(&bytes).is_err(), "{name}");
        document
    });
    let documents: Vec<Json> = valid.iter().cloned().chain(wrong).collect();
    let schema: Json = serde_json::from_slice(&schema().unwrap()).unwrap();
    let folder = Folder::new();
    let input = json!({ "schema": schema, "documents": documents });
    let given = run_in(Environment::Engines, VALIDATE, &input, &folder);
    let given = given.as_array().unwrap();
    for (place, error) in given.iter().take(valid.len()).enumerate() {
        assert!(error.is_null(), "{}: {error}", valid[place]["card"]["name"]);
    }
    for ((name, _), error) in WRONG.iter().zip(&given[valid.len()..]) {
        assert!(!error.is_null(), "{name}");
    }
}
