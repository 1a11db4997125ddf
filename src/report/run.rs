//! A run directory: artifact, evidence, report and tables, whole or not at all.

use std::path::Path;

use polars::prelude::DataFrame;
use scorewright_runtime::artifact::ScorecardDocument;

use super::page::{Page, PageKind};
use super::tables::{self, NamedTable};
use crate::cases::Cases;
use crate::config::CaseSource;
use crate::error::Result;
use crate::evidence::{Evidence, ScoredSample};
use crate::pipeline::TrainedCard;
use crate::staging::StagedDirectory;
use crate::table::{write_csv, write_parquet};

/// Files by which a directory is known as one that an earlier run wrote.
pub const RUN_MARKS: &[&str] = &["scorecard.json", "evidence.json"];

/// Writes the run directory of a training run.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_training(run: &TrainedCard, place: &Path) -> Result<()> {
    let directory = StagedDirectory::new(place, RUN_MARKS)?;
    let document = run.scorecard.document();
    directory.write("scorecard.json", &document.to_json()?)?;
    directory.write("evidence.json", &run.evidence.to_json()?)?;
    let page = Page {
        kind: PageKind::Training,
        document: Some(document),
        evidence: &run.evidence,
        scored: &run.scored,
        title: &run.spec.card.name,
        description: &run.spec.card.description,
    };
    directory.write("report.html", page.render()?.as_bytes())?;
    let mut tables = tables::evidence_tables(&run.evidence)?;
    tables.push(tables::bins(&tables::training_bin_rows(&run.binnings, document, &run.evidence))?);
    tables.extend(tables::bins_over_time(&run.binnings)?);
    write_tables(&directory, tables)?;
    let mut by_case = vec![tables::score_table(&run.cases, &run.scored)?];
    if let CaseSource::History(..) = run.spec.cases {
        by_case.push(tables::case_table(&run.cases, document)?);
    }
    write_case_tables(&directory, by_case)?;
    directory.publish()
}

/// Writes the directory of a validation.
///
/// # Errors
/// As [`write_training`].
pub fn write_validation(
    title: &str,
    document: Option<&ScorecardDocument>,
    evidence: &Evidence,
    cases: &Cases,
    scored: &[ScoredSample],
    place: &Path,
) -> Result<()> {
    let directory = StagedDirectory::new(place, RUN_MARKS)?;
    directory.write("evidence.json", &evidence.to_json()?)?;
    let page = Page { kind: PageKind::Validation, document, evidence, scored, title, description: "" };
    directory.write("report.html", page.render()?.as_bytes())?;
    let mut tables = tables::evidence_tables(evidence)?;
    if let Some(document) = document {
        tables.push(tables::bins(&tables::card_bin_rows(document, evidence))?);
    }
    write_tables(&directory, tables)?;
    write_case_tables(&directory, vec![tables::score_table(cases, scored)?])?;
    directory.publish()
}

pub(super) fn write_tables(directory: &StagedDirectory, tables: Vec<NamedTable>) -> Result<()> {
    for mut table in tables {
        write_table(directory, &mut table, "csv", write_csv)?;
        write_table(directory, &mut table, "parquet", write_parquet)?;
    }
    Ok(())
}

/// Tables with a row a case are written as Parquet only: as text they would dwarf everything else.
fn write_case_tables(directory: &StagedDirectory, tables: Vec<NamedTable>) -> Result<()> {
    for mut table in tables {
        write_table(directory, &mut table, "parquet", write_parquet)?;
    }
    Ok(())
}

pub(super) fn write_table(
    directory: &StagedDirectory,
    table: &mut NamedTable,
    extension: &str,
    write: fn(&mut DataFrame, &Path) -> Result<()>,
) -> Result<()> {
    let name = format!("tables/{}.{extension}", table.name);
    write(&mut table.frame, &directory.path(&name)?).map_err(|e| e.in_file(directory.place(&name)))
}
