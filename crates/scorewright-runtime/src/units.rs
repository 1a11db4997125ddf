//! Sign and unit live in types: higher points, log odds and odds are safer, a higher PD is riskier.

use crate::artifact::Scaling;

/// Points of the card's scale; higher is safer.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Points(pub f64);

/// ln(odds good:bad); higher is safer.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct LogOdds(pub f64);

/// Odds good:bad; higher is safer.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Odds(pub f64);

/// Probability of default in [0, 1] (for a ratio outcome: the expected share that is not repaid).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct ProbabilityOfDefault(pub f64);

impl Points {
    /// The log odds that the scale gives these points: `(score - offset) / factor`.
    pub fn log_odds(self, scaling: &Scaling) -> LogOdds {
        LogOdds((self.0 - scaling.offset) / scaling.factor)
    }
}

impl LogOdds {
    /// `PD = 1 / (1 + exp(log odds))`.
    pub fn probability_of_default(self) -> ProbabilityOfDefault {
        ProbabilityOfDefault(1.0 / (1.0 + self.0.exp()))
    }

    /// `odds = exp(log odds)`.
    pub fn odds(self) -> Odds {
        Odds(self.0.exp())
    }
}

/// `x` at no more than 12 significant digits, as cut points and points are carried: decision
/// engines compute in decimals or in text. Non-finite numbers stay as they are.
pub fn twelve_digits(x: f64) -> f64 {
    // A text with 11 decimals of mantissa is the definition itself; it always parses.
    format!("{x:.11e}").parse().unwrap_or(x) + 0.0
}
