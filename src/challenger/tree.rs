//! A regression tree over codes, grown leaf by leaf by the second-order gain of a loss, on histograms.
//!
//! Gain of a split of a leaf with gradient G and Hessian H: GL^2 / (HL + l2) + GR^2 / (HR + l2) - G^2 / (H + l2); value
//! of a leaf: - rate * G / (H + l2) (Friedman 2001; Chen and Guestrin 2016). The leaf with the highest gain is split
//! next. Categories stand in the order of G / (H + 10) before a cut through the order is looked for (Fisher 1958).

use rayon::prelude::*;

use super::codes::{CODES, CodedFeature, MISSING_CODE};

/// Fewer cases than this, and a category goes with the larger side.
const LEAST_OF_CATEGORY: f64 = 10.0;
/// Added to a category's Hessian before categories are put in order.
const CATEGORY_SMOOTHING: f64 = 10.0;
/// Least Hessian of a leaf.
const LEAST_HESSIAN: f64 = 1e-3;

/// How trees are grown.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct TreeParams {
    /// Most leaves.
    pub leaves: usize,
    /// What the values of leaves are multiplied by.
    pub learning_rate: f64,
    /// Penalty on the values of leaves.
    pub l2: f64,
    /// Least cases of a leaf.
    pub min_cases: f64,
}

/// A node of a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// What is added to the log odds.
    Leaf(f64),
    /// Codes whose bit in `left` is set go to the first child.
    Split {
        /// Position of the feature.
        feature: usize,
        /// One bit a code.
        left: u64,
        /// Positions of the children.
        children: [usize; 2],
    },
}

/// A tree; its first node is the root.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree(pub Vec<Node>);

impl Tree {
    /// What the tree adds for a case whose codes are given by feature.
    pub fn value(&self, code: impl Fn(usize) -> u8) -> f64 {
        let mut at = 0;
        loop {
            match self.0[at] {
                Node::Leaf(value) => return value,
                Node::Split { feature, left, children } => at = children[usize::from((left >> code(feature)) & 1 == 0)],
            }
        }
    }

    /// Whether it splits by a feature.
    pub fn uses(&self, wanted: usize) -> bool {
        self.0.iter().any(|node| matches!(node, Node::Split { feature, .. } if *feature == wanted))
    }
}

/// Sums over cases.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    hessian: f64,
    cases: f64,
}

impl Sums {
    fn add(&mut self, other: Sums) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
        self.cases += other.cases;
    }

    fn less(self, other: Sums) -> Sums {
        Sums {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            cases: self.cases - other.cases,
        }
    }

    fn score(self, l2: f64) -> f64 {
        self.gradient * self.gradient / (self.hessian + l2)
    }

    fn may_be_leaf(self, params: &TreeParams) -> bool {
        self.cases >= params.min_cases && self.hessian >= LEAST_HESSIAN
    }
}

type Histogram = Vec<[Sums; CODES]>;

#[derive(Debug, Clone, Copy)]
struct Split {
    gain: f64,
    feature: usize,
    left: u64,
}

/// A leaf that may still be split.
struct Open {
    node: usize,
    rows: Vec<u32>,
    sums: Sums,
    histogram: Histogram,
    split: Option<Split>,
}

/// Grows a tree on the cases `rows`, whose gradients and Hessians stand by case of the data; gives the leaves' cases
/// with their values as well.
pub fn grow(
    features: &[CodedFeature],
    rows: &[u32],
    gradients: &[(f64, f64)],
    params: &TreeParams,
) -> (Tree, Vec<(Vec<u32>, f64)>) {
    let open = |node: usize, rows: Vec<u32>, histogram: Histogram| {
        let mut sums = Sums::default();
        for row in &rows {
            let (gradient, hessian) = gradients[*row as usize];
            sums.add(Sums { gradient, hessian, cases: 1.0 });
        }
        let split = best_split(features, &histogram, sums, params);
        Open { node, rows, sums, histogram, split }
    };
    let mut nodes = vec![Node::Leaf(0.0)];
    let mut leaves = vec![open(0, rows.to_vec(), histogram(features, rows, gradients))];
    while leaves.len() < params.leaves {
        let mut best: Option<(usize, Split)> = None;
        for (position, leaf) in leaves.iter().enumerate() {
            if let Some(split) = leaf.split
                && best.is_none_or(|(_, other)| split.gain > other.gain)
            {
                best = Some((position, split));
            }
        }
        let Some((position, split)) = best else { break };
        let parent = leaves.remove(position);
        let codes = &features[split.feature].codes;
        let goes_left = |row: &u32| (split.left >> codes[*row as usize]) & 1 == 1;
        let (left, right): (Vec<u32>, Vec<u32>) = parent.rows.into_iter().partition(goes_left);
        // The smaller child is counted; the other is what remains.
        let left_is_smaller = left.len() <= right.len();
        let small = histogram(features, if left_is_smaller { &left } else { &right }, gradients);
        let large = less(parent.histogram, &small);
        let (of_left, of_right) = if left_is_smaller { (small, large) } else { (large, small) };
        let children = [nodes.len(), nodes.len() + 1];
        nodes[parent.node] = Node::Split { feature: split.feature, left: split.left, children };
        nodes.extend([Node::Leaf(0.0), Node::Leaf(0.0)]);
        leaves.push(open(children[0], left, of_left));
        leaves.push(open(children[1], right, of_right));
    }
    let values = leaves
        .into_iter()
        .map(|leaf| {
            let value = -params.learning_rate * leaf.sums.gradient / (leaf.sums.hessian + params.l2);
            nodes[leaf.node] = Node::Leaf(value);
            (leaf.rows, value)
        })
        .collect();
    (Tree(nodes), values)
}

