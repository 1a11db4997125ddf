//! Features by definition: columns of what was known at each observation.

mod aggregate;
mod derived;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::{CardSpec, ColumnSettings, Definition};
use crate::error::Result;
use crate::history::{History, Index};
use crate::population::Observations;
use crate::progress::Progress;
use crate::ready_made::matches;
use crate::suggest;

/// Features and the columns that were refused, each with the reason.
pub type Built = (Vec<FeatureColumn>, Vec<(String, String)>);

/// Builds the features that `[features]` includes, in the order of their names; derived features may
/// use features that are not included.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] for patterns that match nothing, expressions that cannot
/// be computed and features derived from each other in a circle.
pub fn build(
    spec: &CardSpec,
    history: &History,
    observations: &Observations,
    progress: &dyn Progress,
) -> Result<Built> {
    check_patterns(spec)?;
    let definitions = &spec.features.define;
    let from_tables: Vec<(&String, &Definition)> =
        definitions.iter().filter(|(_, definition)| definition.table.is_some()).collect();
    let mut indexes = BTreeMap::new();
    for (_, definition) in &from_tables {
        if let Some(table) = &definition.table
            && !indexes.contains_key(table)
        {
            indexes.insert(table.clone(), Index::new(history.table(table)?)?);
        }
    }
    let built: Vec<(String, FeatureValues)> = from_tables
        .par_iter()
        .map(|(name, definition)| {
            let kind = spec.features.columns.get(*name).and_then(ColumnSettings::feature_kind);
            let table = definition.table.as_deref().unwrap_or_default();
            let index = indexes.get(table).ok_or_else(|| crate::error::internal("a table without an index"))?;
            let values =
                aggregate::values(name, definition, history.table(table)?, index, observations, kind, &spec.source)?;
            progress.advance();
            progress.check()?;
            Ok(((*name).clone(), values))
        })
        .collect::<Result<_>>()?;
    let mut values: BTreeMap<String, FeatureValues> = built.into_iter().collect();
    derived::derive(spec, observations.len(), &mut values)?;
    let mut features = Vec::new();
    let mut refused = Vec::new();
    for (name, values) in values {
        let settings = spec.features.columns.get(&name);
        let included = spec.features.include.iter().any(|pattern| matches(pattern, &name))
            && !spec.features.exclude.iter().any(|pattern| matches(pattern, &name));
        if !included {
            continue;
        }
        let all_missing = match &values {
            FeatureValues::Numeric(values) => values.iter().all(|x| x.is_nan()),
            FeatureValues::Categorical(values) => values.levels.is_empty(),
        };
        if all_missing {
            refused.push((name, "every value is missing".to_owned()));
            continue;
        }
        let own = settings.map(|settings| settings.description.clone()).filter(|text| !text.is_empty());
        let description = own.or_else(|| definitions.get(&name).map(Definition::in_words));
        features.push(FeatureColumn { description: description.unwrap_or_default(), name, values });
    }
    Ok((features, refused))
}

fn check_patterns(spec: &CardSpec) -> Result<()> {
    let names: Vec<&str> = spec.features.define.keys().map(String::as_str).collect();
    let features = &spec.features;
    let patterns =
        features.include.iter().map(|p| ("include", p)).chain(features.exclude.iter().map(|p| ("exclude", p)));
    for (key, pattern) in patterns.chain(features.columns.keys().map(|name| ("columns", name))) {
        if !names.iter().any(|name| matches(pattern, name)) {
            return Err(spec
                .source
                .error(&["features", key, pattern], format!("features.{key}: no feature is defined as {pattern:?}"))
                .help(suggest::did_you_mean(pattern, "defined features", names)));
        }
    }
    Ok(())
}
