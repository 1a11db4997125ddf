//! Who the customers are: correlated traits by a Gaussian copula.

use super::draws::{Generator, choose, normal, uniform};
use super::rows::Cents;

/// Number of latent traits.
pub const COUNT: usize = 6;

/// The latent traits, each standard normal. Prudence is seen by nobody; the others show in the data.
pub const NAMES: [&str; COUNT] = ["age", "income", "tenure", "prudence", "debt", "history"];

/// Their correlations.
pub const CORRELATIONS: [[f64; COUNT]; COUNT] = [
    [1.00, 0.25, 0.50, 0.20, 0.00, 0.50],
    [0.25, 1.00, 0.30, 0.15, -0.10, 0.30],
    [0.50, 0.30, 1.00, 0.15, -0.05, 0.40],
    [0.20, 0.15, 0.15, 1.00, -0.35, 0.10],
    [0.00, -0.10, -0.05, -0.35, 1.00, 0.15],
    [0.50, 0.30, 0.40, 0.10, 0.15, 1.00],
];

/// What each says for the safety index: x = w'z / sqrt(w'Rw), standard normal without drift.
pub const WEIGHTS: [f64; COUNT] = [0.30, 0.40, 0.25, 0.40, -0.60, 0.10];

/// Shift of each at the last month under a drift of 1, in standard deviations.
pub const DRIFT: [f64; COUNT] = [-0.5, -1.0, -0.5, -0.25, 1.0, 0.0];

/// A history below this quantile of the standard normal is a thin file (a quarter of the customers).
pub const THIN_FILE: f64 = -0.6745;

/// Regions with their shares; they say nothing about risk, nor does the sex.
pub const REGIONS: [(&str, f64); 5] =
    [("north", 0.30), ("south", 0.25), ("east", 0.20), ("west", 0.15), ("capital", 0.10)];

/// The lower triangle L with L L' = R, by Cholesky.
pub fn cholesky(matrix: &[[f64; COUNT]; COUNT]) -> [[f64; COUNT]; COUNT] {
    let mut lower = [[0.0; COUNT]; COUNT];
    for row in 0..COUNT {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = matrix[row][column] - known;
            lower[row][column] = if row == column { rest.max(0.0).sqrt() } else { rest / lower[column][column] };
        }
    }
    lower
}

/// w'z / sqrt(w'Rw).
pub fn safety(latent: &[f64; COUNT]) -> f64 {
    let dot = |other: &[f64; COUNT]| -> f64 { WEIGHTS.iter().zip(other).map(|(weight, value)| weight * value).sum() };
    let variance: f64 = WEIGHTS.iter().zip(&CORRELATIONS).map(|(weight, row)| weight * dot(row)).sum();
    dot(latent) / variance.sqrt()
}

/// A customer at the time of the first application.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The id.
    pub id: i64,
    /// The latent traits, drift included.
    pub latent: [f64; COUNT],
    /// The safety index.
    pub safety: f64,
    /// What no trait and no source tells, standard normal.
    pub frailty: f64,
    /// Age in years: 38 + 12 z, between 21 and 75.
    pub age: f64,
    /// True monthly income: exp(7.3 + 0.5 z).
    pub income: Cents,
    /// Months in the job: 60 exp(0.8 z), at most 480; none for who has no job.
    pub tenure: Option<i32>,
    /// employed, self_employed, unemployed or pensioner.
    pub employment: &'static str,
    /// Whether hardly any credit history is known.
    pub thin_file: bool,
    /// female or male.
    pub sex: &'static str,
    /// One of [`REGIONS`].
    pub region: &'static str,
}

impl Customer {
    /// Draws a customer; `lower` is the Cholesky factor, `drift` the shift as a multiple of [`DRIFT`].
    pub fn draw(id: i64, lower: &[[f64; COUNT]; COUNT], drift: f64, generator: &mut Generator) -> Self {
        let independent: [f64; COUNT] = std::array::from_fn(|_| normal(generator));
        let latent: [f64; COUNT] = std::array::from_fn(|row| {
            let correlated: f64 = (0..=row).map(|column| lower[row][column] * independent[column]).sum();
            correlated + drift * DRIFT[row]
        });
        let [age, income, tenure, _, _, history] = latent;
        let age = (38.0 + 12.0 * age).clamp(21.0, 75.0);
        let self_employed = uniform(generator) < 0.18;
        let employment = match () {
            () if age >= 64.0 => "pensioner",
            () if tenure < -1.4 => "unemployed",
            () if self_employed => "self_employed",
            () => "employed",
        };
        let months = (60.0 * (0.8 * tenure).exp()).min(480.0) as i32;
        let regions: [f64; 5] = std::array::from_fn(|region| REGIONS[region].1);
        Customer {
            id,
            latent,
            safety: safety(&latent),
            frailty: normal(generator),
            age,
            income: Cents::from_units((7.3 + 0.5 * income).exp()),
            tenure: matches!(employment, "employed" | "self_employed").then_some(months),
            employment,
            thin_file: history < THIN_FILE,
            sex: if uniform(generator) < 0.5 { "female" } else { "male" },
            region: REGIONS[choose(generator, &regions)].0,
        }
    }
}
