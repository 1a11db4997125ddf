//! The best subset of few candidates.
//!
//! Around the fit of all candidates, with coefficients b and information I, the log likelihood of a subset S is, to
//! second order, that of all minus (b' I b - g' I_SS^-1 g) / 2 with g = (I b)_S, intercept and kept features in S
//! always (Lawless and Singhal 1978). All subsets within the limits are ranked so, exactly. Of every size the best
//! [`SCREENED`] are fitted, as many of those whose coefficients are above 0 to second order, and what stepwise selection
//! finds; of the fits under the sign constraint the one with the least AIC or BIC is taken. So the figures are exact,
//! the subset is no worse than the one of stepwise selection, and that no better one exists is as sure as the ranking
//! is right to within so many places.

use std::collections::BTreeSet;

use ndarray::Array2;

use super::criterion::Criterion;
use super::fits::Fitted;
use super::path::{Record, Step, StepKind};
use super::stepwise::{self, Found, Search};
use crate::logistic::LogisticError;

/// Most candidates.
pub(super) const MOST_CANDIDATES: usize = 20;
/// So many subsets of every size are fitted, and as many with coefficients above 0.
const SCREENED: usize = 10;

/// A subset of candidates, by their positions, with twice the gain in log likelihood that it promises.
#[derive(Clone)]
struct Subset {
    gain: f64,
    members: Vec<usize>,
}

/// Chooses the best subset.
pub(super) fn run(search: &Search<'_>) -> Result<Found, LogisticError> {
    let criterion = Criterion::new(search.section, search.fits.cases());
    let mut record = Record { criterion, names: search.names, steps: Vec::new() };
    // Forced ones first: every subset begins with them.
    let is_forced = |column: &usize| search.forced.contains(column);
    let (mut columns, free): (Vec<usize>, Vec<usize>) = search.candidates.iter().partition(|column| is_forced(column));
    let forced = columns.len();
    columns.extend(free);
    let full = search.fits.fit_unconstrained(columns.clone())?;
    let mut screen = Screen::new(search, &full, forced);
    screen.extend(0, 0.0);
    let mut fitted: Vec<Fitted> = Vec::new();
    let steps: Vec<usize> = stepwise::run(search)?.selected.into_iter().map(|(column, _)| column).collect();
    for (size, [any, positive]) in screen.best.iter().enumerate() {
        let of = |subset: &Subset| subset.members.iter().map(|position| columns[*position]).collect::<Vec<usize>>();
        let mut ranked: Vec<Vec<usize>> = any.iter().chain(positive).map(of).collect();
        if steps.len() == size {
            ranked.push(columns.iter().copied().filter(|column| steps.contains(column)).collect());
        }
        let mut seen = BTreeSet::new();
        ranked.retain(|members| seen.insert(members.clone()));
        let mut of_size = Vec::new();
        for members in ranked {
            let fit = search.fits.fit(members, Some(&full))?;
            let is_below = |(column, b): (&usize, &f64)| *b <= 0.0 && !is_forced(column);
            if !(search.sign_constraint && fit.columns.iter().zip(&fit.fit.coefficients).any(is_below)) {
                of_size.push(fit);
            }
        }
        // Of one size, the likelihood decides; equal ones stand as ranked.
        of_size.sort_by(|a, b| b.fit.log_likelihood.total_cmp(&a.fit.log_likelihood));
        if let Some(first) = of_size.first() {
            let names =
                |fit: &Fitted| fit.columns.iter().map(|column| search.names[*column]).collect::<Vec<_>>().join(", ");
            let alternative = of_size.get(1).map(|second| (names(second), criterion.of(second)));
            let reason = format!("the best of {} fitted subsets of this size", of_size.len());
            record.add(Step { kind: StepKind::Subset, column: None, reason, before: None, after: first, alternative });
        }
        fitted.extend(of_size);
        if search.progress.stopped() {
            break;
        }
        search.progress.advance();
    }
    // The empty subset is always there unless features are kept; of equal ones the smaller is taken.
    let Some(chosen) = fitted.iter().min_by(|a, b| criterion.of(a).total_cmp(&criterion.of(b))) else {
        return Ok(Found { path: record.steps, ..Found::default() });
    };
    let value = criterion.of(chosen);
    let out = search.candidates.iter().filter(|column| !chosen.columns.contains(column));
    let removed = out
        .map(|column| {
            let with = fitted.iter().filter(|fit| fit.columns.contains(column)).map(|fit| criterion.of(fit));
            let best = with.min_by(f64::total_cmp);
            let reason = match best {
                Some(best) => format!(
                    "not in the best subset: {} of the best fitted one with it is {best:.2}, {:+.2}",
                    criterion.name(),
                    best - value
                ),
                None => "in none of the best subsets of any size".to_owned(),
            };
            (*column, "best subset", reason)
        })
        .collect();
    let reason = format!("in the best subset of {}: {} {value:.2}", chosen.columns.len(), criterion.name());
    let selected = chosen.columns.iter().map(|column| (*column, reason.clone())).collect();
    Ok(Found { selected, removed, path: record.steps })
}

