//! `[sample]`, `[fit]`, `[scaling]`, `[limits]`.

use chrono::NaiveDate;
use scorewright_runtime::artifact::{ReasonBaseline, Rounding, UnforeseenPolicy};
use serde::Deserialize;

use super::data::optional_date;
use super::source::Source;
use crate::error::Result;

/// `[sample]`: who is used for what.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SampleSection {
    /// Share of the cases held out, stratified by outcome, by group; 0: none.
    pub holdout: f64,
    /// Cases observed on this day or later are out of time.
    #[serde(deserialize_with = "optional_date")]
    pub out_of_time_from: Option<NaiveDate>,
    /// Of groups with cases before and after that day, the share that goes to the out-of-time sample.
    pub out_of_time_share: f64,
    /// Seed of every random number of the run; else the project's, else 1.
    pub seed: Option<u64>,
    /// Features that together are a person's profile: training warns of persons on both sides of a split.
    pub profile: Vec<String>,
    /// The population's bad rate, where goods or bads were drawn more often than they are.
    pub population_bad_rate: Option<f64>,
    /// How it is put in place of the sample's; absent: by the intercept.
    pub prior: Option<PriorBy>,
}

/// How the population's bad rate is put in place of the sample's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorBy {
    /// The fit is that of the cases as drawn; its intercept moves by the difference in ln odds.
    #[default]
    Intercept,
    /// Goods and bads are weighted before anything is fitted.
    Weights,
}

impl Default for SampleSection {
    fn default() -> Self {
        SampleSection {
            holdout: 0.3,
            out_of_time_from: None,
            out_of_time_share: 0.3,
            seed: None,
            profile: Vec::new(),
            population_bad_rate: None,
            prior: None,
        }
    }
}

/// `[fit]`: how the coefficients are found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitSection {
    /// The solver.
    pub solver: Solver,
    /// Penalty l2 / 2 * sum of squared coefficients, the intercept not penalised.
    pub l2: f64,
    /// What becomes of coefficients that would be negative.
    pub sign_constraint: SignConstraint,
    /// Firth's penalised likelihood, whose estimates are finite whatever separates.
    pub firth: bool,
    /// The 95 percent intervals of the coefficients.
    pub intervals: Intervals,
    /// Resamples for the stability of selection and signs; 0: none.
    pub bootstrap: u32,
}

/// What becomes of coefficients that would be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignConstraint {
    /// They stay negative, and are reported.
    None,
    /// The best fit of all whose coefficients are not negative; features at 0 leave.
    Constrained,
    /// The feature with the most negative one leaves, again and again.
    Drop,
}

impl SignConstraint {
    /// Whether no coefficient may be negative.
    pub fn holds(self) -> bool {
        self != SignConstraint::None
    }
}

impl<'de> Deserialize<'de> for SignConstraint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Flag(bool),
            Word(String),
        }
        match Form::deserialize(deserializer) {
            Ok(Form::Flag(true)) => Ok(SignConstraint::Constrained),
            Ok(Form::Flag(false)) => Ok(SignConstraint::None),
            Ok(Form::Word(word)) if word == "drop" => Ok(SignConstraint::Drop),
            _ => Err(serde::de::Error::custom("sign_constraint must be true, false or \"drop\"")),
        }
    }
}

/// The 95 percent intervals of coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Intervals {
    /// Estimate -+ 1.96 standard errors.
    Wald,
    /// The values that a likelihood-ratio test does not refuse; for plain outcomes of independent cases.
    Profile,
}

impl Default for FitSection {
    fn default() -> Self {
        FitSection {
            solver: Solver::Newton,
            l2: 0.0,
            sign_constraint: SignConstraint::Constrained,
            firth: false,
            intervals: Intervals::Wald,
            bootstrap: 0,
        }
    }
}

/// The solver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Solver {
    /// Newton's method (IRLS).
    Newton,
    /// linfa-logistic, then polished and checked by Newton's method.
    LinfaLogistic,
}

