//! The normal distribution's tails, to about 16 digits.

use crate::rejects::erfc::erfc;

/// P(Z > z).
pub(crate) fn upper_tail(z: f64) -> f64 {
    0.5 * erfc(z * std::f64::consts::FRAC_1_SQRT_2)
}

/// P(|Z| > |z|).
pub(crate) fn two_tails(z: f64) -> f64 {
    erfc(z.abs() * std::f64::consts::FRAC_1_SQRT_2)
}
