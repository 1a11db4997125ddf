//! The current AUC against the AUC at the time of development, as the ECB has it.
//!
//! S = (initial - current) / s, p = 1 - Phi(S), one-sided: a small p says that the current AUC is below the initial one. s
//! is the standard error of the current AUC alone, s^2 = var(V10) / bads + var(V01) / goods with ddof 1 (with weights or
//! groups as in [`super::auc`]); the initial AUC is taken as known. Not defined where s is not, or is 0.
//!
//! Several periods: a case's rating is replaced by the share of its period's (good and bad) cases with a rating as safe as
//! its own or safer, by weight; then the periods are pooled. So a period in which everyone is rated worse does not count
//! as discrimination.
//!
//! The same test is applied to the generalised AUC of ratio outcomes (see [`super::gauc`]), with its standard error.
//!
//! Source: ECB, Instructions for reporting the validation results of internal models (February 2019), 2.5.4.1, 2.6.3.1 and
//! Annex 1.

use super::tails::normal_sf;
use crate::words::Message;

/// The test of a current figure against the initial one.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AgainstInitial {
    /// The figure at the time of development.
    pub initial: f64,
    /// The figure now.
    pub current: f64,
    /// Standard error of the current figure.
    pub std_error: f64,
    /// (initial - current) / standard error.
    pub statistic: f64,
    /// Of the current figure being at least the initial one; one-sided.
    pub p_value: f64,
}

/// Tests a figure with its standard error against the initial one.
///
/// # Errors
/// Why there is no test.
pub fn against_initial(initial: f64, current: f64, std_error: f64) -> Result<AgainstInitial, Message> {
    if std_error <= 0.0 {
        return Err("the standard error is 0: the score parts goods and bads wholly".into());
    }
    let statistic = (initial - current) / std_error;
    let p_value = normal_sf(statistic);
    Ok(AgainstInitial { initial, current, std_error, statistic, p_value })
}

/// The share of the period's weight with a score as high as a case's own or higher, by case: low for the safest. `periods`
/// has one code a case; cases without weight get a share too.
pub fn relative_ranks(score: &[f64], weights: &[f64], periods: &[u32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..score.len()).collect();
    // A negative zero equals zero.
    let key = |case: usize| score[case] + 0.0;
    order.sort_unstable_by(|a, b| periods[*a].cmp(&periods[*b]).then(key(*b).total_cmp(&key(*a))).then(a.cmp(b)));
    let mut ranks = vec![0.0; score.len()];
    for period in order.chunk_by(|a, b| periods[*a] == periods[*b]) {
        let total: f64 = period.iter().map(|case| weights[*case]).sum();
        let mut passed = 0.0;
        for equal in period.chunk_by(|a, b| key(*a) == key(*b)) {
            passed += equal.iter().map(|case| weights[*case]).sum::<f64>();
            for case in equal {
                ranks[*case] = if total > 0.0 { passed / total } else { 0.0 };
            }
        }
    }
    ranks
}
