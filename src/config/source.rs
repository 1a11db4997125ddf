//! The text of a configuration file, and where in it something stands.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::error::{Error, ErrorKind, Result, read_file};
use crate::suggest;

/// A configuration file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// How keys of whole numbers begin that may be 0.
const MAY_BE_ZERO: [&str; 5] = ["skip_", "known_after_days", "seed", "cure_months", "lag_days"];

/// What a key can stand in.
enum Place<'a> {
    Table(&'a DeTable<'a>),
    Array(&'a DeArray<'a>),
}

impl Source {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`], or [`ErrorKind::Configuration`] where it is not UTF-8.
    pub fn read(path: &Path) -> Result<Self> {
        let text = String::from_utf8(read_file(path)?).map_err(|_| {
            Error::new(ErrorKind::Configuration, "the file is not UTF-8 text")
                .in_file(path)
                .help("save it as UTF-8; TOML knows no other encoding")
        })?;
        Ok(Source { path: path.to_path_buf(), text })
    }

    /// Reads the text as `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] with the line; of an unknown key, with the nearest valid one.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        toml::from_str(&self.text).map_err(|e| self.explain(&e))
    }

    fn explain(&self, error: &toml::de::Error) -> Error {
        let message = error.message().trim().to_owned();
        // serde names what it met and what it would take between backticks, in this order.
        let mut words = message.split('`').skip(1).step_by(2);
        let help = match words.next() {
            Some(unknown) if message.starts_with("unknown field") => {
                suggest::did_you_mean(unknown, "valid keys here", words.collect::<Vec<_>>())
            }
            Some(unknown) if message.starts_with("unknown variant") => {
                suggest::did_you_mean(unknown, "valid words here", words.collect::<Vec<_>>())
            }
            _ => "see the commented example that `scorewright new` writes".to_owned(),
        };
        let (message, help) = match error.span() {
            Some(span) if message == "duplicate key" => self.duplicate(span),
            Some(span) => self.number(&message, span.start).unwrap_or((message, help)),
            None => (message, help),
        };
        let message = match message.strip_prefix("unknown field ") {
            Some(rest) => format!("unknown key {}", rest.split(',').next().unwrap_or(rest).replace('`', "\"")),
            None => message,
        };
        let error_here = Error::new(ErrorKind::Configuration, message).in_file(&self.path).help(help);
        match error.span() {
            Some(span) => error_here.at_line(self.line(span.start)),
            None => error_here,
        }
    }

    /// A key or a section that stands twice.
    fn duplicate(&self, span: Range<usize>) -> (String, String) {
        let line = self.line(span.start);
        let text = self.text.lines().nth(line - 1).unwrap_or_default().trim();
        let (message, begin) = match text.split_once(']').filter(|_| text.starts_with('[')) {
            Some((section, _)) => (format!("duplicate section {section}]"), format!("{section}]")),
            None => {
                let key = self.text.get(span).unwrap_or_default();
                (format!("duplicate key {key:?}"), String::new())
            }
        };
        let first = self.text.lines().position(|line| !begin.is_empty() && line.trim().starts_with(&begin));
        let help = match first.filter(|first| first + 1 < line) {
            Some(first) => {
                format!("the first stands in line {}: make them one, or give this one another name", first + 1)
            }
            None => "keep one of them".to_owned(),
        };
        (message, help)
    }

    /// What serde says of a value that is no whole number, in words: which key, which numbers it takes.
    fn number(&self, message: &str, at: usize) -> Option<(String, String)> {
        let rest = message.strip_prefix("invalid value: ").or_else(|| message.strip_prefix("invalid type: "))?;
        let (have, wanted) = rest.rsplit_once(", expected ")?;
        if !["u8", "u16", "u32", "u64", "usize", "nonzero u32"].contains(&wanted) {
            return None;
        }
        let have = have.trim_start_matches("integer ").trim_start_matches("floating point ").replace('`', "");
        let before = self.text.get(..at)?.rsplit(['\n', '{', ',']).next()?;
        let key = before.trim().trim_end_matches('=').trim();
        let key = if key.is_empty() || key.contains(['[', '=']) { "the value" } else { key };
        let least = u32::from(!MAY_BE_ZERO.iter().any(|name| key.starts_with(name)));
        let message = format!("{key} must be a whole number of at least {least}, but is {have}");
        Some((message, "correct the value, or leave the key out where it has a default".to_owned()))
    }

    /// An error at the place of a key, given by the keys that lead to it. Where the key is absent, at
    /// the last of its tables that is there. The message says what to do, or help is added.
    pub fn error(&self, keys: &[&str], message: impl Into<String>) -> Error {
        let error = Error::new(ErrorKind::Configuration, message).in_file(&self.path);
        match self.line_of(keys) {
            Some(line) => error.at_line(line),
            None => error,
        }
    }

    /// The line where a key stands, from 1; an item of an array has its position, from 0, for a key.
    pub fn line_of(&self, keys: &[&str]) -> Option<usize> {
        let document = DeTable::parse(&self.text).ok()?;
        self.line_in(Place::Table(document.get_ref()), keys)
    }

    fn line_in(&self, place: Place<'_>, keys: &[&str]) -> Option<usize> {
        let (key, rest) = keys.split_first()?;
        let (start, value) = match place {
            Place::Table(table) => {
                let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
                (name.span().start, value)
            }
            Place::Array(items) => {
                let item = items.get(key.parse::<usize>().ok()?)?;
                (item.span().start, item)
            }
        };
        let deeper = match value.get_ref() {
            DeValue::Table(table) => self.line_in(Place::Table(table), rest),
            DeValue::Array(items) => self.line_in(Place::Array(items), rest),
            _ => None,
        };
        deeper.or_else(|| Some(self.line(start)))
    }

    fn line(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }

    /// `path` as it stands in this file, made relative to the working directory.
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// SHA-256 of the file's text.
    pub fn sha256(&self) -> String {
        crate::digest::sha256(self.text.as_bytes())
    }
}
