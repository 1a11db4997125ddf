//! Stability by feature of the card, or without a card by column of segments; and the order of the features' bins.

use std::collections::BTreeMap;

use rayon::prelude::*;
use scorewright_runtime::ELSEWHERE;
use serde::Serialize;

use super::stability::compared;
use super::{BandsOf, CardSubject, Labels, Subject};
use crate::sample::SampleName;
use crate::validation::characteristic::{Characteristic, CharacteristicBin, characteristic};
use crate::validation::multiple_testing::{benjamini_hochberg, holm};
use crate::validation::rank_reversal::{BinOrder, bin_order};
use crate::words::Message;

/// A feature's stability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CharacteristicEvidence {
    /// The index with its critical value, and the shift of the score.
    #[serde(flatten)]
    pub figures: Characteristic,
    /// The p value adjusted for the number of features by Holm.
    pub p_value_holm: f64,
    /// By bin; the last takes the values that development never saw.
    pub bins: Vec<CharacteristicBin>,
    /// By period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<CharacteristicPeriod>,
}

/// A feature's stability in a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CharacteristicPeriod {
    /// The period.
    pub period: String,
    /// The index; null where the period has no case of the feature.
    pub value: Option<f64>,
    /// Its 95% critical value.
    pub critical_value_95: Option<f64>,
    /// Chance of as high an index without any shift.
    pub p_value: Option<f64>,
    /// The same, adjusted for the number of features and periods by Benjamini and Hochberg.
    pub p_value_benjamini_hochberg: Option<f64>,
    /// Shift of the mean score in points.
    pub score_shift: Option<f64>,
}

/// Whether the features' bins keep the order of their bad rates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankReversals {
    /// Reversed pairs of neighbouring bins, over all features.
    pub value: usize,
    /// Pairs that were compared.
    pub pairs: usize,
    /// Reversed pairs whose p value is below 0.05.
    pub significant: usize,
    /// By feature.
    pub features: BTreeMap<String, BinOrder>,
}

/// A code that belongs to no bin.
const NONE: u32 = u32::MAX;

/// What a case is sorted by, with what is expected.
struct Source {
    name: String,
    /// Names of the bins.
    bins: Vec<String>,
    /// By case of the sample.
    codes: Vec<u32>,
    /// By bin; `None`: what the cases that are not compared hold.
    expected: Option<Vec<f64>>,
    /// By bin.
    points: Option<Vec<f64>>,
}

/// Label of the bin of values that development never saw.
const UNFORESEEN: &str = "unforeseen";

fn of_feature(card: CardSubject<'_>, rows: &[u32], position: usize) -> Source {
    let feature = &card.card.features()[position];
    let codes = &card.input.codes[position];
    let code = |row: &u32| match codes[*row as usize] {
        ELSEWHERE => NONE,
        code => u32::from(code).min(feature.bins.len() as u32),
    };
    let points = (0..=feature.bins.len()).map(|code| card.card.bin_points(position, code as u16).unwrap_or(0.0));
    Source {
        name: feature.name.clone(),
        bins: feature.bins.iter().map(|bin| bin.label.clone()).chain([UNFORESEEN.to_owned()]).collect(),
        codes: rows.iter().map(code).collect(),
        expected: Some(feature.bins.iter().map(|bin| bin.cases).chain([0.0]).collect()),
        points: Some(points.collect()),
    }
}

/// A column of segments; labels that only the reference has come after the others.
fn of_segment(subject: &Subject<'_>, labels: &Labels) -> Option<Source> {
    let mut bins = labels.names.clone();
    let expected = match (subject.bands.of, subject.reference) {
        (BandsOf::Reference, Some(reference)) => {
            let then = reference.roles.segments.iter().find(|then| then.column == labels.column)?;
            bins.extend(then.names.iter().filter(|name| !labels.names.contains(name)).cloned());
            let place: Vec<usize> =
                then.names.iter().filter_map(|name| bins.iter().position(|bin| bin == name)).collect();
            let mut expected = vec![0.0; bins.len()];
            for (code, weight) in then.codes.iter().zip(&reference.sample.weights) {
                expected[place[*code as usize]] += weight;
            }
            Some(expected)
        }
        _ => None,
    };
    Some(Source { name: labels.column.clone(), bins, codes: labels.codes.clone(), expected, points: None })
}

/// The stability of every feature; `Err`: why there is none.
pub(super) fn characteristics(subject: &Subject<'_>) -> Result<BTreeMap<String, CharacteristicEvidence>, Message> {
    let is_compared = compared(subject)?;
    let Subject { sample, roles, .. } = *subject;
    let measure = |source: Source| {
        let evidence = evidence(subject, &source, is_compared)?;
        Some((source.name, evidence))
    };
    let mut features: BTreeMap<String, CharacteristicEvidence> = match subject.card {
        Some(card) => (0..card.card.features().len())
            .into_par_iter()
            .filter_map(|position| measure(of_feature(card, &sample.rows, position)))
            .collect(),
        None if roles.segments.is_empty() => {
            return Err(Message::new(
                "there is no card, so no features: validate a scorecard, or name columns to follow with --segment-column",
            ));
        }
        None => roles.segments.iter().filter_map(|labels| measure(of_segment(subject, labels)?)).collect(),
    };
    adjust(&mut features);
    Ok(features)
}

