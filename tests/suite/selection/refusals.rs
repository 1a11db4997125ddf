//! What is refused, with the place and a way out; and a search among more features than there are bads.

use super::{FEATURES, cases, warnings};
use crate::support::{Cases, Folder, card, line_of, noise, table};

#[track_caller]
fn refused(selection: &str, needle: &str, words: &[&str]) {
    let card = card(&format!("[selection]\n{selection}\n"));
    let folder = Folder::with(&table(), &card);
    let line = line_of(&card, needle);
    folder.refuses(&[words, &[line.as_str(), "what to do"]].concat());
}

#[test]
fn themes_that_cannot_be() {
    let theme = |rest: &str| format!("[selection.themes.money]\n{rest}");
    refused(
        &theme("features = [\"income\"]\nmost = 1"),
        "most",
        &["unknown key", "valid keys here are: features, max"],
    );
    refused(&theme("max = 1"), "[selection.themes.money]", &["missing field `features`"]);
    refused(&theme("features = [\"income\"]"), "[selection.themes.money]", &["missing field `max`"]);
    refused(&theme("features = []\nmax = 1"), "features = []", &["selection.themes.money.features is empty"]);
    refused(&theme("features = [\"income\"]\nmax = 0"), "max = 0", &["max is 0, but must be at least 1", "drop"]);
    refused(&theme("features = [\"incme\"]\nmax = 1"), "features = [\"incme\"]", &["no feature is called", "income"]);
}

#[test]
fn keys_that_cannot_be() {
    refused("max_features = 0", "max_features", &["max_features is 0, but must be at least 1"]);
    refused("max_features = -1", "max_features", &["max_features must be a whole number of at least 1"]);
    refused("max_per_source = 2", "max_per_source", &["needs a history", "[selection.themes.NAME]"]);
    refused("max_missing = 1.5", "max_missing", &["between 0 and 1"]);
    refused("max_psi = 0", "max_psi", &["must be above 0", "max_psi = inf"]);
    refused("max_psi = nan", "max_psi", &["must be above 0"]);
    refused("max_vif = 1.0", "max_vif", &["must be above 1", "max_vif = inf"]);
    refused("leaks = \"dropp\"", "leaks", &["did you mean \"drop\"?"]);
    refused("reversals = \"warm\"", "reversals", &["did you mean \"warn\"?"]);
    refused("direction = \"backwards\"", "direction", &["did you mean \"backward\"?"]);
    refused("search = \"best\"", "search", &["valid words here", "best_subset"]);
    refused("p_enter = 0.1", "p_enter", &["counts only with stepwise = \"p_value\""]);
    refused("stepwise = \"p_value\"\np_stay = 0.01", "p_stay", &["p_stay is 0.01, below p_enter, 0.05"]);
    refused("stepwise = \"p_value\"\np_enter = 0.0", "p_enter", &["must be between"]);
    refused("stepwise = \"none\"\nsearch = \"best_subset\"", "search", &["chosen by AIC or BIC"]);
}

#[test]
fn kept_features_beyond_a_limit() {
    refused("max_features = 1\nkeep = [\"age\", \"income\"]", "max_features", &["keep names 2: ", "age", "income"]);
    let theme = "keep = [\"age\", \"income\"]\n[selection.themes.t]\nfeatures = [\"*\"]\nmax = 1";
    refused(theme, "max = 1", &["the theme t may have at most 1, but keep names 2"]);
}

#[test]
fn too_many_candidates_for_the_best_subset() {
    let mut cases = Cases::new(600);
    for feature in 0..25 {
        cases.add(&format!("x{feature}"), |row| (noise(row, 200 + feature) * 1000.0).floor().to_string());
    }
    let rest = "[features]\ninclude = [\"x*\"]\n[selection]\nmin_iv = 0\nsearch = \"best_subset\"";
    let folder = Folder::with(&cases.csv(), &card(rest));
    folder.refuses(&["among at most 20 features, but 2", "a higher min_iv", "line"]);
}

#[test]
fn more_features_than_bads() {
    let mut table = cases();
    // Seven bads.
    table.add("outcome", |row| if row % 90 == 3 { "bad" } else { "good" }.to_owned());
    for feature in 0..12 {
        table.add(&format!("x{feature}"), |row| (noise(row, 300 + feature) * 6.0).floor().to_string());
    }
    let rest = format!(
        "{}[selection]\nmin_iv = 0\nmax_correlation = 1\nmax_features = 2",
        FEATURES.replace("\"house\"", "\"x*\"")
    );
    let folder = Folder::with(&table.csv(), &card(&rest));
    let run = folder.train();
    if run.status.code() == Some(3) {
        // Seven bads may be separated from the goods: told as such.
        run.fails(3, &["separates good from bad"]);
        return;
    }
    run.succeeds();
    let told = warnings(&folder);
    assert!(
        told.iter().any(|w| w.starts_with("development has 7 bad cases and ") && w.contains("largely chance")),
        "{told:?}"
    );
}
