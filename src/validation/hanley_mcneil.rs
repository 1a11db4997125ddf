//! Hanley and McNeil's standard error of the AUC, for comparison with DeLong's.
//!
//! s^2 = [A (1 - A) + (B - 1)(Q1 - A^2) + (G - 1)(Q2 - A^2)] / (G B), Q1 = A / (2 - A), Q2 = 2 A^2 / (1 + A), with A the
//! AUC, G goods and B bads. It supposes scores of exponential distributions and needs the AUC alone; weights count as
//! copies, and groups of cases are not taken into account. Interval: normal at 95%, cut to [0, 1]. Source: Hanley and
//! McNeil (1982), Radiology 143:29-36.

use super::Z_95;

/// The standard error with the interval that follows.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct HanleyMcNeil {
    /// Standard error of the AUC.
    pub std_error: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Hanley and McNeil's standard error of an AUC of so many goods and bads; `None` where it is not defined.
pub fn hanley_mcneil(auc: f64, goods: f64, bads: f64) -> Option<HanleyMcNeil> {
    let (q1, q2) = (auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc));
    let squares = auc * auc;
    let sum = auc * (1.0 - auc) + (bads - 1.0) * (q1 - squares) + (goods - 1.0) * (q2 - squares);
    let std_error = (sum / (goods * bads)).sqrt();
    std_error.is_finite().then(|| HanleyMcNeil {
        std_error,
        low: (auc - Z_95 * std_error).max(0.0),
        high: (auc + Z_95 * std_error).min(1.0),
    })
}
