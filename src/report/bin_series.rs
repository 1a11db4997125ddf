//! A sample's bars in the chart of a feature's bins.

use super::bin_tables::share;
use super::charts::BinSeries;
use crate::binning::{BinCounts, BinTable, WoeSource};
use crate::sample::SampleName;

/// bads / (goods + bads) of a bin.
pub(super) fn bad_rate(counts: &BinCounts, bin: usize) -> Option<f64> {
    let total = counts.goods[bin] + counts.bads[bin];
    (total > 0.0).then(|| counts.bads[bin] / total)
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
