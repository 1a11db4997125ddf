//! A table of the history from its files: renamed, translated, computed, dated, its keys coded.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use rayon::prelude::*;
use scorewright_runtime::artifact::Literal;

use super::dates::{days, make_dates};
use super::expression::{Expression, condition, evaluate};
use super::keys::Dictionary;
use super::{Day, Duplicates, HistoryTable};
use crate::config::{DuplicateKeys, ProjectSpec, TableSpec};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::suggest;
use crate::table::{self, ReadOptions, Table};

/// A table under its new names, translated and computed.
pub(crate) struct Mapped {
    pub table: Table,
    /// Strictly: the days of `event_date` and `known_at`, one a row.
    dates: BTreeMap<&'static str, Vec<Day>>,
    /// Rows that do not meet the table's condition.
    left_out: u64,
    /// Leniently: columns with codes that have no meaning; they are not translated.
    pub untranslated: Vec<String>,
}

/// Adds the place of the table's description to an error about its file.
pub(crate) fn described_at(project: &ProjectSpec, name: &str, key: &str, error: Error) -> Error {
    match project.source.line_of(&["tables", name, key]) {
        Some(line) => {
            let place = format!("the table {name:?} is described in {}, line {line}", project.source.path.display());
            let advice = error.advice().map_or(place.clone(), |advice| format!("{advice} ({place})"));
            error.help(advice)
        }
        None => error,
    }
}

/// Reads a table's file by its description: renames, translates, dates and computes. `columns` (under their names in
/// the file) limits what is read; `as_text` names columns besides the keys that keep their text. Leniently, codes
/// without a meaning and values that are no dates do not stop the reading.
///
/// # Errors
/// Those of reading files; [`ErrorKind::UnknownColumn`], [`ErrorKind::Configuration`]; strictly [`ErrorKind::Value`].
pub(crate) fn mapped(
    project: &ProjectSpec,
    name: &str,
    columns: Option<&[String]>,
    as_text: &[&str],
    lenient: bool,
) -> Result<Mapped> {
    let spec = project.table(name)?;
    let at = |key: &str, error: Error| described_at(project, name, key, error);
    // Keys keep their exact text, under their names in the file.
    let original = |name: &str| spec.columns.get(name).map_or(name, String::as_str).to_owned();
    let as_text: Vec<String> =
        spec.keys.iter().map(String::as_str).chain(as_text.iter().copied()).map(original).collect();
    let options = ReadOptions { separator: spec.separator, null_values: &spec.null_values, as_text: &as_text, columns };
    let path = project.source.resolve(&spec.path);
    if columns.is_some() {
        // A name that nothing needs would not be missed below.
        let names = table::column_names(&path, &spec.path, spec.separator)?;
        let renamed = spec.columns.values().map(|old| ("columns", old));
        for (key, column) in renamed.chain(spec.known_later.iter().map(|column| ("known_later", column))) {
            let is_new = spec.columns.contains_key(column) || spec.compute.contains_key(column);
            let is_there = names.contains(column) || key == "known_later" && is_new;
            if !is_there {
                return Err(at(key, table::unknown_column(column, &names).in_file(&path)));
            }
        }
    }
    let is_read = |column: &String| columns.is_none_or(|columns| columns.contains(column));
    let mut table = table::read(&path, &spec.path, &options)?;
    for (new, old) in &spec.columns {
        if new != old && table.has(new) {
            return Err(project.source.error(
                &["tables", name, "columns"],
                format!("table {name:?}: {old:?} cannot be called {new:?}: there is such a column already"),
            ));
        }
    }
    // A column may get several new names.
    let mut renamed: BTreeSet<&String> = BTreeSet::new();
    for (new, old) in spec.columns.iter().filter(|(new, old)| new != old && is_read(old)) {
        let series = table.series(old).map_err(|e| at("columns", e))?;
        table.frame.with_column(series.with_name(new.as_str().into()).into()).map_err(internal)?;
        renamed.insert(old);
    }
    for old in renamed {
        table.frame.drop_in_place(old).map_err(internal)?;
    }
    let mut untranslated = Vec::new();
    for (column, meanings) in &spec.translate {
        if is_read(&original(column)) {
            table.require(column).map_err(|e| at("translate", e))?;
            match translate(&mut table, column, meanings) {
                Err(e) if lenient && e.kind() == ErrorKind::Value => untranslated.push(column.clone()),
                translated => translated.map_err(|e| at("translate", e))?,
            }
        }
    }
    // Dates that the file holds are dates for what is computed from them; those that are computed come after.
    let mut dates = BTreeMap::new();
    let mut read_dates = |table: &mut Table, computed: bool| -> Result<()> {
        for (key, column) in [("event_date", &spec.event_date), ("known_at", &spec.known_at)] {
            let Some(column) = column else { continue };
            if spec.compute.contains_key(column) != computed {
                continue;
            }
            table.require(column).map_err(|e| at(key, e))?;
            if lenient {
                make_dates(table, column, spec).map_err(|e| at(key, e))?;
            } else {
                dates.insert(key, days(table, column, spec).map_err(|e| at(key, e))?);
            }
        }
        Ok(())
    };
    read_dates(&mut table, false)?;
    for column in compute_order(project, name, spec)? {
        let text = &spec.compute[column];
        if table.has(column) {
            return Err(project.source.error(
                &["tables", name, "compute", column],
                format!("table {name:?}: there is a column {column:?} already; give the computed one another name"),
            ));
        }
        let purpose = format!("table {name:?}, compute.{column}");
        let keys = ["tables", name, "compute", column];
        let values = evaluate(&table, Expression { text, purpose: &purpose, source: &project.source, keys: &keys })?;
        table.frame.with_column(values.with_name(column.as_str().into()).into()).map_err(internal)?;
    }
    read_dates(&mut table, true)?;
    let mut left_out = 0;
    if let Some(text) = &spec.condition {
        let purpose = format!("table {name:?}, where");
        let keys = ["tables", name, "where"];
        let meets = condition(&table, Expression { text, purpose: &purpose, source: &project.source, keys: &keys })?;
        let mask = BooleanChunked::from_iter_values("meets".into(), meets.iter().map(|meets| *meets == Some(true)));
        let rows = table.rows();
        table.frame = table.frame.filter(&mask).map_err(internal)?;
        left_out = (rows - table.rows()) as u64;
        for days in dates.values_mut() {
            let mut meets = meets.iter();
            days.retain(|_| meets.next() == Some(&Some(true)));
        }
        if table.rows() == 0 {
            return Err(Error::new(ErrorKind::Empty, format!("no row meets the table's where: {text}"))
                .in_file(&table.file)
                .help(format!("look at [tables.{name}] where")));
        }
    }
    Ok(Mapped { table, dates, left_out, untranslated })
}

