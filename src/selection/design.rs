//! The development sample as a matrix of weights of evidence.

use ndarray::{Array1, Array2, Axis, ShapeBuilder};

use crate::binning::Binning;
use crate::cases::Outcomes;

/// WOE by determinate development case (rows) and feature (columns), with good and bad weights.
#[derive(Debug, Clone)]
pub struct Design {
    features: Vec<usize>,
    /// n x p WOE.
    pub woe: Array2<f64>,
    /// n x 2 good and bad weights.
    pub targets: Array2<f64>,
    /// Positions of the cases.
    pub rows: Vec<u32>,
    correlation: Array2<f64>,
}

impl Design {
    /// The matrix of the binnings at the positions `features` over the determinate cases of `rows`.
    pub fn new(binnings: &[Binning], features: &[usize], outcomes: &Outcomes, rows: &[u32]) -> Self {
        let rows: Vec<u32> = rows.iter().copied().filter(|row| outcomes.is_determinate(*row as usize)).collect();
        // Column by column in memory: sums run down columns.
        let mut woe = Array2::zeros((rows.len(), features.len()).f());
        for (column, feature) in features.iter().enumerate() {
            let binning = &binnings[*feature];
            for (place, row) in woe.column_mut(column).iter_mut().zip(&rows) {
                // The development sample has no unforeseen values: its bins are made from it.
                *place = binning.table.rows[usize::from(binning.codes[*row as usize])].woe;
            }
        }
        let targets = Array2::from_shape_fn((rows.len(), 2).f(), |(row, class)| {
            let case = rows[row] as usize;
            if class == 0 { outcomes.goods[case] } else { outcomes.bads[case] }
        });
        let correlation = correlation(&woe, &targets);
        Design { features: features.to_vec(), woe, targets, rows, correlation }
    }

    /// Positions of the features in the binnings, by column.
    pub fn features(&self) -> &[usize] {
        &self.features
    }

    /// Weighted Pearson correlation of two columns.
    pub fn correlation(&self, column: usize, other: usize) -> f64 {
        self.correlation[[column, other]]
    }

    /// The matrix of some columns.
    pub fn columns(&self, columns: &[usize]) -> Array2<f64> {
        let mut chosen = Array2::zeros((self.woe.nrows(), columns.len()).f());
        for (mut place, column) in chosen.columns_mut().into_iter().zip(columns) {
            place.assign(&self.woe.column(*column));
        }
        chosen
    }
}

fn correlation(woe: &Array2<f64>, targets: &Array2<f64>) -> Array2<f64> {
    let weights: Array1<f64> = targets.sum_axis(Axis(1));
    let means = woe.t().dot(&weights) / weights.sum();
    let centred = woe - &means;
    let covariance = centred.t().dot(&(&centred * &weights.view().insert_axis(Axis(1))));
    Array2::from_shape_fn(covariance.dim(), |(i, j)| {
        let norm = (covariance[[i, i]] * covariance[[j, j]]).sqrt();
        if norm > 0.0 { covariance[[i, j]] / norm } else { 0.0 }
    })
}
