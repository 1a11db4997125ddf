//! The standard library: named features over the standard tables, taken where the history can give them.

use std::collections::{BTreeMap, BTreeSet};

use scorewright_runtime::artifact::CardKind;

use crate::config::{CardSpec, CaseSource, Definition, Population, ProjectSpec};
use crate::error::{Result, internal};
use crate::expression;
use crate::ready_made::matches;
use crate::suggest;
use crate::table;

/// A topic of the library: its name and its definitions as TOML.
type Topic = (&'static str, &'static str);

const CUSTOMER: Topic = ("customer", include_str!("library/customer.toml"));
const APPLICATION: Topic = ("application", include_str!("library/application.toml"));
const EARLIER_ACCOUNTS: Topic = ("earlier_accounts", include_str!("library/earlier_accounts.toml"));
const ACCOUNT: Topic = ("account", include_str!("library/account.toml"));
const PERFORMANCE: Topic = ("performance", include_str!("library/performance.toml"));
const PAYMENTS: Topic = ("payments", include_str!("library/payments.toml"));
const CONTACTS: Topic = ("contacts", include_str!("library/contacts.toml"));
const SOURCES: Topic = ("sources", include_str!("library/sources.toml"));
const CROSS_CHECKS: Topic = ("cross_checks", include_str!("library/cross_checks.toml"));
const LINKS: Topic = ("links", include_str!("library/links.toml"));

fn topics(kind: CardKind) -> &'static [Topic] {
    match kind {
        CardKind::Application => &[CUSTOMER, APPLICATION, EARLIER_ACCOUNTS, SOURCES, CROSS_CHECKS, LINKS],
        CardKind::Behavior => &[CUSTOMER, ACCOUNT, PERFORMANCE, PAYMENTS, EARLIER_ACCOUNTS, SOURCES, LINKS],
        CardKind::Collection => &[CUSTOMER, ACCOUNT, PERFORMANCE, PAYMENTS, CONTACTS, EARLIER_ACCOUNTS, SOURCES, LINKS],
    }
}

/// The standard features of a kind of card: topic, name and definition, in the library's order of topics.
///
/// # Errors
/// An internal fault where the library itself is damaged.
pub fn library(kind: CardKind) -> Result<Vec<(&'static str, String, Definition)>> {
    let mut features = Vec::new();
    for (topic, text) in topics(kind) {
        let definitions: BTreeMap<String, Definition> = toml::from_str(text).map_err(internal)?;
        features.extend(definitions.into_iter().map(|(name, definition)| (*topic, name, definition)));
    }
    Ok(features)
}

/// Adds the standard features that `[features] library` names to the card's own; a feature of the card's own of the
/// same name stands. Those that the history cannot give are kept with the reason.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] for a pattern that matches no standard feature; those of reading files.
pub fn with_standard(mut spec: CardSpec) -> Result<CardSpec> {
    let CaseSource::History(project, population, _) = &spec.cases else { return Ok(spec) };
    let patterns = &spec.features.library;
    if patterns.is_empty() {
        return Ok(spec);
    }
    let library = library(spec.card.kind)?;
    for pattern in patterns {
        if !library.iter().any(|(topic, name, _)| pattern == topic || matches(pattern, name)) {
            let names =
                topics(spec.card.kind).iter().map(|(topic, _)| *topic).chain(library.iter().map(|f| f.1.as_str()));
            return Err(spec
                .source
                .error(&["features", "library"], format!("features.library: no standard feature is called {pattern:?}"))
                .help(suggest::did_you_mean(pattern, "topics and features", names.collect::<Vec<_>>())));
        }
    }
    let columns = columns(project)?;
    let mut open: BTreeMap<String, Definition> = BTreeMap::new();
    let mut unavailable = Vec::new();
    for (topic, name, mut definition) in library {
        let is_wanted = patterns.iter().any(|pattern| pattern == topic || matches(pattern, &name));
        if !is_wanted || spec.features.define.contains_key(&name) {
            continue;
        }
        definition.is_standard = true;
        match lacks(project, population, &columns, &definition) {
            Some(reason) => unavailable.push((name, reason)),
            None => {
                open.insert(name, definition);
            }
        }
    }
    // Derived features go with what they are derived from.
    loop {
        let lost = open.iter().find_map(|(name, definition)| {
            let uses = expression::columns(definition.expression.as_deref()?).ok()?;
            let lost =
                uses.into_iter().find(|used| !open.contains_key(used) && !spec.features.define.contains_key(used))?;
            Some((name.clone(), format!("needs the feature {lost:?}, which is not there")))
        });
        let Some((name, reason)) = lost else { break };
        open.remove(&name);
        unavailable.push((name, reason));
    }
    spec.features.define.extend(open);
    spec.features.unavailable = unavailable;
    Ok(spec)
}

/// The columns of every table of the project, under their new names.
fn columns(project: &ProjectSpec) -> Result<BTreeMap<&str, BTreeSet<String>>> {
    let mut columns = BTreeMap::new();
    for (name, spec) in &project.tables {
        let mut names: BTreeSet<String> =
            table::column_names(&project.source.resolve(&spec.path), &spec.path, spec.separator)?.into_iter().collect();
        for (new, old) in &spec.columns {
            names.remove(old);
            names.insert(new.clone());
        }
        names.extend(spec.compute.keys().cloned());
        names.retain(|name| !spec.known_later.contains(name));
        columns.insert(name.as_str(), names);
    }
    Ok(columns)
}

/// Why the history cannot give a definition, if it cannot.
fn lacks(
    project: &ProjectSpec,
    population: &Population,
    columns: &BTreeMap<&str, BTreeSet<String>>,
    definition: &Definition,
) -> Option<String> {
    let name = definition.table.as_deref()?;
    let Some(table) = project.tables.get(name) else { return Some(format!("the history has no table {name:?}")) };
    for (_, text) in definition.texts() {
        let uses = expression::columns(text).ok()?;
        if let Some(column) = uses.iter().find(|column| !columns[name].contains(*column)) {
            return Some(format!("the table {name:?} has no column {column:?}"));
        }
    }
    let key = definition.key.as_ref().or(table.keys.first())?;
    for from in [population.table.as_str(), name] {
        if !reaches(project, from, key) {
            return Some(format!("no table leads from {from:?} to {key:?}"));
        }
    }
    if let Some(of) = &definition.of {
        let table_of = of.table.as_deref()?;
        if project.tables.contains_key(table_of) && !reaches(project, table_of, key) {
            return Some(format!("no table leads from {table_of:?} to {key:?}"));
        }
        return lacks(project, population, columns, of);
    }
    None
}

/// Whether tables lead from a table to a key.
fn reaches(project: &ProjectSpec, table: &str, key: &String) -> bool {
    let Some(table) = project.tables.get(table) else { return false };
    let mut known: BTreeSet<&String> = table.keys.iter().collect();
    loop {
        let before = known.len();
        for other in project.tables.values() {
            if other.keys.first().is_some_and(|first| known.contains(first)) {
                known.extend(&other.keys);
            }
        }
        if known.contains(key) || known.len() == before {
            return known.contains(key);
        }
    }
}
