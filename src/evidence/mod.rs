//! Evidence: every measure of a run as data, `evidence.json`. Reports and limits read it; nothing is
//! measured elsewhere.

mod by_segment;
mod calibration;
mod calibration_grades;
mod characteristics;
mod coded;
mod concentration;
mod cut_off;
mod discrimination;
mod discrimination_tests;
mod fairness;
mod grades;
mod input_schema;
mod labels;
mod limits;
mod measure;
mod migration;
mod model;
mod model_validation;
mod named;
mod parts;
mod periods;
mod process;
mod reestimated;
mod scoring;
mod segments;
mod sensitivity;
mod stability;
mod standard;
mod stress;
mod subject;

pub use by_segment::{AgainstRest, BySegmentEvidence, SegmentTests};
pub use calibration::CalibrationEvidence;
pub use calibration_grades::{GradeCalibration, GradeTest};
pub use characteristics::{CharacteristicEvidence, CharacteristicPeriod, RankReversals};
pub use concentration::{
    Concentration, Contributed, Contribution, MarginalContribution, PointsCorrelation, PointsShare, Refitted,
};
pub use cut_off::{CutOffFrom, RecommendationCutOff};
pub use discrimination::{DiscriminationEvidence, StandardError};
pub use discrimination_tests::{AucAgainstInitial, GaucAgainstInitial, InitialFrom, On};
pub use fairness::{FairnessApprovals, FairnessEvidence, FairnessGroup, TwoProportions};
pub use grades::{
    GradeEvidence, GradeFigures, GradeHeterogeneity, GradeMonotonicity, GradeOrder, GradePair, GradePeriod,
    GradePeriodFigures, HerfindahlEvidence, HerfindahlFigures,
};
pub use input_schema::{InputColumn, InputSchema, UnseenValue, special_numbers, type_words};
pub use labels::Labels;
pub use limits::{LimitCheck, check, limit_holds};
pub use measure::{feature_evidence, sample_evidence, score_psi_by_sample};
pub use migration::MigrationEvidence;
pub use model::{
    BootstrapEvidence, CoefficientEvidence, CoefficientsOverTime, FeatureBootstrap, FeatureOverTime, InfluenceEvidence,
    LikelihoodRatio, ModelEvidence, PriorEvidence, SecondSolverEvidence, TimeSlice,
};
pub use model_validation::{ByModel, ModelValidationEvidence, OfSegment};
pub use named::Named;
pub use parts::{Count, MOST_PARTS, PartFigures, PartKs, Shown, Suppressed};
pub use periods::{PeriodBand, PeriodEvidence};
pub use process::{
    BandDecisions, Decisions, LowSideOutcome, Overrides, PeriodDecisions, ProcessEvidence, ScoreDistribution,
};
pub use reestimated::{JointTest, Reestimate, Refit};
pub use scoring::{CardInput, SampleGroups, ScoredSample, score_cases};
pub use segments::{
    CardsCompared, SampleComparison, SegmentEvidence, SegmentSample, SegmentsComparison, SegmentsEvidence, Verdict,
    compare_cards, segments_evidence, stated_models,
};
pub use sensitivity::{FeatureSensitivity, Handling, InputsMissing, Sensitivity, Shift, Shuffled};
pub use stability::{MeanScoreShift, ScoreStability, ScoreStabilityBand, StabilityEvidence};
pub use standard::{Bound, Light, Question, Severity, StandardEvidence, TestResult};
pub use stress::{BeforeAfter, Stress, StressFigures, StressedScenario, check_stress};
pub use subject::{Bands, BandsOf, CardSubject, FairnessRole, MeasureOptions, Reference, Roles, Subject};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::binning::{BinCounts, OverTime, WoeSource};
use crate::cases::WaterfallStep;
use crate::edits::EditedFeature;
use crate::quality::Finding;
use crate::selection::{Decision, PathStep};
use crate::validation::Interval;
use crate::validation::calibration::CalibrationBand;
use crate::validation::gains::GainsRow;
use crate::validation::ks::Ks;

