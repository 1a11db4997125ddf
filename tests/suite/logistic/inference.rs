//! Every figure of inference.json: numpy, scipy and statsmodels, by dense matrices and general-purpose solvers.

use linfa::ParamGuard;
use scorewright::logistic::{
    LogisticParams, StandardErrors, condition_number, infer, largest_influence, linearity, profile_intervals,
    variance_inflation,
};
use serde_json::Value;

use super::{Data, all_near};

fn reference() -> (Value, Data) {
    let path = format!("{}/tests/reference/inference.json", env!("CARGO_MANIFEST_DIR"));
    let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let lists = |key: &str| json[key].as_array().unwrap().iter().map(numbers).collect::<Vec<_>>();
    let goods = numbers(&json["good"]);
    let data = Data {
        codes: lists("codes").into_iter().map(|codes| codes.into_iter().map(|code| code as u16).collect()).collect(),
        values: lists("values"),
        bads: goods.iter().map(|good| 1.0 - good).collect(),
        goods,
    };
    (json, data)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn known(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap()).collect()
}

#[test]
fn estimates_tests_and_measures_of_fit() {
    let (json, data) = reference();
    let fit = data.fit(LogisticParams::new()).unwrap();
    all_near(&fit.beta(), &numbers(&json["coefficients"]), 1e-10);
    let (rows, outcomes) = (data.rows(), data.outcomes());
    let inference = infer(&fit, &rows, &outcomes, StandardErrors::ModelBased, None).unwrap();
    all_near(&known(&inference.standard_errors), &numbers(&json["std_errors"]), 1e-10);
    all_near(&known(&inference.z), &numbers(&json["z"]), 1e-8);
    all_near(&known(&inference.p_values), &numbers(&json["p"]), 1e-10);
    for (interval, expected) in inference.intervals.iter().zip(json["wald"].as_array().unwrap()) {
        let (low, high) = interval.unwrap();
        all_near(&[low, high], &numbers(expected), 1e-9);
    }
    let figures = [
        fit.log_likelihood,
        fit.null_log_likelihood,
        inference.aic,
        inference.bic,
        inference.mcfadden,
        inference.nagelkerke,
        condition_number(&rows, &outcomes).unwrap(),
    ];
    let names = ["log_likelihood", "null", "aic", "bic", "mcfadden", "nagelkerke", "condition_number"];
    for (figure, name) in figures.iter().zip(names) {
        all_near(&[*figure], &[json[name].as_f64().unwrap()], 1e-9);
    }
    let ratio = [inference.likelihood_ratio, inference.degrees_of_freedom as f64, inference.likelihood_ratio_p];
    all_near(&ratio, &numbers(&json["likelihood_ratio"]), 1e-9);
    all_near(&variance_inflation(&rows, &outcomes).unwrap(), &numbers(&json["vif"]), 1e-10);
}

#[test]
fn profile_likelihood_intervals() {
    let (json, data) = reference();
    let params = LogisticParams::new();
    let fit = data.fit(params.clone()).unwrap();
    let found = profile_intervals(&fit, &data.rows(), &data.outcomes(), &params.check().unwrap()).unwrap();
    for (interval, expected) in found.iter().zip(json["profile"].as_array().unwrap()) {
        let (low, high) = interval.unwrap();
        all_near(&[low.unwrap(), high.unwrap()], &numbers(expected), 1e-8);
    }
}

#[test]
fn firth_with_its_standard_errors() {
    let (json, data) = reference();
    let fit = data.fit(LogisticParams::new().firth(true)).unwrap();
    all_near(&fit.beta(), &numbers(&json["firth"]["coefficients"]), 1e-9);
    let inference = infer(&fit, &data.rows(), &data.outcomes(), StandardErrors::ModelBased, None).unwrap();
    all_near(&known(&inference.standard_errors), &numbers(&json["firth"]["std_errors"]), 1e-9);
    // The likelihood that is told is that of the data alone: below its maximum, by little.
    let best = json["log_likelihood"].as_f64().unwrap();
    assert!(fit.log_likelihood < best && best - fit.log_likelihood < 0.1, "{} {best}", fit.log_likelihood);
}

