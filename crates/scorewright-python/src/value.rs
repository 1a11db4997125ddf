//! A Python value as a card takes it. The texts of truth values and numbers are those of `scorewright score`.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};
use scorewright_runtime::Value;
use scorewright_runtime::artifact::FeatureKind;

use crate::fault::Fault;

/// Characters of a value that an error shows.
const SHOWN: usize = 80;

/// A value of a case.
#[derive(Debug)]
pub enum Given<'py> {
    /// None, NaN or pandas.NA.
    Missing,
    /// A number.
    Number(f64),
    /// A text that Python holds.
    Text(Bound<'py, PyString>),
    /// The text of a truth value or number.
    Words(String),
}

impl Given<'_> {
    /// The value as the runtime takes it.
    ///
    /// # Errors
    /// A text that is no Unicode.
    pub fn as_value(&self, column: &str) -> Result<Value<'_>, Fault> {
        Ok(match self {
            Given::Missing => Value::Missing,
            Given::Number(number) => Value::Number(*number),
            Given::Text(text) => Value::Category(
                text.to_str()
                    .map_err(|_| Fault::of_column(column, format!("{column:?} is a text that is no Unicode")))?,
            ),
            Given::Words(words) => Value::Category(words),
        })
    }
}

/// The text of a number of 64 bits that stands for a category: 3, 0.5; `None` for a NaN.
pub fn category_of_number(number: f64) -> Option<String> {
    // + 0.0: the two zeros are one number.
    (!number.is_nan()).then(|| (number + 0.0).to_string())
}

/// What is wrong with a whole number that no float carries.
pub fn inexact(column: &str, number: impl std::fmt::Display) -> Fault {
    let what = format!(
        "{column:?} is {number}, a whole number that no 64-bit floating-point number carries exactly: it would count as another one"
    );
    Fault::of_column(column, what)
}

/// A value for a column of a card.
///
/// # Errors
/// A value of another type, a whole number that no float carries.
pub fn take<'py>(column: &str, kind: FeatureKind, value: &Bound<'py, PyAny>) -> Result<Given<'py>, Fault> {
    let taken = match plain(column, kind, value)? {
        Some(given) => Some(given),
        None => other(column, kind, value)?,
    };
    taken.ok_or_else(|| wrong_type(column, kind, value))
}

/// A value of Python's own types; `None` for one of another type.
fn plain<'py>(column: &str, kind: FeatureKind, value: &Bound<'py, PyAny>) -> Result<Option<Given<'py>>, Fault> {
    let is_number = kind == FeatureKind::Numeric;
    if value.is_none() {
        return Ok(Some(Given::Missing));
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        let number = float.value();
        let text = || category_of_number(number).map_or(Given::Missing, Given::Words);
        return Ok(Some(if is_number { Given::Number(number) } else { text() }));
    }
    // A truth value is an int to Python.
    if let Ok(truth) = value.cast::<PyBool>() {
        let truth = truth.is_true();
        let number = Given::Number(f64::from(u8::from(truth)));
        return Ok(Some(if is_number { number } else { Given::Words(truth.to_string()) }));
    }
    if let Ok(whole) = value.cast::<PyInt>() {
        return Ok(Some(if is_number {
            Given::Number(whole_number(column, whole)?)
        } else {
            Given::Words(whole_text(whole))
        }));
    }
    let text = value.cast::<PyString>().ok().filter(|_| !is_number);
    Ok(text.map(|text| Given::Text(text.clone())))
}

fn whole_number(column: &str, whole: &Bound<'_, PyInt>) -> Result<f64, Fault> {
    let number = whole.extract::<f64>().unwrap_or(f64::INFINITY);
    // Every whole number up to 2^53 has a float of its own; beyond, Python compares the two exactly.
    if number.abs() <= 9_007_199_254_740_992.0 || whole.as_any().eq(number).unwrap_or(false) {
        return Ok(number);
    }
    Err(inexact(column, whole_text(whole)))
}

/// The digits of a whole number, of a member of an enumeration too.
fn whole_text(whole: &Bound<'_, PyInt>) -> String {
    whole.extract::<i64>().map_or_else(|_| whole.to_string(), |number| number.to_string())
}

/// pandas.NA, a decimal number, or a scalar of numpy, none of which is imported for it; `None` for all else.
fn other<'py>(column: &str, kind: FeatureKind, value: &Bound<'py, PyAny>) -> Result<Option<Given<'py>>, Fault> {
    let name = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
    if name == "NAType" {
        return Ok(Some(Given::Missing));
    }
    if name == "Decimal" && kind == FeatureKind::Numeric {
        return Ok(value.extract::<f64>().ok().map(Given::Number));
    }
    match scalar(kind, value) {
        Ok(Some(scalar)) => plain(column, kind, &scalar),
        // An object that cannot be asked is no scalar.
        Ok(None) | Err(_) => Ok(None),
    }
}

/// A scalar of numpy as a value of Python's own types. Not a short float for a category: its text is not that of the
/// float of 64 bits that it would become.
fn scalar<'py>(kind: FeatureKind, value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if value.getattr("ndim")?.extract::<usize>()? != 0 {
        return Ok(None);
    }
    let dtype = value.getattr("dtype")?;
    let is_float = dtype.getattr("kind")?.extract::<String>()? == "f";
    if kind == FeatureKind::Categorical && is_float && dtype.getattr("itemsize")?.extract::<usize>()? < 8 {
        return Ok(None);
    }
    value.call_method0("item").map(Some)
}

fn wrong_type(column: &str, kind: FeatureKind, value: &Bound<'_, PyAny>) -> Fault {
    let mut shown = value.repr().map_or_else(|_| "a value".to_owned(), |text| text.to_string_lossy().into_owned());
    if let Some((end, _)) = shown.char_indices().nth(SHOWN) {
        shown.truncate(end);
        shown.push_str(" ...");
    }
    let of = value.get_type().name().map_or_else(|_| "unknown".to_owned(), |name| name.to_string_lossy().into_owned());
    Fault::of_column(
        column,
        format!("{column:?} is {shown} (of type {of}), but the card takes a {} there", words(kind)),
    )
}

/// What a column takes.
pub fn words(kind: FeatureKind) -> &'static str {
    match kind {
        FeatureKind::Numeric => "number",
        _ => "category (a text)",
    }
}
