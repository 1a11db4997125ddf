//! The cut-off by which cases are recommended for approval: as stated, or the one that meets a stated approval rate.

use serde::Serialize;

use super::Subject;
use crate::validation::Distribution;
use crate::validation::cut_offs::Cumulative;
use crate::words::Message;

/// A cut-off of the score: at and above it a case is recommended for approval, below it for decline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RecommendationCutOff {
    /// The cut-off.
    pub value: f64,
    /// Where it comes from.
    pub from: CutOffFrom,
}

/// Where a cut-off comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CutOffFrom {
    /// It was stated.
    CutOff,
    /// The highest score at and above which at least the stated share of all cases lies: best scores first, and cases of
    /// one score are recommended alike, so a tie at the edge is recommended as a whole.
    ApprovalRate,
}

impl RecommendationCutOff {
    /// The cut-off of a sample whose scores are distributed as `distribution`.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn of(subject: &Subject<'_>, distribution: &Distribution) -> Result<Self, Message> {
        let options = subject.options;
        if let Some(value) = options.cut_off {
            return Ok(RecommendationCutOff { value, from: CutOffFrom::CutOff });
        }
        let rate = options.approval_rate.ok_or("neither a cut-off nor an approval rate was stated")?;
        let value = Cumulative::new(distribution, &subject.sample.weights).for_approval(rate);
        let value = value.ok_or("there are no cases")?;
        Ok(RecommendationCutOff { value, from: CutOffFrom::ApprovalRate })
    }

    /// Whether a score is recommended for approval.
    pub(super) fn approves(self, score: f64) -> bool {
        score >= self.value
    }
}
