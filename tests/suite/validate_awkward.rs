//! `validate` on awkward data: each is handled, and said.

use serde_json::Value;

use crate::support::Folder;

/// Rows of score, PD, bad, period, grade, weight.
fn table(rows: impl IntoIterator<Item = (f64, f64, u8, &'static str, &'static str, f64)>) -> String {
    let mut text = "score,pd,bad,period,grade,weight\n".to_owned();
    for (score, pd, bad, period, grade, weight) in rows {
        text += &format!("{score},{pd},{bad},{period},{grade},{weight}\n");
    }
    text
}

/// 300 cases of three periods and grades; every seventh is bad.
fn usual() -> Vec<(f64, f64, u8, &'static str, &'static str, f64)> {
    (0..300)
        .map(|case: u32| {
            let bad = u8::from(case.is_multiple_of(7));
            let score = 500.0 + f64::from(case * 37 % 101) - 20.0 * f64::from(bad);
            let pd = 1.0 / (1.0 + ((score - 490.0) / 28.0).exp());
            let period = ["2024-01", "2024-02", "2024-03"][case as usize / 100];
            (score, pd, bad, period, ["A", "B", "C"][case as usize % 3], 1.0)
        })
        .collect()
}

const COLUMNS: [&str; 11] = [
    "validate",
    "--data",
    "s.csv",
    "--outcome-column",
    "bad",
    "--bad",
    "1",
    "--score-column",
    "score",
    "--pd-column",
    "pd",
];

/// The evidence of the sample, and the warnings.
fn validate(text: &str, further: &[&str]) -> (Value, Vec<String>) {
    let folder = Folder::new();
    folder.write("s.csv", text);
    let run = folder.run(&[&COLUMNS, further, &["--out", "out"]].concat());
    assert_eq!(run.status.code(), Some(0), "{}", run.stderr);
    let evidence = folder.json("out/evidence.json");
    let warnings = evidence["warnings"].as_array().unwrap().iter().map(|w| w.as_str().unwrap().to_owned()).collect();
    (evidence["samples"]["validation"].clone(), warnings)
}

fn refused(text: &str, further: &[&str], words: &[&str]) {
    let folder = Folder::new();
    folder.write("s.csv", text);
    let run = folder.run(&[&COLUMNS, further, &["--out", "out"]].concat());
    assert_eq!(run.status.code(), Some(3), "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "{word:?} in {}", run.stderr);
    }
    assert!(!folder.path("out").exists());
}

#[track_caller]
fn not_computed<'a>(sample: &'a Value, measure: &str) -> &'a str {
    sample[measure]["not_computed"].as_str().unwrap_or_else(|| panic!("{measure}: {}", sample[measure]))
}

#[test]
fn a_period_of_one_class_has_counts_and_a_reason() {
    let mut rows = usual();
    rows.iter_mut().filter(|row| row.3 == "2024-02").for_each(|row| row.2 = 0);
    let (sample, _) = validate(&table(rows), &["--period-column", "period"]);
    let periods = sample["periods"].as_array().unwrap();
    assert_eq!(periods.len(), 3);
    assert_eq!((periods[1]["cases"].as_u64(), periods[1]["bads"].as_f64()), (Some(100), Some(0.0)));
    assert_eq!(periods[1]["auc"]["value"], Value::Null);
    assert!(periods[1]["not_computed"].as_str().unwrap().contains("0 bads"), "{}", periods[1]);
    assert!(periods[0]["auc"]["value"].is_f64() && periods[1]["score_psi"].is_f64());
}

#[test]
fn a_grade_without_cases_stands_in_the_table() {
    let (sample, _) = validate(&table(usual()), &["--grade-column", "grade", "--grades", "AA,A,B,C,D"]);
    let grades = sample["grades"].as_array().unwrap();
    let names: Vec<&str> = grades.iter().map(|grade| grade["grade"].as_str().unwrap()).collect();
    assert_eq!(names, ["AA", "A", "B", "C", "D"]);
    assert_eq!((grades[0]["cases"].as_f64(), &grades[0]["bad_rate"]), (Some(0.0), &Value::Null));
    let calibration = sample["calibration_by_grade"].as_array().unwrap();
    assert_eq!(calibration[0]["grade"], "AA");
    assert!(calibration[0]["jeffreys"]["not_computed"].is_string(), "{}", calibration[0]);
    assert!(calibration[1]["jeffreys"]["p_value"].is_f64());
}

#[test]
fn a_grade_that_is_not_stated_is_refused() {
    let words = ["grade \"C\"", "--grades", "best first"];
    refused(&table(usual()), &["--grade-column", "grade", "--grades", "A,B"], &words);
}

#[test]
fn pds_of_0_and_1_count_where_they_can() {
    let mut rows = usual();
    (rows[0].1, rows[1].1) = (1.0, 0.0);
    let (sample, _) = validate(&table(rows), &[]);
    assert!(sample["brier"]["value"].is_f64() && sample["jeffreys"]["p_value"].is_f64());
    for measure in ["calibration_slope", "calibration_intercept"] {
        assert!(not_computed(&sample, measure).contains("0 or 1"), "{}", sample[measure]);
    }
}