#[test]
fn the_constrained_optimum_with_the_errors_of_what_is_free() {
    let (json, data) = reference();
    let fit = data.fit(LogisticParams::new().non_negative(true)).unwrap();
    let expected = &json["constrained"];
    all_near(&fit.beta(), &numbers(&expected["coefficients"]), 1e-9);
    all_near(&[fit.log_likelihood], &[expected["log_likelihood"].as_f64().unwrap()], 1e-9);
    let inference = infer(&fit, &data.rows(), &data.outcomes(), StandardErrors::ModelBased, None).unwrap();
    for (error, expected) in inference.standard_errors.iter().zip(expected["std_errors"].as_array().unwrap()) {
        assert_eq!(error.is_some(), expected.is_number());
        all_near(&[error.unwrap_or_default()], &[expected.as_f64().unwrap_or_default()], 1e-9);
    }
    assert_eq!(inference.degrees_of_freedom, 4);
}

#[test]
fn influence_of_single_cases() {
    let (json, data) = reference();
    let fit = data.fit(LogisticParams::new()).unwrap();
    let found = largest_influence(&fit, &data.rows(), &data.outcomes(), 5).unwrap();
    for (found, expected) in found.iter().zip(json["influence"].as_array().unwrap()) {
        let actual = [found.row as f64, found.coefficient as f64, found.dfbetas, found.leverage];
        all_near(&actual, &numbers(expected), 1e-9);
    }
    // The definition itself: the fit without the case.
    let first = found[0];
    let mut without = data.clone();
    without.codes.iter_mut().for_each(|codes| {
        codes.remove(first.row);
    });
    without.goods.remove(first.row);
    without.bads.remove(first.row);
    let moved = fit.beta()[first.coefficient] - without.fit(LogisticParams::new()).unwrap().beta()[first.coefficient];
    let error = numbers(&json["std_errors"])[first.coefficient];
    assert!((moved / error / first.dfbetas - 1.0).abs() < 0.02, "{} {}", moved / error, first.dfbetas);
}

#[test]
fn linearity_in_woe() {
    let (json, data) = reference();
    let fit = data.fit(LogisticParams::new()).unwrap();
    let found = linearity(&fit, &data.rows(), &data.outcomes());
    for (found, expected) in found.iter().zip(json["linearity"].as_array().unwrap()) {
        assert_eq!(found.is_some(), !expected.is_null());
        let Some(found) = found else { continue };
        let actual =
            [found.curvature, found.curvature_p, found.bins, found.bins_degrees_of_freedom as f64, found.bins_p];
        all_near(&actual, &numbers(expected), 1e-7);
    }
}

#[test]
fn firth_of_spector_and_mazzeo_is_that_of_brglm() {
    let folder = format!("{}/tests/reference", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(format!("{folder}/spector.csv")).unwrap();
    let rows: Vec<Vec<f64>> =
        text.lines().skip(1).map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect();
    let x = ndarray::Array2::from_shape_fn((rows.len(), 3), |(row, column)| rows[row][column]);
    let outcomes = scorewright::logistic::OutcomePairs::new(
        rows.iter().map(|row| row[3]).collect(),
        rows.iter().map(|row| 1.0 - row[3]).collect(),
    )
    .unwrap();
    let json: Value =
        serde_json::from_slice(&std::fs::read(format!("{folder}/logit_spector_published.json")).unwrap()).unwrap();
    let expected = &json["expected"]["firth"];
    let fit = super::fit(LogisticParams::new().firth(true), &x.view(), &outcomes).unwrap();
    all_near(&fit.beta(), &numbers(&expected["coef"]), 1e-6);
    let inference = infer(&fit, &x.view(), &outcomes, StandardErrors::ModelBased, None).unwrap();
    all_near(&known(&inference.standard_errors), &numbers(&expected["se"]), 1e-6);
}
