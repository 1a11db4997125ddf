//! Spiegelhalter's test of calibration.
//!
//! z = sum w (y - p)(1 - 2 p) / sqrt(sum w (1 - 2 p)^2 p (1 - p)), y = 1 for a bad, p its PD, w its weight: the Brier score less
//! its mean where the PDs are right, over its standard deviation. z is standard normal then; above 0 the Brier score is
//! worse than the PDs promise. Two-sided p. Needs no groups. Weights count as cases. Takes the cases as independent. Not
//! defined where every PD is 0, 1/2 or 1.
//!
//! Source: Spiegelhalter (1986), Statistics in Medicine 5:421-433.

use super::Measured;
use super::tails::normal_sf;

/// Spiegelhalter's test.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Spiegelhalter {
    /// Standard normal where the PDs are right.
    pub z: f64,
    /// Two-sided.
    pub p_value: f64,
    /// Good and bad weight.
    pub cases: f64,
    /// Bad weight.
    pub bads: f64,
}

/// The test of good and bad cases; all slices have one entry a case.
pub fn spiegelhalter(pd: &[f64], goods: &[f64], bads: &[f64]) -> Measured<Spiegelhalter> {
    let (mut excess, mut variance, mut cases, mut all_bads) = (0.0, 0.0, 0.0, 0.0);
    for ((pd, good), bad) in pd.iter().zip(goods).zip(bads) {
        let slope = 1.0 - 2.0 * pd;
        excess += (bad * (1.0 - pd) - good * pd) * slope;
        variance += (good + bad) * slope * slope * pd * (1.0 - pd);
        cases += good + bad;
        all_bads += bad;
    }
    if variance <= 0.0 {
        return Measured::none("every PD is 0, 1/2 or 1, so the Brier score has no variance");
    }
    let z = excess / variance.sqrt();
    Measured::Value(Spiegelhalter { z, p_value: 2.0 * normal_sf(z.abs()), cases, bads: all_bads })
}
