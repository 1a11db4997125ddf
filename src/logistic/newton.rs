//! Newton's method for the binomial likelihood with a logit link.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::linear::Scaled;
use super::{FittedLogistic, LogisticError};

/// Rows of a block: blocks are summed in parallel and added up in their order, so that the result
/// does not depend on the number of threads.
const BLOCK: usize = 4096;
const MOST_ITERATIONS: usize = 60;
/// The gradient at the optimum must not exceed this, times the number of cases.
const GRADIENT_PER_CASE: f64 = 1e-8;

/// 1 / (1 + exp(-x)), without overflow.
pub(crate) fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

/// ln(1 + exp(x)), without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Log likelihood, gradient and negative Hessian at a point, all without the penalty.
struct Point {
    log_likelihood: f64,
    gradient: Array1<f64>,
    information: Array2<f64>,
}

/// Sum of products, in eight running sums that processors add up side by side, always in one order.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

fn evaluate(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, beta: ArrayView1<'_, f64>) -> Point {
    let p = x.ncols();
    let blocks: Vec<_> = x.axis_chunks_iter(Axis(0), BLOCK).zip(y.axis_chunks_iter(Axis(0), BLOCK)).collect();
    let parts: Vec<Point> = blocks.into_par_iter().map(|(x, y)| evaluate_block(x, y, beta)).collect();
    let zero =
        Point { log_likelihood: 0.0, gradient: Array1::zeros(p + 1), information: Array2::zeros((p + 1, p + 1)) };
    parts.into_iter().fold(zero, |sum, part| Point {
        log_likelihood: sum.log_likelihood + part.log_likelihood,
        gradient: sum.gradient + part.gradient,
        information: sum.information + part.information,
    })
}

fn evaluate_block(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, beta: ArrayView1<'_, f64>) -> Point {
    let (rows, p) = x.dim();
    // A column after another in memory, a column of ones first.
    let mut columns = Vec::with_capacity(rows * (p + 1));
    columns.resize(rows, 1.0);
    for column in x.columns() {
        columns.extend(column.iter());
    }
    let mut eta = vec![0.0; rows];
    for (column, coefficient) in columns.chunks_exact(rows).zip(beta) {
        for (eta, x) in eta.iter_mut().zip(column) {
            *eta += coefficient * x;
        }
    }
    let mut log_likelihood = 0.0;
    let mut residual = vec![0.0; rows];
    let mut weight = vec![0.0; rows];
    for (row, eta) in eta.into_iter().enumerate() {
        let (good, bad) = (y[[row, 0]], y[[row, 1]]);
        let probability = sigmoid(eta);
        // ln p = eta - softplus(eta), ln (1 - p) = -softplus(eta).
        log_likelihood += good * eta - (good + bad) * softplus(eta);
        residual[row] = good - (good + bad) * probability;
        weight[row] = (good + bad) * probability * (1.0 - probability);
    }
    let gradient = columns.chunks_exact(rows).map(|column| dot(column, &residual)).collect();
    let mut weighted = columns.clone();
    for column in weighted.chunks_exact_mut(rows) {
        for (x, weight) in column.iter_mut().zip(&weight) {
            *x *= weight;
        }
    }
    let mut information = Array2::zeros((p + 1, p + 1));
    for (i, column) in columns.chunks_exact(rows).enumerate() {
        for (j, weighted) in weighted.chunks_exact(rows).enumerate().take(i + 1) {
            information[[i, j]] = dot(column, weighted);
            information[[j, i]] = information[[i, j]];
        }
    }
    Point { log_likelihood, gradient, information }
}

pub(super) fn fit(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    l2: f64,
    start: Option<&Array1<f64>>,
) -> Result<FittedLogistic, LogisticError> {
    let (n, p) = x.dim();
    check(x, y, start)?;
    let (goods, bads) = (y.column(0).sum(), y.column(1).sum());
    let total = goods + bads;
    let mean = (goods / bads).ln();
    let null_log_likelihood = goods * (goods / total).ln() + bads * (bads / total).ln();
    let mut beta = match start {
        Some(start) => start.clone(),
        None => {
            let mut beta = Array1::zeros(p + 1);
            beta[0] = mean;
            beta
        }
    };
    let penalised = |beta: &Array1<f64>| {
        let mut point = evaluate(x, y, beta.view());
        for column in 1..=p {
            point.log_likelihood -= 0.5 * l2 * beta[column] * beta[column];
            point.gradient[column] -= l2 * beta[column];
            point.information[[column, column]] += l2;
        }
        point
    };
    let mut point = penalised(&beta);
    let deviations = deviations(x);
    let tolerance = GRADIENT_PER_CASE * n as f64;
    let largest = |gradient: &Array1<f64>| gradient.iter().fold(0.0_f64, |most, g| most.max(g.abs()));
    for iterations in 1..=MOST_ITERATIONS {
        let step = match newton_step(&point, x) {
            // Weights vanish but for a few cases under separation, which looks like a dependence. It is one of
            // the records only where it is there at even weights, too.
            Err(LogisticError::Collinear { .. }) if (iterations > 1 || start.is_some()) && l2 == 0.0 => {
                let mut constant = Array1::zeros(p + 1);
                constant[0] = mean;
                newton_step(&penalised(&constant), x)?;
                return Err(LogisticError::Separated {
                    column: farthest(&beta, &deviations).map_or(0, |(column, _)| column),
                });
            }
            step => step?,
        };
        if step.iter().any(|s| !s.is_finite()) {
            break;
        }
        let mut scale = 1.0;
        let (mut next, mut next_point) = loop {
            let next = &beta + &(&step * scale);
            let next_point = penalised(&next);
            // Rounding noise of the sum is not a descent.
            let noise = 1e-13 * point.log_likelihood.abs().max(1.0);
            if next_point.log_likelihood >= point.log_likelihood - noise || scale < 1e-6 {
                break (next, next_point);
            }
            scale *= 0.5;
        };
        std::mem::swap(&mut beta, &mut next);
        std::mem::swap(&mut point, &mut next_point);
        let moved = step.iter().zip(&beta).all(|(s, b)| (s * scale).abs() <= 1e-9 * b.abs().max(1.0));
        if let Some(column) = runaway(&beta, &point, &deviations, n, l2) {
            return Err(LogisticError::Separated { column });
        }
        if moved && largest(&point.gradient) <= tolerance {
            let penalty = 0.5 * l2 * beta.slice(s![1..]).iter().map(|b| b * b).sum::<f64>();
            return Ok(FittedLogistic {
                intercept: beta[0],
                coefficients: beta.slice(s![1..]).to_owned(),
                log_likelihood: point.log_likelihood + penalty,
                null_log_likelihood,
                iterations,
                gradient: largest(&point.gradient),
                information: point.information,
            });
        }
    }
    Err(LogisticError::NotConverged { iterations: MOST_ITERATIONS, gradient: largest(&point.gradient) })
}

