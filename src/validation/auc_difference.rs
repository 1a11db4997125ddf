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
use super::auc::{influences, variance};
use super::scored::{Distribution, Scores};

/// AUC of `first` minus AUC of the score `second` of the same cases.
pub fn auc_difference(first: Scores<'_>, second: &[f64]) -> Difference {
    let second = Scores { score: second, ..first };
    let distributions = [first, second].map(Distribution::new);
    let (goods, bads) = distributions[0].totals();
    if goods <= 0.0 || bads <= 0.0 {
        return Difference::UNDEFINED;
    }
    let (value, of_first) = influences(first, &distributions[0], goods, bads);
    let (other, of_second) = influences(second, &distributions[1], goods, bads);
    let differences: Vec<f64> = of_first.iter().zip(&of_second).map(|(first, second)| first - second).collect();
    Difference::normal(value - other, variance(first, &differences))
}
