//! Which scores a card can give, and the PD of each.

use scorewright_runtime::artifact::{Rounding, Scaling};
use scorewright_runtime::{Points, Scorecard};

use super::PointsTable;

/// Scores in the table at most.
const MOST_SCORES: f64 = 2000.0;

/// A score with its odds good:bad and its probability of default.
pub(super) struct Step {
    pub score: f64,
    pub odds: f64,
    pub pd: f64,
}

/// The lowest and the highest score that the card can give; `None` where they are no finite numbers.
pub(super) fn range(card: &Scorecard, table: &PointsTable) -> Option<(f64, f64)> {
    let points = |range: &std::ops::Range<usize>| {
        let lines = table.lines.get(range.clone()).unwrap_or_default();
        let values = lines.iter().filter_map(|line| line.points);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let ends = |base: f64, segment: Option<usize>| {
        let own = table.features.iter().enumerate().filter(|(position, _)| card.feature_segment(*position) == segment);
        own.fold((base, base), |(low, high), (_, range)| {
            let (worst, best) = points(range);
            (low + worst, high + best)
        })
    };
    let document = card.document();
    let ends: Vec<(f64, f64)> = match &document.segments {
        None => vec![ends(document.base_points, None)],
        Some(segments) => {
            segments.segments.iter().enumerate().map(|(place, one)| ends(one.base_points, Some(place))).collect()
        }
    };
    let low = ends.iter().map(|(low, _)| *low).fold(f64::INFINITY, f64::min);
    let high = ends.iter().map(|(_, high)| *high).fold(f64::NEG_INFINITY, f64::max);
    (low.is_finite() && high.is_finite() && (high - low).is_finite()).then_some((low, high))
}

/// Scores from the lowest to the highest, the highest first: every whole number, or of a longer range every second, fifth,
/// tenth, ... one, and the two ends.
pub(super) fn steps(scaling: &Scaling, (low, high): (f64, f64)) -> Vec<Step> {
    let mut step = 1.0;
    let mut factors = [2.0, 2.5, 2.0].into_iter().cycle();
    while (high - low) / step > MOST_SCORES {
        step *= factors.next().unwrap_or(10.0);
    }
    let first = (low / step).ceil();
    let between = (0..=MOST_SCORES as usize + 1).map(|place| (first + place as f64) * step);
    let mut scores: Vec<f64> =
        std::iter::once(low).chain(between.filter(|score| *score < high)).chain([high]).collect();
    scores.dedup();
    scores.reverse();
    let of = |score: f64| {
        let log_odds = Points(score).log_odds(scaling);
        Step { score, odds: log_odds.odds().0, pd: log_odds.probability_of_default().0 }
    };
    scores.into_iter().map(of).collect()
}

/// What the table shows.
pub(super) fn caption(scaling: &Scaling, (low, high): (f64, f64), is_every_score: bool) -> String {
    let ends = format!("from {low}, the lowest that the card can give, to {high}, the highest");
    match (scaling.rounding, is_every_score) {
        (Rounding::Integer, true) => format!("Every score {ends}."),
        _ => format!("Scores {ends}; those between two lines have a PD between theirs."),
    }
}
