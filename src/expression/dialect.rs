//! The words of three engines, with guards where an engine would fail or differ.

use super::text::{DateFormat, DatePart};
use super::types::ValueType;

/// The engine that a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB from 1.3.
    DuckDb,
    /// PostgreSQL from 14.
    Postgres,
    /// Spark SQL from 3.5.
    Spark,
}

/// Texts up to this length are written twice rather than named.
const SHORT: usize = 100;

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 3] = [Dialect::DuckDb, Dialect::Postgres, Dialect::Spark];

    /// The word for it on the command line and in documents.
    pub fn word(self) -> &'static str {
        match self {
            Dialect::DuckDb => "duckdb",
            Dialect::Postgres => "postgres",
            Dialect::Spark => "spark",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::DuckDb => "DuckDB",
            Dialect::Postgres => "PostgreSQL",
            Dialect::Spark => "Spark SQL",
        }
    }

    /// A name, quoted.
    pub fn identifier(self, name: &str) -> String {
        match self {
            Dialect::Spark => format!("`{}`", name.replace('`', "``")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text, quoted.
    pub fn text(self, text: &str) -> String {
        match self {
            // Spark puts variables in place of ${...} before it reads a text.
            Dialect::Spark => {
                let text = text.replace('\\', "\\\\").replace('\'', "\\'").replace("${", "$\\u007B");
                format!("'{text}'")
            }
            _ => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// A finite number as a double.
    pub fn number(self, number: f64) -> String {
        let digits = match self {
            Dialect::DuckDb => format!("{number:e}"),
            Dialect::Postgres => return format!("CAST({number} AS DOUBLE PRECISION)"),
            Dialect::Spark if number != 0.0 && !(1e-5..1e15).contains(&number.abs()) => format!("{number:E}D"),
            Dialect::Spark => format!("{number}D"),
        };
        if number < 0.0 { format!("({digits})") } else { digits }
    }

    /// The name of a type.
    pub fn type_name(self, value_type: ValueType) -> &'static str {
        match (value_type, self) {
            (ValueType::Number | ValueType::Missing, Dialect::Postgres) => "DOUBLE PRECISION",
            (ValueType::Number | ValueType::Missing, _) => "DOUBLE",
            (ValueType::Text, Dialect::DuckDb) => "VARCHAR",
            (ValueType::Text, Dialect::Postgres) => "TEXT",
            (ValueType::Text, Dialect::Spark) => "STRING",
            (ValueType::Boolean, _) => "BOOLEAN",
            (ValueType::Date, _) => "DATE",
        }
    }

    /// A value of a type.
    pub fn cast(self, sql: &str, value_type: ValueType) -> String {
        format!("CAST({sql} AS {})", self.type_name(value_type))
    }

    /// A number, missing where it is not finite.
    pub fn finite(self, sql: &str) -> String {
        let of = |value: &str| match self {
            Dialect::DuckDb => format!("CASE WHEN ISFINITE({value}) THEN {value} END"),
            _ => {
                let special = |name: &str| self.cast(&format!("'{name}'"), ValueType::Number);
                let (plus, minus, nan) = (special("Infinity"), special("-Infinity"), special("NaN"));
                match self {
                    Dialect::Postgres => format!("NULLIF(NULLIF(NULLIF({value}, {nan}), {plus}), {minus})"),
                    _ => format!("CASE WHEN {value} NOT IN ({nan}, {plus}, {minus}) THEN {value} END"),
                }
            }
        };
        // Postgres reads the value once; the others are given its name where it is long.
        let once = self == Dialect::Postgres || sql.len() <= SHORT;
        if once { of(sql) } else { self.with_value(sql, &of("sw_v")) }
    }

    /// A value, missing where it equals another. Engines other than Postgres take NULLIF as a choice that holds its value
    /// twice, so that the work doubles with every level of nesting; long values are therefore named.
    pub(super) fn null_if(self, sql: &str, other: &str) -> String {
        if self == Dialect::Postgres || sql.len() <= SHORT {
            format!("NULLIF({sql}, {other})")
        } else {
            self.with_value(sql, &format!("NULLIF(sw_v, {other})"))
        }
    }

    /// A truth value as 1 or 0.
    pub fn truth_as_number(self, sql: &str) -> String {
        match self {
            Dialect::Postgres => format!("CAST(CAST({sql} AS INTEGER) AS DOUBLE PRECISION)"),
            _ => format!("CAST({sql} AS DOUBLE)"),
        }
    }

    /// The text of a value as categories have it; of a number with a fraction, as the engine writes it.
    pub fn category(self, sql: &str, value_type: ValueType) -> String {
        match value_type {
            ValueType::Text => sql.to_owned(),
            ValueType::Number => {
                format!("COALESCE({}, {})", self.whole_text(sql), self.cast(sql, ValueType::Text))
            }
            _ => self.cast(sql, ValueType::Text),
        }
    }

    /// A date so many months later, clipped to the month's end.
    pub fn plus_months(self, date: &str, months: i64) -> String {
        match self {
            Dialect::DuckDb => format!("CAST({date} + TO_MONTHS({months}) AS DATE)"),
            Dialect::Postgres => format!("CAST({date} + {months} * INTERVAL '1 month' AS DATE)"),
            Dialect::Spark => format!("ADD_MONTHS({date}, {months})"),
        }
    }

    /// A date so many days later.
    pub fn plus_days(self, date: &str, days: i64) -> String {
        match self {
            Dialect::Spark => format!("DATE_ADD({date}, {days})"),
            _ => format!("({date} + CAST({days} AS INTEGER))"),
        }
    }

    /// The last day of a date's month.
    pub fn month_end(self, date: &str) -> String {
        match self {
            Dialect::Postgres => {
                format!("CAST(DATE_TRUNC('month', {date}) + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)")
            }
            _ => format!("LAST_DAY({date})"),
        }
    }

    /// Calendar months from one date to another, as a number.
    pub fn months_between(self, from: &str, to: &str) -> String {
        let sql = format!(
            "(EXTRACT(YEAR FROM {to}) - EXTRACT(YEAR FROM {from})) * 12 + EXTRACT(MONTH FROM {to}) - EXTRACT(MONTH FROM {from})"
        );
        self.cast(&sql, ValueType::Number)
    }

    /// Days from one date to another, as a number.
    pub fn days_between(self, from: &str, to: &str) -> String {
        let sql = match self {
            Dialect::DuckDb => format!("DATE_DIFF('day', {from}, {to})"),
            Dialect::Postgres => format!("({to} - {from})"),
            Dialect::Spark => format!("DATEDIFF({to}, {from})"),
        };
        self.cast(&sql, ValueType::Number)
    }

    /// The date of a text that is written by a format such as `%y%m%d`, or as 2024-07-31; `None` for a format of other
    /// parts than years, months, days and signs between them.
    pub fn date_by_format(self, text: &str, format: &str) -> Option<String> {
        let format = DateFormat::parse(format).ok()?;
        Some(format!("COALESCE({}, {})", self.date(text, &DateFormat::iso()), self.date(text, &format)))
    }

    /// An expression by which texts are ordered byte by byte, and other values as they are.
    pub fn ordered(self, sql: &str, value_type: ValueType) -> String {
        match (self, value_type) {
            (Dialect::Postgres, ValueType::Text) => format!("({sql} COLLATE \"C\")"),
            _ => sql.to_owned(),
        }
    }

    /// A text of an expression in which the value is named `sw_v`, without writing the value twice.
    pub(super) fn with_value(self, value: &str, of_v: &str) -> String {
        match self {
            Dialect::DuckDb => format!("LIST_TRANSFORM([{value}], LAMBDA sw_v: {of_v})[1]"),
            Dialect::Spark => format!("TRANSFORM(ARRAY({value}), sw_v -> {of_v})[0]"),
            Dialect::Postgres => format!("(SELECT {of_v} FROM (SELECT {value} AS sw_v) AS once)"),
        }
    }

    /// The part of a text that matches a regular expression as a whole, else missing.
    pub(super) fn matching(self, text: &str, pattern: &str) -> String {
        match self {
            Dialect::DuckDb => self.null_if(&format!("REGEXP_EXTRACT({text}, '^({pattern})$', 1)"), "''"),
            Dialect::Postgres => format!("SUBSTRING({text} FROM '^({pattern})$')"),
            Dialect::Spark => self.null_if(&format!("REGEXP_EXTRACT({text}, '^({pattern})\\\\z', 1)"), "''"),
        }
    }

    /// The whole part of a number.
    pub(super) fn truncated(self, number: &str) -> String {
        match self {
            Dialect::Spark => self.with_value(
                number,
                "CASE WHEN ABS(sw_v) < 9E18D THEN CAST(CAST(sw_v AS BIGINT) AS DOUBLE) ELSE sw_v END",
            ),
            _ => format!("TRUNC({number})"),
        }
    }

    /// The digits of a whole number below 1e15, else missing.
    pub(super) fn whole_text(self, number: &str) -> String {
        match self {
            // DuckDB writes whole doubles as 12.0; adding 0 makes -0 a 0.
            Dialect::DuckDb => {
                let digits = format!("REGEXP_EXTRACT(CAST({number} + 0e0 AS VARCHAR), '^(-?[0-9]{{1,15}})[.]0$', 1)");
                self.null_if(&digits, "''")
            }
            Dialect::Postgres => self.with_value(
                number,
                "CASE WHEN sw_v = TRUNC(sw_v) AND ABS(sw_v) < 1e15 THEN CAST(CAST(sw_v AS BIGINT) AS TEXT) END",
            ),
            Dialect::Spark => self.with_value(
                number,
                "CASE WHEN ABS(sw_v) < 1E15D AND sw_v % 1 = 0 THEN CAST(CAST(sw_v AS BIGINT) AS STRING) END",
            ),
        }
    }

    /// A whole number of steps of less than `limit`, as an integer.
    pub(super) fn steps(self, number: &str, limit: f64) -> String {
        let (low, high) = (self.number(-limit), self.number(limit));
        let clipped = self.null_if(&format!("LEAST(GREATEST({number}, {low}), {high})"), &low);
        let clipped = self.null_if(&clipped, &high);
        match self {
            Dialect::Spark => format!("CAST({clipped} AS INT)"),
            _ => format!("CAST(TRUNC({clipped}) AS INTEGER)"),
        }
    }

    /// The date of a text that is written by a format.
    pub(super) fn date(self, text: &str, format: &DateFormat) -> String {
        let mut pattern = String::new();
        let mut places = [0; 3];
        let mut group = 0;
        let mut short = false;
        for part in &format.0 {
            if let DatePart::Separator(letter) = part {
                pattern.push_str(&format!("[{letter}]"));
                continue;
            }
            group += 1;
            let place = match part {
                DatePart::Month => 1,
                DatePart::Day => 2,
                _ => 0,
            };
            places[place] = group;
            short |= *part == DatePart::YearOfCentury;
            pattern.push_str(match part {
                DatePart::Year => "([0-9]{4})",
                DatePart::YearOfCentury => "(Y[0-9])",
                _ => "([0-9]{2})",
            });
        }
        let mark = if self == Dialect::Spark { "$" } else { "\\" };
        let replacement = |century: &str| {
            let [year, month, day] = places;
            format!("'{century}{mark}{year}-{mark}{month}-{mark}{day}'")
        };
        // The replaced text is longer than any text of the format, so that the second step leaves it alone.
        let iso = if *format == DateFormat::iso() {
            text.to_owned()
        } else if short {
            let found = self.matching(text, &pattern.replace('Y', "[0-9]").replace(['(', ')'], ""));
            let old = format!("REGEXP_REPLACE({found}, '^{}$', {})", pattern.replace('Y', "[7-9]"), replacement("19"));
            format!("REGEXP_REPLACE({old}, '^{}$', {})", pattern.replace('Y', "[0-6]"), replacement("20"))
        } else {
            let found = self.matching(text, &pattern.replace(['(', ')'], ""));
            format!("REGEXP_REPLACE({found}, '^{pattern}$', {})", replacement(""))
        };
        match self {
            Dialect::Postgres => format!("CAST({} AS DATE)", self.matching(&iso, DAYS_OF_THE_CALENDAR)),
            _ => format!("TRY_CAST({} AS DATE)", self.matching(&iso, "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")),
        }
    }
}

/// The days that there are, for an engine that fails on a date that there is not.
const DAYS_OF_THE_CALENDAR: &str = "(?:[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|\
    (?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])))|\
    (?:(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|1[26]|[3579][26])00)-02-29)";
