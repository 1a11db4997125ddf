//! Segmented scorecards: the document and its runtime, the figures, the whole way, the proposing tree, and bad input.

mod artifact;
mod bad_input;
mod differences;
mod german;
mod laws;
mod pays;
mod proposal;
