//! An outcome study as one self-contained HTML page.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::charts::palette::{distinct, hexadecimal, moment, severity};
use super::charts::{Along, Line, heat_map, line_chart, stacked_chart};
use super::template::{STYLE, render};
use crate::error::Result;
use crate::outcome::counts::{CauseCounts, Fate};
use crate::outcome::{CohortSummary, CountsSummary, GridCell, OutcomeStudy};

const TEMPLATE: &str = include_str!("outcomes.html");
/// More cohorts than this are told apart by a scale of colours, not by a key.
const MOST_NAMED_COHORTS: usize = 12;

/// An entry of a chart's key.
#[derive(Serialize)]
struct Key {
    name: String,
    colour: String,
}

impl Key {
    fn new(name: impl Into<String>, colour: plotters::prelude::RGBColor) -> Self {
        Key { name: name.into(), colour: hexadecimal(colour) }
    }
}

/// A definition's vintages.
#[derive(Serialize)]
struct VintageView {
    definition: String,
    chart: Option<String>,
    months: Vec<i32>,
    rows: Vec<VintageRow>,
}

#[derive(Serialize)]
struct VintageRow {
    cohort: String,
    accounts: u64,
    shares: Vec<Option<f64>>,
}

/// A chart with the window that it is of.
#[derive(Serialize)]
struct WindowChart {
    window_months: u32,
    chart: String,
}

/// The page. The same study gives the same bytes.
///
/// # Errors
/// An internal fault of drawing or of the template.
pub(super) fn page(study: &OutcomeStudy) -> Result<String> {
    let names: Vec<String> = study.definitions.iter().map(|definition| definition.name.clone()).collect();
    let (vintages, cohort_keys, is_scale) = vintages(study)?;
    let states = &study.measure.states;
    let behind = states.len() - 1;
    let page = context! {
        style => STYLE,
        version => env!("CARGO_PKG_VERSION"),
        study => Value::from(Serde(study)),
        vintages => Value::from(Serde(vintages)),
        cohort_keys => Value::from(Serde(cohort_keys)),
        cohort_scale => is_scale,
        rolls => Value::from(Serde(rolls(study)?)),
        definition_keys => Value::from(Serde(
            names.iter().enumerate().map(|(position, name)| Key::new(name, distinct(position))).collect::<Vec<_>>())),
        grid_chart => grid_chart(study, &names)?,
        month_charts => Value::from(Serde(month_charts(study, &names)?)),
        state_keys => Value::from(Serde(
            states.iter().skip(1).enumerate().map(|(position, name)| Key::new(name, severity(position, behind))).collect::<Vec<_>>())),
        portfolio_chart => portfolio_chart(study)?,
        counts_chart => study.counts.as_ref().map(counts_chart).transpose()?.flatten(),
        fate_keys => Value::from(Serde(FATES.map(|(_, name, colour)| Key::new(name, colour)))),
    };
    render(TEMPLATE, page)
}

/// The cohorts whose curves are drawn: those seen from their opening, or all where there are none.
fn drawn(study: &OutcomeStudy) -> Vec<&CohortSummary> {
    let cohorts = || study.vintages.cohorts.iter().filter(|cohort| cohort.mature_until.is_some());
    let whole: Vec<&CohortSummary> = cohorts().filter(|cohort| cohort.first_month_on_book == 0).collect();
    if whole.is_empty() { cohorts().collect() } else { whole }
}

