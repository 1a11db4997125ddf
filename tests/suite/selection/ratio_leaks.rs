//! Functions of a ratio outcome are leaks, whatever their AUC; honest features are none.

use scorewright::cases::{FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::leaks::of_features;

use super::{goes, model};
use crate::support::{Folder, card_on, noise};

const ROWS: usize = 800;

/// Ratios between 0.45 and 0.55: the ratio itself has an AUC of little more than 0.5.
fn ratio(row: usize) -> f64 {
    0.45 + 0.1 * noise(row, 1)
}

/// The reasons against a feature.
fn reasons(value: impl Fn(usize) -> f64, ratio: impl Fn(usize) -> f64) -> Vec<String> {
    let mut outcomes = Outcomes::default();
    (0..ROWS).for_each(|row| outcomes.push(OutcomeState::Ratio(ratio(row)), 1.0));
    let values = FeatureValues::Numeric((0..ROWS).map(value).collect());
    let feature = FeatureColumn { name: "x".into(), description: String::new(), values };
    let rows: Vec<u32> = (0..ROWS as u32).collect();
    of_features(&[feature], &outcomes, &rows).into_iter().flat_map(|leak| leak.reasons).collect()
}

#[test]
fn transforms_of_the_ratio() {
    let logit = |row: usize| (ratio(row) / (1.0 - ratio(row))).ln();
    let found = reasons(logit, ratio);
    assert!(found[0].contains("in the same order as the ratio") && found[0].contains("1.000 over 100%"), "{found:?}");
    let loss = |row: usize| 1.0 - ratio(row);
    assert!(reasons(loss, ratio)[0].contains("in the opposite order"));
    // Whether there was a loss at all: two values.
    let full = |row: usize| if noise(row, 2) < 0.3 { 1.0 } else { ratio(row) };
    let event = |row: usize| f64::from(u8::from(full(row) < 1.0));
    let found = reasons(event, full);
    assert!(found.iter().any(|reason| reason.contains("rank agreement 1.000 over 4")), "{found:?}");
    // Up and down again: no order, but the ratio follows from it.
    let x = |row: usize| noise(row, 3);
    let found = reasons(x, |row| 0.5 + 0.05 * (x(row) * 12.0).sin());
    assert!(found.iter().any(|reason| reason.starts_with("it explains 9")), "{found:?}");
    // A few missing values change nothing.
    let some = |row: usize| if row.is_multiple_of(10) { f64::NAN } else { logit(row) };
    assert!(!reasons(some, ratio).is_empty());
}

#[test]
fn honest_features_of_a_ratio() {
    // A correlation of about 0.7.
    assert!(reasons(|row| ratio(row) + 0.1 * noise(row, 4), ratio).is_empty());
    assert!(reasons(|row| noise(row, 4), ratio).is_empty());
    // Values that are each alone explain nothing, and a rare flag orders few pairs.
    assert!(reasons(|row| row as f64, ratio).is_empty());
    assert!(reasons(|row| f64::from(u8::from(row % 100 == 0 && ratio(row) > 0.5)), ratio).is_empty());
    // Ratios of 0 and 1 are goods and bads.
    assert!(reasons(|row| noise(row, 4), |row| f64::from(u8::from(noise(row, 5) < 0.5))).is_empty());
}

#[test]
fn a_card_on_a_ratio_leaves_its_transforms_out() {
    let mut text = String::from("share,logit,band,honest,outcome\n");
    for row in 0..ROWS {
        let ratio = ratio(row);
        let band = ["low", "middle", "high"][((ratio - 0.45) * 29.9) as usize];
        let honest = ratio + 0.15 * noise(row, 4);
        text.push_str(&format!("{ratio},{:.9},{band},{honest:.4},x\n", (ratio / (1.0 - ratio)).ln()));
    }
    let card = card_on(
        "",
        "ratio = \"share\"",
        "[features]\ninclude = [\"logit\", \"band\", \"honest\"]\n[selection]\nmin_iv = 0\nstepwise = \"none\"\n",
    );
    let folder = Folder::with(&text, &card);
    folder.train().succeeds();
    goes(&folder, "logit", "leak", "rank agreement 1.000");
    goes(&folder, "band", "leak", "rank agreement 1.000");
    assert_eq!(model(&folder), ["honest"]);
}
