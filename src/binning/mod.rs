//! Binning: every value of a feature into exactly one bin, found on the development sample.
//!
//! Values become codes once ([`encode`]); everything later works on codes and on small tables of
//! counts by code.

mod categorical;
mod cell;
mod counted;
mod infeasible;
mod labels;
mod numeric;
mod objective;
mod optimise;
mod outcomes;
mod pair;
mod prebins;
mod refine;
mod rules;
mod separate;
pub mod sketch;
mod solve;
mod spec;
mod stability;
mod table;

pub use cell::Cell;
pub use counted::{CountedColumn, PeriodCounts, bin_counted};
pub use infeasible::{Infeasible, explain};
pub(crate) use labels::{categories as categories_label, interval as interval_label, number as number_label};
pub(crate) use numeric::special_numbers;
pub use objective::Measure;
pub use optimise::{Segment, Solution, optimise, trend_of};
pub use outcomes::{Code, Count, SampleOutcomes};
pub use pair::{GridCells, PairAxes, RegionRules, bin_pair, bin_pairs, encode_pair, regions};
pub use prebins::cut_between;
pub use rules::{Boundary, Rules, Span, Stable, p_value};
pub use spec::BinningSpec;
pub use stability::{OverTime, PeriodCells, Periods};
pub use table::{BinCounts, BinTable, BinTableRow, WoeSource};

use rayon::prelude::*;
use scorewright_runtime::artifact::{BinDomain, FeatureKind, Literal};
use scorewright_runtime::binning::Partition;

use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::Monotone;
use crate::error::{Error, ErrorKind, Result, internal};
use crate::table::MISSING;

/// A feature with its bins.
#[derive(Debug, Clone)]
pub struct Binning {
    /// The feature.
    pub name: String,
    /// In words; may be empty.
    pub description: String,
    /// Numeric or categorical.
    pub kind: FeatureKind,
    /// The bins: ordinary ones first, then special, then missing.
    pub bins: Vec<(String, BinDomain)>,
    /// Value to bin.
    pub partition: Partition,
    /// The code of every case (development or not).
    pub codes: Vec<u16>,
    /// Weight of evidence and information value on the development sample.
    pub table: BinTable,
    /// Where the WOE of each bin comes from, on any sample.
    pub woe_sources: Vec<WoeSource>,
    /// Whether fixed cuts, which are used as they stand, lack the trend that the column asks for.
    pub trend_missed: bool,
    /// The trend of the good rate over the ordinary bins.
    pub trend: Monotone,
    /// Why there is only one ordinary bin; else empty.
    pub note: String,
    /// The bins by period, where the cases have days.
    pub over_time: Option<OverTime>,
    /// The axes, where it is a pair.
    pub pair: Option<PairAxes>,
}

/// Ordinary bins as they were found.
struct Found {
    bins: Vec<(String, BinDomain)>,
    /// Why there is only one; else empty.
    note: String,
    /// Information value that stability over time cost.
    price: Option<f64>,
}

/// Bins one feature on a development sample and codes all its values.
///
/// # Errors
/// [`ErrorKind::Value`] where fixed groups leave a category out or a special value does not fit the column's
/// type; [`ErrorKind::Configuration`] where no bins meet what the column itself asks for.
pub fn bin(
    feature: &FeatureColumn,
    development: &SampleOutcomes<'_>,
    periods: Option<&Periods>,
    spec: &BinningSpec<'_>,
) -> Result<Binning> {
    bin_column(feature, development, periods, spec).map_err(|e| e.in_column(&feature.name))
}

