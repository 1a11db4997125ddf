//! Features by definition: columns of what was known at each observation.

mod aggregate;
mod derived;
mod dictionary;
mod links;
mod plan;
mod rows;
pub mod sql;
mod standard;

pub use dictionary::{DictionaryFormat, Entry, dictionary, render};
pub use standard::{library, with_standard};

use std::collections::BTreeMap;

use scorewright_runtime::artifact::FeatureKind;

use self::links::OfLinked;
use self::plan::Plan;
use self::rows::Points;
use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::{CardSpec, ColumnSettings, Definition, Population};
use crate::error::Result;
use crate::history::{Expression, History, HistoryTable, Index, Window, condition};
use crate::population::Observations;
use crate::progress::Progress;
use crate::ready_made::{is_included, matches};
use crate::suggest;

/// Features of observation points.
#[derive(Debug)]
pub struct Built {
    /// Those that `[features]` includes, in the order of their names.
    pub features: Vec<FeatureColumn>,
    /// Further ones that pairs need, in the order of their names.
    pub axes: Vec<FeatureColumn>,
    /// Columns that were refused, with the reason.
    pub refused: Vec<(String, String)>,
    /// What a reader must know of them.
    pub warnings: Vec<String>,
    /// Where points were left out by their features: whether each point stays.
    pub stays: Option<Vec<bool>>,
}

/// Builds the features that `[features]` includes, in the order of their names; derived features may
/// use features that are not included. Points that the population excludes by their features are left out, counted.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] for patterns that match nothing, expressions that cannot
/// be computed and features derived from each other in a circle.
pub fn build(
    spec: &CardSpec,
    history: &History,
    population: &Population,
    observations: &mut Observations,
    progress: &dyn Progress,
) -> Result<Built> {
    let names: Vec<&str> = spec.features.define.keys().map(String::as_str).collect();
    if let Some(segments) = &spec.segments {
        segments.check_column(&names, &[], "defined features", &spec.source)?;
    }
    check_patterns(spec)?;
    for (name, pair) in &spec.features.pairs {
        let lost = spec.features.unavailable.iter().find(|(lost, _)| pair.of.contains(lost));
        if let Some((lost, reason)) = lost {
            let what = format!("features.pairs.{name}: the history cannot give {lost:?}: {reason}");
            return Err(spec.source.error(&["features", "pairs", name, "of"], what));
        }
        pair.check_names(name, &names, "defined features", &spec.source)?;
    }
    for key in observations.keys() {
        if spec.features.define.contains_key(key) {
            return Err(spec.source.error(
                &["features", "define", key],
                format!("a feature cannot be called {key:?}: that is a key of the population"),
            ));
        }
    }
    let definitions = &spec.features.define;
    // Definitions over one table and key are built together.
    let mut tables: BTreeMap<(&str, &str), Vec<(&String, &Definition)>> = BTreeMap::new();
    for (name, definition) in definitions {
        if let Some(table) = &definition.table {
            let key = definition.key.as_deref().unwrap_or(history.table(table)?.key());
            tables.entry((table, key)).or_default().push((name, definition));
        }
    }
    progress.begin("building features", tables.len());
    let mut values: BTreeMap<String, FeatureValues> = BTreeMap::new();
    let mut refused = spec.features.unavailable.clone();
    let mut warnings = Vec::new();
    for ((table, key), definitions) in tables {
        let table = history.table(table)?;
        warnings.extend(long_windows(table, &definitions, observations));
        let index = Index::by(history, table, key)?;
        let points = Points { codes: observations.key(key)?, days: &observations.days };
        let mut plan = Plan::default();
        for (name, definition) in definitions {
            let kind = spec.features.columns.get(name).and_then(ColumnSettings::feature_kind);
            let keys = ["features", "define", name.as_str()];
            let is_network = definition.aggregate.unwrap_or_default().is_network();
            let mut links = Plan::default();
            let plan = if is_network { &mut links } else { &mut plan };
            if let Err(reason) = plan.add(name, &keys, definition, table, kind, &spec.source) {
                // A column of a standard name may hold something else than the standard feature needs.
                if !definition.is_standard {
                    return Err(reason);
                }
                refused.push((name.clone(), reason.message().to_owned()));
                continue;
            }
            if !is_network {
                continue;
            }
            let built = match &definition.of {
                None => links::linked(table, &index, &links, &links.definitions[0], None, points, progress)?,
                Some(of) => {
                    let table_of = history.table(of.table.as_deref().unwrap_or_default())?;
                    let index_of = Index::by(history, table_of, key)?;
                    let mut plan = Plan::default();
                    let keys = ["features", "define", name.as_str(), "of"];
                    plan.add(name, &keys, of, table_of, Some(FeatureKind::Numeric), &spec.source)?;
                    let across = definition.across.unwrap_or_default();
                    let of = OfLinked { table: table_of, index: &index_of, plan: &plan, across };
                    links::linked(table, &index, &links, &links.definitions[0], Some(of), points, progress)?
                }
            };
            values.insert(name.clone(), built);
        }
        if !plan.definitions.is_empty() {
            let built = rows::values(table, &index, &plan, points, progress)?;
            values.extend(plan.definitions.iter().map(|definition| definition.name.clone()).zip(built));
        }
        progress.advance();
    }
    derived::derive(spec, observations.len(), &mut values, &mut refused)?;
    let stays = leave_out(spec, population, observations, &mut values)?;
    let (mut features, mut axes) = (Vec::new(), Vec::new());
    for (name, values) in values {
        let settings = spec.features.columns.get(&name);
        let is_feature = is_included(&spec.features, &name);
        if !is_feature && !spec.features.is_axis(&name) {
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
        let column = FeatureColumn { description: description.unwrap_or_default(), name, values };
        if is_feature { features.push(column) } else { axes.push(column) }
    }
    Ok(Built { features, axes, refused, warnings, stays })
}

/// Windows that no observation has whole, because the table begins too late.
fn long_windows(
    table: &HistoryTable,
    definitions: &[(&String, &Definition)],
    observations: &Observations,
) -> Option<String> {
    let first = table.event.as_ref()?.iter().min()?;
    let last = observations.days.iter().max()?;
    let names: Vec<&str> = definitions
        .iter()
        .filter(|(_, definition)| {
            let window = Window::new(definition.window_months, definition.window_days)
                .skipping(definition.skip_months, definition.skip_days);
            let begins = window.before(*last, table.is_monthly()).after.map(|after| after.plus_days(1));
            begins.is_some_and(|begins| match table.is_monthly() {
                true => begins.month() < first.month(),
                false => begins < *first,
            })
        })
        .map(|(name, _)| name.as_str())
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "{:?} begins on {}: no observation has the whole window of {}",
            table.name,
            first.0,
            suggest::list(names)
        )
    })
}

