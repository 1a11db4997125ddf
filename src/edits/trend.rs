//! The trend of good rates over bins in order.

use scorewright_runtime::artifact::BinDomain;

use crate::binning::Binning;
use crate::config::Monotone;

/// The trend of rates in order: ascending, descending, peak, valley, or none of these. Equal neighbours break no trend;
/// of fewer than two rates there is none to speak of (`None`).
pub fn trend(rates: &[f64]) -> Option<Monotone> {
    let rises = |rates: &[f64]| rates.windows(2).all(|pair| pair[0] <= pair[1]);
    let falls = |rates: &[f64]| rates.windows(2).all(|pair| pair[0] >= pair[1]);
    let turns = |up: bool| {
        (0..rates.len()).any(|turn| {
            let (before, after) = (&rates[..=turn], &rates[turn..]);
            if up { rises(before) && falls(after) } else { falls(before) && rises(after) }
        })
    };
    match rates.len() {
        0 | 1 => None,
        _ if rises(rates) => Some(Monotone::Ascending),
        _ if falls(rates) => Some(Monotone::Descending),
        _ if turns(true) => Some(Monotone::Peak),
        _ if turns(false) => Some(Monotone::Valley),
        _ => Some(Monotone::None),
    }
}

/// The trend of the good rate over a numeric feature's intervals that hold goods or bads, on the development sample.
pub fn trend_found(binning: &Binning) -> Option<Monotone> {
    let rows = binning.bins.iter().zip(&binning.table.rows);
    let rates: Vec<f64> = rows
        .filter(|((_, domain), row)| matches!(domain, BinDomain::Interval { .. }) && row.goods + row.bads > 0.0)
        .map(|(_, row)| row.goods / (row.goods + row.bads))
        .collect();
    trend(&rates)
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
