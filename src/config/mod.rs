//! Configuration: one file a section, with its type, its defaults, its checks and its messages.

mod binning;
mod card;
mod cross_validation;
mod data;
mod edits;
mod features;
mod history_features;
mod model;
mod outcome;
mod outcomes;
mod pairs;
mod project;
mod rejects;
mod segments;
mod selection;
mod source;
mod special;
mod stress;

pub use binning::{
    BinningSection, ForbiddenCut, NeighbourTest, Objective, Refine, SeparateBin, StablePeriod, StableRule,
};
pub(crate) use binning::{cuts_fault, twice};
pub use card::{CardSection, CardSpec, CardTexts, CaseSource};
pub use cross_validation::{CrossValidationSection, FoldsBy, GridSection, MOST_COMBINATIONS, Settings};
pub(crate) use data::is_score_column;
pub use data::{ExclusionRule, ObservationScheme, Population, TableSource, Take, WithoutGroup};
pub use edits::{Action, Edit, Edits, GroupVerb, ReviewedBins};
pub use features::{ColumnSettings, FeaturesSection, Monotone};
pub use history_features::{Across, Aggregate, Definition};
pub use model::{FitSection, Intervals, LimitsSection, PriorBy, SampleSection, ScalingSection, SignConstraint, Solver};
pub use outcome::{HistoryOutcome, Otherwise, OutcomeRule, RepaidRule, TableOutcome, TableRule};
pub use outcomes::{CohortPeriod, DefinitionRule, MOST_DEFINITIONS, OutcomesSection};
pub use pairs::{AxisTrend, PairSettings};
pub use project::{DuplicateKeys, Period, ProjectSpec, RegistrySection, TableSpec};
pub use rejects::{RejectsSection, TruthTable};
pub use segments::SegmentsSection;
pub(crate) use segments::name_fault;
pub use selection::{Direction, Leaks, Reversals, Search, SelectionSection, Stepwise, Theme};
pub use source::Source;
pub use special::{SpecialGroup, SpecialValues};
pub use stress::{Change, Characteristic, Mix, Only, Scenario, StressPlan};
