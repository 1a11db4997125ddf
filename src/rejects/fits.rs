//! Every method on the same development applicants and the same weights of evidence.

use ndarray::Array2;

use super::acceptance::Acceptance;
use super::bivariate_normal::{bivariate_normal_cdf, normal_cdf};
use super::document::{MethodCoefficient, NotUsed, ProbitSummary, WeightSummary};
use super::methods::{self, Method};
use super::parcelling::{Parcel, assign, parcels};
use super::probit::{self, SelectionData, SelectionFit};
use super::refit::{Refit, log_odds, refit};
use super::{fuzzy, hard_cut_off::hard_cut_off, reweighting};
use crate::binning::Binning;
use crate::config::RejectsSection;
use crate::error::Result;
use crate::logistic::{LogisticError, StandardErrors, sigmoid};
use crate::progress::Progress;
use crate::selection::fit_error;
use crate::validation::Z_95;

/// The development applicants: accepts, then rejects.
#[derive(Debug, Clone)]
pub struct Development<'a> {
    /// n x p, accepts-only bins.
    pub woe: Array2<f64>,
    /// Its columns.
    pub features: Vec<&'a Binning>,
    /// WOE of the columns of the model of acceptance.
    pub acceptance: Array2<f64>,
    /// Good weight; 0 of rejects.
    pub goods: Vec<f64>,
    /// Bad weight; 0 of rejects.
    pub bads: Vec<f64>,
    /// Case weight.
    pub weights: Vec<f64>,
    /// Number of accepts.
    pub accepts: usize,
    /// Groups of applicants.
    pub groups: Option<Vec<u32>>,
    /// Whether accepts' outcomes are good or bad, and count 1.
    pub plain: bool,
    /// Penalty of the card's fit.
    pub l2: f64,
    /// Seed of the draws.
    pub seed: u64,
}

/// A method's fit.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// Which method.
    pub method: &'static Method,
    /// Its factor.
    pub factor: Option<f64>,
    /// Intercept first: of log odds good:bad, or of a probit where `is_probit`.
    pub coefficients: Vec<f64>,
    /// Standard errors; which.
    pub errors: Option<(Vec<f64>, StandardErrors)>,
}

/// Every fit, accepts-only first.
#[derive(Debug, Clone)]
pub struct Fits {
    /// The fits.
    pub fitted: Vec<Fitted>,
    /// What could not be used.
    pub not_used: Vec<NotUsed>,
    /// Weights of reweighting.
    pub weights: Option<WeightSummary>,
    /// Bands of parcelling.
    pub parcels: Vec<Parcel>,
    /// The probit.
    pub probit: Option<SelectionFit>,
}

impl Fitted {
    /// The method with its factor.
    pub fn title(&self) -> String {
        match self.factor {
            Some(factor) => format!("{} × {factor}", self.method.title),
            None => self.method.title.to_owned(),
        }
    }

    /// Whether coefficients are on the probit's scale.
    pub fn is_probit(&self) -> bool {
        self.errors.is_none()
    }

    /// Probability of bad by row, of what is known: that of a reject under the probit knows that it was rejected,
    /// F(-x'b, -z'c; rho) / Phi(-z'c); all others are those of the log odds `eta`. `acceptance` are the WOE of acceptance.
    pub fn bad_probability(
        &self,
        eta: &[f64],
        woe: &Array2<f64>,
        probit: Option<(&SelectionFit, &Array2<f64>)>,
        accepted: &[bool],
    ) -> Vec<f64> {
        let plain = eta.iter().map(|eta| sigmoid(-eta));
        let Some((fit, acceptance)) = probit.filter(|_| self.is_probit()) else { return plain.collect() };
        let (a, c) = (log_odds(woe.view(), &fit.outcome), log_odds(acceptance.view(), &fit.acceptance));
        plain
            .enumerate()
            .map(|(row, plain)| match accepted[row] {
                true => plain,
                false => {
                    let rejected = normal_cdf(-c[row]).max(1e-300);
                    (bivariate_normal_cdf(-a[row], -c[row], fit.rho) / rejected).clamp(0.0, 1.0)
                }
            })
            .collect()
    }

    /// ln(odds good:bad) by row.
    pub fn log_odds(&self, woe: &Array2<f64>) -> Vec<f64> {
        let eta = log_odds(woe.view(), &self.coefficients);
        match self.is_probit() {
            false => eta,
            // Both tails, so that neither is lost beside 1.
            true => eta.into_iter().map(|a| normal_cdf(a).max(1e-300).ln() - normal_cdf(-a).max(1e-300).ln()).collect(),
        }
    }
}

