//! CSV files: encoding, delimiter, header and shape are checked before anything is parsed, so that
//! every fault is told with its line; then Polars reads every column as text.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use polars::prelude::*;

use crate::error::{Error, ErrorKind, Result, internal};

/// Reads a CSV file (already decompressed) into columns of text; an empty field is null.
pub(super) fn parse(path: &Path, bytes: Vec<u8>, separator: Option<char>, null_values: &[String]) -> Result<DataFrame> {
    let malformed = |what: String| Error::new(ErrorKind::Malformed, what).in_file(path);
    let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(empty(path));
    }
    check_encoding(path, &bytes)?;
    let bytes = without_last_blank_lines(bytes);
    let delimiter = delimiter(path, separator)?;
    let header = header(&bytes, delimiter).map_err(|e| malformed(format!("the header cannot be read: {e}")))?;
    check_header(path, &bytes, &header, separator)?;
    check_blank_lines(path, &bytes)?;
    let rows = check_shape(path, &bytes, delimiter, header.len(), true)?.records - 1;
    if rows == 0 {
        return Err(no_rows(path));
    }
    let mut frame = CsvReadOptions::default()
        .with_has_header(true)
        .with_infer_schema_length(Some(0))
        .with_rechunk(true)
        .with_parse_options(parse_options(delimiter, null_values))
        .into_reader_with_file_handle(Cursor::new(bytes))
        .finish()
        .map_err(|e| malformed(format!("the file cannot be parsed: {e}")))?;
    check_rows(path, &frame, rows)?;
    // Polars leaves doubled quotes in names as they are written.
    frame.set_column_names(&header).map_err(|e| malformed(format!("the header cannot be read: {e}")))?;
    Ok(frame)
}

pub(super) fn empty(path: &Path) -> Error {
    Error::new(ErrorKind::Empty, "the file is empty").in_file(path).help("name a file with a header and rows")
}

pub(super) fn delimiter(path: &Path, separator: Option<char>) -> Result<u8> {
    u8::try_from(separator.unwrap_or(','))
        .map_err(|_| Error::new(ErrorKind::Malformed, "the separator must be one ASCII character").in_file(path))
}

pub(super) fn parse_options(delimiter: u8, null_values: &[String]) -> CsvParseOptions {
    let options = CsvParseOptions::default().with_separator(delimiter).with_missing_is_null(true);
    if null_values.is_empty() {
        return options;
    }
    options.with_null_values(Some(NullValues::AllColumns(null_values.iter().map(|v| v.as_str().into()).collect())))
}

/// Polars must have read as many rows as there are records.
pub(super) fn check_rows(path: &Path, frame: &DataFrame, rows: usize) -> Result<()> {
    if frame.height() == rows {
        return Ok(());
    }
    let what = format!("{rows} records were counted, but {} were read", frame.height());
    Err(Error::new(ErrorKind::Malformed, what).in_file(path).help("look for unbalanced quotes"))
}

pub(super) fn no_rows(path: &Path) -> Error {
    Error::new(ErrorKind::Empty, "the file has a header but no rows").in_file(path).help("name a file with rows")
}

/// Unpacks a gzip file.
pub(super) fn decompress(path: &Path, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut plain).map_err(|e| not_unpacked(path, &e))?;
    Ok(plain)
}

pub(super) fn not_unpacked(path: &Path, reason: &std::io::Error) -> Error {
    Error::new(ErrorKind::Malformed, format!("the file cannot be unpacked: {reason}"))
        .in_file(path)
        .help("its name ends in .gz, but it is not a whole gzip file")
}

/// The columns that the first line of a csv file names.
pub(super) fn column_names(path: &Path, separator: Option<char>) -> Result<Vec<String>> {
    let file = std::fs::File::open(path).map_err(|e| crate::error::unreadable(path, &e))?;
    let is_packed = path.to_string_lossy().to_lowercase().ends_with(".gz");
    let plain: Box<dyn Read> =
        if is_packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    // A name between quotes may hold a line break: the line is whole where its quotes are.
    let (mut first, mut plain) = (Vec::new(), BufReader::new(plain));
    loop {
        let read = plain.read_until(b'\n', &mut first).map_err(|e| crate::error::unreadable(path, &e))?;
        if read == 0 || first.iter().filter(|byte| **byte == b'"').count() % 2 == 0 {
            break;
        }
    }
    let line = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    let delimiter = separator.and_then(|separator| u8::try_from(separator).ok()).unwrap_or(b',');
    let names = header(line, delimiter).map_err(|e| {
        Error::new(ErrorKind::Malformed, format!("the header cannot be read: {e}")).in_file(path).at_line(1)
    })?;
    check_separator(path, line, &names, separator)?;
    Ok(names)
}

