//! Aggregates over rows one after the other: runs, transitions, volatility.

use super::Values;
use super::rows::Rows;
use crate::config::Aggregate;
use crate::expression::ValueType;
use crate::features::plan::Planned;

/// The longest run of rows that meet the condition, or the one at the end: rows between two that do not meet it share
/// the number of those before them (or, from the end, behind them).
pub(super) fn runs(definition: &Planned, rows: &Rows) -> Values {
    let d = rows.dialect;
    let ids = rows.ids();
    let met = definition.condition.map_or_else(|| "TRUE".to_owned(), |slot| format!("e{slot}"));
    let backwards = definition.aggregate == Aggregate::CurrentRun;
    let numbered = format!(
        "SELECT {ids}, CASE WHEN {met} THEN 1 ELSE 0 END AS met, SUM(CASE WHEN {met} THEN 0 ELSE 1 END) OVER \
         (PARTITION BY {ids} ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS breaks\n    FROM {from}\n    WHERE {window}",
        order = rows.order(definition.condition, backwards),
        from = rows.name,
        window = rows.window(definition),
    );
    let number = |sql: &str| d.cast(sql, ValueType::Number);
    let select = if backwards {
        let sum = number("SUM(CASE WHEN breaks = 0 THEN met ELSE 0 END)");
        format!("SELECT {ids}, {sum} AS value\n  FROM (\n    {numbered}\n  ) AS numbered\n  GROUP BY {ids}")
    } else {
        format!(
            "SELECT {ids}, {longest} AS value\n  FROM (\n    SELECT {ids}, SUM(met) AS length\n    FROM (\n    {numbered}\n    ) AS numbered\n    \
             GROUP BY {ids}, breaks\n  ) AS runs\n  GROUP BY {ids}",
            longest = number("MAX(length)"),
        )
    };
    Values { select, otherwise: None }
}

/// Transitions and volatility: each value beside the one before it.
pub(super) fn changes(definition: &Planned, rows: &Rows) -> Values {
    let d = rows.dialect;
    let ids = rows.ids();
    let is_volatility = definition.aggregate == Aggregate::Volatility;
    let value = if is_volatility { rows.number(definition) } else { rows.value(definition) };
    let value = value.unwrap_or_else(|| "NULL".into());
    let aggregate = if is_volatility {
        "STDDEV_SAMP(value - before)".to_owned()
    } else {
        d.cast("SUM(CASE WHEN value <> before THEN 1 ELSE 0 END)", ValueType::Number)
    };
    let select = format!(
        "SELECT {ids}, {aggregate} AS value\n  FROM (\n    SELECT {ids}, {value} AS value, \
         LAG({value}) OVER (PARTITION BY {ids} ORDER BY {order}) AS before\n    FROM {from}\n    WHERE ({counts}) AND {value} IS NOT NULL\n  ) AS changes\n  \
         GROUP BY {ids}",
        order = rows.order(definition.value, false),
        from = rows.name,
        counts = rows.counts(definition),
    );
    Values { select, otherwise: None }
}
