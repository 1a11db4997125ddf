//! Small symmetric systems, solved in units in which the diagonal is 1, so that scale does not count
//! for singularity.

use linfa_linalg::cholesky::{Cholesky, InverseC, SolveC};
use ndarray::{Array1, Array2, Axis, s};

/// A pivot below this, of a matrix with a diagonal of ones, is a linear dependence.
const LEAST_PIVOT: f64 = 1e-10;

/// A positive definite matrix with its scale.
pub(crate) struct Scaled {
    scale: Array1<f64>,
    matrix: Array2<f64>,
}

impl Scaled {
    /// `None` where a diagonal element is not above 0.
    pub(crate) fn new(matrix: &Array2<f64>) -> Option<Self> {
        let scale: Array1<f64> = matrix.diag().mapv(f64::sqrt);
        if scale.iter().any(|s| !(s.is_finite() && *s > 0.0)) {
            return None;
        }
        let matrix = Array2::from_shape_fn(matrix.dim(), |(i, j)| matrix[[i, j]] / (scale[i] * scale[j]));
        Some(Scaled { scale, matrix })
    }

    /// The first row that the ones before it determine.
    pub(crate) fn dependent(&self) -> Option<usize> {
        let dependent = |size: usize| match self.matrix.slice(s![..size, ..size]).to_owned().cholesky() {
            Ok(lower) => lower.diag().iter().any(|pivot| pivot * pivot <= LEAST_PIVOT),
            Err(_) => true,
        };
        if !dependent(self.matrix.nrows()) {
            return None;
        }
        (1..=self.matrix.nrows()).find(|size| dependent(*size)).map(|size| size - 1)
    }

    /// The solution of matrix * x = right.
    pub(crate) fn solve(&self, right: &Array1<f64>) -> Option<Array1<f64>> {
        let right = (right / &self.scale).insert_axis(Axis(1));
        let solution = self.matrix.clone().solvec(&right).ok()?;
        Some(&solution.column(0) / &self.scale)
    }

    /// ln of the determinant.
    pub(crate) fn ln_determinant(&self) -> f64 {
        let scales: f64 = self.scale.iter().map(|scale| 2.0 * scale.ln()).sum();
        match self.matrix.cholesky() {
            Ok(lower) => scales + lower.diag().iter().map(|pivot| 2.0 * pivot.ln()).sum::<f64>(),
            Err(_) => f64::NEG_INFINITY,
        }
    }

    /// The inverse.
    pub(crate) fn inverse(&self) -> Option<Array2<f64>> {
        let inverse = self.matrix.invc().ok()?;
        Some(Array2::from_shape_fn(inverse.dim(), |(i, j)| inverse[[i, j]] / (self.scale[i] * self.scale[j])))
    }
}
