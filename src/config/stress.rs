//! Stress scenarios of a validation, `--stress FILE.toml`: what is assumed to happen to odds, columns and mix.

use std::collections::BTreeMap;
use std::path::Path;

use scorewright_runtime::artifact::Literal;
use serde::{Deserialize, Serialize};

use super::source::Source;
use crate::error::Result;

/// The scenarios of a file.
#[derive(Debug, Clone, Serialize)]
pub struct StressPlan {
    /// The file.
    #[serde(skip)]
    pub source: Source,
    /// Share of the exposure that is lost in a default, unless a scenario states its own.
    pub lgd: Option<f64>,
    /// The scenarios in the order of the file.
    pub scenarios: Vec<Scenario>,
}

/// A scenario. One that states nothing changes nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// In words.
    #[serde(default)]
    pub description: String,
    /// Added to ln(odds bad:good) of the PDs: ln 2 = 0.693 doubles the odds of bad.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_log_odds_shift: Option<f64>,
    /// PDs are multiplied by it, up to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pd_factor: Option<f64>,
    /// Share of the exposure that is lost in a default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lgd: Option<f64>,
    /// The cases whose odds and columns change; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
    /// Columns whose values change.
    #[serde(rename = "characteristic", default, skip_serializing_if = "Vec::is_empty")]
    pub characteristics: Vec<Characteristic>,
    /// Shares that the values of a column get by weighting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mix: Option<Mix>,
}

/// Cases by the values of a segment column.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// The column.
    pub column: String,
    /// Its values.
    pub values: Vec<Literal>,
}

/// How a column's values change: a number is multiplied, then added to, then held within bounds; a category becomes
/// another; or the value goes missing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Characteristic {
    /// The column.
    pub column: String,
    /// Factor of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiply: Option<f64>,
    /// Added to a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add: Option<f64>,
    /// A changed number is no lower than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest: Option<f64>,
    /// A changed number is no higher than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest: Option<f64>,
    /// A category ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Literal>,
    /// ... and what it becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Literal>,
    /// Whether the value goes missing.
    #[serde(default)]
    pub missing: bool,
    /// Share of the cases that this happens to, drawn by the seed.
    #[serde(default = "all")]
    pub share: f64,
}

/// Another mix of the values of a segment column.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// The column.
    pub column: String,
    /// The share of every value; they sum to 1.
    pub shares: BTreeMap<String, f64>,
}

/// What happens to a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Its numbers change.
    Number,
    /// A category becomes another.
    Category,
    /// Its values go missing.
    Missing,
}

fn all() -> f64 {
    1.0
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lgd: Option<f64>,
    #[serde(default)]
    scenario: Vec<Scenario>,
}

impl Characteristic {
    /// What happens to the column.
    pub fn change(&self) -> Change {
        match (self.missing, &self.from) {
            (true, _) => Change::Missing,
            (false, Some(_)) => Change::Category,
            (false, None) => Change::Number,
        }
    }

    /// A number after the change; a missing one stays missing.
    pub fn number(&self, value: f64) -> f64 {
        let changed = value * self.multiply.unwrap_or(1.0) + self.add.unwrap_or(0.0);
        let changed = self.lowest.map_or(changed, |lowest| if changed < lowest { lowest } else { changed });
        self.highest.map_or(changed, |highest| if changed > highest { highest } else { changed })
    }

    /// What is wrong with it, by key.
    fn fault(&self) -> Option<(&'static str, &'static str)> {
        let numbers = [self.multiply, self.add, self.lowest, self.highest];
        let is_number = numbers.iter().any(Option::is_some);
        let is_category = self.from.is_some() || self.to.is_some();
        if usize::from(is_number) + usize::from(is_category) + usize::from(self.missing) != 1 {
            return Some((
                "column",
                "say one thing that happens to the column: multiply, add, lowest and highest for a number, from and to for a category, or missing = true",
            ));
        }
        if is_category && (self.from.is_none() || self.to.is_none()) {
            return Some(("column", "a category needs both from and to"));
        }
        if numbers.iter().flatten().any(|number| !number.is_finite()) {
            return Some(("column", "multiply, add, lowest and highest must be finite numbers"));
        }
        if self.lowest.zip(self.highest).is_some_and(|(lowest, highest)| lowest > highest) {
            return Some(("lowest", "lowest lies above highest"));
        }
        (!is_share(self.share)).then_some(("share", "share must lie between 0 and 1"))
    }
}

