//! Scores with outcomes, and their distribution over distinct scores: what most measures need.

use rayon::prelude::*;

/// Scored cases. All slices have one entry a case. Values of measures do not depend on the groups, their intervals do.
#[derive(Debug, Clone, Copy)]
pub struct Scores<'a> {
    /// Higher is safer.
    pub score: &'a [f64],
    /// Good weight.
    pub goods: &'a [f64],
    /// Bad weight.
    pub bads: &'a [f64],
    /// Codes of groups of cases that are not independent; `None`: every case stands for itself.
    pub groups: Option<&'a [u32]>,
}

impl Scores<'_> {
    /// Whether no case is partly good and partly bad.
    pub(crate) fn are_whole(&self) -> bool {
        self.goods.iter().zip(self.bads).all(|(good, bad)| *good <= 0.0 || *bad <= 0.0)
    }
}

/// Good and bad weight by distinct score, scores rising.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distribution {
    /// Distinct scores.
    pub score: Vec<f64>,
    /// Good weight at each.
    pub goods: Vec<f64>,
    /// Bad weight at each.
    pub bads: Vec<f64>,
    /// Position of each case's score.
    pub position: Vec<u32>,
}

impl Distribution {
    /// Groups equal scores; a negative zero equals zero.
    pub fn new(scores: Scores<'_>) -> Self {
        if let Some(distribution) = Self::of_whole_numbers(scores) {
            return distribution;
        }
        let mut order: Vec<(f64, u32)> = scores.score.iter().map(|score| score + 0.0).zip(0..).collect();
        // By score, then by case: sums run in the order of the cases.
        order.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut distribution = Distribution { position: vec![0; order.len()], ..Distribution::default() };
        for (score, case) in order {
            if distribution.score.last() != Some(&score) {
                distribution.score.push(score);
                distribution.goods.push(0.0);
                distribution.bads.push(0.0);
            }
            let last = distribution.score.len() - 1;
            distribution.goods[last] += scores.goods[case as usize];
            distribution.bads[last] += scores.bads[case as usize];
            distribution.position[case as usize] = last as u32;
        }
        distribution
    }

    /// The same for whole numbers that lie close together, such as rounded points: counted, not sorted.
    fn of_whole_numbers(scores: Scores<'_>) -> Option<Self> {
        let ends =
            scores.score.iter().try_fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high): (f64, f64), score| {
                (score.fract() == 0.0).then(|| (low.min(*score), high.max(*score)))
            });
        // From 0 to 2^31 every whole number is exact, and its place fits; fewer places than cases, or sorting is quicker.
        let (low, high) = ends.filter(|(low, high)| low.abs().max(high.abs()) < 2_147_483_648.0)?;
        let places = (high - low) as usize + 1;
        if places > scores.score.len() {
            return None;
        }
        let mut sums = vec![(false, 0.0, 0.0); places];
        for (case, score) in scores.score.iter().enumerate() {
            let sum = &mut sums[(score - low) as usize];
            *sum = (true, sum.1 + scores.goods[case], sum.2 + scores.bads[case]);
        }
        let mut distribution = Distribution::default();
        let mut positions = vec![0; places];
        for (place, (_, goods, bads)) in sums.into_iter().enumerate().filter(|(_, sum)| sum.0) {
            positions[place] = distribution.score.len() as u32;
            distribution.score.push(low + place as f64 + 0.0);
            distribution.goods.push(goods);
            distribution.bads.push(bads);
        }
        distribution.position = scores.score.iter().map(|score| positions[(score - low) as usize]).collect();
        Some(distribution)
    }

    /// Total good and bad weight.
    pub fn totals(&self) -> (f64, f64) {
        (self.goods.iter().sum(), self.bads.iter().sum())
    }
}
