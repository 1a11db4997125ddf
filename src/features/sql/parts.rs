//! `by`: rows split by a column, the aggregate of each part, and one value of the parts.

use super::rows::Rows;
use super::{Values, values as values_of};
use crate::config::Across;
use crate::expression::ValueType;
use crate::features::plan::{Planned, Slot};

/// A definition split by the slot `by`.
pub(super) fn values(definition: &Planned, by: Slot, rows: &Rows) -> Values {
    let mut split = rows.clone();
    split.ids.push("part".into());
    // The window decides which parts there are, whether their rows meet the condition or not.
    split.name = format!(
        "(SELECT {rows}.*, e{by} AS part FROM {rows} WHERE e{by} IS NOT NULL AND {window}) AS split",
        rows = rows.name,
        window = rows.window(definition)
    );
    let whole = Planned { by: None, name: definition.name.clone(), ..*definition };
    let of_parts = values_of(&whole, &split);
    let ids = rows.ids();
    let value = across(definition.across, rows);
    let select =
        format!("SELECT {ids}, {value} AS value\n  FROM (\n  {}\n  ) AS parts\n  GROUP BY {ids}", of_parts.select);
    let otherwise = (definition.across == Across::Count).then_some("0");
    Values { select, otherwise }
}

/// One value of the `value`s of parts or of linked units; missing ones do not count.
pub(super) fn across(across: Across, rows: &Rows) -> String {
    let d = rows.dialect;
    match across {
        Across::Maximum => "MAX(value)".into(),
        Across::Minimum => "MIN(value)".into(),
        Across::Sum => "SUM(value)".into(),
        Across::Mean => "AVG(value)".into(),
        Across::StandardDeviation => "STDDEV_SAMP(value)".into(),
        Across::Count => d.cast("COUNT(value)", ValueType::Number),
        Across::LargestShare => "CASE WHEN SUM(value) > 0 THEN MAX(value) / SUM(value) END".into(),
    }
}
