//! What an event says: an in-toto statement whose subjects are files by digest, and whose predicate is one entry of the log.
//!
//! Source: in-toto attestation framework, Statement v1 (github.com/in-toto/attestation, spec/v1/statement.md). The
//! signature covers the event's number and the digest of the event before it: it holds at its one place only.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use scorewright_runtime::artifact::CardKind;
use serde::{Deserialize, Serialize};

/// The type of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of every predicate.
pub const PREDICATE_TYPE: &str = "urn:scorewright:registry-event:1";

/// A statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// The files that it is about: the scorecard first, or the policy.
    pub subject: Vec<Subject>,
    /// [`PREDICATE_TYPE`].
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// The entry of the log.
    pub predicate: Entry,
}

/// A file by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// `sha256`, lower-case hexadecimal.
    pub digest: BTreeMap<String, String>,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The registry: SHA-256 of its first event; null in that event.
    pub registry: Option<String>,
    /// Position in the log, from 1.
    pub number: u64,
    /// SHA-256 of the event before; null in the first.
    pub previous_sha256: Option<String>,
    /// When, by the signer's clock; never before the event before.
    pub at: DateTime<Utc>,
    /// Who signs, in which role.
    pub signer: SignerName,
    /// The version of the program that wrote it.
    pub tool_version: String,
    /// What is done.
    pub action: Action,
}

/// Who signs, in which role; the policy must agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerName {
    /// The person, as in the policy.
    pub name: String,
    /// The role.
    pub role: String,
}

/// A version of a card: `german-application/3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionId {
    /// The card's name.
    pub card: String,
    /// From 1, in the order of registration.
    pub number: u32,
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.card, self.number)
    }
}

/// A file that the registry keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// Its name, with folders: `configuration/cards/behavior.toml`.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// What evidence says about its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsFound {
    /// SHA-256 of evidence.json.
    pub sha256: String,
    /// How many limits it was held against, a sample each.
    pub limits: u32,
    /// Those that do not hold, as `name on sample`.
    pub failed: Vec<String>,
}

/// Why a version may be used although limits do not hold, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Why.
    pub reason: String,
    /// The moment from which it no longer counts.
    pub expires: DateTime<Utc>,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// A policy comes into force; the first event is one.
    Policy {
        /// `policy.toml`.
        file: FileRecord,
    },
    /// A key is no longer to be believed.
    Revoke {
        /// The key's id.
        key: String,
        /// Why.
        reason: String,
        /// The first event that no longer counts where this key signed it; null: what it signed before stays.
        since: Option<u64>,
    },
    /// A version enters as candidate.
    Register {
        /// The version.
        version: VersionId,
        /// The moment of the loan that the card is for.
        card_kind: CardKind,
        /// scorecard.json first, evidence.json second.
        files: Vec<FileRecord>,
        /// The evidence of training.
        evidence: LimitsFound,
        /// Free words.
        note: String,
    },
    /// A version is validated.
    Validate {
        /// The version.
        version: VersionId,
        /// Files of the validation, evidence.json first; empty where the evidence of training was looked at.
        files: Vec<FileRecord>,
        /// The evidence that was looked at.
        evidence: LimitsFound,
        /// Where limits do not hold, here or in training.
        exception: Option<Exception>,
        /// Free words.
        note: String,
    },
    /// A version is approved, by one of the roles that must.
    Approve {
        /// The version.
        version: VersionId,
        /// Conditions, or other words.
        note: String,
    },
    /// A version is turned down for good.
    Reject {
        /// The version.
        version: VersionId,
        /// Why.
        reason: String,
    },
    /// A version is in force from a moment on, in place of any other of its card.
    Release {
        /// The version.
        version: VersionId,
        /// From when.
        from: DateTime<Utc>,
        /// Until when; null: until another is released.
        until: Option<DateTime<Utc>>,
        /// Why an earlier version comes back; null where it is none.
        rollback: Option<String>,
    },
    /// A version goes out of use for good.
    Retire {
        /// The version.
        version: VersionId,
        /// Why.
        reason: String,
    },
}

impl Action {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Action::Policy { .. } => "policy",
            Action::Revoke { .. } => "revoke",
            Action::Register { .. } => "register",
            Action::Validate { .. } => "validate",
            Action::Approve { .. } => "approve",
            Action::Reject { .. } => "reject",
            Action::Release { .. } => "release",
            Action::Retire { .. } => "retire",
        }
    }

    /// The version that it is about.
    pub fn version(&self) -> Option<&VersionId> {
        match self {
            Action::Policy { .. } | Action::Revoke { .. } => None,
            Action::Register { version, .. }
            | Action::Validate { version, .. }
            | Action::Approve { version, .. }
            | Action::Reject { version, .. }
            | Action::Release { version, .. }
            | Action::Retire { version, .. } => Some(version),
        }
    }

    /// The files that it brings.
    pub fn files(&self) -> &[FileRecord] {
        match self {
            Action::Policy { file } => std::slice::from_ref(file),
            Action::Register { files, .. } | Action::Validate { files, .. } => files,
            _ => &[],
        }
    }
}

impl Subject {
    /// A file of this name and digest.
    pub fn new(name: &str, sha256: &str) -> Self {
        Subject { name: name.to_owned(), digest: BTreeMap::from([("sha256".to_owned(), sha256.to_owned())]) }
    }
}
