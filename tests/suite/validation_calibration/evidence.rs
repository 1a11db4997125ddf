//! The evidence of `validate` on plain tables.

use serde_json::Value;

use crate::support::{Folder, OUT};

/// A table of 600 cases with PDs that are right, by a fixed rule.
fn table(header: &str, row: impl Fn(usize, f64, bool) -> String) -> String {
    let rows = (0..600).map(|case| {
        let pd = 0.02 + 0.4 * ((case * 37 % 600) as f64 / 600.0).powi(2);
        // A stride through [0, 1) that does not go along with the PD.
        let is_bad = (case as f64 * 0.618_033_988_749_895).fract() < pd;
        row(case, pd, is_bad)
    });
    std::iter::once(header.to_owned()).chain(rows).map(|line| line + "\n").collect()
}

fn validate(table: &str, arguments: &[&str]) -> Value {
    let folder = Folder::new();
    folder.write("cases.csv", table);
    let all = ["validate", "--data", "cases.csv", "--pd-column", "pd", "--out", OUT];
    let run = folder.run(&[&all, arguments].concat());
    assert!(run.status.success(), "{}", run.stderr);
    folder.json(&format!("{OUT}/evidence.json"))["samples"]["validation"].clone()
}

#[test]
fn every_measure_stands_flat_under_its_name() {
    let grade = |case: usize| ["A", "B", "C"][case % 3];
    let table = table("pd,outcome,grade,ead", |case, pd, is_bad| {
        let outcome = if case < 12 {
            "pending"
        } else if is_bad {
            "bad"
        } else {
            "good"
        };
        let grade = if case < 4 { "D" } else { grade(case) };
        format!("{pd},{outcome},{grade},{}", 100 + case)
    });
    let sample = validate(
        &table,
        &[
            "--outcome-column",
            "outcome",
            "--bad",
            "bad",
            "--good",
            "good",
            "--grade-column",
            "grade",
            "--grades",
            "A,B,C,D,E",
            "--exposure-column",
            "ead",
        ],
    );
    for path in [
        "jeffreys.p_value",
        "jeffreys.cases",
        "jeffreys.defaults",
        "jeffreys.pd",
        "binomial.p_value",
        "binomial.normal_p_value",
        "binomial_correlated.p_value",
        "binomial_correlated.critical_default_rate_95",
        "binomial_correlated.critical_default_rate_99",
        "hosmer_lemeshow.statistic",
        "hosmer_lemeshow.degrees_of_freedom",
        "hosmer_lemeshow.p_value",
        "spiegelhalter.z",
        "spiegelhalter.p_value",
        "brier.value",
        "brier.low",
        "brier.high",
        "brier.reliability",
        "brier.resolution",
        "brier.uncertainty",
        "brier_skill_score.value",
        "log_loss.value",
        "log_loss.low",
        "calibration_intercept.value",
        "calibration_intercept.p_value",
        "calibration_slope.value",
        "calibration_slope.low",
        "calibration_slope.high",
        "calibration_slope.p_value",
        "calibration_line.p_value",
        "expected_calibration_error.value",
        "observed_expected_ratio.value",
        "observed_expected_ratio.low",
    ] {
        let value = path.split('.').fold(&sample, |at, part| &at[part]);
        assert!(value.is_number(), "{path}: {value}");
    }
    assert_eq!(sample["jeffreys"]["cases"], 588.0);
    assert_eq!(sample["jeffreys"]["defaults"], sample["bads"]);
    assert_eq!(sample["hosmer_lemeshow"]["degrees_of_freedom"], 10);
    assert_eq!(sample["low_default"]["upper_bounds"].as_array().unwrap().len(), 4);
    assert!(sample["ratio_t_test"]["not_computed"].is_string());
    let grades = sample["calibration_by_grade"].as_array().unwrap();
    assert_eq!(grades.len(), 5);
    let names: Vec<&str> = grades.iter().map(|grade| grade["grade"].as_str().unwrap()).collect();
    assert_eq!(names, ["A", "B", "C", "D", "E"]);
    for grade in &grades[..3] {
        let (own, holm) = (&grade["jeffreys"]["p_value"], &grade["jeffreys"]["p_value_holm"]);
        assert!(holm.as_f64().unwrap() >= own.as_f64().unwrap(), "{grade}");
        assert!(grade["observed_rate"].is_number() && grade["low"].is_number() && grade["mean_pd"].is_number());
    }
    // Cases without an outcome yet, and none at all: there, and said.
    assert_eq!(grades[3]["cases"], 4);
    assert_eq!(grades[3]["exposure"], 100.0 + 101.0 + 102.0 + 103.0);
    assert_eq!(grades[3]["jeffreys"]["not_computed"], "the grade has no good or bad cases");
    assert_eq!(grades[4]["jeffreys"]["not_computed"], "the grade has no cases");
    assert_eq!(grades[0]["low_default"].as_array().unwrap().len(), 4);
    assert!(grades[3]["low_default"]["not_computed"].is_string());
    // Together the grades are the sample.
    let bads: f64 = grades.iter().map(|grade| grade["bads"].as_f64().unwrap()).sum();
    assert_eq!(sample["bads"], bads);
}

