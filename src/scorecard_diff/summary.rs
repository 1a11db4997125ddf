//! What a committee reads first.

use super::{Fate, ScorecardDifference, Side, measure_name};
use crate::suggest;

/// The sentences.
pub(super) fn summary(a: &Side, b: &Side, difference: &ScorecardDifference) -> Vec<String> {
    let mut sentences = Vec::new();
    let (card_a, card_b) = (&a.document.card.name, &b.document.card.name);
    if card_a != card_b {
        sentences.push(format!("these are different cards: A is {card_a}, B is {card_b}"));
    }
    if difference.same {
        sentences.push(match a.scorecard_sha256 == b.scorecard_sha256 {
            true => "nothing differs: it is the same scorecard".to_owned(),
            false => "nothing differs in content".to_owned(),
        });
    }
    sentences.extend(of_features(difference));
    for measure in difference.measures.iter().filter(|measure| measure.measure == "auc") {
        let (Some(before), Some(after)) = (measure.values.a, measure.values.b) else { continue };
        let (before, after) = figures(before.value, after.value, 3);
        let overlap = match measure.intervals_overlap {
            Some(true) => "intervals overlap",
            Some(false) => "intervals do not overlap",
            None => "without intervals",
        };
        let cases = if measure.same_cases == Some(false) { "; other cases" } else { "" };
        let name = measure_name(measure.measure);
        sentences.push(format!("{name} {} {before} -> {after} ({overlap}{cases})", measure.sample));
    }
    let held = difference.parts.iter().filter(|part| part.part == "limits that hold").flat_map(|part| &part.changes);
    for change in held {
        let word = |value: &Option<serde_json::Value>| {
            value.as_ref().and_then(|value| value.as_str()).unwrap_or("is not stated").to_owned()
        };
        sentences.push(format!(
            "limit {}: {} in A, {} in B",
            change.what,
            word(&change.values.a),
            word(&change.values.b)
        ));
    }
    for (side, signed) in [("A", &a.signed), ("B", &b.signed)] {
        if let Some(exception) = signed.get("exception") {
            sentences.push(format!("{side} rests on an exception {exception}"));
        }
    }
    let told = ["limits that hold", "signed", "verification cases", "lineage"];
    let parts: Vec<&str> =
        difference.parts.iter().map(|part| part.part.as_str()).filter(|part| !told.contains(part)).collect();
    if !parts.is_empty() {
        sentences.push(format!("differ as well: {}", parts.join(", ")));
    }
    sentences
}

fn of_features(difference: &ScorecardDifference) -> Vec<String> {
    let of = |fate: Fate| difference.features.iter().filter(move |feature| feature.fate == fate);
    let mut words = Vec::new();
    for (fate, word) in [(Fate::Came, "came"), (Fate::Went, "went"), (Fate::Changed, "changed")] {
        let names: Vec<&str> = of(fate).map(|feature| feature.feature.as_str()).collect();
        let count = names.len();
        if count > 0 {
            let noun = match (words.is_empty(), count) {
                (false, _) => "",
                (true, 1) => " feature",
                (true, _) => " features",
            };
            words.push(format!("{count}{noun} {word} ({})", suggest::list(names)));
        }
    }
    if words.is_empty() {
        return Vec::new();
    }
    let mut sentences = vec![words.join(", ")];
    let bins = || of(Fate::Changed).flat_map(|feature| &feature.bins);
    let moved: Vec<f64> = bins().filter_map(|bin| bin.points_moved()).map(f64::abs).collect();
    let noun = |count: usize| if count == 1 { "bin" } else { "bins" };
    if let Some(most) = moved.iter().copied().reduce(f64::max) {
        sentences.push(format!("{} {} changed points by up to {}", moved.len(), noun(moved.len()), plain(most)));
    }
    let others = bins().filter(|bin| !bin.is_in_both()).count();
    if others > 0 {
        sentences.push(format!("{others} {} of changed features only on one side", noun(others)));
    }
    sentences
}

fn plain(value: f64) -> String {
    if value.fract() == 0.0 { value.to_string() } else { format!("{value:.2}") }
}

/// Two numbers with as few decimals, from `decimals` on, as tell them apart.
pub(crate) fn figures(a: f64, b: f64, decimals: usize) -> (String, String) {
    let with = |decimals: usize| (format!("{a:.decimals$}"), format!("{b:.decimals$}"));
    let shown = (decimals..=12).map(with).find(|(shown_a, shown_b)| a == b || shown_a != shown_b);
    shown.unwrap_or_else(|| (a.to_string(), b.to_string()))
}
