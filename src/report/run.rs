//! A run directory: artifact, evidence, report and tables, whole or not at all.

use std::path::Path;

use polars::prelude::DataFrame;
use scorewright_runtime::artifact::ScorecardDocument;

use super::bin_tables;
use super::conclusion::{CONCLUSION, conclusion_file, open_findings};
use super::document::{Document, PictureFormat, Table, document_page, document_workbook, table_frames, write_pictures};
use super::model_card::model_card;
use super::report_document::{Report, ReportKind, report_document};
use super::sections::Context;
use super::tables::{self, NamedTable};
use crate::cases::Cases;
use crate::config::CaseSource;
use crate::error::Result;
use crate::evidence::{Evidence, ScoredSample};
use crate::pipeline::TrainedCard;
use crate::staging::StagedDirectory;
use crate::table::{write_csv, write_parquet};
use crate::words::Language;

/// Files by which a directory is known as one that an earlier run wrote.
pub const RUN_MARKS: &[&str] = &["scorecard.json", "evidence.json"];

/// How a report is written.
#[derive(Debug, Clone, Copy)]
pub struct Rendering<'a> {
    /// The language of report.html and report.xlsx; files of data are the same in any.
    pub language: Language,
    /// The directory whose conclusion.toml is kept: the one that is written.
    pub kept: &'a Path,
    /// Forms in which the charts are written as files too.
    pub charts: &'a [PictureFormat],
}

/// Writes the run directory of a training run.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; [`crate::error::ErrorKind::Configuration`] for a damaged conclusion.toml; nothing
/// is left half-written.
pub fn write_training(run: &TrainedCard, rendering: Rendering<'_>, place: &Path) -> Result<()> {
    let directory = StagedDirectory::new(place, RUN_MARKS)?;
    let document = run.scorecard.document();
    directory.write("scorecard.json", &document.to_json()?)?;
    // What decided the run goes with it: a registry keeps it, and an auditor trains from it.
    for (name, text) in run.spec.configuration() {
        directory.write(&format!("configuration/{}", name.display()), text.as_bytes())?;
    }
    let mut bins = vec![bin_tables::bins(&bin_tables::training_bin_rows(&run.binnings, document, &run.evidence))];
    bins.extend(bin_tables::bins_over_time(&run.binnings));
    let context = Context {
        evidence: &run.evidence,
        scored: &run.scored,
        document: Some(document),
        language: rendering.language,
    };
    let (title, description) = (&run.spec.card.name, &run.spec.card.description);
    write_report(&directory, rendering, ReportKind::Training, (title, description), context, bins)?;
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
    rendering: Rendering<'_>,
    place: &Path,
) -> Result<()> {
    let directory = StagedDirectory::new(place, RUN_MARKS)?;
    let bins = document.map(|document| bin_tables::bins(&bin_tables::card_bin_rows(document, evidence)));
    let context = Context { evidence, scored, document, language: rendering.language };
    write_report(&directory, rendering, ReportKind::Validation, (title, ""), context, bins.into_iter().collect())?;
    write_case_tables(&directory, vec![tables::score_table(cases, scored)?])?;
    directory.publish()
}

/// Writes evidence, conclusion, page, workbook, tables, and the model card where there is a scorecard.
fn write_report(
    directory: &StagedDirectory,
    rendering: Rendering<'_>,
    kind: ReportKind,
    (title, description): (&str, &str),
    context: Context<'_>,
    bins: Vec<Table>,
) -> Result<()> {
    let open = open_findings(context.evidence);
    let conclusion = conclusion_file(rendering.kept, &open)?;
    directory.write(CONCLUSION, conclusion.text.as_bytes())?;
    directory.write("evidence.json", &context.evidence.to_json()?)?;
    if context.document.is_some() {
        directory.write("model-card.html", model_card(&context, description)?.as_bytes())?;
    }
    let words = &conclusion.words;
    let document = report_document(Report { kind, title, description, context, bins, conclusion: words, open: &open })?;
    write_document(directory, &document, rendering.language, rendering.charts)
}

/// Writes a document in all its forms: page, workbook, tables, and charts where they are asked for.
pub(super) fn write_document(
    directory: &StagedDirectory,
    document: &Document,
    language: Language,
    charts: &[PictureFormat],
) -> Result<()> {
    directory.write("report.html", document_page(document, language)?.as_bytes())?;
    directory.write("report.xlsx", &document_workbook(document, language)?)?;
    let frames = table_frames(document)?.into_iter();
    write_tables(directory, frames.map(|(name, frame)| NamedTable { name, frame }).collect())?;
    write_pictures(document, charts, directory)
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
