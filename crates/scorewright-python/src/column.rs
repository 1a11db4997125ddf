//! A column of an Arrow table as a card takes it. The texts of truth values and numbers are those of `scorewright score`.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, LargeStringArray, PrimitiveArray};
use arrow_buffer::ScalarBuffer;
use arrow_schema::DataType;
use scorewright_runtime::Column;
use scorewright_runtime::artifact::FeatureKind;

use crate::fault::Fault;
use crate::value::{category_of_number, inexact, words};

/// A column in the form in which a card takes it, sharing the memory of the table where that has the form.
#[derive(Debug)]
pub enum Taken {
    /// Numbers; a NaN is missing.
    Numbers(ScalarBuffer<f64>),
    /// Texts, or a dictionary of texts, or nothing but missing values.
    Texts(ArrayRef),
}

impl Taken {
    /// Takes a column.
    ///
    /// # Errors
    /// A type that the card does not take, a whole number that no float carries.
    pub fn new(column: &str, kind: FeatureKind, array: &ArrayRef) -> Result<Self, Fault> {
        match kind {
            FeatureKind::Numeric => Ok(Taken::Numbers(numbers(column, array)?)),
            _ => Ok(Taken::Texts(texts(column, array)?)),
        }
    }

    /// The texts, `None` where missing; empty for numbers.
    pub fn strings(&self) -> Vec<Option<&str>> {
        match self {
            Taken::Numbers(_) => Vec::new(),
            Taken::Texts(array) => strings(array),
        }
    }

    /// The column as the runtime takes it; `strings` are those of [`Taken::strings`].
    pub fn as_column<'a>(&'a self, strings: &'a [Option<&'a str>]) -> Column<'a> {
        match self {
            Taken::Numbers(numbers) => Column::Numbers(numbers),
            Taken::Texts(_) => Column::Categories(strings),
        }
    }
}

fn wrong_type(column: &str, kind: FeatureKind, of: &DataType) -> Fault {
    let advice = match (kind, of) {
        (FeatureKind::Categorical, DataType::Float16 | DataType::Float32) => {
            ": cast it to 64-bit floats, or to the texts that the card knows"
        }
        _ => "",
    };
    let what = format!("the column {column:?} is of the type {of}, but the card takes a {} there{advice}", words(kind));
    Fault::of_column(column, what)
}

/// A column as numbers, NaN where missing.
fn numbers(column: &str, array: &ArrayRef) -> Result<ScalarBuffer<f64>, Fault> {
    match array.data_type() {
        DataType::Float64 => {
            let array = array.as_primitive::<Float64Type>();
            Ok(if array.null_count() == 0 { array.values().clone() } else { widened(array, |number| number) })
        }
        DataType::Float32 => Ok(widened(array.as_primitive::<Float32Type>(), f64::from)),
        DataType::Float16 => Ok(widened(array.as_primitive::<Float16Type>(), f64::from)),
        DataType::Int8 => Ok(widened(array.as_primitive::<Int8Type>(), f64::from)),
        DataType::Int16 => Ok(widened(array.as_primitive::<Int16Type>(), f64::from)),
        DataType::Int32 => Ok(widened(array.as_primitive::<Int32Type>(), f64::from)),
        DataType::UInt8 => Ok(widened(array.as_primitive::<UInt8Type>(), f64::from)),
        DataType::UInt16 => Ok(widened(array.as_primitive::<UInt16Type>(), f64::from)),
        DataType::UInt32 => Ok(widened(array.as_primitive::<UInt32Type>(), f64::from)),
        DataType::Int64 => whole(column, array.as_primitive::<Int64Type>(), |number| number as f64),
        DataType::UInt64 => whole(column, array.as_primitive::<UInt64Type>(), |number| number as f64),
        DataType::Decimal32(..) => decimals(column, array.as_primitive::<Decimal32Type>()),
        DataType::Decimal64(..) => decimals(column, array.as_primitive::<Decimal64Type>()),
        DataType::Decimal128(..) => decimals(column, array.as_primitive::<Decimal128Type>()),
        DataType::Decimal256(..) => decimals(column, array.as_primitive::<Decimal256Type>()),
        DataType::Boolean => {
            let number = |truth: Option<bool>| truth.map_or(f64::NAN, |truth| f64::from(u8::from(truth)));
            Ok(array.as_boolean().iter().map(number).collect())
        }
        DataType::Null => Ok(vec![f64::NAN; array.len()].into()),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            // Its values have no row.
            let values = numbers(column, dictionary.values()).map_err(|fault| fault.at_row(None))?;
            let is_null = dictionary.values().nulls().cloned();
            let number = |key: Option<usize>| {
                let key = key.filter(|key| is_null.as_ref().is_none_or(|nulls| nulls.is_valid(*key)));
                key.and_then(|key| values.get(key).copied()).unwrap_or(f64::NAN)
            };
            Ok(keys(array).into_iter().map(number).collect())
        }
        of => Err(wrong_type(column, FeatureKind::Numeric, of)),
    }
}

