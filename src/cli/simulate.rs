//! `simulate`: a lender with a known truth.

use std::path::PathBuf;

use clap::Args;
use scorewright::error::Result;
use scorewright::simulation::parameters::{MOST_CUSTOMERS, MOST_MONTHS};
use scorewright::simulation::{MARK, Parameters, simulate};
use scorewright::staging::StagedDirectory;
use serde_json::json;

use super::{Console, Done};

/// Writes a simulated lender: a project that runs as it stands, with applications, accounts, performance, payments,
/// contacts, links and outside sources; and beside it, in truth/, what made them: every applicant's true
/// probability of default, what the rejected would have done, the effects of contacts, fraud rings.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  scorewright simulate --out lender --customers 10000 --months 24 --seed 7\n  scorewright train lender/cards/application.toml --out lender/runs/application\n\nA shifting population, and a bureau whose score sticks for three months:\n  scorewright simulate --out lender --drift 0.5 --broken-feed bureau:2023-03\n\nA million accounts with 24 months each:\n  scorewright simulate --out lender --customers 1000000 --steady"
)]
pub struct Simulate {
    /// The directory to write; replaced where an earlier simulation wrote it
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Number of customers [default: 10000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_CUSTOMERS))]
    customers: Option<u64>,
    /// Number of months that the data cover [default: 24]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_MONTHS)))]
    months: Option<u32>,
    /// Seed of every random number [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=i64::MAX as u64))]
    seed: Option<u64>,
    /// First month [default: 2022-01]
    #[arg(long, value_name = "MONTH")]
    start: Option<String>,
    /// Further parameters; what stands on the command line goes before
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    /// Shift of the applicants' traits until the last month, 1 being a standard deviation of income and debt [default: 0]
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    drift: Option<f64>,
    /// A source and the month from which it is stuck or missing for three months; may be given again
    #[arg(long, value_name = "SOURCE:MONTH")]
    broken_feed: Vec<String>,
    /// Open all accounts in the first month and close none but the written-off: N months of every account
    #[arg(long)]
    steady: bool,
}

impl Simulate {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let parameters = match &self.config {
            Some(path) => Parameters::read(path)?,
            None => Parameters::default(),
        };
        let parameters = Parameters {
            customers: self.customers.unwrap_or(parameters.customers),
            months: self.months.unwrap_or(parameters.months),
            seed: self.seed.unwrap_or(parameters.seed),
            start: self.start.clone().unwrap_or(parameters.start),
            drift: self.drift.unwrap_or(parameters.drift),
            steady: self.steady || parameters.steady,
            broken_feeds: [parameters.broken_feeds, self.broken_feed.clone()].concat(),
            ..parameters
        };
        let directory = StagedDirectory::new(&self.out, &[MARK])?;
        let summary = simulate(parameters, &directory, console)?;
        directory.publish()?;
        let out = self.out.display();
        let performance = summary.rows.get("data/performance.parquet").copied().unwrap_or(0);
        let bads = match summary.bad_rate() {
            Some(rate) => format!("{:.1}% of {} mature accounts", 100.0 * rate, summary.mature),
            None => "no account is mature yet".to_owned(),
        };
        let text = format!(
            "{out}: {} applications, {} accounts ({:.1}% accepted), {performance} month ends\n90 days past due within 12 months: {bads}\nnext:\n  read   {out}/README.md\n  train  scorewright train {out}/cards/application.toml --out {out}/runs/application\n",
            summary.applications,
            summary.accepted,
            100.0 * summary.acceptance(),
        );
        let json = json!({ "directory": self.out, "summary": summary, "acceptance": summary.acceptance(), "bad_rate_12m": summary.bad_rate() });
        Ok(Done { text, json, limits_passed: true })
    }
}
