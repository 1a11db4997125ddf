//! `compare`: champion against challenger on the same cases.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use scorewright::compare::{Compared, DEFAULT_RATES, Options, PairColumns, Request, compare_cards, compare_columns};
use scorewright::error::{Error, ErrorKind, Result, internal};
use scorewright::report::write_comparison;
use scorewright::scoring::load;
use scorewright::validate::{OutcomeColumn, RoleColumns};
use scorewright::words::Language;
use serde_json::json;

use super::{ChartFormat, Console, Done, ReportLanguage, picture_formats};

/// Holds champion A and challenger B against each other on the same cases: ranking, calibration, swap set, migration,
/// reasons, stability; two scorecards, or two columns of scores, PDs or decisions. Differences are A minus B.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright compare runs/2023/scorecard.json runs/2024/scorecard.json --data october.parquet --out comparison\n  scorewright compare --data scores.csv --outcome-column bad --bad 1 --score-column old,new --out comparison\n  scorewright compare --data scores.csv --outcome-column bad --bad 1 --pd-column pd_old --pd-column pd_new \\\n      --approval-rate 0.6 --segment-column product --period-column month --out comparison\n  scorewright compare --data decisions.csv --outcome-column bad --bad 1 --approved-columns old,new --out comparison"
)]
pub struct Compare {
    /// The scorecard in use, A
    #[arg(requires = "scorecard_b")]
    scorecard_a: Option<PathBuf>,
    /// The scorecard that might replace it, B
    scorecard_b: Option<PathBuf>,
    /// csv, csv.gz or parquet
    #[arg(long)]
    data: PathBuf,
    /// Field separator of a csv file [default: a comma]
    #[arg(long, value_name = "CHARACTER")]
    separator: Option<char>,
    /// The directory to write
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    columns: Columns,
    #[command(flatten)]
    outcome: Outcome,
    #[command(flatten)]
    measures: Measures,
    /// Language of report.html and report.xlsx
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    lang: ReportLanguage,
    /// Write the charts as files too, to charts/: svg, png or both with a comma
    #[arg(long, value_name = "FORMAT", value_enum, value_delimiter = ',')]
    charts: Vec<ChartFormat>,
}

/// What is compared.
#[derive(Debug, Args)]
#[command(next_help_heading = "Without scorecards")]
struct Columns {
    /// Columns of the two scores, higher is safer; A,B or given twice; without them, cases are ranked by 1 - PD
    #[arg(long, alias = "score-columns", value_name = "COLUMN", value_delimiter = ',', conflicts_with = "scorecard_a")]
    score_column: Vec<String>,
    /// Columns of the two probabilities of default; A,B or given twice
    #[arg(long, alias = "pd-columns", value_name = "COLUMN", value_delimiter = ',', conflicts_with = "scorecard_a")]
    pd_column: Vec<String>,
    /// Columns of the two decisions, 1 approved and 0 not; A,B or given twice
    #[arg(long, alias = "approved-column", value_name = "COLUMN", value_delimiter = ',')]
    approved_columns: Vec<String>,
}

/// The outcome and further columns.
#[derive(Debug, Args)]
#[command(next_help_heading = "Outcome and further columns")]
struct Outcome {
    /// Column of the outcome [default: that of both scorecards]
    #[arg(long, value_name = "COLUMN", requires = "bad")]
    outcome_column: Option<String>,
    /// A value that means bad; may be given several times
    #[arg(long, value_name = "VALUE", requires = "outcome_column")]
    bad: Vec<String>,
    /// A value that means good; else all others that are not missing
    #[arg(long, value_name = "VALUE", requires = "outcome_column")]
    good: Vec<String>,
    /// Column of an outcome that is a share of goodness in [0, 1], in place of good and bad
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["outcome_column", "bad", "good"])]
    ratio_column: Option<String>,
    /// Column of case weights; a weight of 0 takes a case out
    #[arg(long, value_name = "COLUMN")]
    weight_column: Option<String>,
    /// Column of groups, such as the customer: intervals take cases of one group as dependent
    #[arg(long, value_name = "COLUMN")]
    group_column: Option<String>,
    /// Column of dates, for figures by month, or of any labels in their own order
    #[arg(long, value_name = "COLUMN")]
    period_column: Option<String>,
    /// Column by whose values the ranking is compared; may be given several times
    #[arg(long, value_name = "COLUMN")]
    segment_column: Vec<String>,
    /// Column of the exposure, for losses in its unit
    #[arg(long, value_name = "COLUMN")]
    exposure_column: Option<String>,
}

