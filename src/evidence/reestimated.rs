//! The card's logistic model fitted anew on a sample: do its coefficients hold?
//!
//! The card's features, bins and weights of evidence stand; intercept and coefficients are estimated by maximum
//! likelihood on the sample's good and bad cases, without a penalty or a constraint. A coefficient b0 of the card is
//! taken as a fixed number: z = (b - b0) / SE(b), normal, two-sided; adjusted over the features by Holm (1979). Of all
//! coefficients together: Wald's W = (b - b0)' V^-1 (b - b0), chi-square with as many degrees of freedom as coefficients
//! (Hosmer, Lemeshow and Sturdivant 2013, 2.4), once with the intercept and once without, since another level of
//! defaults moves the intercept alone. Standard errors: of the information for plain outcomes, sandwich for weights and
//! fractions, clustered where cases have groups. A card whose intercept was moved to a population's bad rate keeps the
//! moved one as b0. Interval: Wald, 95%. Values below 0 turn the points of a feature around.

use ndarray::{Array1, Array2};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use super::coded::{Coded, Part, PartFit};
use super::model_validation::ByModel;
use crate::logistic::{StandardErrors, chi_square_p, inverse};
use crate::validation::Measured;
use crate::words::Message;

/// A test of these levels.
const LEVEL: f64 = 0.05;

/// A model fitted anew.
#[derive(Debug, Clone, Serialize)]
pub struct Refit {
    /// Good and bad cases.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// Cases of the rarer class by coefficient, the intercept's not counted; below 10 estimates are unsure.
    pub rarer_class_per_feature: f64,
    /// Which standard errors.
    pub standard_errors: StandardErrors,
    /// How many groups they are clustered by.
    pub clusters: Option<usize>,
    /// Intercept first.
    pub coefficients: Vec<Reestimate>,
    /// All coefficients and the intercept are the card's.
    pub joint: Measured<JointTest>,
    /// All coefficients are the card's, whatever the intercept.
    pub joint_without_intercept: Measured<JointTest>,
    /// Features whose coefficient has another sign than the card's.
    pub sign_changes: u64,
    /// Features whose coefficient differs from the card's at the 5% level, adjusted by Holm.
    pub changed: u64,
    /// Features whose coefficient does not differ from 0 at the 5% level.
    pub not_significant: u64,
}

/// A coefficient, the card's and the one estimated anew.
#[derive(Debug, Clone, Serialize)]
pub struct Reestimate {
    /// The feature, or `intercept`.
    pub name: String,
    /// The card's.
    pub card: f64,
    /// The new one.
    pub value: f64,
    /// Standard error of the new one.
    pub std_error: Option<f64>,
    /// Lower end of its 95% interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Two-sided p value of a coefficient of 0.
    pub p_value: Option<f64>,
    /// (new - card's) / standard error.
    pub z_against_card: Option<f64>,
    /// Two-sided p value of the card's value.
    pub p_value_against_card: Option<f64>,
    /// The same adjusted over the features by Holm; null for the intercept.
    pub p_value_against_card_holm: Option<f64>,
    /// Whether it has another sign than the card's.
    pub sign_change: bool,
    /// Whether it differs from 0 at the 5% level.
    pub significant: Option<bool>,
}

/// A Wald test of several coefficients together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct JointTest {
    /// Wald's statistic.
    pub statistic: f64,
    /// How many coefficients.
    pub degrees_of_freedom: usize,
    /// Of chi-square.
    pub p_value: f64,
}

/// The card's models held against their fits.
pub(super) fn reestimated(
    coded: &Coded<'_>,
    parts: &[Part<'_>],
    fits: &[Result<PartFit, Message>],
) -> Measured<ByModel<Refit>> {
    let of_part = |(part, fit): (&Part<'_>, &Result<PartFit, Message>)| match fit {
        Ok(fit) => Measured::Value(refit(coded, part, fit)),
        Err(reason) => Measured::none(reason.clone()),
    };
    ByModel::of(parts.iter().zip(fits).map(|pair| (pair.0.segment, of_part(pair))).collect())
}

fn refit(coded: &Coded<'_>, part: &Part<'_>, fitted: &PartFit) -> Refit {
    let PartFit { fit, inference, .. } = fitted;
    let features = part.features.iter().map(|position| &coded.card().features()[*position]);
    let stated = std::iter::once(("intercept", part.intercept))
        .chain(features.map(|feature| (feature.name.as_str(), feature.coefficient)));
    let normal = Normal::standard();
    let mut coefficients: Vec<Reestimate> = stated
        .zip(fit.beta())
        .enumerate()
        .map(|(place, ((name, card), value))| {
            let std_error = inference.standard_errors[place].filter(|error| *error > 0.0);
            let z_against_card = std_error.map(|error| (value - card) / error);
            let p_value = inference.p_values[place].filter(|p| p.is_finite());
            Reestimate {
                name: name.to_owned(),
                card,
                value,
                std_error,
                low: inference.intervals[place].map(|interval| interval.0),
                high: inference.intervals[place].map(|interval| interval.1),
                p_value,
                z_against_card,
                p_value_against_card: z_against_card.map(|z| 2.0 * normal.sf(z.abs())),
                p_value_against_card_holm: None,
                sign_change: card * value < 0.0,
                significant: p_value.map(|p| p < LEVEL),
            }
        })
        .collect();
    let p_values: Vec<f64> = coefficients.iter().skip(1).filter_map(|one| one.p_value_against_card).collect();
    let adjusted = crate::validation::multiple_testing::holm(&p_values);
    let tested = coefficients.iter_mut().skip(1).filter(|one| one.p_value_against_card.is_some());
    for (one, adjusted) in tested.zip(adjusted) {
        one.p_value_against_card_holm = Some(adjusted);
    }
    let (goods, bads, rarer) = part.counts(coded.sample);
    let moved: Vec<f64> = coefficients.iter().map(|one| one.value - one.card).collect();
    let count = |is: fn(&Reestimate) -> bool| coefficients.iter().skip(1).filter(|one| is(one)).count() as u64;
    Refit {
        cases: part.cases.len() as u64,
        goods,
        bads,
        rarer_class_per_feature: rarer as f64 / part.features.len().max(1) as f64,
        standard_errors: inference.method,
        clusters: inference.clusters,
        joint: joint(&moved, inference.covariance.as_ref(), 0),
        joint_without_intercept: joint(&moved, inference.covariance.as_ref(), 1),
        sign_changes: count(|one| one.sign_change),
        changed: count(|one| one.p_value_against_card_holm.is_some_and(|p| p < LEVEL)),
        not_significant: count(|one| one.significant == Some(false)),
        coefficients,
    }
}

/// Wald's test that the coefficients from the place `from` on have moved by nothing.
fn joint(moved: &[f64], covariance: Option<&Array2<f64>>, from: usize) -> Measured<JointTest> {
    let Some(covariance) = covariance else {
        return Measured::none("there are no more groups than coefficients");
    };
    let part = covariance.slice(ndarray::s![from.., from..]).to_owned();
    let moved: Array1<f64> = moved.iter().skip(from).copied().collect();
    match inverse(&part) {
        Ok(inverse) => {
            let statistic = moved.dot(&inverse.dot(&moved));
            let degrees_of_freedom = moved.len();
            let p_value = chi_square_p(statistic, degrees_of_freedom);
            Measured::Value(JointTest { statistic, degrees_of_freedom, p_value })
        }
        Err(_) => Measured::none("the covariance of the coefficients cannot be inverted"),
    }
}
