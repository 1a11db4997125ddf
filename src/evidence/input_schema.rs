//! The input columns of a sample against those of development: types, missing and special values, ranges, categories.
//!
//! Shares are of cases, unweighted; those of development come from the card's bins, by weight, and are not known for
//! columns that feed pairs alone. The range of development is stored in cards since version 1 of the program; it is that
//! of ordinary numbers: neither missing nor special nor infinite. The allowed range is what the card's authors state; any
//! number outside of it is a warning. A warning is given, too, where the share of missing or of
//! special values differs from development's by more than 5 percentage points, where more than 1% of the cases lie
//! outside development's range, where a category occurs that development never saw, where a column is constant, and
//! where the file's type is not the card's.

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;
use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{BinDomain, FeatureKind, Literal, Range};
use serde::Serialize;

use super::ScoredSample;
use super::coded::Coded;
use crate::cases::{FeatureColumn, FeatureValues};
use crate::table::{Categories, MISSING};
use crate::words::Message;

/// Shares that differ by more are worth a warning.
const SHARE: f64 = 0.05;
/// More than this share outside of development's range is worth a warning.
const OUTSIDE: f64 = 0.01;
/// Values that are named.
const NAMED: usize = 10;

/// The inputs of a card on a sample.
#[derive(Debug, Clone, Serialize)]
pub struct InputSchema {
    /// Number of cases.
    pub cases: u64,
    /// By input column of the card.
    pub columns: Vec<InputColumn>,
    /// Columns that the card names but the data do not have; an input column must be there.
    pub missing_columns: Vec<String>,
    /// Columns of the data file that the card does not know; null where there is no file.
    pub extra_columns: Option<Vec<String>>,
    /// What a reader must know.
    pub warnings: Vec<Message>,
}

/// An input column.
#[derive(Debug, Clone, Serialize)]
pub struct InputColumn {
    /// Its name.
    pub name: String,
    /// Numbers or categories, by the card.
    #[serde(rename = "type")]
    pub kind: FeatureKind,
    /// Type of the file's column; null where there is no file.
    pub type_in_data: Option<String>,
    /// Its source, where the card states it.
    pub source: Option<String>,
    /// Cases without a value.
    pub missing: u64,
    /// Their share.
    pub missing_share: f64,
    /// Their share of development.
    pub development_missing_share: Option<f64>,
    /// Cases with a special value.
    pub special: u64,
    /// Their share.
    pub special_share: f64,
    /// Their share of development.
    pub development_special_share: Option<f64>,
    /// Lowest ordinary number.
    pub lowest: Option<f64>,
    /// Highest ordinary number.
    pub highest: Option<f64>,
    /// Lowest ordinary number of development.
    pub development_lowest: Option<f64>,
    /// Highest ordinary number of development.
    pub development_highest: Option<f64>,
    /// Cases below development's range.
    pub below: Option<u64>,
    /// Cases above development's range.
    pub above: Option<u64>,
    /// Share of the cases outside of development's range.
    pub outside_share: Option<f64>,
    /// The range that the card allows; null where it states none.
    pub allowed: Option<Range>,
    /// Ordinary numbers outside of it.
    pub outside_allowed: Option<u64>,
    /// Infinite numbers.
    pub infinite: u64,
    /// Cases with a category that development never saw.
    pub unseen: u64,
    /// Their share.
    pub unseen_share: f64,
    /// The most frequent of these categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen_values: Vec<UnseenValue>,
    /// Whether all cases have the same value, or none.
    pub constant: bool,
}

/// A category that development never saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnseenValue {
    /// The category.
    pub value: String,
    /// How many cases have it.
    pub cases: u64,
}

/// The domains of the bins in which a card takes a column.
fn domains<'a>(card: &'a Scorecard, input: &'a str) -> impl Iterator<Item = &'a BinDomain> {
    let of_features = card.features().iter().flat_map(move |feature| {
        let own = feature.axes.is_none() && feature.title() == input;
        let axes = feature.axes.iter().flatten().filter(move |axis| axis.input == input);
        let bins = feature.bins.iter().filter(move |_| own).map(|bin| &bin.domain);
        bins.chain(axes.flat_map(|axis| axis.bins.iter().map(|bin| &bin.domain)))
    });
    let segments = card.document().segments.iter().filter(move |segments| segments.input == input);
    let values = segments.flat_map(|segments| segments.segments.iter().flat_map(|segment| &segment.values));
    of_features.chain(values.map(|value| &value.domain))
}