fn check(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, start: Option<&Array1<f64>>) -> Result<(), LogisticError> {
    let (n, p) = x.dim();
    if y.dim() != (n, 2) {
        return Err(LogisticError::Data(format!("targets must be {n} x 2 (goods, bads), not {:?}", y.dim())));
    }
    if start.is_some_and(|start| start.len() != p + 1) {
        return Err(LogisticError::Data(format!("the start must have {} numbers", p + 1)));
    }
    if x.iter().any(|x| !x.is_finite()) {
        return Err(LogisticError::Data("a record is not a finite number".into()));
    }
    if y.iter().any(|y| !(y.is_finite() && *y >= 0.0)) || y.rows().into_iter().any(|row| row.sum() <= 0.0) {
        return Err(LogisticError::Data("goods and bads must be at least 0 and not both 0".into()));
    }
    if y.column(0).sum() <= 0.0 {
        return Err(LogisticError::OneClass("good"));
    }
    if y.column(1).sum() <= 0.0 {
        return Err(LogisticError::OneClass("bad"));
    }
    if p + 1 >= n {
        return Err(LogisticError::TooFewCases { cases: n, coefficients: p + 1 });
    }
    Ok(())
}

/// Solves information * step = gradient.
fn newton_step(point: &Point, x: ArrayView2<'_, f64>) -> Result<Array1<f64>, LogisticError> {
    let Some(scaled) = Scaled::new(&point.information) else {
        let column = point.information.diag().iter().skip(1).position(|v| !(v.is_finite() && *v > 0.0)).unwrap_or(0);
        // A constant column carries no information; where the intercept has none either, all is separated.
        return Err(if point.information[[0, 0]] > 0.0 {
            LogisticError::Collinear { column, with: None }
        } else {
            LogisticError::Separated { column }
        });
    };
    if let Some(dependent) = scaled.dependent() {
        let column = dependent.saturating_sub(1);
        return Err(LogisticError::Collinear { column, with: most_correlated(x, column) });
    }
    scaled.solve(&point.gradient).ok_or_else(|| LogisticError::Data("the Newton step cannot be solved".into()))
}

fn most_correlated(x: ArrayView2<'_, f64>, column: usize) -> Option<usize> {
    let centred = |column: usize| {
        let values = x.column(column);
        let mean = values.sum() / values.len() as f64;
        values.mapv(|value| value - mean)
    };
    let target = centred(column);
    (0..x.ncols())
        .filter(|other| *other != column)
        .map(|other| {
            let values = centred(other);
            let norm = (values.dot(&values) * target.dot(&target)).sqrt();
            (if norm > 0.0 { (values.dot(&target) / norm).abs() } else { 0.0 }, other)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

/// Under separation the likelihood rises for ever while coefficients grow and the information
/// vanishes. A column has run away when its coefficient moves the log odds by more than 30 at a
/// standard deviation, which no data short of e^30 cases can support, and there is no penalty.
fn runaway(beta: &Array1<f64>, point: &Point, deviations: &[f64], cases: usize, l2: f64) -> Option<usize> {
    if l2 > 0.0 {
        return None;
    }
    let (column, effect) = farthest(beta, deviations)?;
    let vanished = point.log_likelihood.abs() < 1e-6 * cases as f64;
    (effect > 30.0 || (vanished && effect > 1.0)).then_some(column)
}

/// The column whose coefficient moves the log odds most, by its standard deviation, and by how much.
fn farthest(beta: &Array1<f64>, deviations: &[f64]) -> Option<(usize, f64)> {
    let effects =
        deviations.iter().enumerate().map(|(column, deviation)| (column, (beta[column + 1] * deviation).abs()));
    effects.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Standard deviation of every column.
fn deviations(x: ArrayView2<'_, f64>) -> Vec<f64> {
    x.std_axis(Axis(0), 0.0).to_vec()
}
