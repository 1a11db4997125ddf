//! `demo`: the main job on the embedded real data.

use std::path::PathBuf;

use clap::Args;
use scorewright::config::CardSpec;
use scorewright::demo::{CARDS, write_project};
use scorewright::error::Result;
use scorewright::pipeline::train;
use scorewright::report::{Rendering, write_training};
use scorewright::staging::StagedDirectory;
use serde_json::{Value, json};

use super::{Console, Done, ReportLanguage, summary, train as train_command};

/// Writes a project with real data (UCI card clients as a loan history, UCI German credit as a table) and
/// trains its scorecards: application, behavior, early and late collection, and one on a ready-made table.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright demo --out demo\n  then open demo/behavior/report.html")]
pub struct Demo {
    /// The directory to write: the project, and a run directory for each card
    #[arg(long, default_value = "demo")]
    out: PathBuf,
    /// Language of the reports
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    lang: ReportLanguage,
}

impl Demo {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let directory = StagedDirectory::new(&self.out, &["scorewright.toml"])?;
        write_project(&directory, "")?;
        let mut text = String::new();
        let mut cards: Vec<Value> = Vec::new();
        let mut limits_passed = true;
        for (name, _) in CARDS {
            let run = train(CardSpec::read(&directory.path(&format!("cards/{name}.toml"))?)?, console)?;
            let place = self.out.join(name);
            let rendering = Rendering { language: self.lang.into(), kept: &place, charts: &[] };
            write_training(&run, rendering, &directory.path(name)?)?;
            text.push_str(&train_command::describe(&run, &place));
            text.push('\n');
            cards.push(summary::json(&run.evidence, &place));
            limits_passed &= run.evidence.passed();
        }
        directory.publish()?;
        let out = self.out.display();
        text.push_str(&format!(
            "next:\n  look at    {out}/behavior/report.html\n  change     {out}/cards/behavior.toml\n  train it   scorewright train {out}/cards/behavior.toml --out {out}/behavior\n  your own   scorewright new my-lender\n"
        ));
        Ok(Done { text, json: json!({ "directory": self.out, "cards": cards }), limits_passed })
    }
}
