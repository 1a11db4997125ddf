//! The last step of training: the scorecard gets the definitions of its columns and the digest of its evidence.

use std::collections::BTreeSet;

use scorewright_runtime::Scorecard;

use super::TrainedCard;
use crate::digest::sha256;
use crate::error::Result;
use crate::features::sql::definitions;
use crate::history::History;

/// Completes the scorecard and its evidence. Each names the other: the evidence has the digest of the scorecard without
/// `lineage.evidence_sha256`, which is then the digest of the evidence. `headings`: the tables of the history; `None`: the
/// cases come from a ready-made table.
///
/// # Errors
/// What JSON cannot carry.
pub(crate) fn seal(mut card: TrainedCard, headings: Option<&History>) -> Result<TrainedCard> {
    let mut document = card.scorecard.document().clone();
    if let Some(history) = headings {
        let columns: BTreeSet<String> = card.scorecard.inputs().iter().map(|input| input.name.clone()).collect();
        document.definitions = Some(definitions(&card.spec, history, &columns)?);
    }
    card.evidence.scorecard_without_evidence_sha256 = Some(sha256(&document.to_json()?));
    document.lineage.evidence_sha256 = Some(sha256(&card.evidence.to_json()?));
    card.scorecard = Scorecard::from_json(&document.to_json()?)?;
    Ok(card)
}
