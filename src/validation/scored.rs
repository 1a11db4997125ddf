//! Scores with outcomes, and their distribution over distinct scores: what most measures need.

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
        let mut order: Vec<u32> = (0..scores.score.len() as u32).collect();
        let key = |case: u32| scores.score[case as usize] + 0.0;
        // By score, then by case: sums run in the order of the cases.
        order.sort_unstable_by(|a, b| key(*a).total_cmp(&key(*b)).then(a.cmp(b)));
        let mut distribution = Distribution { position: vec![0; order.len()], ..Distribution::default() };
        for case in order {
            let score = key(case);
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

    /// Total good and bad weight.
    pub fn totals(&self) -> (f64, f64) {
        (self.goods.iter().sum(), self.bads.iter().sum())
    }
}
