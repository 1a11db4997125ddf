//! Reject inference: the numbers against other tools and by hand, the study through the program, and bad input.

mod bad_input;
mod methods;
mod numbers;
mod study;
