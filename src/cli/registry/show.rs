//! `show`: one version with everything that was signed about it.

use clap::Args;
use scorewright::error::Result;
use scorewright::registry::Event;
use serde_json::{Value, json};

use super::super::Done;
use super::table::table;
use super::{Place, now, version_json};

/// Shows a version: where it stands, what was signed and by whom, its files, and who must do what next.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright show behavior/1")]
pub struct Show {
    /// The version, as CARD/NUMBER
    version: String,
    #[command(flatten)]
    place: Place,
}

impl Show {
    pub fn run(&self) -> Result<Done> {
        let registry = self.place.open()?;
        let ledger = registry.ledger();
        let version = ledger.find(&self.version)?;
        let events: Vec<&Event> = version.events.iter().filter_map(|number| ledger.event(*number)).collect();
        let next = ledger.step(version, now())?.in_words(&self.place.words());
        let mut text = format!(
            "{} is {}\nscorecard sha256 {}\n\n",
            version.id,
            ledger.in_words(version, now()),
            version.scorecard_sha256
        );
        let rows: Vec<Vec<String>> = events.iter().map(|event| row(event)).collect();
        text.push_str(&table(&["event", "when (UTC)", "who", "what"], &rows));
        let files: Vec<_> = events.iter().flat_map(|event| event.entry().action.files()).collect();
        let kept: Vec<Vec<String>> = files.iter().map(|file| vec![file.name.clone(), file.sha256.clone()]).collect();
        let place = registry.store().shown("files/SHA256/NAME").display().to_string();
        text.push_str(&format!("\n{}files stand at {place}\n\nnext: {next}\n", table(&["file", "sha256"], &kept)));
        let mut json = version_json(&registry, version)?;
        json["events"] = events.iter().map(|event| event_json(event)).collect();
        json["files"] = files
            .iter()
            .map(|file| json!({ "name": file.name, "sha256": file.sha256, "bytes": file.bytes, "path": registry.place(file) }))
            .collect();
        Ok(Done { text, json, limits_passed: true })
    }
}

/// An event for machines.
pub fn event_json(event: &Event) -> Value {
    let entry = event.entry();
    json!({
        "number": entry.number,
        "sha256": event.sha256,
        "at": entry.at,
        "signer": entry.signer,
        "key": event.key,
        "counts": event.counts,
        "action": entry.action,
    })
}

/// An event as a row: number, time, person, what.
pub fn row(event: &Event) -> Vec<String> {
    let entry = event.entry();
    let lost = if event.counts { "" } else { " (no longer counts: key revoked)" };
    vec![
        entry.number.to_string(),
        entry.at.format("%Y-%m-%d %H:%M").to_string(),
        format!("{} ({})", entry.signer.name, entry.signer.role),
        format!("{}{lost}", entry.action.in_words()),
    ]
}
