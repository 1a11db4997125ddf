//! The report as one self-contained HTML page: what to show, in the order in which a reader asks.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Value, context};
use scorewright_runtime::artifact::{Bin, BinDomain, Feature, OutcomeSource, ScorecardDocument};
use serde::Serialize;

use super::charts::{
    Along, BinSeries, GridAxis, Line, bin_chart, calibration_chart, distribution_chart, ks_chart, line_chart, palette,
    path_chart, periods_chart, region_grid, roc_chart, waterfall_chart,
};
use super::model_view::model_view;
use super::selection_view;
use super::template::{STYLE, render};
use crate::binning::{BinCounts, BinTable, OverTime, WoeSource};
use crate::error::Result;
use crate::evidence::{Evidence, SampleEvidence, ScoredSample};
use crate::sample::SampleName;

const TEMPLATE: &str = include_str!("page.html");
const BY_BAND: &str = "expected against observed bad rate by score band";

/// What the page is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// A training run.
    Training,
    /// A validation.
    Validation,
}

/// Everything that the page shows.
pub struct Page<'a> {
    /// What the page is of.
    pub kind: PageKind,
    /// The scorecard; `None` where a score came without one.
    pub document: Option<&'a ScorecardDocument>,
    /// Every measure.
    pub evidence: &'a Evidence,
    /// The samples with their scores, for the curves.
    pub scored: &'a [ScoredSample],
    /// The card's name, or the data file's.
    pub title: &'a str,
    /// What the card is for.
    pub description: &'a str,
}

/// A sample's column in the page.
#[derive(Serialize)]
struct SampleView<'a> {
    name: &'static str,
    key: &'static str,
    #[serde(flatten)]
    figures: &'a SampleEvidence,
    score_psi: Option<f64>,
    ks_chart: Option<String>,
    distribution_chart: Option<String>,
}

/// A feature's section in the page.
#[derive(Serialize)]
struct FeatureView<'a> {
    name: &'a str,
    segment: Option<&'a str>,
    base_points: f64,
    description: &'a str,
    coefficient: f64,
    lowest_points: f64,
    best_points: f64,
    iv: Vec<Option<f64>>,
    psi: Vec<Option<f64>>,
    bins: Vec<BinView<'a>>,
    chart: String,
    grid: Option<String>,
    over_time: Option<OverTimeView>,
}

/// A feature's bins over time.
#[derive(Serialize)]
struct OverTimeView {
    chart: String,
    /// The colour of each ordinary bin's line.
    colours: Vec<String>,
    order_kept: Option<f64>,
    price: Option<f64>,
}

/// A bin's row in the page; by sample in the order of the samples.
#[derive(Serialize)]
struct BinView<'a> {
    number: usize,
    label: &'a str,
    points: Option<f64>,
    woe: Option<f64>,
    cases: Vec<f64>,
    share: Vec<f64>,
    bad_rate: Vec<Option<f64>>,
    adjusted: bool,
}

