//! Newton's method for the binomial likelihood with a logit link, free or with coefficients that must not be negative.

use ndarray::{Array1, Array2};

use super::blocks::{Point, evaluate};
use super::constrained::quadratic;
use super::leverage::firth_gradient;
use super::linear::Scaled;
use super::rows::{OutcomePairs, Rows, Subset};
use super::separation::separated;
use super::{FittedLogistic, LogisticError, LogisticValidParams};

const MOST_ITERATIONS: usize = 60;
/// The gradient at the optimum must not exceed this, times the number of cases.
const GRADIENT_PER_CASE: f64 = 1e-8;
/// The next step must not exceed this, relative to a coefficient or to 1.
const STEP: f64 = 1e-9;
/// From so many rows on, the start is the fit of a sixteenth of them.
const MANY_ROWS: usize = 200_000;
/// Of so many chunks of rows, one goes into that fit.
const EVERY: usize = 16;

/// What is maximised: log likelihood - l2 / 2 sum of squared coefficients (+ ln |information| / 2 by Firth).
pub(super) struct Problem<'a> {
    pub(super) rows: &'a dyn Rows,
    pub(super) outcomes: &'a OutcomePairs,
    pub(super) params: &'a LogisticValidParams,
    /// Every so many chunks of rows one is read.
    pub(super) every: usize,
}

/// A point with its step.
struct Stand {
    beta: Array1<f64>,
    /// With penalties, but the information of Firth's likelihood is that without.
    point: Point,
    step: Array1<f64>,
}

impl Problem<'_> {
    fn columns(&self) -> usize {
        self.rows.columns()
    }

    pub(super) fn evaluate(&self, beta: &Array1<f64>) -> Point {
        let beta = beta.to_vec();
        let mut point = evaluate(self.rows, self.outcomes, &beta, self.every);
        let l2 = self.params.l2;
        for (column, beta) in beta.iter().enumerate().skip(1) {
            point.log_likelihood -= 0.5 * l2 * beta * beta;
            point.gradient[column] -= l2 * beta;
            point.information[[column, column]] += l2;
        }
        if self.params.firth
            && let Some(scaled) = Scaled::new(&point.information)
            && let Some(inverse) = scaled.inverse()
        {
            point.gradient += &firth_gradient(self.rows, self.outcomes, &beta, &inverse);
            point.log_likelihood += 0.5 * scaled.ln_determinant();
        }
        point
    }

    /// The Newton step, or that of the quadratic under the constraint.
    fn step(&self, point: &Point, beta: &Array1<f64>) -> Result<Array1<f64>, LogisticError> {
        let Some(scaled) = Scaled::new(&point.information) else {
            let flat = point.information.diag().iter().skip(1).position(|v| !(v.is_finite() && *v > 0.0));
            let column = flat.unwrap_or(0);
            // A constant column carries no information; where the intercept has none either, all is separated.
            return Err(if point.information[[0, 0]] > 0.0 {
                LogisticError::Collinear { column, with: None }
            } else {
                LogisticError::Separated { column, complete: true, bin: None }
            });
        };
        if let Some(dependent) = scaled.dependent() {
            let column = dependent.saturating_sub(1);
            return Err(LogisticError::Collinear { column, with: most_correlated(&point.information, dependent) });
        }
        let failed = || LogisticError::Data("the Newton step cannot be solved".into());
        if self.params.non_negative {
            let target = &point.gradient + &point.information.dot(beta);
            return Ok(quadratic(&point.information, &target, |column| column > 0).ok_or_else(failed)? - beta);
        }
        scaled.solve(&point.gradient).ok_or_else(failed)
    }

    fn stand(&self, beta: Array1<f64>) -> Result<Stand, LogisticError> {
        let point = self.evaluate(&beta);
        let step = self.step(&point, &beta)?;
        Ok(Stand { beta, point, step })
    }

    /// A step onwards, halved until the likelihood does not fall.
    fn onward(&self, from: &Stand) -> (Array1<f64>, Point) {
        let mut scale = 1.0;
        loop {
            let mut beta = &from.beta + &(&from.step * scale);
            if self.params.non_negative {
                beta.iter_mut().skip(1).for_each(|beta| *beta = beta.max(0.0));
            }
            let point = self.evaluate(&beta);
            // Rounding noise of the sum is not a descent.
            let noise = 1e-13 * from.point.log_likelihood.abs().max(1.0);
            if point.log_likelihood >= from.point.log_likelihood - noise || scale < 1e-6 {
                return (beta, point);
            }
            scale *= 0.5;
        }
    }

    /// The largest element of the gradient that a coefficient may still follow.
    fn largest_slope(&self, stand: &Stand) -> f64 {
        let pairs = stand.point.gradient.iter().zip(&stand.beta).enumerate();
        pairs.fold(0.0, |most: f64, (column, (slope, beta))| {
            let is_bound = self.params.non_negative && column > 0 && *beta == 0.0;
            most.max(if is_bound { slope.max(0.0) } else { slope.abs() })
        })
    }
}

