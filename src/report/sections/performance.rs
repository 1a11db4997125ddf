//! Curves and tables over the score bands, and figures by period.

use super::{Context, digits};
use crate::error::Result;
use crate::evidence::SampleEvidence;
use crate::report::charts::{
    calibration_chart, cap_of_samples, distribution_chart, ks_chart, periods_chart, roc_of_samples,
};
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::sample::SampleName;
use crate::words::Message;

const BY_BAND: &str = "expected against observed bad rate by score band";

fn samples<'a>(context: &Context<'a>) -> Vec<(SampleName, &'a SampleEvidence)> {
    let evidence = context.evidence;
    let all = context.scored.iter();
    all.filter_map(|sample| Some((sample.name, evidence.samples.get(sample.name.name())?))).collect()
}

/// ROC, KS and distribution curves, and gains.
pub(super) fn gains(context: &Context<'_>) -> Result<Option<Section>> {
    let mut pictures = Vec::new();
    if let Some(svg) = roc_of_samples(context.scored, context.language)? {
        let caption = "ROC by sample: what share of bads a cut-off rejects for each share of goods. Bands hold the whole curve with 95% probability (fixed width, Campbell 1994).";
        pictures.push(Picture { name: "roc".to_owned(), svg, caption: caption.into() });
    }
    if let Some(svg) = cap_of_samples(context.scored, context.language)? {
        let caption = "CAP by sample: what share of bads is among the riskiest cases.";
        pictures.push(Picture { name: "cap".to_owned(), svg, caption: caption.into() });
    }
    for sample in context.scored {
        let Some(figures) = context.evidence.samples.get(sample.name.name()) else { continue };
        let name = Message::new(sample.name.title());
        if let Some(svg) = ks_chart(sample, figures.ks.score, context.language)? {
            let caption = Message::new("{0}: cumulative shares; KS {1} at {2}.")
                .with_words(name.clone())
                .with(digits(figures.ks.interval.value, 3))
                .with(digits(figures.ks.score, 1));
            pictures.push(Picture { name: format!("ks_{}", sample.name.name()), svg, caption });
        }
        if let Some(svg) = distribution_chart(sample, context.language)? {
            let caption = Message::new("{0}: where goods and bads score.").with_words(name);
            pictures.push(Picture { name: format!("distribution_{}", sample.name.name()), svg, caption });
        }
    }
    let mut rows = Vec::new();
    for (name, figures) in samples(context) {
        rows.extend(figures.gains.iter().map(|row| {
            vec![
                Cell::Sample(name),
                Cell::plain(row.lower),
                Cell::plain(row.upper),
                Cell::Count(row.goods),
                Cell::Count(row.bads),
                Cell::share(row.bad_rate),
                Cell::share(row.cumulative_goods),
                Cell::share(row.cumulative_bads),
                Cell::number(row.lift, 2),
            ]
        }));
    }
    let table = Table {
        name: "gains".to_owned(),
        caption: "Gains: what a cut-off at each score band rejects, riskiest band first".into(),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("lower", "Score from"),
            Column::new("upper", "to below"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
            Column::new("cumulative_goods", "Goods at or below"),
            Column::new("cumulative_bads", "Bads at or below"),
            Column::new("lift", "Lift"),
        ],
        rows,
        files_only: false,
    };
    let blocks = vec![Block::Pictures(pictures), Block::Table(table)];
    Ok(Some(Section { id: "gains", heading: "Curves and gains".into(), blocks }))
}

/// Expected against observed bad rates by score band.
pub(super) fn calibration(context: &Context<'_>) -> Result<Option<Section>> {
    let samples = samples(context);
    let bands: Vec<_> = samples.iter().map(|(name, figures)| (*name, figures.calibration.as_slice())).collect();
    let Some(svg) = calibration_chart(BY_BAND, &bands, context.language)? else { return Ok(None) };
    let picture = Picture {
        name: "calibration".to_owned(),
        svg,
        caption: "One point a score band (deciles of development). On the line, the PD is right; bars are 95% Jeffreys intervals of the observed rate, every case taken as independent.".into(),
    };
    let overall = samples.iter().map(|(name, figures)| {
        let ratio = figures.bad_rate.zip(figures.expected_bad_rate).filter(|(_, expected)| *expected > 0.0);
        vec![
            Cell::Sample(*name),
            Cell::Count(figures.cases as f64),
            Cell::Count(figures.bads),
            Cell::share(figures.expected_bad_rate),
            Cell::share(figures.bad_rate),
            Cell::number(ratio.map(|(observed, expected)| observed / expected), 2),
        ]
    });
    let overall = Table {
        caption: "Expected and observed bad rate".into(),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("cases", "Cases"),
            Column::new("bads", "Bads"),
            Column::new("expected", "Expected"),
            Column::new("observed", "Observed"),
            Column::new("ratio", "Ratio"),
        ],
        rows: overall.collect(),
        ..Table::default()
    };
    let mut rows = Vec::new();
    for (name, figures) in &samples {
        rows.extend(figures.calibration.iter().map(|row| {
            vec![
                Cell::Sample(*name),
                Cell::plain(row.lower),
                Cell::plain(row.upper),
                Cell::Count(row.goods),
                Cell::Count(row.bads),
                Cell::share(row.expected),
                Cell::share(row.observed),
                Cell::share(row.low),
                Cell::share(row.high),
            ]
        }));
    }
    let table = Table {
        name: "calibration".to_owned(),
        caption: "Expected and observed bad rate by score band".into(),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("lower", "Score from"),
            Column::new("upper", "to below"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("expected_bad_rate", "Expected"),
            Column::new("observed_bad_rate", "Observed"),
            Column::new("observed_low", "95% low"),
            Column::new("observed_high", "95% high"),
        ],
        rows,
        files_only: false,
    };
    let by_band = Block::Details("By score band".into(), vec![Block::Table(table)]);
    let blocks = vec![Block::Pictures(vec![picture]), Block::Table(overall), by_band];
    Ok(Some(Section { id: "calibration_bands", heading: "Calibration by score band".into(), blocks }))
}

/// Expected and observed bad rate by period.
pub(super) fn periods(context: &Context<'_>) -> Result<Option<Section>> {
    let samples = samples(context);
    let periods: Vec<_> = samples.iter().map(|(name, figures)| (*name, figures.periods.as_slice())).collect();
    let picture = periods_chart(&periods, context.language)?.map(|svg| Picture {
        name: "periods".to_owned(),
        svg,
        caption: "Observed (line and points) and expected (triangles) bad rate by period of observation.".into(),
    });
    Ok(picture.map(|picture| Section {
        id: "periods",
        heading: "Bad rate by period".into(),
        blocks: vec![Block::Pictures(vec![picture])],
    }))
}
