//! Interactions that the challenger has found, and what the scorecard gains from them as pairs.
//!
//! With F_j, F_k, F_jk the partial dependences of the log odds on feature j, on k and on both, each with its mean taken
//! off, over the cases of a sample: H^2 = sum (F_jk - F_j - F_k)^2 / sum F_jk^2 (Friedman and Popescu 2008, Annals of
//! Applied Statistics 2:916-954); strength = root of the mean of (F_jk - F_j - F_k)^2, in log odds, which a pair without
//! effect cannot make large. Trees without one of the two cancel in the differences.

use rayon::prelude::*;
use serde::Serialize;

use super::boost::Boosted;
use super::codes::CodedFeature;
use super::tree::Tree;
use crate::validation::Interval;
use crate::validation::paired::PairedAuc;

/// Two features that act together.
#[derive(Debug, Clone, Serialize)]
pub struct Interaction {
    /// The features.
    pub of: [String; 2],
    /// Friedman's H, in [0, 1] but for chance: share of the joint effect that is no sum of two.
    pub h: Option<f64>,
    /// Size of the interaction in log odds.
    pub strength: f64,
    /// What the scorecard gains from it; null where that was not tried.
    pub gain: Option<PairGain>,
}

/// A scorecard with a further pair against the scorecard without.
#[derive(Debug, Clone, Serialize)]
pub struct PairGain {
    /// What the pair is called.
    pub pair: String,
    /// Whether the card's own selection chose it.
    pub chosen: bool,
    /// Fall of the mean log loss on holdout with its interval.
    pub log_loss: Interval,
    /// The same out of time; null without such a sample.
    pub log_loss_out_of_time: Option<Interval>,
    /// AUC on holdout with the pair, without, and the difference.
    pub auc: Option<PairedAuc>,
    /// Why there is no such scorecard.
    pub failed: Option<String>,
}

impl PairGain {
    /// Whether the log loss falls on holdout by more than chance explains, and does not rise out of time.
    pub fn is_clear(&self) -> bool {
        let is_worse_later = self.log_loss_out_of_time.and_then(|later| later.value).is_some_and(|value| value < 0.0);
        self.chosen && self.log_loss.low.is_some_and(|low| low > 0.0) && !is_worse_later
    }
}

/// All pairs among `candidates` that share a tree, the strongest first; `rows` are the cases that are averaged over.
pub(super) fn interactions(
    boosted: &Boosted,
    features: &[CodedFeature],
    candidates: &[usize],
    rows: &[u32],
) -> Vec<Interaction> {
    let pairs: Vec<[usize; 2]> = candidates
        .iter()
        .enumerate()
        .flat_map(|(place, first)| candidates[place + 1..].iter().map(move |second| [*first, *second]))
        .collect();
    let mut found: Vec<Interaction> = pairs
        .par_iter()
        .filter_map(|pair| {
            let (h, strength) = strength(boosted, features, *pair, rows)?;
            let of = pair.map(|feature| features[feature].name.clone());
            Some(Interaction { of, h, strength, gain: None })
        })
        .collect();
    found.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    found
}

/// (H, strength) of a pair; `None` where no tree has both.
fn strength(
    boosted: &Boosted,
    features: &[CodedFeature],
    pair: [usize; 2],
    rows: &[u32],
) -> Option<(Option<f64>, f64)> {
    if !boosted.trees.iter().any(|tree| tree.uses(pair[0]) && tree.uses(pair[1])) {
        return None;
    }
    let trees: Vec<&Tree> =
        boosted.trees.iter().filter(|tree| pair.iter().any(|feature| tree.uses(*feature))).collect();
    // Mean over the other cases, at the codes of the case `at` for the features of `fixed`.
    let dependence = |at: u32, fixed: &[usize]| {
        let value = |row: &u32| -> f64 {
            let code =
                |feature: usize| features[feature].codes[(if fixed.contains(&feature) { at } else { *row }) as usize];
            trees.iter().map(|tree| tree.value(code)).sum()
        };
        rows.iter().map(value).sum::<f64>() / rows.len() as f64
    };
    let centred = |fixed: &[usize]| {
        let values: Vec<f64> = rows.iter().map(|at| dependence(*at, fixed)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.into_iter().map(|value| value - mean).collect::<Vec<f64>>()
    };
    let (both, first, second) = (centred(&pair), centred(&pair[..1]), centred(&pair[1..]));
    let apart: f64 = (0..rows.len()).map(|case| (both[case] - first[case] - second[case]).powi(2)).sum();
    let all: f64 = both.iter().map(|value| value * value).sum();
    Some(((all > 0.0).then(|| (apart / all).sqrt()), (apart / rows.len() as f64).sqrt()))
}
