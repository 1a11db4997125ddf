//! The model's coefficients in slices of time.

use chrono::{Datelike, NaiveDate};
use linfa::ParamGuard;

use crate::binning::Binning;
use crate::cases::Cases;
use crate::error::Result;
use crate::evidence::{CoefficientsOverTime, FeatureOverTime, TimeSlice};
use crate::logistic::{Inference, LogisticError, LogisticParams, StandardErrors, chi_square_p, infer};
use crate::selection::{Design, fit_error};

/// The rarer class must have so many cases a coefficient in every slice.
const RARER_CLASS: f64 = 10.0;
const MOST_SLICES: f64 = 12.0;

/// Intercept and coefficients, and what is known about them.
type SliceFit = (Vec<f64>, Inference);

/// Fits the features at the positions `selected` again in slices of whole months, as many as have ten cases of the rarer
/// class a coefficient, at most twelve; `None` where the cases have no days or there would be fewer than two slices.
pub(super) fn over_time(
    binnings: &[Binning],
    selected: &[usize],
    cases: &Cases,
    development: &[u32],
    method: StandardErrors,
) -> Result<Option<CoefficientsOverTime>> {
    let Some(days) = &cases.observed_at else { return Ok(None) };
    let slices = slices(cases, development, days, selected.len() + 1);
    if slices.len() < 2 {
        return Ok(None);
    }
    let features: Vec<&Binning> = selected.iter().map(|feature| &binnings[*feature]).collect();
    let mut named = Vec::new();
    let mut fits: Vec<Option<SliceFit>> = Vec::new();
    for (name, rows) in &slices {
        let sum = |weights: &[f64]| rows.iter().map(|row| weights[*row as usize]).sum::<f64>();
        let fit = fit_slice(binnings, selected, cases, rows, method);
        named.push(TimeSlice {
            name: name.clone(),
            cases: rows.len() as u64,
            goods: sum(&cases.outcomes.goods),
            bads: sum(&cases.outcomes.bads),
            not_fitted: fit.as_ref().err().map(|_| String::new()),
        });
        fits.push(match fit {
            Ok(fit) => Some(fit),
            Err(error) => {
                if let Some(slice) = named.last_mut() {
                    slice.not_fitted = Some(fit_error(error, &features).to_string());
                }
                None
            }
        });
    }
    let features = features
        .iter()
        .enumerate()
        .map(|(column, feature)| {
            let pick = |of: &dyn Fn(&SliceFit) -> Option<f64>| {
                fits.iter().map(|fit| fit.as_ref().and_then(of)).collect::<Vec<_>>()
            };
            let estimates = pick(&|(beta, _)| beta.get(column + 1).copied());
            let std_errors = pick(&|(_, inference)| inference.standard_errors[column + 1]);
            let (heterogeneity, degrees_of_freedom) = cochran(&estimates, &std_errors);
            FeatureOverTime {
                name: feature.name.clone(),
                estimates,
                std_errors,
                heterogeneity,
                degrees_of_freedom,
                p_value: heterogeneity.map(|statistic| chi_square_p(statistic, degrees_of_freedom)),
            }
        })
        .collect();
    Ok(Some(CoefficientsOverTime { slices: named, features }))
}

/// Cochran's Q with its degrees of freedom; `None` for fewer than two estimates.
fn cochran(estimates: &[Option<f64>], errors: &[Option<f64>]) -> (Option<f64>, usize) {
    let known: Vec<(f64, f64)> = estimates
        .iter()
        .zip(errors)
        .filter_map(|(estimate, error)| Some(((*estimate)?, error.filter(|error| *error > 0.0)?.powi(-2))))
        .collect();
    if known.len() < 2 {
        return (None, 0);
    }
    let total: f64 = known.iter().map(|(_, weight)| weight).sum();
    let mean = known.iter().map(|(estimate, weight)| estimate * weight).sum::<f64>() / total;
    (Some(known.iter().map(|(estimate, weight)| weight * (estimate - mean).powi(2)).sum()), known.len() - 1)
}

fn fit_slice(
    binnings: &[Binning],
    selected: &[usize],
    cases: &Cases,
    rows: &[u32],
    method: StandardErrors,
) -> std::result::Result<SliceFit, LogisticError> {
    let design = Design::new(binnings, selected, &cases.outcomes, rows)?;
    let records = design.all();
    let fit = LogisticParams::new().check()?.fit_rows(&records, &design.outcomes)?;
    let groups = design.groups(cases);
    let inference = infer(&fit, &records, &design.outcomes, method, groups.as_deref())?;
    Ok((fit.beta(), inference))
}

/// Whole months, joined until each slice has enough of the rarer class; what is left at the end joins the last.
fn slices(cases: &Cases, development: &[u32], days: &[NaiveDate], coefficients: usize) -> Vec<(String, Vec<u32>)> {
    let month = |row: &u32| {
        let day = days[*row as usize];
        day.year() * 12 + day.month0() as i32
    };
    let mut rows: Vec<u32> =
        development.iter().copied().filter(|row| cases.outcomes.is_determinate(*row as usize)).collect();
    rows.sort_by_key(month);
    let weight = |rows: &[u32]| {
        let count = |weights: &[f64]| rows.iter().filter(|row| weights[**row as usize] > 0.0).count();
        count(&cases.outcomes.goods).min(count(&cases.outcomes.bads)) as f64
    };
    let least = (RARER_CLASS * coefficients as f64).max(weight(&rows) / MOST_SLICES);
    let mut slices: Vec<Vec<u32>> = Vec::new();
    let mut open: Vec<u32> = Vec::new();
    for month in rows.chunk_by(|a, b| month(a) == month(b)) {
        open.extend(month);
        if weight(&open) >= least {
            slices.push(std::mem::take(&mut open));
        }
    }
    match slices.last_mut() {
        Some(last) => last.append(&mut open),
        None => slices.push(open),
    }
    let name = |month: i32| format!("{}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
    slices
        .into_iter()
        .map(|mut rows| {
            let (first, last) = (rows.first().map_or(0, month), rows.last().map_or(0, month));
            rows.sort_unstable();
            (if first == last { name(first) } else { format!("{} to {}", name(first), name(last)) }, rows)
        })
        .collect()
}
