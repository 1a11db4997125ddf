//! The outcome study of a project, or of a card on its history.

use std::collections::BTreeMap;
use std::path::Path;

use super::counts::population_counts;
use super::definitions::{Cell, Points, grid, stability};
use super::document::*;
use super::panel::{Panel, month_name};
use super::reading::{self, Reading};
use super::roll_rate::{RollMatrix, roll};
use super::vintage::vintages;
use crate::config::{CardSpec, CaseSource, CohortPeriod, HistoryOutcome, Population, ProjectSpec, Source};
use crate::error::Result;
use crate::history::History;
use crate::population::{Observations, nobody_left, observation_tables};
use crate::progress::Progress;
use crate::validation::rate_interval::jeffreys;

/// Studies the outcomes of a card's file or a project's file.
///
/// # Errors
/// Those of configuration and of reading; [`crate::error::ErrorKind::NoCases`] where the history has no
/// two months or a card's population is empty.
pub fn study(path: &Path, progress: &dyn Progress) -> Result<OutcomeStudy> {
    let source = Source::read(path)?;
    if source.line_of(&["card"]).is_none() {
        let project = ProjectSpec::read(path)?;
        return run(&project, None, progress);
    }
    let spec = CardSpec::read(path)?;
    match &spec.cases {
        CaseSource::Table(..) => Err(source
            .error(&["table"], "a card on a ready-made table has no history, so there are no outcomes to compare")
            .help("name a card with [population], or the project's scorewright.toml")),
        CaseSource::History(project, population, outcome) => {
            run(project, Some(Card { spec: &spec, population, outcome }), progress)
        }
    }
}

/// A card on the history.
struct Card<'a> {
    spec: &'a CardSpec,
    population: &'a Population,
    outcome: &'a HistoryOutcome,
}

impl Card<'_> {
    /// The tables of its population and outcome, and those that lead from there to the accounts, where any do.
    fn tables(&self, project: &ProjectSpec) -> Result<Vec<String>> {
        let tables = |further| observation_tables(self.spec, project, self.population, self.outcome, further);
        tables(Some(&project.outcomes.table)).or_else(|_| tables(None))
    }

    fn summary(&self) -> CardSummary {
        CardSummary {
            name: self.spec.card.name.clone(),
            kind: self.spec.card.kind.name(),
            description: self.spec.card.description.clone(),
            outcome: self.outcome.description.clone(),
        }
    }
}

