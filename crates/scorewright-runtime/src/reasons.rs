//! Reasons for a low score.

use std::cmp::Reverse;

use crate::score::Scorecard;

/// At most this many reasons are given.
pub const MOST_REASONS: usize = 4;

/// A reason for a low score: what a case has of a feature. [`Scorecard::reason_text`] gives its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// The feature's position in the card.
    pub feature: u16,
    /// The code of the case's bin, as [`Scorecard::codes`] gives it.
    pub code: u16,
}

/// The features that cost a case most, in order: positions in the card, `None` where there are no
/// more. A feature costs baseline points (its best, or its development average, as the document
/// says) minus the points it got; ties stand in the order of the card; a feature that cost nothing
/// is never a reason, and neither is a feature of another segment than the case's.
pub fn reasons(card: &Scorecard, codes: &[u16]) -> [Option<usize>; MOST_REASONS] {
    let mut greatest = [0; MOST_REASONS];
    for (position, code) in codes.iter().enumerate() {
        keep_greatest(&mut greatest, card.reason_rank(position, *code));
    }
    greatest.map(|rank| card.reason_of_rank(rank).map(|reason| usize::from(reason.feature)))
}

/// The words of the reason that the feature at `position` gives with this bin code.
pub fn reason_text(card: &Scorecard, position: usize, code: u16) -> String {
    u16::try_from(position).map_or("", |feature| card.reason_text(Reason { feature, code })).to_owned()
}

/// Orders all reasons that a card can give, the least first: by their cost in points, and among equals the later in the
/// card first. The place of a reason in it, from 1, is its rank; what costs nothing has the rank 0. So the reasons of a
/// case are the greatest of so many integers, and its ties are settled.
pub(crate) fn ranked(mut costs: Vec<(Reason, f64)>) -> Vec<Reason> {
    costs.retain(|(_, cost)| *cost > 0.0);
    costs.sort_by(|(a, cost), (b, other)| {
        cost.total_cmp(other).then_with(|| (Reverse(a.feature), a.code).cmp(&(Reverse(b.feature), b.code)))
    });
    costs.into_iter().map(|(reason, _)| reason).collect()
}

/// Takes a rank among the greatest, which fall, where it is one of them.
#[inline]
pub(crate) fn keep_greatest(greatest: &mut [i32; MOST_REASONS], mut rank: i32) {
    for place in greatest {
        (*place, rank) = ((*place).max(rank), (*place).min(rank));
    }
}
