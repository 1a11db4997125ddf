//! Log likelihood of a probit with selection, with its scores and second derivatives.
//!
//! Outcome: good where x'b + u > 0; acceptance: accepted where z'c + v > 0; (u, v) standard normal with correlation
//! rho = tanh(t). An applicant contributes, by good weight g, bad weight b and case weight w:
//!   accepted: g ln F(x'b, z'c; rho) + b ln F(-x'b, z'c; -rho) + (w - g - b) ln Phi(z'c), rejected: w ln Phi(-z'c),
//! F the bivariate normal distribution function (van de Ven and van Praag 1981). The parameters stand in the order b, c, t,
//! each of b and c with its intercept first.

use std::ops::AddAssign;

use ndarray::{Array1, Array2, ArrayView1, Axis, s};
use rayon::prelude::*;

use crate::rejects::bivariate_normal::{bivariate_normal_cdf, normal_cdf, normal_density};

/// Applicants, one row each; x and z with a column of ones first.
#[derive(Debug, Clone)]
pub struct Applicants {
    /// What the outcome depends on.
    pub x: Array2<f64>,
    /// What acceptance depends on.
    pub z: Array2<f64>,
    /// Good weight; 0 of a reject.
    pub goods: Vec<f64>,
    /// Bad weight; 0 of a reject.
    pub bads: Vec<f64>,
    /// Case weight.
    pub weights: Vec<f64>,
    /// Whether accepted.
    pub accepted: Vec<bool>,
}

/// Value and derivatives by (x'b, z'c, t) of one applicant.
#[derive(Debug, Clone, Copy, Default)]
struct Term {
    value: f64,
    first: [f64; 3],
    second: [[f64; 3]; 3],
}

/// What lies below this counts as this: no logarithm of zero.
const LEAST: f64 = 1e-300;

impl Term {
    fn add(&mut self, weight: f64, other: &Term) {
        self.value += weight * other.value;
        for i in 0..3 {
            self.first[i] += weight * other.first[i];
            for j in 0..3 {
                self.second[i][j] += weight * other.second[i][j];
            }
        }
    }

    /// ln Phi(sign * c).
    fn selection(c: f64, sign: f64) -> Term {
        let probability = normal_cdf(sign * c).max(LEAST);
        let ratio = normal_density(c) / probability;
        let mut term = Term { value: probability.ln(), ..Term::default() };
        term.first[1] = sign * ratio;
        term.second[1][1] = -ratio * (sign * c + ratio);
        term
    }

    /// ln F(sign a, c; sign rho), by a, c and t.
    fn outcome(a: f64, c: f64, rho: f64, sign: f64) -> Term {
        let (first, rho_signed) = (sign * a, sign * rho);
        let f = bivariate_normal_cdf(first, c, rho_signed).max(LEAST);
        let square = (1.0 - rho * rho).max(1e-14);
        let root = square.sqrt();
        let (up, along) = ((c - rho_signed * first) / root, (first - rho_signed * c) / root);
        let density = normal_density(first) * normal_density(up) / root;
        // By first argument, second argument and correlation.
        let d = [normal_density(first) * normal_cdf(up), normal_density(c) * normal_cdf(along), density];
        let curve = rho_signed / square
            + (first * c * (1.0 + rho * rho) - rho_signed * (first * first + c * c)) / (square * square);
        let h = [
            [-first * d[0] - rho_signed * density, density, -density * along / root],
            [density, -c * d[1] - rho_signed * density, -density * up / root],
            [-density * along / root, -density * up / root, density * curve],
        ];
        let slope = 1.0 - rho * rho;
        let chain = [sign, 1.0, sign * slope];
        let mut term = Term { value: f.ln(), ..Term::default() };
        for i in 0..3 {
            term.first[i] = chain[i] * d[i] / f;
        }
        for i in 0..3 {
            for j in 0..3 {
                term.second[i][j] = chain[i] * chain[j] * h[i][j] / f - term.first[i] * term.first[j];
            }
        }
        // d2 rho / dt2 = -2 rho (1 - rho^2).
        term.second[2][2] += sign * d[2] / f * (-2.0 * rho * slope);
        term
    }
}

/// Value, scores' sum and second derivatives at a point.
#[derive(Debug, Clone)]
pub struct Point {
    /// Log likelihood.
    pub value: f64,
    /// Its gradient.
    pub gradient: Array1<f64>,
    /// Its second derivatives.
    pub hessian: Array2<f64>,
    /// Sum of the scores' outer products.
    pub outer: Array2<f64>,
}

