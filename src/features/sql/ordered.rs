//! Aggregates that pick a row: latest, first, and what is told from the date that a row holds.

use super::Values;
use super::rows::Rows;
use crate::config::Aggregate;
use crate::features::plan::Planned;

/// The value of the first or last row that counts.
pub(super) fn picked(definition: &Planned, rows: &Rows) -> Values {
    use Aggregate as A;
    let d = rows.dialect;
    let value = match definition.aggregate {
        A::MonthsSince => d.months_between("value", "t"),
        A::DaysSince => d.days_between("value", "t"),
        A::MonthsUntil => d.months_between("t", "value"),
        A::DaysUntil => d.days_between("t", "value"),
        _ => "value".into(),
    };
    let ids = rows.ids();
    let select = format!(
        "SELECT {ids}, {value} AS value\n  FROM (\n    SELECT {ids}, t, {result} AS value, \
         ROW_NUMBER() OVER (PARTITION BY {ids} ORDER BY {order}) AS place\n    FROM {from}\n    WHERE {counts}\n  ) AS picked\n  \
         WHERE place = 1",
        result = rows.result(definition),
        order = rows.order(definition.value, definition.aggregate != A::First),
        from = rows.name,
        counts = rows.counts(definition),
    );
    Values { select, otherwise: None }
}

/// Why there is no value.
pub(super) fn missing_reason(definition: &Planned, rows: &Rows) -> Values {
    let ids = rows.ids();
    let value = rows.value(definition).unwrap_or_else(|| "NULL".into());
    let select = format!(
        "SELECT {ids},\n    CASE MAX(CASE WHEN NOT counts OR place > 1 THEN 0 WHEN value IS NULL THEN 1 ELSE 2 END)\n      \
         WHEN 2 THEN 'present' WHEN 1 THEN 'no_value' ELSE 'outside_window' END AS value\n  FROM (\n    \
         SELECT {ids}, value, counts, ROW_NUMBER() OVER (PARTITION BY {ids}, counts ORDER BY {order}) AS place\n    FROM (\n      \
         SELECT {from}.*, {value} AS value, CASE WHEN {counts} THEN TRUE ELSE FALSE END AS counts FROM {from}\n    ) AS told\n  ) AS placed\n  \
         GROUP BY {ids}",
        order = rows.order(definition.value, true),
        from = rows.name,
        counts = rows.counts(definition),
    );
    Values { select, otherwise: Some("'no_record'") }
}