fn is_share(share: f64) -> bool {
    (0.0..=1.0).contains(&share)
}

impl StressPlan {
    /// Reads and checks a file of scenarios.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Unreadable`]; [`crate::error::ErrorKind::Configuration`] with the line.
    pub fn read(path: &Path) -> Result<Self> {
        let source = Source::read(path)?;
        let File { lgd, scenario: scenarios } = source.parse()?;
        let plan = StressPlan { source, lgd, scenarios };
        if plan.scenarios.is_empty() {
            return Err(plan.source.error(&[], "the file has no scenario").help(
                "write [[scenario]] with a name and what happens, such as name = \"recession\" and pd_factor = 1.5",
            ));
        }
        if lgd.is_some_and(|lgd| !is_share(lgd)) {
            return Err(plan.source.error(&["lgd"], "lgd must lie between 0 and 1"));
        }
        for (place, scenario) in plan.scenarios.iter().enumerate() {
            plan.check(place, scenario)?;
        }
        Ok(plan)
    }

    /// An error at a key of the scenario at `place`.
    pub(crate) fn error(&self, place: usize, keys: &[&str], message: impl std::fmt::Display) -> crate::error::Error {
        let place_text = place.to_string();
        let keys: Vec<&str> = ["scenario", &place_text].into_iter().chain(keys.iter().copied()).collect();
        let name = self.scenarios.get(place).map_or("", |scenario| scenario.name.as_str());
        self.source.error(&keys, format!("scenario {name:?}: {message}"))
    }

    fn check(&self, place: usize, scenario: &Scenario) -> Result<()> {
        let wrong = |key: &str, message: &str| Err(self.error(place, &[key], message));
        if scenario.name.trim().is_empty() {
            return wrong("name", "it needs a name");
        }
        if self.scenarios.iter().take(place).any(|other| other.name == scenario.name) {
            return wrong("name", "two scenarios have this name");
        }
        if scenario.bad_log_odds_shift.is_some() && scenario.pd_factor.is_some() {
            return wrong("pd_factor", "give either bad_log_odds_shift or pd_factor");
        }
        if scenario.bad_log_odds_shift.is_some_and(|shift| !shift.is_finite()) {
            return wrong("bad_log_odds_shift", "bad_log_odds_shift must be a finite number");
        }
        if scenario.pd_factor.is_some_and(|factor| !(factor.is_finite() && factor >= 0.0)) {
            return wrong("pd_factor", "pd_factor must be a finite number of at least 0");
        }
        if scenario.lgd.is_some_and(|lgd| !is_share(lgd)) {
            return wrong("lgd", "lgd must lie between 0 and 1");
        }
        if scenario.only.as_ref().is_some_and(|only| only.values.is_empty()) {
            return wrong("only", "only names no values");
        }
        for (position, characteristic) in scenario.characteristics.iter().enumerate() {
            if let Some((key, message)) = characteristic.fault() {
                let message = format!("column {:?}: {message}", characteristic.column);
                return Err(self.error(place, &["characteristic", &position.to_string(), key], message));
            }
        }
        if let Some(mix) = &scenario.mix {
            let sum: f64 = mix.shares.values().sum();
            if mix.shares.values().any(|share| !is_share(*share)) || (sum - 1.0).abs() > 1e-6 {
                return Err(self
                    .error(place, &["mix", "shares"], "the shares of the mix must lie between 0 and 1 and sum to 1")
                    .help(format!("they sum to {sum}")));
            }
        }
        Ok(())
    }
}
