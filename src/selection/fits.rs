//! The numbers that selection goes by: fits, score statistics, correlations, variance inflation. Nothing else of
//! selection touches the design; columns are positions in it.

use linfa::ParamGuard;
use ndarray::Array2;

use super::design::Design;
use crate::config::{FitSection, SignConstraint};
use crate::logistic::linear::Scaled;
use crate::logistic::{FittedLogistic, LogisticError, LogisticParams, ScoreTest, score_tests};

/// A fit of some columns, in the order of `columns`.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub columns: Vec<usize>,
    pub fit: FittedLogistic,
}

/// Fits of columns of a design.
pub(super) struct Fits<'a> {
    design: &'a Design,
    section: &'a FitSection,
    correlations: Array2<f64>,
}

impl<'a> Fits<'a> {
    pub fn new(design: &'a Design, section: &'a FitSection) -> Self {
        Fits { design, section, correlations: design.correlations() }
    }

    /// Number of determinate cases.
    pub fn cases(&self) -> usize {
        self.design.rows.len()
    }

    /// Fits some columns under the card's constraint, starting from a fit of most of them; an error names columns of the
    /// design.
    pub fn fit(&self, columns: Vec<usize>, near: Option<&Fitted>) -> Result<Fitted, LogisticError> {
        let is_constrained = self.section.sign_constraint == SignConstraint::Constrained;
        let mut params = self.params().non_negative(is_constrained);
        if let Some(near) = near {
            let coefficient = |column: &usize| {
                let known = near.columns.iter().position(|other| other == column);
                let known = known.map_or(0.0, |position| near.fit.coefficients[position]);
                if is_constrained { known.max(0.0) } else { known }
            };
            params = params.start(std::iter::once(near.fit.intercept).chain(columns.iter().map(coefficient)).collect());
        }
        self.found(params, columns)
    }

    /// Fits some columns to the optimum, whatever the signs of their coefficients.
    pub fn fit_unconstrained(&self, columns: Vec<usize>) -> Result<Fitted, LogisticError> {
        self.found(self.params(), columns)
    }

    fn params(&self) -> LogisticParams {
        LogisticParams::new().l2(self.section.l2).firth(self.section.firth)
    }

    fn found(&self, params: LogisticParams, columns: Vec<usize>) -> Result<Fitted, LogisticError> {
        let of_design = |column: usize| columns.get(column).copied().unwrap_or(column);
        let fit = params.check()?.fit_rows(&self.design.records(&columns), &self.design.outcomes);
        let fit = fit.map_err(|error| match error {
            LogisticError::Separated { column, complete, bin } => {
                LogisticError::Separated { column: of_design(column), complete, bin }
            }
            LogisticError::Collinear { column, with } => {
                LogisticError::Collinear { column: of_design(column), with: with.map(of_design) }
            }
            other => other,
        })?;
        Ok(Fitted { columns, fit })
    }

    /// The score test of each column of `open`, which are not in the fit.
    pub fn score_statistics(&self, current: &Fitted, open: &[usize]) -> Vec<ScoreTest> {
        let (fitted, candidates) = (self.design.records(&current.columns), self.design.records(open));
        score_tests(&current.fit, &fitted, &candidates, &self.design.outcomes)
    }

    /// Weighted Pearson correlation of two columns.
    pub fn correlation(&self, column: usize, other: usize) -> f64 {
        self.correlations[[column, other]]
    }

    /// Variance inflation factors: the diagonal of the inverse of the columns' correlation matrix, weighted by good +
    /// bad. A column that those before it determine has an infinite one.
    pub fn vif(&self, columns: &[usize]) -> Vec<f64> {
        let correlation = |(i, j): (usize, usize)| match i == j {
            true => 1.0,
            false => self.correlation(columns[i], columns[j]),
        };
        let matrix = Array2::from_shape_fn((columns.len(), columns.len()), correlation);
        let Some(scaled) = Scaled::new(&matrix) else { return vec![1.0; columns.len()] };
        if let Some(dependent) = scaled.dependent() {
            return (0..columns.len()).map(|column| if column == dependent { f64::INFINITY } else { 1.0 }).collect();
        }
        scaled.inverse().map_or_else(|| vec![f64::INFINITY; columns.len()], |inverse| inverse.diag().to_vec())
    }
}

impl Fitted {
    /// Squared Wald z of each column's coefficient; to first order twice the loss in log likelihood without it. A
    /// coefficient of 0 takes no part. None at all where the information cannot be inverted.
    pub fn wald(&self) -> Vec<(usize, f64)> {
        let coefficients = || self.columns.iter().zip(&self.fit.coefficients).filter(|(_, b)| **b != 0.0);
        let place = |(place, b): (usize, &f64)| (*b != 0.0).then_some(place + 1);
        let places: Vec<usize> =
            std::iter::once(0).chain(self.fit.coefficients.iter().enumerate().filter_map(place)).collect();
        let information =
            Array2::from_shape_fn((places.len(), places.len()), |(i, j)| self.fit.information[[places[i], places[j]]]);
        let covariance = Scaled::new(&information).and_then(|scaled| scaled.inverse());
        covariance.map_or_else(Vec::new, |covariance| {
            let variances = covariance.diag().into_iter().skip(1);
            coefficients().zip(variances).map(|((column, b), variance)| (*column, b * b / variance)).collect()
        })
    }
}
