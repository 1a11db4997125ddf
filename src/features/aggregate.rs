//! One definition over a table: rows known at the observation become one value.

use polars::prelude::DataType;
use scorewright_runtime::artifact::FeatureKind;

use crate::cases::FeatureValues;
use crate::config::{Aggregate, Definition, Source};
use crate::error::Result;
use crate::history::{Expression, HistoryTable, Index, Window, condition, evaluate};
use crate::population::Observations;
use crate::table::{Categories, EVALUATED};

/// The values of a definition, one an observation.
pub(super) fn values(
    name: &str,
    definition: &Definition,
    table: &HistoryTable,
    index: &Index<'_>,
    observations: &Observations,
    kind: Option<FeatureKind>,
    source: &Source,
) -> Result<FeatureValues> {
    let purpose = format!("feature {name:?}");
    let [where_keys, value_keys] = ["where", "value"].map(|key| ["features", "define", name, key]);
    let at_where = |text| Expression { text, purpose: &purpose, source, keys: &where_keys };
    let at_value = |text| Expression { text, purpose: &purpose, source, keys: &value_keys };
    let aggregate = definition.aggregate.unwrap_or_default();
    let meets = definition.condition.as_deref().map(|text| condition(&table.table, at_where(text))).transpose()?;
    let value = definition.value.as_deref().map(|text| evaluate(&table.table, at_value(text))).transpose()?;
    let window = Window::new(definition.window_months, definition.window_days);
    let keys = observations.key(table.key())?;
    let rows =
        |point: usize| keys[point].iter().flat_map(move |key| index.known_at(key, observations.days[point], window));
    let counts = |row: usize| meets.as_ref().is_none_or(|meets| meets[row] == Some(true));
    let points = 0..observations.len();

    if let Some(series) = &value
        && matches!(aggregate, Aggregate::Latest | Aggregate::First)
        && match kind {
            Some(kind) => kind == FeatureKind::Categorical,
            None => matches!(series.dtype(), DataType::String | DataType::Boolean),
        }
    {
        let texts = table.table.with(series.clone())?.categories(EVALUATED)?;
        let picked: Vec<Option<&str>> = points
            .map(|point| {
                let mut rows = rows(point).filter(|row| counts(*row));
                let row = if aggregate == Aggregate::First { rows.next() } else { rows.last() };
                row.and_then(|row| texts.text(row))
            })
            .collect();
        return Ok(FeatureValues::Categorical(Categories::from_texts(picked)));
    }
    let numbers = match &value {
        Some(series) if aggregate == Aggregate::Count => {
            Some(series.is_null().iter().map(|null| if null == Some(true) { f64::NAN } else { 1.0 }).collect())
        }
        Some(series) if series.dtype().is_primitive_numeric() || series.dtype().is_bool() => {
            Some(table.table.with(series.clone())?.numbers(EVALUATED)?)
        }
        Some(series) => {
            return Err(at_value(definition.value.as_deref().unwrap_or_default())
                .error(format!("numbers are needed here, but the value is {}", series.dtype()))
                .help("take a column of numbers; or, for latest and first, read the feature as categories"));
        }
        None => None,
    };
    let number = |row: usize| numbers.as_ref().map_or(1.0, |numbers: &Vec<f64>| numbers[row]);
    Ok(FeatureValues::Numeric(
        points
            .map(|point| match aggregate {
                Aggregate::Share => share(rows(point).map(counts)),
                Aggregate::MonthsSince => {
                    let last = rows(point).filter(|row| counts(*row)).last();
                    let event = last.and_then(|row| table.event.as_ref().map(|event| event[row]));
                    event.map_or(f64::NAN, |event| (observations.days[point].month() - event.month()) as f64)
                }
                _ => summarise(aggregate, rows(point).filter(|row| counts(*row)).map(number)),
            })
            .collect(),
    ))
}

fn share(meets: impl Iterator<Item = bool>) -> f64 {
    let (mut met, mut all) = (0.0, 0.0);
    for meets in meets {
        all += 1.0;
        met += f64::from(u8::from(meets));
    }
    if all > 0.0 { met / all } else { f64::NAN }
}

/// Values in the order in which they happened to one; missing values do not count, but for first and latest.
fn summarise(aggregate: Aggregate, mut values: impl Iterator<Item = f64>) -> f64 {
    match aggregate {
        Aggregate::First => return values.next().unwrap_or(f64::NAN),
        Aggregate::Latest => return values.last().unwrap_or(f64::NAN),
        _ => {}
    }
    let values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    match aggregate {
        Aggregate::Count => count,
        _ if values.is_empty() => f64::NAN,
        Aggregate::Sum => values.iter().sum(),
        Aggregate::Mean => mean,
        Aggregate::Minimum => values.iter().copied().fold(f64::INFINITY, f64::min),
        Aggregate::Maximum => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Aggregate::StandardDeviation if values.len() > 1 => {
            (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
        }
        _ => f64::NAN,
    }
}
