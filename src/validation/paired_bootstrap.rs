//! Differences of two scores on the same cases that have no formula for their interval: of KS, and of what each approves.
//!
//! First minus second, each measured on the very same cases:
//! - KS: see `ks`.
//! - Observed bad rate of the approved at an approval rate r: bads / (goods + bads) of the best scores up to the share r of
//!   the weight of all, cases that tie at the edge in part (see `swap_set`). Below 0 the first approves better cases.
//! - Expected bad rate: mean of the score's own PD over its approved.
//! - Loss of the approved, where an exposure is stated: observed, sum of bad x exposure x loss given default, and expected,
//!   sum of PD x exposure x loss given default.
//! - Approval rate gained at the same bad rate: the largest share that the second could approve with an observed bad rate
//!   no higher than the first's at r, less the largest share that the first could approve so. Above 0 the second can
//!   approve more. Not the negative of itself with the scores exchanged.
//!
//! Interval: percentile bootstrap at 95% (type 1 quantiles), seeded; a resample draws as many cases as there are (whole
//! groups, where a group has more than one case) from all cases with a weight, takes both scores on the same draw, and sets
//! the edge of approval anew. Resample r draws from a stream of its own, so threads do not count; one without goods or
//! without bads is left out. After Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

use rand::RngExt;
use rayon::prelude::*;

use super::bootstrap::quantile;
use super::groups::Groups;
use super::scored::Scores;
use super::{Interval, Measured};
use crate::random;
use crate::words::Message;

/// Two scores of the same cases; all slices have one entry a case, PDs and losses may be empty.
#[derive(Debug, Clone, Copy)]
pub struct PairedScores<'a> {
    /// The scores, higher is safer.
    pub score: [&'a [f64]; 2],
    /// PDs.
    pub pd: [&'a [f64]; 2],
    /// Good weight.
    pub goods: &'a [f64],
    /// Bad weight.
    pub bads: &'a [f64],
    /// Weight; cases without one do not count.
    pub weights: &'a [f64],
    /// Codes of groups.
    pub groups: Option<&'a [u32]>,
    /// Exposure x loss given default; empty: losses are not measured.
    pub loss: &'a [f64],
}

/// Differences at an approval rate, first minus second.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ApprovalDifference {
    /// Share of the weight that both approve.
    pub approval_rate: f64,
    /// Observed bad rate of the first's approved.
    pub bad_rate_first: Option<f64>,
    /// Observed bad rate of the second's approved.
    pub bad_rate_second: Option<f64>,
    /// Their difference.
    pub bad_rate_difference: Measured<Interval>,
    /// Difference of the expected bad rates, each by the score's own PD.
    pub expected_bad_rate_difference: Measured<Interval>,
    /// Difference of observed losses of the approved; in the unit of the exposure.
    pub observed_loss_difference: Measured<Interval>,
    /// Difference of expected losses of the approved, each by the score's own PD.
    pub expected_loss_difference: Measured<Interval>,
    /// Share of cases that the second could approve beyond the first at the first's bad rate.
    pub approval_rate_gained: Measured<Interval>,
}

/// What resampling says about two scores.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedBootstrap {
    /// KS of the first minus KS of the second.
    pub ks_difference: Measured<Interval>,
    /// By approval rate.
    pub at: Vec<ApprovalDifference>,
}

/// Figures by approval rate beside KS: bad rate, expected bad rate, observed and expected loss, gain.
const FIGURES: usize = 5;

/// A case in the order of a score, best first.
struct Case {
    /// Position of the case.
    case: u32,
    /// Whether the score differs from the one before.
    starts: bool,
    /// Weight, good weight, bad weight, PD, observed loss and expected loss, each times the weight.
    sums: [f64; 6],
}

/// Running sums: the same six.
type Sums = [f64; 6];

fn add(sums: &mut Sums, more: &Sums, times: f64) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += times * more);
}

