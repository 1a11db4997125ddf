//! A feature's bins as data for readers: the terminal, JSON, and the chart of the report.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::{BinDomain, FeatureKind};
use serde::Serialize;
use serde_json::{Value, json};

use plotters::style::RGBColor;

use super::bin_series::series;
use super::charts::{BinSeries, bin_chart, colour};
use crate::binning::{Binning, SampleOutcomes};
use crate::config::Monotone;
use crate::edits::{ordinary, trend_found};
use crate::error::Result;
use crate::pipeline::BinnedCard;
use crate::sample::SampleName;

/// A feature's bins on the development sample.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureBins {
    /// The feature.
    pub feature: String,
    /// In words; may be empty.
    pub description: String,
    /// Numeric or categorical.
    pub kind: FeatureKind,
    /// Number of bins, missing and special ones not counted.
    pub ordinary_bins: usize,
    /// Information value, all bins included.
    pub information_value: f64,
    /// Trend of the good rate; null where there is none to speak of.
    pub trend: Option<Monotone>,
    /// Why there is only one ordinary bin; else empty.
    pub note: String,
    /// The bins, ordinary ones first.
    pub bins: Vec<BinFigures>,
}

/// A bin's figures on the development sample; counts are weights.
#[derive(Debug, Clone, Serialize)]
pub struct BinFigures {
    /// From 1.
    pub number: usize,
    /// What people call it.
    pub label: String,
    /// `lower` and `upper` (null: unbounded), or `categories`, or `special`, or `missing`.
    pub domain: Value,
    /// All cases, the indeterminate ones included.
    pub cases: f64,
    /// Share of all cases.
    pub share: f64,
    /// Goods.
    pub goods: f64,
    /// Bads.
    pub bads: f64,
    /// bads / (goods + bads).
    pub bad_rate: Option<f64>,
    /// Weight of evidence, higher is safer.
    pub woe: f64,
    /// The bin's part of the information value.
    pub information_value: f64,
    /// Whether there were no goods or no bads, so that 0.5 was added to both.
    pub half_added: bool,
}

impl FeatureBins {
    /// The bins of a feature.
    pub fn new(binning: &Binning) -> Self {
        let all: f64 = binning.table.rows.iter().map(|row| row.cases).sum();
        let bins =
            binning.bins.iter().zip(&binning.table.rows).enumerate().map(|(position, ((label, domain), row))| {
                let determinate = row.goods + row.bads;
                BinFigures {
                    number: position + 1,
                    label: label.clone(),
                    domain: match domain {
                        BinDomain::Interval { lower, upper } => json!({ "lower": lower, "upper": upper }),
                        BinDomain::Categories(texts) => json!({ "categories": texts }),
                        BinDomain::Special(values) => json!({ "special": values }),
                        BinDomain::Cells(cells) => json!({ "cells": cells }),
                        BinDomain::Missing => json!({ "missing": true }),
                    },
                    cases: row.cases,
                    share: if all > 0.0 { row.cases / all } else { 0.0 },
                    goods: row.goods,
                    bads: row.bads,
                    bad_rate: (determinate > 0.0).then(|| row.bads / determinate),
                    woe: row.woe,
                    information_value: row.information_value,
                    half_added: row.adjusted,
                }
            });
        FeatureBins {
            feature: binning.name.clone(),
            description: binning.description.clone(),
            kind: binning.kind,
            ordinary_bins: ordinary(binning),
            information_value: binning.table.information_value,
            trend: trend_found(binning),
            note: binning.note.clone(),
            bins: bins.collect(),
        }
    }

    /// The texts of a bin of categories.
    pub(super) fn categories(bin: &BinFigures) -> Option<Vec<&str>> {
        Some(bin.domain.get("categories")?.as_array()?.iter().filter_map(Value::as_str).collect())
    }
}

/// The chart of a feature's bins as SVG, all samples side by side, as the report has it.
///
/// # Errors
/// An internal fault of drawing.
pub fn bin_svg(card: &BinnedCard, binning: &Binning) -> Result<String> {
    let bins = binning.bins.len();
    let counts: BTreeMap<_, _> = card
        .samples
        .samples
        .iter()
        .map(|sample| {
            let outcomes = SampleOutcomes::new(&card.cases.outcomes, &sample.rows);
            (sample.name, outcomes.count(&binning.codes, bins))
        })
        .collect();
    let sources = &binning.woe_sources;
    let all: Vec<BinSeries> = counts.iter().map(|(name, counts)| series(*name, counts, bins, sources)).collect();
    let svg = bin_chart(&binning.name, bins, &all)?;
    Ok(standing_alone(&svg, counts.keys()))
}

/// A picture for a file of its own: with a font, and the colours of the samples named.
fn standing_alone<'a>(svg: &str, samples: impl Iterator<Item = &'a SampleName>) -> String {
    let mut key = String::new();
    for (position, sample) in samples.enumerate() {
        let (x, RGBColor(red, green, blue)) = (60 + 140 * position, colour(*sample));
        key.push_str(&format!(
            "<rect x=\"{x}\" y=\"247\" width=\"10\" height=\"10\" fill=\"#{red:02X}{green:02X}{blue:02X}\"/>\
             <text x=\"{}\" y=\"256\" font-size=\"12\" font-family=\"sans-serif\">{}</text>\n",
            x + 15,
            sample.title()
        ));
    }
    svg.replace("font-family=\"inherit\"", "font-family=\"sans-serif\"").replacen("</svg>", &format!("{key}</svg>"), 1)
}