/// The special numbers of an input column.
pub fn special_numbers(card: &Scorecard, input: &str) -> Vec<f64> {
    let mut numbers: Vec<f64> = domains(card, input)
        .flat_map(|domain| match domain {
            BinDomain::Special(values) => values.as_slice(),
            _ => &[],
        })
        .filter_map(|value| match value {
            Literal::Number(number) => Some(*number),
            _ => None,
        })
        .collect();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    numbers
}

/// Shares of missing and special values in development, from the bins of the features that take the column alone.
fn development_shares(card: &Scorecard, input: &str) -> Option<(f64, f64)> {
    let features = card.features().iter().filter(|feature| feature.axes.is_none() && feature.title() == input);
    let mut weights = (0.0, 0.0, 0.0);
    for bin in features.flat_map(|feature| &feature.bins) {
        weights.0 += bin.cases;
        match bin.domain {
            BinDomain::Missing => weights.1 += bin.cases,
            BinDomain::Special(_) => weights.2 += bin.cases,
            _ => {}
        }
    }
    (weights.0 > 0.0).then(|| (weights.1 / weights.0, weights.2 / weights.0))
}

/// Holds the inputs of a sample against those of development.
pub(super) fn input_schema(coded: &Coded<'_>) -> InputSchema {
    let card = coded.card();
    let all = coded.subject.cases.columns();
    let known = card.inputs().par_iter().filter_map(|input| {
        let column = all.iter().find(|column| column.name == input.name)?;
        Some(input_column(card, input.kind, column, coded.sample))
    });
    let mut schema = InputSchema {
        cases: coded.len() as u64,
        columns: known.collect(),
        missing_columns: Vec::new(),
        extra_columns: None,
        warnings: Vec::new(),
    };
    schema.warn();
    schema
}

fn input_column(card: &Scorecard, kind: FeatureKind, column: &FeatureColumn, sample: &ScoredSample) -> InputColumn {
    let facts = card.document().inputs.get(&column.name);
    let shares = development_shares(card, &column.name);
    let mut found = InputColumn {
        name: column.name.clone(),
        kind,
        type_in_data: None,
        source: facts.and_then(|facts| facts.source.clone()),
        missing: 0,
        missing_share: 0.0,
        development_missing_share: shares.map(|shares| shares.0),
        special: 0,
        special_share: 0.0,
        development_special_share: shares.map(|shares| shares.1),
        lowest: None,
        highest: None,
        development_lowest: facts.and_then(|facts| facts.lowest),
        development_highest: facts.and_then(|facts| facts.highest),
        below: None,
        above: None,
        outside_share: None,
        allowed: facts.and_then(|facts| facts.allowed),
        outside_allowed: None,
        infinite: 0,
        unseen: 0,
        unseen_share: 0.0,
        unseen_values: Vec::new(),
        constant: false,
    };
    let rows = &sample.rows;
    match &column.values {
        FeatureValues::Numeric(values) => found.numbers(values, rows, &special_numbers(card, &column.name)),
        FeatureValues::Categorical(values) => found.categories(values, rows, card),
    }
    let share = |count: u64| if rows.is_empty() { 0.0 } else { count as f64 / rows.len() as f64 };
    found.missing_share = share(found.missing);
    found.special_share = share(found.special);
    found.unseen_share = share(found.unseen);
    found.outside_share = found.below.zip(found.above).map(|(below, above)| share(below + above));
    found
}

impl InputColumn {
    fn numbers(&mut self, values: &[f64], rows: &[u32], special: &[f64]) {
        let range = self.development_lowest.zip(self.development_highest);
        let (mut below, mut above, mut outside_allowed) = (0, 0, 0);
        let mut ends: Option<(f64, f64)> = None;
        let mut first = None;
        let mut constant = true;
        for row in rows {
            let value = values[*row as usize];
            let first = *first.get_or_insert(value);
            constant &= value == first || (value.is_nan() && first.is_nan());
            if value.is_nan() {
                self.missing += 1;
            } else if special.contains(&value) {
                self.special += 1;
            } else {
                if let Some((lowest, highest)) = range {
                    below += u64::from(value < lowest);
                    above += u64::from(value > highest);
                }
                outside_allowed += u64::from(self.allowed.is_some_and(|allowed| !allowed.contains(value)));
                if value.is_infinite() {
                    self.infinite += 1;
                } else {
                    let (low, high) = ends.unwrap_or((value, value));
                    ends = Some((low.min(value), high.max(value)));
                }
            }
        }
        self.constant = constant;
        self.lowest = ends.map(|ends| ends.0);
        self.highest = ends.map(|ends| ends.1);
        self.below = range.map(|_| below);
        self.above = range.map(|_| above);
        self.outside_allowed = self.allowed.map(|_| outside_allowed);
    }

