//! The report of a comparison: champion A against challenger B, a page of verdict first, then what it rests on.

mod calibration;
mod cards;
mod migration;
mod parts;
mod ranking;
mod stability;
mod swaps;

use std::path::Path;

use super::document::{Block, Cell, Chip, Document, PictureFormat, Section};
use super::run::write_document;
use crate::compare::{Compared, Ranking};
use crate::error::Result;
use crate::evidence::Light;
use crate::staging::StagedDirectory;
use crate::words::{Language, Message};

/// What the sections are made from.
#[derive(Clone, Copy)]
struct Context<'a> {
    compared: &'a Compared,
    language: Language,
}

impl Context<'_> {
    /// Words within a picture.
    fn say(&self, words: impl Into<Message>) -> String {
        words.into().in_language(self.language)
    }
}

/// The report as data.
///
/// # Errors
/// An internal fault of drawing.
pub fn comparison_document(compared: &Compared, language: Language) -> Result<Document> {
    let comparison = &compared.comparison;
    let context = Context { compared, language };
    let sections = [
        Some(verdict(&context)),
        ranking::section(&context)?,
        calibration::section(&context)?,
        swaps::section(&context)?,
        migration::section(&context)?,
        cards::section(&context),
        stability::section(&context)?,
        ranking::segments(&context)?,
    ];
    Ok(Document {
        title: format!("{} | {}", comparison.names[0], comparison.names[1]),
        kind: "Champion and challenger on the same cases".into(),
        lead: vec![
            Message::new("A, the champion: {0}. B, the challenger: {1}. Data: {2}.")
                .with(&comparison.names[0])
                .with(&comparison.names[1])
                .with(&comparison.data),
        ],
        chips: chips(comparison.verdict.ranking),
        sections: sections.into_iter().flatten().collect(),
    })
}

fn chips(ranking: Ranking) -> Vec<Chip> {
    let (words, light) = match ranking {
        Ranking::FirstRanksBetter => ("B ranks worse", Some(Light::Red)),
        Ranking::SecondRanksBetter => ("B ranks better", Some(Light::Green)),
        Ranking::NoDifferenceSeen => ("no difference in ranking is seen", None),
        Ranking::NotComputed => ("ranking not compared", None),
    };
    vec![Chip { words: words.into(), light }]
}

fn verdict(context: &Context<'_>) -> Section {
    let comparison = &context.compared.comparison;
    let mut blocks: Vec<Block> = comparison.verdict.statements.iter().cloned().map(Block::Text).collect();
    blocks.push(Block::Facts(vec![
        ("Cases".into(), Cell::Count(comparison.cases as f64)),
        ("Goods".into(), Cell::Count(comparison.goods)),
        ("Bads".into(), Cell::Count(comparison.bads)),
        ("Without an outcome".into(), Cell::Count(comparison.indeterminate as f64)),
        ("Bad rate".into(), Cell::share(comparison.bad_rate)),
    ]));
    if !comparison.warnings.is_empty() {
        blocks.push(Block::Warnings(comparison.warnings.clone()));
    }
    blocks.push(Block::Note(
        Message::new("Every difference is A minus B on the very same cases. Intervals are at 95%; the bootstrap draws {0} resamples with seed {1}. A difference is called seen where its interval leaves out 0: that is no statement on its size, nor on cases unlike these.")
            .with(comparison.options.resamples)
            .with(comparison.options.seed),
    ));
    Section { id: "verdict", heading: "Verdict".into(), blocks }
}

/// Writes evidence.json and the report: page, workbook, tables, and charts as files where they are asked for.
///
/// # Errors
/// [`crate::error::ErrorKind::Output`]; nothing is left half-written.
pub fn write_comparison(compared: &Compared, language: Language, charts: &[PictureFormat], place: &Path) -> Result<()> {
    let directory = StagedDirectory::new(place, super::RUN_MARKS)?;
    directory.write("evidence.json", &compared.comparison.to_json()?)?;
    write_document(&directory, &comparison_document(compared, language)?, language, charts)?;
    directory.publish()
}
