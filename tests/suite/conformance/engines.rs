//! The engines that exports are for, one entry each.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use scorewright::export::sql::Dialect;
use scorewright::export::vectors::{Vector, VectorValue};

use super::{Format, Run, run};

/// An engine and how far its results may differ.
pub struct Engine {
    /// As the table shows it.
    pub name: &'static str,
    /// The script that lets it score: `tests/conformance/DRIVER FOLDER`.
    pub driver: &'static str,
    /// What is exported for it, and the file's name in each card's folder.
    pub exports: &'static [(Format, &'static str)],
    /// Largest difference of a PD.
    pub pd_tolerance: f64,
    /// Whether the export gives reasons.
    pub gives_reasons: bool,
    /// What it cannot be given.
    pub cannot: &'static [Limit],
    /// What it did: it runs once, for its own test and for the table.
    pub ran: OnceLock<Run>,
}

/// Cases that an engine cannot be given.
pub struct Limit {
    /// Which.
    pub concerns: fn(&Vector) -> bool,
    /// Why, for the table.
    pub why: &'static str,
}

impl Engine {
    pub fn run(&self) -> &Run {
        self.ran.get_or_init(|| run(self))
    }
}

pub static PYTHON: Engine = Engine {
    name: "Python module",
    driver: "run_python.py",
    exports: &[(Format::Python, "card.py")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[],
    ran: OnceLock::new(),
};

/// Whether two columns of a case differ in capital letters alone.
fn has_columns_that_differ_in_case(vector: &Vector) -> bool {
    let names: BTreeSet<String> = vector.input.keys().map(|name| name.to_ascii_lowercase()).collect();
    names.len() < vector.input.len()
}

pub static DUCKDB: Engine = Engine {
    name: "DuckDB",
    driver: "run_duckdb.py",
    exports: &[(Format::Sql(Dialect::DuckDb), "card.duckdb.sql")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[Limit {
        concerns: has_columns_that_differ_in_case,
        why: "no table can have two columns whose names differ in capital letters alone; the export refuses the card",
    }],
    ran: OnceLock::new(),
};

pub static POSTGRESQL: Engine = Engine {
    name: "PostgreSQL",
    driver: "run_postgresql.py",
    exports: &[(Format::Sql(Dialect::PostgreSql), "card.postgresql.sql")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[Limit {
        concerns: |vector| {
            vector.input.values().any(|value| matches!(value, VectorValue::Text(text) if text.contains('\0')))
        },
        why: "no text can hold the character NUL; the export refuses a card with such a text",
    }],
    ran: OnceLock::new(),
};

pub static SPARK: Engine = Engine {
    name: "Spark SQL",
    driver: "run_spark.py",
    exports: &[(Format::Sql(Dialect::Spark), "card.spark.sql")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[],
    ran: OnceLock::new(),
};

/// The ANSI form.
pub static SQLITE: Engine = Engine {
    name: "ANSI SQL on SQLite",
    driver: "run_sqlite.py",
    exports: &[(Format::Sql(Dialect::Ansi), "card.ansi.sql")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[Limit {
        concerns: has_columns_that_differ_in_case,
        why: "no table can have two columns whose names differ in capital letters alone",
    }],
    ran: OnceLock::new(),
};

/// All of them, in the order of the table.
pub static ENGINES: &[&Engine] = &[&PYTHON, &DUCKDB, &POSTGRESQL, &SPARK, &SQLITE];
