//! What is measured: a sample of scored cases with everything that is known of them.

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::ScoreBand;

use super::{CardInput, Labels, ScoredSample};
use crate::cases::Cases;
use crate::validation::psi::{count_by_band, psi};

/// A sample with everything that is known of its cases.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The cases with their scores and outcomes.
    pub sample: &'a ScoredSample,
    /// What further columns say about them.
    pub roles: &'a Roles,
    /// The bands of the score.
    pub bands: &'a Bands,
    /// The card that gave the scores; `None` where they came without one.
    pub card: Option<CardSubject<'a>>,
    /// Earlier figures to compare with, beside the bands'.
    pub reference: Option<&'a Reference>,
    /// What the measures go by.
    pub options: &'a MeasureOptions,
}

/// A card with all cases of its run.
#[derive(Clone, Copy)]
pub struct CardSubject<'a> {
    /// The card.
    pub card: &'a Scorecard,
    /// All cases of the run; those of the sample are `sample.rows`.
    pub cases: &'a Cases,
    /// Their codes by feature.
    pub input: &'a CardInput,
}

/// Bands of the score with counts to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct Bands {
    /// The bands, riskiest first.
    pub bands: Vec<ScoreBand>,
    /// What the counts in the bands are of.
    pub of: BandsOf,
}

impl Bands {
    /// The bands of a card, with its development counts.
    pub fn of_card(card: &Scorecard) -> Self {
        Bands { bands: card.document().score_bands.clone(), of: BandsOf::Development }
    }

    /// PSI of a sample's score against the counts of the bands; `None` where they are its own.
    pub fn score_psi(&self, sample: &ScoredSample) -> Option<f64> {
        let expected: Vec<f64> = self.bands.iter().map(|band| band.cases).collect();
        let actual = count_by_band(&self.bands, &sample.score, &sample.weights);
        (self.of != BandsOf::Sample).then(|| psi(&expected, &actual).value)?
    }
}

/// What the counts in score bands are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BandsOf {
    /// The development sample.
    Development,
    /// A file of earlier cases.
    Reference,
    /// The first period of the sample itself.
    FirstPeriod,
    /// The sample itself: there is nothing to compare with.
    Sample,
}

/// What further columns say, one entry a case of the sample.
#[derive(Debug, Clone, Default)]
pub struct Roles {
    /// Grade of the rating, best first where the order is known.
    pub grade: Option<Labels>,
    /// Whether `grade`'s order is stated (best first) and not just that of the names.
    pub grade_order_stated: bool,
    /// Grade at the start of the period, over the same names as `grade`.
    pub previous_grade: Option<Labels>,
    /// Columns by which every measure is taken: product, region, channel, vintage.
    pub segments: Vec<Labels>,
    /// Columns of groups that fairness is measured between.
    pub fairness: Vec<FairnessRole>,
    /// Whether the case was approved; `None`: not decided.
    pub approved: Option<Vec<Option<bool>>>,
    /// Exposure, for grades.
    pub exposure: Option<Vec<f64>>,
}

/// A column of groups with the one that the others are compared with.
#[derive(Debug, Clone)]
pub struct FairnessRole {
    /// The groups.
    pub groups: Labels,
    /// The reference group's position; `None`: the largest.
    pub reference: Option<u32>,
}

/// Earlier cases, scored and labelled in the same way.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Their scores and outcomes.
    pub sample: ScoredSample,
    /// What further columns say about them.
    pub roles: Roles,
}

/// What the measures go by; all stand in the evidence.
#[derive(Debug, Clone, serde::Serialize)]
pub struct MeasureOptions {
    /// Seed of every random draw.
    pub seed: u64,
    /// Resamples of the bootstrap.
    pub resamples: u64,
    /// Figures of a part with fewer cases, or fewer bads than `minimum_bads`, are not shown.
    pub minimum_cases: u64,
    /// Fewest bads, and fewest goods, of a part whose measures are shown.
    pub minimum_bads: u64,
    /// Asset correlation of the correlated binomial test.
    pub asset_correlation: f64,
    /// AUC at the time of development, where it is known without its cases.
    pub initial_auc: Option<f64>,
    /// Score at and above which a case is recommended for approval.
    pub cut_off: Option<f64>,
    /// Share of cases that would be approved, where there is no cut-off.
    pub approval_rate: Option<f64>,
    /// Scenarios of stress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stress: Option<crate::config::StressPlan>,
}

impl Default for MeasureOptions {
    fn default() -> Self {
        MeasureOptions {
            seed: 1,
            resamples: 200,
            minimum_cases: 30,
            minimum_bads: 5,
            asset_correlation: 0.12,
            initial_auc: None,
            cut_off: None,
            approval_rate: None,
            stress: None,
        }
    }
}
