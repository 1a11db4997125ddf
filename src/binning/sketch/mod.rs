//! Summaries of a column that does not fit in memory: small, mergeable, deterministic, exact where a column has few
//! distinct values, and with a proven error bound where it has many.

mod categories;
mod quantile;

pub use categories::{CategoryCounts, CategorySketch, CategorySummary};
pub use quantile::QuantileSketch;
