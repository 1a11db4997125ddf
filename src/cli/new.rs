//! `new`: a commented project to start from.

use std::path::PathBuf;

use clap::Args;
use scorewright::demo::{CARDS, write_project};
use scorewright::error::Result;
use scorewright::staging::StagedDirectory;
use serde_json::json;

use super::Done;

/// Writes a project that runs as it stands, on real data: scorewright.toml, cards/ and data/, every key
/// explained. Put your own tables in and change the cards.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  scorewright new my-lender\n  scorewright train my-lender/cards/application.toml --out my-lender/runs/application"
)]
pub struct New {
    /// The directory to write; it must not exist or be empty
    directory: PathBuf,
}

impl New {
    pub fn run(&self) -> Result<Done> {
        let directory = StagedDirectory::new(&self.directory, &[])?;
        write_project(&directory, "")?;
        directory.publish()?;
        let place = self.directory.display();
        let cards: Vec<&str> = CARDS.iter().map(|(name, _)| *name).collect();
        let text = format!(
            "{place}: a project with {} cards on real data\nnext:\n  read   {place}/README.md and {place}/scorewright.toml\n  train  scorewright train {place}/cards/behavior.toml --out {place}/runs/behavior\n",
            cards.len()
        );
        Ok(Done { text, json: json!({ "directory": self.directory, "cards": cards }), limits_passed: true })
    }
}
