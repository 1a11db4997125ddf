//! Exports: one file a format. Each says of itself which scorecard it is and whether that was approved.

mod answers;
mod json;
mod onnx;
mod pmml;
mod points_table;
mod python;
pub mod sql;
mod standing;
mod subject;
pub mod vectors;
mod zen;

pub use standing::Standing;

use scorewright_runtime::Scorecard;

use self::subject::Subject;
use crate::error::Result;

/// What a scorecard can be exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The artifact itself.
    Json,
    /// PMML 4.4: a Scorecard with reason codes.
    Pmml,
    /// A Python module without dependencies.
    Python,
    /// A points table for people, as text.
    Csv,
    /// A points table for people, as an Excel workbook with a calculator.
    Excel,
    /// A decision graph of the GoRules ZEN engine.
    Zen,
    /// An ONNX model, in double precision.
    Onnx,
    /// A query that scores the table `cases`; [`sql::export_sql`] takes another table.
    Sql(sql::Dialect),
}

impl Format {
    /// How the names of its files end, without the leading dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Pmml => "pmml",
            Format::Python => "py",
            Format::Csv => "csv",
            Format::Excel => "xlsx",
            Format::Zen => "zen.json",
            Format::Onnx => "onnx",
            Format::Sql(_) => "sql",
        }
    }
}

/// A scorecard in a format.
///
/// # Errors
/// Those of the format: what it cannot express is refused, never left out.
pub fn export(card: &Scorecard, standing: &Standing, format: Format) -> Result<Vec<u8>> {
    let subject = Subject::new(card, standing)?;
    match format {
        Format::Json => json::export(&subject),
        Format::Pmml => pmml::export(&subject),
        Format::Python => python::export(&subject),
        Format::Csv => points_table::csv(&subject),
        Format::Excel => points_table::excel(&subject),
        Format::Zen => zen::export(&subject),
        Format::Onnx => onnx::export(&subject),
        Format::Sql(dialect) => sql::query(&subject, dialect, sql::TABLE),
    }
}
