//! SHA-256 as lower-case hexadecimal.

use sha2::{Digest, Sha256};

/// Digest of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
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
