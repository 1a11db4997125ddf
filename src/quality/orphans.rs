//! Keys across tables: rows whose owner is not there, tables whose keys nobody knows, and owners of whom nothing is said.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::finding::{Code, Finding, Severity, Tally};
use super::view::{Keys, STANDARD_KEYS, View};
use crate::table::MISSING;

/// The table whose rows a card observes.
#[derive(Clone, Copy)]
pub(super) struct Population<'a> {
    /// Its name.
    pub table: &'a str,
    /// Whether its rows must lead on to the card's group.
    pub leads_on: bool,
}

/// The table that owns a key: by its standard name, else the only table of attributes whose first key it is.
fn owner<'a>(views: &'a [View], key: &str) -> Option<(&'a View, &'a Keys)> {
    let first = |view: &'a View| view.key().filter(|keys| keys.column == key).map(|keys| (view, keys));
    let standard = STANDARD_KEYS.iter().find(|(name, _)| *name == key).map(|(_, table)| *table);
    if let Some(found) = views.iter().find(|view| Some(view.name.as_str()) == standard).and_then(first) {
        return Some(found);
    }
    let mut undated = views.iter().filter(|view| view.is_unique).filter_map(first);
    undated.next().filter(|_| undated.next().is_none())
}

/// Keys of an owner of which some tables say nothing.
struct Silent<'a> {
    owner: &'a View,
    owned: &'a Keys,
    /// By code: whether a table says nothing of it.
    is_silent: Vec<bool>,
    /// The tables, each with its number of keys.
    tables: Vec<String>,
}

/// Faults between tables; `population` where they are checked for a card.
pub(super) fn check(views: &[View], population: Option<Population<'_>>, findings: &mut Vec<Finding>) {
    let mut silent: BTreeMap<(&str, &str), Silent<'_>> = BTreeMap::new();
    // Keys with the tables that were found to have none of them in common with their owner.
    let mut strangers: BTreeSet<(&str, &str)> = BTreeSet::new();
    for view in views {
        for (position, keys) in view.keys.iter().enumerate() {
            let Some((owner, owned)) = owner(views, &keys.column) else { continue };
            if owner.name == view.name {
                continue;
            }
            let (column, owner_name) = (keys.column.as_str(), &owner.name);
            let there = keys.in_other(owned);
            let is_orphan = |code: &u32| *code == MISSING;
            let orphans: u64 = keys
                .rows
                .iter()
                .zip(&there)
                .filter(|(_, code)| is_orphan(code))
                .map(|(rows, _)| u64::from(*rows))
                .sum();
            let is_declared = position < view.declared;
            if orphans > 0 {
                let firsts = keys.first_row.iter().zip(&there).filter(|(_, code)| is_orphan(code));
                let firsts: Vec<u32> = firsts.map(|(row, _)| *row).collect();
                let tally = Tally { count: orphans, ..Tally::of(&firsts) };
                if is_declared && firsts.len() == keys.len() {
                    strangers.extend([(column, view.name.as_str()), (column, owner_name.as_str())]);
                    let finding = view.finding(Code::OrphanKey, Severity::Error, &tally, &[column]);
                    findings.push(finding.says(
                        format!(
                            "no {column} of this table is in {owner_name}{}: every feature that is taken from there is missing",
                            spellings(keys, owned)
                        ),
                        format!("write {column} in both tables alike, or map the columns that do match"),
                    ));
                    continue;
                }
                let leads_on = position == 0
                    && population.is_some_and(|population| population.leads_on && population.table == view.name);
                let severity = if leads_on { Severity::Error } else { Severity::Warning };
                findings.push(view.finding(Code::OrphanKey, severity, &tally, &[column]).says(
                    format!(
                        "{} of {} values of {column} are not in {owner_name}: whatever a card takes from there is missing for these rows{}",
                        firsts.len(),
                        keys.len(),
                        if leads_on { ", and so is the group of the card" } else { "" }
                    ),
                    format!("complete {owner_name}, or leave the rows out; where keys are written in two ways, mend one"),
                ));
            }
            if is_declared {
                let mut is_named = vec![false; owned.len()];
                there.iter().filter(|code| **code != MISSING).for_each(|code| is_named[*code as usize] = true);
                let count = is_named.iter().filter(|named| !**named).count();
                if count > 0 {
                    let silent = silent.entry((owner_name, column)).or_insert_with(|| Silent {
                        owner,
                        owned,
                        is_silent: vec![false; owned.len()],
                        tables: Vec::new(),
                    });
                    silent.is_silent.iter_mut().zip(is_named).for_each(|(silent, named)| *silent |= !named);
                    silent.tables.push(format!("{} ({count})", view.name));
                }
            }
        }
    }
    findings.extend(silent.into_values().map(without_rows));
    if let Some(population) = population {
        unmet(views, population.table, &strangers, findings);
    }
}