fn run(project: &ProjectSpec, card: Option<Card<'_>>, progress: &dyn Progress) -> Result<OutcomeStudy> {
    let section = &project.outcomes;
    let rules = section.definitions();
    let states = section.state_names();
    let mut needed = reading::tables(project)?;
    if let Some(card) = &card {
        needed.extend(card.tables(project)?);
    }
    needed.sort();
    needed.dedup();
    let history = History::read(project, &needed, progress)?;
    progress.begin("building the panel", 0);
    let reading = reading::read(&history, project, &rules)?;
    let panel = &reading.panel;
    progress.check()?;

    let mut warnings = Vec::new();
    let (mut counts, mut points) = (None, None);
    if let Some(card) = &card {
        progress.begin("observing the population", 0);
        let drawn = Observations::draw(card.spec, &history, card.population, true)?;
        if card.population.exclude.iter().any(|rule| rule.feature_where.is_some()) {
            warnings
                .push("the card leaves cases out by their features (feature_where), which is not done here".to_owned());
        }
        points = card_points(&reading, &drawn, &mut warnings);
        let (found, waterfall) = population_counts(card.spec, &history, card.population, card.outcome, drawn)?;
        if waterfall.last().is_none_or(|step| step.remaining == 0) {
            return Err(nobody_left(card.spec, &waterfall));
        }
        counts = Some(CountsSummary {
            table: card.population.table.clone(),
            months: found.months.iter().map(|month| month_name(*month)).collect(),
            causes: found.causes,
        });
        progress.check()?;
    }

    progress.begin("counting", 3);
    let (windows, mut windows_left_out) = windows_within(&section.windows_months, panel);
    let vintages = vintages(panel, rules.len(), section.cohort.months());
    progress.advance();
    progress.check()?;
    let one = (!windows.contains(&1)).then_some(1);
    let roll_rates: Vec<RollSummary> = one
        .into_iter()
        .chain(windows.iter().copied())
        .map(|window| roll_summary(&roll(panel, states.len(), window)))
        .collect();
    progress.advance();
    progress.check()?;
    let (observed, grid_population) = match (&points, &card) {
        (Some(points), Some(card)) => (Points::At(points), format!("the population of {}", card.spec.card.name)),
        _ => (Points::EveryRow, "every account in every month".to_owned()),
    };
    let mut cells = grid(panel, observed, rules.len(), &windows, section.cure_months);
    for window in &windows {
        let of_window = |cell: &&Cell| cell.window_months == *window;
        if cells.iter().filter(of_window).all(|cell| cell.total().points == cell.total().immature) {
            windows_left_out.push(WindowLeftOut {
                window_months: *window,
                reason: format!(
                    "no observation has {window} months of the table after it, which ends in {}",
                    month_name(panel.last)
                ),
            });
        }
    }
    cells.retain(|cell| windows_left_out.iter().all(|left_out| left_out.window_months != cell.window_months));
    progress.advance();

    warnings.extend(panel_warnings(&reading, section.table.as_str(), &vintages));
    warnings.extend(
        windows_left_out.iter().map(|left_out| {
            format!("the window of {} months is left out: {}", left_out.window_months, left_out.reason)
        }),
    );
    let accounts = panel.accounts_with_rows();
    let ever = panel.ever(rules.len());
    let definitions = rules
        .iter()
        .zip(ever)
        .map(|(rule, accounts_ever)| DefinitionSummary {
            name: rule.name.clone(),
            bad_where: rule.condition.clone(),
            indeterminate_where: rule.indeterminate.clone(),
            accounts_ever,
            share_ever: accounts_ever as f64 / accounts as f64,
        })
        .collect::<Vec<_>>();
    let name = |definition: usize| definitions[definition].name.clone();
    let mut configuration_sha256 = BTreeMap::from([("project", project.source.sha256())]);
    if let Some(card) = &card {
        configuration_sha256.insert("card", card.spec.source.sha256());
    }
    Ok(OutcomeStudy {
        format: "scorewright.outcomes",
        format_version: 1,
        title: match &card {
            Some(card) => card.spec.card.name.clone(),
            None if project.name.is_empty() => "loan history".to_owned(),
            None => project.name.clone(),
        },
        card: card.as_ref().map(Card::summary),
        measure: MeasureSummary {
            table: section.table.clone(),
            expression: section.measure.clone(),
            cuts: section.cuts.clone(),
            opening: reading.opening.clone(),
            cohort: section.cohort,
            states: states.clone(),
        },
        history: HistorySummary {
            rows: panel.month.len() as u64,
            accounts,
            first_month: month_name(panel.first),
            last_month: month_name(panel.last),
            months: panel.months(),
            passed_over: panel.passed_over,
        },
        portfolio: portfolio(panel, states.len()),
        vintages: VintageSummary {
            without_opening: vintages.without_opening,
            rows_before_opening: vintages.rows_before_opening,
            cohorts: vintages
                .cohorts
                .iter()
                .map(|cohort| CohortSummary {
                    cohort: cohort_name(cohort.period, section.cohort),
                    accounts: cohort.accounts,
                    first_month_on_book: cohort.from,
                    mature_until: cohort.mature_until(),
                    curves: (0..rules.len())
                        .map(|definition| Curve {
                            definition: name(definition),
                            ever: cohort.ever[definition].clone(),
                            share: (cohort.from..)
                                .take(cohort.ever[definition].len())
                                .map(|month| cohort.share(definition, month))
                                .collect(),
                        })
                        .collect(),
                })
                .collect(),
        },
        roll_rates,
        grid_population,
        cure_months: section.cure_months,
        grid: cells.iter().map(|cell| grid_cell(cell, name(cell.definition))).collect(),
        windows_left_out,
        counts,
        warnings,
        data: history.lineage(),
        configuration_sha256,
        definitions,
    })
}