/// What the measures go by.
#[derive(Debug, Args)]
#[command(next_help_heading = "How to measure")]
struct Measures {
    /// Share of cases that both approve, best scores first; several with commas, the verdict goes by the first
    /// [default: 0.7,0.5,0.6,0.8,0.9]
    #[arg(long, value_name = "SHARE", value_delimiter = ',')]
    approval_rate: Vec<f64>,
    /// Score from which A approves, and from which B does (A,B); one alone: B approves as many as A
    #[arg(long, value_name = "SCORE", value_delimiter = ',', allow_negative_numbers = true)]
    cut_off: Vec<f64>,
    /// Share of the exposure that a bad case loses
    #[arg(long, value_name = "SHARE", default_value_t = 1.0, requires = "exposure_column")]
    loss_given_default: f64,
    /// Figures of a segment of fewer cases are not shown
    #[arg(long, value_name = "N", default_value_t = 30)]
    minimum_cases: u64,
    /// Figures of a segment with fewer bads, or fewer goods, are not shown
    #[arg(long, value_name = "N", default_value_t = 5)]
    minimum_bads: u64,
    /// Resamples of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(20..=100_000))]
    resamples: u64,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Two of a kind, or none.
fn two(flag: &str, values: &[String]) -> Result<Option<[String; 2]>> {
    match values {
        [] => Ok(None),
        [first, second] => Ok(Some([first.clone(), second.clone()])),
        others => Err(Error::new(ErrorKind::Usage, format!("{flag} takes two columns, not {}", others.len()))
            .help(format!("write {flag} A,B; A is the one in use, B the one that might replace it"))),
    }
}

impl Compare {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let request = self.request()?;
        let compared = match (&self.scorecard_a, &self.scorecard_b) {
            (Some(first), Some(second)) => {
                let cards = [load(first)?, load(second)?];
                compare_cards([&cards[0], &cards[1]], &request, console)?
            }
            _ => {
                let columns = PairColumns {
                    score: two("--score-column", &self.columns.score_column)?,
                    pd: two("--pd-column", &self.columns.pd_column)?,
                };
                compare_columns(&columns, &request, console)?
            }
        };
        let language = self.lang.into();
        write_comparison(&compared, language, &picture_formats(&self.charts), &self.out)?;
        self.done(&compared, language)
    }

    fn done(&self, compared: &Compared, language: Language) -> Result<Done> {
        let comparison = &compared.comparison;
        let out = self.out.display();
        let mut text = format!("A: {}\nB: {}\n", comparison.names[0], comparison.names[1]);
        for statement in &comparison.verdict.statements {
            let _ = writeln!(text, "  {}", statement.in_language(language));
        }
        for warning in &comparison.warnings {
            let _ = writeln!(text, "  note: {}", warning.in_language(language));
        }
        let _ = writeln!(text, "next:\n  look at  {out}/report.html");
        let scores = comparison.scores.as_ref();
        let json = json!({
            "directory": self.out,
            "names": comparison.names,
            "cases": comparison.cases,
            "bads": comparison.bads,
            "verdict": comparison.verdict,
            "auc_difference": scores.map(|scores| serde_json::to_value(&scores.auc_difference)).transpose().map_err(internal)?,
            "swap_set": comparison.swap_set.first(),
            "warnings": comparison.warnings,
        });
        Ok(Done { text, json, limits_passed: true })
    }

    fn request(&self) -> Result<Request> {
        let Measures { approval_rate, cut_off, loss_given_default, .. } = &self.measures;
        if approval_rate.iter().any(|rate| !(*rate > 0.0 && *rate < 1.0)) {
            return Err(
                Error::new(ErrorKind::Usage, "--approval-rate must lie between 0 and 1").help("write 70% as 0.7")
            );
        }
        if !(0.0..=1.0).contains(loss_given_default) {
            return Err(Error::new(ErrorKind::Usage, "--loss-given-default must lie between 0 and 1"));
        }
        if cut_off.len() > 2 || cut_off.iter().any(|score| score.is_nan()) {
            return Err(Error::new(ErrorKind::Usage, "--cut-off takes A's score, or A,B: the scores of both"));
        }
        let outcome = &self.outcome;
        let plain = outcome.outcome_column.as_ref().map(|column| OutcomeColumn::Plain {
            column: column.clone(),
            bad: outcome.bad.clone(),
            good: outcome.good.clone(),
        });
        let mut rates: Vec<f64> = Vec::new();
        let asked = if approval_rate.is_empty() { &DEFAULT_RATES[..] } else { approval_rate };
        asked.iter().for_each(|rate| {
            if !rates.contains(rate) {
                rates.push(*rate)
            }
        });
        Ok(Request {
            data: self.data.clone(),
            separator: self.separator,
            outcome: outcome.ratio_column.clone().map(OutcomeColumn::Ratio).or(plain),
            weight: outcome.weight_column.clone(),
            group: outcome.group_column.clone(),
            approved: two("--approved-columns", &self.columns.approved_columns)?,
            roles: RoleColumns {
                period: outcome.period_column.clone(),
                segments: outcome.segment_column.clone(),
                exposure: outcome.exposure_column.clone(),
                ..RoleColumns::default()
            },
            options: Options {
                approval_rates: rates,
                cut_offs: cut_off.clone(),
                loss_given_default: *loss_given_default,
                seed: self.measures.seed,
                resamples: self.measures.resamples,
                minimum_cases: self.measures.minimum_cases,
                minimum_bads: self.measures.minimum_bads,
            },
        })
    }
}
