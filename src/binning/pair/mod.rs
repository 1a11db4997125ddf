//! Two columns as one feature: the bins of each span a grid, and regions of the grid are the feature's bins.

mod labels;
mod regions;

pub use regions::{GridCells, RegionRules, regions};

use std::collections::BTreeMap;

use rayon::prelude::*;
use scorewright_runtime::artifact::{Axis, AxisBin, BinDomain, FeatureKind};
use scorewright_runtime::binning::Partition;

use super::cell::Cell;
use super::outcomes::SampleOutcomes;
use super::table::{BinTable, WoeSource};
use super::{Binning, BinningSpec, bin};
use crate::cases::{Cases, FeatureColumn};
use crate::config::{
    AxisTrend, BinningSection, CardSpec, ColumnSettings, Monotone, Objective, PairSettings, SeparateBin,
};
use crate::error::{Error, ErrorKind, Result, internal};

/// Most bins of an axis: fixed cuts and groups of a column are taken as they stand, and may be more than were asked for.
const MOST_AXIS_BINS: usize = 32;

/// What a pair has besides its bins.
#[derive(Debug, Clone)]
pub struct PairAxes {
    /// The two axes with their bins.
    pub axes: [Axis; 2],
    /// Cells of the grid in which no development case stands, in words; empty: there are none.
    pub empty: String,
}

/// Bins the pairs of a card, in the order of their names.
///
/// # Errors
/// As [`bin_pair`]; [`ErrorKind::Configuration`] for a column that cannot be an axis.
pub fn bin_pairs(spec: &CardSpec, cases: &Cases, development: &SampleOutcomes<'_>) -> Result<Vec<Binning>> {
    let columns = cases.columns();
    let pairs: Vec<(&String, &PairSettings)> = spec.features.pairs.iter().collect();
    let bin = |(name, pair): &(&String, &PairSettings)| {
        let column = |wanted: &String| {
            columns.iter().find(|column| column.name == *wanted).copied().ok_or_else(|| {
                let refused = cases.refused.iter().find(|(column, _)| column == wanted);
                let reason = refused.map_or("it is not there", |(_, reason)| reason);
                let what = format!("features.pairs.{name}: {wanted:?} cannot be an axis: {reason}");
                let error = spec.source.error(&["features", "pairs", name, "of"], what);
                error.help("take the pair out, or name another column")
            })
        };
        let columns = [column(&pair.of[0])?, column(&pair.of[1])?];
        bin_pair(name, pair, columns, &spec.features.columns, &spec.binning, development)
    };
    // All of them, so that of several errors the first is given.
    let binnings: Vec<Result<Binning>> = pairs.par_iter().map(bin).collect();
    binnings.into_iter().collect()
}

