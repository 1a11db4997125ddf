//! Adverse impact ratio of two approval rates, and Fisher's exact test of them.
//!
//! AIR = approval rate of the group / approval rate of the reference group, 0 and up; 1: equal, below 1: the group is
//! approved less often. Interval at 95% (Katz et al. 1978, Biometrics 34:469-474): exp(ln AIR +- 1.96 sqrt(1/a - 1/n +
//! 1/a_r - 1/n_r)), a approved of n; none where nobody of the group is approved (AIR 0). Not defined where nobody of the
//! reference group is. Weights count as cases.
//!
//! Fisher (1922): with all margins fixed the number approved is hypergeometric; the two-sided p value is the chance of all
//! tables that are no more likely than the one seen (to a relative 1e-7, as R does). Only for whole counts.
//!
//! The ratio is known from the four-fifths rule of thumb for employee selection (29 CFR 1607.4(D)): it is a measure, no
//! legal test.

use serde::Serialize;

use super::{Interval, Measured, Z_95};

/// Approved and all, by weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Approvals {
    /// Approved.
    pub approved: f64,
    /// Approved and declined.
    pub all: f64,
}

impl Approvals {
    /// Share of approved; `None` of nobody.
    pub fn rate(self) -> Option<f64> {
        (self.all > 0.0).then(|| self.approved / self.all)
    }
}

/// A test that gives a p value alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FisherExact {
    /// Two-sided.
    pub p_value: f64,
}

/// Adverse impact ratio of a group.
pub fn adverse_impact_ratio(group: Approvals, reference: Approvals) -> Measured<Interval> {
    let (Some(rate), Some(of_reference)) = (group.rate(), reference.rate()) else {
        return Measured::none("a group has nobody who was decided upon");
    };
    if of_reference <= 0.0 {
        return Measured::none("nobody of the reference group is approved");
    }
    let value = rate / of_reference;
    let part = |side: Approvals| 1.0 / side.approved - 1.0 / side.all;
    let error = (rate > 0.0).then(|| (part(group) + part(reference)).max(0.0).sqrt());
    Measured::Value(Interval {
        value: Some(value),
        low: error.map(|error| value * (-Z_95 * error).exp()),
        high: error.map(|error| value * (Z_95 * error).exp()),
    })
}

/// Fisher's exact test that both groups are approved alike.
pub fn fisher_exact(group: Approvals, reference: Approvals) -> Measured<FisherExact> {
    let counts = [group.approved, group.all, reference.approved, reference.all];
    if counts.iter().any(|count| count.fract() != 0.0) {
        return Measured::none("the exact test needs whole counts: the weights are no whole numbers");
    }
    if group.all <= 0.0 || reference.all <= 0.0 {
        return Measured::none("a group has nobody who was decided upon");
    }
    let approved = group.approved + reference.approved;
    let lowest = (approved - reference.all).max(0.0);
    let highest = approved.min(group.all);
    let mode =
        ((approved + 1.0) * (group.all + 1.0) / (group.all + reference.all + 2.0)).floor().clamp(lowest, highest);
    // P(k + 1) / P(k); all chances are relative to that of the mode, so nothing over- or underflows that counts.
    let step = |k: f64| (group.all - k) * (approved - k) / ((k + 1.0) * (reference.all - approved + k + 1.0));
    let mut chances = vec![(mode, 1.0)];
    let (mut k, mut chance) = (mode, 1.0);
    while k < highest && chance > 0.0 {
        chance *= step(k);
        k += 1.0;
        chances.push((k, chance));
    }
    (k, chance) = (mode, 1.0);
    while k > lowest && chance > 0.0 {
        k -= 1.0;
        chance /= step(k);
        chances.push((k, chance));
    }
    let seen = chances.iter().find(|(k, _)| *k == group.approved).map_or(0.0, |(_, chance)| *chance);
    chances.sort_by(|a, b| a.1.total_cmp(&b.1));
    let total: f64 = chances.iter().map(|(_, chance)| chance).sum();
    let tail: f64 = chances.iter().map(|(_, chance)| chance).take_while(|chance| **chance <= seen * (1.0 + 1e-7)).sum();
    Measured::Value(FisherExact { p_value: (tail / total).min(1.0) })
}
