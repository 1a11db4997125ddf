//! Measures, one file each: formula, direction, range, ties, weights and source stand at its head.
//!
//! All take plain slices. Scores: higher is safer. Outcomes: good and bad weights by case. Groups: cases of
//! one code are not independent; intervals of AUC and KS take that into account.

pub mod auc;
pub mod calibration;
pub mod gains;
mod groups;
pub mod ks;
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

/// Two-sided 95% quantile of the normal distribution.
pub(crate) const Z_95: f64 = 1.959_963_984_540_054;
