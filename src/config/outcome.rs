//! `[outcome]`: what good and bad mean, from a column or from what happened after the observation.

use scorewright_runtime::artifact::{Literal, OutcomeSource};
use serde::Deserialize;

use super::source::Source;
use crate::error::Result;

/// `[outcome]` as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutcomeSection {
    column: Option<String>,
    bad: Option<Vec<Literal>>,
    good: Option<Vec<Literal>>,
    ratio: Option<String>,
    weight: Option<String>,
    window_months: Option<u32>,
    window_days: Option<u32>,
    bad_when: Option<Vec<TableRule>>,
    good_when: Option<Vec<TableRule>>,
    indeterminate_when: Option<Vec<TableRule>>,
    otherwise: Option<Otherwise>,
    least_records: Option<u32>,
    repaid: Option<RepaidRule>,
    #[serde(default)]
    description: String,
}

/// The outcome of a card on a ready-made table.
#[derive(Debug, Clone)]
pub struct TableOutcome {
    /// Column and values.
    pub source: OutcomeSource,
    /// Case weight.
    pub weight: Option<String>,
    /// In words.
    pub description: String,
}

/// Something that happens in a table within the window.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRule {
    /// The table.
    pub table: String,
    /// SQL condition over its columns; absent: any row.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// At least so many rows in the window must meet it; absent: 1.
    pub at_least: Option<u32>,
    /// Fewer than so many rows in the window may meet it: `fewer_than = 1` is none.
    pub fewer_than: Option<u32>,
}

impl TableRule {
    /// Whether so many rows that meet the condition make the rule hold.
    pub fn holds(&self, rows: usize) -> bool {
        let least = self.at_least.unwrap_or(if self.fewer_than.is_some() { 0 } else { 1 });
        rows >= least as usize && self.fewer_than.is_none_or(|most| rows < most as usize)
    }

    fn in_words(&self) -> String {
        let what = match &self.condition {
            Some(condition) => format!("{} with {condition}", self.table),
            None => format!("any row of {}", self.table),
        };
        match (self.at_least, self.fewer_than) {
            (None, None) => what,
            (Some(least), None) => format!("at least {least} of {what}"),
            (None, Some(most)) => format!("fewer than {most} of {what}"),
            (Some(least), Some(most)) => format!("at least {least} and fewer than {most} of {what}"),
        }
    }
}

/// The share of an amount at observation that is repaid within the window.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepaidRule {
    /// The table that holds the payments.
    pub table: String,
    /// SQL expression over that table: the amount paid.
    pub value: String,
    /// SQL expression over the population's table at observation: the amount owed.
    pub of: String,
}

/// What a case is that meets neither rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// Good.
    Good,
    /// Bad.
    Bad,
    /// Neither: left out of fitting, kept for counts and stability.
    Indeterminate,
}

/// The outcome of a card on the history.
#[derive(Debug, Clone)]
pub struct HistoryOutcome {
    /// Length of the window in months, or else in days.
    pub window_months: Option<u32>,
    /// Length of the window in days.
    pub window_days: Option<u32>,
    /// What makes a case good or bad.
    pub rule: OutcomeRule,
    /// Good cases with fewer records than this in the window of a monthly table are left out: they were not seen for
    /// long enough to be called good.
    pub least_records: Option<u32>,
    /// In words.
    pub description: String,
}

/// What makes a case good or bad.
#[derive(Debug, Clone)]
pub enum OutcomeRule {
    /// Bad rules first, then indeterminate ones, then good rules, then the rest.
    Plain {
        /// Any of these makes a case bad.
        bad: Vec<TableRule>,
        /// Any of these makes a case indeterminate that is not bad.
        indeterminate: Vec<TableRule>,
        /// Any of these makes a case good that is neither.
        good: Vec<TableRule>,
        /// What is neither.
        otherwise: Otherwise,
    },
    /// Share repaid.
    Repaid(RepaidRule),
}

impl OutcomeSection {
    pub(super) fn for_table(self, source: &Source) -> Result<TableOutcome> {
        let wrong = |key: &str, what: &str| Err(source.error(&["outcome", key], what));
        for (key, given) in [
            ("window_months", self.window_months.is_some()),
            ("window_days", self.window_days.is_some()),
            ("bad_when", self.bad_when.is_some()),
            ("good_when", self.good_when.is_some()),
            ("indeterminate_when", self.indeterminate_when.is_some()),
            ("otherwise", self.otherwise.is_some()),
            ("least_records", self.least_records.is_some()),
            ("repaid", self.repaid.is_some()),
        ] {
            if given {
                return wrong(
                    key,
                    &format!("{key} is for a card on the history ([population]); a card on a table names a column"),
                );
            }
        }
        let outcome = match (self.column, self.ratio) {
            (Some(_), Some(_)) => {
                return wrong("ratio", "give either column (good or bad) or ratio (a share of goodness), not both");
            }
            (None, None) => {
                return wrong("column", "the outcome needs a column (with the values that mean bad) or a ratio");
            }
            (Some(column), None) => {
                let Some(bad) = self.bad.filter(|values| !values.is_empty()) else {
                    return wrong("bad", "name the values that mean bad, such as bad = [1]");
                };
                if let Some(both) = self.good.iter().flatten().find(|value| bad.contains(value)) {
                    return wrong("good", &format!("the value {both} stands in good and in bad"));
                }
                OutcomeSource::Plain { column, bad, good: self.good }
            }
            (None, Some(column)) => {
                if self.bad.is_some() || self.good.is_some() {
                    return wrong("bad", "bad and good belong to column; a ratio is itself the share of goodness");
                }
                OutcomeSource::Ratio { column }
            }
        };
        let description = match (&outcome, self.description.is_empty()) {
            (_, false) => self.description,
            (OutcomeSource::Plain { column, bad, .. }, true) => {
                let values: Vec<String> = bad.iter().map(ToString::to_string).collect();
                format!("bad where {column} is {}", values.join(" or "))
            }
            (OutcomeSource::Ratio { column }, true) => format!("share of goodness in {column}"),
        };
        Ok(TableOutcome { source: outcome, weight: self.weight, description })
    }

