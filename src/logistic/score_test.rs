//! Rao's score test of columns that a fit does not have.

use ndarray::Array1;

use super::FittedLogistic;
use super::blocks::{BLOCK, dot, tile, walk};
use super::linear::Scaled;
use super::rows::{OutcomePairs, Rows};

/// Score test of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreTest {
    /// U^2 / V; twice the gain in log likelihood, to first order. 0 where the column adds nothing that the others lack.
    pub statistic: f64,
    /// U: the gradient of the column's coefficient at 0; above 0 the coefficient would be positive.
    pub slope: f64,
}

/// The score test of each candidate column at a fit of `rows` (Rao 1948): U is the gradient of its coefficient at 0, V
/// its information given the fitted columns.
pub fn score_tests(
    fit: &FittedLogistic,
    rows: &dyn Rows,
    candidates: &dyn Rows,
    outcomes: &OutcomePairs,
) -> Vec<ScoreTest> {
    let beta = fit.beta();
    let size = beta.len();
    let padded = (size + 1) & !1;
    let count = candidates.columns();
    /// Sums of a candidate: slope, information of its own, and with each fitted column.
    struct Sums {
        slope: Vec<f64>,
        own: Vec<f64>,
        cross: Vec<f64>,
        z: [[f64; BLOCK]; 2],
    }
    let make = || Sums {
        slope: vec![0.0; count],
        own: vec![0.0; count],
        cross: vec![0.0; (count + 1) * padded],
        z: [[0.0; BLOCK]; 2],
    };
    let parts = walk(rows, outcomes, &beta, 1, make, |sums, block| {
        for first in (0..count).step_by(2) {
            let pair = 2.min(count - first);
            sums.z = [[0.0; BLOCK]; 2];
            for (side, z) in sums.z.iter_mut().enumerate().take(pair) {
                candidates.read(first + side, block.from, &mut z[..block.rows]);
                sums.slope[first + side] += dot(z, &block.residual);
            }
            let mut weighted = sums.z;
            for (side, z) in weighted.iter_mut().enumerate().take(pair) {
                z.iter_mut().zip(&block.weight).for_each(|(z, weight)| *z *= weight);
                sums.own[first + side] += dot(z, &sums.z[side]);
            }
            for column in (0..padded).step_by(2) {
                let products = tile([&weighted[0], &weighted[1]], [&block.x[column], &block.x[column + 1]]);
                for (side, products) in products.iter().enumerate() {
                    for (offset, product) in products.iter().enumerate() {
                        sums.cross[(first + side) * padded + column + offset] += product;
                    }
                }
            }
        }
    });
    let mut sums = make();
    for part in parts {
        add(&mut sums.slope, &part.slope);
        add(&mut sums.own, &part.own);
        add(&mut sums.cross, &part.cross);
    }
    let information = Scaled::new(&fit.information);
    (0..count)
        .map(|candidate| {
            let cross: Array1<f64> = sums.cross[candidate * padded..][..size].iter().copied().collect();
            let explained =
                information.as_ref().and_then(|scaled| scaled.solve(&cross)).map_or(0.0, |solved| cross.dot(&solved));
            let (slope, own) = (sums.slope[candidate], sums.own[candidate]);
            let variance = own - explained;
            // What is left of a column that the others determine is rounding.
            let is_new = variance > 1e-10 * own;
            ScoreTest { statistic: if is_new { slope * slope / variance } else { 0.0 }, slope }
        })
        .collect()
}

fn add(sums: &mut [f64], more: &[f64]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}