impl Development<'_> {
    fn rejects(&self) -> usize {
        self.weights.len() - self.accepts
    }

    fn refit(&self, goods: &[f64], bads: &[f64], plain: bool) -> std::result::Result<Refit, LogisticError> {
        refit(self.woe.view(), goods, bads, self.l2, plain, self.groups.as_deref())
    }

    /// The accepts' outcomes, then these of rejects.
    fn with(&self, goods: &[f64], bads: &[f64]) -> (Vec<f64>, Vec<f64>) {
        ([&self.goods[..self.accepts], goods].concat(), [&self.bads[..self.accepts], bads].concat())
    }
}

/// Fits every method.
///
/// # Errors
/// Those of the fit on accepts only; other methods that fail are told in `not_used`.
pub fn fits(
    development: &Development<'_>,
    acceptance: &Acceptance,
    probability: Option<&[f64]>,
    section: &RejectsSection,
    progress: &dyn Progress,
) -> Result<Fits> {
    progress.begin("refitting", 0);
    let explain = |error| fit_error(error, &development.features);
    let base = development.refit(&development.goods, &development.bads, development.plain).map_err(explain)?;
    let mut fits = Fits {
        fitted: vec![fitted(&methods::ACCEPTS_ONLY, None, &base)],
        not_used: Vec::new(),
        weights: None,
        parcels: Vec::new(),
        probit: None,
    };
    let accepts = development.accepts;
    let weights = &development.weights[accepts..];
    let eta = log_odds(development.woe.view(), &base.coefficients);
    let pd: Vec<f64> = eta[accepts..].iter().map(|eta| sigmoid(-eta)).collect();

    match (probability, &acceptance.probability) {
        (Some(probability), _) => fits.reweight(development, probability, section.trim),
        (None, Err(reason)) => fits.refuse(&methods::REWEIGHTING, reason.clone()),
        (None, Ok(_)) => {}
    }
    let hard = hard_cut_off(&pd, weights);
    fits.call(development, &methods::HARD_CUT_OFF, None, &hard.bad);
    progress.check()?;

    let accepted: Vec<bool> = (0..development.weights.len()).map(|row| row < accepts).collect();
    fits.parcels = parcels(&eta, &development.goods, &development.bads, &accepted, section.bands);
    for factor in &section.factors {
        let bad = assign(&fits.parcels, &eta[accepts..], *factor, development.seed);
        fits.call(development, &methods::PARCELLING, Some(*factor), &bad);
    }
    for factor in &section.factors {
        let (goods, bads) = fuzzy::fuzzy(&pd, weights, *factor);
        let (goods, bads) = development.with(&goods, &bads);
        match development.refit(&goods, &bads, false) {
            Ok(second) => {
                let groups = development.groups.as_deref();
                let view = development.woe.view();
                let rejects = development.rejects();
                let errors = fuzzy::stacked_errors(&base, &second, view, rejects, &pd, weights, *factor, groups);
                let mut fit = fitted(&methods::FUZZY, Some(*factor), &second);
                fit.errors = Some((errors, second.method));
                fits.fitted.push(fit);
            }
            Err(error) => fits.refuse(&methods::FUZZY, format!("× {factor}: {}", explain(error).message())),
        }
    }
    progress.check()?;
    progress.begin("fitting outcome and acceptance together", 0);
    match &acceptance.probability {
        Err(reason) => fits.refuse(&methods::PROBIT, reason.clone()),
        Ok(_) => fits.select(development, &accepted),
    }
    Ok(fits)
}

fn fitted(method: &'static Method, factor: Option<f64>, refit: &Refit) -> Fitted {
    let errors = Some((refit.standard_errors.clone(), refit.method));
    Fitted { method, factor, coefficients: refit.coefficients.clone(), errors }
}

impl Fits {
    fn refuse(&mut self, method: &'static Method, reason: String) {
        self.not_used.push(NotUsed { method: method.title, reason });
    }

