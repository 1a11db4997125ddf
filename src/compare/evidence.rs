//! What a comparison found, as a document of its own. First is champion A, second is challenger B; every difference is
//! first minus second.

use serde::Serialize;

use crate::error::{Result, internal};
use crate::evidence::SampleGroups;
use crate::validation::calibration::CalibrationBand;
use crate::validation::ks::Ks;
use crate::validation::paired_bootstrap::ApprovalDifference;
use crate::validation::paired_delong::PairedDelong;
use crate::validation::rank_correlation::RankCorrelation;
use crate::validation::score_migration::ScoreMigration;
use crate::validation::swap_set::SwapSet;
use crate::validation::{Difference, Interval, Measured};
use crate::words::Message;

/// Version of the document's form.
pub const FORMAT_VERSION: u32 = 1;

/// The whole document.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Always `scorewright.comparison`.
    pub format: &'static str,
    /// Version of this document's form.
    pub format_version: u32,
    /// The data file's name.
    pub data: String,
    /// Names of the two.
    pub names: [String; 2],
    /// Number of cases, the indeterminate ones included.
    pub cases: u64,
    /// Cases that are neither good nor bad.
    pub indeterminate: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// bads / (goods + bads).
    pub bad_rate: Option<f64>,
    /// What the intervals take as independent.
    pub interval: String,
    /// What it comes to.
    pub verdict: Verdict,
    /// What needs scores; absent where only decisions were compared.
    #[serde(flatten)]
    pub scores: Option<ScoreComparison>,
    /// Swap sets: at the stated decisions, at the cut-off, and at approval rates; the first is the one that the verdict
    /// goes by.
    pub swap_set: Vec<SwapEvidence>,
    /// Reasons for low scores; absent without scorecards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<ReasonEvidence>,
    /// Features of the two cards; absent without scorecards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<FeatureSets>,
    /// What the measures go by.
    pub options: Options,
    /// What a reader must know.
    pub warnings: Vec<Message>,
}

/// What the measures go by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Options {
    /// Approval rates, in the order of asking; the first is that of the verdict.
    pub approval_rates: Vec<f64>,
    /// Score from which each approves: the second's may be absent, then it approves as many as the first.
    pub cut_offs: Vec<f64>,
    /// Loss given default, with a stated exposure.
    pub loss_given_default: f64,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Resamples of the bootstrap.
    pub resamples: u64,
    /// Figures of a segment of fewer cases are not shown.
    pub minimum_cases: u64,
    /// Figures of a segment of fewer bads, or fewer goods, are not shown.
    pub minimum_bads: u64,
}

/// Approval rates where none is stated; the verdict goes by 70%.
pub const DEFAULT_RATES: [f64; 5] = [0.7, 0.5, 0.6, 0.8, 0.9];

impl Default for Options {
    fn default() -> Self {
        Options {
            approval_rates: DEFAULT_RATES.to_vec(),
            cut_offs: Vec::new(),
            loss_given_default: 1.0,
            seed: 1,
            resamples: 200,
            minimum_cases: 30,
            minimum_bads: 5,
        }
    }
}

/// Which of the two ranks better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ranking {
    /// The interval of the AUC difference lies above 0.
    FirstRanksBetter,
    /// The interval lies below 0.
    SecondRanksBetter,
    /// The interval holds 0.
    NoDifferenceSeen,
    /// There is no interval.
    NotComputed,
}

/// What a comparison comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Which ranks better.
    pub ranking: Ranking,
    /// The same in words, with what else a decision needs.
    pub statements: Vec<Message>,
}

/// What needs scores.
#[derive(Debug, Clone, Serialize)]
pub struct ScoreComparison {
    /// Champion A.
    pub first: SideEvidence,
    /// Challenger B.
    pub second: SideEvidence,
    /// Paired DeLong.
    pub auc_difference: Measured<PairedDelong>,
    /// Twice the AUC difference.
    pub gini_difference: Measured<Difference>,
    /// Paired bootstrap.
    pub ks_difference: Measured<Interval>,
    /// Lower is better, so below 0 the first is better.
    pub brier_difference: Measured<Interval>,
    /// Lower is better, so below 0 the first is better.
    pub log_loss_difference: Measured<Difference>,
    /// Both approved at the same rate.
    pub at_approval_rate: Vec<ApprovalDifference>,
    /// How far the two agree on the order of the cases.
    pub rank_correlation: Measured<RankCorrelation>,
    /// From deciles of the first to deciles of the second.
    pub migration: Measured<ScoreMigration>,
    /// By column, every value of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentComparison>,
}

