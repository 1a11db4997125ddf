//! Bivariate probit with selection: outcome and acceptance jointly, their errors correlated.
//!
//! Van de Ven and van Praag (1981), Journal of Econometrics 17:229-252; for credit: Boyes, Hoffman and Low (1989), Journal
//! of Econometrics 40:3-14. It corrects for selection on what nobody recorded, if the errors are normal and something
//! decides about acceptance that tells nothing about the outcome.

pub mod likelihood;
mod maximise;

use ndarray::{Array1, Array2, s};
use statrs::distribution::{ChiSquared, ContinuousCDF};

pub use likelihood::Applicants as SelectionData;
use maximise::{MOST_T, Maximum, maximise};

use crate::logistic::linear::Scaled;

/// Why there is no estimate.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// The maximum was not reached.
    #[error("not converged after {iterations} steps: the gradient is still {gradient:e}")]
    NotConverged {
        /// Steps made.
        iterations: usize,
        /// Largest absolute element of the gradient.
        gradient: f64,
    },
    /// The correlation ran to its end.
    #[error("the correlation of the errors runs to {0}: the data do not identify it")]
    Boundary(f64),
    /// Columns determine one another.
    #[error("the columns determine one another, so the estimates are not unique")]
    Singular,
}

/// The fit; vectors have the intercept first.
#[derive(Debug, Clone)]
pub struct SelectionFit {
    /// Of the outcome (good: above 0).
    pub outcome: Vec<f64>,
    /// Their standard errors.
    pub outcome_errors: Vec<f64>,
    /// Of acceptance.
    pub acceptance: Vec<f64>,
    /// Their standard errors.
    pub acceptance_errors: Vec<f64>,
    /// Correlation of the errors.
    pub rho: f64,
    /// Wald interval of it, from that of artanh(rho).
    pub rho_wald: (f64, f64),
    /// Profile-likelihood interval; an end of -1 or 1: the likelihood does not fall enough before. `None` where weights or
    /// groups make the likelihood ratio no chi-square.
    pub rho_profile: Option<(f64, f64)>,
    /// Log likelihood.
    pub log_likelihood: f64,
    /// The same at rho = 0, where outcome and acceptance are two separate probits.
    pub independent_log_likelihood: f64,
    /// The outcome's coefficients at rho = 0: a probit on accepts only.
    pub independent_outcome: Vec<f64>,
    /// Their standard errors.
    pub independent_errors: Vec<f64>,
    /// Likelihood-ratio test of rho = 0: statistic, p value; `None` as above.
    pub ratio_test: Option<(f64, f64)>,
    /// Steps made.
    pub iterations: usize,
    /// Largest absolute element of the gradient.
    pub gradient: f64,
    /// Whether standard errors are the sandwich.
    pub robust: bool,
}

/// Half the 95% quantile of chi-square with one degree of freedom.
const HALF_CHI_SQUARE_95: f64 = 1.920_729_410_347_062;
const Z_95: f64 = 1.959_963_984_540_054;

