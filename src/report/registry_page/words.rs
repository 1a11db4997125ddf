//! Moments and files in words.

use chrono::{DateTime, Utc};

use crate::registry::day;

/// A day where it begins, else a moment to the minute; the page says that all times are in UTC.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    match day(at) {
        text if text.len() == "2026-12-31".len() => text,
        _ => minute(at),
    }
}

/// What turns the direction of text around stands as its code: a reader must see what is there.
pub(super) fn straightened(page: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    let mut plain = String::with_capacity(page.len());
    for c in page.chars() {
        match turns(c) {
            true => plain.push_str(&format!("⟨U+{:04X}⟩", u32::from(c))),
            false => plain.push(c),
        }
    }
    plain
}

/// A moment to the minute.
pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// What a file is to a reader.
pub(super) fn file(name: &str) -> String {
    let known = match name {
        "scorecard.json" => "scorecard",
        "evidence.json" => "evidence",
        "report.html" => "report",
        "report.xlsx" => "workbook",
        "model-card.html" => "model card",
        "conclusion.toml" => "conclusion",
        "policy.toml" => "policy",
        other => other.strip_prefix("configuration/").unwrap_or(other),
    };
    known.to_owned()
}
