//! The sections of the report of a training run or a validation, one file each, in the order in which a validator works.

mod by_segment;
mod calibration;
mod characteristics;
mod data;
mod discrimination;
mod fairness;
mod features;
mod fitted_model;
mod grades;
mod limits;
mod model_validation;
mod performance;
mod process;
mod segments;
mod selection;
mod stability;
mod summary;

pub use summary::verdict;

use scorewright_runtime::artifact::{OutcomeSource, ScorecardDocument};

use super::document::{Cell, Column, Section};
use super::template::fixed;
use crate::error::Result;
use crate::evidence::{Evidence, SampleEvidence, ScoredSample};
use crate::sample::SampleName;
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

    /// Whether the outcome is a share of goodness.
    pub(super) fn is_ratio(&self) -> bool {
        self.document.is_some_and(|document| matches!(document.outcome.source, OutcomeSource::Ratio { .. }))
    }

    /// Which colour is which sample, in words.
    pub(super) fn sample_colours(&self) -> Message {
        let of = |name: SampleName| match name {
            SampleName::Development => "blue",
            SampleName::Holdout => "orange",
            SampleName::OutOfTime => "green of the charts",
            SampleName::Rejected => "light blue",
            SampleName::Validation => "pink",
        };
        let named = self
            .scored
            .iter()
            .map(|sample| Message::new("{0} {1}").with_words(sample.name.title()).with_words(of(sample.name)));
        let all = named.reduce(|all, next| Message::new("{0}, {1}").with_words(all).with_words(next));
        Message::new("Colours: {0}.").with_words(all.unwrap_or_default())
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
        summary::section(context)?,
        data::purpose(context)?,
        data::lineage(context)?,
        data::cases(context)?,
        data::outcome(context)?,
        selection::section(context)?,
        features::points(context)?,
        features::section(context)?,
        segments::section(context)?,
        fitted_model::section(context)?,
        discrimination::section(context)?,
        performance::gains(context)?,
        calibration::section(context)?,
        performance::calibration(context)?,
        grades::section(context)?,
        stability::section(context)?,
        characteristics::section(context)?,
        performance::periods(context)?,
        model_validation::section(context)?,
        by_segment::section(context)?,
        fairness::section(context)?,
        process::section(context)?,
        limits::section(context)?,
    ];
    Ok(all.into_iter().flatten().collect())
}

/// A number with so many decimals; a dash where there is none.
pub(super) fn digits(value: Option<f64>, decimals: usize) -> String {
    value.filter(|value| value.is_finite()).map_or("–".to_owned(), |value| fixed(value, decimals))
}
