//! Reweighting: each accept stands for the applicants like it who were rejected.
//!
//! weight = 1 / P(accepted), cut at a quantile of itself, then scaled so that the accepts' total weight stays (Horvitz and
//! Thompson 1952; in credit scoring "augmentation", Hsia 1978, see Crook and Banasik 2004, Journal of Banking and Finance
//! 28:857-874). Assumption: given what the acceptance model sees, acceptance tells nothing about the outcome, and everybody
//! had some chance of being accepted.

/// Weights of accepts.
#[derive(Debug, Clone)]
pub struct Weights {
    /// One an applicant; 0 of a reject. The mean over accepts, by case weight, is 1.
    pub factors: Vec<f64>,
    /// Largest of 1 / P(accepted) that was let stand.
    pub cut_at: f64,
    /// Accepts whose weight was cut.
    pub trimmed: usize,
    /// (sum w)^2 / sum w^2 over accepts (Kish 1965): as many equally weighted accepts would tell as much.
    pub effective: f64,
    /// Largest weight after scaling.
    pub largest: f64,
}

/// Weights from probabilities of acceptance; `trim` is the quantile of 1 / P(accepted) among accepts at which weights are
/// cut, 1: none. `None` where nobody was accepted or a probability is not above 0.
pub fn weights(accepted: &[bool], case_weights: &[f64], probability: &[f64], trim: f64) -> Option<Weights> {
    let accepts: Vec<usize> = (0..accepted.len()).filter(|row| accepted[*row]).collect();
    let mut inverse: Vec<f64> = accepts.iter().map(|row| 1.0 / probability[*row]).collect();
    if inverse.is_empty() || inverse.iter().any(|weight| !(weight.is_finite() && *weight > 0.0)) {
        return None;
    }
    inverse.sort_by(f64::total_cmp);
    let place = (trim * inverse.len() as f64).ceil() as usize;
    let cut_at = inverse[place.clamp(1, inverse.len()) - 1];
    let mut factors = vec![0.0; accepted.len()];
    for row in &accepts {
        factors[*row] = (1.0 / probability[*row]).min(cut_at);
    }
    let total: f64 = accepts.iter().map(|row| case_weights[*row]).sum();
    let weighted: f64 = accepts.iter().map(|row| case_weights[*row] * factors[*row]).sum();
    let mut squares = 0.0;
    let mut largest = 0.0_f64;
    for row in &accepts {
        factors[*row] *= total / weighted;
        squares += (case_weights[*row] * factors[*row]).powi(2);
        largest = largest.max(factors[*row]);
    }
    Some(Weights {
        factors,
        cut_at,
        trimmed: inverse.iter().filter(|weight| **weight > cut_at).count(),
        effective: total * total / squares,
        largest,
    })
}