/// All subsets, one candidate after the other taken or not, each by one row more of a Cholesky factor.
struct Screen<'a> {
    search: &'a Search<'a>,
    columns: &'a [usize],
    forced: usize,
    information: &'a Array2<f64>,
    /// I b.
    right: Vec<f64>,
    members: Vec<usize>,
    /// Rows of the Cholesky factor of the information of intercept and members, and its inverse times `right`.
    rows: Vec<Vec<f64>>,
    solved: Vec<f64>,
    /// By size, falling gain: of all, and of those with coefficients above 0.
    best: Vec<[Vec<Subset>; 2]>,
}

impl<'a> Screen<'a> {
    fn new(search: &'a Search<'a>, full: &'a Fitted, forced: usize) -> Self {
        let information = &full.fit.information;
        let estimates: Vec<f64> =
            std::iter::once(full.fit.intercept).chain(full.fit.coefficients.iter().copied()).collect();
        let right =
            information.rows().into_iter().map(|row| row.iter().zip(&estimates).map(|(i, b)| i * b).sum()).collect();
        let mut screen = Screen {
            search,
            columns: &full.columns,
            forced,
            information,
            right,
            members: Vec::new(),
            rows: Vec::new(),
            solved: Vec::new(),
            best: vec![Default::default(); full.columns.len() + 1],
        };
        screen.push(0);
        screen
    }

    /// Takes the intercept (0) or a candidate (its position + 1) in; gives what it adds to the gain.
    fn push(&mut self, place: usize) -> f64 {
        let known = std::iter::once(0).chain(self.members.iter().map(|member| member + 1)).take(self.rows.len());
        let mut row: Vec<f64> = Vec::with_capacity(self.rows.len() + 1);
        for (position, other) in known.enumerate() {
            let above = &self.rows[position];
            let sum: f64 = row.iter().zip(above).map(|(a, b)| a * b).sum();
            row.push((self.information[[place, other]] - sum) / above[position]);
        }
        let pivot = (self.information[[place, place]] - row.iter().map(|x| x * x).sum::<f64>()).max(0.0).sqrt();
        let sum: f64 = row.iter().zip(&self.solved).map(|(a, b)| a * b).sum();
        // Without a pivot it adds nothing.
        let solved = if pivot > 0.0 { (self.right[place] - sum) / pivot } else { 0.0 };
        row.push(if pivot > 0.0 { pivot } else { f64::INFINITY });
        self.rows.push(row);
        self.solved.push(solved);
        solved * solved
    }

    fn extend(&mut self, position: usize, gain: f64) {
        if position == self.columns.len() {
            self.keep(gain);
            return;
        }
        let members: Vec<usize> = self.members.iter().map(|member| self.columns[*member]).collect();
        let is_full = self.search.limits.full(&members, self.columns[position], self.search.names).is_some();
        if position < self.forced || !is_full {
            let more = self.push(position + 1);
            self.members.push(position);
            self.extend(position + 1, gain + more);
            self.members.pop();
            self.rows.pop();
            self.solved.pop();
        }
        if position >= self.forced {
            self.extend(position + 1, gain);
        }
    }

    /// Keeps the subset where it is among the best of its size, of all or of those with coefficients above 0.
    fn keep(&mut self, gain: f64) {
        let size = self.members.len();
        for list in 0..if self.search.sign_constraint { 2 } else { 1 } {
            let best = &self.best[size][list];
            let is_worse = best.len() == SCREENED && best.last().is_some_and(|last| last.gain >= gain);
            if is_worse || (list == 1 && self.has_negative()) {
                continue;
            }
            let best = &mut self.best[size][list];
            let place = best.partition_point(|other| other.gain >= gain);
            best.insert(place, Subset { gain, members: self.members.clone() });
            best.truncate(SCREENED);
        }
    }

    /// Whether a member's coefficient, by the second order, is below 0; back substitution.
    fn has_negative(&self) -> bool {
        let size = self.rows.len();
        let mut coefficients = vec![0.0; size];
        for i in (0..size).rev() {
            let sum: f64 = (i + 1..size).map(|j| self.rows[j][i] * coefficients[j]).sum();
            coefficients[i] = (self.solved[i] - sum) / self.rows[i][i];
        }
        // Members stand in the order of the candidates: forced ones first.
        coefficients.iter().skip(1 + self.forced).any(|b| *b <= 0.0)
    }
}
