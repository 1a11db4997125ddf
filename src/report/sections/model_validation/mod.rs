//! The model itself: coefficients fitted anew, sensitivity, stress, concentration, inputs, artifact.

mod concentration;
mod input_schema;
mod reestimated;
mod sensitivity;
mod stress;

use super::Context;
use crate::error::Result;
use crate::evidence::{ModelValidationEvidence, SampleEvidence};
use crate::report::document::{Block, Cell, Section};
use crate::validation::{Difference, Interval};
use crate::words::Message;

/// A sample that the model was asked about.
struct Asked<'a> {
    title: Message,
    name: &'a str,
    figures: &'a SampleEvidence,
    model: &'a ModelValidationEvidence,
}

/// The model itself on samples that it was not fitted on; nothing where there is none.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let asked: Vec<Asked<'_>> = context
        .samples()
        .filter(|(_, _, figures)| figures.model_validation.input_schema.is_some())
        .map(|(title, name, figures)| Asked { title, name, figures, model: &figures.model_validation })
        .collect();
    let Some(first) = asked.first() else { return Ok(None) };
    let mut blocks = Vec::new();
    if let Some(reason) = first.model.input_schema.as_ref().and_then(|schema| schema.reason()) {
        blocks.push(Block::Text(
            Message::new(
                "Coefficients fitted anew, sensitivity to missing inputs, concentration and the check of the inputs cannot be computed: {0}.",
            )
            .with_words(reason.clone()),
        ));
    } else {
        blocks.extend(reestimated::blocks(context, &asked)?);
        blocks.extend(concentration::blocks(context, &asked)?);
        blocks.extend(sensitivity::blocks(context, &asked)?);
    }
    blocks.extend(stress::blocks(&asked));
    if first.model.input_schema.as_ref().is_some_and(|schema| schema.value().is_some()) {
        blocks.extend(input_schema::blocks(context, &asked));
    }
    Ok(Some(Section { id: "model_validation", heading: Message::new("The model itself"), blocks }))
}

/// A difference with its interval.
fn difference(difference: &Difference, decimals: usize) -> Cell {
    let interval = Interval { value: difference.value, low: difference.low, high: difference.high };
    match interval.value {
        Some(_) => Cell::Interval(interval, decimals),
        None => Cell::Nothing,
    }
}

/// The sample's name as the first cell of a row, its cases and bads after it.
fn sample_start(asked: &Asked<'_>, cases: f64, bads: f64) -> Vec<Cell> {
    vec![Cell::Words(asked.title.clone()), Cell::Count(cases), Cell::Count(bads)]
}