fn widened<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, widen: impl Fn(T::Native) -> f64) -> ScalarBuffer<f64> {
    match array.nulls() {
        None => array.values().iter().map(|value| widen(*value)).collect(),
        Some(_) => array.iter().map(|value| value.map_or(f64::NAN, &widen)).collect(),
    }
}

/// Whole numbers of 64 bits, which not every float carries.
fn whole<T: ArrowPrimitiveType>(
    column: &str,
    array: &PrimitiveArray<T>,
    widen: impl Fn(T::Native) -> f64,
) -> Result<ScalarBuffer<f64>, Fault>
where
    T::Native: Into<i128> + std::fmt::Display,
{
    // A cast back would saturate: i128 holds every whole number of either type and every float near it.
    let is_inexact = |value: T::Native| widen(value) as i128 != value.into();
    let mut rows = array.iter().enumerate();
    match rows.find_map(|(row, value)| value.filter(|value| is_inexact(*value)).map(|value| (row, value))) {
        Some((row, value)) => Err(inexact(column, value).at_row(Some(row))),
        None => Ok(widened(array, widen)),
    }
}

/// Decimal numbers, each the nearest float: that of its digits.
fn decimals<T: DecimalType>(column: &str, array: &PrimitiveArray<T>) -> Result<ScalarBuffer<f64>, Fault> {
    let number = |row: usize| {
        if array.is_null(row) {
            return Ok(f64::NAN);
        }
        let digits = array.value_as_string(row);
        digits.parse().map_err(|_| Fault::of_column(column, format!("{digits} is no number")).at_row(Some(row)))
    };
    (0..array.len()).map(number).collect::<Result<Vec<f64>, Fault>>().map(ScalarBuffer::from)
}

/// A column as texts: those that it has, or the texts of its numbers or truth values.
fn texts(column: &str, array: &ArrayRef) -> Result<ArrayRef, Fault> {
    let made = |texts: LargeStringArray| -> Result<ArrayRef, Fault> { Ok(Arc::new(texts)) };
    match array.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Ok(Arc::clone(array)),
        DataType::Boolean => {
            made(array.as_boolean().iter().map(|truth| truth.map(|truth| truth.to_string())).collect())
        }
        DataType::Int8 => made(digits(array.as_primitive::<Int8Type>())),
        DataType::Int16 => made(digits(array.as_primitive::<Int16Type>())),
        DataType::Int32 => made(digits(array.as_primitive::<Int32Type>())),
        DataType::Int64 => made(digits(array.as_primitive::<Int64Type>())),
        DataType::UInt8 => made(digits(array.as_primitive::<UInt8Type>())),
        DataType::UInt16 => made(digits(array.as_primitive::<UInt16Type>())),
        DataType::UInt32 => made(digits(array.as_primitive::<UInt32Type>())),
        DataType::UInt64 => made(digits(array.as_primitive::<UInt64Type>())),
        DataType::Float64 => {
            made(array.as_primitive::<Float64Type>().iter().map(|number| number.and_then(category_of_number)).collect())
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = texts(column, dictionary.values())?;
            Ok(if Arc::ptr_eq(&values, dictionary.values()) {
                Arc::clone(array)
            } else {
                dictionary.with_values(values)
            })
        }
        of => Err(wrong_type(column, FeatureKind::Categorical, of)),
    }
}

fn digits<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> LargeStringArray
where
    T::Native: std::fmt::Display,
{
    array.iter().map(|value| value.map(|value| value.to_string())).collect()
}

/// The texts of an array that [`texts`] gave.
fn strings(array: &ArrayRef) -> Vec<Option<&str>> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().collect(),
        DataType::Utf8View => array.as_string_view().iter().collect(),
        DataType::Dictionary(..) => {
            let values = array.as_any_dictionary().values();
            keys(array).into_iter().map(|key| key.and_then(|key| string(values, key))).collect()
        }
        _ => vec![None; array.len()],
    }
}

/// The text at a place of the values of a dictionary.
fn string(values: &ArrayRef, place: usize) -> Option<&str> {
    if values.is_null(place) {
        return None;
    }
    match values.data_type() {
        DataType::Utf8 => Some(values.as_string::<i32>().value(place)),
        DataType::LargeUtf8 => Some(values.as_string::<i64>().value(place)),
        DataType::Utf8View => Some(values.as_string_view().value(place)),
        _ => None,
    }
}

/// The places of a dictionary's rows among its values, `None` where missing.
fn keys(array: &ArrayRef) -> Vec<Option<usize>> {
    let dictionary = array.as_any_dictionary();
    if dictionary.values().is_empty() {
        return vec![None; array.len()];
    }
    let keys = dictionary.keys();
    dictionary.normalized_keys().into_iter().enumerate().map(|(row, key)| keys.is_valid(row).then_some(key)).collect()
}
