//! The report's section on segments, and their tables.

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::charts::calibration_chart;
use super::tables::{Columns, NamedTable};
use super::template::render;
use crate::error::Result;
use crate::evidence::{CardsCompared, Evidence, SegmentEvidence, SegmentSample, SegmentsComparison};
use crate::sample::SampleName;
use crate::validation::calibration::CalibrationBand;
use crate::validation::{Difference, Interval};

const TEMPLATE: &str = include_str!("segments.html");

/// A segment's line on a sample.
#[derive(Serialize)]
struct Row<'a> {
    segment: &'a str,
    values: &'a [String],
    sample: &'static str,
    figures: &'a SegmentSample,
    first: bool,
    span: usize,
}

/// A line of the comparison with one card for all.
#[derive(Serialize)]
struct Compared<'a> {
    sample: &'static str,
    /// The segment; `None`: all.
    of: Option<&'a str>,
    figures: &'a CardsCompared,
    verdict: Option<&'static str>,
}

/// The section; `None` for a card without segments.
///
/// # Errors
/// An internal fault of drawing or of the template.
pub(super) fn section(evidence: &Evidence, orders: &[SampleName], training: bool) -> Result<Option<String>> {
    let Some(segments) = &evidence.segments else { return Ok(None) };
    let mut rows = Vec::new();
    for segment in &segments.segments {
        let known = orders.iter().filter_map(|name| Some((name, segment.samples.get(name.name())?)));
        let known: Vec<_> = known.collect();
        for (place, (sample, figures)) in known.iter().enumerate() {
            rows.push(Row {
                segment: &segment.name,
                values: &segment.values,
                sample: sample.title(),
                figures,
                first: place == 0,
                span: known.len(),
            });
        }
    }
    let bands: Vec<(SampleName, Vec<CalibrationBand>)> = orders
        .iter()
        .map(|name| (*name, segments.segments.iter().filter_map(|one| point(one, *name)).collect()))
        .collect();
    let bands: Vec<(SampleName, &[CalibrationBand])> =
        bands.iter().map(|(name, bands)| (*name, bands.as_slice())).collect();
    let page = context! {
        training => training,
        column => segments.column.clone(),
        otherwise => segments.otherwise.clone(),
        rows => Value::from(Serde(&rows)),
        chart => calibration_chart("expected against observed bad rate by segment", &bands)?,
        comparison => Value::from(Serde(&segments.comparison)),
        differences => Value::from(Serde(segments.comparison.as_ref().map(|all| differences(all, orders)))),
        segments => Value::from(Serde(&segments.segments)),
    };
    render(TEMPLATE, page).map(Some)
}

fn point(segment: &SegmentEvidence, sample: SampleName) -> Option<CalibrationBand> {
    let figures = segment.samples.get(sample.name())?;
    Some(CalibrationBand {
        lower: None,
        upper: None,
        goods: figures.goods,
        bads: figures.bads,
        expected: figures.expected_bad_rate,
        observed: figures.bad_rate.value,
        low: figures.bad_rate.low,
        high: figures.bad_rate.high,
    })
}

fn differences<'a>(comparison: &'a SegmentsComparison, orders: &[SampleName]) -> Vec<Compared<'a>> {
    let mut rows = Vec::new();
    for name in orders {
        let Some(sample) = comparison.samples.get(name.name()) else { continue };
        let verdict = Some(sample.verdict.words());
        rows.push(Compared { sample: name.title(), of: None, figures: &sample.all, verdict });
        let by_segment = sample.segments.iter();
        rows.extend(by_segment.map(|(segment, figures)| Compared {
            sample: name.title(),
            of: Some(segment),
            figures,
            verdict: None,
        }));
    }
    rows
}