/// Reads a table with the columns `needed` (under their new names), keys and dates; `None`: with all columns.
pub(super) fn read_table(
    project: &ProjectSpec,
    name: &str,
    spec: &TableSpec,
    needed: Option<&BTreeSet<String>>,
) -> Result<HistoryTable> {
    let at = |key: &str, error: Error| described_at(project, name, key, error);
    // Whether rows repeat each other is a matter of all their columns, whatever a card needs of them.
    let needed = needed.filter(|_| spec.duplicate_keys == DuplicateKeys::Error);
    let columns = needed.map(|needed| original_columns(project, name, spec, needed)).transpose()?;
    let Mapped { mut table, mut dates, left_out, .. } = mapped(project, name, columns.as_deref(), &[], false)?;
    for key in &spec.keys {
        table.require(key).map_err(|e| at("keys", e))?;
        whole_keys(&mut table, key)?;
        let series = table.series(key)?;
        if series.null_count() > 0
            && let Some(row) = series.is_null().iter().position(|null| null == Some(true))
        {
            return Err(Error::new(ErrorKind::Value, "the key is missing")
                .in_file(&table.file)
                .in_column(key)
                .at_row(row + 1)
                .help(match spec.compute.get(key) {
                    Some(text) => format!("it is computed as {text}, which is missing there; CAST of a number with decimals to a text is missing: ROUND it first"),
                    None => "every row must say whose it is; fill the key in, or leave the row out".to_owned(),
                }));
        }
    }
    let event = dates.remove("event_date");
    let known = match (&spec.known_at, dates.remove("known_at"), &event) {
        (Some(column), Some(known), Some(event)) => {
            if let Some(row) = event.par_iter().zip(&known).position_first(|(event, known)| known < event) {
                return Err(Error::new(ErrorKind::Value, "the row became known before it happened")
                    .in_file(&table.file)
                    .in_column(column)
                    .at_row(row + 1)
                    .help("mend the dates, or map known_at to the column that says when the row arrived"));
            }
            Some(known)
        }
        (_, _, Some(event)) if spec.known_after_days == 0 => Some(event.clone()),
        (_, _, Some(event)) => {
            Some(event.par_iter().map(|day| day.plus_days(i64::from(spec.known_after_days))).collect())
        }
        (_, _, None) => None,
    };
    let sequence = spec
        .order_by
        .iter()
        .map(|column| {
            table.require(column).map_err(|e| at("order_by", e))?;
            ranks(&table.series(column)?)
        })
        .collect::<Result<_>>()?;
    Ok(HistoryTable {
        name: name.to_owned(),
        spec: spec.clone(),
        table,
        event,
        known,
        codes: BTreeMap::new(),
        sequence,
        duplicates: Duplicates::default(),
        left_out,
    })
}

