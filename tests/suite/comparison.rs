//! Champion against challenger: measures by independent figures and laws, and the program from end to end.

use proptest::prelude::*;
use scorewright::validation::paired_bootstrap::{PairedScores, paired_bootstrap};
use scorewright::validation::paired_delong::paired_delong;
use scorewright::validation::rank_correlation::rank_correlation;
use scorewright::validation::roc_band::roc_band;
use scorewright::validation::score_migration::{deciles, score_migration};
use scorewright::validation::swap_set::{OutcomesSeen, SwapCases, approve_share, approve_stated, swap_set};
use scorewright::validation::{Distribution, Scores};
use serde_json::Value;

use crate::support::{BAD, Cases, FEATURES, Folder, card_on, noise};

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/compare.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn near(found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() <= tolerance, "{found} for {expected}");
}

/// Scores, goods and bads.
fn inputs(reference: &Value) -> [Vec<f64>; 4] {
    let bads = numbers(&reference["inputs"]["bad"]);
    let goods = bads.iter().map(|bad| 1.0 - bad).collect();
    [numbers(&reference["inputs"]["first"]), numbers(&reference["inputs"]["second"]), goods, bads]
}

fn scores<'a>(score: &'a [f64], goods: &'a [f64], bads: &'a [f64]) -> Scores<'a> {
    Scores { score, goods, bads, groups: None }
}

#[test]
fn paired_delong_agrees_with_all_pairs() {
    let reference = reference();
    let [first, second, goods, bads] = inputs(&reference);
    let expected = &reference["delong"];
    let found = paired_delong(scores(&first, &goods, &bads), &second).unwrap();
    near(found.first, &expected["first"], 1e-12);
    near(found.second, &expected["second"], 1e-12);
    near(found.difference.value.unwrap(), &expected["difference"], 1e-12);
    near(found.covariance.unwrap(), &expected["covariance"], 1e-14);
    near(found.standard_error.unwrap(), &expected["standard_error"], 1e-12);
    near(found.first_standard_error.unwrap(), &expected["first_standard_error"], 1e-12);
    near(found.second_standard_error.unwrap(), &expected["second_standard_error"], 1e-12);
    near(found.z.unwrap(), &expected["z"], 1e-10);
    near(found.difference.p_value.unwrap(), &expected["p_value"], 1e-10);
}

#[test]
fn rank_correlations_agree_with_scipy() {
    let reference = reference();
    let [first, second, ..] = inputs(&reference);
    let found = rank_correlation(&first, &second).unwrap();
    near(found.spearman, &reference["spearman"], 1e-12);
    near(found.kendall, &reference["kendall"], 1e-12);
    assert_eq!(rank_correlation(&first, &vec![1.0; first.len()]), None);
}

#[test]
fn swap_sets_agree_with_hand_counts() {
    let reference = reference();
    let [first, second, goods, bads] = inputs(&reference);
    let weights = vec![1.0; first.len()];
    let cases = SwapCases { goods: &goods, bads: &bads, weights: &weights, pd: [&[], &[]] };
    for expected in reference["swap_sets"].as_array().unwrap() {
        let approve = |score: &[f64]| {
            approve_share(
                &Distribution::new(scores(score, &goods, &bads)),
                &weights,
                expected["rate"].as_f64().unwrap(),
            )
        };
        let (a, b) = (approve(&first), approve(&second));
        near(a.approval_rate, &expected["rate"], 1e-12);
        near(b.approval_rate, &expected["rate"], 1e-12);
        let found = serde_json::to_value(swap_set(&a.share, &b.share, cases)).unwrap();
        for (name, cell) in expected["cells"].as_object().unwrap() {
            near(found[name]["cases"].as_f64().unwrap(), &cell["cases"], 1e-9);
            near(found[name]["bads"].as_f64().unwrap(), &cell["bads"], 1e-9);
            near(found[name]["bad_rate"]["value"].as_f64().unwrap(), &cell["bad_rate"], 1e-9);
        }
        let pair = PairedScores {
            score: [&first, &second],
            pd: [&[], &[]],
            goods: &goods,
            bads: &bads,
            weights: &weights,
            groups: None,
            loss: &[],
        };
        let at = paired_bootstrap(pair, &[expected["rate"].as_f64().unwrap()], 20, 1).unwrap().at.remove(0);
        near(at.bad_rate_difference.value().unwrap().value.unwrap(), &expected["bad_rate_difference"], 1e-9);
    }
}

