//! Stepwise selection, forward with backward looks, under the sign constraint.
//!
//! The feature to enter is the one with the largest score statistic (Rao) at the current fit; it
//! enters where the measure, computed from the two fits' likelihoods, improves. After each entry, a
//! feature leaves where the measure improves without it.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Axis, s};
use rayon::prelude::*;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::design::Design;
use crate::config::{FitSection, Stepwise};
use crate::logistic::linear::Scaled;
use crate::logistic::{FittedLogistic, LogisticError, LogisticParams, sigmoid};
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
    l2: f64,
}

impl Fits<'_> {
    /// Fits some columns of the design, starting from a fit of most of them; an error names columns of the design.
    fn fit(
        &self,
        columns: &[usize],
        near: Option<(&[usize], &FittedLogistic)>,
    ) -> Result<FittedLogistic, LogisticError> {
        let mut params = LogisticParams::new().l2(self.l2);
        if let Some((known, fit)) = near {
            let coefficient = |column: &usize| {
                known.iter().position(|other| other == column).map_or(0.0, |position| fit.coefficients[position])
            };
            params = params.start(std::iter::once(fit.intercept).chain(columns.iter().map(coefficient)).collect());
        }
        let of_design = |column: usize| columns.get(column).copied().unwrap_or(column);
        params.fit(&DatasetBase::new(self.design.columns(columns), self.design.targets.clone())).map_err(|error| {
            match error {
                LogisticError::Separated { column } => LogisticError::Separated { column: of_design(column) },
                LogisticError::Collinear { column, with } => {
                    LogisticError::Collinear { column: of_design(column), with: with.map(of_design) }
                }
                other => other,
            }
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
    ChiSquared::new(1.0).map_or(1.0, |chi| chi.sf((2.0 * gain).max(0.0)))
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
    let fits = Fits { design, l2: section.l2 };
    let mut removed = Vec::new();
    let mut selected = match stepwise {
        Stepwise::None => candidates.to_vec(),
        _ => forward(&fits, candidates, forced, stepwise, section.sign_constraint, &mut removed, progress)?,
    };
    if section.sign_constraint {
        drop_negative(&fits, &mut selected, forced, &mut removed)?;
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

/// Score statistic U^2 / V and slope U of each candidate at the current fit (Rao 1948): U is the
/// gradient of its coefficient at 0, V its information given the selected columns.
fn score_statistics(design: &Design, selected: &[usize], current: &FittedLogistic, open: &[usize]) -> Vec<(f64, f64)> {
    let x = design.columns(selected);
    let probability: Array1<f64> = current.log_odds(x.view()).mapv(sigmoid);
    let totals = design.targets.sum_axis(Axis(1));
    let residual = &design.targets.column(0) - &(&totals * &probability);
    let weight = &totals * &probability * &probability.mapv(|p| 1.0 - p);
    let information = Scaled::new(&current.information);
    open.par_iter()
        .map(|column| {
            let z = design.woe.column(*column);
            let slope = z.dot(&residual);
            let mut weighted = weight.clone();
            weighted *= &z;
            let mut cross = Array1::zeros(selected.len() + 1);
            cross[0] = weighted.sum();
            cross.slice_mut(s![1..]).assign(&x.t().dot(&weighted));
            let explained =
                information.as_ref().and_then(|scaled| scaled.solve(&cross)).map_or(0.0, |solved| cross.dot(&solved));
            let variance = z.dot(&weighted) - explained;
            (if variance > 0.0 { slope * slope / variance } else { 0.0 }, slope)
        })
        .collect()
}
