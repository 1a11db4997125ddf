//! Roll rates: from the state now to the worst state of the months that follow.
//!
//! counts(i, j) = account-months m in state i whose worst known state in the months m + 1 to m + h is
//! j; h = 1 is month to month. At risk are the account-months of known state with m + h within the
//! table's months; those without any known state in the window stand apart, as "no record".
//! Roll rate i -> j = counts(i, j) / sum over j of counts(i, j); share without a record = no record /
//! at risk.

use rayon::prelude::*;

use super::panel::{Panel, UNKNOWN};

/// From the state now to the worst state within a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollMatrix {
    /// Length of the window in months.
    pub window_months: u32,
    /// Account-months by state now and worst state in the window.
    pub counts: Vec<Vec<u64>>,
    /// By state now: account-months without a known state in the window.
    pub no_record: Vec<u64>,
    /// By state now: account-months whose window the table does not wholly cover; not at risk.
    pub immature: Vec<u64>,
}

impl RollMatrix {
    fn empty(states: usize, window_months: u32) -> Self {
        RollMatrix {
            window_months,
            counts: vec![vec![0; states]; states],
            no_record: vec![0; states],
            immature: vec![0; states],
        }
    }

    /// Account-months at risk in a state: with a mature window, with or without a record in it.
    pub fn at_risk(&self, from: usize) -> u64 {
        self.counts[from].iter().sum::<u64>() + self.no_record[from]
    }

    /// Share that goes from a state to a worst state, of those with a record; `None` without any.
    pub fn rate(&self, from: usize, to: usize) -> Option<f64> {
        let known: u64 = self.counts[from].iter().sum();
        (known > 0).then(|| self.counts[from][to] as f64 / known as f64)
    }

    /// Share of those at risk without a record in the window; `None` where none is at risk.
    pub fn no_record_share(&self, from: usize) -> Option<f64> {
        let at_risk = self.at_risk(from);
        (at_risk > 0).then(|| self.no_record[from] as f64 / at_risk as f64)
    }

    fn add(mut self, other: &RollMatrix) -> Self {
        let add = |sums: &mut [u64], more: &[u64]| sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        self.counts.iter_mut().zip(&other.counts).for_each(|(sums, more)| add(sums, more));
        add(&mut self.no_record, &other.no_record);
        add(&mut self.immature, &other.immature);
        self
    }
}

/// Counts the matrix of a panel with `states` states over a window of at least one month.
pub fn roll(panel: &Panel, states: usize, window_months: u32) -> RollMatrix {
    let window = i32::try_from(window_months).unwrap_or(i32::MAX);
    let pieces: Vec<RollMatrix> = panel
        .pieces()
        .into_par_iter()
        .map(|accounts| {
            let mut matrix = RollMatrix::empty(states, window_months);
            for account in accounts {
                let rows = panel.rows(account);
                for row in rows.clone() {
                    let (now, month) = (usize::from(panel.state[row]), panel.month[row]);
                    if now >= states {
                        continue;
                    }
                    if month.saturating_add(window) > panel.last {
                        matrix.immature[now] += 1;
                        continue;
                    }
                    let later = row + 1..rows.end;
                    let worst = later
                        .take_while(|later| panel.month[*later] <= month + window)
                        .map(|later| panel.state[later])
                        .filter(|state| *state != UNKNOWN)
                        .max();
                    match worst {
                        Some(worst) => matrix.counts[now][usize::from(worst)] += 1,
                        None => matrix.no_record[now] += 1,
                    }
                }
            }
            matrix
        })
        .collect();
    pieces.iter().fold(RollMatrix::empty(states, window_months), RollMatrix::add)
}
