//! Outputs appear whole or not at all: they are written beside their place and moved there at the end.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// A directory under construction; dropped without [`StagedDirectory::publish`], it leaves nothing.
pub struct StagedDirectory {
    temporary: tempfile::TempDir,
    place: PathBuf,
}

fn failed(path: &Path, reason: &std::io::Error) -> Error {
    Error::new(ErrorKind::Output, format!("cannot write the output: {reason}")).in_file(path).help(
        "check that the directory exists, that you may write there and that the disk has room; nothing was changed",
    )
}

fn parent(place: &Path) -> &Path {
    place.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl StagedDirectory {
    /// Prepares to write the directory `place`. An existing directory is replaced only where it is
    /// empty or holds one of `marks`, files that this program wrote there before.
    ///
    /// # Errors
    /// [`ErrorKind::Output`].
    pub fn new(place: &Path, marks: &[&str]) -> Result<Self> {
        if place.exists() {
            let mut entries = std::fs::read_dir(place).map_err(|e| failed(place, &e))?;
            let ours = marks.iter().any(|mark| place.join(mark).exists());
            if entries.next().is_some() && !ours {
                return Err(Error::new(ErrorKind::Output, "the output directory holds other files")
                    .in_file(place)
                    .help("name a new or empty directory; only a directory that an earlier run wrote is replaced"));
            }
        }
        let parent = parent(place);
        std::fs::create_dir_all(parent).map_err(|e| failed(parent, &e))?;
        let temporary =
            tempfile::Builder::new().prefix(".scorewright-").tempdir_in(parent).map_err(|e| failed(parent, &e))?;
        Ok(StagedDirectory { temporary, place: place.to_path_buf() })
    }

    /// Writes one file, with its folders.
    ///
    /// # Errors
    /// [`ErrorKind::Output`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(name)?;
        std::fs::write(&path, bytes).map_err(|e| failed(&self.place.join(name), &e))
    }

    /// Where a file of this name will stand.
    pub fn place(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }

    /// The path under which a file of this name is to be written now; its folders exist.
    ///
    /// # Errors
    /// [`ErrorKind::Output`].
    pub fn path(&self, name: &str) -> Result<PathBuf> {
        let path = self.temporary.path().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| failed(&self.place, &e))?;
        }
        Ok(path)
    }

    /// Moves the finished directory to its place.
    ///
    /// # Errors
    /// [`ErrorKind::Output`]; what stood there before then still does.
    pub fn publish(self) -> Result<()> {
        let fail = |e: std::io::Error| failed(&self.place, &e);
        readable_by_others(self.temporary.path()).map_err(fail)?;
        let old = if self.place.exists() {
            let old =
                tempfile::Builder::new().prefix(".scorewright-old-").tempdir_in(parent(&self.place)).map_err(fail)?;
            std::fs::rename(&self.place, old.path().join("old")).map_err(fail)?;
            Some(old)
        } else {
            None
        };
        if let Err(reason) = std::fs::rename(self.temporary.path(), &self.place) {
            if let Some(old) = &old {
                std::fs::rename(old.path().join("old"), &self.place).map_err(fail)?;
            }
            return Err(fail(reason));
        }
        // The directory has moved away; nothing is left to remove.
        let _moved = self.temporary.keep();
        Ok(())
    }
}

/// Temporary directories are private; a finished output has the permissions of any other.
#[cfg(unix)]
fn readable_by_others(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable_by_others(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Writes one file whole or not at all; `fill` is given the temporary path to write.
///
/// # Errors
/// [`ErrorKind::Output`], or what `fill` returns.
pub fn write_file(place: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let extension = place.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    let temporary = tempfile::Builder::new()
        .prefix(".scorewright-")
        .suffix(&extension)
        .tempfile_in(parent(place))
        .map_err(|e| failed(place, &e))?;
    fill(temporary.path()).map_err(|e| e.in_file(place))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(temporary.path(), std::fs::Permissions::from_mode(0o644))
            .map_err(|e| failed(place, &e))?;
    }
    temporary.persist(place).map(|_| ()).map_err(|e| failed(place, &e.error))
}

/// Writes bytes to one file, whole or not at all.
///
/// # Errors
/// [`ErrorKind::Output`].
pub fn write_bytes(place: &Path, bytes: &[u8]) -> Result<()> {
    write_file(place, |path| {
        let mut file = std::fs::File::create(path).map_err(|e| failed(place, &e))?;
        file.write_all(bytes).map_err(|e| failed(place, &e))
    })
}