#[test]
fn paired_bootstrap_finds_the_spread_of_ks() {
    let reference = reference();
    let [first, second, goods, bads] = inputs(&reference);
    let weights = vec![1.0; first.len()];
    let pair = PairedScores {
        score: [&first, &second],
        pd: [&[], &[]],
        goods: &goods,
        bads: &bads,
        weights: &weights,
        groups: None,
        loss: &[],
    };
    let found = paired_bootstrap(pair, &[0.7], 4000, 7).unwrap();
    let ks = found.ks_difference.value().unwrap();
    near(ks.value.unwrap(), &reference["ks_difference"]["value"], 1e-12);
    // Two bootstraps of thousands of resamples differ by little.
    near(ks.low.unwrap(), &reference["ks_difference"]["low"], 0.012);
    near(ks.high.unwrap(), &reference["ks_difference"]["high"], 0.012);
}

#[test]
fn unobserved_outcomes_are_inferred_and_said_to_be() {
    // The last two are approved by the second alone; nobody saw what became of them.
    let (goods, bads) = ([1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]);
    let pd = [0.1, 0.4, 0.2, 0.3];
    let weights = [1.0; 4];
    let cases = SwapCases { goods: &goods, bads: &bads, weights: &weights, pd: [&pd, &pd] };
    let first = approve_stated(&[true, true, false, false], &weights);
    let second = approve_stated(&[true, false, true, true], &weights);
    let found = swap_set(&first.share, &second.share, cases);
    assert_eq!(found.swap_in.outcomes, OutcomesSeen::Inferred);
    assert_eq!(found.swap_in.bad_rate.value, None);
    assert!((found.swap_in.inferred_bad_rate_second.unwrap() - 0.25).abs() < 1e-12);
    assert_eq!(found.swap_out.outcomes, OutcomesSeen::Observed);
    assert_eq!(found.swap_out.inferred_bad_rate_first, None);
    assert_eq!(found.declined_by_both.outcomes, OutcomesSeen::NoCases);
}

#[test]
fn the_roc_band_holds_the_curve_and_narrows() {
    let reference = reference();
    let [first, _, goods, bads] = inputs(&reference);
    let few = roc_band(scores(&first, &goods, &bads), &Distribution::new(scores(&first, &goods, &bads)));
    let many = |values: &[f64]| values.iter().copied().cycle().take(values.len() * 25).collect::<Vec<f64>>();
    let (score, good, bad) = (many(&first), many(&goods), many(&bads));
    let more = roc_band(scores(&score, &good, &bad), &Distribution::new(scores(&score, &good, &bad)));
    let width = |band: &[(f64, f64, f64)]| band.iter().map(|(_, low, high)| high - low).sum::<f64>();
    assert!(width(&more) < 0.5 * width(&few));
    assert!(few.iter().all(|(_, low, high)| 0.0 <= *low && low <= high && *high <= 1.0));
}

