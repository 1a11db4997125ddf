//! Every measure by segment: product, region, channel, vintage; and whether the AUC differs between segments.
//!
//! The tests: Cochran's test over all shown segments (see [`crate::validation::auc_heterogeneity`]); each shown segment
//! against all other cases by the unpaired test (see [`crate::validation::auc_unpaired`]), its p values adjusted for as
//! many tests as there are segments (see [`crate::validation::multiple_testing`]). Both take segments as independent:
//! where a group of cases (such as a customer) has cases in several segments, there is no test.

use rayon::prelude::*;
use serde::Serialize;

use super::named::Named;
use super::parts::{PartFigures, Parts, Shown, reference_counts};
use super::{Labels, ScoredSample, Subject};
use crate::validation::auc::auc_variance;
use crate::validation::auc_heterogeneity::{AucHeterogeneity, auc_heterogeneity};
use crate::validation::auc_unpaired::unpaired_auc;
use crate::validation::multiple_testing::{benjamini_hochberg, holm};
use crate::validation::{Distribution, Groups, Interval, Measured};
use crate::words::Message;

/// Measures by segment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct BySegmentEvidence {
    /// By column, by segment.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub by_segment: Named<Named<Shown<PartFigures>>>,
    /// By column, what is said of its segments together.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub segment_tests: Named<SegmentTests>,
}

/// What is said of the segments of a column together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentTests {
    /// Segments.
    pub segments: u64,
    /// Segments whose figures are hidden.
    pub suppressed: u64,
    /// Figures of a segment with fewer cases are not shown.
    pub minimum_cases: u64,
    /// Figures of a segment with fewer goods or fewer bads are not shown.
    pub minimum_bads: u64,
    /// Whether the AUC differs between segments.
    pub auc_heterogeneity: Measured<AucHeterogeneity>,
    /// By shown segment: its AUC against that of all other cases.
    pub auc_against_rest: Named<Measured<AgainstRest>>,
}

/// The AUC of a segment against that of all other cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AgainstRest {
    /// AUC of the segment less AUC of the rest.
    #[serde(flatten)]
    pub difference: Interval,
    /// AUC of the rest.
    pub auc_of_rest: f64,
    /// The difference over its standard error.
    pub statistic: f64,
    /// Welch's degrees of freedom.
    pub degrees_of_freedom: f64,
    /// Two-sided, of this test alone.
    pub p_value: f64,
    /// Adjusted by Holm for all segments of the column.
    pub p_value_holm: f64,
    /// Adjusted by Benjamini and Hochberg for all segments of the column.
    pub p_value_benjamini_hochberg: f64,
}

/// Measures a sample by its segments; `distribution` is that of its scores.
pub(super) fn by_segment(subject: &Subject<'_>, distribution: &Distribution) -> BySegmentEvidence {
    let columns = &subject.roles.segments;
    if columns.is_empty() {
        return BySegmentEvidence::default();
    }
    let order = by_score(distribution);
    let measured: Vec<_> = columns.iter().map(|labels| (labels, column(subject, labels, &order))).collect();
    let mut evidence = BySegmentEvidence::default();
    for (labels, (figures, tests)) in measured {
        evidence.by_segment.0.push((labels.column.clone(), figures));
        evidence.segment_tests.0.push((labels.column.clone(), tests));
    }
    evidence
}

/// The cases from the lowest score to the highest.
fn by_score(distribution: &Distribution) -> Vec<usize> {
    let mut ends = vec![0_usize; distribution.score.len() + 1];
    for position in &distribution.position {
        ends[*position as usize + 1] += 1;
    }
    for position in 1..ends.len() {
        ends[position] += ends[position - 1];
    }
    let mut order = vec![0; distribution.position.len()];
    for (case, position) in distribution.position.iter().enumerate() {
        let place = &mut ends[*position as usize];
        order[*place] = case;
        *place += 1;
    }
    order
}

