//! A study of a card as a page, a document and tables: cross-validation, reject inference, segments, challenger.

use std::path::Path;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::template::{STYLE, render};
use crate::error::{Result, internal};
use crate::staging::StagedDirectory;

const TEMPLATE: &str = include_str!("study.html");

/// What a study shows; nothing here measures.
#[derive(Debug, Clone, Serialize)]
pub struct Study {
    /// The card that it is about.
    pub card: String,
    /// What was done, such as "Cross-validation".
    pub title: &'static str,
    /// What came out, in a sentence or two.
    pub summary: String,
    /// The parts, in the order in which a reader asks.
    pub sections: Vec<Section>,
    /// What a reader must know.
    pub warnings: Vec<String>,
}

/// A part of a study.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Paragraphs.
    pub text: Vec<String>,
    /// Pictures, as inline SVG.
    pub charts: Vec<Picture>,
    /// Tables.
    pub tables: Vec<StudyTable>,
}

/// A picture with the words under it.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    /// The picture, as inline SVG.
    pub svg: String,
    /// What it shows; the names and colours of lines as well.
    pub caption: String,
}

/// A table, in the page and as a file of its own.
#[derive(Debug, Clone, Serialize)]
pub struct StudyTable {
    /// File name without extension.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// Headings; in the file in lower case, with underscores for blanks.
    pub columns: Vec<String>,
    /// Rows of as many entries.
    pub rows: Vec<Vec<Entry>>,
}

/// An entry of a table; in the file a number has all its digits.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Entry {
    /// Words.
    Text(String),
    /// A count or a weight.
    Count(f64),
    /// A number, shown with so many decimals.
    Number(f64, usize),
    /// A share, shown in percent.
    Share(f64),
    /// A p value.
    PValue(f64),
    /// There is none.
    Nothing,
}

impl Entry {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Entry::Text(text.into())
    }

    /// A number that there may not be.
    pub fn number(value: Option<f64>, decimals: usize) -> Self {
        value.map_or(Entry::Nothing, |value| Entry::Number(value, decimals))
    }

    /// A share that there may not be.
    pub fn share(value: Option<f64>) -> Self {
        value.map_or(Entry::Nothing, Entry::Share)
    }

    fn raw(&self) -> String {
        match self {
            Entry::Text(text) => text.clone(),
            Entry::Count(value) | Entry::Number(value, _) | Entry::Share(value) | Entry::PValue(value) => {
                value.to_string()
            }
            Entry::Nothing => String::new(),
        }
    }
}

/// The study as one self-contained HTML page. The same study gives the same bytes.
///
/// # Errors
/// An internal fault of the template.
pub fn study_page(study: &Study) -> Result<String> {
    let page = context! {
        style => STYLE,
        version => env!("CARGO_PKG_VERSION"),
        study => Value::from(Serde(study)),
    };
    render(TEMPLATE, page)
}

/// Writes `NAME.json` (the figures, `document`), report.html and tables/*.csv.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_study(study: &Study, name: &str, document: &impl Serialize, place: &Path) -> Result<()> {
    write_study_with(study, name, document, &[], place)
}

/// As [`write_study`], with further tables that are too long for the page.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_study_with(
    study: &Study,
    name: &str,
    document: &impl Serialize,
    further: &[StudyTable],
    place: &Path,
) -> Result<()> {
    let file = format!("{name}.json");
    let directory = StagedDirectory::new(place, &[file.as_str()])?;
    let mut bytes = serde_json::to_vec_pretty(document).map_err(internal)?;
    bytes.push(b'\n');
    directory.write(&file, &bytes)?;
    directory.write("report.html", study_page(study)?.as_bytes())?;
    for table in study.sections.iter().flat_map(|section| &section.tables).chain(further) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let heading = |name: &String| name.to_lowercase().replace(' ', "_");
        writer.write_record(table.columns.iter().map(heading)).map_err(internal)?;
        for row in &table.rows {
            writer.write_record(row.iter().map(Entry::raw)).map_err(internal)?;
        }
        directory.write(&format!("tables/{}.csv", table.name), &writer.into_inner().map_err(internal)?)?;
    }
    directory.publish()
}