/// `[scaling]`: how log odds become points, and what happens at the edges.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScalingSection {
    /// This many points ...
    pub points: f64,
    /// ... at these odds good:bad.
    pub odds: f64,
    /// Points that double the odds.
    pub pdo: f64,
    /// How points are rounded.
    pub rounding: Rounding,
    /// What a value gets that development never saw.
    pub unforeseen: UnforeseenPolicy,
    /// What a feature's points are compared with when reasons are ranked.
    pub reason_baseline: ReasonBaseline,
}

impl Default for ScalingSection {
    fn default() -> Self {
        ScalingSection {
            points: 600.0,
            odds: 50.0,
            pdo: 20.0,
            rounding: Rounding::Integer,
            unforeseen: UnforeseenPolicy::Neutral,
            reason_baseline: ReasonBaseline::Best,
        }
    }
}

/// `[limits]`: what a validation must meet, checked on every sample it applies to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSection {
    /// Least AUC.
    pub min_auc: Option<f64>,
    /// Least Gini.
    pub min_gini: Option<f64>,
    /// Least KS.
    pub min_ks: Option<f64>,
    /// Greatest population stability index of the score, on samples other than development.
    pub max_score_psi: Option<f64>,
    /// Greatest stability index of a feature, on samples other than development.
    pub max_feature_psi: Option<f64>,
}

impl LimitsSection {
    /// Limits by name, as artifacts carry them.
    pub fn by_name(&self) -> std::collections::BTreeMap<String, f64> {
        [
            ("min_auc", self.min_auc),
            ("min_gini", self.min_gini),
            ("min_ks", self.min_ks),
            ("max_score_psi", self.max_score_psi),
            ("max_feature_psi", self.max_feature_psi),
        ]
        .into_iter()
        .filter_map(|(name, limit)| limit.map(|limit| (name.to_owned(), limit)))
        .collect()
    }
}

/// Checks that a number lies in [low, high].
pub(super) fn within(source: &Source, section: &str, key: &str, value: f64, low: f64, high: f64) -> Result<()> {
    if value >= low && value <= high && value.is_finite() {
        return Ok(());
    }
    let range = if high == f64::INFINITY { format!("at least {low}") } else { format!("between {low} and {high}") };
    Err(source
        .error(&[section, key], format!("{section}.{key} is {value}, but must be {range}"))
        .help("correct the value, or leave the key out to have its default"))
}

impl SampleSection {
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        within(source, "sample", "holdout", self.holdout, 0.0, 0.9)?;
        within(source, "sample", "out_of_time_share", self.out_of_time_share, 0.01, 0.99)?;
        if self.prior.is_some() && self.population_bad_rate.is_none() {
            return Err(source
                .error(
                    &["sample", "prior"],
                    "sample.prior says how the population's bad rate is used, but there is none",
                )
                .help("write population_bad_rate, such as 0.03, or take prior out"));
        }
        match self.population_bad_rate {
            Some(rate) if !(rate > 0.0 && rate < 1.0) => Err(source
                .error(
                    &["sample", "population_bad_rate"],
                    format!("sample.population_bad_rate is {rate}, but must lie between 0 and 1"),
                )
                .help("write the share of bads among all cases of the population, such as 0.03")),
            _ => Ok(()),
        }
    }
}

impl FitSection {
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        within(source, "fit", "l2", self.l2, 0.0, f64::INFINITY)?;
        within(source, "fit", "bootstrap", f64::from(self.bootstrap), 0.0, 10_000.0)?;
        if self.firth && self.l2 > 0.0 {
            return Err(source
                .error(&["fit", "firth"], "fit.firth and an l2 above 0 exclude each other")
                .help("take one of them out"));
        }
        Ok(())
    }
}

impl ScalingSection {
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        within(source, "scaling", "pdo", self.pdo, 1e-6, 1e9)?;
        within(source, "scaling", "odds", self.odds, 1e-9, 1e9)?;
        within(source, "scaling", "points", self.points, -1e9, 1e9)
    }
}

impl LimitsSection {
    pub(super) fn check(&self, source: &Source) -> Result<()> {
        for (name, limit) in self.by_name() {
            let high = if name.starts_with("max") { f64::INFINITY } else { 1.0 };
            within(source, "limits", &name, limit, 0.0, high)?;
        }
        Ok(())
    }
}
