//! Calibration line: the outcome regressed on the log odds of the PD.
//!
//! With eta = ln((1 - PD) / PD), log odds good:bad. Slope: coefficient of eta in the logistic regression of the outcome on
//! eta with a constant; 1 is right, below 1 the PDs are too extreme (as of a model that is fitted too closely), above 1 not
//! extreme enough, below 0 they rank the wrong way. Intercept (calibration in the large): the constant that must be added to
//! eta, slope held at 1, to have as many goods as there are; 0 is right, above 0 cases are better than the PDs say, below 0
//! worse. In log odds bad:good the slope is the same and the intercept changes its sign.
//!
//! Intervals 95%, normal, and two-sided p values against slope 1 and intercept 0 (Wald): by the information for good and bad
//! cases of weight 1, by the sandwich for weights and fractional outcomes, by the sandwich summed by group where cases are not
//! independent. Line: slope and constant tested together, likelihood ratio against slope 1 and constant 0, chi-square with two
//! degrees of freedom; for independent good and bad cases of weight 1 only. Not defined for a PD of 0 or 1, or one class.
//!
//! Source: Cox (1958), Biometrika 45:562-565; Miller, Hui and Tierney (1991), Statistics in Medicine 10:1213-1226.

use ndarray::{ArrayView2, Axis, aview1};
use serde::Serialize;

use super::groups::Groups;
use super::probability::log_loss;
use super::scored::Scores;
use super::tails::{chi_squared_sf, normal_sf};
use super::{Measured, Z_95};
use crate::logistic::{
    CodedRecords, FittedLogistic, Inference, LogisticError, LogisticValidParams, OutcomePairs, Rows, StandardErrors,
    infer,
};
use crate::words::Message;

/// A coefficient of the calibration line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LineCoefficient {
    /// The estimate.
    pub value: f64,
    /// Lower bound of its 95% interval; null where there are no more groups than coefficients.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Two-sided, against the right value.
    pub p_value: Option<f64>,
    /// What interval and p value go by.
    pub standard_errors: StandardErrors,
}

/// Slope and constant of the calibration line tested together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LineTest {
    /// Constant beside the slope.
    pub intercept: f64,
    /// Slope.
    pub slope: f64,
    /// Likelihood ratio against constant 0 and slope 1.
    pub statistic: f64,
    /// Always 2.
    pub degrees_of_freedom: usize,
    /// Small where the PDs are not calibrated.
    pub p_value: f64,
}

/// The calibration line of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationLine {
    /// Calibration in the large.
    pub intercept: Measured<LineCoefficient>,
    /// Slope.
    pub slope: Measured<LineCoefficient>,
    /// Both together.
    pub test: Measured<LineTest>,
}

impl CalibrationLine {
    /// No line, for a reason.
    pub fn none(reason: &Message) -> Self {
        CalibrationLine {
            intercept: Measured::none(reason.clone()),
            slope: Measured::none(reason.clone()),
            test: Measured::none(reason.clone()),
        }
    }
}

/// The calibration line of cases; the scores do not count, indeterminate cases neither.
pub fn calibration_line(scores: Scores<'_>, pd: &[f64]) -> CalibrationLine {
    match Cases::new(scores, pd) {
        Ok(cases) => {
            let line = cases.fit(&cases.rows());
            CalibrationLine {
                intercept: cases.intercept().into(),
                slope: line.as_ref().map_err(Message::clone).and_then(|fit| cases.slope(fit)).into(),
                test: line.and_then(|fit| cases.test(&fit)).into(),
            }
        }
        Err(reason) => CalibrationLine::none(&reason),
    }
}

/// The good and bad cases.
struct Cases {
    eta: Vec<f64>,
    outcomes: OutcomePairs,
    /// Log likelihood of the PDs as they are.
    log_likelihood: f64,
    method: StandardErrors,
    groups: Option<Vec<u32>>,
}

