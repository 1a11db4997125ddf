//! The challenger: against scikit-learn, on data with a known truth, and what the program says.

mod boosting;
mod paired;
mod program;
