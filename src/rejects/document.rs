//! The study as data: `reject-inference.json`.

use serde::Serialize;

use super::parcelling::Parcel;
use crate::logistic::StandardErrors;
use crate::validation::Interval;

/// The whole document.
#[derive(Debug, Clone, Serialize)]
pub struct RejectStudy {
    /// Always `scorewright.reject_inference`.
    pub format: &'static str,
    /// Version of this document's form.
    pub format_version: u32,
    /// The card it is about.
    pub card: String,
    /// Seed of the rejects' split and of parcelling.
    pub seed: u64,
    /// Who applied.
    pub applicants: ApplicantCounts,
    /// Which features were used.
    pub features: FeatureUse,
    /// Who was accepted.
    pub acceptance: AcceptanceSummary,
    /// Selected features of which rejects have values that accepts never have.
    pub beyond_range: Vec<BeyondRange>,
    /// The accepts-only model first.
    pub methods: Vec<MethodResult>,
    /// Methods that could not be used, and why.
    pub not_used: Vec<NotUsed>,
    /// Weights of reweighting.
    pub reweighting: Option<WeightSummary>,
    /// Score bands of parcelling.
    pub parcels: Vec<Parcel>,
    /// The probit with selection.
    pub probit: Option<ProbitSummary>,
    /// Lowest score of each band of `bad_rate_by_band`; null in the first.
    pub bands: Vec<Option<f64>>,
    /// Accepts' observed bad rate by band.
    pub observed_by_band: Vec<Option<f64>>,
    /// How the methods compare with the truth, where it is known.
    pub truth: Option<TruthSummary>,
    /// What a reader must know.
    pub warnings: Vec<String>,
}

/// Who applied; all are weights, where rejects are weighted to the stated acceptance rate.
#[derive(Debug, Clone, Serialize)]
pub struct ApplicantCounts {
    /// Accepts of all samples.
    pub accepts: f64,
    /// Rejects.
    pub rejects: f64,
    /// accepts / (accepts + rejects).
    pub acceptance_rate: f64,
    /// Whether the configuration states the rate.
    pub rate_is_stated: bool,
    /// Number of accepts that the fits use, the indeterminate ones included.
    pub development_accepts: usize,
    /// Number of rejects that the fits use.
    pub development_rejects: usize,
    /// Good weight of development accepts.
    pub goods: f64,
    /// Bad weight of development accepts.
    pub bads: f64,
    /// Observed bad rate of all accepts with an outcome.
    pub accepts_bad_rate: f64,
    /// The sample of accepts on which the AUC is measured.
    pub auc_sample: &'static str,
    /// Rejects who applied before the first or after the last accept, and are left out.
    pub out_of_their_time: usize,
}

/// Which features were used.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureUse {
    /// In the model of the outcome.
    pub selected: Vec<String>,
    /// Columns that enter acceptance only.
    pub exclusion: Vec<String>,
    /// The card's features that the rejects lack.
    pub lacking: Vec<String>,
    /// AUC of the card with all its features, where rejects lack some.
    pub full_card_auc: Option<f64>,
    /// AUC of the accepts-only model of this study on the same cases.
    pub study_auc: Option<f64>,
}

/// Who was accepted.
#[derive(Debug, Clone, Serialize)]
pub struct AcceptanceSummary {
    /// Columns of the model.
    pub columns: Vec<AcceptanceColumn>,
    /// AUC, accepts against rejects.
    pub auc: Option<f64>,
    /// Why there is no model; else null.
    pub fault: Option<String>,
    /// How far probabilities overlap.
    pub overlap: Option<Overlap>,
    /// Bins without any accept.
    pub rejected_bins: Vec<RejectedBin>,
}

