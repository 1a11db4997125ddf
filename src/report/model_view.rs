//! The model's section of the page: figures with the pictures that go with them.

use serde::Serialize;

use super::charts::{Estimate, course_strip, interval_strip, shared_range};
use crate::error::Result;
use crate::evidence::{CoefficientEvidence, FeatureOverTime, ModelEvidence, TimeSlice};

/// The model in the page.
#[derive(Serialize)]
pub(super) struct ModelView<'a> {
    #[serde(flatten)]
    figures: &'a ModelEvidence,
    rows: Vec<CoefficientView<'a>>,
    course: Option<CourseView<'a>>,
}

#[derive(Serialize)]
struct CoefficientView<'a> {
    #[serde(flatten)]
    figures: &'a CoefficientEvidence,
    strip: Option<String>,
}

#[derive(Serialize)]
struct CourseView<'a> {
    slices: &'a [TimeSlice],
    features: Vec<CourseRow<'a>>,
}

#[derive(Serialize)]
struct CourseRow<'a> {
    #[serde(flatten)]
    figures: &'a FeatureOverTime,
    strip: String,
}

/// # Errors
/// An internal fault of drawing.
pub(super) fn model_view(model: &ModelEvidence) -> Result<ModelView<'_>> {
    let estimate = |row: &CoefficientEvidence| Estimate { value: row.estimate, interval: row.low.zip(row.high) };
    // The intercept lies on a scale of its own.
    let range = shared_range(model.coefficients.iter().skip(1).map(estimate));
    let rows = model
        .coefficients
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let description = format!("coefficient of {} with its interval", row.name);
            let strip = (place > 0).then(|| interval_strip(&description, estimate(row), range)).transpose()?;
            Ok(CoefficientView { figures: row, strip })
        })
        .collect::<Result<_>>()?;
    let course = match &model.over_time {
        None => None,
        Some(over_time) => {
            let of = |feature: &FeatureOverTime| -> Vec<Option<Estimate>> {
                let pairs = feature.estimates.iter().zip(&feature.std_errors);
                pairs
                    .map(|(value, error)| {
                        let value = (*value)?;
                        let interval = error.map(|error| (value - 1.96 * error, value + 1.96 * error));
                        Some(Estimate { value, interval })
                    })
                    .collect()
            };
            let features = over_time
                .features
                .iter()
                .map(|feature| {
                    let description = format!("coefficient of {} by slice of time", feature.name);
                    let estimates = of(feature);
                    let range = shared_range(estimates.iter().copied().flatten());
                    Ok(CourseRow { figures: feature, strip: course_strip(&description, &estimates, range)? })
                })
                .collect::<Result<_>>()?;
            Some(CourseView { slices: &over_time.slices, features })
        }
    };
    Ok(ModelView { figures: model, rows, course })
}
