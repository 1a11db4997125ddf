//! `validate`: measure a scorecard, or any score, on other data.

use std::path::PathBuf;

use clap::Args;
use scorewright::config::StressPlan;
use scorewright::error::{Error, ErrorKind, Result};
use scorewright::evidence::{MeasureOptions, StandardEvidence};
use scorewright::report::{Rendering, write_validation};
use scorewright::scoring::load;
use scorewright::standards::{DEFAULT_STANDARD, Standard};
use scorewright::validate::{OutcomeColumn, Request, RoleColumns, ScoreColumns, with_scorecard, without_scorecard};

use super::{ChartFormat, Console, Done, ReportLanguage, picture_formats, summary};

/// Measures a scorecard on other data, without the training code path; or any column of scores or PDs,
/// without a scorecard. Exit status 4 where a limit of the card fails, or a
/// test of the standards set that --standard names is red.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright validate runs/behavior/scorecard.json --data october.parquet --out validation\n  scorewright validate --data scores.csv --outcome-column bad --bad 1 --score-column score --out validation\n  scorewright validate --data rated.csv --outcome-column default --bad 1 --pd-column pd --grade-column grade \\\n      --previous-grade-column grade_last_year --segment-column product --period-column month --out validation\n  scorewright validate runs/application/scorecard.json --data june.csv --stress stress.toml --approval-rate 0.7 \\\n      --segment-column region --exposure-column amount --out validation\n\nA file of scenarios for --stress:\n  lgd = 0.45\n  [[scenario]]\n  name = \"recession\"\n  pd_factor = 1.5                # or bad_log_odds_shift = 0.4, added to ln(odds bad:good)\n  only = { column = \"region\", values = [\"north\"] }   # all cases without it\n  [[scenario]]\n  name = \"incomes fall\"\n  [[scenario.characteristic]]\n  column = \"income\"              # multiply, add, lowest, highest; or from, to; or missing = true\n  multiply = 0.8\n  share = 0.5                    # of the cases, drawn by the seed; all without it\n  [[scenario]]\n  name = \"more of the north\"\n  mix = { column = \"region\", shares = { north = 0.6, south = 0.4 } }"
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
    /// The directory to write; a conclusion.toml in it is kept
    #[arg(long)]
    out: PathBuf,
    /// SHA-256 that the scorecard must have, as the report of its training states it; exit status 3 where it differs
    #[arg(long, value_name = "DIGEST", requires = "scorecard", value_parser = digest)]
    expect_sha256: Option<String>,
    /// Language of report.html, report.xlsx and model-card.html
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    lang: ReportLanguage,
    /// Write the charts as files too, to charts/: svg, png or both with a comma
    #[arg(long, value_name = "FORMAT", value_enum, value_delimiter = ',')]
    charts: Vec<ChartFormat>,
    #[command(flatten)]
    scores: Scores,
    #[command(flatten)]
    roles: Roles,
    #[command(flatten)]
    options: Options,
}

/// Columns that a scorecard would know itself.
#[derive(Debug, Args)]
#[command(next_help_heading = "Without a scorecard")]
struct Scores {
    /// Column of the outcome
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard", required_unless_present_any = ["scorecard", "ratio_column"])]
    outcome_column: Option<String>,
    /// A value that means bad; may be given several times
    #[arg(long, value_name = "VALUE", conflicts_with = "scorecard", required_unless_present_any = ["scorecard", "ratio_column"])]
    bad: Vec<String>,
    /// A value that means good; else all others that are not missing
    #[arg(long, value_name = "VALUE", conflicts_with = "scorecard")]
    good: Vec<String>,
    /// Column of an outcome that is a share of goodness in [0, 1], such as repaid / owed, in place of good and bad
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["scorecard", "outcome_column", "bad", "good"])]
    ratio_column: Option<String>,
    /// Column of a score, higher is safer; without one, cases are ranked by 1 - PD
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard", required_unless_present_any = ["scorecard", "pd_column"])]
    score_column: Option<String>,
    /// Column of a probability of default; with --ratio-column, of the expected share of bad
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard")]
    pd_column: Option<String>,
    /// Column of case weights; a weight of 0 takes a case out
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard")]
    weight_column: Option<String>,
    /// Column of groups, such as the customer: intervals take cases of one group as dependent
    #[arg(long, value_name = "COLUMN", conflicts_with = "scorecard")]
    group_column: Option<String>,
    /// Seed of the bootstrap; a scorecard has its own
    #[arg(long, default_value_t = 1, conflicts_with = "scorecard")]
    seed: u64,
}

/// Columns beside score and outcome.
#[derive(Debug, Args)]
#[command(next_help_heading = "Further columns")]
struct Roles {
    /// Column of dates, for figures by month, or of any labels in their own order
    #[arg(long, value_name = "COLUMN")]
    period_column: Option<String>,
    /// Column of the rating's grade
    #[arg(long, value_name = "COLUMN")]
    grade_column: Option<String>,
    /// The grades, best first [default: in the order of their names]
    #[arg(long, value_name = "GRADE,...", value_delimiter = ',', requires = "grade_column")]
    grades: Vec<String>,
    /// Column of the grade at the start of the period, for migration
    #[arg(long, value_name = "COLUMN", requires = "grade_column")]
    previous_grade_column: Option<String>,
    /// Column by which every measure is taken, such as product or region; may be given several times
    #[arg(long, value_name = "COLUMN")]
    segment_column: Vec<String>,
    /// Column of groups that fairness is measured between; may be given several times
    #[arg(long, value_name = "COLUMN")]
    fairness_column: Vec<String>,
    /// The group that the others are compared with [default: the largest]
    #[arg(long, value_name = "COLUMN=GROUP", value_parser = pair, requires = "fairness_column")]
    fairness_reference: Vec<(String, String)>,
    /// Column of the decision
    #[arg(long, value_name = "COLUMN", requires = "approved")]
    decision_column: Option<String>,
    /// A decision that means approved; may be given several times
    #[arg(long, value_name = "VALUE", requires = "decision_column")]
    approved: Vec<String>,
    /// Column of the exposure
    #[arg(long, value_name = "COLUMN")]
    exposure_column: Option<String>,
}

