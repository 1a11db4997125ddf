//! Splits of development cases by one column, the card's model fitted again on each side.
//!
//! Model-based recursive partitioning (Zeileis, Hothorn and Hornik 2008, Journal of Computational and Graphical
//! Statistics 17:492-514), with exhaustive search over the cuts of each column in place of instability tests. Gain of a
//! split: 2 (l_left + l_right - l_node), l the log likelihood; charge: the further coefficients times ln n, n the
//! determinate development cases (Schwarz 1978). A split stands where its gain is above its charge. Searching many
//! cuts is not charged for, so what is proposed is to be judged on cases that took no part in it.

use linfa::ParamGuard;
use ndarray::Array1;

use crate::binning::Binning;
use crate::cases::{Cases, FeatureColumn, FeatureValues, Outcomes};
use crate::logistic::{CodedColumn, CodedRecords, LogisticError, LogisticParams, OutcomePairs};
use crate::table::MISSING;

/// Most levels of a category that are looked at one by one; beyond, its bins are.
pub(super) const MOST_LEVELS: usize = 12;

/// The side of a case of a column. Numbers: below the cut or not; categories: whether it is one of some levels.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rule {
    Below(f64),
    OneOf(Vec<u32>),
}

/// A rule, and the side of missing values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Split {
    pub rule: Rule,
    pub missing_is_left: bool,
}

impl Split {
    /// Whether a case goes to the left.
    pub fn is_left(&self, values: &FeatureValues, case: usize) -> bool {
        match (&self.rule, values) {
            (Rule::Below(cut), FeatureValues::Numeric(values)) => match values[case] {
                value if value.is_nan() => self.missing_is_left,
                value => value < *cut,
            },
            (Rule::OneOf(levels), FeatureValues::Categorical(values)) => match values.codes[case] {
                MISSING => self.missing_is_left,
                level => levels.contains(&level),
            },
            _ => false,
        }
    }
}

/// A fit on some cases; a column that cannot be told there has the coefficient 0.
#[derive(Debug, Clone)]
pub(super) struct NodeFit {
    pub intercept: f64,
    pub coefficients: Vec<f64>,
    pub log_likelihood: f64,
    /// The intercept included.
    pub parameters: usize,
}

/// What every node is fitted on: the determinate development cases.
pub(super) struct Ground<'a> {
    pub binnings: &'a [Binning],
    /// Positions of the model's features among the binnings.
    pub selected: &'a [usize],
    pub outcomes: &'a Outcomes,
    pub params: LogisticParams,
    /// Least goods, and least bads, of a side.
    pub min_class: f64,
    /// ln of the number of cases.
    pub charge: f64,
}

/// A node: positions of its cases, with their fit.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub rows: Vec<u32>,
    pub fit: NodeFit,
}

/// A node cut in two.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub split: Split,
    pub left: Node,
    pub right: Node,
    /// Twice the gain in log likelihood.
    pub gain: f64,
    /// What the further coefficients cost.
    pub charge: f64,
}

impl Cut {
    pub fn net(&self) -> f64 {
        self.gain - self.charge
    }
}

