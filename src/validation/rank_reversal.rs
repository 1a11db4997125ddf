//! Rank reversal: do a feature's bins keep the order of their bad rates?
//!
//! Bins are put in the order of their bad rates in development (equal rates: in the order of the card). Every two
//! neighbours in this order that have good or bad cases on both sides are a pair, unless development's rates are equal; a
//! pair is reversed where the sample's rates stand in the opposite order. Count in [0, pairs]; lower is better. For each
//! reversed pair, the one-sided p value of the sample's difference (two-proportion z, see [`mod@super::proportions`]) is the
//! probability of a reversal as wide where both bins are in truth equally risky: a high one says that it may be chance.

use super::proportions::{RateDifference, rate_difference};

/// The order of a feature's bins on a sample.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct BinOrder {
    /// Reversed pairs.
    pub value: usize,
    /// Neighbouring pairs that were compared.
    pub pairs: usize,
    /// Whether any pair is reversed.
    pub order_differs: bool,
    /// The reversed pairs.
    pub reversals: Vec<Reversal>,
}

/// A pair of bins whose rates stand the other way round.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Reversal {
    /// The bin of the lower bad rate in development.
    pub bin: String,
    /// The bin of the next higher bad rate in development.
    pub next_bin: String,
    /// Development's bad rates of both.
    pub development_bad_rates: [f64; 2],
    /// The sample's bad rates of both.
    pub bad_rates: [f64; 2],
    /// The sample's z of the difference, below 0.
    pub z: f64,
    /// Chance of such a reversal where both are equally risky, one-sided.
    pub p_value: f64,
}

/// Compares the order of bins; all slices have one entry a bin, counts are (good, bad) weights.
pub fn bin_order(labels: &[String], development: &[(f64, f64)], sample: &[(f64, f64)]) -> BinOrder {
    let rate = |counts: (f64, f64)| counts.1 / (counts.0 + counts.1);
    let has_cases = |counts: (f64, f64)| counts.0 + counts.1 > 0.0;
    let mut order: Vec<usize> =
        (0..labels.len()).filter(|bin| has_cases(development[*bin]) && has_cases(sample[*bin])).collect();
    order.sort_by(|a, b| rate(development[*a]).total_cmp(&rate(development[*b])).then(a.cmp(b)));
    let mut pairs = 0;
    let mut reversals = Vec::new();
    for pair in order.windows(2) {
        let [bin, next] = [pair[0], pair[1]];
        if rate(development[bin]) == rate(development[next]) {
            continue;
        }
        pairs += 1;
        let Some(RateDifference { z, p_value_one_sided, .. }) = rate_difference(sample[bin], sample[next]) else {
            continue;
        };
        if z < 0.0 {
            reversals.push(Reversal {
                bin: labels[bin].clone(),
                next_bin: labels[next].clone(),
                development_bad_rates: [rate(development[bin]), rate(development[next])],
                bad_rates: [rate(sample[bin]), rate(sample[next])],
                z,
                p_value: p_value_one_sided,
            });
        }
    }
    BinOrder { value: reversals.len(), pairs, order_differs: !reversals.is_empty(), reversals }
}