/// The tables of segments: figures by sample, coefficients, and the comparison with one card for all.
///
/// # Errors
/// An internal fault.
pub(super) fn tables(evidence: &Evidence) -> Result<Vec<NamedTable>> {
    let Some(segments) = &evidence.segments else { return Ok(Vec::new()) };
    let all = &segments.segments;
    let rows: Vec<(&str, &str, &SegmentSample)> = all
        .iter()
        .flat_map(|one| one.samples.iter().map(|(sample, figures)| (one.name.as_str(), sample.as_str(), figures)))
        .collect();
    let number = |get: fn(&SegmentSample) -> Option<f64>| rows.iter().map(|row| get(row.2)).collect::<Vec<_>>();
    let mut columns = Columns::default()
        .add("segment", rows.iter().map(|row| row.0).collect::<Vec<_>>())
        .add("sample", rows.iter().map(|row| row.1).collect::<Vec<_>>())
        .add("cases", rows.iter().map(|row| row.2.cases).collect::<Vec<_>>())
        .add("goods", number(|one| Some(one.goods)))
        .add("bads", number(|one| Some(one.bads)));
    for (name, get) in [
        ("bad_rate", (|one| one.bad_rate) as fn(&SegmentSample) -> Interval),
        ("auc", |one| one.auc),
        ("ks", |one| one.ks),
    ] {
        let interval: Vec<Interval> = rows.iter().map(|row| get(row.2)).collect();
        let part = |part: fn(&Interval) -> Option<f64>| interval.iter().map(part).collect::<Vec<_>>();
        columns = columns
            .add(name, part(|one| one.value))
            .add(&format!("{name}_low"), part(|one| one.low))
            .add(&format!("{name}_high"), part(|one| one.high));
    }
    let columns = columns
        .add("expected_bad_rate", number(|one| one.expected_bad_rate))
        .add("mean_score", number(|one| one.mean_score));
    let mut tables = vec![columns.table("segments")?, coefficients(all)?];
    tables.extend(segments.comparison.as_ref().map(compared).transpose()?);
    Ok(tables)
}

fn coefficients(segments: &[SegmentEvidence]) -> Result<NamedTable> {
    let rows: Vec<_> = segments
        .iter()
        .flat_map(|one| one.model.coefficients.iter().map(move |row| (one.name.as_str(), row)))
        .collect();
    Columns::default()
        .add("segment", rows.iter().map(|row| row.0).collect::<Vec<_>>())
        .add("name", rows.iter().map(|row| row.1.name.as_str()).collect::<Vec<_>>())
        .add("estimate", rows.iter().map(|row| row.1.estimate).collect::<Vec<_>>())
        .add("std_error", rows.iter().map(|row| row.1.std_error).collect::<Vec<_>>())
        .add("z", rows.iter().map(|row| row.1.z).collect::<Vec<_>>())
        .add("p_value", rows.iter().map(|row| row.1.p_value).collect::<Vec<_>>())
        .add("low", rows.iter().map(|row| row.1.low).collect::<Vec<_>>())
        .add("high", rows.iter().map(|row| row.1.high).collect::<Vec<_>>())
        .add("vif", rows.iter().map(|row| row.1.vif).collect::<Vec<_>>())
        .table("coefficients")
}

fn compared(comparison: &SegmentsComparison) -> Result<NamedTable> {
    let mut rows: Vec<(&str, &str, &CardsCompared)> = Vec::new();
    for (name, sample) in &comparison.samples {
        rows.push((name, "", &sample.all));
        rows.extend(sample.segments.iter().map(|(segment, figures)| (name.as_str(), segment.as_str(), figures)));
    }
    let number = |get: fn(&CardsCompared) -> Option<f64>| rows.iter().map(|row| get(row.2)).collect::<Vec<_>>();
    let mut columns = Columns::default()
        .add("sample", rows.iter().map(|row| row.0).collect::<Vec<_>>())
        .add("segment", rows.iter().map(|row| row.1).collect::<Vec<_>>())
        .add("cases", rows.iter().map(|row| row.2.cases).collect::<Vec<_>>())
        .add("auc", number(|one| one.auc))
        .add("single_card_auc", number(|one| one.single_auc));
    for (name, get) in [
        ("auc_difference", (|one| one.auc_difference) as fn(&CardsCompared) -> Difference),
        ("log_likelihood_difference", |one| one.log_likelihood_difference),
    ] {
        let difference: Vec<Difference> = rows.iter().map(|row| get(row.2)).collect();
        let part = |part: fn(&Difference) -> Option<f64>| difference.iter().map(part).collect::<Vec<_>>();
        columns = columns
            .add(name, part(|one| one.value))
            .add(&format!("{name}_low"), part(|one| one.low))
            .add(&format!("{name}_high"), part(|one| one.high))
            .add(&format!("{name}_p_value"), part(|one| one.p_value));
    }
    columns.table("segments_comparison")
}
