//! `reproduce`: train a registered version again and compare the bytes.

use std::path::{Path, PathBuf};

use clap::Args;
use scorewright::error::Result;
use scorewright::registry::{Bundle, Original, reproduce};
use scorewright::report::{Rendering, write_training};
use scorewright::words::Language;
use serde_json::{Value, json};

use super::super::{Console, Done};
use super::Place;

/// Trains a version again from the configuration that the registry or an audit bundle keeps, and compares scorecard.json and
/// evidence.json byte by byte. Ends with 3 where a data file is missing or another, with 4 where the bytes differ.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright reproduce behavior/1 --data .\n  scorewright reproduce behavior-1.zip --data lender --out again"
)]
pub struct Reproduce {
    /// The version, as CARD/NUMBER, or the archive that `audit` wrote
    #[arg(value_name = "VERSION|BUNDLE.zip")]
    what: String,
    /// The folder from which the data lie as they did: the project's, or the card's for a card on a table
    #[arg(long, value_name = "DIRECTORY")]
    data: PathBuf,
    /// Keep the run: the run directory to write
    #[arg(long, value_name = "DIRECTORY")]
    out: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Reproduce {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let original = match self.what.to_lowercase().ends_with(".zip") {
            true => Original::from_bundle(&Bundle::read(Path::new(&self.what))?)?,
            false => {
                let registry = self.place.open()?;
                Original::from_registry(&registry, registry.ledger().find(&self.what)?)?
            }
        };
        let again = reproduce(&original, &self.data, console)?;
        if let Some(out) = &self.out {
            let rendering = Rendering { language: Language::English, kept: out, charts: &[] };
            write_training(&again.run, rendering, out)?;
        }
        let now = env!("CARGO_PKG_VERSION");
        let mut text = match (again.is_equal, again.is_equal_but_for_the_program()) {
            (true, _) => format!("{}: scorecard.json and evidence.json have the same bytes\n", original.version),
            (false, true) => format!(
                "{}: everything is the same but the version of the program, and the digests that follow from it\n",
                original.version
            ),
            (false, false) => format!("{}: the bytes differ\n", original.version),
        };
        if let Some(first) = again.differences.first() {
            text.push_str(&format!(
                "first difference: {} {}\n  original  {}\n  now       {}\n",
                first.file,
                first.path,
                short(&first.original),
                short(&first.now)
            ));
        }
        if original.tool_version != now {
            text.push_str(&format!(
                "note: scorewright {} made the original, and this is {now}; to prove its bytes, run that version\n",
                original.tool_version
            ));
        }
        text.push_str(&format!("registry {}\n", original.registry));
        let json = json!({
            "version": original.version.to_string(),
            "registry": original.registry,
            "equal": again.is_equal,
            "equal_but_for_the_program": again.is_equal_but_for_the_program(),
            "tool_version": { "original": original.tool_version, "now": now },
            "differences": again.differences,
            "out": self.out,
        });
        Ok(Done { text, json, limits_passed: again.is_equal })
    }
}

/// A value in one line of bounded length.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
