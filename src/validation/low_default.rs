//! Upper bounds of the PD where defaults are few or none.
//!
//! Bound at confidence c of N cases with D defaults: the highest PD that is not refused, P(X <= D) = 1 - c. Independent
//! cases: X binomial, so the bound is the quantile c of Beta(D + 1, N - D). Correlated, single period: X in Vasicek's model
//! (see the file `vasicek.rs`), the bound found by halving. 1 where every case defaulted. Range [0, 1]; it falls in N, rises in D
//! and c. Most prudent estimation by grade: a grade is not riskier than those below it, so N and D of a grade are those of
//! the grade and of all that are worse. N and D: good and bad weight, so weights count as cases.
//!
//! Source: Pluto and Tasche (2005), Thinking positively, Risk 18(8):72-78, and Estimating probabilities of default for low
//! default portfolios (2005), sections 2 to 4.

use super::tails::{beta_quantile, normal_cdf};
use super::vasicek::{Mixture, NO_CORRELATION};

/// Levels of confidence.
pub const CONFIDENCES: [f64; 4] = [0.5, 0.75, 0.9, 0.95];

/// Upper bounds of a PD.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct LowDefault {
    /// N: good and bad weight.
    pub cases: f64,
    /// D: bad weight.
    pub defaults: f64,
    /// Asset correlation of the correlated bounds.
    pub asset_correlation: f64,
    /// By confidence, rising.
    pub upper_bounds: Vec<UpperBound>,
}

/// Upper bounds at one confidence.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct UpperBound {
    /// The confidence.
    pub confidence: f64,
    /// Of independent cases.
    pub independent: f64,
    /// Of cases that default together by one factor.
    pub correlated: f64,
}

/// Upper bounds for `defaults` among `cases`, of which there are some.
pub fn low_default(cases: f64, defaults: f64, asset_correlation: f64) -> LowDefault {
    let bound = |confidence: f64, mixture: Option<&Mixture>| {
        if defaults >= cases {
            return UpperBound { confidence, independent: 1.0, correlated: 1.0 };
        }
        let independent = beta_quantile(defaults + 1.0, cases - defaults, confidence);
        let correlated = mixture.map_or(independent, |mixture| correlated(mixture, confidence));
        UpperBound { confidence, independent, correlated }
    };
    let mixture = (defaults < cases && asset_correlation >= NO_CORRELATION)
        .then(|| Mixture::new(defaults + 1.0, cases - defaults, asset_correlation));
    let upper_bounds = CONFIDENCES.iter().map(|confidence| bound(*confidence, mixture.as_ref())).collect();
    LowDefault { cases, defaults, asset_correlation, upper_bounds }
}

/// The PD at which more than D defaults have the probability `confidence`, which rises in the PD.
fn correlated(mixture: &Mixture, confidence: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if mixture.exceedance(middle) < confidence { low = middle } else { high = middle }
    }
    normal_cdf(0.5 * (low + high))
}
