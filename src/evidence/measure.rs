//! The measures of a sample and of a feature, put together.

use std::collections::BTreeMap;

use scorewright_runtime::Scorecard;

use super::by_segment::by_segment;
use super::calibration::calibration;
use super::discrimination::discrimination;
use super::fairness::fairness;
use super::grades::grades;
use super::model_validation::model_validation;
use super::periods::periods;
use super::process::process;
use super::stability::stability;
use super::{BY_CASE, Bands, FeatureEvidence, SampleEvidence, SampleGroups, ScoreSummary, ScoredSample, Subject};
use crate::binning::{BinCounts, BinTable, WoeSource};
use crate::sample::SampleName;
use crate::validation::auc::{auc, gini};
use crate::validation::calibration::by_band;
use crate::validation::gains::gains;
use crate::validation::psi::psi;
use crate::validation::{Distribution, Groups, Scores};

impl ScoredSample {
    /// Scores and outcomes.
    pub fn scores(&self) -> Scores<'_> {
        Scores {
            score: &self.score,
            goods: &self.goods,
            bads: &self.bads,
            groups: self.groups.as_ref().map(|groups| groups.codes.as_slice()),
        }
    }
}

/// PSI of the score against development, of every sample but development.
pub fn score_psi_by_sample(scored: &[ScoredSample], card: &Scorecard) -> BTreeMap<String, Option<f64>> {
    let bands = Bands::of_card(card);
    scored
        .iter()
        .filter(|sample| sample.name != SampleName::Development)
        .map(|sample| (sample.name.name().to_owned(), bands.score_psi(sample)))
        .collect()
}

/// All figures of a sample.
pub fn sample_evidence(subject: &Subject<'_>) -> SampleEvidence {
    let Subject { sample, bands, .. } = *subject;
    let scores = sample.scores();
    let distribution = Distribution::new(scores);
    let (goods, bads) = distribution.totals();
    let auc = auc(scores, &distribution);
    let (ks, discrimination) = discrimination(subject, &distribution, auc);
    let groups = sample.groups.as_ref().map(|groups| (groups, Groups::new(scores)));
    let total: f64 = sample.weights.iter().sum();
    let fold = |start: f64, choose: fn(f64, f64) -> f64| sample.score.iter().copied().fold(start, choose);
    SampleEvidence {
        cases: sample.score.len() as u64,
        indeterminate: (0..sample.score.len()).filter(|case| sample.goods[*case] + sample.bads[*case] == 0.0).count()
            as u64,
        goods,
        bads,
        fractional_outcomes: sample.goods.iter().zip(&sample.bads).any(|(good, bad)| *good > 0.0 && *bad > 0.0),
        bad_rate: rate(bads, goods + bads),
        expected_bad_rate: expected_bad_rate(sample),
        gini: gini(auc),
        auc,
        ks,
        interval: auc.value.map(|_| match &groups {
            Some((named, groups)) if groups.repeat() => format!("by group ({})", named.column),
            _ => BY_CASE.to_owned(),
        }),
        groups: groups.as_ref().map(|(_, groups)| groups.len() as u64),
        groups_with_goods: groups.as_ref().map(|(_, groups)| groups.count(scores).0 as u64),
        groups_with_bads: groups.as_ref().map(|(_, groups)| groups.count(scores).1 as u64),
        score: ScoreSummary {
            lowest: fold(f64::INFINITY, f64::min),
            mean: sample.score.iter().zip(&sample.weights).map(|(score, weight)| score * weight).sum::<f64>() / total,
            highest: fold(f64::NEG_INFINITY, f64::max),
        },
        unforeseen_cases: sample.unforeseen.iter().filter(|count| **count > 0).count() as u64,
        period: sample.observed_at.as_ref().and_then(|days| days.iter().min().copied().zip(days.iter().max().copied())),
        gains: gains(&bands.bands, scores),
        calibration: by_band(&bands.bands, scores, &sample.pd),
        periods: periods(subject),
        score_bands_of: bands.of,
        discrimination,
        calibration_tests: calibration(subject),
        by_segment: by_segment(subject, &distribution),
        fairness: fairness(subject, &distribution),
        process: process(subject, &distribution),
        model_validation: model_validation(subject),
        stability: stability(subject, &distribution),
        grades: grades(subject),
    }
}

pub(super) fn rate(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

pub(super) fn expected_bad_rate(sample: &ScoredSample) -> Option<f64> {
    // Without PDs the sums stay empty.
    let mut sums = (0.0, 0.0);
    for case in 0..sample.pd.len() {
        let weight = sample.goods[case] + sample.bads[case];
        sums = (sums.0 + weight * sample.pd[case], sums.1 + weight);
    }
    rate(sums.0, sums.1)
}

impl ScoredSample {
    /// Some of its cases, by position within the sample.
    pub(crate) fn select(&self, cases: &[usize]) -> ScoredSample {
        fn pick<T: Copy>(values: &[T], cases: &[usize]) -> Vec<T> {
            cases.iter().map(|case| values[*case]).collect()
        }
        ScoredSample {
            name: self.name,
            rows: pick(&self.rows, cases),
            score: pick(&self.score, cases),
            pd: if self.pd.is_empty() { Vec::new() } else { pick(&self.pd, cases) },
            goods: pick(&self.goods, cases),
            bads: pick(&self.bads, cases),
            weights: pick(&self.weights, cases),
            unforeseen: pick(&self.unforeseen, cases),
            observed_at: None,
            periods: None,
            groups: self
                .groups
                .as_ref()
                .map(|groups| SampleGroups { column: groups.column.clone(), codes: pick(&groups.codes, cases) }),
        }
    }
}

/// A feature's figures from its counts by sample; `reference` are the development cases by bin, the
/// entry for unforeseen values last. The information value of every sample goes by the same sources of WOE.
pub fn feature_evidence(
    selected: bool,
    reference: &[f64],
    counts: BTreeMap<String, BinCounts>,
    woe_sources: Vec<WoeSource>,
) -> FeatureEvidence {
    let mut evidence = FeatureEvidence {
        selected,
        iv: BTreeMap::new(),
        psi: BTreeMap::new(),
        unforeseen: BTreeMap::new(),
        over_time: None,
        counts: BTreeMap::new(),
        woe_sources,
    };
    for (sample, counts) in &counts {
        let table = BinTable::with_sources(counts, &evidence.woe_sources);
        evidence.iv.insert(sample.clone(), table.information_value);
        let unforeseen = counts.cases.last().copied().unwrap_or(0.0);
        if unforeseen > 0.0 {
            evidence.unforeseen.insert(sample.clone(), unforeseen);
        }
        // A sample may hold nobody of the feature's segment.
        if sample != "development" && counts.cases.iter().any(|cases| *cases > 0.0) {
            evidence.psi.insert(sample.clone(), psi(reference, &counts.cases).value);
        }
    }
    evidence.counts = counts;
    evidence
}
