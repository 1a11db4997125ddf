//! `schema`: the form of `scorecard.json` as JSON Schema.

use std::path::PathBuf;

use clap::Args;
use scorewright::error::{Result, internal};
use scorewright::export::schema;
use scorewright::staging::write_bytes;
use serde_json::json;

use super::Done;

/// Prints the JSON Schema of scorecard.json, or writes it to a file.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright schema --out scorecard.schema.json")]
pub struct Schema {
    /// The file to write
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Schema {
    pub fn run(&self) -> Result<Done> {
        let bytes = schema()?;
        let Some(out) = &self.out else {
            let json = serde_json::from_slice(&bytes).map_err(internal)?;
            let text = String::from_utf8(bytes).map_err(internal)?;
            return Ok(Done { text, json, limits_passed: true });
        };
        write_bytes(out, &bytes)?;
        let text = format!("The JSON Schema of scorecard.json in {}\n", out.display());
        Ok(Done { text, json: json!({ "out": out }), limits_passed: true })
    }
}
