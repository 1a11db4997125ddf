//! The whole path, from a card's file to a scorecard with its evidence.

mod evidence;
mod load;
mod seal;

pub(crate) use evidence::{Found, measure_features, training_evidence};
pub use load::{LoadedCard, load_card};
pub(crate) use load::{leave_rejected_out, twins};
pub(crate) use seal::seal;

use scorewright_runtime::Scorecard;

use crate::binning::{self, Binning, BinningSpec, Periods, SampleOutcomes};
use crate::cases::Cases;
use crate::config::{CardSpec, ColumnSettings, PriorBy, StablePeriod};
use crate::edits::{self, EditedFeature, Ground};
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::{CardInput, Evidence, ScoredSample, score_cases};
use crate::model::{self, Model};
use crate::progress::Progress;
use crate::quality::Finding;
use crate::sample::{Sample, Samples};
use crate::selection::{self, Selection};
use crate::standards::{DEFAULT_STANDARD, Standard};
use crate::{assembly, ready_made, segments, suggest};

/// Everything a training run made.
#[derive(Debug)]
pub struct TrainedCard {
    /// The card's configuration.
    pub spec: CardSpec,
    /// The cases with their outcomes and features.
    pub cases: Cases,
    /// Which case was used for what.
    pub samples: Samples,
    /// Every feature with its bins, in the order of the cases' features, then the pairs.
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

/// A card's cases, samples and bins: what training and the review of bins share.
#[derive(Debug)]
pub struct BinnedCard {
    /// The card's configuration.
    pub spec: CardSpec,
    /// The cases with their outcomes and features.
    pub cases: Cases,
    /// Which case is used for what.
    pub samples: Samples,
    /// Every feature with its bins, reviewed edits carried out, in the order of the cases' features.
    pub binnings: Vec<Binning>,
    /// The features whose bins were edited.
    pub edited: Vec<EditedFeature>,
    /// What the check on the tables of the history found.
    pub data_findings: Vec<Finding>,
}

impl BinnedCard {
    /// What edits are carried out on.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where bins are to hold over time and the cases have no periods.
    pub fn ground(&self) -> Result<Ground<'_>> {
        ground(&self.spec, &self.cases, self.samples.development())
    }
}

/// Bins, selection and fit on a development sample.
#[derive(Debug, Clone)]
pub struct Developed {
    /// Every feature with its bins, in the order of the cases' features, then the pairs.
    pub binnings: Vec<Binning>,
    /// The features whose bins were edited.
    pub edited: Vec<EditedFeature>,
    /// Which features stayed, and why.
    pub selection: Selection,
    /// The fit with its figures.
    pub model: Model,
}

/// Bins every feature of a card on its development cases, reviewed edits carried out.
///
/// # Errors
/// Those of binning and of replaying edits, in terms of the card's file.
pub fn bin_features(
    spec: &CardSpec,
    cases: &Cases,
    development: &[u32],
    progress: &dyn Progress,
) -> Result<(Vec<Binning>, Vec<EditedFeature>)> {
    let in_card = |e: Error| e.in_file(&spec.source.path);
    let ground = ground(spec, cases, development)?;
    progress.begin("binning features", cases.features.len());
    let default = ColumnSettings::default();
    let mut binnings = binning::bin_all(
        &cases.features,
        &ground.development,
        ground.periods.as_ref(),
        |feature| {
            BinningSpec::new(&spec.binning, ready_made::settings(&spec.features.columns, &feature.name, &default))
        },
        || {
            progress.advance();
            progress.check()
        },
    )
    .map_err(in_card)?;
    binnings.extend(binning::bin_pairs(spec, cases, &ground.development).map_err(in_card)?);
    progress.check()?;
    let edited = edits::replay(&ground, &mut binnings).map_err(in_card)?;
    Ok((binnings, edited))
}

