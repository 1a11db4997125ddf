//! Versions, approvals and the log: the rules, the attacks, many writers, and what others can read.

mod attacks;
mod audit;
mod difference;
mod exports;
mod forger;
mod laws;
mod mirror;
mod office;
mod page;
mod path;
mod s3;
mod signatures;
mod writers;
