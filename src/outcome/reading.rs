//! From the tables of the history to plain columns: the only place here that knows either.

use super::numbers;
use super::panel::{Panel, Rows};
use crate::config::{DefinitionRule, OutcomesSection, ProjectSpec};
use crate::error::{Error, ErrorKind, Result};
use crate::history::{Expression, History, HistoryTable, condition, evaluate};
use crate::population::Observations;
use crate::suggest;
use crate::table::MISSING;

/// Longest history in months that dates without a slip can have.
const LONGEST_HISTORY: i32 = 1200;

/// The panel with what is known of it.
pub(super) struct Reading {
    /// The panel.
    pub panel: Panel,
    /// The key column of the accounts.
    key: String,
    /// Where the month of opening comes from, in words.
    pub opening: String,
    /// Whether it is that of the account's first row, as nothing else is known.
    pub opened_by_first_row: bool,
}

/// The tables that the panel is read from: that of the measure and, where there is one, that of the openings.
pub(super) fn tables(project: &ProjectSpec) -> Result<Vec<String>> {
    let section = &project.outcomes;
    let wanted = |name: &str, key: &str| match project.tables.contains_key(name) {
        true => Ok(()),
        false => {
            let what = match key {
                "opened_table" => "that holds the day of opening of each account",
                _ => "that holds the delinquency by month",
            };
            Err(project.source.error(&["outcomes", key], format!("the history has no table {name:?}")).help(format!(
                "name the table {what}: [outcomes] {key} = \"...\"; {}",
                suggest::did_you_mean(name, "tables", project.tables.keys().map(String::as_str))
            )))
        }
    };
    wanted(&section.table, "table")?;
    let opened_table = opened_table(section);
    if section.opened.is_some() || section.opened_table.is_some() {
        wanted(opened_table, "opened_table")?;
    }
    let key = |name: &str| project.tables.get(name).and_then(|table| table.keys.first());
    let mut names = vec![section.table.clone()];
    if opened_table != section.table && key(opened_table).is_some() {
        if key(opened_table) == key(&section.table) {
            names.push(opened_table.to_owned());
        } else if section.opened.is_some() || section.opened_table.is_some() {
            return Err(project.source.error(
                &["outcomes", "opened_table"],
                format!("{opened_table:?} and {:?} are not keyed by the same column", section.table),
            ));
        }
    }
    Ok(names)
}

fn opened_table(section: &OutcomesSection) -> &str {
    section.opened_table.as_deref().unwrap_or("accounts")
}

/// Reads the panel.
///
/// # Errors
/// Those of expressions; [`ErrorKind::Configuration`] where the table carries no date or two tables do
/// not fit together; [`ErrorKind::Duplicate`] where an account has two rows on a day;
/// [`ErrorKind::NoCases`] where there are fewer than two months.
pub(super) fn read(history: &History, project: &ProjectSpec, definitions: &[DefinitionRule]) -> Result<Reading> {
    let section = &project.outcomes;
    let table = history.table(&section.table)?;
    let Some(event) = &table.event else {
        return Err(project
            .source
            .error(&["outcomes", "table"], format!("the table {:?} carries no date, so it has no months", table.name))
            .help(format!(
                "map its date: [tables.{}] event_date = \"...\"; or name another table: [outcomes] table = \"...\"",
                table.name
            )));
    };
    let codes = history.codes(table, table.key())?.codes;
    let accounts = history.dictionary(table.key()).map_or(0, |accounts| accounts.len());
    let source = &project.source;
    let written = ["outcomes", "measure"];
    let expression = Expression { text: &section.measure, purpose: "outcomes.measure", source, keys: &written };
    // A column without any value has no type, so that no condition on it can be computed.
    let values = evaluate(&table.table, expression)?;
    if values.null_count() == values.len() {
        return Err(no_months(table, section, NO_VALUE));
    }
    let measure = numbers(&table.table, expression)?;
    let mut bits = [vec![0_u8; table.table.rows()], vec![0_u8; table.table.rows()]];
    for (position, rule) in definitions.iter().enumerate() {
        let written = position.to_string();
        let conditions = [("where", Some(&rule.condition)), ("indeterminate_where", rule.indeterminate.as_ref())];
        for (bits, (key, text)) in bits.iter_mut().zip(conditions) {
            let Some(text) = text else { continue };
            let purpose = format!("outcomes.definitions ({})", rule.name);
            let keys = ["outcomes", "definitions", &written, key];
            let met = condition(&table.table, Expression { text, purpose: &purpose, source, keys: &keys })?;
            bits.iter_mut().zip(met).for_each(|(bits, met)| *bits |= u8::from(met == Some(true)) << position);
        }
    }
    let day: Vec<i32> = event.iter().map(|day| chrono::Datelike::num_days_from_ce(&day.0)).collect();
    let month: Vec<i32> = event.iter().map(|day| day.month() as i32).collect();
    if let (Some(first), Some(last)) = (event.iter().min(), event.iter().max())
        && last.month() - first.month() >= i64::from(LONGEST_HISTORY)
    {
        return Err(Error::new(
            ErrorKind::Value,
            format!("the rows run from {} to {}: more than a hundred years", first.0, last.0),
        )
        .in_file(&table.table.file)
        .help("mend the dates that are not meant"));
    }
    let until = table.observed_until().map_or(i32::MAX, |day| day.month() as i32);
    let (opened, opening) = openings(history, project, table, accounts)?;
    let rows = Rows { account: &codes, month: &month, day: &day, measure: &measure, bad: &bits[0], near: &bits[1] };
    let panel = Panel::new(accounts, rows, &section.cuts, &opened, until).map_err(|twice| {
        Error::new(
            ErrorKind::Duplicate,
            format!(
                "{:?} has two rows on {}, first in data row {}",
                history.text(table.key(), codes[twice.first]).unwrap_or_default(),
                event[twice.first].0,
                twice.first + 1
            ),
        )
        .in_file(&table.table.file)
        .in_column(table.key())
        .at_row(twice.second + 1)
        .help("an account has one state a day: remove the duplicate")
    })?;
    if panel.months() < 2 {
        let name = super::panel::month_name(panel.first);
        let one = format!("all rows with a value of the measure lie in one month, {name}");
        return Err(no_months(table, section, if panel.months() == 0 { NO_VALUE } else { &one }));
    }
    let opened_by_first_row = opened.is_empty();
    Ok(Reading { panel, key: table.key().to_owned(), opening, opened_by_first_row })
}