/// Fits by maximum likelihood, from correlations of 0, 0.5 and -0.5; the highest maximum counts. Standard errors are
/// model-based for plain outcomes of independent applicants, else the sandwich, by `groups` where given.
///
/// # Errors
/// [`SelectionError`].
pub fn fit(data: &SelectionData, groups: Option<&[u32]>) -> Result<SelectionFit, SelectionError> {
    let size = data.parameters();
    let independent = maximise(data, Array1::zeros(size), size - 1)?;
    let start = |t: f64| {
        let mut theta = independent.theta.clone();
        theta[size - 1] = t;
        theta
    };
    let mut best: Result<Maximum, SelectionError> = maximise(data, start(0.0), size);
    for t in [0.5, -0.5] {
        let next = maximise(data, start(t), size);
        let is_better = match (&best, &next) {
            (_, Err(_)) => false,
            (Err(_), Ok(_)) => true,
            (Ok(best), Ok(next)) => next.point.value > best.point.value + 1e-9,
        };
        if is_better {
            best = next;
        }
    }
    let best = best?;
    let plain = groups.is_none() && is_plain(data);
    let covariance = covariance(data, &best, size, plain, groups)?;
    let error = |covariance: &Array2<f64>, parameter: usize| covariance[[parameter, parameter]].max(0.0).sqrt();
    let outcomes = data.x.ncols();
    let t = best.theta[size - 1];
    let half = Z_95 * error(&covariance, size - 1);
    let gain = 2.0 * (best.point.value - independent.point.value);
    let chi_square = ChiSquared::new(1.0).ok();
    let independent_covariance = self::covariance(data, &independent, size - 1, plain, groups)?;
    Ok(SelectionFit {
        outcome: best.theta.slice(s![..outcomes]).to_vec(),
        outcome_errors: (0..outcomes).map(|parameter| error(&covariance, parameter)).collect(),
        acceptance: best.theta.slice(s![outcomes..size - 1]).to_vec(),
        acceptance_errors: (outcomes..size - 1).map(|parameter| error(&covariance, parameter)).collect(),
        rho: t.tanh(),
        rho_wald: ((t - half).tanh(), (t + half).tanh()),
        rho_profile: plain.then(|| profile(data, &best)),
        log_likelihood: best.point.value,
        independent_log_likelihood: independent.point.value,
        independent_outcome: independent.theta.slice(s![..outcomes]).to_vec(),
        independent_errors: (0..outcomes).map(|parameter| error(&independent_covariance, parameter)).collect(),
        ratio_test: chi_square.filter(|_| plain).map(|chi_square| (gain.max(0.0), chi_square.sf(gain.max(0.0)))),
        iterations: best.iterations,
        gradient: best.gradient,
        robust: !plain,
    })
}

/// Whether every applicant counts 1 and is good, bad or unknown.
fn is_plain(data: &SelectionData) -> bool {
    let outcomes = data.goods.iter().zip(&data.bads);
    data.weights.iter().all(|weight| *weight == 1.0)
        && outcomes.into_iter().all(|pair| matches!((*pair.0, *pair.1), (0.0, 0.0) | (1.0, 0.0) | (0.0, 1.0)))
}

/// Inverse information, or the sandwich around it.
fn covariance(
    data: &SelectionData,
    maximum: &Maximum,
    free: usize,
    plain: bool,
    groups: Option<&[u32]>,
) -> Result<Array2<f64>, SelectionError> {
    let information = -maximum.point.hessian.slice(s![..free, ..free]).to_owned();
    let inverse = Scaled::new(&information).and_then(|scaled| scaled.inverse()).ok_or(SelectionError::Singular)?;
    if plain {
        return Ok(inverse);
    }
    let meat = match groups {
        None => maximum.point.outer.slice(s![..free, ..free]).to_owned(),
        Some(groups) => {
            let scores = crate::rejects::refit::sum_by_group(&data.scores(&maximum.theta), groups);
            let scores = scores.slice(s![.., ..free]);
            scores.t().dot(&scores)
        }
    };
    Ok(inverse.dot(&meat).dot(&inverse))
}

/// Where the log likelihood, maximised over everything else, lies half a chi-square below its maximum.
fn profile(data: &SelectionData, best: &Maximum) -> (f64, f64) {
    let size = data.parameters();
    let t = best.theta[size - 1];
    let bound = best.point.value - HALF_CHI_SQUARE_95;
    let side = |sign: f64| {
        let mut inside = best.theta.clone();
        let at = |from: &Array1<f64>, t: f64| {
            let mut theta = from.clone();
            theta[size - 1] = t;
            maximise(data, theta, size - 1).ok()
        };
        // In steps outwards until the bound lies between, then by halves.
        let mut step = 0.25;
        let (mut near, mut far) = (t, None);
        while far.is_none() {
            let next = near + sign * step;
            if next.abs() > MOST_T {
                return sign;
            }
            match at(&inside, next) {
                Some(maximum) if maximum.point.value > bound => (near, inside) = (next, maximum.theta),
                _ => far = Some(next),
            }
            step *= 1.5;
        }
        let mut far = far.unwrap_or(near);
        for _ in 0..40 {
            if (far - near).abs() < 1e-6 {
                break;
            }
            let middle = 0.5 * (near + far);
            match at(&inside, middle) {
                Some(maximum) if maximum.point.value > bound => (near, inside) = (middle, maximum.theta),
                _ => far = middle,
            }
        }
        near.tanh()
    };
    (side(-1.0), side(1.0))
}
