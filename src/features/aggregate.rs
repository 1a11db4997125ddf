//! How the rows of an observation become one value: pure functions on numbers in the order in which they happened.

use crate::config::{Across, Aggregate};

/// One value of values without missing ones; the aggregates that need no dates. Missing is NaN.
pub(super) fn of_values(aggregate: Aggregate, quantile: f64, values: &mut [f64]) -> f64 {
    let count = values.len() as f64;
    match aggregate {
        Aggregate::Count => return count,
        Aggregate::Distinct => return distinct(values),
        _ => {}
    }
    if values.is_empty() {
        return f64::NAN;
    }
    match aggregate {
        Aggregate::Sum => values.iter().sum(),
        Aggregate::Mean => values.iter().sum::<f64>() / count,
        Aggregate::Minimum => values.iter().copied().fold(f64::INFINITY, f64::min),
        Aggregate::Maximum => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Aggregate::StandardDeviation => standard_deviation(values),
        Aggregate::Quantile => at_quantile(values, quantile),
        Aggregate::Transitions => values.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64,
        Aggregate::Volatility => {
            let changes: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
            standard_deviation(&changes)
        }
        _ => f64::NAN,
    }
}

/// sqrt(sum (x - mean)^2 / (n - 1)); NaN for fewer than two values.
fn standard_deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::NAN;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
}

/// Number of different values; 0.0 and -0.0 are one. Sorts the values.
fn distinct(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let steps = values.windows(2).filter(|pair| pair[0] != pair[1]).count();
    if values.is_empty() { 0.0 } else { steps as f64 + 1.0 }
}

/// Linear interpolation at rank (n - 1) q. Sorts the values.
fn at_quantile(values: &mut [f64], quantile: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let rank = (values.len() - 1) as f64 * quantile;
    let below = rank.floor() as usize;
    let (low, high) = (values[below], values[(below + 1).min(values.len() - 1)]);
    if low == high { low } else { low + (high - low) * (rank - below as f64) }
}

/// Slope of the least-squares line of values over month numbers; NaN for fewer than two different months.
pub(super) fn trend(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |get: fn(&(f64, f64)) -> f64| points.iter().map(get).sum::<f64>() / count;
    let (mean_month, mean_value) = (mean(|point| point.0), mean(|point| point.1));
    let products = points.iter().map(|(month, value)| (month - mean_month) * (value - mean_value)).sum::<f64>();
    let squares = points.iter().map(|(month, _)| (month - mean_month).powi(2)).sum::<f64>();
    if squares > 0.0 { products / squares } else { f64::NAN }
}

/// The longest run of rows that meet a condition.
pub(super) fn longest_run(meets: impl Iterator<Item = bool>) -> f64 {
    let (mut longest, mut current) = (0_u32, 0_u32);
    for meets in meets {
        current = if meets { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    f64::from(longest)
}

/// One value of the values of groups or of linked units; missing ones do not count.
pub(super) fn across(across: Across, values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    let aggregate = match across {
        Across::Maximum => Aggregate::Maximum,
        Across::Minimum => Aggregate::Minimum,
        Across::Sum => Aggregate::Sum,
        Across::Mean => Aggregate::Mean,
        Across::StandardDeviation => Aggregate::StandardDeviation,
        Across::Count => Aggregate::Count,
        Across::LargestShare => {
            let (sum, largest) = values.iter().fold((0.0, f64::NEG_INFINITY), |(s, l), x| (s + x, l.max(*x)));
            return if sum > 0.0 { largest / sum } else { f64::NAN };
        }
    };
    of_values(aggregate, f64::NAN, &mut values)
}
