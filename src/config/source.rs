//! The text of a configuration file, and where in it something stands.

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

    /// An error at the place of a key, given by the keys that lead to it. Where the key is absent, at
    /// the last of its tables that is there.
    pub fn error(&self, keys: &[&str], message: impl Into<String>) -> Error {
        let error = Error::new(ErrorKind::Configuration, message)
            .in_file(&self.path)
            .help("every key is explained where it is used in the example that `scorewright new` writes");
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
