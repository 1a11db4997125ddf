//! The versioned scorecard document, `scorecard.json`.

mod bins;
mod origin;
#[cfg(feature = "schema")]
mod schema;
mod segments;

pub use bins::{AxisBin, Bin, BinDomain, WoeFrom};
pub use origin::{DataFile, Definitions, InputFacts, Lineage, Range, SampleDigest};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use segments::{Segment, Segments};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The format's name.
pub const FORMAT: &str = "scorewright.scorecard";
/// The version that this program writes.
pub const FORMAT_VERSION: u32 = 2;
/// The oldest version that it reads. A document keeps its version, and with it its bytes and digest. Version 2 added
/// `population`, `definitions`, `lineage.evidence_sha256` and, of `inputs`, the type, missing values and allowed range.
pub const OLDEST_FORMAT_VERSION: u32 = 1;

/// The whole document. Field order is the order in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScorecardDocument {
    /// [`FORMAT`].
    #[cfg_attr(feature = "schema", schemars(description = "The format's name.", extend("const" = FORMAT)))]
    pub format: String,
    /// From [`OLDEST_FORMAT_VERSION`] to [`FORMAT_VERSION`].
    #[cfg_attr(
        feature = "schema",
        schemars(description = "The format's version.", range(min = OLDEST_FORMAT_VERSION, max = FORMAT_VERSION))
    )]
    pub format_version: u32,
    /// Which card this is.
    pub card: Card,
    /// What good and bad mean, and where a data set states them.
    pub outcome: Outcome,
    /// Whom the card scores, and when, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub population: String,
    /// What the columns of a data set are besides features.
    pub columns: Columns,
    /// What a value that development never saw gets.
    pub unforeseen: UnforeseenPolicy,
    /// What a feature's points are compared with when reasons are ranked.
    pub reason_baseline: ReasonBaseline,
    /// Points that every case gets: offset + factor * intercept, rounded by the card's rule; 0 in a card with segments,
    /// which each have their own.
    pub base_points: f64,
    /// The intercept, in log odds good:bad; 0 in a card with segments, which each have their own.
    pub intercept: f64,
    /// How log odds become points.
    pub scaling: Scaling,
    /// Parts of the population with features of their own; absent: one card for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<Segments>,
    /// The features in the order of the card.
    pub features: Vec<Feature>,
    /// The development sample by score: what stability is measured against.
    pub score_bands: Vec<ScoreBand>,
    /// What a validation must meet.
    pub limits: BTreeMap<String, f64>,
    /// What is known of the input columns beside their bins; a card of an earlier version has none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, InputFacts>,
    /// How the input columns are computed from a loan history; absent for a card on a ready-made table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definitions: Option<Definitions>,
    /// Size and digest of each sample's row ids.
    pub samples: BTreeMap<String, SampleDigest>,
    /// Where the card comes from.
    pub lineage: Lineage,
    /// Cases with their points, replayed at every load.
    pub verification: Vec<VerificationRow>,
}

/// Which card this is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The card's name.
    pub name: String,
    /// The moment of the loan that it is for.
    pub kind: CardKind,
}

/// The moment of a loan that a card is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CardKind {
    /// At the request.
    Application,
    /// Every month, from how the account is used and repaid.
    Behavior,
    /// In delinquency.
    Collection,
}

impl CardKind {
    /// The word used in configuration, documents and reports.
    pub fn name(self) -> &'static str {
        match self {
            CardKind::Application => "application",
            CardKind::Behavior => "behavior",
            CardKind::Collection => "collection",
        }
    }
}

/// What good and bad mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// In words.
    pub description: String,
    /// Where a data set states it, and how.
    pub source: OutcomeSource,
}

/// How a column states the outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum OutcomeSource {
    /// A column with values that mean bad, and optionally values that mean good.
    Plain {
        /// The column.
        column: String,
        /// Values that mean bad.
        bad: Vec<Literal>,
        /// Values that mean good; absent: every other value that is not null.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        good: Option<Vec<Literal>>,
    },
    /// A column with a share of goodness in [0, 1], for example the share repaid.
    Ratio {
        /// The column.
        column: String,
    },
}

/// A value as configuration and documents write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Literal {
    /// true or false.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Literal::Boolean(value) => write!(f, "{value}"),
            Literal::Number(value) => write!(f, "{value}"),
            Literal::Text(value) => write!(f, "{value}"),
        }
    }
}

/// What the columns of a data set are besides features; absent: no such column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Identifies a case; absent: the row number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Day of observation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_at: Option<String>,
    /// Rows of one group belong together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Case weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
}

/// What a value that development never saw gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum UnforeseenPolicy {
    /// WOE 0, so no points.
    #[default]
    Neutral,
    /// The feature's lowest points.
    Worst,
    /// The case is refused.
    Error,
}

/// What a feature's points are compared with when reasons are ranked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ReasonBaseline {
    /// The feature's best points.
    #[default]
    Best,
    /// The feature's average points in development.
    Average,
}

/// How log odds become points: score = offset + factor * ln(odds good:bad).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// The anchor: this many points ...
    pub points: f64,
    /// ... at these odds good:bad.
    pub odds: f64,
    /// Points that double the odds.
    pub pdo: f64,
    /// pdo / ln 2.
    pub factor: f64,
    /// points - factor * ln(odds).
    pub offset: f64,
    /// The rule for points.
    pub rounding: Rounding,
}

