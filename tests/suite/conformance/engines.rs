//! The engines that exports are for, one entry each.

use std::sync::OnceLock;

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

pub static ZEN: Engine = Engine {
    name: "ZEN engine",
    driver: "run_zen.py",
    exports: &[(Format::Zen, "card.zen.json"), (Format::Json, "scorecard.json")],
    pd_tolerance: 1e-12,
    gives_reasons: true,
    cannot: &[
        Limit {
            concerns: |vector| has_number(vector, |number| number.abs() > 7.9228162514264337593543950335e28),
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

/// All of them, in the order of the table.
pub static ENGINES: &[&Engine] = &[&PYTHON, &ZEN];
