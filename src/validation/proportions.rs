//! Two bad rates held against each other.
//!
//! z = (r2 - r1) / sqrt(r (1 - r) (1/n1 + 1/n2)), r = (d1 + d2) / (n1 + n2) the pooled rate: the two-proportion z test with
//! pooled variance (its square is Pearson's chi-square without correction; Fleiss, Levin and Paik 2003, Statistical Methods
//! for Rates and Proportions, chapter 3). Any sign; above 0 the second rate is the higher. n = good and bad weight: weights
//! count as cases. Cases are taken as independent. Not defined where a side has no cases or the pooled rate is 0 or 1.

use super::tails::normal_sf;

/// A difference of two rates.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct RateDifference {
    /// Second rate less first.
    pub difference: f64,
    /// The statistic.
    pub z: f64,
    /// Two-sided: chance of a difference as far from 0 where the true rates are equal.
    pub p_value: f64,
    /// One-sided: chance of a difference as far on its own side where the true rates are equal.
    pub p_value_one_sided: f64,
}

/// Tests two rates, each from its goods and bads.
pub fn rate_difference(first: (f64, f64), second: (f64, f64)) -> Option<RateDifference> {
    let (n1, n2) = (first.0 + first.1, second.0 + second.1);
    if !(n1 > 0.0 && n2 > 0.0) {
        return None;
    }
    let pooled = (first.1 + second.1) / (n1 + n2);
    let variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2);
    if variance <= 0.0 {
        return None;
    }
    let difference = second.1 / n2 - first.1 / n1;
    let z = difference / variance.sqrt();
    Some(RateDifference { difference, z, p_value: 2.0 * normal_sf(z.abs()), p_value_one_sided: normal_sf(z.abs()) })
}
