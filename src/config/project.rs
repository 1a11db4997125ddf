//! `scorewright.toml`: the tables of the loan history.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{FixedOffset, NaiveDate};
use scorewright_runtime::artifact::Literal;
use serde::Deserialize;

use super::data::optional_date;
use super::outcomes::OutcomesSection;
use super::source::Source;
use crate::error::{Error, ErrorKind, Result};

/// Longest lag in days between happening and being known.
const LONGEST_LAG: u32 = 36_500;

/// The file as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectFile {
    #[serde(default)]
    project: ProjectSection,
    tables: BTreeMap<String, TableSpec>,
    #[serde(default)]
    outcomes: OutcomesSection,
    #[serde(default)]
    #[expect(dead_code, reason = "checked with the file; RegistrySection::find reads it")]
    registry: RegistrySection,
}

/// `[registry]`: where versions and approvals are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrySection {
    /// A directory relative to the project's file, or the URL of an object store; absent: `registry`.
    pub location: Option<String>,
    /// SHA-256 of the registry's first event: another registry at this place is refused.
    pub id: Option<String>,
}

/// The part of the project's file that says where the registry is; the rest is not looked at.
#[derive(Debug, Default, Deserialize)]
struct RegistryPart {
    #[serde(default)]
    registry: RegistrySection,
}

impl RegistrySection {
    /// Where the registry of the nearest project is, in `folder` or above it: its section, with the location as it can be
    /// opened; `None` where there is no project.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`], [`ErrorKind::Configuration`] for a file that is no TOML or a wrong section.
    pub fn find(folder: &Path) -> Result<Option<Self>> {
        let Some(path) = nearest_project(folder)? else { return Ok(None) };
        let source = Source::read(&path)?;
        let section = source.parse::<RegistryPart>()?.registry;
        let location = section.location.unwrap_or_else(|| "registry".to_owned());
        let location = match location.contains("://") {
            true => location,
            false => {
                let path = source.resolve(&location);
                path.strip_prefix(".").unwrap_or(&path).display().to_string()
            }
        };
        Ok(Some(RegistrySection { location: Some(location), id: section.id }))
    }
}

/// The nearest `scorewright.toml` in `folder` or above it.
fn nearest_project(folder: &Path) -> Result<Option<PathBuf>> {
    let start = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let absolute = start.canonicalize().map_err(|e| crate::error::unreadable(start, &e))?;
    let mut relative = start.to_path_buf();
    for _ in absolute.ancestors() {
        let candidate = relative.join("scorewright.toml");
        if candidate.is_file() {
            return Ok(Some(candidate));
        }
        relative.push("..");
    }
    Ok(None)
}

/// `[project]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ProjectSection {
    name: String,
    seed: Option<u64>,
}

/// `[tables.NAME]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// csv, csv.gz or parquet, relative to the project's file; globs allowed.
    pub path: String,
    /// Field separator of csv files.
    pub separator: Option<char>,
    /// Texts that mean missing in csv files, besides the empty field.
    #[serde(default)]
    pub null_values: Vec<String>,
    /// Key columns; the first says whose rows these are.
    pub keys: Vec<String>,
    /// Day when a row happened; absent: attributes that hold from the beginning.
    pub event_date: Option<String>,
    /// Day when a row became known; absent: the day when it happened, plus `known_after_days`.
    pub known_at: Option<String>,
    /// Lag between happening and being known.
    #[serde(default)]
    pub known_after_days: u32,
    /// `month`: a row stands for its whole calendar month, whatever day it carries.
    pub period: Option<Period>,
    /// Last day that the table covers; absent: its last event.
    #[serde(default, deserialize_with = "optional_date")]
    pub observed_until: Option<NaiveDate>,
    /// How dates are written that are not like 2024-07-01, as in strftime: `%y%m%d`.
    pub date_format: Option<String>,
    /// The lender's clock, as `+08:00`: turns times that carry a zone into the lender's days.
    pub utc_offset: Option<String>,
    /// Columns that order the rows of one day; what is still tied is ordered by the value itself.
    #[serde(default)]
    pub order_by: Vec<String>,
    /// New names for columns: `new = "OLD"`.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Codes and what they mean, by column: `status = { C = "paid", "0" = "current" }`. A code without a meaning
    /// is an error.
    #[serde(default)]
    pub translate: BTreeMap<String, BTreeMap<String, Literal>>,
    /// Columns by SQL expression over the others (after renaming and translation).
    #[serde(default)]
    pub compute: BTreeMap<String, String>,
    /// SQL condition over its columns (computed ones too): rows that do not meet it are left out, and the run says how
    /// many.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// What to do where a table of attributes has several rows for one key.
    #[serde(default)]
    pub duplicate_keys: DuplicateKeys,
    /// Columns that are known only after their row, such as a closing date: outcomes may use them, features not.
    #[serde(default)]
    pub known_later: Vec<String>,
    /// The values that a column may hold, by column; `check` finds all others.
    #[serde(default)]
    pub allowed: BTreeMap<String, Vec<Literal>>,
    /// Columns that together are a person's profile; `check` finds persons under several ids.
    #[serde(default)]
    pub profile: Vec<String>,
}

