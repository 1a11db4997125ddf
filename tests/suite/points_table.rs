//! The points table for people: its calculator gives what the runtime gives, and what a spreadsheet cannot hold is handled.

use scorewright::export::{Format, Standing, export};
use scorewright_runtime::artifact::{BinDomain, Feature, FeatureKind, UnforeseenPolicy};
use scorewright_runtime::reasons::{reason_text, reasons};
use scorewright_runtime::{ELSEWHERE, Scorecard};
use serde_json::{Value as Json, json};

use crate::by_hand::{bin, document_of, interval, load};
use crate::conformance::cards::cards;
use crate::python::{Environment, run_in};
use crate::support::Folder;

/// Picks bins in the calculator of each workbook and reads its results.
const CALCULATE: &str = r#"
import json, sys, warnings
warnings.filterwarnings("ignore")
import openpyxl
from pycel import ExcelCompiler

results = []
for book in json.load(open(sys.argv[1])):
    sheets = openpyxl.load_workbook(book["file"])
    cells = [(str(rule.sqref), rule.formula1) for rule in sheets["Calculator"].data_validations.dataValidation]
    model = ExcelCompiler(filename=book["file"])
    read = lambda: [model.evaluate(f"Calculator!C{row}") for row in range(5, 11)]
    given = [["" if value is None else value for value in read()]]
    for case in book["cases"]:
        assert len(case) == len(cells), (len(case), len(cells))
        for number, (cell, source) in zip(case, cells):
            first, last = [int(end.rpartition("$")[2]) for end in source.split("!")[1].split(":")]
            assert number <= last - first + 1, (number, source)
            choice = sheets["Lists"].cell(first + number - 1, 1).value
            model.set_value(f"Calculator!{cell}", choice)
        given.append(read())
    results.append(given)
print(json.dumps(results))
"#;

/// Numbers that look random and are the same each time.
fn next(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize % below
}

/// How many choices a feature has: its bins, and unforeseen where its bins leave values.
fn choices(card: &Scorecard, position: usize) -> usize {
    let (feature, partition) = (&card.features()[position], card.partition(position).unwrap());
    let leaves = |kind: FeatureKind, partition: &scorewright_runtime::Partition| {
        kind == FeatureKind::Categorical || partition.missing() == partition.unforeseen()
    };
    let is_left = match (&feature.axes, partition.axes()) {
        (Some(axes), Some(partitions)) => axes.iter().zip(partitions).any(|(axis, own)| leaves(axis.kind, own)),
        _ => leaves(feature.kind, partition),
    };
    partition.bins() + usize::from(is_left)
}

/// A case as the calculator's choices, and what must come out.
fn case(card: &Scorecard, state: &mut u64) -> (Vec<usize>, Json) {
    let mut picked = Vec::new();
    let mut codes = Vec::new();
    let mut own = None;
    if let (Some(segments), Some((_, partition))) = (&card.document().segments, card.segment_input()) {
        let lines = segments.segments.len() + usize::from(partition.missing() == partition.unforeseen());
        let line = next(state, lines);
        picked.push(line + 1);
        let code = (0..=partition.bins() as u16)
            .find(|code| {
                if line < segments.segments.len() {
                    card.segment_of_code(*code) == Some(line)
                } else {
                    *code == partition.unforeseen()
                }
            })
            .unwrap();
        own = Some(code);
    }
    let segment = own.map(|code| card.segment_of_code(code));
    let mut refused = segment == Some(None);
    for position in 0..card.features().len() {
        let code = next(state, choices(card, position));
        picked.push(code + 1);
        let is_own = segment.is_none_or(|segment| segment == card.feature_segment(position));
        let is_unforeseen = code == card.partition(position).unwrap().bins();
        refused |= is_own && is_unforeseen && card.document().unforeseen == UnforeseenPolicy::Error;
        codes.push(if is_own { code as u16 } else { ELSEWHERE });
    }
    codes.extend(own);
    if refused {
        return (picked, json!(["refused", "", "", "", "", ""]));
    }
    let scored = card.score_codes(codes.iter().copied());
    let given = reasons(card, &codes).map(|place| place.map_or(String::new(), |at| reason_text(card, at, codes[at])));
    (picked, json!([scored.score.0, scored.pd.0, given[0], given[1], given[2], given[3]]))
}

