//! Reject inference as a study of sensitivity: how far would a card move, under which assumption about applicants of whom
//! no outcome is known? No method's result is ever taken for a card by itself.
//!
//! All methods keep the accepts-only bins with their weights of evidence, so that coefficients can be compared, and refit
//! the coefficients with outcomes (pairs of good and bad weight) of accepts and rejects together.

mod acceptance;
pub mod bivariate_normal;
mod document;
pub(crate) mod erfc;
mod fits;
pub mod fuzzy;
pub mod hard_cut_off;
mod measures;
pub mod methods;
pub mod parcelling;
mod people;
pub mod probit;
mod refit;
pub mod reweighting;
mod study;
mod truth;
mod warnings;

pub use document::*;
pub use refit::{Refit, refit};
pub use study::study;
