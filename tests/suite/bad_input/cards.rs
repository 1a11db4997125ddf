//! Cards that cannot be read: every message names the file, the line and the nearest valid key.

use crate::support::{BAD, FEATURES, Folder, card, card_on, line_of, table};

/// A card on the usual table that is refused with the line of `needle` and `words`.
fn refused(card: &str, needle: &str, words: &[&str]) {
    let line = format!("card.toml, {}", line_of(card, needle));
    let folder = Folder::with(&table(), card);
    let run = folder.train();
    run.fails(3, words);
    let place = run.stderr.lines().find(|line| line.contains("where:")).unwrap_or_default();
    assert!(place.ends_with(&line) || place.contains(&format!("{line},")), "{needle:?}: {line} not in {}", run.stderr);
    folder.is_untouched();
}

#[test]
fn unknown_and_misspelt_keys() {
    for (rest, needle, near) in [
        ("[binning]\nmax_bin = 4", "max_bin", "max_bins"),
        ("[sample]\n\nhold_out = 0.2", "hold_out", "holdout"),
        ("[scaling]\npdo = 20\nroundin = \"none\"", "roundin", "rounding"),
        ("[selection]\nstep_wise = \"aic\"", "step_wise", "stepwise"),
        ("[features.columns.age]\ncut = [30]", "cut =", "cuts"),
        ("[features.columns.age]\nmonotonic = \"auto\"", "monotonic", "monotone"),
        ("[limits]\nmin_aucs = 0.6", "min_aucs", "min_auc"),
        ("[fit]\nsolvr = \"newton\"", "solvr", "solver"),
        ("[samples]\nholdout = 0.2", "[samples]", "sample"),
    ] {
        refused(&card(rest), needle, &["unknown key", &format!("did you mean {near:?}?")]);
    }
    refused(&card("[fit]\ncolour = 1"), "colour", &["unknown key", "valid keys here are: solver, l2, sign_constraint"]);
    refused(&card_on("idd = \"id\"", BAD, ""), "idd", &["unknown key", "did you mean \"id\"?"]);
    refused(
        &card_on("", &format!("{BAD}\nweigth = \"w\""), ""),
        "weigth",
        &["unknown key", "did you mean \"weight\"?"],
    );
}

#[test]
fn values_of_the_wrong_type() {
    for (rest, needle, words) in [
        ("[sample]\nholdout = \"a third\"", "holdout", "invalid type: string"),
        ("[binning]\nmax_bins = 4.5", "max_bins", "max_bins must be a whole number of at least 1, but is 4.5"),
        ("[binning]\nmax_bins = -4", "max_bins", "a whole number of at least 1, but is -4"),
        ("[sample]\nseed = -1", "seed", "seed must be a whole number of at least 0, but is -1"),
        ("[features]\ninclude = \"age\"", "include", "invalid type: string"),
        ("[features.columns.age]\ncuts = [30, \"old\"]", "cuts", "invalid type: string"),
        ("[features.columns.age]\nspecial = 5", "special", "special must be a list of values"),
        ("[features.columns.region]\ngroups = [\"north\"]", "groups", "invalid type: string"),
        ("[fit]\nsign_constraint = \"yes\"", "sign_constraint", "sign_constraint must be true, false or"),
        ("[sample]\nout_of_time_from = \"tomorrow\"", "out_of_time_from", "is not a date"),
        ("[sample]\nout_of_time_from = 7", "out_of_time_from", "a date, such as 2024-07-01"),
    ] {
        refused(&card(rest), needle, &[words, "what to do"]);
    }
}

#[test]
fn words_that_are_not_among_the_choices() {
    for (rest, needle, near) in [
        ("[selection]\nstepwise = \"bicc\"", "stepwise", "bic"),
        ("[fit]\nsolver = \"newtons\"", "solver", "newton"),
        ("[binning]\nmonotone = \"ascendin\"", "monotone", "ascending"),
        ("[scaling]\nrounding = \"integers\"", "rounding", "integer"),
        ("[features.columns.age]\ntype = \"numerical\"", "type", "numeric"),
    ] {
        refused(&card(rest), needle, &["unknown", &format!("did you mean {near:?}?")]);
    }
    let kind = card("").replace("application", "aplication");
    refused(&kind, "kind", &["unknown", "did you mean \"application\"?"]);
}

