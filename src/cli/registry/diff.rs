//! `diff`: what differs between two versions, or between a version and a run.

use std::path::{Path, PathBuf};

use clap::Args;
use scorewright::error::{Result, internal};
use scorewright::registry::Registry;
use scorewright::report::{Letters, scorecard_diff_text, write_scorecard_diff};
use scorewright::scorecard_diff::{Side, scorecard_difference};

use super::super::Done;
use super::{Place, now};

/// Holds two scorecards against each other: features, bins, points, coefficients, scaling, segments, texts, inputs,
/// measures with their intervals, data, configuration line by line, and who signed what. Either side is a version, a run
/// directory or a scorecard.json, so that a candidate can be read before it is registered.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright diff behavior/2 behavior/3\n  scorewright diff behavior/3 runs/behavior --out difference\n  scorewright diff runs/2023 runs/2024/scorecard.json --json"
)]
pub struct Diff {
    /// A version as CARD/NUMBER, a run directory or a scorecard.json
    #[arg(value_name = "VERSION_OR_RUN_A")]
    a: String,
    /// Another
    #[arg(value_name = "VERSION_OR_RUN_B")]
    b: String,
    /// Write it as a page too, with its figures as JSON and its tables as csv: the directory to write
    #[arg(long, value_name = "DIRECTORY")]
    out: Option<PathBuf>,
    /// ASCII alone
    #[arg(long)]
    ascii: bool,
    #[command(flatten)]
    place: Place,
}

impl Diff {
    pub fn run(&self) -> Result<Done> {
        let registry = self.place.open_if_there()?;
        let (a, b) = (self.side(&self.a, registry.as_ref())?, self.side(&self.b, registry.as_ref())?);
        let difference = scorecard_difference(&a, &b)?;
        let letters = if self.ascii { Letters::Ascii } else { Letters::Unicode };
        let mut text = scorecard_diff_text(&difference, letters);
        if let Some(out) = &self.out {
            write_scorecard_diff(&difference, out)?;
            text.push_str(&format!("\nnext: look at {}\n", out.join("report.html").display()));
        }
        let json = serde_json::to_value(&difference).map_err(internal)?;
        Ok(Done { text, json, limits_passed: true })
    }

    fn side(&self, text: &str, registry: Option<&Registry>) -> Result<Side> {
        let path = Path::new(text);
        // A version is named as a file may be; a file that is there wins, as it does in other commands.
        if path.exists() || !text.contains('/') || path.extension().is_some_and(|e| e == "json") {
            return Side::of_path(path, registry, now());
        }
        let opened;
        let registry = match registry {
            Some(registry) => registry,
            None => {
                opened = self.place.open()?;
                &opened
            }
        };
        Side::of_version(registry, registry.ledger().find(text)?, now())
    }
}
