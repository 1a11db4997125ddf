//! The difference of two runs' bins, for a terminal of 80 columns.

use std::fmt::Write;

use super::terminal::{Letters, fit, quoted, trend_word, wrapped};
use crate::bins_diff::{BinDiff, BinsDiff, FeatureDiff, Pair};

/// Columns of a bin's label.
pub(super) const LABEL: usize = 27;

/// The difference as text.
pub fn diff_text(diff: &BinsDiff, letters: Letters) -> String {
    let mut text = String::new();
    for (name, run) in [("A", &diff.runs.a), ("B", &diff.runs.b)] {
        let Some(run) = run else { continue };
        let edits = match &run.edits_sha256 {
            Some(digest) => format!("edits {}", digest.get(..12).unwrap_or(digest)),
            None => "no edits".to_owned(),
        };
        let _ =
            writeln!(text, "{name}: {} ({}), {} features, {edits}", run.directory.display(), run.card, run.features);
    }
    for feature in &diff.changed {
        text.push('\n');
        text.push_str(&feature_text(feature, letters));
    }
    if diff.changed.is_empty() {
        text.push_str("\nthe bins are the same\n");
    } else if !diff.unchanged.is_empty() {
        let _ = writeln!(text, "\nthe same in both: {}", diff.unchanged.join(", "));
    }
    text
}

fn feature_text(feature: &FeatureDiff, letters: Letters) -> String {
    let place = match (feature.in_card.a, feature.in_card.b) {
        (None, _) => "came: only B has it",
        (_, None) => "went: only A has it",
        (Some(true), Some(true)) => "in both cards",
        (Some(true), Some(false)) => "only in the card of A",
        (Some(false), Some(true)) => "only in the card of B",
        (Some(false), Some(false)) => "in neither card",
    };
    let mut text = format!("{}: {place}\n", feature.feature);
    let value = change(&feature.information_value, |value| format!("{value:.4}"));
    let bins = change(&feature.bins, ToString::to_string);
    let is_in_both = |row: &BinDiff| row.share.a.is_some() && row.share.b.is_some();
    let same = if feature.rows.iter().all(is_in_both) { ", the same" } else { "" };
    let _ = write!(text, "  IV {value}; bins {bins}{same}");
    if feature.trend.a.is_some() || feature.trend.b.is_some() {
        let _ = write!(text, "; trend {}", change(&feature.trend, |trend| trend_word(Some(*trend)).to_owned()));
    }
    text.push('\n');
    let list = |cuts: &[f64]| cuts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    for (word, cuts) in [("gone", &feature.cuts_gone), ("new", &feature.cuts_new)] {
        if !cuts.is_empty() {
            let _ = writeln!(text, "  cuts {word}: {}", list(cuts));
        }
    }
    for (word, groups) in [("gone", &feature.groups_gone), ("new", &feature.groups_new)] {
        for group in groups {
            let mut words = quoted(group);
            if let Some(last) = words.last_mut() {
                last.push(']');
            }
            text.push_str(&wrapped(&format!("  group {word}: ["), &words));
        }
    }
    let _ = writeln!(text, "{}", bins_heading(letters));
    for row in &feature.rows {
        let _ = writeln!(text, "{}", bin_text(row, letters));
    }
    text
}

/// The head of the columns of [`bin_text`].
pub(super) fn bins_heading(letters: Letters) -> String {
    format!("  {} share A share B   WOE A   WOE B points A points B", fit("bin", LABEL, letters))
}

/// A bin in both runs, after two blanks.
pub(super) fn bin_text(row: &BinDiff, letters: Letters) -> String {
    let share = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{:.1}%", value * 100.0));
    let woe = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{:.3}", value + 0.0));
    let points = |value: Option<f64>| {
        value.map_or(
            "-".to_owned(),
            |value| {
                if value.fract() == 0.0 { value.to_string() } else { format!("{value:.2}") }
            },
        )
    };
    format!(
        "  {} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8}",
        fit(&row.label, LABEL, letters),
        share(row.share.a),
        share(row.share.b),
        woe(row.woe.a),
        woe(row.woe.b),
        points(row.points.a),
        points(row.points.b)
    )
}

/// `x`, or `x -> y` where they differ.
pub(super) fn change<T>(pair: &Pair<T>, words: impl Fn(&T) -> String) -> String {
    let word = |value: &Option<T>| value.as_ref().map_or("-".to_owned(), &words);
    let (a, b) = (word(&pair.a), word(&pair.b));
    if a == b { a } else { format!("{a} -> {b}") }
}
