//! Brier score with its terms, and skill.
//!
//! Brier = sum (b (1 - q)^2 + g q^2) / W with PD q, good and bad weight g, b and W = sum (g + b): the mean squared error of the
//! PDs. Range [0, 1]; lower is better. Interval: normal, from the spread of the cases' losses, by group of cases that are not
//! independent (see [`super::paired::mean_difference`]).
//!
//! Terms over groups k of cases by PD (see [`super::pd_groups`]), with weight n_k, mean PD q_k, bad rate r_k, bad rate of all r:
//! reliability = sum n_k (q_k - r_k)^2 / W, lower is better; resolution = sum n_k (r_k - r)^2 / W, higher is better;
//! uncertainty = r (1 - r); within-bin variance = sum over cases of w (q - q_k)^2 / W; within-bin covariance =
//! 2 sum over cases of w (q - q_k)(y - r_k) / W. Brier = reliability - resolution + uncertainty + within-bin variance -
//! within-bin covariance, exactly; without the last two only where PDs are constant within a group.
//!
//! Isotonic terms need no groups: with the PDs replaced by the isotonic regression of the outcomes on them,
//! miscalibration = Brier - Brier of the isotonic PDs, discrimination = uncertainty - Brier of the isotonic PDs, and
//! Brier = miscalibration - discrimination + uncertainty; none is below 0.
//!
//! Skill = 1 - Brier / uncertainty: 1 is perfect, 0 no better than the bad rate for everybody, below 0 worse. Not defined where
//! all cases are good or all are bad. Weights enter linearly, fractional outcomes as parts of a good and a bad.
//!
//! Source: Brier (1950), Monthly Weather Review 78:1-3; Murphy (1973), Journal of Applied Meteorology 12:595-600; Stephenson,
//! Coelho and Jolliffe (2008), Weather and Forecasting 23:752-757; Dimitriadis, Gneiting and Jordan (2021), PNAS 118(8).

use serde::Serialize;

use super::Interval;
use super::isotonic::{Block, Direction, isotonic_blocks};
use super::paired::mean_difference;
use super::pd_groups::PdGroups;
use super::scored::{Distribution, Scores};

/// The Brier score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Brier {
    /// Mean squared error.
    pub value: f64,
    /// Lower bound of its 95% interval; null with a single case.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Over the groups by PD.
    pub reliability: f64,
    /// Over the groups by PD.
    pub resolution: f64,
    /// Variance of the outcome.
    pub uncertainty: f64,
    /// Spread of the PDs within groups.
    pub within_bin_variance: f64,
    /// Twice the covariance of PD and outcome within groups.
    pub within_bin_covariance: f64,
    /// What recalibration could win, by isotonic regression.
    pub miscalibration: f64,
    /// What the order of the PDs wins, by isotonic regression.
    pub discrimination: f64,
    /// Groups by PD that the terms are over.
    pub groups: usize,
}

impl Brier {
    /// 1 - Brier / uncertainty; `None` where all cases are good or all are bad.
    pub fn skill(&self) -> Option<f64> {
        (self.uncertainty > 0.0).then(|| 1.0 - self.value / self.uncertainty)
    }
}

/// A part of the isotonic recalibration: PDs with one recalibrated PD.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RecalibratedPart {
    /// Lowest PD.
    pub lower: f64,
    /// Highest PD.
    pub upper: f64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// Observed bad rate, which rises from part to part.
    pub recalibrated_pd: f64,
}

/// Isotonic regression of the outcomes on the PDs, which rises with them; no part without good and bad cases.
pub fn recalibration(pd: &[f64], goods: &[f64], bads: &[f64]) -> Vec<RecalibratedPart> {
    let Distribution { score: pd, goods, bads, .. } =
        Distribution::new(Scores { score: pd, goods, bads, groups: None });
    let with_cases: Vec<usize> = (0..pd.len()).filter(|place| goods[*place] + bads[*place] > 0.0).collect();
    let weights: Vec<f64> = with_cases.iter().map(|place| goods[*place] + bads[*place]).collect();
    let rates: Vec<f64> = with_cases.iter().map(|place| bads[*place] / (goods[*place] + bads[*place])).collect();
    let part = |block: &Block| {
        let places = &with_cases[block.from..block.to];
        let sum = |weights: &[f64]| places.iter().map(|place| weights[*place]).sum::<f64>();
        RecalibratedPart {
            lower: pd[places[0]],
            upper: pd[places[places.len() - 1]],
            goods: sum(&goods),
            bads: sum(&bads),
            recalibrated_pd: block.value,
        }
    };
    isotonic_blocks(&rates, &weights, Direction::Rising).iter().map(part).collect()
}

/// The Brier score alone, with its interval; undefined without good and bad cases.
pub fn brier_score(scores: Scores<'_>, pd: &[f64]) -> Interval {
    let Scores { goods, bads, groups, .. } = scores;
    let weights: Vec<f64> = goods.iter().zip(bads).map(|(good, bad)| good + bad).collect();
    let losses: Vec<f64> = (0..pd.len()).map(|i| bads[i] * (1.0 - pd[i]).powi(2) + goods[i] * pd[i].powi(2)).collect();
    mean_difference(&losses, &weights, groups)
}

/// The Brier score of cases with their groups by PD and their isotonic recalibration; `None` without good and bad cases.
pub fn brier(scores: Scores<'_>, pd: &[f64], by_pd: &PdGroups, recalibration: &[RecalibratedPart]) -> Option<Brier> {
    let Scores { goods, bads, .. } = scores;
    let weights: Vec<f64> = goods.iter().zip(bads).map(|(good, bad)| good + bad).collect();
    let Interval { value, low, high } = brier_score(scores, pd);
    let value = value?;
    let (all_goods, all_bads): (f64, f64) = (goods.iter().sum(), bads.iter().sum());
    let total = all_goods + all_bads;
    let uncertainty = all_bads / total * (all_goods / total);
    let over_groups = |term: fn(f64, f64, f64) -> f64| {
        let groups = by_pd.groups.iter();
        let rate = all_bads / total;
        groups.map(|group| (group.goods + group.bads) * term(group.mean_pd, group.observed, rate)).sum::<f64>() / total
    };
    let (mut variance, mut covariance) = (0.0, 0.0);
    for case in 0..pd.len() {
        if weights[case] > 0.0 {
            let group = &by_pd.groups[by_pd.position[case] as usize];
            let apart = pd[case] - group.mean_pd;
            variance += weights[case] * apart * apart;
            covariance += apart * (bads[case] - weights[case] * group.observed);
        }
    }
    let of_part = |part: &RecalibratedPart| {
        part.bads * (1.0 - part.recalibrated_pd).powi(2) + part.goods * part.recalibrated_pd.powi(2)
    };
    let isotonic = recalibration.iter().map(of_part).sum::<f64>() / total;
    Some(Brier {
        value,
        low,
        high,
        reliability: over_groups(|pd, observed, _| (pd - observed).powi(2)),
        resolution: over_groups(|_, observed, rate| (observed - rate).powi(2)),
        uncertainty,
        within_bin_variance: variance / total,
        within_bin_covariance: 2.0 * covariance / total,
        miscalibration: (value - isotonic).max(0.0),
        discrimination: (uncertainty - isotonic).max(0.0),
        groups: by_pd.groups.len(),
    })
}
