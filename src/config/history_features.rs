//! `[features.define.NAME]`: a feature by its definition over the loan history.

use serde::{Deserialize, Serialize};

use super::source::Source;
use crate::error::Result;

/// One definition: either from a table of the history, or an expression over other features.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Unit of the value, for the data dictionary.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The table whose rows are summed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Whose rows: one of the table's keys, or a key that another table leads to; absent: the table's first key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// SQL expression over that table's columns: what is summed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How rows become one value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// Which quantile, in [0, 1].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    /// Only rows that happened in the last so many months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_months: Option<u32>,
    /// Only rows that happened in the last so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
    /// The window ends so many months before the observation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_months: Option<u32>,
    /// The window ends so many days before the observation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_days: Option<u32>,
    /// SQL condition that rows must meet.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// SQL expression: rows are summed up by its values, and the sums `across` them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How the values of the groups of `by`, or of the linked units, become one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub across: Option<Across>,
    /// SQL expression over a table of links: what units share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// What is computed of every linked unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Box<Definition>>,
    /// SQL expression over other defined features.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Whether it comes from the standard library, and is left out where its columns are not there.
    #[serde(skip)]
    pub is_standard: bool,
}

/// How rows become one value; rows are in the order in which they happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The last row's value.
    #[default]
    Latest,
    /// The first row's value.
    First,
    /// Number of rows (with a value, where one is given).
    Count,
    /// Number of different values.
    Distinct,
    /// Sum; of no rows: missing.
    Sum,
    /// Mean.
    Mean,
    /// Least.
    Minimum,
    /// Greatest.
    Maximum,
    /// Quantile, with linear interpolation between the values at rank (n - 1) q.
    Quantile,
    /// Sample standard deviation (n - 1); of fewer than two values: missing.
    StandardDeviation,
    /// Share of the window's rows that meet the condition.
    Share,
    /// Whole calendar months from the last row that counts, or from the date that is its value, to the observation.
    MonthsSince,
    /// Days from the last row that counts, or from the date that is its value, to the observation.
    DaysSince,
    /// Whole calendar months from the first row that counts to the observation.
    MonthsSinceFirst,
    /// Days from the first row that counts to the observation.
    DaysSinceFirst,
    /// Whole calendar months from the observation to the date that is the last row's value.
    MonthsUntil,
    /// Days from the observation to the date that is the last row's value.
    DaysUntil,
    /// Longest run of rows that meet the condition.
    LongestRun,
    /// Rows that meet the condition since the last that does not.
    CurrentRun,
    /// How often the value differs from the one before.
    Transitions,
    /// Slope of the least-squares line of the values over calendar months, per month.
    Trend,
    /// Sample standard deviation of the changes from one value to the next.
    Volatility,
    /// Why there is no value: `present`, `no_value`, `outside_window` or `no_record`.
    MissingReason,
    /// Number of other units that share a node; with `of`, their values `across`.
    Linked,
    /// Number of other units in the connected group of the links.
    LinkedGroup,
}

/// How the values of groups, or of linked units, become one; missing values do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Across {
    /// Greatest.
    #[default]
    Maximum,
    /// Least.
    Minimum,
    /// Sum.
    Sum,
    /// Mean.
    Mean,
    /// Sample standard deviation (n - 1).
    StandardDeviation,
    /// Number of groups or units with a value.
    Count,
    /// The greatest as a share of the sum; missing where the sum is not above 0.
    LargestShare,
}

/// What an aggregate takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// A value.
    Value,
    /// A value, or none.
    ValueOrNone,
    /// A condition, and no value.
    Condition,
    /// Neither is needed; a value is not taken.
    Rows,
    /// Links: a node.
    Node,
}

impl Aggregate {
    /// Whether the value must be a number.
    pub fn needs_number(self) -> bool {
        use Aggregate as A;
        matches!(
            self,
            A::Sum | A::Mean | A::Minimum | A::Maximum | A::Quantile | A::StandardDeviation | A::Trend | A::Volatility
        )
    }

    /// Whether the value must be a date, where one is given.
    pub fn needs_date(self) -> bool {
        use Aggregate as A;
        matches!(self, A::MonthsSince | A::DaysSince | A::MonthsUntil | A::DaysUntil)
    }

    /// Whether it sums up links between units.
    pub fn is_network(self) -> bool {
        matches!(self, Aggregate::Linked | Aggregate::LinkedGroup)
    }

    /// The name in configuration files.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    fn takes(self) -> Takes {
        use Aggregate as A;
        match self {
            A::Count | A::MonthsSince | A::DaysSince => Takes::ValueOrNone,
            A::Share | A::LongestRun | A::CurrentRun => Takes::Condition,
            A::MonthsSinceFirst | A::DaysSinceFirst => Takes::Rows,
            A::Linked | A::LinkedGroup => Takes::Node,
            _ => Takes::Value,
        }
    }
}

impl Definition {
    /// Description and unit.
    pub fn in_words(&self) -> String {
        match (self.description.as_str(), self.unit.as_str()) {
            (description, "") => description.to_owned(),
            ("", unit) => unit.to_owned(),
            (description, unit) => format!("{description}, {unit}"),
        }
    }

