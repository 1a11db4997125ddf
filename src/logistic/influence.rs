//! Influence of single rows on the coefficients.

use ndarray::Array2;

use super::blocks::{BLOCK, walk};
use super::inference::inverse;
use super::rows::{OutcomePairs, Rows, Subset};
use super::{FittedLogistic, LogisticError};

/// A row with the coefficient that it moves most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Influence {
    /// The row.
    pub row: usize,
    /// The coefficient: 0 is the intercept, then the columns.
    pub coefficient: usize,
    /// How far the coefficient would move without the row, in standard errors: estimate with it minus without it.
    pub dfbetas: f64,
    /// The row's leverage h.
    pub leverage: f64,
    /// Fitted probability of good.
    pub probability: f64,
}

/// The rows with the largest |dfbetas|, falling; ties by row. One-step approximation of Pregibon (1981): leaving row i
/// out moves the coefficients by -A^-1 x_i r_i / (1 - h_i), A the information, r_i = good - (good + bad) p,
/// h_i = w_i x_i' A^-1 x_i; divided by the model-based standard errors.
///
/// # Errors
/// [`LogisticError::Data`] where the information cannot be inverted.
pub fn largest_influence(
    fit: &FittedLogistic,
    rows: &dyn Rows,
    outcomes: &OutcomePairs,
    most: usize,
) -> Result<Vec<Influence>, LogisticError> {
    let free: Vec<usize> = (0..rows.columns()).filter(|column| !fit.bound[*column]).collect();
    let columns = Subset { rows, columns: &free };
    let places: Vec<usize> = std::iter::once(0).chain(free.iter().map(|column| column + 1)).collect();
    let information =
        Array2::from_shape_fn((places.len(), places.len()), |(i, j)| fit.information[[places[i], places[j]]]);
    let inverse = inverse(&information)?;
    let errors: Vec<f64> = inverse.diag().iter().map(|variance| variance.sqrt()).collect();
    let all = fit.beta();
    let beta: Vec<f64> = places.iter().map(|place| all[*place]).collect();
    let make = || (Vec::<Influence>::new(), vec![[0.0; BLOCK]; beta.len()]);
    let parts = walk(&columns, outcomes, &beta, 1, make, |(largest, products), block| {
        for (i, product) in products.iter_mut().enumerate() {
            product.fill(0.0);
            for (j, x) in block.x.iter().enumerate().take(beta.len()) {
                let factor = inverse[[i, j]];
                product.iter_mut().zip(x).for_each(|(product, x)| *product += factor * x);
            }
        }
        for row in 0..block.rows {
            let leverage = block.weight[row]
                * products.iter().zip(&block.x).map(|(product, x)| product[row] * x[row]).sum::<f64>();
            // A row that determines a coefficient alone has leverage 1.
            let scale = block.residual[row] / (1.0 - leverage).max(f64::EPSILON);
            let moves = products.iter().zip(&errors).map(|(product, error)| product[row] * scale / error).enumerate();
            let Some((place, dfbetas)) = moves.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()).then(b.0.cmp(&a.0)))
            else {
                continue;
            };
            largest.push(Influence {
                row: block.from + row,
                coefficient: places[place],
                dfbetas,
                leverage,
                probability: block.probability[row],
            });
        }
        keep_largest(largest, most);
    });
    let mut largest: Vec<Influence> = parts.into_iter().flat_map(|(part, _)| part).collect();
    keep_largest(&mut largest, most);
    Ok(largest)
}

fn keep_largest(rows: &mut Vec<Influence>, most: usize) {
    rows.sort_by(|a, b| b.dfbetas.abs().total_cmp(&a.dfbetas.abs()).then(a.row.cmp(&b.row)));
    rows.truncate(most);
}
