//! What each observation turned out to be, from what happened in the window after it; and what helps
//! to choose such an outcome: vintages, roll rates, and definitions and windows side by side.

pub mod counts;
pub mod definitions;
mod document;
pub mod panel;
mod reading;
pub mod roll_rate;
mod study;
pub mod vintage;

pub use document::{
    CardSummary, CohortSummary, CountsSummary, Curve, DefinitionSummary, GridCell, GridMonth, HistorySummary,
    MeasureSummary, OutcomeStudy, PortfolioMonth, RollSummary, VintageSummary, WindowLeftOut,
};
pub use study::study;

use crate::cases::{OutcomeState, Outcomes};
use crate::config::{CardSpec, HistoryOutcome, Otherwise, OutcomeRule, RepaidRule, TableRule};
use crate::error::{Error, ErrorKind, Result};
use crate::history::{Expression, History, HistoryTable, Index, Window, condition, evaluate};
use crate::population::Observations;
use crate::table::Table;

/// How the cause of an immature case begins.
pub(crate) const IMMATURE: &str = "immature";

impl HistoryOutcome {
    /// The tables that the outcome reads.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        let (rules, repaid): (Vec<&TableRule>, Option<&RepaidRule>) = match &self.rule {
            OutcomeRule::Plain { bad, good, .. } => (bad.iter().chain(good).collect(), None),
            OutcomeRule::Repaid(rule) => (Vec::new(), Some(rule)),
        };
        rules.into_iter().map(|rule| rule.table.as_str()).chain(repaid.map(|rule| rule.table.as_str()))
    }

    fn window(&self) -> Window {
        Window::new(self.window_months, self.window_days)
    }
}

/// The state of every observation. Observations whose window no table covers wholly (immature), that
/// have no record in it, or that owe nothing where a share is asked for, are left out and counted.
///
/// # Errors
/// Those of expressions.
pub fn outcomes(
    spec: &CardSpec,
    history: &History,
    outcome: &HistoryOutcome,
    observations: &mut Observations,
) -> Result<Vec<OutcomeState>> {
    let window = outcome.window();
    let mut tables: Vec<&str> = outcome.tables().collect();
    tables.sort_unstable();
    tables.dedup();
    for name in &tables {
        let table = history.table(name)?;
        let Some(until) = table.observed_until() else {
            return Err(spec
                .source
                .error(&["outcome"], format!("the outcome reads {name:?}, whose rows carry no date"))
                .help("an outcome needs a dated table: map event_date in the project's file"));
        };
        let mature: Vec<bool> =
            observations.days.iter().map(|t| window.is_covered(*t, until, table.is_monthly())).collect();
        observations.leave_out(
            format!(
                "{IMMATURE}: {name} ends on {} before the outcome window of {} does",
                until.0,
                outcome.window_in_words()
            ),
            &mature,
        );
    }
    let monthly: Vec<&HistoryTable> = tables
        .iter()
        .map(|name| history.table(name))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .filter(|t| t.is_monthly())
        .collect();
    if !monthly.is_empty() {
        let mut seen = vec![false; observations.len()];
        for table in monthly {
            let index = Index::new(table)?;
            for (point, key) in observations.key(table.key())?.iter().enumerate() {
                seen[point] |=
                    key.as_ref().is_some_and(|key| index.after(key, observations.days[point], window).next().is_some());
            }
        }
        observations.leave_out(format!("no record within {} after the observation", outcome.window_in_words()), &seen);
    }
    match &outcome.rule {
        OutcomeRule::Plain { bad, good, otherwise } => {
            let is_bad = any_rule(spec, history, bad, "bad_when", window, observations)?;
            let is_good = any_rule(spec, history, good, "good_when", window, observations)?;
            let rest = match otherwise {
                Otherwise::Good => OutcomeState::Good,
                Otherwise::Bad => OutcomeState::Bad,
                Otherwise::Indeterminate => OutcomeState::Indeterminate,
            };
            Ok(is_bad
                .into_iter()
                .zip(is_good)
                .map(|state| match state {
                    (true, _) => OutcomeState::Bad,
                    (false, true) => OutcomeState::Good,
                    (false, false) => rest,
                })
                .collect())
        }
        OutcomeRule::Repaid(rule) => repaid(spec, history, rule, window, observations),
    }
}

