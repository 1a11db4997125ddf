//! Hosmer and Lemeshow's test of calibration.
//!
//! Over groups of cases by PD (see [`super::pd_groups`]): H = sum (O - E)^2 / (E (1 - E / n)), with O bads, E sum of PDs and
//! n cases of the group, all weighted. Range [0, infinity); lower is better. p = P(chi-square > H), with g - 2 degrees of
//! freedom on the sample that the model was fitted to and g on other data, g groups. Weights count as cases. Takes the cases
//! as independent; in large samples it refuses differences that matter to nobody, with few expected bads in a group it is
//! rough. Not defined where a group's PDs are all 0 or all 1 and the outcomes differ.
//!
//! Source: Hosmer and Lemeshow (1980), Communications in Statistics A9:1043-1069; Hosmer, Lemeshow and Sturdivant (2013),
//! Applied Logistic Regression, 5.2.2, and 5.5 for data other than those of the fit.

use serde::Serialize;

use super::Measured;
use super::pd_groups::PdGroup;
use super::tails::chi_squared_sf;
use crate::words::Message;

/// Hosmer and Lemeshow's test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HosmerLemeshow {
    /// H.
    pub statistic: f64,
    /// Of the chi-square distribution.
    pub degrees_of_freedom: usize,
    /// Small where PDs and outcomes disagree.
    pub p_value: f64,
    /// Good and bad weight.
    pub cases: f64,
    /// Bad weight.
    pub bads: f64,
    /// The smallest expected number of bads of a group; below 5 the p value is rough.
    pub smallest_expected: f64,
    /// The groups, PDs rising.
    pub groups: Vec<PdGroup>,
    /// How the groups and the degrees of freedom were found.
    pub rule: Message,
}

/// The test over groups; `is_development` where the PDs were fitted to these very cases.
pub fn hosmer_lemeshow(groups: &[PdGroup], is_development: bool) -> Measured<HosmerLemeshow> {
    if groups.is_empty() {
        return Measured::none("there are no good or bad cases");
    }
    let degrees_of_freedom = if is_development { groups.len().saturating_sub(2) } else { groups.len() };
    if degrees_of_freedom == 0 {
        return Measured::none("the PDs make fewer than three groups, which leaves no degrees of freedom");
    }
    let term = |group: &PdGroup| {
        let (expected, total) = (group.expected_bads, group.goods + group.bads);
        let square = (group.bads - expected).powi(2);
        if square == 0.0 { 0.0 } else { square / (expected * (1.0 - expected / total)) }
    };
    let statistic: f64 = groups.iter().map(term).sum();
    if !statistic.is_finite() || statistic < 0.0 {
        return Measured::none("a group's PDs are all exactly 0 or 1, and its outcomes differ");
    }
    Measured::Value(HosmerLemeshow {
        statistic,
        degrees_of_freedom,
        p_value: chi_squared_sf(statistic, degrees_of_freedom),
        cases: groups.iter().map(|group| group.goods + group.bads).sum(),
        bads: groups.iter().map(|group| group.bads).sum(),
        smallest_expected: groups.iter().map(|group| group.expected_bads).fold(f64::INFINITY, f64::min),
        groups: groups.to_vec(),
        rule: match is_development {
            true => "groups (a, b] at the type-7 quantiles of the PD at 0, 1/10, ..., 1, equal ones once; degrees of freedom: groups less 2, as the PDs were fitted to these cases",
            false => "groups (a, b] at the type-7 quantiles of the PD at 0, 1/10, ..., 1, equal ones once; degrees of freedom: groups, as the PDs were not fitted to these cases",
        }
        .into(),
    })
}
