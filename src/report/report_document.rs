//! The report of a training run or a validation as a document: the sections, what the validator says, and the lines to
//! sign.

use super::conclusion::{Conclusion, Open};
use super::document::{Block, Cell, Chip, Column, Document, Section, Table};
use super::sections::{Context, sections, verdict};
use crate::error::Result;
use crate::evidence::{Evidence, Light};
use crate::words::Message;

/// What a report is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// A training run.
    Training,
    /// A validation.
    Validation,
}

/// What a report is made from.
pub struct Report<'a> {
    /// What it is of.
    pub kind: ReportKind,
    /// The card's name, or the data file's.
    pub title: &'a str,
    /// What the card is for.
    pub description: &'a str,
    /// Evidence, samples and scorecard.
    pub context: Context<'a>,
    /// The tables of all bins, for files and the workbook.
    pub bins: Vec<Table>,
    /// The validator's words.
    pub conclusion: &'a Conclusion,
    /// What fails in this run.
    pub open: &'a [Open],
}

/// The report as a document.
///
/// # Errors
/// An internal fault of drawing.
pub fn report_document(report: Report<'_>) -> Result<Document> {
    let context = &report.context;
    let mut sections = sections(context)?;
    let bins: Vec<Block> = report.bins.into_iter().map(Block::Table).collect();
    if let Some(features) = sections.iter_mut().find(|section| section.id == "features") {
        features.blocks.extend(bins);
    }
    if let Some(limits) = sections.iter_mut().find(|section| section.id == "limits") {
        limits.blocks.extend(findings(report.conclusion, report.open));
    }
    sections.push(concluded(report.conclusion));
    sections.push(approvals());
    let mut lead: Vec<Message> = Vec::new();
    if !report.description.is_empty() {
        lead.push(report.description.to_owned().into());
    }
    lead.extend(context.document.map(|document| {
        Message::new("{0} scorecard. Outcome: {1}.")
            .with_words(document.card.kind.name())
            .with(&document.outcome.description)
    }));
    Ok(Document {
        title: report.title.to_owned(),
        kind: match report.kind {
            ReportKind::Training => "Scorecard development report",
            ReportKind::Validation => "Scorecard validation report",
        }
        .into(),
        lead,
        chips: chips(context),
        sections,
    })
}

/// The light of all limits and tests together.
fn light(evidence: &Evidence) -> Option<Light> {
    let limits = (!evidence.limits.is_empty()).then(|| if evidence.passed() { Light::Green } else { Light::Red });
    let tests = evidence.standard.iter().flat_map(|standard| &standard.tests).filter_map(|test| test.light);
    limits.into_iter().chain(tests).max()
}

fn chips(context: &Context<'_>) -> Vec<Chip> {
    let evidence = context.evidence;
    let limits = (!evidence.limits.is_empty()).then(|| if evidence.passed() { Light::Green } else { Light::Red });
    let mut chips = vec![Chip { words: verdict(evidence), light: limits }];
    if let Some(standard) = &evidence.standard {
        let words = Message::new("{0}: {1} red, {2} amber, {3} green")
            .with(&standard.name)
            .with(standard.with(Light::Red).count())
            .with(standard.with(Light::Amber).count())
            .with(standard.with(Light::Green).count());
        chips.push(Chip { words, light: light(evidence) });
    }
    chips.extend(context.samples().map(|(name, _, sample)| {
        let words = match sample.period {
            Some((first, last)) => Message::new("{0}: {1} cases, {2} to {3}")
                .with_words(name)
                .with(super::template::count(sample.cases as f64))
                .with(first)
                .with(last),
            None => Message::new("{0}: {1} cases").with_words(name).with(super::template::count(sample.cases as f64)),
        };
        Chip { words, light: None }
    }));
    chips
}

/// A text of the validator's, or a blank to fill in.
fn given(text: &str) -> Cell {
    if text.is_empty() { Cell::Nothing } else { Cell::text(text) }
}

fn findings(conclusion: &Conclusion, open: &[Open]) -> Vec<Block> {
    let rows = conclusion.findings.iter().map(|finding| {
        let of_run = open.iter().find(|open| open.id == finding.id);
        vec![
            Cell::text(&finding.id),
            Cell::Words(finding.severity.words()),
            of_run.map_or(Cell::words("not in this run"), |open| Cell::Light(open.light)),
            given(&finding.owner),
            finding.due.map_or(Cell::Nothing, |due| Cell::text(due.to_string())),
            given(&finding.comment),
        ]
    });
    let table = Table {
        name: "findings".to_owned(),
        caption: "Findings and who settles them by when".into(),
        columns: vec![
            Column::new("id", "Finding"),
            Column::new("severity", "Severity"),
            Column::new("light", "In this run"),
            Column::new("owner", "Owner"),
            Column::new("due", "Due"),
            Column::new("comment", "Comment"),
        ],
        rows: rows.collect(),
        files_only: false,
    };
    let mut blocks = vec![Block::Heading("Findings".into())];
    blocks.push(if table.rows.is_empty() { Block::Text("None.".into()) } else { Block::Table(table) });
    blocks
}

fn concluded(conclusion: &Conclusion) -> Section {
    let mut blocks = Vec::new();
    if conclusion.conclusion.trim().is_empty() {
        blocks.push(Block::Text("Not yet concluded. The validator's conclusion goes into conclusion.toml beside this report and stands here when the report is written again.".into()));
    } else {
        let paragraphs = conclusion.conclusion.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
        blocks.extend(paragraphs.map(|text| Block::Text(text.to_owned().into())));
    }
    blocks.push(Block::Facts(vec![
        ("Validator".into(), given(&conclusion.validator)),
        ("Date".into(), conclusion.date.map_or(Cell::Nothing, |date| Cell::text(date.to_string()))),
    ]));
    Section { id: "conclusion", heading: "Conclusion".into(), blocks }
}

/// Lines to sign.
fn approvals() -> Section {
    let roles = ["Model developer", "Independent validator", "Model owner", "Model risk committee"];
    let table = Table {
        caption: "To be signed".into(),
        columns: vec![
            Column::new("role", "Role"),
            Column::new("name", "Name"),
            Column::new("date", "Date"),
            Column::new("signature", "Signature"),
        ],
        rows: roles.into_iter().map(|role| vec![Cell::words(role), Cell::Blank, Cell::Blank, Cell::Blank]).collect(),
        ..Table::default()
    };
    Section { id: "approvals", heading: "Approvals".into(), blocks: vec![Block::Table(table)] }
}
