//! The tree that proposes segments.

use serde_json::Value as Json;

use super::pays::table;
use crate::support::{Folder, card};

const FEATURES: &str = "[features]\ninclude = [\"age\", \"income\", \"months\", \"customer\"]\n";

fn proposed(folder: &Folder) -> (Json, String) {
    let run = folder.run(&["segments", "card.toml", "--out", "out"]);
    run.succeeds();
    (folder.json("out/segments.json"), run.stdout)
}

#[test]
fn the_true_split_is_found_and_its_section_trains() {
    let features =
        "[features]\ninclude = [\"age\", \"income\", \"months\"]\n[features.columns.months]\ncuts = [12, 24, 36, 48]\n";
    let folder = Folder::with(&table(8000, true, 1), &card(features));
    let (proposal, said) = proposed(&folder);
    assert_eq!(proposal["candidates"][0]["column"], "months", "{proposal}");
    let first = &proposal["candidates"][0]["splits"][0];
    assert_eq!((first["left"].as_str(), first["right"].as_str()), (Some("below 24"), Some("24 or more")));
    assert!(first["gain"].as_f64().unwrap() > 10.0 * first["charge"].as_f64().unwrap());
    assert_eq!(proposal["leaves"].as_array().unwrap().len(), 2, "nothing more is to be found");
    assert_eq!(proposal["verdict"], "pays");
    let section = proposal["section"].as_str().unwrap();
    assert!(said.contains(section), "{said}");
    assert!(folder.read("out/report.html").contains("cuts = [24.0]"));
    folder.write("card.toml", card(&format!("{features}{section}")));
    folder.run(&["train", "card.toml", "--out", "trained"]).succeeds();
    let evidence = folder.json("trained/evidence.json");
    assert_eq!(evidence["segments"]["comparison"]["verdict"], "pays");
    // The tree leaves the card's own segments aside: it proposes the same again.
    assert_eq!(folder.run(&["segments", "card.toml", "--out", "again"]).status.code(), Some(0));
    assert_eq!(folder.json("again/segments.json")["section"], proposal["section"]);
}

/// A column that says nothing of the outcome by itself may still tell segments.
#[test]
fn categories_are_split_and_an_idle_column_is_no_hindrance() {
    let folder =
        Folder::with(&table(8000, true, 1), &card("[features]\ninclude = [\"age\", \"income\", \"customer\"]\n"));
    let (proposal, _) = proposed(&folder);
    assert_eq!(proposal["candidates"][0]["column"], "customer", "{proposal}");
    let section = proposal["section"].as_str().unwrap();
    assert!(section.contains("[\"new\"]") && section.contains("[\"old\"]"), "{section}");
    folder.write("card.toml", card(&format!("[features]\ninclude = [\"age\", \"income\"]\n{section}")));
    folder.run(&["train", "card.toml", "--out", "trained"]).succeeds();
}

#[test]
fn where_nothing_differs_nothing_is_proposed() {
    let folder = Folder::with(&table(6000, false, 2), &card(FEATURES));
    let (proposal, said) = proposed(&folder);
    assert_eq!(proposal["leaves"].as_array().unwrap().len(), 0, "{proposal}");
    assert_eq!(proposal["section"], "");
    assert!(said.contains("No segments are proposed"), "{said}");
    // No side may have fewer bads than asked for.
    let run = folder.run(&["segments", "card.toml", "--min-bads", "100000", "--out", "other"]);
    run.succeeds();
    assert!(run.stdout.contains("No column can be split"), "{}", run.stdout);
}
