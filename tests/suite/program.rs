//! Running the program.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run of the program did.
pub struct Done {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the program to its end.
pub fn run<T: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = T>) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_scorewright")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { status: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Writes a file into a folder.
pub fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}
