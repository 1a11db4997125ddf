//! Measures of PDs against scipy, statsmodels, scikit-learn and published figures.

use scorewright::validation::binomial::binomial_test;
use scorewright::validation::binomial_correlated::correlated_binomial_test;
use scorewright::validation::brier::{Brier, brier, recalibration};
use scorewright::validation::calibration_error::{calibration_error, observed_expected};
use scorewright::validation::calibration_line::{LineCoefficient, calibration_line};
use scorewright::validation::hosmer_lemeshow::hosmer_lemeshow;
use scorewright::validation::jeffreys::{DefaultCounts, jeffreys_test};
use scorewright::validation::low_default::low_default;
use scorewright::validation::pd_groups::PdGroups;
use scorewright::validation::ratio::RatioCases;
use scorewright::validation::spiegelhalter::spiegelhalter;
use scorewright::validation::{Measured, Scores};
use serde_json::Value;

use super::{near, number, numbers, reference};

struct Data {
    pd: Vec<f64>,
    goods: Vec<f64>,
    bads: Vec<f64>,
    groups: Vec<u32>,
}

impl Data {
    fn of(reference: &Value, weighted: bool) -> Self {
        let (bad, weight) = (numbers(&reference["bad"]), numbers(&reference["weight"]));
        let weight: Vec<f64> = weight.iter().map(|weight| if weighted { *weight } else { 1.0 }).collect();
        Data {
            pd: numbers(&reference["pd"]),
            goods: bad.iter().zip(&weight).map(|(bad, weight)| (1.0 - bad) * weight).collect(),
            bads: bad.iter().zip(&weight).map(|(bad, weight)| bad * weight).collect(),
            groups: numbers(&reference["group"]).iter().map(|group| *group as u32).collect(),
        }
    }

    fn scores(&self) -> Scores<'_> {
        Scores { score: &self.pd, goods: &self.goods, bads: &self.bads, groups: None }
    }

    fn groups(&self) -> PdGroups {
        PdGroups::new(&self.pd, &self.goods, &self.bads)
    }

    fn brier(&self) -> Brier {
        let parts = recalibration(&self.pd, &self.goods, &self.bads);
        brier(self.scores(), &self.pd, &self.groups(), &parts).unwrap()
    }
}

#[test]
fn tests_of_low_pds_are_those_of_scipy() {
    for row in reference()["tests"].as_array().unwrap() {
        let counts =
            DefaultCounts { cases: number(&row["cases"]), defaults: number(&row["defaults"]), pd: number(&row["pd"]) };
        near(jeffreys_test(counts).p_value, number(&row["jeffreys"]), 1e-9);
        let binomial = binomial_test(counts);
        near(binomial.p_value, number(&row["binomial"]), 1e-9);
        near(binomial.z.unwrap(), number(&row["z"]), 1e-12);
        near(binomial.normal_p_value.unwrap(), number(&row["normal"]), 1e-9);
        let test = correlated_binomial_test(counts, number(&row["asset_correlation"]));
        let test = test.value().unwrap();
        near(test.p_value, number(&row["correlated"]), 1e-9);
        near(test.asymptotic_p_value, number(&row["asymptotic"]), 1e-9);
        near(test.critical_default_rate_95, number(&row["critical_95"]), 1e-10);
        near(test.critical_default_rate_99, number(&row["critical_99"]), 1e-10);
    }
}

#[test]
fn jeffreys_and_binomial_tests_are_those_of_r_and_the_published_example() {
    let file: Value = serde_json::from_str(include_str!("../../reference/jeffreys_binomial_ci.json")).unwrap();
    for case in file["expected"]["tests"].as_array().unwrap() {
        let counts = DefaultCounts { cases: number(&case["N"]), defaults: number(&case["D"]), pd: number(&case["pd"]) };
        near(jeffreys_test(counts).p_value, number(&case["jeffreys_p_value"]), 1e-9);
        near(binomial_test(counts).p_value, number(&case["binom_p_greater"]), 1e-9);
        near(binomial_test(counts).normal_p_value.unwrap(), number(&case["normal_p_greater"]), 1e-9);
    }
    let published = jeffreys_test(DefaultCounts { cases: 6.0, defaults: 2.0, pd: 0.0367 });
    assert_eq!(format!("{:.4}", published.p_value), "0.0044");
    // No defaults and nothing but defaults are defined.
    let none = jeffreys_test(DefaultCounts { cases: 50.0, defaults: 0.0, pd: 0.02 }).p_value;
    let all = jeffreys_test(DefaultCounts { cases: 50.0, defaults: 50.0, pd: 0.02 }).p_value;
    assert!(none > 0.5 && none < 1.0 && all > 0.0 && all < 1e-50, "{none} {all}");
}

