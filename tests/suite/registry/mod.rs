//! Versions, approvals and the log: the rules, the attacks, many writers, and what others can read.

mod audit;
mod exports;
mod office;
mod path;
mod s3;
mod writers;
