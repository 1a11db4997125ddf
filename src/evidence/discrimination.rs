//! How well the score of a sample tells goods from bads.

use serde::Serialize;

use super::Subject;
use crate::validation::Distribution;

/// Measures of discrimination beside AUC, Gini and KS.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DiscriminationEvidence {}

/// Measures the discrimination of a sample whose scores are distributed as `distribution`.
pub(super) fn discrimination(_subject: &Subject<'_>, _distribution: &Distribution) -> DiscriminationEvidence {
    DiscriminationEvidence {}
}
