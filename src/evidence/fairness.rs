//! Approvals, scores and errors by group against a reference group.
//!
//! Approved: by the decision where it is known, else at or above the cut-off, else the best scores up to the approval rate
//! (see `RecommendationCutOff`). Cases without a decision do not count among approved and declined. Error rates take a
//! recommendation to decline as the positive: true positive rate = bads below the cut-off / bads, false positive rate =
//! goods below the cut-off / goods (1 less it is the share of goods that would be approved, equal opportunity; Hardt, Price
//! and Srebro 2016), with Jeffreys' intervals. All shares are by case weight; weights count as cases in intervals and tests.
//! p values of the two-proportion test are adjusted for as many tests as there are groups. A measure here is no legal test,
//! and proves neither the presence nor the absence of discrimination.

use rayon::prelude::*;
use serde::Serialize;

use super::cut_off::RecommendationCutOff;
use super::named::Named;
use super::parts::{PartFigures, Parts, Shown, reference_counts};
use super::{FairnessRole, Labels, Subject};
use crate::validation::adverse_impact::{Approvals, FisherExact, adverse_impact_ratio, fisher_exact};
use crate::validation::multiple_testing::{benjamini_hochberg, holm};
use crate::validation::proportions::rate_difference;
use crate::validation::rate_interval::jeffreys;
use crate::validation::standardised_difference::{Moments, StandardisedDifference, standardised_differences};
use crate::validation::{Distribution, Interval, Measured};
use crate::words::Message;

/// The groups of a column against one of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairnessEvidence {
    /// What this is not.
    pub notice: Message,
    /// The group that the others are compared with.
    pub reference_group: String,
    /// Whether it was stated; else it is the largest.
    pub reference_group_stated: bool,
    /// What counts as approved.
    pub approved_by: Measured<FairnessApprovals>,
    /// The cut-off of the error rates.
    pub cut_off: Measured<RecommendationCutOff>,
    /// Nothing is shown of a group with fewer cases.
    pub minimum_cases: u64,
    /// Figures on outcomes of a group with fewer goods or fewer bads are not shown.
    pub minimum_bads: u64,
    /// Groups of which figures are hidden.
    pub suppressed: u64,
    /// By group.
    pub groups: Named<Shown<FairnessGroup>>,
}

/// What counts as approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FairnessApprovals {
    /// The decision.
    Decision,
    /// A score at or above the cut-off.
    CutOff,
    /// The best scores, up to the approval rate.
    ApprovalRate,
}

/// A group's figures. What compares it with the reference group is absent of that group itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairnessGroup {
    /// Weight of approved and declined cases.
    pub decided: f64,
    /// Weight of approved cases.
    pub approved: f64,
    /// approved / decided, with Jeffreys' interval.
    pub approval_rate: Measured<Interval>,
    /// Approval rate of the group over that of the reference group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adverse_impact_ratio: Option<Measured<Interval>>,
    /// Two-proportion z test of the approval rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub two_proportion: Option<Measured<TwoProportions>>,
    /// Fisher's exact test of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fisher_exact: Option<Measured<FisherExact>>,
    /// Standardised mean difference of the score, by the pooled standard deviation (ddof 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smd: Option<Measured<StandardisedDifference>>,
    /// The same by the reference group's standard deviation (ddof 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smd_by_reference_group: Option<Measured<StandardisedDifference>>,
    /// The same by the standard deviation of both groups as one population (ddof 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smd_by_population: Option<Measured<StandardisedDifference>>,
    /// Bads below the cut-off / bads.
    pub true_positive_rate: Measured<Interval>,
    /// Goods below the cut-off / goods.
    pub false_positive_rate: Measured<Interval>,
    /// Discrimination and calibration, and the counts.
    #[serde(flatten)]
    pub figures: Shown<PartFigures>,
}

/// The two-proportion z test of approval rates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TwoProportions {
    /// Approval rate of the group less that of the reference group.
    pub difference: f64,
    /// The statistic, variance pooled.
    pub z: f64,
    /// Two-sided, of this test alone.
    pub p_value: f64,
    /// Adjusted by Holm for all groups of the column.
    pub p_value_holm: f64,
    /// Adjusted by Benjamini and Hochberg for all groups of the column.
    pub p_value_benjamini_hochberg: f64,
}

/// The words that stand with every figure on fairness.
pub(super) const NOTICE: &str = "These figures are measures, no legal test: none of them proves, and none of them rules out, discrimination. What they mean depends on the law that applies, on who applied, and on what else differs between the groups.";

