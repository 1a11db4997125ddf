//! All tests of the program and its library, in one binary: every further one would link Polars again.

#[path = "suite/artifact.rs"]
mod artifact;
#[path = "suite/artifact_schema.rs"]
mod artifact_schema;
#[path = "suite/bad_input/mod.rs"]
mod bad_input;
#[path = "suite/batch_coding.rs"]
mod batch_coding;
#[path = "suite/bin_edits.rs"]
mod bin_edits;
#[path = "suite/binning/mod.rs"]
mod binning;
#[path = "suite/by_hand.rs"]
mod by_hand;
#[path = "suite/challenger/mod.rs"]
mod challenger;
#[path = "suite/chart_text.rs"]
mod chart_text;
#[path = "suite/comparison.rs"]
mod comparison;
#[path = "suite/conformance/mod.rs"]
mod conformance;
#[path = "suite/cross_validation/mod.rs"]
mod cross_validation;
#[path = "suite/edit_laws.rs"]
mod edit_laws;
#[path = "suite/expression/mod.rs"]
mod expression;
#[path = "suite/feature_oracle/mod.rs"]
mod feature_oracle;
#[path = "suite/feature_sql.rs"]
mod feature_sql;
#[path = "suite/features.rs"]
mod features;
#[path = "suite/groups.rs"]
mod groups;
#[path = "suite/history.rs"]
mod history;
#[path = "suite/laws.rs"]
mod laws;
#[path = "suite/leaks.rs"]
mod leaks;
#[path = "suite/logistic/mod.rs"]
mod logistic;
#[path = "suite/main_job.rs"]
mod main_job;
#[path = "suite/other_tools_bugs.rs"]
mod other_tools_bugs;
#[path = "suite/outcomes.rs"]
mod outcomes;
#[path = "suite/outcomes_program.rs"]
mod outcomes_program;
#[path = "suite/pairs/mod.rs"]
mod pairs;
#[path = "suite/pmml_export.rs"]
mod pmml_export;
#[path = "suite/points_table.rs"]
mod points_table;
#[path = "suite/population/mod.rs"]
mod population;
#[path = "suite/program.rs"]
mod program;
#[path = "suite/python.rs"]
mod python;
#[path = "suite/quality/mod.rs"]
mod quality;
#[path = "suite/reference.rs"]
mod reference;
#[path = "suite/registry/mod.rs"]
mod registry;
#[path = "suite/rejects/mod.rs"]
mod rejects;
#[path = "suite/report/mod.rs"]
mod report;
#[path = "suite/runtime_robustness.rs"]
mod runtime_robustness;
#[path = "suite/segments/mod.rs"]
mod segments;
#[path = "suite/selection/mod.rs"]
mod selection;
#[path = "suite/simulation/mod.rs"]
mod simulation;
#[path = "suite/sketch.rs"]
mod sketch;
#[path = "suite/sql_export.rs"]
mod sql_export;
#[path = "suite/standards.rs"]
mod standards;
#[path = "suite/streaming/mod.rs"]
mod streaming;
#[path = "suite/support.rs"]
mod support;
#[path = "suite/validate_awkward.rs"]
mod validate_awkward;
#[path = "suite/validation_calibration/mod.rs"]
mod validation_calibration;
#[path = "suite/validation_discrimination.rs"]
mod validation_discrimination;
#[path = "suite/validation_groups.rs"]
mod validation_groups;
#[path = "suite/validation_model/mod.rs"]
mod validation_model;
#[path = "suite/validation_stability.rs"]
mod validation_stability;
#[path = "suite/words.rs"]
mod words;
