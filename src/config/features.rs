//! `[features]`: which columns are features, and how each is to be read and binned.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::{FeatureKind, Range};
use serde::Deserialize;

use super::binning::{ForbiddenCut, SeparateBin, cuts_fault};
use super::history_features::Definition;
use super::pairs::PairSettings;
use super::source::Source;
use super::special::SpecialValues;
use crate::error::Result;

/// `[features]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeaturesSection {
    /// Names or globs of columns that are features.
    #[serde(default = "everything")]
    pub include: Vec<String>,
    /// Names or globs of columns that are not.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Settings by column.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnSettings>,
    /// Two columns as one feature, by name.
    #[serde(default)]
    pub pairs: BTreeMap<String, PairSettings>,
    /// Features by definition, for a card on the history.
    #[serde(default)]
    pub define: BTreeMap<String, Definition>,
    /// Names, topics or globs of standard features, for a card on the history.
    #[serde(default)]
    pub library: Vec<String>,
    /// Standard features that the history cannot give, with the reason.
    #[serde(skip)]
    pub unavailable: Vec<(String, String)>,
    /// Columns that the card needs whether or not they are features: the one that tells the segment.
    #[serde(skip)]
    pub needed: Vec<String>,
}

impl Default for FeaturesSection {
    fn default() -> Self {
        FeaturesSection {
            include: everything(),
            exclude: Vec::new(),
            columns: BTreeMap::new(),
            pairs: BTreeMap::new(),
            define: BTreeMap::new(),
            library: Vec::new(),
            unavailable: Vec::new(),
            needed: Vec::new(),
        }
    }
}

fn everything() -> Vec<String> {
    vec!["*".to_owned()]
}

/// `[features.columns.NAME]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSettings {
    /// How the column is to be read; else by the column's type.
    #[serde(rename = "type")]
    pub kind: Option<FeatureKind>,
    /// Values with a bin of their own.
    #[serde(default)]
    pub special: SpecialValues,
    /// Fixed cuts, used as they stand.
    pub cuts: Option<Vec<f64>>,
    /// Fixed groups of a categorical, used as they stand.
    pub groups: Option<Vec<Vec<String>>>,
    /// Trend of the good rate over the bins; else the one of `[binning]`.
    pub monotone: Option<Monotone>,
    /// In words, for reports.
    #[serde(default)]
    pub description: String,
    /// The range that is allowed for numbers that are neither missing nor special. Training refuses none outside of it:
    /// it goes into the scorecard, and scoring and validation report what lies outside.
    pub allowed: Option<Range>,
    /// What a customer is told when this feature costs points; else the bin's label.
    pub reason: Option<String>,
    /// Most bins.
    pub max_bins: Option<usize>,
    /// Least share.
    pub min_share: Option<f64>,
    /// Cuts that must be there; the others are found.
    #[serde(default)]
    pub fixed_cuts: Vec<f64>,
    /// Where no cut may lie.
    #[serde(default)]
    pub forbidden_cuts: Vec<ForbiddenCut>,
    /// The order of an ordinal feature's categories.
    pub order: Option<Vec<String>>,
    /// Categories that stay together, group by group.
    #[serde(default)]
    pub together: Vec<Vec<String>>,
    /// Categories that form a bin without others.
    #[serde(default)]
    pub apart: Vec<Vec<String>>,
    /// Rare categories are grouped by the longest prefix that is not rare.
    #[serde(default)]
    pub by_prefix: bool,
    /// The bin of missing values.
    pub missing: Option<SeparateBin>,
    /// The bins of special values.
    pub special_bins: Option<SeparateBin>,
}

/// Trend of the good rate over a numeric feature's bins, from low values to high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Monotone {
    /// No constraint.
    None,
    /// Rising.
    Ascending,
    /// Falling.
    Descending,
    /// The better of ascending and descending.
    #[default]
    Auto,
    /// Rising, then falling.
    Peak,
    /// Falling, then rising.
    Valley,
    /// The best with at most one turn.
    Unimodal,
}

impl Monotone {
    /// The word of configuration, documents and reports.
    pub fn name(self) -> &'static str {
        match self {
            Monotone::None => "none",
            Monotone::Ascending => "ascending",
            Monotone::Descending => "descending",
            Monotone::Auto => "auto",
            Monotone::Peak => "peak",
            Monotone::Valley => "valley",
            Monotone::Unimodal => "unimodal",
        }
    }
}

