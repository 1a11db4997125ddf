//! Columns as at most 64 codes, made on the development cases without a look at their outcomes.

use std::cmp::Reverse;

use crate::cases::{FeatureColumn, FeatureValues};
use crate::table::MISSING;

/// Number of codes: a set of them fits into a `u64`.
pub const CODES: usize = 64;
/// The code of missing values.
pub const MISSING_CODE: u8 = 63;
/// Of a categorical column, the code of rare categories and of those that development never saw.
const RARE: u8 = 62;
/// Special values that get a code of their own.
const MOST_SPECIAL: usize = 20;

/// A column in codes.
#[derive(Debug, Clone)]
pub struct CodedFeature {
    /// The column.
    pub name: String,
    /// One a case.
    pub codes: Vec<u8>,
    /// Whether the codes below that of missing values stand in the order of the values.
    pub is_ordered: bool,
}

impl CodedFeature {
    /// Codes a column: numbers by distinct values of the development cases where there are at most 63, else by their
    /// quantiles, `special` values apart; categories by the 62 most frequent.
    pub fn new(column: &FeatureColumn, development: &[u32], special: &[f64]) -> Self {
        let (codes, is_ordered) = match &column.values {
            FeatureValues::Numeric(values) => {
                let thresholds = thresholds(values, development, special);
                let code = |value: &f64| match value.is_nan() {
                    true => MISSING_CODE,
                    false => thresholds.partition_point(|threshold| threshold <= value) as u8,
                };
                (values.iter().map(code).collect(), true)
            }
            FeatureValues::Categorical(values) => {
                let mut counts = vec![0_u32; values.levels.len()];
                for row in development {
                    let level = values.codes[*row as usize];
                    if level != MISSING {
                        counts[level as usize] += 1;
                    }
                }
                let mut levels: Vec<usize> = (0..counts.len()).filter(|level| counts[*level] > 0).collect();
                levels.sort_by_key(|level| (Reverse(counts[*level]), *level));
                let mut code_of = vec![RARE; counts.len()];
                for (code, level) in levels.into_iter().take(usize::from(RARE)).enumerate() {
                    code_of[level] = code as u8;
                }
                let code = |level: &u32| code_of.get(*level as usize).copied().unwrap_or(MISSING_CODE);
                (values.codes.iter().map(code).collect(), false)
            }
        };
        CodedFeature { name: column.name.clone(), codes, is_ordered }
    }
}

/// Rising thresholds: code i holds the values from threshold i - 1 on and below threshold i.
fn thresholds(values: &[f64], development: &[u32], special: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> =
        development.iter().map(|row| values[*row as usize]).filter(|value| !value.is_nan()).map(|x| x + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let bins = usize::from(MISSING_CODE);
    let starts: Vec<f64> = if distinct.len() <= bins {
        distinct.iter().skip(1).copied().collect()
    } else {
        let apart = special
            .iter()
            .take(MOST_SPECIAL)
            .filter_map(|value| distinct.binary_search_by(|x| x.total_cmp(value)).ok());
        // A special value begins a code, and the value after it the next.
        let mut starts: Vec<f64> = apart.flat_map(|at| distinct.iter().skip(at).take(2)).copied().collect();
        let quantiles = bins - starts.len();
        starts.extend((1..quantiles).map(|part| sorted[part * sorted.len() / quantiles]));
        starts.sort_unstable_by(f64::total_cmp);
        starts.dedup();
        starts.into_iter().filter(|start| *start > distinct[0]).collect()
    };
    // Half way to the value before, so that new values go to the nearer side.
    let middle = |start: &f64| {
        let at = distinct.partition_point(|value| value < start);
        let before = distinct[at - 1];
        let middle = before + 0.5 * (start - before);
        if middle > before && middle.is_finite() { middle } else { *start }
    };
    starts.iter().map(middle).collect()
}