fn column(subject: &Subject<'_>, labels: &Labels, order: &[usize]) -> (Named<Shown<PartFigures>>, SegmentTests) {
    let Subject { sample, bands, options, reference, .. } = *subject;
    let parts = Parts::new(sample, labels, options);
    let weight: f64 = sample.weights.iter().sum();
    let figures: Vec<(String, Shown<PartFigures>)> = (0..parts.len())
        .into_par_iter()
        .map(|part| {
            let name = parts.name(part);
            let shown = match parts.outcomes_hidden(part) {
                Some(hidden) => Shown::Suppressed(hidden),
                None => {
                    let expected = reference.map(|earlier| reference_counts(earlier, bands, &labels.column, name));
                    Shown::Figures(parts.figures(part, sample, bands, weight, expected.as_deref()))
                }
            };
            (name.to_owned(), shown)
        })
        .collect();
    let shown: Vec<usize> = (0..parts.len()).filter(|part| parts.shows_outcomes(*part)).collect();
    let (auc_heterogeneity, auc_against_rest) = tests(sample, labels, &parts, &shown, order);
    let tests = SegmentTests {
        segments: parts.len() as u64,
        suppressed: parts.hidden(),
        minimum_cases: options.minimum_cases,
        minimum_bads: options.minimum_bads,
        auc_heterogeneity,
        auc_against_rest,
    };
    (Named(figures), tests)
}

fn tests(
    sample: &ScoredSample,
    labels: &Labels,
    parts: &Parts<'_>,
    shown: &[usize],
    order: &[usize],
) -> (Measured<AucHeterogeneity>, Named<Measured<AgainstRest>>) {
    if let Some(column) = spanning_groups(sample, labels) {
        let reason =
            Message::new("a group ({0}) has cases in several segments, so their AUCs are not independent").with(column);
        let none = |part: &usize| (parts.name(*part).to_owned(), Measured::none(reason.clone()));
        return (Measured::none(reason.clone()), shown.iter().map(none).collect());
    }
    // Cases in the order of their scores need no sorting.
    /// The AUC of a part with its variance, and the part against the rest.
    type Compared = (Option<(f64, f64)>, Measured<AgainstRest>);
    let compared: Vec<Compared> = shown
        .par_iter()
        .map(|part| {
            let code = labels.codes[parts.cases(*part)[0]];
            let (own, rest): (Vec<usize>, Vec<usize>) = order.iter().partition(|case| labels.codes[**case] == code);
            if rest.is_empty() {
                return (None, Measured::none("there are no other cases"));
            }
            let (own, rest) = (sample.select(&own), sample.select(&rest));
            let distribution = Distribution::new(own.scores());
            let auc = auc_variance(own.scores(), &distribution).and_then(|(auc, variance)| Some((auc, variance?)));
            let test = unpaired_auc(own.scores(), &distribution, rest.scores()).map(|test| AgainstRest {
                difference: test.interval,
                auc_of_rest: test.reference,
                statistic: test.statistic,
                degrees_of_freedom: test.degrees_of_freedom,
                p_value: test.p_value,
                p_value_holm: test.p_value,
                p_value_benjamini_hochberg: test.p_value,
            });
            (auc, test.into())
        })
        .collect();
    let aucs: Vec<(f64, f64)> = compared.iter().filter_map(|(auc, _)| *auc).collect();
    let mut tests: Vec<Measured<AgainstRest>> = compared.into_iter().map(|(_, test)| test).collect();
    let p_values: Vec<f64> = tests.iter().filter_map(|test| Some(test.value()?.p_value)).collect();
    let computed = tests.iter_mut().filter_map(|test| match test {
        Measured::Value(test) => Some(test),
        Measured::NotComputed { .. } => None,
    });
    for ((test, holm), other) in computed.zip(holm(&p_values)).zip(benjamini_hochberg(&p_values)) {
        (test.p_value_holm, test.p_value_benjamini_hochberg) = (holm, other);
    }
    let named = shown.iter().map(|part| parts.name(*part).to_owned()).zip(tests).collect();
    (auc_heterogeneity(&aucs).into(), named)
}

/// The column of groups, where one of them has good or bad cases in several segments.
fn spanning_groups<'a>(sample: &'a ScoredSample, labels: &Labels) -> Option<&'a str> {
    let groups = sample.groups.as_ref()?;
    let members = Groups::new(sample.scores());
    let spans = (0..members.len()).any(|group| {
        let cases = members.cases(group);
        cases.iter().any(|case| labels.codes[*case as usize] != labels.codes[cases[0] as usize])
    });
    spans.then_some(groups.column.as_str())
}
