//! A csv file read part by part: each part is whole records, checked as a whole file would be. Lines and messages are
//! those of the whole file; of several faults, another one may be told first.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;

use super::csv_file::{self, Shape};
use super::read::ReadOptions;
use crate::error::{Error, ErrorKind, Result, internal, unreadable};

/// A csv file that is being read.
pub(super) struct CsvParts<'a> {
    path: &'a Path,
    is_packed: bool,
    source: Box<dyn Read>,
    delimiter: u8,
    null_values: &'a [String],
    /// Names of its columns.
    pub header: Vec<String>,
    /// What was read and not handed out.
    ahead: Vec<u8>,
    /// Whether that is all that is left.
    is_last: bool,
    /// Bytes of a part.
    size: usize,
    /// Whether the header still leads what is ahead.
    at_header: bool,
    /// Lines and rows that were handed out.
    lines: usize,
    rows: usize,
}

impl<'a> CsvParts<'a> {
    /// Opens a file and reads its header.
    pub fn open(path: &'a Path, is_packed: bool, options: &ReadOptions<'a>, size: usize) -> Result<Self> {
        let file = File::open(path).map_err(|e| unreadable(path, &e))?;
        let mut parts = CsvParts {
            path,
            is_packed,
            source: if is_packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) },
            delimiter: csv_file::delimiter(path, options.separator)?,
            null_values: options.null_values,
            header: Vec::new(),
            ahead: Vec::new(),
            is_last: false,
            size,
            at_header: true,
            lines: 0,
            rows: 0,
        };
        let mut size = size;
        loop {
            parts.fill(size)?;
            if parts.ahead.starts_with(b"\xef\xbb\xbf") {
                parts.ahead.drain(..3);
            }
            // The whole header must be there to be read.
            let has_line = parts.ahead.trim_ascii_start().contains(&b'\n');
            if parts.is_last || has_line && parts.first_record().is_ok_and(|end| end < parts.ahead.len()) {
                break;
            }
            size *= 2;
        }
        if parts.ahead.iter().all(u8::is_ascii_whitespace) {
            return Err(csv_file::empty(path));
        }
        parts.header = csv_file::header(&parts.ahead, parts.delimiter)
            .map_err(|e| Error::new(ErrorKind::Malformed, format!("the header cannot be read: {e}")).in_file(path))?;
        csv_file::check_header(path, &parts.ahead, &parts.header, options.separator)?;
        Ok(parts)
    }

    /// The next rows as columns of text, `None` after the last; only `columns`, where they are named.
    pub fn next(&mut self, columns: Option<&[String]>) -> Result<Option<DataFrame>> {
        let mut size = self.size;
        loop {
            self.fill(size)?;
            let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
            let end = self.ahead.iter().rposition(|byte| !is_line_end(byte)).map_or(0, |last| last + 1);
            if end == 0 {
                match self.is_last {
                    true if self.rows == 0 => return Err(csv_file::no_rows(self.path)),
                    true => return Ok(None),
                    false => size *= 2,
                }
                continue;
            }
            let shifted = |e: Error| match e.line() {
                Some(line) => e.at_line(line + self.lines),
                None => e,
            };
            // Blank lines at the end of the file are no rows; whether it ends here is not known before it does.
            csv_file::check_blank_lines(self.path, &self.ahead[..end]).map_err(shifted)?;
            let bytes = if self.is_last { &self.ahead[..end] } else { self.ahead.as_slice() };
            let shape = csv_file::check_shape(self.path, bytes, self.delimiter, self.header.len(), self.is_last)
                .map_err(shifted)?;
            if shape.records == 0 {
                size *= 2;
                continue;
            }
            if let Some(frame) = self.take(&shape, columns)? {
                return Ok(Some(frame));
            }
        }
    }

    /// Takes the records of a shape off what was read; `None` where that is the header alone.
    fn take(&mut self, shape: &Shape, columns: Option<&[String]>) -> Result<Option<DataFrame>> {
        let rest = self.ahead.split_off(shape.end);
        let mut part = std::mem::replace(&mut self.ahead, rest);
        self.lines += part.iter().filter(|byte| **byte == b'\n').count();
        let rows = shape.records - usize::from(self.at_header);
        if std::mem::take(&mut self.at_header) {
            part.drain(..shape.first_end);
        }
        if !part.ends_with(b"\n") {
            part.push(b'\n');
        }
        self.rows += rows;
        if rows == 0 {
            return Ok(None);
        }
        let is_wanted = |name: &String| columns.is_none_or(|columns| columns.contains(name));
        let mut wanted: Vec<usize> =
            (0..self.header.len()).filter(|position| is_wanted(&self.header[*position])).collect();
        if wanted.is_empty() {
            // Where folders give all that is wanted, a column must still tell how many rows there are.
            wanted.push(0);
        }
        let schema: Schema = self.header.iter().map(|name| Field::new(name.into(), DataType::String)).collect();
        let frame = CsvReadOptions::default()
            .with_has_header(false)
            .with_schema(Some(Arc::new(schema)))
            .with_projection(Some(Arc::new(wanted)))
            .with_rechunk(true)
            .with_parse_options(csv_file::parse_options(self.delimiter, self.null_values))
            .into_reader_with_file_handle(Cursor::new(part))
            .finish()
            .map_err(|e| {
                Error::new(ErrorKind::Malformed, format!("the file cannot be parsed: {e}")).in_file(self.path)
            })?;
        csv_file::check_rows(self.path, &frame, rows)?;
        Ok(Some(frame))
    }

    fn first_record(&self) -> Result<usize> {
        let mut reader = csv_file::reader(&self.ahead, self.delimiter);
        reader.read_byte_record(&mut csv::ByteRecord::new()).map_err(internal)?;
        usize::try_from(reader.position().byte()).map_err(internal)
    }

    /// Reads on until `size` bytes are ahead or the file ends.
    fn fill(&mut self, size: usize) -> Result<()> {
        let wanted = size.saturating_sub(self.ahead.len());
        if self.is_last || wanted == 0 {
            return Ok(());
        }
        let read = self.source.by_ref().take(wanted as u64).read_to_end(&mut self.ahead).map_err(|e| {
            if self.is_packed { csv_file::not_unpacked(self.path, &e) } else { unreadable(self.path, &e) }
        })?;
        self.is_last = read < wanted;
        // A character may be cut in two where the file goes on.
        let whole = match std::str::from_utf8(&self.ahead) {
            Err(e) if !self.is_last && e.error_len().is_none() => e.valid_up_to(),
            _ => self.ahead.len(),
        };
        csv_file::check_encoding(self.path, &self.ahead[..whole]).map_err(|e| match e.line() {
            Some(line) => e.at_line(line + self.lines),
            None => e,
        })
    }
}
