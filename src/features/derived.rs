//! Features derived from other features by an expression; a truth value becomes 1 or 0.

use std::collections::BTreeMap;

use polars::prelude::*;
use scorewright_runtime::artifact::FeatureKind;

use crate::cases::FeatureValues;
use crate::config::{CardSpec, ColumnSettings};
use crate::error::{Result, internal};
use crate::history::{Expression, evaluate};
use crate::suggest;
use crate::table::{EVALUATED, Table};

/// Adds the derived features to `values`, each after the features it names.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] for expressions that cannot be computed and circles; a standard feature
/// that cannot be computed is refused with the reason.
pub(super) fn derive(
    spec: &CardSpec,
    rows: usize,
    values: &mut BTreeMap<String, FeatureValues>,
    refused: &mut Vec<(String, String)>,
) -> Result<()> {
    let mut open: BTreeMap<&String, (&str, Vec<String>)> = BTreeMap::new();
    for (name, definition) in &spec.features.define {
        if let Some(text) = definition.expression.as_deref() {
            let purpose = format!("feature {name:?}");
            let keys = ["features", "define", name, "expression"];
            let uses = Expression { text, purpose: &purpose, source: &spec.source, keys: &keys }.columns()?;
            for used in &uses {
                if !spec.features.define.contains_key(used) {
                    let names: Vec<&str> = spec.features.define.keys().map(String::as_str).collect();
                    return Err(spec
                        .source
                        .error(
                            &["features", "define", name, "expression"],
                            format!("feature {name:?} is derived from {used:?}, which is not defined"),
                        )
                        .help(suggest::did_you_mean(used, "defined features", names)));
                }
            }
            open.insert(name, (text, uses));
        }
    }
    while !open.is_empty() {
        let lost: Vec<(String, String)> = open
            .iter()
            .filter(|(name, _)| spec.features.define[**name].is_standard)
            .filter_map(|(name, (_, uses))| {
                let lost = uses.iter().find(|used| refused.iter().any(|(refused, _)| refused == *used))?;
                Some(((*name).clone(), format!("needs the feature {lost:?}, which is not there")))
            })
            .collect();
        open.retain(|name, _| !lost.iter().any(|(lost, _)| lost == *name));
        if !lost.is_empty() {
            refused.extend(lost);
            continue;
        }
        let ready: Vec<&String> = open
            .iter()
            .filter(|(_, (_, uses))| uses.iter().all(|used| values.contains_key(used)))
            .map(|(name, _)| *name)
            .collect();
        if ready.is_empty() {
            let names: Vec<&str> = open.keys().map(|name| name.as_str()).collect();
            return Err(spec.source.error(
                &["features", "define", names.first().copied().unwrap_or_default()],
                format!("these features are derived from each other in a circle: {}", names.join(", ")),
            ));
        }
        for name in ready {
            let Some((text, uses)) = open.remove(name) else { continue };
            let purpose = format!("feature {name:?}");
            let table = frame(spec, rows, &uses, values)?;
            let keys = ["features", "define", name, "expression"];
            let expression = Expression { text, purpose: &purpose, source: &spec.source, keys: &keys };
            let series = match evaluate(&table, expression) {
                Err(reason) if spec.features.define[name].is_standard => {
                    refused.push((name.clone(), reason.message().to_owned()));
                    continue;
                }
                series => series?,
            };
            let table = table.with(series.clone())?;
            let kind = spec.features.columns.get(name).and_then(ColumnSettings::feature_kind);
            let is_text = kind.map_or(series.dtype() == &DataType::String, |kind| kind == FeatureKind::Categorical);
            let value = if is_text {
                FeatureValues::Categorical(table.categories(EVALUATED)?)
            } else {
                let numbers = table.numbers(EVALUATED)?;
                FeatureValues::Numeric(numbers.into_iter().map(|x| if x.is_finite() { x } else { f64::NAN }).collect())
            };
            values.insert(name.clone(), value);
        }
    }
    Ok(())
}

/// The features that an expression uses, as a table with nulls for missing.
pub(super) fn frame(
    spec: &CardSpec,
    rows: usize,
    uses: &[String],
    values: &BTreeMap<String, FeatureValues>,
) -> Result<Table> {
    let columns = uses
        .iter()
        .filter_map(|name| values.get(name).map(|values| crate::table::feature_series(name, values).into()))
        .collect();
    let frame = DataFrame::new(rows, columns).map_err(internal)?;
    Ok(Table { file: spec.source.path.clone(), frame, lineage: Vec::new() })
}
