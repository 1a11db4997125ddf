//! Migration of cases between two scores: how the deciles of one spread over the deciles of the other.
//!
//! A case stands in the decile of its score's mid-rank by weight: floor(10 (weight below + half the weight at its score) /
//! weight of all), 0 the riskiest tenth. Ties share a decile, so a score with few values leaves deciles empty and both
//! scores have the same scale of ten.

use super::scored::Distribution;

/// Number of parts.
pub const DECILES: usize = 10;

/// Migration between two scores.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ScoreMigration {
    /// Weight of cases by decile of the first score (rows) and of the second (columns), riskiest first.
    pub cases: Vec<Vec<f64>>,
    /// Bad rate of the cells; null without cases of a known outcome.
    pub bad_rate: Vec<Vec<Option<f64>>>,
    /// Share of cases in the same decile.
    pub same_decile: f64,
    /// Share of cases that move by two deciles or more.
    pub moved_two_deciles: f64,
    /// Share of cases that the second score puts two deciles or more higher (safer).
    pub moved_up: f64,
    /// Share of cases that the second score puts two deciles or more lower.
    pub moved_down: f64,
}

/// The decile of every case, 0 the riskiest.
pub fn deciles(distribution: &Distribution, weights: &[f64]) -> Vec<u8> {
    let mut by_score = vec![0.0; distribution.score.len()];
    for (position, weight) in distribution.position.iter().zip(weights) {
        by_score[*position as usize] += weight;
    }
    let total: f64 = by_score.iter().sum();
    let mut below = 0.0;
    let places: Vec<u8> = by_score
        .iter()
        .map(|weight| {
            let place = DECILES as f64 * (below + weight / 2.0) / total;
            below += weight;
            (place as usize).min(DECILES - 1) as u8
        })
        .collect();
    distribution.position.iter().map(|position| places[*position as usize]).collect()
}

/// Counts cases by the deciles of two scores; `None` without weight.
pub fn score_migration(
    first: &[u8],
    second: &[u8],
    goods: &[f64],
    bads: &[f64],
    weights: &[f64],
) -> Option<ScoreMigration> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mut sums = vec![[(0.0, 0.0, 0.0); DECILES]; DECILES];
    for case in 0..first.len() {
        let sum = &mut sums[usize::from(first[case])][usize::from(second[case])];
        *sum = (sum.0 + weights[case], sum.1 + goods[case], sum.2 + bads[case]);
    }
    let share = |belongs: fn(i32) -> bool| {
        let cells = (0..DECILES).flat_map(|row| (0..DECILES).map(move |column| (row, column)));
        cells
            .filter(|(row, column)| belongs(*column as i32 - *row as i32))
            .map(|(row, column)| sums[row][column].0)
            .sum::<f64>()
            / total
    };
    Some(ScoreMigration {
        cases: sums.iter().map(|row| row.iter().map(|sum| sum.0).collect()).collect(),
        bad_rate: sums
            .iter()
            .map(|row| row.iter().map(|(_, goods, bads)| (goods + bads > 0.0).then(|| bads / (goods + bads))).collect())
            .collect(),
        same_decile: share(|moved| moved == 0),
        moved_two_deciles: share(|moved| moved.abs() >= 2),
        moved_up: share(|moved| moved >= 2),
        moved_down: share(|moved| moved <= -2),
    })
}
