//! Bins and fit to the scorecard document, and the document to a scorecard that has proven itself.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::{
    Bin, Card, Columns, FORMAT, FORMAT_VERSION, Feature, InputFacts, Lineage, Outcome, OutcomeSource, Scaling,
    ScorecardDocument, Segment, Segments,
};
use scorewright_runtime::{Scorecard, verification_rows};

use crate::binning::Binning;
use crate::cases::{Cases, FeatureValues};
use crate::config::{CardSpec, CaseSource, ColumnSettings};
use crate::error::Result;
use crate::evidence::{CardInput, score_cases, special_numbers};
use crate::model::Model;
use crate::sample::{SampleName, Samples};
use crate::scaling::{base_points, bin_points, scaling};
use crate::segments::{PlannedSegment, SegmentPlan};
use crate::validation::Distribution;
use crate::validation::psi::decile_bands;

/// The scorecard of a fit, its verification rows made and replayed.
///
/// # Errors
/// Those of the runtime crate, which would be faults of this program.
pub fn assemble(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    binnings: &[Binning],
    selected: &[usize],
    model: &Model,
) -> Result<Scorecard> {
    let mut document = frame(spec, cases, samples);
    document.base_points = base_points(&document.scaling, model.fit.intercept);
    document.intercept = model.fit.intercept;
    document.features = features(spec, &document.scaling, None, binnings, selected, model);
    prove(document, spec, cases, samples)
}

/// What a segment brings to a scorecard.
#[derive(Debug, Clone, Copy)]
pub struct SegmentPart<'a> {
    /// Its name and values.
    pub segment: &'a PlannedSegment,
    /// Its bins.
    pub binnings: &'a [Binning],
    /// Positions of its selected features among them.
    pub selected: &'a [usize],
    /// Its fit.
    pub model: &'a Model,
}

/// The scorecard of a card with segments: features are called `segment/feature`, and stand in the order of the segments.
///
/// # Errors
/// As [`assemble`].
pub fn assemble_segments(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    plan: &SegmentPlan,
    parts: &[SegmentPart<'_>],
) -> Result<Scorecard> {
    let mut document = frame(spec, cases, samples);
    let scaling = document.scaling.clone();
    let segment = |part: &SegmentPart<'_>| Segment {
        name: part.segment.name.clone(),
        values: part.segment.values.clone(),
        base_points: base_points(&scaling, part.model.fit.intercept),
        intercept: part.model.fit.intercept,
        cases: part.segment.cases,
        goods: part.segment.goods,
        bads: part.segment.bads,
    };
    document.segments = Some(Segments {
        input: plan.column.clone(),
        kind: plan.kind,
        otherwise: plan.otherwise.map(|place| plan.segments[place].name.clone()),
        segments: parts.iter().map(segment).collect(),
    });
    document.features = parts
        .iter()
        .flat_map(|part| features(spec, &scaling, Some(&part.segment.name), part.binnings, part.selected, part.model))
        .collect();
    prove(document, spec, cases, samples)
}

/// The selected features with their points.
fn features(
    spec: &CardSpec,
    scaling: &Scaling,
    segment: Option<&str>,
    binnings: &[Binning],
    selected: &[usize],
    model: &Model,
) -> Vec<Feature> {
    let default = ColumnSettings::default();
    selected
        .iter()
        .zip(&model.fit.coefficients)
        .map(|(feature, coefficient)| {
            let binning = &binnings[*feature];
            let reason = match spec.features.pairs.get(&binning.name) {
                Some(pair) => &pair.reason,
                None => &crate::ready_made::settings(&spec.features.columns, &binning.name, &default).reason,
            };
            let bins: Vec<Bin> = binning
                .bins
                .iter()
                .zip(&binning.table.rows)
                .zip(&binning.woe_sources)
                .map(|(((label, domain), row), source)| Bin {
                    label: label.clone(),
                    domain: domain.clone(),
                    cases: row.cases,
                    goods: row.goods,
                    bads: row.bads,
                    woe: row.woe,
                    woe_from: source.stated(),
                    points: bin_points(scaling, *coefficient, row.woe),
                    reason: reason.clone().unwrap_or_else(|| format!("{}: {label}", title(binning))),
                })
                .collect();
            let weight: f64 = bins.iter().map(|bin| bin.cases).sum();
            Feature {
                name: qualified(segment, &binning.name),
                segment: segment.map(str::to_owned),
                input: segment.filter(|_| binning.pair.is_none()).map(|_| binning.name.clone()),
                kind: binning.kind,
                description: binning.description.clone(),
                coefficient: *coefficient,
                average_points: bins.iter().map(|bin| bin.cases * bin.points).sum::<f64>() / weight,
                axes: binning.pair.as_ref().map(|pair| pair.axes.clone()),
                bins,
            }
        })
        .collect()
}

/// The name of a feature in the scorecard.
pub fn qualified(segment: Option<&str>, feature: &str) -> String {
    match segment {
        Some(segment) => format!("{segment}/{feature}"),
        None => feature.to_owned(),
    }
}