impl Cases {
    fn new(scores: Scores<'_>, pd: &[f64]) -> Result<Self, Message> {
        let kept: Vec<usize> = (0..pd.len()).filter(|case| scores.goods[*case] + scores.bads[*case] > 0.0).collect();
        let pick = |values: &[f64]| kept.iter().map(|case| values[*case]).collect::<Vec<f64>>();
        let (pd, goods, bads) = (pick(pd), pick(scores.goods), pick(scores.bads));
        let extreme = pd.iter().filter(|pd| **pd <= 0.0 || **pd >= 1.0).count();
        if extreme > 0 {
            return Err(
                Message::new("{0} cases have a PD of exactly 0 or 1, whose log odds are infinite").with(extreme)
            );
        }
        let log_likelihood = -(0..pd.len()).map(|case| log_loss(pd[case], goods[case], bads[case])).sum::<f64>();
        let outcomes = OutcomePairs::new(goods, bads).map_err(reason)?;
        let groups = scores.groups.filter(|_| Groups::new(scores).repeat());
        Ok(Cases {
            eta: pd.iter().map(|pd| ((1.0 - pd) / pd).ln()).collect(),
            log_likelihood,
            method: match (&groups, outcomes.is_plain()) {
                (Some(_), _) => StandardErrors::Clustered,
                (None, true) => StandardErrors::ModelBased,
                (None, false) => StandardErrors::Robust,
            },
            groups: groups.map(|codes| kept.iter().map(|case| codes[*case]).collect()),
            outcomes,
        })
    }

    /// eta as the only column.
    fn rows(&self) -> ArrayView2<'_, f64> {
        aview1(&self.eta).insert_axis(Axis(1))
    }

    fn fit(&self, rows: &dyn Rows) -> Result<FittedLogistic, Message> {
        LogisticValidParams::default().fit_rows(rows, &self.outcomes).map_err(reason)
    }

    fn infer(&self, fit: &FittedLogistic, rows: &dyn Rows) -> Result<Inference, Message> {
        infer(fit, rows, &self.outcomes, self.method, self.groups.as_deref()).map_err(reason)
    }

    fn intercept(&self) -> Result<LineCoefficient, Message> {
        let rows = CodedRecords::of_equal_length(Vec::new(), self.eta.len()).with_offset(&self.eta).map_err(reason)?;
        let fit = self.fit(&rows)?;
        Ok(self.coefficient(fit.intercept, 0.0, self.infer(&fit, &rows)?.standard_errors.first()))
    }

    fn slope(&self, fit: &FittedLogistic) -> Result<LineCoefficient, Message> {
        let errors = self.infer(fit, &self.rows())?.standard_errors;
        Ok(self.coefficient(fit.coefficients[0], 1.0, errors.get(1)))
    }

    fn coefficient(&self, value: f64, right: f64, error: Option<&Option<f64>>) -> LineCoefficient {
        let error = error.copied().flatten().filter(|error| *error > 0.0);
        LineCoefficient {
            value,
            low: error.map(|error| value - Z_95 * error),
            high: error.map(|error| value + Z_95 * error),
            p_value: error.map(|error| 2.0 * normal_sf(((value - right) / error).abs())),
            standard_errors: self.method,
        }
    }

    fn test(&self, fit: &FittedLogistic) -> Result<LineTest, Message> {
        if self.method != StandardErrors::ModelBased {
            return Err("the likelihood ratio needs independent good and bad cases of weight 1".into());
        }
        let statistic = (2.0 * (fit.log_likelihood - self.log_likelihood)).max(0.0);
        Ok(LineTest {
            intercept: fit.intercept,
            slope: fit.coefficients[0],
            statistic,
            degrees_of_freedom: 2,
            p_value: chi_squared_sf(statistic, 2),
        })
    }
}

/// Why there is no line, for people.
fn reason(error: LogisticError) -> Message {
    match error {
        LogisticError::OneClass("good") => "there are no good cases".into(),
        LogisticError::OneClass(_) => "there are no bad cases".into(),
        LogisticError::TooFewCases { .. } => "there are too few cases".into(),
        LogisticError::Collinear { .. } => "all PDs are equal".into(),
        LogisticError::Separated { .. } => {
            "the PDs tell every good from every bad, so the slope has no finite estimate".into()
        }
        error => Message::new("the calibration line cannot be fitted: {0}").with(error),
    }
}