/// Good and bad weights of the states.
///
/// # Errors
/// [`ErrorKind::NoCases`] where none is good or none is bad.
pub fn weights(spec: &CardSpec, states: &[OutcomeState]) -> Result<Outcomes> {
    let mut outcomes = Outcomes::default();
    for state in states {
        outcomes.push(*state, 1.0);
    }
    for (class, weights) in [("good", &outcomes.goods), ("bad", &outcomes.bads)] {
        if weights.iter().sum::<f64>() <= 0.0 {
            let line = spec.source.error(&["outcome"], format!("no observation turned out {class}"));
            return Err(Error::new(ErrorKind::NoCases, line.message().to_owned())
                .in_file(&spec.source.path)
                .at_line(line.line().unwrap_or(1))
                .help("look at the outcome's rules and window, and at the population"));
        }
    }
    Ok(outcomes)
}

/// Whether any row in the window meets any of the rules, by observation.
fn any_rule(
    spec: &CardSpec,
    history: &History,
    rules: &[TableRule],
    key: &str,
    window: Window,
    observations: &Observations,
) -> Result<Vec<bool>> {
    let mut met = vec![false; observations.len()];
    for (position, rule) in rules.iter().enumerate() {
        let table = history.table(&rule.table)?;
        let meets = match &rule.condition {
            None => vec![Some(true); table.table.rows()],
            Some(text) => {
                let purpose = format!("outcome.{key}");
                let keys = ["outcome", key, &position.to_string(), "where"];
                condition(&table.table, Expression { text, purpose: &purpose, source: &spec.source, keys: &keys })?
            }
        };
        let index = Index::new(table)?;
        for (point, key) in observations.key(table.key())?.iter().enumerate() {
            if let Some(key) = key {
                met[point] |= index.after(key, observations.days[point], window).any(|row| meets[row] == Some(true));
            }
        }
    }
    Ok(met)
}

fn repaid(
    spec: &CardSpec,
    history: &History,
    rule: &RepaidRule,
    window: Window,
    observations: &mut Observations,
) -> Result<Vec<OutcomeState>> {
    let population = match &spec.cases {
        crate::config::CaseSource::History(_, population, _) => history.table(&population.table)?,
        crate::config::CaseSource::Table(..) => return Err(crate::error::internal("a table has no history")),
    };
    let number = |table: &Table, text: &str, key: &str| {
        let purpose = format!("outcome.repaid.{key}");
        let keys = ["outcome", "repaid", key];
        numbers(table, Expression { text, purpose: &purpose, source: &spec.source, keys: &keys })
    };
    let owed = number(&population.table, &rule.of, "of")?;
    let owes: Vec<bool> = observations.rows.iter().map(|row| owed[*row as usize] > 0.0).collect();
    observations.leave_out(format!("nothing owed at the observation: {} is not above 0", rule.of), &owes);
    let table = history.table(&rule.table)?;
    let paid = number(&table.table, &rule.value, "value")?;
    let index = Index::new(table)?;
    let keys = observations.key(table.key())?;
    Ok(observations
        .rows
        .iter()
        .enumerate()
        .map(|(point, row)| {
            let payments = keys[point].iter().flat_map(|key| index.after(key, observations.days[point], window));
            // In the order in which they happened; a payment that is not known counts as none.
            let sum: f64 = payments.map(|row| paid[row]).filter(|paid| !paid.is_nan()).sum();
            OutcomeState::Ratio((sum / owed[*row as usize]).clamp(0.0, 1.0))
        })
        .collect())
}

/// An expression's values as numbers; missing is NaN.
pub(crate) fn numbers(table: &Table, expression: Expression<'_>) -> Result<Vec<f64>> {
    let series = evaluate(table, expression)?;
    if !series.dtype().is_primitive_numeric() && !series.dtype().is_bool() {
        return Err(expression.error(format!("{:?} gives {}, not a number", expression.text, series.dtype())));
    }
    table.with(series)?.numbers(crate::table::EVALUATED)
}
