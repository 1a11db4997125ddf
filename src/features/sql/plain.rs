//! Aggregates that do not ask for the order of rows: one expression over a group of rows.

use super::rows::Rows;
use crate::config::Aggregate;
use crate::expression::{Dialect, ValueType};
use crate::features::plan::Planned;

/// The aggregate over the rows of a group (of one observation, with its day `t`); `None` for those that ask for the
/// order of rows.
pub(super) fn expression(definition: &Planned, rows: &Rows) -> Option<String> {
    use Aggregate as A;
    let d = rows.dialect;
    let counts = rows.counts(definition);
    let counted = |what: &str| match counts.as_str() {
        "TRUE" => what.to_owned(),
        _ => format!("CASE WHEN {counts} THEN {what} END"),
    };
    let number = |sql: String| d.cast(&sql, ValueType::Number);
    let value = rows.value(definition);
    let x = || counted(&rows.number(definition).unwrap_or_else(|| d.number(1.0)));
    let event = counted("event");
    Some(match definition.aggregate {
        A::Count => number(format!("COUNT({})", counted(value.as_deref().unwrap_or("1")))),
        A::Distinct => {
            let slot = definition.value?;
            // Adding 0 makes -0 a 0.
            let value = match rows.is(slot, ValueType::Number) {
                true => format!("e{slot} + {}", d.number(0.0)),
                false => format!("e{slot}"),
            };
            number(format!("COUNT(DISTINCT {})", counted(&value)))
        }
        A::Sum => format!("SUM({})", x()),
        A::Mean => format!("AVG({})", x()),
        A::Minimum => format!("MIN({})", x()),
        A::Maximum => format!("MAX({})", x()),
        A::StandardDeviation => format!("STDDEV_SAMP({})", x()),
        A::Quantile => match d {
            Dialect::DuckDb => format!("QUANTILE_CONT({}, {:?})", x(), definition.quantile),
            Dialect::Postgres => format!("PERCENTILE_CONT({:?}) WITHIN GROUP (ORDER BY {})", definition.quantile, x()),
            Dialect::Spark => format!("PERCENTILE({}, {:?}D)", x(), definition.quantile),
        },
        A::Share => {
            let window = rows.window(definition);
            format!("{} / NULLIF(COUNT(CASE WHEN {window} THEN 1 END), 0)", number(format!("COUNT({})", counted("1"))))
        }
        A::MonthsSince if value.is_none() => d.months_between(&format!("MAX({event})"), "t"),
        A::DaysSince if value.is_none() => d.days_between(&format!("MAX({event})"), "t"),
        A::MonthsSinceFirst => d.months_between(&format!("MIN({event})"), "t"),
        A::DaysSinceFirst => d.days_between(&format!("MIN({event})"), "t"),
        A::Trend => {
            // Months before the observation: small numbers, so that no digits are lost.
            let month = d.months_between("t", "event");
            let x = x();
            format!(
                "CASE WHEN COUNT(DISTINCT CASE WHEN {x} IS NOT NULL THEN {month} END) > 1 THEN REGR_SLOPE({x}, {month}) END"
            )
        }
        _ => return None,
    })
}

/// What stands where there is no row.
pub(super) fn otherwise(aggregate: Aggregate, dialect: Dialect) -> Option<&'static str> {
    match (aggregate, dialect) {
        (Aggregate::Count | Aggregate::Distinct, _) => Some("0"),
        (Aggregate::MissingReason, _) => Some("'no_record'"),
        _ => None,
    }
}