/// The rule for points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Rounding {
    /// To the nearest integer, halves away from zero.
    #[default]
    Integer,
    /// Not rounded; 12 significant digits.
    None,
}

impl Rounding {
    /// `points` by the rule.
    pub fn apply(self, points: f64) -> f64 {
        match self {
            // + 0.0 turns a negative zero into zero.
            Rounding::Integer => points.round() + 0.0,
            Rounding::None => crate::units::twelve_digits(points),
        }
    }
}

/// A feature of the card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// The column's name; of a pair, a name of its own. In a card with segments it begins with the segment's name and a
    /// slash.
    pub name: String,
    /// The segment whose cases get its points; absent: every case does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The column that it takes its values from; absent: the one of its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Whether it takes numbers, categories, or a pair of columns.
    #[serde(rename = "type")]
    pub kind: FeatureKind,
    /// In words; empty where nobody gave any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The coefficient of the feature's WOE.
    pub coefficient: f64,
    /// Average points over the development sample.
    pub average_points: f64,
    /// The two columns of a pair, whose bins span the grid that the pair's bins are regions of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axes: Option<[Axis; 2]>,
    /// Every value that development saw falls into exactly one of these.
    pub bins: Vec<Bin>,
}

impl Feature {
    /// The columns that the feature takes its values from, with their types: one, or the two of a pair.
    pub fn inputs(&self) -> Vec<(&str, FeatureKind)> {
        match &self.axes {
            Some(axes) => axes.iter().map(|axis| (axis.input.as_str(), axis.kind)).collect(),
            None => vec![(self.title(), self.kind)],
        }
    }

    /// What people call it, its segment left out: the column's name; of a pair, its own.
    pub fn title(&self) -> &str {
        let own = || {
            let prefix = self.segment.as_deref()?;
            self.name.strip_prefix(prefix)?.strip_prefix('/')
        };
        self.input.as_deref().or_else(own).unwrap_or(&self.name)
    }
}

/// Whether a feature takes numbers, categories, or a pair of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FeatureKind {
    /// Numbers.
    Numeric,
    /// Exact texts.
    Categorical,
    /// Two columns, each of numbers or of texts.
    Pair,
}

/// A column of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// The column's name.
    pub input: String,
    /// Whether it takes numbers or categories.
    #[serde(rename = "type")]
    pub kind: FeatureKind,
    /// Every value that development saw falls into exactly one of these.
    pub bins: Vec<AxisBin>,
}

/// A decile band of the development sample's score, lower <= score < upper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoreBand {
    /// Inclusive; null: unbounded.
    pub lower: Option<f64>,
    /// Exclusive; null: unbounded.
    pub upper: Option<f64>,
    /// Weight of all development cases in it, the indeterminate ones included.
    pub cases: f64,
    /// Weight of goods.
    pub goods: f64,
    /// Weight of bads.
    pub bads: f64,
}

/// A case with what it must score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VerificationRow {
    /// Value by input column; null: missing.
    pub input: BTreeMap<String, Option<Literal>>,
    /// Points by feature, those of the case's segment.
    pub points: BTreeMap<String, f64>,
    /// The sum of base points and points.
    pub score: f64,
    /// The score's probability of default.
    pub pd: f64,
}

impl ScorecardDocument {
    /// Reads a document; checks its form, format and version but not yet its content.
    ///
    /// # Errors
    /// [`Error::Document`] or [`Error::Format`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            format_version: u32,
        }
        // The head first: of an unknown version, the version is the news, not a field that moved.
        let head: Head = serde_json::from_slice(bytes).map_err(|e| Error::Document(e.to_string()))?;
        if head.format != FORMAT || !(OLDEST_FORMAT_VERSION..=FORMAT_VERSION).contains(&head.format_version) {
            return Err(Error::Format { format: head.format, version: head.format_version });
        }
        let document: Self = serde_json::from_slice(bytes).map_err(|e| Error::Document(e.to_string()))?;
        match document.newer_field() {
            Some(field) => Err(Error::Document(format!("version {} has no field {field}", document.format_version))),
            None => Ok(document),
        }
    }

    /// A field that the document has although its version does not know it.
    fn newer_field(&self) -> Option<&'static str> {
        if self.format_version >= 2 {
            return None;
        }
        let inputs = || self.inputs.values();
        [
            ("population", !self.population.is_empty()),
            ("definitions", self.definitions.is_some()),
            ("lineage.evidence_sha256", self.lineage.evidence_sha256.is_some()),
            ("inputs.type", inputs().any(|input| input.kind.is_some())),
            ("inputs.missing", inputs().any(|input| input.missing.is_some())),
            ("inputs.allowed", inputs().any(|input| input.allowed.is_some())),
        ]
        .into_iter()
        .find_map(|(field, is_there)| is_there.then_some(field))
    }

    /// The document's canonical bytes: two-space indented JSON with a final line feed.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] where a number is not finite, which JSON cannot carry.
    pub fn to_json(&self) -> Result<Vec<u8>, Error> {
        let failed = |e: serde_json::Error| Error::Inconsistent { feature: None, what: e.to_string() };
        let mut bytes = serde_json::to_vec_pretty(self).map_err(failed)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