/// A key of numbers is one of whole numbers: as doubles, which expressions give, 7 would not be the text "7".
fn whole_keys(table: &mut Table, key: &str) -> Result<()> {
    let series = table.series(key)?;
    if !series.dtype().is_float() {
        return Ok(());
    }
    let numbers = series.cast(&DataType::Float64).map_err(internal)?;
    let whole = |number: f64| number.fract() == 0.0 && number.abs() < 9.0e15;
    if let Some(row) = numbers.f64().map_err(internal)?.iter().position(|number| !number.is_none_or(whole)) {
        return Err(Error::new(ErrorKind::Value, "the key is a number that is not whole")
            .in_file(&table.file)
            .in_column(key)
            .at_row(row + 1)
            .help("a key is a whole number or a text"));
    }
    let numbers = numbers.cast(&DataType::Int64).map_err(internal)?;
    table.frame.with_column(numbers.into()).map_err(internal)?;
    Ok(())
}

/// The columns of the file that give the columns `needed`.
fn original_columns(
    project: &ProjectSpec,
    name: &str,
    spec: &TableSpec,
    needed: &BTreeSet<String>,
) -> Result<Vec<String>> {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = needed.iter().cloned().collect();
    open.extend(spec.keys.iter().cloned());
    open.extend(spec.event_date.iter().chain(&spec.known_at).chain(&spec.order_by).cloned());
    // Every computed column is computed, so that a fault in it shows whether it is needed or not.
    open.extend(spec.compute.keys().cloned());
    if let Some(text) = &spec.condition {
        let keys = ["tables", name, "where"];
        open.extend(Expression { text, purpose: "where", source: &project.source, keys: &keys }.columns()?);
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(column) = open.pop() {
        if !seen.insert(column.clone()) {
            continue;
        }
        match spec.compute.get(&column) {
            Some(text) => open.extend(used_columns(project, name, &column, text)?),
            None => {
                wanted.insert(spec.columns.get(&column).unwrap_or(&column).clone());
            }
        }
    }
    Ok(wanted.into_iter().collect())
}

fn used_columns(project: &ProjectSpec, name: &str, column: &str, text: &str) -> Result<Vec<String>> {
    let purpose = format!("table {name:?}, compute.{column}");
    let keys = ["tables", name, "compute", column];
    Expression { text, purpose: &purpose, source: &project.source, keys: &keys }.columns()
}

/// Computed columns, each after those it uses.
pub(crate) fn compute_order<'a>(project: &ProjectSpec, name: &str, spec: &'a TableSpec) -> Result<Vec<&'a String>> {
    let mut open: BTreeMap<&String, Vec<String>> = BTreeMap::new();
    for (column, text) in &spec.compute {
        open.insert(column, used_columns(project, name, column, text)?);
    }
    let mut order = Vec::new();
    while !open.is_empty() {
        let ready: Vec<&String> = open
            .iter()
            .filter(|(_, uses)| uses.iter().all(|used| !open.contains_key(used)))
            .map(|(column, _)| *column)
            .collect();
        if ready.is_empty() {
            let names: Vec<&str> = open.keys().map(|column| column.as_str()).collect();
            return Err(project.source.error(
                &["tables", name, "compute", names.first().copied().unwrap_or_default()],
                format!("table {name:?}: these columns are computed from each other in a circle: {}", names.join(", ")),
            ));
        }
        for column in ready {
            open.remove(column);
            order.push(column);
        }
    }
    Ok(order)
}

/// Codes to their meanings; a code without one is an error.
fn translate(table: &mut Table, column: &str, meanings: &BTreeMap<String, Literal>) -> Result<()> {
    let codes = table.categories(column)?;
    let mut translated: Vec<Literal> = Vec::with_capacity(codes.levels.len());
    for (level, text) in codes.levels.iter().enumerate() {
        let Some(meaning) = meanings.get(text) else {
            let row = codes.codes.iter().position(|code| *code as usize == level).unwrap_or(0);
            return Err(Error::new(
                ErrorKind::Value,
                format!("the code {text:?} has no meaning in translate.{column}"),
            )
            .in_file(&table.file)
            .in_column(column)
            .at_row(row + 1)
            .help(format!(
                "give it one, or mend the value; the codes with a meaning are: {}",
                suggest::list(meanings.keys().map(String::as_str))
            )));
        };
        translated.push(meaning.clone());
    }
    let numbers: Option<Vec<f64>> = translated
        .iter()
        .map(|meaning| match meaning {
            Literal::Number(number) => Some(*number),
            _ => None,
        })
        .collect();
    let by_row = codes.codes.iter().map(|code| *code as usize);
    let values: Series = match numbers {
        Some(numbers) if !numbers.is_empty() => {
            Float64Chunked::from_iter_options(column.into(), by_row.map(|code| numbers.get(code).copied()))
                .into_series()
        }
        _ => {
            let texts: Vec<String> = translated.iter().map(ToString::to_string).collect();
            StringChunked::from_iter_options(column.into(), by_row.map(|code| texts.get(code).map(String::as_str)))
                .into_series()
        }
    };
    table.frame.with_column(values.into()).map_err(internal)?;
    Ok(())
}

