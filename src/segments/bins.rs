//! The bins of a card with segments, for review.

use super::SegmentPlan;
use crate::assembly::qualified;
use crate::binning::Binning;
use crate::config::SegmentsSection;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{BinnedCard, LoadedCard, bin_features};
use crate::progress::Progress;
use crate::suggest;

/// Bins every feature in every segment, or the one that is named `segment/feature`; of that one the samples hold the
/// cases of its segment only.
///
/// # Errors
/// Those of binning, named by segment; [`ErrorKind::UnknownColumn`] for a feature that no segment has.
pub(crate) fn bin_card(
    loaded: LoadedCard,
    section: &SegmentsSection,
    only: Option<&str>,
    progress: &dyn Progress,
) -> Result<BinnedCard> {
    let LoadedCard { spec, cases, mut samples, data_findings, .. } = loaded;
    let plan = SegmentPlan::new(&spec, section, &cases, &samples)?;
    let mut binnings = Vec::new();
    let all = samples.clone();
    for (place, segment) in plan.segments.iter().enumerate() {
        if only.is_some_and(|only| !only.starts_with(&format!("{}/", segment.name))) {
            continue;
        }
        let own = plan.samples(place, &all);
        let (found, _) = bin_features(&spec, &cases, own.development(), progress)
            .map_err(|e| e.about(&format!("segment {:?}", segment.name)))?;
        let named = found.into_iter().map(|one| Binning { name: qualified(Some(&segment.name), &one.name), ..one });
        binnings.extend(named.filter(|one| only.is_none_or(|only| only == one.name)));
        if only.is_some() {
            samples = own;
        }
    }
    if let Some(name) = only.filter(|_| binnings.is_empty()) {
        let names: Vec<String> = plan
            .segments
            .iter()
            .flat_map(|segment| cases.features.iter().map(|one| qualified(Some(&segment.name), &one.name)))
            .collect();
        let error = Error::new(ErrorKind::UnknownColumn, format!("no segment of the card has a feature {name:?}"));
        return Err(error.in_file(&spec.source.path).help(suggest::did_you_mean(
            name,
            "features",
            names.iter().map(String::as_str),
        )));
    }
    Ok(BinnedCard { spec, cases, samples, binnings, edited: Vec::new(), data_findings })
}
