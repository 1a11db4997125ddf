//! Good and bad cases in groups of about as many cases by their PD.
//!
//! Bounds: the quantiles of the PD at 0, 1/g, ..., 1 by Hyndman and Fan's type 7 (R's default), equal ones once; groups are
//! the intervals (a, b] with the lowest PD included, and those without cases are left out. So equal PDs stay in one group,
//! and ties or few cases make fewer groups than g. Weights that are whole numbers count as so many cases, other weights are
//! first scaled to sum to the number of cases; indeterminate cases do not count.

use serde::Serialize;

use super::rate_interval::jeffreys;

/// Groups asked for.
pub const PD_GROUPS: usize = 10;

/// A group's figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PdGroup {
    /// Bound of the PD, exclusive but for the first group.
    pub lower: f64,
    /// Bound of the PD, inclusive.
    pub upper: f64,
    /// Number of good and bad cases.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// Sum of PDs, weighted: the bads to be expected.
    pub expected_bads: f64,
    /// Mean PD, weighted.
    pub mean_pd: f64,
    /// bads / (goods + bads).
    pub observed: f64,
    /// Lower bound of the observed rate by Jeffreys, 95%.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
}

/// Cases in groups.
#[derive(Debug, Clone, PartialEq)]
pub struct PdGroups {
    /// The groups, PDs rising; none without cases.
    pub groups: Vec<PdGroup>,
    /// By case its group; of an indeterminate case any number.
    pub position: Vec<u32>,
}

impl PdGroups {
    /// Groups of cases by PD; all slices have one entry a case.
    pub fn new(pd: &[f64], goods: &[f64], bads: &[f64]) -> Self {
        let bounds = bounds(pd, goods, bads);
        let mut sums = vec![(0, 0.0, 0.0, 0.0); bounds.len()];
        let mut position: Vec<u32> = Vec::with_capacity(pd.len());
        for ((pd, good), bad) in pd.iter().zip(goods).zip(bads) {
            // The first bound that is not below the PD; the lowest PD belongs to the first interval.
            let place = bounds.partition_point(|bound| bound < pd).saturating_sub(1);
            position.push(place as u32);
            if good + bad > 0.0 {
                let (cases, goods, bads, expected) = sums[place];
                sums[place] = (cases + 1, goods + good, bads + bad, expected + (good + bad) * pd);
            }
        }
        // With one bound all PDs are equal, and the interval is that PD.
        let intervals =
            (0..bounds.len()).map(|place| (bounds[place], *bounds.get(place + 1).unwrap_or(&bounds[place])));
        let mut renumbered = vec![0; bounds.len()];
        let mut groups = Vec::new();
        for (place, ((lower, upper), (cases, goods, bads, expected_bads))) in intervals.zip(sums).enumerate() {
            if cases == 0 {
                continue;
            }
            renumbered[place] = groups.len() as u32;
            let total = goods + bads;
            let (low, high) = jeffreys(goods, bads);
            let (mean_pd, observed) = (expected_bads / total, bads / total);
            groups.push(PdGroup { lower, upper, cases, goods, bads, expected_bads, mean_pd, observed, low, high });
        }
        position.iter_mut().for_each(|place| *place = renumbered.get(*place as usize).copied().unwrap_or(0));
        PdGroups { groups, position }
    }
}

/// The distinct quantiles of the PD; none without cases.
fn bounds(pd: &[f64], goods: &[f64], bads: &[f64]) -> Vec<f64> {
    let outcomes = goods.iter().zip(bads);
    let mut cases: Vec<(f64, f64)> = pd
        .iter()
        .zip(outcomes)
        .map(|(pd, (good, bad))| (*pd, good + bad))
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    // Shares of a case may sum to a hair beside a whole number.
    let whole = |weight: f64| Some(weight.round()).filter(|near| *near > 0.0 && (weight - near).abs() <= 1e-9 * near);
    let all_whole = cases.iter().all(|(_, weight)| whole(*weight).is_some());
    cases.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let total: f64 = cases.iter().map(|(_, weight)| weight).sum();
    let scale = cases.len() as f64 / total;
    for (_, weight) in &mut cases {
        *weight = whole(*weight).filter(|_| all_whole).unwrap_or(*weight * scale);
    }
    let last = cases.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0;
    let mut bounds: Vec<f64> = Vec::new();
    // The case that holds a rank, and the weight before it.
    let (mut place, mut before) = (0, 0.0);
    for part in 0..=PD_GROUPS {
        let rank = last * part as f64 / PD_GROUPS as f64;
        let whole = rank.floor();
        while place + 1 < cases.len() && before + cases[place].1 <= whole {
            before += cases[place].1;
            place += 1;
        }
        let Some((here, weight)) = cases.get(place) else { break };
        // The next rank may belong to the same case, if it counts as several.
        let next = if before + weight <= whole + 1.0 { cases.get(place + 1) } else { None };
        let bound = here + (rank - whole) * (next.map_or(*here, |(pd, _)| *pd) - here);
        if bounds.last().is_none_or(|before| *before < bound) {
            bounds.push(bound);
        }
    }
    bounds
}
