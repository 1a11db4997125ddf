//! Binomial test of PDs that are too low: exact, with the normal approximation beside it.
//!
//! p = P(X >= D), X binomial of N cases with rate PD, = I_PD(D, N - D + 1), 1 for D = 0. H0: the PD is at least the true
//! rate; a small p says that the PD is too low. Normal: z = (D - N PD) / sqrt(N PD (1 - PD)), p = P(Z > z), without
//! correction for continuity; not defined for a PD of 0 or 1. Range of p [0, 1]. PD: the mean PD of the cases. N and D: good
//! and bad weight, so weights count as cases. Takes the cases as independent: where defaults go together, p is too small
//! (see [`super::binomial_correlated`]).
//!
//! Source: Basel Committee on Banking Supervision, Working Paper 14, Studies on the validation of internal rating systems
//! (2005).

use super::jeffreys::DefaultCounts;
use super::tails::{beta_tails, normal_sf};

/// The binomial test.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct BinomialTest {
    /// What it rests on.
    #[serde(flatten)]
    pub counts: DefaultCounts,
    /// One-sided and exact: small where the PD is too low.
    pub p_value: f64,
    /// Of the normal approximation; null for a PD of 0 or 1.
    pub z: Option<f64>,
    /// One-sided, by the normal approximation.
    pub normal_p_value: Option<f64>,
}

/// The binomial test of good and bad cases.
pub fn binomial_test(counts: DefaultCounts) -> BinomialTest {
    let DefaultCounts { cases, defaults, pd } = counts;
    let deviation = (cases * pd * (1.0 - pd)).sqrt();
    let z = (deviation > 0.0).then(|| (defaults - cases * pd) / deviation);
    BinomialTest { counts, p_value: at_least(cases, defaults, pd), z, normal_p_value: z.map(normal_sf) }
}

/// P(X >= defaults), X binomial of `cases` with rate `pd`.
pub(super) fn at_least(cases: f64, defaults: f64, pd: f64) -> f64 {
    if defaults <= 0.0 { 1.0 } else { beta_tails(defaults, cases - defaults + 1.0, pd).0 }
}
