//! `registry page`: the registry as a page.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use scorewright::error::Result;
use scorewright::report::write_registry_page;
use serde_json::json;

use super::super::{Console, Done};
use super::{Place, moment, now};

/// Writes the registry as a page (index.html) with copies of the log and of all files: what is in force, what waits for
/// whom, who signed what, measures over versions. Verifies everything first. Needs no network to be read.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright registry page --out registry-page")]
pub struct Page {
    /// The directory to write
    #[arg(long, value_name = "DIRECTORY")]
    out: PathBuf,
    /// The moment whose standing is shown, not before the last event: a day, or a time with its zone [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    as_of: Option<DateTime<Utc>>,
    #[command(flatten)]
    place: Place,
}

impl Page {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let registry = self.place.open()?;
        // The clock of the last signer may have been a little ahead of this one.
        let last = registry.ledger().events.last().map(|event| event.entry().at);
        let as_of = self.as_of.unwrap_or_else(|| last.map_or_else(now, |last| last.max(now())));
        let verified = write_registry_page(&registry, as_of, &self.out, console)?;
        let page = self.out.join("index.html");
        let mut text =
            format!("{}: {} versions, {} events, all verified\n", page.display(), verified.versions, verified.events);
        for remark in &verified.remarks {
            text.push_str(&format!("act: {}: {}\n", remark.version, remark.what));
        }
        let json = json!({ "page": page, "as_of": as_of, "verified": verified });
        Ok(Done { text, json, limits_passed: true })
    }
}
