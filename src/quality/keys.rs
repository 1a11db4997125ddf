//! Keys: missing, with blanks around them, twice where they must stand once.

use super::finding::{Code, Finding, Severity, Tally};
use super::view::View;
use crate::config::DuplicateKeys;
use crate::error::Result;
use crate::table::MISSING;

/// Faults of a table's keys, and rows that are there twice.
pub(super) fn check(view: &View, findings: &mut Vec<Finding>) -> Result<()> {
    for keys in view.keys.iter().take(view.declared) {
        let column = keys.column.as_str();
        let missing = Tally::where_rows(view.rows(), |row| keys.codes[row] == MISSING);
        if missing.count > 0 {
            findings.push(
                view.finding(Code::KeyMissing, Severity::Error, &missing, &[column])
                    .says("the key is missing: the rows are nobody's", "fill the key in, or leave the rows out"),
            );
        }
        let has_blanks: Vec<bool> =
            (0..keys.len() as u32).map(|code| keys.text(code).trim() != keys.text(code)).collect();
        if has_blanks.contains(&true) {
            let blanks = Tally::where_rows(view.rows(), |row| {
                has_blanks.get(keys.codes[row] as usize).copied().unwrap_or(false)
            });
            findings.push(view.finding(Code::KeyBlanks, Severity::Warning, &blanks, &[column]).says(
                "keys begin or end with a blank: they match no key without it",
                "trim the keys where the table is made",
            ));
        }
    }
    duplicates(view, findings)
}

/// The column that tells the rows of an event table apart: by the table's name, such as payment_id of payments; else
/// its first column, where that is called an id and is no key that leads elsewhere.
fn own_id(view: &View) -> Option<String> {
    let id = format!("{}_id", view.name.strip_suffix('s').unwrap_or(&view.name));
    if view.table.has(&id) && view.spec.keys.first() != Some(&id) {
        return Some(id);
    }
    let first = view.table.names().into_iter().next()?;
    let leads_elsewhere = view.keys.iter().any(|keys| keys.column == first);
    (first.to_lowercase().ends_with("id") && !leads_elsewhere).then_some(first)
}

fn duplicates(view: &View, findings: &mut Vec<Finding>) -> Result<()> {
    let Some(keys) = view.key() else { return Ok(()) };
    let column = keys.column.as_str();
    // Rows that share key and day with another; only they can be equal throughout.
    let mut alike: Vec<(u32, u32)> = Vec::new();
    let mut repeated = Tally::default();
    let mut pair = None;
    for (run, rows) in view.runs().enumerate() {
        if view.is_unique && rows.len() > 1 {
            pair = pair.or(Some((rows[0], rows[1])));
            rows.iter().skip(1).for_each(|row| repeated.add(*row));
        }
        let mut begin = 0;
        let day = |row: u32| view.event.as_ref().map(|event| event.days[row as usize]);
        while begin < rows.len() {
            let same = rows[begin..].iter().take_while(|row| day(**row) == day(rows[begin])).count();
            if same > 1 {
                // One number a group: the run and where the group begins in it.
                let group = view.starts[run] + begin as u32;
                alike.extend(rows[begin..begin + same].iter().map(|row| (group, *row)));
            }
            begin += same;
        }
    }
    let rows: Vec<u32> = alike.iter().map(|(_, row)| *row).collect();
    let whole = view.table.row_digests(&view.table.names(), &rows)?;
    let mut by_content: Vec<(u32, u64, u32)> =
        alike.iter().zip(&whole).map(|((group, row), digest)| (*group, *digest, *row)).collect();
    by_content.sort_unstable();
    let leaves_out = view.is_unique && view.spec.duplicate_keys == DuplicateKeys::LeaveOut;
    if let Some((first, second)) = pair {
        repeated.rows.truncate(super::finding::EXAMPLES - 1);
        repeated.rows.insert(0, first);
        if leaves_out {
            findings.push(left_out(view, column, repeated, &by_content));
        } else {
            let text = keys.text(keys.codes[second as usize]);
            findings.push(view.finding(Code::DuplicateKey, Severity::Error, &repeated, &[column]).says(
                format!(
                    "a key stands in one row only here, but {text:?} has two rows, first in data row {}",
                    view.example(first, &[]).row
                ),
                "remove all rows of a key but one; or leave such keys out: duplicate_keys = \"leave_out\"; or, where rows are dated, say by which column: event_date = \"...\"",
            ));
        }
    }
    let equal: Vec<u32> = repeats(&by_content);
    if !equal.is_empty() && !leaves_out {
        let severity = if view.name == "payments" { Severity::Error } else { Severity::Warning };
        let mut equal_rows = equal.clone();
        equal_rows.sort_unstable();
        findings.push(view.finding(Code::DuplicateRow, severity, &Tally::of(&equal_rows), &[column]).says(
            "rows are equal to an earlier row in every column: sums and counts take them twice",
            "remove the repeats; a table that was loaded twice is the usual cause",
        ));
    }
    if view.is_unique || view.event.is_none() {
        return Ok(());
    }
    // Events with an id of their own may share a day.
    let told_apart_by: Vec<String> =
        if view.spec.order_by.is_empty() { own_id(view).into_iter().collect() } else { view.spec.order_by.clone() };
    let ids = view.table.row_digests(&told_apart_by, &rows)?;
    let mut groups: Vec<(u32, u64, u32)> =
        alike.iter().zip(&ids).map(|((group, row), id)| (*group, *id, *row)).collect();
    groups.sort_unstable();
    let mut on_one_day = repeats(&groups);
    on_one_day.sort_unstable();
    on_one_day.retain(|row| equal.binary_search(row).is_err());
    if !on_one_day.is_empty() {
        findings.push(view.finding(Code::DuplicateEvent, Severity::Warning, &Tally::of(&on_one_day), &[column]).says(
            "a key has a second, different row on one day: the greatest value counts as the latest of them",
            "keep one of them, or sum them up; or say what orders the rows of a day: order_by = [\"...\"]",
        ));
    }
    Ok(())
}

/// Rows that share their key, in a table that leaves them out; `by_content`: key, digest of the row, row, sorted.
fn left_out(view: &View, column: &str, mut repeated: Tally, by_content: &[(u32, u64, u32)]) -> Finding {
    let (mut different, mut alike) = (0, 0);
    for rows in by_content.chunk_by(|a, b| a.0 == b.0) {
        match rows.iter().all(|row| row.1 == rows[0].1) {
            true => alike += rows.len() as u64 - 1,
            false => different += rows.len() as u64,
        }
    }
    repeated.count = different + alike;
    // The project has chosen it, and a run says it again.
    view.finding(Code::DuplicateKey, Severity::Note, &repeated, &[column]).says(
        format!(
            "keys stand in several rows: by duplicate_keys, {different} rows that differ from another of their key are left out, and {alike} that repeat another in every column"
        ),
        match different {
            0 => "none, where that is meant",
            _ => "none, where that is meant; features from this table are missing for the keys whose rows differ",
        },
    )
}

/// The rows that repeat an earlier one of the same group and digest.
fn repeats(sorted: &[(u32, u64, u32)]) -> Vec<u32> {
    let mut rows: Vec<u32> = sorted
        .windows(2)
        .filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1))
        .map(|pair| pair[1].2)
        .collect();
    rows.sort_unstable();
    rows
}
