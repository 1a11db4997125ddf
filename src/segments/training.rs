//! Training of a card with segments: each developed on its own, one scorecard, and one card for all to compare with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use scorewright_runtime::Scorecard;

use super::SegmentPlan;
use crate::assembly::{self, SegmentPart, qualified};
use crate::binning::Binning;
use crate::cases::Cases;
use crate::config::{CardSpec, PriorBy, SegmentsSection};
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::{FeatureEvidence, ScoredSample, SegmentsComparison, Verdict, compare_cards, segments_evidence};
use crate::model;
use crate::pipeline::{
    Developed, Found, LoadedCard, TrainedCard, develop, leave_rejected_out, measure_features, score_samples, seal,
    training_evidence, twins,
};
use crate::progress::Progress;
use crate::sample::Samples;
use crate::selection::{Decision, Selection};
use crate::standards::{DEFAULT_STANDARD, Standard};

/// Trains a card with segments.
///
/// # Errors
/// Those of training, named by segment.
pub(crate) fn train(loaded: LoadedCard, section: &SegmentsSection, progress: &dyn Progress) -> Result<TrainedCard> {
    let LoadedCard { spec, mut cases, mut samples, prior, data_findings, headings } = loaded;
    leave_rejected_out(&mut cases, &mut samples);
    let twins = twins(&spec, &cases, &samples)?;
    let plan = SegmentPlan::new(&spec, section, &cases, &samples)?;
    // Goods and bads were drawn at the same rates in every segment: the shift is that of the whole sample.
    let shift = model::prior(&spec, &cases, samples.development()).filter(|prior| prior.by == PriorBy::Intercept);
    let mut as_drawn = spec.clone();
    as_drawn.sample.population_bad_rate = None;
    let mut parts: Vec<(Samples, Developed)> = plan
        .segments
        .iter()
        .enumerate()
        .map(|(place, segment)| {
            let samples = plan.samples(place, &samples);
            let in_segment = |e: Error| e.about(&format!("segment {:?}", segment.name));
            let mut developed = develop(&as_drawn, &cases, &samples, progress).map_err(in_segment)?;
            let Developed { binnings, selection, model, .. } = &mut developed;
            model.evidence.bootstrap =
                model::bootstrap(binnings, &selection.selected, &cases, &samples, &as_drawn, progress)
                    .map_err(in_segment)?;
            Ok((samples, developed))
        })
        .collect::<Result<_>>()?;
    let single = develop_single(&as_drawn, &cases, &samples, &plan, progress);
    let mut single = match single {
        Err(reason) if reason.kind() == ErrorKind::Interrupted => return Err(reason),
        single => single,
    };
    let models = parts.iter_mut().map(|(_, developed)| &mut developed.model);
    for model in models.chain(single.iter_mut().map(|developed| &mut developed.model)) {
        shift.iter().for_each(|shift| model.move_intercept(shift));
        model.evidence.prior = model.evidence.prior.or(prior);
    }
    if let Some(shift) = &shift {
        // What is measured from here on is measured as in the population.
        shift.weigh(&mut cases.outcomes);
        cases.warnings.push(shift.in_words());
    }
    let found: Vec<SegmentPart<'_>> = plan
        .segments
        .iter()
        .zip(&parts)
        .map(|(segment, (_, developed))| SegmentPart {
            segment,
            binnings: &developed.binnings,
            selected: &developed.selection.selected,
            model: &developed.model,
        })
        .collect();
    let scorecard = assembly::assemble_segments(&spec, &cases, &samples, &plan, &found)?;
    progress.check()?;

    progress.begin("measuring", samples.samples.len());
    let scored = score_samples(&scorecard, &cases, &samples)?;
    let models = parts.iter().map(|(_, developed)| developed.model.evidence.clone()).collect();
    let mut segments = segments_evidence(&scorecard, &plan.of_case, &scored, models, spec.seed);
    let mut all = Flat::default();
    for (place, (segment, (samples, developed))) in plan.segments.iter().zip(parts).enumerate() {
        if let Some(evidence) = segments.as_mut().and_then(|segments| segments.segments.get_mut(place)) {
            evidence.selection_path.clone_from(&developed.selection.path);
        }
        let figures = measure_features(&cases, &samples, &developed.binnings, &developed.selection);
        all.add(&segment.name, developed, figures);
    }
    let Flat { binnings, selection, features } = all;
    let found = Found { binnings: &binnings, selection: &selection, features, model: None };
    let mut evidence = training_evidence(&spec, &cases, &samples, found, &scorecard, &scored, progress)?;
    evidence.warnings.extend(plan.warnings.iter().cloned());
    evidence.warnings.extend(twins);
    evidence.data_findings = data_findings;
    let compared =
        single.and_then(|single| against_single(&spec, &cases, &samples, &plan, &single, &scorecard, &scored));
    match compared {
        Ok(comparison) => {
            if comparison.verdict != Verdict::Pays {
                evidence.warnings.push(comparison.words.clone());
            }
            if let Some(segments) = &mut segments {
                segments.comparison = Some(comparison);
            }
        }
        // The card with segments stands without the other.
        Err(reason) => evidence.warnings.push(format!(
            "whether segments pay is not known: one card for all cannot be trained: {}",
            reason.message()
        )),
    }
    evidence.segments = segments;
    evidence.standard = Some(Standard::load(DEFAULT_STANDARD)?.apply(&evidence)?);
    seal(TrainedCard { spec, cases, samples, binnings, selection, scorecard, scored, evidence }, headings.as_deref())
}

