//! Tables as they come from files: read, checked, and handed out column by column with errors that
//! name file, column and row. Only this room, `history` and `features` know Polars.

mod batches;
mod columns;
mod csv_file;
mod csv_parts;
mod infer;
mod lenient;
mod read;
mod write;

pub use batches::{BatchSize, Batches};
pub use columns::{Categories, MISSING};
pub(crate) use columns::{EVALUATED, feature_series};
pub(crate) use infer::{date, date_advice, days, zoned};
pub(crate) use lenient::{Days, NO_DAY, Numbers, mixed, text_digest};
pub(crate) use read::column_names;
pub use read::{ReadOptions, read};
pub use write::{write_csv, write_parquet};

use std::path::PathBuf;

use polars::prelude::DataFrame;
use scorewright_runtime::artifact::DataFile;

use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

/// A table in memory.
#[derive(Debug, Clone)]
pub struct Table {
    /// What messages call its file.
    pub file: PathBuf,
    /// Its columns.
    pub frame: DataFrame,
    /// The files it was read from.
    pub lineage: Vec<DataFile>,
}

impl Table {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.frame.height()
    }

    /// Column names in the file's order.
    pub fn names(&self) -> Vec<String> {
        self.frame.get_column_names().into_iter().map(ToString::to_string).collect()
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.frame.column(name).is_ok()
    }

    /// The error for a column that is not there, with the nearest name.
    pub fn unknown_column(&self, name: &str) -> Error {
        unknown_column(name, &self.names()).in_file(&self.file)
    }

    /// # Errors
    /// [`ErrorKind::UnknownColumn`].
    pub fn require(&self, name: &str) -> Result<()> {
        if self.has(name) { Ok(()) } else { Err(self.unknown_column(name)) }
    }
}

/// The error for a column that is not among `names`; names that hold a separator were read with a wrong one.
pub(crate) fn unknown_column(name: &str, names: &[String]) -> Error {
    let mut help = suggest::did_you_mean(name, "columns", names.iter().map(String::as_str));
    for (held, written) in [(';', ";"), ('\t', "\\t"), ('|', "|")] {
        if let Some(odd) = names.iter().find(|name| name.contains(held) && !name.contains(' ')) {
            help = format!(
                "{odd:?} is the name of one column; if it is several, say what separates them: separator = \"{written}\""
            );
        }
    }
    Error::new(ErrorKind::UnknownColumn, format!("there is no column {name:?}")).help(help)
}
