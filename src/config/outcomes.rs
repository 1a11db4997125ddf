//! `[outcomes]` of the project: which states of delinquency there are, and which definitions of bad,
//! windows and cohorts `scorewright outcomes` lays side by side.

use serde::Deserialize;

use super::source::Source;
use crate::error::Result;

/// Most cuts: a matrix of more states cannot be read.
const MOST_CUTS: usize = 20;
/// Most definitions: a row carries one bit for each, a chart one colour for each.
pub const MOST_DEFINITIONS: usize = 8;
/// Longest window in months.
const LONGEST_WINDOW: u32 = 600;

/// `[outcomes]`; every key has a default that fits the standard table performance.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutcomesSection {
    /// The dated table that holds the measure, one row an account and month.
    pub table: String,
    /// SQL expression over its columns: how far an account is behind, higher is worse.
    pub measure: String,
    /// Lower bounds of the states, rising; below the first an account is current.
    pub cuts: Vec<f64>,
    /// Names of the states, the current one first; else made from the cuts.
    pub names: Vec<String>,
    /// Column of the day of opening; absent: the event date of `opened_table` or its column opened_on,
    /// where there is such a table, else the month of the account's first row.
    pub opened: Option<String>,
    /// The table that holds it, keyed as `table`; absent: accounts.
    pub opened_table: Option<String>,
    /// Length of a cohort of openings.
    pub cohort: CohortPeriod,
    /// Definitions of bad; absent: every cut but the first as a lower bound.
    pub definitions: Vec<DefinitionRule>,
    /// Windows in months after the observation.
    pub windows_months: Vec<u32>,
    /// Months within which a bad must be current again to count as cured.
    pub cure_months: u32,
}

/// Length of a cohort of openings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CohortPeriod {
    /// A calendar month.
    #[default]
    Month,
    /// A calendar quarter.
    Quarter,
}

impl CohortPeriod {
    /// Its length in months.
    pub fn months(self) -> i32 {
        match self {
            CohortPeriod::Month => 1,
            CohortPeriod::Quarter => 3,
        }
    }
}

/// A definition of bad.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinitionRule {
    /// Its name, such as 90+.
    pub name: String,
    /// SQL condition over the table's columns: the account is bad in this month.
    #[serde(rename = "where")]
    pub condition: String,
    /// SQL condition: the account is too far behind to be good, though not bad.
    #[serde(rename = "indeterminate_where")]
    pub indeterminate: Option<String>,
}

impl Default for OutcomesSection {
    fn default() -> Self {
        OutcomesSection {
            table: "performance".to_owned(),
            measure: "days_past_due".to_owned(),
            cuts: vec![1.0, 30.0, 60.0, 90.0, 120.0],
            names: Vec::new(),
            opened: None,
            opened_table: None,
            cohort: CohortPeriod::Month,
            definitions: Vec::new(),
            windows_months: vec![3, 6, 12, 18],
            cure_months: 6,
        }
    }
}

impl OutcomesSection {
    pub(super) fn check(&mut self, source: &Source) -> Result<()> {
        let wrong = |keys: &[&str], what: String| {
            let keys: Vec<&str> = std::iter::once("outcomes").chain(keys.iter().copied()).collect();
            Err(source.error(&keys, what))
        };
        if self.cuts.is_empty() || self.cuts.len() > MOST_CUTS {
            return wrong(&["cuts"], format!("cuts must hold 1 to {MOST_CUTS} lower bounds of states"));
        }
        if self.cuts.iter().any(|cut| !cut.is_finite()) || self.cuts.windows(2).any(|pair| pair[0] >= pair[1]) {
            return wrong(&["cuts"], "cuts must be finite numbers, each above the one before it".to_owned());
        }
        let states = self.cuts.len() + 1;
        if !self.names.is_empty() && self.names.len() != states {
            let (have, cuts) = (self.names.len(), self.cuts.len());
            return wrong(
                &["names"],
                format!("{cuts} cuts make {states} states, the current one first; names has {have}"),
            );
        }
        if let Some(name) = repeated(&self.names) {
            return wrong(&["names"], format!("two states are called {name:?}"));
        }
        if self.definitions.len() > MOST_DEFINITIONS {
            return wrong(&["definitions"], format!("at most {MOST_DEFINITIONS} definitions can be laid side by side"));
        }
        let names: Vec<String> = self.definitions.iter().map(|rule| rule.name.clone()).collect();
        if let Some(name) = repeated(&names) {
            return wrong(&["definitions"], format!("two definitions are called {name:?}"));
        }
        if let Some(position) = names.iter().position(|name| name.trim().is_empty()) {
            return wrong(&["definitions", &position.to_string()], "the definition's name is empty".to_owned());
        }
        if self.windows_months.is_empty() || self.windows_months.iter().any(|w| *w == 0 || *w > LONGEST_WINDOW) {
            return wrong(
                &["windows_months"],
                format!("windows_months must hold windows of 1 to {LONGEST_WINDOW} months"),
            );
        }
        if self.cure_months == 0 || self.cure_months > LONGEST_WINDOW {
            return wrong(&["cure_months"], format!("cure_months must be 1 to {LONGEST_WINDOW}"));
        }
        self.windows_months.sort_unstable();
        self.windows_months.dedup();
        Ok(())
    }

    /// Names of the states, the current one first. A state made of whole numbers is called by the
    /// lowest and the highest of them (30–59), the last by its lower bound (120+).
    pub fn state_names(&self) -> Vec<String> {
        if !self.names.is_empty() {
            return self.names.clone();
        }
        let whole = self.cuts.iter().all(|cut| cut.fract() == 0.0);
        let mut names = vec!["current".to_owned()];
        for (position, cut) in self.cuts.iter().enumerate() {
            names.push(match self.cuts.get(position + 1) {
                None => format!("{cut}+"),
                Some(next) if whole && next - cut == 1.0 => cut.to_string(),
                Some(next) if whole => format!("{cut}–{}", next - 1.0),
                Some(next) => format!("{cut} to below {next}"),
            });
        }
        names
    }

    /// The definitions as written; else one for every cut but the first: bad from the cut on, and
    /// indeterminate from the cut before it on, unless that is the first (a few days late is good).
    pub fn definitions(&self) -> Vec<DefinitionRule> {
        if !self.definitions.is_empty() {
            return self.definitions.clone();
        }
        let from = usize::from(self.cuts.len() > 1);
        let at_least = |cut: f64| format!("({}) >= {cut}", self.measure);
        (from..self.cuts.len())
            .take(MOST_DEFINITIONS)
            .map(|position| DefinitionRule {
                name: format!("{}+", self.cuts[position]),
                condition: at_least(self.cuts[position]),
                indeterminate: (position >= 2).then(|| at_least(self.cuts[position - 1])),
            })
            .collect()
    }
}

fn repeated(names: &[String]) -> Option<&String> {
    names.iter().enumerate().find(|(position, name)| names[..*position].contains(name)).map(|(_, name)| name)
}
