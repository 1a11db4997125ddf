//! The directory of an outcome study: page, document and tables, whole or not at all.

use std::path::Path;

use super::outcome_page::page;
use super::outcome_tables::tables;
use super::run::write_table;
use crate::error::Result;
use crate::outcome::OutcomeStudy;
use crate::staging::StagedDirectory;
use crate::table::write_csv;

/// Files by which a directory is known as one that an earlier study wrote.
pub const OUTCOME_MARKS: &[&str] = &["outcomes.json"];

/// Writes outcomes.json, outcomes.html and tables/*.csv.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_outcomes(study: &OutcomeStudy, place: &Path) -> Result<()> {
    let directory = StagedDirectory::new(place, OUTCOME_MARKS)?;
    directory.write("outcomes.json", &study.to_json()?)?;
    directory.write("outcomes.html", page(study)?.as_bytes())?;
    for mut table in tables(study)? {
        write_table(&directory, &mut table, "csv", write_csv)?;
    }
    directory.publish()
}