fn ranked(scores: &PairedScores<'_>, side: usize) -> Vec<Case> {
    let value = |case: u32| scores.score[side][case as usize] + 0.0;
    let mut order: Vec<u32> =
        (0..scores.weights.len() as u32).filter(|case| scores.weights[*case as usize] > 0.0).collect();
    order.sort_unstable_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
    let mut before = None;
    order
        .into_iter()
        .map(|case| {
            let position = case as usize;
            let pd = scores.pd[side].get(position).copied().unwrap_or(0.0) * scores.weights[position];
            let loss = scores.loss.get(position).copied().unwrap_or(0.0);
            let sums = [
                scores.weights[position],
                scores.goods[position],
                scores.bads[position],
                pd,
                scores.bads[position] * loss,
                pd * loss,
            ];
            let starts = before != Some(value(case));
            before = Some(value(case));
            Case { case, starts, sums }
        })
        .collect()
}

/// What one walk from the best score down finds.
struct Walk {
    ks: f64,
    approved: Vec<Sums>,
}

/// Walks down a score, each case as often as `times` says; `None` without goods or without bads.
fn walk(cases: &[Case], times: &impl Fn(u32) -> f64, rates: &[f64]) -> Option<Walk> {
    let mut total = Sums::default();
    cases.iter().for_each(|case| add(&mut total, &case.sums, times(case.case)));
    if total[1] <= 0.0 || total[2] <= 0.0 {
        return None;
    }
    let mut sums = Sums::default();
    let mut ks = 0.0_f64;
    let mut edges = rates.iter().map(|rate| rate * total[0]).peekable();
    let mut approved = Vec::with_capacity(rates.len());
    each_tie(cases, times, |tie| {
        while let Some(edge) = edges.next_if(|edge| sums[0] + tie[0] >= *edge) {
            let mut here = sums;
            add(&mut here, tie, ((edge - sums[0]) / tie[0]).clamp(0.0, 1.0));
            approved.push(here);
        }
        add(&mut sums, tie, 1.0);
        ks = ks.max((sums[1] / total[1] - sums[2] / total[2]).abs());
    });
    // Sums in another order may end below the edge of everybody.
    approved.resize(rates.len(), sums);
    Some(Walk { ks, approved })
}

/// Hands over the sums of each distinct score, best first; scores that were not drawn are left out.
fn each_tie(cases: &[Case], times: &impl Fn(u32) -> f64, mut take: impl FnMut(&Sums)) {
    let mut tie = Sums::default();
    for case in cases {
        if case.starts {
            if tie[0] > 0.0 {
                take(&tie);
            }
            tie = Sums::default();
        }
        let times = times(case.case);
        if times > 0.0 {
            add(&mut tie, &case.sums, times);
        }
    }
    if tie[0] > 0.0 {
        take(&tie);
    }
}

/// The largest share of the weight whose bad rate is no higher than each of `targets`.
fn largest_shares(cases: &[Case], times: &impl Fn(u32) -> f64, targets: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut best: Vec<Option<f64>> = targets.iter().map(|target| target.map(|_| 0.0)).collect();
    let mut sums = Sums::default();
    each_tie(cases, times, |tie| {
        let before = sums;
        add(&mut sums, tie, 1.0);
        for (best, target) in best.iter_mut().zip(targets) {
            let (Some(best), Some(target)) = (best, target) else { continue };
            // How many bads fewer than the target allows; rounding must not cost a whole score.
            let slack = |sums: &Sums| target * (sums[1] + sums[2]) - sums[2];
            let rounding = 1e-12 * (sums[1] + sums[2]);
            if slack(&sums) >= -rounding {
                *best = sums[0];
            } else if slack(&before) > 0.0 {
                let part = slack(&before) / (slack(&before) - slack(&sums));
                *best = best.max(before[0] + part * tie[0]);
            }
        }
    });
    best.into_iter().map(|best| best.map(|best| best / sums[0])).collect()
}

fn bad_rate(sums: &Sums) -> Option<f64> {
    (sums[1] + sums[2] > 0.0).then(|| sums[2] / (sums[1] + sums[2]))
}

/// KS difference, then [`FIGURES`] a rate; with the two bad rates by rate.
type Figures = (Vec<Option<f64>>, Vec<[Option<f64>; 2]>);

