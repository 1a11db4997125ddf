//! Tails, intervals of rates, isotonic regression and adjusted p values.

use scorewright::validation::isotonic::{Direction, isotonic};
use scorewright::validation::multiple_testing::{benjamini_hochberg, holm};
use scorewright::validation::rate_interval::{clopper_pearson, jeffreys, wilson};
use scorewright::validation::tails::{
    beta_quantile, beta_tails, chi_squared_sf, normal_cdf, normal_quantile, normal_sf, student_t_sf,
};
use serde_json::Value;

use super::{near, number, numbers, reference};

fn special(name: &str) -> Vec<Vec<f64>> {
    let all: Value = serde_json::from_str(include_str!("../../reference/special_functions.json")).unwrap();
    all["expected"][name].as_array().unwrap().iter().map(numbers).collect()
}

#[track_caller]
fn same(actual: f64, expected: f64) {
    // Relative all the way down, where an absolute tolerance would hide a tail.
    assert!((actual - expected).abs() <= 1e-10 * expected.abs(), "{actual:e}, expected {expected:e}");
}

#[test]
fn tails_are_those_of_fifty_digits() {
    for row in special("betai") {
        same(beta_tails(row[1], row[2], row[0]).0, row[3]);
    }
    for row in special("chi2_sf") {
        same(chi_squared_sf(row[0], row[1] as usize), row[2]);
    }
    for row in special("norm_sf") {
        same(normal_sf(row[0]), row[1]);
        same(normal_cdf(-row[0]), row[1]);
    }
    for row in special("t_sf") {
        same(student_t_sf(row[0], row[1]), row[2]);
        same(student_t_sf(-row[0], row[1]), 1.0 - row[2]);
    }
    for row in special("norm_ppf") {
        // The quantile of 1/2 is 0 to the last digit of 1.
        assert!((normal_quantile(row[0]) - row[1]).abs() <= 1e-10 * row[1].abs() + 1e-15);
    }
    assert_eq!((normal_sf(f64::INFINITY), normal_sf(f64::NEG_INFINITY)), (0.0, 1.0));
    assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
}

#[test]
fn beta_tails_keep_their_digits_at_a_million_cases() {
    for row in reference()["large"].as_array().unwrap() {
        let (a, b, x) = (number(&row["a"]), number(&row["b"]), number(&row["x"]));
        let (lower, upper) = beta_tails(a, b, x);
        same(lower, number(&row["lower"]));
        same(upper, number(&row["upper"]));
        let smaller = lower.min(0.4);
        let found = beta_tails(a, b, beta_quantile(a, b, smaller)).0;
        assert!((found - smaller).abs() <= 1e-9 * smaller, "{found:e} {smaller:e}");
    }
}

#[test]
fn intervals_of_rates_are_those_of_r_and_newcombe() {
    let file: Value = serde_json::from_str(include_str!("../../reference/jeffreys_binomial_ci.json")).unwrap();
    let check = |actual: (Option<f64>, Option<f64>), expected: &Value| {
        let expected = numbers(expected);
        assert!((actual.0.unwrap() - expected[0]).abs() < 1e-10, "{actual:?} {expected:?}");
        assert!((actual.1.unwrap() - expected[1]).abs() < 1e-10, "{actual:?} {expected:?}");
    };
    for case in file["expected"]["newcombe_1998"].as_array().unwrap() {
        let (bads, goods) = (number(&case["r"]), number(&case["n"]) - number(&case["r"]));
        check(clopper_pearson(goods, bads), &case["clopper_pearson"]);
        check(wilson(goods, bads), &case["wilson"]);
    }
    for case in file["expected"]["tests"].as_array().unwrap() {
        let (bads, goods) = (number(&case["D"]), number(&case["N"]) - number(&case["D"]));
        check(jeffreys(goods, bads), &case["ci95_jeffreys_raw"]);
        check(clopper_pearson(goods, bads), &case["ci95_clopper_pearson"]);
        check(wilson(goods, bads), &case["ci95_wilson"]);
    }
    for interval in [jeffreys, clopper_pearson, wilson] {
        assert_eq!(interval(0.0, 0.0), (None, None));
        assert_eq!(interval(5.0, 0.0).0, Some(0.0));
        assert_eq!(interval(0.0, 5.0).1, Some(1.0));
    }
}

#[test]
fn isotonic_regression_is_that_of_scikit_learn_and_r() {
    let file: Value = serde_json::from_str(include_str!("../../reference/isotonic_pava.json")).unwrap();
    let (input, expected) = (&file["inputs"], &file["expected"]);
    let (y, w) = (numbers(&input["y"]), numbers(&input["w"]));
    let check = |actual: Vec<f64>, expected: &Value| {
        let expected = numbers(expected);
        assert_eq!(actual.len(), expected.len());
        actual.iter().zip(&expected).for_each(|(actual, expected)| near(*actual, *expected, 1e-12));
    };
    check(isotonic(&y, &vec![1.0; y.len()], Direction::Rising), &expected["unweighted_increasing"]);
    check(isotonic(&y, &w, Direction::Rising), &expected["weighted_increasing"]);
    check(isotonic(&y, &w, Direction::Falling), &expected["weighted_decreasing"]);
    let (rates, cases) = (numbers(&input["grade_bad_rates"]), numbers(&input["grade_n"]));
    check(isotonic(&rates, &cases, Direction::Falling), &expected["grade_rates_weighted_decreasing"]);
    assert!(isotonic(&[], &[], Direction::Rising).is_empty());
}

#[test]
fn adjusted_p_values_are_those_of_r() {
    let file: Value = serde_json::from_str(include_str!("../../reference/multiple_testing.json")).unwrap();
    for set in ["bh1995", "unsorted_with_ties"] {
        let p = numbers(&file["inputs"][set]);
        for (name, adjusted) in [("holm", holm(&p)), ("BH", benjamini_hochberg(&p))] {
            let expected = numbers(&file["expected"][name][set]);
            for (actual, expected) in adjusted.iter().zip(&expected) {
                assert!((actual - expected).abs() < 1e-12, "{set} {name}: {adjusted:?}");
            }
        }
    }
    assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
}
