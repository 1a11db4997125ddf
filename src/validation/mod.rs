//! Measures, one file each: formula, direction, range, ties, weights and source stand at its head.
//!
//! All take plain slices. Scores: higher is safer. Outcomes: good and bad weights by case. Groups: cases of
//! one code are not independent; intervals of AUC and KS take that into account.

pub mod auc;
pub mod calibration;
pub mod gains;
mod groups;
pub mod ks;
pub mod likelihood_difference;
pub mod paired;
pub mod probability;
pub mod psi;
mod scored;

pub use groups::Groups;
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

    /// Whether the whole interval lies above 0.
    pub fn is_above(&self) -> bool {
        self.low.is_some_and(|low| low > 0.0)
    }

    /// Whether the whole interval lies below 0.
    pub fn is_below(&self) -> bool {
        self.high.is_some_and(|high| high < 0.0)
    }
}

/// Of two AUCs; undefined without goods or without bads.
impl From<Option<paired::PairedAuc>> for Difference {
    fn from(paired: Option<paired::PairedAuc>) -> Self {
        paired.map_or(Difference::UNDEFINED, |paired| {
            let Interval { value, low, high } = paired.difference;
            Difference { value, low, high, p_value: paired.p_value }
        })
    }
}

/// Two-sided 95% quantile of the normal distribution.
pub(crate) const Z_95: f64 = 1.959_963_984_540_054;
