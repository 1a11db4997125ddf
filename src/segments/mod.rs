//! Segments of a card: who belongs to which, each with bins, selection and fit of its own; whether that pays against
//! one card for all, and which segments the data propose.

mod plan;
mod training;

pub use plan::{PlannedSegment, SegmentPlan};
pub(crate) use training::train;
