//! Loads a scorewright scorecard and scores cases: what a decision engine embeds.
//!
//! The crate has no files, clock, randomness or logs of its own. A [`Scorecard`] is made from the
//! bytes of `scorecard.json`; making it checks the document and replays its verification rows, so a
//! scorecard that loads is one that scores as it was approved.
//!
//! ```
//! # fn demo(bytes: &[u8]) -> Result<(), scorewright_runtime::Error> {
//! use scorewright_runtime::{Scorecard, Value};
//! let card = Scorecard::from_json(bytes)?;
//! let case = [Value::Number(34.0), Value::Category("radio/television"), Value::Missing];
//! let scored = card.score(&case)?;
//! println!("{} {}", scored.score.0, scored.pd.0);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![warn(missing_docs)]

pub mod artifact;
pub mod binning;
pub mod error;
pub mod reasons;
pub mod score;
mod segments;
pub mod units;
pub mod value;
mod verification;

pub use artifact::ScorecardDocument;
pub use binning::Partition;
pub use error::Error;
pub use reasons::{MOST_REASONS, Reason};
pub use score::{Batch, BatchError, Column, Input, Scorecard, Scored};
pub use segments::ELSEWHERE;
pub use units::{LogOdds, Odds, Points, ProbabilityOfDefault};
pub use value::Value;
pub use verification::verification_rows;