/// The windows that fit between the table's first and last month, and why the others do not.
fn windows_within(windows: &[u32], panel: &Panel) -> (Vec<u32>, Vec<WindowLeftOut>) {
    let longest = panel.months().saturating_sub(1);
    let (fit, long): (Vec<u32>, Vec<u32>) = windows.iter().partition(|window| **window as usize <= longest);
    let left_out = long.into_iter().map(|window_months| WindowLeftOut {
        window_months,
        reason: format!(
            "the history runs from {} to {}, so that no window of more than {longest} months after a month is over",
            month_name(panel.first),
            month_name(panel.last)
        ),
    });
    (fit, left_out.collect())
}

fn card_points(reading: &Reading, drawn: &Observations, warnings: &mut Vec<String>) -> Option<Vec<(u32, i32)>> {
    let Some((points, unknown)) = reading.points(drawn) else {
        warnings.push("the card's population has no key of the delinquency table: definitions and windows are laid side by side over every account in every month".to_owned());
        return None;
    };
    if unknown > 0 {
        warnings.push(format!("{unknown} observations of the card are of no account in the delinquency table: they are not in the grid of definitions and windows"));
    }
    Some(points)
}

fn panel_warnings(reading: &Reading, table: &str, vintages: &super::vintage::Vintages) -> Vec<String> {
    let passed_over = reading.panel.passed_over;
    let before = vintages.cohorts.iter().filter(|cohort| cohort.from > 0).map(|cohort| cohort.accounts).sum();
    let at_the_start =
        vintages.cohorts.first().filter(|_| reading.opened_by_first_row).map_or(0, |cohort| cohort.accounts);
    [
        (passed_over.unmeasured, format!("rows of {table} have no value of the measure and meet no definition: they count as no record")),
        (passed_over.after_the_end, format!("rows of {table} lie after the day until which it is observed: they are left out")),
        (passed_over.superseded, format!("rows of {table} are followed by a later row of the same account and month, which counts instead")),
        (vintages.without_opening, "accounts have no day of opening: they are in no vintage".to_owned()),
        (vintages.rows_before_opening, "rows are dated before their account's opening: they are in no vintage".to_owned()),
        (before, "accounts opened before the table begins: what happened to them before is not known, and their vintage curves are lower bounds".to_owned()),
        (at_the_start, "accounts are in the first cohort, whose month is the table's first: as no day of opening is known, they may be older".to_owned()),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect()
}

fn cohort_name(period: i32, length: CohortPeriod) -> String {
    match length {
        CohortPeriod::Month => month_name(period),
        CohortPeriod::Quarter => format!("{:04}-Q{}", period.div_euclid(4), period.rem_euclid(4) + 1),
    }
}

fn portfolio(panel: &Panel, states: usize) -> Vec<PortfolioMonth> {
    let counts = panel.states_by_month(states).into_iter().zip(panel.first..);
    counts
        .map(|(mut accounts, month)| {
            let unknown = accounts.pop().unwrap_or(0);
            PortfolioMonth { month: month_name(month), accounts, unknown }
        })
        .collect()
}

fn roll_summary(matrix: &RollMatrix) -> RollSummary {
    let states = 0..matrix.counts.len();
    RollSummary {
        window_months: matrix.window_months,
        at_risk: states.clone().map(|from| matrix.at_risk(from)).collect(),
        rates: states.clone().map(|from| states.clone().map(|to| matrix.rate(from, to)).collect()).collect(),
        no_record_share: states.map(|from| matrix.no_record_share(from)).collect(),
        counts: matrix.counts.clone(),
        no_record: matrix.no_record.clone(),
        immature: matrix.immature.clone(),
    }
}

fn grid_cell(cell: &Cell, definition: String) -> GridCell {
    let total = cell.total();
    let (low, high) = jeffreys(total.goods as f64, total.bads as f64);
    let stability = stability(&cell.months);
    let month = |position: usize| month_name(cell.first_month + position as i32);
    let months = cell.months.iter().enumerate().filter(|(_, counts)| counts.points > 0);
    GridCell {
        definition,
        window_months: cell.window_months,
        bad_rate: total.bad_rate(),
        low,
        high,
        cure_rate: total.cure_rate(),
        total,
        stability,
        largest_deviation_month: stability.largest_month.map(month),
        months: months
            .map(|(position, counts)| GridMonth {
                month: month(position),
                counts: *counts,
                bad_rate: counts.bad_rate(),
            })
            .collect(),
    }
}
