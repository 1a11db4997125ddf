//! How well the PDs of a sample agree with what happened.

use serde::Serialize;

use super::calibration_grades::{GradeCalibration, by_grade};
use super::{ScoredSample, Subject};
use crate::sample::SampleName;
use crate::validation::binomial::{BinomialTest, binomial_test};
use crate::validation::binomial_correlated::{CorrelatedBinomialTest, correlated_binomial_test};
use crate::validation::brier::{Brier, RecalibratedPart, brier, recalibration};
use crate::validation::calibration_error::{CalibrationError, ObservedExpected, calibration_error, observed_expected};
use crate::validation::calibration_line::{CalibrationLine, LineCoefficient, LineTest, calibration_line};
use crate::validation::hosmer_lemeshow::{HosmerLemeshow, hosmer_lemeshow};
use crate::validation::jeffreys::{DefaultCounts, JeffreysTest, jeffreys_test};
use crate::validation::low_default::{LowDefault, low_default};
use crate::validation::paired::mean_difference;
use crate::validation::pd_groups::{PdGroup, PdGroups};
use crate::validation::probability::log_loss;
use crate::validation::ratio::{LossBin, LossCapture, RatioCases, RatioTTest};
use crate::validation::spiegelhalter::{Spiegelhalter, spiegelhalter};
use crate::validation::{Groups, Interval, Measured};
use crate::words::Message;

/// Measures and tests of calibration; each says why where it could not be computed.
#[derive(Debug, Clone, Serialize)]
pub struct CalibrationEvidence {
    /// What a reader of the tests must know about their assumptions on these cases.
    pub calibration_warnings: Vec<Message>,
    /// Jeffreys' test of PDs that are too low, all cases together.
    pub jeffreys: Measured<JeffreysTest>,
    /// The binomial test of the same.
    pub binomial: Measured<BinomialTest>,
    /// The binomial test under correlated defaults.
    pub binomial_correlated: Measured<CorrelatedBinomialTest>,
    /// Upper bounds of the PD, all cases together.
    pub low_default: Measured<LowDefault>,
    /// The tests by grade, in the order of the grades.
    pub calibration_by_grade: Measured<Vec<GradeCalibration>>,
    /// Observed against expected bads.
    pub observed_expected_ratio: Measured<ObservedExpected>,
    /// Hosmer and Lemeshow's test.
    pub hosmer_lemeshow: Measured<HosmerLemeshow>,
    /// Spiegelhalter's test.
    pub spiegelhalter: Measured<Spiegelhalter>,
    /// Brier score.
    pub brier: Measured<Brier>,
    /// 1 - Brier score / that of the bad rate for everybody.
    pub brier_skill_score: Measured<Value>,
    /// Mean log loss.
    pub log_loss: Measured<Interval>,
    /// Calibration in the large, log odds good:bad.
    pub calibration_intercept: Measured<LineCoefficient>,
    /// Slope of the calibration line.
    pub calibration_slope: Measured<LineCoefficient>,
    /// Slope and constant tested together.
    pub calibration_line: Measured<LineTest>,
    /// Expected calibration error.
    pub expected_calibration_error: Measured<CalibrationError>,
    /// Expected and observed bad rate by group of PDs.
    pub reliability_curve: Measured<Vec<PdGroup>>,
    /// Isotonic regression of the outcomes on the PDs.
    pub isotonic_recalibration: Measured<Vec<RecalibratedPart>>,
    /// Paired t test of shares that are estimated too low.
    pub ratio_t_test: Measured<RatioTTest>,
    /// Mean absolute error of estimated shares.
    pub mean_absolute_error: Measured<Interval>,
    /// Mean squared error of estimated shares.
    pub mean_squared_error: Measured<Interval>,
    /// Loss capture ratio.
    pub loss_capture_ratio: Measured<LossCapture>,
    /// The twelve segments of the estimated share.
    pub loss_bins: Measured<Vec<LossBin>>,
}

/// A value without an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Value {
    /// The value.
    pub value: f64,
}

/// What stands in the way of measures of PDs.
struct Obstacles {
    /// Of every measure.
    any: Option<Message>,
    /// Whether any outcome is partly good and partly bad.
    is_fractional: bool,
}

impl Obstacles {
    fn of(sample: &ScoredSample) -> Self {
        let pairs = || sample.goods.iter().zip(&sample.bads);
        let any = match () {
            () if sample.pd.is_empty() => Some("there are no PDs".into()),
            () if !pairs().any(|(good, bad)| good + bad > 0.0) => Some("there are no good or bad cases".into()),
            () => None,
        };
        Obstacles { any, is_fractional: pairs().any(|(good, bad)| *good > 0.0 && *bad > 0.0) }
    }

    /// A measure of PDs on outcomes of any kind.
    fn measure<T>(&self, of: impl FnOnce() -> Measured<T>) -> Measured<T> {
        self.any.clone().map_or_else(of, Measured::none)
    }

    /// A test of good and bad cases.
    fn plain<T>(&self, of: impl FnOnce() -> Measured<T>) -> Measured<T> {
        match self.is_fractional {
            true => self.measure(|| Measured::none("the outcomes are shares, and the test needs good or bad")),
            false => self.measure(of),
        }
    }

    /// A measure of shares.
    fn ratio<T>(&self, of: impl FnOnce() -> Measured<T>) -> Measured<T> {
        match self.is_fractional {
            true => self.measure(of),
            false => self.measure(|| Measured::none("every outcome is good or bad, none a share between")),
        }
    }
}

