//! Segments of a scorecard: parts of the population that each have bins, selection and fit of their own.

use serde::{Deserialize, Serialize};

use super::{AxisBin, FeatureKind};

/// What tells a case's segment, and the segments. All of them share the card's scaling, so that a score means the same
/// odds in each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Segments {
    /// The column whose value tells the segment.
    pub input: String,
    /// Whether it takes numbers or categories.
    #[serde(rename = "type")]
    pub kind: FeatureKind,
    /// The segment of a value that development never saw; absent: such a case is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// The segments, in the order of the card.
    pub segments: Vec<Segment>,
}

/// A segment. Its features are those of the card that name it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// The values that belong to it, in the form of an axis of a pair; no value belongs to two segments.
    pub values: Vec<AxisBin>,
    /// Points that every case of it gets: offset + factor * intercept, rounded by the card's rule.
    pub base_points: f64,
    /// Its intercept, in log odds good:bad.
    pub intercept: f64,
    /// Weight of its development cases, the indeterminate ones included.
    pub cases: f64,
    /// Weight of goods.
    pub goods: f64,
    /// Weight of bads.
    pub bads: f64,
}
