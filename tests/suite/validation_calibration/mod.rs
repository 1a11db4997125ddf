//! Calibration: measures and tests of PDs against independent tools, laws, and the evidence of a validation.

mod evidence;
mod laws;
mod measures;
mod section;
mod tails;

use serde_json::Value;

/// Figures of independent tools.
fn reference() -> Value {
    serde_json::from_str(include_str!("../../reference/calibration.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Equal to a relative and an absolute tolerance together.
#[track_caller]
fn near(actual: f64, expected: f64, relative: f64) {
    let allowed = relative * expected.abs() + relative * 1e-3;
    assert!((actual - expected).abs() <= allowed, "{actual:?}, expected {expected:?}");
}
