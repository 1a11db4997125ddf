//! Segments that cannot be: in the card's file, and in its data.

use super::pays::table;
use crate::support::{Folder, card, card_on, line_of, project_with};

const FEATURES: &str = "[features]\ninclude = [\"age\", \"income\"]\n";

fn refuses(section: &str, words: &[&str]) {
    let text = card(&format!("{FEATURES}[segments]\n{section}\n"));
    let folder = Folder::with(&table(400, true, 1), &text);
    folder.refuses(words);
}

#[test]
fn the_file_of_the_card() {
    for (section, words) in [
        ("column = \"customers\"", &["none of the columns is called \"customers\"", "did you mean \"customer\"?"][..]),
        ("column = \"outcome\"", &["\"outcome\" is the outcome"]),
        ("column = \"\"", &["column is empty"]),
        ("colum = \"customer\"", &["unknown key \"colum\"", "did you mean \"column\"?"]),
        (
            "column = \"customer\"\ngroups = { new = [\"new\"], old = [\"odl\"] }",
            &["no case has the value odl", "did you mean \"old\"?"],
        ),
        (
            "column = \"customer\"\ngroups = { a = [\"new\", \"old\"], b = [\"old\"] }",
            &["the value \"old\" stands twice, in \"a\" and \"b\""],
        ),
        ("column = \"customer\"\ngroups = { a = [\"new\"], b = [] }", &["the segment \"b\" has no values"]),
        ("column = \"customer\"\ngroups = { all = [\"new\", \"old\"] }", &["2 to 50 segments, but here are 1"]),
        ("column = \"customer\"\ngroups = { \"a/b\" = [\"new\"], c = [\"old\"] }", &["cannot be called \"a/b\""]),
        (
            "column = \"customer\"\ngroups = { new = [\"new\"], old = [\"old\"] }\notherwise = \"odl\"",
            &["no segment is called \"odl\"", "did you mean \"old\"?"],
        ),
        ("column = \"customer\"\notherwise = \"odl\"", &["no segment is called \"odl\"", "did you mean \"old\"?"]),
        (
            "column = \"customer\"\ngroups = { new = [\"new\"], old = [\"old\"] }\ncuts = [1]",
            &["there are groups and cuts"],
        ),
        ("column = \"customer\"\nnames = [\"a\", \"b\"]", &["there are names without cuts"]),
        ("column = \"customer\"\ncuts = [1]", &["holds categories, which have no cuts"]),
        ("column = \"months\"\ncuts = [24, 12]", &["cuts must rise"]),
        (
            "column = \"months\"\ncuts = [12]\nnames = [\"a\", \"b\", \"c\"]",
            &["1 cuts make 2 segments, but there are 3 names"],
        ),
        ("column = \"months\"\ncuts = [12]\nnames = [\"a\", \"a\"]", &["two segments are called \"a\""]),
        ("column = \"months\"\ncuts = [12]\nmin_bads = -1", &["min_bads is -1"]),
        // Sixty values as they stand are no segments.
        ("column = \"months\"", &["each value of the column is a segment, but development has"]),
    ] {
        println!("{section}");
        refuses(section, words);
    }
}

#[test]
fn a_segment_without_bads_or_goods_is_named() {
    refuses(
        "column = \"months\"\ncuts = [59.5]\nnames = [\"most\", \"last\"]",
        &["\"last\" has no good case", "0 cases"],
    );
    let mut text = table(400, true, 1);
    text.push_str(&"30,2000,12,staff,good\n".repeat(20));
    let folder = Folder::with(&text, &card(&format!("{FEATURES}[segments]\ncolumn = \"customer\"\n")));
    folder.refuses(&["the segment \"staff\" has no bad case in development", "card.toml", "groups, cuts, otherwise"]);
    let joined =
        "[segments]\ncolumn = \"customer\"\ngroups = { new = [\"new\"], old = [\"old\"] }\notherwise = \"old\"\n";
    let folder = Folder::with(&text, &card(&format!("{FEATURES}{joined}")));
    folder.train().succeeds();
    // What development saw is no surprise later.
    let document = folder.json("out/scorecard.json");
    assert_eq!(document["segments"]["segments"][1]["values"][1]["categories"][0], "staff");
}

#[test]
fn a_case_that_no_segment_takes_is_told_by_row_and_value() {
    let mut text = table(400, true, 1);
    text.push_str("30,2000,,,good\n30,2000,12,staff,good\n");
    let with = |section: &str| Folder::with(&text, &card(&format!("{FEATURES}[segments]\n{section}\n")));
    with("column = \"customer\"\ngroups = { new = [\"new\"], old = [\"old\"] }").refuses(&[
        "no segment takes the value missing",
        "data row 401",
        "column \"customer\"",
        "otherwise",
        "new, old",
    ]);
    with("column = \"months\"\ncuts = [24]").refuses(&["no segment takes the value missing", "data row 401"]);
    with("column = \"months\"\ncuts = [24]\notherwise = \"below 24\"").train().succeeds();
}

#[test]
fn what_cannot_be_together_says_so() {
    let text = card(&format!("{FEATURES}[segments]\ncolumn = \"customer\"\n"));
    let folder = Folder::with(&table(400, true, 1), &card(FEATURES));
    let edit = ["bins", "card.toml", "--feature", "age", "--split", "33", "--by", "A", "--because", "B"];
    folder.run(&edit).succeeds();
    folder.write("card.toml", &text);
    folder.refuses(&["the card has [segments], whose bins cannot be edited", "card.bins.toml", "fixed cuts"]);
    let folder = Folder::with(&table(400, true, 1), &text);
    let run = folder.run(&["bins", "card.toml", "--streaming", "--out", "out"]);
    run.fails(3, &["with all cases in memory only", &line_of(&text, "[segments]")]);
    // An error within a segment names it.
    let mut text = table(3000, true, 1).replace(",new,good", ",new,good,1").replace(",new,bad", ",new,bad,0");
    text = text
        .replace(",old,good", ",old,good,1")
        .replace(",old,bad", ",old,bad,1")
        .replace("outcome\n", "outcome,after\n");
    let features = "[features]\ninclude = [\"age\", \"income\", \"after\"]\n[selection]\nleaks = \"warn\"\n[segments]\ncolumn = \"customer\"\n";
    Folder::with(&text, &card(features))
        .refuses(&["segment \"new\": the feature \"after\"", "separates good from bad"]);
    let weighted =
        card_on("group = \"customer\"", crate::support::BAD, &format!("{FEATURES}[segments]\ncolumn = \"customer\"\n"));
    Folder::with(&table(400, true, 1), &weighted).refuses(&["\"customer\" is the outcome, the id"]);
}

#[test]
fn a_card_on_the_history_takes_a_feature() {
    let folder = Folder::new();
    let section = "[segments]\ncolumn = \"educaton\"\n[sample]";
    project_with(&folder, "cards/application.toml", "[sample]", section);
    let train = ["train", "cards/application.toml", "--out", "out"];
    folder
        .run(&train)
        .fails(3, &["none of the defined features is called \"educaton\"", "did you mean \"education\"?"]);
    folder.is_untouched();
    let section = "[segments]\ncolumn = \"credit_limit\"\ncuts = [120000]\nmin_bads = 10\n[sample]";
    project_with(&folder, "cards/application.toml", "[sample]", section);
    folder.run(&train).succeeds();
    let document = folder.json("out/scorecard.json");
    assert_eq!(document["segments"]["segments"][0]["name"], "below 120000");
    let score = ["score", "out/scorecard.json", "--data", "out/tables/cases.parquet", "--out", "scores.csv"];
    folder.run(&score).succeeds();
}
