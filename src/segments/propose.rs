//! Segments that the data propose: by column, the best tree of splits, and how the best of all does on other cases.

use std::collections::BTreeMap;

use rayon::prelude::*;
use scorewright_runtime::artifact::BinDomain;
use serde::Serialize;

use super::training::single_card;
use super::tree::{Cut, Ground, MOST_LEVELS, Node, NodeFit, Rule, Split, splits, weights};
use crate::binning::{Binning, SampleOutcomes, categories_label, interval_label};
use crate::cases::{Cases, FeatureColumn, FeatureValues};
use crate::config::CardSpec;
use crate::error::Result;
use crate::evidence::Verdict;
use crate::logistic::LogisticParams;
use crate::pipeline::{Developed, LoadedCard, develop, load_card};
use crate::progress::Progress;
use crate::sample::{SampleName, Samples};
use crate::validation::auc::auc;
use crate::validation::auc_difference::auc_difference;
use crate::validation::likelihood_difference::likelihood_difference;
use crate::validation::{Difference, Distribution, Scores};

/// What the data propose.
#[derive(Debug, Clone, Serialize)]
pub struct Proposal {
    /// The card.
    pub card: String,
    /// The features of the one card for all, in whose terms every model is fitted.
    pub features: Vec<String>,
    /// Least goods, and least bads, of a segment in development.
    pub min_bads: f64,
    /// Every column that can be split, best first.
    pub candidates: Vec<Candidate>,
    /// The segments of the first of them; empty where no split is worth its charge.
    pub leaves: Vec<Leaf>,
    /// The segments against one model for all, by sample that took no part in finding them.
    pub checked: BTreeMap<String, Checked>,
    /// What those say.
    pub verdict: Verdict,
    /// `[segments]` for the card; empty where there is nothing to propose.
    pub section: String,
}

/// A column with its best splits.
#[derive(Debug, Clone, Serialize)]
pub struct Candidate {
    /// The column.
    pub column: String,
    /// Its splits, the first one first; the last may not be worth its charge where it is the only one.
    pub splits: Vec<SplitOf>,
    /// Gain minus charge, summed over the splits.
    pub net: f64,
}

/// A split of a node.
#[derive(Debug, Clone, Serialize)]
pub struct SplitOf {
    /// 1: of all cases; 2: of one of its sides.
    pub depth: usize,
    /// The cases that are split, in words.
    pub of: String,
    /// One side, in words.
    pub left: String,
    /// The other side.
    pub right: String,
    /// Twice the gain in log likelihood.
    pub gain: f64,
    /// What the further coefficients cost.
    pub charge: f64,
}

/// A proposed segment.
#[derive(Debug, Clone, Serialize)]
pub struct Leaf {
    /// Its name.
    pub name: String,
    /// Development cases that are good or bad.
    pub cases: u64,
    /// Weight of goods.
    pub goods: f64,
    /// Weight of bads.
    pub bads: f64,
    /// Its intercept.
    pub intercept: f64,
    /// Its coefficients, in the order of the features; 0: cannot be told there.
    pub coefficients: Vec<f64>,
}

/// The models of the segments against the one model, on a sample; differences are with segments minus without.
#[derive(Debug, Clone, Serialize)]
pub struct Checked {
    /// Number of cases.
    pub cases: u64,
    /// AUC with segments.
    pub auc: Option<f64>,
    /// AUC of the one model.
    pub single_auc: Option<f64>,
    /// Paired DeLong.
    pub auc_difference: Difference,
    /// Mean log likelihood a case.
    pub log_likelihood_difference: Difference,
    /// What they say.
    pub verdict: Verdict,
}

/// A column with its splits, while it is looked at.
struct Found<'a> {
    column: &'a FeatureColumn,
    cuts: Vec<(usize, String, Cut)>,
    leaves: Vec<Node>,
    /// The way to each leaf: sides of splits.
    ways: Vec<Vec<(Split, bool)>>,
}