/// Bins, selects and fits a card on the development sample of `samples`.
///
/// # Errors
/// Whatever is wrong with configuration or data, in terms of files, columns and features.
pub fn develop(spec: &CardSpec, cases: &Cases, samples: &Samples, progress: &dyn Progress) -> Result<Developed> {
    let development = samples.development();
    let (binnings, edited) = bin_features(spec, cases, development, progress)?;
    let (selection, mut model) = choose(spec, cases, samples, &binnings, progress)?;
    model::examine(&mut model, &binnings, &selection.selected, cases, development, spec)
        .map_err(|e| e.in_file(&spec.source.path))?;
    progress.check()?;
    to_population(spec, cases, development, &mut model);
    Ok(Developed { binnings, edited, selection, model })
}

/// Selects among binned features and fits them on the development sample of `samples`; of the fit there are the estimates
/// alone.
///
/// # Errors
/// Those of selection and fit, in terms of the card's file and of features.
pub fn select_and_fit(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    binnings: &[Binning],
    progress: &dyn Progress,
) -> Result<(Selection, Model)> {
    let (selection, mut model) = choose(spec, cases, samples, binnings, progress)?;
    to_population(spec, cases, samples.development(), &mut model);
    Ok((selection, model))
}

fn choose(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    binnings: &[Binning],
    progress: &dyn Progress,
) -> Result<(Selection, Model)> {
    let in_card = |e: Error| e.in_file(&spec.source.path);
    progress.begin("selecting features", 0);
    let selection = selection::select(binnings, cases, samples, spec, progress).map_err(in_card)?;
    progress.check()?;
    progress.begin("fitting", 0);
    let model = model::fit(binnings, &selection.selected, cases, samples.development(), spec).map_err(in_card)?;
    progress.check()?;
    Ok((selection, model))
}

/// Moves the intercept to the population's bad rate, where the card asks for it.
fn to_population(spec: &CardSpec, cases: &Cases, development: &[u32], model: &mut Model) {
    if let Some(prior) = model::prior(spec, cases, development).filter(|prior| prior.by == PriorBy::Intercept) {
        model.move_intercept(&prior);
    }
}

/// Reads a card's cases, draws its samples and bins its features, or the one that is named.
///
/// # Errors
/// Whatever is wrong with configuration or data, in terms of files, columns and features;
/// [`ErrorKind::UnknownColumn`] for a feature that the card does not have.
pub fn bin_card(spec: CardSpec, only: Option<&str>, progress: &dyn Progress) -> Result<BinnedCard> {
    let loaded = load_card(spec, progress)?;
    if let Some(segments) = &loaded.spec.segments {
        let segments = segments.clone();
        return segments::bin_card(loaded, &segments, only, progress);
    }
    let LoadedCard { mut spec, mut cases, samples, data_findings, .. } = loaded;
    let is_wanted = |name: &str| only.is_none_or(|only| only == name);
    if let Some(name) = only {
        require_feature(&spec, &cases, name).map_err(|e| e.in_file(&spec.source.path))?;
        spec.features.pairs.retain(|pair, _| is_wanted(pair));
        let is_axis = |name: &String| spec.features.pairs.values().any(|pair| pair.of.contains(name));
        cases.features.retain(|feature| is_wanted(&feature.name) || is_axis(&feature.name));
    }
    let (mut binnings, mut edited) = bin_features(&spec, &cases, samples.development(), progress)?;
    binnings.retain(|binning| is_wanted(&binning.name));
    edited.retain(|feature| is_wanted(&feature.feature));
    Ok(BinnedCard { spec, cases, samples, binnings, edited, data_findings })
}

fn ground<'a>(spec: &'a CardSpec, cases: &'a Cases, development: &'a [u32]) -> Result<Ground<'a>> {
    let periods = periods(spec, cases, development)?;
    Ok(Ground { spec, cases, development: SampleOutcomes::new(&cases.outcomes, development), periods })
}

