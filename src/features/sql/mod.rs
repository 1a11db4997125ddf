//! The features of a card as one SQL query for a warehouse: the same definitions, the same values.
//!
//! The query stands on the tables of `scorewright.toml` under their names with their original columns, and on a table
//! `observations` (`case_id`, `observed_at` and the keys that the header of the query names). It is a chain of common
//! table expressions: each table with its columns as expressions see them (`tables`), the rows that each observation
//! knows (`rows`), one value an observation by aggregate (`plain`, `ordered`, `sequences`, `parts`,
//! `links`), and derived features at the end (`derived`).

mod derived;
mod links;
mod ordered;
mod parts;
mod plain;
mod rows;
mod sequences;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use scorewright_runtime::artifact::{Definitions, FeatureKind};

use self::rows::Rows;
use super::plan::{Plan, Planned};
use crate::config::{Aggregate, CardSpec, CaseSource, ColumnSettings, Definition};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::expression::{Dialect, ValueType};
use crate::history::History;
use crate::progress::Progress;
use crate::ready_made;

/// The table of observations that the query reads.
const OBSERVATIONS: &str = "observations";

/// The features of a card on the history as one query, in the words of `dialect`. The tables are read for the types of
/// their columns.
///
/// # Errors
/// Those of reading the history and of definitions; [`ErrorKind::Configuration`] for a card without history, and for
/// what the dialect cannot say.
pub fn query(spec: &CardSpec, dialect: Dialect, progress: &dyn Progress) -> Result<String> {
    let CaseSource::History(project, population, outcome) = &spec.cases else {
        return Err(Error::new(ErrorKind::Configuration, "the card stands on a ready-made table, not on the history")
            .in_file(&spec.source.path)
            .help("features are written as SQL for cards with [population] and [features.define]"));
    };
    super::check_patterns(spec)?;
    let history = crate::population::read_history(spec, project, population, outcome, progress)?;
    let wanted = spec.features.define.keys().filter(|name| is_included(spec, name)).cloned().collect();
    written(spec, &history, dialect, wanted)
}

/// How columns are computed, for the scorecard that takes them: each definition, with those that it is derived from, in
/// the words of configuration, and a query for each engine that can say all of them. `history` may be without its rows.
///
/// # Errors
/// An internal fault where a definition cannot be written as TOML.
pub fn definitions(spec: &CardSpec, history: &History, columns: &BTreeSet<String>) -> Result<Definitions> {
    let define = &spec.features.define;
    let wanted: BTreeSet<String> = columns.iter().filter(|name| define.contains_key(*name)).cloned().collect();
    let in_words = needed(spec, &wanted).into_iter().filter_map(|name| {
        let definition = define.get(&name)?;
        Some(toml::to_string(definition).map(|text| (name, text)).map_err(internal))
    });
    let in_words = in_words.collect::<Result<_>>()?;
    let queries = Dialect::ALL.into_iter().filter_map(|dialect| {
        let text = written(spec, history, dialect, wanted.clone()).ok()?;
        Some((dialect.word().to_owned(), text))
    });
    Ok(Definitions { columns: in_words, sql: queries.collect() })
}

fn written(spec: &CardSpec, history: &History, dialect: Dialect, wanted: BTreeSet<String>) -> Result<String> {
    let needed = needed(spec, &wanted);
    let left_out = spec.features.unavailable.clone();
    let (parts, keys) = (Vec::new(), BTreeSet::new());
    let mut query = Query { spec, history, dialect, wanted, needed, left_out, parts, keys, recursive: false };
    let features = query.features_of_tables()?;
    query.finish(features)
}

/// A query in the making.
struct Query<'a> {
    spec: &'a CardSpec,
    history: &'a History,
    dialect: Dialect,
    /// The features that are asked for.
    wanted: BTreeSet<String>,
    /// They, and those they are derived from.
    needed: BTreeSet<String>,
    /// Standard features that the history cannot give, with the reason.
    left_out: Vec<(String, String)>,
    /// The common table expressions so far: name and text.
    parts: Vec<(String, String)>,
    /// Keys that `observations` must have.
    keys: BTreeSet<String>,
    /// Whether one of them refers to itself.
    recursive: bool,
}

/// A feature that some part of the query gives.
struct Built {
    name: String,
    value_type: ValueType,
    /// The part, and its column.
    part: String,
    column: String,
    /// What stands where the part has no row of the observation.
    otherwise: Option<&'static str>,
}

