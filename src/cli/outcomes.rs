//! `outcomes`: vintages, roll rates, definitions of bad and windows side by side.

use std::path::PathBuf;

use clap::Args;
use scorewright::error::Result;
use scorewright::outcome::{OutcomeStudy, study};
use scorewright::report::write_outcomes;

use super::{Console, Done};

/// Shows what an outcome could be before a card is trained: vintage curves, roll rates, and how bad
/// rate, stability and sample size move with the definition of bad and the window. For a card on the
/// history also what became of its population, by cause and month.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright outcomes my-lender/scorewright.toml --out my-lender/outcomes\n  scorewright outcomes my-lender/cards/behavior.toml --out my-lender/outcomes-behavior\n\nStates, definitions and windows stand in [outcomes] of scorewright.toml; every key has a default."
)]
pub struct Outcomes {
    /// A card on the history, or the project's scorewright.toml
    #[arg(value_name = "CARD_OR_PROJECT")]
    file: PathBuf,
    /// The directory to write: outcomes.html, outcomes.json and tables/
    #[arg(long)]
    out: PathBuf,
}

impl Outcomes {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let study = study(&self.file, console)?;
        write_outcomes(&study, &self.out)?;
        let mut json = study.summary();
        json["directory"] = serde_json::json!(self.out);
        Ok(Done { text: describe(&study, &self.out.display().to_string()), json, limits_passed: true })
    }
}

/// A few lines for people.
fn describe(study: &OutcomeStudy, out: &str) -> String {
    let history = &study.history;
    let mut text = format!(
        "{}: {} accounts, {} account-months from {} to {}, in {out}\n",
        study.title, history.accounts, history.rows, history.first_month, history.last_month
    );
    for definition in &study.definitions {
        text.push_str(&format!("  ever {:<12} {:6.2}% of accounts", definition.name, definition.share_ever * 100.0));
        let rates: Vec<String> = study
            .grid
            .iter()
            .filter(|cell| cell.definition == definition.name)
            .filter_map(|cell| cell.bad_rate.map(|rate| format!("{:.2}% in {}", rate * 100.0, cell.window_months)))
            .collect();
        match rates.is_empty() {
            true => text.push('\n'),
            false => text.push_str(&format!("; bad rate {} months\n", rates.join(", "))),
        }
    }
    for warning in &study.warnings {
        text.push_str(&format!("  note: {warning}\n"));
    }
    text.push_str(&format!("next:\n  look at  {out}/outcomes.html\n"));
    text
}
