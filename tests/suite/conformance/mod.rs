//! Every export on the engine it is for: the engines score the test vectors of real and of awkward cards, and must give
//! what the runtime gives. `docs/conformance.md` is the table of what was compared.

mod cards;
mod engines;
mod matrix;
mod onnx;
mod wheel;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use scorewright::export::vectors::{Expected, Family, Vector, Vectors, vectors};
use scorewright::export::{Format, Standing, export};
use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::Rounding;
use serde_json::Value;
use tempfile::TempDir;

use self::engines::Engine;
use crate::python::{Environment, interpreter};

const DRIVERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance");

/// A card with its test vectors, and the folder that its exports stand in.
struct Subject {
    name: String,
    card: Scorecard,
    vectors: Vectors,
}

/// The cards, each with its artifact and test vectors in a folder of its own.
static CARDS: LazyLock<(TempDir, Vec<Subject>)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let subjects = cards::cards().into_iter().map(|(name, card)| {
        let vectors = vectors(&card, &Standing::Draft).unwrap();
        let place = folder.path().join(&name);
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join("vectors.json"), vectors.to_json().unwrap()).unwrap();
        Subject { name, card, vectors }
    });
    let subjects = subjects.collect();
    (folder, subjects)
});

/// What an engine did.
struct Run {
    /// The engine's version, as it gives it.
    version: String,
    /// By family: cases that came out right, and those that the engine cannot be given.
    counts: BTreeMap<Family, (usize, usize)>,
    /// What came out wrong.
    wrong: Vec<String>,
}

/// Exports every card in the engine's formats and lets its driver score the vectors.
fn run(engine: &Engine) -> Run {
    if engine.driver == wheel::DRIVER {
        wheel::install();
    }
    let (folder, subjects) = &*CARDS;
    for (format, file) in engine.exports {
        for subject in subjects {
            // The driver finds no export of a card that the format refuses: its cases must be among what the engine
            // cannot be given.
            if let Ok(bytes) = export(&subject.card, &Standing::Draft, *format) {
                std::fs::write(folder.path().join(&subject.name).join(file), bytes).unwrap();
            }
        }
    }
    let output = Command::new(interpreter(Environment::Engines))
        .arg(PathBuf::from(DRIVERS).join(engine.driver))
        .arg(folder.path())
        .env("PYTHONUTF8", "1")
        .output()
        .expect("the environment's python runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} failed: {errors}", engine.driver);
    let given: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{} printed no JSON ({e}): {errors}", engine.driver));
    let mut run = Run {
        version: given["version"].as_str().expect("a driver gives the engine's version").to_owned(),
        counts: BTreeMap::new(),
        wrong: Vec::new(),
    };
    for subject in subjects {
        let results = given["cards"][&subject.name].as_array().expect("a driver scores every card");
        assert_eq!(results.len(), subject.vectors.cases.len(), "{}: {}", engine.name, subject.name);
        let is_rounded = subject.card.document().scaling.rounding == Rounding::Integer;
        for (place, (vector, result)) in subject.vectors.cases.iter().zip(results).enumerate() {
            let counts = run.counts.entry(vector.family).or_default();
            match compare(engine, is_rounded, vector, result) {
                Ok(true) => counts.0 += 1,
                Ok(false) => counts.1 += 1,
                Err(what) => run.wrong.push(format!("{} case {place} {vector:?}: {what}", subject.name)),
            }
        }
    }
    run
}

/// Whether an engine's result is what must come out; false: the engine says that it cannot be given this case, and is
/// known for it.
fn compare(engine: &Engine, is_rounded: bool, vector: &Vector, result: &Value) -> Result<bool, String> {
    if let Some(why) = result.get("cannot") {
        let is_known = engine.cannot.iter().any(|limit| (limit.concerns)(vector));
        return if is_known { Ok(false) } else { Err(format!("the engine cannot be given it: {why}")) };
    }
    let is_refused = result.get("refused") == Some(&Value::Bool(true));
    let Expected::Scored { score, pd, segment, reasons, unforeseen, .. } = &vector.expected else {
        return if is_refused { Ok(true) } else { Err(format!("not refused: {result}")) };
    };
    if is_refused {
        return Err("refused".into());
    }
    let near = |name: &str, wanted: f64, tolerance: f64| match result[name].as_f64() {
        Some(value) if (value - wanted).abs() <= tolerance => Ok(()),
        _ => Err(format!("{name} {}, not {wanted}", result[name])),
    };
    // Points with fractions may be summed in decimals.
    near("score", *score, if is_rounded { 0.0 } else { 1e-9 })?;
    near("pd", *pd, engine.pd_tolerance)?;
    if engine.gives_reasons && result["reasons"] != serde_json::json!(reasons) {
        return Err(format!("reasons {}, not {reasons:?}", result["reasons"]));
    }
    // Where the engine gives them.
    for (name, wanted) in [("unforeseen", serde_json::json!(unforeseen)), ("segment", serde_json::json!(segment))] {
        match result.get(name) {
            Some(given) if *given != wanted => return Err(format!("{name} {given}, not {wanted}")),
            _ => {}
        }
    }
    Ok(true)
}

/// Runs an engine and finds nothing wrong.
fn conforms(engine: &Engine) {
    let run = engine.run();
    let shown = run.wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(run.wrong.is_empty(), "{} {}: {} wrong:\n{shown}", engine.name, run.version, run.wrong.len());
    let seen = run.counts.values().map(|(right, _)| right).sum::<usize>();
    assert!(seen > 1000, "{}: only {seen} cases", engine.name);
}

#[test]
fn python_module() {
    conforms(&engines::PYTHON);
}

#[test]
fn pmml_by_jpmml_evaluator() {
    conforms(&engines::JPMML);
}

#[test]
fn pmml_by_pypmml() {
    conforms(&engines::PYPMML);
}

#[test]
fn zen() {
    conforms(&engines::ZEN);
}

#[test]
fn onnxruntime() {
    conforms(&engines::ONNX_RUNTIME);
}

#[test]
fn duckdb() {
    conforms(&engines::DUCKDB);
}

#[test]
fn postgresql() {
    conforms(&engines::POSTGRESQL);
}

#[test]
fn spark() {
    conforms(&engines::SPARK);
}

#[test]
fn ansi_sql_on_sqlite() {
    conforms(&engines::SQLITE);
}

#[test]
fn python_package() {
    conforms(&engines::WHEEL);
}