/// The whole document.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Evidence {
    /// Always `scorewright.evidence`.
    pub format: &'static str,
    /// Version of this document's form.
    pub format_version: u32,
    /// The card it is about.
    pub card: String,
    /// SHA-256 of the artifact's canonical bytes; null where a score came without a scorecard, and in training, whose
    /// scorecard carries the digest of this document.
    pub scorecard_sha256: Option<String>,
    /// In training: SHA-256 of the scorecard's canonical bytes without `lineage.evidence_sha256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scorecard_without_evidence_sha256: Option<String>,
    /// The artifact that was loaded; absent where a score came without a scorecard, and in training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact: Option<ArtifactEvidence>,
    /// By sample.
    pub samples: BTreeMap<String, SampleEvidence>,
    /// By feature.
    pub features: BTreeMap<String, FeatureEvidence>,
    /// Population stability index of the score against development, by sample.
    pub score_psi: BTreeMap<String, Option<f64>>,
    /// The model; null where a score came without a scorecard, or each segment has its own.
    pub model: Option<ModelEvidence>,
    /// The segments of a card that has any; each has a model of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<SegmentsEvidence>,
    /// Every limit on every sample.
    pub limits: Vec<LimitCheck>,
    /// The standards set that was applied, with a light for every test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<StandardEvidence>,
    /// From all rows to the cases, and to the samples.
    pub waterfall: Vec<WaterfallStep>,
    /// Why each feature stayed or went.
    pub selection: Vec<Decision>,
    /// How the features of the model were found, step by step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selection_path: Vec<PathStep>,
    /// What a reader must know.
    pub warnings: Vec<String>,
    /// Warnings of the check on the tables of the history, without examples.
    pub data_findings: Vec<Finding>,
    /// Features whose bins a person edited.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<EditedFeature>,
}

/// Whether the artifact is the one that was asked for, and proved itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArtifactEvidence {
    /// SHA-256 of its canonical bytes.
    pub sha256: String,
    /// What the user said that it must be.
    pub expected_sha256: Option<String>,
    /// Whether it is; null where nothing was said.
    pub matches: Option<bool>,
    /// Verification rows that were replayed when it was loaded, each to the points, score and PD that it states.
    pub verification_rows: u64,
}

/// A sample's figures.
#[derive(Debug, Clone, Serialize)]
pub struct SampleEvidence {
    /// Number of cases, the indeterminate ones included.
    pub cases: u64,
    /// Cases that are neither good nor bad.
    pub indeterminate: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// Whether any case is in part good and in part bad, as shares repaid are.
    pub fractional_outcomes: bool,
    /// bads / (goods + bads).
    pub bad_rate: Option<f64>,
    /// Mean PD of good and bad cases.
    pub expected_bad_rate: Option<f64>,
    /// Area under the ROC curve.
    pub auc: Interval,
    /// 2 AUC - 1.
    pub gini: Interval,
    /// Kolmogorov-Smirnov.
    pub ks: Ks,
    /// What the intervals of AUC, Gini and KS take as independent: `by case`, or `by group (column)` where a group has
    /// more than one good or bad case; null where there is no AUC.
    pub interval: Option<String>,
    /// Groups among the good and bad cases; null without groups.
    pub groups: Option<u64>,
    /// Groups that hold goods; null without groups.
    pub groups_with_goods: Option<u64>,
    /// Groups that hold bads; null without groups.
    pub groups_with_bads: Option<u64>,
    /// Lowest and highest score, and their mean.
    pub score: ScoreSummary,
    /// Cases with at least one value that development never saw.
    pub unforeseen_cases: u64,
    /// First and last day of observation.
    pub period: Option<(chrono::NaiveDate, chrono::NaiveDate)>,
    /// Over the development sample's score bands.
    pub gains: Vec<GainsRow>,
    /// Over the development sample's score bands.
    pub calibration: Vec<CalibrationBand>,
    /// By period: calendar months of observation, or the labels of the column of periods.
    pub periods: Vec<PeriodEvidence>,
    /// What the counts of the score bands are of.
    pub score_bands_of: BandsOf,
    /// How well the score tells goods from bads.
    #[serde(flatten)]
    pub discrimination: DiscriminationEvidence,
    /// How well PDs agree with what happened.
    #[serde(flatten)]
    pub calibration_tests: CalibrationEvidence,
    /// By segment column.
    #[serde(flatten)]
    pub by_segment: BySegmentEvidence,
    /// By column of groups.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub fairness: Named<FairnessEvidence>,
    /// Decisions and overrides; absent where decisions are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessEvidence>,
    /// What a validator asks about the model itself.
    #[serde(flatten)]
    pub model_validation: ModelValidationEvidence,
    /// Whether the population is still the one that the score was made for.
    #[serde(flatten)]
    pub stability: StabilityEvidence,
    /// The grades, where there are any, and migration between them.
    #[serde(flatten)]
    pub grades: Option<GradeEvidence>,
}

