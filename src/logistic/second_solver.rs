//! linfa-logistic as the second, independent solver.
//!
//! Of linfa-logistic 0.8.1: it takes no weights and no fractional outcomes; its positive class is the
//! majority class, so the sign is read from its labels; it reports no convergence, so its result is
//! compared with Newton's, never used as it stands.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::seq::SliceRandom;

use super::rows::{OutcomePairs, Rows, matrix};
use super::{FittedLogistic, LogisticError, LogisticParams};
use crate::random;

/// Above this many rows the comparison is made on a seeded subsample.
const MOST_ROWS: usize = 20_000;

/// Its fit ends at a gradient of this, times the number of rows. Below about sqrt(machine precision * cost * curvature)
/// = 6e-9 the cost no longer tells steps apart, and its line search, which has no limit of its own, never ends.
const GRADIENT: f64 = 3e-8;

/// What linfa-logistic found: intercept and coefficients in log odds good:bad.
pub type SecondSolver = Array1<f64>;

/// How closely two solvers agree on the same rows.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Agreement {
    /// Name and version of the second solver.
    pub solver: &'static str,
    /// Rows that both fitted.
    pub rows: usize,
    /// Whether those are a seeded subsample.
    pub subsample: bool,
    /// Largest absolute difference between coefficients, the intercept included.
    pub largest_difference: f64,
}

/// Fits linfa-logistic to plain outcomes: every row wholly good or wholly bad, with one weight for all.
///
/// # Errors
/// [`LogisticError::Data`] with linfa-logistic's own message.
pub fn linfa_start(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, l2: f64) -> Result<SecondSolver, LogisticError> {
    // The second solver takes no weights; with equal ones the likelihood scales, so the penalty must too.
    let targets: Array1<bool> = y.rows().into_iter().map(|y| y[0] > y[1]).collect();
    let dataset = DatasetBase::new(x.to_owned(), targets);
    let fitted = LogisticRegression::default()
        .alpha(l2)
        .max_iterations(1000)
        .gradient_tolerance(GRADIENT * x.nrows().max(1) as f64)
        .fit(&dataset)
        .map_err(|e| LogisticError::Data(format!("linfa-logistic: {e}")))?;
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    let mut beta = Array1::zeros(x.ncols() + 1);
    beta[0] = sign * fitted.intercept();
    for (place, coefficient) in beta.iter_mut().skip(1).zip(fitted.params()) {
        *place = sign * coefficient;
    }
    Ok(beta)
}

/// Fits both solvers to the same rows and compares them; above 20,000 rows to a seeded subsample. Columns that the
/// constraint holds at 0 are left out for both.
///
/// # Errors
/// Those of either fit.
pub fn agreement(
    fit: &FittedLogistic,
    rows: &dyn Rows,
    outcomes: &OutcomePairs,
    l2: f64,
    seed: u64,
) -> Result<Agreement, LogisticError> {
    let subsample = rows.len() > MOST_ROWS;
    let free: Vec<usize> = (0..rows.columns()).filter(|column| !fit.bound[*column]).collect();
    let (x, y) = (matrix(rows).select(Axis(1), &free), outcomes.matrix());
    let (first, second) = if subsample {
        let mut taken: Vec<usize> = (0..rows.len()).collect();
        taken.shuffle(&mut random::generator(seed, "second solver", 0));
        taken.truncate(MOST_ROWS);
        taken.sort_unstable();
        let (x, y): (Array2<f64>, Array2<f64>) = (x.select(Axis(0), &taken), y.select(Axis(0), &taken));
        let second = linfa_start(x.view(), y.view(), l2)?;
        let checked = LogisticParams::new().l2(l2).check()?;
        let fit = checked.fit_rows(&x.view(), &OutcomePairs::try_from(y.view())?)?;
        (fit.beta(), second)
    } else {
        let coefficients = free.iter().map(|column| fit.coefficients[*column]);
        (std::iter::once(fit.intercept).chain(coefficients).collect(), linfa_start(x.view(), y.view(), l2)?)
    };
    Ok(Agreement {
        solver: "linfa-logistic 0.8.1",
        rows: rows.len().min(MOST_ROWS),
        subsample,
        largest_difference: first.iter().zip(&second).fold(0.0, |most, (a, b)| most.max((a - b).abs())),
    })
}
