//! Expected maximum profit of credit scoring.
//!
//! The profit of rejecting the cases below a cut-off, in shares of the amount lent, against lending to all: each rejected
//! bad saves the part lambda of its loan that would be lost, each rejected good forgoes the return on investment ROI,
//! P(t; lambda) = lambda pi0 F0(t) - ROI pi1 F1(t), with pi0, pi1 the shares of bads and goods and F0, F1 the shares of each
//! that score below t. EMP = integral over lambda of the greatest P(t; lambda) h(lambda): lambda is 0 with probability
//! p0 = 0.55, 1 with probability p1 = 0.1, else uniform in (0, 1); ROI = 0.2644. The greatest profit is reached on the
//! upper convex hull of the ROC curve, so that the integral is a sum of its segments.
//!
//! Range [0, pi0 (p1 + (1 - p0 - p1) / 2)]; higher is better; 0: rejecting nobody is best. The fraction is the expected
//! share of cases rejected at the best cut-off. Depends on the score by ranks alone; weights count as copies.
//! Interval: percentile bootstrap, see [`super::bootstrap`].
//!
//! Source: Verbraken, Bravo, Weber and Baesens (2014), Development and application of consumer credit scoring models using
//! profit-based classification measures, European Journal of Operational Research 238:505-513; constants as there and in
//! the package EMP.

use super::Interval;
use super::bootstrap::Bounds;
use super::hull::totals;

/// Probability that nothing of a bad loan is lost.
pub const NOTHING_LOST: f64 = 0.55;
/// Probability that all of a bad loan is lost.
pub const ALL_LOST: f64 = 0.1;
/// Return on investment of a good loan.
pub const RETURN_ON_INVESTMENT: f64 = 0.2644;

/// The expected maximum profit with what it goes by.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ExpectedMaximumProfit {
    /// The profit with its interval, in shares of the amount lent.
    #[serde(flatten)]
    pub interval: Interval,
    /// Expected share of cases rejected at the best cut-off.
    pub optimal_fraction: f64,
    /// Probability that nothing of a bad loan is lost.
    pub p0: f64,
    /// Probability that all of a bad loan is lost.
    pub p1: f64,
    /// Return on investment of a good loan.
    pub roi: f64,
}

/// The expected maximum profit, with its interval's bounds, from the segments of the ROC curve's hull (see
/// [`super::hull::hull`]); `None` without goods or without bads.
pub fn expected_maximum_profit_within(segments: &[(f64, f64)], bounds: Bounds) -> Option<ExpectedMaximumProfit> {
    let (value, optimal_fraction) = expected_maximum_profit(segments)?;
    Some(ExpectedMaximumProfit {
        interval: bounds.around(value),
        optimal_fraction,
        p0: NOTHING_LOST,
        p1: ALL_LOST,
        roi: RETURN_ON_INVESTMENT,
    })
}

/// The same without its interval: profit and optimal fraction.
pub fn expected_maximum_profit(segments: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (goods, bads) = totals(segments);
    if goods <= 0.0 || bads <= 0.0 {
        return None;
    }
    let uniform = 1.0 - NOTHING_LOST - ALL_LOST;
    let (mut rejected_goods, mut rejected_bads) = (0.0, 0.0);
    let (mut profit, mut fraction) = (0.0, 0.0);
    let mut lost = 0.0;
    // Between the parts lost at which two neighbouring segments begin to pay, one cut-off is best.
    let ends = segments.iter().map(|(good, bad)| RETURN_ON_INVESTMENT * good / bad).chain([1.0]);
    let steps = segments.iter().copied().chain([(0.0, 0.0)]);
    for (end, (good, bad)) in ends.zip(steps) {
        let end = end.min(1.0);
        profit += uniform
            * (rejected_bads * (end * end - lost * lost) / 2.0 - RETURN_ON_INVESTMENT * rejected_goods * (end - lost));
        fraction += uniform * (rejected_goods + rejected_bads) * (end - lost);
        lost = end;
        if end >= 1.0 {
            break;
        }
        rejected_goods += good;
        rejected_bads += bad;
    }
    profit += ALL_LOST * (rejected_bads - RETURN_ON_INVESTMENT * rejected_goods);
    fraction += ALL_LOST * (rejected_goods + rejected_bads);
    Some((profit / (goods + bads), fraction / (goods + bads)))
}
