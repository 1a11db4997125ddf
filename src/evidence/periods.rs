//! A sample's figures by period.

use rayon::prelude::*;
use serde::Serialize;

use super::measure::{expected_bad_rate, rate};
use super::{Bands, BandsOf, Labels, ScoredSample, Subject};
use crate::validation::auc::{auc, gini};
use crate::validation::ks::ks_value;
use crate::validation::psi::{band_of, count_by_band};
use crate::validation::stability_index::{StabilityIndex, stability_index};
use crate::validation::{Distribution, Interval};
use crate::words::Message;

/// A period's figures within a sample.
#[derive(Debug, Clone, Serialize)]
pub struct PeriodEvidence {
    /// Such as 2005-06.
    pub period: String,
    /// Number of cases, the indeterminate ones included.
    pub cases: u64,
    /// Good weight.
    pub goods: f64,
    /// Bad weight.
    pub bads: f64,
    /// bads / (goods + bads).
    pub bad_rate: Option<f64>,
    /// Mean PD.
    pub expected_bad_rate: Option<f64>,
    /// Mean score by weight.
    pub mean_score: Option<f64>,
    /// Area under the ROC curve.
    pub auc: Interval,
    /// 2 AUC - 1.
    pub gini: Interval,
    /// Kolmogorov-Smirnov; resamples by period would cost as much as those of the sample, so it has no interval.
    pub ks: Interval,
    /// Why there is no AUC, Gini and KS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_computed: Option<Message>,
    /// PSI of the score against what the counts of the score bands are of; null where that is the period or the sample
    /// itself.
    pub score_psi: Option<f64>,
    /// Its 95% critical value.
    pub score_psi_critical_value_95: Option<f64>,
    /// Chance of as high a PSI without any shift.
    pub score_psi_p_value: Option<f64>,
    /// PSI of the score against the period before, over the same bands.
    pub score_psi_to_previous: Option<f64>,
    /// Its 95% critical value.
    pub score_psi_to_previous_critical_value_95: Option<f64>,
    /// Chance of as high a PSI to the period before without any shift.
    pub score_psi_to_previous_p_value: Option<f64>,
    /// The bands of the score, riskiest first.
    pub bands: Vec<PeriodBand>,
}

/// A band of the score in a period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PeriodBand {
    /// Weight of all cases in it.
    pub cases: f64,
    /// Their share of the period.
    pub share: f64,
    /// Bad weight.
    pub bads: f64,
    /// bads / (goods + bads).
    pub bad_rate: Option<f64>,
}

/// The figures of every period that has cases, in the order of the periods.
pub(super) fn periods(subject: &Subject<'_>) -> Vec<PeriodEvidence> {
    let Subject { sample, bands, .. } = *subject;
    let Some(periods) = &sample.periods else { return Vec::new() };
    let expected: Vec<f64> = bands.bands.iter().map(|band| band.cases).collect();
    let cases: Vec<(usize, Vec<usize>)> =
        periods.cases().into_iter().enumerate().filter(|(_, cases)| !cases.is_empty()).collect();
    let mut rows: Vec<(PeriodEvidence, Vec<f64>)> = cases
        .par_iter()
        .map(|(period, cases)| {
            let part = sample.select(cases);
            let counts = count_by_band(&bands.bands, &part.score, &part.weights);
            let is_compared = match bands.of {
                BandsOf::Sample => false,
                BandsOf::FirstPeriod => *period > 0,
                BandsOf::Development | BandsOf::Reference => true,
            };
            let index = is_compared.then(|| index(&expected, &counts)).flatten();
            (figures(subject, periods.names[*period].clone(), &part, &counts, index), counts)
        })
        .collect();
    for place in 1..rows.len() {
        let (before, after) = rows.split_at_mut(place);
        let (Some((_, before)), Some((row, counts))) = (before.last(), after.first_mut()) else { continue };
        // Cases without a period come last, and follow on none.
        if row.period != Labels::NONE
            && let Some(index) = index(before, counts)
        {
            row.score_psi_to_previous = Some(index.value);
            row.score_psi_to_previous_critical_value_95 = Some(index.critical_value_95);
            row.score_psi_to_previous_p_value = Some(index.p_value);
        }
    }
    rows.into_iter().map(|(row, _)| row).collect()
}

fn index(expected: &[f64], actual: &[f64]) -> Option<StabilityIndex> {
    stability_index(expected, actual).map(|(index, _)| index)
}

fn figures(
    subject: &Subject<'_>,
    period: String,
    part: &ScoredSample,
    counts: &[f64],
    index: Option<StabilityIndex>,
) -> PeriodEvidence {
    let scores = part.scores();
    let (goods, bads): (f64, f64) = (part.goods.iter().sum(), part.bads.iter().sum());
    let weight: f64 = part.weights.iter().sum();
    let least = subject.options.minimum_bads as f64;
    let not_computed = (goods.min(bads) < least.max(f64::MIN_POSITIVE)).then(|| {
        Message::new("AUC, Gini and KS need {0} goods and {0} bads or more; there are {1} goods and {2} bads")
            .with(subject.options.minimum_bads.max(1))
            .with(goods)
            .with(bads)
    });
    let (auc, ks) = match not_computed {
        Some(_) => (Interval::UNDEFINED, Interval::UNDEFINED),
        None => {
            let distribution = Distribution::new(scores);
            (auc(scores, &distribution), Interval { value: ks_value(&distribution), ..Interval::UNDEFINED })
        }
    };
    PeriodEvidence {
        period,
        cases: part.score.len() as u64,
        goods,
        bads,
        bad_rate: rate(bads, goods + bads),
        expected_bad_rate: expected_bad_rate(part),
        mean_score: rate(part.score.iter().zip(&part.weights).map(|(score, weight)| score * weight).sum(), weight)
            .filter(|mean| mean.is_finite()),
        auc,
        gini: gini(auc),
        ks,
        not_computed,
        score_psi: index.as_ref().map(|index| index.value),
        score_psi_critical_value_95: index.as_ref().map(|index| index.critical_value_95),
        score_psi_p_value: index.as_ref().map(|index| index.p_value),
        score_psi_to_previous: None,
        score_psi_to_previous_critical_value_95: None,
        score_psi_to_previous_p_value: None,
        bands: by_band(subject.bands, part, counts, weight),
    }
}

fn by_band(bands: &Bands, part: &ScoredSample, counts: &[f64], weight: f64) -> Vec<PeriodBand> {
    let mut outcomes = vec![(0.0, 0.0); counts.len()];
    for (case, score) in part.score.iter().enumerate() {
        let outcome = &mut outcomes[band_of(&bands.bands, *score)];
        *outcome = (outcome.0 + part.goods[case], outcome.1 + part.bads[case]);
    }
    let row = |(cases, (goods, bads)): (&f64, (f64, f64))| PeriodBand {
        cases: *cases,
        share: rate(*cases, weight).unwrap_or(0.0),
        bads,
        bad_rate: rate(bads, goods + bads),
    };
    counts.iter().zip(outcomes).map(row).collect()
}