    pub(super) fn for_history(self, source: &Source) -> Result<HistoryOutcome> {
        let wrong = |key: &str, what: &str| Err(source.error(&["outcome", key], what));
        for (key, given) in [
            ("column", self.column.is_some()),
            ("bad", self.bad.is_some()),
            ("good", self.good.is_some()),
            ("ratio", self.ratio.is_some()),
            ("weight", self.weight.is_some()),
        ] {
            if given {
                return wrong(
                    key,
                    &format!(
                        "{key} is for a card on a table ([table]); a card on the history has bad_when, good_when or repaid"
                    ),
                );
            }
        }
        if self.window_months.is_some() == self.window_days.is_some() {
            return wrong(
                "window_months",
                "give the outcome's window, in months (window_months) or in days (window_days)",
            );
        }
        if self.window_months == Some(0) || self.window_days == Some(0) {
            return wrong("window_months", "the outcome's window must be at least 1");
        }
        let rule = match (self.repaid, self.bad_when, self.good_when) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                return wrong("repaid", "give either repaid (a share) or bad_when and good_when, not both");
            }
            (Some(repaid), None, None) => {
                if self.otherwise.is_some() || self.indeterminate_when.is_some() {
                    return wrong("otherwise", "otherwise and indeterminate_when belong to bad_when and good_when");
                }
                OutcomeRule::Repaid(repaid)
            }
            (None, None, None) => {
                return wrong("bad_when", "say what makes a case bad (bad_when), good (good_when), or repaid");
            }
            (None, bad, good) => {
                let otherwise = self.otherwise.unwrap_or(match (&bad, &good) {
                    (Some(_), Some(_)) => Otherwise::Indeterminate,
                    (None, _) => Otherwise::Bad,
                    _ => Otherwise::Good,
                });
                OutcomeRule::Plain {
                    bad: bad.unwrap_or_default(),
                    indeterminate: self.indeterminate_when.unwrap_or_default(),
                    good: good.unwrap_or_default(),
                    otherwise,
                }
            }
        };
        for (key, _, rule) in rule.table_rules() {
            if rule.fewer_than == Some(0) || rule.at_least == Some(0) {
                return wrong(key, "at_least and fewer_than must be at least 1");
            }
            if let (Some(least), Some(most)) = (rule.at_least, rule.fewer_than)
                && least >= most
            {
                return wrong(key, "no number of rows is at_least and fewer_than so many");
            }
        }
        let mut outcome = HistoryOutcome {
            window_months: self.window_months,
            window_days: self.window_days,
            rule,
            least_records: self.least_records,
            description: self.description,
        };
        if outcome.description.is_empty() {
            outcome.description = outcome.in_words();
        }
        Ok(outcome)
    }
}

impl OutcomeRule {
    /// The rules on rows of a table, each with the key that it stands under and its position there.
    pub fn table_rules(&self) -> Vec<(&'static str, usize, &TableRule)> {
        match self {
            OutcomeRule::Repaid(_) => Vec::new(),
            OutcomeRule::Plain { bad, indeterminate, good, .. } => {
                [("bad_when", bad), ("indeterminate_when", indeterminate), ("good_when", good)]
                    .into_iter()
                    .flat_map(|(key, rules)| {
                        rules.iter().enumerate().map(move |(position, rule)| (key, position, rule))
                    })
                    .collect()
            }
        }
    }
}

impl HistoryOutcome {
    /// The window in words.
    pub fn window_in_words(&self) -> String {
        match (self.window_months, self.window_days) {
            (Some(1), _) => "1 month".to_owned(),
            (Some(months), _) => format!("{months} months"),
            (_, Some(1)) => "1 day".to_owned(),
            (_, days) => format!("{} days", days.unwrap_or(0)),
        }
    }

    fn in_words(&self) -> String {
        let window = self.window_in_words();
        let any = |rules: &[TableRule]| rules.iter().map(TableRule::in_words).collect::<Vec<_>>().join(" or ");
        match &self.rule {
            OutcomeRule::Repaid(rule) => format!("share of {} that {} repays within {window}", rule.of, rule.value),
            OutcomeRule::Plain { bad, indeterminate, good, otherwise } => {
                let mut parts = Vec::new();
                for (name, rules) in [("bad", bad), ("indeterminate", indeterminate), ("good", good)] {
                    if !rules.is_empty() {
                        parts.push(format!("{name}: {} within {window}", any(rules)));
                    }
                }
                parts.push(format!(
                    "otherwise {}",
                    match otherwise {
                        Otherwise::Good => "good",
                        Otherwise::Bad => "bad",
                        Otherwise::Indeterminate => "indeterminate",
                    }
                ));
                parts.join("; ")
            }
        }
    }
}
