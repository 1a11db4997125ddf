//! Data quality of the loan history: every fault of its tables counted, with examples and advice. Tables are read
//! leniently here; training reads them strictly. docs/check.md states each rule with its thresholds.

mod accounts;
mod amounts;
mod arrears;
mod dates;
mod feeds;
mod finding;
mod keys;
mod months;
mod orphans;
mod persons;
mod sentinel;
mod values;
mod view;

pub use finding::{Code, EXAMPLES, Example, Finding, Severity};

use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;

use crate::config::{CardSpec, CaseSource, ProjectSpec, Source, TableSource, TableSpec, WithoutGroup};
use crate::error::{Error, ErrorKind, Result};
use crate::features;
use crate::progress::Progress;
use crate::table::{self, ReadOptions};
use orphans::Population;
use view::View;

/// What a check has found.
#[derive(Debug, Clone, Serialize)]
pub struct Quality {
    /// Always `scorewright.check`.
    pub format: &'static str,
    /// Version of this document's form.
    pub format_version: u32,
    /// The project's or the card's name.
    pub title: String,
    /// The tables that were read.
    pub tables: Vec<CheckedTable>,
    /// Table by table, the gravest first.
    pub findings: Vec<Finding>,
}

/// A table that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct CheckedTable {
    /// Its name.
    pub name: String,
    /// Its file, as the configuration writes it.
    pub path: String,
    /// Number of rows.
    pub rows: u64,
    /// Number of columns.
    pub columns: u64,
    /// First and last day of its events, where it has dates.
    pub period: Option<(String, String)>,
}

