//! Files to tables.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;
use scorewright_runtime::artifact::DataFile;

use super::{Table, csv_file, infer};
use crate::digest::sha256;
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
}

/// Reads a csv, csv.gz or parquet file, or all files of a glob in the order of their names; `path`
/// is where it is, `written` what lineage and messages call it.
///
/// # Errors
/// [`ErrorKind::Unreadable`], [`ErrorKind::Empty`], [`ErrorKind::Malformed`].
pub fn read(path: &Path, written: &str, options: &ReadOptions<'_>) -> Result<Table> {
    let files = expand(path, written)?;
    let mut frame: Option<DataFrame> = None;
    let mut lineage = Vec::with_capacity(files.len());
    for (file, name) in &files {
        let bytes = read_file(file)?;
        let digest = sha256(&bytes);
        let part = parse(file, bytes, options)?;
        lineage.push(DataFile { path: name.clone(), sha256: digest, rows: part.height() as u64 });
        match &mut frame {
            None => frame = Some(part),
            Some(whole) => {
                if whole.get_column_names() != part.get_column_names() || whole.dtypes() != part.dtypes() {
                    return Err(Error::new(
                        ErrorKind::Malformed,
                        "the file's columns differ from those of the first file of the glob",
                    )
                    .in_file(file)
                    .help(format!("the first file is {}", files[0].0.display())));
                }
                whole.vstack_mut(&part).map_err(internal)?;
            }
        }
    }
    let frame = frame.ok_or_else(|| internal("a glob without files was let through"))?;
    Ok(Table { file: path.to_path_buf(), frame: typed(frame, options.as_text)?, lineage })
}

/// Columns of text become numbers, truth values or dates where all their values are.
fn typed(frame: DataFrame, as_text: &[String]) -> Result<DataFrame> {
    let height = frame.height();
    let columns: Vec<Column> = frame
        .columns()
        .par_iter()
        .map(|column| {
            let series = column.as_materialized_series().rechunk();
            let keep = as_text.iter().any(|name| name == column.name().as_str());
            match series.dtype() {
                DataType::String if !keep => infer::infer(&series).map(Column::from),
                DataType::Decimal(..) | DataType::Float32 => {
                    series.cast(&DataType::Float64).map(Column::from).map_err(internal)
                }
                DataType::Categorical(..) | DataType::Enum(..) => {
                    series.cast(&DataType::String).map(Column::from).map_err(internal)
                }
                DataType::Datetime(..) => series.cast(&DataType::Date).map(Column::from).map_err(internal),
                _ => Ok(Column::from(series)),
            }
        })
        .collect::<Result<_>>()?;
    DataFrame::new(height, columns).map_err(internal)
}

fn expand(path: &Path, written: &str) -> Result<Vec<(PathBuf, String)>> {
    if !written.contains(['*', '?', '[']) {
        return Ok(vec![(path.to_path_buf(), written.to_owned())]);
    }
    let pattern = path.to_string_lossy();
    let found = glob::glob(&pattern)
        .map_err(|e| Error::new(ErrorKind::Configuration, format!("{written:?} is not a pattern of paths: {e}")))?;
    // The fixed part of the pattern leads both the written and the found path.
    let lead = pattern.len() - written.len();
    let mut files = Vec::new();
    for file in found {
        let file = file.map_err(|e| unreadable(e.path(), e.error()))?;
        let name = file.to_string_lossy().get(lead..).unwrap_or_default().to_owned();
        files.push((file, name));
    }
    if files.is_empty() {
        return Err(Error::new(ErrorKind::Unreadable, "no file matches the pattern")
            .in_file(path)
            .help("check the folder and the pattern; paths in a configuration file are relative to that file"));
    }
    Ok(files)
}

fn parse(path: &Path, bytes: Vec<u8>, options: &ReadOptions<'_>) -> Result<DataFrame> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let frame = if name.ends_with(".parquet") {
        if bytes.is_empty() {
            return Err(Error::new(ErrorKind::Empty, "the file is empty").in_file(path));
        }
        ParquetReader::new(Cursor::new(bytes)).finish().map_err(|e| {
            Error::new(ErrorKind::Malformed, format!("the file is not readable Parquet: {e}"))
                .in_file(path)
                .help("write it again, or give it the name of what it is: .csv or .csv.gz")
        })?
    } else if name.ends_with(".csv.gz") {
        csv_file::parse(path, csv_file::decompress(path, &bytes)?, options.separator, options.null_values)?
    } else if name.ends_with(".csv") {
        csv_file::parse(path, bytes, options.separator, options.null_values)?
    } else {
        return Err(Error::new(ErrorKind::Malformed, "the file's name does not say what it is")
            .in_file(path)
            .help("name it .csv, .csv.gz or .parquet"));
    };
    if frame.height() == 0 {
        return Err(Error::new(ErrorKind::Empty, "the file has no rows").in_file(path));
    }
    Ok(frame)
}