#[test]
fn without_correlation_the_correlated_test_is_the_binomial_one() {
    let counts = DefaultCounts { cases: 400.0, defaults: 11.0, pd: 0.02 };
    let near_none = correlated_binomial_test(counts, 1e-7);
    near(near_none.value().unwrap().p_value, binomial_test(counts).p_value, 1e-4);
    assert!(correlated_binomial_test(counts, 0.0).reason().is_some());
    assert!(correlated_binomial_test(DefaultCounts { pd: 0.0, ..counts }, 0.1).reason().is_some());
}

#[test]
fn upper_bounds_are_those_of_pluto_and_tasche() {
    for row in reference()["bounds"].as_array().unwrap() {
        let found = low_default(number(&row["cases"]), number(&row["defaults"]), number(&row["asset_correlation"]));
        let confidence = number(&row["confidence"]);
        let bound = found.upper_bounds.iter().find(|bound| bound.confidence == confidence).unwrap();
        near(bound.independent, number(&row["independent"]), 1e-9);
        near(bound.correlated, number(&row["correlated"]), 1e-8);
    }
    // The paper's example without defaults, grade A: 800 cases, in percent.
    let bounds = low_default(800.0, 0.0, 0.12).upper_bounds;
    let percent = |of: fn(&scorewright::validation::low_default::UpperBound) -> f64| {
        bounds.iter().map(|bound| format!("{:.2}", 100.0 * of(bound))).collect::<Vec<_>>()
    };
    assert_eq!(percent(|bound| bound.independent), ["0.09", "0.17", "0.29", "0.37"]);
    assert_eq!(percent(|bound| bound.correlated), ["0.15", "0.40", "0.86", "1.31"]);
    let all = low_default(10.0, 10.0, 0.12);
    assert!(all.upper_bounds.iter().all(|bound| bound.independent == 1.0 && bound.correlated == 1.0));
}

#[test]
fn hosmer_lemeshow_is_that_of_numpy_with_ties_and_weights() {
    let reference = reference();
    let check = |pd: &[f64], data: &Data, name: &str| {
        let expected = &reference[name];
        let groups = PdGroups::new(pd, &data.goods, &data.bads).groups;
        for (is_development, p) in [(false, "p_value"), (true, "development_p_value")] {
            let Measured::Value(test) = hosmer_lemeshow(&groups, is_development) else { panic!("{name}") };
            near(test.statistic, number(&expected["statistic"]), 1e-10);
            let count = number(&expected["groups"]) as usize;
            assert_eq!(test.degrees_of_freedom, if is_development { count - 2 } else { count });
            near(test.p_value, number(&expected[p]), 1e-10);
            near(test.smallest_expected, number(&expected["smallest_expected"]), 1e-10);
        }
        let bounds = numbers(&expected["bounds"]);
        assert_eq!(groups.len(), bounds.len() - 1);
        for (group, bounds) in groups.iter().zip(bounds.windows(2)) {
            near(group.lower, bounds[0], 1e-12);
            near(group.upper, bounds[1], 1e-12);
        }
    };
    let plain = Data::of(&reference, false);
    check(&plain.pd, &plain, "hosmer_lemeshow");
    check(&numbers(&reference["tied"]), &plain, "hosmer_lemeshow_tied");
    let weighted = Data::of(&reference, true);
    check(&weighted.pd, &weighted, "hosmer_lemeshow_weighted");
}

#[test]
fn hosmer_lemeshow_says_why_there_is_none() {
    let reason = |pd: &[f64], bads: &[f64], is_development: bool| {
        let goods: Vec<f64> = bads.iter().map(|bad| 1.0 - bad).collect();
        let groups = PdGroups::new(pd, &goods, bads).groups;
        hosmer_lemeshow(&groups, is_development).reason().map(ToString::to_string)
    };
    assert_eq!(reason(&[], &[], false).unwrap(), "there are no good or bad cases");
    assert!(reason(&[0.1, 0.1, 0.1], &[1.0, 0.0, 0.0], true).unwrap().contains("degrees of freedom"));
    assert!(reason(&[0.0, 0.0, 0.5, 0.5], &[1.0, 0.0, 0.0, 1.0], false).unwrap().contains("exactly 0 or 1"));
    // PDs of 0 whose cases are all good fit.
    assert_eq!(reason(&[0.0, 0.0, 0.5, 0.5], &[0.0, 0.0, 0.0, 1.0], false), None);
}

