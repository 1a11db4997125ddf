//! Measures of probabilities: log loss, Brier score, calibration line.
//!
//! With PD q of case i and its good and bad weights g, b, all sums over cases:
//! log loss = - sum (b ln q + g ln(1 - q)) / sum (g + b); Brier = sum (b (1 - q)^2 + g q^2) / sum (g + b) (Brier 1950).
//! Lower is better for both; neither is below 0.
//!
//! Calibration line (Cox 1958, Biometrika 45:562-565), with eta = ln((1 - q) / q), log odds good:bad:
//! slope = coefficient of eta in the logistic regression of the outcome on eta (1: right; below 1: PDs too extreme, as
//! of a model that is fitted too closely); intercept = the constant that must be added to eta, slope 1, to have as many
//! goods as there are (0: right; above 0: better than the PDs say).

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array2;

use crate::logistic::{LogisticParams, sigmoid};

/// Measures of the PDs of a sample; null where not defined.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct ProbabilityMeasures {
    /// Mean log loss.
    pub log_loss: Option<f64>,
    /// Mean squared error.
    pub brier: Option<f64>,
    /// Calibration in the large, log odds good:bad; 0 is right.
    pub calibration_intercept: Option<f64>,
    /// Slope of the calibration line; 1 is right.
    pub calibration_slope: Option<f64>,
}

/// Measures PDs; all slices have one entry a case, indeterminate ones (no weight) do not count.
pub fn probability_measures(pd: &[f64], goods: &[f64], bads: &[f64]) -> ProbabilityMeasures {
    let cases: Vec<(f64, f64, f64)> = pd
        .iter()
        .zip(goods.iter().zip(bads))
        .filter(|(_, (good, bad))| *good + *bad > 0.0)
        .map(|(pd, (good, bad))| (*pd, *good, *bad))
        .collect();
    let weight: f64 = cases.iter().map(|(_, good, bad)| good + bad).sum();
    if weight <= 0.0 {
        return ProbabilityMeasures::default();
    }
    let mean = |loss: fn(&(f64, f64, f64)) -> f64| {
        let mean = cases.iter().map(loss).sum::<f64>() / weight;
        mean.is_finite().then_some(mean)
    };
    ProbabilityMeasures {
        log_loss: mean(|(pd, good, bad)| log_loss(*pd, *good, *bad)),
        brier: mean(|(pd, good, bad)| bad * (1.0 - pd).powi(2) + good * pd.powi(2)),
        calibration_intercept: intercept(&cases),
        calibration_slope: slope(&cases),
    }
}

/// Log loss of a case, times its weight; a weight of 0 costs nothing, whatever the PD.
pub fn log_loss(pd: f64, good: f64, bad: f64) -> f64 {
    let cost = |weight: f64, share: f64| if weight > 0.0 { -weight * share.ln() } else { 0.0 };
    cost(bad, pd) + cost(good, 1.0 - pd)
}

fn log_odds(pd: f64) -> f64 {
    ((1.0 - pd) / pd).ln()
}

/// The root of sum (g - (g + b) sigmoid(eta + a)) in a, which falls in a: by halving, so that nothing can go astray.
fn intercept(cases: &[(f64, f64, f64)]) -> Option<f64> {
    let (goods, bads) = cases.iter().fold((0.0, 0.0), |sum, case| (sum.0 + case.1, sum.1 + case.2));
    if goods <= 0.0 || bads <= 0.0 || cases.iter().any(|(pd, ..)| !log_odds(*pd).is_finite()) {
        return None;
    }
    let weighted: Vec<(f64, f64)> = cases.iter().map(|(pd, good, bad)| (log_odds(*pd), good + bad)).collect();
    let excess = |a: f64| goods - weighted.iter().map(|(eta, weight)| weight * sigmoid(eta + a)).sum::<f64>();
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if excess(middle) > 0.0 { low = middle } else { high = middle }
    }
    Some(0.5 * (low + high))
}

fn slope(cases: &[(f64, f64, f64)]) -> Option<f64> {
    let eta = Array2::from_shape_fn((cases.len(), 1), |(case, _)| log_odds(cases[case].0));
    let targets = Array2::from_shape_fn((cases.len(), 2), |(case, class)| match class {
        0 => cases[case].1,
        _ => cases[case].2,
    });
    let fit = LogisticParams::new().fit(&DatasetBase::new(eta, targets)).ok()?;
    fit.coefficients.first().copied()
}
