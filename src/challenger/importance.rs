//! Permutation importance: what a model loses on cases it never saw when a feature's values are dealt out among them
//! anew (Breiman 2001; Fisher, Rudin and Dominici 2019). Both models are given the same permutations.

use rand::seq::SliceRandom;
use rayon::prelude::*;
use scorewright_runtime::Scorecard;
use serde::Serialize;

use super::boost::Boosted;
use super::codes::CodedFeature;
use crate::cases::{FeatureColumn, FeatureValues, Outcomes};
use crate::error::Result;
use crate::evidence::CardInput;
use crate::logistic::sigmoid;
use crate::random;
use crate::table::Categories;
use crate::validation::auc::auc;
use crate::validation::probability::log_loss;
use crate::validation::{Distribution, Scores};

/// Permutations of each feature.
const PERMUTATIONS: u64 = 5;

/// What a model loses without a feature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Loss {
    /// Mean fall of the AUC.
    pub auc: f64,
    /// Mean rise of the log loss.
    pub log_loss: f64,
}

/// A feature's worth to both models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// What the challenger loses without it; null where no tree splits by it.
    pub challenger: Option<Loss>,
    /// What the scorecard loses without it; null where it is not in the card.
    pub scorecard: Option<Loss>,
}

/// The cases that importance is measured on.
pub(super) struct Ground<'a> {
    pub rows: &'a [u32],
    goods: Vec<f64>,
    bads: Vec<f64>,
}

impl<'a> Ground<'a> {
    pub fn new(outcomes: &Outcomes, rows: &'a [u32]) -> Self {
        let pick = |weights: &[f64]| rows.iter().map(|row| weights[*row as usize]).collect();
        Ground { rows, goods: pick(&outcomes.goods), bads: pick(&outcomes.bads) }
    }

    /// AUC and mean log loss of scores with their PDs.
    fn figures(&self, score: &[f64], pd: &[f64]) -> Loss {
        let scores = Scores { score, goods: &self.goods, bads: &self.bads, groups: None };
        let weight: f64 = self.goods.iter().chain(&self.bads).sum();
        let loss: f64 = (0..pd.len()).map(|case| log_loss(pd[case], self.goods[case], self.bads[case])).sum();
        Loss { auc: auc(scores, &Distribution::new(scores)).value.unwrap_or(0.5), log_loss: loss / weight }
    }

    /// Which case's value each case gets, by feature and permutation.
    fn permutation(&self, seed: u64, feature: usize, number: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.shuffle(&mut random::generator(seed, "permutation importance", feature as u64 * PERMUTATIONS + number));
        order
    }

    /// Mean loss against `whole` over the permutations of a feature.
    fn loss(&self, seed: u64, feature: usize, whole: Loss, figures: impl Fn(&[usize]) -> Result<Loss>) -> Result<Loss> {
        let mut sum = Loss { auc: 0.0, log_loss: 0.0 };
        for number in 0..PERMUTATIONS {
            let without = figures(&self.permutation(seed, feature, number))?;
            sum.auc += whole.auc - without.auc;
            sum.log_loss += without.log_loss - whole.log_loss;
        }
        let count = PERMUTATIONS as f64;
        Ok(Loss { auc: sum.auc / count, log_loss: sum.log_loss / count })
    }
}

/// The challenger's, by feature.
pub(super) fn of_challenger(
    boosted: &Boosted,
    features: &[CodedFeature],
    ground: &Ground<'_>,
    seed: u64,
) -> Result<Vec<Option<Loss>>> {
    let figures = |eta: &[f64]| {
        let pd: Vec<f64> = eta.iter().map(|eta| sigmoid(-eta)).collect();
        ground.figures(eta, &pd)
    };
    let eta = boosted.log_odds(features, ground.rows);
    let whole = figures(&eta);
    (0..features.len())
        .into_par_iter()
        .map(|feature| {
            let trees: Vec<_> = boosted.trees.iter().filter(|tree| tree.uses(feature)).collect();
            if trees.is_empty() {
                return Ok(None);
            }
            let value = |row: u32, from: u32| -> f64 {
                let code = |other: usize| features[other].codes[(if other == feature { from } else { row }) as usize];
                trees.iter().map(|tree| tree.value(code)).sum()
            };
            // Only the trees that split by the feature change.
            let own: Vec<f64> = ground.rows.iter().map(|row| value(*row, *row)).collect();
            let loss = ground.loss(seed, feature, whole, |order| {
                let changed: Vec<f64> = order
                    .iter()
                    .enumerate()
                    .map(|(case, from)| eta[case] - own[case] + value(ground.rows[case], ground.rows[*from]))
                    .collect();
                Ok(figures(&changed))
            });
            loss.map(Some)
        })
        .collect()
}

/// The scorecard's, by column.
pub(super) fn of_scorecard(
    card: &Scorecard,
    columns: &[&FeatureColumn],
    ground: &Ground<'_>,
    seed: u64,
) -> Result<Vec<Option<Loss>>> {
    let all: Vec<usize> = (0..ground.rows.len()).collect();
    let part: Vec<FeatureColumn> = columns.iter().map(|column| dealt(column, ground.rows, &all)).collect();
    let figures = |columns: &[&FeatureColumn]| -> Result<Loss> {
        let input = CardInput::new(card, columns)?;
        let scored: Vec<_> = all.iter().map(|case| card.score_codes(input.case(*case))).collect();
        let score: Vec<f64> = scored.iter().map(|case| case.score.0).collect();
        let pd: Vec<f64> = scored.iter().map(|case| case.pd.0).collect();
        Ok(ground.figures(&score, &pd))
    };
    let own: Vec<&FeatureColumn> = part.iter().collect();
    let whole = figures(&own)?;
    (0..columns.len())
        .into_par_iter()
        .map(|feature| {
            if !card.inputs().iter().any(|input| input.name == columns[feature].name) {
                return Ok(None);
            }
            let loss = ground.loss(seed, feature, whole, |order| {
                let changed = dealt(columns[feature], ground.rows, order);
                let mut columns = own.clone();
                columns[feature] = &changed;
                figures(&columns)
            });
            loss.map(Some)
        })
        .collect()
}

/// The column over the cases `rows` in another order.
fn dealt(column: &FeatureColumn, rows: &[u32], order: &[usize]) -> FeatureColumn {
    let row = |from: &usize| rows[*from] as usize;
    let values = match &column.values {
        FeatureValues::Numeric(values) => FeatureValues::Numeric(order.iter().map(|from| values[row(from)]).collect()),
        FeatureValues::Categorical(values) => FeatureValues::Categorical(Categories {
            codes: order.iter().map(|from| values.codes[row(from)]).collect(),
            levels: values.levels.clone(),
        }),
    };
    FeatureColumn { name: column.name.clone(), description: column.description.clone(), values }
}
