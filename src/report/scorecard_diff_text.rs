//! The difference of two scorecards, for a terminal of 80 columns.

use std::fmt::Write;

use serde_json::Value;

use super::diff_text::{LABEL, bin_text, bins_heading, change};
use super::terminal::{Letters, WIDTH, printable, quoted, wrapped};
use crate::bins_diff::Pair;
use crate::scorecard_diff::{
    BinDifference, Change, Fate, FeatureDifference, MeasureDifference, MeasureValue, ScorecardDifference, figures,
    measure_name,
};

/// Most changes of a part that are shown.
const MOST_CHANGES: usize = 30;
/// Most lines of a file that are shown.
const MOST_LINES: usize = 200;
/// Most letters of a value that are shown.
const MOST_LETTERS: usize = 400;

/// The difference as text.
pub fn scorecard_diff_text(difference: &ScorecardDifference, letters: Letters) -> String {
    let mut text = String::new();
    for (name, side) in [("A", &difference.sides.a), ("B", &difference.sides.b)] {
        let Some(side) = side else { continue };
        let digest = side.scorecard_sha256.get(..12).unwrap_or_default();
        let head = printable(&format!("{name}: {}; scorecard {digest}; {}", side.name, side.standing));
        paragraph(&mut text, "", "   ", &head);
    }
    text.push('\n');
    for sentence in &difference.summary {
        paragraph(&mut text, "- ", "  ", &printable(sentence));
    }
    for note in &difference.notes {
        paragraph(&mut text, "note: ", "      ", note);
    }
    measures(&mut text, &difference.measures);
    if !difference.features.is_empty() {
        text.push_str("\nfeatures (bins: - only in A, + only in B, * other points, ~ other figures)\n");
        difference.features.iter().for_each(|feature| feature_text(&mut text, feature, letters));
        if !difference.same_features.is_empty() {
            text.push_str(&wrapped("  the same in both: ", &difference.same_features));
        }
    }
    for part in &difference.parts {
        let _ = writeln!(text, "\n{}", part.part);
        changes(&mut text, "  ", &part.changes);
    }
    for file in &difference.files {
        let names = change(&file.names, |name| printable(name));
        let _ = writeln!(text, "\nconfiguration of the {}: {names}", file.file);
        lines(&mut text, "  ", &file.lines);
    }
    if !difference.unchanged.is_empty() && !difference.same {
        text.push('\n');
        text.push_str(&wrapped("the same in both: ", &difference.unchanged));
    }
    text
}

