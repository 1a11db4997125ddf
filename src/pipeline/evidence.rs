//! What a training run measures.

use std::collections::BTreeMap;

use scorewright_runtime::Scorecard;

use crate::binning::{Binning, SampleOutcomes};
use crate::cases::{Cases, WaterfallStep};
use crate::config::CardSpec;
use crate::error::Result;
use crate::evidence::{
    self, Bands, CardInput, CardSubject, Evidence, FeatureEvidence, MeasureOptions, ModelEvidence, Roles, ScoredSample,
    Subject, feature_evidence, sample_evidence,
};
use crate::progress::Progress;
use crate::sample::{SampleName, Samples};
use crate::selection::{Decision, Selection};

/// The figures of every feature on the samples.
pub(crate) fn measure_features(
    cases: &Cases,
    samples: &Samples,
    binnings: &[Binning],
    selection: &Selection,
) -> BTreeMap<String, FeatureEvidence> {
    let outcomes: Vec<(&str, SampleOutcomes<'_>)> = samples
        .samples
        .iter()
        .map(|sample| (sample.name.name(), SampleOutcomes::new(&cases.outcomes, &sample.rows)))
        .collect();
    binnings
        .iter()
        .enumerate()
        .map(|(position, binning)| {
            let counts: BTreeMap<_, _> = outcomes
                .iter()
                .map(|(name, sample)| ((*name).to_owned(), sample.count(&binning.codes, binning.partition.bins())))
                .collect();
            let reference = counts.get(SampleName::Development.name()).map(|c| c.cases.clone()).unwrap_or_default();
            let is_selected = selection.selected.contains(&position);
            let mut evidence = feature_evidence(is_selected, &reference, counts, binning.woe_sources.clone());
            evidence.over_time.clone_from(&binning.over_time);
            (binning.name.clone(), evidence)
        })
        .collect()
}

/// What training found, for its evidence.
pub(crate) struct Found<'a> {
    /// Every feature with its bins.
    pub binnings: &'a [Binning],
    /// Which of them stayed, and why.
    pub selection: &'a Selection,
    /// Their figures.
    pub features: BTreeMap<String, FeatureEvidence>,
    /// The fit; `None` where each segment has its own.
    pub model: Option<&'a ModelEvidence>,
}

/// Measures the samples of a training run.
///
/// # Errors
/// A stop, or a document that JSON cannot carry.
pub(crate) fn training_evidence(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    found: Found<'_>,
    scorecard: &Scorecard,
    scored: &[ScoredSample],
    progress: &dyn Progress,
) -> Result<Evidence> {
    let Found { binnings, selection, features, model } = found;
    let refused = cases.refused.iter().map(|(feature, reason)| Decision {
        feature: feature.clone(),
        selected: false,
        step: "column",
        reason: reason.clone(),
        information_value: None,
    });
    let mut waterfall: Vec<WaterfallStep> = cases.waterfall.clone();
    waterfall.extend(samples.waterfall.iter().cloned());
    let mut evidence = Evidence {
        samples: measure(scored, scorecard, cases, progress)?,
        features,
        score_psi: evidence::score_psi_by_sample(scored, scorecard),
        model: model.cloned(),
        waterfall,
        selection: selection.decisions.iter().cloned().chain(refused).collect(),
        selection_path: selection.path.clone(),
        warnings: cases
            .warnings
            .iter()
            .cloned()
            .chain(missed_trends(binnings))
            .chain(empty_cells(binnings))
            .chain(empty_bins(binnings))
            .chain(selection.warnings.iter().cloned())
            .collect(),
        ..Evidence::of(spec.card.name.clone())
    };
    evidence.conclude(&scorecard.document().limits);
    Ok(evidence)
}

/// Fixed cuts stand as they are; where they lack the trend that was asked for, a reader must know.
fn missed_trends(binnings: &[Binning]) -> impl Iterator<Item = String> + '_ {
    let missed = binnings.iter().filter(|binning| binning.trend_missed);
    missed.map(|binning| format!("the fixed cuts of {} do not give the trend that the card asks for", binning.name))
}

/// Places of pairs where development has nobody: what a case gets there is no more than a guess.
fn empty_cells(binnings: &[Binning]) -> impl Iterator<Item = String> + '_ {
    let empty = binnings.iter().filter_map(|binning| Some((&binning.name, &binning.pair.as_ref()?.empty)));
    empty.filter(|(_, places)| !places.is_empty()).map(|(name, places)| {
        format!("development has no case in a part of {name}, which goes with the region beside it: {places}")
    })
}

/// Bins that were stated and hold no good or bad development case: their WOE is no measurement.
fn empty_bins(binnings: &[Binning]) -> impl Iterator<Item = String> + '_ {
    binnings.iter().flat_map(|binning| {
        let bins = binning.bins.iter().zip(&binning.table.rows);
        let empty = bins.filter(|(_, row)| row.goods + row.bads <= 0.0);
        empty.map(|((label, _), _)| {
            format!(
                "the bin {label:?} of {} holds no good or bad development case; its weight of evidence is 0",
                binning.name
            )
        })
    })
}

/// The figures of every sample.
fn measure(
    scored: &[ScoredSample],
    scorecard: &Scorecard,
    cases: &Cases,
    progress: &dyn Progress,
) -> Result<BTreeMap<String, evidence::SampleEvidence>> {
    let input = CardInput::new(scorecard, &cases.columns())?;
    let bands = Bands::of_card(scorecard);
    let options = MeasureOptions { seed: scorecard.document().lineage.seed, ..MeasureOptions::default() };
    let mut samples = BTreeMap::new();
    for sample in scored {
        let subject = Subject {
            sample,
            roles: &Roles::default(),
            bands: &bands,
            card: Some(CardSubject { card: scorecard, cases, input: &input }),
            reference: None,
            options: &options,
        };
        samples.insert(sample.name.name().to_owned(), sample_evidence(&subject));
        progress.advance();
        progress.check()?;
    }
    Ok(samples)
}
