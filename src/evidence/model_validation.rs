//! What a validator asks about the model itself: do its coefficients hold, what does it lean on, what if a column fails,
//! what under stress, and are the inputs those of development.

use serde::Serialize;

use super::Subject;
use super::coded::Coded;
use super::concentration::{Concentration, MarginalContribution, concentration, marginal_contribution};
use super::input_schema::{InputSchema, input_schema};
use super::reestimated::{Refit, reestimated};
use super::sensitivity::{Sensitivity, sensitivity};
use super::stress::{Stress, stress};
use crate::sample::SampleName;
use crate::validation::Measured;
use crate::words::Message;

/// Evidence about the model itself, on samples that it was not fitted on.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ModelValidationEvidence {
    /// The coefficients estimated anew on these cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reestimated: Option<Measured<ByModel<Refit>>>,
    /// What happens where a feature, a column or a source fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Measured<Sensitivity>>,
    /// Scenarios of stress; absent where none were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stress: Option<Stress>,
    /// Which features the score's spread comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concentration: Option<Measured<Concentration>>,
    /// What each feature adds to the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marginal_contribution: Option<Measured<MarginalContribution>>,
    /// The input columns against those of development.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Measured<InputSchema>>,
}

/// Of a card's only model, or of each segment's.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum ByModel<T> {
    /// The card has one model.
    One(T),
    /// Each segment has its own.
    Segments {
        /// In the order of the card.
        segments: Vec<OfSegment<T>>,
    },
}

/// Of a segment.
#[derive(Debug, Clone, Serialize)]
pub struct OfSegment<T> {
    /// The segment.
    pub segment: String,
    /// Its own.
    #[serde(flatten)]
    pub measured: Measured<T>,
}

impl<T> ByModel<T> {
    /// By segment; without segments the only one.
    pub(super) fn of(mut parts: Vec<(Option<&str>, Measured<T>)>) -> Measured<Self> {
        match (parts.len(), parts.pop()) {
            (1, Some((None, only))) => only.map(ByModel::One),
            (_, last) => {
                let segment = |(segment, measured): (Option<&str>, Measured<T>)| OfSegment {
                    segment: segment.unwrap_or_default().to_owned(),
                    measured,
                };
                Measured::Value(ByModel::Segments { segments: parts.into_iter().chain(last).map(segment).collect() })
            }
        }
    }

    /// Each with its segment's name.
    pub fn parts(&self) -> Vec<(Option<&str>, Measured<&T>)> {
        match self {
            ByModel::One(one) => vec![(None, Measured::Value(one))],
            ByModel::Segments { segments } => {
                segments.iter().map(|one| (Some(one.segment.as_str()), one.measured.as_ref())).collect()
            }
        }
    }
}

/// Asks about the model on a sample: nothing on development, which it was fitted on, and on rejected applicants, who
/// have no outcome.
pub(super) fn model_validation(subject: &Subject<'_>) -> ModelValidationEvidence {
    if matches!(subject.sample.name, SampleName::Development | SampleName::Rejected) {
        return ModelValidationEvidence::default();
    }
    let coded = Coded::new(subject);
    let stress = stress(subject, coded.as_ref());
    let Some(coded) = coded else {
        let reason = || Message::new("there is no scorecard: its features, bins and coefficients are not known");
        return ModelValidationEvidence {
            reestimated: Some(Measured::none(reason())),
            sensitivity: Some(Measured::none(reason())),
            stress,
            concentration: Some(Measured::none(reason())),
            marginal_contribution: Some(Measured::none(reason())),
            input_schema: Some(Measured::none(reason())),
        };
    };
    let parts = coded.parts();
    let fits: Vec<_> = parts.iter().map(|part| part.fit(&coded, subject.options)).collect();
    ModelValidationEvidence {
        reestimated: Some(reestimated(&coded, &parts, &fits)),
        sensitivity: Some(Measured::Value(sensitivity(&coded, subject))),
        stress,
        concentration: Some(concentration(&coded)),
        marginal_contribution: Some(Measured::Value(marginal_contribution(&coded, &parts, &fits, subject.options))),
        input_schema: Some(Measured::Value(input_schema(&coded))),
    }
}
