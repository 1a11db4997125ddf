//! Profile-likelihood intervals.

use ndarray::Array1;

use super::linear::Scaled;
use super::newton::Problem;
use super::rows::{OutcomePairs, Rows, Subset};
use super::{FittedLogistic, LogisticError, LogisticValidParams};

/// Half the 95 percent point of chi-square with one degree of freedom.
const HALF_CHI_SQUARE: f64 = 3.841_458_820_694_124 / 2.0;
const MOST_ITERATIONS: usize = 40;

/// The ends of a 95 percent interval; `None` where the likelihood stays above its level all the way.
pub type ProfileInterval = (Option<f64>, Option<f64>);

/// The values of each coefficient (intercept first) that a likelihood-ratio test at 5 percent does not refuse, all others
/// free: 2 (l(best) - l(value)) <= 3.84. Of a penalised fit, by its penalised likelihood. For a coefficient that the
/// constraint holds at 0 there is none. By Venzon and Moolgavkar (1988): Newton steps to the point where the likelihood
/// has its level and all other slopes are 0.
///
/// # Errors
/// [`LogisticError::Data`] where the information cannot be inverted.
pub fn profile_intervals(
    fit: &FittedLogistic,
    rows: &dyn Rows,
    outcomes: &OutcomePairs,
    params: &LogisticValidParams,
) -> Result<Vec<Option<ProfileInterval>>, LogisticError> {
    let free: Vec<usize> = (0..rows.columns()).filter(|column| !fit.bound[*column]).collect();
    let columns = Subset { rows, columns: &free };
    let params = LogisticValidParams { non_negative: false, start: None, ..params.clone() };
    let problem = Problem { rows: &columns, outcomes, params: &params, every: 1 };
    let best: Array1<f64> =
        std::iter::once(fit.intercept).chain(free.iter().map(|column| fit.coefficients[*column])).collect();
    let level = problem.evaluate(&best).log_likelihood - HALF_CHI_SQUARE;
    let mut intervals = vec![None; rows.columns() + 1];
    for place in 0..best.len() {
        let column = place.checked_sub(1).map_or(0, |position| free[position] + 1);
        intervals[column] = Some((end(&problem, &best, place, level, -1.0)?, end(&problem, &best, place, level, 1.0)?));
    }
    Ok(intervals)
}

/// One end of the interval of the coefficient at `place`.
fn end(
    problem: &Problem<'_>,
    best: &Array1<f64>,
    place: usize,
    level: f64,
    side: f64,
) -> Result<Option<f64>, LogisticError> {
    let singular = || LogisticError::Data("the information of a profile cannot be inverted".into());
    let mut beta = best.clone();
    let mut point = problem.evaluate(&beta);
    for _ in 0..MOST_ITERATIONS {
        let Some(inverse) = Scaled::new(&point.information).and_then(|scaled| scaled.inverse()) else {
            // The likelihood has gone flat: the coefficient may be anything on this side.
            return if beta == *best { Err(singular()) } else { Ok(None) };
        };
        let towards = inverse.dot(&point.gradient);
        let gain = point.gradient.dot(&towards);
        // Where the quadratic does not reach down to the level, to its top.
        let square = (gain + 2.0 * (point.log_likelihood - level)) / inverse[[place, place]];
        let multiplier = side * square.max(0.0).sqrt();
        let mut step = towards + &(inverse.column(place).to_owned() * multiplier);
        let is_small = step.iter().zip(&beta).all(|(s, b)| s.abs() <= 1e-9 * b.abs().max(1.0));
        if is_small {
            return Ok(Some(beta[place] + step[place]));
        }
        // A level far below the best is overshot by the first quadratics.
        let width = inverse[[place, place]].sqrt();
        let longest = step[place].abs() / (5.0 * width).max(f64::MIN_POSITIVE);
        if longest > 1.0 {
            step /= longest;
        }
        beta += &step;
        point = problem.evaluate(&beta);
        if !point.log_likelihood.is_finite() || beta.iter().any(|b| !b.is_finite()) {
            return Ok(None);
        }
    }
    Ok(None)
}
