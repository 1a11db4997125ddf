//! Fuzzy augmentation: each reject counts as partly good and partly bad (Siddiqi 2006, chapter 6).
//!
//! (good, bad) = (w (1 - p), w p), p = min(factor * PD of the accepts-only model, 1). Assumption: rejects are `factor` times as
//! often bad as accepts with the same score. At factor 1 each reject's score x (good - (good + bad) P) is zero at the
//! accepts-only coefficients, so that these stay the maximum: the method returns what was put in, and says nothing about
//! rejects.

use ndarray::{Array2, ArrayView2, s};

use super::refit::{Refit, errors, times_residual};

/// Good and bad weight of each reject; `bad_probability` is that of the accepts-only model.
pub fn fuzzy(bad_probability: &[f64], weights: &[f64], factor: f64) -> (Vec<f64>, Vec<f64>) {
    let bad: Vec<f64> = bad_probability.iter().zip(weights).map(|(p, w)| w * (factor * p).min(1.0)).collect();
    (weights.iter().zip(&bad).map(|(w, bad)| w - bad).collect(), bad)
}

/// Standard errors that know that the rejects' outcomes come from the accepts-only fit (both fits' estimating equations
/// stacked, Newey and McFadden 1994, section 6): an applicant moves the augmented coefficients by H2^-1 (s2 + D H1^-1 s1),
/// D = sum over rejects below the cap of w factor p (1 - p) x x'. At factor 1 they are those of the accepts-only fit.
/// The plain sandwich would take the inferred outcomes for observed ones. Rows are accepts, then rejects.
#[expect(clippy::too_many_arguments, reason = "two fits and the data that they share")]
pub fn stacked_errors(
    first: &Refit,
    second: &Refit,
    woe: ArrayView2<'_, f64>,
    rejects: usize,
    bad_probability: &[f64],
    weights: &[f64],
    factor: f64,
    groups: Option<&[u32]>,
) -> Vec<f64> {
    let of_rejects = woe.slice(s![woe.nrows() - rejects.., ..]);
    let slope: Vec<f64> = bad_probability
        .iter()
        .zip(weights)
        .map(|(p, w)| if factor * p < 1.0 { w * factor * p * (1.0 - p) } else { 0.0 })
        .collect();
    let ones: Array2<f64> = times_residual(of_rejects, &vec![1.0; rejects]);
    let d = times_residual(of_rejects, &slope).t().dot(&ones);
    let carried = first.influences().dot(&d).dot(second.inverse());
    errors(&(second.influences() + carried), groups)
}
