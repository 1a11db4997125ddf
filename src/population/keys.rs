//! Keys from keys: an account's row leads to its customer through a table that has both.

use std::collections::BTreeSet;

use crate::config::{Population, ProjectSpec};
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

/// The tables that lead from the population's keys to the keys that `needed` and the group ask for,
/// in the order in which they are to be followed.
///
/// # Errors
/// [`ErrorKind::Configuration`] where no table leads to a key.
pub(super) fn linking_tables(project: &ProjectSpec, population: &Population, needed: &[String]) -> Result<Vec<String>> {
    let mut known: BTreeSet<String> = project.table(&population.table)?.keys.iter().cloned().collect();
    let mut wanted: Vec<(String, String)> = Vec::new();
    for name in needed {
        wanted.extend(project.table(name)?.keys.first().map(|key| (key.clone(), format!("the table {name:?}"))));
    }
    wanted.extend(population.group.iter().map(|group| (group.clone(), "the population's group".to_owned())));
    let mut links = Vec::new();
    loop {
        let Some((key, who)) = wanted.iter().find(|(key, _)| !known.contains(key)) else { return Ok(links) };
        let link = project.tables.iter().find(|(name, table)| {
            !links.contains(*name)
                && table.keys.first().is_some_and(|first| known.contains(first))
                && table.keys.iter().any(|other| !known.contains(other))
        });
        let Some((name, table)) = link else {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!("{who} needs the key {key:?}, to which no table leads from {:?}", population.table),
            )
            .in_file(&project.source.path)
            .help(format!(
                "name the key in a table that has both, such as keys = [\"account_id\", \"customer_id\"]; {}",
                suggest::did_you_mean(key, "keys known", known.iter().map(String::as_str))
            )));
        };
        known.extend(table.keys.iter().cloned());
        links.push(name.clone());
    }
}