/// An interval whose value there is.
fn interval(interval: Interval, otherwise: &'static str) -> Measured<Interval> {
    match interval.value.is_some_and(f64::is_finite) {
        true => Measured::Value(interval),
        false => Measured::none(otherwise),
    }
}

/// Measures the calibration of a sample.
pub(super) fn calibration(subject: &Subject<'_>) -> CalibrationEvidence {
    let Subject { sample, roles, options, .. } = *subject;
    let ScoredSample { pd, goods, bads, .. } = sample;
    let scores = sample.scores();
    let obstacles = Obstacles::of(sample);
    let counts = counts(pd, goods, bads, 0..pd.len());
    let by_pd = PdGroups::new(pd, goods, bads);
    let recalibrated = recalibration(pd, goods, bads);
    let brier = obstacles.measure(|| match brier(scores, pd, &by_pd, &recalibrated) {
        Some(brier) => Measured::Value(brier),
        None => Measured::none("there are no good or bad cases"),
    });
    let line = match &obstacles.any {
        None => calibration_line(scores, pd),
        Some(reason) => CalibrationLine::none(reason),
    };
    let shares = RatioCases::new(scores, pd);
    CalibrationEvidence {
        calibration_warnings: warnings(sample, &obstacles),
        jeffreys: obstacles.plain(|| Measured::Value(jeffreys_test(counts))),
        binomial: obstacles.plain(|| Measured::Value(binomial_test(counts))),
        binomial_correlated: obstacles.plain(|| correlated_binomial_test(counts, options.asset_correlation)),
        low_default: obstacles
            .plain(|| Measured::Value(low_default(counts.cases, counts.defaults, options.asset_correlation))),
        calibration_by_grade: match &roles.grade {
            None => Measured::none("no column of grades is named"),
            Some(grades) => obstacles.plain(|| Measured::Value(by_grade(subject, grades))),
        },
        observed_expected_ratio: obstacles.measure(|| observed_expected(scores, pd, obstacles.is_fractional)),
        hosmer_lemeshow: obstacles.plain(|| hosmer_lemeshow(&by_pd.groups, sample.name == SampleName::Development)),
        spiegelhalter: obstacles.plain(|| spiegelhalter(pd, goods, bads)),
        brier_skill_score: match &brier {
            Measured::Value(brier) => match brier.skill() {
                Some(value) => Measured::Value(Value { value }),
                None => Measured::none("all cases are good, or all are bad"),
            },
            Measured::NotComputed { not_computed } => Measured::none(not_computed.clone()),
        },
        brier,
        log_loss: obstacles.measure(|| {
            let losses: Vec<f64> = (0..pd.len()).map(|case| log_loss(pd[case], goods[case], bads[case])).collect();
            let weights: Vec<f64> = goods.iter().zip(bads).map(|(good, bad)| good + bad).collect();
            interval(
                mean_difference(&losses, &weights, scores.groups),
                "a bad case has a PD of exactly 0, or a good one of exactly 1, which is an infinite loss",
            )
        }),
        calibration_intercept: line.intercept,
        calibration_slope: line.slope,
        calibration_line: line.test,
        expected_calibration_error: obstacles.measure(|| calibration_error(&by_pd.groups)),
        ratio_t_test: obstacles.ratio(|| shares.t_test()),
        mean_absolute_error: obstacles
            .ratio(|| interval(shares.mean_absolute_error(), "there are no good or bad cases")),
        mean_squared_error: obstacles.ratio(|| interval(shares.mean_squared_error(), "there are no good or bad cases")),
        loss_capture_ratio: obstacles.ratio(|| shares.loss_capture_ratio()),
        loss_bins: obstacles.ratio(|| Measured::Value(shares.loss_bins(roles.exposure.as_deref()))),
        reliability_curve: obstacles.measure(|| Measured::Value(by_pd.groups)),
        isotonic_recalibration: obstacles.measure(|| Measured::Value(recalibrated)),
    }
}

/// Sums over some of the cases.
pub(super) fn counts(pd: &[f64], goods: &[f64], bads: &[f64], cases: impl Iterator<Item = usize>) -> DefaultCounts {
    let (mut total, mut defaults, mut expected) = (0.0, 0.0, 0.0);
    for case in cases {
        let weight = goods[case] + bads[case];
        (total, defaults, expected) = (total + weight, defaults + bads[case], expected + weight * pd[case]);
    }
    DefaultCounts { cases: total, defaults, pd: if total > 0.0 { expected / total } else { 0.0 } }
}

fn warnings(sample: &ScoredSample, obstacles: &Obstacles) -> Vec<Message> {
    if obstacles.any.is_some() {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    if sample.goods.iter().zip(&sample.bads).any(|(good, bad)| good + bad > 0.0 && good + bad != 1.0)
        && !obstacles.is_fractional
    {
        warnings.push(Message::new(
            "Cases have weights other than 1. The tests of calibration count weights as cases: where the weights are no counts of independent cases, their p values are too small or too large",
        ));
    }
    let groups = Groups::new(sample.scores());
    if let Some(named) = sample.groups.as_ref().filter(|_| groups.repeat()) {
        warnings.push(
            Message::new(
                "Several cases share a group ({0}). The Jeffreys, binomial, Hosmer-Lemeshow and Spiegelhalter tests take cases as independent and find deviations too easily here; the intervals of the calibration line, the Brier score and the log loss go by group",
            )
            .with(&named.column),
        );
    }
    warnings
}
