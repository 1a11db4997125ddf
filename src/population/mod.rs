//! The population of a card on the history: who is observed, when, with which outcome and features.

mod keys;
mod observations;

pub use observations::Observations;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame};
use rayon::prelude::*;
use scorewright_runtime::artifact::{Literal, OutcomeSource};

use crate::cases::{Cases, WaterfallStep};
use crate::config::{CardSpec, CaseSource, HistoryOutcome, OutcomeRule, Population, ProjectSpec, WithoutGroup};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::features::{self, Built};
use crate::history::{Duplicates, Expression, History, Needs};
use crate::outcome;
use crate::progress::Progress;
use crate::suggest;
use crate::table::{Categories, MISSING, feature_series};

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
/// window after each, features from what was known at each. Gives the cases, and the history without its rows.
///
/// # Errors
/// Those of reading and of expressions; [`ErrorKind::NoCases`] where nobody is left or a class has none.
pub fn cases(
    spec: &CardSpec,
    project: &ProjectSpec,
    population: &Population,
    outcome: &HistoryOutcome,
    progress: &dyn Progress,
) -> Result<(Cases, History)> {
    let history = read_history(spec, project, population, outcome, progress)?;
    progress.begin("observing the population", 0);
    let mut observations = Observations::draw(spec, &history, population, false)?;
    outcome::mature(spec, &history, outcome, &mut observations)?;
    observations.thin_out(spec, &history, population, outcome)?;
    let mut states = outcome::outcomes(spec, &history, outcome, &mut observations)?;
    progress.check()?;
    if observations.is_empty() {
        return Err(nobody_left(spec, &observations.waterfall));
    }
    let Built { features, axes, refused, warnings: of_features, stays } =
        features::build(spec, &history, population, &mut observations, progress)?;
    if let Some(stays) = stays {
        let mut stays = stays.iter();
        states.retain(|_| stays.next() == Some(&true));
    }
    if observations.is_empty() {
        return Err(nobody_left(spec, &observations.waterfall));
    }
    let outcomes = outcome::weights(spec, &states)?;
    let groups =
        population.group.as_ref().map(|group| groups(spec, &history, group, observations.key(group)?)).transpose()?;
    let ids = observations.ids(&history);
    let mut warnings = warnings(&history);
    warnings.extend(outcome::warnings(outcome, &observations, &states));
    warnings.extend(of_features);
    let cases = Cases {
        id_name: CASE_ID.to_owned(),
        ids: Some(ids),
        observed_at: Some(observations.days.iter().map(|day| day.0).collect()),
        groups,
        outcomes,
        rejected: population.rejected_when.is_some().then_some(observations.rejected),
        features,
        axes,
        exclusion: Vec::new(),
        rejected_lack: Vec::new(),
        refused,
        waterfall: observations.waterfall,
        warnings,
        data: history.lineage(),
    };
    Ok((cases, history.headings()))
}

/// Reads what a card needs of the history.
///
/// # Errors
/// Those of reading; [`ErrorKind::Configuration`] for names that do not fit.
pub(crate) fn read_history(
    spec: &CardSpec,
    project: &ProjectSpec,
    population: &Population,
    outcome: &HistoryOutcome,
    progress: &dyn Progress,
) -> Result<History> {
    check_names(spec, population)?;
    check_tables(spec, project, population, outcome)?;
    History::read_columns(project, &needs(spec, project, population, outcome)?, progress)
}

/// What a reader of a run must know of the tables.
fn warnings(history: &History) -> Vec<String> {
    let undated = history.tables().filter(|table| table.event.is_none()).map(|table| {
        format!("the attributes of {:?} carry no date: they are taken as known at every observation", table.name)
    });
    let doubled = history.tables().filter(|table| table.duplicates != Duplicates::default()).map(|table| {
        format!(
            "of {:?}, {} rows repeat another and {} rows are left out because their {} has several rows that differ",
            table.name,
            table.duplicates.repeated,
            table.duplicates.different,
            table.key()
        )
    });
    let unmet = history.tables().filter(|table| table.left_out > 0).map(|table| {
        let condition = table.spec.condition.as_deref().unwrap_or_default();
        format!("{} rows of {:?} do not meet its where ({condition}) and are left out", table.left_out, table.name)
    });
    undated.chain(doubled).chain(unmet).collect()
}

