//! The form of `scorecard.json` as JSON Schema, for whoever reads or checks the artifact in another language.

use crate::error::{Result, internal};

/// The JSON Schema of the artifact: the text that stands in `docs/scorecard.schema.json`.
///
/// # Errors
/// An internal fault of writing.
pub fn schema() -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(&scorewright_runtime::artifact::schema()).map_err(internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}
