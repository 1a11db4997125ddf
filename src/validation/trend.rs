//! Trend of bad rates over grades, and their differences.
//!
//! Cochran-Armitage (Armitage 1955, Biometrics 11:375-386), scores s = 1, 2, ... of the grades in order:
//! z = sum s_i (d_i - n_i r) / sqrt(r (1 - r) (sum n_i s_i^2 - (sum n_i s_i)^2 / N)), r the bad rate of all. Any sign; above
//! 0 bad rates rise from the first grade to the last. One-sided p: chance of a z as high without any trend.
//!
//! Heterogeneity: Pearson's chi-square that all grades have one bad rate, sum (d_i - n_i r)^2 / (n_i r (1 - r)), one degree
//! of freedom less than grades with cases. Grades without good or bad cases count in neither. Weights count as cases; cases
//! are taken as independent. Neither is defined where the bad rate of all is 0 or 1, or fewer than two grades have cases.

use super::tails::{chi_squared_sf, normal_sf};

/// A trend test.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Trend {
    /// The statistic; above 0: bad rates rise.
    pub z: f64,
    /// One-sided, against rising bad rates.
    pub p_value: f64,
    /// Two-sided.
    pub p_value_two_sided: f64,
}

/// A chi-square test of equal bad rates.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Heterogeneity {
    /// Pearson's chi-square.
    pub statistic: f64,
    /// Grades with cases, less one.
    pub degrees_of_freedom: usize,
    /// Chance of differences as wide among equally risky grades.
    pub p_value: f64,
}

/// The bad rate of all where it lies between 0 and 1.
fn pooled(counts: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (goods, bads) = counts.iter().fold((0.0, 0.0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    (goods > 0.0 && bads > 0.0).then(|| (goods + bads, bads / (goods + bads)))
}

/// The trend over (good, bad) weights in the order of the grades.
pub fn trend(counts: &[(f64, f64)]) -> Option<Trend> {
    let (total, rate) = pooled(counts)?;
    let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
    for (place, (goods, bads)) in counts.iter().enumerate() {
        let (score, cases) = (place as f64 + 1.0, goods + bads);
        sum += score * (bads - cases * rate);
        first += cases * score;
        second += cases * score * score;
    }
    let variance = rate * (1.0 - rate) * (second - first * first / total);
    if variance <= 0.0 {
        return None;
    }
    let z = sum / variance.sqrt();
    Some(Trend { z, p_value: normal_sf(z), p_value_two_sided: 2.0 * normal_sf(z.abs()) })
}

/// Whether (good, bad) weights by grade have one bad rate.
pub fn heterogeneity(counts: &[(f64, f64)]) -> Option<Heterogeneity> {
    let (_, rate) = pooled(counts)?;
    let with_cases = counts.iter().map(|(goods, bads)| (goods + bads, *bads)).filter(|(cases, _)| *cases > 0.0);
    let (mut grades, mut statistic) = (0_usize, 0.0);
    for (cases, bads) in with_cases {
        grades += 1;
        statistic += (bads - cases * rate).powi(2) / (cases * rate * (1.0 - rate));
    }
    let degrees_of_freedom = grades.checked_sub(1).filter(|freedom| *freedom > 0)?;
    let p_value = chi_squared_sf(statistic, degrees_of_freedom);
    Some(Heterogeneity { statistic, degrees_of_freedom, p_value })
}
