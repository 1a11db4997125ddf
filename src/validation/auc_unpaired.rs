//! Difference of the AUCs of two samples of different cases, such as a validation sample and the development sample.
//!
//! Value: AUC of the first less AUC of the second, in [-1, 1]; below 0 the first discriminates worse. t = difference /
//! sqrt(v1 + v2), v the variance of each AUC (DeLong, see [`super::auc`]: weights and groups as there), against Student's t
//! distribution with Welch's degrees of freedom (v1 + v2)^2 / (v1^2 / (n1 - 1) + v2^2 / (n2 - 1)), n the number of good
//! and bad cases of each sample, or of groups where a group has several: as pROC does; others take the normal
//! distribution. The p value is two-sided, the interval at 95% by the same distribution. Not defined where either variance
//! is not, or both are 0. Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845; Welch (1947),
//! Biometrika 34:28-35; Robin et al. (2011), pROC, BMC Bioinformatics 12:77.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::Interval;
use super::auc::auc_variance;
use super::groups::Groups;
use super::scored::{Distribution, Scores};
use super::tails::student_t_sf;
use crate::words::Message;

/// Two AUCs of different cases and the test of their difference.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct UnpairedAuc {
    /// First less second, with its interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// AUC of the first sample.
    pub current: f64,
    /// AUC of the second sample.
    pub reference: f64,
    /// The difference over its standard error.
    pub statistic: f64,
    /// Welch's degrees of freedom.
    pub degrees_of_freedom: f64,
    /// Two-sided.
    pub p_value: f64,
}

/// Compares the AUC of scored cases with that of other cases.
///
/// # Errors
/// Why they cannot be compared.
pub fn unpaired_auc(
    first: Scores<'_>,
    distribution: &Distribution,
    second: Scores<'_>,
) -> Result<UnpairedAuc, Message> {
    let few = || Message::new("the variance of each AUC needs two goods and two bads (or groups that hold them)");
    let (current, v1) = auc_variance(first, distribution).ok_or_else(few)?;
    let (reference, v2) =
        auc_variance(second, &Distribution::new(second)).ok_or("the reference lacks goods or bads")?;
    let (v1, v2) = (v1.ok_or_else(few)?, v2.ok_or_else(few)?);
    let units = |scores: Scores<'_>| Groups::new(scores).len() as f64;
    let (n1, n2) = (units(first), units(second));
    let degrees_of_freedom = (v1 + v2).powi(2) / (v1 * v1 / (n1 - 1.0) + v2 * v2 / (n2 - 1.0));
    let error = (v1 + v2).sqrt();
    // Also where both variances are 0, and the degrees of freedom are none.
    let t = StudentsT::new(0.0, 1.0, degrees_of_freedom)
        .ok()
        .filter(|_| error > 0.0)
        .ok_or("both variances are 0: each score parts goods and bads wholly")?;
    let value = current - reference;
    let statistic = value / error;
    let half = t.inverse_cdf(0.975) * error;
    Ok(UnpairedAuc {
        interval: Interval { value: Some(value), low: Some(value - half), high: Some(value + half) },
        current,
        reference,
        statistic,
        degrees_of_freedom,
        p_value: 2.0 * student_t_sf(statistic.abs(), degrees_of_freedom),
    })
}