/// Bins a pair on a development sample and codes all cases. `columns` are in the order of the pair's `of`; their
/// own `settings`, those of special values, cuts and groups, hold for the axes too.
///
/// # Errors
/// Those of binning its axes; [`ErrorKind::Configuration`] where an axis without an order is to have a trend, or has
/// too many bins.
pub fn bin_pair(
    name: &str,
    pair: &PairSettings,
    columns: [&FeatureColumn; 2],
    settings: &BTreeMap<String, ColumnSettings>,
    section: &BinningSection,
    development: &SampleOutcomes<'_>,
) -> Result<Binning> {
    // An axis shows all that its column can tell; what bins must respect is asked of the regions.
    let of_axis = BinningSection {
        max_bins: pair.axis_bins,
        monotone: Monotone::None,
        objective: Objective::InformationValue,
        min_woe_difference: 0.0,
        max_p_value: None,
        missing: SeparateBin::Own,
        special_bins: SeparateBin::Own,
        stable: None,
        ..section.clone()
    };
    let default = ColumnSettings::default();
    let axis = |position: usize| {
        let column = columns[position];
        let own = settings.get(&column.name).unwrap_or(&default);
        bin_axis(name, column, pair.monotone[position], &of_axis, own, development)
    };
    let axes = [axis(0)?, axis(1)?];
    let grid = grid(&axes, development);
    let of_regions = BinningSection {
        max_bins: pair.max_bins.unwrap_or(section.max_bins),
        min_woe_difference: section.min_woe_difference,
        max_p_value: section.max_p_value,
        ..of_axis
    };
    let rules = BinningSpec::new(&of_regions, &default).rules(development.all(), Monotone::None, Vec::new());
    let region_of = regions(&grid, &RegionRules { trends: pair.monotone, rules });

    let named = axes.each_ref().map(|axis| Axis {
        input: axis.name.clone(),
        kind: axis.kind,
        bins: axis
            .bins
            .iter()
            .map(|(label, domain)| AxisBin { label: label.clone(), domain: domain.clone() })
            .collect(),
    });
    let places = |is_in: &dyn Fn(usize) -> bool| -> Vec<[u16; 2]> {
        let cells = (0..grid.cells.len()).filter(|cell| is_in(*cell));
        cells.map(|cell| grid.place(cell).map(|place| place as u16)).collect()
    };
    let count = region_of.iter().max().map_or(0, |last| last + 1);
    let bins: Vec<(String, BinDomain)> = (0..count)
        .map(|region| {
            let cells = places(&|cell| region_of[cell] == region);
            (labels::region(&named, &cells), BinDomain::Cells(cells))
        })
        .collect();
    let empty = labels::region(&named, &places(&|cell| grid.cells[cell].cases <= 0.0));
    let [first, second] = axes;
    let domains = bins.iter().map(|(_, domain)| domain);
    let partition = Partition::pair(name, [first.partition, second.partition], domains).map_err(internal)?;
    let codes = encode_pair(&partition, &[first.codes, second.codes]);
    let table = BinTable::new(&development.count(&codes, partition.bins()));
    let note = "no two regions of the pair stay apart under the rules for bins (trend, least sizes)";
    Ok(Binning {
        name: name.to_owned(),
        description: pair.description.clone(),
        kind: FeatureKind::Pair,
        note: if table.occupied() < 2 { note.to_owned() } else { String::new() },
        woe_sources: vec![WoeSource::Own; bins.len()],
        bins,
        partition,
        codes,
        table,
        trend_missed: false,
        trend: Monotone::None,
        over_time: None,
        pair: Some(PairAxes { axes: named, empty }),
    })
}

/// The bins of an axis by themselves.
fn bin_axis(
    pair: &str,
    column: &FeatureColumn,
    trend: AxisTrend,
    section: &BinningSection,
    own: &ColumnSettings,
    development: &SampleOutcomes<'_>,
) -> Result<Binning> {
    let wrong = |what: String| {
        Error::new(ErrorKind::Configuration, format!("features.pairs.{pair}: {what}")).in_column(&column.name)
    };
    let is_ordered = column.values.kind() == FeatureKind::Numeric || own.order.is_some();
    if !is_ordered && trend != AxisTrend::None {
        return Err(wrong(
            "the column holds categories, which have no order, so there can be no trend along it".into(),
        )
        .help("write \"none\" for this axis, or state the order of its categories (order = [...])"));
    }
    let own = ColumnSettings { max_bins: None, monotone: None, missing: None, special_bins: None, ..own.clone() };
    let binning = bin(column, development, None, &BinningSpec::new(section, &own))?;
    match binning.bins.len() {
        0..=MOST_AXIS_BINS => Ok(binning),
        bins => Err(wrong(format!("the column has {bins} bins; an axis has at most {MOST_AXIS_BINS}"))
            .help("state fewer cuts or groups for the column")),
    }
}

/// The development cases in the grid that two axes span.
fn grid(axes: &[Binning; 2], development: &SampleOutcomes<'_>) -> GridCells {
    let bins = axes.each_ref().map(|axis| axis.bins.len());
    let is_ordinary = |domain: &BinDomain| matches!(domain, BinDomain::Interval { .. } | BinDomain::Categories(_));
    let mut cells = vec![Cell::default(); bins[0] * bins[1]];
    for (position, case) in development.rows().iter().enumerate() {
        let [row, column] = axes.each_ref().map(|axis| usize::from(axis.codes[*case as usize]));
        cells[row * bins[1] + column] += development.case(position);
    }
    GridCells {
        bins,
        ordinary: axes.each_ref().map(|axis| axis.bins.iter().filter(|(_, domain)| is_ordinary(domain)).count()),
        cells,
        woe: axes.each_ref().map(|axis| axis.table.rows.iter().map(|row| row.woe).collect()),
    }
}

/// The codes of a pair by the codes on its two axes.
pub fn encode_pair(partition: &Partition, axes: &[Vec<u16>; 2]) -> Vec<u16> {
    axes[0].iter().zip(&axes[1]).map(|(first, second)| partition.cell(*first, *second)).collect()
}