const NO_VALUE: &str = "no row has a value of the measure";

fn no_months(table: &HistoryTable, section: &OutcomesSection, what: &str) -> Error {
    Error::new(ErrorKind::NoCases, format!("the history has no two months to compare: {what}"))
        .in_file(&table.table.file)
        .help(format!(
            "outcomes need the table month by month; the measure is {}, an SQL expression that [outcomes] measure names",
            section.measure
        ))
}

/// The month of opening of every account, none at all where no table tells it, and its origin in words.
fn openings(
    history: &History,
    project: &ProjectSpec,
    measured: &HistoryTable,
    accounts: usize,
) -> Result<(Vec<Option<i32>>, String)> {
    let section = &project.outcomes;
    let first_row = || (Vec::new(), format!("the account's first row in {}", measured.name));
    let name = opened_table(section);
    let Ok(table) = history.table(name) else { return Ok(first_row()) };
    let named = section.opened.as_deref();
    let column = match (named, &table.spec.event_date) {
        (Some(column), _) => column,
        (None, Some(_)) if name == section.table => return Ok(first_row()),
        (None, Some(column)) => column.as_str(),
        (None, None) if table.table.has("opened_on") => "opened_on",
        (None, None) if section.opened_table.is_some() => {
            return Err(project
                .source
                .error(
                    &["outcomes", "opened_table"],
                    format!("the table {name:?} does not say which column is the day of opening"),
                )
                .help("name it: [outcomes] opened = \"...\""));
        }
        (None, None) => return Ok(first_row()),
    };
    let dates = table.table.dates(column)?;
    let codes = history.codes(table, table.key())?.codes;
    let mut opened: Vec<Option<i32>> = vec![None; accounts];
    for (account, date) in codes.iter().zip(dates) {
        if let (Some(known), Some(date)) = (opened.get_mut(*account as usize), date) {
            let month = crate::history::Day::from(date).month() as i32;
            *known = Some(known.map_or(month, |known| known.min(month)));
        }
    }
    Ok((opened, format!("{column} of {name}")))
}

impl Reading {
    /// The account and month of each observation point, sorted; `None` where the points have no such
    /// account. Points of accounts without any row in the panel's table are counted beside them.
    pub fn points(&self, observations: &Observations) -> Option<(Vec<(u32, i32)>, u64)> {
        let codes = observations.key(&self.key).ok()?;
        let mut points = Vec::with_capacity(codes.len());
        let mut unknown = 0;
        for (code, day) in codes.iter().zip(&observations.days) {
            match *code {
                MISSING => unknown += 1,
                code if self.panel.rows(code as usize).is_empty() => unknown += 1,
                code => points.push((code, day.month() as i32)),
            }
        }
        points.sort_unstable();
        Some((points, unknown))
    }
}
