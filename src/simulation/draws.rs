//! Random quantities from uniform ones.

use rand::RngExt;
use rand::rngs::ChaCha12Rng;

/// The generator of one customer and use.
pub type Generator = ChaCha12Rng;

/// Uniform on [0, 1).
pub fn uniform(generator: &mut Generator) -> f64 {
    generator.random::<f64>()
}

/// Whether an event of this probability happens.
pub fn happens(generator: &mut Generator, probability: f64) -> bool {
    uniform(generator) < probability
}

/// A whole number between `low` and `high`, both included.
pub fn between(generator: &mut Generator, low: i32, high: i32) -> i32 {
    generator.random_range(low..=high)
}

/// Standard normal, by Box and Muller (1958).
pub fn normal(generator: &mut Generator) -> f64 {
    let radius = (-2.0 * (1.0 - uniform(generator)).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(generator)).cos()
}

/// Poisson, by Knuth's product of uniforms; the mean is cut at 30.
pub fn poisson(generator: &mut Generator, mean: f64) -> i32 {
    let end = (-mean.clamp(0.0, 30.0)).exp();
    let mut count = 0;
    let mut product = uniform(generator);
    while product > end {
        count += 1;
        product *= uniform(generator);
    }
    count
}

/// A position, with these probabilities; what is left of 1 goes to the last.
pub fn choose(generator: &mut Generator, probabilities: &[f64]) -> usize {
    let mut rest = uniform(generator);
    for (position, probability) in probabilities.iter().enumerate() {
        rest -= probability;
        if rest < 0.0 {
            return position;
        }
    }
    probabilities.len().saturating_sub(1)
}

/// A standard normal whose correlation with the standard normal `other` is `correlation`.
pub fn correlated(generator: &mut Generator, other: f64, correlation: f64) -> f64 {
    correlation * other + (1.0 - correlation * correlation).max(0.0).sqrt() * normal(generator)
}

/// 1 / (1 + exp(-x)).
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Distribution function of the standard normal.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * statrs::function::erf::erfc(-x / std::f64::consts::SQRT_2)
}
