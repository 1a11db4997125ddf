//! Groups of cases that belong together, such as the cases of one customer: what intervals by group sum and draw.

use super::scored::Scores;

/// The good and bad cases by group; indeterminate cases are left out. Groups stand in the order of their first case,
/// the cases of a group in the order of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    cases: Vec<u32>,
    /// Where each group ends in `cases`.
    ends: Vec<usize>,
}

impl Groups {
    /// The groups of scored cases; without group codes every case is a group of its own.
    pub fn new(scores: Scores<'_>) -> Self {
        let mut cases: Vec<u32> = (0..scores.score.len() as u32)
            .filter(|case| scores.goods[*case as usize] + scores.bads[*case as usize] > 0.0)
            .collect();
        let Some(codes) = scores.groups else {
            return Groups { ends: (1..=cases.len()).collect(), cases };
        };
        let same = |a: &u32, b: &u32| codes[*a as usize] == codes[*b as usize];
        cases.sort_unstable_by_key(|case| (codes[*case as usize], *case));
        let mut runs: Vec<&[u32]> = cases.chunk_by(same).collect();
        runs.sort_unstable_by_key(|run| run[0]);
        let ends = runs
            .iter()
            .scan(0, |end, run| {
                *end += run.len();
                Some(*end)
            })
            .collect();
        Groups { cases: runs.concat(), ends }
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no good or bad case.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether any group has more than one case, so that intervals go by group.
    pub fn repeat(&self) -> bool {
        self.cases.len() > self.ends.len()
    }

    /// Cases of the group at `position`.
    pub fn cases(&self, position: usize) -> &[u32] {
        let start = position.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.cases[start..self.ends[position]]
    }

    /// Whether the group at `position` holds good weight, and whether it holds bad weight.
    pub fn holds(&self, position: usize, scores: Scores<'_>) -> (bool, bool) {
        let any = |weights: &[f64]| self.cases(position).iter().any(|case| weights[*case as usize] > 0.0);
        (any(scores.goods), any(scores.bads))
    }

    /// How many groups hold good weight, and how many hold bad weight.
    pub fn count(&self, scores: Scores<'_>) -> (usize, usize) {
        (0..self.len())
            .map(|position| self.holds(position, scores))
            .fold((0, 0), |(goods, bads), (good, bad)| (goods + usize::from(good), bads + usize::from(bad)))
    }
}
