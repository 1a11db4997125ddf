//! Keys from keys: an account's row leads to its customer through a table that has both.

use std::collections::BTreeSet;

use crate::config::{CardSpec, Population, ProjectSpec};
use crate::error::Result;
use crate::suggest;

/// The tables that lead from the population's keys to the keys that `needed` and the group ask for,
/// in the order in which they are to be followed.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] where no table leads to a key.
pub(super) fn linking_tables(
    spec: &CardSpec,
    project: &ProjectSpec,
    population: &Population,
    needed: &[String],
) -> Result<Vec<String>> {
    let mut known: BTreeSet<String> = project.table(&population.table)?.keys.iter().cloned().collect();
    // Keys with the table that needs them; without one, it is the group.
    let mut wanted: Vec<(&String, Option<&String>)> = Vec::new();
    for name in needed {
        wanted.extend(project.table(name)?.keys.first().map(|key| (key, Some(name))));
    }
    wanted.extend(population.group.iter().map(|group| (group, None)));
    let mut links = Vec::new();
    loop {
        let Some((key, who)) = wanted.iter().find(|(key, _)| !known.contains(*key)) else { return Ok(links) };
        let link = project.tables.iter().find(|(name, table)| {
            !links.contains(*name)
                && table.keys.first().is_some_and(|first| known.contains(first))
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
