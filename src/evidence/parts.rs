//! The parts of a sample by the labels of a column: their figures, and what is hidden because it is too small.
//!
//! Two things may be too small: the cases of a part (then nothing of it is shown), or its goods or bads (then its cases
//! are shown, and no figure that rests on outcomes). What is hidden for its cases is hidden for its outcomes too, so that
//! no table has what another one hides (see [`crate::validation::suppression`]).

use serde::Serialize;

use super::measure::expected_bad_rate;
use super::{Bands, Labels, MeasureOptions, Reference, ScoredSample};
use crate::validation::auc::{auc, gini};
use crate::validation::brier::brier_score;
use crate::validation::calibration_error::{ObservedExpected, observed_expected};
use crate::validation::calibration_line::{CalibrationLine, LineCoefficient, calibration_line};
use crate::validation::ks::ks_value;
use crate::validation::psi::{count_by_band, psi};
use crate::validation::rate_interval::jeffreys;
use crate::validation::suppression::{suppress, together};
use crate::validation::{Distribution, Interval, Measured};
use crate::words::Message;

/// Most values of a column that cases are parted by.
pub const MOST_PARTS: usize = 200;

/// Figures, or why they are not shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Shown<T> {
    /// They are shown.
    Figures(T),
    /// They are not.
    Suppressed(Suppressed),
}

impl<T> Shown<T> {
    /// The figures, where they are shown.
    pub fn figures(&self) -> Option<&T> {
        match self {
            Shown::Figures(figures) => Some(figures),
            Shown::Suppressed(_) => None,
        }
    }
}

/// What is said of a part whose figures are hidden. The bounds are those that hold for all hidden parts of the column
/// together: a closer one would tell which of them is the small one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suppressed {
    /// Why.
    pub suppressed: Message,
    /// Cases: their number, or such as `< 61`.
    pub cases: Count,
    /// Good cases, such as `< 56`; absent where figures are hidden that do not rest on outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goods: Option<Count>,
    /// Bad cases, such as `< 6`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bads: Option<Count>,
}

/// A count or its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// The count.
    Exactly(u64),
    /// It lies below this.
    Below(u64),
}

impl Serialize for Count {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Count::Exactly(count) => serializer.serialize_u64(*count),
            Count::Below(bound) => serializer.collect_str(&format_args!("< {bound}")),
        }
    }
}

/// The figures of a part of a sample; each is taken as for the whole sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartFigures {
    /// Number of cases, the indeterminate ones included.
    pub cases: u64,
    /// Share of the sample's case weight.
    pub share: f64,
    /// Cases that are neither good nor bad.
    pub indeterminate: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// bads / (goods + bads), with Jeffreys' interval.
    pub bad_rate: Interval,
    /// Mean PD of good and bad cases; null where PDs are not known.
    pub expected_bad_rate: Option<f64>,
    /// Observed over expected bads, with its interval; above 1 the PDs are too low.
    pub observed_expected_ratio: Measured<ObservedExpected>,
    /// The inverse; above 1 the PDs are too high.
    pub expected_to_observed: Measured<f64>,
    /// Area under the ROC curve.
    pub auc: Interval,
    /// 2 AUC - 1.
    pub gini: Interval,
    /// Kolmogorov-Smirnov, without an interval.
    pub ks: PartKs,
    /// Weighted mean score; null without weight.
    pub mean_score: Option<f64>,
    /// PSI of the part's score against what the counts of the score bands are of; null where that is the sample itself.
    pub score_psi: Option<f64>,
    /// PSI of the part's score against the same part of the reference, over the same bands; absent without a reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_psi_against_own_reference: Option<Measured<f64>>,
    /// Calibration in the large, log odds good:bad; 0 is right.
    pub calibration_intercept: Measured<LineCoefficient>,
    /// Slope of the calibration line; 1 is right.
    pub calibration_slope: Measured<LineCoefficient>,
    /// Brier score.
    pub brier: Measured<Interval>,
}

/// KS without its interval, whose bootstrap would take longer than all else together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PartKs {
    /// The statistic; null without goods or without bads.
    pub value: Option<f64>,
}