impl Page<'_> {
    /// The page. The same evidence gives the same bytes.
    ///
    /// # Errors
    /// An internal fault of drawing or of the template.
    pub fn render(&self) -> Result<String> {
        let samples = self.samples()?;
        let orders: Vec<SampleName> = self.scored.iter().map(|sample| sample.name).collect();
        let evidence = self.evidence;
        let by_sample = |get: fn(&SampleEvidence) -> &[crate::validation::calibration::CalibrationBand]| {
            orders
                .iter()
                .filter_map(|name| evidence.samples.get(name.name()).map(|s| (*name, get(s))))
                .collect::<Vec<_>>()
        };
        let months: Vec<_> = orders
            .iter()
            .filter_map(|name| evidence.samples.get(name.name()).map(|sample| (*name, sample.periods.as_slice())))
            .collect();
        let page = context! {
            style => STYLE,
            training => self.kind == PageKind::Training,
            title => self.title,
            description => self.description,
            version => env!("CARGO_PKG_VERSION"),
            document => self.document.map(|document| context! {
                kind => document.card.kind.name(),
                outcome => document.outcome.description.clone(),
                ratio => matches!(document.outcome.source, OutcomeSource::Ratio { .. }),
                base_points => document.base_points,
                scaling => Value::from(Serde(&document.scaling)),
                lineage => Value::from(Serde(&document.lineage)),
                sample_digests => Value::from(Serde(&document.samples)),
            }),
            ratio => self.document.is_some_and(|d| matches!(d.outcome.source, OutcomeSource::Ratio { .. })),
            passed => evidence.passed(),
            failed => evidence.limits.iter().filter(|check| !check.passed).count(),
            limits => Value::from(Serde(&evidence.limits)),
            warnings => evidence.warnings.clone(),
            edits => Value::from(Serde(&evidence.edits)),
            data_findings => Value::from(Serde(&evidence.data_findings)),
            samples => Value::from(Serde(&samples)),
            features => Value::from(Serde(self.features(&orders)?)),
            segments => super::segments::section(evidence, &orders, self.kind == PageKind::Training)?,
            model => Value::from(Serde(&evidence.model.as_ref().map(model_view).transpose()?)),
            selection => Value::from(Serde(selection_view::groups(&evidence.selection))),
            selection_path => Value::from(Serde(&evidence.selection_path)),
            path_chart => path_chart(&evidence.selection_path)?,
            waterfall => Value::from(Serde(&evidence.waterfall)),
            waterfall_chart => waterfall_chart(&evidence.waterfall)?,
            roc_chart => roc_chart(self.scored)?,
            calibration_chart => calibration_chart(BY_BAND, &by_sample(|sample| &sample.calibration))?,
            periods_chart => periods_chart(&months)?,
            scorecard_sha256 => evidence.scorecard_sha256.clone(),
        };
        render(TEMPLATE, page)
    }

    fn samples(&self) -> Result<Vec<SampleView<'_>>> {
        self.scored
            .iter()
            .filter_map(|sample| self.evidence.samples.get(sample.name.name()).map(|figures| (sample, figures)))
            .map(|(sample, figures)| {
                Ok(SampleView {
                    name: sample.name.title(),
                    key: sample.name.name(),
                    figures,
                    score_psi: self.evidence.score_psi.get(sample.name.name()).copied().flatten(),
                    ks_chart: ks_chart(sample, figures.ks.score)?,
                    distribution_chart: distribution_chart(sample)?,
                })
            })
            .collect()
    }

    fn features(&self, orders: &[SampleName]) -> Result<Vec<FeatureView<'_>>> {
        let Some(document) = self.document else { return Ok(Vec::new()) };
        document
            .features
            .iter()
            .filter_map(|feature| self.evidence.features.get(&feature.name).map(|evidence| (feature, evidence)))
            .map(|(feature, evidence)| {
                let counts: Vec<(SampleName, &BinCounts)> = orders
                    .iter()
                    .filter_map(|name| evidence.counts.get(name.name()).map(|counts| (*name, counts)))
                    .collect();
                // A sample may hold nobody of a feature's segment.
                let aligned = || orders.iter().map(|name| evidence.counts.get(name.name()));
                let bins = feature.bins.len();
                let sources = &evidence.woe_sources;
                let series: Vec<BinSeries> =
                    counts.iter().map(|(name, counts)| series(*name, counts, bins, sources)).collect();
                let development = BinTable::with_sources(&development(feature), sources);
                let unforeseen =
                    counts.iter().any(|(_, counts)| counts.cases.get(bins).is_some_and(|cases| *cases > 0.0));
                let rows = (0..bins + usize::from(unforeseen))
                    .map(|bin| {
                        let known = feature.bins.get(bin);
                        BinView {
                            number: bin + 1,
                            label: known.map_or("unforeseen", |known| &known.label),
                            points: known.map(|known| known.points),
                            woe: known.map(|known| known.woe),
                            cases: aligned().map(|counts| counts.map_or(0.0, |c| c.cases[bin])).collect(),
                            share: aligned()
                                .map(|counts| counts.map_or(0.0, |c| share(c.cases[bin], c.cases.iter().sum())))
                                .collect(),
                            bad_rate: aligned().map(|counts| bad_rate(counts?, bin)).collect(),
                            adjusted: development.rows.get(bin).is_some_and(|row| row.adjusted),
                        }
                    })
                    .collect();
                let points = || feature.bins.iter().map(|bin| bin.points);
                let pick = |values: &BTreeMap<String, Option<f64>>| {
                    orders.iter().map(|name| values.get(name.name()).copied().flatten()).collect::<Vec<_>>()
                };
                Ok(FeatureView {
                    name: feature.title(),
                    segment: feature.segment.as_deref(),
                    base_points: base_points(document, feature),
                    description: &feature.description,
                    coefficient: feature.coefficient,
                    lowest_points: points().fold(f64::INFINITY, f64::min),
                    best_points: points().fold(f64::NEG_INFINITY, f64::max),
                    iv: orders.iter().map(|name| evidence.iv.get(name.name()).copied()).collect(),
                    psi: pick(&evidence.psi),
                    bins: rows,
                    chart: bin_chart(&feature.name, bins, &series)?,
                    grid: grid(feature)?,
                    over_time: evidence.over_time.as_ref().map_or(Ok(None), |bins| over_time(&feature.name, bins))?,
                })
            })
            .collect()
    }
}