/// A card's features for observation points, whether their outcome is known or not: to score accounts of today, to look
/// at features in a notebook, or to compare with another engine.
#[derive(Debug)]
pub struct FeatureTable {
    /// One row a point: case_id, the keys, observed_at, and the features in the order of their names.
    pub frame: DataFrame,
    /// Features that could not be built, with the reason.
    pub refused: Vec<(String, String)>,
    /// What was left out on the way to the points.
    pub waterfall: Vec<WaterfallStep>,
}

/// Builds the features of every observation point of a population between two days (else of the card's own).
///
/// # Errors
/// As [`cases`]; [`ErrorKind::Usage`] for a card on a ready-made table.
pub fn feature_table(
    spec: &CardSpec,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    progress: &dyn Progress,
) -> Result<FeatureTable> {
    let CaseSource::History(project, population, outcome) = &spec.cases else {
        return Err(Error::new(ErrorKind::Usage, "the card is on a ready-made table: its features are its columns")
            .in_file(&spec.source.path));
    };
    let mut population = population.clone();
    population.from = from.or(population.from);
    population.until = until.or(population.until);
    let history = read_history(spec, project, &population, outcome, progress)?;
    progress.begin("observing the population", 0);
    let mut observations = Observations::draw(spec, &history, &population, false)?;
    if observations.is_empty() {
        return Err(nobody_left(spec, &observations.waterfall));
    }
    let Built { features, axes, refused, .. } =
        features::build(spec, &history, &population, &mut observations, progress)?;
    let mut columns = vec![Column::new(CASE_ID.into(), observations.ids(&history))];
    for key in observations.keys() {
        columns.push(history.key_column(key, observations.key(key)?));
    }
    let days: Vec<NaiveDate> = observations.days.iter().map(|day| day.0).collect();
    columns.push(Column::new(OBSERVED_AT.into(), days));
    let of_features: Vec<Column> =
        features.par_iter().chain(&axes).map(|feature| feature_series(&feature.name, &feature.values).into()).collect();
    columns.extend(of_features);
    let frame = DataFrame::new(observations.len(), columns).map_err(internal)?;
    Ok(FeatureTable { frame, refused, waterfall: observations.waterfall })
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
    Ok(needs(spec, project, population, outcome)?.into_keys().collect())
}

/// The tables that are needed to observe a population with its outcome, features left aside, and to
/// lead from it to the keys of `further`.
///
/// # Errors
/// As [`cases`], of the names in the card.
pub(crate) fn observation_tables(
    spec: &CardSpec,
    project: &ProjectSpec,
    population: &Population,
    outcome: &HistoryOutcome,
    further: Option<&str>,
) -> Result<Vec<String>> {
    check_tables(spec, project, population, outcome)?;
    let mut needed = vec![population.table.clone()];
    needed.extend(outcome.tables().chain(further).map(str::to_owned));
    // The group matters here only where observations without one are left out.
    let group = population.group.clone().filter(|_| population.without_group == WithoutGroup::LeaveOut);
    let ungrouped = Population { group, ..population.clone() };
    needed.extend(keys::linking_tables(spec, project, &ungrouped, &needed)?);
    needed.sort();
    needed.dedup();
    Ok(needed)
}

/// The error for a population in which nobody is left, with the steps in which they went.
pub(crate) fn nobody_left(spec: &CardSpec, waterfall: &[WaterfallStep]) -> Error {
    let steps: Vec<String> = waterfall.iter().map(|step| format!("{}: {} left", step.cause, step.remaining)).collect();
    Error::new(ErrorKind::NoCases, "no case is left in the population")
        .in_file(&spec.source.path)
        .help(format!("look at where the rows went:\n    {}", steps.join("\n    ")))
}

