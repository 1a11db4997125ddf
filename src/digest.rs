//! SHA-256 as lower-case hexadecimal.

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Result, unreadable};

/// Digest of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Digest of a file, read piece by piece.
///
/// # Errors
/// [`crate::error::ErrorKind::Unreadable`].
pub fn sha256_of_file(path: &Path) -> Result<String> {
    let failed = |e: std::io::Error| unreadable(path, &e);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece).map_err(failed)? {
            0 => return Ok(hexadecimal(&hasher.finalize())),
            length => hasher.update(&piece[..length]),
        }
    }
}

/// Digest of texts, each followed by a line feed.
pub fn sha256_lines<T: std::fmt::Display>(lines: impl IntoIterator<Item = T>) -> String {
    let mut hasher = Sha256::new();
    for line in lines {
        hasher.update(format!("{line}\n").as_bytes());
    }
    hexadecimal(&hasher.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
