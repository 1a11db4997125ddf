//! Kolmogorov-Smirnov statistic.
//!
//! KS = max over distinct scores s of |F_bad(s) - F_good(s)|, F the weighted share at or below s; ties
//! are grouped before the maximum, so neither bins nor the order of rows count. Range [0, 1]; higher
//! is better.
//!
//! Interval: percentile bootstrap at 95% over cases, stratified by class, seeded; resample r draws from a
//! stream of its own, so threads do not count. Where a group has more than one good or bad case, whole
//! groups are drawn instead of cases.
//!
//! Where a case (of a fractional outcome) or a group holds good and bad, draws are among all of them and not
//! within classes: those that hold both stand between the others in score, so that to fix how many of them
//! are drawn would take most of the spread away. A resample without goods or without bads is left out.

use rand::RngExt;
use rayon::prelude::*;

use super::Interval;
use super::groups::Groups;
use super::scored::{Distribution, Scores};
use crate::random;

/// Resamples of the bootstrap.
pub const RESAMPLES: u64 = 200;

/// KS with its 95% interval and the (lowest) score where it is reached.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Ks {
    /// The statistic with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// Where the maximum is reached.
    pub score: Option<f64>,
}

/// KS of scored cases; undefined without goods or without bads.
pub fn ks(scores: Scores<'_>, distribution: &Distribution, seed: u64) -> Ks {
    let Some((value, position)) = statistic(&distribution.goods, &distribution.bads) else {
        return Ks { interval: Interval::UNDEFINED, score: None };
    };
    let mut strata: [Vec<u32>; 3] = Default::default();
    let groups = Groups::new(scores);
    for group in 0..groups.len() {
        let stratum = match groups.holds(group, scores) {
            (true, false) => 0,
            (false, true) => 1,
            _ => 2,
        };
        strata[stratum].push(group as u32);
    }
    if !strata[2].is_empty() {
        strata = [Vec::new(), Vec::new(), (0..groups.len() as u32).collect()];
    }
    let plain = plain_positions(scores, distribution, &groups, &strata);
    let mut values: Vec<f64> = (0..RESAMPLES)
        .into_par_iter()
        .filter_map(|resample| {
            let mut generator = random::generator(seed, "ks bootstrap", resample);
            let mut goods = vec![0.0; distribution.score.len()];
            let mut bads = vec![0.0; distribution.score.len()];
            if let Some(positions) = &plain {
                for (counts, positions) in [&mut goods, &mut bads].into_iter().zip(positions) {
                    for _ in 0..positions.len() {
                        let drawn = generator.random_range(0..positions.len() as u32) as usize;
                        counts[positions[drawn] as usize] += 1.0;
                    }
                }
                return statistic(&goods, &bads).map(|(value, _)| value);
            }
            for stratum in strata.iter().filter(|stratum| !stratum.is_empty()) {
                for _ in 0..stratum.len() {
                    let group = stratum[generator.random_range(0..stratum.len() as u32) as usize];
                    for case in groups.cases(group as usize) {
                        let case = *case as usize;
                        let position = distribution.position[case] as usize;
                        goods[position] += scores.goods[case];
                        bads[position] += scores.bads[case];
                    }
                }
            }
            statistic(&goods, &bads).map(|(value, _)| value)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    Ks {
        interval: Interval { value: Some(value), low: quantile(&values, 0.025), high: quantile(&values, 0.975) },
        score: Some(distribution.score[position]),
    }
}

/// Of cases that are drawn one by one, each wholly good or wholly bad with weight 1: the positions of the goods' and of the
/// bads' scores. The same draws from so much less memory are an order of magnitude faster.
fn plain_positions(
    scores: Scores<'_>,
    distribution: &Distribution,
    groups: &Groups,
    strata: &[Vec<u32>; 3],
) -> Option<[Vec<u32>; 2]> {
    let is_plain = |case: u32| {
        let case = case as usize;
        matches!((scores.goods[case], scores.bads[case]), (1.0, 0.0) | (0.0, 1.0))
    };
    if groups.repeat() || !(0..groups.len()).all(|group| groups.cases(group).iter().all(|case| is_plain(*case))) {
        return None;
    }
    let positions = |stratum: &Vec<u32>| {
        let cases = stratum.iter().flat_map(|group| groups.cases(*group as usize));
        cases.map(|case| distribution.position[*case as usize]).collect()
    };
    Some([positions(&strata[0]), positions(&strata[1])])
}

/// KS without its interval; `None` without goods or without bads.
pub fn ks_value(distribution: &Distribution) -> Option<f64> {
    statistic(&distribution.goods, &distribution.bads).map(|(value, _)| value)
}

/// The statistic and the position where it is reached.
fn statistic(goods: &[f64], bads: &[f64]) -> Option<(f64, usize)> {
    let (all_goods, all_bads): (f64, f64) = (goods.iter().sum(), bads.iter().sum());
    if all_goods <= 0.0 || all_bads <= 0.0 {
        return None;
    }
    let (mut good, mut bad) = (0.0, 0.0);
    let mut best = (0.0, 0);
    for (position, (g, b)) in goods.iter().zip(bads).enumerate() {
        good += g;
        bad += b;
        let distance = (bad / all_bads - good / all_goods).abs();
        if distance > best.0 {
            best = (distance, position);
        }
    }
    Some(best)
}

/// Quantile of sorted values by the inverse of the empirical distribution function (type 1).
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let position = (sorted.len() as f64 * share).ceil().max(1.0) as usize - 1;
    sorted.get(position).copied()
}
