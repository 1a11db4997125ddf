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

impl Action {
    /// What was done and what the signer said about it, in words.
    pub fn in_words(&self) -> String {
        let said = self.said().into_iter().map(str::to_owned);
        std::iter::once(self.done()).chain(said).collect::<Vec<_>>().join("; ")
    }

    /// What was done, in words.
    pub fn done(&self) -> String {
        match self {
            Action::Policy { file } => format!("brought the policy {}", file.sha256.get(..12).unwrap_or_default()),
            Action::Revoke { key, since, .. } => {
                let since = since.map(|since| format!("; nothing that it signed from event {since} on counts"));
                format!("revoked the key {}{}", key.get(..12).unwrap_or(key), since.unwrap_or_default())
            }
            Action::Register { evidence, .. } => format!("registered it; {}", evidence.in_words()),
            Action::Validate { files, evidence, exception, .. } => {
                let by = if files.is_empty() { "the evidence of training" } else { "evidence of its own" };
                let until = exception.as_ref().map(|exception| format!("; exception until {}", day(exception.expires)));
                format!("validated it by {by}; {}{}", evidence.in_words(), until.unwrap_or_default())
            }
            Action::Approve { .. } => "approved it".to_owned(),
            Action::Reject { .. } => "rejected it".to_owned(),
            Action::Release { from, until, rollback, .. } => {
                let until = until.map(|until| format!(" until {}", day(until))).unwrap_or_default();
                let word = if rollback.is_some() { "brought it back" } else { "released it" };
                format!("{word} from {}{until}", day(*from))
            }
            Action::Retire { .. } => "retired it".to_owned(),
        }
    }

    /// What the signer said about it: reasons and notes, none of them empty.
    pub fn said(&self) -> Vec<&str> {
        let said = match self {
            Action::Policy { .. } => vec![],
            Action::Validate { exception, note, .. } => {
                vec![exception.as_ref().map_or("", |exception| &exception.reason), note]
            }
            Action::Register { note, .. } | Action::Approve { note, .. } => vec![note.as_str()],
            Action::Revoke { reason, .. } | Action::Reject { reason, .. } | Action::Retire { reason, .. } => {
                vec![reason.as_str()]
            }
            Action::Release { rollback, .. } => vec![rollback.as_deref().unwrap_or_default()],
        };
        said.into_iter().filter(|words| !words.is_empty()).collect()
    }
}
