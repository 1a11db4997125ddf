//! `[selection]`: which features stay.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::within;
use super::source::Source;
use crate::error::Result;

/// `[selection]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SelectionSection {
    /// Always in, but for features of one bin.
    pub keep: Vec<String>,
    /// Never in.
    pub drop: Vec<String>,
    /// Greatest share of development cases whose value is missing.
    pub max_missing: f64,
    /// What becomes of features that look like the outcome.
    pub leaks: Leaks,
    /// Those features with the reasons, where they have been looked for already.
    #[serde(skip)]
    pub known_leaks: Option<Vec<(String, String)>>,
    /// Least information value.
    pub min_iv: f64,
    /// Greatest stability index of the bins between development and any other sample; infinite: no rule.
    pub max_psi: f64,
    /// What becomes of features whose bins change their order on another sample.
    pub reversals: Reversals,
    /// Greatest absolute correlation between the WOE of two features.
    pub max_correlation: f64,
    /// Greatest variance inflation factor; infinite: no rule.
    pub max_vif: f64,
    /// The criterion of the search.
    pub stepwise: Stepwise,
    /// Which way steps go.
    pub direction: Direction,
    /// Greatest p value with which a feature enters; `None`: 0.05.
    pub p_enter: Option<f64>,
    /// Greatest p value with which it stays; `None`: that with which it enters.
    pub p_stay: Option<f64>,
    /// How the features of the model are looked for.
    pub search: Search,
    /// Most features.
    pub max_features: Option<usize>,
    /// Most features of one table of the history.
    pub max_per_source: Option<usize>,
    /// Groups of features of which only some may be in, by name.
    pub themes: BTreeMap<String, Theme>,
}

impl Default for SelectionSection {
    fn default() -> Self {
        SelectionSection {
            keep: Vec::new(),
            drop: Vec::new(),
            max_missing: 0.95,
            leaks: Leaks::Drop,
            known_leaks: None,
            min_iv: 0.02,
            max_psi: 0.25,
            reversals: Reversals::Warn,
            max_correlation: 0.75,
            max_vif: 10.0,
            stepwise: Stepwise::Bic,
            direction: Direction::Both,
            p_enter: None,
            p_stay: None,
            search: Search::Stepwise,
            max_features: None,
            max_per_source: None,
            themes: BTreeMap::new(),
        }
    }
}

/// `[selection.themes.NAME]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Names or globs of its features.
    pub features: Vec<String>,
    /// Most of them in the card.
    pub max: usize,
}

/// What becomes of features that look like the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaks {
    /// They may enter, with a warning.
    Warn,
    /// They are left out, with a warning.
    Drop,
}

/// What becomes of features whose bins change their order on another sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reversals {
    /// Nobody looks.
    Ignore,
    /// They may enter, with a warning.
    Warn,
    /// They are left out.
    Drop,
}

/// The criterion of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stepwise {
    /// No search: what has passed the rules is in.
    None,
    /// Akaike's criterion.
    Aic,
    /// Schwarz's criterion.
    Bic,
    /// Likelihood-ratio test.
    PValue,
}

impl Stepwise {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Stepwise::None => "none",
            Stepwise::Aic => "aic",
            Stepwise::Bic => "bic",
            Stepwise::PValue => "p_value",
        }
    }
}

/// Which way steps go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From none, features enter.
    Forward,
    /// From all, features leave.
    Backward,
    /// From none, features enter, and leave again.
    Both,
}

/// How the features of the model are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// One step after the other.
    Stepwise,
    /// Among all subsets.
    BestSubset,
}

impl SelectionSection {
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        let range = |key: &str, value: f64, low: f64, high: f64| within(source, "selection", key, value, low, high);
        range("max_missing", self.max_missing, 0.0, 1.0)?;
        range("min_iv", self.min_iv, 0.0, f64::INFINITY)?;
        range("max_correlation", self.max_correlation, 0.0, 1.0)?;
        self.check_open_ended(source, "max_psi", self.max_psi, 0.0)?;
        self.check_open_ended(source, "max_vif", self.max_vif, 1.0)?;
        self.check_search(source)?;
        for (key, most) in [("max_features", self.max_features), ("max_per_source", self.max_per_source)] {
            if most == Some(0) {
                return Err(source
                    .error(&["selection", key], format!("selection.{key} is 0, but must be at least 1"))
                    .help("correct the number, or leave the key out for no limit"));
            }
        }
        for (name, theme) in &self.themes {
            let wrong = |key: &str, what: &str| {
                source.error(&["selection", "themes", name, key], format!("selection.themes.{name}.{key} {what}"))
            };
            if theme.features.is_empty() {
                return Err(wrong("features", "is empty").help("name its features, or take the theme out"));
            }
            if theme.max == 0 {
                return Err(wrong("max", "is 0, but must be at least 1")
                    .help("to have none of these features, name them in [selection] drop"));
            }
        }
        match self.keep.iter().find(|name| self.drop.contains(name)) {
            Some(both) => Err(source.error(&["selection", "drop"], format!("{both:?} stands in keep and in drop"))),
            None => Ok(()),
        }
    }

    /// A limit above `low` that may be infinite.
    fn check_open_ended(&self, source: &Source, key: &str, value: f64, low: f64) -> Result<()> {
        if value > low {
            return Ok(());
        }
        Err(source.error(&["selection", key], format!("selection.{key} is {value}, but must be above {low}")).help(
            format!("correct the value, leave the key out to have its default, or write {key} = inf for no rule"),
        ))
    }

    fn check_search(&self, source: &Source) -> Result<()> {
        for (key, level) in [("p_enter", self.p_enter), ("p_stay", self.p_stay)] {
            let Some(level) = level else { continue };
            within(source, "selection", key, level, 1e-12, 1.0)?;
            if self.stepwise != Stepwise::PValue {
                return Err(source
                    .error(&["selection", key], format!("selection.{key} counts only with stepwise = \"p_value\""))
                    .help(format!("take {key} out, or write stepwise = \"p_value\"")));
            }
        }
        let (enter, stay) = self.levels();
        if stay < enter {
            return Err(source
                .error(
                    &["selection", "p_stay"],
                    format!("selection.p_stay is {stay}, below p_enter, {enter}: what enters would leave at once"),
                )
                .help("make p_stay at least p_enter (0.05 where left out)"));
        }
        if self.search == Search::BestSubset && !matches!(self.stepwise, Stepwise::Aic | Stepwise::Bic) {
            return Err(source
                .error(&["selection", "search"], "the best subset is chosen by AIC or BIC")
                .help("write stepwise = \"aic\" or \"bic\", or take search out"));
        }
        Ok(())
    }

    /// Greatest p values with which features enter and stay.
    pub fn levels(&self) -> (f64, f64) {
        let enter = self.p_enter.unwrap_or(0.05);
        (enter, self.p_stay.unwrap_or(enter))
    }
}
