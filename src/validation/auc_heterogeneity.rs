//! Whether AUCs of disjoint parts of a sample differ by more than chance.
//!
//! Q = sum of w (A - mean)^2 over the parts, w = 1 / variance of the part's AUC A (DeLong, see [`super::auc`]), mean = sum
//! of w A / sum of w; chi-squared with one degree of freedom less than parts, where all AUCs are equal. I^2 = max(0,
//! (Q - df) / Q): share of the spread that chance does not explain. Parts are taken as independent; parts without an AUC or
//! with a variance of 0 (goods and bads wholly apart) cannot take part. Not defined with fewer than two parts. Sources:
//! Cochran (1954), Biometrics 10:101-129; Higgins and Thompson (2002), Statistics in Medicine 21:1539-1558.

use super::tails::chi_squared_sf;
use crate::words::Message;

/// Cochran's test.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AucHeterogeneity {
    /// Cochran's Q.
    pub statistic: f64,
    /// Parts less one.
    pub degrees_of_freedom: u64,
    /// Chance of a Q as high where all AUCs are equal.
    pub p_value: f64,
    /// Share of the spread that chance does not explain.
    pub i_squared: f64,
    /// Mean of the AUCs, each by its precision.
    pub mean_auc: f64,
    /// Parts that took part.
    pub parts: u64,
}

/// Tests AUCs, each with its variance.
///
/// # Errors
/// Why there is no test.
pub fn auc_heterogeneity(aucs: &[(f64, f64)]) -> Result<AucHeterogeneity, Message> {
    let parts: Vec<(f64, f64)> = aucs.iter().copied().filter(|(_, variance)| *variance > 0.0).collect();
    if parts.len() < 2 {
        return Err("fewer than two parts have an AUC with a variance above 0".into());
    }
    let weight: f64 = parts.iter().map(|(_, variance)| 1.0 / variance).sum();
    let mean_auc = parts.iter().map(|(auc, variance)| auc / variance).sum::<f64>() / weight;
    let statistic: f64 = parts.iter().map(|(auc, variance)| (auc - mean_auc).powi(2) / variance).sum();
    let freedom = (parts.len() - 1) as f64;
    Ok(AucHeterogeneity {
        statistic,
        degrees_of_freedom: parts.len() as u64 - 1,
        p_value: chi_squared_sf(statistic, parts.len() - 1),
        i_squared: if statistic > freedom { (statistic - freedom) / statistic } else { 0.0 },
        mean_auc,
        parts: parts.len() as u64,
    })
}
