//! Whose word counts: revoked keys and what they take with them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::event::{Action, Statement};
use super::ledger::{Event, Ledger, refused};
use super::policy::{OWNER, Policy};
use crate::error::Result;

impl Ledger {
    /// The time that the next event must not be before: the latest of the events that count, those aside that it takes away
    /// itself. So an event that a stolen key dated into the future can be got rid of.
    pub(super) fn not_before(&self, action: Option<&Action>) -> Option<DateTime<Utc>> {
        let is_undone = |event: &Event| match action {
            Some(Action::Revoke { key, since: Some(since), .. }) => event.key == *key && event.entry().number >= *since,
            _ => false,
        };
        self.events.iter().filter(|event| event.counts && !is_undone(event)).map(|event| event.entry().at).max()
    }

    /// Whether an owner of a policy has a key that is not revoked.
    pub(super) fn has_owner(&self, policy: &Policy) -> bool {
        policy.keys().any(|(id, person, _)| person.roles.contains(OWNER) && !self.revoked.contains_key(id))
    }

    /// A revocation is of a known key, holds after itself, and leaves somebody who can change the policy.
    pub(super) fn check_revocation(
        &self,
        statement: &Statement,
        signer: &str,
        revoked: &str,
        since: Option<u64>,
    ) -> Result<()> {
        if self.revoked.contains_key(revoked) {
            return Err(refused("this key is revoked already", "nothing needs to be done"));
        }
        let is_known = self.events.iter().any(|event| event.key == revoked)
            || self.policy.as_ref().is_some_and(|policy| policy.person(revoked).is_some());
        if !is_known {
            return Err(refused(
                format!("no person and no event has the key {revoked}"),
                "see the keys: scorewright registry policy",
            ));
        }
        if since.is_some_and(|since| since < 2 || since >= statement.predicate.number) {
            return Err(refused(
                "a key can be revoked from event 2 to the last",
                "see the events: scorewright registry log",
            ));
        }
        let mut after = self.clone();
        after.record(statement.clone(), String::new(), signer.to_owned(), None);
        if !after.events.last().is_some_and(|event| event.counts) {
            return Err(refused(
                "this would undo itself: the right to sign it rests on events that it takes away",
                "choose a later event (--since), or let another owner sign",
            ));
        }
        match after.policy.as_ref().is_some_and(|policy| after.has_owner(policy)) {
            true => Ok(()),
            false => Err(refused(
                "this is the last key of an owner in the policy that would be in force: nobody could change it any more",
                "add another owner's key to the policy first, or choose a later event (--since)",
            )),
        }
    }

    /// Which events still count. A revoked key takes away what it signed from an event on; a policy among that takes away
    /// what was signed by its leave alone.
    pub(super) fn settle(&mut self) {
        let mut void = BTreeSet::new();
        loop {
            self.settle_revocations(&void);
            let without_right = self.events.iter().find(|event| event.counts && !self.had_right(event));
            match without_right.map(|event| event.entry().number) {
                Some(number) => void.insert(number),
                None => break,
            };
        }
        self.policy = self.policy_at(u64::MAX).cloned();
    }

    /// From the last revocation to the first: one that a later one undoes has no effect.
    fn settle_revocations(&mut self, void: &BTreeSet<u64>) {
        self.revoked.clear();
        for event in &mut self.events {
            event.counts = !void.contains(&event.entry().number);
        }
        for at in (0..self.events.len()).rev() {
            let Event { statement, counts: true, .. } = &self.events[at] else { continue };
            let Action::Revoke { key, since, .. } = statement.predicate.action.clone() else { continue };
            let by = statement.predicate.number;
            self.revoked.insert(key.clone(), by);
            let Some(since) = since else { continue };
            // An owner may revoke the own key: that event stays.
            let is_lost =
                |event: &Event| event.key == key && event.entry().number >= since && event.entry().number != by;
            for event in self.events.iter_mut().filter(|event| is_lost(event)) {
                event.counts = false;
            }
        }
    }

    /// Whether an event's signer had the role by the policies that count.
    fn had_right(&self, event: &Event) -> bool {
        let entry = event.entry();
        self.policy_at(entry.number).is_some_and(|policy| {
            policy
                .person(&event.key)
                .is_some_and(|(person, _)| self.check_role(policy, person, &entry.signer.role, &entry.action).is_ok())
        })
    }
}
