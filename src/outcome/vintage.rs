//! Vintage curves: of the accounts opened in a month or quarter, the share that has ever met a
//! definition of bad, by month on book.
//!
//! share(k) = accounts of the cohort with a row that meets the definition at month on book k or before
//! / accounts of the cohort. Month on book 0 is the month of opening. An account that closes stays in
//! the denominator. A point is blank (immature) unless the table reaches month on book k of every
//! account of the cohort, and there is none before the table's first month.

use super::panel::Panel;

/// A cohort with its curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    /// The cohort's number: month of opening / months a cohort.
    pub period: i32,
    /// Accounts with at least one row.
    pub accounts: u64,
    /// Month on book of the first point: 0, or more where the cohort opened before the table begins,
    /// so that what happened before is not known and the curve is a lower bound.
    pub from: i32,
    /// By definition: how many accounts ever met it, from month on book `from` on; `None` is blank.
    pub ever: Vec<Vec<Option<u64>>>,
}

/// The vintages of a panel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vintages {
    /// Cohorts in the order of their opening.
    pub cohorts: Vec<Cohort>,
    /// Accounts with rows whose opening is not known: in no cohort.
    pub without_opening: u64,
    /// Rows dated before their account's opening: not counted.
    pub rows_before_opening: u64,
}

impl Cohort {
    /// The share of the cohort that has ever met a definition at month on book `month`; `None` is blank.
    pub fn share(&self, definition: usize, month: i32) -> Option<f64> {
        let position = usize::try_from(month - self.from).ok()?;
        let ever = self.ever.get(definition)?.get(position).copied().flatten()?;
        Some(ever as f64 / self.accounts as f64)
    }

    /// The last month on book that the whole cohort has reached; `None` where there is none.
    pub fn mature_until(&self) -> Option<i32> {
        let points = self.ever.first()?.iter().filter(|point| point.is_some()).count() as i32;
        (points > 0).then_some(self.from + points - 1)
    }
}

/// Counts the vintages of a panel by cohorts of `cohort_months` months (1: month, 3: quarter).
pub fn vintages(panel: &Panel, definitions: usize, cohort_months: i32) -> Vintages {
    let mut vintages = Vintages::default();
    // Earliest and latest opening of each cohort.
    let mut openings: std::collections::BTreeMap<i32, (i32, i32, u64)> = std::collections::BTreeMap::new();
    for account in 0..panel.accounts() {
        match (panel.rows(account).is_empty(), panel.opened[account]) {
            (true, _) => {}
            (false, None) => vintages.without_opening += 1,
            (false, Some(opened)) => {
                let cohort = openings.entry(opened.div_euclid(cohort_months)).or_insert((opened, opened, 0));
                *cohort = (cohort.0.min(opened), cohort.1.max(opened), cohort.2 + 1);
            }
        }
    }
    // Points: from the table's first month, as far as the cohort's oldest account has come.
    let position: std::collections::BTreeMap<i32, usize> =
        openings.keys().enumerate().map(|(position, period)| (*period, position)).collect();
    let mut counts: Vec<Vec<Vec<u64>>> = Vec::with_capacity(openings.len());
    for (period, (earliest, _, accounts)) in &openings {
        let from = (panel.first - earliest).max(0);
        let points = usize::try_from(panel.last - earliest - from + 1).unwrap_or(0);
        counts.push(vec![vec![0; points]; definitions]);
        vintages.cohorts.push(Cohort { period: *period, accounts: *accounts, from, ever: Vec::new() });
    }
    for account in 0..panel.accounts() {
        let Some(opened) = panel.opened[account] else { continue };
        let Some(cohort) = position.get(&opened.div_euclid(cohort_months)).copied() else { continue };
        let from = vintages.cohorts[cohort].from;
        let mut met = 0_u8;
        for row in panel.rows(account) {
            let on_book = panel.month[row] - opened;
            if on_book < 0 {
                vintages.rows_before_opening += 1;
                continue;
            }
            let mut new = panel.bad[row] & !met;
            met |= new;
            while new != 0 {
                let definition = new.trailing_zeros() as usize;
                new &= new - 1;
                let point = (on_book - from).max(0) as usize;
                if let Some(count) = counts[cohort].get_mut(definition).and_then(|counts| counts.get_mut(point)) {
                    *count += 1;
                }
            }
        }
    }
    for ((cohort, counts), (_, latest, _)) in vintages.cohorts.iter_mut().zip(counts).zip(openings.values()) {
        let mature = panel.last - latest;
        cohort.ever = counts
            .into_iter()
            .map(|first_met| {
                let mut ever = 0;
                let points = first_met.into_iter().zip(cohort.from..);
                points
                    .map(|(count, month)| {
                        ever += count;
                        (month <= mature).then_some(ever)
                    })
                    .collect()
            })
            .collect();
    }
    vintages
}
