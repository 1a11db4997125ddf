//! Each method on small numbers, by hand.

use ndarray::Array2;
use proptest::prelude::*;
use scorewright::rejects::fuzzy::{fuzzy, stacked_errors};
use scorewright::rejects::hard_cut_off::hard_cut_off;
use scorewright::rejects::parcelling::{assign, parcels};
use scorewright::rejects::refit;
use scorewright::rejects::reweighting::weights;

use crate::support::noise;

#[test]
fn weights_by_hand() {
    let accepted = [true, true, true, true, false];
    let probability = [0.5, 0.25, 0.8, 1.0, 0.1];
    // 1/p: 2, 4, 1.25, 1; sum 8.25; scaled to 4.
    let all = weights(&accepted, &[1.0; 5], &probability, 1.0).unwrap();
    for (got, wanted) in all.factors.iter().zip([2.0, 4.0, 1.25, 1.0, 0.0].map(|w| w * 4.0 / 8.25)) {
        assert!((got - wanted).abs() < 1e-15, "{got}");
    }
    assert_eq!((all.cut_at, all.trimmed), (4.0, 0));
    let effective = 8.25 * 8.25 / (4.0 + 16.0 + 1.5625 + 1.0);
    assert!((all.effective - effective).abs() < 1e-12);
    // Three quarters of the weights lie at or below 2: the largest is cut to it.
    let cut = weights(&accepted, &[1.0; 5], &probability, 0.75).unwrap();
    assert_eq!((cut.cut_at, cut.trimmed), (2.0, 1));
    assert_eq!(cut.factors[0], cut.factors[1]);
    assert!((cut.factors.iter().sum::<f64>() - 4.0).abs() < 1e-14);
    // Nobody accepted, or no chance at all: no weights.
    assert!(weights(&[false], &[1.0], &[0.5], 0.99).is_none());
    assert!(weights(&[true], &[1.0], &[0.0], 0.99).is_none());
}

#[test]
fn hard_cut_off_by_hand() {
    // Expected bads 0.9 + 0.5 + 0.5 + 0.1 = 2: the worst and one of the equal two reach it, and equal scores fare equally.
    let cut = hard_cut_off(&[0.5, 0.1, 0.9, 0.5], &[1.0; 4]);
    assert_eq!(cut.bad, [true, false, true, true]);
    assert_eq!(cut.probability, 0.5);
    // Weights count: 3 * 0.9 = 2.7 of the worst, which alone weighs 3.
    assert_eq!(hard_cut_off(&[0.2, 0.9], &[0.1, 3.0]).bad, [false, true]);
}

#[test]
fn parcels_by_hand() {
    // Two bands of 60 accepts and 40 rejects each: bad rates 1/2 and 1/6.
    let rows = 200;
    let score: Vec<f64> = (0..rows).map(f64::from).collect();
    let accepted: Vec<bool> = (0..rows).map(|row| row % 5 < 3).collect();
    let is_bad = |row: i32| row % 5 == 0 && row < 100 || row % 5 == 1 && row % 2 == 0;
    let count = |bad: bool| -> Vec<f64> {
        (0..rows).map(|row| f64::from(u8::from(row % 5 < 3 && is_bad(row) == bad))).collect()
    };
    let bands = parcels(&score, &count(false), &count(true), &accepted, 2);
    assert_eq!(bands.len(), 2);
    assert_eq!((bands[0].from, bands[1].from), (None, Some(100.0)));
    assert_eq!(bands.iter().map(|band| (band.accepts, band.rejects)).collect::<Vec<_>>(), [(60.0, 40), (60.0, 40)]);
    assert_eq!(bands[0].bad_rate, 0.5);
    assert!((bands[1].bad_rate - 1.0 / 6.0).abs() < 1e-15);
    let rejects: Vec<f64> = score.iter().zip(&accepted).filter(|(_, a)| !**a).map(|(s, _)| *s).collect();
    let bads = |factor: f64| assign(&bands, &rejects, factor, 7);
    let in_band =
        |bad: &[bool], first: bool| bad.iter().zip(&rejects).filter(|(b, s)| **b && (**s < 100.0) == first).count();
    // 40 / 2 and 40 / 6; at factor 3 all, and half.
    assert_eq!((in_band(&bads(1.0), true), in_band(&bads(1.0), false)), (20, 7));
    assert_eq!((in_band(&bads(3.0), true), in_band(&bads(3.0), false)), (40, 20));
    // A higher factor only adds bads; the same seed draws the same, another one others.
    assert!(bads(1.0).iter().zip(bads(1.5)).all(|(low, high)| !low || high));
    assert_eq!(bads(1.0), bads(1.0));
    assert_ne!(bads(1.0), assign(&bands, &rejects, 1.0, 8));
    // A band of fewer than 30 accepts joins another: only 80 of the 100 worst, and none of the best, have an outcome.
    let few: Vec<f64> =
        count(false).iter().enumerate().map(|(row, good)| if row < 100 { *good } else { 0.0 }).collect();
    let joined = parcels(&score, &few, &vec![0.0; 200], &accepted, 2);
    assert_eq!((joined.len(), joined[0].rejects), (1, 80));
}

