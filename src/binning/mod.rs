//! Binning: every value of a feature into exactly one bin, found on the development sample.
//!
//! Values become codes once ([`encode`]); everything later works on codes and on small tables of
//! counts by code.

mod categorical;
mod labels;
mod numeric;
mod optimise;
mod prebins;
pub mod sketch;
mod table;

pub use optimise::{Partitioning, Segment, optimise};
pub use prebins::{Prebin, cut_between};
pub use table::{BinCounts, BinTable, BinTableRow, count};

use rayon::prelude::*;
use scorewright_runtime::artifact::{BinDomain, FeatureKind, Literal};
use scorewright_runtime::binning::Partition;

use crate::cases::{FeatureColumn, FeatureValues, Outcomes};
use crate::config::{BinningSection, ColumnSettings, Monotone};
use crate::error::{Error, ErrorKind, Result, internal};
use crate::table::MISSING;

/// What decides a feature's bins, checked.
#[derive(Debug, Clone)]
pub struct BinningSpec<'a> {
    /// Most bins, missing and special ones not counted.
    pub max_bins: usize,
    /// Least share of the development weight in a bin.
    pub min_share: f64,
    /// Trend of the good rate.
    pub monotone: Monotone,
    /// The column's own settings.
    pub settings: &'a ColumnSettings,
}

impl<'a> BinningSpec<'a> {
    /// The column's settings where it has any, else the card's.
    pub fn new(section: &BinningSection, settings: &'a ColumnSettings) -> Self {
        BinningSpec {
            max_bins: section.max_bins,
            min_share: section.min_share,
            monotone: settings.monotone.unwrap_or(section.monotone),
            settings,
        }
    }
}

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
    /// Whether fixed cuts, which are used as they stand, lack the trend that the column asks for.
    pub trend_missed: bool,
}

/// Bins one feature on the cases of `development` and codes all its values.
///
/// # Errors
/// [`ErrorKind::Value`] where fixed groups leave a category out or a special value does not fit the
/// column's type.
pub fn bin(
    feature: &FeatureColumn,
    outcomes: &Outcomes,
    development: &[u32],
    spec: &BinningSpec<'_>,
) -> Result<Binning> {
    let kind = feature.values.kind();
    check_special(feature, spec)?;
    if kind == FeatureKind::Categorical && spec.settings.monotone.is_some() {
        return Err(Error::new(
            ErrorKind::Configuration,
            "the column holds categories, which have no order, so it can have no trend",
        )
        .in_column(&feature.name)
        .help("take monotone out, or read the column as numbers: type = \"numeric\""));
    }
    let total: f64 = development.iter().map(|row| determinate_weight(outcomes, *row as usize)).sum();
    let mut bins = match &feature.values {
        FeatureValues::Numeric(values) => numeric::bins(values, outcomes, development, total, spec),
        FeatureValues::Categorical(values) => {
            categorical::bins(&feature.name, values, outcomes, development, total, spec)?
        }
    };
    for group in &spec.settings.special.0 {
        bins.push((group.name.clone(), BinDomain::Special(group.values.clone())));
    }
    let has_missing = development.iter().any(|row| match &feature.values {
        FeatureValues::Numeric(values) => values[*row as usize].is_nan(),
        FeatureValues::Categorical(values) => values.codes[*row as usize] == MISSING,
    });
    if has_missing {
        bins.push(("missing".to_owned(), BinDomain::Missing));
    }
    let partition = Partition::new(&feature.name, kind, bins.iter().map(|(_, domain)| domain)).map_err(internal)?;
    let codes = encode(&partition, &feature.values);
    let counts = count(&codes, partition.bins(), outcomes, development);
    let table = BinTable::new(&counts);
    let trend_missed = spec.settings.cuts.is_some()
        && spec.settings.monotone.is_some_and(|trend| !optimise::has_trend(&interval_rates(&bins, &table), trend));
    Ok(Binning {
        name: feature.name.clone(),
        description: feature.description.clone(),
        kind,
        bins,
        partition,
        codes,
        table,
        trend_missed,
    })
}

/// Good rates of the intervals that hold cases, from low values to high.
fn interval_rates(bins: &[(String, BinDomain)], table: &BinTable) -> Vec<f64> {
    bins.iter()
        .zip(&table.rows)
        .filter(|((_, domain), row)| matches!(domain, BinDomain::Interval { .. }) && row.goods + row.bads > 0.0)
        .map(|(_, row)| row.goods / (row.goods + row.bads))
        .collect()
}

/// Bins features in parallel; the result is in the order of `features`.
///
/// # Errors
/// As [`bin`].
pub fn bin_all<'a>(
    features: &[FeatureColumn],
    outcomes: &Outcomes,
    development: &[u32],
    spec: impl Fn(&FeatureColumn) -> BinningSpec<'a> + Sync,
    done: impl Fn() -> Result<()> + Sync,
) -> Result<Vec<Binning>> {
    features
        .par_iter()
        .map(|feature| {
            let binning = bin(feature, outcomes, development, &spec(feature));
            done()?;
            binning
        })
        .collect()
}

/// The bin code of every value.
pub fn encode(partition: &Partition, values: &FeatureValues) -> Vec<u16> {
    match values {
        FeatureValues::Numeric(values) => values.iter().map(|x| partition.number(*x)).collect(),
        FeatureValues::Categorical(values) => {
            let levels: Vec<u16> = values.levels.iter().map(|text| partition.category(text)).collect();
            let missing = partition.missing();
            values.codes.iter().map(|code| levels.get(*code as usize).copied().unwrap_or(missing)).collect()
        }
    }
}

fn determinate_weight(outcomes: &Outcomes, row: usize) -> f64 {
    outcomes.goods[row] + outcomes.bads[row]
}

fn check_special(feature: &FeatureColumn, spec: &BinningSpec<'_>) -> Result<()> {
    for value in spec.settings.special.0.iter().flat_map(|group| &group.values) {
        if feature.values.kind() == FeatureKind::Numeric && !matches!(value, Literal::Number(_)) {
            return Err(Error::new(
                ErrorKind::Value,
                format!("the special value {value:?} is a text, but the column holds numbers"),
            )
            .in_column(&feature.name)
            .help("write the special value as a number, or read the column as categories: type = \"categorical\""));
        }
    }
    Ok(())
}
