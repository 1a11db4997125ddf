//! What two scorecards take from their cases: features, and the reasons that declined cases are given.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use scorewright_runtime::Scorecard;
use scorewright_runtime::reasons::{MOST_REASONS, reasons};

use super::{FeatureSets, ReasonEvidence, ReasonPair};
use crate::evidence::CardInput;
use crate::validation::swap_set::Approval;

/// Features by name: in both cards, in the first alone, in the second alone; in the order of the cards.
pub(super) fn feature_sets(first: &Scorecard, second: &Scorecard) -> FeatureSets {
    let names =
        |card: &Scorecard| -> Vec<String> { card.features().iter().map(|feature| feature.name.clone()).collect() };
    let (first, second) = (names(first), names(second));
    let only = |own: &[String], other: &[String]| own.iter().filter(|name| !other.contains(name)).cloned().collect();
    FeatureSets {
        common: first.iter().filter(|name| second.contains(name)).cloned().collect(),
        only_first: only(&first, &second),
        only_second: only(&second, &first),
    }
}

/// The reasons that both cards give the cases that neither approves. A reason is its feature's name: the words differ
/// wherever the bins do.
pub(super) fn reason_evidence(cards: &[(&Scorecard, CardInput); 2], approvals: &[Approval; 2]) -> ReasonEvidence {
    let declined: Vec<usize> = (0..approvals[0].share.len())
        .filter(|case| approvals.iter().all(|approval| approval.share[*case] == 0.0))
        .collect();
    // Names by number, the same in both cards.
    let names: BTreeSet<&str> =
        cards.iter().flat_map(|(card, _)| card.features().iter().map(|feature| feature.name.as_str())).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let numbers = cards.each_ref().map(|(card, _)| {
        let number = |name: &str| names.binary_search(&name).unwrap_or_default() as u32;
        card.features().iter().map(|feature| number(&feature.name)).collect::<Vec<u32>>()
    });
    let given = |side: usize, case: usize| -> [Option<u32>; MOST_REASONS] {
        let (card, input) = &cards[side];
        let codes: Vec<u16> = input.case(case).collect();
        reasons(card, &codes).map(|position| position.and_then(|position| numbers[side].get(position).copied()))
    };
    let of_cases: Vec<([Option<u32>; 2], bool)> = declined
        .par_iter()
        .map(|case| {
            let (first, second) = (given(0, *case), given(1, *case));
            let set = |reasons: [Option<u32>; MOST_REASONS]| {
                let mut reasons = reasons;
                reasons.sort_unstable();
                reasons
            };
            ([first[0], second[0]], set(first) != set(second))
        })
        .collect();
    let mut pairs: BTreeMap<[Option<u32>; 2], u64> = BTreeMap::new();
    for (firsts, _) in &of_cases {
        *pairs.entry(*firsts).or_default() += 1;
    }
    let mut pairs: Vec<([Option<u32>; 2], u64)> = pairs.into_iter().collect();
    pairs.sort_by_key(|(firsts, cases)| (std::cmp::Reverse(*cases), *firsts));
    let name =
        |number: Option<u32>| number.and_then(|number| names.get(number as usize)).map(|name| (*name).to_owned());
    let share = |differs: fn(&([Option<u32>; 2], bool)) -> bool| {
        let count = of_cases.iter().filter(|case| differs(case)).count() as f64;
        (!of_cases.is_empty()).then(|| count / of_cases.len() as f64)
    };
    ReasonEvidence {
        declined_cases: of_cases.len() as u64,
        first_reason_differs: share(|(firsts, _)| firsts[0] != firsts[1]),
        reasons_differ: share(|(_, differ)| *differ),
        pairs: pairs
            .into_iter()
            .map(|(firsts, cases)| ReasonPair { first: name(firsts[0]), second: name(firsts[1]), cases })
            .collect(),
    }
}
