//! Tables as expressions see them: renamed, translated, computed, of the types that training found; and by the keys
//! that other tables lead to.

use std::collections::{BTreeMap, BTreeSet};

use scorewright_runtime::artifact::Literal;

use super::Query;
use crate::config::{CaseSource, DuplicateKeys, ProjectSpec};
use crate::error::{Error, ErrorKind, Result};
use crate::expression::{self, Dialect, ValueType};
use crate::history::{Expression, HistoryTable, compute_order};

/// What expressions make of a column.
pub(super) fn column_type(table: &HistoryTable, column: &str) -> ValueType {
    let series = table.table.series(column).ok();
    series.and_then(|series| expression::column_type(&series)).unwrap_or(ValueType::Missing)
}

impl Query<'_> {
    /// The part that gives a table by a key of its own, or one that other tables lead to, as `sw_key`.
    pub(super) fn keyed_table(&mut self, table: &HistoryTable, key: &str) -> Result<String> {
        let base = self.table(table)?;
        let d = self.dialect;
        if table.spec.keys.iter().any(|own| own == key) {
            let known = "r.*".to_owned();
            let name = d.identifier(&format!("{} by {key}", table.name));
            let column = d.identifier(key);
            return Ok(self.part(name, || format!("SELECT {known}, r.{column} AS sw_key\n  FROM {base} AS r")));
        }
        // The same walk as training takes: from table to table, each giving the keys that it leads to.
        let history = self.history;
        let mut found: BTreeMap<&str, String> =
            table.spec.keys.iter().map(|own| (own.as_str(), format!("r.{}", d.identifier(own)))).collect();
        let mut days: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut joins = String::new();
        let mut number = 0;
        while !found.contains_key(key) {
            let link = history.tables().find(|other| {
                found.contains_key(other.key()) && other.spec.keys.iter().any(|key| !found.contains_key(key.as_str()))
            });
            let Some(link) = link else {
                let what = format!("no table leads from {:?} to the key {key:?}", table.name);
                return Err(Error::new(ErrorKind::Configuration, what));
            };
            let of_link = self.table(link)?;
            let from = found.get(link.key()).cloned().unwrap_or_default();
            let before = days.get(link.key()).cloned().unwrap_or_default();
            let targets: BTreeSet<&str> =
                link.spec.keys.iter().map(String::as_str).filter(|key| !found.contains_key(key)).collect();
            for target in targets {
                number += 1;
                let (source, column) = (d.identifier(link.key()), d.identifier(target));
                let known = if link.known.is_some() { ", MIN(sw_known) AS sw_known" } else { "" };
                joins.push_str(&format!(
                    "\n  LEFT JOIN (SELECT {source}, {column}{known} FROM {of_link} GROUP BY {source}, {column}) AS k{number} \
                     ON k{number}.{source} = {from}"
                ));
                let mut when = before.clone();
                when.extend(link.known.is_some().then(|| format!("k{number}.sw_known")));
                days.insert(target, when);
                found.insert(target, format!("k{number}.{column}"));
            }
        }
        if table.event.is_none() && days.get(key).is_some_and(|days| !days.is_empty()) {
            let what = format!(
                "attributes of {:?} by {key:?}, to which a dated table leads, are not written as SQL",
                table.name
            );
            return Err(Error::new(ErrorKind::Configuration, what).help(
                "leave such features out there (features.exclude), or keep the table by that key in the warehouse",
            ));
        }
        let column = found.get(key).cloned().unwrap_or_default();
        let mut columns: Vec<String> =
            table.table.names().iter().map(|name| format!("r.{}", d.identifier(name))).collect();
        if table.event.is_some() {
            let mut known = vec!["r.sw_known".to_owned()];
            known.extend(days.get(key).into_iter().flatten().cloned());
            let known = match known.as_slice() {
                [single] => single.clone(),
                all => format!("GREATEST({})", all.join(", ")),
            };
            columns.extend(["r.sw_event".into(), format!("{known} AS sw_known")]);
        }
        let name = d.identifier(&format!("{} by {key}", table.name));
        Ok(self.part(name, || {
            format!(
                "SELECT {},\n    {column} AS sw_key\n  FROM {base} AS r{joins}\n  WHERE {column} IS NOT NULL",
                columns.join(", ")
            )
        }))
    }

    /// The part that gives a table's columns as expressions see them.
    fn table(&mut self, table: &HistoryTable) -> Result<String> {
        let d = self.dialect;
        let name = d.identifier(&format!("{} as read", table.name));
        if self.parts.iter().any(|(known, _)| *known == name) {
            return Ok(name);
        }
        let CaseSource::History(project, ..) = &self.spec.cases else { return super::fault("a card without history") };
        let wrong = |key: &str, what: &str, help: &str| -> Error {
            let keys = ["tables", table.name.as_str(), key];
            project.source.error(&keys, format!("table {:?}: {what}", table.name)).help(help)
        };
        if table.name == super::OBSERVATIONS {
            return Err(wrong(
                "",
                "the query reads the observations from a table of this name",
                "give this table another name",
            ));
        }
        if table.spec.utc_offset.is_some() {
            return Err(wrong(
                "utc_offset",
                "times that carry a zone are not written as SQL",
                "let the warehouse hold the lender's day in a column of its own, and take that as event_date",
            ));
        }
        let dates: Vec<&String> = table.spec.event_date.iter().chain(&table.spec.known_at).collect();
        let mut columns = Vec::new();
        for column in table.table.names().iter().filter(|column| !table.spec.compute.contains_key(*column)) {
            let original = d.identifier(table.spec.columns.get(column).unwrap_or(column));
            let value_type = column_type(table, column);
            let text = || d.cast(&original, ValueType::Text);
            let sql = match (table.spec.translate.get(column), value_type) {
                (Some(meanings), _) => translated(d, &text(), meanings, value_type),
                // Keys stay what they are, so that the engine can join by them as it stores them.
                _ if table.spec.keys.contains(column) => original.clone(),
                (None, ValueType::Number) => {
                    format!("NULLIF({}, {})", d.cast(&original, value_type), d.cast("'NaN'", value_type))
                }
                (None, ValueType::Date) if dates.contains(&column) && table.spec.date_format.is_some() => {
                    let format = table.spec.date_format.as_deref().unwrap_or_default();
                    d.date_by_format(&text(), format).ok_or_else(|| {
                        wrong(
                            "date_format",
                            "only %Y, %y, %m and %d, and signs between them, are written as SQL",
                            "let the warehouse hold a column of dates",
                        )
                    })?
                }
                (None, ValueType::Text) if !table.spec.null_values.is_empty() => {
                    let nulls: Vec<String> = table.spec.null_values.iter().map(|null| d.text(null)).collect();
                    format!(
                        "CASE WHEN {text} NOT IN ({nulls}) THEN {text} END",
                        text = text(),
                        nulls = nulls.join(", ")
                    )
                }
                (None, ValueType::Missing) => original.clone(),
                (None, value_type) => d.cast(&original, value_type),
            };
            columns.push(format!("{sql} AS {}", d.identifier(column)));
        }
        let mut text = format!("SELECT {}\n  FROM {}", columns.join(",\n    "), d.identifier(&table.name));
        for (level, column) in compute_order(project, &table.name, &table.spec)?.into_iter().enumerate() {
            let sql = computed(project, table, column, d)?;
            text = format!("SELECT c{level}.*, {sql} AS {}\n  FROM (\n  {text}\n  ) AS c{level}", d.identifier(column));
        }
        if let Some(condition) = &table.spec.condition {
            let keys = ["tables", table.name.as_str(), "where"];
            let condition = Expression { text: condition, purpose: "where", source: &project.source, keys: &keys };
            let condition = condition.over(&table.table)?.to_sql(d, &|name| d.identifier(name));
            text = format!("SELECT * FROM (\n  {text}\n  ) AS whole\n  WHERE {condition}");
        }
        if let Some(event) = &table.spec.event_date {
            let event = format!("d.{}", d.identifier(event));
            let known = match &table.spec.known_at {
                Some(known) => format!("d.{}", d.identifier(known)),
                None if table.spec.known_after_days == 0 => event.clone(),
                None => d.plus_days(&event, i64::from(table.spec.known_after_days)),
            };
            text = format!("SELECT d.*, {event} AS sw_event, {known} AS sw_known\n  FROM (\n  {text}\n  ) AS d");
        }
        if table.spec.duplicate_keys == DuplicateKeys::LeaveOut && table.event.is_none() {
            // One of rows that repeat each other stays; keys with rows that differ have none.
            text = format!(
                "SELECT * FROM (\n  SELECT d.*, COUNT(*) OVER (PARTITION BY d.{}) AS sw_rows FROM (\n  SELECT DISTINCT * FROM (\n  \
                 {text}\n  ) AS a\n  ) AS d\n  ) AS one\n  WHERE sw_rows = 1",
                d.identifier(table.key())
            );
        }
        Ok(self.part(name, || text))
    }
}

/// A computed column by the columns before it.
fn computed(project: &ProjectSpec, table: &HistoryTable, column: &str, dialect: Dialect) -> Result<String> {
    let text = table.spec.compute.get(column).map_or("", String::as_str);
    let purpose = format!("table {:?}, compute.{column}", table.name);
    let keys = ["tables", table.name.as_str(), "compute", column];
    let expression = Expression { text, purpose: &purpose, source: &project.source, keys: &keys };
    Ok(expression.over(&table.table)?.to_sql(dialect, &|name| dialect.identifier(name)))
}

/// Codes to their meanings. A code without one is an error in training; here it is missing.
fn translated(dialect: Dialect, text: &str, meanings: &BTreeMap<String, Literal>, value_type: ValueType) -> String {
    let mut sql = format!("CASE {text}");
    for (code, meaning) in meanings {
        let meaning = match (meaning, value_type) {
            (Literal::Number(number), ValueType::Number) => dialect.number(*number),
            (meaning, _) => dialect.text(&meaning.to_string()),
        };
        sql.push_str(&format!(" WHEN {} THEN {meaning}", dialect.text(code)));
    }
    sql + " END"
}
