//! Measures, one file each: formula, direction, range, ties, weights and source stand at its head.
//!
//! All take plain slices. Scores: higher is safer. Outcomes: good and bad weights by case. Groups: cases of
//! one code are not independent; intervals of AUC and KS take that into account.

pub mod adverse_impact;
pub mod auc;
pub mod auc_against_initial;
pub mod auc_difference;
pub mod auc_heterogeneity;
pub mod auc_unpaired;
pub mod binomial;
pub mod binomial_correlated;
pub mod bootstrap;
pub mod brier;
pub mod calibration;
pub mod calibration_error;
pub mod calibration_line;
pub mod cap;
pub mod characteristic;
pub mod cut_offs;
pub mod divergence;
pub mod expected_maximum_profit;
pub mod gains;
pub mod gauc;
mod groups;
pub mod h_measure;
pub mod hanley_mcneil;
pub mod herfindahl;
pub mod hosmer_lemeshow;
pub mod hull;
pub mod information_value;
pub mod isotonic;
pub mod jeffreys;
pub mod ks;
pub mod likelihood_difference;
pub mod low_default;
mod measured;
pub mod migration;
pub mod multiple_testing;
pub mod paired;
pub mod paired_bootstrap;
pub mod paired_delong;
pub mod pd_groups;
pub mod probability;
pub mod proportions;
pub mod psi;
pub mod rank_correlation;
pub mod rank_reversal;
pub mod rate_interval;
pub mod ratio;
pub mod roc_band;
pub mod score_concentration;
pub mod score_migration;
mod scored;
pub mod somers_d;
pub mod spiegelhalter;
pub mod stability_index;
pub mod standardised_difference;
pub mod suppression;
pub mod swap_set;
pub mod tails;
pub mod trend;
mod vasicek;

pub use groups::Groups;
pub use measured::Measured;
pub use scored::{Distribution, Scores};

/// A value with the bounds of its 95% confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Interval {
    /// The estimate; null where it is not defined.
    pub value: Option<f64>,
    /// Lower bound.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
}

impl Interval {
    /// Not defined.
    pub const UNDEFINED: Interval = Interval { value: None, low: None, high: None };
}

/// A difference of two measures on the same cases, with the bounds of its 95% confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Difference {
    /// The estimate; null where it is not defined.
    pub value: Option<f64>,
    /// Lower bound.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Two-sided p value of no difference, by the normal distribution.
    pub p_value: Option<f64>,
}

impl Difference {
    /// Not defined.
    pub const UNDEFINED: Difference = Difference { value: None, low: None, high: None, p_value: None };

    /// An estimate with its variance; without a variance it has neither interval nor p value.
    fn normal(value: f64, variance: Option<f64>) -> Self {
        let error = variance.map(f64::sqrt);
        // Two measures that are the same case by case differ by nothing, surely.
        let p_value = error.map(|error| match (value == 0.0, error > 0.0) {
            (true, _) => 1.0,
            (false, true) => statrs::function::erf::erfc((value / error).abs() / std::f64::consts::SQRT_2),
            (false, false) => 0.0,
        });
        let bound = |sign: f64| error.map(|error| value + sign * Z_95 * error);
        Difference { value: Some(value), low: bound(-1.0), high: bound(1.0), p_value }
    }

    /// Whether the whole interval lies above 0.
    pub fn is_above(&self) -> bool {
        self.low.is_some_and(|low| low > 0.0)
    }

    /// Whether the whole interval lies below 0.
    pub fn is_below(&self) -> bool {
        self.high.is_some_and(|high| high < 0.0)
    }
}

/// Two-sided 95% quantile of the normal distribution.
pub(crate) const Z_95: f64 = 1.959_963_984_540_054;
