//! What was done, and files, in words.

use chrono::{DateTime, Utc};

use crate::registry::{Action, LimitsFound, day};

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

/// How limits came out.
pub(super) fn limits(found: &LimitsFound) -> String {
    match (found.limits, found.failed.len()) {
        (0, _) => "no limits stated".to_owned(),
        (all, 0) => format!("all {all} limits hold"),
        (all, failed) => format!("{failed} of {all} limits do not hold: {}", found.failed.join(", ")),
    }
}

/// What was done, and what the signer said about it.
pub(super) fn deed(action: &Action) -> (String, String) {
    let said = |done: String, note: &str| (done, note.to_owned());
    match action {
        Action::Policy { .. } => said("brought a policy into force".to_owned(), ""),
        Action::Revoke { key, reason, since } => {
            let since = since.map(|since| format!("; nothing that it signed from event {since} on counts"));
            let key = key.get(..12).unwrap_or(key);
            said(format!("revoked the key {key}{}", since.unwrap_or_default()), reason)
        }
        Action::Register { evidence, note, .. } => said(format!("registered it; {}", limits(evidence)), note),
        Action::Validate { files, evidence, exception, note, .. } => {
            let by = if files.is_empty() { "the evidence of training" } else { "evidence of its own" };
            let done = format!("validated it by {by}; {}", limits(evidence));
            match exception {
                None => said(done, note),
                Some(exception) => {
                    let words = [exception.reason.as_str(), note.as_str()];
                    let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
                    said(format!("{done}; exception until {}", moment(exception.expires)), &words.join("\n"))
                }
            }
        }
        Action::Approve { note, .. } => said("approved it".to_owned(), note),
        Action::Reject { reason, .. } => said("rejected it".to_owned(), reason),
        Action::Release { from, until, rollback, .. } => {
            let until = until.map(|until| format!(" until {}", moment(until))).unwrap_or_default();
            let word = if rollback.is_some() { "brought it back" } else { "released it" };
            said(format!("{word} from {}{until}", moment(*from)), rollback.as_deref().unwrap_or_default())
        }
        Action::Retire { reason, .. } => said("retired it".to_owned(), reason),
    }
}