    /// The SQL texts over its table, each with its key.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("value", &self.value), ("where", &self.condition), ("by", &self.by), ("node", &self.node)]
            .into_iter()
            .filter_map(|(key, text)| text.as_deref().map(|text| (key, text)))
    }

    /// The tables that it reads.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.table.as_deref().into_iter().chain(self.of.iter().filter_map(|of| of.table.as_deref()))
    }

    pub(super) fn check(&self, name: &str, source: &Source) -> Result<()> {
        self.check_at(&["features", "define", name], &format!("feature {name:?}"), source)
    }

    /// `keys` lead to the definition in its file; `what` is what messages call it.
    fn check_at(&self, keys: &[&str], what: &str, source: &Source) -> Result<()> {
        let wrong = |key: &str, why: &str| {
            let mut keys = keys.to_vec();
            keys.push(key);
            Err(source.error(&keys, format!("{what}: {why}")))
        };
        if self.expression.is_some() {
            if self.table.is_some() {
                return wrong("expression", "a definition has either table or expression, not both");
            }
            let of_tables = self.value.is_some()
                || self.key.is_some()
                || self.aggregate.is_some()
                || self.quantile.is_some()
                || self.condition.is_some()
                || self.window_months.or(self.window_days).or(self.skip_months).or(self.skip_days).is_some()
                || self.by.is_some()
                || self.across.is_some()
                || self.node.is_some()
                || self.of.is_some();
            if of_tables {
                return wrong("expression", "value, aggregate, where and windows belong to a definition with table");
            }
            return Ok(());
        }
        if self.table.is_none() {
            return wrong("", "a definition needs either table or expression");
        }
        for (months, days, months_key, days_key) in [
            (self.window_months, self.window_days, "window_months", "window_days"),
            (self.skip_months, self.skip_days, "skip_months", "skip_days"),
        ] {
            match (months, days) {
                (Some(_), Some(_)) => return wrong(days_key, "give the window in months or in days, not both"),
                (Some(0), _) => return wrong(months_key, &format!("{months_key} must be at least 1")),
                (_, Some(0)) => return wrong(days_key, &format!("{days_key} must be at least 1")),
                _ => {}
            }
        }
        if self.window_months.is_some() && self.skip_days.is_some() {
            return wrong("skip_days", "a window in months is skipped in months: skip_months");
        }
        if self.window_days.is_some() && self.skip_months.is_some() {
            return wrong("skip_months", "a window in days is skipped in days: skip_days");
        }
        let aggregate = self.aggregate.unwrap_or_default();
        let called = aggregate.name();
        match aggregate.takes() {
            Takes::Value if self.value.is_none() => {
                return wrong(
                    "value",
                    &format!("{called} needs a value: a column or an SQL expression over the table"),
                );
            }
            Takes::Condition if self.condition.is_none() => {
                return wrong("aggregate", &format!("{called} needs the condition that rows are to meet, as where"));
            }
            Takes::Condition | Takes::Rows | Takes::Node if self.value.is_some() => {
                return wrong("value", &format!("{called} takes a condition (where), not a value"));
            }
            Takes::Node if self.node.is_none() => {
                return wrong("node", &format!("{called} needs the node: the column through which units are linked"));
            }
            _ => {}
        }
        match (self.quantile, aggregate) {
            (None, Aggregate::Quantile) => {
                return wrong("quantile", "which quantile? 0.5 is the median: quantile = 0.5");
            }
            (Some(q), Aggregate::Quantile) if !(0.0..=1.0).contains(&q) => {
                return wrong("quantile", "quantile must lie between 0 and 1");
            }
            (Some(_), aggregate) if aggregate != Aggregate::Quantile => {
                return wrong("quantile", "quantile belongs to aggregate = \"quantile\"");
            }
            _ => {}
        }
        if self.node.is_some() && !aggregate.is_network() {
            return wrong("node", "node belongs to aggregate = \"linked\" or \"linked_group\"");
        }
        if aggregate == Aggregate::LinkedGroup
            && self.window_months.or(self.window_days).or(self.skip_months).or(self.skip_days).is_some()
        {
            return wrong(
                "window_months",
                "linked_group has no window: links hold from the day when they became known",
            );
        }
        if self.by.is_some() && (aggregate.is_network() || aggregate == Aggregate::MissingReason) {
            return wrong("by", &format!("{called} cannot be split by a column"));
        }
        if self.across.is_some() && self.by.is_none() && self.of.is_none() {
            return wrong("across", "across says how the groups of by, or the linked units of of, become one value");
        }
        if let Some(of) = &self.of {
            if aggregate != Aggregate::Linked {
                return wrong("of", "of belongs to aggregate = \"linked\": what is computed of every linked unit");
            }
            let is_text = of.aggregate == Some(Aggregate::MissingReason);
            if of.expression.is_some() || of.aggregate.is_some_and(Aggregate::is_network) || of.by.is_some() || is_text
            {
                return wrong(
                    "of",
                    "what is computed of linked units is a plain aggregate over a table that gives a number",
                );
            }
            if of.key.is_some() {
                return wrong(
                    "of",
                    "what is computed of linked units is computed by the key of the links: no key here",
                );
            }
            let mut keys = keys.to_vec();
            keys.push("of");
            of.check_at(&keys, what, source)?;
        }
        Ok(())
    }
}