/// Cases with ties: scores of few values, outcomes of both classes.
fn cases() -> impl Strategy<Value = Vec<(u8, u8, bool)>> {
    proptest::collection::vec((0_u8..12, 0_u8..12, any::<bool>()), 6..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_score_against_itself_shows_nothing_and_exchange_turns_signs(cases in cases()) {
        let first: Vec<f64> = cases.iter().map(|case| f64::from(case.0)).collect();
        let second: Vec<f64> = cases.iter().map(|case| f64::from(case.1)).collect();
        let bads: Vec<f64> = cases.iter().map(|case| f64::from(u8::from(case.2))).collect();
        let goods: Vec<f64> = bads.iter().map(|bad| 1.0 - bad).collect();
        let weights = vec![1.0; first.len()];
        let approve = |score: &[f64]| approve_share(&Distribution::new(scores(score, &goods, &bads)), &weights, 0.6);
        let swap = SwapCases { goods: &goods, bads: &bads, weights: &weights, pd: [&[], &[]] };
        let same = swap_set(&approve(&first).share, &approve(&first).share, swap);
        prop_assert_eq!(same.swap_in.cases, 0.0);
        prop_assert_eq!(same.swap_out.cases, 0.0);
        let there = swap_set(&approve(&first).share, &approve(&second).share, swap);
        let back = swap_set(&approve(&second).share, &approve(&first).share, swap);
        prop_assert_eq!(there.swap_in, back.swap_out);
        let total = there.approved_by_both.cases + there.swap_in.cases + there.swap_out.cases + there.declined_by_both.cases;
        prop_assert!((total - first.len() as f64).abs() < 1e-9);
        // At one rate as many come in as go out.
        prop_assert!((there.swap_in.cases - there.swap_out.cases).abs() < 1e-9);
        if let Some(paired) = paired_delong(scores(&first, &goods, &bads), &first) {
            prop_assert_eq!(paired.difference.value, Some(0.0));
            prop_assert!(paired.difference.p_value.is_none_or(|p| p == 1.0));
            let one = paired_delong(scores(&first, &goods, &bads), &second).unwrap();
            let other = paired_delong(scores(&second, &goods, &bads), &first).unwrap();
            prop_assert!((one.difference.value.unwrap() + other.difference.value.unwrap()).abs() < 1e-12);
            let pair = |a, b| PairedScores {
                score: [a, b], pd: [&[], &[]], goods: &goods, bads: &bads, weights: &weights, groups: None, loss: &[],
            };
            let itself = paired_bootstrap(pair(&first, &first), &[0.6], 20, 3).unwrap();
            let ks = itself.ks_difference.value().unwrap();
            prop_assert_eq!((ks.value, ks.low, ks.high), (Some(0.0), Some(0.0), Some(0.0)));
            let gained = itself.at[0].approval_rate_gained.value().unwrap();
            prop_assert_eq!((gained.value, gained.low, gained.high), (Some(0.0), Some(0.0), Some(0.0)));
            let (there, back) = (paired_bootstrap(pair(&first, &second), &[0.6], 20, 3).unwrap(), paired_bootstrap(pair(&second, &first), &[0.6], 20, 3).unwrap());
            prop_assert_eq!(there.ks_difference.value().unwrap().value.unwrap(), -back.ks_difference.value().unwrap().value.unwrap());
        }
        if let Some(correlation) = rank_correlation(&first, &first) {
            prop_assert!((correlation.spearman - 1.0).abs() < 1e-12 && (correlation.kendall - 1.0).abs() < 1e-12);
        }
        let places = [&first, &second].map(|score| deciles(&Distribution::new(scores(score, &goods, &bads)), &weights));
        let migration = score_migration(&places[0], &places[1], &goods, &bads, &weights).unwrap();
        prop_assert!((migration.cases.iter().flatten().sum::<f64>() - first.len() as f64).abs() < 1e-9);
        prop_assert!((migration.moved_up + migration.moved_down - migration.moved_two_deciles).abs() < 1e-12);
    }
}

/// A table of two scores, PDs, an outcome and further columns.
fn two_scores(rows: usize) -> String {
    let mut text = "old,new,pd_old,pd_new,bad,product,month,customer,exposure\n".to_owned();
    for row in 0..rows {
        let trait_ = 4.0 * noise(row, 1) - 2.0;
        let pd = |noisy: f64| 1.0 / (1.0 + (1.2 + trait_ + noisy).exp());
        let (old, new) = (pd(3.0 * noise(row, 2) - 1.5), pd(1.4 * noise(row, 3) - 0.7));
        let bad = u8::from(noise(row, 4) < pd(0.0));
        text.push_str(&format!(
            "{:.3},{:.3},{old:.6},{new:.6},{bad},{},2024-{:02},k{},{}\n",
            600.0 - 100.0 * (old / (1.0 - old)).ln(),
            600.0 - 100.0 * (new / (1.0 - new)).ln(),
            ["loan", "card", "\"mortgage, \"\"prime\"\" <b>\""][row % 3],
            row % 6 + 1,
            row / 2,
            1000 + row
        ));
    }
    text
}

const COMPARE: [&str; 10] =
    ["compare", "--data", "scores.csv", "--outcome-column", "bad", "--bad", "1", "--out", "out", "--quiet"];

#[test]
fn plain_columns_are_compared() {
    let folder = Folder::new();
    folder.write("scores.csv", two_scores(900));
    let further = [
        "--score-column",
        "old,new",
        "--pd-column",
        "pd_old",
        "--pd-column",
        "pd_new",
        "--segment-column",
        "product",
        "--period-column",
        "month",
        "--exposure-column",
        "exposure",
        "--charts",
        "svg,png",
    ];
    folder.run(&[&COMPARE[..], &further].concat()).succeeds();
    let evidence = folder.json("out/evidence.json");
    assert_eq!(evidence["format"], "scorewright.comparison");
    assert_eq!(evidence["verdict"]["ranking"], "second_ranks_better");
    let difference = &evidence["auc_difference"];
    assert!(difference["high"].as_f64().unwrap() < 0.0 && difference["p_value"].as_f64().unwrap() < 0.05);
    near(
        difference["value"].as_f64().unwrap(),
        &Value::from(
            evidence["first"]["auc"]["value"].as_f64().unwrap() - evidence["second"]["auc"]["value"].as_f64().unwrap(),
        ),
        1e-12,
    );
    assert_eq!(evidence["segments"].as_array().unwrap().len(), 3);
    assert_eq!(evidence["first"]["periods"].as_array().unwrap().len(), 6);
    assert_eq!(evidence["swap_set"][0]["approval_rate"], 0.7);
    assert!(evidence["at_approval_rate"][0]["observed_loss_difference"]["value"].is_number());
    let page = folder.read("out/report.html");
    assert!(page.contains("B ranks better than A") && !page.contains("<b>"));
    for name in ["roc", "cap", "swap_set", "migration", "calibration", "psi_over_time"] {
        assert!(folder.read(&format!("out/charts/{name}.svg")).contains("</svg>"), "{name}");
        let png = std::fs::read(folder.path(&format!("out/charts/{name}.png"))).unwrap();
        assert_eq!(&png[1..4], b"PNG", "{name}");
    }
    assert!(folder.path("out/report.xlsx").exists() && folder.path("out/tables/swap_set.csv").exists());
    // The same bytes at any number of threads; the other way around the other signs.
    let first = folder.read("out/evidence.json");
    folder.run(&[&COMPARE[..], &further, &["--threads", "1"]].concat()).succeeds();
    assert_eq!(folder.read("out/evidence.json"), first);
    folder.run(&[&COMPARE[..], &["--score-column", "new,old"]].concat()).succeeds();
    let back = folder.json("out/evidence.json");
    assert_eq!(back["verdict"]["ranking"], "first_ranks_better");
    near(-back["auc_difference"]["value"].as_f64().unwrap(), &difference["value"], 1e-12);
}

#[test]
fn stated_decisions_make_the_swap_set_of_the_hand_case() {
    let case: Value = serde_json::from_str(include_str!("../reference/swap_set_handcase.json")).unwrap();
    let columns = ["old_approve", "new_approve", "bad"].map(|name| numbers(&case["inputs"][name]));
    let rows = (0..10).map(|row| format!("{},{},{}\n", columns[0][row], columns[1][row], columns[2][row]));
    let folder = Folder::new();
    folder.write("scores.csv", "old,new,bad\n".to_owned() + &rows.collect::<String>());
    folder.run(&[&COMPARE[..], &["--approved-columns", "old,new"]].concat()).succeeds();
    let found = &folder.json("out/evidence.json")["swap_set"][0];
    let expected = &case["expected"]["cells_oldnew"];
    for (cell, name) in [("00", "declined_by_both"), ("01", "swap_in"), ("10", "swap_out"), ("11", "approved_by_both")]
    {
        assert_eq!(found[name]["cases"].as_f64(), expected[cell]["n"].as_f64(), "{cell}");
        assert_eq!(found[name]["bads"].as_f64(), expected[cell]["bad"].as_f64(), "{cell}");
    }
}

#[test]
fn two_scorecards_are_compared() {
    let cases = Cases::new(900);
    let train = |folder: &Folder, name: &str, features: &str| {
        folder.write("cases.csv", cases.csv());
        folder.write("card.toml", card_on("", BAD, features).replace("name = \"test\"", &format!("name = \"{name}\"")));
        folder.run(&["train", "card.toml", "--out", name, "--quiet"]).succeeds();
    };
    let folder = Folder::new();
    train(&folder, "old", "[features]\ninclude = [\"age\", \"region\"]\n");
    train(&folder, "new", FEATURES);
    let compare = |second: &str, out: &str, further: &[&str]| {
        let base = ["compare", "old/scorecard.json", second, "--data", "cases.csv", "--out", out, "--quiet"];
        folder.run(&[&base[..], further].concat())
    };
    compare("new/scorecard.json", "out", &["--lang", "zh"]).succeeds();
    let evidence = folder.json("out/evidence.json");
    assert_eq!(evidence["names"], serde_json::json!(["old", "new"]));
    assert_eq!(evidence["features"]["only_second"], serde_json::json!(["income"]));
    assert_eq!(evidence["verdict"]["ranking"], "second_ranks_better");
    let reasons = &evidence["reasons"];
    let pairs: u64 = reasons["pairs"].as_array().unwrap().iter().map(|pair| pair["cases"].as_u64().unwrap()).sum();
    assert_eq!(Some(pairs), reasons["declined_cases"].as_u64());
    assert!(reasons["first_reason_differs"].as_f64().unwrap() > 0.0);
    assert!(folder.read("out/report.html").contains("B 的排序能力优于 A"));
    // A card against itself: nothing differs.
    compare("old/scorecard.json", "same", &[]).succeeds();
    let same = folder.json("same/evidence.json");
    assert_eq!(same["auc_difference"]["value"], 0.0);
    assert_eq!(same["auc_difference"]["p_value"], 1.0);
    assert_eq!(same["swap_set"][0]["swap_in"]["cases"], 0.0);
    assert_eq!(same["reasons"]["reasons_differ"], 0.0);
    assert_eq!(same["migration"]["same_decile"], 1.0);
    // Another outcome: refused, unless one is stated for both.
    let other = card_on("", "column = \"outcome\"\nbad = [\"good\"]", FEATURES);
    folder.write("card.toml", other.replace("name = \"test\"", "name = \"turned\""));
    folder.run(&["train", "card.toml", "--out", "turned", "--quiet"]).succeeds();
    compare("turned/scorecard.json", "refused", &[]).fails(3, &["different outcomes", "--outcome-column"]);
    assert!(!folder.path("refused").exists());
    compare("turned/scorecard.json", "stated", &["--outcome-column", "outcome", "--bad", "bad"]).succeeds();
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let folder = Folder::new();
    folder.write("scores.csv", "old,new,a,b,bad\n1,2,1,0,0\n2,3,0,yes,1\n");
    let run = |further: &[&str]| folder.run(&[&COMPARE[..], further].concat());
    run(&[]).fails(2, &["--score-column"]);
    run(&["--score-column", "old"]).fails(2, &["two columns"]);
    run(&["--score-column", "old,nwe"]).fails(3, &["nwe", "new"]);
    run(&["--score-column", "old,new", "--approval-rate", "70"]).fails(2, &["--approval-rate"]);
    run(&["--approved-columns", "a,b"]).fails(3, &["\"yes\"", "1 (or true)"]);
    folder.is_untouched();
}

#[test]
fn few_cases_are_said_to_be_few() {
    let folder = Folder::new();
    folder.write("scores.csv", "old,new,bad\n1,2,0\n2,3,0\n3,1,0\n");
    folder.run(&[&COMPARE[..], &["--good", "0", "--score-column", "old,new"]].concat()).succeeds();
    let evidence = folder.json("out/evidence.json");
    assert!(evidence["auc_difference"]["not_computed"].as_str().unwrap().contains("no goods, or no bads"));
    assert_eq!(evidence["verdict"]["ranking"], "not_computed");
    assert!(!folder.read("out/evidence.json").contains("NaN"));
}
