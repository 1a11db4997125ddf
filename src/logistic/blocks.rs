//! Rows at a vector of coefficients, block by block. Chunks of blocks are visited in parallel and their results handed
//! back in the order of the rows, so that no sum depends on the number of threads.

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::rows::{OutcomePairs, Rows};

/// Rows of a block: its columns and their weighted copies fit into the nearest cache.
pub(super) const BLOCK: usize = 128;
/// Rows of a chunk.
const CHUNK: usize = 32 * BLOCK;

/// 1 / (1 + exp(-x)), without overflow.
pub(crate) fn sigmoid(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}

/// A block of rows; beyond its rows all its numbers are 0, so that sums may run over whole blocks.
pub(super) struct Block {
    /// First row.
    pub(super) from: usize,
    /// Number of rows.
    pub(super) rows: usize,
    /// A column of ones, the columns, and for an even number perhaps a column of zeros.
    pub(super) x: Vec<[f64; BLOCK]>,
    /// Log odds good:bad.
    pub(super) eta: [f64; BLOCK],
    /// Probability of good.
    pub(super) probability: [f64; BLOCK],
    /// good - (good + bad) * probability.
    pub(super) residual: [f64; BLOCK],
    /// (good + bad) * probability * (1 - probability).
    pub(super) weight: [f64; BLOCK],
    /// Sum of good * ln probability + bad * ln(1 - probability).
    pub(super) log_likelihood: f64,
}

impl Block {
    fn new(columns: usize) -> Self {
        let zeros = [0.0; BLOCK];
        Block {
            from: 0,
            rows: 0,
            x: vec![zeros; (columns + 2) & !1],
            eta: zeros,
            probability: zeros,
            residual: zeros,
            weight: zeros,
            log_likelihood: 0.0,
        }
    }

    fn read(&mut self, rows: &dyn Rows, outcomes: &OutcomePairs, beta: &[f64], from: usize) {
        let count = BLOCK.min(rows.len() - from);
        (self.from, self.rows) = (from, count);
        if count < BLOCK {
            self.x.iter_mut().for_each(|column| column.fill(0.0));
        }
        self.x[0][..count].fill(1.0);
        self.eta.fill(0.0);
        if let Some(offset) = rows.offset() {
            self.eta[..count].copy_from_slice(&offset[from..from + count]);
        }
        for (column, x) in self.x.iter_mut().enumerate().take(beta.len()) {
            if column > 0 {
                rows.read(column - 1, from, &mut x[..count]);
            }
            for (eta, x) in self.eta.iter_mut().zip(x.iter()) {
                *eta += beta[column] * x;
            }
        }
        let (goods, bads) = (&outcomes.goods[from..from + count], &outcomes.bads[from..from + count]);
        // ln p = eta - softplus(eta), ln (1 - p) = -softplus(eta); softplus(x) = max(x, 0) + ln(1 + exp(-|x|)).
        let mut sum = 0.0;
        let Block { eta, probability, residual, weight, .. } = self;
        let places = eta.iter().zip(probability).zip(residual.iter_mut().zip(weight));
        if outcomes.plain {
            // The product of up to 128 numbers between 1 and 2: one logarithm for all of them.
            let mut product = 1.0;
            for (((eta, probability), (residual, weight)), good) in places.zip(goods) {
                let e = (-eta.abs()).exp();
                *probability = if *eta >= 0.0 { 1.0 } else { e } / (1.0 + e);
                product *= 1.0 + e;
                sum += good * eta - eta.max(0.0);
                *residual = good - *probability;
                *weight = *probability * (1.0 - *probability);
            }
            sum -= product.ln();
        } else {
            for (((eta, probability), (residual, weight)), (good, bad)) in places.zip(goods.iter().zip(bads)) {
                let (total, e) = (good + bad, (-eta.abs()).exp());
                *probability = if *eta >= 0.0 { 1.0 } else { e } / (1.0 + e);
                sum += good * eta - total * (eta.max(0.0) + e.ln_1p());
                *residual = good - total * *probability;
                *weight = total * *probability * (1.0 - *probability);
            }
        }
        self.probability[count..].fill(0.0);
        self.residual[count..].fill(0.0);
        self.weight[count..].fill(0.0);
        self.log_likelihood = sum;
    }
}

/// Visits all rows, or those of every `every`-th chunk; one result a chunk, in the order of the rows.
pub(super) fn walk<T: Send>(
    rows: &dyn Rows,
    outcomes: &OutcomePairs,
    beta: &[f64],
    every: usize,
    make: impl Fn() -> T + Sync,
    visit: impl Fn(&mut T, &Block) + Sync,
) -> Vec<T> {
    let chunks: Vec<usize> = (0..rows.len().div_ceil(CHUNK)).step_by(every).collect();
    chunks
        .into_par_iter()
        .map_init(
            || Block::new(beta.len() - 1),
            |block, chunk| {
                let mut result = make();
                let end = rows.len().min((chunk + 1) * CHUNK);
                for from in (chunk * CHUNK..end).step_by(BLOCK) {
                    block.read(rows, outcomes, beta, from);
                    visit(&mut result, block);
                }
                result
            },
        )
        .collect()
}