fn vintages(study: &OutcomeStudy) -> Result<(Vec<VintageView>, Vec<Key>, bool)> {
    let drawn = drawn(study);
    let count = drawn.len();
    let range = drawn.iter().fold((i32::MAX, 0), |range, cohort| {
        (range.0.min(cohort.first_month_on_book), range.1.max(cohort.mature_until.unwrap_or(0)))
    });
    let months = months_shown(range.0, range.1);
    let views = study
        .definitions
        .iter()
        .enumerate()
        .map(|(definition, summary)| {
            let share = |cohort: &CohortSummary, month: i32| {
                let position = usize::try_from(month - cohort.first_month_on_book).ok()?;
                cohort.curves.get(definition)?.share.get(position).copied().flatten()
            };
            let lines: Vec<Line> = drawn
                .iter()
                .enumerate()
                .map(|(position, cohort)| Line {
                    colour: moment(position, count),
                    points: (cohort.first_month_on_book..=cohort.mature_until.unwrap_or(-1))
                        .map(|month| (f64::from(month), share(cohort, month)))
                        .collect(),
                    intervals: Vec::new(),
                    dots: false,
                })
                .collect();
            let description = format!("share of the cohort ever {} by month on book", summary.name);
            let along = Along::Numbers(range.0.min(range.1), range.1);
            Ok(VintageView {
                definition: summary.name.clone(),
                chart: line_chart(&description, &along, "month on book", "ever bad", &lines)?,
                months: months.clone(),
                rows: study
                    .vintages
                    .cohorts
                    .iter()
                    .map(|cohort| VintageRow {
                        cohort: cohort.cohort.clone(),
                        accounts: cohort.accounts,
                        shares: months.iter().map(|month| share(cohort, *month)).collect(),
                    })
                    .collect(),
            })
        })
        .collect::<Result<_>>()?;
    let is_scale = count > MOST_NAMED_COHORTS;
    let keys = drawn.iter().enumerate().map(|(position, cohort)| Key::new(&cohort.cohort, moment(position, count)));
    // A scale is told by five of its colours and the names of its ends.
    let keys = if is_scale {
        (0..5)
            .map(|stop| {
                let position = stop * (count - 1) / 4;
                Key::new(&drawn[position].cohort, moment(stop, 5))
            })
            .collect()
    } else {
        keys.collect()
    };
    Ok((views, keys, is_scale))
}

/// Months on book with a column in the page: all where they are few, else the usual ones.
fn months_shown(first: i32, last: i32) -> Vec<i32> {
    if first > last {
        return Vec::new();
    }
    if last - first < 12 {
        return (first..=last).collect();
    }
    const USUAL: [i32; 11] = [0, 3, 6, 9, 12, 18, 24, 30, 36, 48, 60];
    let mut months: Vec<i32> = USUAL.into_iter().filter(|month| (first..=last).contains(month)).collect();
    if months.is_empty() {
        months = vec![first];
    }
    if !months.contains(&last) {
        months.push(last);
    }
    months
}

fn rolls(study: &OutcomeStudy) -> Result<Vec<WindowChart>> {
    study
        .roll_rates
        .iter()
        .map(|matrix| {
            let shares: Vec<Vec<Option<f64>>> = matrix
                .rates
                .iter()
                .zip(&matrix.no_record_share)
                .map(|(rates, no_record)| rates.iter().copied().chain([*no_record]).collect())
                .collect();
            let (description, x_desc) = match matrix.window_months {
                1 => ("roll rates from month to month".to_owned(), "state in the next month, by number".to_owned()),
                window => (
                    format!("roll rates to the worst state in {window} months"),
                    format!("worst state in the next {window} months, by number"),
                ),
            };
            let chart = heat_map(&description, &x_desc, &study.measure.states, "none", &shares)?;
            Ok(WindowChart { window_months: matrix.window_months, chart })
        })
        .collect()
}

fn cells<'a>(study: &'a OutcomeStudy, definition: &'a str) -> impl Iterator<Item = &'a GridCell> {
    study.grid.iter().filter(move |cell| cell.definition == definition)
}

/// The windows of the grid, rising.
fn windows(study: &OutcomeStudy) -> Vec<u32> {
    let mut windows: Vec<u32> = study.grid.iter().map(|cell| cell.window_months).collect();
    windows.sort_unstable();
    windows.dedup();
    windows
}

fn grid_chart(study: &OutcomeStudy, names: &[String]) -> Result<Option<String>> {
    let windows = windows(study);
    let labels: Vec<String> = windows.iter().map(|window| format!("{window}")).collect();
    // Side by side, so that intervals do not hide each other.
    let step = 0.5 / names.len().max(1) as f64;
    let lines: Vec<Line> = names
        .iter()
        .enumerate()
        .map(|(definition, name)| {
            let x = |cell: &GridCell| {
                let position = windows.iter().position(|window| *window == cell.window_months).unwrap_or(0);
                position as f64 + step * (definition as f64 - (names.len() - 1) as f64 / 2.0)
            };
            Line {
                colour: distinct(definition),
                points: cells(study, name).map(|cell| (x(cell), cell.bad_rate)).collect(),
                intervals: cells(study, name)
                    .filter_map(|cell| cell.low.zip(cell.high).map(|(low, high)| (x(cell), low, high)))
                    .collect(),
                dots: true,
            }
        })
        .collect();
    line_chart("bad rate by window and definition", &Along::Names(&labels), "window in months", "bad rate", &lines)
}

