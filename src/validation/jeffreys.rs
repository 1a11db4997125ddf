//! Jeffreys' test of PDs that are too low.
//!
//! p = F(PD), F the distribution function of Beta(D + 1/2, N - D + 1/2): the posterior of the default rate of N cases with
//! D defaults under Jeffreys' prior. H0: the PD is at least the true rate; a small p says that the PD is too low. Range
//! [0, 1]; D = 0 and D = N are defined. PD: the mean PD of the cases. N and D: good and bad weight, so weights count as
//! cases; a weight that is no count of independent cases makes p too small or too large. Takes the cases as independent.
//!
//! Source: European Central Bank, Instructions for reporting the validation results of internal models (2019), 2.5.3.1.

use super::tails::beta_tails;

/// Cases with their defaults and the PD that they are held against.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct DefaultCounts {
    /// N: good and bad weight.
    pub cases: f64,
    /// D: bad weight.
    pub defaults: f64,
    /// Their mean PD.
    pub pd: f64,
}

/// Jeffreys' test.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct JeffreysTest {
    /// What it rests on.
    #[serde(flatten)]
    pub counts: DefaultCounts,
    /// One-sided: small where the PD is too low.
    pub p_value: f64,
}

/// Jeffreys' test of good and bad cases.
pub fn jeffreys_test(counts: DefaultCounts) -> JeffreysTest {
    let DefaultCounts { cases, defaults, pd } = counts;
    JeffreysTest { counts, p_value: beta_tails(defaults + 0.5, cases - defaults + 0.5, pd).0 }
}