#[test]
fn shares_have_their_own_measures() {
    let table = table("pd,kept", |case, pd, _| format!("{pd},{}", ((case * 7) % 101) as f64 / 100.0));
    let sample = validate(&table, &["--ratio-column", "kept"]);
    for path in [
        "ratio_t_test.t",
        "ratio_t_test.p_value",
        "mean_absolute_error.value",
        "mean_squared_error.low",
        "loss_capture_ratio.value",
        "brier.value",
        "log_loss.value",
        "calibration_slope.low",
    ] {
        let value = path.split('.').fold(&sample, |at, part| &at[part]);
        assert!(value.is_number(), "{path}: {value}");
    }
    assert_eq!(sample["ratio_t_test"]["degrees_of_freedom"], 599);
    assert_eq!(sample["loss_bins"].as_array().unwrap().len(), 12);
    assert_eq!(sample["calibration_slope"]["standard_errors"], "robust");
    for test in ["jeffreys", "binomial", "binomial_correlated", "hosmer_lemeshow", "spiegelhalter", "low_default"] {
        let reason = sample[test]["not_computed"].as_str().unwrap();
        assert!(reason.contains("shares"), "{test}: {reason}");
    }
}

#[test]
fn what_cannot_be_computed_says_why() {
    let certain = table("pd,outcome", |case, pd, is_bad| {
        let pd = if case == 5 { 0.0 } else { pd };
        format!("{pd},{}", if is_bad || case == 5 { 1 } else { 0 })
    });
    let sample = validate(&certain, &["--outcome-column", "outcome", "--bad", "1"]);
    assert!(sample["log_loss"]["not_computed"].as_str().unwrap().contains("infinite loss"));
    assert!(sample["calibration_slope"]["not_computed"].as_str().unwrap().starts_with("1 cases"));
    assert!(sample["brier"]["value"].is_number());
    assert_eq!(sample["calibration_by_grade"]["not_computed"], "no column of grades is named");

    let one_class = table("pd,outcome", |_, pd, _| format!("{pd},0"));
    let sample = validate(&one_class, &["--outcome-column", "outcome", "--bad", "1", "--good", "0"]);
    assert_eq!(sample["calibration_intercept"]["not_computed"], "there are no bad cases");
    assert!(sample["jeffreys"]["p_value"].as_f64().unwrap() > 0.99);
    assert!(sample["brier_skill_score"]["not_computed"].is_string());
}

#[test]
fn weights_and_groups_are_warned_about() {
    let table = table("pd,outcome,weight,customer", |case, pd, is_bad| {
        format!("{pd},{},{},{}", u8::from(is_bad), 1 + case % 2, case / 2)
    });
    let base = ["--outcome-column", "outcome", "--bad", "1"];
    assert_eq!(validate(&table, &base)["calibration_warnings"], serde_json::json!([]));
    let both = validate(&table, &[&base[..], &["--weight-column", "weight", "--group-column", "customer"]].concat());
    assert_eq!(both["calibration_warnings"].as_array().unwrap().len(), 2);
    assert_eq!(both["jeffreys"]["cases"], 900.0);
    assert_eq!(both["calibration_slope"]["standard_errors"], "clustered");
}
