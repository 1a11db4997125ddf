//! Exports: one file a format.

mod json;

use scorewright_runtime::Scorecard;

use crate::error::Result;

/// What a scorecard can be exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The artifact itself.
    Json,
}

/// The bytes of a scorecard in a format.
///
/// # Errors
/// Those of the format.
pub fn export(card: &Scorecard, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Json => json::export(card),
    }
}
