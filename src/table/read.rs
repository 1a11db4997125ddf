//! Files to tables.

use std::path::{Component, Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;
use scorewright_runtime::artifact::DataFile;

use super::infer::Forms;
use super::{Table, csv_file};
use crate::digest::{sha256, sha256_of_file};
use crate::error::{Error, ErrorKind, Result, internal, read_file, unreadable};

/// How a table is to be read.
#[derive(Default)]
pub struct ReadOptions<'a> {
    /// Field separator of csv files; absent: a comma.
    pub separator: Option<char>,
    /// Texts that mean missing in csv files, besides the empty field.
    pub null_values: &'a [String],
    /// Columns to keep as text, whatever they look like.
    pub as_text: &'a [String],
    /// Only these columns; where one of them is not there, all columns are read, so that messages can name them.
    pub columns: Option<&'a [String]>,
}

/// Reads a csv, csv.gz or parquet file, or all files of a glob or folder in the order of their names; `path`
/// is where it is, `written` what lineage and messages call it. Folders named like `month=2024-01` below the fixed
/// part of the path give a column of that name.
///
/// # Errors
/// [`ErrorKind::Unreadable`], [`ErrorKind::Empty`], [`ErrorKind::Malformed`].
pub fn read(path: &Path, written: &str, options: &ReadOptions<'_>) -> Result<Table> {
    let files = expand(path, written)?;
    let mut frame: Option<DataFrame> = None;
    let mut lineage = Vec::with_capacity(files.len());
    for (file, name) in &files {
        let (digest, mut part) = parse(file, options)?;
        lineage.push(DataFile { path: name.clone(), sha256: digest, rows: part.height() as u64 });
        with_folder_columns(&mut part, written, name, options.columns)?;
        match &mut frame {
            None => frame = Some(part),
            Some(whole) => {
                if whole.get_column_names() != part.get_column_names() || whole.dtypes() != part.dtypes() {
                    return Err(other_columns(file, &files[0].0));
                }
                whole.vstack_mut(&part).map_err(internal)?;
            }
        }
    }
    let frame = frame.ok_or_else(|| internal("a glob without files was let through"))?;
    Ok(Table { file: path.to_path_buf(), frame: typed(frame, options.as_text, Forms::of)?, lineage })
}

/// The names of a table's columns, from the first of its files alone.
///
/// # Errors
/// As [`read`].
pub(crate) fn column_names(path: &Path, written: &str, separator: Option<char>) -> Result<Vec<String>> {
    let files = expand(path, written)?;
    let (file, name) = files.first().ok_or_else(|| internal("a glob without files was let through"))?;
    let mut names: Vec<String> = if file.to_string_lossy().to_lowercase().ends_with(".parquet") {
        let opened = std::fs::File::open(file).map_err(|e| unreadable(file, &e))?;
        let schema = ParquetReader::new(opened).schema().map_err(|e| not_parquet(file, &e))?;
        schema.iter_names().map(ToString::to_string).collect()
    } else {
        csv_file::column_names(file, separator)?
    };
    names.extend(folder_columns(written, name).map(|(column, _)| column.to_owned()));
    Ok(names)
}

/// Adds the columns that a file's folders name.
pub(super) fn with_folder_columns(
    part: &mut DataFrame,
    written: &str,
    name: &str,
    columns: Option<&[String]>,
) -> Result<()> {
    for (column, value) in folder_columns(written, name) {
        let wanted = columns.is_none_or(|columns| columns.iter().any(|name| name == column));
        if wanted && part.column(column).is_err() {
            let values = StringChunked::full(column.into(), value, part.height()).into_series();
            part.with_column(values.into()).map_err(internal)?;
        }
    }
    Ok(())
}

pub(super) fn other_columns(file: &Path, first: &Path) -> Error {
    Error::new(ErrorKind::Malformed, "the file's columns differ from those of the first file of the table")
        .in_file(file)
        .help(format!("the first file is {}", first.display()))
}

pub(super) fn not_parquet(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Malformed, format!("the file is not readable Parquet: {reason}"))
        .in_file(path)
        .help("write it again, or give it the name of what it is: .csv or .csv.gz")
}

/// Columns of text become numbers, truth values or dates where `forms` says that all their values are.
pub(super) fn typed(
    frame: DataFrame,
    as_text: &[String],
    forms: impl Fn(&Series) -> Result<Forms> + Sync,
) -> Result<DataFrame> {
    let height = frame.height();
    let columns: Vec<Column> = frame
        .columns()
        .par_iter()
        .map(|column| {
            let series = column.as_materialized_series().rechunk();
            let keep = as_text.iter().any(|name| name == column.name().as_str());
            match series.dtype() {
                DataType::String if !keep => forms(&series)?.convert(&series).map(Column::from),
                DataType::Decimal(..) | DataType::Float32 => {
                    series.cast(&DataType::Float64).map(Column::from).map_err(internal)
                }
                DataType::Categorical(..) | DataType::Enum(..) => {
                    series.cast(&DataType::String).map(Column::from).map_err(internal)
                }
                // A time with a zone is a day only by the clock of a place, which the table must name.
                DataType::Datetime(_, None) => series.cast(&DataType::Date).map(Column::from).map_err(internal),
                _ => Ok(Column::from(series)),
            }
        })
        .collect::<Result<_>>()?;
    DataFrame::new(height, columns).map_err(internal)
}

