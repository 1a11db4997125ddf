//! What the words and names of an event may be, whoever signed it: people read them in tables, programs make paths of them.

use std::collections::BTreeSet;

use chrono::Datelike;
use serde_json::Value;

use super::event::{Entry, FileRecord, LimitsFound, VersionId};
use super::ledger::{Ledger, broken, refused};
use crate::error::{Error, ErrorKind, Result, internal};

/// Whether text shows as it is: in one line, without orders to a terminal, in the direction in which it is written.
pub(super) fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// Text is plain, files are named by digest and by a path that stays inside a folder, the time is a time of this age.
///
/// # Errors
/// [`ErrorKind::Refused`].
pub(super) fn check_form(entry: &Entry) -> Result<()> {
    if let Some(text) = first_not_plain(&serde_json::to_value(entry).map_err(internal)?) {
        return Err(refused(
            format!("{text:?} is not plain text in one line"),
            "leave line breaks, tabs and other control characters out",
        ));
    }
    if !(2000..10_000).contains(&entry.at.year()) {
        return Err(refused(format!("an event cannot be of the year {}", entry.at.year()), "set the clock right"));
    }
    let mut names = BTreeSet::new();
    for FileRecord { name, sha256, .. } in entry.action.files() {
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let is_inside = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !is_digest || !is_inside || name.contains(['\\', ':']) {
            return Err(refused(
                format!("{name:?} is no name of a file with its SHA-256"),
                "give the file a name without colons and backslashes",
            ));
        }
        if !names.insert(name) {
            return Err(refused(format!("{name:?} stands twice in one event"), "name each file once"));
        }
    }
    Ok(())
}

fn first_not_plain(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => (!is_plain(text)).then_some(text),
        Value::Array(items) => items.iter().find_map(first_not_plain),
        Value::Object(items) => items.values().find_map(first_not_plain),
        _ => None,
    }
}

impl Ledger {
    /// A registration has the next number, scorecard and evidence, and another scorecard than all before.
    pub(super) fn check_registration(
        &self,
        version: &VersionId,
        files: &[FileRecord],
        evidence: &LimitsFound,
    ) -> Result<()> {
        let next = self.versions.iter().filter(|known| known.id.card == version.card).count() as u32 + 1;
        if version.number != next {
            return Err(broken(format!("{version} is registered where {}/{next} is the next", version.card)));
        }
        match files {
            [scorecard, first_evidence, ..]
                if scorecard.name == super::SCORECARD && first_evidence.sha256 == evidence.sha256 =>
            {
                self.check_new(&scorecard.sha256)
            }
            _ => Err(broken(format!("{version} is registered without scorecard and evidence"))),
        }
    }

    /// No version of this scorecard is registered. A registration that no longer counts does not bar it: a thief could keep
    /// a scorecard out for good otherwise.
    pub(super) fn check_new(&self, scorecard_sha256: &str) -> Result<()> {
        match self.with_scorecard(scorecard_sha256).filter(|known| self.is_registered(known)) {
            Some(known) => {
                Err(Error::new(ErrorKind::Duplicate, format!("this scorecard is registered already, as {}", known.id))
                    .help(format!("see what is next: scorewright show {}", known.id)))
            }
            None => Ok(()),
        }
    }
}