impl Quality {
    /// How many findings are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether nothing stands against training.
    pub fn passed(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    /// The findings that a run's evidence carries: the warnings, without examples, which name persons.
    pub fn for_evidence(&self) -> Vec<Finding> {
        let warnings = self.findings.iter().filter(|finding| finding.severity == Severity::Warning);
        warnings.map(|finding| Finding { examples: Vec::new(), ..finding.clone() }).collect()
    }
}

/// Checks the tables of a project's file, or those that a card's file needs; `only` limits them by name.
///
/// # Errors
/// Those of reading configuration and files; [`ErrorKind::Configuration`] for a name that is no table.
pub fn check(path: &Path, only: &[String], progress: &dyn Progress) -> Result<Quality> {
    let inside = path.join("scorewright.toml");
    let path = if path.is_dir() { inside.as_path() } else { path };
    let source = Source::read(path)?;
    let file: toml::Table = source.parse()?;
    if file.contains_key("card") {
        return check_card(&features::with_standard(CardSpec::read(path)?)?, only, progress);
    }
    let project = ProjectSpec::read(path)?;
    let all: Vec<String> = project.tables.keys().cloned().collect();
    let names = chosen(&all, only, &source)?;
    project_tables(&project, &project.name, &names, None, progress)
}

/// Checks the tables that a card needs.
///
/// # Errors
/// As [`check`].
pub fn check_card(spec: &CardSpec, only: &[String], progress: &dyn Progress) -> Result<Quality> {
    match &spec.cases {
        CaseSource::History(project, population, outcome) => {
            let all = crate::population::tables_needed(spec, project, population, outcome)?;
            let names = chosen(&all, only, &spec.source)?;
            // Rows of the population must lead on to their group, where they do not name it themselves.
            let keys = &project.table(&population.table)?.keys;
            let leads_on = population.group.as_ref().is_some_and(|group| !keys.contains(group))
                && population.without_group == WithoutGroup::Error;
            let observed = Population { table: &population.table, leads_on };
            project_tables(project, &spec.card.name, &names, Some(observed), progress)
        }
        CaseSource::Table(table, _) => {
            progress.begin("reading the table", 0);
            let view = card_table(spec, table)?;
            chosen(std::slice::from_ref(&view.name), only, &spec.source)?;
            let title = spec.card.name.clone();
            checked(title, vec![view], None, progress)
        }
    }
}

/// Errors of a card's tables as one error, which names the first of them and says how to see all.
///
/// # Errors
/// [`ErrorKind::Value`] where there is a finding of severity error.
pub fn refuse_errors(quality: &Quality, spec: &CardSpec) -> Result<()> {
    let errors: Vec<&Finding> = quality.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    let Some(first) = errors.first() else { return Ok(()) };
    let place = |finding: &Finding| match &finding.column {
        Some(column) => format!("{}, {column}", finding.table),
        None => finding.table.clone(),
    };
    let mut message = format!("{} ({}: {})", first.message, place(first), counted(first));
    for other in errors.iter().skip(1).take(2) {
        message.push_str(&format!("; also {} in {} ({})", other.code.name(), place(other), counted(other)));
    }
    if errors.len() > 3 {
        message.push_str(&format!("; and {} more kinds", errors.len() - 3));
    }
    let kind = if first.code == Code::DuplicateKey { ErrorKind::Duplicate } else { ErrorKind::Value };
    let mut error = Error::new(kind, message);
    let mut described = String::new();
    if let CaseSource::History(project, ..) = &spec.cases
        && let Ok(table) = project.table(&first.table)
    {
        // The example that shows the fault is the last of a pair that repeats a key.
        let example = if first.code == Code::DuplicateKey { first.examples.get(1) } else { first.examples.first() };
        if let Some(example) = example {
            error = error.in_file(project.source.resolve(&example.file)).at_row(example.row as usize);
        }
        let key = match &first.column {
            column if column.is_some() && *column == table.event_date => "event_date",
            column if column.is_some() && *column == table.known_at => "known_at",
            Some(column) if table.keys.contains(column) => "keys",
            Some(column) if table.allowed.contains_key(column) => "allowed",
            _ => "path",
        };
        if let Some(line) = project.source.line_of(&["tables", &first.table, key]) {
            described =
                format!("; the table {:?} is described in {}, line {line}", first.table, project.source.path.display());
        }
    }
    if let Some(column) = &first.column {
        error = error.in_column(column);
    }
    Err(error.help(format!(
        "{}; `scorewright check {}` shows every finding with examples{described}",
        first.remedy,
        spec.source.path.display()
    )))
}

/// Such as: 12 rows, 0.3%.
pub fn counted(finding: &Finding) -> String {
    let unit = match (finding.count, finding.unit.as_str()) {
        (1, "rows") => "row",
        (1, "months") => "month",
        (_, unit) => unit,
    };
    let percent = finding.share * 100.0;
    let percent = match percent {
        percent if percent < 0.01 => "under 0.01%".to_owned(),
        percent if percent < 1.0 => format!("{percent:.2}%"),
        percent => format!("{percent:.1}%"),
    };
    format!("{} {unit}, {percent}", finding.count)
}

/// The names that are checked: all, or those that were asked for.
fn chosen(all: &[String], only: &[String], source: &Source) -> Result<Vec<String>> {
    for name in only {
        if !all.contains(name) {
            return Err(Error::new(ErrorKind::Configuration, format!("there is no table {name:?} to check"))
                .in_file(&source.path)
                .help(crate::suggest::did_you_mean(name, "tables", all.iter().map(String::as_str))));
        }
    }
    Ok(all.iter().filter(|name| only.is_empty() || only.contains(name)).cloned().collect())
}

fn project_tables(
    project: &ProjectSpec,
    title: &str,
    names: &[String],
    population: Option<Population<'_>>,
    progress: &dyn Progress,
) -> Result<Quality> {
    progress.begin("reading tables to check", names.len());
    let mut views = Vec::with_capacity(names.len());
    for name in names {
        progress.check()?;
        views.push(View::of_project(project, name)?);
        progress.advance();
    }
    let title = if title.is_empty() { project.source.path.display().to_string() } else { title.to_owned() };
    checked(title, views, population, progress)
}

/// The ready-made table of a card: its id stands once, its day of observation is its date.
fn card_table(spec: &CardSpec, source: &TableSource) -> Result<View> {
    let as_text: Vec<String> = source.id.iter().chain(&source.group).cloned().collect();
    let options = ReadOptions {
        separator: source.separator,
        null_values: &source.null_values,
        as_text: &as_text,
        ..ReadOptions::default()
    };
    let table = table::read(&spec.source.resolve(&source.path), &source.path, &options)?;
    for column in source.id.iter().chain(&source.observed_at).chain(&spec.sample.profile) {
        table.require(column)?;
    }
    let name = Path::new(&source.path).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.split('.').next().unwrap_or(&name).to_owned();
    let mapping = TableSpec {
        path: source.path.clone(),
        keys: source.id.iter().cloned().collect(),
        event_date: source.observed_at.clone(),
        profile: spec.sample.profile.clone(),
        ..TableSpec::default()
    };
    View::new(&name, mapping, true, table)
}

/// All rules over all tables.
fn checked(
    title: String,
    views: Vec<View>,
    population: Option<Population<'_>>,
    progress: &dyn Progress,
) -> Result<Quality> {
    progress.begin("checking tables", views.len());
    let mut findings = Vec::new();
    let horizon = dates::horizon(&views);
    for view in &views {
        progress.check()?;
        keys::check(view, &mut findings)?;
        months::check(view, &mut findings);
        dates::check(view, horizon, &mut findings)?;
        values::check(view, &mut findings)?;
        columns(view, &mut findings)?;
        persons::check(view, &mut findings)?;
        progress.advance();
    }
    orphans::check(&views, population, &mut findings);
    accounts::check(&views, &mut findings)?;
    arrears::check(&views, &mut findings)?;
    let position = |name: &str| views.iter().position(|view| view.name == name);
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (position(&f.table), f.severity, f.code, f.column.clone());
        key(a).cmp(&key(b))
    });
    let tables = views.iter().map(CheckedTable::of).collect();
    Ok(Quality { format: "scorewright.check", format_version: 1, title, tables, findings })
}