impl FeaturesSection {
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        let patterns = self.include.iter().map(|pattern| ("include", pattern));
        let patterns = patterns.chain(self.exclude.iter().map(|pattern| ("exclude", pattern)));
        for (key, pattern) in patterns.chain(self.library.iter().map(|pattern| ("library", pattern))) {
            glob::Pattern::new(pattern).map_err(|e| {
                source
                    .error(&["features", key], format!("{pattern:?} is not a pattern: {e}"))
                    .help("use a column's name, or * for any text, ? for one character, [ab] for a choice")
            })?;
        }
        for (name, column) in &self.columns {
            column.check(name, source)?;
        }
        for (name, pair) in &self.pairs {
            pair.check(name, source)?;
        }
        self.define.iter().try_for_each(|(name, definition)| definition.check(name, source))
    }
}

impl ColumnSettings {
    /// How the settings say that the column is to be read: by type, else by what only one type can have.
    pub fn feature_kind(&self) -> Option<FeatureKind> {
        match (self.kind, self.has_categories(), self.has_cuts()) {
            (Some(kind), ..) => Some(kind),
            (None, true, _) => Some(FeatureKind::Categorical),
            (None, false, true) => Some(FeatureKind::Numeric),
            (None, false, false) => None,
        }
    }

    fn check(&self, name: &str, source: &Source) -> Result<()> {
        let wrong =
            |key: &str, what: String| Err(source.error(&["features", "columns", name, key], what).in_column(name));
        if self.kind == Some(FeatureKind::Pair) {
            let what = "a column is numeric or categorical; two columns together are a pair: [features.pairs.NAME]";
            return wrong("type", what.into());
        }
        if self.has_cuts() && self.kind == Some(FeatureKind::Categorical) {
            return wrong("cuts", "a categorical feature cannot have cuts; give groups instead".into());
        }
        if let Some(range) = self.allowed {
            if self.feature_kind() == Some(FeatureKind::Categorical) {
                return wrong("allowed", "a categorical feature has no range of numbers".into());
            }
            let ends = [range.lowest, range.highest];
            if ends.iter().flatten().any(|end| !end.is_finite()) || ends == [None, None] {
                return wrong("allowed", "allowed takes lowest, highest or both, as finite numbers".into());
            }
            if range.lowest.zip(range.highest).is_some_and(|(lowest, highest)| lowest > highest) {
                return wrong("allowed", "lowest lies above highest".into());
            }
        }
        if let Some(what) = self.cuts.as_deref().and_then(cuts_fault) {
            return wrong("cuts", what);
        }
        if self.cuts.is_some() && !(self.fixed_cuts.is_empty() && self.forbidden_cuts.is_empty()) {
            return wrong(
                "cuts",
                "cuts are used as they stand; to have the others found, give fixed_cuts instead".into(),
            );
        }
        if let Some((key, what)) = self.bins_fault() {
            return wrong(key, what);
        }
        if let Some(groups) = &self.groups {
            if self.kind == Some(FeatureKind::Numeric) || self.has_cuts() {
                return wrong("groups", "a numeric feature cannot have groups of categories; give cuts instead".into());
            }
            let mut seen = std::collections::BTreeSet::new();
            for group in groups {
                if group.is_empty() {
                    return wrong("groups", "a group is empty".into());
                }
                for category in group {
                    if !seen.insert(category) {
                        return wrong("groups", format!("the category {category:?} stands in two groups"));
                    }
                }
            }
            if groups.is_empty() {
                return wrong("groups", "groups is empty; leave the key out to have groups found".into());
            }
        }
        if self.has_categories() && (self.kind == Some(FeatureKind::Numeric) || self.has_cuts()) {
            return wrong("type", "order, together, apart and by_prefix are for categories, cuts for numbers".into());
        }
        if self.monotone.is_some() && self.order.is_none() && self.feature_kind() == Some(FeatureKind::Categorical) {
            return wrong(
                "monotone",
                "a categorical feature has no order, so it can have no trend; give it one: order = [...]".into(),
            );
        }
        match self.special_fault() {
            Some((key, what)) => wrong(key, what),
            None => Ok(()),
        }
    }
}
