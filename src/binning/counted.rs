//! Bins of a column that is known by counts: so many cases in each place, a place being a value, a category or a cell
//! of neighbouring values. Found by the code that finds the bins of columns in memory.

use super::outcomes::{Count, SampleOutcomes};
use super::stability::Periods;
use super::{Binning, BinningSpec, bin, numeric};
use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::{ColumnSettings, ForbiddenCut, SpecialValues};
use crate::error::{Result, internal};
use scorewright_runtime::artifact::BinDomain;

/// Cases by place and period.
#[derive(Debug, Clone)]
pub struct PeriodCounts {
    /// Names of the periods, in order of time.
    pub names: Vec<String>,
    /// (goods, bads) by place and period.
    pub counts: Vec<Vec<(f64, f64)>>,
}

/// A column by places.
#[derive(Debug, Clone)]
pub struct CountedColumn {
    /// One value a place: the place's own, or where a place is a cell, any of its values.
    pub column: FeatureColumn,
    /// The cases by place.
    pub counts: Vec<Count>,
    /// The same by period, where the cases have days.
    pub periods: Option<PeriodCounts>,
    /// Where places of ordinary numbers are cells: the cuts between them, rising, fixed ones included. A cell begins
    /// with the cut below it.
    pub cuts: Option<Vec<f64>>,
}

/// Bins a column that is known by places. The counts of the bins are exact: cuts lie between places only. The codes of
/// the result are those of the places.
///
/// # Errors
/// As [`bin`].
pub fn bin_counted(counted: &CountedColumn, spec: &BinningSpec<'_>) -> Result<Binning> {
    let rows: Vec<u32> = (0..counted.counts.len() as u32).collect();
    let sample = SampleOutcomes::counted(&counted.counts, &rows);
    let periods = counted.periods.as_ref().map(|p| Periods::counted(p.names.clone(), p.counts.clone()));
    let (Some(cuts), FeatureValues::Numeric(values), None) =
        (&counted.cuts, &counted.column.values, &spec.settings.cuts)
    else {
        return bin(&counted.column, &sample, periods.as_ref(), spec);
    };
    // Cells have numbers for values, so that every cut between them is the lower end of a cell.
    let special = numeric::special_numbers(spec.settings);
    let cell = |value: &f64| match value.is_nan() || special.contains(value) {
        true => f64::NAN,
        false => cuts.partition_point(|cut| cut <= value) as f64,
    };
    let cells: Vec<f64> = values.iter().map(cell).collect();
    let settings = in_cells(spec.settings, cuts);
    let in_cells = BinningSpec { settings: &settings, ..spec.clone() };
    let found =
        numeric::bins(&cells, &sample, periods.as_ref(), &in_cells).map_err(|e| e.in_column(&counted.column.name))?;
    let lower_end = |cell: &f64| cuts.get((*cell as usize).wrapping_sub(1)).copied();
    let found_cuts: Vec<f64> = found
        .bins
        .iter()
        .filter_map(|(_, domain)| match domain {
            BinDomain::Interval { lower, .. } => lower.as_ref().map(|cell| lower_end(cell).ok_or(*cell)),
            _ => None,
        })
        .collect::<std::result::Result<_, _>>()
        .map_err(|cell| internal(format!("a cut at the cell {cell}")))?;
    let settings = ColumnSettings { cuts: Some(found_cuts), ..spec.settings.clone() };
    let with_cuts = BinningSpec { settings: &settings, ..spec.clone() };
    let mut binning = bin(&counted.column, &sample, periods.as_ref(), &with_cuts)?;
    // These cuts were found, not given.
    binning.trend_missed = false;
    binning.note = found.note;
    if let Some(over_time) = &mut binning.over_time {
        over_time.price = found.price;
    }
    Ok(binning)
}

/// The settings of a column whose values are the numbers of its cells.
fn in_cells(settings: &ColumnSettings, cuts: &[f64]) -> ColumnSettings {
    let above = |value: f64| cuts.partition_point(|cut| *cut <= value);
    let below = |value: f64| cuts.partition_point(|cut| *cut < value);
    let forbidden = settings.forbidden_cuts.iter().filter_map(|forbidden| {
        let (first, last) = forbidden.range();
        let (first, last) = (below(first) + 1, above(last));
        (first <= last).then_some(ForbiddenCut::Range([first as f64, last as f64]))
    });
    ColumnSettings {
        special: SpecialValues::default(),
        fixed_cuts: settings.fixed_cuts.iter().map(|cut| above(*cut) as f64).collect(),
        forbidden_cuts: forbidden.collect(),
        ..settings.clone()
    }
}
