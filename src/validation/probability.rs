//! Measures of probabilities: log loss, Brier score, calibration line.
//!
//! With PD q of case i and its good and bad weights g, b, all sums over cases:
//! log loss = - sum (b ln q + g ln(1 - q)) / sum (g + b); Brier = sum (b (1 - q)^2 + g q^2) / sum (g + b) (Brier 1950).
//! Lower is better for both; neither is below 0.
//!
//! Calibration line: see [`super::calibration_line`].

use super::calibration_line::calibration_line;
use super::scored::Scores;

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
    let line = calibration_line(Scores { score: pd, goods, bads, groups: None }, pd);
    ProbabilityMeasures {
        log_loss: mean(|(pd, good, bad)| log_loss(*pd, *good, *bad)),
        brier: mean(|(pd, good, bad)| bad * (1.0 - pd).powi(2) + good * pd.powi(2)),
        calibration_intercept: line.intercept.value().map(|intercept| intercept.value),
        calibration_slope: line.slope.value().map(|slope| slope.value),
    }
}

/// Log loss of a case, times its weight; a weight of 0 costs nothing, whatever the PD.
pub fn log_loss(pd: f64, good: f64, bad: f64) -> f64 {
    let cost = |weight: f64, share: f64| if weight > 0.0 { -weight * share.ln() } else { 0.0 };
    cost(bad, pd) + cost(good, 1.0 - pd)
}