/// Where scores lie.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ScoreSummary {
    /// Lowest.
    pub lowest: f64,
    /// Weighted mean.
    pub mean: f64,
    /// Highest.
    pub highest: f64,
}

/// A feature's figures.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureEvidence {
    /// Whether it is in the model.
    pub selected: bool,
    /// Information value by sample, over the card's bins.
    pub iv: BTreeMap<String, f64>,
    /// Stability index against development by sample, over the card's bins.
    pub psi: BTreeMap<String, Option<f64>>,
    /// Cases with a value that development never saw, by sample.
    pub unforeseen: BTreeMap<String, f64>,
    /// The bins by period on the development sample, where its cases have days of two periods or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_time: Option<OverTime>,
    /// Counts by bin and sample, for tables and charts.
    #[serde(skip)]
    pub counts: BTreeMap<String, BinCounts>,
    /// Where the WOE of each bin comes from, on every sample.
    #[serde(skip)]
    pub woe_sources: Vec<WoeSource>,
}

/// Fewer bads, or groups with bads, than this make a sample's figures too uncertain to lean on.
const FEW_BADS: f64 = 30.0;

/// [`SampleEvidence::interval`] where every case is taken as independent.
pub(crate) const BY_CASE: &str = "by case";

impl SampleEvidence {
    /// Whether the intervals of AUC, Gini and KS go by group.
    pub fn is_by_group(&self) -> bool {
        self.interval.as_deref().is_some_and(|interval| interval != BY_CASE)
    }

    fn warnings(&self, name: &str) -> Vec<String> {
        let mut warnings = Vec::new();
        match self.auc.value {
            None if name == crate::sample::SampleName::Rejected.name() => {}
            None => warnings.push(format!(
                "{name}: AUC and KS are not defined: the sample has goods {} and bads {}",
                self.goods, self.bads
            )),
            Some(auc) if auc < 0.5 => {
                warnings.push(format!("{name}: the AUC is {auc:.4}, below 0.5: the score ranks bads above goods there"))
            }
            Some(_) => {}
        }
        if self.auc.value.is_some() && self.bads.min(self.goods) < FEW_BADS {
            warnings.push(format!(
                "{name}: only {:.0} bads and {:.0} goods; read its figures with their intervals",
                self.bads, self.goods
            ));
        }
        if let (Some(interval), Some(goods), Some(bads)) =
            (&self.interval, self.groups_with_goods, self.groups_with_bads)
            && self.is_by_group()
            && (goods.min(bads) as f64) < FEW_BADS
        {
            warnings.push(format!(
                "{name}: intervals are {interval}, and only {bads} groups hold bads and {goods} hold goods; with so few the intervals themselves are uncertain"
            ));
        }
        if let Some(grades) = &self.grades
            && grades.order_contradicted()
        {
            warnings.push(format!("{name}: grades: {}", grades.grade_order.from));
        }
        if self.unforeseen_cases > 0 {
            warnings.push(format!(
                "{name}: {} of {} cases have a value that development never saw",
                self.unforeseen_cases, self.cases
            ));
        }
        warnings
    }
}

impl Evidence {
    /// Evidence about a card, as yet without figures.
    pub(crate) fn of(card: String) -> Self {
        Evidence { format: "scorewright.evidence", format_version: 1, card, ..Evidence::default() }
    }

    /// Holds the limits against the figures and says what a reader must know.
    pub(crate) fn conclude(&mut self, limits: &BTreeMap<String, f64>) {
        self.limits = check(limits, &self.samples, &self.features, &self.score_psi);
        for (name, sample) in &self.samples {
            self.warnings.extend(sample.warnings(name));
        }
        if let Some(model) = &self.model {
            self.warnings.extend(model.warnings());
        }
        for segment in self.segments.iter().flat_map(|segments| &segments.segments) {
            let of_segment = |warning: String| format!("segment {:?}: {warning}", segment.name);
            self.warnings.extend(segment.model.warnings().into_iter().map(of_segment));
        }
    }

    /// Whether every limit holds.
    pub fn passed(&self) -> bool {
        self.limits.iter().all(|check| check.passed)
    }

    /// The document's bytes.
    ///
    /// # Errors
    /// An internal fault: JSON cannot carry the document.
    pub fn to_json(&self) -> crate::error::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(crate::error::internal)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