impl AddAssign for Point {
    fn add_assign(&mut self, other: Point) {
        self.value += other.value;
        self.gradient += &other.gradient;
        self.hessian += &other.hessian;
        self.outer += &other.outer;
    }
}

/// Rows of a block: blocks are summed in parallel and added up in their order.
const BLOCK: usize = 1024;

impl Applicants {
    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.x.ncols() + self.z.ncols() + 1
    }

    fn term(&self, row: usize, theta: ArrayView1<'_, f64>) -> Term {
        let outcomes = self.x.ncols();
        let c = self.z.row(row).dot(&theta.slice(s![outcomes..theta.len() - 1]));
        let weight = self.weights[row];
        let mut term = Term::default();
        if !self.accepted[row] {
            term.add(weight, &Term::selection(c, -1.0));
            return term;
        }
        let a = self.x.row(row).dot(&theta.slice(s![..outcomes]));
        let rho = theta[theta.len() - 1].tanh();
        let (good, bad) = (self.goods[row], self.bads[row]);
        if good > 0.0 {
            term.add(good, &Term::outcome(a, c, rho, 1.0));
        }
        if bad > 0.0 {
            term.add(bad, &Term::outcome(a, c, rho, -1.0));
        }
        let unknown = weight - good - bad;
        if unknown > 1e-12 * weight {
            term.add(unknown, &Term::selection(c, 1.0));
        }
        term
    }

    fn score(&self, row: usize, term: &Term) -> Array1<f64> {
        let (x, z) = (self.x.row(row), self.z.row(row));
        let outcome = x.iter().map(|x| term.first[0] * x);
        outcome.chain(z.iter().map(|z| term.first[1] * z)).chain([term.first[2]]).collect()
    }

    /// Log likelihood alone.
    pub fn value(&self, theta: &Array1<f64>) -> f64 {
        let blocks: Vec<f64> = self.blocks(|rows| rows.map(|row| self.term(row, theta.view()).value).sum());
        blocks.iter().sum()
    }

    /// Scores by applicant (rows) and parameter (columns).
    pub fn scores(&self, theta: &Array1<f64>) -> Array2<f64> {
        let mut scores = Array2::zeros((self.weights.len(), self.parameters()));
        for (row, mut place) in scores.axis_iter_mut(Axis(0)).enumerate() {
            place.assign(&self.score(row, &self.term(row, theta.view())));
        }
        scores
    }

    /// Log likelihood with its derivatives.
    pub fn point(&self, theta: &Array1<f64>) -> Point {
        let size = self.parameters();
        let outcomes = self.x.ncols();
        let zero = || Point {
            value: 0.0,
            gradient: Array1::zeros(size),
            hessian: Array2::zeros((size, size)),
            outer: Array2::zeros((size, size)),
        };
        let blocks = self.blocks(|rows| {
            let mut sum = zero();
            // Of each parameter: which of the three arguments it moves.
            let argument = |parameter: usize| match parameter {
                parameter if parameter < outcomes => 0,
                parameter if parameter + 1 < size => 1,
                _ => 2,
            };
            for row in rows {
                let term = self.term(row, theta.view());
                let values: Vec<f64> = self.x.row(row).iter().chain(self.z.row(row)).copied().chain([1.0]).collect();
                let score = self.score(row, &term);
                sum.value += term.value;
                sum.gradient += &score;
                for i in 0..size {
                    for j in 0..=i {
                        sum.hessian[[i, j]] += term.second[argument(i)][argument(j)] * values[i] * values[j];
                        sum.outer[[i, j]] += score[i] * score[j];
                    }
                }
            }
            sum
        });
        let mut total = zero();
        blocks.into_iter().for_each(|block| total += block);
        for matrix in [&mut total.hessian, &mut total.outer] {
            for i in 0..size {
                for j in 0..i {
                    matrix[[j, i]] = matrix[[i, j]];
                }
            }
        }
        total
    }

    fn blocks<T: Send>(&self, sum: impl Fn(std::ops::Range<usize>) -> T + Sync) -> Vec<T> {
        let rows = self.weights.len();
        let starts: Vec<usize> = (0..rows).step_by(BLOCK).collect();
        starts.into_par_iter().map(|start| sum(start..(start + BLOCK).min(rows))).collect()
    }
}
