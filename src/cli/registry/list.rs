//! `list`: the versions and where they stand.

use clap::Args;
use scorewright::error::Result;
use scorewright::registry::day;
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
            let first = version.events.first().and_then(|number| ledger.event(*number));
            let (by, at) =
                first.map(|event| (event.entry().signer.name.clone(), day(event.entry().at))).unwrap_or_default();
            rows.push(vec![
                version.id.to_string(),
                ledger.in_words(version, now()),
                by.clone(),
                at.get(..10).unwrap_or(&at).to_owned(),
                version.scorecard_sha256.get(..12).unwrap_or_default().to_owned(),
            ]);
            let mut item = version_json(&registry, version);
            item["registered_by"] = json!(by);
            item["registered_at"] = json!(first.map(|event| event.entry().at));
            item["next"] = json!(ledger.next_step(version, now())?);
            items.push(item);
        }
        let text = match rows.is_empty() {
            true => "no versions yet: scorewright register RUN --key KEY.pem\n".to_owned(),
            false => table(&["version", "state", "by", "registered", "scorecard"], &rows),
        };
        Ok(Done { text, json: json!({ "registry": registry.id(), "versions": items }), limits_passed: true })
    }
}
