//! The swap set of two decisions on the same cases: who is approved by both, by one alone, or by neither.
//!
//! Approval at a rate r: the best scores first until the share r of the weight is approved. Cases whose score ties at the
//! edge are approved in part, each by the share that fills the rate exactly, so that two scores are held against each other
//! at the same rate however coarse they are. Of a case that is approved by a and b in [0, 1], min(a, b) counts for both,
//! a - min(a, b) for the first alone, b - min(a, b) for the second alone, 1 - max(a, b) for neither: the fewest swaps that
//! the ties allow; equal scores swap nobody. At a cut-off, cases of that score and above are approved, whole.
//!
//! Observed bad rate of a cell: bads / (goods + bads) of its cases whose outcome is known, with Jeffreys' 95% interval.
//! Expected bad rate: mean PD by weight over all of its cases. Where outcomes are not known (applicants whom the first
//! score declined, say), the cell says so, and `inferred_bad_rate` takes the PD in their place: it is no observation.
//! After Siddiqi, Intelligent Credit Scoring (2017), chapter on swap sets.

use super::Interval;
use super::rate_interval::jeffreys;
use super::scored::Distribution;

/// Who is approved, in shares by case.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// By case, in [0, 1].
    pub share: Vec<f64>,
    /// Lowest score that is approved, in whole or in part; `None` where nobody is, or a decision came without a score.
    pub cut_off: Option<f64>,
    /// Share of the weight that is approved.
    pub approval_rate: f64,
    /// Weight of cases that are approved in part, their score being at the edge.
    pub tied: f64,
}

fn approved_share(share: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    if total > 0.0 { share.iter().zip(weights).map(|(share, weight)| share * weight).sum::<f64>() / total } else { 0.0 }
}

/// Approves the share `rate` of the weight, best scores first.
pub fn approve_share(distribution: &Distribution, weights: &[f64], rate: f64) -> Approval {
    let mut by_score = vec![0.0; distribution.score.len()];
    for (position, weight) in distribution.position.iter().zip(weights) {
        by_score[*position as usize] += weight;
    }
    let total: f64 = by_score.iter().sum();
    let mut left = rate * total;
    // What is left after sums of so many weights may miss 0 by their rounding.
    let nothing = total * 1e-12;
    let mut shares = vec![0.0; by_score.len()];
    let (mut cut_off, mut tied) = (None, 0.0);
    for (position, weight) in by_score.iter().enumerate().rev() {
        if left <= nothing {
            break;
        }
        if *weight <= 0.0 {
            continue;
        }
        cut_off = Some(distribution.score[position]);
        if *weight <= left + nothing {
            shares[position] = 1.0;
        } else {
            (shares[position], tied) = (left / weight, *weight);
        }
        left -= weight;
    }
    let share: Vec<f64> = distribution.position.iter().map(|position| shares[*position as usize]).collect();
    Approval { approval_rate: approved_share(&share, weights), share, cut_off, tied }
}

/// Approves scores of `cut_off` and above.
pub fn approve_from(score: &[f64], weights: &[f64], cut_off: f64) -> Approval {
    let share: Vec<f64> = score.iter().map(|score| f64::from(*score >= cut_off)).collect();
    Approval { approval_rate: approved_share(&share, weights), share, cut_off: Some(cut_off), tied: 0.0 }
}

/// Approves as stated.
pub fn approve_stated(approved: &[bool], weights: &[f64]) -> Approval {
    let share: Vec<f64> = approved.iter().map(|approved| f64::from(*approved)).collect();
    Approval { approval_rate: approved_share(&share, weights), share, cut_off: None, tied: 0.0 }
}

/// Whether the outcomes of a cell were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomesSeen {
    /// Of all of its cases.
    Observed,
    /// Of some: the observed bad rate is of those alone.
    PartlyObserved,
    /// Of none: whatever is said of them is inferred from PDs.
    Inferred,
    /// There are no cases.
    NoCases,
}

/// A cell of a swap set.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SwapCell {
    /// Number of cases; a part of one where scores tie at the edge.
    pub cases: f64,
    /// Their weight.
    pub weight: f64,
    /// Their share of all weight.
    pub share: f64,
    /// Good weight, observed.
    pub goods: f64,
    /// Bad weight, observed.
    pub bads: f64,
    /// Observed bad rate; null where no outcome was seen.
    pub bad_rate: Interval,
    /// Whether outcomes were seen.
    pub outcomes: OutcomesSeen,
    /// Weight of cases without an outcome.
    pub unobserved: f64,
    /// Mean PD of the first score; null without PDs.
    pub expected_bad_rate_first: Option<f64>,
    /// Mean PD of the second score.
    pub expected_bad_rate_second: Option<f64>,
    /// Bad rate with the first score's PD in place of every outcome that was not seen; null where all were.
    pub inferred_bad_rate_first: Option<f64>,
    /// The same with the second score's PD.
    pub inferred_bad_rate_second: Option<f64>,
}

