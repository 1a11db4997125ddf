//! Reasons as whole numbers: of all that the bins of a card can cost, the most gets the rank 1. A case's reasons are then
//! its lowest ranks, and ties are decided here.

use super::super::answers::Answer;

/// The ranks of all bins of a card.
pub(super) struct Ranks {
    /// What a bin costs and the position of its feature, greatest cost first, then in the order of the card.
    ranked: Vec<(f64, usize)>,
}

impl Ranks {
    /// Ranks of features by what each gives for its bins.
    pub fn new(answers: &[Vec<Answer>]) -> Self {
        let costs = |(feature, answers): (usize, &Vec<Answer>)| {
            answers.iter().map(|answer| (answer.lost, feature)).filter(|(lost, _)| *lost > 0.0).collect::<Vec<_>>()
        };
        let mut ranked: Vec<(f64, usize)> = answers.iter().enumerate().flat_map(costs).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.dedup();
        Ranks { ranked }
    }

    /// The rank of a cost; `None` where it is no reason. Two features have no rank in common.
    pub fn of(&self, feature: usize, answer: &Answer) -> Option<usize> {
        let place = self.ranked.binary_search_by(|(lost, of)| answer.lost.total_cmp(lost).then(of.cmp(&feature)));
        place.ok().map(|place| place + 1)
    }

    /// What stands for no reason: above every rank.
    pub fn none(&self) -> usize {
        self.ranked.len() + 1
    }
}
