//! Tables that are not in the form their name promises, and columns that are not there.

use crate::support::{BAD, Cases, FEATURES, Folder, card, card_on, line_of, table};

/// A table, changed in one line.
fn changed(line: usize, change: impl Fn(&str) -> String) -> String {
    let change = |(position, text): (usize, &str)| if position + 1 == line { change(text) } else { text.to_owned() };
    table().lines().enumerate().map(change).map(|line| line + "\n").collect()
}

#[test]
fn a_card_that_is_not_there() {
    let folder = Folder::with(&table(), &card(FEATURES));
    let run = folder.run(&["train", "crad.toml", "--out", "out"]);
    run.fails(3, &["cannot read the file", "crad.toml", "did you mean", "card.toml"]);
    folder.is_untouched();
}

#[test]
fn a_table_that_is_not_there() {
    let folder = Folder::with(&table(), &card(FEATURES).replace("cases.csv", "case.csv"));
    folder.refuses(&["cannot read the file", "case.csv", "did you mean", "cases.csv"]);
}

#[test]
fn a_pattern_that_no_file_matches() {
    let folder = Folder::with(&table(), &card(FEATURES).replace("cases.csv", "parts-*.csv"));
    folder.refuses(&["no file matches", "parts-*.csv"]);
}

#[test]
fn a_name_that_does_not_say_what_the_file_is() {
    let folder = Folder::with(&table(), &card(FEATURES).replace("cases.csv", "cases.txt"));
    folder.write("cases.txt", table());
    folder.refuses(&["cases.txt", ".csv, .csv.gz or .parquet"]);
}

#[test]
fn files_that_are_not_what_their_name_says() {
    for (name, words) in [("cases.parquet", "not readable Parquet"), ("cases.csv.gz", "cannot be unpacked")] {
        let folder = Folder::with(&table(), &card(FEATURES).replace("cases.csv", name));
        folder.write(name, table());
        folder.refuses(&[words, name]);
    }
}

#[test]
fn an_empty_file() {
    for text in ["", "\n", "  \n\n"] {
        Folder::with(text, &card(FEATURES)).refuses(&["the file is empty", "cases.csv"]);
    }
}

#[test]
fn a_header_and_no_rows() {
    let header = table().lines().next().unwrap().to_owned();
    for text in [header.clone(), header + "\n"] {
        Folder::with(&text, &card(FEATURES)).refuses(&["a header but no rows", "cases.csv"]);
    }
}

#[test]
fn no_header() {
    let text = "17,2000,3,0\n21,1800,4,1\n";
    Folder::with(text, &card(FEATURES)).refuses(&["looks like data", "cases.csv", "line 1", "names in the first line"]);
}

#[test]
fn a_column_without_a_name() {
    let text = table().replacen("w,age", "w,", 1);
    Folder::with(&text, &card(FEATURES)).refuses(&["column 5 has no name", "cases.csv", "line 1"]);
}

#[test]
fn two_columns_of_one_name() {
    let text = table().replacen("w,age", "w,income", 1);
    Folder::with(&text, &card(FEATURES)).refuses(&["two columns are called \"income\"", "cases.csv", "line 1"]);
}

#[test]
fn a_row_with_too_many_fields() {
    let text = changed(38, |line| format!("{line},more"));
    Folder::with(&text, &card(FEATURES)).refuses(&["9 fields", "header has 8", "cases.csv", "line 38"]);
}

#[test]
fn a_row_with_too_few_fields() {
    let text = changed(412, |line| line.rsplit_once(',').unwrap().0.to_owned());
    Folder::with(&text, &card(FEATURES)).refuses(&["7 fields", "header has 8", "cases.csv", "line 412"]);
}

#[test]
fn a_quote_that_is_never_closed() {
    let text = changed(99, |line| line.replacen("c98,", "\"c98,", 1));
    Folder::with(&text, &card(FEATURES)).refuses(&["cases.csv", "line 99", "quote"]);
}

#[test]
fn a_blank_line_at_the_end_is_no_row() {
    let folder = Folder::with(&(table() + "\n"), &card(FEATURES));
    folder.train().succeeds();
    assert_eq!(folder.json("out/scorecard.json")["lineage"]["data"][0]["rows"], 600);
}