/// One note an owner, however many tables say nothing of some of its keys.
fn without_rows(silent: Silent<'_>) -> Finding {
    let rows = silent.owned.first_row.iter().zip(&silent.is_silent).filter(|(_, silent)| **silent);
    let rows: Vec<u32> = rows.map(|(row, _)| *row).collect();
    let key = silent.owned.column.as_str();
    let finding = silent.owner.finding(Code::OwnerWithoutRows, Severity::Note, &Tally::of(&rows), &[key]);
    finding.counting(key, silent.owned.len() as u64).says(
        format!("nothing is said of them in {}: features from there are missing", silent.tables.join(", ")),
        "none, where that is as it should be; else look for a part of a table that was not loaded",
    )
}

/// Tables that have rows of none of the population's units, nor of what they lead to.
fn unmet(views: &[View], population: &str, strangers: &BTreeSet<(&str, &str)>, findings: &mut Vec<Finding>) {
    let Some(observed) = views.iter().find(|view| view.name == population) else { return };
    let mut reached: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for keys in observed.keys.iter().take(observed.declared) {
        reached.insert(&keys.column, (0..keys.len() as u32).map(|code| keys.text(code)).collect());
    }
    loop {
        let before = reached.len();
        for link in views {
            let Some(first) = link.key() else { continue };
            let Some(texts) = reached.get(first.column.as_str()) else { continue };
            let is_reached: Vec<bool> = (0..first.len() as u32).map(|code| texts.contains(first.text(code))).collect();
            for target in link.keys.iter().take(link.declared) {
                if reached.contains_key(target.column.as_str()) {
                    continue;
                }
                let codes = first.codes.iter().zip(&target.codes);
                let codes: BTreeSet<u32> = codes
                    .filter(|(from, to)| **to != MISSING && is_reached.get(**from as usize) == Some(&true))
                    .map(|(_, to)| *to)
                    .collect();
                reached.insert(&target.column, codes.into_iter().map(|code| target.text(code)).collect());
            }
        }
        if reached.len() == before {
            break;
        }
    }
    for view in views.iter().filter(|view| view.name != population) {
        let Some(keys) = view.key() else { continue };
        let column = keys.column.as_str();
        // Where nothing is reached, the fault lies further up and is told of there.
        let Some(texts) = reached.get(column).filter(|texts| !texts.is_empty()) else { continue };
        let is_met = (0..keys.len() as u32).any(|code| texts.contains(keys.text(code)));
        if is_met || keys.len() == 0 || strangers.contains(&(column, view.name.as_str())) {
            continue;
        }
        let own = observed.keys.iter().take(observed.declared).find(|keys| keys.column == column);
        let spelled = own.map(|own| spellings(keys, own)).unwrap_or_default();
        let firsts = Tally { count: view.rows() as u64, ..Tally::of(&keys.first_row) };
        findings.push(view.finding(Code::OrphanKey, Severity::Error, &firsts, &[column]).says(
            format!(
                "no {column} of this table belongs to {population}, which the card observes{spelled}: every feature from here is missing"
            ),
            format!("write {column} in both tables alike, or load the rows that belong to {population}"),
        ));
    }
}

/// How the same key is written here and there; else, the first of each.
fn spellings(here: &Keys, there: &Keys) -> String {
    let plain = |text: &str| {
        let text = text.trim().to_lowercase();
        let text = text.strip_suffix(".0").unwrap_or(&text).trim_start_matches('0');
        if text.is_empty() { "0".to_owned() } else { text.to_owned() }
    };
    if here.len() == 0 || there.len() == 0 {
        return String::new();
    }
    // In the order of their rows, backwards, so that of several the first stays.
    let known: HashMap<String, &str> =
        (0..there.len() as u32).rev().map(|code| (plain(there.text(code)), there.text(code))).collect();
    let pair = (0..here.len() as u32).find_map(|code| known.get(&plain(here.text(code))).map(|text| (code, *text)));
    let (code, text) = pair.unwrap_or((0, there.text(0)));
    format!(" ({:?} here, {text:?} there)", here.text(code))
}
