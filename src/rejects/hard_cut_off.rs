//! Hard cut-off: rejects below a score count as bad, the others as good (Siddiqi 2006, Credit Risk Scorecards, chapter 6).
//!
//! The cut-off is where the weight of rejects called bad first reaches the weight that the accepts-only model expects to
//! be bad among them. Assumption: the model ranks rejects without error, and their bad rate is the one it expects. Both are
//! wrong in a known direction: outcomes without noise make coefficients too steep.

/// Rejects' good and bad weights.
#[derive(Debug, Clone)]
pub struct HardCutOff {
    /// Whether each reject counts as bad.
    pub bad: Vec<bool>,
    /// Rejects with a probability of bad of at least this count as bad.
    pub probability: f64,
}

/// Calls the worst rejects bad; `bad_probability` and `weights` have one entry a reject.
pub fn hard_cut_off(bad_probability: &[f64], weights: &[f64]) -> HardCutOff {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| bad_probability[*b].total_cmp(&bad_probability[*a]).then(a.cmp(b)));
    let expected: f64 = bad_probability.iter().zip(weights).map(|(p, w)| p * w).sum();
    let mut passed = 0.0;
    let mut probability = 1.0;
    for row in order {
        if passed >= expected {
            break;
        }
        passed += weights[row];
        probability = bad_probability[row];
    }
    // Equal scores fare equally.
    HardCutOff { bad: bad_probability.iter().map(|p| *p >= probability).collect(), probability }
}
