//! Python environments, made on first use under target/: one for the SQL of features (DuckDB runs it, sqlglot reads it
//! in the other dialects), one with the engines that exports are run on.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::support::Folder;

/// A Python environment, by the file of its packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// What the SQL of features is compared with.
    Sql,
    /// The engines that exports are for.
    Engines,
    /// What the registry is held against: an S3 server, an MLflow server, readers of envelopes and bills of materials.
    Registry,
}

impl Environment {
    fn requirements(self) -> &'static str {
        match self {
            Environment::Sql => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/requirements.txt"),
            Environment::Engines => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/requirements.txt"),
            Environment::Registry => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/registry/requirements.txt"),
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Environment::Sql => "python",
            Environment::Engines => "python-engines",
            Environment::Registry => "python-registry",
        }
    }
}

/// Runs `script` with `input` as JSON in the file named by its first argument; gives the JSON that it prints.
pub fn run(script: &str, input: &Value, folder: &Folder) -> Value {
    run_in(Environment::Sql, script, input, folder)
}

/// The same in any environment.
pub fn run_in(environment: Environment, script: &str, input: &Value, folder: &Folder) -> Value {
    folder.write("script.py", script);
    folder.write("input.json", input.to_string());
    let output = Command::new(interpreter(environment))
        .args([folder.path("script.py"), folder.path("input.json")])
        .env("PYTHONUTF8", "1")
        .output()
        .expect("the environment's python runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "python failed: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("python printed no JSON ({e}): {errors}"))
}

/// An environment's interpreter.
pub fn interpreter(environment: Environment) -> &'static Path {
    static SQL: OnceLock<PathBuf> = OnceLock::new();
    static ENGINES: OnceLock<PathBuf> = OnceLock::new();
    static REGISTRY: OnceLock<PathBuf> = OnceLock::new();
    let made = match environment {
        Environment::Sql => &SQL,
        Environment::Engines => &ENGINES,
        Environment::Registry => &REGISTRY,
    };
    made.get_or_init(|| {
        let requirements = environment.requirements();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(environment.folder());
        let wanted = std::fs::read_to_string(requirements).expect("the list of packages can be read");
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
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
            succeeds(Command::new(&interpreter).args(pip));
            std::fs::write(&made, &wanted).expect("a file under target/ can be written");
        }
        interpreter
    })
}

/// Runs a command of these environments, and fails with what it says where it fails.
pub fn succeeds(command: &mut Command) {
    let advice = "these tests run engines in Python: install python3 (3.11 or 3.12) with its venv module \
                  (Debian: apt-get install python3-venv) and let pip reach PyPI, or a mirror by PIP_INDEX_URL";
    match command.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{command:?} failed: {}\n{advice}", String::from_utf8_lossy(&output.stderr)),
        Err(e) => panic!("{command:?} cannot run: {e}\n{advice}"),
    }
}