/// Two decisions on the same cases.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SwapSet {
    /// Approved by both.
    pub approved_by_both: SwapCell,
    /// Approved by the first alone: the second swaps them out.
    pub swap_out: SwapCell,
    /// Approved by the second alone: the second swaps them in.
    pub swap_in: SwapCell,
    /// Approved by neither.
    pub declined_by_both: SwapCell,
}

/// What is known of the cases; all slices have one entry a case, PDs may be empty.
#[derive(Debug, Clone, Copy)]
pub struct SwapCases<'a> {
    /// Good weight.
    pub goods: &'a [f64],
    /// Bad weight.
    pub bads: &'a [f64],
    /// Weight.
    pub weights: &'a [f64],
    /// PDs of the first and of the second score.
    pub pd: [&'a [f64]; 2],
}

#[derive(Clone, Copy, Default)]
struct Sums {
    cases: f64,
    weight: f64,
    goods: f64,
    bads: f64,
    unobserved: f64,
    expected: [f64; 2],
    expected_unobserved: [f64; 2],
}

/// The swap set of two approvals.
pub fn swap_set(first: &[f64], second: &[f64], cases: SwapCases<'_>) -> SwapSet {
    let mut sums = [Sums::default(); 4];
    for case in 0..first.len() {
        let weight = cases.weights[case];
        if weight <= 0.0 {
            continue;
        }
        let (a, b) = (first[case], second[case]);
        let both = a.min(b);
        let (good, bad) = (cases.goods[case], cases.bads[case]);
        for (sum, part) in sums.iter_mut().zip([both, a - both, b - both, 1.0 - a.max(b)]) {
            if part <= 0.0 {
                continue;
            }
            sum.cases += part;
            sum.weight += part * weight;
            sum.goods += part * good;
            sum.bads += part * bad;
            let is_unobserved = good + bad <= 0.0;
            if is_unobserved {
                sum.unobserved += part * weight;
            }
            for side in 0..2 {
                let Some(pd) = cases.pd[side].get(case) else { continue };
                sum.expected[side] += part * weight * pd;
                if is_unobserved {
                    sum.expected_unobserved[side] += part * weight * pd;
                }
            }
        }
    }
    // In the order of the cases, so that it is the same whichever score comes first.
    let total: f64 = cases.weights.iter().filter(|weight| **weight > 0.0).sum();
    let cell = |sum: &Sums| cell(sum, total, cases);
    SwapSet {
        approved_by_both: cell(&sums[0]),
        swap_out: cell(&sums[1]),
        swap_in: cell(&sums[2]),
        declined_by_both: cell(&sums[3]),
    }
}

fn cell(sum: &Sums, total: f64, cases: SwapCases<'_>) -> SwapCell {
    let known = sum.goods + sum.bads;
    let (low, high) = jeffreys(sum.goods, sum.bads);
    let of_weight =
        |side: usize, part: f64| (!cases.pd[side].is_empty() && sum.weight > 0.0).then(|| part / sum.weight);
    let expected = |side: usize| of_weight(side, sum.expected[side]);
    let inferred =
        |side: usize| of_weight(side, sum.bads + sum.expected_unobserved[side]).filter(|_| sum.unobserved > 0.0);
    SwapCell {
        cases: sum.cases,
        weight: sum.weight,
        share: if total > 0.0 { sum.weight / total } else { 0.0 },
        goods: sum.goods,
        bads: sum.bads,
        bad_rate: Interval { value: (known > 0.0).then(|| sum.bads / known), low, high },
        outcomes: match (sum.weight > 0.0, known > 0.0, sum.unobserved > 0.0) {
            (false, ..) => OutcomesSeen::NoCases,
            (_, false, _) => OutcomesSeen::Inferred,
            (_, true, true) => OutcomesSeen::PartlyObserved,
            (_, true, false) => OutcomesSeen::Observed,
        },
        unobserved: sum.unobserved,
        expected_bad_rate_first: expected(0),
        expected_bad_rate_second: expected(1),
        inferred_bad_rate_first: inferred(0),
        inferred_bad_rate_second: inferred(1),
    }
}
