//! Calibration by grade of the rating: each grade's PD against its default rate.

use serde::Serialize;

use super::calibration::counts;
use super::{Labels, ScoredSample, Subject};
use crate::validation::Measured;
use crate::validation::binomial::binomial_test;
use crate::validation::binomial_correlated::correlated_binomial_test;
use crate::validation::jeffreys::{DefaultCounts, jeffreys_test};
use crate::validation::low_default::{UpperBound, low_default};
use crate::validation::multiple_testing::{benjamini_hochberg, holm};
use crate::validation::rate_interval::jeffreys;

/// A grade's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradeCalibration {
    /// The grade.
    pub grade: String,
    /// Number of cases, the indeterminate ones included.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// Mean PD of the good and bad cases; null without any.
    pub mean_pd: Option<f64>,
    /// bads / (goods + bads); null without any.
    pub observed_rate: Option<f64>,
    /// Lower bound of the observed rate by Jeffreys, 95%.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Exposure of all cases; null where it is not known.
    pub exposure: Option<f64>,
    /// Jeffreys' test.
    pub jeffreys: Measured<GradeTest>,
    /// The binomial test.
    pub binomial: Measured<GradeTest>,
    /// The binomial test under correlated defaults.
    pub binomial_correlated: Measured<GradeTest>,
    /// Most prudent upper bounds of the PD, of this grade and all worse ones together.
    pub low_default: Measured<Vec<UpperBound>>,
}

/// A test of a grade, one-sided: small where its PD is too low.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GradeTest {
    /// Of this grade alone.
    pub p_value: f64,
    /// Adjusted over the grades by Holm.
    pub p_value_holm: f64,
    /// Adjusted over the grades by Benjamini and Hochberg.
    pub p_value_benjamini_hochberg: f64,
}

/// The grades in their order, those without cases too.
pub(super) fn by_grade(subject: &Subject<'_>, grades: &Labels) -> Vec<GradeCalibration> {
    let Subject { sample, roles, options, .. } = *subject;
    let ScoredSample { pd, goods, bads, .. } = sample;
    let cases = grades.cases();
    let all: Vec<DefaultCounts> = cases.iter().map(|of| counts(pd, goods, bads, of.iter().copied())).collect();
    let tests = |test: &dyn Fn(DefaultCounts) -> Measured<f64>| -> Vec<Measured<GradeTest>> {
        let of_grade = |(counts, cases): (&DefaultCounts, &Vec<usize>)| match (counts.cases > 0.0, cases.is_empty()) {
            (true, _) => test(*counts),
            (false, true) => Measured::none("the grade has no cases"),
            (false, false) => Measured::none("the grade has no good or bad cases"),
        };
        adjusted(all.iter().zip(&cases).map(of_grade).collect())
    };
    let jeffreys_p = tests(&|counts| Measured::Value(jeffreys_test(counts).p_value));
    let binomial_p = tests(&|counts| Measured::Value(binomial_test(counts).p_value));
    let correlated_p =
        tests(&|counts| correlated_binomial_test(counts, options.asset_correlation).map(|test| test.p_value));
    let prudent = |grade: usize| {
        if !roles.grade_order_stated {
            return Measured::none("the order of the grades is not stated");
        }
        if grades.names[grade] == Labels::NONE {
            return Measured::none("cases without a grade have no place in the order of the grades");
        }
        let worse = || all.iter().zip(&grades.names).skip(grade).filter(|(_, name)| *name != Labels::NONE);
        let sum = |of: fn(&DefaultCounts) -> f64| worse().map(|(counts, _)| of(counts)).sum::<f64>();
        let (total, defaults) = (sum(|counts| counts.cases), sum(|counts| counts.defaults));
        match total > 0.0 {
            true => Measured::Value(low_default(total, defaults, options.asset_correlation).upper_bounds),
            false => Measured::none("this grade and those that are worse have no good or bad cases"),
        }
    };
    let rows = jeffreys_p.into_iter().zip(binomial_p).zip(correlated_p).enumerate();
    rows.map(|(grade, ((jeffreys_p, binomial), binomial_correlated))| {
        let DefaultCounts { cases: total, defaults, pd } = all[grade];
        let known = total > 0.0;
        let (low, high) = jeffreys(total - defaults, defaults);
        GradeCalibration {
            grade: grades.names[grade].clone(),
            cases: cases[grade].len() as u64,
            goods: total - defaults,
            bads: defaults,
            mean_pd: known.then_some(pd),
            observed_rate: known.then(|| defaults / total),
            low,
            high,
            exposure: roles.exposure.as_ref().map(|exposure| cases[grade].iter().map(|case| exposure[*case]).sum()),
            jeffreys: jeffreys_p,
            binomial,
            binomial_correlated,
            low_default: prudent(grade),
        }
    })
    .collect()
}

/// The p values with those that are adjusted over all grades that have one.
fn adjusted(p_values: Vec<Measured<f64>>) -> Vec<Measured<GradeTest>> {
    let known: Vec<f64> = p_values.iter().filter_map(|p_value| p_value.value().copied()).collect();
    let mut adjusted = holm(&known).into_iter().zip(benjamini_hochberg(&known));
    let mut test = |p_value: f64| {
        let (p_value_holm, p_value_benjamini_hochberg) = adjusted.next().unwrap_or((p_value, p_value));
        GradeTest { p_value, p_value_holm, p_value_benjamini_hochberg }
    };
    p_values.into_iter().map(|p_value| p_value.map(&mut test)).collect()
}
