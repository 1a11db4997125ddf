//! Stepwise selection: forward, backward or both, under the sign constraint and the card's limits.
//!
//! To enter is the feature with the largest score statistic (Rao) at the current fit, to leave the one with the least
//! Wald statistic; whether it does is decided by the likelihoods of both fits. Under the sign constraint a coefficient
//! that is not above 0 is none: its feature leaves at once. A model is taken only where it is better than the one
//! before, those departures included, so that no model comes twice and every search ends.

use std::collections::BTreeMap;

use super::criterion::Criterion;
use super::fits::{Fits, Fitted};
use super::limits::Limits;
use super::path::{PathStep, Record, Step, StepKind};
use crate::config::{Direction, SelectionSection, Stepwise};
use crate::logistic::{LogisticError, ScoreTest};
use crate::progress::Progress;

/// What a search has to go by. Columns are those of the design.
pub(super) struct Search<'a> {
    pub fits: &'a Fits<'a>,
    /// Best first.
    pub candidates: &'a [usize],
    /// Those of them that must be in.
    pub forced: &'a [usize],
    pub names: &'a [&'a str],
    pub section: &'a SelectionSection,
    pub sign_constraint: bool,
    pub limits: &'a Limits,
    pub progress: &'a dyn Progress,
}

/// What a search came to: the columns selected, with a reason each; those that went, with step and reason; the path.
#[derive(Default)]
pub(super) struct Found {
    pub selected: Vec<(usize, String)>,
    pub removed: Vec<(usize, &'static str, String)>,
    pub path: Vec<PathStep>,
}

/// Runs the search.
pub(super) fn run(search: &Search<'_>) -> Result<Found, LogisticError> {
    let criterion = Criterion::new(search.section, search.fits.cases());
    let mut steps = Steps {
        search,
        criterion,
        record: Record { criterion, names: search.names, steps: Vec::new() },
        removed: Vec::new(),
        left: BTreeMap::new(),
        open: Vec::new(),
    };
    let model = match (search.section.stepwise, search.section.direction) {
        (Stepwise::None, _) => steps.everything()?,
        (_, Direction::Backward) => steps.backward()?,
        (_, direction) => steps.forward(direction == Direction::Both)?,
    };
    Ok(steps.conclude(&model))
}

struct Steps<'a> {
    search: &'a Search<'a>,
    criterion: Criterion,
    record: Record<'a>,
    removed: Vec<(usize, &'static str, String)>,
    /// Of columns that left: step and reason, of the last time.
    left: BTreeMap<usize, (&'static str, String)>,
    /// Columns that may enter.
    open: Vec<usize>,
}

/// A model with the columns that left on the way to it, each with its coefficient and the model without it.
struct Settled {
    model: Fitted,
    left: Vec<(usize, f64, Fitted)>,
}

impl Steps<'_> {
    fn is_forced(&self, column: usize) -> bool {
        self.search.forced.contains(&column)
    }

    fn without(&self, model: &Fitted, column: usize) -> Result<Fitted, LogisticError> {
        let columns = model.columns.iter().copied().filter(|other| *other != column).collect();
        self.search.fits.fit(columns, Some(model))
    }

    /// Takes out what has no coefficient above 0, least first, but for what must stay.
    fn settle(&self, mut model: Fitted) -> Result<Settled, LogisticError> {
        let mut left = Vec::new();
        if !self.search.sign_constraint {
            return Ok(Settled { model, left });
        }
        loop {
            let coefficients = model.columns.iter().copied().zip(model.fit.coefficients.iter().copied());
            let least = coefficients
                .filter(|(column, coefficient)| *coefficient <= 0.0 && !self.is_forced(*column))
                .min_by(|a, b| a.1.total_cmp(&b.1));
            let Some((column, coefficient)) = least else { return Ok(Settled { model, left }) };
            model = self.without(&model, column)?;
            left.push((column, coefficient, model.clone()));
        }
    }

    /// Records what left for its sign on the way from one model to a settled one.
    fn record_signs(&mut self, mut before: Fitted, settled: Settled) -> Fitted {
        for (column, coefficient, after) in settled.left {
            let reason = match coefficient < 0.0 {
                true => format!("has a negative coefficient ({coefficient:.4}) beside the other features"),
                false => "its coefficient is 0, as it would be negative beside the other features".to_owned(),
            };
            self.leave(column, "sign", reason, &before, &after, None);
            before = after;
        }
        settled.model
    }

    fn leave(
        &mut self,
        column: usize,
        step: &'static str,
        reason: String,
        before: &Fitted,
        after: &Fitted,
        alternative: Option<(String, f64)>,
    ) {
        self.left.insert(column, (step, reason.clone()));
        self.open.push(column);
        self.record.add(Step {
            kind: StepKind::Leave,
            column: Some(column),
            reason,
            before: Some(before),
            after,
            alternative,
        });
    }

    fn start(&mut self, model: &Fitted, reason: &str) {
        let reason = reason.to_owned();
        self.record.add(Step {
            kind: StepKind::Start,
            column: None,
            reason,
            before: None,
            after: model,
            alternative: None,
        });
    }

    fn stop(&mut self, model: &Fitted, reason: &str, alternative: Option<(String, f64)>) {
        let reason = reason.to_owned();
        self.record.add(Step {
            kind: StepKind::Stop,
            column: None,
            reason,
            before: Some(model),
            after: model,
            alternative,
        });
    }

    fn name(&self, column: usize) -> String {
        self.search.names[column].to_owned()
    }

    /// All that the limits allow, best first.
    fn everything(&mut self) -> Result<Fitted, LogisticError> {
        let search = self.search;
        let mut columns = Vec::new();
        // Kept ones come first.
        for column in search.candidates {
            match search.limits.full(&columns, *column, search.names) {
                Some(full) if !self.is_forced(*column) => self.removed.push((*column, "limit", full)),
                _ => columns.push(*column),
            }
        }
        let model = search.fits.fit(columns, None)?;
        self.start(&model, "every feature that passed the rules");
        let settled = self.settle(model.clone())?;
        Ok(self.record_signs(model, settled))
    }

    fn backward(&mut self) -> Result<Fitted, LogisticError> {
        let model = self.search.fits.fit(self.search.candidates.to_vec(), None)?;
        self.start(&model, "every feature that passed the rules");
        let settled = self.settle(model.clone())?;
        let mut model = self.record_signs(model, settled);
        while let Some((among, words)) = self.search.limits.excess(&model.columns) {
            let Some((column, _)) = self.least(&model, &among, None).first().copied() else { break };
            let after = self.without(&model, column)?;
            let loss = 2.0 * (model.fit.log_likelihood - after.fit.log_likelihood);
            let reason = format!("{words}; it adds least of them: {}", self.criterion.in_words_without(loss));
            self.leave(column, "limit", reason, &model, &after, None);
            let settled = self.settle(after.clone())?;
            model = self.record_signs(after, settled);
        }
        let model = self.eliminate(model, None)?;
        let least = self.least(&model, &model.columns, None).first().copied();
        let alternative = least.map(|(column, wald)| (self.name(column), self.criterion.about(&model, -wald)));
        self.stop(&model, "no feature leaves that would make the model better", alternative);
        Ok(model)
    }

    /// Columns of a model by rising Wald statistic, among some; neither those that must stay nor `protected`.
    fn least(&self, model: &Fitted, among: &[usize], protected: Option<usize>) -> Vec<(usize, f64)> {
        let mut least = model.wald();
        least.retain(|(column, _)| among.contains(column) && !self.is_forced(*column) && protected != Some(*column));
        least.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        least
    }

    /// Takes features out while that makes the model better.
    fn eliminate(&mut self, mut model: Fitted, protected: Option<usize>) -> Result<Fitted, LogisticError> {
        loop {
            let least = self.least(&model, &model.columns, protected);
            let Some((column, wald)) = least.first().copied() else { return Ok(model) };
            // Far from leaving: the Wald statistic is the loss to first order.
            if wald > 2.0 * self.criterion.stay {
                return Ok(model);
            }
            let after = self.without(&model, column)?;
            let loss = 2.0 * (model.fit.log_likelihood - after.fit.log_likelihood);
            if !self.criterion.leaves(loss) {
                return Ok(model);
            }
            let reason = self.criterion.in_words_without(loss);
            let next = least.get(1).map(|(other, wald)| (self.name(*other), self.criterion.about(&model, -wald)));
            self.leave(column, "stepwise", reason, &model, &after, next);
            let settled = self.settle(after.clone())?;
            model = self.record_signs(after, settled);
        }
    }

    fn forward(&mut self, and_back: bool) -> Result<Fitted, LogisticError> {
        let search = self.search;
        self.open = search.candidates.iter().copied().filter(|column| !self.is_forced(*column)).collect();
        let mut model = search.fits.fit(search.forced.to_vec(), None)?;
        self.start(&model, if search.forced.is_empty() { "the intercept alone" } else { "the features that are kept" });
        while !search.progress.stopped() {
            let Some((entered, next)) = self.enter(&model)? else { break };
            model = if and_back { self.eliminate(next, Some(entered))? } else { next };
            search.progress.advance();
        }
        Ok(model)
    }

    /// The next model with a feature more that is better, and that feature; `None` where there is none.
    fn enter(&mut self, model: &Fitted) -> Result<Option<(usize, Fitted)>, LogisticError> {
        let search = self.search;
        let scores = search.fits.score_statistics(model, &self.open);
        let mut ranked: Vec<(usize, ScoreTest)> = self.open.iter().copied().zip(scores).collect();
        ranked.retain(|(column, score)| {
            (!search.sign_constraint || score.slope > 0.0)
                && search.limits.full(&model.columns, *column, search.names).is_none()
        });
        ranked.sort_by(|a, b| b.1.statistic.total_cmp(&a.1.statistic).then(a.0.cmp(&b.0)));
        let mut nearest: Option<(String, f64)> = None;
        for (position, (column, score)) in ranked.iter().enumerate() {
            let columns = model.columns.iter().copied().chain([*column]).collect();
            let with = match search.fits.fit(columns, Some(model)) {
                Ok(with) => with,
                Err(LogisticError::Collinear { .. }) => {
                    self.open.retain(|other| other != column);
                    let reason = "is a linear combination of the features chosen before it".to_owned();
                    self.removed.push((*column, "collinear", reason));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let settled = self.settle(with.clone())?;
            if self.criterion.improves(model, &settled.model) {
                let alternative = ranked
                    .get(position + 1)
                    .map(|(other, score)| (self.name(*other), self.criterion.about(model, score.statistic)));
                self.open.retain(|other| other != column);
                let reason = format!("score statistic {:.2}, the largest", score.statistic);
                let (kind, column, before) = (StepKind::Enter, Some(*column), Some(model));
                self.record.add(Step { kind, column, reason, before, after: &with, alternative });
                let model = self.record_signs(with, settled);
                return Ok(column.map(|column| (column, model)));
            }
            nearest = nearest.or_else(|| Some((self.name(*column), self.criterion.of(&settled.model))));
            // The others promise less; unless this one failed only because it turned the sign of others.
            if settled.left.is_empty() {
                break;
            }
        }
        self.stop(model, "no further feature makes the model better", nearest);
        Ok(None)
    }

    /// Why every candidate is in or out.
    fn conclude(mut self, model: &Fitted) -> Found {
        let search = self.search;
        let open: Vec<usize> = {
            let is_out = |column: &usize| {
                !model.columns.contains(column) && !self.removed.iter().any(|(removed, ..)| removed == column)
            };
            search.candidates.iter().copied().filter(is_out).collect()
        };
        let scores = search.fits.score_statistics(model, &open);
        for (column, score) in open.into_iter().zip(scores) {
            let (step, reason) =
                match (self.left.remove(&column), search.limits.full(&model.columns, column, search.names)) {
                    (Some((step, reason)), _)
                        if step != "stepwise" || search.section.direction == Direction::Backward =>
                    {
                        (step, reason)
                    }
                    (_, Some(full)) => ("limit", full),
                    _ if search.sign_constraint && score.slope <= 0.0 => {
                        ("stepwise", "would have a negative coefficient beside the selected features".to_owned())
                    }
                    (left, None) => {
                        let again = if left.is_some() { "entered and left again once others were in; " } else { "" };
                        let words = self.criterion.in_words(score.statistic);
                        ("stepwise", format!("{again}does not improve the model: {words}"))
                    }
                };
            self.removed.push((column, step, reason));
        }
        let entered = |column: usize| {
            let name = search.names[column];
            let is_it = |step: &&PathStep| step.kind == StepKind::Enter && step.feature.as_deref() == Some(name);
            self.record.steps.iter().rev().find(is_it)
        };
        let reason = |column: usize| match (entered(column), search.section.stepwise) {
            (Some(PathStep { step, criterion, before: Some(before), after, .. }), _) => {
                format!("passed every rule; entered in step {step}: {criterion} {before:.2} to {after:.2}")
            }
            (_, Stepwise::None) => "passed every rule".to_owned(),
            _ => format!("passed every rule; the model is better with it by {}", self.criterion.name()),
        };
        let selected = model.columns.iter().map(|column| (*column, reason(*column))).collect();
        Found { selected, removed: self.removed, path: self.record.steps }
    }
}