fn figures(sides: &[Vec<Case>; 2], times: &impl Fn(u32) -> f64, rates: &[f64]) -> Option<Figures> {
    let (first, second) = (walk(&sides[0], times, rates)?, walk(&sides[1], times, rates)?);
    let targets: Vec<Option<f64>> = first.approved.iter().map(bad_rate).collect();
    let shares = [0, 1].map(|side| largest_shares(&sides[side], times, &targets));
    let mut all = vec![Some(first.ks - second.ks)];
    let mut rates = Vec::new();
    for (place, (a, b)) in first.approved.iter().zip(&second.approved).enumerate() {
        let both = |of: fn(&Sums) -> Option<f64>| Some(of(a)? - of(b)?);
        let share = |side: usize| shares[side].get(place).copied().flatten();
        all.extend([
            both(bad_rate),
            both(|sums| (sums[0] > 0.0).then(|| sums[3] / sums[0])),
            both(|sums| Some(sums[4])),
            both(|sums| Some(sums[5])),
            share(1).zip(share(0)).map(|(second, first)| second - first),
        ]);
        rates.push([bad_rate(a), bad_rate(b)]);
    }
    Some((all, rates))
}

/// Measures two scores at approval rates, with intervals by `resamples`; rates must rise. `None` without goods or bads.
pub fn paired_bootstrap(scores: PairedScores<'_>, rates: &[f64], resamples: u64, seed: u64) -> Option<PairedBootstrap> {
    let sides = [ranked(&scores, 0), ranked(&scores, 1)];
    let (values, bad_rates) = figures(&sides, &|_| 1.0, rates)?;
    let none = vec![0.0; scores.weights.len()];
    let groups =
        Groups::new(Scores { score: scores.score[0], goods: scores.weights, bads: &none, groups: scores.groups });
    let drawn: Vec<Vec<Option<f64>>> = (0..resamples)
        .into_par_iter()
        .filter_map(|resample| {
            let mut generator = random::generator(seed, "paired bootstrap", resample);
            let mut times = vec![0_u16; scores.weights.len()];
            for _ in 0..groups.len() {
                let group = generator.random_range(0..groups.len() as u32) as usize;
                for case in groups.cases(group) {
                    times[*case as usize] += 1;
                }
            }
            figures(&sides, &|case| f64::from(times[case as usize]), rates).map(|(values, _)| values)
        })
        .collect();
    let interval = |place: usize| -> Measured<Interval> {
        let Some(value) = values[place] else { return Measured::none(NO_APPROVED) };
        let mut values: Vec<f64> = drawn.iter().filter_map(|values| values[place]).collect();
        values.sort_by(f64::total_cmp);
        Measured::Value(Interval { value: Some(value), low: quantile(&values, 0.025), high: quantile(&values, 0.975) })
    };
    let unless = |missing: bool, reason: Message, place: usize| {
        if missing { Measured::none(reason) } else { interval(place) }
    };
    let (no_pd, no_loss) = (scores.pd.iter().any(|pd| pd.is_empty()), scores.loss.is_empty());
    let at = rates.iter().zip(bad_rates).enumerate().map(|(place, (rate, [first, second]))| {
        let place = 1 + FIGURES * place;
        ApprovalDifference {
            approval_rate: *rate,
            bad_rate_first: first,
            bad_rate_second: second,
            bad_rate_difference: interval(place),
            expected_bad_rate_difference: unless(no_pd, NO_PD, place + 1),
            observed_loss_difference: unless(no_loss, NO_LOSS, place + 2),
            expected_loss_difference: unless(no_loss || no_pd, if no_loss { NO_LOSS } else { NO_PD }, place + 3),
            approval_rate_gained: interval(place + 4),
        }
    });
    Some(PairedBootstrap { ks_difference: interval(0), at: at.collect() })
}

const NO_APPROVED: Message = Message::new("no approved case has a known outcome");
/// Why there are no figures by PD.
pub(crate) const NO_PD: Message = Message::new("no PDs of both scores are stated");
const NO_LOSS: Message = Message::new("no exposure is stated");
