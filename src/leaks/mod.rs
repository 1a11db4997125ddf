//! Features that look like the outcome, and cases that stand on both sides of a split. Works on plain columns of
//! cases; every rule is stated with its thresholds. What becomes of such a feature is for selection to say.

mod ratio;
mod single;
mod twins;

pub use single::{FeatureLeak, of_features};
pub use twins::{Twins, of_samples};

use crate::binning::BinTable;
use crate::cases::Cases;
use crate::sample::Samples;

/// Warnings of twins across samples.
///
/// `profile` names the features that together are a person's profile; where it is empty and `by_default` holds, all
/// features together are one.
pub fn twin_warnings(cases: &Cases, samples: &Samples, profile: &[String], by_default: bool) -> Vec<String> {
    let has_groups = cases.groups.is_some();
    of_samples(cases, samples, profile, by_default).iter().map(|twins| twins.in_words(has_groups)).collect()
}

/// The AUC of a feature's bins in the order of their weights of evidence, where it is suspicious: a feature whose worst
/// values lie in the middle shows nothing in the order of its values.
pub fn suspicious_bins(table: &BinTable) -> Option<f64> {
    let mut rows: Vec<_> = table.rows.iter().collect();
    rows.sort_by(|a, b| a.woe.total_cmp(&b.woe));
    let goods: f64 = rows.iter().map(|row| row.goods).sum();
    let bads: f64 = rows.iter().map(|row| row.bads).sum();
    let (mut below, mut area) = (0.0, 0.0);
    for row in rows {
        area += row.goods * (below + row.bads / 2.0);
        below += row.bads;
    }
    let auc = area / (goods * bads);
    (auc > single::GREATEST_AUC).then_some(auc)
}