/// A column of the model of acceptance.
#[derive(Debug, Clone, Serialize)]
pub struct AcceptanceColumn {
    /// The column.
    pub name: String,
    /// Whether it enters acceptance only.
    pub exclusion: bool,
    /// Information value, accepts against rejects.
    pub information_value: f64,
    /// Coefficient of its WOE, ln(odds accepted:rejected).
    pub coefficient: Option<f64>,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// Why it is not in the model; else empty.
    pub left_out: String,
}

/// A bin in which everybody was rejected.
#[derive(Debug, Clone, Serialize)]
pub struct RejectedBin {
    /// The column.
    pub column: String,
    /// The bin's label.
    pub bin: String,
    /// Weight of its rejects.
    pub rejects: f64,
}

/// How far the acceptance probabilities of accepts and rejects overlap.
#[derive(Debug, Clone, Serialize)]
pub struct Overlap {
    /// The stated floor.
    pub floor: f64,
    /// Share of rejects whose acceptance was less probable than that.
    pub rejects_below_floor: f64,
    /// The least probable accept's probability.
    pub lowest_of_accepts: f64,
    /// Share of rejects below it.
    pub rejects_below_accepts: f64,
    /// By tenth of probability.
    pub bands: Vec<OverlapBand>,
}

/// Applicants whose probability of acceptance lies in a tenth.
#[derive(Debug, Clone, Serialize)]
pub struct OverlapBand {
    /// Its lower end.
    pub from: f64,
    /// Weight of accepts.
    pub accepts: f64,
    /// Weight of rejects.
    pub rejects: f64,
}

/// A feature of which rejects have values that development accepts never have.
#[derive(Debug, Clone, Serialize)]
pub struct BeyondRange {
    /// The feature.
    pub feature: String,
    /// What accepts have.
    pub accepts: String,
    /// Share of rejects with another value.
    pub outside: f64,
    /// Share of rejects without a value where no accept is without.
    pub missing: f64,
}

/// A method with what came out.
#[derive(Debug, Clone, Serialize)]
pub struct MethodResult {
    /// Such as `parcelling`.
    pub method: &'static str,
    /// By how much rejects are assumed to be worse.
    pub factor: Option<f64>,
    /// For readers.
    pub title: String,
    /// Which standard errors; null where coefficients are on another scale (see `probit`).
    pub standard_errors: Option<StandardErrors>,
    /// Intercept first, in log odds good:bad; empty where they are on another scale.
    pub coefficients: Vec<MethodCoefficient>,
    /// Scores of accepts.
    pub accepts: ScoreDistribution,
    /// Scores of rejects.
    pub rejects: ScoreDistribution,
    /// PSI of the score over all applicants against the accepts-only score, by deciles of the latter.
    pub score_psi: Option<f64>,
    /// Mean PD of rejects.
    pub rejects_bad_rate: f64,
    /// Accepts as observed, rejects as expected.
    pub applicants_bad_rate: f64,
    /// Decisions at the cut-off.
    pub cut_off: CutOff,
    /// On accepts of the AUC's sample.
    pub auc: Interval,
    /// Expected bad rate of rejects by band of the accepts-only score.
    pub bad_rate_by_band: Vec<Option<f64>>,
}

