//! The bivariate normal distribution and the probit with selection, against mpmath, scipy and statsmodels.

use ndarray::{Array1, Array2};
use proptest::prelude::*;
use scorewright::rejects::bivariate_normal::{bivariate_normal_cdf, normal_cdf};
use scorewright::rejects::probit::{SelectionData, SelectionError, fit};
use serde_json::Value;

fn reference(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn bivariate_normal_to_1e_13() {
    let reference = reference("bivariate_normal.json");
    let cases = reference["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 153);
    for case in cases {
        let number = |key: &str| case[key].as_f64().unwrap();
        let wanted: f64 = case["p"].as_str().unwrap().parse().unwrap();
        let got = bivariate_normal_cdf(number("x"), number("y"), number("r"));
        assert!((got - wanted).abs() < 1e-13, "{case}: {got}");
    }
}

proptest! {
    #[test]
    fn bivariate_normal_keeps_its_laws(x in -4.0..4.0_f64, y in -4.0..4.0_f64, r in -1.0..=1.0_f64) {
        let f = bivariate_normal_cdf;
        prop_assert!((f(x, y, r) - f(y, x, r)).abs() < 1e-14);
        // P(X <= x, Y <= y) + P(X <= x, Y > y) = P(X <= x).
        prop_assert!((f(x, y, r) + f(x, -y, -r) - normal_cdf(x)).abs() < 1e-14);
        prop_assert!((f(x, f64::INFINITY, r) - normal_cdf(x)).abs() < 1e-15);
        prop_assert_eq!(f(x, f64::NEG_INFINITY, r), 0.0);
    }
}

/// The committed applicants: outcome by x1, x2; acceptance by these and w.
fn applicants() -> SelectionData {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/selection_probit.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<f64>> =
        text.lines().skip(1).map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect();
    let with_ones = |columns: &[usize]| {
        Array2::from_shape_fn((rows.len(), columns.len() + 1), |(row, column)| match column {
            0 => 1.0,
            _ => rows[row][columns[column - 1]],
        })
    };
    SelectionData {
        x: with_ones(&[0, 1]),
        z: with_ones(&[0, 1, 2]),
        goods: rows.iter().map(|row| f64::from(u8::from(row[4] == 1.0))).collect(),
        bads: rows.iter().map(|row| f64::from(u8::from(row[4] == 0.0))).collect(),
        weights: vec![1.0; rows.len()],
        accepted: rows.iter().map(|row| row[3] == 1.0).collect(),
    }
}

fn close(got: &[f64], wanted: &Value, tolerance: f64) {
    let wanted: Vec<f64> = wanted.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    assert_eq!(got.len(), wanted.len());
    for (got, wanted) in got.iter().zip(&wanted) {
        assert!((got - wanted).abs() < tolerance, "{got} is not {wanted}");
    }
}

#[test]
fn probit_with_selection_as_scipy_and_statsmodels_find_it() {
    let reference = reference("selection_probit.json");
    let data = applicants();
    let got = fit(&data, None).unwrap();
    close(&got.outcome, &reference["outcome"], 1e-6);
    close(&got.acceptance, &reference["acceptance"], 1e-6);
    close(&[got.rho], &serde_json::json!([reference["rho"]]), 1e-6);
    let errors = [got.outcome_errors.clone(), got.acceptance_errors.clone()].concat();
    close(&errors, &Value::from(reference["standard_errors"].as_array().unwrap()[..7].to_vec()), 1e-5);
    close(&[got.log_likelihood], &serde_json::json!([reference["log_likelihood"]]), 1e-8);
    close(&[got.independent_log_likelihood], &serde_json::json!([reference["independent_log_likelihood"]]), 1e-8);
    close(&got.independent_outcome, &reference["independent_outcome"], 1e-7);
    close(&got.independent_errors, &reference["independent_outcome_errors"], 1e-6);
    let (ratio, p) = got.ratio_test.unwrap();
    close(&[ratio, p], &serde_json::json!([reference["ratio"], reference["p_value"]]), 1e-6);
    let (low, high) = got.rho_profile.unwrap();
    close(&[low, high], &reference["rho_profile"], 1e-5);
    // The truth lies within both intervals.
    assert!(low < 0.6 && 0.6 < high && got.rho_wald.0 < 0.6 && 0.6 < got.rho_wald.1);
    assert!(got.gradient <= 1e-8 * 1200.0 && !got.robust);
}

#[test]
fn scores_and_curvature_are_the_derivatives() {
    let mut data = applicants();
    // Fractions, weights and an unknown outcome of an accept go through the same code.
    let accept = data.accepted.iter().position(|accepted| *accepted).unwrap();
    (data.goods[accept], data.bads[accept], data.weights[accept]) = (0.3, 0.5, 2.0);
    let theta = Array1::from(vec![0.4, 0.2, -0.5, 0.1, 0.3, -0.2, 0.6, -0.7]);
    let point = data.point(&theta);
    let step = 1e-5;
    for i in 0..8 {
        let moved = |sign: f64| {
            let mut theta = theta.clone();
            theta[i] += sign * step;
            data.point(&theta)
        };
        let (up, down) = (moved(1.0), moved(-1.0));
        let slope = (up.value - down.value) / (2.0 * step);
        assert!((slope - point.gradient[i]).abs() < 1e-5 * (1.0 + slope.abs()), "{i}: {slope}");
        for j in 0..8 {
            let curve = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
            assert!((curve - point.hessian[[i, j]]).abs() < 1e-5 * (1.0 + curve.abs()), "{i} {j}: {curve}");
        }
    }
    let scores = data.scores(&theta);
    for (sum, gradient) in scores.sum_axis(ndarray::Axis(0)).iter().zip(&point.gradient) {
        assert!((sum - gradient).abs() < 1e-9);
    }
}

#[test]
fn doubling_weights_doubles_the_likelihood_and_goes_robust() {
    let plain = fit(&applicants(), None).unwrap();
    let mut twice = applicants();
    for weights in [&mut twice.goods, &mut twice.bads, &mut twice.weights] {
        weights.iter_mut().for_each(|weight| *weight *= 2.0);
    }
    let twice = fit(&twice, None).unwrap();
    assert!((twice.log_likelihood - 2.0 * plain.log_likelihood).abs() < 1e-6);
    assert!((twice.rho - plain.rho).abs() < 1e-7);
    // The sandwich does not take a weight of 2 for two applicants.
    assert!(twice.robust && twice.ratio_test.is_none() && twice.rho_profile.is_none());
    assert!((twice.outcome_errors[1] / plain.outcome_errors[1] - 1.0).abs() < 0.2);
}

#[test]
fn columns_that_determine_one_another_have_no_estimate() {
    let mut data = applicants();
    let copy = data.z.column(1).to_owned();
    data.z.column_mut(2).assign(&copy);
    assert!(matches!(fit(&data, None), Err(SelectionError::Singular | SelectionError::NotConverged { .. })));
}
