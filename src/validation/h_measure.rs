//! The H-measure.
//!
//! H = 1 - L / L_max: L is the expected least loss of a cut-off when the cost c of rejecting a good, against 1 - c of
//! approving a bad, follows a Beta distribution that does not depend on the score, and L_max that of the better of
//! rejecting all and approving none. With shares x of goods and y of bads rejected at a cut-off and pi0, pi1 the shares
//! of goods and bads, L = integral over c of min over cut-offs of [c pi0 x + (1 - c) pi1 (1 - y)] w(c) dc: the minimum is
//! reached on the upper convex hull of the ROC curve, and the integrals are regularised incomplete beta functions.
//!
//! Range [0, 1]; higher is better. 0: no cut-off is better than rejecting all or none; a score that ranks bads above goods
//! has an H near 0, not below. Depends on the score by ranks alone; ties are one point of the curve. Weights: as copies.
//! Interval: percentile bootstrap, see [`super::bootstrap`].
//!
//! Sources: Hand (2009), Measuring classifier performance, Machine Learning 77:103-123, with c ~ Beta(2, 2); Hand and
//! Anagnostopoulos (2014), A better Beta for the H measure, Pattern Recognition Letters 40:41-46, with
//! c ~ Beta(1 + pi1, 1 + pi0), the default here: its mode is pi1, so that rarer bads are the costlier ones to miss. The
//! package hmeasure has Beta(2, 1 + pi0 / pi1) by default, which gives another number.

use super::Interval;
use super::bootstrap::Bounds;
use super::hull::totals;
use super::tails::beta_tails;

/// The H-measure with the prior of costs that it goes by.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct HMeasure {
    /// The measure with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// First parameter of the Beta distribution of c.
    pub alpha: f64,
    /// Second parameter.
    pub beta: f64,
}

/// The distribution of the cost c of rejecting a good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostPrior {
    /// Beta(1 + share of bads, 1 + share of goods): Hand and Anagnostopoulos (2014).
    ClassShares,
    /// Beta(2, 2): Hand (2009).
    Symmetric,
}

impl CostPrior {
    fn parameters(self, segments: &[(f64, f64)]) -> (f64, f64) {
        let (goods, bads) = totals(segments);
        match self {
            CostPrior::ClassShares => (1.0 + bads / (goods + bads), 1.0 + goods / (goods + bads)),
            CostPrior::Symmetric => (2.0, 2.0),
        }
    }
}

/// The H-measure, with its interval's bounds, from the segments of the ROC curve's hull (see [`super::hull::hull`]); `None`
/// without goods or without bads.
pub fn h_measure_within(segments: &[(f64, f64)], prior: CostPrior, bounds: Bounds) -> Option<HMeasure> {
    let value = h_measure(segments, prior)?;
    let (alpha, beta) = prior.parameters(segments);
    Some(HMeasure { interval: bounds.around(value), alpha, beta })
}

/// The same without its interval.
pub fn h_measure(segments: &[(f64, f64)], prior: CostPrior) -> Option<f64> {
    let (goods, bads) = totals(segments);
    if goods <= 0.0 || bads <= 0.0 {
        return None;
    }
    let (alpha, beta) = prior.parameters(segments);
    let mean = alpha / (alpha + beta);
    // Integrals of c w(c) and of (1 - c) w(c) from 0 to a cost.
    let integrals = |cost: f64| {
        (mean * beta_tails(alpha + 1.0, beta, cost).0, (1.0 - mean) * beta_tails(alpha, beta + 1.0, cost).0)
    };
    let share = |goods: f64, bads: f64| bads / (goods + bads);
    // From rejecting none, at the highest costs, to rejecting all.
    let (mut rejected_goods, mut missed_bads) = (0.0, bads);
    let mut above = (mean, 1.0 - mean);
    let mut loss = 0.0;
    for (good, bad) in segments {
        let at = integrals(share(*good, *bad));
        loss += rejected_goods * (above.0 - at.0) + missed_bads * (above.1 - at.1);
        rejected_goods += good;
        missed_bads -= bad;
        above = at;
    }
    loss += rejected_goods * above.0;
    let at = integrals(share(goods, bads));
    let most = goods * at.0 + bads * (1.0 - mean - at.1);
    // Rounding may leave the loss a shade above the most.
    Some((1.0 - loss / most).clamp(0.0, 1.0))
}
