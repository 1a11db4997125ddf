//! The command line: one file a command; each parses, makes one library call and renders the result.

mod bins;
mod bins_diff;
mod bins_streaming;
mod challenger;
mod check;
mod compare;
mod console;
mod cross_validate;
mod demo;
mod export;
mod features;
mod new;
mod outcomes;
mod registry;
mod reject_inference;
mod schema;
mod score;
mod segments;
mod simulate;
mod summary;
mod train;
mod validate;

pub use console::Console;

use clap::{Args, Parser, Subcommand, ValueEnum};
use scorewright::error::Result;
use scorewright::report::document::PictureFormat;
use scorewright::words::Language;

/// Trains, validates and ships credit scorecards, from loan history to decision engine.
#[derive(Debug, Parser)]
#[command(
    name = "scorewright",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Example:\n  scorewright demo                      four scorecards on embedded real data\n  scorewright new my-lender             a commented project to start from\n  scorewright train my-lender/cards/behavior.toml --out my-lender/runs/behavior\n\nExit status: 0 done; 1 internal fault; 2 wrong usage; 3 bad configuration or data;\n4 a limit failed, an approval is missing, or check found errors; 130 interrupted."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Print one JSON document on standard output, and nothing else there
    #[arg(long, global = true)]
    pub json: bool,
    /// Print no progress and no summary
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Number of threads; the result is the same at any number [default: all cores]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// A language of reports.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum ReportLanguage {
    /// English
    #[default]
    En,
    /// Simplified Chinese
    Zh,
}

impl From<ReportLanguage> for Language {
    fn from(language: ReportLanguage) -> Self {
        match language {
            ReportLanguage::En => Language::English,
            ReportLanguage::Zh => Language::Chinese,
        }
    }
}

/// A form in which charts are written as files.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ChartFormat {
    /// As in the page
    Svg,
    /// Pixels; text in the fonts of this machine
    Png,
}

impl From<ChartFormat> for PictureFormat {
    fn from(format: ChartFormat) -> Self {
        match format {
            ChartFormat::Svg => PictureFormat::Svg,
            ChartFormat::Png => PictureFormat::Png,
        }
    }
}

/// The same of several.
pub fn picture_formats(formats: &[ChartFormat]) -> Vec<PictureFormat> {
    formats.iter().map(|format| (*format).into()).collect()
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train the demo's scorecards on embedded real data
    Demo(demo::Demo),
    /// Write a commented project to start from
    New(new::New),
    /// Look for faults in the tables of a project or a card
    Check(check::Check),
    /// Lay definitions of bad, windows, vintages and roll rates side by side
    Outcomes(outcomes::Outcomes),
    /// Write a simulated lender whose truth is known
    Simulate(simulate::Simulate),
    /// Fit a card and write its run directory
    Train(train::Train),
    /// Measure a card's whole pipeline on cases that no step has seen
    CrossValidate(cross_validate::CrossValidate),
    /// Hold boosted trees against a card, to see what it leaves on the table
    Challenger(challenger::Challenger),
    /// List a card's features as a data dictionary, or build them
    Features(features::Features),
    /// Look at a card's bins and edit them, or hold those of two runs against each other
    Bins(bins::Bins),
    /// Infer about rejected applicants in several ways, side by side: a study of sensitivity
    RejectInference(reject_inference::RejectInference),
    /// Propose segments for a card
    Segments(segments::Segments),
    /// Score a file with a scorecard
    Score(score::Score),
    /// Measure a scorecard, or any score, on other data
    Validate(Box<validate::Validate>),
    /// Hold champion and challenger against each other on the same cases
    Compare(Box<compare::Compare>),
    /// Write a scorecard in the form that a decision engine loads
    Export(export::Export),
    /// Register a run as the next version of its card
    Register(registry::Register),
    /// Sign for a version: validate it, or approve it
    Approve(registry::Approve),
    /// Turn a version down for good
    Reject(registry::Reject),
    /// Put an approved version in force
    Release(registry::Release),
    /// Take a version out of use for good
    Retire(registry::Retire),
    /// List the versions of the registry
    List(registry::List),
    /// Show a version and what was signed about it
    Show(registry::Show),
    /// Show what differs between two versions, or between a version and a run
    Diff(registry::Diff),
    /// Verify the registry from its bytes
    Verify(registry::Verify),
    /// Write one archive about a version, for an auditor
    Audit(registry::Audit),
    /// Train a version again and compare the bytes
    Reproduce(registry::Reproduce),
    /// Make and keep a registry: keys, policy, revocations, the log
    Registry(registry::Administration),
    /// Print the form of scorecard.json as JSON Schema
    Schema(schema::Schema),
}

/// What a command has done.
pub struct Done {
    /// A few lines for people.
    pub text: String,
    /// The same for machines.
    pub json: serde_json::Value,
    /// Whether every limit holds.
    pub limits_passed: bool,
}

impl Command {
    /// Carries the command out.
    pub fn run(&self, console: &Console) -> Result<Done> {
        match self {
            Command::Demo(command) => command.run(console),
            Command::New(command) => command.run(),
            Command::Check(command) => command.run(console),
            Command::Outcomes(command) => command.run(console),
            Command::Simulate(command) => command.run(console),
            Command::Train(command) => command.run(console),
            Command::CrossValidate(command) => command.run(console),
            Command::Challenger(command) => command.run(console),
            Command::Features(command) => command.run(console),
            Command::Bins(command) => command.run(console),
            Command::RejectInference(command) => command.run(console),
            Command::Segments(command) => command.run(console),
            Command::Score(command) => command.run(console),
            Command::Validate(command) => command.run(console),
            Command::Compare(command) => command.run(console),
            Command::Export(command) => command.run(),
            Command::Register(command) => command.run(),
            Command::Approve(command) => command.run(),
            Command::Reject(command) => command.run(),
            Command::Release(command) => command.run(),
            Command::Retire(command) => command.run(),
            Command::List(command) => command.run(),
            Command::Show(command) => command.run(),
            Command::Diff(command) => command.run(),
            Command::Verify(command) => command.run(console),
            Command::Registry(command) => command.run(console),
            Command::Audit(command) => command.run(console),
            Command::Reproduce(command) => command.run(console),
            Command::Schema(command) => command.run(),
        }
    }
}
