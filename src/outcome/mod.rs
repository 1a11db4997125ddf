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
use crate::history::{Expression, History, Index, Window, condition, evaluate};
use crate::population::Observations;
use crate::table::{MISSING, Table};

/// How the cause of an immature case begins.
pub(crate) const IMMATURE: &str = "immature";
/// How the cause of a good case begins that was not seen for long enough.
const GOOD_SO_FAR: &str = "good so far";
/// How the causes of cases without an outcome begin.
pub(crate) const WITHOUT_OUTCOME: [&str; 4] = ["no record", "nothing owed", "no outcome", GOOD_SO_FAR];

impl HistoryOutcome {
    /// The tables that the outcome reads.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        let (rules, repaid): (Vec<&TableRule>, Option<&RepaidRule>) = match &self.rule {
            rule @ OutcomeRule::Plain { .. } => {
                (rule.table_rules().into_iter().map(|(_, _, rule)| rule).collect(), None)
            }
            OutcomeRule::Repaid(rule) => (Vec::new(), Some(rule)),
        };
        rules.into_iter().map(|rule| rule.table.as_str()).chain(repaid.map(|rule| rule.table.as_str()))
    }

    fn window(&self) -> Window {
        Window::new(self.window_months, self.window_days)
    }
}

/// Leaves out the observations whose window no table covers wholly (immature), and those that have no record in it;
/// rejected applicants have no window.
///
/// # Errors
/// [`ErrorKind::Configuration`] where a table of the outcome has no dates.
pub fn mature(
    spec: &CardSpec,
    history: &History,
    outcome: &HistoryOutcome,
    observations: &mut Observations,
) -> Result<()> {
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
        let stays: Vec<bool> = observations
            .days
            .iter()
            .zip(&observations.rejected)
            .map(|(t, rejected)| *rejected || window.is_covered(*t, until, table.is_monthly()))
            .collect();
        observations.leave_out(
            format!(
                "{IMMATURE}: {name} ends on {} before the outcome window of {} does",
                until.0,
                outcome.window_in_words()
            ),
            &stays,
        );
    }
    for name in &tables {
        let key = history.table(name)?.key();
        let codes = observations.later_key(key)?.iter().zip(&observations.rejected);
        let stays: Vec<bool> = codes.map(|(code, rejected)| *rejected || *code != MISSING).collect();
        observations
            .leave_out(format!("no outcome: {name} is kept by {key}, which no table gives the observation"), &stays);
    }
    let mut seen = observations.rejected.clone();
    let mut monthly = false;
    for name in tables {
        let table = history.table(name)?;
        if table.is_monthly() {
            monthly = true;
            let index = Index::new(history, table)?;
            let keys = observations.later_key(table.key())?;
            let counts =
                keys.iter().zip(&observations.days).map(|(key, day)| index.after(*key, *day, window).len() as u32);
            let counts: Vec<u32> = counts.collect();
            for ((seen, records), count) in seen.iter_mut().zip(&mut observations.records).zip(counts) {
                *seen |= count > 0;
                *records = Some(records.unwrap_or(0).max(count));
            }
        }
    }
    if monthly {
        observations.leave_out(format!("no record within {} after the observation", outcome.window_in_words()), &seen);
    }
    Ok(())
}