/// Proposes segments for a card. `[segments]` of the card, if there is one, is left aside.
///
/// # Errors
/// Those of training one card for all.
pub fn propose(spec: CardSpec, min_bads: Option<f64>, progress: &dyn Progress) -> Result<Proposal> {
    let own = spec.segments.clone();
    let LoadedCard { spec, cases, samples, .. } = load_card(spec, progress)?;
    let column = own.as_ref().map(|own| own.column.clone()).unwrap_or_default();
    let min_bads = min_bads.or(own.map(|own| own.min_bads)).unwrap_or(100.0);
    let (spec, cases) = single_card(&spec, &cases, &column);
    let Developed { binnings, selection, .. } = develop(&spec, &cases, &samples, progress)?;
    let selected = &selection.selected;
    let development = samples.development();
    let rows: Vec<u32> =
        development.iter().copied().filter(|row| cases.outcomes.is_determinate(*row as usize)).collect();
    let ground = Ground {
        binnings: &binnings,
        selected,
        outcomes: &cases.outcomes,
        params: LogisticParams::new().l2(spec.fit.l2).firth(spec.fit.firth),
        min_class: min_bads,
        charge: (rows.len() as f64).ln(),
    };
    let features: Vec<String> = selected.iter().map(|place| binnings[*place].name.clone()).collect();
    let none = || Proposal {
        card: spec.card.name.clone(),
        features: features.clone(),
        min_bads,
        candidates: Vec::new(),
        leaves: Vec::new(),
        checked: BTreeMap::new(),
        verdict: Verdict::NotKnown,
        section: String::new(),
    };
    let Some(root) = ground.node(rows, None) else { return Ok(none()) };
    let outcomes = SampleOutcomes::new(&cases.outcomes, development);
    progress.begin("splitting by columns", cases.features.len());
    let mut found: Vec<Found<'_>> = cases
        .features
        .par_iter()
        .map(|column| {
            let grown = binnings.iter().find(|binning| binning.name == column.name).and_then(|binning| {
                let units = units(column, binning, &outcomes);
                grow(&ground, &root, column, &splits(column, &cuts(binning), &units, &cases, development))
            });
            progress.advance();
            progress.check()?;
            Ok(grown)
        })
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect();
    // Best first; of equal ones, the first in the order of the features.
    found.sort_by(|a, b| b.net().total_cmp(&a.net()));
    let mut proposal = Proposal { candidates: found.iter().map(Found::candidate).collect(), ..none() };
    if let Some(best) = found.first().filter(|best| best.net() > 0.0) {
        proposal.leaves = best.described(&ground);
        proposal.section = best.section(&proposal.leaves, development);
        proposal.checked = check(best, &root.fit, &binnings, selected, &cases, &samples);
        proposal.verdict = Verdict::together(proposal.checked.values().map(|one| one.verdict));
    }
    Ok(proposal)
}

/// Splits by a column: of all cases, and then of each side, as far as they are worth their charge.
fn grow<'a>(ground: &Ground<'_>, root: &Node, column: &'a FeatureColumn, splits: &[Split]) -> Option<Found<'a>> {
    let first = ground.best_cut(root, &column.values, splits)?;
    let mut found = Found { column, cuts: Vec::new(), leaves: Vec::new(), ways: Vec::new() };
    let is_worth = first.net() > 0.0;
    for (node, is_left) in [(&first.left, true), (&first.right, false)] {
        let way = vec![(first.split.clone(), is_left)];
        // A side of a split that is not worth it is not looked at further.
        let further = is_worth.then(|| ground.best_cut(node, &column.values, splits)).flatten();
        match further.filter(|cut| cut.net() > 0.0) {
            None => {
                found.leaves.push(node.clone());
                found.ways.push(way);
            }
            Some(cut) => {
                for (leaf, is_left) in [(&cut.left, true), (&cut.right, false)] {
                    found.leaves.push(leaf.clone());
                    found.ways.push([way.clone(), vec![(cut.split.clone(), is_left)]].concat());
                }
                let of = found.in_words(&way);
                found.cuts.push((2, of, cut));
            }
        }
    }
    found.cuts.insert(0, (1, "all cases".to_owned(), first));
    Some(found)
}

/// The cuts of a numeric feature's ordinary bins.
fn cuts(binning: &Binning) -> Vec<f64> {
    let bounds = binning.bins.iter().filter_map(|(_, domain)| match domain {
        BinDomain::Interval { lower, .. } => *lower,
        _ => None,
    });
    bounds.collect()
}

/// What of a categorical column is split together: its levels, or of many its bins; from risky to safe in development.
fn units(column: &FeatureColumn, binning: &Binning, outcomes: &SampleOutcomes<'_>) -> Vec<Vec<u32>> {
    let FeatureValues::Categorical(values) = &column.values else { return Vec::new() };
    let levels = 0..values.levels.len() as u32;
    let counts = outcomes.cells(&values.codes, values.levels.len() + 1);
    let weight = |unit: &Vec<u32>| {
        unit.iter()
            .map(|level| counts[*level as usize])
            .fold((0.0, 0.0), |sum, cell| (sum.0 + cell.goods, sum.1 + cell.bads))
    };
    let mut units: Vec<Vec<u32>> = match values.levels.len() <= MOST_LEVELS {
        true => levels.map(|level| vec![level]).collect(),
        false => {
            let of_level = |level: &u32| binning.partition.category(&values.levels[*level as usize]);
            let codes = 0..binning.partition.bins() as u16;
            codes.map(|code| levels.clone().filter(|level| of_level(level) == code).collect()).collect()
        }
    };
    units.retain(|unit| weight(unit).0 + weight(unit).1 > 0.0);
    let rate = |unit: &Vec<u32>| weight(unit).0 / (weight(unit).0 + weight(unit).1);
    units.sort_by(|a, b| rate(a).total_cmp(&rate(b)));
    units
}

