//! A card with segments: figures by segment, and whether segments pay.

use super::Context;
use super::fitted_model::{coefficient_cells, coefficient_columns, interval_of};
use crate::error::Result;
use crate::evidence::{CardsCompared, SegmentEvidence, SegmentsComparison, SegmentsEvidence};
use crate::report::charts::calibration_chart;
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::report::sections::digits;
use crate::sample::SampleName;
use crate::validation::calibration::CalibrationBand;
use crate::words::Message;

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let Some(segments) = &context.evidence.segments else { return Ok(None) };
    let text = match &segments.otherwise {
        Some(otherwise) => Message::new("The value of {0} tells the segment; each has bins, selection and coefficients of its own, and all share the scale: the same score means the same odds in each. Values that development never saw go to {1}.").with(&segments.column).with(otherwise),
        None => Message::new("The value of {0} tells the segment; each has bins, selection and coefficients of its own, and all share the scale: the same score means the same odds in each. A case with a value that development never saw is refused.").with(&segments.column),
    };
    let mut blocks = vec![Block::Text(text), Block::Table(figures(context, segments))];
    let names: Vec<SampleName> = context.scored.iter().map(|sample| sample.name).collect();
    let bands: Vec<(SampleName, Vec<CalibrationBand>)> = names
        .iter()
        .map(|name| (*name, segments.segments.iter().filter_map(|one| point(one, *name)).collect()))
        .collect();
    let bands: Vec<(SampleName, &[CalibrationBand])> =
        bands.iter().map(|(name, bands)| (*name, bands.as_slice())).collect();
    if let Some(svg) = calibration_chart("expected against observed bad rate by segment", &bands, context.language)? {
        blocks.push(Block::Pictures(vec![Picture {
            name: "segments_calibration".to_owned(),
            svg,
            caption: "One point a segment and sample. On the line, the PD is right on the whole; bars are 95% Jeffreys intervals of the observed rate, every case taken as independent.".into(),
        }]));
    }
    if let Some(comparison) = &segments.comparison {
        blocks.push(Block::Heading("Do segments pay?".into()));
        blocks.push(Block::Text(Message::of_english(&comparison.words)));
        blocks.push(Block::Text(
            Message::new("The other card is this one without [segments], trained on the same cases, with {0} among its candidates; it has the features {1}. The log likelihood decides, which sees both order and level of risk; the AUC must not contradict it.")
                .with(&segments.column)
                .with(comparison.single_card_features.join(", ")),
        ));
        blocks.extend(differences(comparison, &names));
    }
    blocks.extend(coefficients(&segments.segments));
    Ok(Some(Section { id: "segments", heading: "Segments of the card".into(), blocks }))
}

fn figures(context: &Context<'_>, segments: &SegmentsEvidence) -> Table {
    let mut rows = Vec::new();
    for segment in &segments.segments {
        for sample in context.scored {
            let Some(figures) = segment.samples.get(sample.name.name()) else { continue };
            rows.push(vec![
                Cell::text(&segment.name),
                Cell::text(segment.values.join(", ")),
                Cell::Sample(sample.name),
                Cell::Count(figures.cases as f64),
                Cell::Count(figures.goods),
                Cell::Count(figures.bads),
                Cell::ShareInterval(figures.bad_rate),
                Cell::share(figures.expected_bad_rate),
                Cell::Interval(figures.auc, 3),
                Cell::Interval(figures.ks, 3),
                Cell::number(figures.mean_score, 1),
            ]);
        }
    }
    Table {
        name: "segments".to_owned(),
        caption: "Figures by segment and sample".into(),
        columns: vec![
            Column::new("segment", "Segment"),
            Column::new("values", "Values"),
            Column::new("sample", "Sample"),
            Column::new("cases", "Cases"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate (95%)"),
            Column::new("expected_bad_rate", "Expected"),
            Column::new("auc", "AUC (95%)"),
            Column::new("ks", "KS (95%)"),
            Column::new("mean_score", "Mean score"),
        ],
        rows,
        files_only: false,
    }
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

/// With segments against without, on samples that took no part in training.
fn differences(comparison: &SegmentsComparison, names: &[SampleName]) -> Vec<Block> {
    let cells = |sample: SampleName, of: Cell, one: &CardsCompared, verdict: Cell| {
        vec![
            Cell::Sample(sample),
            of,
            Cell::Count(one.cases as f64),
            Cell::number(one.auc, 4),
            Cell::number(one.single_auc, 4),
            Cell::Interval(interval_of(&one.auc_difference), 4),
            Cell::p_value(one.auc_difference.p_value),
            Cell::Interval(interval_of(&one.log_likelihood_difference), 5),
            Cell::p_value(one.log_likelihood_difference.p_value),
            verdict,
        ]
    };
    let mut rows = Vec::new();
    let mut intervals = None;
    for name in names {
        let Some(sample) = comparison.samples.get(name.name()) else { continue };
        intervals = Some(sample.all.interval.clone());
        rows.push(cells(*name, Cell::words("all segments"), &sample.all, Cell::words(sample.verdict.words())));
        rows.extend(sample.segments.iter().map(|(segment, one)| cells(*name, Cell::text(segment), one, Cell::Nothing)));
    }
    let Some(intervals) = intervals else { return Vec::new() };
    let table = Table {
        name: "segments_comparison".to_owned(),
        caption: "With segments minus without, on cases that took no part in training; intervals are 95%".into(),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("segment", "Cases of"),
            Column::new("cases", "Cases"),
            Column::new("auc", "AUC of the segments"),
            Column::new("single_card_auc", "AUC of one card for all"),
            Column::new("auc_difference", "AUC difference"),
            Column::new("auc_difference_p_value", "p"),
            Column::new("log_likelihood_difference", "Log likelihood a case"),
            Column::new("log_likelihood_difference_p_value", "p"),
            Column::new("verdict", "Verdict"),
        ],
        rows,
        files_only: false,
    };
    let note = Message::new("AUC difference: paired DeLong. Log likelihood a case: mean difference of ln of the probability that the score gives to what happened. Intervals {0}.").with(intervals);
    vec![Block::Table(table), Block::Note(note)]
}

fn coefficients(segments: &[SegmentEvidence]) -> Vec<Block> {
    let mut columns = vec![Column::new("segment", "Segment")];
    columns.extend(coefficient_columns());
    let rows = segments.iter().flat_map(|segment| {
        segment.model.coefficients.iter().map(move |row| {
            let mut cells = vec![Cell::text(&segment.name)];
            cells.extend(coefficient_cells(row));
            cells
        })
    });
    let table = Table {
        name: "coefficients".to_owned(),
        caption: "Coefficients by segment, with their 95% intervals".into(),
        columns,
        rows: rows.collect(),
        files_only: false,
    };
    let mut blocks = vec![
        Block::Table(table),
        Block::Note(
            "ln(odds good:bad) = intercept + sum of coefficient × weight of evidence, both of the case's segment."
                .into(),
        ),
    ];
    for segment in segments {
        if let (Some(iterations), Some(_)) = (segment.model.iterations, segment.model.log_likelihood) {
            let words = Message::new("{0}: log likelihood {1} (constant alone {2}), {3} iterations.");
            blocks.push(Block::Note(
                words
                    .with(&segment.name)
                    .with(digits(segment.model.log_likelihood, 3))
                    .with(digits(segment.model.null_log_likelihood, 3))
                    .with(iterations),
            ));
        }
    }
    blocks
}
