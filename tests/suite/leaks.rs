//! Features that look like the outcome, and cases on both sides of a split.

use scorewright::cases::{FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::leaks::of_features;
use serde_json::Value;

use crate::support::{BAD, Cases, Folder, card, card_on, noise};

/// The warnings of a run on this table that hold `word`.
fn warnings(table: &Cases, card: &str, word: &str) -> Vec<String> {
    let folder = Folder::with(&table.csv(), card);
    folder.train().succeeds();
    let evidence: Value = folder.json("out/evidence.json");
    let warnings = evidence["warnings"].as_array().unwrap();
    warnings.iter().map(|warning| warning.as_str().unwrap().to_owned()).filter(|text| text.contains(word)).collect()
}

fn features(more: &str) -> String {
    card(&format!("[features]\ninclude = [\"age\", \"income\", \"region\"{more}]\n"))
}

const LEAK: &str = "leak of the outcome";
const TWIN: &str = "twin";

#[test]
fn a_clean_card_has_no_leak() {
    assert!(warnings(&Cases::new(600), &features(""), LEAK).is_empty());
    assert!(warnings(&Cases::new(600), &features(""), TWIN).is_empty());
}

#[test]
fn a_transform_of_the_outcome_is_named_with_its_auc() {
    let mut table = Cases::new(600);
    let bads = table.bads();
    // Three of a hundred are wrong: a perfect one separates, which is an error of its own.
    table.add("later", |row| {
        let is_bad = bads[row] != (noise(row, 31) < 0.03);
        format!("{:.3}", noise(row, 32) + if is_bad { 0.9 } else { 0.0 })
    });
    let found = warnings(&table, &features(", \"later\""), LEAK);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("later may be") && found[0].contains("alone it has an AUC of 0.9"), "{found:?}");
}

#[test]
fn a_value_known_for_bads_only_is_named() {
    let mut table = Cases::new(600);
    let bads = table.bads();
    table.add("written_off", |row| if bads[row] && row % 2 == 0 { format!("{}", 100 + row) } else { String::new() });
    // Without a penalty, a value of one class separates, which is an error of its own.
    let card = format!("{}[fit]\nl2 = 1.0\n", features(", \"written_off\""));
    let found = warnings(&table, &card, LEAK);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("written_off may be"), "{found:?}");
    assert!(found[0].contains("it has a value for") && found[0].contains("bads and for no good"), "{found:?}");
}

#[test]
fn a_category_of_bads_only_is_named() {
    let mut table = Cases::new(600);
    let bads = table.bads();
    table.add("stage", |row| if bads[row] && row % 3 > 0 { "court".into() } else { ["new", "old"][row % 2].into() });
    let found = warnings(&table, &features(", \"stage\""), LEAK);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("stage may be") && found[0].contains("its value court holds"), "{found:?}");
}

#[test]
fn missing_values_that_say_little_are_no_leak() {
    let mut table = Cases::new(600);
    let bads = table.bads();
    // Missing for most goods and some bads, as the months since arrears are.
    table.add("since", |row| {
        let is_missing = noise(row, 41) < if bads[row] { 0.4 } else { 0.8 };
        if is_missing { String::new() } else { format!("{}", (noise(row, 42) * 12.0) as u32) }
    });
    // An id says nothing, however well its values would sort the cases.
    table.add("code", |row| format!("x{row}"));
    assert!(warnings(&table, &features(", \"since\", \"code\""), LEAK).is_empty());
}

/// The reasons against a feature of which so many of 1000 goods and of 100 bads have a value.
fn reasons_where_present(name: &str, goods: usize, bads: usize) -> Vec<String> {
    let mut outcomes = Outcomes::default();
    let mut values = Vec::new();
    for row in 0..1100 {
        let (state, has_value) =
            if row < 1000 { (OutcomeState::Good, row < goods) } else { (OutcomeState::Bad, row - 1000 < bads) };
        outcomes.push(state, 1.0);
        values.push(if has_value { (row % 12) as f64 } else { f64::NAN });
    }
    let feature =
        FeatureColumn { name: name.into(), description: String::new(), values: FeatureValues::Numeric(values) };
    let rows: Vec<u32> = (0..1100).collect();
    of_features(&[feature], &outcomes, &rows).into_iter().flat_map(|leak| leak.reasons).collect()
}

