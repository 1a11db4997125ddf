//! Standard errors, tests and fit measures.

use ndarray::{Array1, Array2};
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

use super::blocks::{BLOCK, add_products, add_triangle, mirror, walk, weighted};
use super::linear::Scaled;
use super::rows::{OutcomePairs, Rows};
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
    /// Standard errors; `None` for a coefficient that the constraint holds at 0, and where there are no more groups than
    /// coefficients.
    pub standard_errors: Vec<Option<f64>>,
    /// Wald z: estimate / standard error.
    pub z: Vec<Option<f64>>,
    /// Two-sided p values of z.
    pub p_values: Vec<Option<f64>>,
    /// Wald 95 percent intervals: estimate -+ 1.96 standard errors.
    pub intervals: Vec<Option<(f64, f64)>>,
    /// -2 log likelihood + 2 k, k coefficients that are free, with the intercept.
    pub aic: f64,
    /// -2 log likelihood + k ln n, n cases.
    pub bic: f64,
    /// McFadden's pseudo-R2: 1 - log likelihood / log likelihood of the best constant.
    pub mcfadden: f64,
    /// Nagelkerke's pseudo-R2: (1 - exp(2 (l0 - l) / w)) / (1 - exp(2 l0 / w)), w the weight of all cases.
    pub nagelkerke: f64,
    /// Likelihood-ratio test against the best constant: 2 (l - l0).
    pub likelihood_ratio: f64,
    /// Its degrees of freedom: the free coefficients but for the intercept.
    pub degrees_of_freedom: usize,
    /// Its p value; chi-square, so for plain outcomes of independent cases only.
    pub likelihood_ratio_p: f64,
    /// Groups that scores were summed by, where clustered.
    pub clusters: Option<usize>,
    /// Covariance of the free coefficients; `None` where there are no more groups than coefficients.
    pub covariance: Option<Array2<f64>>,
}

/// Inference for a fit on the same data. `groups` has one entry a row. Where the sign constraint holds coefficients at
/// 0, the others are judged as if those columns were not there.
///
/// # Errors
/// [`LogisticError::Data`] where the information cannot be inverted.
pub fn infer(
    fit: &FittedLogistic,
    rows: &dyn Rows,
    outcomes: &OutcomePairs,
    method: StandardErrors,
    groups: Option<&[u32]>,
) -> Result<Inference, LogisticError> {
    let size = rows.columns() + 1;
    let free: Vec<usize> = (0..size).filter(|place| *place == 0 || !fit.bound[place - 1]).collect();
    let part =
        |matrix: &Array2<f64>| Array2::from_shape_fn((free.len(), free.len()), |(i, j)| matrix[[free[i], free[j]]]);
    let inverse = inverse(&part(&fit.information))?;
    let mut clusters = None;
    let covariance = match (method, groups) {
        (StandardErrors::ModelBased, _) => inverse,
        (StandardErrors::Clustered, Some(groups)) => {
            let sums = scores_by_group(fit, rows, outcomes, groups);
            clusters = Some(sums.nrows());
            inverse.dot(&part(&sums.t().dot(&sums))).dot(&inverse)
        }
        _ => inverse.dot(&part(&squared_scores(fit, rows, outcomes))).dot(&inverse),
    };
    let mut standard_errors = vec![None; size];
    // Scores of no more groups than coefficients span too little: some errors would be 0.
    let has_errors = clusters.is_none_or(|clusters| clusters > free.len());
    for (place, variance) in free.iter().zip(covariance.diag()).filter(|_| has_errors) {
        standard_errors[*place] = Some(variance.max(0.0).sqrt());
    }
    let beta = fit.beta();
    let normal = Normal::standard();
    let z: Vec<Option<f64>> =
        beta.iter().zip(&standard_errors).map(|(estimate, error)| error.map(|error| estimate / error)).collect();
    let width = normal.inverse_cdf(0.975);
    let intervals = beta
        .iter()
        .zip(&standard_errors)
        .map(|(estimate, error)| error.map(|error| (estimate - width * error, estimate + width * error)))
        .collect();
    let (l, l0) = (fit.log_likelihood, fit.null_log_likelihood);
    let weight = outcomes.total.0 + outcomes.total.1;
    let degrees_of_freedom = free.len() - 1;
    let likelihood_ratio = 2.0 * (l - l0);
    Ok(Inference {
        method,
        // sf of |z|, not 1 - cdf, keeps small p values.
        p_values: z.iter().map(|z| z.map(|z| 2.0 * normal.sf(z.abs()))).collect(),
        z,
        standard_errors,
        intervals,
        aic: -2.0 * l + 2.0 * free.len() as f64,
        bic: -2.0 * l + free.len() as f64 * (rows.len() as f64).ln(),
        mcfadden: 1.0 - l / l0,
        nagelkerke: (1.0 - (2.0 * (l0 - l) / weight).exp()) / (1.0 - (2.0 * l0 / weight).exp()),
        likelihood_ratio,
        degrees_of_freedom,
        likelihood_ratio_p: chi_square_p(likelihood_ratio, degrees_of_freedom),
        clusters,
        covariance: has_errors.then_some(covariance),
    })
}

/// P(chi-square with so many degrees of freedom > statistic); 1 without any.
pub(crate) fn chi_square_p(statistic: f64, degrees_of_freedom: usize) -> f64 {
    match ChiSquared::new(degrees_of_freedom as f64) {
        Ok(distribution) => distribution.sf(statistic.max(0.0)),
        Err(_) => 1.0,
    }
}