/// The tables to read, with the columns that anything names.
fn needs(spec: &CardSpec, project: &ProjectSpec, population: &Population, outcome: &HistoryOutcome) -> Result<Needs> {
    let mut needs = Needs::new();
    let mut need = |table: &str, text: Option<&str>, keys: &[&str]| -> Result<()> {
        let columns = match text {
            Some(text) => {
                Expression { text, purpose: keys.last().unwrap_or(&""), source: &spec.source, keys }.columns()?
            }
            None => Vec::new(),
        };
        if let Some(needed) = needs.entry(table.to_owned()).or_insert_with(|| Some(BTreeSet::new())) {
            needed.extend(columns);
        }
        Ok(())
    };
    need(&population.table, population.condition.as_deref(), &["population", "where"])?;
    need(&population.table, population.rejected_when.as_deref(), &["population", "rejected_when"])?;
    for (position, rule) in population.exclude.iter().enumerate() {
        let keys = ["population", "exclude", &position.to_string(), "where"];
        need(&population.table, rule.condition.as_deref(), &keys)?;
    }
    for (key, position, rule) in outcome.rule.table_rules() {
        need(&rule.table, rule.condition.as_deref(), &["outcome", key, &position.to_string(), "where"])?;
    }
    if let OutcomeRule::Repaid(rule) = &outcome.rule {
        need(&rule.table, Some(&rule.value), &["outcome", "repaid", "value"])?;
        need(&population.table, Some(&rule.of), &["outcome", "repaid", "of"])?;
    }
    for (name, definition) in &spec.features.define {
        let mut parts = vec![(definition, vec!["features", "define", name.as_str()])];
        parts.extend(definition.of.iter().map(|of| (&**of, vec!["features", "define", name.as_str(), "of"])));
        for (definition, at) in parts {
            let Some(table) = &definition.table else { continue };
            for (key, text) in definition.texts() {
                let mut keys = at.clone();
                keys.push(key);
                need(table, Some(text), &keys)?;
            }
            need(table, None, &at)?;
        }
    }
    let tables: Vec<String> = needs.keys().cloned().collect();
    for name in keys::linking_tables(spec, project, population, &tables)? {
        needs.entry(name).or_insert_with(|| Some(BTreeSet::new()));
    }
    Ok(needs)
}

/// Groups as categories, numbered in the order of the cases.
fn groups(spec: &CardSpec, history: &History, key: &str, codes: &[u32]) -> Result<Categories> {
    let missing = codes.iter().filter(|code| **code == MISSING).count();
    if missing > 0 {
        return Err(spec
            .source
            .error(&["population", "group"], format!("{missing} of {} observations have no {key:?}", codes.len()))
            .help("the table that leads to it lacks their rows, or knew them only later: `scorewright check` lists orphans"));
    }
    let mut levels = Vec::new();
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut number = |code: u32| {
        *numbers.entry(code).or_insert_with(|| {
            levels.push(history.text(key, code).unwrap_or_default());
            (levels.len() - 1) as u32
        })
    };
    let codes = codes.iter().map(|code| number(*code)).collect();
    Ok(Categories { codes, levels })
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
        rule @ OutcomeRule::Plain { .. } => {
            for (key, position, rule) in rule.table_rules() {
                check(&rule.table, &["outcome", key, &position.to_string(), "table"])?;
            }
        }
    }
    for (name, definition) in &spec.features.define {
        if let Some(table) = &definition.table {
            check(table, &["features", "define", name, "table"])?;
        }
        if let Some(table) = definition.of.as_ref().and_then(|of| of.table.as_ref()) {
            check(table, &["features", "define", name, "of", "table"])?;
        }
    }
    Ok(())
}

/// Takes out the observations that `leave_out` names and counts them.
pub(crate) fn step(waterfall: &mut Vec<WaterfallStep>, cause: String, removed: usize) {
    let remaining = waterfall.last().map_or(0, |step| step.remaining) - removed as u64;
    waterfall.push(WaterfallStep { cause, removed: removed as u64, remaining });
}