/// The columns that folders name: `month=2024-01` below the part of the path that is written without a pattern.
pub(super) fn folder_columns<'a>(written: &str, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let written = plain(Path::new(written));
    let fixed = written.split(['*', '?', '[']).next().unwrap_or_default();
    let fixed = match fixed.len() < written.len() {
        // Up to the folder in which the pattern begins.
        true => fixed.rsplit_once(['/', '\\']).map_or("", |(folders, _)| folders),
        false => fixed,
    };
    let below = name.get(fixed.len().min(name.len())..).unwrap_or_default();
    let folders = below.rsplit_once(['/', '\\']).map_or("", |(folders, _)| folders);
    folders.split(['/', '\\']).filter_map(|folder| folder.split_once('='))
}

/// A path without the components that say nothing: `./cards/../data` is `cards/../data`.
fn plain(path: &Path) -> String {
    let parts = path.components().filter(|part| !matches!(part, Component::CurDir));
    parts.collect::<PathBuf>().to_string_lossy().into_owned()
}

/// The extensions of files that are tables.
const EXTENSIONS: [&str; 3] = [".csv", ".csv.gz", ".parquet"];

pub(super) fn expand(path: &Path, written: &str) -> Result<Vec<(PathBuf, String)>> {
    let is_pattern = written.contains(['*', '?', '[']);
    if !is_pattern && !path.is_dir() {
        return Ok(vec![(path.to_path_buf(), written.to_owned())]);
    }
    // Patterns find paths without "." in them.
    let (text, written) = (plain(path), plain(Path::new(written)));
    let pattern = match is_pattern {
        true => text.to_string(),
        false => format!("{}/**/*", glob::Pattern::escape(text.trim_end_matches('/'))),
    };
    let found = glob::glob(&pattern)
        .map_err(|e| Error::new(ErrorKind::Configuration, format!("{written:?} is not a pattern of paths: {e}")))?;
    // The fixed part of the pattern leads both the written and the found path.
    let lead = text.len() - written.len();
    let mut files = Vec::new();
    for file in found {
        let file = file.map_err(|e| unreadable(e.path(), e.error()))?;
        let name = file.to_string_lossy().get(lead..).unwrap_or_default().to_owned();
        let is_table = is_pattern || EXTENSIONS.iter().any(|extension| name.to_lowercase().ends_with(extension));
        if is_table && !file.is_dir() {
            files.push((file, name));
        }
    }
    if files.is_empty() {
        let what = if is_pattern { "no file matches the pattern" } else { "the folder holds no csv or parquet file" };
        return Err(Error::new(ErrorKind::Unreadable, what)
            .in_file(path)
            .help("check the folder and the pattern; paths in a configuration file are relative to that file"));
    }
    Ok(files)
}

/// The digest and the columns of a file.
fn parse(path: &Path, options: &ReadOptions<'_>) -> Result<(String, DataFrame)> {
    let format = Format::of(path)?;
    let (digest, frame) = if format == Format::Parquet {
        let (digest, frame) = rayon::join(|| sha256_of_file(path), || parquet(path, options.columns));
        (digest?, frame?)
    } else {
        let bytes = read_file(path)?;
        let digest = sha256(&bytes);
        let bytes = if format == Format::PackedCsv { csv_file::decompress(path, &bytes)? } else { bytes };
        let frame = csv_file::parse(path, bytes, options.separator, options.null_values)?;
        let wanted = options.columns.filter(|columns| columns.iter().all(|column| frame.column(column).is_ok()));
        (
            digest,
            match wanted {
                Some(columns) => frame.select(columns.iter().map(String::as_str)).map_err(internal)?,
                None => frame,
            },
        )
    };
    if frame.height() == 0 {
        return Err(no_rows(path));
    }
    Ok((digest, frame))
}

/// What a file's name says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    PackedCsv,
    Parquet,
}

impl Format {
    pub fn of(path: &Path) -> Result<Self> {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        match &name {
            name if name.ends_with(".parquet") => Ok(Format::Parquet),
            name if name.ends_with(".csv.gz") => Ok(Format::PackedCsv),
            name if name.ends_with(".csv") => Ok(Format::Csv),
            _ => Err(Error::new(ErrorKind::Malformed, "the file's name does not say what it is")
                .in_file(path)
                .help("name it .csv, .csv.gz or .parquet")),
        }
    }
}

pub(super) fn no_rows(path: &Path) -> Error {
    Error::new(ErrorKind::Empty, "the file has no rows").in_file(path)
}

fn parquet(path: &Path, columns: Option<&[String]>) -> Result<DataFrame> {
    let malformed = |e: &dyn std::fmt::Display| not_parquet(path, e);
    let mut reader = open_parquet(path)?;
    let schema = reader.schema().map_err(|e| malformed(&e))?;
    let wanted = columns.filter(|columns| columns.iter().all(|column| schema.contains(column)));
    reader.with_columns(wanted.map(<[String]>::to_vec)).finish().map_err(|e| malformed(&e))
}

pub(super) fn open_parquet(path: &Path) -> Result<ParquetReader<std::fs::File>> {
    let file = std::fs::File::open(path).map_err(|e| unreadable(path, &e))?;
    if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
        return Err(Error::new(ErrorKind::Empty, "the file is empty").in_file(path));
    }
    Ok(ParquetReader::new(file))
}
