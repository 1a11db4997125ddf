//! What each bin of a feature gives: the figures that every format carries, taken from the runtime.

use scorewright_runtime::Scorecard;
use scorewright_runtime::reasons::reason_text;

/// What a feature gives for one of its bins, or for a value that development never saw.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// Points that are added to the score.
    pub points: f64,
    /// Baseline minus points, as the runtime ranks reasons by it: a format compares these figures and does not compute
    /// them again. Only one above 0 is a reason.
    pub lost: f64,
    /// The words of the reason.
    pub reason: String,
}

/// What the feature at `position` gives, by the code of the bin; the last entry is for unforeseen values.
pub(super) fn answers(card: &Scorecard, position: usize) -> Vec<Answer> {
    let bins = card.partition(position).map_or(0, scorewright_runtime::Partition::bins);
    // A partition has fewer than 65,535 bins.
    (0..=bins as u16)
        .map(|code| {
            let points = card.bin_points(position, code).unwrap_or(0.0);
            let lost = card.reason_baseline(position).unwrap_or(0.0) - points;
            Answer { points, lost, reason: reason_text(card, position, code) }
        })
        .collect()
}
