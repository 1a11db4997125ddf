//! Features that are functions of a ratio outcome: its logit, the loss it leaves, whether there was one. The AUC alone
//! need not show it: where ratios lie close together, even the outcome itself has an AUC near 0.5.
//!
//! On determinate development cases with a value, at most [`MOST_CASES`] of them in even steps:
//! - agreement in rank: of the pairs that differ in both, C in the same order and D in the opposite,
//!   gamma = (C - D) / (C + D) (Goodman and Kruskal 1954). Suspicious from [`GREATEST_GAMMA`] on, where such pairs are at
//!   least [`LEAST_PAIRS`] of all;
//! - share of the ratio's variance between groups of the feature (correlation ratio): its categories, or up to
//!   [`GROUPS`] stretches of its values. Suspicious from [`GREATEST_SHARE`] on.

use crate::cases::{FeatureValues, Outcomes};
use crate::table::MISSING;

const MOST_CASES: usize = 20_000;
/// Honest features seldom reach 0.7.
const GREATEST_GAMMA: f64 = 0.95;
const LEAST_PAIRS: f64 = 0.1;
/// What comes back of a loan is largely chance; nothing known before explains so much.
const GREATEST_SHARE: f64 = 0.9;
const GROUPS: usize = 50;
/// A group needs so many cases, that its mean is not its cases; categories with fewer are pooled.
const LEAST_CASES: usize = 30;

/// The ratio of each of some cases, where the outcome is one.
pub(super) struct Ratios {
    rows: Vec<usize>,
    ratio: Vec<f64>,
}

impl Ratios {
    /// `rows` are determinate; `None` where no case has both a good and a bad part.
    pub fn new(outcomes: &Outcomes, rows: &[usize]) -> Option<Self> {
        rows.iter().find(|row| outcomes.goods[**row] > 0.0 && outcomes.bads[**row] > 0.0)?;
        let step = rows.len().div_ceil(MOST_CASES);
        let rows: Vec<usize> = rows.iter().copied().step_by(step).collect();
        let ratio = |row: &usize| outcomes.goods[*row] / (outcomes.goods[*row] + outcomes.bads[*row]);
        Some(Ratios { ratio: rows.iter().map(ratio).collect(), rows })
    }

    /// Why a feature looks like a function of the ratio.
    pub fn reasons(&self, values: &FeatureValues) -> Vec<String> {
        let (places, ratios) = self.places(values);
        let mut reasons = Vec::new();
        if places.len() < 2 * LEAST_CASES {
            return reasons;
        }
        let (gamma, pairs) = agreement(&places, &ratios);
        if gamma.abs() >= GREATEST_GAMMA && pairs >= LEAST_PAIRS {
            let way = if gamma > 0.0 { "the same" } else { "the opposite" };
            reasons.push(format!(
                "it puts cases in {way} order as the ratio that is the outcome (rank agreement {:.3} over {:.0}% of all pairs)",
                gamma.abs(),
                pairs * 100.0
            ));
        }
        let share = explained(&places, &ratios);
        if share >= GREATEST_SHARE {
            reasons.push(format!("it explains {:.1}% of the variance of the ratio that is the outcome", share * 100.0));
        }
        reasons
    }

    /// Place of the feature's value in its order and ratio, of the cases with a value; categories stand in the order of
    /// their mean ratio.
    fn places(&self, values: &FeatureValues) -> (Vec<u32>, Vec<f64>) {
        match values {
            FeatureValues::Numeric(values) => {
                let known = self.rows.iter().zip(&self.ratio).filter(|(row, _)| !values[**row].is_nan());
                let (numbers, ratios): (Vec<f64>, Vec<f64>) = known.map(|(row, ratio)| (values[*row], *ratio)).unzip();
                (ranks(&numbers), ratios)
            }
            FeatureValues::Categorical(categories) => {
                let known = self.rows.iter().zip(&self.ratio).filter(|(row, _)| categories.codes[**row] != MISSING);
                let (codes, ratios): (Vec<u32>, Vec<f64>) =
                    known.map(|(row, ratio)| (categories.codes[*row], *ratio)).unzip();
                let mut sums = vec![(0_usize, 0.0); categories.levels.len() + 1];
                for (code, ratio) in codes.iter().zip(&ratios) {
                    sums[*code as usize].0 += 1;
                    sums[*code as usize].1 += ratio;
                }
                let rare = categories.levels.len();
                let group = |code: usize| if sums[code].0 < LEAST_CASES { rare } else { code };
                let mut means: Vec<(usize, f64)> = sums.clone();
                for code in (0..rare).filter(|code| group(*code) == rare) {
                    means[rare].0 += sums[code].0;
                    means[rare].1 += sums[code].1;
                }
                let mean = |code: &u32| {
                    let (cases, sum) = means[group(*code as usize)];
                    sum / cases.max(1) as f64
                };
                (ranks(&codes.iter().map(mean).collect::<Vec<_>>()), ratios)
            }
        }
    }
}

/// Place of each number among the different ones, from 0.
fn ranks(values: &[f64]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    let mut ranks = vec![0; values.len()];
    for (place, run) in order.chunk_by(|a, b| values[*a] == values[*b]).enumerate() {
        run.iter().for_each(|case| ranks[*case] = place as u32);
    }
    ranks
}

/// Gamma, and the share of the pairs that it is of.
fn agreement(places: &[u32], ratios: &[f64]) -> (f64, f64) {
    let ratio = ranks(ratios);
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_unstable_by_key(|case| (places[*case], *case));
    // Numbers of cases before, by rank of the ratio, as a tree of sums (Fenwick 1994).
    let mut tree = vec![0_u64; places.len() + 1];
    let below = |tree: &[u64], rank: usize| {
        let (mut sum, mut node) = (0, rank);
        while node > 0 {
            sum += tree[node];
            node &= node - 1;
        }
        sum
    };
    let (mut same, mut opposite, mut before) = (0_u64, 0_u64, 0_u64);
    for run in order.chunk_by(|a, b| places[*a] == places[*b]) {
        for case in run {
            let rank = ratio[*case] as usize;
            same += below(&tree, rank);
            opposite += before - below(&tree, rank + 1);
        }
        for case in run {
            let mut node = ratio[*case] as usize + 1;
            while node < tree.len() {
                tree[node] += 1;
                node += node & node.wrapping_neg();
            }
        }
        before += run.len() as u64;
    }
    let (same, opposite, cases) = (same as f64, opposite as f64, places.len() as f64);
    let gamma = if same + opposite > 0.0 { (same - opposite) / (same + opposite) } else { 0.0 };
    (gamma, (same + opposite) / (cases * (cases - 1.0) / 2.0))
}

/// Share of the variance of the ratios that lies between groups of neighbouring places.
fn explained(places: &[u32], ratios: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_unstable_by_key(|case| (places[*case], *case));
    let least = LEAST_CASES.max(order.len() / GROUPS);
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    let total: f64 = ratios.iter().map(|ratio| (ratio - mean).powi(2)).sum();
    let (mut between, mut cases, mut sum) = (0.0, 0, 0.0);
    let mut runs = order.chunk_by(|a, b| places[*a] == places[*b]).peekable();
    while let Some(run) = runs.next() {
        cases += run.len();
        sum += run.iter().map(|case| ratios[*case]).sum::<f64>();
        if cases >= least || runs.peek().is_none() {
            between += cases as f64 * (sum / cases as f64 - mean).powi(2);
            (cases, sum) = (0, 0.0);
        }
    }
    if total > 0.0 { between / total } else { 0.0 }
}
