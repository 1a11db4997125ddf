//! Expressions over columns in memory.

use std::borrow::Cow;

use polars::prelude::*;

use super::Expression;
use super::columns::{self, Vector};
use super::evaluate::{Rows, Value};
use super::types::ValueType;

/// What expressions make of a column; `None`: a type that they do not read.
pub fn column_type(column: &Series) -> Option<ValueType> {
    match column.dtype() {
        _ if column.null_count() == column.len() => Some(ValueType::Missing),
        DataType::String => Some(ValueType::Text),
        DataType::Boolean => Some(ValueType::Boolean),
        DataType::Date => Some(ValueType::Date),
        other => other.is_primitive_numeric().then_some(ValueType::Number),
    }
}

/// A column for reading value by value.
pub(super) enum Values {
    Missing,
    Numbers(Float64Chunked),
    Texts(StringChunked),
    Truths(BooleanChunked),
    Days(Int32Chunked),
}

impl Values {
    fn new(series: &Series) -> PolarsResult<Values> {
        let series = series.rechunk();
        Ok(match column_type(&series) {
            Some(ValueType::Missing) => Values::Missing,
            Some(ValueType::Number) => Values::Numbers(series.cast(&DataType::Float64)?.f64()?.clone()),
            Some(ValueType::Text) => Values::Texts(series.str()?.clone()),
            Some(ValueType::Boolean) => Values::Truths(series.bool()?.clone()),
            Some(ValueType::Date) => Values::Days(series.cast(&DataType::Int32)?.i32()?.clone()),
            None => polars_bail!(InvalidOperation: "columns of type {} are not read", series.dtype()),
        })
    }
}

impl Rows for Vec<Values> {
    fn value(&self, column: usize, row: usize) -> Value<'_> {
        let value = match &self[column] {
            Values::Missing => None,
            Values::Numbers(values) => values.get(row).filter(|number| !number.is_nan()).map(Value::Number),
            Values::Texts(values) => values.get(row).map(|text| Value::Text(Cow::Borrowed(text))),
            Values::Truths(values) => values.get(row).map(Value::Boolean),
            Values::Days(values) => values.get(row).and_then(chrono::NaiveDate::from_epoch_days).map(Value::Date),
        };
        value.unwrap_or(Value::Missing)
    }
}

impl Expression {
    /// The values, one a row of `frame`: doubles without NaN, texts, truth values or dates; missing is null.
    ///
    /// # Errors
    /// Where a column is not there or of a type that expressions do not read.
    pub fn evaluate(&self, frame: &DataFrame) -> PolarsResult<Series> {
        let series = self.columns.iter().map(|(name, _)| Ok(frame.column(name)?.as_materialized_series()));
        self.over(series.collect::<PolarsResult<_>>()?, frame.height())
    }

    /// The values as plain numbers, where they are numbers or truth values (1 and 0) that are computed column by column;
    /// missing is NaN. `None`: [`Expression::evaluate`] them.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub(crate) fn numbers(&self, frame: &DataFrame) -> PolarsResult<Option<Vec<f64>>> {
        let series = self.columns.iter().map(|(name, _)| Values::new(frame.column(name)?.as_materialized_series()));
        let rows: Vec<Values> = series.collect::<PolarsResult<_>>()?;
        let truth = |truth: Option<bool>| truth.map_or(f64::NAN, |truth| f64::from(u8::from(truth)));
        Ok(columns::vector(&self.node, &rows, frame.height()).map(|vector| match vector {
            Vector::Numbers(numbers) => numbers.into_values(frame.height()),
            Vector::Truths(truths) => truths.into_iter().map(truth).collect(),
        }))
    }

    /// The same as an expression of Polars, for lazy frames; it is deterministic and works row by row.
    pub fn to_polars(&self) -> Expr {
        let expression = self.clone();
        let output = self.dtype();
        let function = move |columns: &mut [Column]| {
            let height = columns.iter().map(Column::len).max().unwrap_or(1);
            let series: Vec<Series> = columns
                .iter()
                .map(|column| match column.len() {
                    1 if height > 1 => column.new_from_index(0, height).take_materialized_series(),
                    _ => column.as_materialized_series().clone(),
                })
                .collect();
            Ok(expression.over(series.iter().collect(), height)?.into_column())
        };
        let columns: Vec<Expr> = self.columns.iter().map(|(name, _)| col(name.as_str())).collect();
        let columns = if columns.is_empty() { vec![lit(NULL)] } else { columns };
        map_multiple(function, columns, move |_, fields| {
            let name = fields.first().map_or(PlSmallStr::EMPTY, |field| field.name().clone());
            Ok(Field::new(name, output.clone()))
        })
    }

    fn dtype(&self) -> DataType {
        match self.value_type() {
            ValueType::Number | ValueType::Missing => DataType::Float64,
            ValueType::Text => DataType::String,
            ValueType::Boolean => DataType::Boolean,
            ValueType::Date => DataType::Date,
        }
    }

    fn over(&self, columns: Vec<&Series>, height: usize) -> PolarsResult<Series> {
        let rows: Vec<Values> = columns.into_iter().map(Values::new).collect::<PolarsResult<_>>()?;
        let name = PlSmallStr::from_static("value");
        match columns::vector(&self.node, &rows, height) {
            Some(Vector::Numbers(numbers)) => {
                let numbers = numbers.into_values(height);
                let missing = numbers.iter().filter(|number| number.is_nan()).count();
                return Ok(match missing {
                    0 => Float64Chunked::from_vec(name, numbers).into_series(),
                    _ => {
                        let numbers = numbers.into_iter().map(|number| (!number.is_nan()).then_some(number));
                        Float64Chunked::from_iter_options(name, numbers).into_series()
                    }
                });
            }
            Some(Vector::Truths(truths)) => {
                return Ok(BooleanChunked::from_iter_options(name, truths.into_iter()).into_series());
            }
            None => {}
        }
        let values = (0..height).map(|row| self.node.value(&rows, row));
        Ok(match self.value_type() {
            ValueType::Number | ValueType::Missing => {
                let numbers = values.map(|value| if let Value::Number(number) = value { Some(number) } else { None });
                Float64Chunked::from_iter_options(name, numbers).into_series()
            }
            ValueType::Text => {
                let texts = values.map(|value| if let Value::Text(text) = value { Some(text) } else { None });
                StringChunked::from_iter_options(name, texts).into_series()
            }
            ValueType::Boolean => {
                BooleanChunked::from_iter_options(name, values.map(|value| value.truth())).into_series()
            }
            ValueType::Date => {
                let days =
                    values.map(|value| if let Value::Date(date) = value { Some(date.to_epoch_days()) } else { None });
                Int32Chunked::from_iter_options(name, days).into_series().cast(&DataType::Date)?
            }
        })
    }
}
