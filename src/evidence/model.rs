//! The model's figures.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::{Intervals, SignConstraint};
use crate::logistic::{Agreement, Linearity, StandardErrors};

/// The model's figures; after a validation, which does not fit, the estimates alone.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ModelEvidence {
    /// Intercept first.
    pub coefficients: Vec<CoefficientEvidence>,
    /// Penalty on squared coefficients; 0: maximum likelihood.
    pub l2: Option<f64>,
    /// Whether Firth's penalised likelihood was maximised.
    pub firth: Option<bool>,
    /// What became of coefficients that would be negative.
    pub sign_constraint: Option<SignConstraint>,
    /// Of the development sample, without any penalty.
    pub log_likelihood: Option<f64>,
    /// Of the best constant.
    pub null_log_likelihood: Option<f64>,
    /// Akaike's criterion.
    pub aic: Option<f64>,
    /// Schwarz's criterion.
    pub bic: Option<f64>,
    /// McFadden's pseudo-R2.
    pub mcfadden: Option<f64>,
    /// Nagelkerke's pseudo-R2.
    pub nagelkerke: Option<f64>,
    /// The likelihood-ratio test against the best constant; for plain outcomes of independent cases.
    pub likelihood_ratio: Option<LikelihoodRatio>,
    /// A model that has not converged does not exist.
    pub converged: bool,
    /// Newton steps.
    pub iterations: Option<usize>,
    /// Largest absolute element of the gradient.
    pub gradient: Option<f64>,
    /// Which standard errors.
    pub standard_errors: Option<StandardErrors>,
    /// Which 95 percent intervals.
    pub intervals: Option<Intervals>,
    /// How many groups they are clustered by.
    pub clusters: Option<usize>,
    /// Condition number of the columns and the intercept's, scaled to unit length (Belsley, Kuh and Welsch 1980).
    pub condition_number: Option<f64>,
    /// The rarer of goods and bads by coefficient, the intercept's not counted.
    pub rarer_class_per_feature: Option<f64>,
    /// Whether log odds are linear in a feature's WOE; for plain outcomes of independent cases.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub linearity: BTreeMap<String, Linearity>,
    /// The cases that move a coefficient most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub influence: Vec<InfluenceEvidence>,
    /// The coefficients in slices of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_time: Option<CoefficientsOverTime>,
    /// Selection and signs in resamples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<BootstrapEvidence>,
    /// The population's bad rate put in place of the sample's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior: Option<PriorEvidence>,
    /// The second solver, or why there is none.
    pub second_solver: SecondSolverEvidence,
}

/// Fewer cases of the rarer class a feature than this, and coefficients are unsure (Peduzzi and others 1996).
const FEW_A_FEATURE: f64 = 10.0;
/// Errors clustered by fewer groups than this are too small (Cameron and Miller 2015).
const FEW_CLUSTERS: usize = 30;
/// Columns at unit length are taken as collinear above this condition number (Belsley, Kuh and Welsch 1980).
const COLLINEAR: f64 = 30.0;

impl ModelEvidence {
    /// What a reader must know.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for coefficient in self.coefficients.iter().skip(1) {
            let name = &coefficient.name;
            if coefficient.estimate < 0.0 {
                warnings.push(format!(
                    "the coefficient of {name} is negative ({:.4}): its points fall where its good rate rises",
                    coefficient.estimate
                ));
            }
            if coefficient.estimate == 0.0 {
                warnings.push(format!(
                    "the coefficient of {name} is 0: it would be negative without the sign constraint, and it is in the card because the card keeps it; it gives no points"
                ));
            }
        }
        if let Some(few) = self.rarer_class_per_feature.filter(|few| *few < FEW_A_FEATURE) {
            warnings.push(format!(
                "there are only {few:.1} development cases of the rarer class a feature; below {FEW_A_FEATURE} coefficients are unsure: take fewer features or more cases"
            ));
        }
        if let Some(clusters) = self.clusters.filter(|clusters| *clusters < FEW_CLUSTERS) {
            let none = self.coefficients.first().is_some_and(|intercept| intercept.std_error.is_none());
            warnings.push(match none {
                true => format!(
                    "standard errors are clustered by group, and {clusters} groups are no more than the coefficients: there are none"
                ),
                false => format!(
                    "standard errors are clustered by only {clusters} groups; below {FEW_CLUSTERS} they come out too small"
                ),
            });
        }
        if let Some(condition) = self.condition_number.filter(|condition| *condition > COLLINEAR) {
            warnings.push(format!("the model's condition number is {condition:.0}: features are nearly collinear"));
        }
        warnings
    }
}

