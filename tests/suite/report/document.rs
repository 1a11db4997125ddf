//! A document as a page, as files and as a workbook.

use std::collections::BTreeSet;

use scorewright::evidence::Light;
use scorewright::report::document::{
    Block, Cell, Chip, Column, Document, Picture, Section, Table, document_page, document_workbook, table_frames,
};
use scorewright::sample::SampleName;
use scorewright::validation::Interval;
use scorewright::words::{Language, Message};
use serde_json::json;

use crate::python;
use crate::support::Folder;

const INTERVAL: Interval = Interval { value: Some(0.712_345_678_901_234_5), low: Some(-0.02), high: Some(0.8) };

/// A table with an entry of every kind; texts that would run in a spreadsheet and words that would be tags in a page.
fn every_cell(name: &str) -> Table {
    let columns = ["text", "sample", "count", "number", "share", "p_value", "interval", "share_interval", "light"];
    let mut columns: Vec<Column> = columns.into_iter().map(|name| Column::new(name, name)).collect();
    columns[3] = Column::new("number", "number").under("Holdout");
    columns[4] = Column::new("share", "share").under("Holdout");
    columns.extend([Column::new("flag", "flag"), Column::new("reason", "reason"), Column::new("strip", "strip")]);
    let row = |text: &str, reason: Cell| {
        vec![
            Cell::text(text),
            Cell::Sample(SampleName::OutOfTime),
            Cell::Count(1_234_567.0),
            Cell::Number(-0.1234, 2),
            Cell::Share(0.004),
            Cell::PValue(1e-9),
            Cell::Interval(INTERVAL, 3),
            Cell::ShareInterval(INTERVAL),
            Cell::Light(Light::Amber),
            Cell::Flag(true),
            reason,
            Cell::Strip("<svg></svg>".to_owned()),
        ]
    };
    let too_few = Cell::NotComputed(Message::new("too few"));
    let rows = vec![
        row("=cmd|' /C calc'!A0", too_few),
        row("+1", Cell::Nothing),
        row("-1", Cell::Nothing),
        row("@SUM(A1)", Cell::Plain(2.5)),
        row("<b>&", Cell::Plain(2.5)),
        row("<b>&", Cell::Plain(2.5)),
    ];
    Table { name: name.to_owned(), caption: "Every <cell>".into(), columns, rows, files_only: false }
}

fn counts(name: &str) -> Table {
    let columns = ["band", "cases", "goods", "bads", "bad_rate"].map(|name| Column::new(name, name)).to_vec();
    let row = |band: &str, goods: f64, bads: f64, rate: Option<f64>| {
        vec![Cell::text(band), Cell::Count(goods + bads), Cell::Count(goods), Cell::Count(bads), Cell::share(rate)]
    };
    let rows =
        vec![row("low", 30.0, 10.0, Some(0.25)), row("high", 97.0, 3.0, Some(0.03)), row("empty", 0.0, 0.0, None)];
    Table { name: name.to_owned(), caption: "Counts".into(), columns, rows, files_only: true }
}

fn document() -> Document {
    let picture = || Picture {
        name: "roc".to_owned(),
        svg: "<svg role=\"img\" aria-label=\"a\"></svg>".to_owned(),
        caption: "A picture".into(),
    };
    let long = "a_name_that_is_longer_than_any_sheet_may_have";
    let blocks = vec![
        Block::Heading("Smaller".into()),
        Block::Text("A <text>".into()),
        Block::Note("A note".into()),
        Block::Warnings(vec!["A warning".into()]),
        Block::Facts(vec![("Name".into(), Cell::text("<value>"))]),
        Block::Table(every_cell("every_cell")),
        Block::Pictures(vec![picture(), picture()]),
        Block::Details("More".into(), vec![Block::Table(counts("counts"))]),
        Block::Table(counts(&format!("{long}_1"))),
        Block::Table(counts(&format!("{long}_2"))),
        Block::Table(counts("Counts")),
        Block::Table(counts("History")),
        Block::Table(counts("../up/[a]:*?")),
        Block::Table(Table { name: String::new(), files_only: false, ..counts("") }),
    ];
    Document {
        title: "A <card>".to_owned(),
        kind: "Validation".into(),
        lead: vec!["Lead".into()],
        chips: vec![Chip { words: "Chip".into(), light: Some(Light::Red) }],
        sections: vec![Section { id: "one", heading: "One & only".into(), blocks }],
    }
}