/// What the measures go by.
#[derive(Debug, Args)]
#[command(next_help_heading = "How to measure")]
struct Options {
    /// Earlier cases with the same columns, to compare with
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// AUC at the time of development
    #[arg(long, value_name = "AUC")]
    initial_auc: Option<f64>,
    /// Score at and above which a case is recommended for approval
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true, conflicts_with = "approval_rate")]
    cut_off: Option<f64>,
    /// Share of cases that would be approved, best scores first
    #[arg(long, value_name = "SHARE")]
    approval_rate: Option<f64>,
    /// Scenarios of stress: a TOML file; `scorewright validate --help` shows one
    #[arg(long, value_name = "FILE")]
    stress: Option<PathBuf>,
    /// Asset correlation of the correlated binomial test
    #[arg(long, value_name = "RHO", default_value_t = 0.12)]
    asset_correlation: f64,
    /// Figures of a part of fewer cases are not shown
    #[arg(long, value_name = "N", default_value_t = 30)]
    minimum_cases: u64,
    /// Figures of a part with fewer bads, or fewer goods, are not shown
    #[arg(long, value_name = "N", default_value_t = 5)]
    minimum_bads: u64,
    /// What to hold the measures against: default, ecb, china-internet-lending, or a file; a red light of a set that is
    /// named here gives exit status 4 [default: the set "default", which changes no exit status]
    #[arg(long, value_name = "SET|FILE")]
    standard: Option<String>,
    /// Resamples of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(20..=100_000))]
    resamples: u64,
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    let (column, group) = text.split_once('=').ok_or("write COLUMN=GROUP")?;
    Ok((column.to_owned(), group.to_owned()))
}

fn digest(text: &str) -> std::result::Result<String, String> {
    match text.len() == 64 && text.chars().all(|digit| digit.is_ascii_hexdigit()) {
        true => Ok(text.to_owned()),
        false => Err("a SHA-256 has 64 hexadecimal digits".to_owned()),
    }
}

impl Validate {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let request = self.request()?;
        let (validated, card) = match &self.scorecard {
            Some(path) => {
                let card = load(path)?;
                (with_scorecard(&card, &request, console)?, Some(card))
            }
            None => (without_scorecard(&self.scores.columns(), &request, console)?, None),
        };
        let document = card.as_ref().map(|card| card.document());
        write_validation(
            &validated.title,
            document,
            &validated.evidence,
            &validated.cases,
            &validated.scored,
            Rendering { language: self.lang.into(), kept: &self.out, charts: &picture_formats(&self.charts) },
            &self.out,
        )?;
        let standard_passed = validated.evidence.standard.as_ref().is_none_or(StandardEvidence::passed);
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
            limits_passed: validated.evidence.passed() && (self.options.standard.is_none() || standard_passed),
        })
    }

    fn request(&self) -> Result<Request> {
        let Options { initial_auc, cut_off, approval_rate, asset_correlation, .. } = self.options;
        let shares = [
            ("--initial-auc", initial_auc),
            ("--approval-rate", approval_rate),
            ("--asset-correlation", Some(asset_correlation)),
        ];
        for (name, share) in shares {
            if share.is_some_and(|share| !(0.0..1.0).contains(&share)) {
                return Err(Error::new(ErrorKind::Usage, format!("{name} must lie between 0 and 1")));
            }
        }
        let roles = &self.roles;
        Ok(Request {
            data: self.data.clone(),
            separator: self.separator,
            roles: RoleColumns {
                period: roles.period_column.clone(),
                grade: roles.grade_column.clone(),
                grades: roles.grades.clone(),
                previous_grade: roles.previous_grade_column.clone(),
                segments: roles.segment_column.clone(),
                fairness: roles.fairness_column.clone(),
                fairness_reference: roles.fairness_reference.clone(),
                decision: roles.decision_column.clone(),
                approved: roles.approved.clone(),
                exposure: roles.exposure_column.clone(),
            },
            reference: self.options.reference.clone(),
            standard: Some(Standard::load(self.options.standard.as_deref().unwrap_or(DEFAULT_STANDARD))?),
            options: MeasureOptions {
                seed: self.scores.seed,
                resamples: self.options.resamples,
                minimum_cases: self.options.minimum_cases,
                minimum_bads: self.options.minimum_bads,
                asset_correlation,
                initial_auc,
                cut_off,
                approval_rate,
                stress: self.options.stress.as_deref().map(StressPlan::read).transpose()?,
            },
            expected_sha256: self.expect_sha256.clone(),
        })
    }
}

impl Scores {
    fn columns(&self) -> ScoreColumns {
        let outcome = match &self.ratio_column {
            Some(column) => OutcomeColumn::Ratio(column.clone()),
            None => OutcomeColumn::Plain {
                // clap asks for it where there is neither a scorecard nor a ratio.
                column: self.outcome_column.clone().unwrap_or_default(),
                bad: self.bad.clone(),
                good: self.good.clone(),
            },
        };
        ScoreColumns {
            outcome,
            score: self.score_column.clone(),
            pd: self.pd_column.clone(),
            weight: self.weight_column.clone(),
            group: self.group_column.clone(),
        }
    }
}
