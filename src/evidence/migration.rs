//! Migration from the grades at the start of the period to those at its end.
//!
//! Every case with both grades counts, whatever its outcome; a bad case counts in the grade that the data give it. To leave
//! defaulted customers out, as the ECB's instructions do, leave the grade at the end empty for them: cases without one are
//! counted apart and are in no row of the matrix.

use serde::Serialize;

use super::Subject;
use super::grades::places;
use crate::validation::migration::{self as figures, Migration};
use crate::words::Message;

/// Migration between grades.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MigrationEvidence {
    /// The column of the grades at the start.
    pub previous_column: String,
    /// The grades of rows and columns, best first.
    pub grades: Vec<String>,
    /// The figures.
    #[serde(flatten)]
    pub figures: Migration,
    /// Weight of the bads among the cases in the matrix.
    pub bads: f64,
    /// Weight of cases without a grade at the start.
    pub without_previous_grade: f64,
    /// By grade at the start: weight of cases without a grade at the end.
    pub left: Vec<f64>,
}

/// Measures migration; `of_case` are the grades at the end.
pub(super) fn migration(
    subject: &Subject<'_>,
    order: &[String],
    of_case: &[Option<usize>],
) -> Result<MigrationEvidence, Message> {
    let Subject { sample, roles, .. } = *subject;
    let labels = roles.previous_grade.as_ref().ok_or(Message::new(
        "the grades at the start of the period are not known: name their column with --previous-grade-column",
    ))?;
    let mut matrix = vec![vec![0.0; order.len()]; order.len()];
    let mut left = vec![0.0; order.len()];
    let (mut bads, mut without) = (0.0, 0.0);
    for (case, (from, to)) in places(labels, order).into_iter().zip(of_case).enumerate() {
        let weight = sample.weights[case];
        match (from, to) {
            (Some(from), Some(to)) => {
                matrix[from][*to] += weight;
                bads += sample.bads[case];
            }
            (Some(from), None) => left[from] += weight,
            (None, _) => without += weight,
        }
    }
    let figures = figures::migration(matrix).ok_or(Message::new("no case has a grade at both times"))?;
    Ok(MigrationEvidence {
        previous_column: labels.column.clone(),
        grades: order.to_vec(),
        figures,
        bads,
        without_previous_grade: without,
        left,
    })
}