#[test]
fn brier_and_its_terms_are_those_of_scikit_learn_and_the_papers_sums() {
    let reference = reference();
    for (name, is_weighted) in [("brier", false), ("brier_weighted", true)] {
        let (data, expected) = (Data::of(&reference, is_weighted), &reference[name]);
        let found = data.brier();
        for (term, value) in [
            ("value", found.value),
            ("reliability", found.reliability),
            ("resolution", found.resolution),
            ("uncertainty", found.uncertainty),
            ("within_bin_variance", found.within_bin_variance),
            ("within_bin_covariance", found.within_bin_covariance),
            ("miscalibration", found.miscalibration),
            ("discrimination", found.discrimination),
            ("skill", found.skill().unwrap()),
        ] {
            near(value, number(&expected[term]), 1e-10);
        }
        let error = calibration_error(&data.groups().groups);
        near(error.value().unwrap().value, number(&expected["calibration_error"]), 1e-10);
        near(error.value().unwrap().maximum, number(&expected["maximum"]), 1e-10);
    }
    // The spread is that of cases: a weight is no count there.
    let found = Data::of(&reference, false).brier();
    near(found.low.unwrap(), number(&reference["brier"]["low"]), 1e-10);
    near(found.high.unwrap(), number(&reference["brier"]["high"]), 1e-10);
}

#[test]
fn spiegelhalter_is_the_papers() {
    let reference = reference();
    for (name, is_weighted) in [("spiegelhalter", false), ("spiegelhalter_weighted", true)] {
        let data = Data::of(&reference, is_weighted);
        let test = spiegelhalter(&data.pd, &data.goods, &data.bads);
        near(test.value().unwrap().z, number(&reference[name]["z"]), 1e-10);
        near(test.value().unwrap().p_value, number(&reference[name]["p_value"]), 1e-10);
    }
    assert!(spiegelhalter(&[0.5, 0.5], &[1.0, 0.0], &[0.0, 1.0]).reason().is_some());
}

#[test]
fn the_calibration_line_is_that_of_statsmodels() {
    let reference = reference();
    let data = Data::of(&reference, false);
    let check = |found: &Measured<LineCoefficient>, expected: &Value| {
        let found = found.value().unwrap();
        near(found.value, number(&expected["value"]), 1e-8);
        near(found.low.unwrap(), number(&expected["low"]), 1e-7);
        near(found.high.unwrap(), number(&expected["high"]), 1e-7);
        near(found.p_value.unwrap(), number(&expected["p_value"]), 1e-6);
    };
    let line = calibration_line(data.scores(), &data.pd);
    check(&line.slope, &reference["line"]["slope"]);
    check(&line.intercept, &reference["line"]["intercept"]);
    let test = line.test.value().unwrap();
    near(test.statistic, number(&reference["line"]["statistic"]), 1e-8);
    near(test.p_value, number(&reference["line"]["p_value"]), 1e-8);
    near(test.intercept, number(&reference["line"]["constant"]), 1e-8);
    // A weight other than 1 for all calls for the sandwich, which does not depend on its size.
    let double: Vec<Vec<f64>> =
        [&data.goods, &data.bads].iter().map(|side| side.iter().map(|weight| 2.0 * weight).collect()).collect();
    let robust = calibration_line(Scores { goods: &double[0], bads: &double[1], ..data.scores() }, &data.pd);
    check(&robust.slope, &reference["line_robust"]["slope"]);
    check(&robust.intercept, &reference["line_robust"]["intercept"]);
    assert!(robust.test.reason().is_some());
    let grouped = calibration_line(Scores { groups: Some(&data.groups), ..data.scores() }, &data.pd);
    check(&grouped.slope, &reference["line_by_group"]["slope"]);
    check(&grouped.intercept, &reference["line_by_group"]["intercept"]);
}

