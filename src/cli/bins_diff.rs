//! `bins diff`: what differs between the bins of two runs.

use std::path::PathBuf;

use clap::Args;
use scorewright::bins_diff::bins_diff;
use scorewright::error::{Result, internal};
use scorewright::report::{Letters, diff_text};

use super::Done;

/// Holds the bins of two run directories against each other: features that came or went, cuts and groups that
/// moved, information value, trend, weight of evidence and points.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright bins diff runs/2023 runs/2024")]
pub struct Diff {
    /// A run directory
    run_a: PathBuf,
    /// Another
    run_b: PathBuf,
    /// ASCII alone
    #[arg(long)]
    ascii: bool,
}

impl Diff {
    pub fn run(&self) -> Result<Done> {
        let diff = bins_diff(&self.run_a, &self.run_b)?;
        let letters = if self.ascii { Letters::Ascii } else { Letters::Unicode };
        let json = serde_json::to_value(&diff).map_err(internal)?;
        Ok(Done { text: diff_text(&diff, letters), json, limits_passed: true })
    }
}
