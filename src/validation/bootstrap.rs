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
    let empty = || Resample { times: vec![0; draws.units()], goods: empty(), bads: empty() };
    let values: Vec<[Option<f64>; N]> = (0..resamples)
        .into_par_iter()
        .map_init(empty, |drawn, resample| {
            // The stream had this name when only KS drew from it; another would change every interval of KS.
            draws.draw(&mut random::generator(seed, "ks bootstrap", resample), drawn);
            measures(&drawn.goods, &drawn.bads)
        })
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

/// What is drawn: groups of cases, or single cases where no group has several. Laid out so that a resample touches little
/// memory at random, which is where the time would go: how often each unit is drawn is counted first, then the cases add
/// up in the order of their scores.
struct Draws {
    /// How many units each stratum has; they follow one another.
    strata: Vec<usize>,
    /// The good and bad cases in the order of their scores.
    cases: Vec<Drawn>,
}

/// A case that may be drawn.
struct Drawn {
    /// Position of its score.
    position: u32,
    /// The unit that it belongs to.
    unit: u32,
    good: f64,
    bad: f64,
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
        let mut cases = Vec::new();
        for (unit, group) in strata.iter().flatten().enumerate() {
            cases.extend(groups.cases(*group).iter().map(|case| {
                let case = *case as usize;
                let position = distribution.position[case];
                Drawn { position, unit: unit as u32, good: scores.goods[case], bad: scores.bads[case] }
            }));
        }
        // Stable: sums run in the order of the units.
        cases.par_sort_by_key(|case| case.position);
        Draws { strata: strata.iter().map(Vec::len).collect(), cases }
    }

    fn units(&self) -> usize {
        self.strata.iter().sum()
    }

    /// Draws as many units of each stratum as it has, and adds up what they weigh at each position.
    fn draw(&self, generator: &mut ChaCha12Rng, resample: &mut Resample) {
        let Resample { times, goods, bads } = resample;
        times.fill(0);
        goods.fill(0.0);
        bads.fill(0.0);
        let mut rest = times.as_mut_slice();
        for units in &self.strata {
            let (own, others) = rest.split_at_mut(*units);
            for _ in 0..*units {
                let drawn = &mut own[generator.random_range(0..*units as u32) as usize];
                // No unit of so many is ever drawn so often.
                *drawn = drawn.saturating_add(1);
            }
            rest = others;
        }
        for case in &self.cases {
            let times = f64::from(times[case.unit as usize]);
            goods[case.position as usize] += times * case.good;
            bads[case.position as usize] += times * case.bad;
        }
    }
}

/// A resample.
struct Resample {
    /// How often each unit was drawn.
    times: Vec<u16>,
    /// Good weight by position.
    goods: Vec<f64>,
    /// Bad weight by position.
    bads: Vec<f64>,
}
