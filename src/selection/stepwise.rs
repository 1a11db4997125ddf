//! Stepwise selection, forward with backward looks, under the sign constraint.
//!
//! The feature to enter is the one with the largest score statistic (Rao) at the current fit; it
//! enters where the measure, computed from the two fits' likelihoods, improves. After each entry, a
//! feature leaves where the measure improves without it.

use linfa::ParamGuard;

use super::design::Design;
use crate::config::{FitSection, SignConstraint, Stepwise};
use crate::logistic::linear::Scaled;
use crate::logistic::{FittedLogistic, LogisticError, LogisticParams, chi_square_p, score_tests};
use crate::progress::Progress;

/// The columns selected, and those that went, with step and reason.
pub(super) struct Path {
    pub selected: Vec<usize>,
    pub removed: Vec<(usize, &'static str, String)>,
}

/// Level of the p value for entering and staying.
const LEVEL: f64 = 0.05;

struct Fits<'a> {
    design: &'a Design,
    section: &'a FitSection,
}

impl Fits<'_> {
    /// Fits some columns of the design, starting from a fit of most of them; an error names columns of the design.
    fn fit(
        &self,
        columns: &[usize],
        near: Option<(&[usize], &FittedLogistic)>,
    ) -> Result<FittedLogistic, LogisticError> {
        let mut params = LogisticParams::new()
            .l2(self.section.l2)
            .firth(self.section.firth)
            .non_negative(self.section.sign_constraint == SignConstraint::Constrained);
        if let Some((known, fit)) = near {
            let coefficient = |column: &usize| {
                known.iter().position(|other| other == column).map_or(0.0, |position| fit.coefficients[position])
            };
            params = params.start(std::iter::once(fit.intercept).chain(columns.iter().map(coefficient)).collect());
        }
        let of_design = |column: usize| columns.get(column).copied().unwrap_or(column);
        let fit = params.check()?.fit_rows(&self.design.records(columns), &self.design.outcomes);
        fit.map_err(|error| match error {
            LogisticError::Separated { column, complete, bin } => {
                LogisticError::Separated { column: of_design(column), complete, bin }
            }
            LogisticError::Collinear { column, with } => {
                LogisticError::Collinear { column: of_design(column), with: with.map(of_design) }
            }
            other => other,
        })
    }
}

/// How much the measure improves when one coefficient raises the log likelihood by `gain`: above 0 is better.
fn improvement(stepwise: Stepwise, gain: f64, cases: usize) -> f64 {
    match stepwise {
        Stepwise::None => f64::INFINITY,
        Stepwise::Aic => 2.0 * gain - 2.0,
        Stepwise::Bic => 2.0 * gain - (cases as f64).ln(),
        Stepwise::PValue => LEVEL - p_value(gain),
    }
}

/// Of the likelihood-ratio test with one degree of freedom.
fn p_value(gain: f64) -> f64 {
    chi_square_p(2.0 * gain, 1)
}

fn measure_in_words(stepwise: Stepwise, gain: f64, cases: usize) -> String {
    match stepwise {
        Stepwise::PValue => format!("likelihood-ratio p value {:.3}", p_value(gain)),
        Stepwise::Aic => format!("AIC would change by about {:+.2}", -improvement(stepwise, gain, cases)),
        _ => format!("BIC would change by about {:+.2}", -improvement(stepwise, gain, cases)),
    }
}

pub(super) fn run(
    design: &Design,
    candidates: &[usize],
    forced: &[usize],
    stepwise: Stepwise,
    section: &FitSection,
    progress: &dyn Progress,
) -> Result<Path, LogisticError> {
    let fits = Fits { design, section };
    let mut removed = Vec::new();
    let mut selected = match stepwise {
        Stepwise::None => candidates.to_vec(),
        _ => forward(&fits, candidates, forced, stepwise, section.sign_constraint.holds(), &mut removed, progress)?,
    };
    match section.sign_constraint {
        SignConstraint::None => {}
        SignConstraint::Constrained => drop_bound(&fits, &mut selected, forced, &mut removed)?,
        SignConstraint::Drop => drop_negative(&fits, &mut selected, forced, &mut removed)?,
    }
    Ok(Path { selected, removed })
}