/// Measures fairness by every column of groups.
pub(super) fn fairness(subject: &Subject<'_>, distribution: &Distribution) -> Named<FairnessEvidence> {
    let roles = &subject.roles.fairness;
    if roles.is_empty() {
        return Named::default();
    }
    let cut_off = RecommendationCutOff::of(subject, distribution);
    roles.iter().map(|role| (role.groups.column.clone(), by_group(subject, role, &cut_off))).collect()
}

/// Whether a case is approved; `None`: it was not decided.
type Approved<'a> = &'a (dyn Fn(usize) -> Option<bool> + Sync);

fn by_group(
    subject: &Subject<'_>,
    role: &FairnessRole,
    cut_off: &Result<RecommendationCutOff, Message>,
) -> FairnessEvidence {
    let Subject { sample, options, roles, .. } = *subject;
    let parts = Parts::new(sample, &role.groups, options);
    let stated = role.reference.and_then(|code| parts.of_code(code));
    let reference = stated.unwrap_or_else(|| largest(&parts));
    /// Whether a case is approved; `None`: not decided.
    type Approved<'a> = Box<dyn Fn(usize) -> Option<bool> + Sync + 'a>;
    let (approved_by, approved): (_, Option<Approved<'_>>) = match (&roles.approved, cut_off) {
        (Some(decided), _) => (Ok(FairnessApprovals::Decision), Some(Box::new(|case| decided[case]))),
        (None, Ok(cut_off)) => {
            let by = match cut_off.from {
                super::CutOffFrom::CutOff => FairnessApprovals::CutOff,
                super::CutOffFrom::ApprovalRate => FairnessApprovals::ApprovalRate,
            };
            (Ok(by), Some(Box::new(|case| Some(cut_off.approves(sample.score[case])))))
        }
        (None, Err(_)) => (Err(Message::new("neither decisions nor a cut-off nor an approval rate were stated")), None),
    };
    let compared = Compared { subject, parts: &parts, reference, cut_off, approved: approved.as_deref() };
    let mut groups: Vec<(String, Shown<FairnessGroup>)> = (0..parts.len())
        .into_par_iter()
        .map(|part| {
            let shown = match parts.cases_hidden(part) {
                Some(hidden) => Shown::Suppressed(hidden),
                None => Shown::Figures(compared.group(part, &role.groups)),
            };
            (parts.name(part).to_owned(), shown)
        })
        .collect();
    adjust(&mut groups);
    FairnessEvidence {
        notice: Message::new(NOTICE),
        reference_group: if parts.len() > 0 { parts.name(reference).to_owned() } else { String::new() },
        reference_group_stated: stated.is_some(),
        approved_by: approved_by.into(),
        cut_off: cut_off.clone().into(),
        minimum_cases: options.minimum_cases,
        minimum_bads: options.minimum_bads,
        suppressed: parts.hidden(),
        groups: Named(groups),
    }
}

/// The largest group, of equal ones that of the earlier case; cases without a value only where there is no other group.
fn largest(parts: &Parts<'_>) -> usize {
    let order = |part: &usize| {
        let cases = parts.cases(*part);
        (parts.name(*part) != Labels::NONE, cases.len(), std::cmp::Reverse(cases.first().copied()))
    };
    (0..parts.len()).max_by_key(order).unwrap_or_default()
}

/// Adjusts the p values of a column's two-proportion tests.
fn adjust(groups: &mut [(String, Shown<FairnessGroup>)]) {
    let mut tests: Vec<&mut TwoProportions> = groups
        .iter_mut()
        .filter_map(|(_, group)| match group {
            Shown::Figures(FairnessGroup { two_proportion: Some(Measured::Value(test)), .. }) => Some(test),
            _ => None,
        })
        .collect();
    let p_values: Vec<f64> = tests.iter().map(|test| test.p_value).collect();
    for ((test, holm), other) in tests.iter_mut().zip(holm(&p_values)).zip(benjamini_hochberg(&p_values)) {
        (test.p_value_holm, test.p_value_benjamini_hochberg) = (holm, other);
    }
}

struct Compared<'a> {
    subject: &'a Subject<'a>,
    parts: &'a Parts<'a>,
    reference: usize,
    cut_off: &'a Result<RecommendationCutOff, Message>,
    approved: Option<Approved<'a>>,
}