impl Found<'_> {
    fn net(&self) -> f64 {
        self.cuts.iter().map(|(_, _, cut)| cut.net()).sum()
    }

    fn candidate(&self) -> Candidate {
        let split = |(depth, of, cut): &(usize, String, Cut)| {
            let side = |is_left: bool| self.in_words(&[(cut.split.clone(), is_left)]);
            SplitOf {
                depth: *depth,
                of: of.clone(),
                left: side(true),
                right: side(false),
                gain: cut.gain,
                charge: cut.charge,
            }
        };
        Candidate { column: self.column.name.clone(), splits: self.cuts.iter().map(split).collect(), net: self.net() }
    }

    /// Whether a level goes this way.
    fn takes(way: &[(Split, bool)], level: u32) -> bool {
        way.iter()
            .all(|(split, is_left)| matches!(&split.rule, Rule::OneOf(levels) if levels.contains(&level) == *is_left))
    }

    /// Bounds of the numbers that go this way.
    fn bounds(way: &[(Split, bool)]) -> (Option<f64>, Option<f64>) {
        let (mut lower, mut upper): (Option<f64>, Option<f64>) = (None, None);
        for (split, is_left) in way {
            let Rule::Below(cut) = split.rule else { continue };
            match is_left {
                true => upper = Some(upper.map_or(cut, |known| known.min(cut))),
                false => lower = Some(lower.map_or(cut, |known| known.max(cut))),
            }
        }
        (lower, upper)
    }

    fn takes_missing(way: &[(Split, bool)]) -> bool {
        way.iter().all(|(split, is_left)| split.missing_is_left == *is_left)
    }

    /// The levels that go this way, sorted by text.
    fn texts(&self, way: &[(Split, bool)]) -> Vec<String> {
        let FeatureValues::Categorical(values) = &self.column.values else { return Vec::new() };
        let levels = values.levels.iter().enumerate();
        let mut texts: Vec<String> =
            levels.filter(|(level, _)| Self::takes(way, *level as u32)).map(|(_, text)| text.clone()).collect();
        texts.sort();
        texts
    }

    fn in_words(&self, way: &[(Split, bool)]) -> String {
        match &self.column.values {
            FeatureValues::Numeric(_) => {
                let (lower, upper) = Self::bounds(way);
                interval_label(lower, upper)
            }
            FeatureValues::Categorical(_) => categories_label(&self.texts(way)),
        }
    }

    fn described(&self, ground: &Ground<'_>) -> Vec<Leaf> {
        let leaf = |(node, way): (&Node, &Vec<(Split, bool)>)| {
            let (goods, bads) = weights(ground.outcomes, &node.rows);
            Leaf {
                name: self.in_words(way).replace('/', "-"),
                cases: node.rows.len() as u64,
                goods,
                bads,
                intercept: node.fit.intercept,
                coefficients: node.fit.coefficients.clone(),
            }
        };
        let mut leaves: Vec<Leaf> = self.leaves.iter().zip(&self.ways).map(leaf).collect();
        // Labels shorten long lists of categories, so that two may look alike.
        let names: Vec<String> = leaves.iter().map(|leaf| leaf.name.clone()).collect();
        if names.iter().enumerate().any(|(place, name)| names[..place].contains(name) || name.len() > 60) {
            leaves.iter_mut().enumerate().for_each(|(place, leaf)| leaf.name = format!("segment {}", place + 1));
        }
        leaves
    }

    /// Position of the leaf of a case; of a value that development never saw, and of a missing one where it had none, the
    /// largest.
    fn leaf_of(&self, case: usize, known: &[bool]) -> usize {
        let is_known = match &self.column.values {
            FeatureValues::Numeric(values) => !values[case].is_nan() || known.last() == Some(&true),
            FeatureValues::Categorical(values) => {
                known.get(values.codes[case] as usize).copied().unwrap_or(known.last() == Some(&true))
            }
        };
        let values = &self.column.values;
        let goes = |way: &Vec<(Split, bool)>| way.iter().all(|(split, left)| split.is_left(values, case) == *left);
        let own = self.ways.iter().position(goes).filter(|_| is_known);
        own.unwrap_or_else(|| self.largest())
    }

    fn largest(&self) -> usize {
        let size = |place: &usize| (self.leaves[*place].rows.len(), usize::MAX - place);
        (0..self.leaves.len()).max_by_key(size).unwrap_or(0)
    }

    /// Which levels development has; the last entry is for missing values.
    fn known(&self, development: &[u32]) -> Vec<bool> {
        match &self.column.values {
            FeatureValues::Numeric(values) => vec![development.iter().any(|row| values[*row as usize].is_nan())],
            FeatureValues::Categorical(values) => {
                let mut known = vec![false; values.levels.len() + 1];
                for row in development {
                    known[(values.codes[*row as usize] as usize).min(values.levels.len())] = true;
                }
                known
            }
        }
    }

    /// `[segments]` as the card would have it.
    fn section(&self, leaves: &[Leaf], development: &[u32]) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let list = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        let mut text = format!("[segments]\ncolumn = {}\n", quoted(&self.column.name));
        match &self.column.values {
            FeatureValues::Numeric(_) => {
                let mut order: Vec<(f64, &Leaf)> = self
                    .ways
                    .iter()
                    .zip(leaves)
                    .map(|(way, leaf)| (Self::bounds(way).0.unwrap_or(f64::NEG_INFINITY), leaf))
                    .collect();
                order.sort_by(|a, b| a.0.total_cmp(&b.0));
                let cuts: Vec<String> = order.iter().skip(1).map(|(cut, _)| format!("{cut:?}")).collect();
                let names: Vec<String> = order.iter().map(|(_, leaf)| leaf.name.clone()).collect();
                text.push_str(&format!("cuts = [{}]\nnames = [{}]\n", cuts.join(", "), list(&names)));
            }
            FeatureValues::Categorical(_) => {
                let groups: Vec<String> = self
                    .ways
                    .iter()
                    .zip(leaves)
                    .map(|(way, leaf)| format!("{} = [{}]", quoted(&leaf.name), list(&self.texts(way))))
                    .collect();
                text.push_str(&format!("groups = {{ {} }}\n", groups.join(", ")));
            }
        }
        let has_missing = self.known(development).last() == Some(&true);
        match self.ways.iter().position(|way| Self::takes_missing(way)).filter(|_| has_missing) {
            Some(place) => text.push_str(&format!("otherwise = {}\n", quoted(&leaves[place].name))),
            None => text.push_str(&format!(
                "# otherwise = {}   # where missing and new values go; without it such a case is refused\n",
                quoted(&leaves[self.largest()].name)
            )),
        }
        text
    }
}