/// Leaves out the points that the population excludes by their features; whether each point stays.
fn leave_out(
    spec: &CardSpec,
    population: &Population,
    observations: &mut Observations,
    values: &mut BTreeMap<String, FeatureValues>,
) -> Result<Option<Vec<bool>>> {
    let mut stays: Option<Vec<bool>> = None;
    for (position, rule) in population.exclude.iter().enumerate() {
        let Some(text) = &rule.feature_where else { continue };
        let purpose = format!("population.exclude ({})", rule.cause);
        let keys = ["population", "exclude", &position.to_string(), "feature_where"];
        let expression = Expression { text, purpose: &purpose, source: &spec.source, keys: &keys };
        let uses = expression.columns()?;
        if let Some(unknown) = uses.iter().find(|used| !values.contains_key(*used)) {
            return Err(expression
                .error(format!("{text:?} names the feature {unknown:?}, which the card does not have"))
                .help(suggest::did_you_mean(unknown, "features", values.keys().map(String::as_str))));
        }
        let table = derived::frame(spec, observations.len(), &uses, values)?;
        let staying: Vec<bool> = condition(&table, expression)?.into_iter().map(|out| out != Some(true)).collect();
        observations.leave_out(rule.cause.clone(), &staying);
        values.values_mut().for_each(|values| values.keep(&staying));
        let mut remaining = staying.into_iter();
        match &mut stays {
            None => stays = Some(remaining.collect()),
            Some(stays) => {
                stays.iter_mut().filter(|stays| **stays).for_each(|stays| *stays = remaining.next() == Some(true))
            }
        }
    }
    Ok(stays)
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
