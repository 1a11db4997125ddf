//! The run's tables, to load in a notebook.

use chrono::NaiveDate;
use polars::prelude::*;
use scorewright_runtime::artifact::ScorecardDocument;

use crate::assembly::outcome_column;
use crate::cases::Cases;
use crate::error::{Result, internal};
use crate::evidence::ScoredSample;
use crate::table::feature_series;

/// A table with the name of its file.
pub struct NamedTable {
    /// File name without extension.
    pub name: String,
    /// Its content.
    pub frame: DataFrame,
}

/// Rows put together column by column.
#[derive(Default)]
pub(super) struct Columns(Vec<Column>);

impl Columns {
    pub(super) fn add<T, Phantom: ?Sized>(mut self, name: &str, values: T) -> Self
    where
        Series: NamedFrom<T, Phantom>,
    {
        self.0.push(Series::new(name.into(), values).into());
        self
    }

    pub(super) fn table(self, name: &str) -> Result<NamedTable> {
        Ok(NamedTable { name: name.to_owned(), frame: DataFrame::new_infer_height(self.0).map_err(internal)? })
    }
}

fn date_series(name: &str, days: &[NaiveDate]) -> Result<Column> {
    let days: Vec<i32> = days.iter().map(|day| day.to_epoch_days()).collect();
    Ok(Series::new(name.into(), days).cast(&DataType::Date).map_err(internal)?.into())
}

/// Scores by case: id, sample, good and bad weight, score, PD, count of unforeseen values; in data order.
///
/// # Errors
/// An internal fault.
pub fn score_table(cases: &Cases, scored: &[ScoredSample]) -> Result<NamedTable> {
    let mut order: Vec<(u32, usize, usize)> = scored
        .iter()
        .enumerate()
        .flat_map(|(sample, part)| part.rows.iter().enumerate().map(move |(position, row)| (*row, sample, position)))
        .collect();
    order.sort_unstable();
    fn pick<T>(
        order: &[(u32, usize, usize)],
        scored: &[ScoredSample],
        get: impl Fn(&ScoredSample, usize) -> T,
    ) -> Vec<T> {
        order.iter().map(|(_, sample, position)| get(&scored[*sample], *position)).collect()
    }
    let columns = match &cases.ids {
        Some(ids) => Columns::default()
            .add(&cases.id_name, order.iter().map(|(row, ..)| ids[*row as usize].as_str()).collect::<Vec<_>>()),
        None => Columns::default()
            .add(&cases.id_name, order.iter().map(|(row, ..)| u64::from(*row) + 1).collect::<Vec<_>>()),
    };
    columns
        .add("sample", pick(&order, scored, |s, _| s.name.name()))
        .add("goods", pick(&order, scored, |s, i| s.goods[i]))
        .add("bads", pick(&order, scored, |s, i| s.bads[i]))
        .add("weight", pick(&order, scored, |s, i| s.weights[i]))
        .add("score", pick(&order, scored, |s, i| s.score[i]))
        .add("pd", pick(&order, scored, |s, i| s.pd.get(i).copied()))
        .add("unforeseen", pick(&order, scored, |s, i| s.unforeseen[i]))
        .table("scores")
}

/// The cases of a card on the history as one flat table, which `score` and `validate` take: id, day of
/// observation, group, outcome, features.
///
/// # Errors
/// An internal fault.
pub fn case_table(cases: &Cases, document: &ScorecardDocument) -> Result<NamedTable> {
    let mut columns = Vec::new();
    if let Some(ids) = &cases.ids {
        columns.push(Series::new(cases.id_name.as_str().into(), ids).into());
    }
    if let (Some(name), Some(days)) = (&document.columns.observed_at, &cases.observed_at) {
        columns.push(date_series(name, days)?);
    }
    if let (Some(name), Some(groups)) = (&document.columns.group, &cases.groups) {
        let texts: Vec<Option<&str>> = (0..cases.len()).map(|case| groups.text(case)).collect();
        columns.push(Series::new(name.as_str().into(), texts).into());
    }
    let outcomes = &cases.outcomes;
    let outcome = outcome_column(&document.outcome.source);
    columns.push(match &document.outcome.source {
        scorewright_runtime::artifact::OutcomeSource::Plain { .. } => {
            let states: Vec<&str> = (0..cases.len())
                .map(|case| match (outcomes.goods[case] > 0.0, outcomes.bads[case] > 0.0) {
                    (true, _) => "good",
                    (_, true) => "bad",
                    _ => "indeterminate",
                })
                .collect();
            Series::new(outcome.into(), states).into()
        }
        scorewright_runtime::artifact::OutcomeSource::Ratio { .. } => {
            Series::new(outcome.into(), &outcomes.goods).into()
        }
    });
    columns.extend(cases.columns().iter().map(|column| Column::from(feature_series(&column.name, &column.values))));
    Ok(NamedTable { name: "cases".to_owned(), frame: DataFrame::new_infer_height(columns).map_err(internal)? })
}
