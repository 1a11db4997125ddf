//! Exports: one file a format. Each says of itself which scorecard it is and whether that was approved.

mod answers;
mod json;
mod points_table;
mod python;
mod schema;
mod standing;
mod subject;
pub mod vectors;

pub use schema::schema;
pub use standing::Standing;

use scorewright_runtime::Scorecard;

use self::subject::Subject;
use crate::error::Result;

/// What a scorecard can be exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The artifact itself.
    Json,
    /// A Python module without dependencies.
    Python,
    /// A points table for people, as text.
    Csv,
    /// A points table for people, as an Excel workbook with a calculator.
    Excel,
}

impl Format {
    /// How the names of its files end, without the leading dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Python => "py",
            Format::Csv => "csv",
            Format::Excel => "xlsx",
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
        Format::Python => python::export(&subject),
        Format::Csv => points_table::csv(&subject),
        Format::Excel => points_table::excel(&subject),
    }
}