/// The state of every observation. Those that owe nothing where a share is asked for are left out and counted.
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
    let mut states = match &outcome.rule {
        OutcomeRule::Plain { otherwise, .. } => {
            let rest = match otherwise {
                Otherwise::Good => OutcomeState::Good,
                Otherwise::Bad => OutcomeState::Bad,
                Otherwise::Indeterminate => OutcomeState::Indeterminate,
            };
            let mut states: Vec<Option<OutcomeState>> = vec![None; observations.len()];
            // In the order bad, indeterminate, good: the first rule that holds decides.
            for (key, position, rule) in outcome.rule.table_rules() {
                let state = match key {
                    "bad_when" => OutcomeState::Bad,
                    "good_when" => OutcomeState::Good,
                    _ => OutcomeState::Indeterminate,
                };
                let holds = rule_holds(spec, history, rule, (key, position), window, observations)?;
                for (known, holds) in states.iter_mut().zip(holds) {
                    if holds {
                        known.get_or_insert(state);
                    }
                }
            }
            states.into_iter().map(|state| state.unwrap_or(rest)).collect()
        }
        OutcomeRule::Repaid(rule) => repaid(spec, history, rule, window, observations)?,
    };
    for (state, rejected) in states.iter_mut().zip(&observations.rejected) {
        if *rejected {
            *state = OutcomeState::Indeterminate;
        }
    }
    if let Some(least) = outcome.least_records {
        let good_too_soon = |(state, records): (&OutcomeState, &Option<u32>)| {
            *state == OutcomeState::Good && records.is_some_and(|records| records < least)
        };
        let stays: Vec<bool> = states.iter().zip(&observations.records).map(|pair| !good_too_soon(pair)).collect();
        let mut keep = stays.iter();
        states.retain(|_| keep.next() == Some(&true));
        observations
            .leave_out(format!("{GOOD_SO_FAR}, but with fewer than {least} records in the outcome window"), &stays);
    }
    Ok(states)
}

/// What a reader must know of how well the outcomes were seen.
pub fn warnings(outcome: &HistoryOutcome, observations: &Observations, states: &[OutcomeState]) -> Vec<String> {
    let Some(months) = outcome.window_months else { return Vec::new() };
    let least = outcome.least_records.unwrap_or(0).max(1);
    let goods = || states.iter().zip(&observations.records).filter(|(state, _)| **state == OutcomeState::Good);
    let partly = goods().filter(|(_, records)| records.is_some_and(|records| records < months)).count();
    if partly == 0 {
        return Vec::new();
    }
    vec![format!(
        "{partly} of {} good cases have fewer than {months} monthly records in the outcome window (at least {least}): what became of them later is not known; [outcome] least_records leaves such cases out",
        goods().count()
    )]
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

/// Whether a rule holds, by observation.
fn rule_holds(
    spec: &CardSpec,
    history: &History,
    rule: &TableRule,
    (key, position): (&str, usize),
    window: Window,
    observations: &Observations,
) -> Result<Vec<bool>> {
    let table = history.table(&rule.table)?;
    let meets = match &rule.condition {
        None => vec![Some(true); table.table.rows()],
        Some(text) => {
            let purpose = format!("outcome.{key}");
            let keys = ["outcome", key, &position.to_string(), "where"];
            condition(&table.table, Expression { text, purpose: &purpose, source: &spec.source, keys: &keys })?
        }
    };
    let index = Index::new(history, table)?;
    let keys = observations.later_key(table.key())?;
    Ok(keys
        .iter()
        .zip(&observations.days)
        .map(|(key, day)| {
            let rows = index.after(*key, *day, window).filter(|position| meets[index.row(*position)] == Some(true));
            rule.holds(rows.count())
        })
        .collect())
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
    let points = observations.rows.iter().zip(&observations.rejected);
    let owes: Vec<bool> = points.map(|(row, rejected)| *rejected || owed[*row as usize] > 0.0).collect();
    observations.leave_out(format!("nothing owed at the observation: {} is not above 0", rule.of), &owes);
    let table = history.table(&rule.table)?;
    let paid = number(&table.table, &rule.value, "value")?;
    let index = Index::new(history, table)?;
    let keys = observations.later_key(table.key())?;
    Ok(observations
        .rows
        .iter()
        .enumerate()
        .map(|(point, row)| {
            let payments = index.after(keys[point], observations.days[point], window);
            // In the order in which they happened; a payment that is not known counts as none.
            let sum: f64 = payments.map(|position| paid[index.row(position)]).filter(|paid| !paid.is_nan()).sum();
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