fn bin_column(
    feature: &FeatureColumn,
    development: &SampleOutcomes<'_>,
    periods: Option<&Periods>,
    spec: &BinningSpec<'_>,
) -> Result<Binning> {
    let kind = feature.values.kind();
    check_special(feature, spec)?;
    let is_ordered = kind == FeatureKind::Numeric || spec.settings.order.is_some();
    if !is_ordered && spec.settings.monotone.is_some() {
        return Err(Error::new(
            ErrorKind::Configuration,
            "the column holds categories, which have no order, so it can have no trend",
        )
        .help("take monotone out, state the order of the categories (order = [...]), or read the column as numbers: type = \"numeric\""));
    }
    let mut found = match &feature.values {
        FeatureValues::Numeric(values) => numeric::bins(values, development, periods, spec)?,
        FeatureValues::Categorical(values) => categorical::bins(values, development, periods, spec)?,
    };
    let ordinary = found.bins.len();
    for group in &spec.settings.special.0 {
        found.bins.push((group.name.clone(), BinDomain::Special(group.values.clone())));
    }
    let is_missing = |row: &u32| match &feature.values {
        FeatureValues::Numeric(values) => values[*row as usize].is_nan(),
        FeatureValues::Categorical(values) => values.codes[*row as usize] == MISSING,
    };
    if development.rows().iter().any(is_missing) {
        found.bins.push(("missing".to_owned(), BinDomain::Missing));
    }
    let partition =
        Partition::new(&feature.name, kind, found.bins.iter().map(|(_, domain)| domain)).map_err(internal)?;
    let codes = encode(&partition, &feature.values);
    let counts = development.count(&codes, partition.bins());
    let mut table = BinTable::new(&counts);
    let mut woe_sources = vec![WoeSource::Own; found.bins.len()];
    let is_own = |choice| choice == crate::config::SeparateBin::Own;
    if !is_own(spec.section.missing) || !is_own(spec.section.special_bins) {
        let cells = development.cells(&codes, partition.bins() + 1);
        let rules = spec.rules(development.all(), Monotone::None, Vec::new());
        woe_sources = separate::woe_sources(&mut found, &cells, &table, &rules, spec);
        table = BinTable::with_sources(&counts, &woe_sources);
    }
    let rates = good_rates(&table.rows[..ordinary]);
    let trend_missed = (spec.settings.cuts.is_some() || spec.settings.groups.is_some())
        && spec.settings.monotone.is_some_and(|trend| !optimise::has_trend(&rates, trend));
    let over_time = periods.map(|periods| {
        let by_period = periods.cells(&codes, partition.bins() + 1, development);
        OverTime { price: found.price, ..OverTime::new(periods, by_period[..partition.bins()].to_vec(), ordinary) }
    });
    Ok(Binning {
        name: feature.name.clone(),
        description: feature.description.clone(),
        kind,
        trend: if is_ordered { trend_of(&rates) } else { Monotone::None },
        bins: found.bins,
        partition,
        codes,
        table,
        woe_sources,
        trend_missed,
        note: found.note,
        over_time,
        pair: None,
    })
}

/// Good rates of the bins that hold cases.
fn good_rates(rows: &[BinTableRow]) -> Vec<f64> {
    rows.iter().filter(|row| row.goods + row.bads > 0.0).map(|row| row.goods / (row.goods + row.bads)).collect()
}

/// Bins features in parallel; the result is in the order of `features`. Of several errors the first in that order is
/// given, so that the same data always give the same one.
///
/// # Errors
/// As [`bin`].
pub fn bin_all<'a>(
    features: &[FeatureColumn],
    development: &SampleOutcomes<'_>,
    periods: Option<&Periods>,
    spec: impl Fn(&FeatureColumn) -> BinningSpec<'a> + Sync,
    done: impl Fn() -> Result<()> + Sync,
) -> Result<Vec<Binning>> {
    let binnings: Result<Vec<Result<Binning>>> = features
        .par_iter()
        .map(|feature| {
            let binning = bin(feature, development, periods, &spec(feature));
            // Only a stop ends the others early.
            done()?;
            Ok(binning)
        })
        .collect();
    binnings?.into_iter().collect()
}

/// The bin code of every value.
pub fn encode(partition: &Partition, values: &FeatureValues) -> Vec<u16> {
    match values {
        FeatureValues::Numeric(values) => encode_numbers(partition, values),
        FeatureValues::Categorical(values) => {
            let levels: Vec<u16> = values.levels.iter().map(|text| partition.category(text)).collect();
            let missing = partition.missing();
            values.codes.iter().map(|code| levels.get(*code as usize).copied().unwrap_or(missing)).collect()
        }
    }
}

fn encode_numbers(partition: &Partition, values: &[f64]) -> Vec<u16> {
    let mut codes = vec![0; values.len()];
    partition.numbers_into(values, &mut codes);
    codes
}

fn check_special(feature: &FeatureColumn, spec: &BinningSpec<'_>) -> Result<()> {
    for value in spec.settings.special.0.iter().flat_map(|group| &group.values) {
        if feature.values.kind() == FeatureKind::Numeric && !matches!(value, Literal::Number(_)) {
            return Err(Error::new(
                ErrorKind::Value,
                format!("the special value {value:?} is a text, but the column holds numbers"),
            )
            .help("write the special value as a number, or read the column as categories: type = \"categorical\""));
        }
    }
    match spec.settings.special_fault() {
        Some((_, what)) => Err(Error::new(ErrorKind::Configuration, what)),
        None => Ok(()),
    }
}