/// The models of the leaves against the one of all cases, on samples that took no part.
fn check(
    found: &Found<'_>,
    root: &NodeFit,
    binnings: &[Binning],
    selected: &[usize],
    cases: &Cases,
    samples: &Samples,
) -> BTreeMap<String, Checked> {
    let known = found.known(samples.development());
    let log_odds = |fit: &NodeFit, case: usize| {
        let parts = selected.iter().zip(&fit.coefficients).map(|(feature, coefficient)| {
            let binning = &binnings[*feature];
            // What development never saw has WOE 0.
            coefficient * binning.table.rows.get(usize::from(binning.codes[case])).map_or(0.0, |row| row.woe)
        });
        fit.intercept + parts.sum::<f64>()
    };
    let checks = samples.samples.iter().filter(|one| matches!(one.name, SampleName::Holdout | SampleName::OutOfTime));
    checks
        .map(|sample| {
            let rows = || sample.rows.iter().map(|row| *row as usize);
            let own: Vec<f64> =
                rows().map(|case| log_odds(&found.leaves[found.leaf_of(case, &known)].fit, case)).collect();
            let one: Vec<f64> = rows().map(|case| log_odds(root, case)).collect();
            let goods: Vec<f64> = rows().map(|case| cases.outcomes.goods[case]).collect();
            let bads: Vec<f64> = rows().map(|case| cases.outcomes.bads[case]).collect();
            let groups: Option<Vec<u32>> =
                cases.groups.as_ref().map(|groups| rows().map(|case| groups.codes[case]).collect());
            let scores = Scores { score: &own, goods: &goods, bads: &bads, groups: groups.as_deref() };
            let single = Scores { score: &one, ..scores };
            let (auc_difference, log_likelihood_difference) =
                (auc_difference(scores, &one), likelihood_difference(scores, &own, &one));
            let checked = Checked {
                cases: sample.rows.len() as u64,
                auc: auc(scores, &Distribution::new(scores)).value,
                single_auc: auc(single, &Distribution::new(single)).value,
                verdict: Verdict::of(&log_likelihood_difference, &auc_difference),
                auc_difference,
                log_likelihood_difference,
            };
            (sample.name.name().to_owned(), checked)
        })
        .collect()
}
