//! Reviewed edits of bins: made by a person, written into a file beside the card, replayed by training.
//!
//! An edit states what must hold; the optimum of everything that it leaves open is found anew. Edits work in their
//! order: a later one wins where it contradicts an earlier one or the card's own keys of the column.

mod apply;
mod concerns;
mod propose;
mod replay;
mod trend;
mod write;

pub use apply::apply;
pub use concerns::KEPT_VALUE;
pub use propose::{Request, propose};
pub use replay::{EditInWords, EditedFeature, Ground, Review, replay, review};
pub use trend::{trend, trend_found};
pub use write::append;

use scorewright_runtime::artifact::{BinDomain, DataFile, FeatureKind};

use crate::binning::Binning;
use crate::config::ReviewedBins;
use crate::digest::sha256_lines;

/// Digest of the data that were read: the SHA-256 of the file; of several, the SHA-256 of theirs, one a line.
pub fn data_digest(data: &[DataFile]) -> String {
    match data {
        [file] => file.sha256.clone(),
        files => sha256_lines(files.iter().map(|file| &file.sha256)),
    }
}

/// The cuts of a numeric feature's bins, rising.
pub fn cuts(binning: &Binning) -> Vec<f64> {
    let bounds = binning.bins.iter().filter_map(|(_, domain)| match domain {
        BinDomain::Interval { upper, .. } => *upper,
        _ => None,
    });
    bounds.collect()
}

/// The groups of a categorical feature's bins, in the order of the bins.
pub fn groups(binning: &Binning) -> Vec<Vec<String>> {
    let groups = binning.bins.iter().filter_map(|(_, domain)| match domain {
        BinDomain::Categories(texts) => Some(texts.clone()),
        _ => None,
    });
    groups.collect()
}

/// Number of bins, missing and special ones not counted.
pub fn ordinary(binning: &Binning) -> usize {
    let is_ordinary = |domain: &BinDomain| !matches!(domain, BinDomain::Special(_) | BinDomain::Missing);
    binning.bins.iter().filter(|(_, domain)| is_ordinary(domain)).count()
}

/// A feature's bins as an edit records them.
pub fn reviewed(binning: &Binning) -> ReviewedBins {
    let is_numeric = binning.kind == FeatureKind::Numeric;
    let (cuts, groups) = (cuts(binning), groups(binning));
    ReviewedBins {
        information_value: binning.table.information_value,
        trend: trend_found(binning),
        bins: ordinary(binning),
        cuts: is_numeric.then_some(cuts),
        groups: (!is_numeric).then_some(groups),
    }
}