#[test]
fn values_of_a_rare_event_rightly_hold_more_bads() {
    // 4 of 1000 goods and 48 of 100 bads had the event: 92% of those with a value are bad, 5% of the others.
    assert!(reasons_where_present("sanctions", 4, 48).is_empty());
    assert!(reasons_where_present("months_since_sanction", 4, 48).is_empty());
    // More than half of the bads: only the time since an event may.
    let reasons = reasons_where_present("sanctions", 40, 78);
    assert!(reasons.iter().any(|reason| reason.contains("it is missing for 89.")), "{reasons:?}");
    assert!(reasons_where_present("months_since_sanction", 40, 78).is_empty());
    // Nor may anything that no good has, or what is missing where cases are bad.
    for name in ["sanctions", "days_since_sanction"] {
        let reasons = reasons_where_present(name, 0, 48);
        assert!(reasons.iter().any(|reason| reason.contains("48 bads and for no good")), "{reasons:?}");
        let reasons = reasons_where_present(name, 960, 10);
        assert!(!reasons.is_empty());
    }
}

/// Persons with two cases each, equal in six features; `customer` names the person.
fn persons() -> Cases {
    let mut table = Cases::new(600);
    for (stream, name) in (51..).zip(["height", "rooms", "years", "children", "phones", "rent"]) {
        table.add(name, |row| format!("{}", (noise(row / 2, stream) * 1000.0) as u32));
    }
    table
}

const PERSON: &str = "[features]\ninclude = [\"height\", \"rooms\", \"years\", \"children\", \"phones\", \"rent\"]\n[selection]\nmin_iv = 0.0\nstepwise = \"none\"\n";

#[test]
fn twins_on_both_sides_are_warned_of_and_grouping_helps() {
    let table = persons();
    let found = warnings(&table, &card(PERSON), TWIN);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("of 180 holdout cases"), "{found:?}");
    assert!(found[0].contains("equal in every feature") && found[0].contains("group them"), "{found:?}");
    let count: usize = found[0].split(' ').next().unwrap().parse().unwrap();
    // Of a case in holdout, the other of the pair is in development with a chance of about 0.7.
    assert!((90..=160).contains(&count), "{count}");
    let grouped = card_on("group = \"customer\"", BAD, PERSON);
    assert!(warnings(&table, &grouped, TWIN).is_empty());
}

#[test]
fn a_declared_profile_is_held_across_samples() {
    let table = persons();
    let profile = format!("{}[sample]\nprofile = [\"height\", \"rent\"]\n", PERSON);
    let found = warnings(&table, &card(&profile), TWIN);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("equal in height, rent"), "{found:?}");
    // A group that keeps ids apart, not persons.
    let by_id = card_on("group = \"id\"", BAD, &profile);
    let found = warnings(&table, &by_id, TWIN);
    assert!(found[0].contains("keeps ids apart, not persons"), "{found:?}");
    let folder =
        Folder::with(&table.csv(), &card(&profile.replace("[\"height\", \"rent\"]", "[\"height\", \"rents\"]")));
    folder.refuses(&["sample.profile names \"rents\"", "did you mean \"rent\"?", "line"]);
}

#[test]
fn coarse_features_are_no_profile() {
    let mut table = Cases::new(600);
    let names = ["a", "b", "c", "d", "e"];
    for (stream, name) in (61..).zip(names) {
        table.add(name, |row| format!("{}", (noise(row, stream) * 3.0) as u32));
    }
    let card =
        "[features]\ninclude = [\"a\", \"b\", \"c\", \"d\", \"e\"]\n[selection]\nmin_iv = 0.0\nstepwise = \"none\"\n";
    assert!(warnings(&table, &self::card(card), TWIN).is_empty());
}
