//! One fold: the whole pipeline on the cases that are fitted on, and the cases left out scored by its scorecard.

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::UnforeseenPolicy;

use crate::binning::Binning;
use crate::cases::Cases;
use crate::config::CardSpec;
use crate::edits::EditedFeature;
use crate::error::Result;
use crate::evidence::{CardInput, ScoredSample, score_cases};
use crate::pipeline::{LoadedCard, bin_features, select_and_fit};
use crate::progress::Progress;
use crate::sample::{SampleName, Samples};
use crate::{assembly, segments};

/// A scorecard that was fitted on part of the development cases.
#[derive(Debug, Clone)]
pub struct PartFit {
    /// The scorecard.
    pub scorecard: Scorecard,
    /// The cases that it was fitted on.
    pub fitted: ScoredSample,
    /// The cases that it never saw; empty for the card itself.
    pub left_out: ScoredSample,
}

/// The card for a study of models: with the PDs of the cases as they were drawn, since these are what the models are
/// measured on; and what a reader must know where the card itself moves them to the population's bad rate.
pub(crate) fn as_drawn(card: &LoadedCard) -> (CardSpec, Option<String>) {
    let mut spec = card.spec.clone();
    let moved = card.prior.is_none() && spec.sample.population_bad_rate.is_some();
    if !moved {
        return (spec, None);
    }
    spec.sample.population_bad_rate = None;
    let warning = "PDs, log loss and calibration are of the cases as drawn: the card's move to the population's bad rate is left out here";
    (spec, Some(warning.to_owned()))
}

/// The samples of a card for a study: without rejected applicants whose table lacks features.
pub(crate) fn study_samples(card: &LoadedCard) -> Samples {
    let mut samples = card.samples.clone();
    if !card.cases.rejected_lack.is_empty() {
        samples.samples.retain(|sample| sample.name != SampleName::Rejected);
    }
    samples
}

/// Bins on the development cases of `samples`; none where the card has segments, each of which bins its own.
pub(crate) fn bins(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    progress: &dyn Progress,
) -> Result<(Vec<Binning>, Vec<EditedFeature>)> {
    match spec.segments {
        Some(_) => Ok((Vec::new(), Vec::new())),
        None => bin_features(spec, cases, samples.development(), progress),
    }
}

/// The card, with WOE 0 for a value that a study's development never saw, where the card would refuse it.
pub(crate) fn forgiving(spec: &CardSpec) -> CardSpec {
    let mut spec = spec.clone();
    if spec.scaling.unforeseen == UnforeseenPolicy::Error {
        spec.scaling.unforeseen = UnforeseenPolicy::Neutral;
    }
    spec
}

/// Selects, fits and assembles a scorecard from bins that were made on the development cases of `samples`, and scores
/// these and the cases `left_out`; a card with segments makes its own bins. A value that the fold never saw counts with
/// WOE 0 where the card would refuse it.
///
/// # Errors
/// Those of selection, fit and assembly.
pub fn fit_part(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    binnings: &[Binning],
    left_out: &[u32],
    progress: &dyn Progress,
) -> Result<PartFit> {
    let spec = forgiving(spec);
    let scorecard = match &spec.segments {
        Some(section) => segments::scorecard(&spec, section, cases, samples, progress)?,
        None => {
            let (selection, model) = select_and_fit(&spec, cases, samples, binnings, progress)?;
            assembly::assemble(&spec, cases, samples, binnings, &selection.selected, &model)?
        }
    };
    let input = CardInput::new(&scorecard, &cases.columns())?;
    let score = |name, rows| score_cases(&scorecard, &input, cases, name, rows);
    let fitted = score(SampleName::Development, samples.development());
    let left_out = score(SampleName::Validation, left_out);
    Ok(PartFit { scorecard, fitted, left_out })
}

/// Tells of the wish to stop and keeps quiet about the steps of a part.
pub(crate) struct Quietly<'a>(pub &'a dyn Progress);

impl Progress for Quietly<'_> {
    fn begin(&self, _what: &str, _parts: usize) {}
    fn advance(&self) {}
    fn stopped(&self) -> bool {
        self.0.stopped()
    }
}
