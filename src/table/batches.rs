//! Tables that are read batch by batch, because they need not fit in memory.
//!
//! Columns have the types that they have in memory. The type of a column of text depends on all of its values: a first
//! pass, the survey, finds it; it also reads the few columns that are wanted as a whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use super::Table;
use super::csv_parts::CsvParts;
use super::infer::Forms;
use super::read::{Format, ReadOptions, expand, no_rows, not_parquet, open_parquet, other_columns, typed};
use super::read::{folder_columns, with_folder_columns};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::progress::Progress;

/// How much of a table is in memory at a time.
#[derive(Debug, Clone, Copy)]
pub struct BatchSize {
    /// Values of a batch of Parquet, rows times columns: whole row groups that have about so many, or a part of a larger
    /// one.
    pub values: usize,
    /// Bytes of a batch of csv, unpacked; a longer record is a batch of its own.
    pub bytes: usize,
}

impl Default for BatchSize {
    fn default() -> Self {
        BatchSize { values: 8 << 20, bytes: 32 << 20 }
    }
}

/// A table in files whose columns and their types are known.
pub struct Batches<'a> {
    path: &'a Path,
    written: &'a str,
    options: &'a ReadOptions<'a>,
    size: BatchSize,
    files: Vec<(PathBuf, String)>,
    names: Vec<String>,
    rows: usize,
    /// Of the columns of text.
    forms: BTreeMap<String, Forms>,
}

impl<'a> Batches<'a> {
    /// Reads the table once: its names and types, the number of its rows, and the whole columns `keep`; where one of
    /// those is not there, all columns of the first batch instead, so that messages can name them.
    ///
    /// # Errors
    /// Those of [`super::read`].
    pub fn survey(
        path: &'a Path,
        written: &'a str,
        options: &'a ReadOptions<'a>,
        size: BatchSize,
        keep: &[String],
        progress: &dyn Progress,
    ) -> Result<(Self, Table)> {
        let files = expand(path, written)?;
        let mut columns = files.iter().map(|(file, name)| columns_of(file, written, name, options, size));
        let first = columns.next().ok_or_else(|| internal("a glob without files was let through"))??;
        for (later, (file, _)) in columns.zip(&files[1..]) {
            if later? != first {
                return Err(other_columns(file, &files[0].0));
            }
        }
        let all_there = keep.iter().all(|name| first.iter().any(|(column, _)| column == name));
        // Numbers of Parquet have their type; only text must be looked at.
        let is_text = |dtype: &DataType| matches!(dtype, DataType::String);
        let wanted = first.iter().filter(|(name, dtype)| is_text(dtype) || keep.contains(name));
        let wanted: Vec<String> = wanted.map(|(name, _)| name.clone()).collect();
        let wanted = all_there.then_some(wanted.as_slice());
        let names = first.iter().map(|(name, _)| name.clone()).collect();
        let mut batches =
            Batches { path, written, options, size, files: Vec::new(), names, rows: 0, forms: BTreeMap::new() };
        let mut kept: Option<DataFrame> = None;
        for (file, name) in &files {
            parts(file, options, size, wanted, |mut part| {
                progress.check()?;
                with_folder_columns(&mut part, written, name, wanted)?;
                batches.rows += part.height();
                batches.note_forms(&part)?;
                if all_there {
                    part = part.select(keep.iter().map(String::as_str)).map_err(internal)?;
                }
                match &mut kept {
                    None => kept = Some(part),
                    Some(kept) => drop(kept.vstack_mut(&part).map_err(internal)?),
                }
                Ok(all_there)
            })?;
            if !all_there {
                break;
            }
        }
        if batches.rows > u32::MAX as usize {
            return Err(Error::new(ErrorKind::Value, format!("the table has {} rows", batches.rows))
                .in_file(path)
                .help("at most 4,294,967,295 can be told apart; take a sample of them"));
        }
        batches.files = files;
        let kept = batches.typed(kept.ok_or_else(|| internal("a file without rows was let through"))?)?;
        Ok((batches, kept))
    }

    /// What the texts of a part of the table can be read as.
    fn note_forms(&mut self, part: &DataFrame) -> Result<()> {
        let found: Vec<(String, Forms)> = part
            .columns()
            .par_iter()
            .filter(|column| matches!(column.dtype(), DataType::String))
            .map(|column| Ok((column.name().to_string(), Forms::of(column.as_materialized_series())?)))
            .collect::<Result<_>>()?;
        for (name, found) in found {
            self.forms.entry(name).and_modify(|known| *known = known.and(found)).or_insert(found);
        }
        Ok(())
    }

