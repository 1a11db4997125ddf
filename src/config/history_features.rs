//! `[features.define.NAME]`: a feature by its definition over the loan history.

use serde::Deserialize;

use super::source::Source;
use crate::error::Result;

/// One definition: either from a table of the history, or an expression over other features.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// In words.
    #[serde(default)]
    pub description: String,
    /// Unit of the value, for the data dictionary.
    #[serde(default)]
    pub unit: String,
    /// The table whose rows are summed up.
    pub table: Option<String>,
    /// SQL expression over that table's columns: what is summed up.
    pub value: Option<String>,
    /// How rows become one value.
    pub aggregate: Option<Aggregate>,
    /// Only rows that happened in the last so many months.
    pub window_months: Option<u32>,
    /// Only rows that happened in the last so many days.
    pub window_days: Option<u32>,
    /// SQL condition that rows must meet.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// SQL expression over other defined features.
    pub expression: Option<String>,
}

/// How rows become one value; rows are in the order in which they happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The last row's value.
    #[default]
    Latest,
    /// The first row's value.
    First,
    /// Number of rows (with a value, where one is given).
    Count,
    /// Sum; of no rows: missing.
    Sum,
    /// Mean.
    Mean,
    /// Least.
    Minimum,
    /// Greatest.
    Maximum,
    /// Sample standard deviation (n - 1); of fewer than two values: missing.
    StandardDeviation,
    /// Share of the window's rows that meet the condition.
    Share,
    /// Whole calendar months from the last row that meets the condition to the observation.
    MonthsSince,
}

impl Aggregate {
    /// Whether the value must be a number.
    pub fn needs_number(self) -> bool {
        matches!(
            self,
            Aggregate::Sum | Aggregate::Mean | Aggregate::Minimum | Aggregate::Maximum | Aggregate::StandardDeviation
        )
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

    pub(super) fn check(&self, name: &str, source: &Source) -> Result<()> {
        let wrong = |key: &str, what: &str| {
            Err(source.error(&["features", "define", name, key], format!("feature {name:?}: {what}")))
        };
        match (&self.table, &self.expression) {
            (Some(_), Some(_)) => return wrong("expression", "a definition has either table or expression, not both"),
            (None, None) => return wrong("", "a definition needs either table or expression"),
            (None, Some(_)) => {
                if self.value.is_some()
                    || self.aggregate.is_some()
                    || self.condition.is_some()
                    || self.window_months.is_some()
                    || self.window_days.is_some()
                {
                    return wrong(
                        "expression",
                        "value, aggregate, where and windows belong to a definition with table",
                    );
                }
                return Ok(());
            }
            (Some(_), None) => {}
        }
        if self.window_months.is_some() && self.window_days.is_some() {
            return wrong("window_days", "give the window in months or in days, not both");
        }
        if self.window_months == Some(0) || self.window_days == Some(0) {
            return wrong("window_months", "a window must be at least 1");
        }
        let aggregate = self.aggregate.unwrap_or_default();
        match aggregate {
            Aggregate::Share | Aggregate::MonthsSince => {
                if self.condition.is_none() && aggregate == Aggregate::Share {
                    return wrong("aggregate", "share needs the condition that rows are to meet, as where");
                }
                if self.value.is_some() {
                    return wrong("value", "share and months_since take a condition (where), not a value");
                }
            }
            Aggregate::Count => {}
            _ if self.value.is_none() => {
                return wrong("value", "this aggregate needs a value: a column or an SQL expression over the table");
            }
            _ => {}
        }
        Ok(())
    }
}
