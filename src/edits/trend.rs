//! The trend of good rates over bins in order.

use crate::binning::{Binning, trend_of};
use crate::config::Monotone;

/// The trend of figures in order; of fewer than two there is none to speak of (`None`).
pub fn trend(figures: &[f64]) -> Option<Monotone> {
    (figures.len() > 1).then(|| trend_of(figures))
}

/// The trend of the good rate over a feature's bins on the development sample, where they have an order and are more
/// than one.
pub fn trend_found(binning: &Binning) -> Option<Monotone> {
    let is_ordered = !super::cuts(binning).is_empty() || binning.trend != Monotone::None;
    (is_ordered && super::ordinary(binning) > 1).then_some(binning.trend)
}

/// Whether a trend that was found is one that was asked for.
pub(super) fn satisfies(found: Monotone, asked: Monotone) -> bool {
    let is_straight = matches!(found, Monotone::Ascending | Monotone::Descending);
    match asked {
        Monotone::None => true,
        Monotone::Auto => is_straight,
        Monotone::Unimodal => is_straight || matches!(found, Monotone::Peak | Monotone::Valley),
        // A peak or a valley may stand at either end.
        Monotone::Peak | Monotone::Valley => found == asked || is_straight,
        _ => found == asked,
    }
}