    /// The names of all columns, in the order of the first file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Hands out `columns` batch by batch, in the order of rows, each with the position of its first row. Rows that
    /// errors of `each` name are counted from the batch's first row; they are told as those of the table.
    ///
    /// # Errors
    /// Those of [`super::read`] and of `each`.
    pub fn each(&self, columns: &[String], mut each: impl FnMut(usize, &Table) -> Result<()>) -> Result<()> {
        let mut first = 0;
        for (file, name) in &self.files {
            parts(file, self.options, self.size, Some(columns), |mut part| {
                with_folder_columns(&mut part, self.written, name, Some(columns))?;
                let batch = self.typed(part)?;
                each(first, &batch).map_err(|e| match e.row() {
                    Some(row) => e.at_row(row + first),
                    None => e,
                })?;
                first += batch.rows();
                Ok(true)
            })?;
        }
        if first == self.rows {
            return Ok(());
        }
        let what = format!("the table had {} rows at first and has {first} now", self.rows);
        Err(Error::new(ErrorKind::Unreadable, what).in_file(self.path).help("read it while nobody writes it"))
    }

    fn typed(&self, part: DataFrame) -> Result<Table> {
        let frame = typed(part, self.options.as_text, |series| match self.forms.get(series.name().as_str()) {
            Some(forms) => Ok(*forms),
            None => Forms::of(series),
        })?;
        Ok(Table { file: self.path.to_path_buf(), frame, lineage: Vec::new() })
    }
}

/// Names and types of a file's columns, as they are stored, and of those that its folders name.
fn columns_of(
    file: &Path,
    written: &str,
    name: &str,
    options: &ReadOptions<'_>,
    size: BatchSize,
) -> Result<Vec<(String, DataType)>> {
    let mut columns: Vec<(String, DataType)> = match Format::of(file)? {
        Format::Parquet => {
            let schema = open_parquet(file)?.schema().map_err(|e| not_parquet(file, &e))?;
            schema.iter_values().map(|field| (field.name.to_string(), DataType::from_arrow_field(field))).collect()
        }
        format => {
            let header = CsvParts::open(file, format == Format::PackedCsv, options, size.bytes)?.header;
            header.into_iter().map(|name| (name, DataType::String)).collect()
        }
    };
    for (column, _) in folder_columns(written, name) {
        if columns.iter().all(|(name, _)| name != column) {
            columns.push((column.to_owned(), DataType::String));
        }
    }
    Ok(columns)
}

/// Hands out a file's rows part by part, until `each` says that it wants no more.
fn parts(
    file: &Path,
    options: &ReadOptions<'_>,
    size: BatchSize,
    columns: Option<&[String]>,
    mut each: impl FnMut(DataFrame) -> Result<bool>,
) -> Result<()> {
    let format = Format::of(file)?;
    if format != Format::Parquet {
        let mut parts = CsvParts::open(file, format == Format::PackedCsv, options, size.bytes)?;
        while let Some(part) = parts.next(columns)? {
            if !each(part)? {
                break;
            }
        }
        return Ok(());
    }
    let malformed = |e: PolarsError| not_parquet(file, &e);
    let mut reader = open_parquet(file)?;
    let metadata = reader.get_metadata().map_err(malformed)?.clone();
    let schema = reader.schema().map_err(malformed)?;
    let wanted = columns.map(|columns| {
        let mut wanted: Vec<String> = columns.iter().filter(|column| schema.contains(column)).cloned().collect();
        if wanted.is_empty() {
            // Where folders give all that is wanted, a column must still tell how many rows there are.
            wanted.extend(schema.iter_names().next().map(ToString::to_string));
        }
        wanted
    });
    let rows = (size.values / wanted.as_ref().map_or(schema.len(), Vec::len).max(1)).max(1);
    let slices = slices(metadata.row_groups.iter().map(|group| group.num_rows()), rows);
    if slices.is_empty() {
        return Err(no_rows(file));
    }
    for slice in slices {
        let mut reader = open_parquet(file)?;
        reader.set_metadata(metadata.clone());
        let part = reader.with_columns(wanted.clone()).with_slice(Some(slice)).finish().map_err(malformed)?;
        if !each(part)? {
            break;
        }
    }
    Ok(())
}

/// First row and number of rows of each part: whole row groups of together `size` rows or more, or parts of a larger
/// one; at most twice `size`.
fn slices(groups: impl Iterator<Item = usize>, size: usize) -> Vec<(usize, usize)> {
    let mut slices = Vec::new();
    let (mut first, mut end) = (0, 0);
    for rows in groups {
        end += rows;
        while end - first > 2 * size {
            slices.push((first, size));
            first += size;
        }
        if end - first >= size {
            slices.push((first, end - first));
            first = end;
        }
    }
    if end > first {
        slices.push((first, end - first));
    }
    slices
}
