//! Events in words.

use super::event::{Action, LimitsFound};
use super::ledger::day;

impl LimitsFound {
    /// How many hold, in words.
    pub fn in_words(&self) -> String {
        match (self.limits, self.failed.len()) {
            (0, _) => "no limits stated".to_owned(),
            (all, 0) => format!("all {all} limits hold"),
            (all, failed) => format!("{failed} of {all} limits do not hold: {}", self.failed.join(", ")),
        }
    }
}

fn noted(what: String, note: &str) -> String {
    if note.is_empty() { what } else { format!("{what}; {note}") }
}

impl Action {
    /// What was done, in words.
    pub fn in_words(&self) -> String {
        match self {
            Action::Policy { file } => format!("brought the policy {}", file.sha256.get(..12).unwrap_or_default()),
            Action::Revoke { key, reason, since } => {
                let since = since.map(|since| format!(" from event {since} on")).unwrap_or_default();
                noted(format!("revoked the key {}{since}", key.get(..12).unwrap_or_default()), reason)
            }
            Action::Register { evidence, note, .. } => noted(format!("registered it; {}", evidence.in_words()), note),
            Action::Validate { files, evidence, exception, note, .. } => {
                let by = if files.is_empty() { "the evidence of training" } else { "evidence of its own" };
                let exception = exception
                    .as_ref()
                    .map(|exception| format!("; exception until {}: {}", day(exception.expires), exception.reason));
                let what = format!("validated it by {by}; {}{}", evidence.in_words(), exception.unwrap_or_default());
                noted(what, note)
            }
            Action::Approve { note, .. } => noted("approved it".to_owned(), note),
            Action::Reject { reason, .. } => noted("rejected it".to_owned(), reason),
            Action::Release { from, until, rollback, .. } => {
                let until = until.map(|until| format!(" until {}", day(until))).unwrap_or_default();
                let word = if rollback.is_some() { "brought it back" } else { "released it" };
                noted(format!("{word} from {}{until}", day(*from)), rollback.as_deref().unwrap_or_default())
            }
            Action::Retire { reason, .. } => noted("retired it".to_owned(), reason),
        }
    }
}
