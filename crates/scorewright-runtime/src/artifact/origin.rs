//! Where a scorecard comes from: inputs and how they are computed, samples, files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FeatureKind;

/// What is known of an input column beside its bins; scoring does not use it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InputFacts {
    /// Whether it takes numbers or categories.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FeatureKind>,
    /// Whether development had missing values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<bool>,
    /// The range that the card's authors allow for numbers that are neither missing nor special.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Range>,
    /// Lowest ordinary number of the development sample: neither missing nor special nor infinite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest: Option<f64>,
    /// The highest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest: Option<f64>,
    /// The table of the loan history that the column is computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A range of numbers, its ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Null: unbounded.
    pub lowest: Option<f64>,
    /// Null: unbounded.
    pub highest: Option<f64>,
}

impl Range {
    /// Whether a number lies in the range; a NaN does not.
    pub fn contains(&self, number: f64) -> bool {
        !number.is_nan()
            && self.lowest.is_none_or(|lowest| lowest <= number)
            && self.highest.is_none_or(|highest| number <= highest)
    }
}

/// How input columns are computed from a loan history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    /// By column, its definition in the words of the card's configuration, with everything that it is derived from.
    pub columns: BTreeMap<String, String>,
    /// By engine (`duckdb`, `postgres`, `spark`), one query that gives all columns for a table of observations; an
    /// engine that cannot say a definition is absent.
    pub sql: BTreeMap<String, String>,
}

/// Size and digest of a sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SampleDigest {
    /// Number of cases.
    pub cases: u64,
    /// SHA-256 of the ids in data order, each followed by a line feed.
    pub sha256: String,
}

/// Where a card comes from: no clock, host, user or path outside the project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lineage {
    /// Version of the program that made it.
    pub tool_version: String,
    /// SHA-256 of the card's configuration file.
    pub configuration_sha256: String,
    /// SHA-256 of the project's configuration file, for a card on the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_sha256: Option<String>,
    /// SHA-256 of the file of reviewed edits of the bins, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits_sha256: Option<String>,
    /// SHA-256 of the run's `evidence.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_sha256: Option<String>,
    /// The files that were read.
    pub data: Vec<DataFile>,
    /// The seed of every random number.
    pub seed: u64,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DataFile {
    /// As the configuration names it.
    pub path: String,
    /// Of the file's bytes.
    pub sha256: String,
    /// Rows read from it.
    pub rows: u64,
}
