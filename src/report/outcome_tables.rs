//! The tables of an outcome study, one row a figure, to load in a notebook.

use super::tables::{Columns, NamedTable};
use crate::error::Result;
use crate::outcome::{GridCell, OutcomeStudy};

/// All tables: portfolio, vintages, roll rates, definitions, definitions by month, and the card's counts.
pub(super) fn tables(study: &OutcomeStudy) -> Result<Vec<NamedTable>> {
    let mut tables = vec![
        portfolio(study)?,
        vintages(study)?,
        roll_rates(study)?,
        definitions(study)?,
        definitions_by_month(study)?,
    ];
    if study.counts.is_some() {
        tables.push(counts(study)?);
    }
    Ok(tables)
}

/// One column from rows: a value each, by a closure.
macro_rules! column {
    ($rows:ident, $row:pat => $value:expr) => {
        $rows.iter().map(|$row| $value).collect::<Vec<_>>()
    };
}

fn portfolio(study: &OutcomeStudy) -> Result<NamedTable> {
    let mut rows = Vec::new();
    for month in &study.portfolio {
        for (state, accounts) in study.measure.states.iter().zip(&month.accounts) {
            rows.push((month.month.as_str(), state.as_str(), *accounts));
        }
        if month.unknown > 0 {
            rows.push((month.month.as_str(), "unknown", month.unknown));
        }
    }
    Columns::default()
        .add("month", column!(rows, row => row.0))
        .add("state", column!(rows, row => row.1))
        .add("accounts", column!(rows, row => row.2))
        .table("portfolio")
}

fn vintages(study: &OutcomeStudy) -> Result<NamedTable> {
    let mut rows = Vec::new();
    for cohort in &study.vintages.cohorts {
        for curve in &cohort.curves {
            for (month, (ever, share)) in (cohort.first_month_on_book..).zip(curve.ever.iter().zip(&curve.share)) {
                rows.push((cohort, curve.definition.as_str(), month, *ever, *share));
            }
        }
    }
    Columns::default()
        .add("cohort", column!(rows, row => row.0.cohort.as_str()))
        .add("accounts", column!(rows, row => row.0.accounts))
        .add("definition", column!(rows, row => row.1))
        .add("month_on_book", column!(rows, row => row.2))
        .add("accounts_ever", column!(rows, row => row.3))
        .add("share_ever", column!(rows, row => row.4))
        .table("vintages")
}

fn roll_rates(study: &OutcomeStudy) -> Result<NamedTable> {
    let mut rows = Vec::new();
    let states = &study.measure.states;
    for matrix in &study.roll_rates {
        for (from, state) in states.iter().enumerate() {
            for (to, worst) in states.iter().enumerate() {
                let (count, rate) = (matrix.counts[from][to], matrix.rates[from][to]);
                rows.push((matrix.window_months, state.as_str(), worst.as_str(), count, rate));
            }
            let (count, share) = (matrix.no_record[from], matrix.no_record_share[from]);
            rows.push((matrix.window_months, state.as_str(), "no record", count, share));
        }
    }
    Columns::default()
        .add("window_months", column!(rows, row => row.0))
        .add("state", column!(rows, row => row.1))
        .add("worst_state", column!(rows, row => row.2))
        .add("account_months", column!(rows, row => row.3))
        .add("rate", column!(rows, row => row.4))
        .table("roll_rates")
}

fn definitions(study: &OutcomeStudy) -> Result<NamedTable> {
    let cells: &[GridCell] = &study.grid;
    Columns::default()
        .add("definition", column!(cells, cell => cell.definition.as_str()))
        .add("window_months", column!(cells, cell => cell.window_months))
        .add("points", column!(cells, cell => cell.total.points))
        .add("immature", column!(cells, cell => cell.total.immature))
        .add("unmeasured", column!(cells, cell => cell.total.unmeasured))
        .add("already_bad", column!(cells, cell => cell.total.already_bad))
        .add("no_record", column!(cells, cell => cell.total.no_record))
        .add("indeterminates", column!(cells, cell => cell.total.indeterminates))
        .add("goods", column!(cells, cell => cell.total.goods))
        .add("goods_partly_seen", column!(cells, cell => cell.total.goods_partly_seen))
        .add("bads", column!(cells, cell => cell.total.bads))
        .add("bad_rate", column!(cells, cell => cell.bad_rate))
        .add("low", column!(cells, cell => cell.low))
        .add("high", column!(cells, cell => cell.high))
        .add("dispersion", column!(cells, cell => cell.stability.dispersion))
        .add("largest_deviation", column!(cells, cell => cell.stability.largest_deviation))
        .add("largest_deviation_month", column!(cells, cell => cell.largest_deviation_month.clone()))
        .add("cure_known", column!(cells, cell => cell.total.cure_known))
        .add("cured", column!(cells, cell => cell.total.cured))
        .add("cure_rate", column!(cells, cell => cell.cure_rate))
        .table("definitions")
}

fn definitions_by_month(study: &OutcomeStudy) -> Result<NamedTable> {
    let rows: Vec<_> = study.grid.iter().flat_map(|cell| cell.months.iter().map(move |month| (cell, month))).collect();
    Columns::default()
        .add("definition", column!(rows, row => row.0.definition.as_str()))
        .add("window_months", column!(rows, row => row.0.window_months))
        .add("month", column!(rows, row => row.1.month.as_str()))
        .add("points", column!(rows, row => row.1.counts.points))
        .add("immature", column!(rows, row => row.1.counts.immature))
        .add("unmeasured", column!(rows, row => row.1.counts.unmeasured))
        .add("already_bad", column!(rows, row => row.1.counts.already_bad))
        .add("no_record", column!(rows, row => row.1.counts.no_record))
        .add("indeterminates", column!(rows, row => row.1.counts.indeterminates))
        .add("goods", column!(rows, row => row.1.counts.goods))
        .add("bads", column!(rows, row => row.1.counts.bads))
        .add("bad_rate", column!(rows, row => row.1.bad_rate))
        .table("definitions_by_month")
}

fn counts(study: &OutcomeStudy) -> Result<NamedTable> {
    let counts = study.counts.iter();
    let rows: Vec<_> = counts
        .flat_map(|counts| {
            counts.causes.iter().flat_map(move |cause| {
                counts.months.iter().zip(&cause.by_month).map(move |(month, count)| (month.as_str(), cause, *count))
            })
        })
        .collect();
    Columns::default()
        .add("month", column!(rows, row => row.0))
        .add("fate", column!(rows, row => row.1.fate.name()))
        .add("cause", column!(rows, row => row.1.cause.as_str()))
        .add("cases", column!(rows, row => row.2))
        .table("counts_by_month")
}
