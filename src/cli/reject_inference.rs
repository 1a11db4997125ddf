//! `reject-inference`: what a card would be under several assumptions about rejected applicants.

use std::path::PathBuf;

use clap::Args;
use scorewright::config::CardSpec;
use scorewright::error::Result;
use scorewright::rejects::{RejectStudy, study};
use scorewright::report::write_rejects;
use serde_json::json;

use super::{Console, Done};

/// Lays methods of reject inference beside the card fitted on accepts only: accepts only, reweighting, hard cut-off,
/// parcelling, fuzzy augmentation, bivariate probit with selection. Shows how coefficients, scores, decisions and bad
/// rates move with the assumption. A study of sensitivity: `train` never uses its result.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  scorewright reject-inference cards/application.toml --out runs/rejects\n\nThe rejects of a card on the history are those of [population] rejected_when. A card on a table names them:\n  [rejects]\n  path = \"rejected.csv\"                  # or column = \"decision\", values = [\"rejected\"]\n  rename = { Amount_Requested = \"loan_amnt\" }\n  exclusion = [\"underwriter_id\"]         # decided about acceptance, tells nothing about the outcome\ndocs/reject-inference.md states every method's assumption, formula and source, and when which one helped."
)]
pub struct RejectInference {
    /// The card's file
    card: PathBuf,
    /// The directory to write: report.html, reject-inference.json and tables/
    #[arg(long)]
    out: PathBuf,
    /// Score from which applicants are approved [default: the score that keeps the present approval rate]
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    cut_off: Option<f64>,
}

impl RejectInference {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let mut spec = CardSpec::read(&self.card)?;
        if let Some(score) = self.cut_off {
            spec.rejects.get_or_insert_default().cut_off = Some(score);
        }
        let study = study(spec, console)?;
        write_rejects(&study, &self.out)?;
        let out = self.out.display();
        let text = format!("{}next:\n  look at  {out}/report.html\n", describe(&study, &out.to_string()));
        let methods: Vec<_> = study
            .methods
            .iter()
            .map(|method| json!({ "method": method.title, "rejects_bad_rate": method.rejects_bad_rate, "applicants_bad_rate": method.applicants_bad_rate, "cut_off": method.cut_off, "auc": method.auc.value }))
            .collect();
        let json = json!({ "directory": self.out, "applicants": study.applicants, "methods": methods, "not_used": study.not_used, "warnings": study.warnings });
        Ok(Done { text, json, limits_passed: true })
    }
}

/// A few lines for people.
fn describe(study: &RejectStudy, out: &str) -> String {
    let people = &study.applicants;
    let mut text = format!(
        "{}: {:.0} accepts, {:.0} rejects ({:.1}% accepted), in {out}\n{:<28} bad rate: rejects  applicants  approved    AUC\n",
        study.card,
        people.accepts,
        people.rejects,
        100.0 * people.acceptance_rate,
        ""
    );
    for method in &study.methods {
        let percent = |share: f64| format!("{:.1}%", 100.0 * share);
        text.push_str(&format!(
            "  {:<26}         {:>9} {:>11} {:>9} {:>6}\n",
            method.title,
            percent(method.rejects_bad_rate),
            percent(method.applicants_bad_rate),
            percent(method.cut_off.bad_rate),
            method.auc.value.map_or("-".to_owned(), |auc| format!("{auc:.4}")),
        ));
    }
    for fault in &study.not_used {
        text.push_str(&format!("  {}: not used: {}\n", fault.method, fault.reason));
    }
    for warning in &study.warnings {
        text.push_str(&format!("  note: {warning}\n"));
    }
    text
}
