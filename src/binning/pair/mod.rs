//! Two columns as one feature: the bins of each span a grid, and regions of the grid are the feature's bins.

mod labels;
mod regions;

pub use regions::{GridCells, RegionRules, regions};

use rayon::prelude::*;
use scorewright_runtime::artifact::{Axis, AxisBin, BinDomain, FeatureKind};
use scorewright_runtime::binning::Partition;

use super::cell::Cell;
use super::table::{BinTable, count};
use super::{Binning, BinningSpec, bin};
use crate::cases::{Cases, FeatureColumn, Outcomes};
use crate::config::{AxisTrend, BinningSection, CardSpec, ColumnSettings, Monotone, Objective, PairSettings, SeparateBin};
use crate::error::{Error, ErrorKind, Result, internal};

/// Most bins of an axis: fixed cuts and groups of the column are taken as they stand, and may be more than were asked for.
const MOST_AXIS_BINS: usize = 64;

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
pub fn bin_pairs(spec: &CardSpec, cases: &Cases, development: &[u32]) -> Result<Vec<Binning>> {
    let columns = cases.columns();
    let pairs: Vec<(&String, &PairSettings)> = spec.features.pairs.iter().collect();
    let bin = |(name, pair): &(&String, &PairSettings)| {
        let column = |position: usize| {
            let wanted = &pair.of[position];
            columns.iter().find(|column| column.name == *wanted).copied().ok_or_else(|| {
                let refused = cases.refused.iter().find(|(column, _)| column == wanted);
                let reason = refused.map_or("it is not there", |(_, reason)| reason);
                let what = format!("features.pairs.{name}: {wanted:?} cannot be an axis: {reason}");
                spec.source.error(&["features", "pairs", name, "of"], what).help("take the pair out, or name another column")
            })
        };
        let columns = [column(0)?, column(1)?];
        bin_pair(name, pair, columns, &spec.features.columns, &spec.binning, &cases.outcomes, development)
    };
    pairs.par_iter().map(bin).collect()
}

/// Bins a pair on the cases of `development` and codes all cases.
///
/// # Errors
/// Those of binning its axes; [`ErrorKind::Configuration`] where an axis without an order is to have a trend, or has
/// too many bins.
pub fn bin_pair(
    name: &str,
    pair: &PairSettings,
    columns: [&FeatureColumn; 2],
    settings: &std::collections::BTreeMap<String, ColumnSettings>,
    section: &BinningSection,
    outcomes: &Outcomes,
    development: &[u32],
) -> Result<Binning> {
    let wrong = |what: String| Error::new(ErrorKind::Configuration, format!("features.pairs.{name}: {what}"));
    // An axis shows all that its column can tell: what the bins of a feature must respect is asked of the regions.
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
    let axis = |position: usize| {
        let column = columns[position];
        let own = settings.get(&column.name).cloned().unwrap_or_default();
        let is_ordered = column.values.kind() == FeatureKind::Numeric || own.order.is_some();
        if !is_ordered && pair.monotone[position] != AxisTrend::None {
            let what = format!("{:?} holds categories, which have no order, so there is no trend along it", column.name);
            return Err(wrong(what).help("write \"none\" for this axis, or state the order of its categories (order = [...])"));
        }
        let own = ColumnSettings { max_bins: None, monotone: None, missing: None, special_bins: None, ..own };
        let binning = bin(column, outcomes, development, &BinningSpec::new(&of_axis, &own))?;
        if binning.bins.len() > MOST_AXIS_BINS {
            let what = format!("{:?} has {} bins; an axis may have {MOST_AXIS_BINS}", column.name, binning.bins.len());
            return Err(wrong(what).help("state fewer cuts or groups for the column"));
        }
        Ok(binning)
    };
    let axes = [axis(0)?, axis(1)?];
    let grid = grid(&axes, outcomes, development);
    let region_of = regions(&grid, &rules(pair, section, &grid));
    let named = axes.each_ref().map(|axis| Axis {
        input: axis.name.clone(),
        kind: axis.kind,
        bins: axis.bins.iter().map(|(label, domain)| AxisBin { label: label.clone(), domain: domain.clone() }).collect(),
    });
    let places: Vec<[u16; 2]> =
        (0..grid.bins[0] as u16).flat_map(|row| (0..grid.bins[1] as u16).map(move |column| [row, column])).collect();
    let cells_where = |is_in: &dyn Fn(usize) -> bool| {
        places.iter().enumerate().filter(|(cell, _)| is_in(*cell)).map(|(_, place)| *place).collect::<Vec<_>>()
    };
    let count_of_regions = region_of.iter().max().map_or(0, |last| last + 1);
    let bins: Vec<(String, BinDomain)> = (0..count_of_regions)
        .map(|region| {
            let cells = cells_where(&|cell| region_of[cell] == region);
            (labels::region(&named, &cells), BinDomain::Cells(cells))
        })
        .collect();
    let [first, second] = axes;
    let partition = Partition::pair(name, [first.partition, second.partition], bins.iter().map(|(_, domain)| domain))
        .map_err(internal)?;
    let codes = encode_pair(&partition, &[first.codes, second.codes]);
    let counts = count(&codes, partition.bins(), outcomes, development);
    let empty = cells_where(&|cell| grid.cells[cell].cases <= 0.0);
    Ok(Binning {
        name: name.to_owned(),
        description: pair.description.clone(),
        kind: FeatureKind::Pair,
        bins,
        partition,
        codes,
        table: BinTable::new(&counts),
        trend_missed: false,
        pair: Some(PairAxes { empty: labels::region(&named, &empty), axes: named }),
    })
}

/// The codes of a pair by the codes on its two axes.
pub fn encode_pair(partition: &Partition, axes: &[Vec<u16>; 2]) -> Vec<u16> {
    axes[0].iter().zip(&axes[1]).map(|(first, second)| partition.cell(*first, *second)).collect()
}
