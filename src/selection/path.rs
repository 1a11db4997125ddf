//! The way that the search took: what entered or left when, and what stood beside it.

use super::criterion::{Criterion, p_value};
use super::fits::Fitted;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The model at the beginning.
    Start,
    /// A feature entered.
    Enter,
    /// A feature left.
    Leave,
    /// The best subset of a size.
    Subset,
    /// Nothing improves the model any more; `alternative` is what came nearest.
    Stop,
}

/// A step of the search.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PathStep {
    /// From 0.
    pub step: usize,
    /// What it did.
    pub kind: StepKind,
    /// The feature that entered or left.
    pub feature: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// What `before` and `after` are: AIC, BIC or deviance (-2 log likelihood); lower is better.
    pub criterion: &'static str,
    /// Of the model before the step; null at the beginning and for subsets.
    pub before: Option<f64>,
    /// Of the model after it.
    pub after: f64,
    /// Of the model after it.
    pub log_likelihood: f64,
    /// Of the likelihood-ratio test of the step; null where not one feature more or less is compared.
    pub p_value: Option<f64>,
    /// Number of features after it.
    pub features: usize,
    /// The features after it.
    pub model: Vec<String>,
    /// The best that was not done instead: a feature to enter or leave, or another subset.
    pub alternative: Option<String>,
    /// `after`, had it been done: to first order for entering (score statistic) and leaving (Wald statistic), by a fit
    /// for subsets and at the end.
    pub alternative_after: Option<f64>,
}

/// A step about to be recorded.
pub(super) struct Step<'a> {
    pub kind: StepKind,
    pub column: Option<usize>,
    pub reason: String,
    pub before: Option<&'a Fitted>,
    pub after: &'a Fitted,
    pub alternative: Option<(String, f64)>,
}

/// The steps so far.
pub(super) struct Record<'a> {
    pub criterion: Criterion,
    pub names: &'a [&'a str],
    pub steps: Vec<PathStep>,
}

impl Record<'_> {
    pub fn add(&mut self, step: Step<'_>) {
        let Step { kind, column, reason, before, after, alternative } = step;
        let name = |column: usize| self.names[column].to_owned();
        let difference = |before: &Fitted| (2.0 * (after.fit.log_likelihood - before.fit.log_likelihood)).abs();
        let one_more_or_less = |before: &&Fitted| before.columns.len().abs_diff(after.columns.len()) == 1;
        let (alternative, alternative_after) = alternative.unzip();
        self.steps.push(PathStep {
            step: self.steps.len(),
            kind,
            feature: column.map(name),
            reason,
            criterion: self.criterion.name(),
            before: before.map(|before| self.criterion.of(before)),
            after: self.criterion.of(after),
            log_likelihood: after.fit.log_likelihood,
            p_value: before.filter(one_more_or_less).map(|before| p_value(difference(before))),
            features: after.columns.len(),
            model: after.columns.iter().map(|column| name(*column)).collect(),
            alternative,
            alternative_after,
        });
    }
}
