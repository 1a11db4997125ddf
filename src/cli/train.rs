//! `train`: fit a card and write its run directory.

use std::path::{Path, PathBuf};

use clap::Args;
use scorewright::config::{CardSpec, CaseSource};
use scorewright::error::Result;
use scorewright::pipeline::{TrainedCard, train};
use scorewright::report::{Rendering, write_training};

use super::{ChartFormat, Console, Done, ReportLanguage, picture_formats, summary};

/// Fits a card: cases, samples, bins, selection, fit, points, measures; writes scorecard.json, evidence.json,
/// report.html, report.xlsx, model-card.html, conclusion.toml (the validator's words, kept) and tables/.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright train cards/behavior.toml --out runs/behavior")]
pub struct Train {
    /// The card's file
    card: PathBuf,
    /// The run directory to write; replaced where an earlier run wrote it
    #[arg(long)]
    out: PathBuf,
    /// Language of report.html, report.xlsx and model-card.html
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    lang: ReportLanguage,
    /// Write the charts as files too, to charts/: svg, png or both with a comma
    #[arg(long, value_name = "FORMAT", value_enum, value_delimiter = ',')]
    charts: Vec<ChartFormat>,
}

impl Train {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let run = train(CardSpec::read(&self.card)?, console)?;
        let rendering =
            Rendering { language: self.lang.into(), kept: &self.out, charts: &picture_formats(&self.charts) };
        write_training(&run, rendering, &self.out)?;
        let mut text = describe(&run, &self.out);
        text.push_str(&next_steps(&run, &self.out));
        Ok(Done { text, json: summary::json(&run.evidence, &self.out), limits_passed: run.evidence.passed() })
    }
}

/// What was made and how good it is.
pub fn describe(run: &TrainedCard, out: &Path) -> String {
    format!(
        "{}: {} of {} features, {} in {}\n{}",
        run.spec.card.name,
        run.scorecard.features().len(),
        run.evidence.selection.len(),
        if run.cases.outcomes.plain { "good or bad" } else { "weighted or fractional outcome" },
        out.display(),
        summary::lines(&run.evidence)
    )
}

fn next_steps(run: &TrainedCard, out: &Path) -> String {
    let data = match &run.spec.cases {
        CaseSource::Table(table, _) => run.spec.source.resolve(&table.path),
        CaseSource::History(..) => out.join("tables").join("cases.parquet"),
    };
    let (out, data) = (out.display(), data.display());
    format!(
        "next:\n  look at   {out}/report.html\n  score     scorewright score {out}/scorecard.json --data {data} --out scores.csv\n  validate  scorewright validate {out}/scorecard.json --data NEW_DATA --out validation\n"
    )
}
