//! Reasons for a low score.

use crate::score::Scorecard;

/// At most this many reasons are given.
pub const MOST_REASONS: usize = 4;

/// The features that cost a case most, in order: positions in the card, `None` where there are no
/// more. A feature costs baseline points (its best, or its development average, as the document
/// says) minus the points it got; ties stand in the order of the card; a feature that cost nothing
/// is never a reason, and neither is a feature of another segment than the case's.
pub fn reasons(card: &Scorecard, codes: &[u16]) -> [Option<usize>; MOST_REASONS] {
    let mut ranked: [Option<(usize, f64)>; MOST_REASONS] = [None; MOST_REASONS];
    for (position, code) in codes.iter().enumerate() {
        let (Some(baseline), Some(points)) = (card.reason_baseline(position), card.bin_points(position, *code)) else {
            continue;
        };
        let mut candidate = Some((position, baseline - points)).filter(|(_, cost)| *cost > 0.0);
        for place in &mut ranked {
            let better = match (&candidate, &place) {
                // One that was displaced goes before its equals of later in the card.
                (Some((position, cost)), Some((other, known))) => cost > known || cost == known && position < other,
                (Some(_), None) => true,
                (None, _) => false,
            };
            if better {
                std::mem::swap(place, &mut candidate);
            }
        }
    }
    ranked.map(|place| place.map(|(position, _)| position))
}

/// The words of the reason that the feature at `position` gives with this bin code.
pub fn reason_text(card: &Scorecard, position: usize, code: u16) -> String {
    let Some(feature) = card.features().get(position) else {
        return String::new();
    };
    match feature.bins.get(usize::from(code)) {
        Some(bin) => bin.reason.clone(),
        None => format!("{}: a value that development never saw", feature.title()),
    }
}
