//! Counts by bin, weight of evidence and information value.

use scorewright_runtime::artifact::{Feature, WoeFrom};

/// Weights by bin code; the last entry is for unforeseen values. Counts of two sets of cases add up.
#[derive(Debug, Clone, PartialEq)]
pub struct BinCounts {
    /// Weight of all cases, the indeterminate ones included.
    pub cases: Vec<f64>,
    /// Weight of goods.
    pub goods: Vec<f64>,
    /// Weight of bads.
    pub bads: Vec<f64>,
}

/// Weight of evidence and information value by bin (unforeseen values not included).
#[derive(Debug, Clone, PartialEq)]
pub struct BinTable {
    /// One row a bin.
    pub rows: Vec<BinTableRow>,
    /// Sum of the bins' information values.
    pub information_value: f64,
}

/// A bin's figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BinTableRow {
    /// Weight of all cases.
    pub cases: f64,
    /// Weight of goods.
    pub goods: f64,
    /// Weight of bads.
    pub bads: f64,
    /// WOE = ln((goods / all goods) / (bads / all bads)); higher is safer.
    pub woe: f64,
    /// (goods / all goods - bads / all bads) * WOE.
    pub information_value: f64,
    /// Whether a cell was empty, so that 0.5 was added to both.
    pub adjusted: bool,
}

/// Where a bin's weight of evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WoeSource {
    /// Its own data.
    Own,
    /// Its data and those of the bin at this position together.
    With(usize),
    /// It is 0 by rule.
    Neutral,
}

impl WoeSource {
    /// The sources of the bins of a card's feature.
    pub fn of_feature(feature: &Feature) -> Vec<WoeSource> {
        let source = |from: Option<WoeFrom>| match from {
            None => WoeSource::Own,
            Some(WoeFrom::Bin(other)) => WoeSource::With(other),
            Some(WoeFrom::Neutral) => WoeSource::Neutral,
        };
        feature.bins.iter().map(|bin| source(bin.woe_from)).collect()
    }

    /// As a scorecard document states it.
    pub fn stated(self) -> Option<WoeFrom> {
        match self {
            WoeSource::Own => None,
            WoeSource::With(other) => Some(WoeFrom::Bin(other)),
            WoeSource::Neutral => Some(WoeFrom::Neutral),
        }
    }
}

impl BinTable {
    /// The table where some bins do not go by their own data. Bins that share a WOE count once in the information
    /// value: at the bin that the others go with.
    pub fn with_sources(counts: &BinCounts, sources: &[WoeSource]) -> Self {
        let mut table = BinTable::new(counts);
        let mut pooled = BinCounts { ..counts.clone() };
        for (bin, source) in sources.iter().enumerate() {
            if let WoeSource::With(other) = source {
                pooled.goods[*other] += std::mem::take(&mut pooled.goods[bin]);
                pooled.bads[*other] += std::mem::take(&mut pooled.bads[bin]);
            }
        }
        let together = BinTable::new(&pooled);
        for (bin, source) in sources.iter().enumerate() {
            let (woe, information_value) = match source {
                WoeSource::Own => (together.rows[bin].woe, together.rows[bin].information_value),
                WoeSource::With(other) => (together.rows[*other].woe, 0.0),
                WoeSource::Neutral => (0.0, 0.0),
            };
            let row = &mut table.rows[bin];
            (row.woe, row.information_value) = (woe, information_value);
            row.adjusted = *source == WoeSource::Own && together.rows[bin].adjusted;
        }
        table.information_value = table.rows.iter().map(|row| row.information_value).sum();
        table
    }

    /// The table of these counts. A bin without goods and bads has WOE 0: development says nothing about it, as about
    /// any unforeseen value. A bin with no goods or no bads has 0.5 added to both of its cells,
    /// totals unchanged. Without goods or without bads at all, every WOE and IV is 0.
    pub fn new(counts: &BinCounts) -> Self {
        let bins = counts.goods.len().saturating_sub(1);
        let all_goods: f64 = counts.goods.iter().sum();
        let all_bads: f64 = counts.bads.iter().sum();
        let one_class = all_goods <= 0.0 || all_bads <= 0.0;
        let rows: Vec<BinTableRow> = (0..bins)
            .map(|bin| {
                let (goods, bads) = (counts.goods[bin], counts.bads[bin]);
                let is_empty = goods + bads <= 0.0;
                let adjusted = !is_empty && (goods <= 0.0 || bads <= 0.0);
                let add = if adjusted { 0.5 } else { 0.0 };
                let (woe, information_value) = if one_class || is_empty {
                    (0.0, 0.0)
                } else {
                    woe_and_iv(goods + add, bads + add, all_goods, all_bads)
                };
                BinTableRow { cases: counts.cases[bin], goods, bads, woe, information_value, adjusted }
            })
            .collect();
        BinTable { information_value: rows.iter().map(|row| row.information_value).sum(), rows }
    }

    /// Number of bins that hold any development case.
    pub fn occupied(&self) -> usize {
        self.rows.iter().filter(|row| row.goods + row.bads > 0.0).count()
    }
}

/// WOE and information value of a bin with both cells above 0.
pub(super) fn woe_and_iv(goods: f64, bads: f64, all_goods: f64, all_bads: f64) -> (f64, f64) {
    let (good_share, bad_share) = (goods / all_goods, bads / all_bads);
    let woe = (good_share / bad_share).ln();
    (woe, (good_share - bad_share) * woe)
}
