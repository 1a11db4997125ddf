//! Binomial test of PDs that are too low where defaults go together by one factor.
//!
//! p = P(X >= D) in Vasicek's model (see the file `vasicek.rs`) with N cases, rate PD and asset correlation rho; exact for
//! N cases. A small p says that the PD is too low. Asymptotic p value, for infinitely many cases, with observed rate
//! d = D / N: P(p(Y) >= d) = 1 - Phi((sqrt(1 - rho) Phi^-1(d) - Phi^-1(PD)) / sqrt(rho)), 1 at d = 0 and 0 at d = 1. Critical
//! default rate at level q, for infinitely many cases: Phi((sqrt(rho) Phi^-1(q) + Phi^-1(PD)) / sqrt(1 - rho)): a rate above
//! it occurs with probability 1 - q where the PD is right. Range of all [0, 1]. N and D: good and bad weight, so weights
//! count as cases. Given the factor, cases are independent.
//!
//! Source: Basel Committee on Banking Supervision, Working Paper 14, Studies on the validation of internal rating systems
//! (2005); Vasicek (2002), Risk 15(12):160-162.

use super::Measured;
use super::jeffreys::DefaultCounts;
use super::tails::{normal_cdf, normal_quantile, normal_sf};
use super::vasicek::{Mixture, NO_CORRELATION};

/// The correlated binomial test.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct CorrelatedBinomialTest {
    /// What it rests on.
    #[serde(flatten)]
    pub counts: DefaultCounts,
    /// Asset correlation.
    pub asset_correlation: f64,
    /// One-sided, for as many cases as there are: small where the PD is too low.
    pub p_value: f64,
    /// The same for infinitely many cases.
    pub asymptotic_p_value: f64,
    /// Default rate that is exceeded with probability 5% where the PD is right, for infinitely many cases.
    pub critical_default_rate_95: f64,
    /// The same with probability 1%.
    pub critical_default_rate_99: f64,
}

/// The correlated binomial test of good and bad cases.
pub fn correlated_binomial_test(counts: DefaultCounts, asset_correlation: f64) -> Measured<CorrelatedBinomialTest> {
    let DefaultCounts { cases, defaults, pd } = counts;
    if pd <= 0.0 || pd >= 1.0 {
        return Measured::none("the mean PD is exactly 0 or 1");
    }
    if asset_correlation < NO_CORRELATION {
        return Measured::none("the asset correlation is 0: see the binomial test");
    }
    let threshold = normal_quantile(pd);
    let (own, common) = ((1.0 - asset_correlation).sqrt(), asset_correlation.sqrt());
    let critical = |level: f64| normal_cdf((common * normal_quantile(level) + threshold) / own);
    let observed = normal_quantile(defaults / cases);
    Measured::Value(CorrelatedBinomialTest {
        counts,
        asset_correlation,
        p_value: match defaults <= 0.0 {
            true => 1.0,
            false => Mixture::new(defaults, cases - defaults + 1.0, asset_correlation).exceedance(threshold),
        },
        asymptotic_p_value: normal_sf((own * observed - threshold) / common),
        critical_default_rate_95: critical(0.95),
        critical_default_rate_99: critical(0.99),
    })
}
