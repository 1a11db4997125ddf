//! Keys across tables: rows whose owner is not there, and owners of whom nothing is said.

use super::finding::{Code, Finding, Severity, Tally};
use super::view::{Keys, STANDARD_KEYS, View};
use crate::table::MISSING;

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

/// Faults between tables. `unit`: a table whose rows must lead on to a group of the card.
pub(super) fn check(views: &[View], unit: Option<&str>, findings: &mut Vec<Finding>) {
    for view in views {
        for (position, keys) in view.keys.iter().enumerate() {
            let Some((owner, owned)) = owner(views, &keys.column) else { continue };
            if owner.name == view.name {
                continue;
            }
            let (column, owner_name) = (keys.column.as_str(), &owner.name);
            let there = keys.in_other(owned);
            let orphans: u64 = keys
                .rows
                .iter()
                .zip(&there)
                .filter(|(_, code)| **code == MISSING)
                .map(|(rows, _)| u64::from(*rows))
                .sum();
            if orphans > 0 {
                let firsts = keys.first_row.iter().zip(&there).filter(|(_, code)| **code == MISSING);
                let firsts: Vec<u32> = firsts.map(|(row, _)| *row).collect();
                let tally = Tally { count: orphans, ..Tally::of(&firsts) };
                let leads_on = unit == Some(view.name.as_str()) && position == 0;
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
            if position < view.declared {
                let mut is_named = vec![false; owned.len()];
                there.iter().filter(|code| **code != MISSING).for_each(|code| is_named[*code as usize] = true);
                let silent: Vec<u32> =
                    owned.first_row.iter().zip(&is_named).filter(|(_, named)| !**named).map(|(row, _)| *row).collect();
                if !silent.is_empty() {
                    let finding = owner.finding(Code::OwnerWithoutRows, Severity::Note, &Tally::of(&silent), &[column]);
                    findings.push(finding.counting(column, owned.len() as u64).says(
                        format!("nothing is said of them in {}: features from there are missing", view.name),
                        format!(
                            "none, where that is as it should be; else look for a part of {} that was not loaded",
                            view.name
                        ),
                    ));
                }
            }
        }
    }
}