/// What the cases that get a feature's points get besides.
fn base_points(document: &ScorecardDocument, feature: &Feature) -> f64 {
    let own = document.segments.iter().flat_map(|segments| &segments.segments);
    let own = own.filter(|segment| feature.segment.as_ref() == Some(&segment.name)).map(|segment| segment.base_points);
    document.base_points + own.sum::<f64>()
}

/// The bad rate of every ordinary bin by period.
fn over_time(feature: &str, bins: &OverTime) -> Result<Option<OverTimeView>> {
    let rate = |(goods, bads): &(f64, f64)| (goods + bads > 0.0).then(|| bads / (goods + bads));
    let lines: Vec<Line> = bins.counts[..bins.ordinary]
        .iter()
        .enumerate()
        .map(|(bin, counts)| Line {
            colour: palette::moment(bin, bins.ordinary),
            points: counts.iter().enumerate().map(|(period, counts)| (period as f64, rate(counts))).collect(),
            intervals: Vec::new(),
            dots: true,
        })
        .collect();
    let colours = lines.iter().map(|line| palette::hexadecimal(line.colour)).collect();
    let description = format!("bad rate of the bins of {feature} by period of observation");
    let chart = line_chart(&description, &Along::Names(&bins.periods), "period of observation", "bad rate", &lines)?;
    let view = |chart| OverTimeView { chart, colours, order_kept: bins.order_kept, price: bins.price };
    Ok(chart.map(view))
}

/// The picture of a pair's grid.
fn grid(feature: &Feature) -> Result<Option<String>> {
    let Some(axes) = &feature.axes else { return Ok(None) };
    let [rows, columns] = axes.each_ref().map(|axis| axis.bins.len());
    let mut regions = vec![vec![0; columns]; rows];
    for (region, bin) in feature.bins.iter().enumerate() {
        if let BinDomain::Cells(cells) = &bin.domain {
            cells.iter().for_each(|[row, column]| regions[usize::from(*row)][usize::from(*column)] = region);
        }
    }
    let named = axes
        .each_ref()
        .map(|axis| GridAxis { name: &axis.input, labels: axis.bins.iter().map(|bin| bin.label.as_str()).collect() });
    let points: Vec<f64> = feature.bins.iter().map(|bin| bin.points).collect();
    let woe: Vec<f64> = feature.bins.iter().map(|bin| bin.woe).collect();
    region_grid(&feature.name, &named, &regions, &points, &woe).map(Some)
}

/// A part of a whole; 0 of nothing.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn bad_rate(counts: &BinCounts, bin: usize) -> Option<f64> {
    let total = counts.goods[bin] + counts.bads[bin];
    (total > 0.0).then(|| counts.bads[bin] / total)
}

/// The development counts of a card's feature.
fn development(feature: &Feature) -> BinCounts {
    // The last entry is for unforeseen values, of which there are none.
    let of = |count: fn(&Bin) -> f64| feature.bins.iter().map(count).chain([0.0]).collect();
    BinCounts { cases: of(|bin| bin.cases), goods: of(|bin| bin.goods), bads: of(|bin| bin.bads) }
}

pub(super) fn series(sample: SampleName, counts: &BinCounts, bins: usize, woe_sources: &[WoeSource]) -> BinSeries {
    let table = BinTable::with_sources(counts, woe_sources);
    let total: f64 = counts.cases.iter().sum();
    BinSeries {
        sample,
        share: (0..bins).map(|bin| share(counts.cases[bin], total)).collect(),
        bad_rate: (0..bins).map(|bin| bad_rate(counts, bin)).collect(),
        woe: (0..bins).map(|bin| bad_rate(counts, bin).and_then(|_| table.rows.get(bin).map(|row| row.woe))).collect(),
    }
}
