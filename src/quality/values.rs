//! Codes: values outside the set that the project declares, or that the standard tables have.

use super::finding::{Code, Finding, Severity, Tally};
use super::view::View;
use crate::error::Result;
use crate::ready_made::means;

/// The standard tables' codes.
const STANDARD: [(&str, &str, &[&str]); 3] = [
    ("applications", "decision", &["accepted", "rejected", "withdrawn"]),
    ("contacts", "outcome", &["no_answer", "answered", "promise", "promise_kept", "promise_broken"]),
    ("links", "kind", &["phone", "device", "address", "employer", "guarantor", "company"]),
];

/// Values outside the declared or standard sets; missing values are no fault here.
pub(super) fn check(view: &View, findings: &mut Vec<Finding>) -> Result<()> {
    for (column, allowed) in &view.spec.allowed {
        let words: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        unknown(
            view,
            column,
            Severity::Error,
            &words,
            |text| allowed.iter().any(|value| means(value, text)),
            findings,
        )?;
    }
    for (table, column, allowed) in STANDARD {
        if view.name == table && view.table.has(column) && !view.spec.allowed.contains_key(column) {
            let words: Vec<String> = allowed.iter().map(|word| (*word).to_owned()).collect();
            unknown(view, column, Severity::Warning, &words, |text| allowed.contains(&text), findings)?;
        }
    }
    Ok(())
}

fn unknown(
    view: &View,
    column: &str,
    severity: Severity,
    words: &[String],
    is_known: impl Fn(&str) -> bool,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let categories = view.table.categories(column)?;
    let is_strange: Vec<bool> = categories.levels.iter().map(|text| !is_known(text)).collect();
    let caught = |row: usize| is_strange.get(categories.codes[row] as usize).copied().unwrap_or(false);
    let mut tally = Tally::where_rows(view.rows(), caught);
    if tally.count == 0 {
        return Ok(());
    }
    let mut counts = vec![(0_u64, 0_u32); categories.levels.len()];
    for (row, code) in categories.codes.iter().enumerate() {
        if let Some(entry) = counts.get_mut(*code as usize) {
            if entry.0 == 0 {
                entry.1 = row as u32;
            }
            entry.0 += 1;
        }
    }
    let mut strange: Vec<(u64, u32, &str)> = counts
        .iter()
        .zip(&categories.levels)
        .zip(&is_strange)
        .filter(|(_, strange)| **strange)
        .map(|((count, level), _)| (count.0, count.1, level.as_str()))
        .collect();
    strange.sort_by_key(|(count, row, _)| (std::cmp::Reverse(*count), *row));
    // One row a value shows more than five rows of one value.
    tally.rows = strange.iter().take(super::finding::EXAMPLES).map(|(_, row, _)| *row).collect();
    let list: Vec<String> = strange.iter().take(10).map(|(count, _, text)| format!("{text:?} ({count})")).collect();
    let more = if strange.len() > 10 { format!(" and {} more", strange.len() - 10) } else { String::new() };
    findings.push(view.finding(Code::UnknownValue, severity, &tally, &[column]).says(
        format!("values outside the known ones ({}): {}{more}", words.join(", "), list.join(", ")),
        match severity {
            _ if view.spec.translate.contains_key(column) => {
                format!("mend the values, or give them a meaning: translate = {{ {column} = {{ CODE = MEANING, ... }} }}")
            }
            Severity::Error => format!("mend the values, or add them: allowed = {{ {column} = [...] }}; look at every condition of a card that names the column"),
            _ => format!("map them to the standard words, or declare your own: allowed = {{ {column} = [...] }}"),
        },
    ));
    Ok(())
}