#[test]
fn the_calculator_gives_what_the_runtime_gives() {
    let folder = Folder::new();
    let (mut books, mut expected) = (Vec::new(), Vec::new());
    for (name, card) in cards() {
        let bytes = export(&card, &Standing::Draft, Format::Excel).unwrap();
        assert_eq!(bytes, export(&card, &Standing::Draft, Format::Excel).unwrap(), "{name}");
        let file = format!("{name}.xlsx");
        folder.write(&file, &bytes);
        let mut state = 7;
        let (cases, results): (Vec<_>, Vec<_>) = (0..12).map(|_| case(&card, &mut state)).unzip();
        books.push(json!({ "file": folder.path(&file), "cases": cases }));
        expected.push((name, results));
    }
    let given = run_in(Environment::Engines, CALCULATE, &json!(books), &folder);
    for ((name, results), given) in expected.iter().zip(given.as_array().unwrap()) {
        // What is stored where nothing was picked; readers that do not calculate show it.
        assert_eq!(given[0], json!(["pick a bin for every feature", "", "", "", "", ""]), "{name}");
        for (wanted, got) in results.iter().zip(given.as_array().unwrap().iter().skip(1)) {
            match wanted[0].as_f64() {
                None => assert_eq!(wanted, got, "{name}"),
                Some(score) => {
                    assert!((got[0].as_f64().unwrap() - score).abs() <= 1e-9, "{name}: {wanted} {got}");
                    assert!(
                        (got[1].as_f64().unwrap() - wanted[1].as_f64().unwrap()).abs() <= 1e-12,
                        "{name}: {wanted} {got}"
                    );
                    for reason in 2..6 {
                        assert_eq!(wanted[reason], got[reason], "{name}: {wanted} {got}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_csv_is_one_table_that_reads_back_as_the_card() {
    for (name, card) in cards() {
        let bytes = export(&card, &Standing::Draft, Format::Csv).unwrap();
        assert_eq!(bytes, export(&card, &Standing::Draft, Format::Csv).unwrap());
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let of = |part: &'static str| records.iter().filter(move |record| &record[0] == part);
        assert!(of("note").next().unwrap()[at("description")].ends_with("(draft)"));
        assert!(of("note").any(|note| note[at("description")].starts_with("DRAFT:")));
        let mut bins = of("bin");
        for feature in card.features() {
            for bin in &feature.bins {
                let record = bins.next().unwrap();
                assert_eq!(&record[at("feature")], feature.title(), "{name}");
                assert_eq!(&record[at("bin")], bin.label);
                assert_eq!(&record[at("reason")], bin.reason);
                let number = |column: &str| record[at(column)].parse::<f64>().unwrap();
                assert_eq!((number("points"), number("woe")), (bin.points, bin.woe));
                assert_eq!((number("cases"), number("coefficient")), (bin.cases, feature.coefficient));
                if let BinDomain::Interval { lower, upper } = bin.domain {
                    assert_eq!(record[at("lower")].parse().ok(), lower);
                    assert_eq!(record[at("upper")].parse().ok(), upper);
                }
                assert!(!record[at("rule")].is_empty());
            }
        }
        assert!(bins.next().is_none());
    }
}

/// What openpyxl finds in a workbook.
const LOOK: &str = r#"
import json, sys
import openpyxl
book = openpyxl.load_workbook(json.load(open(sys.argv[1]))["file"])
longest = formulas = 0
for sheet in book:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                longest = max(longest, len(cell.value.encode("utf-16-le")) // 2)
            if cell.data_type == "f" and sheet.title != "Calculator":
                formulas += 1
print(json.dumps({"sheets": book.sheetnames, "longest": longest, "formulas": formulas,
                  "rows": {sheet.title: sheet.max_row for sheet in book}, "mark": book["Points"]["A2"].value,
                  "lists": [rule.formula1 for rule in book["Calculator"].data_validations.dataValidation]}))
"#;

#[test]
fn what_a_sheet_cannot_hold_is_handled() {
    let feature = |name: &str, kind, bins| Feature {
        name: name.into(),
        segment: None,
        input: None,
        kind,
        description: "=1+1".into(),
        coefficient: 1.0,
        average_points: 0.0,
        axes: None,
        bins,
    };
    let many = BinDomain::Categories((0..50_000).map(|number| format!("category {number}")).collect());
    let long = "@".repeat(40_000);
    let document = document_of(
        UnforeseenPolicy::Neutral,
        vec![
            feature("=cmd|' /C calc'!A0", FeatureKind::Categorical, vec![bin(&long, many, 0.3)]),
            feature(
                "-2+3",
                FeatureKind::Numeric,
                vec![bin("+1", interval(None, None), 1e9), bin("m", BinDomain::Missing, -1e9)],
            ),
        ],
    );
    let card = load(&document).unwrap();
    let folder = Folder::new();
    folder.write("points.xlsx", export(&card, &Standing::Draft, Format::Excel).unwrap());
    let book = run_in(Environment::Engines, LOOK, &json!({ "file": folder.path("points.xlsx") }), &folder);
    assert_eq!(book["sheets"], json!(["Scorecard", "Points", "Calculator", "Score to PD", "Long rules", "Lists"]));
    assert_eq!(book["rows"]["Long rules"], 50_001);
    assert_eq!((&book["longest"], &book["formulas"]), (&json!(32_767), &json!(0)));
    assert!(book["mark"].as_str().unwrap().starts_with("DRAFT:"));
    assert_eq!(book["lists"], json!(["Lists!$A$3:$A$4", "Lists!$A$5:$A$6"]));
    assert!(book["rows"]["Score to PD"].as_u64().unwrap() < 2_100);
    let csv = String::from_utf8(export(&card, &Standing::Draft, Format::Csv).unwrap()).unwrap();
    assert!(csv.contains("\"\"category 49999\"\"") && csv.contains(&long));
}
