//! Segments of a card: who belongs to which, each with bins, selection and fit of its own; whether that pays against
//! one card for all, and which segments the data propose.

mod bins;
mod plan;
mod propose;
mod study;
mod training;
mod tree;

pub(crate) use bins::bin_card;
pub use plan::{PlannedSegment, SegmentPlan};
pub use propose::{Candidate, Checked, Leaf, Proposal, SplitOf, propose};
pub use study::segments_study;
pub(crate) use training::{scorecard, train};
