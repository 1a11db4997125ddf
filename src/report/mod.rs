//! The report: first as data, then as tables and as one HTML page. Nothing here measures.

mod bin_view;
mod challenger;
pub mod charts;
mod check;
mod cross_validation;
mod diff_text;
pub mod document;
mod model_view;
mod outcome_page;
mod outcome_run;
mod outcome_tables;
mod page;
mod rejects;
mod rejects_tables;
mod run;
pub mod sections;
mod segments;
mod selection_view;
mod streamed;
mod study;
mod tables;
mod template;
mod terminal;

pub use bin_view::{BinFigures, FeatureBins, bin_svg};
pub use challenger::{challenger_study, challenger_verdict, write_challenger};
pub use check::{CHECK_MARKS, check_page, write_check};
pub use cross_validation::{cross_validation_study, write_cross_validation};
pub use diff_text::diff_text;
pub use outcome_run::{OUTCOME_MARKS, write_outcomes};
pub use page::{Page, PageKind};
pub use rejects::write_rejects;
pub use run::{RUN_MARKS, write_training, write_validation};
pub use streamed::{streamed_toml, write_streamed};
pub use study::{Entry, Picture, Section, Study, StudyTable, study_page, write_study, write_study_with};
pub use tables::{NamedTable, case_table, score_table};
pub use terminal::{Letters, feature_bins, feature_list, fit, trend_word};