/// A select with one `value` for each of the columns by which observations are told apart.
struct Values {
    select: String,
    /// What stands where there is no row.
    otherwise: Option<&'static str>,
}

impl Query<'_> {
    /// Adds a part, once for each name.
    fn part(&mut self, name: String, text: impl FnOnce() -> String) -> String {
        if !self.parts.iter().any(|(known, _)| *known == name) {
            self.parts.push((name.clone(), text()));
        }
        name
    }

    fn name(&self, name: &str) -> String {
        self.dialect.identifier(name)
    }

    fn features_of_tables(&mut self) -> Result<Vec<Built>> {
        let (spec, history) = (self.spec, self.history);
        let mut groups: BTreeMap<(&str, &str), Vec<(&String, &Definition)>> = BTreeMap::new();
        for (name, definition) in spec.features.define.iter().filter(|(name, _)| self.needed.contains(*name)) {
            if let Some(table) = &definition.table {
                let key = definition.key.as_deref().unwrap_or(history.table(table)?.key());
                groups.entry((table, key)).or_default().push((name, definition));
            }
        }
        let mut features = Vec::new();
        for ((table, key), definitions) in groups {
            let table = history.table(table)?;
            self.keys.insert(key.to_owned());
            let keyed = self.keyed_table(table, key)?;
            let mut plan = Plan::default();
            for (name, definition) in definitions {
                let keys = ["features", "define", name.as_str()];
                let added = if definition.aggregate.unwrap_or_default().is_network() {
                    self.network(name, definition, table, key, &keyed).map(|feature| features.push(feature))
                } else {
                    let kind = spec.features.columns.get(name).and_then(ColumnSettings::feature_kind);
                    plan.add(name, &keys, definition, table, kind, &spec.source)
                };
                match added {
                    // A column of a standard name may hold something else than the standard feature needs.
                    Err(reason) if definition.is_standard => {
                        self.left_out.push((name.clone(), reason.message().to_owned()));
                    }
                    added => added?,
                }
            }
            if plan.definitions.is_empty() {
                continue;
            }
            let points = format!(
                "SELECT case_id, CAST(observed_at AS DATE) AS t, {} AS unit FROM {OBSERVATIONS}",
                self.name(key)
            );
            let rows_name = format!("rows_{}", features_number(&self.parts));
            let rows = Rows::new(self, table, &plan, rows_name, &["case_id"]);
            let text = rows.select(self, &plan, &points, &keyed, table);
            self.part(rows.name.clone(), || text);
            features.extend(self.of_plan(&plan, &rows));
        }
        Ok(features)
    }

    /// The definitions of a plan: those that are plain sums in one part, each other in its own.
    fn of_plan(&mut self, plan: &Plan, rows: &Rows) -> Vec<Built> {
        let mut features = Vec::new();
        let mut columns = Vec::new();
        let plain_part = format!("plain_of_{}", rows.name);
        for definition in &plan.definitions {
            let value_type = if definition.is_text { ValueType::Text } else { ValueType::Number };
            let plain = if definition.by.is_none() { plain::expression(definition, rows) } else { None };
            if let Some(expression) = plain {
                let column = format!("f{}", columns.len() + 1);
                columns.push(format!("{expression} AS {column}"));
                features.push(Built {
                    name: definition.name.clone(),
                    value_type,
                    part: plain_part.clone(),
                    column,
                    otherwise: plain::otherwise(definition.aggregate, self.dialect),
                });
            } else {
                let values = values(definition, rows);
                let part = self.part(format!("feature_{}", features_number(&self.parts)), || values.select);
                let (name, column) = (definition.name.clone(), "value".to_owned());
                features.push(Built { name, value_type, part, column, otherwise: values.otherwise });
            }
        }
        if !columns.is_empty() {
            let text = format!(
                "SELECT case_id,\n    {}\n  FROM {}\n  GROUP BY case_id, t",
                columns.join(",\n    "),
                rows.name
            );
            self.part(plain_part, || text);
        }
        features
    }

    /// The whole text: the parts, the features of tables by case, the derived features, the columns in the card's order.
    fn finish(mut self, features: Vec<Built>) -> Result<String> {
        let d = self.dialect;
        let mut columns = vec!["o.case_id".to_owned()];
        let mut joins = Vec::new();
        for feature in &features {
            let value = format!("{}.{}", feature.part, feature.column);
            let value = match feature.otherwise {
                Some(otherwise) => format!("COALESCE({value}, {otherwise})"),
                None => value,
            };
            columns.push(format!("{value} AS {}", d.identifier(&feature.name)));
            let join = format!("  LEFT JOIN {part} ON {part}.case_id = o.case_id", part = feature.part);
            if !joins.contains(&join) {
                joins.push(join);
            }
        }
        let text = format!("SELECT {}\n  FROM {OBSERVATIONS} AS o\n{}", columns.join(",\n    "), joins.join("\n"));
        let mut last = self.part("features_of_tables".to_owned(), || text);
        let mut types: BTreeMap<String, ValueType> =
            features.into_iter().map(|feature| (feature.name, feature.value_type)).collect();
        last = self.derived(last, &mut types)?;
        let wanted = types.keys().filter(|name| self.wanted.contains(*name));
        let wanted: Vec<String> = wanted.map(|name| format!("  {}", d.identifier(name))).collect();
        if wanted.is_empty() {
            return Err(Error::new(ErrorKind::Features, "the card defines no feature").in_file(&self.spec.source.path));
        }
        let parts: Vec<String> = self.parts.iter().map(|(name, text)| format!("{name} AS (\n  {text}\n)")).collect();
        let left_out: String = self
            .left_out
            .iter()
            .map(|(name, reason)| format!("-- Left out: {}: {}.\n", one_line(name), one_line(reason)))
            .collect();
        Ok(format!(
            "-- The features of the card {}, as they were known at each observation.\n\
             -- Written by scorewright {} for {}; its values are those of training.\n\
             -- It reads the tables of scorewright.toml and {OBSERVATIONS} (case_id, observed_at, {}).\n{left_out}\
             WITH{} {}\nSELECT\n  case_id,\n{}\nFROM {last}\n",
            one_line(&self.spec.card.name),
            env!("CARGO_PKG_VERSION"),
            d.name(),
            self.keys.iter().map(|key| one_line(key)).collect::<Vec<_>>().join(", "),
            if self.recursive { " RECURSIVE" } else { "" },
            parts.join(",\n"),
            wanted.join(",\n"),
        ))
    }
}