/// A coefficient with its interval.
#[derive(Debug, Clone, Serialize)]
pub struct MethodCoefficient {
    /// `intercept` or the feature.
    pub name: String,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Lower end of the 95% Wald interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Where scores lie, by weight.
#[derive(Debug, Clone, Serialize)]
pub struct ScoreDistribution {
    /// Mean.
    pub mean: f64,
    /// First to ninth decile.
    pub deciles: Vec<f64>,
}

/// Decisions at a cut-off.
#[derive(Debug, Clone, Serialize)]
pub struct CutOff {
    /// Approved from this score on.
    pub score: f64,
    /// Share of applicants approved.
    pub approval_rate: f64,
    /// Bad rate of the approved: accepts as observed, others as expected by the method.
    pub bad_rate: f64,
    /// Share of rejects approved.
    pub rejects_approved: f64,
    /// Share of accepts declined.
    pub accepts_declined: f64,
    /// Share of applicants approved here and not by the accepts-only model.
    pub swapped_in: f64,
    /// Their bad rate, as above.
    pub swapped_in_bad_rate: Option<f64>,
    /// Share of applicants approved by the accepts-only model and not here.
    pub swapped_out: f64,
    /// Their bad rate, as above.
    pub swapped_out_bad_rate: Option<f64>,
}

/// A method that could not be used.
#[derive(Debug, Clone, Serialize)]
pub struct NotUsed {
    /// The method.
    pub method: &'static str,
    /// Why.
    pub reason: String,
}

/// Weights of reweighting.
#[derive(Debug, Clone, Serialize)]
pub struct WeightSummary {
    /// Quantile at which they are cut.
    pub trim: f64,
    /// 1 / P(accepted) there.
    pub cut_at: f64,
    /// Accepts whose weight was cut.
    pub trimmed: usize,
    /// Largest weight; their mean is 1.
    pub largest: f64,
    /// Effective number of accepts.
    pub effective: f64,
    /// Number of accepts.
    pub accepts: usize,
}

/// The probit with selection.
#[derive(Debug, Clone, Serialize)]
pub struct ProbitSummary {
    /// Correlation of what neither equation sees.
    pub rho: f64,
    /// Its Wald interval.
    pub rho_wald: (f64, f64),
    /// Its profile-likelihood interval; null where weights or groups forbid it.
    pub rho_profile: Option<(f64, f64)>,
    /// Likelihood-ratio statistic of rho = 0, and its p value; null as above.
    pub ratio_test: Option<(f64, f64)>,
    /// Log likelihood.
    pub log_likelihood: f64,
    /// The same at rho = 0.
    pub independent_log_likelihood: f64,
    /// Steps of the maximisation.
    pub iterations: usize,
    /// Largest absolute element of the gradient at the maximum.
    pub gradient: f64,
    /// Whether standard errors are the sandwich.
    pub robust: bool,
    /// Declared columns that enter acceptance only.
    pub exclusion: Vec<String>,
    /// Of the outcome, on the probit's scale; intercept first.
    pub outcome: Vec<MethodCoefficient>,
    /// The same at rho = 0: a probit on accepts only.
    pub outcome_at_zero: Vec<MethodCoefficient>,
    /// Of acceptance, on the probit's scale; intercept first.
    pub acceptance: Vec<MethodCoefficient>,
}

/// How the methods compare with the truth.
#[derive(Debug, Clone, Serialize)]
pub struct TruthSummary {
    /// The file.
    pub file: String,
    /// Rejects whose truth is known.
    pub rejects: usize,
    /// Rejects without one.
    pub unknown: usize,
    /// True bad rate of those known, by weight.
    pub bad_rate: f64,
    /// Coefficients of the fit on all development applicants with their true outcomes; intercept first.
    pub coefficients: Vec<MethodCoefficient>,
    /// By method, in the order of `methods`; the fit on all applicants comes last.
    pub methods: Vec<TruthRow>,
    /// By band, the rejects' true bad rate.
    pub bad_rate_by_band: Vec<Option<f64>>,
}

/// A method against the truth.
#[derive(Debug, Clone, Serialize)]
pub struct TruthRow {
    /// The method's title.
    pub title: String,
    /// Mean PD of rejects less their true bad rate.
    pub bias: f64,
    /// Brier score on rejects.
    pub brier: f64,
    /// Log loss on rejects.
    pub log_loss: f64,
    /// AUC on all applicants: rejects, and accepts of the AUC's sample.
    pub auc_applicants: Option<f64>,
    /// AUC on rejects.
    pub auc_rejects: Option<f64>,
    /// Root mean square over all applicants of the difference in log odds from the fit with true outcomes.
    pub log_odds_distance: f64,
    /// True bad rate of the approved at the method's cut-off.
    pub approved_bad_rate: Option<f64>,
}