/// Sums by feature and code; each feature's run in the order of the cases.
fn histogram(features: &[CodedFeature], rows: &[u32], gradients: &[(f64, f64)]) -> Histogram {
    let gathered: Vec<(f64, f64)> = rows.iter().map(|row| gradients[*row as usize]).collect();
    features
        .par_iter()
        .with_min_len(4)
        .map(|feature| {
            let mut sums = [Sums::default(); CODES];
            for (row, (gradient, hessian)) in rows.iter().zip(&gathered) {
                let place = &mut sums[usize::from(feature.codes[*row as usize]) % CODES];
                place.gradient += gradient;
                place.hessian += hessian;
                place.cases += 1.0;
            }
            sums
        })
        .collect()
}

fn less(mut all: Histogram, part: &Histogram) -> Histogram {
    for (all, part) in all.iter_mut().flatten().zip(part.iter().flatten()) {
        *all = all.less(*part);
    }
    all
}

/// The split of highest gain; ties: the first feature, the first place.
fn best_split(features: &[CodedFeature], histogram: &Histogram, all: Sums, params: &TreeParams) -> Option<Split> {
    let splits: Vec<Option<Split>> = features
        .par_iter()
        .with_min_len(16)
        .zip(histogram)
        .enumerate()
        .map(|(position, (feature, sums))| {
            let cut = if feature.is_ordered { ordered(sums, all, params) } else { categories(sums, all, params) };
            cut.map(|(gain, left)| Split { gain, feature: position, left })
        })
        .collect();
    splits.into_iter().flatten().fold(None, |best: Option<Split>, split| match best {
        Some(best) if best.gain >= split.gain => Some(best),
        _ => Some(split),
    })
}

/// Gain of a split where both sides may be leaves and something is gained.
fn gain(left: Sums, all: Sums, params: &TreeParams) -> Option<f64> {
    let right = all.less(left);
    let gain = left.score(params.l2) + right.score(params.l2) - all.score(params.l2);
    (left.may_be_leaf(params) && right.may_be_leaf(params) && gain > 0.0).then_some(gain)
}

/// The best cut through the order of values, missing values on either side: (gain, codes to the left).
fn ordered(sums: &[Sums; CODES], all: Sums, params: &TreeParams) -> Option<(f64, u64)> {
    let missing = sums[usize::from(MISSING_CODE)];
    let bit = 1_u64 << MISSING_CODE;
    let mut best: Option<(f64, u64)> = None;
    let mut left = Sums::default();
    for (code, sums) in sums.iter().enumerate().take(usize::from(MISSING_CODE)) {
        if sums.cases == 0.0 {
            continue;
        }
        left.add(*sums);
        let codes = (2_u64 << code) - 1;
        let mut consider = |left: Sums, codes: u64| {
            if let Some(gain) = gain(left, all, params)
                && best.is_none_or(|(highest, _)| gain > highest)
            {
                best = Some((gain, codes));
            }
        };
        if missing.cases > 0.0 {
            consider(left, codes);
            let mut with_missing = left;
            with_missing.add(missing);
            consider(with_missing, codes | bit);
        } else {
            // Nothing is known of missing values here: they go with the larger side.
            consider(left, if left.cases > all.cases - left.cases { codes | bit } else { codes });
        }
    }
    best
}

/// The best cut through categories in the order of their gradients: (gain, codes to the left).
fn categories(sums: &[Sums; CODES], all: Sums, params: &TreeParams) -> Option<(f64, u64)> {
    let mut order: Vec<usize> = (0..CODES).filter(|code| sums[*code].cases >= LEAST_OF_CATEGORY).collect();
    let place = |code: usize| sums[code].gradient / (sums[code].hessian + CATEGORY_SMOOTHING);
    order.sort_by(|a, b| place(*a).total_cmp(&place(*b)).then(a.cmp(b)));
    let known = order.iter().fold(0_u64, |codes, code| codes | 1 << code);
    let mut rest = Sums::default();
    sums.iter().enumerate().filter(|(code, _)| (known >> code) & 1 == 0).for_each(|(_, sums)| rest.add(*sums));
    let mut best: Option<(f64, u64)> = None;
    let (mut left, mut codes) = (Sums::default(), 0_u64);
    for code in order {
        left.add(sums[code]);
        codes |= 1 << code;
        // Rare and unknown categories go with the larger side.
        let (side, with) = if left.cases > all.cases - left.cases - rest.cases {
            let mut side = left;
            side.add(rest);
            (side, codes | !known)
        } else {
            (left, codes)
        };
        if let Some(gain) = gain(side, all, params)
            && best.is_none_or(|(highest, _)| gain > highest)
        {
            best = Some((gain, with));
        }
    }
    best
}