/// Dense ranks of a column's values, from 1; missing values have 0.
fn ranks(series: &Series) -> Result<Vec<u32>> {
    let options = SortOptions { nulls_last: false, maintain_order: true, ..Default::default() };
    let order = series.arg_sort(options);
    let values = series.take(&order).map_err(internal)?;
    let differs = values.not_equal_missing(&values.shift(1)).map_err(internal)?;
    let mut ranks = vec![0; series.len()];
    let mut rank = 0;
    for ((row, differs), missing) in order.iter().flatten().zip(differs.iter()).zip(values.is_null().iter()) {
        if missing != Some(true) {
            rank += u32::from(differs == Some(true) || rank == 0);
            ranks[row as usize] = rank;
        }
    }
    Ok(ranks)
}

/// Codes the keys of all tables: a dictionary for each name.
pub(super) fn code_keys(tables: &mut BTreeMap<String, HistoryTable>) -> Result<BTreeMap<String, Dictionary>> {
    let names: BTreeSet<String> = tables.values().flat_map(|table| table.spec.keys.iter().cloned()).collect();
    let mut dictionaries = BTreeMap::new();
    for key in names {
        let mut kinds: Vec<(&str, bool, bool)> = Vec::new();
        for table in tables.values().filter(|table| table.spec.keys.contains(&key)) {
            let series = table.table.series(&key)?;
            // A csv file holds texts whatever they mean; Parquet files say what they hold.
            let says_its_type = table.table.lineage.iter().any(|file| file.path.to_lowercase().ends_with(".parquet"));
            let is_whole = series.dtype().is_integer() && series.strict_cast(&DataType::Int64).is_ok();
            kinds.push((&table.name, is_whole, says_its_type));
        }
        if let (Some((one, ..)), Some((other, ..))) = (
            kinds.iter().find(|(_, number, says)| *number && *says),
            kinds.iter().find(|(_, number, says)| !*number && *says),
        ) {
            return Err(Error::new(
                ErrorKind::Value,
                format!("the key {key:?} is a whole number in {one:?}, but a text in {other:?}"),
            )
            .help("a key must be of one type in all tables: compute it, as in keys = [\"id\"] with compute = { id = \"CAST(OLD AS VARCHAR)\" }"));
        }
        let mut dictionary = Dictionary::new(kinds.iter().all(|(_, number, _)| *number));
        for table in tables.values_mut().filter(|table| table.spec.keys.contains(&key)) {
            let codes = dictionary.encode(&table.table.series(&key)?)?;
            table.codes.insert(key.clone(), codes);
        }
        if let Some(ranks) = dictionary.sort() {
            for codes in tables.values_mut().filter_map(|table| table.codes.get_mut(&key)) {
                codes.iter_mut().for_each(|code| *code = ranks.get(*code as usize).copied().unwrap_or(*code));
            }
        }
        dictionaries.insert(key, dictionary);
    }
    Ok(dictionaries)
}

/// Leaves out the rows of keys that have several different rows, and all but one of rows that repeat.
pub(super) fn settle_duplicates(table: &mut HistoryTable) -> Result<()> {
    let Some(codes) = table.codes.get(table.key()) else { return Err(internal("a table without its key")) };
    let mut order: Vec<u32> = (0..codes.len() as u32).collect();
    order.sort_by_key(|row| codes[*row as usize]);
    let mut stays = vec![true; codes.len()];
    for rows in order.chunk_by(|a, b| codes[*a as usize] == codes[*b as usize]).filter(|rows| rows.len() > 1) {
        let alike = {
            let indices = IdxCa::from_vec("row".into(), rows.to_vec());
            let rows = table.table.frame.take(&indices).map_err(internal)?;
            (1..rows.height()).all(|row| rows.slice(0, 1).equals_missing(&rows.slice(row as i64, 1)))
        };
        rows.iter().skip(usize::from(alike)).for_each(|row| stays[*row as usize] = false);
        let left_out = (rows.len() - usize::from(alike)) as u64;
        if alike {
            table.duplicates.repeated += left_out;
        } else {
            table.duplicates.different += left_out;
        }
    }
    let mask = BooleanChunked::from_iter_values("stays".into(), stays.iter().copied());
    table.table.frame = table.table.frame.filter(&mask).map_err(internal)?;
    for values in table.codes.values_mut().chain(&mut table.sequence) {
        let mut stays = stays.iter();
        values.retain(|_| stays.next() == Some(&true));
    }
    Ok(())
}