    fn categories(&mut self, values: &Categories, rows: &[u32], card: &Scorecard) {
        let mut counts = vec![0_u64; values.levels.len()];
        for row in rows {
            match values.codes[*row as usize] {
                MISSING => self.missing += 1,
                code => counts[code as usize] += 1,
            }
        }
        let mut seen: HashSet<&str> = HashSet::new();
        let mut special: HashSet<&str> = HashSet::new();
        for domain in domains(card, &self.name) {
            match domain {
                BinDomain::Categories(texts) => seen.extend(texts.iter().map(String::as_str)),
                BinDomain::Special(values) => special.extend(values.iter().filter_map(|value| match value {
                    Literal::Text(text) => Some(text.as_str()),
                    _ => None,
                })),
                _ => {}
            }
        }
        let mut unseen: Vec<UnseenValue> = Vec::new();
        for (level, cases) in values.levels.iter().zip(&counts).filter(|(_, cases)| **cases > 0) {
            if special.contains(level.as_str()) {
                self.special += cases;
            } else if !seen.contains(level.as_str()) {
                unseen.push(UnseenValue { value: level.clone(), cases: *cases });
            }
        }
        self.unseen = unseen.iter().map(|one| one.cases).sum();
        unseen.sort_by(|a, b| b.cases.cmp(&a.cases).then_with(|| a.value.cmp(&b.value)));
        unseen.truncate(NAMED);
        self.unseen_values = unseen;
        self.constant = counts.iter().filter(|cases| **cases > 0).count() + usize::from(self.missing > 0) <= 1;
    }

    fn warnings(&self) -> Vec<Message> {
        let mut warnings = Vec::new();
        let percent = |share: f64| format!("{:.1}%", 100.0 * share);
        if self.constant {
            warnings.push(Message::new("{0}: all cases have the same value, or none").with(&self.name));
        }
        let shares = [
            (
                "{0}: missing in {1} of the cases, in development in {2}",
                self.missing_share,
                self.development_missing_share,
            ),
            (
                "{0}: special in {1} of the cases, in development in {2}",
                self.special_share,
                self.development_special_share,
            ),
        ];
        for (template, share, development) in shares {
            if let Some(development) = development.filter(|development| (share - development).abs() > SHARE) {
                warnings.push(Message::new(template).with(&self.name).with(percent(share)).with(percent(development)));
            }
        }
        if let (Some(outside), Some(low), Some(high)) =
            (self.outside_share.filter(|share| *share > OUTSIDE), self.development_lowest, self.development_highest)
        {
            warnings.push(
                Message::new("{0}: {1} of the cases lie outside of development's range, {2} to {3}")
                    .with(&self.name)
                    .with(percent(outside))
                    .with(low)
                    .with(high),
            );
        }
        if let Some(outside) = self.outside_allowed.filter(|outside| *outside > 0) {
            warnings.push(
                Message::new("{0}: {1} cases lie outside of the range that the card allows")
                    .with(&self.name)
                    .with(outside),
            );
        }
        if let Some(most) = self.unseen_values.first() {
            warnings.push(
                Message::new("{0}: {1} of the cases have a category that development never saw, most of them {2}")
                    .with(&self.name)
                    .with(percent(self.unseen_share))
                    .with(format!("{:?}", most.value)),
            );
        }
        let is_other = |data: &&String| match self.kind {
            FeatureKind::Numeric => *data != "number",
            FeatureKind::Categorical | FeatureKind::Pair => *data != "text",
        };
        if let Some(data) = self.type_in_data.as_ref().filter(is_other) {
            let wanted = if self.kind == FeatureKind::Numeric { "number" } else { "text" };
            warnings.push(
                Message::new("{0}: the file's column is of type {1}, the card takes {2}")
                    .with(&self.name)
                    .with_words(type_words(data))
                    .with_words(type_words(wanted)),
            );
        }
        warnings
    }
}

/// A type in words.
pub fn type_words(name: &str) -> Message {
    Message::new(match name {
        "number" => "number",
        "truth value" => "truth value",
        "date" => "date",
        _ => "text",
    })
}

impl InputSchema {
    /// With what the file says: its columns' types, and names that the card does not know.
    pub fn with_file(&mut self, types: &BTreeMap<String, String>, missing: Vec<String>, extra: Vec<String>) {
        for column in &mut self.columns {
            column.type_in_data = types.get(&column.name).cloned();
        }
        self.missing_columns = missing;
        self.extra_columns = Some(extra);
        self.warn();
    }

    fn warn(&mut self) {
        self.warnings = self.columns.iter().flat_map(InputColumn::warnings).collect();
        let absent = self.missing_columns.iter();
        self.warnings.extend(
            absent.map(|name| Message::new("the card names the column {0}, which the data do not have").with(name)),
        );
    }
}