/// Sum of products, in eight running sums that processors add up side by side, always in one order.
pub(super) fn dot(a: &[f64; BLOCK], b: &[f64; BLOCK]) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}

/// Adds the products of columns to the lower triangle of `into`, which has a row and a column for each: X' W X, with
/// `weighted` = W X. Two columns by two: each number read is used twice.
pub(super) fn add_products(x: &[[f64; BLOCK]], weighted: &[[f64; BLOCK]], into: &mut [f64]) {
    let size = x.len();
    for i in (0..size).step_by(2) {
        for j in (0..=i).step_by(2) {
            let sums = tile([&weighted[i], &weighted[i + 1]], [&x[j], &x[j + 1]]);
            for (row, sums) in sums.iter().enumerate() {
                for (column, sum) in sums.iter().enumerate() {
                    into[(i + row) * size + j + column] += sum;
                }
            }
        }
    }
}

pub(super) fn tile(a: [&[f64; BLOCK]; 2], b: [&[f64; BLOCK]; 2]) -> [[f64; 2]; 2] {
    const LANES: usize = 4;
    let mut sums = [[[0.0; LANES]; 2]; 2];
    let [a0, a1] = a.map(|column| column.as_chunks::<LANES>().0);
    let [b0, b1] = b.map(|column| column.as_chunks::<LANES>().0);
    for ((a0, a1), (b0, b1)) in a0.iter().zip(a1).zip(b0.iter().zip(b1)) {
        for lane in 0..LANES {
            sums[0][0][lane] += a0[lane] * b0[lane];
            sums[0][1][lane] += a0[lane] * b1[lane];
            sums[1][0][lane] += a1[lane] * b0[lane];
            sums[1][1][lane] += a1[lane] * b1[lane];
        }
    }
    sums.map(|row| row.map(|lanes| lanes.iter().sum()))
}

/// W X of a block.
pub(super) fn weighted(x: &[[f64; BLOCK]], weight: &[f64; BLOCK], into: &mut Vec<[f64; BLOCK]>) {
    into.clear();
    into.extend(x.iter().map(|column| {
        let mut product = *column;
        product.iter_mut().zip(weight).for_each(|(x, weight)| *x *= weight);
        product
    }));
}

/// Log likelihood, gradient and negative Hessian at a point, all without any penalty; intercept first.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) log_likelihood: f64,
    pub(super) gradient: Array1<f64>,
    pub(super) information: Array2<f64>,
}

/// The likelihood of ln(odds good:bad) = beta[0] + sum beta[j] x_j (+ offset) and its derivatives at `beta`.
pub(super) fn evaluate(rows: &dyn Rows, outcomes: &OutcomePairs, beta: &[f64], every: usize) -> Point {
    struct Part {
        log_likelihood: f64,
        gradient: Vec<f64>,
        information: Vec<f64>,
        weighted: Vec<[f64; BLOCK]>,
    }
    let size = beta.len();
    let padded = (size + 1) & !1;
    let make = || Part {
        log_likelihood: 0.0,
        gradient: vec![0.0; size],
        information: vec![0.0; padded * padded],
        weighted: Vec::with_capacity(padded),
    };
    let parts = walk(rows, outcomes, beta, every, make, |part, block| {
        part.log_likelihood += block.log_likelihood;
        for (sum, column) in part.gradient.iter_mut().zip(&block.x) {
            *sum += dot(column, &block.residual);
        }
        weighted(&block.x, &block.weight, &mut part.weighted);
        add_products(&block.x, &part.weighted, &mut part.information);
    });
    let mut point =
        Point { log_likelihood: 0.0, gradient: Array1::zeros(size), information: Array2::zeros((size, size)) };
    for part in parts {
        point.log_likelihood += part.log_likelihood;
        point.gradient += &Array1::from(part.gradient);
        add_triangle(&mut point.information, &part.information, padded);
    }
    mirror(&mut point.information);
    point
}

/// Adds the lower triangle of a padded square.
pub(super) fn add_triangle(matrix: &mut Array2<f64>, triangle: &[f64], padded: usize) {
    for i in 0..matrix.nrows() {
        for j in 0..=i {
            matrix[[i, j]] += triangle[i * padded + j];
        }
    }
}

/// Copies the lower triangle to the upper one.
pub(super) fn mirror(matrix: &mut Array2<f64>) {
    for i in 0..matrix.nrows() {
        for j in 0..i {
            matrix[[j, i]] = matrix[[i, j]];
        }
    }
}
