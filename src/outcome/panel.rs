//! Accounts x months: the state of every account at the end of every month, as plain columns.
//! Months are numbers (12 x year + month from 0), accounts are codes. What an account has no row for
//! is not there: gaps are not filled.

/// The state of a row whose measure is missing.
pub const UNKNOWN: u8 = u8::MAX;

/// Rows as they come, in any order; all columns have one entry a row.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Code of the account, from 0.
    pub account: &'a [u32],
    /// Calendar month.
    pub month: &'a [i32],
    /// Day, for the order within a month: of several rows of a month the latest counts.
    pub day: &'a [i32],
    /// How far the account is behind, higher is worse; NaN is missing.
    pub measure: &'a [f64],
    /// One bit a definition: the account is bad in this month.
    pub bad: &'a [u8],
    /// One bit a definition: too far behind to be good.
    pub near: &'a [u8],
}

/// The panel: rows by account, then by month; one row an account and month.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Panel {
    /// Where each account's rows begin; one more entry than accounts.
    pub starts: Vec<u32>,
    /// Month of each row.
    pub month: Vec<i32>,
    /// State of each row: how many cuts are at or below its measure; or [`UNKNOWN`].
    pub state: Vec<u8>,
    /// One bit a definition: bad.
    pub bad: Vec<u8>,
    /// One bit a definition: too far behind to be good.
    pub near: Vec<u8>,
    /// Month of opening by account; `None` where it is not known.
    pub opened: Vec<Option<i32>>,
    /// First month with a row.
    pub first: i32,
    /// Last month with a row: what lies after it is not known of anybody.
    pub last: i32,
    /// What was not taken over.
    pub passed_over: PassedOver,
}

/// Rows that are not in the panel, by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PassedOver {
    /// Measure missing, and no definition met.
    pub unmeasured: u64,
    /// After the last day that the table covers.
    pub after_the_end: u64,
    /// Earlier than another row of the same account and month.
    pub superseded: u64,
}

/// Two rows of an account on one day: which of them counts cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SameDay {
    /// Position of the first row.
    pub first: usize,
    /// Position of the second row.
    pub second: usize,
}

impl Panel {
    /// Builds the panel of `accounts` accounts. `cuts` rise; `opened` has one entry an account or none
    /// at all (then the month of the account's first row counts); `until` is the last month that the
    /// table covers, later rows are left out. `first` and `last` are those of the rows that stay, 0 and
    /// -1 where none does.
    ///
    /// # Errors
    /// [`SameDay`].
    pub fn new(
        accounts: usize,
        rows: Rows<'_>,
        cuts: &[f64],
        opened: &[Option<i32>],
        until: i32,
    ) -> Result<Self, SameDay> {
        let mut passed_over = PassedOver::default();
        let stays = |row: usize, passed_over: &mut PassedOver| {
            let late = rows.month[row] > until;
            let unmeasured = rows.measure[row].is_nan() && rows.bad[row] == 0 && rows.near[row] == 0;
            passed_over.after_the_end += u64::from(late);
            passed_over.unmeasured += u64::from(unmeasured && !late);
            !late && !unmeasured
        };
        // Counting puts rows in the order of their accounts; only the few of one account are to be sorted.
        let mut next = vec![0_u32; accounts + 1];
        for row in 0..rows.account.len() {
            next[rows.account[row] as usize + 1] += u32::from(stays(row, &mut passed_over));
        }
        for account in 0..accounts {
            next[account + 1] += next[account];
        }
        let mut order = vec![0_u32; next[accounts] as usize];
        for row in 0..rows.account.len() {
            if stays(row, &mut PassedOver::default()) {
                let place = &mut next[rows.account[row] as usize];
                order[*place as usize] = row as u32;
                *place += 1;
            }
        }
        for of_account in order.chunk_by_mut(|a, b| rows.account[*a as usize] == rows.account[*b as usize]) {
            of_account.sort_unstable_by_key(|row| (rows.day[*row as usize], *row));
        }
        let mut panel = Panel { starts: vec![0; accounts + 1], passed_over, first: 0, last: -1, ..Panel::default() };
        for (position, row) in order.iter().map(|row| *row as usize).enumerate() {
            if let Some(next) = order.get(position + 1).map(|row| *row as usize)
                && rows.account[next] == rows.account[row]
            {
                if rows.day[next] == rows.day[row] {
                    return Err(SameDay { first: row, second: next });
                }
                if rows.month[next] == rows.month[row] {
                    panel.passed_over.superseded += 1;
                    continue;
                }
            }
            panel.month.push(rows.month[row]);
            panel.state.push(state(rows.measure[row], cuts));
            panel.bad.push(rows.bad[row]);
            panel.near.push(rows.near[row]);
            panel.starts[rows.account[row] as usize + 1] += 1;
        }
        for account in 0..accounts {
            panel.starts[account + 1] += panel.starts[account];
        }
        if let (Some(first), Some(last)) = (panel.month.iter().min(), panel.month.iter().max()) {
            (panel.first, panel.last) = (*first, *last);
        }
        panel.opened = (0..accounts)
            .map(|account| match opened.is_empty() {
                true => panel.month[panel.rows(account)].first().copied(),
                false => opened[account],
            })
            .collect();
        Ok(panel)
    }

    /// Number of accounts, those without rows included.
    pub fn accounts(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Number of accounts with a row.
    pub fn accounts_with_rows(&self) -> u64 {
        self.starts.windows(2).filter(|pair| pair[0] < pair[1]).count() as u64
    }

    /// The rows of an account.
    pub fn rows(&self, account: usize) -> std::ops::Range<usize> {
        self.starts[account] as usize..self.starts[account + 1] as usize
    }

    /// Number of months from the first to the last.
    pub fn months(&self) -> usize {
        usize::try_from(self.last - self.first + 1).unwrap_or(0)
    }

    /// Accounts in pieces that threads work on; what is counted in pieces is added up in their order.
    pub(super) fn pieces(&self) -> Vec<std::ops::Range<usize>> {
        let length = self.accounts().div_ceil(64).max(1);
        (0..self.accounts()).step_by(length).map(|from| from..(from + length).min(self.accounts())).collect()
    }

    /// How many accounts ever met each of `definitions` definitions.
    pub fn ever(&self, definitions: usize) -> Vec<u64> {
        let mut ever = vec![0; definitions];
        for account in 0..self.accounts() {
            let met = self.bad[self.rows(account)].iter().fold(0, |met, bits| met | bits);
            for (definition, count) in ever.iter_mut().enumerate() {
                *count += u64::from(met >> definition & 1);
            }
        }
        ever
    }

    /// Rows by month (from `first`) and state, the last entry of a month those of unknown state.
    pub fn states_by_month(&self, states: usize) -> Vec<Vec<u64>> {
        let mut counts = vec![vec![0; states + 1]; self.months()];
        for (month, state) in self.month.iter().zip(&self.state) {
            counts[(month - self.first) as usize][usize::from(*state).min(states)] += 1;
        }
        counts
    }
}

/// How many of the cuts, which rise, lie at or below the measure.
pub fn state(measure: f64, cuts: &[f64]) -> u8 {
    if measure.is_nan() { UNKNOWN } else { cuts.partition_point(|cut| *cut <= measure) as u8 }
}

/// A month's number as people write it: 2024-07.
pub fn month_name(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}
