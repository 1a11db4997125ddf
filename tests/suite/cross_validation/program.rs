//! `cross-validate` from end to end.

use serde_json::Value;

use crate::support::{BAD, Cases, FEATURES, Folder, OUT, card, card_on, line_of, table};

const GRID: &str =
    "[cross_validation]\nfolds = 3\nnested = true\n[cross_validation.grid]\nmax_bins = [3, 6]\nmin_iv = [0.02, 5.0]\n";

fn folder(section: &str) -> Folder {
    Folder::with(&table(), &card(&format!("{FEATURES}{section}")))
}

fn cross_validate(folder: &Folder, more: &[&str]) -> crate::support::Run {
    folder.run(&[&["cross-validate", "card.toml", "--out", OUT], more].concat())
}

fn refuses(section: &str, more: &[&str], words: &[&str]) {
    let folder = folder(section);
    cross_validate(&folder, more).fails(3, words);
    folder.is_untouched();
}

#[test]
fn a_grid_is_compared_and_written() {
    let folder = folder(GRID);
    let run = cross_validate(&folder, &[]);
    run.succeeds();
    for words in ["mean AUC on cases left out", "optimism", "best of the grid", "report.html"] {
        assert!(run.stdout.contains(words), "{words:?} is missing from {}", run.stdout);
    }
    let document = folder.json("out/cross_validation.json");
    let grid = document["grid"].as_array().unwrap();
    // The card itself stands among the four combinations.
    assert_eq!(grid.len(), 4);
    assert!(grid[0]["is_card"].as_bool().unwrap());
    let marked = |key: &str| grid.iter().filter(|row| row[key] == true).count();
    assert_eq!((marked("best"), marked("simplest")), (1, 1));
    // No feature has an information value of 5: such a combination fails and the others stand.
    let failed: Vec<&Value> = grid.iter().filter(|row| row["figures"].is_null()).collect();
    assert_eq!(failed.len(), 2);
    assert!(failed[0]["failed"].as_str().unwrap().contains("fold 1 of 3: no feature is left"));
    assert_eq!(document["nested"]["chosen"].as_array().unwrap().len(), 3);
    assert_eq!(document["folds"].as_array().unwrap().len(), 3);
    let tested: u64 = document["folds"].as_array().unwrap().iter().map(|fold| fold["cases"].as_u64().unwrap()).sum();
    assert_eq!(Some(tested), document["development"]["cases"].as_u64());
    let left_out = folder.read("out/tables/left_out.csv");
    assert_eq!(left_out.lines().count() as u64, tested + 1);
    for table in ["figures", "folds", "features", "grid"] {
        assert!(folder.read(&format!("out/tables/{table}.csv")).lines().count() > 1, "{table}");
    }
    assert!(folder.read("out/report.html").contains("AUC by fold"));
    // Its own output is replaced.
    cross_validate(&folder, &["--folds", "2"]).succeeds();
    assert_eq!(folder.json("out/cross_validation.json")["folds"].as_array().unwrap().len(), 2);
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let folder = folder(GRID);
    let bytes = |threads: &str| {
        cross_validate(&folder, &["--threads", threads, "--repeats", "2"]).succeeds();
        ["cross_validation.json", "report.html", "tables/left_out.csv", "tables/grid.csv"]
            .map(|name| folder.read(&format!("out/{name}")))
    };
    assert!(bytes("1") == bytes("4"));
}

#[test]
fn by_time_each_period_follows_those_it_was_fitted_on() {
    let text = card_on("observed_at = \"applied_at\"\ngroup = \"customer\"", BAD, FEATURES);
    let folder = Folder::with(&Cases::new(600).csv(), &text);
    cross_validate(&folder, &["--by", "time", "--folds", "3"]).succeeds();
    let document = folder.json("out/cross_validation.json");
    let folds = document["folds"].as_array().unwrap();
    let first = |fold: usize| folds[fold]["period"][0].as_str().unwrap().to_owned();
    let last = |fold: usize| folds[fold]["period"][1].as_str().unwrap().to_owned();
    assert!(last(0) < first(1) && last(1) < first(2));
    let fitted = |fold: usize| folds[fold]["fitted_cases"].as_u64().unwrap();
    assert!(fitted(0) < fitted(1) && fitted(1) < fitted(2));
    // Customers have two cases in months that follow each other: some stand on both sides.
    assert!(folds.iter().any(|fold| fold["left_out"].as_u64().unwrap() > 0));
    assert!(folder.read("out/report.html").contains("First day"));
}

#[test]
fn weighted_and_fractional_outcomes_are_cross_validated() {
    let mut table = Cases::new(400);
    let bads = table.bads();
    table.add("outcome", |row| format!("{:.2}", if bads[row] { 0.2 } else { 0.9 }));
    let text = card_on("", "ratio = \"outcome\"\nweight = \"w\"", FEATURES);
    let folder = Folder::with(&table.csv(), &text);
    let run = cross_validate(&folder, &["--json"]);
    println!("{}", run.stderr);
    run.succeeds();
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(summary["auc"]["value"].as_f64().unwrap() > 0.55);
}

