//! The findings of a check as a page, a document and a table.

use std::path::Path;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::template::{STYLE, render};
use crate::error::{Result, internal};
use crate::quality::{CheckedTable, Finding, Quality, Severity, counted};
use crate::staging::StagedDirectory;

const TEMPLATE: &str = include_str!("check.html");

/// Files by which a directory is known as one that an earlier check wrote.
pub const CHECK_MARKS: &[&str] = &["check.json"];

/// A table's section in the page.
#[derive(Serialize)]
struct TableView<'a> {
    #[serde(flatten)]
    table: &'a CheckedTable,
    findings: Vec<FindingView<'a>>,
}

/// A finding in the page.
#[derive(Serialize)]
struct FindingView<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    counted: String,
    columns: Vec<&'a str>,
    has_key: bool,
}

/// The findings as one self-contained HTML page. The same findings give the same bytes.
///
/// # Errors
/// An internal fault of the template.
pub fn check_page(quality: &Quality) -> Result<String> {
    let tables: Vec<TableView<'_>> = quality
        .tables
        .iter()
        .map(|table| TableView {
            table,
            findings: quality.findings.iter().filter(|finding| finding.table == table.name).map(view).collect(),
        })
        .collect();
    let page = context! {
        style => STYLE,
        title => quality.title.clone(),
        version => env!("CARGO_PKG_VERSION"),
        errors => quality.count(Severity::Error),
        warnings => quality.count(Severity::Warning),
        notes => quality.count(Severity::Note),
        tables => Value::from(Serde(&tables)),
    };
    render(TEMPLATE, page)
}

fn view(finding: &Finding) -> FindingView<'_> {
    let columns =
        finding.examples.first().map(|example| example.values.iter().map(|(name, _)| name.as_str()).collect());
    FindingView {
        finding,
        counted: counted(finding),
        columns: columns.unwrap_or_default(),
        has_key: finding.examples.iter().any(|example| !example.key.is_empty()),
    }
}

/// The document's bytes.
///
/// # Errors
/// An internal fault: JSON cannot carry the document.
fn to_json(quality: &Quality) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(quality).map_err(internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes check.html, check.json and tables/findings.csv.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_check(quality: &Quality, place: &Path) -> Result<()> {
    let directory = StagedDirectory::new(place, CHECK_MARKS)?;
    directory.write("check.json", &to_json(quality)?)?;
    directory.write("check.html", check_page(quality)?.as_bytes())?;
    let mut table = csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "table",
            "column",
            "code",
            "severity",
            "count",
            "unit",
            "share",
            "message",
            "remedy",
            "first_file",
            "first_row",
            "first_key",
        ])
        .map_err(internal)?;
    for finding in &quality.findings {
        let example = finding.examples.first();
        let (file, row, key) = example.map_or((String::new(), String::new(), String::new()), |example| {
            (example.file.clone(), example.row.to_string(), example.key.clone())
        });
        table
            .write_record([
                &finding.table,
                finding.column.as_deref().unwrap_or_default(),
                finding.code.name(),
                finding.severity.name(),
                &finding.count.to_string(),
                &finding.unit,
                &finding.share.to_string(),
                &finding.message,
                &finding.remedy,
                &file,
                &row,
                &key,
            ])
            .map_err(internal)?;
    }
    directory.write("tables/findings.csv", &table.into_inner().map_err(internal)?)?;
    directory.publish()
}
