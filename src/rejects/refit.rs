//! The one place where the study fits coefficients on weights of evidence.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::logistic::linear::Scaled;
use crate::logistic::{LogisticError, LogisticParams, StandardErrors, sigmoid};

/// A logistic fit of ln(odds good:bad); vectors and matrices have the intercept first.
#[derive(Debug, Clone)]
pub struct Refit {
    /// Coefficients.
    pub coefficients: Vec<f64>,
    /// Standard errors.
    pub standard_errors: Vec<f64>,
    /// Which.
    pub method: StandardErrors,
    /// Inverse of the negative Hessian.
    inverse: Array2<f64>,
    /// Where the data are; a case without weight has zeros.
    scores: Array2<f64>,
}

/// Fits pairs of good and bad weights; cases with neither do not count. `woe` is n x p, without an intercept. Standard
/// errors are model-based where `plain` says that every outcome was observed and counts 1, else the sandwich
/// HC0, by `groups` where given.
///
/// # Errors
/// Those of the fit; columns are those of `woe`.
pub fn refit(
    woe: ArrayView2<'_, f64>,
    goods: &[f64],
    bads: &[f64],
    l2: f64,
    plain: bool,
    groups: Option<&[u32]>,
) -> Result<Refit, LogisticError> {
    let rows: Vec<usize> = (0..goods.len()).filter(|row| goods[*row] + bads[*row] > 0.0).collect();
    let targets = Array2::from_shape_fn((rows.len(), 2), |(row, class)| [goods, bads][class][rows[row]]);
    let dataset = DatasetBase::new(woe.select(Axis(0), &rows), targets);
    let fit = LogisticParams::new().l2(l2).fit(&dataset)?;
    let coefficients: Vec<f64> = std::iter::once(fit.intercept).chain(fit.coefficients.iter().copied()).collect();
    let singular = || LogisticError::Data("the matrix is singular and cannot be inverted".into());
    let inverse = Scaled::new(&fit.information).and_then(|scaled| scaled.inverse()).ok_or_else(singular)?;
    let eta = log_odds(woe, &coefficients);
    let residual: Vec<f64> =
        (0..goods.len()).map(|row| goods[row] - (goods[row] + bads[row]) * sigmoid(eta[row])).collect();
    let mut refit = Refit {
        standard_errors: Vec::new(),
        method: match (groups, plain) {
            (Some(_), _) => StandardErrors::Clustered,
            (None, true) => StandardErrors::ModelBased,
            (None, false) => StandardErrors::Robust,
        },
        scores: times_residual(woe, &residual),
        coefficients,
        inverse,
    };
    refit.standard_errors = match refit.method {
        StandardErrors::ModelBased => roots(&refit.inverse),
        _ => errors(&refit.influences(), groups),
    };
    Ok(refit)
}

impl Refit {
    /// How far each case (row) moves the coefficients (columns): inverse information times score.
    pub fn influences(&self) -> Array2<f64> {
        self.scores.dot(&self.inverse)
    }

    /// Inverse of the negative Hessian.
    pub fn inverse(&self) -> &Array2<f64> {
        &self.inverse
    }
}

/// ln(odds good:bad) of every row.
pub fn log_odds(woe: ArrayView2<'_, f64>, coefficients: &[f64]) -> Vec<f64> {
    let slopes = Array1::from(coefficients[1..].to_vec());
    woe.dot(&slopes).iter().map(|eta| eta + coefficients[0]).collect()
}

/// Standard errors from influences, summed by group where given.
pub fn errors(influences: &Array2<f64>, groups: Option<&[u32]>) -> Vec<f64> {
    match groups {
        Some(groups) => {
            let sums = sum_by_group(influences, groups);
            roots(&sums.t().dot(&sums))
        }
        None => roots(&influences.t().dot(influences)),
    }
}

/// Rows of a column of ones and `woe`, each times its residual.
pub fn times_residual(woe: ArrayView2<'_, f64>, residual: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((woe.nrows(), woe.ncols() + 1), |(row, column)| {
        residual[row] * if column == 0 { 1.0 } else { woe[[row, column - 1]] }
    })
}

fn roots(covariance: &Array2<f64>) -> Vec<f64> {
    covariance.diag().iter().map(|variance| variance.max(0.0).sqrt()).collect()
}

/// Rows summed by group, groups in the order of their first row.
pub(super) fn sum_by_group(rows: &Array2<f64>, groups: &[u32]) -> Array2<f64> {
    let mut position = std::collections::BTreeMap::new();
    for group in groups {
        let next = position.len();
        position.entry(*group).or_insert(next);
    }
    let mut sums = Array2::zeros((position.len(), rows.ncols()));
    for (row, group) in rows.rows().into_iter().zip(groups) {
        let mut sum = sums.row_mut(position[group]);
        sum += &row;
    }
    sums
}
