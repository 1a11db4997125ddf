//! Newton's method with a line search on analytic derivatives; where the second derivatives give no way up, the sum of the
//! scores' outer products takes their place (Berndt, Hall, Hall and Hausman 1974).

use ndarray::{Array1, Array2, s};

use super::SelectionError;
use super::likelihood::{Applicants, Point};
use crate::logistic::linear::Scaled;

const MOST_ITERATIONS: usize = 100;
/// The gradient at the optimum must not exceed this, times the number of applicants.
const GRADIENT_PER_CASE: f64 = 1e-8;
/// Beyond this the correlation is 1 for all that the data can tell: tanh(3.8) = 0.999.
pub(super) const MOST_T: f64 = 3.8;

/// A maximum.
#[derive(Debug, Clone)]
pub struct Maximum {
    /// The parameters.
    pub theta: Array1<f64>,
    /// What is known there.
    pub point: Point,
    /// Steps made.
    pub iterations: usize,
    /// Largest absolute element of the gradient.
    pub gradient: f64,
}

/// Maximises the likelihood from `theta`; `free` is the number of leading parameters that move: all, or all but t.
///
/// # Errors
/// [`SelectionError::NotConverged`], [`SelectionError::Boundary`].
pub fn maximise(data: &Applicants, mut theta: Array1<f64>, free: usize) -> Result<Maximum, SelectionError> {
    let limit = GRADIENT_PER_CASE * data.weights.len() as f64;
    let largest = |point: &Point| point.gradient.slice(s![..free]).iter().fold(0.0_f64, |most, g| most.max(g.abs()));
    let mut point = data.point(&theta);
    for iterations in 0..MOST_ITERATIONS {
        let gradient = largest(&point);
        if gradient <= limit && is_maximum(&point, free) {
            return Ok(Maximum { theta, point, iterations, gradient });
        }
        let step = direction(&point, free).ok_or(SelectionError::Singular)?;
        let Some(next) = search(data, &theta, &step, point.value, point.gradient.slice(s![..free]).dot(&step)) else {
            return Err(SelectionError::NotConverged { iterations, gradient });
        };
        theta = next;
        if free == data.parameters() && theta[free - 1].abs() > MOST_T {
            return Err(SelectionError::Boundary(theta[free - 1].signum()));
        }
        point = data.point(&theta);
    }
    Err(SelectionError::NotConverged { iterations: MOST_ITERATIONS, gradient: largest(&point) })
}

/// The first free rows and columns.
fn leading(matrix: &Array2<f64>, free: usize) -> Array2<f64> {
    matrix.slice(s![..free, ..free]).to_owned()
}

fn is_maximum(point: &Point, free: usize) -> bool {
    Scaled::new(&-leading(&point.hessian, free)).is_some_and(|information| information.inverse().is_some())
}

fn direction(point: &Point, free: usize) -> Option<Array1<f64>> {
    let gradient = point.gradient.slice(s![..free]).to_owned();
    let way_up = |matrix: Array2<f64>| {
        let step = Scaled::new(&matrix)?.solve(&gradient)?;
        (step.iter().all(|s| s.is_finite()) && step.dot(&gradient) > 0.0).then_some(step)
    };
    way_up(-leading(&point.hessian, free)).or_else(|| way_up(leading(&point.outer, free)))
}

/// Halves the step until the likelihood rises enough (Armijo's rule).
fn search(data: &Applicants, theta: &Array1<f64>, step: &Array1<f64>, value: f64, slope: f64) -> Option<Array1<f64>> {
    // No step moves t so far that the likelihood could jump over its maximum.
    let reach = step.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
    let mut share = if reach > 2.0 { 2.0 / reach } else { 1.0 };
    for _ in 0..40 {
        let mut next = theta.clone();
        let free = step.len();
        next.slice_mut(s![..free]).scaled_add(share, step);
        let rise = data.value(&next) - value;
        // At the maximum a rise is lost in rounding.
        if rise.is_finite() && rise >= 1e-4 * share * slope - 1e-12 * value.abs() {
            return Some(next);
        }
        share /= 2.0;
    }
    None
}
