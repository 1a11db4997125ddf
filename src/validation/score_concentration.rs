//! Whether scores pile up: the share of the most frequent score, and how many scores there are.
//!
//! value = weight of the most frequent score / weight of all cases, in (0, 1]; of equally frequent scores the lowest counts.
//! Lower is finer: a score that many cases share cannot be split by a cut-off. All cases count, indeterminate ones included.

use super::scored::Distribution;

/// How scores pile up.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ScoreConcentration {
    /// Share of the cases that have the most frequent score.
    pub value: f64,
    /// That score.
    pub most_frequent_score: f64,
    /// Number of scores that differ.
    pub distinct_scores: usize,
}

/// Measures scores that lie as `distribution` says; `weights` have one entry a case. `None` without weight.
pub fn score_concentration(distribution: &Distribution, weights: &[f64]) -> Option<ScoreConcentration> {
    let mut by_score = vec![0.0; distribution.score.len()];
    for (position, weight) in distribution.position.iter().zip(weights) {
        by_score[*position as usize] += weight;
    }
    let total: f64 = by_score.iter().sum();
    let (mut most, mut place) = (0.0, None);
    for (position, weight) in by_score.iter().enumerate() {
        if *weight > most {
            (most, place) = (*weight, Some(position));
        }
    }
    let place = place?;
    Some(ScoreConcentration {
        value: most / total,
        most_frequent_score: distribution.score[place],
        distinct_scores: by_score.iter().filter(|weight| **weight > 0.0).count(),
    })
}
