//! Python with the packages of tests/requirements.txt, made on first use under target/: DuckDB runs the SQL that this
//! project writes, sqlglot reads it in the other dialects.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::support::Folder;

const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/requirements.txt");

/// Runs `script` with `input` as JSON in the file named by its first argument; gives the JSON that it prints.
pub fn run(script: &str, input: &Value, folder: &Folder) -> Value {
    folder.write("script.py", script);
    folder.write("input.json", input.to_string());
    let output = Command::new(python())
        .args([folder.path("script.py"), folder.path("input.json")])
        .env("PYTHONUTF8", "1")
        .output()
        .expect("the environment's python runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "python failed: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("python printed no JSON ({e}): {errors}"))
}

/// The environment's interpreter.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
        let wanted = std::fs::read_to_string(REQUIREMENTS).expect("tests/requirements.txt can be read");
        std::fs::create_dir_all(&folder).expect("a folder under target/ can be made");
        // One process makes the environment, the others wait; the lock goes with the process that holds it.
        let lock: File = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))
            .expect("a lock file under target/ can be made");
        lock.lock().expect("the lock file can be locked");
        let made = folder.join("made");
        let interpreter = folder.join("environment").join("bin").join("python");
        if std::fs::read_to_string(&made).ok().as_deref() != Some(&wanted) || !interpreter.exists() {
            let environment = folder.join("environment");
            let _ = std::fs::remove_dir_all(&environment);
            succeeds(Command::new("python3").args(["-m", "venv"]).arg(&environment));
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
            succeeds(Command::new(&interpreter).args(pip));
            std::fs::write(&made, &wanted).expect("a file under target/ can be written");
        }
        interpreter
    })
}

fn succeeds(command: &mut Command) {
    let advice = "these tests run SQL in DuckDB: install python3 (3.10 or later) with its venv module \
                  (Debian: apt-get install python3-venv) and let pip reach PyPI, or a mirror by PIP_INDEX_URL";
    match command.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{command:?} failed: {}\n{advice}", String::from_utf8_lossy(&output.stderr)),
        Err(e) => panic!("{command:?} cannot run: {e}\n{advice}"),
    }
}
