//! The engines that exports are for, one entry each.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use scorewright::export::sql::Dialect;
use scorewright::export::vectors::{Expected, Vector, VectorValue};

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

pub static JPMML: Engine = Engine {
    name: "PMML, JPMML-Evaluator",
    driver: "run_jpmml.py",
    exports: &[(Format::Pmml, "card.pmml")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[],
    ran: OnceLock::new(),
};

pub static PYPMML: Engine = Engine {
    name: "PMML, PyPMML",
    driver: "run_pypmml.py",
    exports: &[(Format::Pmml, "card.pmml")],
    pd_tolerance: 1e-12,
    gives_reasons: false,
    cannot: &[Limit {
        concerns: |vector| {
            matches!(vector.expected, Expected::Scored { segment: Some(_), .. } | Expected::Refused { .. })
        },
        why: "of a card with segments it gives neither score, PD nor reasons by their names",
    }],
    ran: OnceLock::new(),
};

pub static ZEN: Engine = Engine {
    name: "ZEN engine",
    driver: "run_zen.py",
    exports: &[(Format::Zen, "card.zen.json"), (Format::Json, "scorecard.json")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[
        Limit {
            concerns: |vector| has_number(vector, |number| number.abs() > 7.922816251426434e28),
            why: "infinities and numbers beyond 7.9e28: the engine refuses the case",
        },
        Limit {
            concerns: |vector| {
                has_number(vector, |number| {
                    number.to_string().split_once('.').is_some_and(|(_, decimals)| decimals.len() > 28)
                })
            },
            why: "numbers with more than 28 digits after the point that lie so close to a bound that the engine, which cuts them off there, takes them over it",
        },
    ],
    ran: OnceLock::new(),
};

/// Whether a case has such a number.
fn has_number(vector: &Vector, is_such: fn(f64) -> bool) -> bool {
    vector.input.values().any(|value| matches!(value, VectorValue::Number(number) if is_such(*number)))
}

pub static ONNX_RUNTIME: Engine = Engine {
    name: "onnxruntime",
    driver: "run_onnxruntime.py",
    exports: &[(Format::Onnx, "card.onnx")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[],
    ran: OnceLock::new(),
};

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

/// Whether two columns of a case differ in capital letters alone.
fn has_columns_that_differ_in_case(vector: &Vector) -> bool {
    let names: BTreeSet<String> = vector.input.keys().map(|name| name.to_ascii_lowercase()).collect();
    names.len() < vector.input.len()
}

pub static WHEEL: Engine = Engine {
    name: "Python package",
    driver: super::wheel::DRIVER,
    exports: &[(Format::Json, "scorecard.json")],
    pd_tolerance: 0.0,
    gives_reasons: true,
    cannot: &[],
    ran: OnceLock::new(),
};

/// All of them, in the order of the table.
pub static ENGINES: &[&Engine] =
    &[&JPMML, &PYPMML, &ONNX_RUNTIME, &DUCKDB, &POSTGRESQL, &SPARK, &SQLITE, &ZEN, &PYTHON, &WHEEL];