/// Accepts and rejects with two weights of evidence.
fn applicants(accepts: usize, rejects: usize) -> (Array2<f64>, Vec<f64>, Vec<f64>) {
    let rows = accepts + rejects;
    let woe = Array2::from_shape_fn((rows, 2), |(row, column)| {
        ((noise(row, column as u64 + 11) - 0.5) * 4.0).round() / 2.0 - if row >= accepts { 0.4 } else { 0.0 }
    });
    let is_bad = |row: usize| noise(row, 17) < 1.0 / (1.0 + (1.2 + 0.9 * woe[[row, 0]] + 0.6 * woe[[row, 1]]).exp());
    let of = |bad: bool| (0..rows).map(|row| f64::from(u8::from(row < accepts && is_bad(row) == bad))).collect();
    (woe.clone(), of(false), of(true))
}

#[test]
fn fuzzy_with_the_accepts_own_pd_changes_nothing() {
    let (accepts, rejects) = (900, 700);
    let (woe, mut goods, mut bads) = applicants(accepts, rejects);
    let base = refit(woe.view(), &goods, &bads, 0.0, false, None).unwrap();
    let eta =
        |row: usize| base.coefficients[0] + base.coefficients[1] * woe[[row, 0]] + base.coefficients[2] * woe[[row, 1]];
    let pd: Vec<f64> = (accepts..accepts + rejects).map(|row| 1.0 / (1.0 + eta(row).exp())).collect();
    let weights: Vec<f64> = (0..rejects).map(|row| 1.0 + (row % 3) as f64).collect();
    let (good, bad) = fuzzy(&pd, &weights, 1.0);
    goods[accepts..].copy_from_slice(&good);
    bads[accepts..].copy_from_slice(&bad);
    let second = refit(woe.view(), &goods, &bads, 0.0, false, None).unwrap();
    for (first, second) in base.coefficients.iter().zip(&second.coefficients) {
        assert!((first - second).abs() < 1e-9, "{first} {second}");
    }
    // The plain sandwich would claim to know more than accepts tell; the stacked one knows exactly as much.
    let stacked = stacked_errors(&base, &second, woe.view(), rejects, &pd, &weights, 1.0, None);
    for ((first, stacked), naive) in base.standard_errors.iter().zip(&stacked).zip(&second.standard_errors) {
        assert!((first - stacked).abs() < 1e-9, "{first} {stacked}");
        assert!(*naive < 0.8 * first, "{naive} {first}");
    }
}

