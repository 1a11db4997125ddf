//! `verify`: calculate everything in the registry again from its bytes.

use clap::Args;
use scorewright::error::Result;
use scorewright::registry::verify;
use serde_json::json;

use super::super::{Console, Done};
use super::{Place, now};

/// Verifies the registry from its bytes: every event's place in the chain, signature and rules, every file's digest, every
/// scorecard's verification rows, all evidence and configuration; names the first thing that does not hold. Ends with 4
/// where a version is in use that should not be.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright verify\n  scorewright verify --head 5f3c...")]
pub struct Verify {
    /// SHA-256 of an event that you noted earlier: the log must still hold it
    #[arg(long, value_name = "SHA256")]
    head: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Verify {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let registry = self.place.open()?;
        let verified = verify(&registry, self.head.as_deref(), now(), console)?;
        let mut text = format!(
            "all holds: {}, {}, {}\nregistry {}\nhead     {} (event {})\n",
            counted(verified.events, "event"),
            counted(verified.files, "file"),
            counted(verified.versions, "version"),
            verified.registry,
            verified.head,
            verified.events
        );
        for remark in &verified.remarks {
            text.push_str(&format!("act: {}: {}\n", remark.version, remark.what));
        }
        let passed = verified.remarks.is_empty();
        Ok(Done { text, json: json!(verified), limits_passed: passed })
    }
}

fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}