fn month_charts(study: &OutcomeStudy, names: &[String]) -> Result<Vec<WindowChart>> {
    let mut charts = Vec::new();
    for window_months in windows(study) {
        let of_window = || study.grid.iter().filter(|cell| cell.window_months == window_months);
        let known = |cell: &GridCell| {
            let months = cell.months.iter().filter(|month| month.bad_rate.is_some());
            months.map(|month| month.month.clone()).collect::<Vec<String>>()
        };
        let mut months: Vec<String> = of_window().flat_map(known).collect();
        months.sort_unstable();
        months.dedup();
        if months.len() < 2 {
            continue;
        }
        let lines: Vec<Line> = of_window()
            .map(|cell| Line {
                colour: distinct(names.iter().position(|name| *name == cell.definition).unwrap_or(0)),
                points: months
                    .iter()
                    .enumerate()
                    .map(|(position, name)| {
                        let month = cell.months.iter().find(|month| month.month == *name);
                        (position as f64, month.and_then(|month| month.bad_rate))
                    })
                    .collect(),
                intervals: Vec::new(),
                dots: months.len() <= 24,
            })
            .collect();
        let description = format!("bad rate by month of observation, window of {window_months} months");
        if let Some(chart) =
            line_chart(&description, &Along::Names(&months), "month of observation", "bad rate", &lines)?
        {
            charts.push(WindowChart { window_months, chart });
        }
    }
    Ok(charts)
}

fn portfolio_chart(study: &OutcomeStudy) -> Result<Option<String>> {
    let months: Vec<String> = study.portfolio.iter().map(|month| month.month.clone()).collect();
    let behind = study.measure.states.len() - 1;
    let parts: Vec<_> = (0..behind)
        .map(|state| {
            let share = study.portfolio.iter().map(|month| {
                let total: u64 = month.accounts.iter().sum();
                if total == 0 { 0.0 } else { month.accounts[state + 1] as f64 / total as f64 }
            });
            (severity(state, behind), share.collect())
        })
        .collect();
    stacked_chart("share of accounts behind, by month and state", &months, "share of accounts", &parts, true)
}

/// The fates that are drawn, from the bottom of the bars; rows outside the population are in the table only.
const FATES: [(&[Fate], &str, plotters::prelude::RGBColor); 6] = [
    (&[Fate::Good], "good", plotters::prelude::RGBColor(0x00, 0x72, 0xb2)),
    (&[Fate::Indeterminate], "indeterminate", plotters::prelude::RGBColor(0xe6, 0x9f, 0x00)),
    (&[Fate::Bad], "bad", plotters::prelude::RGBColor(0xd5, 0x5e, 0x00)),
    (&[Fate::Immature], "immature", plotters::prelude::RGBColor(0xc3, 0xca, 0xd3)),
    (&[Fate::NoOutcome], "no record or nothing owed", plotters::prelude::RGBColor(0x8a, 0x97, 0xa6)),
    (&[Fate::Excluded], "excluded by rule", plotters::prelude::RGBColor(0xcc, 0x79, 0xa7)),
];

fn counts_chart(counts: &CountsSummary) -> Result<Option<String>> {
    let of = |fates: &'static [Fate]| counts.causes.iter().filter(move |cause| fates.contains(&cause.fate));
    let sum =
        |fates: &'static [Fate], month: usize| of(fates).map(|cause: &CauseCounts| cause.by_month[month]).sum::<f64>();
    let all: Vec<Vec<f64>> =
        FATES.iter().map(|(fates, ..)| (0..counts.months.len()).map(|month| sum(fates, month)).collect()).collect();
    // Months in which nobody was in the population have no bar.
    let kept: Vec<usize> =
        (0..counts.months.len()).filter(|month| all.iter().any(|values| values[*month] > 0.0)).collect();
    let months: Vec<String> = kept.iter().map(|month| counts.months[*month].clone()).collect();
    let parts: Vec<_> = FATES
        .iter()
        .zip(&all)
        .map(|((.., colour), values)| (*colour, kept.iter().map(|month| values[*month]).collect()))
        .collect();
    stacked_chart("cases of the card by month of observation and outcome", &months, "cases", &parts, false)
}