#[test]
fn stacked_errors_are_what_small_changes_of_weights_do() {
    const SMALL: f64 = 1e-3;
    let (accepts, rejects, factor) = (300, 200, 1.6);
    let (woe, goods, bads) = applicants(accepts, rejects);
    // Both steps, one applicant weighing a little less.
    let two_steps = |less: Option<usize>| {
        let weight = |row: usize| if Some(row) == less { 1.0 - SMALL } else { 1.0 };
        let of = |values: &[f64]| values.iter().enumerate().map(|(row, v)| v * weight(row)).collect::<Vec<f64>>();
        let (mut goods, mut bads) = (of(&goods), of(&bads));
        let base = refit(woe.view(), &goods, &bads, 0.0, false, None).unwrap();
        let eta = |row: usize| {
            base.coefficients[0] + base.coefficients[1] * woe[[row, 0]] + base.coefficients[2] * woe[[row, 1]]
        };
        let pd: Vec<f64> = (accepts..accepts + rejects).map(|row| 1.0 / (1.0 + eta(row).exp())).collect();
        let weights: Vec<f64> = (accepts..accepts + rejects).map(weight).collect();
        let (good, bad) = fuzzy(&pd, &weights, factor);
        goods[accepts..].copy_from_slice(&good);
        bads[accepts..].copy_from_slice(&bad);
        let second = refit(woe.view(), &goods, &bads, 0.0, false, None).unwrap();
        (base, second, pd, weights)
    };
    let (base, second, pd, weights) = two_steps(None);
    assert!(pd.iter().any(|p| factor * p > 1.0) && pd.iter().any(|p| factor * p < 1.0), "both sides of the cap");
    let stacked = stacked_errors(&base, &second, woe.view(), rejects, &pd, &weights, factor, None);
    let mut squares = vec![0.0; 3];
    for row in 0..accepts + rejects {
        let (_, changed, _, _) = two_steps(Some(row));
        for (square, (full, changed)) in squares.iter_mut().zip(second.coefficients.iter().zip(&changed.coefficients)) {
            *square += ((full - changed) / SMALL).powi(2);
        }
    }
    for (stacked, square) in stacked.iter().zip(&squares) {
        assert!((stacked / square.sqrt() - 1.0).abs() < 2e-3, "{stacked} {}", square.sqrt());
    }
}

proptest! {
    #[test]
    fn fuzzy_keeps_the_weight(pd in proptest::collection::vec(0.0..1.0_f64, 1..20), factor in 0.1..5.0_f64) {
        let weights: Vec<f64> = (0..pd.len()).map(|row| 0.5 + row as f64).collect();
        let (goods, bads) = fuzzy(&pd, &weights, factor);
        for (row, weight) in weights.iter().enumerate() {
            prop_assert!(goods[row] >= 0.0 && bads[row] >= 0.0);
            prop_assert!((goods[row] + bads[row] - weight).abs() < 1e-12);
            prop_assert!((bads[row] - weight * (factor * pd[row]).min(1.0)).abs() < 1e-12);
        }
    }

    #[test]
    fn weights_keep_the_accepts_total(
        applicants in proptest::collection::vec((any::<bool>(), 0.01..1.0_f64, 0.5..3.0_f64), 2..40),
        trim in 0.5..=1.0_f64,
    ) {
        let accepted: Vec<bool> = applicants.iter().map(|a| a.0).collect();
        prop_assume!(accepted.contains(&true));
        let probability: Vec<f64> = applicants.iter().map(|a| a.1).collect();
        let case: Vec<f64> = applicants.iter().map(|a| a.2).collect();
        let got = weights(&accepted, &case, &probability, trim).unwrap();
        let total = |factor: &dyn Fn(usize) -> f64| -> f64 {
            (0..case.len()).filter(|row| accepted[*row]).map(|row| case[row] * factor(row)).sum()
        };
        prop_assert!((total(&|row| got.factors[row]) - total(&|_| 1.0)).abs() < 1e-9);
        let accepts = accepted.iter().filter(|a| **a).count() as f64;
        prop_assert!(got.effective <= accepts * 36.0 && got.effective > 0.0);
    }
}
