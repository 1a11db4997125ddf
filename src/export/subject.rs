//! What is exported, and what every export says of itself.

use scorewright_runtime::Scorecard;

use super::Standing;
use crate::digest::sha256;
use crate::error::Result;

/// A scorecard on its way into a format.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub card: &'a Scorecard,
    pub standing: &'a Standing,
    /// SHA-256 of the scorecard's canonical bytes.
    pub sha256: String,
}

impl<'a> Subject<'a> {
    pub fn new(card: &'a Scorecard, standing: &'a Standing) -> Result<Self> {
        Ok(Subject { card, standing, sha256: sha256(&card.document().to_json()?) })
    }

    /// The card's name, marked while it is a draft.
    pub fn title(&self) -> String {
        self.standing.title(&self.card.document().card.name)
    }

    /// What stands at the head of the export, a sentence a line: which card, its digest, whether it was approved. No line
    /// holds a line break.
    pub fn head(&self) -> Vec<String> {
        let document = self.card.document();
        let card = format!("Scorecard {} ({}).", document.card.name, document.card.kind.name());
        let outcome = format!("Outcome: {}.", document.outcome.description.trim_end_matches('.'));
        let digest = format!("scorecard.json SHA-256: {}.", self.sha256);
        let tool = format!("Written by scorewright {}.", env!("CARGO_PKG_VERSION"));
        let lines = [vec![card], self.standing.sentences(), vec![outcome, digest, tool]].concat();
        lines.iter().map(|line| line.split(char::is_control).collect::<Vec<_>>().join(" ")).collect()
    }
}
