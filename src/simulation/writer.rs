//! Rows to Parquet files, a row group at a time: the whole is never in memory.

use std::fs::File;
use std::io::BufWriter;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{ParquetCompression, ParquetWriter};
use rayon::prelude::*;

use super::rows::Rows;
use crate::error::{Error, ErrorKind, Result};
use crate::staging::StagedDirectory;

/// The open files of all tables.
pub struct Writer {
    files: Vec<BatchedWriter<BufWriter<File>>>,
    /// Rows written so far, one a file.
    pub written: Vec<u64>,
}

fn failed(name: &str, directory: &StagedDirectory, reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Output, format!("cannot write the table: {reason}"))
        .in_file(directory.place(name))
        .help("check that the disk has room and that you may write there; nothing was changed")
}

impl Writer {
    /// Opens the files of [`Rows::FILES`].
    ///
    /// # Errors
    /// [`ErrorKind::Output`].
    pub fn new(directory: &StagedDirectory) -> Result<Self> {
        let empty = Rows::default().into_frames()?;
        let files = Rows::FILES.iter().zip(&empty).map(|(name, frame)| {
            let file = File::create(directory.path(name)?).map_err(|e| failed(name, directory, e))?;
            ParquetWriter::new(BufWriter::new(file))
                .with_compression(ParquetCompression::Snappy)
                .batched(frame.schema())
                .map_err(|e| failed(name, directory, e))
        });
        let files: Vec<_> = files.collect::<Result<_>>()?;
        Ok(Writer { written: vec![0; files.len()], files })
    }

    /// Writes rows, one row group a table.
    ///
    /// # Errors
    /// [`ErrorKind::Output`].
    pub fn write(&mut self, rows: Rows, directory: &StagedDirectory) -> Result<()> {
        let frames = rows.into_frames()?;
        for (written, frame) in self.written.iter_mut().zip(&frames) {
            *written += frame.height() as u64;
        }
        self.files
            .par_iter_mut()
            .zip(&frames)
            .zip(Rows::FILES)
            .filter(|((_, frame), _)| frame.height() > 0)
            .try_for_each(|((file, frame), name)| file.write_batch(frame).map_err(|e| failed(name, directory, e)))
    }

    /// Writes the files' ends.
    ///
    /// # Errors
    /// [`ErrorKind::Output`].
    pub fn finish(self, directory: &StagedDirectory) -> Result<()> {
        for (file, name) in self.files.iter().zip(Rows::FILES) {
            file.finish().map_err(|e| failed(name, directory, e))?;
        }
        Ok(())
    }
}
