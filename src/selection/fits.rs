//! The numbers that selection goes by: fits, score statistics, correlations, variance inflation. Nothing else of
//! selection touches the design; columns are positions in it.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis, s};
use rayon::prelude::*;

use super::design::Design;
use crate::config::FitSection;
use crate::logistic::linear::Scaled;
use crate::logistic::{FittedLogistic, LogisticError, LogisticParams, sigmoid};

/// A fit of some columns, in the order of `columns`.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub columns: Vec<usize>,
    pub fit: FittedLogistic,
}

/// What a column would bring to a fit that it is not in (Rao 1948): the gradient U of its coefficient at 0, and U^2 / V
/// with its information V given the columns of the fit, to first order twice the gain in log likelihood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Score {
    pub slope: f64,
    pub statistic: f64,
}

/// Fits of columns of a design.
pub(super) struct Fits<'a> {
    design: &'a Design,
    l2: f64,
}

impl<'a> Fits<'a> {
    pub fn new(design: &'a Design, section: &FitSection) -> Self {
        Fits { design, l2: section.l2 }
    }

    /// Number of determinate cases.
    pub fn cases(&self) -> usize {
        self.design.rows.len()
    }

    /// Fits some columns, starting from a fit of most of them; an error names columns of the design.
    pub fn fit(&self, columns: Vec<usize>, near: Option<&Fitted>) -> Result<Fitted, LogisticError> {
        let mut params = LogisticParams::new().l2(self.l2);
        if let Some(near) = near {
            let coefficient = |column: &usize| {
                let known = near.columns.iter().position(|other| other == column);
                known.map_or(0.0, |position| near.fit.coefficients[position])
            };
            params = params.start(std::iter::once(near.fit.intercept).chain(columns.iter().map(coefficient)).collect());
        }
        let of_design = |column: usize| columns.get(column).copied().unwrap_or(column);
        let fit = params.fit(&DatasetBase::new(self.design.columns(&columns), self.design.targets.clone()));
        let fit = fit.map_err(|error| match error {
            LogisticError::Separated { column } => LogisticError::Separated { column: of_design(column) },
            LogisticError::Collinear { column, with } => {
                LogisticError::Collinear { column: of_design(column), with: with.map(of_design) }
            }
            other => other,
        })?;
        Ok(Fitted { columns, fit })
    }

    /// Fits some columns to the optimum, whatever the signs of their coefficients.
    pub fn fit_unconstrained(&self, columns: Vec<usize>) -> Result<Fitted, LogisticError> {
        self.fit(columns, None)
    }

    /// The score of each column of `open`, which are not in the fit.
    pub fn score_statistics(&self, current: &Fitted, open: &[usize]) -> Vec<Score> {
        let (design, fit) = (self.design, &current.fit);
        let x = design.columns(&current.columns);
        let probability: Array1<f64> = fit.log_odds(x.view()).mapv(sigmoid);
        let totals = design.targets.sum_axis(Axis(1));
        let residual = &design.targets.column(0) - &(&totals * &probability);
        let weight = &totals * &probability * &probability.mapv(|p| 1.0 - p);
        let information = Scaled::new(&fit.information);
        open.par_iter()
            .map(|column| {
                let z = design.woe.column(*column);
                let slope = z.dot(&residual);
                let mut weighted = weight.clone();
                weighted *= &z;
                let mut cross = Array1::zeros(current.columns.len() + 1);
                cross[0] = weighted.sum();
                cross.slice_mut(s![1..]).assign(&x.t().dot(&weighted));
                let solved = information.as_ref().and_then(|scaled| scaled.solve(&cross));
                let variance = z.dot(&weighted) - solved.map_or(0.0, |solved| cross.dot(&solved));
                Score { slope, statistic: if variance > 0.0 { slope * slope / variance } else { 0.0 } }
            })
            .collect()
    }

    /// Weighted Pearson correlation of two columns.
    pub fn correlation(&self, column: usize, other: usize) -> f64 {
        self.design.correlation(column, other)
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
    /// Squared Wald z of each coefficient, in the order of `columns`; to first order twice the loss in log likelihood
    /// without it. Empty where the information cannot be inverted.
    pub fn wald(&self) -> Vec<f64> {
        let covariance = Scaled::new(&self.fit.information).and_then(|scaled| scaled.inverse());
        let coefficients = self.fit.coefficients.iter().enumerate();
        covariance.map_or_else(Vec::new, |covariance| {
            coefficients.map(|(position, b)| b * b / covariance[[position + 1, position + 1]]).collect()
        })
    }
}
