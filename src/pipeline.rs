//! The whole path, from a card's file to a scorecard with its evidence.

use std::collections::BTreeMap;

use scorewright_runtime::Scorecard;

use crate::binning::{self, Binning, BinningSpec, count};
use crate::cases::{Cases, WaterfallStep};
use crate::config::{CardSpec, CaseSource, ColumnSettings};
use crate::error::{Error, Result};
use crate::evidence::{self, CardInput, Evidence, ScoredSample, feature_evidence, sample_evidence, score_cases};
use crate::model::{self, Model};
use crate::progress::Progress;
use crate::sample::{self, SampleName, Samples};
use crate::selection::{self, Decision, Selection};
use crate::{assembly, features, population, ready_made};

/// Everything a training run made.
#[derive(Debug)]
pub struct TrainedCard {
    /// The card's configuration.
    pub spec: CardSpec,
    /// The cases with their outcomes and features.
    pub cases: Cases,
    /// Which case was used for what.
    pub samples: Samples,
    /// Every feature with its bins, in the order of the cases' features.
    pub binnings: Vec<Binning>,
    /// Which features stayed, and why.
    pub selection: Selection,
    /// The scorecard, loaded back from its own bytes.
    pub scorecard: Scorecard,
    /// The samples scored by the scorecard.
    pub scored: Vec<ScoredSample>,
    /// Every measure.
    pub evidence: Evidence,
}

/// Trains a card: cases, samples, bins, selection, fit, points, evidence.
///
/// # Errors
/// Whatever is wrong with configuration or data, in terms of files, columns and features.
pub fn train(spec: CardSpec, progress: &dyn Progress) -> Result<TrainedCard> {
    progress.begin("reading cases", 0);
    let spec = features::with_standard(spec)?;
    let cases = read_cases(&spec, progress)?;
    progress.check()?;

    // What goes wrong from here on is about the card as a whole, where it is not about a place in it.
    let in_card = |e: Error| e.in_file(&spec.source.path);
    let samples = sample::draw(&cases, &spec.sample, spec.seed).map_err(in_card)?;
    let development = samples.development();

    progress.begin("binning features", cases.features.len());
    let default = ColumnSettings::default();
    let binnings = binning::bin_all(
        &cases.features,
        &cases.outcomes,
        development,
        |feature| {
            BinningSpec::new(&spec.binning, ready_made::settings(&spec.features.columns, &feature.name, &default))
        },
        || {
            progress.advance();
            progress.check()
        },
    )
    .map_err(in_card)?;

    progress.begin("selecting features", 0);
    let selection =
        selection::select(&binnings, &cases.outcomes, development, &cases.refused, &spec, progress).map_err(in_card)?;
    progress.check()?;

    progress.begin("fitting", 0);
    let model = model::fit(&binnings, &selection.selected, &cases, development, &spec).map_err(in_card)?;
    let scorecard = assembly::assemble(&spec, &cases, &samples, &binnings, &selection.selected, &model)?;
    progress.check()?;

    progress.begin("measuring", samples.samples.len());
    let input = CardInput::new(&scorecard, &cases.features)?;
    let scored: Vec<ScoredSample> = samples
        .samples
        .iter()
        .map(|sample| score_cases(&scorecard, &input, &cases, sample.name, &sample.rows))
        .collect();
    let evidence =
        training_evidence(&spec, &cases, &samples, &binnings, &selection, &model, &scorecard, &scored, progress)?;
    Ok(TrainedCard { spec, cases, samples, binnings, selection, scorecard, scored, evidence })
}

fn read_cases(spec: &CardSpec, progress: &dyn Progress) -> Result<Cases> {
    match &spec.cases {
        CaseSource::Table(table, outcome) => ready_made::cases(spec, table, outcome),
        CaseSource::History(project, population, outcome) => {
            population::cases(spec, project, population, outcome, progress)
        }
    }
}

/// Measures the samples of a training run.
#[expect(clippy::too_many_arguments, reason = "these are the results of the steps above, one each")]
fn training_evidence(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    binnings: &[Binning],
    selection: &Selection,
    model: &Model,
    scorecard: &Scorecard,
    scored: &[ScoredSample],
    progress: &dyn Progress,
) -> Result<Evidence> {
    let features = binnings
        .iter()
        .enumerate()
        .map(|(position, binning)| {
            let counts: BTreeMap<_, _> = samples
                .samples
                .iter()
                .map(|sample| {
                    let counts = count(&binning.codes, binning.partition.bins(), &cases.outcomes, &sample.rows);
                    (sample.name.name().to_owned(), counts)
                })
                .collect();
            let reference = counts.get(SampleName::Development.name()).map(|c| c.cases.clone()).unwrap_or_default();
            (binning.name.clone(), feature_evidence(selection.selected.contains(&position), &reference, counts))
        })
        .collect();
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
        format: "scorewright.evidence",
        format_version: 1,
        card: spec.card.name.clone(),
        scorecard_sha256: Some(crate::digest::sha256(&scorecard.document().to_json()?)),
        samples: measure(scored, scorecard, spec.seed, progress)?,
        features,
        score_psi: evidence::score_psi_by_sample(scored, scorecard),
        model: Some(model.evidence.clone()),
        limits: Vec::new(),
        waterfall,
        selection: selection.decisions.iter().cloned().chain(refused).collect(),
        warnings: cases.warnings.iter().cloned().chain(missed_trends(binnings)).collect(),
    };
    evidence.conclude(&scorecard.document().limits);
    Ok(evidence)
}

/// Fixed cuts stand as they are; where they lack the trend that was asked for, a reader must know.
fn missed_trends(binnings: &[Binning]) -> impl Iterator<Item = String> + '_ {
    let missed = binnings.iter().filter(|binning| binning.trend_missed);
    missed.map(|binning| format!("the fixed cuts of {} do not give the trend that the card asks for", binning.name))
}

/// The figures of every sample.
pub(crate) fn measure(
    scored: &[ScoredSample],
    scorecard: &Scorecard,
    seed: u64,
    progress: &dyn Progress,
) -> Result<BTreeMap<String, evidence::SampleEvidence>> {
    let mut samples = BTreeMap::new();
    for sample in scored {
        samples.insert(sample.name.name().to_owned(), sample_evidence(sample, &scorecard.document().score_bands, seed));
        progress.advance();
        progress.check()?;
    }
    Ok(samples)
}
