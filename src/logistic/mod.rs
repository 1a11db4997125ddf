//! The fit: logistic regression of ln(odds good:bad) on weights of evidence, by Newton's method
//! (iteratively reweighted least squares) behind linfa's own traits, for plain, weighted and
//! fractional outcomes alike.
//!
//! A data set's records are bin codes with the WOE of each ([`CodedRecords`]) and its targets [`OutcomePairs`]; or, for
//! small data, an n x p matrix and an n x 2 matrix of good and bad weights. No column is for the intercept.

mod blocks;
mod constrained;
mod inference;
mod influence;
mod leverage;
pub(crate) mod linear;
mod linearity;
mod newton;
mod profile;
mod rows;
mod score_test;
mod second_solver;
mod separation;

pub(crate) use blocks::sigmoid;
pub use inference::{Inference, StandardErrors, condition_number, infer, variance_inflation};
pub(crate) use inference::{chi_square_p, covariance, inverse};
pub use influence::{Influence, largest_influence};
pub use linearity::{Linearity, linearity};
pub use profile::{ProfileInterval, profile_intervals};
pub use rows::{CodedColumn, CodedRecords, OutcomePairs, Rows, matrix};
pub use score_test::{ScoreTest, score_tests};
pub use second_solver::{Agreement, SecondSolver, agreement, linfa_start};
pub use separation::OneClassBin;

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayView2};