    fn reweight(&mut self, development: &Development<'_>, probability: &[f64], trim: f64) {
        let accepted: Vec<bool> = (0..probability.len()).map(|row| row < development.accepts).collect();
        let method = &methods::REWEIGHTING;
        let Some(weights) = reweighting::weights(&accepted, &development.weights, probability, trim) else {
            return self.refuse(method, "an accept's probability of acceptance is 0".to_owned());
        };
        let parameters = development.features.len() + 1;
        let summary = WeightSummary {
            trim,
            cut_at: weights.cut_at,
            trimmed: weights.trimmed,
            largest: weights.largest,
            effective: weights.effective,
            accepts: development.accepts,
        };
        if weights.effective < 10.0 * parameters as f64 {
            let what = format!(
                "the weights are degenerate: they leave the information of {:.0} accepts for {parameters} coefficients",
                weights.effective
            );
            self.weights = Some(summary);
            return self.refuse(method, what);
        }
        self.weights = Some(summary);
        let times = |values: &[f64]| values.iter().zip(&weights.factors).map(|(v, w)| v * w).collect::<Vec<f64>>();
        match development.refit(&times(&development.goods), &times(&development.bads), false) {
            Ok(fit) => self.fitted.push(fitted(method, None, &fit)),
            Err(error) => self.refuse(method, fit_error(error, &development.features).message().to_owned()),
        }
    }

    /// Rejects called good or bad, one by one.
    fn call(&mut self, development: &Development<'_>, method: &'static Method, factor: Option<f64>, bad: &[bool]) {
        let weights = &development.weights[development.accepts..];
        let of = |called: bool| bad.iter().zip(weights).map(move |(bad, w)| if *bad == called { *w } else { 0.0 });
        let (goods, bads) = development.with(&of(false).collect::<Vec<f64>>(), &of(true).collect::<Vec<f64>>());
        match development.refit(&goods, &bads, false) {
            Ok(fit) => self.fitted.push(fitted(method, factor, &fit)),
            Err(error) => self.refuse(method, fit_error(error, &development.features).message().to_owned()),
        }
    }

    fn select(&mut self, development: &Development<'_>, accepted: &[bool]) {
        let data = SelectionData {
            x: with_ones(&development.woe),
            z: with_ones(&development.acceptance),
            goods: development.goods.clone(),
            bads: development.bads.clone(),
            weights: development.weights.clone(),
            accepted: accepted.to_vec(),
        };
        match probit::fit(&data, development.groups.as_deref()) {
            Ok(fit) => {
                self.fitted.push(Fitted {
                    method: &methods::PROBIT,
                    factor: None,
                    coefficients: fit.outcome.clone(),
                    errors: None,
                });
                self.probit = Some(fit);
            }
            Err(error) => self.refuse(&methods::PROBIT, error.to_string()),
        }
    }
}

fn with_ones(matrix: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((matrix.nrows(), matrix.ncols() + 1), |(row, column)| match column {
        0 => 1.0,
        _ => matrix[[row, column - 1]],
    })
}

/// Coefficients with their intervals; the intercept first.
pub fn coefficients<'a>(
    names: impl IntoIterator<Item = &'a str>,
    estimates: &[f64],
    errors: &[f64],
) -> Vec<MethodCoefficient> {
    let names = std::iter::once("intercept").chain(names);
    let figures = estimates.iter().zip(errors);
    let coefficient = |(name, (estimate, error)): (&str, (&f64, &f64))| MethodCoefficient {
        name: name.to_owned(),
        estimate: *estimate,
        std_error: *error,
        low: estimate - Z_95 * error,
        high: estimate + Z_95 * error,
    };
    names.zip(figures).map(coefficient).collect()
}

/// The probit as data; `acceptance` are the columns of its acceptance equation, `exclusion` those declared to enter it only.
pub fn probit_summary(fit: &SelectionFit, names: &[&str], acceptance: &[&str], exclusion: &[String]) -> ProbitSummary {
    let outcome = |estimates: &[f64], errors: &[f64]| coefficients(names.iter().copied(), estimates, errors);
    ProbitSummary {
        rho: fit.rho,
        rho_wald: fit.rho_wald,
        rho_profile: fit.rho_profile,
        ratio_test: fit.ratio_test,
        log_likelihood: fit.log_likelihood,
        independent_log_likelihood: fit.independent_log_likelihood,
        iterations: fit.iterations,
        gradient: fit.gradient,
        robust: fit.robust,
        exclusion: exclusion.to_vec(),
        outcome: outcome(&fit.outcome, &fit.outcome_errors),
        outcome_at_zero: outcome(&fit.independent_outcome, &fit.independent_errors),
        acceptance: coefficients(acceptance.iter().copied(), &fit.acceptance, &fit.acceptance_errors),
    }
}