fn measures(text: &mut String, measures: &[MeasureDifference]) {
    if !measures.is_empty() {
        text.push_str("\nmeasures, with 95% intervals\n");
    }
    let mut sample = None;
    for measure in measures {
        if sample != Some(&measure.sample) {
            let cases = if measure.same_cases == Some(false) { ": other cases in A than in B" } else { "" };
            let _ = writeln!(text, "  {}{cases}", printable(&measure.sample));
            sample = Some(&measure.sample);
        }
        let [a, b] = measure_values(measure);
        let apart = if measure.intervals_overlap == Some(false) { " apart" } else { "" };
        let line = format!("    {:<21} {a:<24} {b:<23}{apart}", measure_name(measure.measure));
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// A measure's values in A and B, with as many decimals as tell them apart.
pub(super) fn measure_values(measure: &MeasureDifference) -> [String; 2] {
    let Pair { a, b } = measure.values;
    let is_count = |value: &MeasureValue| value.value.fract() == 0.0 && value.low.is_none();
    let decimals = if [a, b].iter().flatten().all(is_count) { 0 } else { 4 };
    let with_interval = |value: Option<MeasureValue>, shown: String| match value {
        None => "-".to_owned(),
        Some(MeasureValue { low: Some(low), high: Some(high), .. }) => format!("{shown} ({low:.4}, {high:.4})"),
        Some(_) => shown,
    };
    let number = |value: Option<MeasureValue>| value.map(|value| value.value);
    let (shown_a, shown_b) =
        figures(number(a).or(number(b)).unwrap_or(0.0), number(b).or(number(a)).unwrap_or(0.0), decimals);
    [with_interval(a, shown_a), with_interval(b, shown_b)]
}

fn feature_text(text: &mut String, feature: &FeatureDifference, letters: Letters) {
    let fate = match feature.fate {
        Fate::Came => "came: only in B",
        Fate::Went => "went: only in A",
        Fate::Changed => "changed",
    };
    let _ = writeln!(text, "  {}: {fate}", printable(&feature.feature));
    changes(text, "    ", &feature.changes);
    if feature.fate == Fate::Changed && feature.bins.iter().all(|bin| bin.changes.is_empty() && bin.is_in_both()) {
        return;
    }
    let _ = writeln!(text, "{}", bins_heading(letters));
    for bin in &feature.bins {
        let _ = writeln!(text, "{}{}", mark(bin), &bin_text(&bin.figures, letters)[1..]);
        for change in &bin.changes {
            // Counts, WOE and points stand in the row, as share of cases where not as such.
            if !["cases", "goods", "bads", "woe", "points"].contains(&change.what.as_str()) {
                one_change(text, "      ", change);
            }
        }
        // A label says it all where it is the one category, and stands whole.
        if bin.categories.len() > 1 || bin.categories.iter().any(|_| bin.figures.label.chars().count() > LABEL) {
            text.push_str(&wrapped("      ", &quoted(&bin.categories)));
        }
    }
}

/// What became of a bin, as a letter.
pub(super) fn mark(bin: &BinDifference) -> char {
    match (bin.figures.share.a, bin.figures.share.b) {
        (_, None) => '-',
        (None, _) => '+',
        _ if bin.points_moved().is_some() => '*',
        _ if bin.changes.is_empty() => ' ',
        _ => '~',
    }
}

fn changes(text: &mut String, indent: &str, changes: &[Change]) {
    changes.iter().take(MOST_CHANGES).for_each(|change| one_change(text, indent, change));
    if changes.len() > MOST_CHANGES {
        let _ = writeln!(text, "{indent}and {} more (--json has all)", changes.len() - MOST_CHANGES);
    }
}

fn one_change(text: &mut String, indent: &str, change: &Change) {
    let what = printable(&change.what);
    let name = if what.is_empty() { String::new() } else { format!("{what}: ") };
    if !change.lines.is_empty() {
        let _ = writeln!(text, "{indent}{what}:");
        return lines(text, &format!("{indent}  "), &change.lines);
    }
    let [a, b] = change_values(change);
    let one_sided = match (&change.values.a, &change.values.b) {
        (Some(_), None) => Some(('-', &a)),
        (None, Some(_)) => Some(('+', &b)),
        _ => None,
    };
    if let Some((sign, value)) = one_sided {
        return paragraph(text, &format!("{indent}{sign} "), &format!("{indent}    "), &format!("{name}{value}"));
    }
    let whole = format!("{indent}{name}{a} -> {b}");
    if unicode_width::UnicodeWidthStr::width(whole.as_str()) <= WIDTH {
        let _ = writeln!(text, "{whole}");
        return;
    }
    if !what.is_empty() {
        let _ = writeln!(text, "{indent}{what}:");
    }
    for (sign, value) in [("-", a), ("+", b)] {
        paragraph(text, &format!("{indent}  {sign} "), &format!("{indent}    "), &value);
    }
}

/// The values of a change as people read them, cut where they are long.
pub(super) fn change_values(change: &Change) -> [String; 2] {
    let Pair { a, b } = &change.values;
    if let (Some(a), Some(b)) = (a.as_ref().and_then(Value::as_f64), b.as_ref().and_then(Value::as_f64)) {
        let whole = a.fract() == 0.0 && b.fract() == 0.0;
        let (a, b) = figures(a, b, if whole { 0 } else { 4 });
        return [a, b];
    }
    let word = |value: &Option<Value>| {
        let text = printable(&value.as_ref().map_or("none".to_owned(), in_words));
        match text.char_indices().nth(MOST_LETTERS) {
            Some((at, _)) => format!("{}... (--json has all)", &text[..at]),
            None => text,
        }
    };
    [word(a), word(b)]
}

/// A value without the signs of JSON; of an object, its members.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        // Of a digest as much as tells it from others.
        Value::String(text) if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
            format!("{}...", &text[..12])
        }
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(number) if number.fract() != 0.0 => figures(number, number, 4).0,
            Some(number) => number.to_string(),
            None => number.to_string(),
        },
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("{name} {}", in_words(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// The lines of a unified diff, each in one line of the terminal.
fn lines(text: &mut String, indent: &str, lines: &[String]) {
    for line in lines.iter().take(MOST_LINES) {
        let _ = writeln!(text, "{indent}{}", printable(&line.replace('\t', "    ")).trim_end());
    }
    if lines.len() > MOST_LINES {
        let _ = writeln!(text, "{indent}and {} more lines (--json has all)", lines.len() - MOST_LINES);
    }
}

/// Words in lines of the terminal's width: `first` before the first line, `others` before the others.
fn paragraph(text: &mut String, first: &str, others: &str, words: &str) {
    let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in words.split(' ') {
        if !is_empty && width(&line) + 1 + width(word) > WIDTH {
            let _ = writeln!(text, "{}", line.trim_end());
            line = others.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(text, "{}", line.trim_end());
}
