//! Missing and special bins: WOE of their own data, of the nearest ordinary bin, or none.

use super::cell::Cell;
use super::rules::Rules;
use super::table::{BinTable, WoeSource};
use super::{BinningSpec, Found};
use crate::config::SeparateBin;
use scorewright_runtime::artifact::BinDomain;

/// Where each bin's WOE comes from; says so in the labels of the bins that do not go by their own data.
pub(super) fn woe_sources(
    found: &mut Found,
    cells: &[Cell],
    table: &BinTable,
    rules: &Rules<'_>,
    spec: &BinningSpec<'_>,
) -> Vec<WoeSource> {
    let is_ordinary = |domain: &BinDomain| !matches!(domain, BinDomain::Missing | BinDomain::Special(_));
    let ordinary: Vec<usize> = (0..found.bins.len()).filter(|bin| is_ordinary(&found.bins[*bin].1)).collect();
    let mut sources = vec![WoeSource::Own; found.bins.len()];
    for bin in 0..found.bins.len() {
        let choice = match &found.bins[bin].1 {
            BinDomain::Missing => spec.section.missing,
            BinDomain::Special(_) => spec.section.special_bins,
            _ => continue,
        };
        match choice {
            SeparateBin::Own => {}
            SeparateBin::Neutral => {
                sources[bin] = WoeSource::Neutral;
                found.bins[bin].0.push_str(" (neutral)");
            }
            // Without cases nothing is near: its WOE is 0 as it is.
            SeparateBin::Nearest if cells[bin].cases == 0.0 || rules.is_large_enough(&cells[bin]) => {}
            SeparateBin::Nearest => {
                let distance = |other: &usize| (table.rows[*other].woe - table.rows[bin].woe).abs();
                let nearest = ordinary.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b)));
                if let Some(nearest) = nearest {
                    sources[bin] = WoeSource::With(nearest);
                    let label = format!(" (few cases; with {})", found.bins[nearest].0);
                    found.bins[bin].0.push_str(&label);
                }
            }
        }
    }
    sources
}