/// The scorecard of a card with segments, and nothing that is measured beside it.
///
/// # Errors
/// Those of training, named by segment.
pub(crate) fn scorecard(
    spec: &CardSpec,
    section: &SegmentsSection,
    cases: &Cases,
    samples: &Samples,
    progress: &dyn Progress,
) -> Result<Scorecard> {
    let plan = SegmentPlan::new(spec, section, cases, samples)?;
    let developed: Vec<Developed> = plan
        .segments
        .iter()
        .enumerate()
        .map(|(place, segment)| {
            let in_segment = |e: Error| e.about(&format!("segment {:?}", segment.name));
            develop(spec, cases, &plan.samples(place, samples), progress).map_err(in_segment)
        })
        .collect::<Result<_>>()?;
    let part = |(segment, developed)| {
        let Developed { binnings, selection, model, .. }: &Developed = developed;
        SegmentPart { segment, binnings, selected: &selection.selected, model }
    };
    let parts: Vec<SegmentPart<'_>> = plan.segments.iter().zip(&developed).map(part).collect();
    assembly::assemble_segments(spec, cases, samples, &plan, &parts)
}

/// The features of all segments in one list, under the names of the scorecard.
struct Flat {
    binnings: Vec<Binning>,
    selection: Selection,
    features: BTreeMap<String, FeatureEvidence>,
}

impl Default for Flat {
    fn default() -> Self {
        let selection =
            Selection { selected: Vec::new(), decisions: Vec::new(), path: Vec::new(), warnings: Vec::new() };
        Flat { binnings: Vec::new(), selection, features: BTreeMap::new() }
    }
}

impl Flat {
    fn add(&mut self, segment: &str, developed: Developed, figures: BTreeMap<String, FeatureEvidence>) {
        let before = self.binnings.len();
        let named = |name: &str| qualified(Some(segment), name);
        // The path of each segment's search stands with the segment.
        let Selection { selected, decisions, warnings, .. } = developed.selection;
        self.selection.warnings.extend(warnings.iter().map(|warning| format!("segment {segment}: {warning}")));
        self.selection.selected.extend(selected.into_iter().map(|position| position + before));
        let decisions = decisions.into_iter().map(|one| Decision { feature: named(&one.feature), ..one });
        self.selection.decisions.extend(decisions);
        self.features.extend(figures.into_iter().map(|(name, figures)| (named(&name), figures)));
        let renamed = developed.binnings.into_iter().map(|one| Binning { name: named(&one.name), ..one });
        self.binnings.extend(renamed);
    }
}

/// One card for all: the same file without `[segments]`, with the column that tells the segment among its candidates,
/// since who may segment by a column may use it.
pub(crate) fn single_card<'a>(spec: &CardSpec, cases: &'a Cases, column: &str) -> (CardSpec, Cow<'a, Cases>) {
    let spec = CardSpec { segments: None, ..spec.clone() };
    let mut cases = Cow::Borrowed(cases);
    if let Some(place) = cases.axes.iter().position(|axis| axis.name == column) {
        let cases = cases.to_mut();
        let further = cases.axes.remove(place);
        if spec.features.pairs.values().any(|pair| pair.of.iter().any(|of| of == column)) {
            cases.axes.insert(place, further.clone());
        }
        cases.features.push(further);
    }
    (spec, cases)
}

fn develop_single(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    plan: &SegmentPlan,
    progress: &dyn Progress,
) -> Result<Developed> {
    let (spec, cases) = single_card(spec, cases, &plan.column);
    develop(&spec, &cases, samples, progress)
}

fn against_single(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    plan: &SegmentPlan,
    single: &Developed,
    scorecard: &Scorecard,
    scored: &[ScoredSample],
) -> Result<SegmentsComparison> {
    let (spec, cases) = single_card(spec, cases, &plan.column);
    let Developed { binnings, selection, model, .. } = single;
    let single = assembly::assemble(&spec, &cases, samples, binnings, &selection.selected, model)?;
    let scored_single = score_samples(&single, &cases, samples)?;
    Ok(compare_cards(scorecard, &plan.of_case, scored, &single, &scored_single))
}