#[test]
fn the_calibration_line_says_why_there_is_none() {
    let reason = |pd: &[f64], bads: &[f64]| {
        let goods: Vec<f64> = bads.iter().map(|bad| 1.0 - bad).collect();
        let line = calibration_line(Scores { score: pd, goods: &goods, bads, groups: None }, pd);
        line.slope.reason().map(ToString::to_string).unwrap_or_default()
    };
    let outcomes = [1.0, 0.0, 0.0, 1.0];
    assert!(reason(&[0.1, 0.0, 0.2, 1.0], &outcomes).starts_with("2 cases have a PD of exactly 0 or 1"));
    assert_eq!(reason(&[0.1; 4], &outcomes), "all PDs are equal");
    assert_eq!(reason(&[0.1, 0.2, 0.3, 0.4], &[0.0; 4]), "there are no bad cases");
    assert!(reason(&[0.4, 0.1, 0.2, 0.5], &outcomes).contains("no finite estimate"));
}

#[test]
fn observed_against_expected_has_jeffreys_interval() {
    let data = Data::of(&reference(), false);
    let found = observed_expected(data.scores(), &data.pd, false);
    let found = found.value().unwrap();
    let expected: f64 = data.pd.iter().sum();
    let bads: f64 = data.bads.iter().sum();
    near(found.value, bads / expected, 1e-12);
    let (low, _) = scorewright::validation::rate_interval::jeffreys(400.0 - bads, bads);
    near(found.low.unwrap(), low.unwrap() * 400.0 / expected, 1e-12);
    assert!(observed_expected(data.scores(), &vec![0.0; 400], false).reason().is_some());
}

#[test]
fn measures_of_shares_are_those_of_scipy() {
    let reference = reference();
    let expected = &reference["ratio"];
    let (estimated, realised) = (numbers(&expected["estimated"]), numbers(&expected["realised"]));
    let cases = |weights: &[f64]| -> (Vec<f64>, Vec<f64>) {
        let both = || realised.iter().zip(weights);
        (both().map(|(y, w)| w * (1.0 - y)).collect(), both().map(|(y, w)| w * y).collect())
    };
    let (goods, bads) = cases(&vec![1.0; 60]);
    let shares = RatioCases::new(Scores { score: &estimated, goods: &goods, bads: &bads, groups: None }, &estimated);
    let test = shares.t_test();
    let test = test.value().unwrap();
    near(test.t, number(&expected["t"]), 1e-9);
    near(test.p_value, number(&expected["p_value"]), 1e-9);
    near(shares.mean_absolute_error().value.unwrap(), number(&expected["mean_absolute_error"]), 1e-10);
    near(shares.mean_squared_error().value.unwrap(), number(&expected["mean_squared_error"]), 1e-10);
    for (bin, expected) in shares.loss_bins(None).iter().zip(expected["bins"].as_array().unwrap()) {
        assert_eq!(bin.cases as f64, number(&expected["cases"]));
        assert_eq!(bin.realised_cases as f64, number(&expected["realised_cases"]));
        match expected["mean_realised"].as_f64() {
            Some(mean) => near(bin.mean_realised.unwrap(), mean, 1e-10),
            None => assert_eq!(bin.mean_realised, None),
        }
    }
    let (goods, bads) = cases(&numbers(&expected["weight"]));
    let shares = RatioCases::new(Scores { score: &estimated, goods: &goods, bads: &bads, groups: None }, &estimated);
    let test = shares.t_test();
    near(test.value().unwrap().t, number(&expected["weighted_t"]), 1e-9);
    near(test.value().unwrap().p_value, number(&expected["weighted_p_value"]), 1e-9);
    near(test.value().unwrap().mean_difference, number(&expected["weighted_mean"]), 1e-9);
    near(shares.loss_capture_ratio().value().unwrap().value, number(&expected["loss_capture_ratio"]), 1e-10);
}

#[test]
fn the_t_test_is_that_of_the_ecbs_instructions() {
    let file: Value = serde_json::from_str(include_str!("../../reference/lgd_ttest_ecb.json")).unwrap();
    let (estimated, bads) = (numbers(&file["inputs"]["lgd_estimated"]), numbers(&file["inputs"]["lgd_realised"]));
    let goods: Vec<f64> = bads.iter().map(|bad| 1.0 - bad).collect();
    let shares = RatioCases::new(Scores { score: &estimated, goods: &goods, bads: &bads, groups: None }, &estimated);
    let test = shares.t_test();
    let (test, expected) = (test.value().unwrap(), &file["expected"]);
    near(test.mean_difference, number(&expected["mean_diff"]), 1e-12);
    near(test.s2, number(&expected["s2"]), 1e-12);
    near(test.t, number(&expected["T"]), 1e-12);
    near(test.p_value, number(&expected["p_1_minus_S"]), 1e-11);
    assert_eq!(test.degrees_of_freedom, 11);
}
