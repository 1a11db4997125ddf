//! A zip archive as files by name, in memory: the same files give the same bytes, and what is read is bounded.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::{Component, Path};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use super::damaged;
use crate::error::{Error, ErrorKind, Result, internal, unreadable};

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The most bytes that a file of an archive may unpack to.
const MOST_OF_A_FILE: u64 = 256 << 20;

/// The most bytes that all files together may unpack to.
const MOST_BYTES: u64 = 1 << 30;

/// The most files in an archive.
const MOST_FILES: usize = 200_000;

/// The archive of these files, in the order of their names, every stored time the same.
///
/// # Errors
/// A fault of this program.
pub fn pack(files: &Files) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, options).map_err(internal)?;
        writer.write_all(bytes).map_err(internal)?;
    }
    Ok(writer.finish().map_err(internal)?.into_inner())
}

/// The files of an archive. No file is written, and names lead nowhere.
///
/// # Errors
/// [`ErrorKind::Unreadable`]; [`ErrorKind::Registry`] for what is no archive, or one that unpacks to more than a bundle can hold.
pub fn unpack(path: &Path) -> Result<Files> {
    let place = |e: Error| e.in_file(path);
    let file = std::fs::File::open(path).map_err(|e| unreadable(path, &e))?;
    let broken = |e: zip::result::ZipError| place(damaged(format!("the bundle is no whole zip archive ({e})")));
    let mut archive = ZipArchive::new(std::io::BufReader::new(file)).map_err(broken)?;
    if archive.len() > MOST_FILES || archive.has_duplicate_names() {
        return Err(place(damaged("the archive has files that no bundle has: too many, or two of one name")));
    }
    let (mut files, mut left) = (Files::new(), MOST_BYTES);
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(broken)?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(broken)?.into_owned();
        check_name(&name).map_err(place)?;
        let mut bytes = Vec::new();
        // What an archive says of its sizes may be wrong: the bytes that come out are counted.
        let most = left.min(MOST_OF_A_FILE);
        entry.take(most + 1).read_to_end(&mut bytes).map_err(|e| {
            place(damaged(format!("{name} cannot be unpacked ({e}): the archive was changed or cut off")))
        })?;
        left = match bytes.len() as u64 {
            length if length <= most => left - length,
            _ => {
                let what = format!(
                    "{name} unpacks to more than a bundle has: {} megabytes a file, {} in all",
                    MOST_OF_A_FILE >> 20,
                    MOST_BYTES >> 20
                );
                return Err(place(damaged(what)));
            }
        };
        files.insert(name, bytes);
    }
    Ok(files)
}

/// A name stays in the folder where an archive is unpacked, and can stand in a list of lines.
///
/// # Errors
/// [`ErrorKind::Registry`].
pub fn check_name(name: &str) -> Result<()> {
    let is_plain = !name.is_empty()
        && !name.contains('\\')
        && !name.chars().any(char::is_control)
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    match is_plain {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Registry, format!("{name:?} is no name of a file in a bundle"))
            .help("somebody made this by hand: find out who, and do not unpack it")),
    }
}
