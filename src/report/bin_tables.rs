//! The binning table and the bins by period: every feature, sample and bin, for files and the workbook.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::ScorecardDocument;

use super::document::{Cell, Column, Table};
use crate::binning::{BinCounts, BinTable, Binning, WoeSource};
use crate::evidence::Evidence;

/// A bin's counts on a sample, as the binning table has them.
pub(super) struct BinRow {
    feature: String,
    bin: String,
    points: Option<f64>,
    woe: f64,
    sample: String,
    cases: f64,
    share: f64,
    goods: f64,
    bads: f64,
    bad_rate: Option<f64>,
    iv: f64,
    adjusted: bool,
}

/// The rows of the binning table of one feature: by sample and bin, unforeseen values where there are any.
pub(super) fn bin_rows(
    feature: &str,
    labels: &[String],
    woe: &[f64],
    points: Option<&[f64]>,
    counts: &BTreeMap<String, BinCounts>,
    woe_sources: &[WoeSource],
) -> Vec<BinRow> {
    let mut rows = Vec::new();
    for (sample, counts) in counts {
        let table = BinTable::with_sources(counts, woe_sources);
        let total: f64 = counts.cases.iter().sum();
        for bin in 0..counts.cases.len() {
            let unforeseen = bin == labels.len();
            if unforeseen && counts.cases[bin] == 0.0 {
                continue;
            }
            let determinate = counts.goods[bin] + counts.bads[bin];
            rows.push(BinRow {
                feature: feature.to_owned(),
                bin: labels.get(bin).cloned().unwrap_or_else(|| "unforeseen".to_owned()),
                points: points.and_then(|points| points.get(bin).copied()),
                woe: woe.get(bin).copied().unwrap_or(0.0),
                sample: sample.clone(),
                cases: counts.cases[bin],
                share: share(counts.cases[bin], total),
                goods: counts.goods[bin],
                bads: counts.bads[bin],
                bad_rate: (determinate > 0.0).then(|| counts.bads[bin] / determinate),
                iv: table.rows.get(bin).map_or(0.0, |row| row.information_value),
                adjusted: table.rows.get(bin).is_some_and(|row| row.adjusted),
            });
        }
    }
    rows
}

/// The binning table: every feature, sample and bin. WOE is development's; IV the sample's own.
pub(super) fn bins(rows: &[BinRow]) -> Table {
    Table {
        name: "bins".to_owned(),
        caption: "Every feature, sample and bin".into(),
        columns: vec![
            Column::new("feature", "Feature"),
            Column::new("sample", "Sample"),
            Column::new("bin", "Bin"),
            Column::new("cases", "Cases"),
            Column::new("share", "Share of cases"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
            Column::new("woe", "Weight of evidence"),
            Column::new("information_value", "Information value"),
            Column::new("points", "Points"),
            Column::new("half_added", "Half added to both"),
        ],
        rows: rows.iter().map(BinRow::cells).collect(),
        files_only: true,
    }
}

impl BinRow {
    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.feature),
            Cell::text(&self.sample),
            Cell::text(&self.bin),
            Cell::Count(self.cases),
            Cell::Share(self.share),
            Cell::Count(self.goods),
            Cell::Count(self.bads),
            Cell::share(self.bad_rate),
            Cell::Number(self.woe, 4),
            Cell::Number(self.iv, 4),
            self.points.map_or(Cell::Nothing, Cell::Plain),
            Cell::Flag(self.adjusted),
        ]
    }
}

/// The bins of every feature by period on the development sample; `None` where the cases have no periods.
pub(super) fn bins_over_time(binnings: &[Binning]) -> Option<Table> {
    let mut rows = Vec::new();
    for binning in binnings {
        let Some(over_time) = &binning.over_time else { continue };
        for ((label, _), counts) in binning.bins.iter().zip(&over_time.counts) {
            for (period, (goods, bads)) in over_time.periods.iter().zip(counts) {
                rows.push(vec![
                    Cell::text(&binning.name),
                    Cell::text(label),
                    Cell::text(period),
                    Cell::Count(*goods),
                    Cell::Count(*bads),
                    Cell::share((goods + bads > 0.0).then(|| bads / (goods + bads))),
                ]);
            }
        }
    }
    (!rows.is_empty()).then(|| Table {
        name: "bins_over_time".to_owned(),
        caption: "Every feature's bins by period of observation, development".into(),
        columns: vec![
            Column::new("feature", "Feature"),
            Column::new("bin", "Bin"),
            Column::new("period", "Period"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
        ],
        rows,
        files_only: true,
    })
}

/// The binning rows of a training run: every feature, selected or not.
pub(super) fn training_bin_rows(
    binnings: &[Binning],
    document: &ScorecardDocument,
    evidence: &Evidence,
) -> Vec<BinRow> {
    binnings
        .iter()
        .flat_map(|binning| {
            let labels: Vec<String> = binning.bins.iter().map(|(label, _)| label.clone()).collect();
            let woe: Vec<f64> = binning.table.rows.iter().map(|row| row.woe).collect();
            let feature = document.features.iter().find(|feature| feature.name == binning.name);
            let points: Option<Vec<f64>> = feature.map(|feature| feature.bins.iter().map(|bin| bin.points).collect());
            let evidence = evidence.features.get(&binning.name);
            evidence
                .map(|e| bin_rows(&binning.name, &labels, &woe, points.as_deref(), &e.counts, &e.woe_sources))
                .unwrap_or_default()
        })
        .collect()
}

/// The binning rows of a scorecard's features.
pub(super) fn card_bin_rows(document: &ScorecardDocument, evidence: &Evidence) -> Vec<BinRow> {
    document
        .features
        .iter()
        .flat_map(|feature| {
            let labels: Vec<String> = feature.bins.iter().map(|bin| bin.label.clone()).collect();
            let woe: Vec<f64> = feature.bins.iter().map(|bin| bin.woe).collect();
            let points: Vec<f64> = feature.bins.iter().map(|bin| bin.points).collect();
            let evidence = evidence.features.get(&feature.name);
            evidence
                .map(|e| bin_rows(&feature.name, &labels, &woe, Some(&points), &e.counts, &e.woe_sources))
                .unwrap_or_default()
        })
        .collect()
}

/// A part of a whole; 0 of nothing.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
