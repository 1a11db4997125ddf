//! The artifact itself, in its canonical bytes: for engines that embed the runtime crate.

use scorewright_runtime::Scorecard;

use crate::error::Result;

pub(super) fn export(card: &Scorecard) -> Result<Vec<u8>> {
    Ok(card.document().to_json()?)
}