pub(super) fn check_encoding(path: &Path, bytes: &[u8]) -> Result<()> {
    if bytes.contains(&0) {
        return Err(Error::new(
            ErrorKind::Malformed,
            "the file holds zero bytes: it is UTF-16 text, or not a csv file",
        )
        .in_file(path)
        .help("save it as UTF-8 csv, or name it .csv.gz or .parquet if it is one"));
    }
    let Err(error) = std::str::from_utf8(bytes) else { return Ok(()) };
    let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
    let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
    Err(Error::new(ErrorKind::Malformed, format!("the file is not UTF-8: byte 0x{byte:02x}"))
        .in_file(path)
        .at_line(line)
        .help("convert it first, for example: iconv -f WINDOWS-1252 -t UTF-8 IN.csv > OUT.csv"))
}

pub(super) fn reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes)
}

pub(super) fn header(bytes: &[u8], delimiter: u8) -> std::result::Result<Vec<String>, csv::Error> {
    let mut record = csv::StringRecord::new();
    reader(bytes, delimiter).read_record(&mut record)?;
    Ok(record.iter().map(str::to_owned).collect())
}

/// A header of one column that another separator would part was read with a wrong one.
fn check_separator(path: &Path, bytes: &[u8], header: &[String], separator: Option<char>) -> Result<()> {
    let malformed = |what: String| Error::new(ErrorKind::Malformed, what).in_file(path).at_line(1);
    if header.len() == 1 {
        for (candidate, name) in [(b';', "\";\""), (b'\t', "a tab (\"\\t\")"), (b'|', "\"|\""), (b',', "\",\"")] {
            if self::header(bytes, candidate).is_ok_and(|columns| columns.len() > 1) {
                return Err(malformed(format!(
                    "the file looks separated by {name}, not by \"{}\"",
                    separator.unwrap_or(',')
                ))
                .help(format!(
                    "say so: separator = {0} in the configuration, or --separator {0} where a command reads the file",
                    name.trim_start_matches("a tab (").trim_end_matches(')')
                )));
            }
        }
    }
    Ok(())
}

pub(super) fn check_header(path: &Path, bytes: &[u8], header: &[String], separator: Option<char>) -> Result<()> {
    check_separator(path, bytes, header, separator)?;
    let malformed = |what: String| Error::new(ErrorKind::Malformed, what).in_file(path).at_line(1);
    let data_like = |name: &String| name.is_empty() || name.trim().parse::<f64>().is_ok();
    if header.iter().all(data_like)
        || (header.len() > 3 && header.iter().filter(|name| data_like(name)).count() * 2 > header.len())
    {
        return Err(malformed("the first line looks like data, not like a header".into())
            .help("put the columns' names in the first line"));
    }
    for (position, name) in header.iter().enumerate() {
        if name.trim().is_empty() {
            return Err(
                malformed(format!("column {} has no name in the header", position + 1)).help("name every column")
            );
        }
        if header.iter().take(position).any(|other| other == name) {
            return Err(
                malformed(format!("two columns are called {name:?}")).help("give every column a name of its own")
            );
        }
    }
    Ok(())
}

/// Blank lines at the end are no rows; many programs write one.
fn without_last_blank_lines(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    if end < bytes.len() {
        bytes.truncate(end);
        bytes.push(b'\n');
    }
    bytes
}

/// No line outside quotes may be blank.
pub(super) fn check_blank_lines(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut is_quoted = false;
    let mut lines = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n');
    let blank = lines.position(|line| {
        let is_blank = !is_quoted && matches!(line, b"" | b"\r");
        is_quoted ^= line.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        is_blank
    });
    blank.map_or(Ok(()), |position| {
        Err(Error::new(ErrorKind::Malformed, "the line is blank")
            .in_file(path)
            .at_line(position + 1)
            .help("take it out, or fill it in"))
    })
}

/// Records, and where they end.
pub(super) struct Shape {
    /// Number of records, the first (the header, where it is there) included.
    pub records: usize,
    /// Where the first one ends.
    pub first_end: usize,
    /// Where the last one ends.
    pub end: usize,
}

/// Every record must have as many fields as the header. Where `is_all` does not say that the file ends here, the last
/// record may be cut off and is not counted.
pub(super) fn check_shape(path: &Path, bytes: &[u8], delimiter: u8, fields: usize, is_all: bool) -> Result<Shape> {
    let mut reader = reader(bytes, delimiter);
    let mut record = csv::ByteRecord::new();
    let mut shape = Shape { records: 0, first_end: 0, end: 0 };
    while reader.read_byte_record(&mut record).map_err(internal)? {
        let mut end = usize::try_from(reader.position().byte()).map_err(internal)?;
        if end >= bytes.len() && !is_all {
            break;
        }
        if record.len() != fields {
            let line = record.position().map_or(0, csv::Position::line);
            let what = format!("the record has {} fields, but the header has {fields}", record.len());
            return Err(Error::new(ErrorKind::Malformed, what)
                .in_file(path)
                .at_line(usize::try_from(line).unwrap_or(0))
                .help("mend the record; a field that holds the separator or a line break must stand between double quotes"));
        }
        // The reader stops between the two bytes of a line's end.
        end += usize::from(bytes[..end].ends_with(b"\r") && bytes[end..].starts_with(b"\n"));
        if shape.records == 0 {
            shape.first_end = end;
        }
        shape.records += 1;
        shape.end = end;
    }
    Ok(shape)
}
