//! Standard errors, tests and fit measures.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use statrs::distribution::{ContinuousCDF, Normal};

use super::linear::Scaled;
use super::newton::sigmoid;
use super::{FittedLogistic, LogisticError};

/// Which standard errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StandardErrors {
    /// Inverse information; for plain outcomes with unit weights.
    ModelBased,
    /// Sandwich HC0, clustered by case: H^-1 (sum of s s') H^-1 with a case's score s = x (good - (good + bad) p).
    Robust,
    /// Sandwich, scores summed by group before the product, without a small-sample factor.
    Clustered,
}

/// What is known about the coefficients; intercept first.
#[derive(Debug, Clone)]
pub struct Inference {
    /// Which standard errors.
    pub method: StandardErrors,
    /// Standard errors.
    pub standard_errors: Vec<f64>,
    /// Wald z: estimate / standard error.
    pub z: Vec<f64>,
    /// Two-sided p values of z.
    pub p_values: Vec<f64>,
    /// -2 log likelihood + 2 k, k coefficients with the intercept.
    pub aic: f64,
    /// -2 log likelihood + k ln n, n cases.
    pub bic: f64,
    /// Groups that scores were summed by, where clustered.
    pub clusters: Option<usize>,
}

/// Inference for a fit on the same data. `groups` has one entry a row.
///
/// # Errors
/// [`LogisticError::Data`] where the information cannot be inverted.
pub fn infer(
    fit: &FittedLogistic,
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    method: StandardErrors,
    groups: Option<&[u32]>,
) -> Result<Inference, LogisticError> {
    let inverse = inverse(&fit.information)?;
    let (n, p) = x.dim();
    let mut clusters = None;
    let covariance = match method {
        StandardErrors::ModelBased => inverse,
        StandardErrors::Robust | StandardErrors::Clustered => {
            let scores = scores(fit, x, y);
            let scores = match (method, groups) {
                (StandardErrors::Clustered, Some(groups)) => {
                    let sums = sum_by_group(&scores, groups);
                    clusters = Some(sums.nrows());
                    sums
                }
                _ => scores,
            };
            inverse.dot(&scores.t().dot(&scores)).dot(&inverse)
        }
    };
    let standard_errors: Vec<f64> = covariance.diag().iter().map(|v| v.max(0.0).sqrt()).collect();
    let estimates = std::iter::once(fit.intercept).chain(fit.coefficients.iter().copied());
    let z: Vec<f64> = estimates.zip(&standard_errors).map(|(estimate, error)| estimate / error).collect();
    let normal = Normal::standard();
    // sf of |z|, not 1 - cdf, keeps small p values.
    let p_values = z.iter().map(|z| 2.0 * normal.sf(z.abs())).collect();
    let coefficients = (p + 1) as f64;
    Ok(Inference {
        method,
        standard_errors,
        z,
        p_values,
        aic: -2.0 * fit.log_likelihood + 2.0 * coefficients,
        bic: -2.0 * fit.log_likelihood + coefficients * (n as f64).ln(),
        clusters,
    })
}

fn inverse(matrix: &Array2<f64>) -> Result<Array2<f64>, LogisticError> {
    let inverse = Scaled::new(matrix).and_then(|scaled| scaled.inverse());
    inverse.ok_or_else(|| LogisticError::Data("the matrix is singular and cannot be inverted".into()))
}

/// A row's contribution to the gradient, intercept first.
fn scores(fit: &FittedLogistic, x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Array2<f64> {
    let residual: Array1<f64> =
        fit.log_odds(x).iter().zip(y.rows()).map(|(eta, y)| y[0] - (y[0] + y[1]) * sigmoid(*eta)).collect();
    let mut scores = Array2::zeros((x.nrows(), x.ncols() + 1));
    scores.column_mut(0).assign(&residual);
    scores.slice_mut(s![.., 1..]).assign(&(&x * &residual.view().insert_axis(Axis(1))));
    scores
}

fn sum_by_group(scores: &Array2<f64>, groups: &[u32]) -> Array2<f64> {
    let mut position = std::collections::BTreeMap::new();
    for group in groups {
        let next = position.len();
        position.entry(*group).or_insert(next);
    }
    let mut sums = Array2::zeros((position.len(), scores.ncols()));
    for (row, group) in scores.rows().into_iter().zip(groups) {
        let mut sum = sums.row_mut(position[group]);
        sum += &row;
    }
    sums
}

/// Variance inflation factors of the ordinary least-squares kind, weighted by good + bad: the
/// diagonal of the inverse correlation matrix of the columns; 1 for a single column.
///
/// # Errors
/// [`LogisticError::Data`] where the correlation matrix cannot be inverted.
pub fn variance_inflation(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Result<Vec<f64>, LogisticError> {
    let weights = y.sum_axis(Axis(1));
    let total = weights.sum();
    let means = x.t().dot(&weights) / total;
    let centred = &x - &means;
    let covariance = centred.t().dot(&(&centred * &weights.view().insert_axis(Axis(1)))) / total;
    Ok(inverse(&covariance)?
        .diag()
        .iter()
        .zip(covariance.diag())
        .map(|(inverse, variance)| inverse * variance)
        .collect())
}
