//! `validate`: measure a scorecard, or any score, on other data.

use std::path::PathBuf;

use clap::Args;
use scorewright::error::{Error, ErrorKind, Result};
use scorewright::report::write_validation;
use scorewright::scoring::load;
use scorewright::validate::{ScoreColumns, with_scorecard, without_scorecard};

use super::{Console, Done, summary};

/// Measures a scorecard on other data, without the training code path; or any column of scores or PDs,
/// without a scorecard. Exit status 4 where a limit of the card fails.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright validate runs/behavior/scorecard.json --data october.parquet --out validation\n  scorewright validate --data scores.csv --outcome-column bad --bad 1 --score-column score --out validation"
)]
pub struct Validate {
    /// The scorecard; leave it out to measure a column of scores or PDs
    scorecard: Option<PathBuf>,
    /// csv, csv.gz or parquet
    #[arg(long)]
    data: PathBuf,
    /// Field separator of a csv file [default: a comma]
    #[arg(long, value_name = "CHARACTER")]
    separator: Option<char>,
    /// The directory to write
    #[arg(long)]
    out: PathBuf,
    /// Column of the outcome
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard", required_unless_present = "scorecard")]
    outcome_column: Option<String>,
    /// A value that means bad; may be given several times
    #[arg(long, value_name = "VALUE", conflicts_with = "scorecard", required_unless_present = "scorecard")]
    bad: Vec<String>,
    /// A value that means good; else all others that are not missing
    #[arg(long, value_name = "VALUE", conflicts_with = "scorecard")]
    good: Vec<String>,
    /// Column of a score, higher is safer
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["scorecard", "pd_column"], required_unless_present_any = ["scorecard", "pd_column"])]
    score_column: Option<String>,
    /// Column of a probability of default
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard")]
    pd_column: Option<String>,
    /// Column of case weights above 0
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard")]
    weight_column: Option<String>,
    /// Column of groups, such as the customer: intervals take cases of one group as dependent
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard")]
    group_column: Option<String>,
    /// Column of dates, for figures by month
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard")]
    period_column: Option<String>,
    /// Seed of the bootstrap, without a scorecard
    #[arg(long, default_value_t = 1, conflicts_with = "scorecard")]
    seed: u64,
}

impl Validate {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let (validated, card) = match &self.scorecard {
            Some(path) => {
                let card = load(path)?;
                (with_scorecard(&card, &self.data, self.separator, console)?, Some(card))
            }
            None => {
                let outcome = self.outcome_column.clone();
                let columns = ScoreColumns {
                    outcome: outcome.ok_or_else(|| Error::new(ErrorKind::Usage, "name --outcome-column"))?,
                    bad: self.bad.clone(),
                    good: self.good.clone(),
                    score: self.score_column.clone(),
                    pd: self.pd_column.clone(),
                    weight: self.weight_column.clone(),
                    group: self.group_column.clone(),
                    period: self.period_column.clone(),
                    separator: self.separator,
                };
                (without_scorecard(&columns, &self.data, self.seed, console)?, None)
            }
        };
        let document = card.as_ref().map(|card| card.document());
        write_validation(
            &validated.title,
            document,
            &validated.evidence,
            &validated.cases,
            &validated.scored,
            &self.out,
        )?;
        let text = format!(
            "{} on {}, in {}\n{}next:\n  look at  {}/report.html\n",
            validated.title,
            self.data.display(),
            self.out.display(),
            summary::lines(&validated.evidence),
            self.out.display()
        );
        Ok(Done {
            text,
            json: summary::json(&validated.evidence, &self.out),
            limits_passed: validated.evidence.passed(),
        })
    }
}
