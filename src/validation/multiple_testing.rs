//! p values of several tests, adjusted so that each may be held against the level of the whole family.
//!
//! Holm (1979), Scandinavian Journal of Statistics 6:65-70: with p values rising, p~_(i) = max over j <= i of
//! min(1, (m - j + 1) p_(j)); keeps the chance of any false alarm among the m tests below the level, however the tests
//! depend on each other. Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300:
//! p~_(i) = min over j >= i of min(1, m p_(j) / j); keeps the expected share of false alarms among the alarms below the
//! level, for independent or positively dependent tests. Equal p values stay equal; the order of the tests does not count.

/// Holm's adjusted p values, in the order of `p_values`.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len();
    let mut adjusted = vec![0.0; count];
    let mut highest: f64 = 0.0;
    for (rank, place) in rising(p_values).into_iter().enumerate() {
        highest = highest.max((count - rank) as f64 * p_values[place]).min(1.0);
        adjusted[place] = highest;
    }
    adjusted
}

/// Benjamini and Hochberg's adjusted p values, in the order of `p_values`.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len();
    let mut adjusted = vec![0.0; count];
    let mut lowest: f64 = 1.0;
    for (rank, place) in rising(p_values).into_iter().enumerate().rev() {
        lowest = lowest.min(count as f64 / (rank + 1) as f64 * p_values[place]);
        adjusted[place] = lowest;
    }
    adjusted
}

/// The places of the p values from the lowest to the highest.
fn rising(p_values: &[f64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..p_values.len()).collect();
    places.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    places
}
