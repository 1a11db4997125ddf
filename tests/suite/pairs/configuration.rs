//! Pairs that cannot be: every message names the place and what to do.

use crate::support::{BAD, FEATURES, Folder, card, card_on, line_of, project, project_with, table};

fn refused(card: &str, needle: &str, words: &[&str]) {
    let folder = Folder::with(&table(), card);
    let mut all = words.to_vec();
    let line = line_of(card, needle);
    if !needle.is_empty() {
        all.push(&line);
    }
    folder.refuses(&all);
}

#[test]
fn what_a_pair_is_of_must_be_there_and_differ() {
    let pair = |keys: &str| card(&format!("{FEATURES}[features.pairs.both]\n{keys}"));
    for (keys, words) in [
        (
            "of = [\"age\", \"incom\"]",
            vec!["features.pairs.both", "none of the columns is called \"incom\"", "did you mean \"income\"?"],
        ),
        ("of = [\"age\", \"age\"]", vec!["features.pairs.both", "two different ones"]),
        ("of = [\"age\", \"outcome\"]", vec!["\"outcome\" is the outcome"]),
        ("of = [\"age\"]", vec!["invalid length 1", "array of length 2"]),
        ("of = [\"age\", \"income\"]\naxis_bins = 1", vec!["axis_bins must be between 2 and 20"]),
        ("of = [\"age\", \"income\"]\nmax_bins = 99", vec!["max_bins must be between 2 and 50"]),
        ("of = [\"age\", \"income\"]\nmonotone = [\"auto\", \"none\"]", vec!["auto", "none, ascending, descending"]),
        ("of = [\"age\", \"income\"]\naxis_bin = 4", vec!["unknown key", "did you mean \"axis_bins\"?"]),
    ] {
        let needle = keys.lines().last().unwrap();
        refused(&pair(keys), needle, &words);
    }
    refused(
        &card(&format!("{FEATURES}[features.pairs.income]\nof = [\"age\", \"region\"]")),
        "[features.pairs.income]",
        &["is called \"income\" too", "a name of its own"],
    );
    refused(
        &pair("of = [\"age\", \"region\"]\nmonotone = [\"none\", \"ascending\"]"),
        "",
        &["features.pairs.both", "region", "have no order"],
    );
    refused(&card("[features.columns.age]\ntype = \"pair\""), "type = \"pair\"", &["[features.pairs.NAME]"]);
}

#[test]
fn a_column_that_cannot_be_read_cannot_be_an_axis() {
    let card = card_on("", BAD, &format!("{FEATURES}[features.pairs.both]\nof = [\"age\", \"applied_at\"]"));
    refused(&card, "of = [", &["\"applied_at\" cannot be an axis", "a date is not a feature"]);
}

#[test]
fn on_the_history_a_pair_is_of_features() {
    let folder = Folder::new();
    let pair = "[features.pairs.both]\nof = [\"age\", \"credit_limits\"]\n\n[features.define.age]";
    project_with(&folder, "cards/behavior.toml", "[features.define.age]", pair);
    let run = folder.run(&["train", "cards/behavior.toml", "--out", "out"]);
    run.fails(3, &["none of the defined features is called \"credit_limits\"", "did you mean \"credit_limit\"?"]);
    assert!(project().contains_key("cards/behavior.toml"));
}
