//! Versions, approvals and the log: the rules, the attacks, many writers, and what others can read.

mod exports;
mod mirror;
mod office;
mod page;
mod path;
mod s3;
mod writers;