/// Why a fit has no result; columns are positions in the records.
#[derive(Debug, thiserror::Error)]
pub enum LogisticError {
    /// The penalty is negative or not a number.
    #[error("the penalty l2 must be a number of at least 0, not {0}")]
    Penalty(f64),
    /// Two penalties.
    #[error("Firth's penalty and an l2 above 0 exclude each other")]
    TwoPenalties,
    /// Records and targets do not fit together, or a number in them is not finite.
    #[error("{0}")]
    Data(String),
    /// There are no goods or no bads.
    #[error("there are no {0} cases")]
    OneClass(&'static str),
    /// No more cases than coefficients.
    #[error("{cases} cases cannot determine {coefficients} coefficients")]
    TooFewCases {
        /// Number of cases.
        cases: usize,
        /// Number of coefficients, the intercept included.
        coefficients: usize,
    },
    /// A column is a linear combination of others.
    #[error("column {column} is a linear combination of others")]
    Collinear {
        /// The column.
        column: usize,
        /// The column it goes along with most.
        with: Option<usize>,
    },
    /// Goods and bads are separated, so that a coefficient has no finite estimate.
    #[error("goods and bads are separated by column {column}")]
    Separated {
        /// The column whose coefficient grows without end.
        column: usize,
        /// Whether the columns tell every good from every bad; else some only.
        complete: bool,
        /// Its largest bin whose cases are all good or all bad, where the column goes by codes.
        bin: Option<OneClassBin>,
    },
    /// The optimum was not reached.
    #[error("not converged after {iterations} iterations: the gradient is still {gradient:e}")]
    NotConverged {
        /// Iterations made.
        iterations: usize,
        /// Largest absolute element of the gradient.
        gradient: f64,
    },
    /// linfa's own errors.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// What is chosen for a fit, not yet checked.
#[derive(Debug, Clone, Default)]
pub struct LogisticParams(LogisticValidParams);

/// What is chosen for a fit, checked.
#[derive(Debug, Clone, Default)]
pub struct LogisticValidParams {
    l2: f64,
    firth: bool,
    non_negative: bool,
    start: Option<Array1<f64>>,
}

impl LogisticParams {
    /// Unpenalised maximum likelihood from the mean.
    pub fn new() -> Self {
        Self::default()
    }

    /// Penalty l2 / 2 * sum of squared coefficients; the intercept is not penalised.
    #[must_use]
    pub fn l2(mut self, l2: f64) -> Self {
        self.0.l2 = l2;
        self
    }

    /// Firth's penalised likelihood: ln L + ln |information| / 2 (Jeffreys' prior; Firth 1993, Heinze and Schemper 2002),
    /// whose estimates are finite whatever separates.
    #[must_use]
    pub fn firth(mut self, firth: bool) -> Self {
        self.0.firth = firth;
        self
    }

    /// No coefficient of a column below 0: the optimum under this constraint, at which some may be exactly 0.
    #[must_use]
    pub fn non_negative(mut self, non_negative: bool) -> Self {
        self.0.non_negative = non_negative;
        self
    }

    /// Where to start: intercept, then one coefficient a column.
    #[must_use]
    pub fn start(mut self, start: Array1<f64>) -> Self {
        self.0.start = Some(start);
        self
    }
}

impl ParamGuard for LogisticParams {
    type Checked = LogisticValidParams;
    type Error = LogisticError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if !(self.0.l2.is_finite() && self.0.l2 >= 0.0) {
            return Err(LogisticError::Penalty(self.0.l2));
        }
        if self.0.firth && self.0.l2 > 0.0 {
            return Err(LogisticError::TwoPenalties);
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// A fitted model.
#[derive(Debug, Clone)]
pub struct FittedLogistic {
    /// Intercept, in log odds good:bad.
    pub intercept: f64,
    /// One coefficient a column.
    pub coefficients: Array1<f64>,
    /// Whether the constraint holds a column's coefficient at 0.
    pub bound: Vec<bool>,
    /// Sum of goods * ln p + bads * ln(1 - p), without the penalty; p is the probability of good.
    pub log_likelihood: f64,
    /// The same for the best constant.
    pub null_log_likelihood: f64,
    /// Newton steps made.
    pub iterations: usize,
    /// Largest absolute element of the gradient at the optimum.
    pub gradient: f64,
    /// Negative Hessian (with an l2 penalty, without Firth's), intercept first.
    pub information: Array2<f64>,
}

impl Fit<Array2<f64>, Array2<f64>, LogisticError> for LogisticValidParams {
    type Object = FittedLogistic;

    fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array2<f64>>) -> Result<FittedLogistic, LogisticError> {
        newton::fit(&dataset.records.view(), &OutcomePairs::try_from(dataset.targets.view())?, self)
    }
}

impl Fit<CodedRecords<'_>, OutcomePairs, LogisticError> for LogisticValidParams {
    type Object = FittedLogistic;

    fn fit(&self, dataset: &DatasetBase<CodedRecords<'_>, OutcomePairs>) -> Result<FittedLogistic, LogisticError> {
        newton::fit(&dataset.records, &dataset.targets, self)
    }
}

impl LogisticValidParams {
    /// Fits rows of any kind, without a data set around them.
    ///
    /// # Errors
    /// As [`Fit::fit`].
    pub fn fit_rows(&self, rows: &dyn Rows, outcomes: &OutcomePairs) -> Result<FittedLogistic, LogisticError> {
        newton::fit(rows, outcomes, self)
    }
}

impl FittedLogistic {
    /// ln(odds good:bad) of every row.
    pub fn log_odds(&self, records: ArrayView2<'_, f64>) -> Array1<f64> {
        records.dot(&self.coefficients) + self.intercept
    }

    /// Intercept and coefficients.
    pub fn beta(&self) -> Vec<f64> {
        std::iter::once(self.intercept).chain(self.coefficients.iter().copied()).collect()
    }
}

impl PredictInplace<CodedRecords<'_>, Array1<f64>> for FittedLogistic {
    /// Probability of good of every row.
    fn predict_inplace<'a>(&'a self, rows: &'a CodedRecords<'_>, y: &mut Array1<f64>) {
        *y = match rows.offset() {
            Some(offset) => offset.iter().map(|offset| offset + self.intercept).collect(),
            None => Array1::from_elem(rows.len(), self.intercept),
        };
        let mut x = vec![0.0; rows.len()];
        for (column, coefficient) in self.coefficients.iter().enumerate() {
            rows.read(column, 0, &mut x);
            y.iter_mut().zip(&x).for_each(|(eta, x)| *eta += coefficient * x);
        }
        y.mapv_inplace(sigmoid);
    }

    fn default_target(&self, rows: &CodedRecords<'_>) -> Array1<f64> {
        Array1::zeros(rows.len())
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedLogistic {
    /// Probability of good of every row.
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        *y = self.log_odds(x.view()).mapv(sigmoid);
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}
