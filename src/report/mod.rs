//! The report: first as data, then as tables and as one HTML page. Nothing here measures.

pub mod charts;
mod check;
mod outcome_page;
mod outcome_run;
mod outcome_tables;
mod page;
mod run;
mod streamed;
mod tables;
mod template;

pub use check::{CHECK_MARKS, check_page, write_check};
pub use outcome_run::{OUTCOME_MARKS, write_outcomes};
pub use page::{Page, PageKind};
pub use run::{RUN_MARKS, write_training, write_validation};
pub use streamed::{streamed_toml, write_streamed};
pub use tables::{NamedTable, case_table, score_table};