/// The rules that look at one column at a time, columns in parallel.
fn columns(view: &View, findings: &mut Vec<Finding>) -> Result<()> {
    let months = feeds::Months::new(view);
    let taken: Vec<&str> = (view.keys.iter().map(|keys| keys.column.as_str()))
        .chain(view.spec.event_date.as_deref())
        .chain(view.spec.known_at.as_deref())
        .collect();
    let names: Vec<String> = view.table.names().into_iter().filter(|name| !taken.contains(&name.as_str())).collect();
    let found: Vec<(Vec<Finding>, Option<feeds::Missing>)> = names
        .par_iter()
        .map(|name| {
            let mut found = Vec::new();
            let missing = match (&months, view.table.gaps(name)?) {
                (Some(months), Some(gaps)) => months.missing(name, &gaps),
                _ => None,
            };
            let is_numeric = view.table.is_numeric(name) || amounts::is_standard(name);
            if is_numeric && !view.table.is_all_missing(name) {
                // A standard column that holds dates is no column of numbers.
                if let Some(numbers) = view.numbers(name)? {
                    amounts::check(view, name, &numbers, &mut found);
                    if let Some(months) = &months {
                        months.levels(view, name, &numbers, &mut found);
                    }
                }
            }
            Ok((found, missing))
        })
        .collect::<Result<_>>()?;
    let mut missing = Vec::new();
    for (some, gap) in found {
        findings.extend(some);
        missing.extend(gap);
    }
    if let Some(months) = &months {
        feeds::missing_findings(view, months, missing, findings)?;
        months.drops(view, findings);
    }
    Ok(())
}

impl CheckedTable {
    fn of(view: &View) -> Self {
        let days = view.event.iter().flat_map(|event| &event.days).filter(|day| **day != table::NO_DAY);
        let (first, last) = days.fold((i32::MAX, i32::MIN), |(first, last), day| (first.min(*day), last.max(*day)));
        CheckedTable {
            name: view.name.clone(),
            path: view.spec.path.clone(),
            rows: view.rows() as u64,
            columns: view.table.names().len() as u64,
            period: (first <= last).then(|| (view::day_name(first), view::day_name(last))),
        }
    }
}