/// Adjusts p values for the number of features, and of features and periods.
fn adjust(features: &mut BTreeMap<String, CharacteristicEvidence>) {
    let by_feature: Vec<f64> = features.values().map(|feature| feature.figures.index.p_value).collect();
    for (feature, adjusted) in features.values_mut().zip(holm(&by_feature)) {
        feature.p_value_holm = adjusted;
    }
    let cells = || features.values().flat_map(|feature| &feature.periods);
    let known: Vec<f64> = cells().filter_map(|cell| cell.p_value).collect();
    let mut adjusted = benjamini_hochberg(&known).into_iter();
    for cell in features.values_mut().flat_map(|feature| &mut feature.periods).filter(|cell| cell.p_value.is_some()) {
        cell.p_value_benjamini_hochberg = adjusted.next();
    }
}

fn evidence(
    subject: &Subject<'_>,
    source: &Source,
    is_compared: impl Fn(usize) -> bool,
) -> Option<CharacteristicEvidence> {
    let Subject { sample, .. } = *subject;
    let bins = source.bins.len();
    let periods = sample.periods.as_ref();
    let mut actual = vec![0.0; bins];
    let mut others = vec![0.0; bins];
    let mut by_period = vec![vec![0.0; bins]; periods.map_or(0, |periods| periods.names.len())];
    for (case, code) in source.codes.iter().enumerate().filter(|(_, code)| **code != NONE) {
        let (bin, weight) = (*code as usize, sample.weights[case]);
        if is_compared(case) {
            actual[bin] += weight
        } else {
            others[bin] += weight
        }
        if let Some(periods) = periods {
            by_period[periods.codes[case] as usize][bin] += weight;
        }
    }
    let expected = source.expected.as_deref().unwrap_or(&others);
    let points = source.points.as_deref();
    let (figures, parts) = characteristic(expected, &actual, points)?;
    let bins = source.bins.iter().zip(parts).enumerate().map(|(place, (bin, (part, score_shift)))| CharacteristicBin {
        bin: bin.clone(),
        part,
        points: points.map(|points| points[place]),
        score_shift,
    });
    let names = periods.into_iter().flat_map(|periods| &periods.names);
    let skipped = usize::from(subject.bands.of == BandsOf::FirstPeriod);
    let periods = names.zip(by_period).skip(skipped).map(|(period, counts)| {
        let figures = characteristic(expected, &counts, points).map(|(figures, _)| figures);
        let index = figures.as_ref().map(|figures| &figures.index);
        CharacteristicPeriod {
            period: period.clone(),
            value: index.map(|index| index.value),
            critical_value_95: index.map(|index| index.critical_value_95),
            p_value: index.map(|index| index.p_value),
            p_value_benjamini_hochberg: None,
            score_shift: figures.as_ref().and_then(|figures| figures.score_shift),
        }
    });
    let p_value_holm = figures.index.p_value;
    Some(CharacteristicEvidence { figures, p_value_holm, bins: bins.collect(), periods: periods.collect() })
}

/// Whether the bins of the card's features keep development's order of bad rates; `Err`: why that is not known.
pub(super) fn rank_reversals(subject: &Subject<'_>) -> Result<RankReversals, Message> {
    let Subject { sample, .. } = *subject;
    let card = subject.card.ok_or(Message::new("there is no card, so no bins whose order could change"))?;
    if sample.name == SampleName::Development {
        return Err(Message::new("the other samples are compared with this one"));
    }
    if !sample.goods.iter().zip(&sample.bads).any(|(good, bad)| good + bad > 0.0) {
        return Err(Message::new("the sample has neither goods nor bads"));
    }
    let features: BTreeMap<String, BinOrder> = (0..card.card.features().len())
        .into_par_iter()
        .map(|position| {
            let feature = &card.card.features()[position];
            let labels: Vec<String> = feature.bins.iter().map(|bin| bin.label.clone()).collect();
            let development: Vec<(f64, f64)> = feature.bins.iter().map(|bin| (bin.goods, bin.bads)).collect();
            let mut counts = vec![(0.0, 0.0); labels.len()];
            for (case, row) in sample.rows.iter().enumerate() {
                // Unforeseen values and other segments have no bin in development.
                if let Some(count) = counts.get_mut(usize::from(card.input.codes[position][*row as usize])) {
                    *count = (count.0 + sample.goods[case], count.1 + sample.bads[case]);
                }
            }
            (feature.name.clone(), bin_order(&labels, &development, &counts))
        })
        .collect();
    let reversals = || features.values().flat_map(|order| &order.reversals);
    Ok(RankReversals {
        value: reversals().count(),
        pairs: features.values().map(|order| order.pairs).sum(),
        significant: reversals().filter(|reversal| reversal.p_value < 0.05).count(),
        features,
    })
}
