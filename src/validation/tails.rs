//! Tails of distributions to about 12 digits, however small: each tail is computed itself and not as 1 less the other.
//!
//! Normal: Cody's erfc. Beta: I_x(a, b) by the continued fraction (Abramowitz and Stegun 1964, 26.5.8) in the tail where
//! it converges, times x^a (1 - x)^b / B(a, b) from the deviance and the error of Stirling's formula (Loader 2000, Fast and
//! accurate computation of binomial probabilities), which keeps its digits at counts in the millions, where differences
//! of log gamma functions lose them. Student's t: a beta tail. Chi-square: the incomplete gamma function of statrs.

use std::f64::consts::{PI, SQRT_2};

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::{gamma_ur, ln_gamma};

use crate::rejects::erfc::erfc;

/// P(Z > x) of the standard normal distribution.
pub fn normal_sf(x: f64) -> f64 {
    // The rational approximation is for numbers.
    if x.is_infinite() { f64::from(u8::from(x < 0.0)) } else { 0.5 * erfc(x / SQRT_2) }
}

/// P(Z <= x) of the standard normal distribution.
pub fn normal_cdf(x: f64) -> f64 {
    normal_sf(-x)
}

/// The x with P(Z <= x) = p; infinite at 0 and 1.
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    // statrs' inverse, with one of Halley's steps for the last digits.
    let x = Normal::standard().inverse_cdf(p);
    let step = (normal_cdf(x) - p) * (2.0 * PI).sqrt() * (0.5 * x * x).exp();
    x - step / (1.0 + 0.5 * x * step)
}

/// P(T > t) of Student's t distribution with `freedom` degrees of freedom, which are above 0.
pub fn student_t_sf(t: f64, freedom: f64) -> f64 {
    let square = t * t;
    let both = match square < freedom {
        true => beta_tails(0.5, 0.5 * freedom, square / (freedom + square)).1,
        false => beta_tails(0.5 * freedom, 0.5, freedom / (freedom + square)).0,
    };
    if t > 0.0 { 0.5 * both } else { 1.0 - 0.5 * both }
}

/// P(X > x) of the chi-square distribution with `freedom` degrees of freedom; 1 without any.
pub fn chi_squared_sf(x: f64, freedom: usize) -> f64 {
    if freedom == 0 || x <= 0.0 { 1.0 } else { gamma_ur(0.5 * freedom as f64, 0.5 * x) }
}

/// P(X <= x) and P(X > x) of the beta distribution, a and b above 0.
pub fn beta_tails(a: f64, b: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        (0.0, 1.0)
    } else if x >= 1.0 {
        (1.0, 0.0)
    } else if x < (a + 1.0) / (a + b + 2.0) {
        let lower = power(a, b, x) * continued_fraction(a, b, x) / a;
        (lower, 1.0 - lower)
    } else {
        let upper = power(a, b, x) * continued_fraction(b, a, 1.0 - x) / b;
        (1.0 - upper, upper)
    }
}

/// The x with P(X <= x) = p of the beta distribution: Newton's steps, kept between bounds.
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 { 0.0 } else { 1.0 };
    }
    let (mut low, mut high) = (0.0, 1.0);
    let mut x = a / (a + b);
    // Halving alone takes fewer steps to any number that is not 0.
    for _ in 0..1100 {
        let (lower, upper) = beta_tails(a, b, x);
        let excess = if p <= 0.5 { lower - p } else { (1.0 - p) - upper };
        if excess > 0.0 {
            high = x
        } else {
            low = x
        }
        let newton = x - excess * x * (1.0 - x) / power(a, b, x);
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - x).abs() <= 2.0 * f64::EPSILON * x {
            return next;
        }
        x = next;
    }
    x
}

/// x^a (1 - x)^b / B(a, b), x between 0 and 1.
fn power(a: f64, b: f64, x: f64) -> f64 {
    let n = a + b;
    let log =
        stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * (1.0 - x));
    log.exp() * (a / n * b / (2.0 * PI)).sqrt()
}

/// ln gamma(n + 1) less Stirling's (n + 1/2) ln n - n + ln(2 pi) / 2.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / n
}

/// x ln(x / mean) + mean - x, without cancellation where both are near.
fn deviance(x: f64, mean: f64) -> f64 {
    if (x - mean).abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() + mean - x;
    }
    let share = (x - mean) / (x + mean);
    let mut sum = (x - mean) * share;
    let mut term = 2.0 * x * share;
    for odd in (3..200).step_by(2) {
        term *= share * share;
        let next = sum + term / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The continued fraction of I_x(a, b) by Lentz' method; its terms fall quickly for x < (a + 1) / (a + b + 2), after about
/// as many as the root of the larger count.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..1_000_000 {
        let m = f64::from(m);
        let mut factor = 1.0;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for term in [even, odd] {
            d = 1.0 / guard(1.0 + term * d);
            c = guard(1.0 + term / c);
            factor = d * c;
            fraction *= factor;
        }
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}
