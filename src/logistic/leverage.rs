//! Leverages: how much each row's own outcome bears on its own prediction.

use ndarray::{Array1, Array2};

use super::blocks::{BLOCK, Block, dot, walk};
use super::rows::{OutcomePairs, Rows};

/// h_i = w_i x_i' H^-1 x_i of each row of a block, w_i = (good + bad) p (1 - p), H^-1 the inverse information.
pub(super) fn leverages(block: &Block, inverse: &Array2<f64>, into: &mut [f64; BLOCK]) {
    into.fill(0.0);
    for i in 0..inverse.nrows() {
        let mut product = [0.0; BLOCK];
        for j in 0..inverse.ncols() {
            let factor = inverse[[i, j]];
            for (product, x) in product.iter_mut().zip(&block.x[j]) {
                *product += factor * x;
            }
        }
        for ((sum, product), x) in into.iter_mut().zip(&product).zip(&block.x[i]) {
            *sum += product * x;
        }
    }
    into.iter_mut().zip(&block.weight).for_each(|(h, weight)| *h *= weight);
}

/// What Firth's penalty, ln |information| / 2 (Firth 1993; Heinze and Schemper 2002), adds to the gradient: sum of
/// h_i (1/2 - p_i) x_i, intercept first.
pub(super) fn firth_gradient(
    rows: &dyn Rows,
    outcomes: &OutcomePairs,
    beta: &[f64],
    inverse: &Array2<f64>,
) -> Array1<f64> {
    let make = || (vec![0.0; beta.len()], [0.0; BLOCK]);
    let parts = walk(rows, outcomes, beta, 1, make, |(sums, h), block| {
        leverages(block, inverse, h);
        h.iter_mut().zip(&block.probability).for_each(|(h, p)| *h *= 0.5 - p);
        for (sum, column) in sums.iter_mut().zip(&block.x) {
            *sum += dot(column, h);
        }
    });
    parts.into_iter().fold(Array1::zeros(beta.len()), |sum, (part, _)| sum + Array1::from(part))
}