/// One of the two.
#[derive(Debug, Clone, Serialize)]
pub struct SideEvidence {
    /// Its name.
    pub name: String,
    /// SHA-256 of the scorecard's canonical bytes; absent where a score came without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scorecard_sha256: Option<String>,
    /// Area under the ROC curve.
    pub auc: Interval,
    /// 2 AUC - 1.
    pub gini: Interval,
    /// Kolmogorov-Smirnov.
    pub ks: Ks,
    /// Mean squared error of the PDs.
    pub brier: Measured<f64>,
    /// Mean log loss.
    pub log_loss: Measured<f64>,
    /// Mean PD of the good and bad cases.
    pub expected_bad_rate: Measured<f64>,
    /// Expected over observed bad rate; 1 is right, above 1 the PDs are too high.
    pub expected_to_observed: Measured<f64>,
    /// Calibration in the large, log odds good:bad; 0 is right.
    pub calibration_intercept: Measured<f64>,
    /// Slope of the calibration line; 1 is right.
    pub calibration_slope: Measured<f64>,
    /// By decile of its own score, riskiest first.
    pub calibration: Vec<CalibrationBand>,
    /// PSI of the score against the card's development; absent without a scorecard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_psi: Option<f64>,
    /// PSI of the score of every period, against development or, without a scorecard, against the first period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<PeriodPsi>,
}

/// PSI of a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeriodPsi {
    /// The period.
    pub period: String,
    /// Its cases.
    pub cases: u64,
    /// AUC of the period; null where it has no goods or no bads.
    pub auc: Option<f64>,
    /// Null for the period that the others are compared with.
    pub score_psi: Option<f64>,
}

/// A swap set with how it came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SwapEvidence {
    /// `approval_rate`, `cut_off` or `stated_decisions`.
    pub by: SwapBy,
    /// Share of the weight that each approves: first, second.
    pub approval_rates: [f64; 2],
    /// The first's approval rate: the one that was asked for, where one was.
    pub approval_rate: f64,
    /// Lowest approved score of each.
    pub cut_offs: [Option<f64>; 2],
    /// Weight of the cases that tie at the edge of each and count in part.
    pub tied_at_cut_off: [f64; 2],
    /// The four cells.
    #[serde(flatten)]
    pub cells: SwapSet,
}

/// How a swap set came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapBy {
    /// Both approve the same share.
    ApprovalRate,
    /// By a cut-off.
    CutOff,
    /// By two columns of decisions.
    StatedDecisions,
}

/// A segment's figures.
#[derive(Debug, Clone, Serialize)]
pub struct SegmentComparison {
    /// The column.
    pub column: String,
    /// The value.
    pub segment: String,
    /// Number of cases.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// AUCs and their difference; not computed where there are too few cases.
    pub auc_difference: Measured<PairedDelong>,
}

/// Reasons of the cases that both decline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReasonEvidence {
    /// Cases that neither approves, whole.
    pub declined_cases: u64,
    /// Share of them whose first reason is another; null without such cases.
    pub first_reason_differs: Option<f64>,
    /// Share of them whose up to four reasons are not the same set.
    pub reasons_differ: Option<f64>,
    /// First reasons of the first and the second card, most frequent pairs first.
    pub pairs: Vec<ReasonPair>,
}

/// Cases with the same two first reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonPair {
    /// Feature of the first card's first reason; null: none.
    pub first: Option<String>,
    /// Feature of the second card's first reason.
    pub second: Option<String>,
    /// Number of cases.
    pub cases: u64,
}

/// Features of two cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeatureSets {
    /// In both.
    pub common: Vec<String>,
    /// In the first alone.
    pub only_first: Vec<String>,
    /// In the second alone.
    pub only_second: Vec<String>,
}

impl Comparison {
    /// The document's bytes.
    ///
    /// # Errors
    /// An internal fault of writing JSON.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(internal)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// What intervals take as independent.
    pub(super) fn interval_of(groups: Option<&SampleGroups>, repeat: bool) -> String {
        match groups {
            Some(groups) if repeat => format!("by group ({})", groups.column),
            _ => crate::evidence::BY_CASE.to_owned(),
        }
    }
}