#[test]
fn values_that_are_impossible() {
    for (rest, needle, words) in [
        ("[sample]\nholdout = 1.5", "holdout", "between 0 and 0.9"),
        ("[sample]\nholdout = -0.1", "holdout", "between 0 and 0.9"),
        ("[sample]\nholdout = nan", "holdout", "between 0 and 0.9"),
        ("[binning]\nmax_bins = 1", "max_bins", "between 2 and 50"),
        ("[binning]\nmin_share = 0.9", "min_share", "between 0 and 0.5"),
        ("[selection]\nmin_iv = -1.0", "min_iv", "at least 0"),
        ("[selection]\nmax_correlation = 1.1", "max_correlation", "between 0 and 1"),
        ("[selection]\nkeep = [\"age\"]\ndrop = [\"age\"]", "drop", "stands in keep and in drop"),
        ("[fit]\nl2 = -1.0", "l2", "must be"),
        ("[scaling]\npdo = 0.0", "pdo", "must be between"),
        ("[scaling]\nodds = -50.0", "odds", "must be between"),
        ("[scaling]\npoints = inf", "points", "must be between"),
        ("[limits]\nmin_auc = 65.0", "min_auc", "between 0 and 1"),
        ("[features.columns.age]\ncuts = [40, 30]", "cuts", "must rise"),
        ("[features.columns.age]\ncuts = [nan]", "cuts", "finite"),
        ("[features.columns.age]\ncuts = [30.12345678901234]", "cuts", "12 significant digits"),
        ("[features.columns.age]\ntype = \"categorical\"\ncuts = [30]", "cuts", "give groups instead"),
        ("[features.columns.age]\nspecial = [-9, -9]", "special", "stands twice"),
        ("[features.columns.region]\ngroups = [[\"north\"], [\"north\"]]", "groups", "stands in two groups"),
        ("[features.columns.region]\ngroups = [[\"north\"], []]", "groups", "a group is empty"),
        ("[features.columns.region]\ntype = \"categorical\"\nmonotone = \"ascending\"", "monotone", "no order"),
        ("[features]\nexclude = [\"id\"]\ninclude = [\"[age\"]", "include", "is not a pattern"),
        ("[sample]\nout_of_time_from = 2024-07-01", "out_of_time_from", "observed_at"),
        ("[features.define.x]\ntable = \"performance\"\nvalue = \"balance\"", "features.define", "[population]"),
    ] {
        refused(&card(rest), needle, &[words]);
    }
    refused(&card_on("separator = \"ü\"", BAD, ""), "separator", &["one ASCII character"]);
    // Only the table tells that this column holds categories.
    let trend = card("[features.columns.region]\nmonotone = \"ascending\"");
    Folder::with(&table(), &trend).refuses(&["no order", "region", "card.toml"]);
    refused(&card("").replace("\"test\"", "\" \""), "name", &["the card's name is empty"]);
}

#[test]
fn text_that_is_not_toml() {
    refused(&card("[binning]\nmax_bins = = 4"), "max_bins", &["what to do"]);
    refused(
        &card("[binning]\nmax_bins = 4\nmax_bins = 5"),
        "max_bins = 5",
        &["duplicate key \"max_bins\"", "keep one of them"],
    );
    let folder = Folder::with(&table(), "");
    folder.write("card.toml", b"[card]\nname = \"caf\xe9\"\n");
    folder.refuses(&["not UTF-8", "card.toml"]);
}

#[test]
fn sections_that_are_missing() {
    Folder::with(&table(), "").refuses(&["missing", "card", "card.toml"]);
    let no_outcome = card("").replace("[outcome]\n", "");
    Folder::with(&table(), &no_outcome).refuses(&["card.toml"]);
    let no_path = card("").replace("path = \"cases.csv\"", "");
    refused(&no_path, "[table]", &["missing", "path"]);
}

#[test]
fn both_a_table_and_a_population_or_neither() {
    let both = card("[population]\ntable = \"performance\"");
    refused(&both, "[population]", &["either [table] or [population], not both"]);
    let neither = card("").replace("[table]\npath = \"cases.csv\"\n", "");
    Folder::with(&table(), &neither).refuses(&["needs [table]", "[population]", "card.toml"]);
}

#[test]
fn an_outcome_that_says_too_much_or_too_little() {
    for (outcome, needle, words) in [
        ("column = \"outcome\"", "[outcome]", "bad"),
        ("bad = [\"bad\"]", "[outcome]", "column"),
        ("column = \"outcome\"\nbad = []", "bad = ", "bad"),
        ("column = \"outcome\"\nbad = [\"bad\"]\nratio = \"w\"", "ratio", "ratio"),
        ("column = \"outcome\"\nbad = [\"bad\"]\nwindow_months = 6", "window_months", "[population]"),
    ] {
        refused(&card_on("", outcome, FEATURES), needle, &[words]);
    }
}

#[test]
fn wrong_usage() {
    let folder = Folder::with(&table(), &card(FEATURES));
    for arguments in [
        &["train", "card.toml"][..],
        &["train", "--out", "out"],
        &["trian", "card.toml", "--out", "out"],
        &["train", "card.toml", "--out", "out", "--threads", "0"],
        &["train", "card.toml", "--out", "out", "--fast"],
        &["score", "card.json", "--data", "cases.csv"],
        &["export", "card.json", "--format", "cobol", "--out", "out"],
        &[],
    ] {
        folder.run(arguments).fails(2, &["--help"]);
        folder.is_untouched();
    }
}

#[test]
fn a_failure_is_a_json_document_where_json_is_asked_for() {
    let folder = Folder::with(&table(), &card("[binning]\nmax_bin = 4"));
    let run = folder.run(&["train", "card.toml", "--out", "out", "--json"]);
    run.fails(3, &["max_bin"]);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["error"]["status"], 3);
    assert!(document["error"]["text"].as_str().unwrap().contains("did you mean \"max_bins\"?"), "{document}");
}