impl Ground<'_> {
    /// The node of these cases; `None` where the model cannot be fitted there.
    pub fn node(&self, rows: Vec<u32>, start: Option<&NodeFit>) -> Option<Node> {
        let fit = self.fit(&rows, start)?;
        Some(Node { rows, fit })
    }

    fn fit(&self, rows: &[u32], start: Option<&NodeFit>) -> Option<NodeFit> {
        let of = |weights: &[f64]| rows.iter().map(|row| weights[*row as usize]).collect();
        let outcomes = OutcomePairs::new(of(&self.outcomes.goods), of(&self.outcomes.bads)).ok()?;
        let woe = |binning: &Binning| binning.table.rows.iter().map(|row| row.woe).collect::<Vec<f64>>();
        let coded = self.selected.iter().map(|feature| {
            let binning = &self.binnings[*feature];
            let codes: Vec<u16> = rows.iter().map(|row| binning.codes[*row as usize]).collect();
            (codes, woe(binning))
        });
        let coded: Vec<(Vec<u16>, Vec<f64>)> = coded.collect();
        let varies = |column: &usize| {
            let (codes, woe) = &coded[*column];
            codes.iter().any(|code| woe[usize::from(*code)] != woe[usize::from(codes[0])])
        };
        let mut columns: Vec<usize> = (0..coded.len()).filter(varies).collect();
        loop {
            let column = |column: &usize| CodedColumn { codes: &coded[*column].0, values: &coded[*column].1 };
            let records = CodedRecords::new(columns.iter().map(column).collect(), rows.len()).ok()?;
            let mut params = self.params.clone();
            if let Some(start) = start {
                let own = columns.iter().map(|column| start.coefficients[*column]);
                params = params.start(std::iter::once(start.intercept).chain(own).collect::<Array1<f64>>());
            }
            match params.check().ok()?.fit_rows(&records, &outcomes) {
                Ok(fit) => {
                    let mut coefficients = vec![0.0; coded.len()];
                    columns.iter().zip(&fit.coefficients).for_each(|(column, value)| coefficients[*column] = *value);
                    return Some(NodeFit {
                        intercept: fit.intercept,
                        coefficients,
                        log_likelihood: fit.log_likelihood,
                        parameters: columns.len() + 1,
                    });
                }
                // Within a side a feature may say what others say.
                Err(LogisticError::Collinear { column, .. }) if columns.len() > 1 => drop(columns.remove(column)),
                Err(_) => return None,
            }
        }
    }

    /// The best of some splits of a node; of equal ones, the first.
    pub fn best_cut(&self, node: &Node, values: &FeatureValues, splits: &[Split]) -> Option<Cut> {
        let mut best: Option<Cut> = None;
        for split in splits {
            let (left, right): (Vec<u32>, Vec<u32>) =
                node.rows.iter().copied().partition(|row| split.is_left(values, *row as usize));
            if !self.is_enough(&left) || !self.is_enough(&right) {
                continue;
            }
            let (Some(left), Some(right)) = (self.node(left, Some(&node.fit)), self.node(right, Some(&node.fit)))
            else {
                continue;
            };
            let gain = 2.0 * (left.fit.log_likelihood + right.fit.log_likelihood - node.fit.log_likelihood);
            // A side in which a feature cannot be told from others is charged for it all the same.
            let further = ((left.fit.parameters + right.fit.parameters) as f64 - node.fit.parameters as f64).max(1.0);
            let cut = Cut { split: split.clone(), left, right, gain, charge: further * self.charge };
            if best.as_ref().is_none_or(|best| cut.net() > best.net()) {
                best = Some(cut);
            }
        }
        best
    }

    fn is_enough(&self, rows: &[u32]) -> bool {
        let (goods, bads) = weights(self.outcomes, rows);
        goods.min(bads) >= self.min_class.max(1.0)
    }
}

/// Good and bad weight of some cases.
pub(super) fn weights(outcomes: &Outcomes, rows: &[u32]) -> (f64, f64) {
    let sum = |weights: &[f64]| rows.iter().map(|row| weights[*row as usize]).sum::<f64>();
    (sum(&outcomes.goods), sum(&outcomes.bads))
}

/// The splits of a column to look at: the cuts of its bins (without any: its quartiles), or levels put in order by `safety`
/// and cut, and each against the rest.
pub(super) fn splits(
    column: &FeatureColumn,
    cuts: &[f64],
    units: &[Vec<u32>],
    cases: &Cases,
    rows: &[u32],
) -> Vec<Split> {
    let rules: Vec<Rule> = match &column.values {
        FeatureValues::Numeric(values) if cuts.is_empty() => {
            quartiles(values, rows).into_iter().map(Rule::Below).collect()
        }
        FeatureValues::Numeric(_) => cuts.iter().copied().map(Rule::Below).collect(),
        FeatureValues::Categorical(_) => {
            let mut rules: Vec<Rule> = Vec::new();
            for end in 1..units.len() {
                rules.push(Rule::OneOf(units[..end].concat()));
            }
            // The first and the last against the rest are among those already.
            rules
                .extend(units.iter().take(units.len().saturating_sub(1)).skip(1).map(|unit| Rule::OneOf(unit.clone())));
            rules
        }
    };
    let is_missing = |row: &u32| match &column.values {
        FeatureValues::Numeric(values) => values[*row as usize].is_nan(),
        FeatureValues::Categorical(values) => values.codes[*row as usize] == MISSING,
    };
    let has_missing = rows.iter().any(|row| cases.outcomes.is_determinate(*row as usize) && is_missing(row));
    let sides: &[bool] = if has_missing { &[false, true] } else { &[false] };
    let both = |rule: Rule| sides.iter().map(move |left| Split { rule: rule.clone(), missing_is_left: *left });
    rules.into_iter().flat_map(both).collect()
}

fn quartiles(values: &[f64], rows: &[u32]) -> Vec<f64> {
    let mut sorted: Vec<f64> = rows.iter().map(|row| values[*row as usize]).filter(|value| value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| sorted.get((share * sorted.len() as f64) as usize).copied();
    let mut cuts: Vec<f64> =
        [0.25, 0.5, 0.75].into_iter().filter_map(at).map(scorewright_runtime::units::twelve_digits).collect();
    cuts.dedup();
    cuts.retain(|cut| sorted.first().is_some_and(|first| first < cut));
    cuts
}
