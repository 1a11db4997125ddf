//! Keys from keys: an account's row leads to its customer through a table that has both.

use std::collections::BTreeSet;

use crate::config::{CardSpec, CaseSource, Population, ProjectSpec};
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

/// The tables that lead from the population's keys to the keys that the tables `needed`, the definitions and the group
/// ask for, and from those tables to the keys that definitions ask for.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] where no table leads to a key.
pub(super) fn linking_tables(
    spec: &CardSpec,
    project: &ProjectSpec,
    population: &Population,
    needed: &[String],
) -> Result<Vec<String>> {
    let mut links = Vec::new();
    for (name, definition) in &spec.features.define {
        if let (Some(table), Some(key)) = (&definition.table, &definition.key) {
            leads(project, table, key, &mut links).map_err(|e| {
                spec.source.error(&["features", "define", name, "key"], format!("feature {name:?}: {}", e.message()))
            })?;
        }
        if let (Some(of), Some(table)) = (definition.of.as_ref().and_then(|of| of.table.as_ref()), &definition.table) {
            let key = definition.key.as_ref().or(project.table(table)?.keys.first());
            if let Some(key) = key {
                leads(project, of, key, &mut links).map_err(|e| {
                    spec.source.error(&["features", "define", name, "of"], format!("feature {name:?}: {}", e.message()))
                })?;
            }
        }
    }
    let mut known: BTreeSet<String> = project.table(&population.table)?.keys.iter().cloned().collect();
    // Keys with the table that needs them; without one, it is the group.
    let mut wanted: Vec<(&String, Option<&String>)> = Vec::new();
    let outcomes: BTreeSet<&str> = match &spec.cases {
        CaseSource::History(_, _, outcome) => outcome.tables().collect(),
        CaseSource::Table(..) => BTreeSet::new(),
    };
    for name in needed {
        // A table that only features by another key read is reached by that key.
        let mut features = spec.features.define.values().filter(|definition| definition.table.as_ref() == Some(name));
        let by_other_keys = features.clone().next().is_some() && features.all(|definition| definition.key.is_some());
        if !by_other_keys || outcomes.contains(name.as_str()) {
            wanted.extend(project.table(name)?.keys.first().map(|key| (key, Some(name))));
        }
    }
    wanted.extend(population.group.iter().map(|group| (group, None)));
    for definition in spec.features.define.values() {
        wanted.extend(definition.key.iter().map(|key| (key, definition.table.as_ref())));
    }
    loop {
        let Some((key, who)) = wanted.iter().find(|(key, _)| !known.contains(*key)) else { return Ok(links) };
        let link = project.tables.iter().find(|(_, table)| {
            table.keys.first().is_some_and(|first| known.contains(first))
                && table.keys.iter().any(|other| !known.contains(other))
        });
        let Some((name, table)) = link else {
            let needs = format!("needs the key {key:?}, to which no table leads from {:?}", population.table);
            let error = match who {
                None => spec.source.error(&["population", "group"], format!("the population's group {needs}")),
                Some(table) => {
                    project.source.error(&["tables", &population.table, "keys"], format!("the table {table:?} {needs}"))
                }
            };
            return Err(error.help(format!(
                "name the key in a table that has both, such as keys = [\"account_id\", \"customer_id\"]; {}",
                suggest::did_you_mean(key, "keys known", known.iter().map(String::as_str))
            )));
        };
        known.extend(table.keys.iter().cloned());
        links.push(name.clone());
    }
}

/// Adds the tables that lead from a table to a key.
fn leads(project: &ProjectSpec, table: &str, key: &str, links: &mut Vec<String>) -> Result<()> {
    let mut known: BTreeSet<&String> = project.table(table)?.keys.iter().collect();
    while !known.iter().any(|known| *known == key) {
        let link = project.tables.iter().find(|(_, other)| {
            other.keys.first().is_some_and(|first| known.contains(first))
                && other.keys.iter().any(|other| !known.contains(other))
        });
        let Some((name, link)) = link else {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!("no table leads from {table:?} to the key {key:?}"),
            ));
        };
        known.extend(&link.keys);
        links.push(name.clone());
    }
    Ok(())
}