/// Trains a card: cases, samples, bins, selection, fit, points, evidence.
///
/// # Errors
/// Whatever is wrong with configuration or data, in terms of files, columns and features.
pub fn train(spec: CardSpec, progress: &dyn Progress) -> Result<TrainedCard> {
    let loaded = load_card(spec, progress)?;
    if let Some(segments) = &loaded.spec.segments {
        let segments = segments.clone();
        return segments::train(loaded, &segments, progress);
    }
    let LoadedCard { spec, mut cases, mut samples, prior, data_findings, headings } = loaded;
    leave_rejected_out(&mut cases, &mut samples);
    let twins = twins(&spec, &cases, &samples)?;
    let Developed { binnings, edited, selection, mut model } = develop(&spec, &cases, &samples, progress)?;
    let in_card = |e: Error| e.in_file(&spec.source.path);
    model.evidence.bootstrap =
        model::bootstrap(&binnings, &selection.selected, &cases, &samples, &spec, progress).map_err(in_card)?;
    if prior.is_some() {
        model.evidence.prior = prior;
    } else if let Some(prior) = &model.evidence.prior {
        // What is measured from here on is measured as in the population.
        prior.weigh(&mut cases.outcomes);
        cases.warnings.push(prior.in_words());
    }
    let scorecard = assembly::assemble(&spec, &cases, &samples, &binnings, &selection.selected, &model)?;
    progress.check()?;

    progress.begin("measuring", samples.samples.len());
    let scored = score_samples(&scorecard, &cases, &samples)?;
    let features = measure_features(&cases, &samples, &binnings, &selection);
    let found = Found { binnings: &binnings, selection: &selection, features, model: Some(&model.evidence) };
    let mut evidence = training_evidence(&spec, &cases, &samples, found, &scorecard, &scored, progress)?;
    evidence.warnings.extend(edited.iter().flat_map(EditedFeature::warnings));
    evidence.edits = edited;
    evidence.warnings.extend(twins);
    evidence.data_findings = data_findings;
    evidence.standard = Some(Standard::load(DEFAULT_STANDARD)?.apply(&evidence)?);
    seal(TrainedCard { spec, cases, samples, binnings, selection, scorecard, scored, evidence }, headings.as_deref())
}

fn require_feature(spec: &CardSpec, cases: &Cases, name: &str) -> Result<()> {
    let features = cases.features.iter().map(|feature| &feature.name);
    let names: Vec<&str> = features.chain(spec.features.pairs.keys()).map(String::as_str).collect();
    if names.contains(&name) {
        return Ok(());
    }
    if let Some((_, reason)) = cases.refused.iter().find(|(column, _)| column == name) {
        return Err(Error::new(ErrorKind::UnknownColumn, format!("{name:?} cannot be a feature: {reason}")));
    }
    let error = Error::new(ErrorKind::UnknownColumn, format!("the card has no feature {name:?}"));
    Err(error.help(suggest::did_you_mean(name, "features", names)))
}

/// The periods by which bins are watched over time, where cases have days.
pub(crate) fn periods(spec: &CardSpec, cases: &Cases, development: &[u32]) -> Result<Option<Periods>> {
    let by = |period| Periods::new(cases.observed_at.as_ref()?, development, period);
    // Without a stated period: months, unless there are too many to look at.
    let periods = match &spec.binning.stable {
        Some(rule) => by(rule.period),
        None => by(StablePeriod::Month).filter(|months| months.names.len() <= 24).or_else(|| by(StablePeriod::Quarter)),
    };
    if spec.binning.stable.is_none() || periods.is_some() {
        return Ok(periods);
    }
    let what = match cases.observed_at {
        None => "bins that hold over time need the day of observation",
        Some(_) => "bins that hold over time need development cases of 2 to 1,000 periods",
    };
    Err(spec
        .source
        .error(&["binning", "stable"], what)
        .help("name the date column ([table] observed_at = \"...\"), choose another period (month, quarter, year), or take [binning.stable] out"))
}

/// The samples through a scorecard.
///
/// # Errors
/// Those of coding the cases, which would be faults of this program.
pub(crate) fn score_samples(scorecard: &Scorecard, cases: &Cases, samples: &Samples) -> Result<Vec<ScoredSample>> {
    let input = CardInput::new(scorecard, &cases.columns())?;
    let score = |sample: &Sample| score_cases(scorecard, &input, cases, sample.name, &sample.rows);
    Ok(samples.samples.iter().map(score).collect())
}
