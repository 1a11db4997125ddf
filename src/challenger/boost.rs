//! Gradient boosting of trees under the logistic loss of good and bad weights.
//!
//! With log odds eta (good:bad) and p = 1 / (1 + exp(-eta)), a case of weights g, b has the loss
//! -g ln p - b ln(1 - p), the gradient (g + b) p - g and the Hessian (g + b) p (1 - p).

use rayon::prelude::*;

use super::codes::CodedFeature;
use super::tree::{Tree, TreeParams, grow};
use crate::cases::Outcomes;
use crate::logistic::sigmoid;
use crate::validation::probability::log_loss;

/// Boosted trees.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosted {
    /// Log odds good:bad before any tree.
    pub base: f64,
    /// The trees, in the order in which they were grown.
    pub trees: Vec<Tree>,
}

impl Boosted {
    /// Log odds good:bad of the cases `rows`.
    pub fn log_odds(&self, features: &[CodedFeature], rows: &[u32]) -> Vec<f64> {
        rows.par_iter()
            .with_min_len(256)
            .map(|row| {
                let code = |feature: usize| features[feature].codes[*row as usize];
                self.trees.iter().fold(self.base, |sum, tree| sum + tree.value(code))
            })
            .collect()
    }

    /// Whether any tree splits by a feature.
    pub fn uses(&self, feature: usize) -> bool {
        self.trees.iter().any(|tree| tree.uses(feature))
    }
}

/// When growing ends, and what is watched meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Stop<'a> {
    /// Most trees.
    pub trees: usize,
    /// Cases whose log loss is taken after every tree.
    pub watch: &'a [u32],
    /// Trees without a better loss on them after which growing ends.
    pub patience: usize,
}

/// Boosts trees on the determinate cases of `rows`; gives the mean log loss on the watched cases before any tree and
/// after each as well. `is_stopped` ends it early.
pub fn boost(
    features: &[CodedFeature],
    outcomes: &Outcomes,
    rows: &[u32],
    params: &TreeParams,
    stop: &Stop<'_>,
    is_stopped: impl Fn() -> bool,
) -> (Boosted, Vec<f64>) {
    let determinate = |rows: &[u32]| -> Vec<u32> {
        rows.iter().copied().filter(|row| outcomes.is_determinate(*row as usize)).collect()
    };
    let (rows, watched) = (determinate(rows), determinate(stop.watch));
    let of = |row: u32| (outcomes.goods[row as usize], outcomes.bads[row as usize]);
    let (goods, bads) = rows.iter().map(|row| of(*row)).fold((0.0, 0.0), |sum, case| (sum.0 + case.0, sum.1 + case.1));
    let base = (goods / bads).ln();
    let weight: f64 = watched.iter().map(|row| of(*row)).map(|(good, bad)| good + bad).sum();
    let mut eta = vec![base; outcomes.len()];
    let mut gradients = vec![(0.0, 0.0); outcomes.len()];
    let mut trees = Vec::new();
    let loss = |eta: &[f64]| {
        let of_case = |row: &u32| log_loss(1.0 - sigmoid(eta[*row as usize]), of(*row).0, of(*row).1);
        watched.iter().map(of_case).sum::<f64>() / weight
    };
    let mut losses = vec![loss(&eta)];
    let mut best = 0;
    while trees.len() < stop.trees && !is_stopped() {
        for row in &rows {
            let (good, bad) = of(*row);
            let p = sigmoid(eta[*row as usize]);
            gradients[*row as usize] = ((good + bad) * p - good, (good + bad) * p * (1.0 - p));
        }
        let (tree, leaves) = grow(features, &rows, &gradients, params);
        if leaves.len() < 2 {
            break;
        }
        for (rows, value) in &leaves {
            rows.iter().for_each(|row| eta[*row as usize] += value);
        }
        for row in &watched {
            eta[*row as usize] += tree.value(|feature| features[feature].codes[*row as usize]);
        }
        trees.push(tree);
        losses.push(loss(&eta));
        if losses[losses.len() - 1] < losses[best] {
            best = losses.len() - 1;
        }
        if !watched.is_empty() && losses.len() - 1 - best >= stop.patience {
            break;
        }
    }
    (Boosted { base, trees }, losses)
}
