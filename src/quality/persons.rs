//! The same person under several ids.

use super::finding::{Code, Finding, Severity, Tally};
use super::view::View;
use crate::error::Result;
use crate::table::MISSING;

/// Profiles that appear under several ids.
pub(super) fn check(view: &View, findings: &mut Vec<Finding>) -> Result<()> {
    let Some(first) = view.spec.profile.first() else { return Ok(()) };
    let columns = &view.spec.profile;
    // A person without any of the columns has no profile.
    let mut is_empty = vec![true; view.rows()];
    for column in columns {
        match view.table.gaps(column)? {
            None => is_empty.fill(false),
            Some(gaps) => is_empty.iter_mut().zip(gaps).for_each(|(empty, gap)| *empty &= gap),
        }
    }
    let id = |row: u32| view.key().map_or(row, |keys| keys.codes[row as usize]);
    let rows: Vec<u32> =
        (0..view.rows() as u32).filter(|row| !is_empty[*row as usize] && id(*row) != MISSING).collect();
    let digests = view.table.row_digests(columns, &rows)?;
    let mut people: Vec<(u64, u32, u32)> =
        digests.iter().zip(&rows).map(|(digest, row)| (*digest, id(*row), *row)).collect();
    people.sort_unstable();
    people.dedup_by_key(|(digest, id, _)| (*digest, *id));
    let (mut profiles, mut repeated, mut largest) = (0_u64, 0_u64, (0_usize, 0_u32));
    let mut tally = Tally::default();
    for person in people.chunk_by(|a, b| a.0 == b.0) {
        profiles += 1;
        if person.len() > 1 {
            repeated += 1;
            person.iter().for_each(|(_, _, row)| tally.add(*row));
            if person.len() > largest.0 {
                largest = (person.len(), person[0].2);
            }
        }
    }
    if repeated == 0 {
        return Ok(());
    }
    // The largest profile's first row leads the examples.
    tally.rows.retain(|row| *row != largest.1);
    tally.rows.insert(0, largest.1);
    tally.rows.truncate(super::finding::EXAMPLES);
    let shown: Vec<&str> = columns.iter().map(String::as_str).collect();
    let what = view.key().map_or("rows", |keys| keys.column.as_str());
    let mut finding = view.finding(Code::RepeatedProfile, Severity::Warning, &tally, &shown);
    finding.column = (columns.len() == 1).then(|| first.clone());
    findings.push(finding.counting(what, people.len() as u64).says(
        format!(
            "{repeated} of {profiles} profiles ({}) stand under several ids, the largest under {}: samples drawn by id would put one person on both sides",
            few(columns),
            largest.0
        ),
        "group the samples by profile: make a column that is the same for equal profiles, and name it as group in the card",
    ));
    Ok(())
}

/// At most six names.
fn few(names: &[String]) -> String {
    match names.len() {
        0..=6 => names.join(", "),
        more => format!("{} and {} more", names[..6].join(", "), more - 6),
    }
}
