//! Bad input: every fault is told with its place and what to do, and leaves nothing half-written.

mod cards;
mod documents;
mod files;
mod history;
mod outputs;
mod values;
