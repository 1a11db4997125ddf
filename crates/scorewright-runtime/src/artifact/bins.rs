//! A bin of a feature or of an axis, and its form in the file.

use serde::{Deserialize, Serialize};

use super::Literal;

/// A bin of a feature. In the file the domain's fields stand beside the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "BinFields", into = "BinFields")]
pub struct Bin {
    /// How people call the bin.
    pub label: String,
    /// The values that fall into it.
    pub domain: BinDomain,
    /// Weight of all development cases in it, the indeterminate ones included.
    pub cases: f64,
    /// Weight of goods.
    pub goods: f64,
    /// Weight of bads.
    pub bads: f64,
    /// Weight of evidence, ln((goods / all goods) / (bads / all bads)).
    pub woe: f64,
    /// Where the WOE comes from; absent: from the bin's own counts.
    pub woe_from: Option<WoeFrom>,
    /// Points for being in this bin.
    pub points: f64,
    /// What a customer or a reviewer is told when this bin costs points.
    pub reason: String,
}

/// Where the WOE of a bin comes from that does not go by its own counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum WoeFrom {
    /// It is 0 by rule.
    Neutral,
    /// Its counts and those of the bin at this position, from 0, together.
    Bin(usize),
}

/// The values that fall into a bin.
#[derive(Debug, Clone, PartialEq)]
pub enum BinDomain {
    /// lower <= x < upper; `None` is unbounded, and takes the infinity of its side.
    Interval {
        /// Inclusive.
        lower: Option<f64>,
        /// Exclusive.
        upper: Option<f64>,
    },
    /// Exact texts.
    Categories(Vec<String>),
    /// Special codes: numbers for a numeric feature, texts for a categorical one.
    Special(Vec<Literal>),
    /// No value.
    Missing,
    /// Cells of a pair's grid: positions of a bin of the first axis and of one of the second.
    Cells(Vec<[u16; 2]>),
}

/// A bin of an axis of a pair, or values that tell a segment. In the file the domain's fields stand beside the label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "AxisBinFields", into = "AxisBinFields")]
pub struct AxisBin {
    /// How people call the bin.
    pub label: String,
    /// The values that fall into it; never cells.
    pub domain: BinDomain,
}

