//! Exceptions with their ends, and people with their keys.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::words;
use crate::error::Result;
use crate::registry::{Action, Ledger, Remark, State};

/// How long before its end an exception is marked.
const SOON: TimeDelta = TimeDelta::days(30);

/// An exception that a validation made.
#[derive(Serialize)]
pub(super) struct ExceptionView {
    version: String,
    event: u64,
    who: String,
    reason: String,
    expires: String,
    state: String,
    /// `green` (holds), `amber` (ends soon), `red` (ended), or nothing where it no longer matters.
    light: &'static str,
    words: String,
    is_soon: bool,
}

/// Every exception, in the order of the log.
pub(super) fn exceptions(ledger: &Ledger, as_of: DateTime<Utc>) -> Vec<ExceptionView> {
    let mut all = Vec::new();
    for event in &ledger.events {
        let Action::Validate { version, exception: Some(exception), .. } = &event.entry().action else { continue };
        let Some(found) = ledger.version(version) else { continue };
        let state = ledger.state(found, as_of);
        let is_last = ledger.validation(found).is_some_and(|last| last.entry().number == event.entry().number);
        let matters = is_last && !matches!(state, State::Retired | State::Rejected);
        let left = exception.expires - as_of;
        let (light, state_of_it) = match (matters, left) {
            (false, _) if !event.counts => ("", "no longer counts: key revoked".to_owned()),
            (false, _) if !is_last => ("", "replaced by a later validation".to_owned()),
            (false, _) => ("", "no longer needed: the version is out of use".to_owned()),
            (_, left) if left <= TimeDelta::zero() => ("red", "expired".to_owned()),
            (_, left) if left <= SOON => ("amber", format!("ends in {}", days(left))),
            _ => ("green", "holds".to_owned()),
        };
        all.push(ExceptionView {
            version: version.to_string(),
            event: event.entry().number,
            who: event.entry().signer.name.clone(),
            reason: exception.reason.clone(),
            expires: words::moment(exception.expires),
            state: state.word().to_owned(),
            light,
            words: state_of_it,
            is_soon: light == "amber",
        });
    }
    all
}

fn days(left: TimeDelta) -> String {
    match left.num_days() {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// Exceptions that end soon, as something to act on; those that ended are remarks of the registry's own.
pub(super) fn soon(exceptions: &[ExceptionView]) -> impl Iterator<Item = Remark> {
    exceptions.iter().filter(|exception| exception.is_soon).map(|exception| Remark {
        version: exception.version.clone(),
        what: format!("the exception that it rests on {} (on {})", exception.words, exception.expires),
    })
}

/// A key, and who has it.
#[derive(Serialize)]
pub(super) struct KeyView {
    who: String,
    roles: String,
    key: String,
    signed: usize,
    state: String,
    is_revoked: bool,
}

/// The keys of the policy in force, and those others that signed events.
pub(super) fn people(ledger: &Ledger) -> Result<Vec<KeyView>> {
    let mut signed: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for event in &ledger.events {
        signed.entry(&event.key).or_insert((0, &event.entry().signer.name)).0 += 1;
    }
    let policy = ledger.policy()?;
    let order = |name: &str| policy.people.iter().position(|person| person.name == name);
    let view = |key: &str, who: &str, roles: String, is_known: bool| {
        let revoked = ledger.revoked.get(key);
        let state = match revoked {
            Some(by) => format!("revoked by event {by}"),
            None if is_known => "in force".to_owned(),
            None => "no longer in the policy".to_owned(),
        };
        let signed = signed.get(key).map_or(0, |(count, _)| *count);
        KeyView { who: who.to_owned(), roles, key: key.to_owned(), signed, state, is_revoked: revoked.is_some() }
    };
    let mut known: Vec<KeyView> = policy
        .keys()
        .map(|(id, person, _)| {
            let roles: Vec<&str> = person.roles.iter().map(String::as_str).collect();
            view(id, &person.name, roles.join(", "), true)
        })
        .collect();
    known.sort_by_key(|key| order(&key.who));
    let gone = signed.iter().filter(|(key, _)| policy.person(key).is_none());
    known.extend(gone.map(|(key, (_, who))| view(key, who, String::new(), false)));
    Ok(known)
}
