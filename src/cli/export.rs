//! `export`: write a scorecard in the form that a decision engine loads.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use scorewright::error::Result;
use scorewright::export::{Format, export};
use scorewright::scoring::load;
use scorewright::staging::write_bytes;
use serde_json::json;

use super::Done;

/// Writes a scorecard in the form that a decision engine loads.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright export runs/behavior/scorecard.json --format json --out behavior.json")]
pub struct Export {
    /// The scorecard
    scorecard: PathBuf,
    /// The form
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// The file to write
    #[arg(long)]
    out: PathBuf,
}

/// The forms.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ExportFormat {
    /// The artifact itself, for engines that embed the runtime crate
    Json,
}

impl Export {
    pub fn run(&self) -> Result<Done> {
        let format = match self.format {
            ExportFormat::Json => Format::Json,
        };
        let card = load(&self.scorecard)?;
        write_bytes(&self.out, &export(&card, format)?)?;
        let text = format!("{} in {}\n", card.document().card.name, self.out.display());
        Ok(Done { text, json: json!({ "card": card.document().card.name, "out": self.out }), limits_passed: true })
    }
}
