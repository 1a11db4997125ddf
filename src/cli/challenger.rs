//! `challenger`: boosted trees beside a card, as a benchmark.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use scorewright::challenger::{ChallengerStudy, challenge};
use scorewright::config::CardSpec;
use scorewright::error::{Result, internal};
use scorewright::pipeline::load_card;
use scorewright::report::{challenger_verdict, write_challenger};

use super::{Console, Done, summary};

/// Fits gradient-boosted trees on a card's development sample, as a benchmark that is never exported, and says how much
/// AUC the scorecard leaves on the table on holdout, which features and interactions the trees gain from, and which of
/// them would help the scorecard as a pair.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  scorewright challenger cards/application.toml --out challenger/application\n\nThe card needs a holdout: [sample] holdout = 0.3."
)]
pub struct Challenger {
    /// The card's file
    card: PathBuf,
    /// The directory to write: challenger.json, report.html, tables/
    #[arg(long)]
    out: PathBuf,
}

impl Challenger {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let card = load_card(CardSpec::read(&self.card)?, console)?;
        let document = challenge(&card, console)?;
        write_challenger(&document, &self.out)?;
        let mut json = serde_json::json!({
            "directory": self.out,
            "card": document.card,
            "verdict": challenger_verdict(&document),
            "proposal": document.proposal,
            "warnings": document.warnings,
        });
        let holdout = document.holdout().map(|holdout| &holdout.auc);
        json["auc"] = serde_json::to_value(holdout).map_err(internal)?;
        Ok(Done { text: self.describe(&document), json, limits_passed: true })
    }

    fn describe(&self, document: &ChallengerStudy) -> String {
        let out = self.out.display();
        let mut text = format!(
            "{}: {} trees of at most {} leaves, in {out}\n",
            document.card, document.trees, document.params.leaves
        );
        let _ = writeln!(text, "  {:<13} {:<24} {:<24}", "AUC", "scorecard", "boosted trees");
        for comparison in &document.samples {
            let _ = writeln!(
                text,
                "  {:<13} {:<24} {:<24}",
                comparison.sample.title(),
                summary::interval(comparison.scorecard.auc),
                summary::interval(comparison.challenger.auc)
            );
        }
        let _ = writeln!(text, "  {}", challenger_verdict(document));
        if let Some(proposal) = &document.proposal {
            let _ = writeln!(text, "to paste into the card, one or several of:\n{proposal}");
        }
        for warning in &document.warnings {
            let _ = writeln!(text, "  note: {warning}");
        }
        let _ = writeln!(text, "next:\n  look at  {out}/report.html");
        text
    }
}
