//! `list`: the versions and where they stand.

use std::collections::BTreeSet;

use clap::Args;
use scorewright::error::Result;
use scorewright::registry::State;
use scorewright::suggest;
use serde_json::{Value, json};

use super::super::Done;
use super::table::table;
use super::{Place, now, version_json};

/// Lists the versions of the registry, where each stands and who must do what next.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright list\n  scorewright list --card behavior --json")]
pub struct List {
    /// Only versions of this card
    #[arg(long, value_name = "NAME")]
    card: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl List {
    pub fn run(&self) -> Result<Done> {
        let registry = self.place.open()?;
        let ledger = registry.ledger();
        let mut versions: Vec<_> = ledger
            .versions
            .iter()
            .filter(|version| self.card.as_ref().is_none_or(|card| version.id.card == *card))
            .collect();
        versions.sort_by(|a, b| (&a.id.card, b.id.number).cmp(&(&b.id.card, a.id.number)));
        let mut rows = Vec::new();
        let mut items: Vec<Value> = Vec::new();
        for version in versions {
            let item = version_json(&registry, version)?;
            let text = |field: &str| item[field].as_str().unwrap_or_default().to_owned();
            rows.push(vec![
                text("version"),
                text("registered_at").get(..10).unwrap_or_default().to_owned(),
                text("state_in_words").trim_start_matches("released, ").to_owned(),
                match ledger.state(version, now()) {
                    State::Candidate | State::Validated | State::Approved => ledger.step(version, now())?.short(),
                    State::Released | State::Retired | State::Rejected => String::new(),
                },
            ]);
            items.push(item);
        }
        let text = match (rows.is_empty(), &self.card) {
            (true, Some(card)) if !ledger.versions.is_empty() => {
                let cards: BTreeSet<&str> = ledger.versions.iter().map(|version| version.id.card.as_str()).collect();
                format!("no versions of {card:?}; {}\n", suggest::did_you_mean(card, "cards", cards))
            }
            (true, _) => {
                format!("no versions yet: scorewright register RUN --key KEY.pem{}\n", self.place.words())
            }
            (false, _) => table(&["version", "registered", "state", "next"], &rows),
        };
        Ok(Done { text, json: json!({ "registry": registry.id(), "versions": items }), limits_passed: true })
    }
}
