//! The Python package `scorewright`: loads a scorecard, and scores dicts and frames with the runtime crate.
//!
//! Python calls [`card`]; a single case goes through [`value`], frames through [`column`] and [`batches`] and come back
//! as [`scores`]. `stream` alone touches the foreign interface of Arrow.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod batches;
pub mod card;
pub mod column;
pub mod fault;
pub mod scores;
mod stream;
pub mod value;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::card::Scorecard;
    #[pymodule_export]
    use super::fault::{Error, InvalidCase, InvalidScorecard, Refused};
}