/// The parts of a sample by the labels of a column; labels that no case has are left out.
pub(super) struct Parts<'a> {
    labels: &'a Labels,
    /// Positions of the labels.
    codes: Vec<usize>,
    /// The cases of every part, rising.
    cases: Vec<Vec<usize>>,
    /// Cases, and those that hold good and bad weight.
    counts: Vec<[u64; 3]>,
    /// Whose cases are hidden.
    without_cases: Vec<bool>,
    /// Whose outcomes are hidden.
    without_outcomes: Vec<bool>,
    options: &'a MeasureOptions,
}

impl<'a> Parts<'a> {
    pub(super) fn new(sample: &ScoredSample, labels: &'a Labels, options: &'a MeasureOptions) -> Self {
        let all = labels.cases();
        let codes: Vec<usize> = (0..all.len()).filter(|code| !all[*code].is_empty()).collect();
        let cases: Vec<Vec<usize>> = all.into_iter().filter(|cases| !cases.is_empty()).collect();
        let holding =
            |cases: &[usize], weights: &[f64]| cases.iter().filter(|case| weights[**case] > 0.0).count() as u64;
        let counts: Vec<[u64; 3]> = cases
            .iter()
            .map(|cases| [cases.len() as u64, holding(cases, &sample.goods), holding(cases, &sample.bads)])
            .collect();
        let first: Vec<usize> = cases.iter().filter_map(|cases| cases.first().copied()).collect();
        let only_cases: Vec<[u64; 1]> = counts.iter().map(|counts| [counts[0]]).collect();
        let without_cases = suppress(&only_cases, [options.minimum_cases], &first, &vec![false; counts.len()]);
        let minimum = [options.minimum_cases, options.minimum_bads, options.minimum_bads];
        let without_outcomes = suppress(&counts, minimum, &first, &without_cases);
        Parts { labels, codes, cases, counts, without_cases, without_outcomes, options }
    }

    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }

    pub(super) fn name(&self, part: usize) -> &'a str {
        &self.labels.names[self.codes[part]]
    }

    /// The part of a label's position.
    pub(super) fn of_code(&self, code: u32) -> Option<usize> {
        self.codes.binary_search(&(code as usize)).ok()
    }

    pub(super) fn cases(&self, part: usize) -> &[usize] {
        &self.cases[part]
    }

    /// Whether the part's figures on outcomes are shown.
    pub(super) fn shows_outcomes(&self, part: usize) -> bool {
        !self.without_outcomes[part]
    }

    /// How many parts are hidden, in whole or for their outcomes.
    pub(super) fn hidden(&self) -> u64 {
        self.without_outcomes.iter().filter(|hidden| **hidden).count() as u64
    }

    /// What is said in place of figures that rest on cases alone; `None`: they are shown.
    pub(super) fn cases_hidden(&self, part: usize) -> Option<Suppressed> {
        self.without_cases[part].then(|| self.suppressed(part, self.few_cases()))
    }

    /// What is said in place of figures that rest on outcomes; `None`: they are shown.
    pub(super) fn outcomes_hidden(&self, part: usize) -> Option<Suppressed> {
        self.cases_hidden(part).or_else(|| {
            self.without_outcomes[part].then(|| {
                let reason = Message::new(
                    "fewer than {0} goods or {0} bads, here or in a part whose count could be had by subtraction",
                );
                self.suppressed(part, reason.with(self.options.minimum_bads))
            })
        })
    }

    fn suppressed(&self, part: usize, reason: Message) -> Suppressed {
        let [_, goods, bads] = together(&self.counts, &self.without_outcomes);
        let [cases, ..] = together(&self.counts, &self.without_cases);
        let of_outcomes = |count: u64| self.without_outcomes[part].then_some(Count::Below(count + 1));
        Suppressed {
            suppressed: reason,
            cases: if self.without_cases[part] {
                Count::Below(cases + 1)
            } else {
                Count::Exactly(self.counts[part][0])
            },
            goods: of_outcomes(goods),
            bads: of_outcomes(bads),
        }
    }

    /// What is said in place of figures that rest on some of the cases, of which each part has `counts`.
    pub(super) fn counts_hidden(&self, counts: &[u64]) -> Vec<Option<Suppressed>> {
        let counts: Vec<[u64; 1]> = counts.iter().map(|count| [*count]).collect();
        let hidden = suppress(&counts, [self.options.minimum_cases], &self.first_cases(), &self.without_cases);
        (0..self.len()).map(|part| hidden[part].then(|| self.suppressed(part, self.few_cases()))).collect()
    }

    fn first_cases(&self) -> Vec<usize> {
        self.cases.iter().filter_map(|cases| cases.first().copied()).collect()
    }

    fn few_cases(&self) -> Message {
        Message::new("fewer than {0} cases, here or in a part whose count could be had by subtraction")
            .with(self.options.minimum_cases)
    }

    /// The figures of a part; `weight` is the whole sample's, `reference` earlier cases with the same column.
    pub(super) fn figures(
        &self,
        part: usize,
        sample: &ScoredSample,
        bands: &Bands,
        weight: f64,
        reference: Option<&[f64]>,
    ) -> PartFigures {
        let part = sample.select(&self.cases[part]);
        let scores = part.scores();
        let distribution = Distribution::new(scores);
        let (goods, bads) = distribution.totals();
        let (low, high) = jeffreys(goods, bads);
        let bad_rate = (goods + bads > 0.0).then(|| bads / (goods + bads));
        let auc = auc(scores, &distribution);
        let own: f64 = part.weights.iter().sum();
        let scored: f64 = part.score.iter().zip(&part.weights).map(|(score, weight)| score * weight).sum();
        // Where PDs are not known, or nobody has an outcome, no measure of them exists.
        let obstacle = match () {
            () if part.pd.is_empty() => Some(Message::new("there are no PDs")),
            () if goods + bads <= 0.0 => Some(Message::new("there are no good or bad cases")),
            () => None,
        };
        let is_fractional = part.goods.iter().zip(&part.bads).any(|(good, bad)| *good > 0.0 && *bad > 0.0);
        let line = match &obstacle {
            None => calibration_line(scores, &part.pd),
            Some(reason) => CalibrationLine::none(reason),
        };
        let observed_expected_ratio = match &obstacle {
            None => observed_expected(scores, &part.pd, is_fractional),
            Some(reason) => Measured::none(reason.clone()),
        };
        PartFigures {
            cases: part.score.len() as u64,
            share: if weight > 0.0 { own / weight } else { 0.0 },
            indeterminate: part.goods.iter().zip(&part.bads).filter(|(good, bad)| *good + *bad == 0.0).count() as u64,
            goods,
            bads,
            bad_rate: Interval { value: bad_rate, low, high },
            expected_bad_rate: expected_bad_rate(&part),
            expected_to_observed: match &observed_expected_ratio {
                Measured::Value(ratio) if ratio.observed > 0.0 => Measured::Value(ratio.expected / ratio.observed),
                Measured::Value(_) => Measured::none("there are no bads"),
                Measured::NotComputed { not_computed } => Measured::none(not_computed.clone()),
            },
            observed_expected_ratio,
            gini: gini(auc),
            auc,
            ks: PartKs { value: ks_value(&distribution) },
            mean_score: (own > 0.0).then(|| scored / own),
            score_psi: bands.score_psi(&part),
            score_psi_against_own_reference: reference.map(|expected| {
                let actual = count_by_band(&bands.bands, &part.score, &part.weights);
                psi(expected, &actual)
                    .value
                    .ok_or_else(|| Message::new("the reference has no cases of this part"))
                    .into()
            }),
            calibration_intercept: line.intercept,
            calibration_slope: line.slope,
            brier: match obstacle {
                None => Measured::Value(brier_score(scores, &part.pd)),
                Some(reason) => Measured::none(reason),
            },
        }
    }
}

/// The reference's cases of a label by score band; of a label or a column that it does not have, none.
pub(super) fn reference_counts(reference: &Reference, bands: &Bands, column: &str, name: &str) -> Vec<f64> {
    let none = || vec![0.0; bands.bands.len()];
    let roles = &reference.roles;
    let columns = roles.segments.iter().chain(roles.fairness.iter().map(|role| &role.groups));
    let Some(labels) = columns.into_iter().find(|labels| labels.column == column) else { return none() };
    let Some(code) = labels.names.iter().position(|known| known == name) else { return none() };
    let own = |values: &[f64]| -> Vec<f64> {
        let pairs = labels.codes.iter().zip(values);
        pairs.filter(|(of, _)| **of as usize == code).map(|(_, value)| *value).collect()
    };
    count_by_band(&bands.bands, &own(&reference.sample.score), &own(&reference.sample.weights))
}