/// Fits the model; see [`super::LogisticParams`].
pub(super) fn fit(
    rows: &dyn Rows,
    outcomes: &OutcomePairs,
    params: &LogisticValidParams,
) -> Result<FittedLogistic, LogisticError> {
    check(rows, outcomes, params)?;
    let problem = Problem { rows, outcomes, params, every: 1 };
    let constant = constant(outcomes, rows.columns());
    let start = match &params.start {
        Some(start) => start.clone(),
        None => rough_start(&problem).unwrap_or_else(|| constant.clone()),
    };
    let is_warm = start != constant;
    let total = outcomes.total.0 + outcomes.total.1;
    let null_log_likelihood = null_log_likelihood(rows, outcomes)?;
    // Weights of many units a case make the gradient as many times larger.
    let tolerance = GRADIENT_PER_CASE * total.max(rows.len() as f64);
    let is_free = params.l2 == 0.0 && !params.firth;
    let mut stand = problem.stand(start)?;
    let mut made = 0;
    let deviations = deviations(&stand.point.information, params.l2);
    for iterations in 1..=MOST_ITERATIONS {
        if stand.step.iter().any(|s| !s.is_finite()) {
            break;
        }
        let moves = stand.step.iter().zip(&stand.beta).any(|(s, b)| s.abs() > STEP * b.abs().max(1.0));
        if !moves && problem.largest_slope(&stand) <= tolerance {
            let gradient = problem.largest_slope(&stand);
            // The step changes no figure but the last digits of the coefficients, which it gets right.
            stand.beta += &stand.step;
            return Ok(fitted(stand, &problem, null_log_likelihood, iterations - 1, gradient));
        }
        let (beta, point) = problem.onward(&stand);
        made = iterations;
        if is_free && let Some(column) = runaway(&beta, &point, &deviations, total) {
            return Err(separated(rows, outcomes, &beta.to_vec(), column));
        }
        let step = match problem.step(&point, &beta) {
            // Weights vanish but for a few cases under separation, which looks like a dependence. It is one of
            // the records only where it is there at even weights, too.
            Err(LogisticError::Collinear { .. }) if (iterations > 1 || is_warm) && is_free => {
                problem.stand(constant)?;
                let column = farthest(&beta, &deviations).map_or(0, |(column, _)| column);
                return Err(separated(rows, outcomes, &beta.to_vec(), column));
            }
            step => step?,
        };
        stand = Stand { beta, point, step };
    }
    Err(LogisticError::NotConverged { iterations: made, gradient: problem.largest_slope(&stand) })
}

/// Log likelihood of the best constant, beside the offset where there is one.
fn null_log_likelihood(rows: &dyn Rows, outcomes: &OutcomePairs) -> Result<f64, LogisticError> {
    let (goods, bads) = outcomes.total;
    if rows.offset().is_some() && rows.columns() > 0 {
        let constant = Subset { rows, columns: &[] };
        return Ok(fit(&constant, outcomes, &LogisticValidParams::default())?.log_likelihood);
    }
    Ok(goods * (goods / (goods + bads)).ln() + bads * (bads / (goods + bads)).ln())
}

fn fitted(
    stand: Stand,
    problem: &Problem<'_>,
    null_log_likelihood: f64,
    iterations: usize,
    gradient: f64,
) -> FittedLogistic {
    let Stand { beta, point, .. } = stand;
    let coefficients: Array1<f64> = beta.iter().skip(1).copied().collect();
    let penalty = 0.5 * problem.params.l2 * coefficients.iter().map(|b| b * b).sum::<f64>();
    // Firth's penalty again, to tell the likelihood itself.
    let firth = match (problem.params.firth, Scaled::new(&point.information)) {
        (true, Some(scaled)) => 0.5 * scaled.ln_determinant(),
        _ => 0.0,
    };
    FittedLogistic {
        intercept: beta[0],
        bound: coefficients.iter().map(|beta| problem.params.non_negative && *beta == 0.0).collect(),
        coefficients,
        log_likelihood: point.log_likelihood + penalty - firth,
        null_log_likelihood,
        iterations,
        gradient,
        information: point.information,
    }
}