/// A coefficient.
#[derive(Debug, Clone, Serialize)]
pub struct CoefficientEvidence {
    /// `intercept` or the feature.
    pub name: String,
    /// In log odds good:bad.
    pub estimate: f64,
    /// Standard error; null where the sign constraint holds the coefficient at 0.
    pub std_error: Option<f64>,
    /// Wald z.
    pub z: Option<f64>,
    /// Two-sided.
    pub p_value: Option<f64>,
    /// Low end of the 95 percent interval.
    pub low: Option<f64>,
    /// High end.
    pub high: Option<f64>,
    /// Variance inflation factor; null for the intercept.
    pub vif: Option<f64>,
}

impl CoefficientEvidence {
    /// An estimate alone.
    pub fn estimate(name: &str, estimate: f64) -> Self {
        CoefficientEvidence {
            name: name.to_owned(),
            estimate,
            std_error: None,
            z: None,
            p_value: None,
            low: None,
            high: None,
            vif: None,
        }
    }
}

/// A likelihood-ratio test.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LikelihoodRatio {
    /// Twice the difference in log likelihood.
    pub statistic: f64,
    /// Coefficients by which the models differ.
    pub degrees_of_freedom: usize,
    /// Of chi-square.
    pub p_value: f64,
}

/// A case that moves a coefficient.
#[derive(Debug, Clone, Serialize)]
pub struct InfluenceEvidence {
    /// The case's id.
    pub case: String,
    /// `intercept` or the feature.
    pub coefficient: String,
    /// How far the coefficient would move without the case, in model-based standard errors (Pregibon 1981).
    pub dfbetas: f64,
    /// The case's leverage.
    pub leverage: f64,
    /// Its fitted probability of default.
    pub pd: f64,
    /// Its goodness: 1 good, 0 bad, or the share.
    pub goodness: f64,
}

/// The model's features fitted again in slices of time, without any constraint.
#[derive(Debug, Clone, Serialize)]
pub struct CoefficientsOverTime {
    /// The slices, in order.
    pub slices: Vec<TimeSlice>,
    /// One a feature.
    pub features: Vec<FeatureOverTime>,
}

/// A slice of time.
#[derive(Debug, Clone, Serialize)]
pub struct TimeSlice {
    /// Such as `2005-04 to 2005-06`.
    pub name: String,
    /// Good and bad cases.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// Why there is no fit; else null.
    pub not_fitted: Option<String>,
}

/// A feature's coefficient by slice.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureOverTime {
    /// The feature.
    pub name: String,
    /// Its coefficient by slice.
    pub estimates: Vec<Option<f64>>,
    /// Its standard error by slice.
    pub std_errors: Vec<Option<f64>>,
    /// Cochran's Q (1954): sum of (estimate - weighted mean)^2 / variance.
    pub heterogeneity: Option<f64>,
    /// Slices with a fit, less one.
    pub degrees_of_freedom: usize,
    /// Of chi-square.
    pub p_value: Option<f64>,
}

/// Selection and signs in resamples of the development cases, drawn with replacement (whole groups where there are
/// groups). Bins, WOE, information values and what follows from them alone (the order of features, the rules before
/// correlation) stay as they are; correlation, variance inflation, the search and the fit are made again.
#[derive(Debug, Clone, Serialize)]
pub struct BootstrapEvidence {
    /// Resamples drawn.
    pub resamples: u32,
    /// Resamples without a fit, with the first reason.
    pub failed: u32,
    /// Why the first of them failed.
    pub first_failure: Option<String>,
    /// One a feature that was chosen at least once, the most often chosen first.
    pub features: Vec<FeatureBootstrap>,
}

/// A feature in resamples.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureBootstrap {
    /// The feature.
    pub name: String,
    /// Whether it is in the card.
    pub selected: bool,
    /// Share of the resamples in which selection chose it.
    pub chosen: f64,
    /// Of the card's features: share of the resamples in which its coefficient is positive when the card's features are
    /// fitted without any constraint.
    pub positive: Option<f64>,
    /// 2.5 percent quantile of that coefficient.
    pub low: Option<f64>,
    /// 97.5 percent quantile.
    pub high: Option<f64>,
}

/// The population's bad rate put in place of the sample's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PriorEvidence {
    /// How.
    pub by: crate::config::PriorBy,
    /// The population's, as the card states it.
    pub population_bad_rate: f64,
    /// That of the development cases as drawn.
    pub sample_bad_rate: f64,
    /// What was added to the intercept, or would have been without weights: ln of the population's odds good:bad less
    /// ln of the sample's (King and Zeng 2001).
    pub intercept_shift: f64,
}

/// The second solver's agreement, or why there is none.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum SecondSolverEvidence {
    /// How closely it agrees.
    Compared(Agreement),
    /// Why it was not run.
    NotApplicable {
        /// In words.
        not_applicable: String,
    },
}

impl Default for SecondSolverEvidence {
    fn default() -> Self {
        SecondSolverEvidence::NotApplicable { not_applicable: "a validation does not fit the model again".to_owned() }
    }
}
