//! What the engines call things, beside what [`expression::Dialect`](crate::expression::Dialect) knows for features.

use crate::expression::{Dialect as Quoting, ValueType};

/// The engine that a query is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB from 1.3.
    DuckDb,
    /// PostgreSQL from 14.
    PostgreSql,
    /// Spark SQL from 3.5.
    Spark,
    /// What the SQL standard has (LEAST: since 2023), for other engines.
    Ansi,
}

/// The name by which the query calls a row of the table.
pub(super) const ROW: &str = "scorewright_case";

impl Dialect {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::DuckDb => "DuckDB",
            Dialect::PostgreSql => "PostgreSQL",
            Dialect::Spark => "Spark SQL",
            Dialect::Ansi => "ANSI SQL",
        }
    }

    /// The dialect that quotes alike.
    fn quoting(self) -> Quoting {
        match self {
            Dialect::DuckDb | Dialect::Ansi => Quoting::DuckDb,
            Dialect::PostgreSql => Quoting::Postgres,
            Dialect::Spark => Quoting::Spark,
        }
    }

    pub(super) fn identifier(self, name: &str) -> String {
        self.quoting().identifier(name)
    }

    pub(super) fn text(self, text: &str) -> String {
        self.quoting().text(text)
    }

    pub(super) fn number(self, number: f64) -> String {
        self.quoting().number(number)
    }

    /// No text.
    pub(super) fn no_text(self) -> String {
        match self {
            Dialect::Ansi => "CAST(NULL AS VARCHAR(1))".to_owned(),
            _ => self.quoting().cast("NULL", ValueType::Text),
        }
    }

    /// A column of the table as a double, NULL where it is no number.
    pub(super) fn column_of_numbers(self, name: &str) -> String {
        let number = |column: &str| self.quoting().cast(column, ValueType::Number);
        let column = self.column(name);
        match self {
            Dialect::DuckDb | Dialect::Spark => {
                format!("CASE WHEN NOT ISNAN({0}) THEN {0} END", number(&column))
            }
            // It takes NaN for equal to NaN.
            Dialect::PostgreSql => format!("NULLIF({}, {})", number(&column), number("'NaN'")),
            Dialect::Ansi => format!("CAST({column} AS DOUBLE PRECISION)"),
        }
    }

    /// A column of the table as a text that is compared byte by byte, whatever the column's collation.
    pub(super) fn column_of_texts(self, name: &str) -> String {
        let column = self.column(name);
        match self {
            Dialect::DuckDb | Dialect::PostgreSql => {
                format!("{} COLLATE \"C\"", self.quoting().cast(&column, ValueType::Text))
            }
            // The cast leaves the collation behind.
            Dialect::Spark => self.quoting().cast(&column, ValueType::Text),
            // The standard has no length that fits every text.
            Dialect::Ansi => column,
        }
    }

    fn column(self, name: &str) -> String {
        match self {
            Dialect::Ansi => self.identifier(name),
            _ => format!("{ROW}.{}", self.identifier(name)),
        }
    }

    /// The table, with the name of its row where the dialect can carry rows along as one value.
    pub(super) fn from(self, table: &str) -> String {
        let parts: Vec<String> = table.split('.').map(|part| self.identifier(part)).collect();
        match self {
            Dialect::Ansi => parts.join("."),
            _ => format!("{} AS {ROW}", parts.join(".")),
        }
    }

    /// A row of the table as one value; `None`: the dialect has no such thing.
    pub(super) fn whole_row(self) -> Option<String> {
        match self {
            Dialect::DuckDb | Dialect::PostgreSql => Some(ROW.to_owned()),
            Dialect::Spark => Some(format!("STRUCT({ROW}.*) AS {ROW}")),
            Dialect::Ansi => None,
        }
    }

    /// The columns of a row that was carried along, but for those of these names.
    pub(super) fn columns_of_row(self, but: &[String]) -> String {
        let names: Vec<String> = but.iter().map(|name| self.identifier(name)).collect();
        match self {
            Dialect::DuckDb if !but.is_empty() => format!("{ROW}.* EXCLUDE ({})", names.join(", ")),
            Dialect::Spark if !but.is_empty() => format!("{ROW}.* EXCEPT ({})", names.join(", ")),
            Dialect::PostgreSql => format!("({ROW}).*"),
            _ => format!("{ROW}.*"),
        }
    }

    /// What stands between the name of a step and its text: DuckDB would else write down every step as a table.
    pub(super) fn step(self) -> &'static str {
        if self == Dialect::DuckDb { "AS NOT MATERIALIZED" } else { "AS" }
    }

    /// What ends a step: PostgreSQL would else write the expressions of a step into every place that names them.
    pub(super) fn fence(self) -> &'static str {
        if self == Dialect::PostgreSql { "\n    OFFSET 0" } else { "" }
    }

    /// Whether two names are the same column to the engine.
    pub(super) fn is_same_column(self, one: &str, other: &str) -> bool {
        match self {
            Dialect::DuckDb | Dialect::Ansi => one.eq_ignore_ascii_case(other),
            Dialect::Spark => one.to_lowercase() == other.to_lowercase(),
            Dialect::PostgreSql => known(one) == known(other),
        }
    }
}

/// PostgreSQL knows a name by its first 63 bytes.
fn known(name: &str) -> &str {
    let end = (0..=name.len().min(63)).rev().find(|end| name.is_char_boundary(*end));
    name.get(..end.unwrap_or(0)).unwrap_or(name)
}
