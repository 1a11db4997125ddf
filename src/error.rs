//! What went wrong, where, and what to do next.

use std::fmt;
use std::path::{Path, PathBuf};

/// Result of this library.
pub type Result<T> = std::result::Result<T, Error>;

/// The kind of a failure; it decides the exit status of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line does not fit together.
    Usage,
    /// A configuration file has an unknown key, a wrong type or an impossible value.
    Configuration,
    /// A file is not there or cannot be read.
    Unreadable,
    /// A file holds no rows.
    Empty,
    /// A file is not in the form that its name promises: header, delimiter, ragged rows, encoding.
    Malformed,
    /// A column that is asked for is not there.
    UnknownColumn,
    /// A value is not what its column must hold.
    Value,
    /// Ids that must be unique are not.
    Duplicate,
    /// No cases are left, or a class has none.
    NoCases,
    /// A feature separates goods from bads, so that its coefficient has no finite estimate.
    Separated,
    /// A feature is a linear combination of others.
    Collinear,
    /// The fit did not reach its optimum.
    NotConverged,
    /// No feature is left, or too many for the cases.
    Features,
    /// A scorecard document is damaged, of another version, or does not fit the data.
    Artifact,
    /// A registry's log or one of its files does not hold.
    Registry,
    /// The registry has no such version.
    UnknownVersion,
    /// A rule of the registry forbids it: wrong role, wrong key, wrong state.
    Refused,
    /// An approval is missing, or a limit failed, for what was asked.
    NotApproved,
    /// An output cannot be written.
    Output,
    /// The user stopped the run.
    Interrupted,
    /// A fault of the program itself.
    Internal,
}

impl ErrorKind {
    /// Exit status: 1 internal fault, 2 wrong usage, 3 bad configuration or data, 4 a limit failed or an approval is
    /// missing, 130 interrupted.
    pub fn exit_status(self) -> u8 {
        match self {
            ErrorKind::Internal => 1,
            ErrorKind::Usage => 2,
            ErrorKind::NotApproved => 4,
            ErrorKind::Interrupted => 130,
            _ => 3,
        }
    }
}

/// A failure: what, where, and what to do.
#[derive(Debug, Clone)]
pub struct Error(Box<Details>);

/// Boxed, so that results stay small where nothing fails.
#[derive(Debug, Clone)]
struct Details {
    kind: ErrorKind,
    message: String,
    file: Option<PathBuf>,
    line: Option<usize>,
    row: Option<usize>,
    column: Option<String>,
    help: Option<String>,
}

impl Error {
    /// A failure of `kind`; `message` says what is wrong, without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Error(Box::new(Details { kind, message, file: None, line: None, row: None, column: None, help: None }))
    }

    /// The file it is about.
    #[must_use]
    pub fn in_file(mut self, file: impl AsRef<Path>) -> Self {
        self.0.file.get_or_insert_with(|| file.as_ref().to_path_buf());
        self
    }

    /// What it is about, said before everything else.
    #[must_use]
    pub fn about(mut self, what: &str) -> Self {
        self.0.message = format!("{what}: {}", self.0.message);
        self
    }

    /// The line in that file, from 1.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.0.line = Some(line);
        self
    }

    /// The data row, from 1, the header not counted.
    #[must_use]
    pub fn at_row(mut self, row: usize) -> Self {
        self.0.row = Some(row);
        self
    }

    /// The column or feature.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.0.column = Some(column.into());
        self
    }

    /// What to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Its kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Its message, without place and help.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The column or feature it is about.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// What it says to do next.
    pub fn advice(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The line it is about.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// The data row it is about.
    pub fn row(&self) -> Option<usize> {
        self.0.row
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.message)?;
        let mut place = Vec::new();
        place.extend(self.0.file.as_ref().map(|file| file.display().to_string()));
        place.extend(self.0.line.map(|line| format!("line {line}")));
        place.extend(self.0.row.map(|row| format!("data row {row}")));
        place.extend(self.0.column.as_ref().map(|column| format!("column {column:?}")));
        if !place.is_empty() {
            write!(f, "\n  where: {}", place.join(", "))?;
        }
        if let Some(help) = &self.0.help {
            write!(f, "\n  what to do: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<scorewright_runtime::Error> for Error {
    fn from(error: scorewright_runtime::Error) -> Self {
        Error::new(ErrorKind::Artifact, error.to_string())
    }
}

/// A fault of the program itself: something that its own checks should have made impossible.
pub fn internal(what: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, format!("internal fault: {what}"))
        .help("please report this with the command and, if you can, the files that led to it")
}

/// Reads a whole file.
///
/// # Errors
/// [`ErrorKind::Unreadable`], with the operating system's reason.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| unreadable(path, &e))
}

/// The error for a file that cannot be read; of a missing file, it names similar ones beside it.
pub fn unreadable(path: &Path, reason: &std::io::Error) -> Error {
    let error = Error::new(ErrorKind::Unreadable, format!("cannot read the file: {reason}")).in_file(path);
    if reason.kind() != std::io::ErrorKind::NotFound {
        return error.help("check the path and the permissions");
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match crate::suggest::nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean {:?}?", folder.join(near).display().to_string())),
        None => error.help("paths in a configuration file are relative to that file"),
    }
}
