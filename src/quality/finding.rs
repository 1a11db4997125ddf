//! What a check has found: stable codes, how grave it is, how often, where, and what to do.

use serde::Serialize;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The tables cannot be trained on, or what is trained would be wrong.
    Error,
    /// Figures may be wrong: look at it and decide.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal;)*) => {
        /// What kind of finding it is; the name is stable. docs/check.md states every rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $name)] $code,)* }

        impl Code {
            /// All of them, in the order of docs/check.md.
            pub const ALL: &[Code] = &[$(Code::$code,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Code::$code => $name,)* }
            }
        }
    };
}

codes! {
    /// A key is missing.
    KeyMissing = "key_missing";
    /// A key begins or ends with a blank.
    KeyBlanks = "key_blanks";
    /// Two rows of one key in a table of attributes.
    DuplicateKey = "duplicate_key";
    /// Two rows of one key on one day.
    DuplicateEvent = "duplicate_event";
    /// Rows that are equal in every column.
    DuplicateRow = "duplicate_row";
    /// A key that the table that owns it does not have.
    OrphanKey = "orphan_key";
    /// A key that no row of another table speaks of.
    OwnerWithoutRows = "owner_without_rows";
    /// Months without a row between the first and the last of a key.
    MonthGap = "month_gap";
    /// Two rows of one key in one month.
    MonthOverlap = "month_overlap";
    /// A row without its date.
    DateMissing = "date_missing";
    /// A text where a date should be.
    DateUnreadable = "date_unreadable";
    /// A row without the day when it became known.
    KnownAtMissing = "known_at_missing";
    /// A row that was known before it happened.
    KnownBeforeEvent = "known_before_event";
    /// Rows that became known very late.
    LongLag = "long_lag";
    /// A date after all others, or after the table's own end.
    DateInFuture = "date_in_future";
    /// A date before 1900.
    DateBefore1900 = "date_before_1900";
    /// Dates of one row in an impossible order.
    DatesOutOfOrder = "dates_out_of_order";
    /// An application after the account it led to.
    AppliedAfterOpened = "applied_after_opened";
    /// A row before its account was opened.
    SnapshotBeforeOpening = "snapshot_before_opening";
    /// A row after its account was closed.
    SnapshotAfterClosing = "snapshot_after_closing";
    /// A number below zero where none may be.
    NegativeAmount = "negative_amount";
    /// Zero where none may be.
    ZeroAmount = "zero_amount";
    /// A yearly rate above 1000 %.
    ImpossibleRate = "impossible_rate";
    /// A rate given in percent.
    RateInPercent = "rate_in_percent";
    /// A part of a day or of a month.
    NotWhole = "not_whole";
    /// NaN or an infinite value.
    NotFinite = "not_finite";
    /// A text where a number should be.
    NotANumber = "not_a_number";
    /// One value far outside the rest.
    SentinelValue = "sentinel_value";
    /// A value outside the declared or standard set.
    UnknownValue = "unknown_value";
    /// Days past due that fall without a payment.
    ArrearsFallUnpaid = "arrears_fall_unpaid";
    /// Days past due that rise faster than days pass.
    ArrearsRiseTooFast = "arrears_rise_too_fast";
    /// A balance above the limit.
    BalanceAboveLimit = "balance_above_limit";
    /// Months in which a column is missing far more often than in the others.
    MissingByMonth = "missing_by_month";
    /// A sudden shift of a column's level.
    LevelShift = "level_shift";
    /// A month in which one value fills a column.
    StuckValue = "stuck_value";
    /// A month with far fewer rows than its neighbours.
    RowsDrop = "rows_drop";
    /// One person under several ids.
    RepeatedProfile = "repeated_profile";
}

/// Where a finding can be seen.
#[derive(Debug, Clone, Serialize)]
pub struct Example {
    /// The file, as the configuration writes it.
    pub file: String,
    /// The data row in that file, from 1, the header not counted.
    pub row: u64,
    /// The row's key; empty where the table has none.
    pub key: String,
    /// The columns that show it, with their values.
    pub values: Vec<(String, String)>,
}

/// A finding.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// The table.
    pub table: String,
    /// What kind it is.
    pub code: Code,
    /// How grave.
    pub severity: Severity,
    /// The column it is about, where it is about one.
    pub column: Option<String>,
    /// How many.
    pub count: u64,
    /// How many of what: rows, keys, months.
    pub unit: String,
    /// `count` as a share of all of them.
    pub share: f64,
    /// What it means.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Up to [`EXAMPLES`] places where it can be seen.
    pub examples: Vec<Example>,
}

/// Most examples of a finding.
pub const EXAMPLES: usize = 5;

/// How many rows a rule has caught, and the first of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub rows: Vec<u32>,
}

impl Tally {
    pub fn add(&mut self, row: u32) {
        self.count += 1;
        if self.rows.len() < EXAMPLES {
            self.rows.push(row);
        }
    }

    /// All of `rows`.
    pub fn of(rows: &[u32]) -> Self {
        Tally { count: rows.len() as u64, rows: rows.iter().take(EXAMPLES).copied().collect() }
    }

    /// Where `is_caught` holds, among `rows` rows.
    pub fn where_rows(rows: usize, is_caught: impl Fn(usize) -> bool) -> Self {
        let mut tally = Tally::default();
        (0..rows).filter(|row| is_caught(*row)).for_each(|row| tally.add(row as u32));
        tally
    }
}
