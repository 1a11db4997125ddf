//! What differs between two documents, value by value: whatever a scorecard may come to say, nothing is left out.

use serde::Serialize;
use serde_json::{Map, Value};

use super::lines::{line_diff, unified};
use crate::bins_diff::Pair;

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Where it stands: `pdo`, `data[cases.csv].rows`; the whole document's where it is empty.
    pub what: String,
    /// The value in A and in B; null: it has none.
    #[serde(flatten)]
    pub values: Pair<Value>,
    /// Of a text of several lines: what differs, as a unified diff.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

impl Change {
    /// A value that differs, of which at least one is there.
    pub(super) fn new(what: impl Into<String>, a: Option<Value>, b: Option<Value>) -> Self {
        let lines = match (&a, &b) {
            (Some(Value::String(a)), Some(Value::String(b))) if a.contains('\n') || b.contains('\n') => {
                unified(&line_diff(a, b))
            }
            _ => Vec::new(),
        };
        Change { what: what.into(), values: Pair { a, b }, lines }
    }
}

/// Adds what differs between two values at `place`.
pub(super) fn changes(place: &str, a: &Value, b: &Value, found: &mut Vec<Change>) {
    match (a, b) {
        (a, b) if a == b => {}
        (Value::Object(a), Value::Object(b)) => {
            let inner = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
            of_members(inner, &members(a), &members(b), found);
        }
        (Value::Array(listed_a), Value::Array(listed_b)) => match (by_name(listed_a), by_name(listed_b)) {
            (Some(a), Some(b)) => {
                let inner = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}[{name}]") };
                of_members(inner, &a, &b, found);
                found.extend(order(place, &names(&a), &names(&b)));
            }
            _ => found.push(Change::new(place, Some(a.clone()), Some(b.clone()))),
        },
        (a, b) => found.push(Change::new(place, Some(a.clone()), Some(b.clone()))),
    }
}

/// Names with their values.
type Members<'a> = Vec<(String, &'a Value)>;

fn members(object: &Map<String, Value>) -> Members<'_> {
    object.iter().map(|(name, value)| (name.clone(), value)).collect()
}

fn names(members: &Members<'_>) -> Vec<String> {
    members.iter().map(|(name, _)| name.clone()).collect()
}

fn of_members(place: impl Fn(&str) -> String, a: &Members<'_>, b: &Members<'_>, found: &mut Vec<Change>) {
    let find =
        |of: &Members<'_>, name: &str| of.iter().find(|(known, _)| known == name).map(|(_, value)| (*value).clone());
    for name in union(&names(a), &names(b)) {
        match (find(a, &name), find(b, &name)) {
            (Some(a), Some(b)) => changes(&place(&name), &a, &b, found),
            (a, b) => found.push(Change::new(place(&name), a, b)),
        }
    }
}

/// What A has, and then what B has beside it.
pub(super) fn union(a: &[String], b: &[String]) -> Vec<String> {
    a.iter().chain(b.iter().filter(|name| !a.contains(name))).cloned().collect()
}

/// Whether what both have stands in another order.
pub(super) fn order(place: &str, a: &[String], b: &[String]) -> Option<Change> {
    let common = |of: &[String], other: &[String]| of.iter().filter(|name| other.contains(name)).cloned().collect();
    let (a, b): (Vec<String>, Vec<String>) = (common(a, b), common(b, a));
    (a != b).then(|| Change::new(format!("order of {place}"), Some(Value::from(a)), Some(Value::from(b))))
}

/// A list of objects by what names each: name, path, input, label, or the bounds of a band; `None` for other lists.
fn by_name(list: &[Value]) -> Option<Members<'_>> {
    let mut named: Members<'_> = Vec::new();
    for item in list {
        let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
        let bound = |key: &str| item.get(key).map(|bound| bound.as_f64().map_or("..".to_owned(), |b| b.to_string()));
        let bounds = || Some(format!("{} to {}", bound("lower")?, bound("upper")?));
        let name = ["name", "path", "input", "label"].into_iter().find_map(text).or_else(bounds)?;
        if named.iter().any(|(known, _)| *known == name) {
            return None;
        }
        named.push((name, item));
    }
    Some(named)
}
