//! Percentile intervals of measures that have no simple variance: one set of resamples for all of them.
//!
//! Percentile bootstrap at 95% over cases, stratified by class, seeded; resample r draws from a stream of its own, so
//! threads do not count. Where a group has more than one good or bad case, whole groups are drawn instead of cases.
//!
//! Where a case (of a fractional outcome) or a group holds good and bad, draws are among all of them and not
//! within classes: those that hold both stand between the others in score, so that to fix how many of them
//! are drawn would take most of the spread away. A resample in which a measure is not defined is left out for it.
//!
//! Bounds are the 2.5% and 97.5% quantiles of the resamples' values by the inverse of the empirical distribution function
//! (type 1). A measure that rises with noise (information value, H, expected maximum profit) is higher in resamples than
//! in the data, so that its interval may lie above its value where cases are few. Source: Efron and Tibshirani (1993),
//! An Introduction to the Bootstrap, chapter 13.

use rand::RngExt;
use rand::rngs::ChaCha12Rng;
use rayon::prelude::*;

use super::Interval;
use super::groups::Groups;
use super::scored::{Distribution, Scores};
use crate::random;

/// The bounds of a measure's interval; neither where no resample has the measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower bound.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
}

impl Bounds {
    /// Around a value.
    pub fn around(self, value: f64) -> Interval {
        Interval { value: Some(value), low: self.low, high: self.high }
    }
}

/// The intervals' bounds of `N` measures of good and bad weight by distinct score, in the order in which `measures`
/// returns them. `distribution` is that of `scores`; `measures` gets the weights of a resample at its positions.
pub fn bootstrap<const N: usize>(
    scores: Scores<'_>,
    distribution: &Distribution,
    seed: u64,
    resamples: u64,
    measures: impl Fn(&[f64], &[f64]) -> [Option<f64>; N] + Sync,
) -> [Bounds; N] {
    let draws = Draws::new(scores, distribution);
    let empty = || vec![0.0; distribution.score.len()];
    let values: Vec<[Option<f64>; N]> = (0..resamples)
        .into_par_iter()
        .map_init(
            || (empty(), empty()),
            |(goods, bads), resample| {
                goods.fill(0.0);
                bads.fill(0.0);
                // The stream had this name when only KS drew from it; another would change every interval of KS.
                draws.draw(&mut random::generator(seed, "ks bootstrap", resample), goods, bads);
                measures(goods, bads)
            },
        )
        .collect();
    std::array::from_fn(|measure| {
        let mut values: Vec<f64> = values.iter().filter_map(|values| values[measure]).collect();
        values.sort_by(f64::total_cmp);
        Bounds { low: quantile(&values, 0.025), high: quantile(&values, 0.975) }
    })
}

/// Quantile of sorted values by the inverse of the empirical distribution function (type 1).
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let position = (sorted.len() as f64 * share).ceil().max(1.0) as usize - 1;
    sorted.get(position).copied()
}

/// What is drawn, laid out so that a draw touches as little memory as it can: most of the time goes there.
enum Draws {
    /// Cases that are drawn one by one, each wholly good or wholly bad with weight 1: the positions of the goods' and of
    /// the bads' scores.
    Plain([Vec<u32>; 2]),
    /// Groups of weighted cases, by stratum.
    Weighted(Vec<Stratum>),
}

/// Groups among which is drawn, as often as there are groups.
#[derive(Default)]
struct Stratum {
    /// Where each group ends in `cases`.
    ends: Vec<u32>,
    /// Position of the score, good weight, bad weight.
    cases: Vec<(u32, f64, f64)>,
}

impl Draws {
    fn new(scores: Scores<'_>, distribution: &Distribution) -> Self {
        let groups = Groups::new(scores);
        // Goods, bads, and those that hold both.
        let mut strata: [Vec<usize>; 3] = Default::default();
        for group in 0..groups.len() {
            let stratum = match groups.holds(group, scores) {
                (true, false) => 0,
                (false, true) => 1,
                _ => 2,
            };
            strata[stratum].push(group);
        }
        if !strata[2].is_empty() {
            strata = [Vec::new(), Vec::new(), (0..groups.len()).collect()];
        }
        let is_plain =
            |case: usize| matches!((scores.goods[case], scores.bads[case]), (1.0, 0.0) | (0.0, 1.0) | (0.0, 0.0));
        if !groups.repeat() && (0..scores.score.len()).all(is_plain) {
            let positions = |stratum: &Vec<usize>| {
                let cases = stratum.iter().flat_map(|group| groups.cases(*group));
                cases.map(|case| distribution.position[*case as usize]).collect()
            };
            return Draws::Plain([positions(&strata[0]), positions(&strata[1])]);
        }
        let strata = strata.into_iter().filter(|stratum| !stratum.is_empty()).map(|stratum| {
            let mut laid_out = Stratum::default();
            for group in stratum {
                let cases = groups.cases(group).iter().map(|case| *case as usize);
                laid_out
                    .cases
                    .extend(cases.map(|case| (distribution.position[case], scores.goods[case], scores.bads[case])));
                laid_out.ends.push(laid_out.cases.len() as u32);
            }
            laid_out
        });
        Draws::Weighted(strata.collect())
    }

    fn draw(&self, generator: &mut ChaCha12Rng, goods: &mut [f64], bads: &mut [f64]) {
        match self {
            Draws::Plain(positions) => {
                for (counts, positions) in [goods, bads].into_iter().zip(positions) {
                    for _ in 0..positions.len() {
                        let drawn = generator.random_range(0..positions.len() as u32) as usize;
                        counts[positions[drawn] as usize] += 1.0;
                    }
                }
            }
            Draws::Weighted(strata) => {
                for Stratum { ends, cases } in strata {
                    for _ in 0..ends.len() {
                        let drawn = generator.random_range(0..ends.len() as u32) as usize;
                        let start = drawn.checked_sub(1).map_or(0, |before| ends[before] as usize);
                        for (position, good, bad) in &cases[start..ends[drawn] as usize] {
                            goods[*position as usize] += good;
                            bads[*position as usize] += bad;
                        }
                    }
                }
            }
        }
    }
}
