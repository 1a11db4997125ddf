//! Differences of AUCs and measures of PDs against independent tools.

use scorewright::validation::Scores;
use scorewright::validation::paired::{mean_difference, paired_auc};
use scorewright::validation::probability::probability_measures;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn reference() -> Value {
    serde_json::from_str(include_str!("../../reference/paired.json")).unwrap()
}

#[test]
fn differences_and_their_errors_are_those_of_all_pairs() {
    let reference = reference();
    let get = |name: &str| numbers(&reference[name]);
    let (first, second, goods, weights) = (get("first"), get("second"), get("good"), get("weight"));
    let bads: Vec<f64> = goods.iter().map(|good| 1.0 - good).collect();
    let weighted = |values: &[f64]| values.iter().zip(&weights).map(|(a, b)| a * b).collect::<Vec<f64>>();
    let groups: Vec<u32> = get("group").iter().map(|group| *group as u32).collect();
    let check = |name: &str, goods: &[f64], bads: &[f64], groups: Option<&[u32]>| {
        let paired = paired_auc(Scores { score: &first, goods, bads, groups }, &second).unwrap();
        let expected = get(name);
        let difference = paired.difference;
        assert!((difference.value.unwrap() - expected[0]).abs() < 1e-12, "{name}: {difference:?}");
        let half = (difference.high.unwrap() - difference.low.unwrap()) / 2.0;
        assert!((half - 1.959_963_984_540_054 * expected[1]).abs() < 1e-12, "{name}: {half} {}", expected[1]);
        assert!((paired.first - paired.second - expected[0]).abs() < 1e-12);
        // The interval leaves 0 out exactly where the p value is below 5%.
        assert_eq!(paired.p_value.unwrap() < 0.05, difference.low.unwrap() > 0.0 || difference.high.unwrap() < 0.0);
    };
    check("plain", &goods, &bads, None);
    check("weighted", &weighted(&goods), &weighted(&bads), None);
    check("clustered", &goods, &bads, Some(&groups));
    let scores = Scores { score: &first, goods: &goods, bads: &bads, groups: None };
    let same = paired_auc(scores, &first).unwrap();
    assert_eq!((same.difference.value, same.difference.low, same.p_value), (Some(0.0), Some(0.0), Some(1.0)));
    assert!(paired_auc(Scores { bads: &vec![0.0; goods.len()], ..scores }, &second).is_none());
}

#[test]
fn log_loss_brier_and_calibration_are_those_of_statsmodels_and_scikit_learn() {
    let reference = reference();
    let (pd, goods, weights) = (numbers(&reference["pd"]), numbers(&reference["good"]), numbers(&reference["weight"]));
    let good: Vec<f64> = goods.iter().zip(&weights).map(|(good, weight)| good * weight).collect();
    let bad: Vec<f64> = goods.iter().zip(&weights).map(|(good, weight)| (1.0 - good) * weight).collect();
    let measured = probability_measures(&pd, &good, &bad);
    for (name, value) in [
        ("log_loss", measured.log_loss),
        ("brier", measured.brier),
        ("calibration_intercept", measured.calibration_intercept),
        ("calibration_slope", measured.calibration_slope),
    ] {
        let expected = reference[name].as_f64().unwrap();
        assert!((value.unwrap() - expected).abs() < 1e-7, "{name}: {value:?}, expected {expected}");
    }
    // An impossible outcome costs without end, which is no number.
    assert_eq!(probability_measures(&[0.0, 0.5], &[0.0, 1.0], &[1.0, 0.0]).log_loss, None);
    assert_eq!(probability_measures(&[], &[], &[]), Default::default());
}

#[test]
fn a_mean_difference_counts_a_group_once() {
    let differences = [1.0, 2.0, 3.0, 6.0];
    let plain = mean_difference(&differences, &[1.0; 4], None);
    // Mean 3, sum of squares 14, variance 14 / 3 / 4.
    let half = 1.959_963_984_540_054 * (14.0_f64 / 12.0).sqrt();
    assert_eq!(plain.value, Some(3.0));
    assert!((plain.high.unwrap() - 3.0 - half).abs() < 1e-12);
    // Sums by group: -3 and 3; variance 2 * 18 / 16.
    let grouped = mean_difference(&differences, &[1.0; 4], Some(&[7, 7, 2, 2]));
    assert!((grouped.high.unwrap() - 3.0 - 1.959_963_984_540_054 * (36.0_f64 / 16.0).sqrt()).abs() < 1e-12);
    assert_eq!(mean_difference(&[1.0], &[1.0], None).low, None);
}