fn forward(
    fits: &Fits<'_>,
    candidates: &[usize],
    forced: &[usize],
    stepwise: Stepwise,
    sign_constraint: bool,
    removed: &mut Vec<(usize, &'static str, String)>,
    progress: &dyn Progress,
) -> Result<Vec<usize>, LogisticError> {
    let cases = fits.design.rows.len();
    let mut selected = forced.to_vec();
    let mut open: Vec<usize> = candidates.iter().copied().filter(|column| !forced.contains(column)).collect();
    let mut current = fits.fit(&selected, None)?;
    while !open.is_empty() && !progress.stopped() {
        let scores = score_statistics(fits.design, &selected, &current, &open);
        let best = open
            .iter()
            .zip(&scores)
            .filter(|(_, (_, slope))| !sign_constraint || *slope > 0.0)
            .max_by(|a, b| a.1.0.total_cmp(&b.1.0).then(b.0.cmp(a.0)))
            .map(|(column, _)| *column);
        let Some(column) = best else { break };
        let mut with = selected.clone();
        with.push(column);
        let next = match fits.fit(&with, Some((&selected, &current))) {
            Ok(next) => next,
            Err(LogisticError::Collinear { .. }) => {
                open.retain(|other| *other != column);
                removed.push((column, "collinear", "is a linear combination of the features chosen before it".into()));
                continue;
            }
            Err(error) => return Err(error),
        };
        let gain = next.log_likelihood - current.log_likelihood;
        if improvement(stepwise, gain, cases) <= 0.0 {
            break;
        }
        open.retain(|other| *other != column);
        selected = with;
        current = next;
        current = backward(fits, &mut selected, forced, stepwise, current, column, removed)?;
        progress.advance();
    }
    let scores = score_statistics(fits.design, &selected, &current, &open);
    for (column, (statistic, slope)) in open.into_iter().zip(scores) {
        let reason = if sign_constraint && slope < 0.0 {
            "would have a negative coefficient beside the selected features".to_owned()
        } else {
            // The score statistic is twice the gain in log likelihood, to first order.
            format!("does not improve the model: {}", measure_in_words(stepwise, statistic / 2.0, cases))
        };
        removed.push((column, "stepwise", reason));
    }
    Ok(selected)
}

/// Takes features out again, other than the one that has just entered, while that improves the measure. The
/// one to leave is the one with the least Wald statistic; whether it does is decided by the two fits.
fn backward(
    fits: &Fits<'_>,
    selected: &mut Vec<usize>,
    forced: &[usize],
    stepwise: Stepwise,
    mut current: FittedLogistic,
    entered: usize,
    removed: &mut Vec<(usize, &'static str, String)>,
) -> Result<FittedLogistic, LogisticError> {
    let cases = fits.design.rows.len();
    loop {
        let Some(covariance) = Scaled::new(&current.information).and_then(|scaled| scaled.inverse()) else {
            return Ok(current);
        };
        let wald = |position: usize| current.coefficients[position].powi(2) / covariance[[position + 1, position + 1]];
        let least = (0..selected.len())
            .filter(|position| !forced.contains(&selected[*position]) && selected[*position] != entered)
            .min_by(|a, b| wald(*a).total_cmp(&wald(*b)));
        let Some(position) = least else { return Ok(current) };
        // Far from leaving by the Wald statistic, which is twice the loss in log likelihood to first order.
        if improvement(stepwise, wald(position) / 4.0, cases) > 0.0 {
            return Ok(current);
        }
        let mut without = selected.clone();
        let column = without.remove(position);
        let fit = fits.fit(&without, Some((selected, &current)))?;
        let gain = current.log_likelihood - fit.log_likelihood;
        if improvement(stepwise, gain, cases) >= 0.0 {
            return Ok(current);
        }
        let reason = format!("left again once others were in: {}", measure_in_words(stepwise, gain, cases));
        removed.push((column, "stepwise", reason));
        *selected = without;
        current = fit;
    }
}

/// Under the constraint a feature whose coefficient is 0 is not in the model: the fit without it is the same.
fn drop_bound(
    fits: &Fits<'_>,
    selected: &mut Vec<usize>,
    forced: &[usize],
    removed: &mut Vec<(usize, &'static str, String)>,
) -> Result<(), LogisticError> {
    let fit = fits.fit(selected, None)?;
    let mut bound = fit.bound.iter();
    selected.retain(|column| {
        let leaves = bound.next() == Some(&true) && !forced.contains(column);
        if leaves {
            let reason =
                "would have a negative coefficient beside the other features; under the sign constraint it is 0";
            removed.push((*column, "sign", reason.to_owned()));
        }
        !leaves
    });
    Ok(())
}

fn drop_negative(
    fits: &Fits<'_>,
    selected: &mut Vec<usize>,
    forced: &[usize],
    removed: &mut Vec<(usize, &'static str, String)>,
) -> Result<(), LogisticError> {
    while !selected.is_empty() {
        let fit = fits.fit(selected, None)?;
        let worst = fit
            .coefficients
            .iter()
            .enumerate()
            .filter(|(position, coefficient)| **coefficient < 0.0 && !forced.contains(&selected[*position]))
            .min_by(|a, b| a.1.total_cmp(b.1));
        let Some((position, coefficient)) = worst else { return Ok(()) };
        let column = selected.remove(position);
        removed.push((
            column,
            "sign",
            format!("has a negative coefficient ({coefficient:.4}) beside the other features"),
        ));
    }
    Ok(())
}

/// Score statistic and slope of each candidate at the current fit.
fn score_statistics(design: &Design, selected: &[usize], current: &FittedLogistic, open: &[usize]) -> Vec<(f64, f64)> {
    let tests = score_tests(current, &design.records(selected), &design.records(open), &design.outcomes);
    tests.into_iter().map(|test| (test.statistic, test.slope)).collect()
}
