//! How well the PDs of a sample agree with what happened.

use serde::Serialize;

use super::Subject;

/// Measures and tests of calibration.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CalibrationEvidence {}

/// Measures the calibration of a sample.
pub(super) fn calibration(_subject: &Subject<'_>) -> CalibrationEvidence {
    CalibrationEvidence {}
}
