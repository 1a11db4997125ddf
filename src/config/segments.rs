//! `[segments]`: parts of the population that each have bins, selection and fit of their own.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::Literal;
use serde::Deserialize;

use super::source::Source;
use super::{cuts_fault, twice};
use crate::binning::interval_label;
use crate::error::Result;
use crate::suggest;

/// Most segments of a card.
const MOST_SEGMENTS: usize = 50;

/// `[segments]`: the column and either nothing more (each of its categories is a segment), or groups of categories, or
/// cuts of numbers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentsSection {
    /// The column that tells the segment; of a card on the history, a feature.
    pub column: String,
    /// Values by segment.
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<Literal>>,
    /// Where segments of numbers begin, rising; the first begins below the first cut.
    #[serde(default)]
    pub cuts: Vec<f64>,
    /// Names of the segments that the cuts make, from low to high; else as bins are called.
    pub names: Option<Vec<String>>,
    /// The segment of missing values and of those that no segment takes; absent: such a case is an error.
    pub otherwise: Option<String>,
    /// A warning tells of segments with fewer development bads.
    #[serde(default = "min_bads")]
    pub min_bads: f64,
}

fn min_bads() -> f64 {
    100.0
}

impl SegmentsSection {
    /// Whether the column holds numbers.
    pub fn is_numeric(&self) -> bool {
        !self.cuts.is_empty()
    }

    /// The names that the section states, in the order of the segments; none where each category is a segment.
    pub fn stated_names(&self) -> Vec<String> {
        match (&self.names, self.is_numeric()) {
            (Some(names), _) => names.clone(),
            (None, false) => self.groups.keys().cloned().collect(),
            (None, true) => {
                let lower = std::iter::once(None).chain(self.cuts.iter().copied().map(Some));
                let upper = self.cuts.iter().copied().map(Some).chain([None]);
                lower.zip(upper).map(|(lower, upper)| interval_label(lower, upper)).collect()
            }
        }
    }

    /// Checks the column against the names of all columns, or of all features of a card on the history: `noun`. `taken`
    /// are the columns that are something else.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`].
    pub fn check_column(&self, names: &[&str], taken: &[String], noun: &str, source: &Source) -> Result<()> {
        let wrong = |what: String| source.error(&["segments", "column"], format!("segments: {what}"));
        if taken.contains(&self.column) {
            let what = format!(
                "{:?} is the outcome, the id, the weight, the date or the group, which tells no segment",
                self.column
            );
            return Err(wrong(what));
        }
        if !names.contains(&self.column.as_str()) {
            return Err(wrong(format!("none of the {noun} is called {:?}", self.column)).help(suggest::did_you_mean(
                &self.column,
                noun,
                names.iter().copied(),
            )));
        }
        Ok(())
    }

    pub(super) fn check(&self, source: &Source) -> Result<()> {
        let wrong = |key: &str, what: String| source.error(&["segments", key], format!("segments: {what}"));
        if self.column.trim().is_empty() {
            return Err(wrong("column", "column is empty".into()));
        }
        if !self.groups.is_empty() && self.is_numeric() {
            return Err(wrong("cuts", "there are groups and cuts".into())
                .help("give groups for a column of categories, or cuts for a column of numbers"));
        }
        if let Some(what) = cuts_fault(&self.cuts).filter(|_| self.is_numeric()) {
            return Err(wrong("cuts", what));
        }
        if self.names.is_some() && !self.is_numeric() {
            return Err(wrong("names", "there are names without cuts".into()).help(
                "names are those of the segments that cuts make; groups have theirs: groups = { NAME = [\"VALUE\"] }",
            ));
        }
        if let Some(names) = &self.names
            && names.len() != self.cuts.len() + 1
        {
            let what = format!(
                "{} cuts make {} segments, but there are {} names",
                self.cuts.len(),
                self.cuts.len() + 1,
                names.len()
            );
            return Err(wrong("names", what).help("name every segment from low to high, or leave names out"));
        }
        let names = self.stated_names();
        if let Some(name) = twice(names.iter()) {
            return Err(wrong("names", format!("two segments are called {name:?}")));
        }
        if let Some(fault) = names.iter().find_map(|name| name_fault(name)) {
            return Err(wrong(if self.names.is_some() { "names" } else { "groups" }, fault));
        }
        if let Some((name, _)) = self.groups.iter().find(|(_, values)| values.is_empty()) {
            return Err(wrong("groups", format!("the segment {name:?} has no values")));
        }
        let texts: Vec<String> = self.groups.values().flatten().map(ToString::to_string).collect();
        if let Some(value) = twice(texts.iter()) {
            let of = |(name, values): (&String, &Vec<Literal>)| {
                values.iter().any(|other| other.to_string() == *value).then(|| format!("{name:?}"))
            };
            let groups: Vec<String> = self.groups.iter().filter_map(of).collect();
            let what = format!("the value {value:?} stands twice, in {}", groups.join(" and "));
            return Err(wrong("groups", what).help("a case has one segment: keep the value in one of them"));
        }
        if names.len() == 1 || names.len() > MOST_SEGMENTS {
            let what = format!("a card has 2 to {MOST_SEGMENTS} segments, but here are {}", names.len());
            return Err(wrong("groups", what).help("take [segments] out to have one card for all"));
        }
        if let Some(otherwise) = &self.otherwise
            && !names.is_empty()
            && !names.contains(otherwise)
        {
            return Err(wrong("otherwise", format!("no segment is called {otherwise:?}")).help(suggest::did_you_mean(
                otherwise,
                "segments",
                names.iter().map(String::as_str),
            )));
        }
        if !(self.min_bads.is_finite() && self.min_bads >= 0.0) {
            return Err(wrong("min_bads", format!("min_bads is {}, but must be at least 0", self.min_bads)));
        }
        Ok(())
    }
}

/// What is wrong with the name of a segment, which begins the names of its features.
pub(crate) fn name_fault(name: &str) -> Option<String> {
    match name {
        _ if name.trim().is_empty() => Some("a segment has an empty name".to_owned()),
        _ if name.contains('/') => {
            Some(format!("a segment cannot be called {name:?}: features are called SEGMENT/FEATURE"))
        }
        _ => None,
    }
}
