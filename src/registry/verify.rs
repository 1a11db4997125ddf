//! Everything in the registry calculated again from its bytes.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::contents::{check_run, limits_found, scorecard_of};
use super::event::{Action, VersionId};
use super::ledger::{Event, State, broken, day};
use super::{CLOCKS_APART, EVIDENCE, Registry};
use crate::error::{Error, Result};
use crate::progress::Progress;

/// What holds by its bytes, but needs somebody to act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The version it is about; `registry` where it is about none.
    pub version: String,
    /// What is wrong.
    pub what: String,
}

/// What was found to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Events, each with its place in the chain, its signature and the rules of its time.
    pub events: usize,
    /// Files, each by its digest.
    pub files: usize,
    /// Versions, each with scorecard, evidence and configuration that belong together.
    pub versions: usize,
    /// SHA-256 of the first event.
    pub registry: String,
    /// SHA-256 of the last event.
    pub head: String,
    /// Versions in use that should not be.
    pub remarks: Vec<Remark>,
}

/// Verifies a registry whose log was replayed by [`Registry::open`]: every file of every event, in order, by digest and by
/// content. `head`: the digest of an event that was noted earlier, which the log must still hold.
///
/// # Errors
/// [`crate::error::ErrorKind::Registry`], naming the first event or file that does not hold.
pub fn verify(
    registry: &Registry,
    head: Option<&str>,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Verified> {
    let ledger = registry.ledger();
    if let Some(head) = head
        && !ledger.events.iter().any(|event| event.sha256.eq_ignore_ascii_case(head))
    {
        return Err(broken(format!(
            "the log does not hold the event {head}: its end was cut off, or it is another registry's"
        )));
    }
    let mut files = 0;
    progress.begin("verifying files", ledger.events.len());
    for event in &ledger.events {
        files += verified_files(registry, event)?.len();
        progress.advance();
        progress.check()?;
    }
    Ok(Verified {
        events: ledger.events.len(),
        files,
        versions: ledger.versions.len(),
        registry: registry.id().to_owned(),
        head: ledger.events.last().map(|event| event.sha256.clone()).unwrap_or_default(),
        remarks: remarks(registry, now),
    })
}

/// The files of a version hold: asked before anybody signs for it.
pub(super) fn check_version(registry: &Registry, id: &VersionId) -> Result<()> {
    let ledger = registry.ledger();
    let mut events = ledger.version(id).into_iter().flat_map(|version| ledger.counting(version));
    events.try_for_each(|event| verified_files(registry, event).map(|_| ()))
}

/// The files of an event, found to be those that were signed, and to say what the event says of them; none of an event that
/// no longer counts: a thief may sign for files that never were.
///
/// # Errors
/// [`crate::error::ErrorKind::Registry`] and [`crate::error::ErrorKind::Artifact`], naming the event.
pub(super) fn verified_files(registry: &Registry, event: &Event) -> Result<Vec<(String, Vec<u8>)>> {
    let ledger = registry.ledger();
    if !event.counts {
        return Ok(Vec::new());
    }
    let entry = event.entry();
    let place = |e: Error| e.about(&format!("event {}", entry.number));
    let read = |at: usize| -> Result<(String, Vec<u8>)> {
        let record = &entry.action.files()[at];
        Ok((record.name.clone(), registry.file(record).map_err(place)?))
    };
    let contents = (0..entry.action.files().len()).map(read).collect::<Result<Vec<_>>>()?;
    let differs = |what: &str| Err(broken(format!("event {}: {what}", entry.number)));
    match &entry.action {
        Action::Register { version, card_kind, evidence, .. } => {
            let (document, found) = check_run(&contents).map_err(place)?;
            if document.card.name != version.card || document.card.kind != *card_kind {
                return differs("the scorecard is of another card");
            }
            if found != *evidence {
                return differs("what it says about the limits is not what the evidence says");
            }
        }
        Action::Validate { version, evidence, .. } => {
            if let Some((_, bytes)) = contents.iter().find(|(name, _)| name == EVIDENCE) {
                if limits_found(bytes).map_err(place)? != *evidence {
                    return differs("what it says about the limits is not what the evidence says");
                }
                let of = scorecard_of(bytes).map_err(place)?;
                if of.as_deref() != ledger.version(version).map(|version| version.scorecard_sha256.as_str()) {
                    return differs("its evidence is of another scorecard");
                }
            }
        }
        _ => {}
    }
    Ok(contents)
}

/// Versions in use, or about to be, that should not be.
pub fn remarks(registry: &Registry, now: DateTime<Utc>) -> Vec<Remark> {
    let ledger = registry.ledger();
    let mut remarks = Vec::new();
    for event in ledger.events.iter().filter(|event| event.counts && event.entry().at > now + CLOCKS_APART) {
        let about = event.entry().action.version().map_or("registry".to_owned(), ToString::to_string);
        let (number, at) = (event.entry().number, day(event.entry().at));
        remarks.push(Remark {
            version: about,
            what: format!("event {number} is dated {at}, later than this machine's clock"),
        });
    }
    for version in &ledger.versions {
        let mut remark = |what: String| remarks.push(Remark { version: version.id.to_string(), what });
        let is_released = ledger.releases_of(version).next().is_some();
        let lost = version.events.iter().filter_map(|number| ledger.event(*number)).filter(|event| !event.counts);
        for event in lost {
            let why = match ledger.revoked.get(&event.key) {
                Some(by) => format!("its key was revoked by event {by}"),
                None => "the policy that its signer signed under no longer counts".to_owned(),
            };
            remark(format!("event {} ({}) no longer counts: {why}", event.entry().number, event.entry().action.word()));
        }
        if ledger.state(version, now) != State::Released {
            if is_released && !ledger.is_approved(version) && ledger.retired_by(version).is_none() {
                remark("it was released, but its approval no longer counts: it is not in force".to_owned());
            }
            continue;
        }
        if let Some(exception) = ledger.exception(version).filter(|exception| exception.expires <= now) {
            remark(format!("it is in force, but the exception that it rests on expired on {}", day(exception.expires)));
        }
    }
    remarks
}