#[test]
fn a_card_with_segments_is_made_anew_segment_by_segment() {
    let segments = "[segments]\ncolumn = \"age\"\ncuts = [45]\nnames = [\"young\", \"old\"]\n[cross_validation.grid]\nmax_bins = [3]\n";
    let folder = Folder::with(&Cases::new(2000).csv(), &card(&format!("{FEATURES}{segments}")));
    cross_validate(&folder, &[]).succeeds();
    let document = folder.json("out/cross_validation.json");
    let names: Vec<&str> =
        document["features"].as_array().unwrap().iter().map(|row| row["feature"].as_str().unwrap()).collect();
    assert!(names.contains(&"young/income") && names.contains(&"old/income"), "{names:?}");
    assert!(document["cross_validated"]["auc"]["value"].as_f64().unwrap() > 0.6);
    // The grid goes through the segments too: fewer bins.
    let bins = |row: usize| document["grid"][row]["figures"]["bins"].as_f64().unwrap();
    assert!(bins(1) < bins(0));
}

/// A card may move its PDs to the population's bad rate; cases are measured as they were drawn.
#[test]
fn pds_are_measured_on_the_cases_as_drawn() {
    let figures = |sample: &str| {
        let folder = folder(&format!("[sample]\n{sample}\n"));
        cross_validate(&folder, &[]).succeeds();
        folder.json("out/cross_validation.json")
    };
    let (plain, moved) = (figures("holdout = 0.3"), figures("population_bad_rate = 0.01"));
    assert_eq!(plain["cross_validated"], moved["cross_validated"]);
    assert!(moved["warnings"].to_string().contains("as drawn") && !plain["warnings"].to_string().contains("as drawn"));
    // Goods and bads that are weighted before anything is fitted are cases as they stand.
    let weighted = figures("population_bad_rate = 0.01\nprior = \"weights\"\n[selection]\nstepwise = \"none\"");
    assert!(!weighted["warnings"].to_string().contains("as drawn"));
    let loss = |document: &Value| document["cross_validated"]["log_loss"].as_f64().unwrap();
    assert!(loss(&weighted) < 0.5 * loss(&plain));
}

#[test]
fn what_cannot_be_done_is_said_before_it_starts() {
    let text = card(&format!("{FEATURES}[cross_validation]\nfolds = 1\n"));
    refuses("[cross_validation]\nfolds = 1\n", &[], &["folds is 1", "between 2 and 50", &line_of(&text, "folds = 1")]);
    refuses("", &["--folds", "51"], &["folds is 51"]);
    refuses("", &["--by", "time"], &["need the day of observation", "observed_at"]);
    refuses("[cross_validation]\nnested = true\n", &[], &["nested needs a grid"]);
    refuses("[cross_validation]\nfolds = 3\nfold = 2\n", &[], &["unknown key \"fold\"", "folds"]);
    refuses("[cross_validation.grid]\nmax_bins = [4, 1]\n", &[], &["max_bins", "between 2 and 50", "card.toml"]);
    refuses("[cross_validation.grid]\nl2 = [-1.0]\n", &[], &["l2", "at least 0"]);
    let many = "[cross_validation.grid]\nmax_bins = [2,3,4,5,6,7,8,9,10,11,12]\nl2 = [0.0,1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0]\n";
    refuses(many, &[], &["110 combinations", "at most 100"]);
}

#[test]
fn a_fold_without_bads_is_named() {
    let mut table = Cases::new(120);
    table.add("outcome", |row| if row % 40 == 0 { "bad" } else { "good" }.to_owned());
    let text = card(&format!("{FEATURES}[sample]\nholdout = 0.0\n[fit]\nl2 = 1.0\n[cross_validation]\nfolds = 4\n"));
    let folder = Folder::with(&table.csv(), &text);
    cross_validate(&folder, &[]).fails(3, &["of 4 has no bad case to test on", "fewer folds"]);
    folder.is_untouched();
}

#[test]
fn an_error_within_a_fold_names_the_fold() {
    // Ten bads, and a column that tells them apart from the rest but for two cases: some fold is separated.
    let mut table = Cases::new(200);
    let bad = |row: usize| row % 20 == 3;
    table.add("outcome", |row| if bad(row) { "bad" } else { "good" }.to_owned());
    table.add("tell", |row| format!("{}", u8::from(bad(row) != (row == 4))));
    let text = card(
        "[features]\ninclude = [\"tell\", \"age\"]\n[sample]\nholdout = 0.0\n[selection]\nkeep = [\"tell\"]\n[cross_validation]\nfolds = 5\n",
    );
    let folder = Folder::with(&table.csv(), &text);
    folder.train().succeeds();
    std::fs::remove_dir_all(folder.path(OUT)).unwrap();
    cross_validate(&folder, &[]).fails(3, &[" of 5: ", "separates good from bad"]);
    folder.is_untouched();
}

/// What a card may not be, none of its grid may be.
#[test]
fn a_grid_that_makes_an_impossible_card() {
    for (rest, words) in [
        (
            "[selection]\nsearch = \"best_subset\"\n[cross_validation.grid]\nstepwise = [\"bic\", \"p_value\"]\n",
            "the best subset is chosen by AIC or BIC",
        ),
        ("[fit]\nfirth = true\n[cross_validation.grid]\nl2 = [0.0, 1.0]\n", "exclude each other"),
    ] {
        let folder = Folder::with(&Cases::new(400).csv(), &card(&format!("{FEATURES}{rest}")));
        folder.run(&["cross-validate", "card.toml", "--out", "out"]).fails(3, &[words]);
        folder.is_untouched();
    }
}