#[test]
fn a_blank_line_in_the_middle_is_told_or_skipped() {
    let folder = Folder::with(&changed(40, |line| format!("{line}\n")), &card(FEATURES));
    let run = folder.train();
    if run.status.success() {
        assert_eq!(folder.json("out/scorecard.json")["lineage"]["data"][0]["rows"], 600);
    } else {
        run.fails(3, &["blank", "cases.csv", "line 41"]);
        folder.is_untouched();
    }
}

#[test]
fn text_that_is_not_utf_8() {
    let mut bytes = table().into_bytes();
    let at = table().match_indices("north").nth(60).unwrap().0;
    bytes[at] = 0xe9;
    let line = table()[..at].lines().count();
    let folder = Folder::with("", &card(FEATURES));
    folder.write("cases.csv", bytes);
    folder.refuses(&["not UTF-8", "0xe9", "cases.csv", &format!("line {line}"), "iconv"]);
}

#[test]
fn utf_16() {
    let bytes: Vec<u8> = table().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = Folder::with("", &card(FEATURES));
    folder.write("cases.csv", bytes);
    folder.refuses(&["UTF-16", "cases.csv"]);
}

#[test]
fn another_separator() {
    let folder = Folder::with(&table().replace(',', ";"), &card(FEATURES));
    folder.refuses(&["separated by \";\"", "cases.csv", "line 1", "separator = \";\""]);
    let folder = Folder::with(&table().replace(',', "\t"), &card(FEATURES));
    folder.refuses(&["separated by a tab", "cases.csv", "separator = \"\\t\""]);
    let folder = Folder::with(&table(), &card_on("separator = \";\"", BAD, FEATURES));
    folder.refuses(&["separated by \",\"", "cases.csv", "separator = \",\""]);
}

#[test]
fn columns_that_are_not_there() {
    for (key, card, near) in [
        ("column = ", card_on("", "column = \"outcom\"\nbad = [\"bad\"]", FEATURES), "outcome"),
        ("ratio = ", card_on("", "ratio = \"incom\"", FEATURES), "income"),
        ("id = ", card_on("id = \"idd\"", BAD, FEATURES), "id"),
        ("group = ", card_on("group = \"custmer\"", BAD, FEATURES), "customer"),
        ("observed_at = ", card_on("observed_at = \"aplied_at\"", BAD, FEATURES), "applied_at"),
        ("weight = ", card_on("", &format!("{BAD}\nweight = \"W1\""), FEATURES), "w"),
        ("include = ", card("[features]\ninclude = [\"age\", \"icnome\"]"), "income"),
        ("exclude = ", card("[features]\nexclude = [\"regoin\"]"), "region"),
        ("columns.aeg", card("[features.columns.aeg]\ntype = \"numeric\""), "age"),
        ("keep = ", card(&format!("{FEATURES}[selection]\nkeep = [\"incmoe\"]")), "income"),
        ("drop = ", card(&format!("{FEATURES}[selection]\ndrop = [\"Regions\"]")), "region"),
    ] {
        let line = line_of(&card, key);
        let near = format!("did you mean {near:?}");
        Folder::with(&table(), &card).refuses(&["card.toml", &line, &near]);
    }
}

#[test]
fn a_column_that_cannot_be_a_feature() {
    for name in ["id", "outcome"] {
        let card = card_on("id = \"id\"", BAD, &format!("[features]\ninclude = [\"age\", {name:?}]"));
        let line = line_of(&card, "include");
        Folder::with(&table(), &card).refuses(&[name, "never a feature", "card.toml", &line]);
    }
}

#[test]
fn dropping_a_column_without_values_is_no_fault() {
    let mut cases = Cases::new(600);
    cases.add("empty", |_| String::new());
    let rest = "[features]\ninclude = [\"age\", \"income\", \"empty\"]\n[selection]\ndrop = [\"empty\"]";
    Folder::with(&cases.csv(), &card(rest)).train().succeeds();
}
