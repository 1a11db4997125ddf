//! The truth: what comes out agrees with what was stated. Bounds hold for the fixed seeds; they are
//! quantiles that a right program exceeds once in some thousand seeds.

use std::collections::{HashMap, HashSet};

use super::{LENDER, files, ids, lender, month, numbers, simulated, table, texts};
use proptest::prelude::*;
use scorewright::simulation::parameters::{Accounts, Links, Risk};
use scorewright::simulation::rows::Cents;
use scorewright::simulation::traits::{CORRELATIONS, NAMES};
use scorewright::simulation::{Parameters, World};

/// Pearson's correlation.
fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
    let covariance = mean(&|pair| (pair.0 - x) * (pair.1 - y));
    covariance / (mean(&|pair| (pair.0 - x).powi(2)) * mean(&|pair| (pair.1 - y).powi(2))).sqrt()
}

/// PSI of `actual` over the deciles of `expected`.
fn psi(expected: &[f64], actual: &[f64]) -> f64 {
    let mut sorted = expected.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cuts: Vec<f64> = (1..10).map(|decile| sorted[sorted.len() * decile / 10]).collect();
    let shares = |values: &[f64]| {
        let mut counts = [0.0; 10];
        values.iter().for_each(|value| counts[cuts.partition_point(|cut| cut <= value)] += 1.0);
        counts.map(|count| count / values.len() as f64)
    };
    shares(actual).iter().zip(shares(expected)).map(|(a, e)| (a - e) * (a / e).ln()).sum()
}

#[test]
fn defaults_by_decile_of_the_true_pd_agree_with_it() {
    let truth = table(&lender(&LENDER), "truth/applications");
    let mut cases: Vec<(f64, f64)> =
        numbers(&truth, "true_pd_12m").into_iter().zip(numbers(&truth, "defaulted_12m")).collect();
    cases.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut chi_square = 0.0;
    for decile in cases.chunks(cases.len().div_ceil(10)) {
        let sum = |of: &dyn Fn(&(f64, f64)) -> f64| decile.iter().map(of).sum::<f64>();
        let (expected, observed) = (sum(&|case| case.0), sum(&|case| case.1));
        let variance = sum(&|case| case.0 * (1.0 - case.0));
        println!("expected {expected:.1}, observed {observed}");
        chi_square += (observed - expected).powi(2) / variance;
    }
    // 0.999 quantile of chi-square with 10 degrees of freedom.
    assert!(chi_square < 29.6, "chi-square {chi_square}");
}

#[test]
fn the_stated_outcome_is_the_one_in_the_data() {
    let place = lender(&LENDER);
    let accounts = table(&place, "data/accounts");
    let opened: HashMap<i64, i64> = ids(&accounts, "account_id")
        .into_iter()
        .zip(numbers(&accounts, "opened_on").into_iter().map(month))
        .filter(|(_, month)| month + 12 < 24)
        .collect();
    let frame = table(&place, "data/performance");
    let mut defaulted = HashSet::new();
    for ((account, end), days) in
        ids(&frame, "account_id").into_iter().zip(numbers(&frame, "month_end")).zip(numbers(&frame, "days_past_due"))
    {
        if days >= 90.0 && opened.get(&account).is_some_and(|opened| month(end) <= opened + 12) {
            defaulted.insert(account);
        }
    }
    let truth = table(&place, "truth/applications");
    let stated: HashSet<i64> = ids(&truth, "application_id")
        .into_iter()
        .zip(numbers(&truth, "defaulted_12m"))
        .filter_map(|(id, bad)| (bad == 1.0 && opened.contains_key(&id)).then_some(id))
        .collect();
    assert_eq!(defaulted, stated);
    let rate = stated.len() as f64 / opened.len() as f64;
    assert!((0.04..0.08).contains(&rate), "bad rate {rate}");
    let acceptance = accounts.height() as f64 / truth.height() as f64;
    assert!((0.65..0.75).contains(&acceptance), "acceptance {acceptance}");
}

