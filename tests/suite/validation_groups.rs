//! Measures by segment, fairness and overrides: figures of independent tools, end to end; and the laws of what is hidden.

use proptest::prelude::*;
use scorewright::validation::adverse_impact::{Approvals, adverse_impact_ratio, fisher_exact};
use scorewright::validation::standardised_difference::{Moments, standardised_differences};
use scorewright::validation::suppression::{suppress, together};
use serde_json::Value;

use crate::support::{Folder, Run};

fn reference() -> Value {
    let path = format!("{}/tests/reference/groups.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn data() -> String {
    std::fs::read_to_string(format!("{}/tests/reference/groups.csv", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

const SCORE: [&str; 10] =
    ["validate", "--data", "cases.csv", "--outcome-column", "bad", "--bad", "1", "--score-column", "score", "--out"];

fn validate(folder: &Folder, out: &str, arguments: &[&str]) -> Run {
    folder.run(&[&SCORE[..], &[out], arguments].concat())
}

/// The evidence of the sample.
fn evidence(cases: &str, arguments: &[&str]) -> Value {
    let folder = Folder::new();
    folder.write("cases.csv", cases);
    validate(&folder, "out", arguments).succeeds();
    folder.json("out/evidence.json")["samples"]["validation"].clone()
}

#[track_caller]
fn near(actual: &Value, expected: &Value, tolerance: f64) {
    let (Some(a), Some(e)) = (actual.as_f64(), expected.as_f64()) else {
        panic!("{actual} or {expected} is no number")
    };
    assert!((a - e).abs() <= tolerance * e.abs().max(1.0), "{a} is not {e}");
}

#[track_caller]
fn interval(actual: &Value, expected: &Value, tolerance: f64) {
    for (key, place) in [("value", 0), ("low", 1), ("high", 2)] {
        near(&actual[key], &expected[place], tolerance);
    }
}

/// The figures of a part against those of numpy, scipy and statsmodels.
#[track_caller]
fn same_part(actual: &Value, expected: &Value) {
    for key in ["cases", "goods", "bads"] {
        near(&actual[key], &expected[key], 0.0);
    }
    for key in ["expected_bad_rate", "expected_to_observed", "mean_score"] {
        near(&actual[key], &expected[key], 1e-12);
    }
    near(&actual["brier"]["value"], &expected["brier"], 1e-12);
    near(&actual["ks"]["value"], &expected["ks"], 1e-12);
    interval(&actual["auc"], &expected["auc"], 1e-12);
    interval(&actual["bad_rate"], &expected["bad_rate"], 1e-9);
    for key in ["calibration_intercept", "calibration_slope"] {
        near(&actual[key]["value"], &expected[key], 1e-7);
    }
}

const SEGMENTS: [&str; 4] = ["--pd-column", "pd", "--segment-column", "product"];

#[test]
fn every_measure_by_segment_is_that_of_independent_tools() {
    let expected = reference();
    let all = evidence(&data(), &[&SEGMENTS[..], &["--minimum-cases", "1", "--minimum-bads", "1"]].concat());
    let by_segment = all["by_segment"]["product"].as_object().unwrap();
    assert_eq!(by_segment.len(), 4);
    for (segment, figures) in by_segment {
        // The AUC of the smallest reaches beyond 1, where its interval is cut.
        let mut expected = expected["segments"][segment].clone();
        if expected["auc"][2].as_f64().unwrap() > 1.0 {
            expected["auc"][2] = 1.0.into();
        }
        same_part(figures, &expected);
        near(&figures["share"], &expected["share"], 1e-12);
        near(&figures["gini"]["value"], &(2.0 * expected["auc"][0].as_f64().unwrap() - 1.0).into(), 1e-12);
    }
    let tests = &all["segment_tests"]["product"];
    for key in ["statistic", "mean_auc", "p_value"] {
        near(&tests["auc_heterogeneity"][key], &expected["heterogeneity_of_all"][key], 1e-9);
    }
    assert_eq!(tests["auc_heterogeneity"]["degrees_of_freedom"], 3);
    for (segment, expected) in expected["against_rest"].as_object().unwrap() {
        let test = &tests["auc_against_rest"][segment];
        near(&test["value"], &expected["difference"], 1e-12);
        near(&test["statistic"], &expected["t"], 1e-10);
        near(&test["degrees_of_freedom"], &expected["df"], 1e-10);
        for key in ["p_value", "p_value_holm", "p_value_benjamini_hochberg"] {
            near(&test[key], &expected[key], 1e-9);
        }
    }
}

#[test]
fn a_small_segment_is_hidden_and_the_next_smallest_with_it() {
    let expected = reference();
    let all = evidence(&data(), &SEGMENTS);
    let segments = &all["by_segment"]["product"];
    same_part(&segments["car"], &expected["segments"]["car"]);
    let count = |key: &str| {
        let of = |segment: &str| expected["segments"][segment][key].as_u64().unwrap();
        format!("< {}", of("boat") + of("home") + 1)
    };
    for hidden in ["boat", "home"] {
        let hidden = segments[hidden].as_object().unwrap();
        assert_eq!(hidden.len(), 4, "nothing but the reason and bounds: {hidden:?}");
        assert!(hidden["suppressed"].as_str().unwrap().contains("fewer than 30 cases"), "{hidden:?}");
        for key in ["cases", "goods", "bads"] {
            assert_eq!(hidden[key], count(key), "{key}");
        }
    }
    assert_eq!(segments["boat"], segments["home"], "which of them is the small one must not be seen");
    let tests = &all["segment_tests"]["product"];
    assert_eq!((&tests["segments"], &tests["suppressed"]), (&4.into(), &2.into()));
    near(&tests["auc_heterogeneity"]["statistic"], &expected["heterogeneity_of_shown"], 1e-9);
    assert_eq!(tests["auc_against_rest"].as_object().unwrap().len(), 2);
}

#[test]
fn a_segment_with_few_bads_shows_its_cases_only() {
    let mut cases = String::from("score,bad,region\n");
    for case in 0..300 {
        let region = ["north", "south", "west"][case % 3];
        let bad = (region != "west" && case % 10 == 0) || case == 2;
        cases += &format!("{},{},{region}\n", case * 7 % 101, u8::from(bad));
    }
    let all = evidence(&cases, &["--segment-column", "region"]);
    let segments = &all["by_segment"]["region"];
    let hidden: Vec<&str> =
        ["north", "south", "west"].into_iter().filter(|region| segments[region].get("auc").is_none()).collect();
    assert_eq!(hidden.len(), 2);
    assert!(hidden.contains(&"west"));
    for region in hidden {
        assert_eq!(segments[region]["cases"], 100);
        assert!(segments[region]["suppressed"].as_str().unwrap().starts_with("fewer than 5 goods or 5 bads"));
        assert!(segments[region]["bads"].as_str().unwrap().starts_with("< "));
        assert!(segments[region].get("bad_rate").is_none());
    }
}

const GROUPS: [&str; 8] =
    ["--pd-column", "pd", "--fairness-column", "sex", "--fairness-reference", "sex=m", "--cut-off", "585"];

#[test]
fn fairness_is_that_of_independent_tools() {
    let expected = reference();
    let decisions = ["--decision-column", "approved", "--approved", "1"];
    let all = evidence(&data(), &[&GROUPS[..], &decisions].concat());
    let fairness = &all["fairness"]["sex"];
    assert_eq!(fairness["reference_group"], "m");
    assert_eq!(fairness["approved_by"], "decision");
    assert!(fairness["notice"].as_str().unwrap().contains("no legal test"));
    for (group, expected) in expected["fairness"].as_object().unwrap() {
        let figures = &fairness["groups"][group];
        near(&figures["approved"], &expected["approved"], 0.0);
        near(&figures["decided"], &expected["decided"], 0.0);
        interval(&figures["approval_rate"], &expected["approval_rate"], 1e-9);
        interval(&figures["adverse_impact_ratio"], &expected["adverse_impact_ratio"], 1e-12);
        near(&figures["two_proportion"]["z"], &expected["z"], 1e-12);
        near(&figures["two_proportion"]["p_value"], &expected["p_value"], 1e-12);
        near(&figures["two_proportion"]["p_value_holm"], &expected["p_value_holm"], 1e-12);
        near(&figures["fisher_exact"]["p_value"], &expected["fisher_p_value"], 1e-10);
        for key in ["smd", "smd_by_reference_group", "smd_by_population"] {
            near(&figures[key]["value"], &expected[key], 1e-12);
        }
        for key in ["true_positive_rate", "false_positive_rate"] {
            near(&figures[key]["value"], &expected[key], 1e-12);
        }
        same_part(figures, &expected["figures"]);
    }
    let reference = fairness["groups"]["m"].as_object().unwrap();
    assert!(!reference.contains_key("adverse_impact_ratio") && !reference.contains_key("smd"), "{reference:?}");
}

#[test]
fn without_decisions_the_cut_off_approves_or_the_approval_rate_or_nothing() {
    let by_cut_off = evidence(&data(), &GROUPS);
    let fairness = &by_cut_off["fairness"]["sex"];
    assert_eq!(fairness["approved_by"], "cut_off");
    let rows: Vec<Vec<String>> =
        data().lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let scores: Vec<i64> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    let women = || rows.iter().zip(&scores).filter(|(row, _)| row[4] == "f");
    assert_eq!(fairness["groups"]["f"]["approved"], women().filter(|(_, score)| **score >= 585).count() as f64);

    // The best 30 percent, with all of the score where the share is reached.
    let by_rate = evidence(&data(), &["--fairness-column", "sex", "--approval-rate", "0.3"]);
    let fairness = &by_rate["fairness"]["sex"];
    let edge = fairness["cut_off"]["value"].as_f64().unwrap() as i64;
    assert_eq!(fairness["approved_by"], "approval_rate");
    let share = |least: i64| scores.iter().filter(|score| **score >= least).count() as f64 / scores.len() as f64;
    assert!(share(edge) >= 0.3 && share(edge + 1) < 0.3, "{edge}");
    assert_eq!(fairness["groups"]["f"]["approved"], women().filter(|(_, score)| **score >= edge).count() as f64);
    // Not stated: the largest group.
    assert_eq!((&fairness["reference_group"], &fairness["reference_group_stated"]), (&"m".into(), &false.into()));

    let nothing = evidence(&data(), &["--fairness-column", "sex"]);
    let group = &nothing["fairness"]["sex"]["groups"]["f"];
    assert!(group["adverse_impact_ratio"]["not_computed"].as_str().unwrap().contains("cut-off"));
    assert!(group["smd"]["value"].is_number());
}

#[test]
fn a_column_with_too_many_values_or_an_unknown_reference_group_is_refused() {
    let mut cases = String::from("score,bad,id\n");
    for case in 0..300 {
        cases += &format!("{case},{},p{case}\n", case % 3 / 2);
    }
    let folder = Folder::new();
    folder.write("cases.csv", &cases);
    let run = validate(&folder, "out", &["--segment-column", "id"]);
    assert_eq!(run.status.code(), Some(3));
    assert!(run.stderr.contains("300 values") && run.stderr.contains("at most 200"), "{}", run.stderr);
    folder.write("cases.csv", data());
    let run = validate(&folder, "out", &["--fairness-column", "sex", "--fairness-reference", "sex=w"]);
    assert_eq!(run.status.code(), Some(3));
    assert!(run.stderr.contains("\"w\" does not occur"), "{}", run.stderr);
}

#[test]
fn overrides_are_those_counted_apart() {
    let expected = &reference()["process"];
    let decisions = ["--pd-column", "pd", "--decision-column", "approved", "--approved", "1", "--cut-off", "585"];
    let all = evidence(&data(), &[&decisions[..], &["--segment-column", "product"]].concat());
    let process = &all["process"];
    for key in ["approved", "declined", "recommended_approve", "high_side_overrides", "low_side_overrides"] {
        near(&process[key], &expected[key], 0.0);
    }
    for key in ["acceptance_rate", "high_side_override_rate", "low_side_override_rate", "override_rate"]
        .into_iter()
        .chain(["high_side_override_share_of_all", "low_side_override_share_of_all"])
    {
        near(&process[key]["value"], &expected[key], 1e-12);
    }
    let outcome = &process["low_side_outcome"];
    near(&outcome["bads"], &expected["low_side_bads"], 0.0);
    near(&outcome["bad_rate"]["value"], &expected["low_side_bad_rate"], 1e-12);
    near(&outcome["expected_bad_rate"], &expected["low_side_expected"], 1e-12);
    near(&outcome["just_above_up_to"], &expected["just_above_up_to"], 0.0);
    near(&outcome["just_above_bads"], &expected["just_above_bads"], 0.0);
    near(&outcome["z"], &expected["z"], 1e-12);
    near(&outcome["p_value"], &expected["p_value"], 1e-12);
    near(&process["approved_scores"]["mean"], &expected["approved_mean"], 1e-12);
    near(&process["approved_scores"]["standard_deviation"], &expected["approved_deviation"], 1e-12);
    near(&process["approved_scores"]["median"], &expected["approved_median"], 0.0);
    near(&process["declined_scores"]["p5"], &expected["declined_p5"], 0.0);
    let bands = process["score_bands"].as_array().unwrap();
    let approved: f64 = bands.iter().map(|band| band["approved"].as_f64().unwrap()).sum();
    near(&approved.into(), &expected["approved"], 0.0);
    // What is hidden by segment is hidden here too.
    let hidden = |of: &Value| -> Vec<String> {
        let segments = of["product"].as_object().unwrap().iter();
        segments.filter(|(_, figures)| figures.get("suppressed").is_some()).map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(hidden(&process["by_segment"]), hidden(&all["by_segment"]));

    let without = evidence(&data(), &["--decision-column", "approved", "--approved", "1"]);
    assert!(without["process"]["cut_off"]["not_computed"].is_string());
    assert!(without["process"].get("low_side_override_rate").is_none());
    near(&without["process"]["acceptance_rate"]["value"], &expected["acceptance_rate"], 1e-12);
}

#[test]
fn the_segment_before_is_the_reference_of_its_own_score() {
    let folder = Folder::new();
    folder.write("cases.csv", data());
    // Every segment is what it was, but for "car", which is gone.
    let before: String =
        data().lines().filter(|line| !line.contains(",car,")).map(|line| format!("{line}\n")).collect();
    folder.write("before.csv", before);
    validate(&folder, "out", &["--segment-column", "product", "--reference", "before.csv"]).succeeds();
    let segments = &folder.json("out/evidence.json")["samples"]["validation"]["by_segment"]["product"];
    assert_eq!(segments["card"]["score_psi_against_own_reference"], 0.0);
    let gone = &segments["car"]["score_psi_against_own_reference"]["not_computed"];
    assert!(gone.as_str().unwrap().contains("no cases of this part"), "{gone}");
}

#[test]
fn groups_of_cases_in_several_segments_take_the_tests_away() {
    let mut cases = String::new();
    for (row, line) in data().lines().enumerate() {
        let group = if row == 0 { "customer".to_owned() } else { (row / 2).to_string() };
        cases += &format!("{line},{group}\n");
    }
    let all = evidence(&cases, &["--segment-column", "product", "--group-column", "customer"]);
    let test = &all["segment_tests"]["product"]["auc_heterogeneity"]["not_computed"];
    assert!(test.as_str().unwrap().contains("(customer)"), "{test}");
}

#[test]
fn the_four_fifths_example_by_hand_and_exact_tests_of_scipy() {
    let protected = Approvals { approved: 180.0, all: 400.0 };
    let other = Approvals { approved: 540.0, all: 900.0 };
    let ratio = adverse_impact_ratio(protected, other);
    assert_eq!(ratio.value().unwrap().value, Some(0.75));
    for table in reference()["fisher"].as_array().unwrap() {
        let count = |place: usize| table["table"][place].as_f64().unwrap();
        let group = Approvals { approved: count(0), all: count(1) };
        let test = fisher_exact(group, Approvals { approved: count(2), all: count(3) });
        let (actual, expected) = (test.value().unwrap().p_value, table["p_value"].as_f64().unwrap());
        assert!((actual / expected - 1.0).abs() < 1e-9, "{actual} is not {expected}");
    }
    // Tables 2 and 7 cases, standard deviations by hand arithmetic of another tool.
    let [group, reference]: [&[f64]; 2] =
        [&[610.0, 640.0, 655.0, 590.0, 700.0, 620.0], &[650.0, 690.0, 640.0, 710.0, 665.0, 700.0, 680.0]];
    let moments = |scores: &[f64]| Moments::of(scores, &vec![1.0; scores.len()]);
    let [pooled, _, population] = standardised_differences(moments(group), moments(reference));
    assert!((pooled.value().unwrap().value + 1.2524412960510194).abs() < 1e-12);
    assert!((population.value().unwrap().value + 1.0823546804563795).abs() < 1e-12);
    // Whole counts only.
    assert!(fisher_exact(Approvals { approved: 1.5, all: 3.0 }, other).reason().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is hidden is never known by subtraction: it is two parts or more and not small together, or nothing is shown;
    /// every small part is hidden; and nothing is hidden without need.
    #[test]
    fn hidden_parts_do_not_leak(
        parts in prop::collection::vec((0..40_u64, 0..9_u64), 1..9),
        already in prop::collection::vec(any::<bool>(), 9),
    ) {
        let minimum = [10, 3];
        let counts: Vec<[u64; 2]> = parts.iter().map(|(cases, bads)| [*cases, *bads]).collect();
        let first: Vec<usize> = (0..counts.len()).collect();
        let already = &already[..counts.len()];
        let hidden = suppress(&counts, minimum, &first, already);
        let is_small = |part: &[u64; 2]| part[0] < minimum[0] || part[1] < minimum[1];
        for (part, counts) in counts.iter().enumerate() {
            prop_assert!(hidden[part] || !is_small(counts) && !already[part]);
        }
        let number = hidden.iter().filter(|hidden| **hidden).count();
        if number > 0 && number < counts.len() {
            prop_assert!(number >= 2 && !is_small(&together(&counts, &hidden)), "{:?} of {:?}", hidden, counts);
        }
        let needed = already.contains(&true) || counts.iter().any(is_small);
        prop_assert!(needed || number == 0);
        // The order, and so the names, of the parts do not matter.
        let turn = |values: &[bool]| -> Vec<bool> { values.iter().rev().copied().collect() };
        let reversed: Vec<[u64; 2]> = counts.iter().rev().copied().collect();
        let places: Vec<usize> = first.iter().rev().copied().collect();
        prop_assert_eq!(turn(&suppress(&reversed, minimum, &places, &turn(already))), hidden);
    }

    /// Groups that are approved alike have a ratio of 1, whatever their size, and the test sees nothing.
    #[test]
    fn equal_groups_have_a_ratio_of_one(approved in 1..50_u32, declined in 0..50_u32, times in 1..4_u32) {
        let group = Approvals { approved: f64::from(approved), all: f64::from(approved + declined) };
        let larger = Approvals { approved: group.approved * f64::from(times), all: group.all * f64::from(times) };
        let ratio = *adverse_impact_ratio(group, larger).value().unwrap();
        prop_assert!((ratio.value.unwrap() - 1.0).abs() < 1e-12);
        prop_assert!(ratio.low.unwrap() <= 1.0 + 1e-12 && ratio.high.unwrap() >= 1.0 - 1e-12);
        prop_assert!((fisher_exact(group, group).value().unwrap().p_value - 1.0).abs() < 1e-9);
        // The other way round it is the inverse, bounds alike.
        let other = Approvals { approved: group.approved, all: group.all + 7.0 };
        let (one, two) = (adverse_impact_ratio(group, other), adverse_impact_ratio(other, group));
        let (one, two) = (one.value().unwrap(), two.value().unwrap());
        prop_assert!((one.low.unwrap() * two.high.unwrap() - 1.0).abs() < 1e-12);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Segments share the cases out between them, and other names for them change nothing but the names.
    #[test]
    fn segments_partition_and_names_do_not_count(cases in prop::collection::vec((0..30_u8, any::<u8>(), 0..5_usize), 200..400)) {
        let table = |names: [&str; 5]| -> String {
            let line = |(score, bad, region): &(u8, u8, usize)| {
                format!("{score},{},{}\n", u8::from(*bad % 4 == 0), names[*region])
            };
            std::iter::once("score,bad,region\n".to_owned()).chain(cases.iter().map(line)).collect()
        };
        let (first, second) = (["a", "b", "c", "d", "e"], ["z", "q", "m", "k", "c"]);
        let arguments = ["--segment-column", "region", "--fairness-column", "region", "--cut-off", "15"];
        let (all, renamed) = (evidence(&table(first), &arguments), evidence(&table(second), &arguments));
        for (one, other) in first.into_iter().zip(second) {
            prop_assert_eq!(&all["by_segment"]["region"][one], &renamed["by_segment"]["region"][other]);
            prop_assert_eq!(&all["fairness"]["region"]["groups"][one], &renamed["fairness"]["region"]["groups"][other]);
        }
        let shown: Vec<&Value> = all["by_segment"]["region"].as_object().unwrap().values().collect();
        if shown.iter().all(|figures| figures.get("auc").is_some()) {
            for key in ["cases", "goods", "bads"] {
                let sum: f64 = shown.iter().map(|figures| figures[key].as_f64().unwrap()).sum();
                prop_assert_eq!(sum, all[key].as_f64().unwrap());
            }
            let shares: f64 = shown.iter().map(|figures| figures["share"].as_f64().unwrap()).sum();
            prop_assert!((shares - 1.0).abs() < 1e-12);
        }
    }
}
