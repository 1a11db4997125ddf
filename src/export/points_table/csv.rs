//! The points table as CSV: UTF-8, one header, one table. What is said of the card stands in lines of their own before it.

use super::{Line, PointsTable, READING, steps};
use crate::error::{Result, internal};
use crate::export::Subject;

const COLUMNS: [&str; 18] = [
    "part",
    "segment",
    "feature",
    "description",
    "bin",
    "rule",
    "lower",
    "upper",
    "cases",
    "share",
    "goods",
    "bads",
    "bad_rate",
    "woe",
    "coefficient",
    "points",
    "points_lost",
    "reason",
];

/// The bytes. Every text stands as it is in the scorecard: a spreadsheet may take one that begins with `=`, `+`, `-` or `@`
/// for a formula, which the Excel form of the same table prevents.
pub fn csv(subject: &Subject<'_>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(internal)?;
    let notes = [vec![subject.title()], subject.head(), steps(subject), READING.map(str::to_owned).to_vec()].concat();
    for note in notes {
        let mut record = vec![String::new(); COLUMNS.len()];
        record[0] = "note".to_owned();
        record[3] = note;
        writer.write_record(&record).map_err(internal)?;
    }
    for line in PointsTable::new(subject).lines {
        writer.write_record(record(&line)).map_err(internal)?;
    }
    writer.into_inner().map_err(internal)
}

fn record(line: &Line) -> [String; 18] {
    // The shortest text that reads back as the same double.
    let number = |value: Option<f64>| {
        value.map(|value| format!("{value:?}").trim_end_matches(".0").to_owned()).unwrap_or_default()
    };
    let counts = line.counts.as_ref();
    [
        line.part.name().to_owned(),
        line.segment.clone(),
        line.feature.clone(),
        line.description.clone(),
        line.label.clone(),
        line.rule.written(),
        number(line.lower),
        number(line.upper),
        number(counts.map(|counts| counts.cases)),
        number(counts.and_then(|counts| counts.share)),
        number(counts.map(|counts| counts.goods)),
        number(counts.map(|counts| counts.bads)),
        number(counts.and_then(super::Counts::bad_rate)),
        number(line.woe),
        number(line.coefficient),
        number(line.points),
        number(line.lost),
        line.reason.clone(),
    ]
}
