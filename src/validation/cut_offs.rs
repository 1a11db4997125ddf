//! What cut-offs of the score accept and reject.
//!
//! A case is approved where its score is at or above the cut-off, else rejected; a rejected case is a positive. By weight:
//! approval rate = approved / all cases (indeterminate ones included); precision = bads among the rejected = bad rate
//! below; recall = rejected bads / bads; specificity = approved goods / goods; F1 = 2 true positives / (2 true positives +
//! false positives + false negatives); all in [0, 1]. Rates of nobody are null. A share of approvals is met at the highest
//! score at which at least that share is approved, as equal scores cannot be parted. No intervals: shares of counts.
//! Source: Fawcett (2006), An introduction to ROC analysis, Pattern Recognition Letters 27:861-874.

use super::scored::Distribution;

/// Why a cut-off is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CutOffAt {
    /// The lower edge of a score band.
    ScoreBand,
    /// It was stated.
    Stated,
    /// It meets the stated approval rate.
    ApprovalRate,
    /// Goods and bads lie furthest apart there.
    Ks,
}

/// What a cut-off accepts and rejects.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct CutOff {
    /// Why it is looked at.
    pub at: CutOffAt,
    /// Cases at or above this score are approved.
    pub score: f64,
    /// Share of all cases that are approved.
    pub approval_rate: Option<f64>,
    /// Bad rate of the approved.
    pub bad_rate_above: Option<f64>,
    /// Bad rate of the rejected.
    pub bad_rate_below: Option<f64>,
    /// Share of bads among the rejected.
    pub precision: Option<f64>,
    /// Share of the bads that are rejected.
    pub recall: Option<f64>,
    /// Share of the goods that are approved.
    pub specificity: Option<f64>,
    /// Harmonic mean of precision and recall.
    pub f1: Option<f64>,
    /// Rejected bads.
    pub true_positives: f64,
    /// Rejected goods.
    pub false_positives: f64,
    /// Approved goods.
    pub true_negatives: f64,
    /// Approved bads.
    pub false_negatives: f64,
}

/// Sums of weight below each position of a distribution, so that any cut-off is read off at once.
pub struct Cumulative<'a> {
    distribution: &'a Distribution,
    /// Good, bad and all weight below each position; the last entry is the total.
    below: Vec<(f64, f64, f64)>,
}

impl<'a> Cumulative<'a> {
    /// Of scored cases with their distribution; `weights` are those of all cases, the indeterminate ones included.
    pub fn new(distribution: &'a Distribution, weights: &[f64]) -> Self {
        let mut all = vec![0.0; distribution.score.len()];
        for (position, weight) in distribution.position.iter().zip(weights) {
            all[*position as usize] += weight;
        }
        let mut sums = (0.0, 0.0, 0.0);
        let mut below = vec![sums];
        for ((good, bad), all) in distribution.goods.iter().zip(&distribution.bads).zip(all) {
            sums = (sums.0 + good, sums.1 + bad, sums.2 + all);
            below.push(sums);
        }
        Cumulative { distribution, below }
    }

    fn totals(&self) -> (f64, f64, f64) {
        self.below[self.below.len() - 1]
    }

    /// The cut-off at a score.
    pub fn at(&self, at: CutOffAt, score: f64) -> CutOff {
        let (false_positives, true_positives, rejected) =
            self.below[self.distribution.score.partition_point(|known| *known < score)];
        let (goods, bads, cases) = self.totals();
        let (true_negatives, false_negatives) = (goods - false_positives, bads - true_positives);
        let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        let precision = ratio(true_positives, true_positives + false_positives);
        CutOff {
            at,
            score,
            approval_rate: ratio(cases - rejected, cases),
            bad_rate_above: ratio(false_negatives, true_negatives + false_negatives),
            bad_rate_below: precision,
            precision,
            recall: ratio(true_positives, bads),
            specificity: ratio(true_negatives, goods),
            f1: ratio(2.0 * true_positives, 2.0 * true_positives + false_positives + false_negatives),
            true_positives,
            false_positives,
            true_negatives,
            false_negatives,
        }
    }

    /// The highest score at which at least a share of all cases is approved; `None` without cases.
    pub fn for_approval(&self, share: f64) -> Option<f64> {
        let (.., cases) = self.totals();
        // Shares are counts over counts; rounding must not move the cut-off by a score.
        let most_rejected = cases * (1.0 - share) + 1e-9 * cases;
        let position = self.below.partition_point(|(.., rejected)| *rejected <= most_rejected).checked_sub(1)?;
        let last = self.distribution.score.len().checked_sub(1)?;
        self.distribution.score.get(position.min(last)).copied()
    }

    /// The cut-off that approves the scores above `score`; `None` where there are none.
    pub fn above(&self, at: CutOffAt, score: f64) -> Option<CutOff> {
        let next = self.distribution.score.partition_point(|known| *known <= score);
        self.distribution.score.get(next).map(|next| self.at(at, *next))
    }
}
