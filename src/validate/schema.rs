//! What a data file and an artifact say beside their values: columns that the card does not know, types, a digest.

use std::collections::{BTreeMap, BTreeSet};

use scorewright_runtime::Scorecard;

use super::RoleColumns;
use crate::assembly::outcome_column;
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::ArtifactEvidence;
use crate::table::Table;

/// The columns of a data file against those that a card names.
pub(super) struct FileSchema {
    /// The type of every column in the file.
    pub types: BTreeMap<String, String>,
    /// Columns that the card names and the file does not have.
    pub missing: Vec<String>,
    /// Columns of the file that neither the card nor the command line names.
    pub extra: Vec<String>,
}

impl FileSchema {
    /// Holds the columns of a file against a card and the command line.
    pub fn new(card: &Scorecard, table: &Table, roles: &RoleColumns) -> Self {
        let document = card.document();
        let columns = &document.columns;
        let optional = [&columns.id, &columns.observed_at, &columns.group, &columns.weight];
        let outcome = outcome_column(&document.outcome.source).to_owned();
        let named: BTreeSet<String> = card
            .inputs()
            .iter()
            .map(|input| input.name.clone())
            .chain(optional.into_iter().flatten().cloned())
            .chain([outcome])
            .collect();
        let roles: BTreeSet<String> = roles.names().collect();
        let names = table.names();
        FileSchema {
            types: names.iter().map(|name| (name.clone(), table.type_in_words(name).to_owned())).collect(),
            missing: named.iter().filter(|name| !table.has(name)).cloned().collect(),
            extra: names.into_iter().filter(|name| !named.contains(name) && !roles.contains(name)).collect(),
        }
    }
}

/// What is known of a loaded artifact.
///
/// # Errors
/// [`ErrorKind::Artifact`] where it is not the one that is expected, or was not made by training.
pub(super) fn artifact(card: &Scorecard, expected: Option<&str>) -> Result<ArtifactEvidence> {
    let document = card.document();
    if document.score_bands.is_empty() {
        let what = "the scorecard has no score bands, which a validation measures its stability against";
        return Err(
            Error::new(ErrorKind::Artifact, what).help("take the scorecard.json that training wrote, unchanged")
        );
    }
    let sha256 = crate::digest::sha256(&document.to_json()?);
    let expected = expected.map(|digest| digest.trim().to_lowercase());
    if let Some(expected) = expected.as_ref().filter(|expected| **expected != sha256) {
        let what = format!("the scorecard's SHA-256 is {sha256}, not {expected}");
        return Err(Error::new(ErrorKind::Artifact, what).help(
            "take the scorecard.json that was approved, unchanged; its SHA-256 stands in the report of its training (Data and lineage)",
        ));
    }
    Ok(ArtifactEvidence {
        matches: expected.as_ref().map(|_| true),
        expected_sha256: expected,
        sha256,
        verification_rows: document.verification.len() as u64,
    })
}
