//! `segments`: segments that the data propose.

use std::path::PathBuf;

use clap::Args;
use scorewright::config::CardSpec;
use scorewright::error::Result;
use scorewright::report::write_study;
use scorewright::segments::{Proposal, propose, segments_study};
use serde_json::json;

use super::{Console, Done};

/// Proposes segments for a card: the column and the cuts by which the card's coefficients differ most, held against
/// what the further coefficients cost, and checked on cases that took no part in choosing them. Prints the [segments]
/// section for the card. What the card itself has under [segments] is left aside.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright segments cards/application.toml --out segments\n  scorewright segments cards/application.toml --min-bads 300 --out segments\n\nTo see whether segments pay in full, paste the section into the card and train it: the report says."
)]
pub struct Segments {
    /// The card's file
    card: PathBuf,
    /// Least goods, and least bads, of a segment in development [default: min_bads of the card's [segments], else 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    min_bads: Option<u32>,
    /// The directory to write: report.html, segments.json and tables/
    #[arg(long)]
    out: PathBuf,
}

impl Segments {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let proposal = propose(CardSpec::read(&self.card)?, self.min_bads.map(f64::from), console)?;
        let study = segments_study(&proposal);
        write_study(&study, "segments", &proposal, &self.out)?;
        let mut text = format!("{}: {}\n", proposal.card, study.summary);
        text.push_str(&describe(&proposal));
        for warning in &study.warnings {
            text.push_str(&format!("  note: {warning}\n"));
        }
        text.push_str(&format!("next:\n  look at  {}/report.html\n", self.out.display()));
        Ok(Done { text, json: json!({ "directory": self.out, "proposal": proposal }), limits_passed: true })
    }
}

fn describe(proposal: &Proposal) -> String {
    let mut text = String::new();
    for leaf in &proposal.leaves {
        let rate = 100.0 * leaf.bads / (leaf.goods + leaf.bads);
        text.push_str(&format!("  {:<30} {:>8} cases {:>7} bads {rate:6.2}%\n", leaf.name, leaf.cases, leaf.bads));
    }
    for (sample, one) in &proposal.checked {
        let words = |one: &scorewright::validation::Difference, digits: usize| match (one.value, one.low, one.high) {
            (Some(value), Some(low), Some(high)) => format!("{value:+.digits$} ({low:+.digits$} to {high:+.digits$})"),
            _ => "not defined".to_owned(),
        };
        let (auc, likelihood) = (words(&one.auc_difference, 4), words(&one.log_likelihood_difference, 5));
        text.push_str(&format!("  {sample}: AUC {auc}, log likelihood a case {likelihood}\n"));
    }
    for candidate in proposal.candidates.iter().skip(usize::from(!proposal.leaves.is_empty())).take(3) {
        text.push_str(&format!("  alternative: {} (net gain {:+.1})\n", candidate.column, candidate.net));
    }
    if !proposal.section.is_empty() {
        text.push_str(&format!("\n{}\n", proposal.section));
    }
    text
}
