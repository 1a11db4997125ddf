//! Reports: documents as pages, workbooks and files; the validator's conclusion; both languages.

mod conclusion;
mod document;
mod languages;
