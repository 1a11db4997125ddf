//! Intervals where one group has many cases: laws, and what the program says.

use proptest::prelude::*;
use scorewright::validation::auc::auc;
use scorewright::validation::ks::ks;
use scorewright::validation::{Distribution, Groups, Interval, Scores};

use crate::support::{BAD, Cases, FEATURES, Folder, OUT, card_on};

fn figures(scores: Scores<'_>) -> (Interval, Interval) {
    let distribution = Distribution::new(scores);
    (auc(scores, &distribution), ks(scores, &distribution, 7).interval)
}

fn twice<T: Copy>(values: &[T]) -> Vec<T> {
    values.iter().chain(values).copied().collect()
}

fn half(interval: Interval) -> f64 {
    (interval.high.unwrap() - interval.low.unwrap()) / 2.0
}

/// Neither bound is cut to [0, 1].
fn is_whole(interval: Interval) -> bool {
    interval.low.is_some_and(|low| low > 0.0) && interval.high.is_some_and(|high| high < 1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every case twice under its own group tells no more than every case once. With as many goods as bads, m each, the
    /// plain form has the factor m / (m - 1), the form by group 2m / (2m - 1).
    #[test]
    fn a_case_that_is_repeated_in_its_group_tells_nothing_new(pairs in prop::collection::vec((-9..9_i32, -9..9_i32), 3..40)) {
        let m = pairs.len() as f64;
        let score: Vec<f64> = pairs.iter().flat_map(|(good, bad)| [f64::from(*good), f64::from(*bad)]).collect();
        let goods: Vec<f64> = (0..score.len()).map(|case| f64::from(u8::from(case % 2 == 0))).collect();
        let bads: Vec<f64> = goods.iter().map(|good| 1.0 - good).collect();
        let codes: Vec<u32> = (0..score.len() as u32).map(|case| 1000 - 3 * case).collect();
        let once = Scores { score: &score, goods: &goods, bads: &bads, groups: None };
        let (auc, ks) = figures(once);
        // Groups of one case change nothing at all.
        prop_assert_eq!(figures(Scores { groups: Some(&codes), ..once }), (auc, ks));

        let (score, goods, bads, codes) = (twice(&score), twice(&goods), twice(&bads), twice(&codes));
        let repeated = Scores { score: &score, goods: &goods, bads: &bads, groups: Some(&codes) };
        let (auc_by_group, ks_by_group) = figures(repeated);
        prop_assert_eq!(ks_by_group, ks);
        prop_assert!((auc_by_group.value.unwrap() - auc.value.unwrap()).abs() < 1e-12);
        prop_assume!(is_whole(auc) && is_whole(auc_by_group));
        let factor = (2.0 * m / (2.0 * m - 1.0) / (m / (m - 1.0))).sqrt();
        prop_assert!((half(auc_by_group) - factor * half(auc)).abs() < 1e-12, "{:?} and {:?}", auc_by_group, auc);
    }

    /// With weights and ratios both forms have the factor n / (n - 1): a case split in two is the case.
    #[test]
    fn a_case_that_is_split_within_its_group_is_the_case(cases in prop::collection::vec((-9..9_i32, 0..=8_u8, 1..5_u8), 3..40)) {
        let score: Vec<f64> = cases.iter().map(|(score, ..)| f64::from(*score)).collect();
        let part = |share: fn(u8) -> u8| -> Vec<f64> {
            cases.iter().map(|(_, ratio, weight)| f64::from(*weight) * f64::from(share(*ratio)) / 8.0).collect()
        };
        let (goods, bads) = (part(|ratio| ratio), part(|ratio| 8 - ratio));
        let several = |weights: &[f64]| weights.iter().filter(|weight| **weight > 0.0).count() > 1;
        prop_assume!(several(&goods) && several(&bads));
        let codes: Vec<u32> = (0..score.len() as u32).collect();
        // Weights that are neither 0 nor 1 throughout, so that the form for weights stands on both sides.
        let (goods, bads): (Vec<f64>, Vec<f64>) =
            (goods.iter().map(|good| 3.0 * good).collect(), bads.iter().map(|bad| 3.0 * bad).collect());
        let (whole, _) = figures(Scores { score: &score, goods: &goods, bads: &bads, groups: None });
        let halves = |weights: &[f64]| twice(&weights.iter().map(|weight| weight / 2.0).collect::<Vec<f64>>());
        let (score, goods, bads, codes) = (twice(&score), halves(&goods), halves(&bads), twice(&codes));
        let (split, _) = figures(Scores { score: &score, goods: &goods, bads: &bads, groups: Some(&codes) });
        for (split, whole) in [(split.value, whole.value), (split.low, whole.low), (split.high, whole.high)] {
            prop_assert!((split.unwrap() - whole.unwrap()).abs() < 1e-12, "{:?} is not {:?}", split, whole);
        }
    }
}

#[test]
fn groups_count_good_and_bad_cases_only_in_the_order_of_their_first_case() {
    let scores = Scores {
        score: &[1.0, 2.0, 3.0, 4.0, 5.0],
        goods: &[0.0, 1.0, 0.0, 1.0, 0.0],
        bads: &[0.0, 0.0, 1.0, 0.0, 1.0],
        groups: Some(&[8, 9, 4, 9, u32::MAX]),
    };
    let groups = Groups::new(scores);
    assert_eq!((0..groups.len()).map(|group| groups.cases(group)).collect::<Vec<_>>(), [&[1, 3][..], &[2], &[4]]);
    assert_eq!(groups.count(scores), (1, 2));
    assert!(groups.repeat());
    // An indeterminate case does not repeat its group.
    assert!(!Groups::new(Scores { groups: Some(&[9, 9, 4, 5, 6]), ..scores }).repeat());
}

#[test]
fn bads_of_one_group_give_no_interval() {
    let scores = Scores {
        score: &[1.0, 2.0, 3.0, 1.0, 2.0],
        goods: &[0.0, 0.0, 1.0, 1.0, 1.0],
        bads: &[1.0, 1.0, 0.0, 0.0, 0.0],
        groups: Some(&[1, 1, 2, 3, 4]),
    };
    let by_group = auc(scores, &Distribution::new(scores));
    assert!(by_group.value.is_some() && by_group.low.is_none() && by_group.high.is_none());
    assert!(auc(Scores { groups: None, ..scores }, &Distribution::new(scores)).low.is_some());
}

/// A table in which a customer has a case twice.
fn repeated() -> String {
    let text = Cases::new(600).csv();
    let (head, rows) = text.split_once('\n').unwrap();
    let row = |row: &str, copy: usize| row.replacen(',', &format!("-{copy},"), 1);
    let rows: Vec<String> = rows.lines().flat_map(|line| [row(line, 1), row(line, 2)]).collect();
    format!("{head}\n{}\n", rows.join("\n"))
}

#[test]
fn a_run_with_a_group_says_so_and_validation_finds_the_same_intervals() {
    let folder = Folder::with(
        &repeated(),
        &card_on("id = \"id\"\ngroup = \"customer\"", BAD, &format!("{FEATURES}[sample]\nholdout = 0\n")),
    );
    let run = folder.train();
    run.succeeds();
    let words = "intervals by group (customer): Development (300 groups)";
    assert!(run.stdout.contains(words), "{words:?} is missing from: {}", run.stdout);
    let trained = folder.json("out/evidence.json")["samples"]["development"].clone();
    assert_eq!(trained["interval"], "by group (customer)");
    assert_eq!(trained["groups"], 300);
    assert!(folder.read("out/report.html").contains("by group (customer), 300 groups"));

    let validate = |arguments: &[&str]| {
        let run = folder.run(&[&["validate", "--data", "cases.csv", "--out", "again"], arguments].concat());
        run.succeeds();
        (folder.json("again/evidence.json"), run.stdout)
    };
    let (evidence, said) = validate(&["out/scorecard.json"]);
    let validated = &evidence["samples"]["validation"];
    for key in ["auc", "gini", "ks", "interval", "groups", "groups_with_goods", "groups_with_bads"] {
        assert_eq!(validated[key], trained[key], "{key}");
    }
    assert!(said.contains("intervals by group (customer): Validation (300 groups)"), "{said}");

    let width =
        |sample: &serde_json::Value| sample["auc"]["high"].as_f64().unwrap() - sample["auc"]["low"].as_f64().unwrap();
    let without = ["--outcome-column", "outcome", "--bad", "bad", "--score-column", "age"];
    let (plain, said) = validate(&without);
    let plain = &plain["samples"]["validation"];
    assert_eq!((&plain["interval"], &plain["groups"]), (&"by case".into(), &serde_json::Value::Null));
    assert!(said.contains("intervals take every case as independent"), "{said}");
    let (grouped, _) = validate(&[&without[..], &["--group-column", "customer"]].concat());
    let grouped = &grouped["samples"]["validation"];
    assert_eq!(grouped["interval"], "by group (customer)");
    assert_eq!(grouped["auc"]["value"], plain["auc"]["value"]);
    assert!(width(grouped) > 1.3 * width(plain), "{grouped} and {plain}");

    // Without the column the program does not keep silent.
    folder.write("cases.csv", repeated().replacen("customer", "client", 1));
    let (evidence, said) = validate(&["out/scorecard.json"]);
    assert_eq!(evidence["samples"]["validation"]["interval"], "by case");
    assert!(said.contains("the data have no column \"customer\""), "{said}");
    assert!(width(&evidence["samples"]["validation"]) < 0.8 * width(&trained));
    assert!(folder.path(OUT).is_dir());
}

#[test]
fn few_groups_with_bads_are_told() {
    let mut cases = Cases::new(600);
    cases.add("customer", |row| format!("k{}", row % 20));
    let folder = Folder::with(
        &cases.csv(),
        &card_on("group = \"customer\"", BAD, &format!("{FEATURES}[sample]\nholdout = 0\n")),
    );
    let run = folder.train();
    run.succeeds();
    assert!(run.stdout.contains("only 20 groups hold bads and 20 hold goods"), "{}", run.stdout);
}
