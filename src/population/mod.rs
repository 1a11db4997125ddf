//! The population of a card on the history: who is observed, when, with which outcome and features.

mod keys;
mod observations;

pub use observations::Observations;

use scorewright_runtime::artifact::{Literal, OutcomeSource};

use crate::cases::{Cases, WaterfallStep};
use crate::config::{CardSpec, HistoryOutcome, OutcomeRule, Population, ProjectSpec};
use crate::error::{Error, ErrorKind, Result};
use crate::features;
use crate::history::History;
use crate::outcome;
use crate::progress::Progress;
use crate::suggest;
use crate::table::Categories;

/// What the day of observation is called in case tables.
pub const OBSERVED_AT: &str = "observed_at";
/// What the case's id is called.
pub const CASE_ID: &str = "case_id";
/// What the outcome is called.
pub const OUTCOME: &str = "outcome";

/// How a case table states the outcome of a card on the history.
pub fn cases_outcome(outcome: &HistoryOutcome) -> OutcomeSource {
    let column = OUTCOME.to_owned();
    match outcome.rule {
        OutcomeRule::Repaid(_) => OutcomeSource::Ratio { column },
        OutcomeRule::Plain { .. } => OutcomeSource::Plain {
            column,
            bad: vec![Literal::Text("bad".into())],
            good: Some(vec![Literal::Text("good".into())]),
        },
    }
}

/// Observes a population on the history: observation points, exclusions by cause, outcomes over the
/// window after each, features from what was known at each.
///
/// # Errors
/// Those of reading and of expressions; [`ErrorKind::NoCases`] where nobody is left or a class has none.
pub fn cases(
    spec: &CardSpec,
    project: &ProjectSpec,
    population: &Population,
    outcome: &HistoryOutcome,
    progress: &dyn Progress,
) -> Result<Cases> {
    let needed = tables_needed(spec, project, population, outcome)?;
    let history = History::read(project, &needed, progress)?;

    progress.begin("observing the population", 0);
    let mut observations = Observations::draw(spec, &history, population)?;
    let states = outcome::outcomes(spec, &history, outcome, &mut observations)?;
    progress.check()?;
    if observations.is_empty() {
        let steps: Vec<String> =
            observations.waterfall.iter().map(|step| format!("{}: {} left", step.cause, step.remaining)).collect();
        return Err(Error::new(ErrorKind::NoCases, "no case is left in the population")
            .in_file(&spec.source.path)
            .help(format!("look at where the rows went:\n    {}", steps.join("\n    "))));
    }

    progress.begin("building features", spec.features.define.len());
    let (features, refused) = features::build(spec, &history, &observations, progress)?;
    let outcomes = outcome::weights(spec, &states)?;
    let groups = population
        .group
        .as_ref()
        .map(|group| observations.key(group))
        .transpose()?
        .map(|keys| Categories::from_texts(keys.iter().map(Option::as_deref)));
    let ids =
        observations.unit().iter().zip(&observations.days).map(|(unit, day)| format!("{unit}@{}", day.0)).collect();
    let warnings = history
        .tables()
        .filter(|table| table.event.is_none())
        .map(|table| {
            format!("the attributes of {:?} carry no date: they are taken as known at every observation", table.name)
        })
        .collect();
    Ok(Cases {
        id_name: CASE_ID.to_owned(),
        ids: Some(ids),
        observed_at: Some(observations.days.iter().map(|day| day.0).collect()),
        groups,
        outcomes,
        features,
        refused,
        waterfall: observations.waterfall,
        warnings,
        data: history.lineage(),
    })
}

/// The names of the tables that a card needs, sorted.
///
/// # Errors
/// [`ErrorKind::Configuration`] for a table or a key that the project does not have.
pub fn tables_needed(
    spec: &CardSpec,
    project: &ProjectSpec,
    population: &Population,
    outcome: &HistoryOutcome,
) -> Result<Vec<String>> {
    check_names(spec, population)?;
    check_tables(spec, project, population, outcome)?;
    let mut needed = vec![population.table.clone()];
    needed.extend(outcome.tables().map(str::to_owned));
    needed.extend(spec.features.define.values().filter_map(|definition| definition.table.clone()));
    needed.extend(keys::linking_tables(spec, project, population, &needed)?);
    needed.sort();
    needed.dedup();
    Ok(needed)
}

/// Names that the case table has for itself cannot be features.
fn check_names(spec: &CardSpec, population: &Population) -> Result<()> {
    let own = [CASE_ID, OBSERVED_AT, OUTCOME];
    let group = population.group.as_deref();
    for name in spec.features.define.keys() {
        if own.contains(&name.as_str()) || group == Some(name.as_str()) {
            return Err(spec.source.error(
                &["features", "define", name],
                format!("a feature cannot be called {name:?}: the case table has a column of this name"),
            ));
        }
    }
    Ok(())
}

/// Every table that the card names must be one of the project's.
fn check_tables(
    spec: &CardSpec,
    project: &ProjectSpec,
    population: &Population,
    outcome: &HistoryOutcome,
) -> Result<()> {
    let check = |name: &str, keys: &[&str]| match project.tables.contains_key(name) {
        true => Ok(()),
        false => Err(spec
            .source
            .error(keys, format!("the history has no table {name:?}"))
            .help(suggest::did_you_mean(name, "tables", project.tables.keys().map(String::as_str)))),
    };
    check(&population.table, &["population", "table"])?;
    match &outcome.rule {
        OutcomeRule::Repaid(rule) => check(&rule.table, &["outcome", "repaid", "table"])?,
        OutcomeRule::Plain { bad, good, .. } => {
            for (key, rules) in [("bad_when", bad), ("good_when", good)] {
                for (position, rule) in rules.iter().enumerate() {
                    check(&rule.table, &["outcome", key, &position.to_string(), "table"])?;
                }
            }
        }
    }
    for (name, definition) in &spec.features.define {
        if let Some(table) = &definition.table {
            check(table, &["features", "define", name, "table"])?;
        }
    }
    Ok(())
}

/// Takes out the observations that `leave_out` names and counts them.
pub(crate) fn step(waterfall: &mut Vec<WaterfallStep>, cause: String, removed: usize) {
    let remaining = waterfall.last().map_or(0, |step| step.remaining) - removed as u64;
    waterfall.push(WaterfallStep { cause, removed: removed as u64, remaining });
}
