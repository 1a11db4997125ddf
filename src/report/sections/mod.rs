//! The sections of the report of a training run or a validation, one file each, in the order in which a validator works.

mod by_segment;
mod characteristics;
mod discrimination;
mod fairness;
mod grades;
mod model_validation;
mod process;
mod stability;

use scorewright_runtime::artifact::ScorecardDocument;

use super::document::{Cell, Column, Section};
use crate::error::Result;
use crate::evidence::{Evidence, SampleEvidence, ScoredSample};
use crate::words::{Language, Message};

/// What the sections are made from.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Every measure.
    pub evidence: &'a Evidence,
    /// The samples with their scores, for the curves.
    pub scored: &'a [ScoredSample],
    /// The scorecard; `None` where a score came without one.
    pub document: Option<&'a ScorecardDocument>,
    /// The language of words within pictures.
    pub language: Language,
}

impl<'a> Context<'a> {
    /// The samples in the order in which people read them, with their names.
    pub fn samples(&self) -> impl Iterator<Item = (Message, &'a str, &'a SampleEvidence)> + use<'a> {
        let evidence = self.evidence;
        self.scored.iter().filter_map(move |sample| {
            let figures = evidence.samples.get(sample.name.name())?;
            Some((Message::new(sample.name.title()), sample.name.name(), figures))
        })
    }

    /// Words within a picture.
    pub fn say(&self, words: impl Into<Message>) -> String {
        words.into().in_language(self.language)
    }
}

/// The first columns of a table whose rows are samples: which, how many cases, how many bads.
pub fn sample_columns() -> Vec<Column> {
    vec![Column::new("sample", "Sample"), Column::new("cases", "Cases"), Column::new("bads", "Bads")]
}

/// The entries of [`sample_columns`].
pub fn sample_cells(name: &Message, sample: &SampleEvidence) -> Vec<Cell> {
    vec![Cell::Words(name.clone()), Cell::Count(sample.cases as f64), Cell::Count(sample.bads)]
}

/// The sections in order; those with nothing to say are left out.
///
/// # Errors
/// An internal fault of drawing.
pub fn sections(context: &Context<'_>) -> Result<Vec<Section>> {
    let all: Vec<Option<Section>> = vec![
        discrimination::section(context)?,
        stability::section(context)?,
        characteristics::section(context)?,
        grades::section(context)?,
        model_validation::section(context)?,
        by_segment::section(context)?,
        process::section(context)?,
        fairness::section(context)?,
    ];
    Ok(all.into_iter().flatten().collect())
}
