//! Which version of a card was in force when.

use chrono::{DateTime, Utc};

use super::event::{Action, VersionId};
use super::ledger::Ledger;

/// A time in which one version was, is or will be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The version.
    pub version: VersionId,
    /// The event of its release.
    pub release: u64,
    /// From this moment on.
    pub from: DateTime<Utc>,
    /// Until before this one; `None`: until another is released.
    pub until: Option<DateTime<Utc>>,
}

impl Ledger {
    /// The times in which versions of a card are in force, in order, by the events that count now; between them none is.
    pub fn course(&self, card: &str) -> Vec<InForce> {
        let mut moments: Vec<DateTime<Utc>> = self
            .releases(card)
            .iter()
            .flat_map(|release| [Some(release.from), release.until])
            .flatten()
            .chain(self.retirements(card))
            .collect();
        moments.sort_unstable();
        moments.dedup();
        let mut course: Vec<InForce> = Vec::new();
        for (at, from) in moments.iter().enumerate() {
            let Some(release) = self.in_force(card, *from) else { continue };
            let until = moments.get(at + 1).copied();
            match course.last_mut() {
                Some(last) if last.version == release.version && last.until == Some(*from) => last.until = until,
                _ => course.push(InForce { version: release.version, release: release.number, from: *from, until }),
            }
        }
        course
    }

    fn retirements(&self, card: &str) -> impl Iterator<Item = DateTime<Utc>> {
        self.events.iter().filter_map(move |event| match &event.entry().action {
            Action::Retire { version, .. } if version.card == card => Some(event.entry().at),
            _ => None,
        })
    }
}
