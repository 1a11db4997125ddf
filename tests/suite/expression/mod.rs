//! The expression language: values by hand, errors, and the same values in DuckDB.

mod engines;
mod values;

use polars::prelude::*;
use scorewright::expression::{Expression, ExpressionError, column_type};

/// A small table with every kind of value: null, NaN, infinity, zero, odd texts, the ends of months.
fn table() -> DataFrame {
    let days = ["2024-01-31", "2024-02-29", "2023-12-31", "1999-03-01", "2024-08-15"];
    let days: Vec<Option<i32>> =
        days.iter().map(|day| Some(day.parse::<chrono::NaiveDate>().unwrap().to_epoch_days())).chain([None]).collect();
    let mut other = days.clone();
    other.rotate_right(2);
    let date = |name: &str, days: Vec<Option<i32>>| Series::new(name.into(), days).cast(&DataType::Date).unwrap();
    DataFrame::new_infer_height(vec![
        Series::new("n".into(), [Some(1.5), Some(0.0), Some(-2.5), Some(f64::NAN), Some(1e300), None]).into(),
        Series::new("m".into(), [Some(0.0), Some(3.0), Some(-0.0), Some(7.25), Some(f64::INFINITY), Some(2.0)]).into(),
        Series::new("i".into(), [Some(7_i64), Some(-3), Some(0), Some(930401), Some(2), None]).into(),
        Series::new("t".into(), [Some("abc"), Some(""), Some(" Añ_b "), Some("12.5"), Some("2024-02-29"), None]).into(),
        Series::new("u".into(), [Some("b"), Some("it's"), Some("a\\b%"), None, Some("930401"), Some("TRUE")]).into(),
        Series::new("b".into(), [Some(true), Some(false), None, Some(true), Some(false), None]).into(),
        date("d", days).into(),
        date("odd \"name`", other).into(),
        Series::new("nothing".into(), [None::<&str>; 6]).into(),
    ])
    .unwrap()
}

fn parse(text: &str) -> Result<Expression, ExpressionError> {
    let table = table();
    Expression::parse(text, &|name| column_type(table.column(name).ok()?.as_materialized_series()))
}