impl Compared<'_> {
    fn approvals(&self, part: usize) -> Option<Approvals> {
        let approved = self.approved?;
        let mut sums = Approvals { approved: 0.0, all: 0.0 };
        for case in self.parts.cases(part) {
            let weight = self.subject.sample.weights[*case];
            match approved(*case) {
                Some(true) => sums = Approvals { approved: sums.approved + weight, all: sums.all + weight },
                Some(false) => sums.all += weight,
                None => {}
            }
        }
        Some(sums)
    }

    fn moments(&self, part: usize) -> Moments {
        let sample = self.subject.sample;
        let pick = |values: &[f64]| -> Vec<f64> { self.parts.cases(part).iter().map(|case| values[*case]).collect() };
        Moments::of(&pick(&sample.score), &pick(&sample.weights))
    }

    /// The share of a class below the cut-off, with its interval.
    fn below_cut_off(&self, part: usize, weights: &[f64]) -> Measured<Interval> {
        if !self.parts.shows_outcomes(part) {
            return Measured::none("there are too few goods or bads");
        }
        let cut_off = match self.cut_off {
            Ok(cut_off) => cut_off,
            Err(reason) => return Measured::none(reason.clone()),
        };
        let (mut below, mut above) = (0.0, 0.0);
        for case in self.parts.cases(part) {
            match cut_off.approves(self.subject.sample.score[*case]) {
                true => above += weights[*case],
                false => below += weights[*case],
            }
        }
        share(below, above).ok_or_else(|| Message::new("there are no such cases")).into()
    }

    fn group(&self, part: usize, labels: &Labels) -> FairnessGroup {
        let Subject { sample, bands, reference: earlier, .. } = *self.subject;
        let approvals = self.approvals(part);
        let no_approvals = || Message::new("neither decisions nor a cut-off nor an approval rate were stated");
        let other = (part != self.reference).then_some(self.reference);
        // Of a hidden reference group nothing may be told, not even by comparison.
        let hidden = self.parts.cases_hidden(self.reference).is_some();
        let of_reference = || match (hidden, self.approvals(self.reference)) {
            (true, _) => Err(Message::new("the reference group is too small to be shown")),
            (_, reference) => approvals.zip(reference).ok_or_else(no_approvals),
        };
        let smd = other.map(|reference| match hidden {
            true => [(); 3].map(|()| Measured::none("the reference group is too small to be shown")),
            false => standardised_differences(self.moments(part), self.moments(reference)),
        });
        let [smd, smd_by_reference_group, smd_by_population] = match smd {
            Some(all) => all.map(Some),
            None => [None, None, None],
        };
        FairnessGroup {
            decided: approvals.map_or(0.0, |approvals| approvals.all),
            approved: approvals.map_or(0.0, |approvals| approvals.approved),
            approval_rate: match approvals {
                None => Measured::none(no_approvals()),
                Some(approvals) => share(approvals.approved, approvals.all - approvals.approved)
                    .ok_or_else(|| Message::new("nobody of the group was decided upon"))
                    .into(),
            },
            adverse_impact_ratio: other.map(|_| match of_reference() {
                Ok((group, reference)) => adverse_impact_ratio(group, reference),
                Err(reason) => Measured::none(reason),
            }),
            two_proportion: other.map(|_| match of_reference() {
                Ok((group, reference)) => two_proportion(group, reference),
                Err(reason) => Measured::none(reason),
            }),
            fisher_exact: other.map(|_| match of_reference() {
                Ok((group, reference)) => fisher_exact(group, reference),
                Err(reason) => Measured::none(reason),
            }),
            smd,
            smd_by_reference_group,
            smd_by_population,
            true_positive_rate: self.below_cut_off(part, &sample.bads),
            false_positive_rate: self.below_cut_off(part, &sample.goods),
            figures: match self.parts.outcomes_hidden(part) {
                Some(hidden) => Shown::Suppressed(hidden),
                None => {
                    let name = self.parts.name(part);
                    let expected = earlier.map(|earlier| reference_counts(earlier, bands, &labels.column, name));
                    let weight: f64 = sample.weights.iter().sum();
                    Shown::Figures(self.parts.figures(part, sample, bands, weight, expected.as_deref()))
                }
            },
        }
    }
}

/// A share with Jeffreys' interval; `None` of nobody.
pub(super) fn share(part: f64, rest: f64) -> Option<Interval> {
    let (low, high) = jeffreys(rest, part);
    (part + rest > 0.0).then(|| Interval { value: Some(part / (part + rest)), low, high })
}

fn two_proportion(group: Approvals, reference: Approvals) -> Measured<TwoProportions> {
    let sides = |side: Approvals| (side.all - side.approved, side.approved);
    match rate_difference(sides(reference), sides(group)) {
        None => Measured::none("everybody or nobody is approved, or a group has nobody who was decided upon"),
        Some(test) => Measured::Value(TwoProportions {
            difference: test.difference,
            z: test.z,
            p_value: test.p_value,
            p_value_holm: test.p_value,
            p_value_benjamini_hochberg: test.p_value,
        }),
    }
}
