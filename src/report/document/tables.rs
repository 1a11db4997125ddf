//! A document's tables as files: full digits, machine column names, English words, intervals as three columns.

use polars::prelude::{DataFrame, IntoColumn, NamedFrom, Series};

use super::names::Names;
use super::{Block, Cell, Document, Table};
use crate::error::{Result, internal};
use crate::sample::SampleName;
use crate::validation::Interval;
use crate::words::Message;

/// Longest name of a file, without extension.
const LONGEST: usize = 80;

/// Every table of a document that has a name, in order.
pub fn named_tables(document: &Document) -> Vec<&Table> {
    fn collect<'a>(blocks: &'a [Block], tables: &mut Vec<&'a Table>) {
        for block in blocks {
            match block {
                Block::Table(table) if !table.name.is_empty() => tables.push(table),
                Block::Details(_, blocks) => collect(blocks, tables),
                _ => {}
            }
        }
    }
    let mut tables = Vec::new();
    document.sections.iter().for_each(|section| collect(&section.blocks, &mut tables));
    tables
}

/// Every table of a document that has a name, with that of its file: no two alike, whatever data are called.
///
/// # Errors
/// As [`table_frame`].
pub fn table_frames(document: &Document) -> Result<Vec<(String, DataFrame)>> {
    let mut names = Names::new(LONGEST);
    named_tables(document).into_iter().map(|table| Ok((names.give(&table.name), table_frame(table)?))).collect()
}

/// A table as a frame. A column of whole counts is one of integers; where an entry could not be computed it is missing,
/// and a column `NAME_not_computed` says why.
///
/// # Errors
/// An internal fault: rows that differ in length, or two columns of one name.
pub fn table_frame(table: &Table) -> Result<DataFrame> {
    if table.rows.iter().any(|row| row.len() != table.columns.len()) {
        return Err(internal(format!("rows of the table {} differ in length", table.name)));
    }
    let mut series = Vec::new();
    for (position, column) in table.columns.iter().enumerate() {
        let cells: Vec<&Cell> = table.rows.iter().map(|row| &row[position]).collect();
        series.extend(column_series(&column.name, &cells));
    }
    DataFrame::new_infer_height(series.into_iter().map(IntoColumn::into_column).collect()).map_err(internal)
}

fn column_series(name: &str, cells: &[&Cell]) -> Vec<Series> {
    let any = |is: fn(&Cell) -> bool| cells.iter().any(|cell| is(cell));
    if any(|cell| matches!(cell, Cell::Strip(_))) {
        return Vec::new();
    }
    let mut series = Vec::new();
    if any(|cell| matches!(cell, Cell::Text(_) | Cell::Words(_) | Cell::Sample(_) | Cell::Light(_))) {
        series.push(Series::new(name.into(), cells.iter().map(|cell| text(cell)).collect::<Vec<_>>()));
    } else if any(|cell| matches!(cell, Cell::Flag(_))) {
        let flag = |cell: &&Cell| if let Cell::Flag(flag) = cell { Some(*flag) } else { None };
        series.push(Series::new(name.into(), cells.iter().map(flag).collect::<Vec<_>>()));
    } else {
        let values: Vec<Option<f64>> = cells.iter().map(|cell| number(cell)).collect();
        let is_count = |cell: &&Cell| match cell {
            Cell::Count(x) => x.fract() == 0.0 && x.abs() < 9e15,
            _ => number(cell).is_none(),
        };
        if cells.iter().all(is_count) && values.iter().any(Option::is_some) {
            let whole = values.iter().map(|value| value.map(|x| x as i64)).collect::<Vec<_>>();
            series.push(Series::new(name.into(), whole));
        } else {
            series.push(Series::new(name.into(), values));
        }
        if any(|cell| matches!(cell, Cell::Interval(..) | Cell::ShareInterval(_))) {
            for (end, get) in [("low", (|one| one.low) as fn(&Interval) -> Option<f64>), ("high", |one| one.high)] {
                let ends = cells.iter().map(|cell| match cell {
                    Cell::Interval(one, _) | Cell::ShareInterval(one) => get(one),
                    _ => None,
                });
                series.push(Series::new(format!("{name}_{end}").into(), ends.collect::<Vec<_>>()));
            }
        }
        let why = |cell: &&Cell| if let Cell::NotComputed(why) = cell { Some(why.to_string()) } else { None };
        if cells.iter().any(|cell| why(cell).is_some()) {
            let reasons = cells.iter().map(why).collect::<Vec<_>>();
            series.push(Series::new(format!("{name}_not_computed").into(), reasons));
        }
    }
    series
}

/// The number of an entry.
pub(super) fn number(cell: &Cell) -> Option<f64> {
    let value = match cell {
        Cell::Count(x) | Cell::Number(x, _) | Cell::Plain(x) | Cell::Share(x) | Cell::PValue(x) => Some(*x),
        Cell::Interval(one, _) | Cell::ShareInterval(one) => one.value,
        _ => None,
    };
    value.filter(|x| x.is_finite())
}

/// An entry of a column of texts.
fn text(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Nothing | Cell::Blank | Cell::Strip(_) => None,
        Cell::Text(text) => Some(text.clone()),
        Cell::Words(words) | Cell::NotComputed(words) => Some(match sample_key(words) {
            Some(key) => key.to_owned(),
            None => words.to_string(),
        }),
        Cell::Sample(name) => Some(name.name().to_owned()),
        Cell::Light(light) => Some(light.words().to_string()),
        Cell::Flag(flag) => Some(flag.to_string()),
        numeric => number(numeric).map(|x| x.to_string()),
    }
}

/// The key of a sample, where the words are its title.
fn sample_key(words: &Message) -> Option<&'static str> {
    use SampleName::{Development, Holdout, OutOfTime, Rejected, Validation};
    let all = [Development, Holdout, OutOfTime, Rejected, Validation];
    all.into_iter().find(|name| name.title() == words.template()).map(SampleName::name)
}
