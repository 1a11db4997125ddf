//! `export`: write a scorecard in the form that a decision engine loads.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use scorewright::error::Result;
use scorewright::export::vectors::vectors;
use scorewright::export::{Format, Standing, export};
use scorewright::scoring::load;
use scorewright::staging::write_bytes;
use serde_json::json;

use super::Done;

/// Writes a scorecard in the form that a decision engine loads, and beside it test vectors: cases with what they must
/// score, in FILE.vectors.json. What each form means: docs/export/.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorewright export runs/behavior/scorecard.json --format json --out behavior.json\n  scorewright export runs/behavior/scorecard.json --format python --out exports/"
)]
pub struct Export {
    /// The scorecard
    scorecard: PathBuf,
    /// The form
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// The file to write; or a directory that exists, where the file gets a name that says whether it is a draft
    #[arg(long)]
    out: PathBuf,
}

/// The forms.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ExportFormat {
    /// The artifact itself, for engines that embed the runtime crate or the Python package
    Json,
    /// PMML 4.4, a Scorecard with reason codes
    Pmml,
    /// A Python module without dependencies
    Python,
    /// A points table for people, as text
    Csv,
    /// A points table for people, as an Excel workbook with a calculator
    Excel,
    /// A decision graph of the GoRules ZEN engine
    Zen,
    /// An ONNX model, in double precision
    Onnx,
}

impl Export {
    pub fn run(&self) -> Result<Done> {
        let format = match self.format {
            ExportFormat::Json => Format::Json,
            ExportFormat::Pmml => Format::Pmml,
            ExportFormat::Python => Format::Python,
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Excel => Format::Excel,
            ExportFormat::Zen => Format::Zen,
            ExportFormat::Onnx => Format::Onnx,
        };
        let card = load(&self.scorecard)?;
        // No version is approved until somebody keeps approvals.
        let standing = Standing::Draft;
        let name = &card.document().card.name;
        let out = match self.out.is_dir() {
            true => self.out.join(format!("{}.{}", standing.file_stem(name), format.extension())),
            false => self.out.clone(),
        };
        let vectors = vectors(&card, &standing)?;
        let beside = beside(&out);
        write_bytes(&out, &export(&card, &standing, format)?)?;
        write_bytes(&beside, &vectors.to_json()?)?;
        let text = format!(
            "{} in {}\n{} test vectors in {}\nA draft: the scorecard is no approved version.\n",
            standing.title(name),
            out.display(),
            vectors.cases.len(),
            beside.display()
        );
        let json = json!({
            "card": name,
            "out": out,
            "vectors": beside,
            "cases": vectors.cases.len(),
            "scorecard_sha256": vectors.scorecard_sha256,
            "standing": vectors.standing,
        });
        Ok(Done { text, json, limits_passed: true })
    }
}

/// Where the test vectors of an export stand.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".vectors.json");
    out.with_file_name(name)
}
