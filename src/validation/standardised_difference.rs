//! Standardised mean difference of the score between two groups.
//!
//! d = (mean of the group - mean of the reference group) / s; any sign, below 0 the group scores lower. Three s are in use,
//! so all three are given: pooled, s^2 = ((n1 - 1) s1^2 + (n2 - 1) s2^2) / (n1 + n2 - 2) with variances of ddof 1 (Cohen
//! 1988); that of the reference group, ddof 1 (Glass 1976); that of both groups as one population, ddof 1. Case weights
//! count as frequencies. Not defined where s is 0 or a group has fewer than two cases. No interval.

use serde::Serialize;

use super::Measured;

/// The difference of two means in standard deviations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StandardisedDifference {
    /// Mean of the group less mean of the reference group, in standard deviations.
    pub value: f64,
    /// The standard deviation.
    pub standard_deviation: f64,
}

/// Weight, mean, and sum of squared distances from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Sum of weights.
    pub weight: f64,
    /// Mean.
    pub mean: f64,
    squares: f64,
}

impl Moments {
    /// Of scores with their weights; all 0 without weight.
    pub fn of(scores: &[f64], weights: &[f64]) -> Self {
        let weight: f64 = weights.iter().sum();
        if weight <= 0.0 {
            return Moments { weight: 0.0, mean: 0.0, squares: 0.0 };
        }
        let mean = scores.iter().zip(weights).map(|(score, weight)| score * weight).sum::<f64>() / weight;
        let squares = scores.iter().zip(weights).map(|(score, weight)| weight * (score - mean).powi(2)).sum();
        Moments { weight, mean, squares }
    }

    /// Standard deviation with ddof 1.
    pub fn standard_deviation(self) -> Option<f64> {
        (self.weight > 1.0).then(|| (self.squares / (self.weight - 1.0)).sqrt())
    }
}

/// The difference by the pooled standard deviation, by the reference group's, and by that of both as one population.
pub fn standardised_differences(group: Moments, reference: Moments) -> [Measured<StandardisedDifference>; 3] {
    let difference = group.mean - reference.mean;
    let freedom = group.weight + reference.weight - 2.0;
    let pooled = (freedom > 0.0).then(|| ((group.squares + reference.squares) / freedom).sqrt());
    let weight = group.weight + reference.weight;
    let between = group.weight * reference.weight / weight * difference * difference;
    let population = (weight > 1.0).then(|| ((group.squares + reference.squares + between) / (weight - 1.0)).sqrt());
    [pooled, reference.standard_deviation(), population].map(|deviation| match deviation {
        _ if group.weight <= 1.0 || reference.weight <= 1.0 => Measured::none("a group has fewer than two cases"),
        Some(deviation) if deviation > 0.0 => {
            Measured::Value(StandardisedDifference { value: difference / deviation, standard_deviation: deviation })
        }
        _ => Measured::none("all scores are equal: the standard deviation is 0"),
    })
}
