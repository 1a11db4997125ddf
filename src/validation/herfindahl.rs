//! Concentration over grades: Herfindahl index (ECB, Instructions for reporting the validation results of internal models,
//! February 2019, 2.5.5.3).
//!
//! R_i the share of grade i of K, grades without cases included. Coefficient of variation CV = sqrt(K sum (R_i - 1/K)^2);
//! HI = 1 + ln((CV^2 + 1) / K) / ln K, in [0, 1]: 0 where all grades hold the same share, 1 where one grade holds all; lower
//! is less concentrated. Test against the initial concentration, H0: the current CV is not above the initial one:
//! p = 1 - Phi(sqrt(K - 1) (CV_current - CV_initial) / sqrt(CV_current^2 (0.5 + CV_current^2))); a small p says that
//! concentration has grown. Shares are by weight of cases, or by exposure.

use super::tails::normal_sf;

/// Concentration over grades.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Herfindahl {
    /// The Herfindahl index HI.
    pub value: f64,
    /// CV.
    pub coefficient_of_variation: f64,
    /// K.
    pub grades: usize,
}

/// Current against initial concentration.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct HerfindahlTest {
    /// HI of the initial distribution.
    pub initial_value: f64,
    /// CV of the initial distribution.
    pub initial_coefficient_of_variation: f64,
    /// The normal deviate.
    pub statistic: f64,
    /// One-sided; small: concentration has grown.
    pub p_value: f64,
}

/// The index over weights by grade; `None` with fewer than two grades, or without weight.
pub fn herfindahl(weights: &[f64]) -> Option<Herfindahl> {
    let grades = weights.len();
    let total: f64 = weights.iter().sum();
    if grades < 2 || total <= 0.0 {
        return None;
    }
    let count = grades as f64;
    let squares: f64 = weights.iter().map(|weight| (weight / total - 1.0 / count).powi(2)).sum();
    let variation = count * squares;
    Some(Herfindahl {
        value: 1.0 + ((variation + 1.0) / count).ln() / count.ln(),
        coefficient_of_variation: variation.sqrt(),
        grades,
    })
}

/// Tests whether concentration has grown; `None` where every grade holds the same share now, or the scales differ.
pub fn herfindahl_test(current: Herfindahl, initial: Herfindahl) -> Option<HerfindahlTest> {
    let (now, then) = (current.coefficient_of_variation, initial.coefficient_of_variation);
    if current.grades != initial.grades || now <= 0.0 {
        return None;
    }
    let statistic = (current.grades as f64 - 1.0).sqrt() * (now - then) / (now * now * (0.5 + now * now)).sqrt();
    Some(HerfindahlTest {
        initial_value: initial.value,
        initial_coefficient_of_variation: then,
        statistic,
        p_value: normal_sf(statistic),
    })
}
