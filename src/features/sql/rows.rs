//! The rows that were known at each observation, with what expressions make of them.

use super::Query;
use crate::config::Aggregate;
use crate::expression::{Dialect, ValueType};
use crate::features::plan::{Plan, Planned, Slot};
use crate::history::{HistoryTable, Length, Window};

/// Rows of a table by observation: a part of the query with the columns `t` (the day of observation), `event`, `known`,
/// `s1`, `s2`, ... (the table's order) and `e0`, `e1`, ... (expressions by slot).
#[derive(Clone)]
pub(super) struct Rows {
    pub dialect: Dialect,
    /// The part's name.
    pub name: String,
    /// The columns that tell observations apart.
    pub ids: Vec<String>,
    /// The day of observation, and the row's event.
    pub days: [&'static str; 2],
    dated: bool,
    monthly: bool,
    /// Columns in the order in which rows happened.
    sequence: Vec<String>,
    types: Vec<ValueType>,
}

impl Rows {
    pub fn new(query: &Query<'_>, table: &HistoryTable, plan: &Plan, name: String, ids: &[&str]) -> Rows {
        let dialect = query.dialect;
        let mut sequence = Vec::new();
        if table.event.is_some() {
            sequence.extend(["event".to_owned(), "known".to_owned()]);
        }
        for (place, column) in table.spec.order_by.iter().enumerate() {
            sequence.push(dialect.ordered(&format!("s{}", place + 1), super::tables::column_type(table, column)));
        }
        let types = plan
            .expressions
            .iter()
            .map(|slot| if slot.as_text { ValueType::Text } else { slot.expression.value_type() })
            .collect();
        Rows {
            dialect,
            name,
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            days: ["t", "event"],
            dated: table.event.is_some(),
            monthly: table.is_monthly(),
            sequence,
            types,
        }
    }

    /// The part's text: points (with `t` and `unit`) beside the rows of their unit.
    pub fn select(&self, query: &Query<'_>, plan: &Plan, points: &str, keyed: &str, table: &HistoryTable) -> String {
        let d = self.dialect;
        let mut columns: Vec<String> = self.ids.iter().map(|id| format!("o.{id}")).collect();
        columns.push("o.t".into());
        let mut seen = String::new();
        if self.dated {
            columns.extend(["r.sw_event AS event".into(), "r.sw_known AS known".into()]);
            seen = "\n  WHERE r.sw_event <= o.t AND r.sw_known <= o.t".into();
        }
        for (place, column) in table.spec.order_by.iter().enumerate() {
            columns.push(format!("r.{} AS s{}", query.name(column), place + 1));
        }
        for (slot, evaluated) in plan.expressions.iter().enumerate() {
            let sql = evaluated.expression.to_sql(d, &|column| format!("r.{}", d.identifier(column)));
            let value_type = evaluated.expression.value_type();
            let is_condition = plan.definitions.iter().any(|definition| definition.condition == Some(slot));
            let sql = match (evaluated.as_text, value_type) {
                (true, _) => d.category(&sql, value_type),
                // A column without a single value has the type that it is used as.
                (_, ValueType::Missing) if is_condition => d.cast(&sql, ValueType::Boolean),
                (_, ValueType::Missing) => d.cast(&sql, ValueType::Number),
                _ => sql,
            };
            columns.push(format!("{sql} AS e{slot}"));
        }
        format!(
            "SELECT {}\n  FROM ({points}) AS o\n  JOIN {keyed} AS r ON r.sw_key = o.unit{seen}",
            columns.join(",\n    ")
        )
    }

    /// The columns that tell observations apart.
    pub fn ids(&self) -> String {
        self.ids.join(", ")
    }

    /// The condition that a row happened in the window.
    pub fn window(&self, definition: &Planned) -> String {
        let d = self.dialect;
        let Window { length, skip } = definition.window;
        let [t, event] = self.days;
        let months = |months: u32| {
            let day = d.plus_months(t, -i64::from(months));
            if self.monthly { d.month_end(&day) } else { day }
        };
        let days = |days: u32| d.plus_days(t, -i64::from(days));
        let skipped = match skip {
            Length::Everything => 0,
            Length::Months(units) | Length::Days(units) => units,
        };
        let mut conditions = Vec::new();
        match length {
            Length::Everything => {}
            Length::Months(units) => conditions.push(format!("{event} > {}", months(units.saturating_add(skipped)))),
            Length::Days(units) => conditions.push(format!("{event} > {}", days(units.saturating_add(skipped)))),
        }
        match skip {
            Length::Everything => {}
            Length::Months(units) => conditions.push(format!("{event} <= {}", months(units))),
            Length::Days(units) => conditions.push(format!("{event} <= {}", days(units))),
        }
        if conditions.is_empty() || !self.dated { "TRUE".into() } else { conditions.join(" AND ") }
    }

    /// The condition that a row counts: it lies in the window and meets the definition's condition.
    pub fn counts(&self, definition: &Planned) -> String {
        let window = self.window(definition);
        match definition.condition {
            None => window,
            Some(slot) if window == "TRUE" => format!("e{slot}"),
            Some(slot) => format!("{window} AND e{slot}"),
        }
    }

    /// The definition's value.
    pub fn value(&self, definition: &Planned) -> Option<String> {
        definition.value.map(|slot| format!("e{slot}"))
    }

    /// The definition's value as a number.
    pub fn number(&self, definition: &Planned) -> Option<String> {
        let slot = definition.value?;
        Some(if self.is(slot, ValueType::Boolean) {
            self.dialect.truth_as_number(&format!("e{slot}"))
        } else {
            format!("e{slot}")
        })
    }

    /// What a picked row gives: a text or a date as it is, else a number.
    pub fn result(&self, definition: &Planned) -> String {
        let aggregate = definition.aggregate;
        let as_it_is = definition.is_text || aggregate.needs_date() || aggregate == Aggregate::Distinct;
        let value = if as_it_is { self.value(definition) } else { self.number(definition) };
        value.unwrap_or_else(|| "NULL".into())
    }

    pub fn is(&self, slot: Slot, wanted: ValueType) -> bool {
        self.types.get(slot) == Some(&wanted)
    }

    pub fn value_type(&self, slot: Slot) -> ValueType {
        self.types.get(slot).copied().unwrap_or(ValueType::Missing)
    }

    /// ORDER BY over the rows in the order in which they happened, tied ones by a slot, missing values first; or the
    /// other way round.
    pub fn order(&self, slot: Option<Slot>, backwards: bool) -> String {
        let mut columns = self.sequence.clone();
        columns.extend(slot.map(|slot| self.dialect.ordered(&format!("e{slot}"), self.value_type(slot))));
        let way = if backwards { "DESC NULLS LAST" } else { "ASC NULLS FIRST" };
        let columns: Vec<String> = columns.into_iter().map(|column| format!("{column} {way}")).collect();
        // Rows of a table of attributes without a value are one a key.
        if columns.is_empty() { "t".into() } else { columns.join(", ") }
    }
}
