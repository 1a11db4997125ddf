//! `[features.pairs.NAME]`: two columns as one feature, with points by regions of the grid that their bins span.

use serde::Deserialize;

use super::features::FeaturesSection;
use super::source::Source;
use crate::error::Result;
use crate::suggest;

/// Most bins that can be asked of an axis.
const MOST_AXIS_BINS: usize = 20;

/// `[features.pairs.NAME]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairSettings {
    /// The two columns; of a card on the history, features.
    pub of: [String; 2],
    /// Most regions, those of missing and special values not counted; else the `max_bins` of `[binning]`.
    pub max_bins: Option<usize>,
    /// Most bins of each axis before regions are put together.
    #[serde(default = "axis_bins")]
    pub axis_bins: usize,
    /// Trend of the good rate along each axis.
    #[serde(default)]
    pub monotone: [AxisTrend; 2],
    /// In words, for reports.
    #[serde(default)]
    pub description: String,
    /// What a customer is told when this feature costs points; else the region's label.
    pub reason: Option<String>,
}

fn axis_bins() -> usize {
    5
}

/// Trend of the good rate along an axis of a pair, from its first ordinary bin to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AxisTrend {
    /// No constraint.
    #[default]
    None,
    /// Never falling.
    Ascending,
    /// Never rising.
    Descending,
}

impl FeaturesSection {
    /// Whether a column is an axis of a pair, or needed for something else than being a feature.
    pub fn is_axis(&self, name: &str) -> bool {
        let is_of_pair = self.pairs.values().any(|pair| pair.of.iter().any(|column| column == name));
        is_of_pair || self.needed.iter().any(|column| column == name)
    }
}

impl PairSettings {
    pub(super) fn check(&self, name: &str, source: &Source) -> Result<()> {
        let wrong = |key: &str, what: String| {
            Err(source.error(&["features", "pairs", name, key], format!("features.pairs.{name}: {what}")))
        };
        if name.trim().is_empty() {
            return wrong("", "the pair has no name".into());
        }
        if self.of[0] == self.of[1] {
            return wrong("of", format!("both columns are {:?}; a pair takes two different ones", self.of[0]));
        }
        if !(2..=MOST_AXIS_BINS).contains(&self.axis_bins) {
            return wrong("axis_bins", format!("axis_bins must be between 2 and {MOST_AXIS_BINS}"));
        }
        if self.max_bins.is_some_and(|bins| !(2..=50).contains(&bins)) {
            return wrong("max_bins", "max_bins must be between 2 and 50".into());
        }
        Ok(())
    }

    /// Checks the pair's names against those of all columns, or of all features of a card on the history: `noun`.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Configuration`] for a column that is not there, or a name that one has already.
    pub fn check_names(&self, name: &str, names: &[&str], noun: &str, source: &Source) -> Result<()> {
        if names.contains(&name) {
            return Err(source
                .error(
                    &["features", "pairs", name],
                    format!("features.pairs: one of the {noun} is called {name:?} too"),
                )
                .help("give the pair a name of its own"));
        }
        for column in &self.of {
            if !names.contains(&column.as_str()) {
                let what = format!("features.pairs.{name}: none of the {noun} is called {column:?}");
                return Err(source.error(&["features", "pairs", name, "of"], what).help(suggest::did_you_mean(
                    column,
                    noun,
                    names.iter().copied(),
                )));
            }
        }
        Ok(())
    }
}