/// Whether the query gives a feature: as such, or as an axis of a pair.
fn is_included(spec: &CardSpec, name: &str) -> bool {
    ready_made::is_included(&spec.features, name) || spec.features.is_axis(name)
}

/// Features, and those that they are derived from.
fn needed(spec: &CardSpec, wanted: &BTreeSet<String>) -> BTreeSet<String> {
    let define = &spec.features.define;
    let mut open: Vec<String> = wanted.iter().cloned().collect();
    let mut needed = BTreeSet::new();
    while let Some(name) = open.pop() {
        let text = define.get(&name).and_then(|definition| definition.expression.as_deref());
        if let Some(text) = text {
            // What is wrong with it is said where it is written out.
            open.extend(
                crate::expression::columns(text).unwrap_or_default().into_iter().filter(|used| !needed.contains(used)),
            );
        }
        needed.insert(name);
    }
    needed
}

/// One value for each of the columns that tell observations apart.
fn values(definition: &Planned, rows: &Rows) -> Values {
    if let Some(by) = definition.by {
        return parts::values(definition, by, rows);
    }
    use Aggregate as A;
    match definition.aggregate {
        A::LongestRun | A::CurrentRun => sequences::runs(definition, rows),
        A::Transitions | A::Volatility => sequences::changes(definition, rows),
        A::MissingReason => ordered::missing_reason(definition, rows),
        aggregate => match plain::expression(definition, rows) {
            Some(expression) => Values {
                select: format!(
                    "SELECT {ids}, {expression} AS value\n  FROM {from}\n  WHERE {window}\n  GROUP BY {ids}, t",
                    ids = rows.ids(),
                    from = rows.name,
                    window = rows.window(definition),
                ),
                otherwise: plain::otherwise(aggregate, rows.dialect),
            },
            None => ordered::picked(definition, rows),
        },
    }
}

/// A number for the next part.
fn features_number(parts: &[(String, String)]) -> usize {
    parts.len() + 1
}

/// A text for a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// What is computed of other units is a number.
fn number_kind() -> Option<FeatureKind> {
    Some(FeatureKind::Numeric)
}

/// A fault that the checks before should have found.
fn fault<T>(what: &str) -> Result<T> {
    Err(internal(what))
}
