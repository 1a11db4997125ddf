//! The report: first as data, then as tables and as one HTML page. Nothing here measures.

pub mod charts;
mod check;
mod page;
mod run;
mod tables;

pub use check::{CHECK_MARKS, check_page, write_check};
pub use page::{Page, PageKind};
pub use run::{RUN_MARKS, write_training, write_validation};
pub use tables::{NamedTable, case_table, score_table};
