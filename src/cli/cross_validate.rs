//! `cross-validate`: what a card's figures are worth on cases that no step has seen.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use scorewright::config::{CardSpec, FoldsBy};
use scorewright::cross_validation::{CrossValidation, cross_validate};
use scorewright::error::Result;
use scorewright::pipeline::load_card;
use scorewright::report::write_cross_validation;
use serde_json::json;

use super::{Console, Done, summary};

/// Makes a card's bins, selection, fit and points anew on parts of its development cases and measures each scorecard on
/// the cases left out, so that the AUC has no selection bias; holdout and out-of-time cases stay untouched. A small grid
/// of settings can be compared on the same folds.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright cross-validate cards/application.toml --out cv/application\n  scorewright cross-validate cards/behavior.toml --by time --folds 4 --out cv/behavior\n\nKeys, and the grid, stand in the card:\n  [cross_validation]\n  folds = 5\n  [cross_validation.grid]\n  max_bins = [4, 6]\n  l2 = [0.0, 1.0]\n  min_iv = [0.02, 0.05]"
)]
pub struct CrossValidate {
    /// The card's file
    card: PathBuf,
    /// The directory to write: cross_validation.json, report.html, tables/
    #[arg(long)]
    out: PathBuf,
    /// Number of folds; by time, of periods to test on [default: the card's, else 5]
    #[arg(long, value_name = "N")]
    folds: Option<usize>,
    /// How often the cases are divided anew [default: the card's, else 1]
    #[arg(long, value_name = "N")]
    repeats: Option<usize>,
    /// How the cases are divided [default: the card's, else outcome]
    #[arg(long, value_enum)]
    by: Option<By>,
}

/// How the cases are divided.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// At random, stratified by outcome; groups stay together
    Outcome,
    /// Rolling origin: fitted on the periods before, tested on the next
    Time,
}

impl CrossValidate {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let mut spec = CardSpec::read(&self.card)?;
        let section = &mut spec.cross_validation;
        section.folds = self.folds.unwrap_or(section.folds);
        section.repeats = self.repeats.unwrap_or(section.repeats);
        section.by = match self.by {
            None => section.by,
            Some(By::Outcome) => FoldsBy::Outcome,
            Some(By::Time) => FoldsBy::Time,
        };
        spec.check_cross_validation()?;
        let document = cross_validate(&load_card(spec, console)?, console)?;
        write_cross_validation(&document, &self.out)?;
        let mean = &document.cross_validated;
        let json = json!({
            "directory": self.out,
            "card": document.card,
            "auc": mean.auc,
            "log_loss": mean.probability.log_loss,
            "development_auc": document.development.auc,
            "optimism": document.optimism,
            "warnings": document.warnings,
        });
        Ok(Done { text: self.describe(&document), json, limits_passed: true })
    }

    fn describe(&self, document: &CrossValidation) -> String {
        let out = self.out.display();
        let mean = &document.cross_validated;
        let mut text = format!("{}: {} fits, in {out}\n", document.card, document.folds.len());
        let _ = writeln!(text, "  mean AUC on cases left out   {}", summary::interval(mean.auc));
        let _ = writeln!(text, "  AUC on development cases     {}", summary::interval(document.development.auc));
        if let Some(optimism) = document.optimism {
            let _ = writeln!(text, "  optimism                     {optimism:.3}");
        }
        for combination in document.grid.iter().filter(|combination| combination.best || combination.simplest) {
            let auc = combination.figures.as_ref().map_or("not defined".to_owned(), |f| summary::interval(f.auc));
            let what = if combination.best { "best of the grid" } else { "simplest within one s.e." };
            let _ = writeln!(text, "  {what:<28} {auc}: {}", combination.settings.beside(&document.settings));
        }
        if let Some(nested) = &document.nested {
            let _ = writeln!(text, "  the choice, cross-validated  {}", summary::interval(nested.auc));
        }
        for warning in &document.warnings {
            let _ = writeln!(text, "  note: {warning}");
        }
        let _ = writeln!(text, "next:\n  look at  {out}/report.html");
        text
    }
}
