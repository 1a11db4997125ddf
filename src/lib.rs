//! Trains, validates and ships credit scorecards, from loan history to decision engine.
//!
//! The modules stand in the order of the data's path; [`pipeline`] shows the whole path as one
//! function. The library never prints, never reads the clock and never draws an unseeded random
//! number: its callers hand those in.
// deny, not forbid: ndarray's slicing macro carries an allow of its own.
#![deny(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![warn(missing_docs)]

pub mod error;
pub mod progress;
pub mod random;
pub mod staging;
pub mod suggest;
pub mod words;

mod digest;

pub mod assembly;
pub mod binning;
pub mod bins_diff;
pub mod cases;
pub mod challenger;
pub mod compare;
pub mod config;
pub mod cross_validation;
pub mod demo;
pub mod edits;
pub mod evidence;
pub mod export;
pub mod expression;
pub mod features;
pub mod history;
pub mod leaks;
pub mod logistic;
pub mod model;
pub mod outcome;
pub mod pipeline;
pub mod population;
pub mod quality;
pub mod ready_made;
pub mod registry;
mod rejected;
pub mod rejects;
pub mod report;
pub mod sample;
pub mod scaling;
pub mod scorecard_diff;
pub mod scoring;
pub mod segments;
pub mod selection;
pub mod simulation;
pub mod standards;
pub mod streaming;
pub mod table;
pub mod validate;
pub mod validation;