/// The best constant and no effect of any column.
fn constant(outcomes: &OutcomePairs, columns: usize) -> Array1<f64> {
    let mut beta = Array1::zeros(columns + 1);
    beta[0] = (outcomes.total.0 / outcomes.total.1).ln();
    beta
}

/// Where to start with many rows: a few Newton steps on some of them. It decides how many steps the fit takes, not where
/// it ends; `None` where those rows do not allow a step.
fn rough_start(problem: &Problem<'_>) -> Option<Array1<f64>> {
    if problem.rows.len() < MANY_ROWS {
        return None;
    }
    let rough = Problem { every: EVERY, ..*problem };
    let mut stand = rough.stand(constant(problem.outcomes, problem.columns())).ok()?;
    for _ in 0..6 {
        let (beta, _) = rough.onward(&stand);
        stand = rough.stand(beta).ok()?;
        if stand.step.iter().all(|step| step.abs() < 1e-4) {
            break;
        }
    }
    stand.beta.iter().all(|beta| beta.is_finite()).then_some(stand.beta)
}

fn check(rows: &dyn Rows, outcomes: &OutcomePairs, params: &LogisticValidParams) -> Result<(), LogisticError> {
    let (n, p) = (rows.len(), rows.columns());
    if outcomes.len() != n {
        return Err(LogisticError::Data(format!("{} outcomes do not go with {n} rows", outcomes.len())));
    }
    if params.start.as_ref().is_some_and(|start| start.len() != p + 1) {
        return Err(LogisticError::Data(format!("the start must have {} numbers", p + 1)));
    }
    if !rows.is_finite() {
        return Err(LogisticError::Data("a record is not a finite number".into()));
    }
    if p + 1 >= n {
        return Err(LogisticError::TooFewCases { cases: n, coefficients: p + 1 });
    }
    Ok(())
}

/// Of a column on which others depend: the one it goes along with most, by the information.
fn most_correlated(information: &Array2<f64>, dependent: usize) -> Option<usize> {
    // Given the intercept: the information's Schur complement is a weighted covariance.
    let total = information[[0, 0]];
    let covariance = |i: usize, j: usize| information[[i, j]] - information[[i, 0]] * information[[0, j]] / total;
    let correlation = |other: usize| {
        let norm = (covariance(dependent, dependent) * covariance(other, other)).sqrt();
        if norm > 0.0 { (covariance(dependent, other) / norm).abs() } else { 0.0 }
    };
    (1..information.nrows())
        .filter(|other| *other != dependent)
        .map(|other| (correlation(other), other - 1))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

/// Under separation the likelihood rises for ever while coefficients grow and the information
/// vanishes. A column has run away when its coefficient moves the log odds by more than 30 at a
/// standard deviation, which no data short of e^30 cases can support, and there is no penalty.
fn runaway(beta: &Array1<f64>, point: &Point, deviations: &[f64], weight: f64) -> Option<usize> {
    let (column, effect) = farthest(beta, deviations)?;
    let vanished = point.log_likelihood.abs() < 1e-6 * weight;
    (effect > 30.0 || (vanished && effect > 1.0)).then_some(column)
}

/// The column whose coefficient moves the log odds most, by its standard deviation, and by how much.
fn farthest(beta: &Array1<f64>, deviations: &[f64]) -> Option<(usize, f64)> {
    let effects =
        deviations.iter().enumerate().map(|(column, deviation)| (column, (beta[column + 1] * deviation).abs()));
    effects.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Standard deviation of every column, by the weights of an information matrix.
fn deviations(information: &Array2<f64>, l2: f64) -> Vec<f64> {
    let total = information[[0, 0]];
    (1..information.nrows())
        .map(|column| {
            let mean = information[[column, 0]] / total;
            ((information[[column, column]] - l2) / total - mean * mean).max(0.0).sqrt()
        })
        .collect()
}
