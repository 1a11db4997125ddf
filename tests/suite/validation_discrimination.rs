//! Measures of discrimination: figures of independent tools, laws, and samples that have none.

use proptest::prelude::*;
use scorewright::evidence::{
    Bands, BandsOf, Labels, MeasureOptions, Reference, Roles, SampleGroups, ScoredSample, Subject, sample_evidence,
};
use scorewright::report::sections::{Context, sections};
use scorewright::sample::SampleName;
use scorewright::validation::Distribution;
use scorewright::validation::psi::decile_bands;
use scorewright::words::{Language, Message};
use scorewright_runtime::artifact::ScoreBand;
use serde_json::Value;

fn reference() -> Value {
    let path = format!("{}/tests/reference/discrimination.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn sample(score: Vec<f64>, goods: Vec<f64>, bads: Vec<f64>) -> ScoredSample {
    let weights = goods.iter().zip(&bads).map(|(good, bad)| good + bad).collect();
    ScoredSample {
        name: SampleName::Validation,
        rows: (0..score.len() as u32).collect(),
        pd: Vec::new(),
        unforeseen: vec![0; score.len()],
        observed_at: None,
        periods: None,
        groups: None,
        score,
        goods,
        bads,
        weights,
    }
}

fn plain(score: &[f64], bad: &[f64]) -> ScoredSample {
    sample(score.to_vec(), bad.iter().map(|bad| 1.0 - bad).collect(), bad.to_vec())
}

fn bands(edges: &[f64]) -> Bands {
    let lower = std::iter::once(None).chain(edges.iter().copied().map(Some));
    let upper = edges.iter().copied().map(Some).chain([None]);
    let band = |(lower, upper)| ScoreBand { lower, upper, cases: 0.0, goods: 0.0, bads: 0.0 };
    Bands { bands: lower.zip(upper).map(band).collect(), of: BandsOf::Sample }
}

/// The evidence of a sample, as it stands in evidence.json.
fn evidence(
    sample: &ScoredSample,
    bands: &Bands,
    roles: &Roles,
    earlier: Option<&Reference>,
    options: &MeasureOptions,
) -> Value {
    let subject = Subject { sample, roles, bands, card: None, reference: earlier, options };
    serde_json::to_value(sample_evidence(&subject)).unwrap()
}

fn quick(sample: &ScoredSample, bands: &Bands) -> Value {
    evidence(sample, bands, &Roles::default(), None, &MeasureOptions { resamples: 20, ..MeasureOptions::default() })
}

#[track_caller]
fn near(actual: &Value, expected: &Value, tolerance: f64) {
    let (a, e) = (actual.as_f64(), expected.as_f64());
    let (Some(a), Some(e)) = (a, e) else { panic!("{actual} is not {expected}") };
    assert!((a - e).abs() <= tolerance * e.abs().max(1e-3), "{a} is not {e}");
}

fn check_measures(figures: &Value, expected: &Value) {
    near(&figures["auc"]["value"], &expected["auc"], 1e-12);
    near(&figures["ks"]["value"], &expected["ks"], 1e-12);
    near(&figures["ks"]["p_value"], &expected["ks_p_value"], 1e-9);
    near(&figures["somers_d"]["outcome_given_score"], &expected["outcome_given_score"], 1e-12);
    for measure in [
        "somers_d",
        "accuracy_ratio",
        "h_measure",
        "h_measure_beta_2_2",
        "expected_maximum_profit",
        "divergence",
        "information_value",
        "lift_top_decile",
    ] {
        near(&figures[measure]["value"], &expected[measure], 1e-10);
    }
    // By integration over costs.
    near(&figures["h_measure_beta_2_2"]["value"], &expected["h_by_integration_beta_2_2"], 1e-7);
    near(&figures["expected_maximum_profit"]["optimal_fraction"], &expected["optimal_fraction"], 1e-4);
    near(&figures["expected_maximum_profit"]["optimal_fraction"], &expected["optimal_fraction_of_empulse"], 1e-4);
}

#[test]
fn plain_cases_have_the_figures_of_other_tools() {
    let all = reference();
    let expected = &all["plain"];
    let sample = plain(&numbers(&expected["score"]), &numbers(&expected["bad"]));
    let earlier = plain(&numbers(&expected["reference_score"]), &numbers(&expected["reference_bad"]));
    let earlier = Reference { sample: earlier, roles: Roles::default() };
    let bands = bands(&numbers(&expected["edges"]));
    let stated = MeasureOptions {
        resamples: 20000,
        initial_auc: Some(0.85),
        approval_rate: Some(0.7),
        ..MeasureOptions::default()
    };
    let figures = evidence(&sample, &bands, &Roles::default(), Some(&earlier), &stated);
    check_measures(&figures, &expected["measures"]);
    near(&figures["auc_standard_error"]["value"], &expected["auc_standard_error"], 1e-12);
    near(&figures["hanley_mcneil"]["std_error"], &expected["hanley_mcneil"], 1e-12);
    for part in ["value", "low", "high", "statistic", "degrees_of_freedom", "p_value"] {
        near(&figures["auc_against_reference"][part], &expected["unpaired"][part], 1e-9);
    }
    let initial = &figures["auc_against_initial"];
    assert_eq!((initial["on"].as_str(), initial["initial_from"].as_str()), (Some("score"), Some("stated")));
    for part in ["initial", "statistic", "p_value"] {
        near(&initial[part], &expected["initial"][part], 1e-11);
    }
    // Two bootstraps of 20000 resamples differ by little.
    for (measure, bounds) in expected["intervals"].as_object().unwrap() {
        near(&figures[measure]["low"], &bounds[0], 0.02);
        near(&figures[measure]["high"], &bounds[1], 0.02);
    }
    let cut_offs = figures["cut_offs"].as_array().unwrap();
    let at =
        cut_offs.iter().find(|cut_off| cut_off["score"] == expected["cut_off"]["score"].as_f64().unwrap()).unwrap();
    for (part, value) in expected["cut_off"].as_object().unwrap() {
        near(&at[part], value, 1e-12);
    }
    let by_rate = cut_offs.iter().find(|cut_off| cut_off["at"] == "approval_rate").unwrap();
    near(&by_rate["score"], &expected["seventy_percent"]["score"], 0.0);
    // At the cut-off of KS, recall and specificity are KS apart from 1.
    let at_ks = &figures["confusion_at_ks"];
    let youden = at_ks["recall"].as_f64().unwrap() + at_ks["specificity"].as_f64().unwrap() - 1.0;
    assert!((youden - figures["ks"]["value"].as_f64().unwrap()).abs() < 1e-12);
    assert!(figures.get("gauc").is_none());

    // Without a stated AUC, the reference's.
    let unstated = MeasureOptions { initial_auc: None, resamples: 20, ..stated };
    let figures = evidence(&sample, &bands, &Roles::default(), Some(&earlier), &unstated);
    assert_eq!(figures["auc_against_initial"]["initial_from"], "reference");
    near(&figures["auc_against_initial"]["initial"], &expected["initial_of_reference"]["initial"], 1e-12);
    near(&figures["auc_against_initial"]["p_value"], &expected["initial_of_reference"]["p_value"], 1e-11);
}

#[test]
fn the_initial_auc_is_tested_on_grades_and_periods_are_pooled_by_relative_rank() {
    let all = reference();
    let expected = &all["grades"];
    let mut sample = plain(&numbers(&all["plain"]["score"]), &numbers(&all["plain"]["bad"]));
    let labels = |name: &str, codes: &Value, names: &[&str]| Labels {
        column: name.to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        codes: numbers(codes).into_iter().map(|code| code as u32).collect(),
    };
    let grade = labels("grade", &expected["grade"], &["A", "B", "C", "D", "E"]);
    let roles = Roles { grade: Some(grade), grade_order_stated: true, ..Roles::default() };
    let options = MeasureOptions { initial_auc: Some(0.82), resamples: 20, ..MeasureOptions::default() };
    let bands = bands(&[]);
    let check = |sample: &ScoredSample, roles: &Roles, expected: &Value| {
        let figures = evidence(sample, &bands, roles, None, &options);
        let test = &figures["auc_against_initial"];
        assert_eq!((&test["on"], &test["grade_order_stated"]), (&Value::from("grade"), &Value::from(true)));
        for (part, value) in expected.as_object().unwrap() {
            near(&test[part], value, 1e-11);
        }
        test.clone()
    };
    assert_eq!(check(&sample, &roles, &expected["on_grade"])["pooled_periods"], Value::Null);
    sample.periods = Some(labels("period", &expected["period"], &["1", "2", "3"]));
    assert_eq!(check(&sample, &roles, &expected["pooled"])["pooled_periods"], 3);

    // Cases without a grade are left out, and counted.
    sample.periods = None;
    let (more_goods, more_bads) = ([1.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
    sample.score.extend([1.0, 2.0, 3.0]);
    sample.goods.extend(more_goods);
    sample.bads.extend(more_bads);
    sample.weights.extend([1.0; 3]);
    sample.unforeseen.extend([0; 3]);
    sample.rows.extend([0; 3]);
    let mut grade = roles.grade.unwrap();
    grade.names.push(Labels::NONE.to_owned());
    grade.codes.extend([5, 5, 5]);
    let roles = Roles { grade: Some(grade), ..roles };
    assert_eq!(check(&sample, &roles, &expected["on_grade"])["without_grade"], 3);
}

#[test]
fn weights_count_as_copies() {
    let all = reference();
    let weight = numbers(&all["weighted"]["weight"]);
    let by_weight = |class: Vec<f64>| class.iter().zip(&weight).map(|(class, weight)| class * weight).collect();
    let bad = numbers(&all["plain"]["bad"]);
    let goods = by_weight(bad.iter().map(|bad| 1.0 - bad).collect());
    let sample = sample(numbers(&all["plain"]["score"]), goods, by_weight(bad));
    let figures = quick(&sample, &bands(&numbers(&all["plain"]["edges"])));
    check_measures(&figures, &all["weighted"]["measures"]);
}

#[test]
fn ratio_outcomes_have_a_generalised_auc() {
    let all = reference();
    let expected = &all["ratio"];
    let (estimated, realised) = (numbers(&expected["estimated"]), numbers(&expected["realised"]));
    let weight = numbers(&expected["weight"]);
    let share = |share: fn(f64) -> f64| -> Vec<f64> {
        realised.iter().zip(&weight).map(|(ratio, weight)| weight * share(*ratio)).collect()
    };
    let score: Vec<f64> = estimated.iter().map(|ratio| 1.0 - ratio).collect();
    let mut sample = sample(score, share(|ratio| 1.0 - ratio), share(|ratio| ratio));
    sample.pd = estimated.clone();
    let options = MeasureOptions { initial_auc: Some(0.8), resamples: 20, ..MeasureOptions::default() };
    let figures = evidence(&sample, &bands(&[0.3, 0.6]), &Roles::default(), None, &options);
    near(&figures["gauc"]["value"], &expected["gauc"], 1e-12);
    // Derivatives by differences.
    near(&figures["gauc"]["std_error"], &expected["std_error"], 1e-8);
    near(&figures["gauc_against_initial"]["p_value"], &expected["p_value"], 1e-8);
    near(&figures["accuracy_ratio"]["perfect_area"], &expected["perfect_area"], 1e-12);
    assert_eq!(figures["gauc"]["rows"], "estimated_segments");
    // The stated figure is the generalised AUC's, not that of goods and bads by weight.
    assert!(figures["auc_against_initial"]["not_computed"].is_string());
    assert_eq!(figures["ks"]["p_value"], Value::Null);
    let by_rank = figures["accuracy_ratio"]["value"].as_f64().unwrap();
    assert!(by_rank > figures["gini"]["value"].as_f64().unwrap());
    // Without estimates the bands of the score stand for them, in the same direction.
    sample.pd = Vec::new();
    let figures = quick(&sample, &bands(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]));
    assert_eq!(figures["gauc"]["rows"], "score_bands");
    assert!(figures["gauc"]["value"].as_f64().unwrap() > 0.75);
}

/// Every measure of the evidence that may not exist.
const MEASURES: [&str; 10] = [
    "auc_standard_error",
    "hanley_mcneil",
    "auc_against_initial",
    "somers_d",
    "accuracy_ratio",
    "divergence",
    "information_value",
    "h_measure",
    "expected_maximum_profit",
    "lift_top_decile",
];

#[test]
fn samples_without_a_measure_say_why() {
    let reason = |figures: &Value, measure: &str| {
        let reason = figures[measure]["not_computed"].as_str().map(str::to_owned)?;
        assert_ne!(Message::of_english(&reason).in_language(Language::Chinese), reason, "it has no Chinese");
        Some(reason)
    };
    let one_class = quick(&plain(&[1.0, 2.0, 3.0], &[0.0; 3]), &bands(&[2.0]));
    for measure in MEASURES.into_iter().filter(|measure| *measure != "auc_against_initial") {
        assert_eq!(reason(&one_class, measure).as_deref(), Some("there are no bads"), "{measure}");
    }
    assert!(one_class["cut_offs"].as_array().unwrap().is_empty());
    assert_eq!(one_class["ks"]["value"], Value::Null);
    let no_one = quick(&sample(vec![1.0, 2.0], vec![0.0; 2], vec![0.0; 2]), &bands(&[]));
    assert_eq!(reason(&no_one, "h_measure").as_deref(), Some("there are neither goods nor bads"));

    // All scores equal: no discrimination, said in numbers where there are any.
    let equal = quick(&plain(&[5.0; 6], &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]), &bands(&[]));
    assert_eq!((&equal["auc"]["value"], &equal["auc_standard_error"]["value"]), (&0.5.into(), &0.0.into()));
    for (measure, value) in
        [("somers_d", 0.0), ("h_measure", 0.0), ("information_value", 0.0), ("lift_top_decile", 1.0)]
    {
        assert!((equal[measure]["value"].as_f64().unwrap() - value).abs() < 1e-12, "{measure}");
    }
    assert_eq!(equal["somers_d"]["outcome_given_score"], Value::Null);
    assert_eq!(equal["ks"]["p_value"], 1.0);
    assert!(reason(&equal, "divergence").unwrap().contains("vary"));
    assert!(reason(&equal, "confusion_at_ks").unwrap().contains("KS is 0"));

    // One bad: an AUC without a variance. Hanley and McNeil's has one.
    let one_bad = quick(&plain(&[1.0, 2.0, 3.0, 4.0], &[0.0, 1.0, 0.0, 0.0]), &bands(&[3.0]));
    assert!((one_bad["auc"]["value"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-15);
    assert!(reason(&one_bad, "auc_standard_error").unwrap().contains("two bads"));
    assert!(one_bad["hanley_mcneil"]["std_error"].as_f64().unwrap() > 0.0);
    assert!(reason(&one_bad, "divergence").unwrap().contains("two bads"));

    // Whole separation: the initial AUC cannot be tested.
    let parted = plain(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    let options = MeasureOptions { initial_auc: Some(0.9), ..MeasureOptions::default() };
    let parted = evidence(&parted, &bands(&[3.5]), &Roles::default(), None, &options);
    assert!(reason(&parted, "auc_against_initial").unwrap().contains("standard error is 0"));
    assert_eq!(parted["h_measure"]["value"], 1.0);
    assert_eq!(parted["confusion_at_ks"]["f1"], 1.0);

    // A score without end ranks as any other, but has no mean.
    let infinite = plain(&[f64::NEG_INFINITY, 2.0, 3.0, f64::INFINITY], &[1.0, 0.0, 1.0, 0.0]);
    let infinite = quick(&infinite, &bands(&[2.5]));
    assert_eq!(infinite["auc"]["value"], 0.75);
    assert!(reason(&infinite, "divergence").unwrap().contains("infinite"));
}

#[test]
fn three_bads_by_hand() {
    // Riskiest first: bad, good, (bad and good), good, bad, good x 4.
    let score = [1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    let bad = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    let figures = quick(&plain(&score, &bad), &bands(&[3.0, 6.0]));
    // Placements of the bads: 1, (5 + 1/2) / 7, 4 / 7.
    let auc = (1.0 + 5.5 / 7.0 + 4.0 / 7.0) / 3.0;
    let value = |measure: &str| figures[measure]["value"].as_f64().unwrap();
    assert!((value("auc") - auc).abs() < 1e-15);
    let somers_d = &figures["somers_d"];
    let pairs = ["concordant", "discordant", "tied"].map(|part| somers_d[part].as_f64().unwrap());
    assert_eq!(pairs, [16.0, 4.0, 1.0]);
    assert!((value("lift_top_decile") - (1.0 / 3.0) / 0.1).abs() < 1e-12);
    // Goods and bads by band: (1, 1), (2, 2), (4, 0 and so 4.5, 0.5).
    let part = |good: f64, bad: f64| (good / 7.0 - bad / 3.0) * ((good / 7.0) / (bad / 3.0)).ln();
    assert!((value("information_value") - part(1.0, 1.0) - part(2.0, 2.0) - part(4.5, 0.5)).abs() < 1e-12);
    assert_eq!(figures["information_value"]["adjusted_bands"], 1);
    // KS: below 3 and at it 2/3 of bads and 2/7 of goods; at 5 all of the bads and 3/7 of the goods.
    assert!((value("ks") - 4.0 / 7.0).abs() < 1e-15);
    assert_eq!((&figures["ks"]["score"], &figures["confusion_at_ks"]["score"]), (&5.0.into(), &6.0.into()));
    let decile = &figures["gains_by_decile"][3];
    assert!((decile["cumulative_bads"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12);
}

fn rank_measures(figures: &Value) -> Vec<f64> {
    let measures = [
        "auc",
        "ks",
        "somers_d",
        "accuracy_ratio",
        "h_measure",
        "h_measure_beta_2_2",
        "expected_maximum_profit",
        "lift_top_decile",
    ];
    measures.iter().map(|measure| figures[measure]["value"].as_f64().unwrap()).collect()
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
}

fn own_bands(sample: &ScoredSample) -> Bands {
    Bands { bands: decile_bands(&Distribution::new(sample.scores()), &sample.weights), of: BandsOf::Sample }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn laws_of_ranks(cases in prop::collection::vec((-9..9_i32, any::<bool>(), 0..4_u8), 4..60)) {
        let column = |of: &dyn Fn(&(i32, bool, u8)) -> f64| cases.iter().map(of).collect::<Vec<f64>>();
        let score = column(&|case| f64::from(case.0));
        let bads = column(&|case| f64::from(u8::from(case.1)) * f64::from(case.2));
        let goods = column(&|case| f64::from(u8::from(!case.1)) * f64::from(case.2));
        prop_assume!(goods.iter().sum::<f64>() > 1.0 && bads.iter().sum::<f64>() > 1.0);
        let weighted = sample(score.clone(), goods.clone(), bads.clone());
        let of_weighted = quick(&weighted, &own_bands(&weighted));
        let figures = rank_measures(&of_weighted);

        // H within [0, 1], and profit never below that of rejecting nobody.
        prop_assert!((0.0..=1.0).contains(&figures[4]) && (0.0..=1.0).contains(&figures[5]) && figures[6] >= -1e-15);
        // Somers' D and the accuracy ratio are Gini.
        let gini = of_weighted["gini"]["value"].as_f64().unwrap();
        prop_assert!((figures[2] - gini).abs() < 1e-12 && (figures[3] - gini).abs() < 1e-12);
        // The CAP gives the lift of the deciles.
        let first = of_weighted["gains_by_decile"][0]["cumulative_lift"].as_f64().unwrap();
        prop_assert!((first - figures[7]).abs() < 1e-12);

        // A rising transform changes nothing.
        let moved = sample(score.iter().map(|score| (score / 5.0).exp()).collect(), goods.clone(), bads.clone());
        prop_assert_eq!(rank_measures(&quick(&moved, &own_bands(&moved))), figures.clone());

        // Cases of weight k are k cases; those of weight 0 none.
        let mut copies = (Vec::new(), Vec::new());
        for (score, bad, weight) in &cases {
            for _ in 0..*weight {
                copies.0.push(f64::from(*score));
                copies.1.push(f64::from(u8::from(*bad)));
            }
        }
        let copies = plain(&copies.0, &copies.1);
        let of_copies = quick(&copies, &own_bands(&copies));
        prop_assert!(close(&rank_measures(&of_copies), &figures));
        for measure in ["divergence", "information_value"] {
            let (a, b) = (of_copies[measure]["value"].as_f64(), of_weighted[measure]["value"].as_f64());
            prop_assert!(a.is_some() == b.is_some() && (a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-9 * a.unwrap_or(1.0).max(1.0));
        }
        prop_assert_eq!(&of_copies["ks"]["p_value"], &of_weighted["ks"]["p_value"]);

        // Goods for bads and the score turned round: the same discrimination, and the same H under mirrored costs.
        let turned = sample(score.iter().map(|score| -score).collect(), bads.clone(), goods.clone());
        let of_turned = rank_measures(&quick(&turned, &own_bands(&turned)));
        prop_assert!(close(&of_turned[..6], &figures[..6]), "{:?} and {:?}", of_turned, figures);

        // The order of the rows changes no value by a bit.
        let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
        let reversed = sample(back(&score), back(&goods), back(&bads));
        let of_reversed = quick(&reversed, &own_bands(&reversed));
        prop_assert_eq!(rank_measures(&of_reversed), figures);
        for part in ["cut_offs", "gains_by_decile", "confusion_at_ks"] {
            prop_assert_eq!(&of_reversed[part], &of_weighted[part]);
        }
    }
}

#[test]
fn intervals_by_group_are_those_of_whole_groups() {
    let all = reference();
    let once = plain(&numbers(&all["plain"]["score"]), &numbers(&all["plain"]["bad"]));
    let twice = |values: &[f64]| values.iter().chain(values).copied().collect::<Vec<f64>>();
    let mut repeated = sample(twice(&once.score), twice(&once.goods), twice(&once.bads));
    let codes: Vec<u32> = (0..once.score.len() as u32).chain(0..once.score.len() as u32).collect();
    repeated.groups = Some(SampleGroups { column: "customer".to_owned(), codes });
    let bands = bands(&numbers(&all["plain"]["edges"]));
    let (once, repeated) = (quick(&once, &bands), quick(&repeated, &bands));
    // The same draws of the same customers.
    for measure in ["ks", "h_measure", "expected_maximum_profit", "lift_top_decile"] {
        for part in ["value", "low", "high"] {
            near(&repeated[measure][part], &once[measure][part], 1e-12);
        }
    }
    // Copies within a group are no evidence.
    assert!(once["ks"]["p_value"].is_f64());
    assert_eq!(repeated["ks"]["p_value"], Value::Null);
}

#[test]
fn the_section_says_every_figure_in_both_languages() {
    use scorewright::evidence::Evidence;
    use scorewright::report::document::{Block, Cell};
    let all = reference();
    let cases = plain(&numbers(&all["plain"]["score"]), &numbers(&all["plain"]["bad"]));
    let earlier = plain(&numbers(&all["plain"]["reference_score"]), &numbers(&all["plain"]["reference_bad"]));
    let earlier = Reference { sample: earlier, roles: Roles::default() };
    let mut ratios = cases.clone();
    for case in 0..ratios.score.len() {
        (ratios.goods[case], ratios.bads[case]) = (0.4 + 0.01 * (case % 7) as f64, 0.6 - 0.01 * (case % 7) as f64);
    }
    let nobody = plain(&[1.0, 2.0], &[0.0, 0.0]);
    for (sample, expected) in [(cases, 6), (ratios, 7), (nobody, 4)] {
        let (roles, options, bands) =
            (Roles::default(), MeasureOptions { resamples: 20, ..MeasureOptions::default() }, own_bands(&sample));
        let subject = Subject {
            sample: &sample,
            roles: &roles,
            bands: &bands,
            card: None,
            reference: Some(&earlier),
            options: &options,
        };
        let evidence =
            Evidence { samples: [("validation".to_owned(), sample_evidence(&subject))].into(), ..Evidence::default() };
        let scored = [sample];
        let context = Context { evidence: &evidence, scored: &scored, document: None, language: Language::English };
        let all = sections(&context).unwrap();
        let section = all.iter().find(|section| section.id == "discrimination").unwrap();
        let mut words: Vec<Message> = vec![section.heading.clone()];
        let mut tables = Vec::new();
        let mut blocks: Vec<&Block> = section.blocks.iter().collect();
        while let Some(block) = blocks.pop() {
            match block {
                Block::Text(text) | Block::Note(text) => words.push(text.clone()),
                Block::Table(table) => tables.push(table),
                Block::Details(heading, within) => {
                    words.push(heading.clone());
                    blocks.extend(within);
                }
                other => panic!("{other:?} has no words here"),
            }
        }
        assert_eq!(tables.len(), expected);
        for table in tables {
            words.push(table.caption.clone());
            words.extend(table.columns.iter().map(|column| column.heading.clone()));
            for row in &table.rows {
                assert_eq!(row.len(), table.columns.len(), "{}", table.name);
                words.extend(row.iter().filter_map(|cell| match cell {
                    Cell::Words(words) | Cell::NotComputed(words) => Some(words.clone()),
                    _ => None,
                }));
            }
        }
        for template in words.iter().flat_map(Message::templates) {
            assert!(Language::Chinese.knows(template), "{template:?} has no Chinese");
        }
    }
}