#[test]
fn a_pd_that_is_no_probability_is_refused() {
    let mut rows = usual();
    rows[4].1 = 1.5;
    refused(&table(rows), &[], &["PD 1.5", "row 5", "pd"]);
}

#[test]
fn equal_scores_rank_nothing() {
    let rows = usual().into_iter().map(|row| (600.0, 0.1, row.2, row.3, row.4, 1.0));
    let (sample, _) = validate(&table(rows), &["--period-column", "period"]);
    assert_eq!((sample["auc"]["value"].as_f64(), sample["ks"]["value"].as_f64()), (Some(0.5), Some(0.0)));
    assert_eq!(sample["gini"]["value"].as_f64(), Some(0.0));
    assert_eq!(sample["h_measure"]["value"].as_f64(), Some(0.0));
    assert!(sample["divergence"]["not_computed"].is_string(), "{}", sample["divergence"]);
    assert!(sample["calibration_slope"]["not_computed"].is_string(), "{}", sample["calibration_slope"]);
}

#[test]
fn a_weight_of_0_takes_a_case_out_and_is_said() {
    let mut rows = usual();
    let without: Vec<_> = rows.split_off(150);
    let expected = validate(&table(rows.clone()), &["--weight-column", "weight"]).0;
    rows.extend(without.into_iter().map(|row| (row.0, row.1, row.2, row.3, row.4, 0.0)));
    let (sample, warnings) = validate(&table(rows.clone()), &["--weight-column", "weight"]);
    assert!(warnings.iter().any(|warning| warning.contains("150 cases have the weight 0")), "{warnings:?}");
    for measure in ["auc", "brier", "hosmer_lemeshow", "h_measure", "jeffreys"] {
        assert_eq!(sample[measure]["value"], expected[measure]["value"], "{measure}");
        assert_eq!(sample[measure]["p_value"], expected[measure]["p_value"], "{measure}");
    }
    rows.iter_mut().for_each(|row| row.5 = 0.0);
    refused(&table(rows.clone()), &["--weight-column", "weight"], &["no row is good or bad"]);
    rows[2].5 = -1.0;
    refused(&table(rows), &["--weight-column", "weight"], &["weight -1 is not at least 0", "row 3"]);
}

#[test]
fn three_bads_are_measured_and_warned_of() {
    let rows =
        usual().into_iter().enumerate().map(|(case, row)| (row.0, row.1, u8::from(case % 101 == 0), row.3, row.4, 1.0));
    let (sample, warnings) = validate(&table(rows), &["--period-column", "period", "--grade-column", "grade"]);
    assert_eq!(sample["bads"].as_f64(), Some(3.0));
    assert!(sample["auc"]["low"].is_f64() && sample["jeffreys"]["p_value"].is_f64());
    assert!(warnings.iter().any(|warning| warning.contains("only 3 bads")), "{warnings:?}");
}

#[test]
fn no_bad_at_all_still_has_its_calibration() {
    let rows: Vec<_> = usual().into_iter().map(|row| (row.0, row.1, 0, row.3, row.4, 1.0)).collect();
    // Without the goods stated, a value that does not occur may be mistyped.
    refused(&table(rows.clone()), &[], &["value 1 does not occur"]);
    let (sample, warnings) = validate(&table(rows), &["--good", "0"]);
    assert_eq!((sample["bads"].as_f64(), &sample["auc"]["value"]), (Some(0.0), &Value::Null));
    assert!(sample["jeffreys"]["p_value"].as_f64().unwrap() > 0.9);
    assert!(not_computed(&sample, "h_measure").len() > 10);
    assert!(warnings.iter().any(|warning| warning.contains("AUC and KS are not defined")), "{warnings:?}");
}

#[test]
fn labels_of_periods_stand_in_their_own_order() {
    let months = |order: [&'static str; 3]| {
        usual().into_iter().enumerate().map(move |(case, row)| (row.0, row.1, row.2, order[case / 100], row.4, 1.0))
    };
    let (sample, _) = validate(&table(months(["10", "9", "100"])), &["--period-column", "period"]);
    let names: Vec<&str> =
        sample["periods"].as_array().unwrap().iter().map(|p| p["period"].as_str().unwrap()).collect();
    assert_eq!(names, ["9", "10", "100"]);
    let (sample, _) =
        validate(&table(months(["2024-03-31", "2023-12-01", "2024-02-29"])), &["--period-column", "period"]);
    let names: Vec<&str> =
        sample["periods"].as_array().unwrap().iter().map(|p| p["period"].as_str().unwrap()).collect();
    assert_eq!(names, ["2023-12", "2024-02", "2024-03"]);
}

#[test]
fn a_column_that_is_not_there_is_named_with_the_nearest() {
    for flag in ["--grade-column", "--segment-column", "--period-column", "--weight-column", "--exposure-column"] {
        refused(&table(usual()), &[flag, "gradee"], &["gradee", "grade"]);
    }
}