/// What to do where a table of attributes has several rows for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateKeys {
    /// Stop.
    #[default]
    Error,
    /// Keep one of rows that are alike in every column that is read; leave out all rows of a key whose rows differ. The
    /// run warns with their numbers.
    LeaveOut,
}

/// What a row of a table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// Its calendar month.
    Month,
}

/// A checked project file.
#[derive(Debug, Clone)]
pub struct ProjectSpec {
    /// The project's name.
    pub name: String,
    /// Seed for cards that state none.
    pub seed: Option<u64>,
    /// The tables by name.
    pub tables: BTreeMap<String, TableSpec>,
    /// `[outcomes]`.
    pub outcomes: OutcomesSection,
    /// The file.
    pub source: Source,
}

impl ProjectSpec {
    /// Reads and checks a project file.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`], [`ErrorKind::Configuration`].
    pub fn read(path: &Path) -> Result<Self> {
        Self::from_source(Source::read(path)?)
    }

    /// Checks the text of a project file.
    pub(super) fn from_source(source: Source) -> Result<Self> {
        let mut file: ProjectFile = source.parse()?;
        file.outcomes.check(&source)?;
        for (name, table) in &file.tables {
            let wrong =
                |key: &str, what: &str| Err(source.error(&["tables", name, key], format!("table {name:?}: {what}")));
            if table.keys.is_empty() {
                return wrong(
                    "keys",
                    "keys must name at least one column, first the one that says whose rows these are",
                );
            }
            if table.event_date.is_none()
                && (table.known_at.is_some() || table.known_after_days > 0 || table.period.is_some())
            {
                return wrong(
                    "event_date",
                    "known_at, known_after_days and period need the event_date that they speak of",
                );
            }
            if table.event_date.is_some() && table.duplicate_keys != DuplicateKeys::Error {
                return wrong(
                    "duplicate_keys",
                    "duplicate_keys is for tables of attributes; a dated table may have several rows for a key",
                );
            }
            if table.known_at.is_some() && table.known_after_days > 0 {
                return wrong(
                    "known_after_days",
                    "give either known_at (a column) or known_after_days (a lag), not both",
                );
            }
            if table.known_after_days > LONGEST_LAG {
                let what = format!(
                    "known_after_days is {}, but at most {LONGEST_LAG} (100 years): a row that is known later is never known",
                    table.known_after_days
                );
                return wrong("known_after_days", &what);
            }
            if let Some(offset) = &table.utc_offset
                && offset.parse::<FixedOffset>().is_err()
            {
                return wrong("utc_offset", "utc_offset must be like \"+08:00\"");
            }
        }
        Ok(ProjectSpec {
            name: file.project.name,
            seed: file.project.seed,
            tables: file.tables,
            outcomes: file.outcomes,
            source,
        })
    }

    /// The nearest `scorewright.toml` in `folder` or above it.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where there is none.
    pub fn find(folder: &Path) -> Result<Self> {
        if let Some(path) = nearest_project(folder)? {
            return Self::read(&path);
        }
        Err(Error::new(ErrorKind::Configuration, "no scorewright.toml in the card's folder or above it")
            .in_file(folder)
            .help("a card with [population] needs one: `scorewright new DIR` writes an example; or name it: [population] project = \"path\""))
    }

    /// The table of this name.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], with the nearest name.
    pub fn table(&self, name: &str) -> Result<&TableSpec> {
        self.tables.get(name).ok_or_else(|| {
            Error::new(ErrorKind::Configuration, format!("the history has no table {name:?}"))
                .in_file(&self.source.path)
                .help(crate::suggest::did_you_mean(name, "tables", self.tables.keys().map(String::as_str)))
        })
    }
}
