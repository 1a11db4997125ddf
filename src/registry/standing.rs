//! Where versions stand: states, releases, what is in force, and who must do what next.

use chrono::{DateTime, Utc};
use scorewright_runtime::Scorecard;

use super::event::{Action, Exception, LimitsFound, VersionId};
use super::ledger::{Event, Ledger, ReleaseOf, State, Version, broken, day};
use super::policy::Policy;
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

impl Ledger {
    /// The version of an id.
    pub fn version(&self, id: &VersionId) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == *id)
    }

    pub(super) fn known(&self, id: &VersionId) -> Result<&Version> {
        self.version(id).ok_or_else(|| {
            let names: Vec<String> = self.versions.iter().map(|version| version.id.to_string()).collect();
            let error = Error::new(ErrorKind::UnknownVersion, format!("the registry has no version {id}"));
            match names.is_empty() {
                true => error.help("it is empty: register a run first (scorewright register RUN)"),
                false => {
                    error.help(suggest::did_you_mean(&id.to_string(), "versions", names.iter().map(String::as_str)))
                }
            }
        })
    }

    /// The version that `text` names: `CARD/NUMBER`, or the SHA-256 of its scorecard.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownVersion`], with the nearest.
    pub fn find(&self, text: &str) -> Result<&Version> {
        if let Some(version) = self.with_scorecard(&text.to_lowercase()) {
            return Ok(version);
        }
        let named = self.versions.iter().find(|version| version.id.to_string() == text);
        match (named, text.rsplit_once('/').and_then(|(card, number)| Some((card, number.parse().ok()?)))) {
            (Some(version), _) => Ok(version),
            (None, Some((card, number))) => self.known(&VersionId { card: card.to_owned(), number }),
            (None, None) => {
                let names: Vec<String> = self.versions.iter().map(|version| version.id.to_string()).collect();
                let help =
                    match names.iter().rev().find(|name| name.rsplit_once('/').is_some_and(|(card, _)| card == text)) {
                        Some(latest) => format!("a version is CARD/NUMBER; the latest of this card is {latest}"),
                        None => format!(
                            "a version is CARD/NUMBER; {}",
                            suggest::did_you_mean(text, "versions", names.iter().map(String::as_str))
                        ),
                    };
                Err(Error::new(ErrorKind::UnknownVersion, format!("the registry has no version {text:?}")).help(help))
            }
        }
    }

    /// The version of a scorecard, by the digest of its canonical bytes.
    ///
    /// # Errors
    /// What JSON cannot carry.
    pub fn of_scorecard(&self, card: &Scorecard) -> Result<Option<&Version>> {
        Ok(self.with_scorecard(&sha256(&card.document().to_json()?)))
    }

    /// The version of a scorecard by its SHA-256; of two, the last: the first no longer counts.
    pub(super) fn with_scorecard(&self, scorecard_sha256: &str) -> Option<&Version> {
        self.versions.iter().rfind(|version| version.scorecard_sha256 == scorecard_sha256)
    }

    /// The events about a version that count.
    pub fn counting<'a>(&'a self, version: &'a Version) -> impl DoubleEndedIterator<Item = &'a Event> {
        version.events.iter().filter_map(|number| self.event(*number)).filter(|event| event.counts)
    }

    /// Approvals that count, in order: those after a validation that counts, too.
    pub fn approvals<'a>(&'a self, version: &'a Version) -> Vec<&'a Event> {
        self.counting(version)
            .skip_while(|event| !matches!(event.entry().action, Action::Validate { .. }))
            .filter(|event| matches!(event.entry().action, Action::Approve { .. }))
            .collect()
    }

    /// The last validation that counts.
    pub fn validation<'a>(&'a self, version: &'a Version) -> Option<&'a Event> {
        self.counting(version).rfind(|event| matches!(event.entry().action, Action::Validate { .. }))
    }

    /// The exception that a version rests on.
    pub fn exception<'a>(&'a self, version: &'a Version) -> Option<&'a Exception> {
        match &self.validation(version)?.entry().action {
            Action::Validate { exception, .. } => exception.as_ref(),
            _ => None,
        }
    }

    /// The evidence of training.
    pub(super) fn registered_evidence(&self, id: &VersionId) -> Result<&LimitsFound> {
        let version = self.known(id)?;
        let first = version.events.first().and_then(|number| self.event(*number));
        match first.map(|event| &event.entry().action) {
            Some(Action::Register { evidence, .. }) => Ok(evidence),
            _ => Err(broken(format!("{id} was never registered"))),
        }
    }

    /// The roles of the policy in force whose approval is missing; none of a version that was approved in its time.
    pub fn missing_approvals(&self, version: &Version) -> Vec<String> {
        let wanted: &[String] = self.policy.as_ref().map_or(&[], |policy| &policy.approve);
        let approvals = self.approvals(version);
        let is_given = |role: &String, given: &[&Event]| given.iter().any(|event| event.entry().signer.role == *role);
        // A policy that asks for more does not undo what an earlier one had approved.
        let was_complete = (1..=approvals.len()).any(|count| {
            let given = &approvals[..count];
            let policy = given.last().and_then(|event| self.policy_at(event.entry().number));
            policy.is_some_and(|policy| policy.approve.iter().all(|role| is_given(role, given)))
        });
        match was_complete {
            true => Vec::new(),
            false => wanted.iter().filter(|role| !is_given(role, &approvals)).cloned().collect(),
        }
    }

    /// Whether a version has its validation and every approval.
    pub fn is_approved(&self, version: &Version) -> bool {
        self.is_registered(version) && self.validation(version).is_some() && self.missing_approvals(version).is_empty()
    }

    pub(super) fn is_registered(&self, version: &Version) -> bool {
        version.events.first().and_then(|number| self.event(*number)).is_some_and(|event| event.counts)
    }

    /// The event that retired a version for good.
    pub fn retired_by<'a>(&'a self, version: &'a Version) -> Option<&'a Event> {
        self.counting(version).find(|event| matches!(event.entry().action, Action::Retire { .. }))
    }

    /// The releases of a version that count, in order.
    pub fn releases_of<'a>(&'a self, version: &'a Version) -> impl DoubleEndedIterator<Item = ReleaseOf> {
        self.counting(version).filter_map(|event| match &event.entry().action {
            Action::Release { from, until, .. } => Some(ReleaseOf {
                number: event.entry().number,
                version: version.id.clone(),
                from: *from,
                until: *until,
            }),
            _ => None,
        })
    }

    /// The versions of a card, in the order of registration.
    fn of_card(&self, card: &str) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(move |version| version.id.card == card)
    }

    /// The releases of a card that count, in order.
    pub fn releases(&self, card: &str) -> Vec<ReleaseOf> {
        let mut releases: Vec<ReleaseOf> = self.of_card(card).flat_map(|version| self.releases_of(version)).collect();
        releases.sort_by_key(|release| release.number);
        releases
    }

    /// The release of a card that counts at a moment, whether its version is still fit to be used or not: the last to
    /// begin, and of those that begin together the last to be signed. One that was retired before it began never did.
    fn last_release(&self, card: &str, at: DateTime<Utc>) -> Option<ReleaseOf> {
        self.begun(card, at).pop()
    }

    /// The releases of a card that have begun, each before the one that took its place.
    fn begun(&self, card: &str, at: DateTime<Utc>) -> Vec<ReleaseOf> {
        let of_version = |version| {
            let retired = self.retired_by(version).map(|event| event.entry().at);
            let is_cancelled = move |release: &ReleaseOf| retired.is_some_and(|retired| retired < release.from);
            self.releases_of(version).filter(move |release| release.from <= at && !is_cancelled(release))
        };
        let mut begun: Vec<ReleaseOf> = self.of_card(card).flat_map(of_version).collect();
        begun.sort_by_key(|release| (release.from, release.number));
        begun
    }

    /// How a version that is retired, but not for good, came out of use: its last release ran out or made way for the next.
    fn how_over(&self, version: &Version, at: DateTime<Utc>) -> Option<String> {
        let begun = self.begun(&version.id.card, at);
        let last = begun.iter().rposition(|release| release.version == version.id)?;
        let (own, next) = (&begun[last], begun.get(last + 1));
        match (own.until.filter(|until| next.is_none_or(|next| *until <= next.from)), next) {
            (Some(until), _) => Some(format!(", expired on {}", day(until))),
            (None, Some(next)) => Some(format!(", replaced by {} on {}", next.version, day(next.from))),
            (None, None) => None,
        }
    }

    /// The release in force of a card at a moment: at most one.
    pub fn in_force(&self, card: &str, at: DateTime<Utc>) -> Option<ReleaseOf> {
        let last = self.last_release(card, at)?;
        let version = self.version(&last.version)?;
        let is_retired = self.retired_by(version).is_some_and(|event| event.entry().at <= at);
        let is_over = last.until.is_some_and(|until| until <= at);
        (!is_retired && !is_over && self.is_approved(version)).then_some(last)
    }

    /// Where a version stands at a moment.
    pub fn state(&self, version: &Version, at: DateTime<Utc>) -> State {
        let is_rejected = self.counting(version).any(|event| matches!(event.entry().action, Action::Reject { .. }));
        if is_rejected || !self.is_registered(version) {
            return State::Rejected;
        }
        if self.retired_by(version).is_some() {
            return State::Retired;
        }
        if !self.is_approved(version) {
            return if self.validation(version).is_some() { State::Validated } else { State::Candidate };
        }
        let own: Vec<ReleaseOf> = self.releases_of(version).collect();
        let is_in_force = self.in_force(&version.id.card, at).is_some_and(|release| release.version == version.id);
        match own.iter().any(|release| release.from > at) || is_in_force {
            true => State::Released,
            false if own.is_empty() => State::Approved,
            false => State::Retired,
        }
    }

    /// A version's state in words, with its moments: `released, in force since 2026-12-01`.
    pub fn in_words(&self, version: &Version, at: DateTime<Utc>) -> String {
        let state = self.state(version, at);
        let card = &version.id.card;
        let detail = match state {
            State::Candidate => String::new(),
            State::Validated => format!(", {} still to approve", self.missing_approvals(version).join(" and ")),
            State::Approved => ", not released".to_owned(),
            State::Released => match self.in_force(card, at).filter(|release| release.version == version.id) {
                Some(release) => match release.until {
                    None => format!(", in force since {}", day(release.from)),
                    Some(until) => format!(", in force since {} until {}", day(release.from), day(until)),
                },
                None => {
                    let next = self.releases_of(version).rfind(|release| release.from > at);
                    next.map(|release| format!(", in force from {}", day(release.from))).unwrap_or_default()
                }
            },
            State::Retired => match self.retired_by(version) {
                Some(event) => format!(" for good on {}", day(event.entry().at)),
                None => self.how_over(version, at).unwrap_or_default(),
            },
            State::Rejected if !self.is_registered(version) => ": its registration no longer counts".to_owned(),
            State::Rejected => " for good".to_owned(),
        };
        format!("{}{detail}", state.word())
    }

    /// Who must do what next.
    ///
    /// # Errors
    /// [`ErrorKind::Registry`] in a log without a policy.
    pub fn step(&self, version: &Version, at: DateTime<Utc>) -> Result<Step> {
        let policy = self.policy()?;
        let id = &version.id;
        let step =
            |who: Vec<String>, what: &str, command: String| Step { who: Some(who), what: what.to_owned(), command };
        let others = |role: &str| -> Vec<String> {
            let done: Vec<&str> = version
                .events
                .iter()
                .filter_map(|number| self.event(*number))
                .map(|event| event.entry().signer.name.as_str())
                .collect();
            self.who_can_sign(policy, role).into_iter().filter(|name| !done.contains(&name.as_str())).collect()
        };
        Ok(match self.state(version, at) {
            State::Candidate => {
                let command = format!("scorewright approve {id} --as validator --key KEY.pem [--evidence VALIDATION]");
                step(others(super::VALIDATOR), "validates it", command)
            }
            State::Validated => {
                let role = self.missing_approvals(version).into_iter().next().unwrap_or_default();
                let command = format!("scorewright approve {id} --as {role} --key KEY.pem");
                step(others(&role), "approves it", command)
            }
            State::Approved => {
                let mut who: Vec<String> =
                    policy.release.iter().flat_map(|role| self.who_can_sign(policy, role)).collect();
                who.sort();
                who.dedup();
                step(who, "releases it", format!("scorewright release {id} --key KEY.pem [--from DAY]"))
            }
            State::Released => {
                let command = format!("scorewright export {id} --format pmml --out .");
                Step { who: None, what: "hand it to an engine".to_owned(), command }
            }
            State::Retired if self.retired_by(version).is_none() => {
                let command = format!("scorewright release {id} --rollback \"REASON\" --key KEY.pem");
                Step { who: None, what: "to bring it back".to_owned(), command }
            }
            State::Retired | State::Rejected => Step {
                who: None,
                what: "release another version, or register a new one".to_owned(),
                command: String::new(),
            },
        })
    }

    /// People with a role and a key that is not revoked, in the order of the policy.
    fn who_can_sign(&self, policy: &Policy, role: &str) -> Vec<String> {
        let has_key =
            |name: &str| policy.keys().any(|(id, person, _)| person.name == name && !self.revoked.contains_key(id));
        policy.holders(role).map(|person| person.name.clone()).filter(|name| has_key(name)).collect()
    }

    /// Who must do what next, as a sentence with the command.
    ///
    /// # Errors
    /// As [`Ledger::step`].
    pub fn next_step(&self, version: &Version, at: DateTime<Utc>) -> Result<String> {
        Ok(self.step(version, at)?.in_words(""))
    }
}

/// What must happen next with a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Those who can do it; empty where nobody can, `None` where nobody must.
    pub who: Option<Vec<String>>,
    /// What.
    pub what: String,
    /// The command; empty where there is none.
    pub command: String,
}

impl Step {
    /// Who does what, without the command: `Ben or Dan validates it`.
    pub fn short(&self) -> String {
        match self.who.as_deref() {
            None => self.what.clone(),
            Some([]) => format!("nobody is left who {}: the owner adds people to the policy", self.what),
            Some(who) => format!("{} {}", super::policy::or_in_words(who), self.what),
        }
    }

    /// The same with the command; `place` is what the command must repeat to come to the same registry.
    pub fn in_words(&self, place: &str) -> String {
        match self.command.is_empty() {
            true => self.short(),
            false => format!("{}: {}{place}", self.short(), self.command),
        }
    }
}
