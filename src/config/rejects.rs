//! `[rejects]`: rejected applicants of a card on a ready-made table, and what the study of them assumes.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::Literal;
use serde::Deserialize;

use super::card::CaseSource;
use super::features::FeaturesSection;
use super::source::Source;
use crate::error::Result;

/// `[rejects]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RejectsSection {
    /// csv, csv.gz or parquet of rejected applicants, relative to the card's file; globs allowed.
    pub path: Option<String>,
    /// Field separator of a csv file; else that of `[table]`.
    pub separator: Option<char>,
    /// Texts that mean missing in a csv file, besides the empty field; else those of `[table]`.
    pub null_values: Option<Vec<String>>,
    /// Their column = the accepts' column.
    pub rename: BTreeMap<String, String>,
    /// The decision's column, where accepted and rejected applicants stand in one table.
    pub column: Option<String>,
    /// Values of it that mean rejected.
    pub values: Vec<Literal>,
    /// Columns that decided about acceptance and tell nothing about the outcome; never features.
    pub exclusion: Vec<String>,
    /// Share of applicants that the lender accepts, where the numbers of rows do not tell.
    pub acceptance_rate: Option<f64>,
    /// By how much rejects of a score are assumed to be worse than accepts of that score.
    pub factors: Vec<f64>,
    /// Score bands of parcelling.
    pub bands: usize,
    /// Weights of reweighting are cut at this quantile.
    pub trim: f64,
    /// Rejects whose acceptance was less probable than this are beyond what accepts can tell.
    pub overlap_floor: f64,
    /// Score from which applicants are approved; else the score that keeps the present approval rate.
    pub cut_off: Option<f64>,
    /// What became of the rejects, where that is known.
    pub truth: Option<TruthTable>,
}

impl Default for RejectsSection {
    fn default() -> Self {
        RejectsSection {
            path: None,
            separator: None,
            null_values: None,
            rename: BTreeMap::new(),
            column: None,
            values: Vec::new(),
            exclusion: Vec::new(),
            acceptance_rate: None,
            factors: vec![1.0, 1.5, 2.0, 3.0],
            bands: 10,
            trim: 0.99,
            overlap_floor: 0.05,
            cut_off: None,
            truth: None,
        }
    }
}

/// `[rejects.truth]`: what became of rejects, known in a simulation or where a lender accepted at random.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruthTable {
    /// csv, csv.gz or parquet, relative to the card's file.
    pub path: String,
    /// The column of the case's id; else the one that the card names.
    pub id: Option<String>,
    /// The column of the outcome.
    pub column: String,
    /// Its values that mean bad; all others that are not null are good.
    #[serde(default = "truly")]
    pub bad: Vec<Literal>,
}

fn truly() -> Vec<Literal> {
    vec![Literal::Boolean(true), Literal::Number(1.0)]
}

impl RejectsSection {
    /// Checks the section on its own and against the rest of the card.
    pub(super) fn check(&self, cases: &CaseSource, features: &FeaturesSection, source: &Source) -> Result<()> {
        let wrong = |key: &str, what: &str| Err(source.error(&["rejects", key], format!("rejects.{key}: {what}")));
        if let CaseSource::History(..) = cases {
            let of_tables = [("path", self.path.is_some()), ("column", self.column.is_some())];
            if let Some((key, _)) = of_tables.into_iter().find(|(_, is_given)| *is_given) {
                return Err(source
                    .error(&["rejects", key], format!("rejects.{key} is for a card on a ready-made table"))
                    .help("on the loan history, [population] rejected_when = \"...\" says who was rejected"));
            }
        }
        match (&self.path, &self.column) {
            (Some(_), Some(_)) => {
                return wrong("column", "give either path (a table of their own) or column (the decision in [table])");
            }
            (None, None) if matches!(cases, CaseSource::Table(..)) => {
                return Err(source.error(&["rejects"], "[rejects] does not say where the rejected applicants are").help(
                    "name their table (path = \"rejected.csv\"), or the decision's column in [table] with the values that mean rejected (column = \"decision\", values = [\"rejected\"])",
                ));
            }
            (None, Some(_)) if self.values.is_empty() => {
                return wrong(
                    "values",
                    "say which values of the column mean rejected, such as values = [\"rejected\"]",
                );
            }
            _ => {}
        }
        if !self.rename.is_empty() && self.path.is_none() {
            return wrong("rename", "only columns of a table of their own (path) can be renamed");
        }
        for (theirs, ours) in &self.rename {
            if let Some((other, _)) = self.rename.iter().find(|(other, to)| *to == ours && *other != theirs) {
                return wrong("rename", &format!("both {theirs:?} and {other:?} become {ours:?}; keep one of them"));
            }
        }
        for name in &self.exclusion {
            if features.include.contains(name) || features.columns.contains_key(name) || features.is_axis(name) {
                return Err(source
                    .error(&["rejects", "exclusion"], format!("rejects.exclusion: {name:?} is also a feature of the card"))
                    .help("a column either decides about acceptance alone (exclusion) or tells about the outcome (a feature): take it out of one of the two"));
            }
        }
        if self.factors.is_empty() || self.factors.iter().any(|factor| !(factor.is_finite() && *factor > 0.0)) {
            return wrong("factors", "give at least one factor; each must be a number above 0");
        }
        if !(2..=100).contains(&self.bands) {
            return wrong("bands", "the number of score bands must lie between 2 and 100");
        }
        for (key, value) in [("trim", Some(self.trim)), ("acceptance_rate", self.acceptance_rate)] {
            if value.is_some_and(|value| !(value > 0.0 && value <= 1.0)) {
                return wrong(key, "must be a share above 0 and at most 1");
            }
        }
        if self.acceptance_rate == Some(1.0) {
            return wrong("acceptance_rate", "must be below 1, because somebody was rejected");
        }
        if !(0.0..1.0).contains(&self.overlap_floor) {
            return wrong("overlap_floor", "must be a probability of at least 0 and below 1");
        }
        if self.cut_off.is_some_and(|score| !score.is_finite()) {
            return wrong("cut_off", "must be a score");
        }
        Ok(())
    }

    /// Columns of the card's table that are never features: the decision and the exclusion.
    pub fn taken(&self) -> impl Iterator<Item = &String> {
        self.column.iter().chain(&self.exclusion)
    }
}