/// A document without features.
fn frame(spec: &CardSpec, cases: &Cases, samples: &Samples) -> ScorecardDocument {
    ScorecardDocument {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        card: Card { name: spec.card.name.clone(), kind: spec.card.kind },
        outcome: outcome(spec),
        population: population(spec),
        columns: columns(spec, cases),
        unforeseen: spec.scaling.unforeseen,
        reason_baseline: spec.scaling.reason_baseline,
        base_points: 0.0,
        intercept: 0.0,
        scaling: scaling(&spec.scaling),
        segments: None,
        features: Vec::new(),
        score_bands: Vec::new(),
        limits: spec.limits.by_name(),
        inputs: BTreeMap::new(),
        definitions: None,
        samples: samples.digests(cases),
        lineage: Lineage {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            configuration_sha256: spec.source.sha256(),
            project_sha256: match &spec.cases {
                CaseSource::History(project, ..) => Some(project.source.sha256()),
                CaseSource::Table(..) => None,
            },
            evidence_sha256: None,
            edits_sha256: spec.edits.source.as_ref().map(crate::config::Source::sha256),
            data: cases.data.clone(),
            seed: spec.seed,
        },
        verification: Vec::new(),
    }
}

/// What is known of the card's inputs: types, allowed ranges, what the development sample held, the table of a definition.
fn input_facts(card: &Scorecard, spec: &CardSpec, cases: &Cases, samples: &Samples) -> BTreeMap<String, InputFacts> {
    let (columns, default) = (cases.columns(), ColumnSettings::default());
    let facts = card.inputs().iter().map(|input| {
        let column = columns.iter().find(|column| column.name == input.name);
        let rows = || samples.development().iter().map(|row| *row as usize);
        let (missing, range) = match column.map(|column| &column.values) {
            Some(FeatureValues::Numeric(values)) => {
                let special = special_numbers(card, &input.name);
                let ordinary =
                    rows().map(|row| values[row]).filter(|value| value.is_finite() && !special.contains(value));
                let range = ordinary.fold(None, |range: Option<(f64, f64)>, value| {
                    let (low, high) = range.unwrap_or((value, value));
                    Some((low.min(value), high.max(value)))
                });
                (Some(rows().any(|row| values[row].is_nan())), range)
            }
            Some(FeatureValues::Categorical(values)) => {
                (Some(rows().any(|row| values.codes[row] == crate::table::MISSING)), None)
            }
            None => (None, None),
        };
        let facts = InputFacts {
            kind: Some(input.kind),
            missing,
            allowed: crate::ready_made::settings(&spec.features.columns, &input.name, &default).allowed,
            lowest: range.map(|range| range.0),
            highest: range.map(|range| range.1),
            source: spec.features.define.get(&input.name).and_then(|definition| definition.table.clone()),
        };
        (input.name.clone(), facts)
    });
    facts.collect()
}

/// Puts facts of the inputs, score bands and verification rows to a document, and loads it back from its own bytes.
fn prove(mut document: ScorecardDocument, spec: &CardSpec, cases: &Cases, samples: &Samples) -> Result<Scorecard> {
    let unbanded = Scorecard::unverified(document.clone())?;
    document.inputs = input_facts(&unbanded, spec, cases, samples);
    let input = CardInput::new(&unbanded, &cases.columns())?;
    let development = score_cases(&unbanded, &input, cases, SampleName::Development, samples.development());
    document.score_bands = decile_bands(&Distribution::new(development.scores()), &development.weights);
    document.verification = verification_rows(&unbanded)?;
    Ok(Scorecard::from_json(&document.to_json()?)?)
}

/// What people call the feature in a reason.
fn title(binning: &Binning) -> &str {
    if binning.description.is_empty() { &binning.name } else { &binning.description }
}

fn population(spec: &CardSpec) -> String {
    match &spec.cases {
        _ if !spec.card.population.is_empty() => spec.card.population.clone(),
        CaseSource::Table(table, _) => format!("the rows of {}", table.path),
        CaseSource::History(_, population, _) => population.in_words(),
    }
}

fn outcome(spec: &CardSpec) -> Outcome {
    match &spec.cases {
        CaseSource::Table(_, outcome) => {
            Outcome { description: outcome.description.clone(), source: outcome.source.clone() }
        }
        CaseSource::History(_, _, outcome) => {
            Outcome { description: outcome.description.clone(), source: crate::population::cases_outcome(outcome) }
        }
    }
}

fn columns(spec: &CardSpec, cases: &Cases) -> Columns {
    match &spec.cases {
        CaseSource::Table(table, outcome) => Columns {
            id: table.id.clone(),
            observed_at: table.observed_at.clone(),
            group: table.group.clone(),
            weight: outcome.weight.clone(),
        },
        CaseSource::History(_, population, _) => Columns {
            id: Some(cases.id_name.clone()),
            observed_at: Some(crate::population::OBSERVED_AT.to_owned()),
            group: population.group.clone(),
            weight: None,
        },
    }
}

/// The outcome column of a scorecard's data.
pub fn outcome_column(source: &OutcomeSource) -> &str {
    match source {
        OutcomeSource::Plain { column, .. } | OutcomeSource::Ratio { column } => column,
    }
}
