//! Tables to files.

use std::path::Path;

use polars::prelude::*;

use crate::error::{Error, ErrorKind, Result};

/// The caller adds the place that the user named: the path written to is a temporary one beside it.
fn failed(reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Output, format!("cannot write the table: {reason}"))
        .help("check that the disk has room and that you may write there; nothing was changed")
}

/// Writes a frame as UTF-8 csv with a header; missing is the empty field.
///
/// # Errors
/// [`ErrorKind::Output`].
pub fn write_csv(frame: &mut DataFrame, path: &Path) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).map_err(failed)?);
    CsvWriter::new(&mut file).include_header(true).finish(frame).map_err(failed)?;
    std::io::Write::flush(&mut file).map_err(failed)
}

/// Writes a frame as Parquet.
///
/// # Errors
/// [`ErrorKind::Output`].
pub fn write_parquet(frame: &mut DataFrame, path: &Path) -> Result<()> {
    let file = std::fs::File::create(path).map_err(failed)?;
    ParquetWriter::new(file).with_compression(ParquetCompression::Snappy).finish(frame).map_err(failed)?;
    Ok(())
}
