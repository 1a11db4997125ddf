//! Difference of the AUC of two scores on the same cases.
//!
//! Value: AUC of the first score minus that of the second, in [-1, 1]; above 0 the first ranks better.
//!
//! Interval and p value: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845, for correlated curves. With
//! the influence u of a case on each AUC (see `auc`), d = u_first - u_second, and the variance of the difference is that
//! of the d: S10 of the placements' differences / m + S01 / n for plain outcomes, which is L S L' of the paper with
//! L = (1, -1); with weights or fractions n / (n - 1) * sum d^2; where a group has several cases, of d summed by group.
//! Normal; undefined without goods or without bads.

use super::Difference;
use super::auc::{dependent_groups, influences, variance_by};
use super::groups::Groups;
use super::scored::{Distribution, Scores};

/// AUC of `first` minus AUC of the score `second` of the same cases.
pub fn auc_difference(first: Scores<'_>, second: &[f64]) -> Difference {
    AucToCompare::new(first).map_or(Difference::UNDEFINED, |first| first.less(second).1)
}

/// The AUC of a score, with what its difference from others of the same cases needs.
pub struct AucToCompare<'a> {
    scores: Scores<'a>,
    totals: (f64, f64),
    groups: Option<Groups>,
    value: f64,
    influences: Vec<f64>,
}

impl<'a> AucToCompare<'a> {
    /// The AUC of `scores`; `None` without goods or without bads.
    pub fn new(scores: Scores<'a>) -> Option<Self> {
        let distribution = Distribution::new(scores);
        let (goods, bads) = distribution.totals();
        if goods <= 0.0 || bads <= 0.0 {
            return None;
        }
        let (value, influences) = influences(scores, &distribution, goods, bads);
        Some(AucToCompare { scores, totals: (goods, bads), groups: dependent_groups(scores), value, influences })
    }

    /// The AUC.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Whether intervals go by group.
    pub fn has_groups(&self) -> bool {
        self.groups.is_some()
    }

    /// The AUC of the score `second` of the same cases.
    pub fn auc_of(&self, second: &[f64]) -> f64 {
        let second = Scores { score: second, ..self.scores };
        super::auc::area(&Distribution::new(second), self.totals.0, self.totals.1)
    }

    /// The AUC of the score `second` of the same cases, and this one's minus that.
    pub fn less(&self, second: &[f64]) -> (f64, Difference) {
        let second = Scores { score: second, ..self.scores };
        let (goods, bads) = self.totals;
        let (value, of_second) = influences(second, &Distribution::new(second), goods, bads);
        let differences: Vec<f64> = self.influences.iter().zip(&of_second).map(|(a, b)| a - b).collect();
        let variance = variance_by(self.scores, self.groups.as_ref(), &differences);
        (value, Difference::normal(self.value - value, variance))
    }
}
