//! The Python package, built from its source and installed among the engines.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use scorewright::export::{Format, Standing, export};

use super::CARDS;
use crate::python::{Environment, interpreter, succeeds};

/// The script that lets it score.
pub const DRIVER: &str = "run_wheel.py";
const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/scorewright-python");

/// Builds the wheel, quickly where nothing changed, and installs it where it is another one than before.
pub fn install() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let python = interpreter(Environment::Engines);
        let environment = python.parent().and_then(Path::parent).unwrap();
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("python-package");
        std::fs::create_dir_all(&target).unwrap();
        // One process builds and installs, the others wait; the lock goes with the process that holds it.
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(target.join("lock")).unwrap();
        lock.lock().unwrap();
        let wheels = target.join("wheels");
        let _ = std::fs::remove_dir_all(&wheels);
        succeeds(
            Command::new(python.with_file_name("maturin"))
                .args(["build", "--release", "--locked", "--quiet", "--manifest-path"])
                .arg(Path::new(PACKAGE).join("Cargo.toml"))
                .arg("--interpreter")
                .arg(python)
                .arg("--target-dir")
                .arg(&target)
                .arg("--out")
                .arg(&wheels),
        );
        let wheel = std::fs::read_dir(&wheels).unwrap().next().unwrap().unwrap().path();
        let bytes = std::fs::read(&wheel).unwrap();
        let installed = environment.join("installed-wheel");
        if std::fs::read(&installed).ok().as_ref() != Some(&bytes) {
            let pip =
                ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--force-reinstall", "--no-deps"];
            succeeds(Command::new(python).args(pip).arg(&wheel));
            std::fs::write(&installed, bytes).unwrap();
        }
    });
}

/// Values, types, frames, faults and threads.
#[test]
fn python_package_by_itself() {
    install();
    let folder = tempfile::tempdir().unwrap();
    for subject in &CARDS.1 {
        let bytes = export(&subject.card, &Standing::Draft, Format::Json).unwrap();
        std::fs::write(folder.path().join(format!("{}.json", subject.name)), bytes).unwrap();
    }
    let script = Path::new(PACKAGE).join("tests").join("check.py");
    succeeds(Command::new(interpreter(Environment::Engines)).arg(script).arg(folder.path()).env("PYTHONUTF8", "1"));
}