#[test]
fn a_page_shows_every_block_and_cell_and_escapes_it() {
    let page = document_page(&document(), Language::English).unwrap();
    for words in [
        "<html lang=\"en\">",
        "A &lt;card&gt;",
        "<h2 id=\"one\">One &amp; only</h2>",
        "<h3>Smaller</h3>",
        "A &lt;text&gt;",
        "<dd>&lt;value&gt;</dd>",
        "<summary>More</summary>",
        "class=\"skip\" href=\"#report\"",
        "tabindex=\"0\" role=\"group\" aria-label=\"Every &lt;cell&gt;\"",
        "<caption>Every &lt;cell&gt;</caption>",
        "scope=\"colgroup\" colspan=\"2\">Holdout</th>",
        // Two rows of one name share a heading.
        "scope=\"rowgroup\" rowspan=\"2\">&lt;b&gt;&amp;</th>",
        "1\u{202f}234\u{202f}567",
        "\u{2212}0.12",
        "0.40%",
        "&lt;&nbsp;0.0001",
        "0.712 (\u{2212}0.020, 0.800)",
        "71.2% (\u{2212}2.0%, 80.0%)",
        "<span class=\"light amber\">amber</span>",
        "not computed: too few",
        "<td class=\"l\">yes</td>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // A table for files alone is not in the page; one without a name is.
    assert_eq!(page.matches("<caption>Counts</caption>").count(), 1);
    let body = page.split("</style>").nth(1).unwrap();
    let headings = body.matches("<th").count();
    assert_eq!(headings, body.matches("<thead").count() + body.matches("scope=\"").count());
    assert!(document_page(&document(), Language::Chinese).unwrap().contains("<html lang=\"zh-CN\">"));
}

#[test]
fn files_have_all_digits_and_machine_names() {
    let frames = table_frames(&document()).unwrap();
    let names: Vec<&str> = frames.iter().map(|(name, _)| name.as_str()).collect();
    let lower: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(lower.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')), "{names:?}");
    let frame = &frames[0].1;
    let columns: Vec<String> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
    assert_eq!(
        columns,
        [
            "text",
            "sample",
            "count",
            "number",
            "share",
            "p_value",
            "interval",
            "interval_low",
            "interval_high",
            "share_interval",
            "share_interval_low",
            "share_interval_high",
            "light",
            "flag",
            "reason",
            "reason_not_computed"
        ]
    );
    let value = |column: &str| frame.column(column).unwrap().get(0).unwrap().to_string();
    assert_eq!(frame.column("interval").unwrap().f64().unwrap().get(0), INTERVAL.value);
    assert_eq!(frame.column("count").unwrap().i64().unwrap().get(0), Some(1_234_567));
    assert_eq!(value("sample"), "\"out_of_time\"");
    assert_eq!(value("reason_not_computed"), "\"too few\"");
    assert_eq!(value("reason"), "null");
    assert_eq!(value("flag"), "true");
}

const READ: &str = r#"
import json, sys, zipfile
import xml.etree.ElementTree as tree
ns = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
book = zipfile.ZipFile(json.load(open(sys.argv[1]))["file"])
assert book.testzip() is None
texts = ["".join(t.text or "" for t in si.iter("{%s}t" % ns["m"]))
         for si in tree.fromstring(book.read("xl/sharedStrings.xml")).findall("m:si", ns)]
names = [s.get("name") for s in tree.fromstring(book.read("xl/workbook.xml")).find("m:sheets", ns)]
sheets = {}
for number, name in enumerate(names, 1):
    root = tree.fromstring(book.read("xl/worksheets/sheet%d.xml" % number))
    cells = {}
    for cell in root.iter("{%s}c" % ns["m"]):
        value, formula = cell.find("m:v", ns), cell.find("m:f", ns)
        text = value.text if value is not None else None
        if cell.get("t") == "s":
            text = texts[int(text)]
        cells[cell.get("r")] = {"type": cell.get("t"), "value": text, "style": cell.get("s"),
                                "formula": formula.text if formula is not None else None}
    pane = root.find("m:sheetViews/m:sheetView/m:pane", ns)
    filtered = root.find("m:autoFilter", ns)
    sheets[name] = {"cells": cells, "frozen": pane.get("state") if pane is not None else None,
                    "filter": filtered.get("ref") if filtered is not None else None}
styles = tree.fromstring(book.read("xl/styles.xml"))
quoted = [str(i) for i, x in enumerate(styles.find("m:cellXfs", ns)) if x.get("quotePrefix") == "1"]
formats = [f.get("formatCode") for f in styles.iter("{%s}numFmt" % ns["m"])]
print(json.dumps({"names": names, "sheets": sheets, "quoted": quoted, "formats": formats,
                  "core": book.read("docProps/core.xml").decode()}))
"#;

#[test]
fn a_workbook_is_safe_whole_and_the_same_each_time() {
    let folder = Folder::new();
    let bytes = document_workbook(&document(), Language::English).unwrap();
    assert_eq!(bytes, document_workbook(&document(), Language::English).unwrap());
    folder.write("report.xlsx", &bytes);
    let book = python::run(READ, &json!({ "file": folder.path("report.xlsx") }), &folder);
    assert!(book["core"].as_str().unwrap().contains("2000-01-01T00:00:00Z"), "{}", book["core"]);
    let names: Vec<&str> = book["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(names.len(), 8);
    assert_eq!(names[0], "Contents");
    let lower: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(lower.len(), names.len(), "{names:?}");
    let valid = |name: &&str| name.chars().count() <= 31 && !name.contains(['[', ']', ':', '*', '?', '/', '\\']);
    assert!(names.iter().all(valid) && !lower.contains("history"), "{names:?}");

    let sheet = &book["sheets"]["every_cell"];
    assert_eq!((sheet["frozen"].as_str(), sheet["filter"].as_str()), (Some("frozen"), Some("A4:O10")));
    let cells = sheet["cells"].as_object().unwrap();
    let texts = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"];
    for (row, text) in texts.into_iter().enumerate() {
        let cell = &cells[&format!("A{}", row + 5)];
        assert_eq!((cell["type"].as_str(), cell["value"].as_str()), (Some("s"), Some(text)));
        assert!(cell["formula"].is_null());
        assert!(book["quoted"].as_array().unwrap().contains(&cell["style"]), "{text} may run when it is edited");
    }
    assert!(cells.values().all(|cell| cell["formula"].is_null()));
    assert_eq!(cells["G5"]["value"].as_str().unwrap().parse::<f64>().unwrap(), INTERVAL.value.unwrap());
    assert_eq!(cells["H5"]["value"], "-0.02");
    assert_eq!(cells["B5"]["value"], "Out of time");
    assert_eq!(cells["O5"]["value"], "not computed: too few");
    let formats: Vec<&str> = book["formats"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(formats.contains(&"[<0.0001]\"< 0.0001\";0.0000"), "{formats:?}");

    // Rates and totals follow from the counts, with their results.
    let cells = &book["sheets"]["counts"]["cells"];
    let of = |place: &str| (cells[place]["formula"].as_str(), cells[place]["value"].as_str());
    assert_eq!(of("E5"), (Some("D5/(C5+D5)"), Some("0.25")));
    assert_eq!(of("E6"), (Some("D6/(C6+D6)"), Some("0.03")));
    assert_eq!(of("E7"), (None, None));
    assert_eq!(of("B9"), (Some("SUBTOTAL(109,B5:B7)"), Some("140")));
    assert_eq!(of("D9"), (Some("SUBTOTAL(109,D5:D7)"), Some("13")));
    let (formula, value) = of("E9");
    assert_eq!(formula, Some("IF(C9+D9=0,\"\",D9/(C9+D9))"));
    assert!((value.unwrap().parse::<f64>().unwrap() - 13.0 / 140.0).abs() < 1e-15);
}