/// The domain's fields, as both forms of a bin have them in the file.
struct DomainFields {
    lower: Option<Option<f64>>,
    upper: Option<Option<f64>>,
    categories: Option<Vec<String>>,
    special: Option<Vec<Literal>>,
    missing: Option<bool>,
    cells: Option<Vec<[u16; 2]>>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", schemars(extend("oneOf" = super::schema::one_domain(true), "dependentRequired" = super::schema::both_bounds())))]
struct BinFields {
    /// How people call the bin.
    label: String,
    /// Inclusive; null: unbounded.
    #[serde(default, with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    lower: Option<Option<f64>>,
    /// Exclusive; null: unbounded.
    #[serde(default, with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    upper: Option<Option<f64>>,
    /// Exact texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    categories: Option<Vec<String>>,
    /// Special codes: numbers for numeric values, texts for categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Literal>"))]
    special: Option<Vec<Literal>>,
    /// True in the bin of missing values, and nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "bool", extend("const" = true)))]
    missing: Option<bool>,
    /// Cells of a pair's grid: positions, from 0, of a bin of the first axis and of one of the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<[u16; 2]>"))]
    cells: Option<Vec<[u16; 2]>>,
    /// Weight of all development cases in it, the indeterminate ones included.
    cases: f64,
    /// Weight of goods.
    goods: f64,
    /// Weight of bads.
    bads: f64,
    /// Weight of evidence, ln((goods / all goods) / (bads / all bads)).
    woe: f64,
    /// Where the WOE comes from; absent: from the bin's own counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    woe_from: Option<WoeFrom>,
    /// Points for being in this bin.
    points: f64,
    /// What a customer or a reviewer is told when this bin costs points.
    reason: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", schemars(extend("oneOf" = super::schema::one_domain(false), "dependentRequired" = super::schema::both_bounds())))]
struct AxisBinFields {
    /// How people call the bin.
    label: String,
    /// Inclusive; null: unbounded.
    #[serde(default, with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    lower: Option<Option<f64>>,
    /// Exclusive; null: unbounded.
    #[serde(default, with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    upper: Option<Option<f64>>,
    /// Exact texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    categories: Option<Vec<String>>,
    /// Special codes: numbers for numeric values, texts for categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Literal>"))]
    special: Option<Vec<Literal>>,
    /// True in the bin of missing values, and nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "bool", extend("const" = true)))]
    missing: Option<bool>,
}

/// Tells a bound that is null from one that is not there.
mod present {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(bound: &Option<Option<f64>>, serializer: S) -> Result<S::Ok, S::Error> {
        bound.flatten().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<f64>>, D::Error> {
        Option::<f64>::deserialize(deserializer).map(Some)
    }
}

impl DomainFields {
    fn domain(self) -> Option<BinDomain> {
        match (self.lower, self.upper, self.categories, self.special, self.missing, self.cells) {
            (Some(lower), Some(upper), None, None, None, None) => Some(BinDomain::Interval { lower, upper }),
            (None, None, Some(categories), None, None, None) => Some(BinDomain::Categories(categories)),
            (None, None, None, Some(special), None, None) => Some(BinDomain::Special(special)),
            (None, None, None, None, Some(true), None) => Some(BinDomain::Missing),
            (None, None, None, None, None, Some(cells)) => Some(BinDomain::Cells(cells)),
            _ => None,
        }
    }
}

impl From<BinDomain> for DomainFields {
    fn from(domain: BinDomain) -> Self {
        let none =
            DomainFields { lower: None, upper: None, categories: None, special: None, missing: None, cells: None };
        match domain {
            BinDomain::Interval { lower, upper } => DomainFields { lower: Some(lower), upper: Some(upper), ..none },
            BinDomain::Categories(categories) => DomainFields { categories: Some(categories), ..none },
            BinDomain::Special(special) => DomainFields { special: Some(special), ..none },
            BinDomain::Missing => DomainFields { missing: Some(true), ..none },
            BinDomain::Cells(cells) => DomainFields { cells: Some(cells), ..none },
        }
    }
}

impl TryFrom<BinFields> for Bin {
    type Error = String;

    fn try_from(fields: BinFields) -> Result<Self, String> {
        let BinFields {
            label,
            lower,
            upper,
            categories,
            special,
            missing,
            cells,
            cases,
            goods,
            bads,
            woe,
            woe_from,
            points,
            reason,
        } = fields;
        let domain = DomainFields { lower, upper, categories, special, missing, cells }.domain();
        let domain = domain.ok_or_else(|| {
            format!(
                "bin {label:?} must have either lower and upper, or categories, or special, or missing = true, or (of a pair) cells"
            )
        })?;
        Ok(Bin { label, domain, cases, goods, bads, woe, woe_from, points, reason })
    }
}

impl From<Bin> for BinFields {
    fn from(bin: Bin) -> Self {
        let Bin { label, domain, cases, goods, bads, woe, woe_from, points, reason } = bin;
        let DomainFields { lower, upper, categories, special, missing, cells } = domain.into();
        BinFields {
            label,
            lower,
            upper,
            categories,
            special,
            missing,
            cells,
            cases,
            goods,
            bads,
            woe,
            woe_from,
            points,
            reason,
        }
    }
}

impl TryFrom<AxisBinFields> for AxisBin {
    type Error = String;

    fn try_from(fields: AxisBinFields) -> Result<Self, String> {
        let AxisBinFields { label, lower, upper, categories, special, missing } = fields;
        let domain = DomainFields { lower, upper, categories, special, missing, cells: None }.domain();
        let domain = domain.ok_or_else(|| {
            format!(
                "the axis bin {label:?} must have either lower and upper, or categories, or special, or missing = true"
            )
        })?;
        Ok(AxisBin { label, domain })
    }
}

impl From<AxisBin> for AxisBinFields {
    fn from(bin: AxisBin) -> Self {
        let DomainFields { lower, upper, categories, special, missing, .. } = bin.domain.into();
        AxisBinFields { label: bin.label, lower, upper, categories, special, missing }
    }
}
