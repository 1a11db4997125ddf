//! The artifact itself, in its canonical bytes: for engines that embed the runtime crate or the Python package.

use super::Subject;
use crate::error::Result;

pub(super) fn export(subject: &Subject<'_>) -> Result<Vec<u8>> {
    Ok(subject.card.document().to_json()?)
}