#[test]
fn traits_correlate_as_stated() {
    let truth = table(&lender(&LENDER), "truth/customers");
    let columns: Vec<Vec<f64>> = NAMES.iter().map(|name| numbers(&truth, name)).collect();
    let n = truth.height() as f64;
    for (row, one) in columns.iter().enumerate() {
        let mean = one.iter().sum::<f64>() / n;
        let variance = one.iter().map(|x| x * x).sum::<f64>() / n;
        assert!(mean.abs() < 4.0 / n.sqrt(), "{}: mean {mean}", NAMES[row]);
        assert!((variance - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "{}: variance {variance}", NAMES[row]);
        for (column, other) in columns.iter().enumerate().take(row) {
            let pairs: Vec<(f64, f64)> = one.iter().copied().zip(other.iter().copied()).collect();
            let (stated, found) = (CORRELATIONS[row][column], correlation(&pairs));
            assert!((found - stated).abs() < 4.0 / n.sqrt(), "{} and {}: {found}", NAMES[row], NAMES[column]);
        }
    }
    let safety = numbers(&truth, "safety");
    let variance = safety.iter().map(|x| x * x).sum::<f64>() / n;
    assert!((variance - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "safety: variance {variance}");
}

#[test]
fn the_bureau_knows_as_much_as_stated() {
    let place = lender(&LENDER);
    let truth = table(&place, "truth/customers");
    let safety: HashMap<i64, f64> = ids(&truth, "customer_id").into_iter().zip(numbers(&truth, "safety")).collect();
    let bureau = table(&place, "data/bureau");
    let first: HashMap<i64, f64> =
        ids(&bureau, "customer_id").into_iter().zip(numbers(&bureau, "score")).rev().collect();
    let pairs: Vec<(f64, f64)> = first.iter().map(|(customer, score)| (safety[customer], *score)).collect();
    // The signal is 0.65, the score's own noise an eighth of its deviation.
    let stated = 0.65 * 80.0 / (80.0_f64.powi(2) + 10.0_f64.powi(2)).sqrt();
    let found = correlation(&pairs);
    assert!((found - stated).abs() < 0.03, "{found}, stated {stated}");
    let thin: HashSet<i64> = ids(&truth, "customer_id")
        .into_iter()
        .zip(numbers(&truth, "thin_file"))
        .filter_map(|(id, thin)| (thin == 1.0).then_some(id))
        .collect();
    let known = thin.iter().filter(|id| first.contains_key(id)).count() as f64 / thin.len() as f64;
    assert!((known - 0.15).abs() < 0.03, "{known} of the thin files are known");
}

#[test]
fn cure_rates_show_the_stated_effects() {
    let frame = table(&lender(&LENDER), "truth/treatments");
    let (missed, channel) = (numbers(&frame, "instalments_missed"), texts(&frame, "channel"));
    let [with, without, cured] =
        ["cure_probability", "cure_probability_untreated", "cured"].map(|name| numbers(&frame, name));
    let rows = |name: &str, first: f64, last: f64| -> Vec<usize> {
        (0..frame.height()).filter(|row| channel[*row] == name && (first..=last).contains(&missed[*row])).collect()
    };
    let mean = |rows: &[usize], of: &[f64]| rows.iter().map(|row| of[*row]).sum::<f64>() / rows.len() as f64;
    // Each month's probability is true, whatever the channel.
    for name in ["none", "sms", "call", "visit"] {
        let rows = rows(name, 1.0, 6.0);
        let difference: f64 = rows.iter().map(|row| cured[*row] - with[*row]).sum();
        let variance: f64 = rows.iter().map(|row| with[*row] * (1.0 - with[*row])).sum();
        assert!(difference.abs() < 3.5 * variance.sqrt(), "{name}: {difference} in {} months", rows.len());
    }
    // Treated against control at one instalment missed, where the draw does not depend on anything else.
    let control = rows("none", 1.0, 1.0);
    let treated = rows("call", 1.0, 1.0);
    let (rate, base) = (mean(&treated, &cured), mean(&control, &cured));
    let stated = mean(&treated, &with) - mean(&treated, &without);
    let error = (rate * (1.0 - rate) / treated.len() as f64 + base * (1.0 - base) / control.len() as f64).sqrt();
    println!("call: {rate:.3} against {base:.3}, stated effect {stated:.3}, standard error {error:.3}");
    assert!((rate - base - stated).abs() < 3.5 * error);
    assert!(rate - base > 2.0 * error, "the effect does not show");
    let share = treated.len() as f64 / rows("none", 1.0, 1.0).len() as f64;
    assert!((share - 0.2 / 0.5).abs() < 0.06, "calls to controls: {share}");
}

#[test]
fn rings_share_a_device_and_default_together() {
    let place = lender(&LENDER);
    let truth = table(&place, "truth/customers");
    let rings = numbers(&truth, "ring_id");
    let customers = ids(&truth, "customer_id");
    let mut members: HashMap<i64, Vec<i64>> = HashMap::new();
    for (customer, ring) in customers.iter().zip(&rings).filter(|(_, ring)| !ring.is_nan()) {
        members.entry(*ring as i64).or_default().push(*customer);
    }
    assert!(members.len() >= 5 && members.values().all(|ring| ring.len() == 5), "{members:?}");
    let links = table(&place, "data/links");
    let device: HashMap<i64, String> = ids(&links, "customer_id")
        .into_iter()
        .zip(texts(&links, "kind").into_iter().zip(texts(&links, "value")))
        .filter_map(|(customer, (kind, value))| (kind == "device").then_some((customer, value)))
        .collect();
    for ring in members.values() {
        assert!(ring.iter().all(|member| device[member] == device[&ring[0]]), "{ring:?}");
    }
    let applications = table(&place, "truth/applications");
    let mut share = [(0.0, 0.0); 2];
    for (ring, bad) in numbers(&applications, "ring_id").into_iter().zip(numbers(&applications, "defaulted_12m")) {
        let (count, bads) = &mut share[usize::from(!ring.is_nan())];
        *count += 1.0;
        *bads += bad;
    }
    let [others, in_rings] = share.map(|(count, bads)| bads / count);
    assert!(in_rings > 0.8 && others < 0.3, "{in_rings} in rings, {others} of the others");
}

#[test]
fn drift_moves_the_applicants_and_nothing_else_does() {
    let index = |arguments: &[&str]| {
        let folder = simulated(arguments);
        let frame = table(&lender(&folder), "data/applications");
        let income = numbers(&frame, "declared_income");
        let months: Vec<i64> = numbers(&frame, "applied_on").into_iter().map(month).collect();
        let of = |from: i64, until: i64| -> Vec<f64> {
            income.iter().zip(&months).filter(|(_, m)| (from..until).contains(*m)).map(|(x, _)| *x).collect()
        };
        psi(&of(0, 6), &of(18, 24))
    };
    let with = index(&["--customers", "10000", "--seed", "7", "--drift", "0.5"]);
    let without = index(&["--customers", "10000", "--seed", "7"]);
    assert!(with > 0.1, "PSI {with} with drift");
    assert!(without < 0.03, "PSI {without} without drift");
}

#[test]
fn a_broken_feed_sticks_for_three_months_and_touches_nothing_else() {
    let arguments = ["--customers", "3000", "--seed", "7"];
    let (whole, broken) =
        (simulated(&arguments), simulated(&[&arguments[..], &["--broken-feed", "bureau:2023-03"]].concat()));
    let (before, after) = (files(&lender(&whole)), files(&lender(&broken)));
    let changed: Vec<String> = after
        .iter()
        .filter(|(name, bytes)| before[*name] != **bytes)
        .map(|(name, _)| name.display().to_string())
        .collect();
    assert_eq!(changed, ["data/bureau.parquet", "truth/truth.json"]);
    let frame = table(&lender(&broken), "data/bureau");
    let (scores, inquiries) = (numbers(&frame, "score"), numbers(&frame, "inquiries_6m"));
    let untouched = numbers(&table(&lender(&whole), "data/bureau"), "score");
    let mut hit = 0;
    for (row, day) in numbers(&frame, "event_date").into_iter().enumerate() {
        if (14..17).contains(&month(day)) {
            hit += 1;
            assert!(scores[row] == 612.0 && inquiries[row].is_nan(), "row {row}");
        } else {
            assert!(scores[row] == untouched[row] && !inquiries[row].is_nan(), "row {row}");
        }
    }
    assert!(hit > 200, "{hit} rows");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the parameters: probabilities are probabilities, and the truth is told of everybody.
    #[test]
    fn any_parameters_give_a_consistent_lender(
        (seed, months, steady) in (0..1000_u64, 1..40_u32, any::<bool>()),
        (intercept, safety, frailty) in (-10.0..10.0, -10.0..10.0, 0.0..10.0),
        (miss, slope, close) in (-20.0..20.0, -5.0..5.0, 0.0..0.5),
        (drift, ring_share, ring_size) in (-3.0..3.0, 0.0..1.0, 2..50_u32),
    ) {
        let mut parameters = Parameters { customers: 60, months, seed, steady, drift, ..Parameters::default() };
        parameters.risk = Risk { intercept, safety, frailty, ..Risk::default() };
        parameters.accounts = Accounts { miss, slope, close, ..Accounts::default() };
        parameters.links = Links { ring_share, ring_size, ring_months: 3, family_share: 1.0 - ring_share };
        let rows = World::new(parameters).unwrap().neighbourhood(0);
        let truth = &rows.true_applications;
        prop_assert_eq!(rows.customers.len(), 60);
        prop_assert_eq!(rows.applications.len(), truth.len());
        prop_assert_eq!(rows.accounts.len(), truth.decision.iter().filter(|decision| **decision == "accepted").count());
        prop_assert!(truth.true_pd_12m.iter().all(|pd| (-1e-12..=1.0 + 1e-12).contains(pd)), "{:?}", truth.true_pd_12m);
        prop_assert!(rows.treatments.cure_probability.iter().all(|p| (0.0..=1.0).contains(p)));
        let money = |of: &[Cents]| of.iter().map(|cents| cents.0).sum::<i64>();
        prop_assert_eq!(money(&rows.performance.paid), money(&rows.payments.amount));
        prop_assert!(rows.performance.balance.iter().all(|balance| balance.0 >= 0));
    }
}