pub(crate) fn inverse(matrix: &Array2<f64>) -> Result<Array2<f64>, LogisticError> {
    let inverse = Scaled::new(matrix).and_then(|scaled| scaled.inverse());
    inverse.ok_or_else(|| LogisticError::Data("the matrix is singular and cannot be inverted".into()))
}

/// Sum over rows of s s', s = x (good - (good + bad) p) with 1 for the intercept first.
fn squared_scores(fit: &FittedLogistic, rows: &dyn Rows, outcomes: &OutcomePairs) -> Array2<f64> {
    let beta = fit.beta();
    let size = beta.len();
    let padded = (size + 1) & !1;
    let make = || (vec![0.0; padded * padded], Vec::new());
    let parts = walk(rows, outcomes, &beta, 1, make, |(sums, scores), block| {
        weighted(&block.x, &block.residual, scores);
        add_products(scores, scores, sums);
    });
    let mut sum = Array2::zeros((size, size));
    parts.iter().for_each(|(part, _)| add_triangle(&mut sum, part, padded));
    mirror(&mut sum);
    sum
}

/// Scores summed by group, one row a group, groups in the order of their first row.
fn scores_by_group(fit: &FittedLogistic, rows: &dyn Rows, outcomes: &OutcomePairs, groups: &[u32]) -> Array2<f64> {
    let mut position = std::collections::HashMap::new();
    let places: Vec<usize> = groups
        .iter()
        .map(|group| {
            let next = position.len();
            *position.entry(*group).or_insert(next)
        })
        .collect();
    let beta = fit.beta();
    let mut sums = Array2::zeros((position.len(), beta.len()));
    // The residuals first, in parallel; then each column is added up in the order of the rows.
    let residuals = walk(rows, outcomes, &beta, 1, Vec::new, |all: &mut Vec<f64>, block| {
        all.extend(&block.residual[..block.rows]);
    });
    let residuals: Vec<f64> = residuals.concat();
    let mut x = vec![1.0; rows.len()];
    for (column, mut sums) in sums.columns_mut().into_iter().enumerate() {
        if column > 0 {
            rows.read(column - 1, 0, &mut x);
        }
        for ((place, x), residual) in places.iter().zip(&x).zip(&residuals) {
            sums[*place] += x * residual;
        }
    }
    sums
}

/// Sums of products of the columns, weighted by good + bad: 1 first, then the columns.
pub(super) fn moments(rows: &dyn Rows, outcomes: &OutcomePairs) -> Array2<f64> {
    let size = rows.columns() + 1;
    let padded = (size + 1) & !1;
    let make = || (vec![0.0; padded * padded], Vec::new());
    let beta = vec![0.0; size];
    let parts = walk(rows, outcomes, &beta, 1, make, |(sums, product), block| {
        let mut weight = [0.0; BLOCK];
        let pairs = outcomes.goods[block.from..].iter().zip(&outcomes.bads[block.from..]);
        weight[..block.rows].iter_mut().zip(pairs).for_each(|(weight, (good, bad))| *weight = good + bad);
        weighted(&block.x, &weight, product);
        add_products(&block.x, product, sums);
    });
    let mut sum = Array2::zeros((size, size));
    parts.iter().for_each(|(part, _)| add_triangle(&mut sum, part, padded));
    mirror(&mut sum);
    sum
}

/// Covariance of the columns, weighted by good + bad.
pub(crate) fn covariance(rows: &dyn Rows, outcomes: &OutcomePairs) -> Array2<f64> {
    let sums = moments(rows, outcomes);
    let total = sums[[0, 0]];
    let size = rows.columns();
    Array2::from_shape_fn((size, size), |(i, j)| {
        sums[[i + 1, j + 1]] / total - sums[[i + 1, 0]] / total * (sums[[j + 1, 0]] / total)
    })
}

/// Variance inflation factors of the ordinary least-squares kind, weighted by good + bad: the
/// diagonal of the inverse correlation matrix of the columns; 1 for a single column.
///
/// # Errors
/// [`LogisticError::Data`] where the correlation matrix cannot be inverted.
pub fn variance_inflation(rows: &dyn Rows, outcomes: &OutcomePairs) -> Result<Vec<f64>, LogisticError> {
    let covariance = covariance(rows, outcomes);
    Ok(inverse(&covariance)?
        .diag()
        .iter()
        .zip(covariance.diag())
        .map(|(inverse, variance)| inverse * variance)
        .collect())
}

/// Condition number of the columns with the intercept's, each scaled to unit length and not centred: largest by smallest
/// singular value (Belsley, Kuh and Welsch 1980); weighted by good + bad.
///
/// # Errors
/// [`LogisticError::Data`] where a column is all 0.
pub fn condition_number(rows: &dyn Rows, outcomes: &OutcomePairs) -> Result<f64, LogisticError> {
    use linfa_linalg::eigh::EigValsh;
    let sums = moments(rows, outcomes);
    let scale: Array1<f64> = sums.diag().mapv(f64::sqrt);
    let failed = || LogisticError::Data("the condition number cannot be found".into());
    if scale.iter().any(|scale| *scale <= 0.0) {
        return Err(failed());
    }
    let scaled = Array2::from_shape_fn(sums.dim(), |(i, j)| sums[[i, j]] / (scale[i] * scale[j]));
    let values = scaled.eigvalsh().map_err(|_| failed())?;
    let (low, high) = values.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    Ok((high / low.max(0.0)).sqrt())
}
