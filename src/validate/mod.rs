//! `validate`: the measures on other data, without the training code path; with a scorecard, or for
//! any column of scores or PDs.

mod columns;
mod schema;

pub use columns::RoleColumns;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{Columns, OutcomeSource};

use crate::binning::{SampleOutcomes, WoeSource};
use crate::cases::{Cases, WaterfallStep};
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::{
    Bands, BandsOf, CardInput, CardSubject, Evidence, FeatureEvidence, MeasureOptions, ModelEvidence, Reference, Roles,
    SampleGroups, ScoredSample, Subject, check_stress, feature_evidence, sample_evidence, score_cases,
    score_psi_by_sample, segments_evidence, stated_models,
};
use crate::progress::Progress;
use crate::ready_made::{Demands, frame_of_cases};
use crate::sample::SampleName;
use crate::scoring::{card_features, read_data};
use crate::standards::Standard;
use crate::table::{self, ReadOptions, Table};
use crate::validation::psi::decile_bands;
use crate::validation::{Distribution, Measured};
use columns::literal;
use schema::{FileSchema, artifact};

/// What is validated, and by which columns.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The data file.
    pub data: PathBuf,
    /// Field separator of a csv file; absent: a comma.
    pub separator: Option<char>,
    /// Columns beside score and outcome.
    pub roles: RoleColumns,
    /// A file of earlier cases with the same columns, to compare with.
    pub reference: Option<PathBuf>,
    /// What the measures go by.
    pub options: MeasureOptions,
    /// SHA-256 that the scorecard must have.
    pub expected_sha256: Option<String>,
    /// What they are held against; `None`: nothing.
    pub standard: Option<Standard>,
}

/// What a validation found.
#[derive(Debug)]
pub struct Validated {
    /// The card's name, or the data file's.
    pub title: String,
    /// The cases.
    pub cases: Cases,
    /// Their scores.
    pub scored: Vec<ScoredSample>,
    /// Every measure.
    pub evidence: Evidence,
}

/// Cases of a file with their scores.
struct ScoredFile {
    cases: Cases,
    sample: ScoredSample,
    roles: Roles,
}

/// The same with a card.
struct CardFile {
    file: ScoredFile,
    input: CardInput,
    schema: FileSchema,
}

/// Reads a file and scores it with a card.
fn score_file(card: &Scorecard, data: &Path, request: &Request) -> Result<CardFile> {
    let document = card.document();
    let table = read_data(card, data, request.separator, &request.roles.as_text())?;
    let mut warnings = Vec::new();
    let mut present = |column: &Option<String>, loss: &str| {
        column.clone().filter(|name| {
            let has = table.has(name);
            if !has {
                warnings.push(format!("the data have no column {name:?}: {loss}"));
            }
            has
        })
    };
    let columns = Columns {
        id: present(&document.columns.id, "cases are named by their row"),
        observed_at: present(&document.columns.observed_at, "no figures by month"),
        group: present(&document.columns.group, "intervals take every case as independent of the others"),
        weight: document.columns.weight.clone(),
    };
    let mut cases = frame_of_cases(&table, &columns, &document.outcome.source, None, Demands::Validation)?;
    cases.features = card_features(card, &table)?;
    cases.warnings.extend(warnings);
    let input = CardInput::new(card, &cases.columns()).map_err(|e| e.in_file(data))?;
    let rows: Vec<u32> = (0..cases.len() as u32).collect();
    let mut sample = score_cases(card, &input, &cases, SampleName::Validation, &rows);
    if let Some(periods) = request.roles.periods(&table)? {
        sample.periods = Some(periods);
    }
    let roles = request.roles.read(&table)?;
    let schema = FileSchema::new(card, &table, &request.roles);
    Ok(CardFile { file: ScoredFile { cases, sample, roles }, input, schema })
}

/// Validates a scorecard on a data file that has the card's columns and its outcome.
///
/// # Errors
/// Those of reading and scoring; [`ErrorKind::NoCases`] where no row is good or bad.
pub fn with_scorecard(card: &Scorecard, request: &Request, progress: &dyn Progress) -> Result<Validated> {
    let document = card.document();
    let artifact = artifact(card, request.expected_sha256.as_deref())?;
    progress.begin("reading cases", 0);
    let CardFile { file: ScoredFile { cases, sample, roles }, input, schema } =
        score_file(card, &request.data, request)?;
    if let Some(plan) = &request.options.stress {
        check_stress(plan, Some(&cases.features), &roles)?;
    }
    let reference = request
        .reference
        .as_ref()
        .map(|data| score_file(card, data, request).map(|read| read.file.into_reference()))
        .transpose()?;
    progress.check()?;
    progress.begin("measuring", 1);
    let bands = Bands::of_card(card);
    let options = MeasureOptions { seed: document.lineage.seed, ..request.options.clone() };
    let subject = Subject {
        sample: &sample,
        roles: &roles,
        bands: &bands,
        card: Some(CardSubject { card, cases: &cases, input: &input }),
        reference: reference.as_ref(),
        options: &options,
    };
    let mut figures = sample_evidence(&subject);
    if let Some(Measured::Value(inputs)) = &mut figures.model_validation.input_schema {
        inputs.with_file(&schema.types, schema.missing, schema.extra);
    }
    progress.advance();
    progress.check()?;
    let features = feature_figures(card, &cases, &input, &sample.rows);
    let stated = document.features.iter().map(|feature| (feature.name.as_str(), feature.coefficient));
    let model = ModelEvidence::stated(std::iter::once(("intercept", document.intercept)).chain(stated));
    let scored = vec![sample];
    let segments = input.segments(card);
    let segments =
        segments.and_then(|of_case| segments_evidence(card, &of_case, &scored, stated_models(card), options.seed));
    let mut evidence = Evidence {
        scorecard_sha256: Some(artifact.sha256.clone()),
        artifact: Some(artifact),
        samples: BTreeMap::from([(SampleName::Validation.name().to_owned(), figures)]),
        features,
        score_psi: score_psi_by_sample(&scored, card),
        model: segments.is_none().then_some(model),
        segments,
        waterfall: waterfall(&cases),
        warnings: cases.warnings.clone(),
        ..Evidence::of(document.card.name.clone())
    };
    evidence.conclude(&document.limits);
    evidence.standard = request.standard.as_ref().map(|standard| standard.apply(&evidence)).transpose()?;
    Ok(Validated { title: document.card.name.clone(), cases, scored, evidence })
}

/// From the rows of the table to the good and bad cases that most measures rest on.
fn waterfall(cases: &Cases) -> Vec<WaterfallStep> {
    let outcomes = &cases.outcomes;
    let states = || outcomes.weights.iter().zip(outcomes.goods.iter().zip(&outcomes.bads));
    let count = |is: fn(f64, f64, f64) -> bool| {
        states().filter(|(weight, (good, bad))| is(**weight, **good, **bad)).count() as u64
    };
    let rows = cases.len() as u64;
    let weightless = count(|weight, _, _| weight == 0.0);
    let without_outcome = count(|weight, good, bad| weight > 0.0 && good + bad == 0.0);
    let goods = count(|_, good, bad| good > 0.0 && bad == 0.0);
    let bads = count(|_, good, bad| good == 0.0 && bad > 0.0);
    let both = count(|_, good, bad| good > 0.0 && bad > 0.0);
    let mut steps = vec![WaterfallStep { cause: "rows of the table".into(), removed: 0, remaining: rows }];
    let mut step = |cause: String, removed: u64| {
        let remaining = steps.last().map_or(rows, |step| step.remaining) - removed;
        steps.push(WaterfallStep { cause, removed, remaining });
    };
    if weightless > 0 {
        step("a weight of 0".into(), weightless);
    }
    let in_part = if both > 0 { format!(", {both} are both in part") } else { String::new() };
    let remain = format!("of those that remain {goods} are good, {bads} are bad{in_part}");
    step(format!("without an outcome, neither good nor bad ({remain})"), without_outcome);
    steps
}

/// The figures of a card's features on the cases `rows`.
fn feature_figures(
    card: &Scorecard,
    cases: &Cases,
    input: &CardInput,
    rows: &[u32],
) -> BTreeMap<String, FeatureEvidence> {
    let sample = SampleOutcomes::new(&cases.outcomes, rows);
    let segments = input.segments(card);
    // A feature counts on the cases of its segment only.
    let by_segment: Vec<Vec<u32>> = card
        .document()
        .segments
        .iter()
        .flat_map(|all| 0..all.segments.len())
        .map(|place| {
            let is_own = |row: &&u32| segments.as_ref().is_some_and(|of| usize::from(of[**row as usize]) == place);
            rows.iter().filter(is_own).copied().collect()
        })
        .collect();
    let outcomes: Vec<SampleOutcomes<'_>> =
        by_segment.iter().map(|rows| SampleOutcomes::new(&cases.outcomes, rows)).collect();
    card.features()
        .iter()
        .zip(&input.codes)
        .enumerate()
        .map(|(position, (feature, codes))| {
            let reference: Vec<f64> = feature.bins.iter().map(|bin| bin.cases).chain([0.0]).collect();
            let own = card.feature_segment(position).map_or(&sample, |segment| &outcomes[segment]);
            let counts = own.count(codes, feature.bins.len());
            let counts = BTreeMap::from([(SampleName::Validation.name().to_owned(), counts)]);
            (feature.name.clone(), feature_evidence(true, &reference, counts, WoeSource::of_feature(feature)))
        })
        .collect()
}

impl ScoredFile {
    fn into_reference(self) -> Reference {
        Reference { sample: self.sample, roles: self.roles }
    }
}

/// Which column holds what, where there is no scorecard.
#[derive(Debug, Clone)]
pub struct ScoreColumns {
    /// The outcome.
    pub outcome: OutcomeColumn,
    /// A score, higher is safer; absent: cases are ranked by 1 - PD.
    pub score: Option<String>,
    /// A probability of default, or of an outcome that is a ratio the expected share of bad.
    pub pd: Option<String>,
    /// Case weight.
    pub weight: Option<String>,
    /// Groups of cases that are not independent, for the intervals.
    pub group: Option<String>,
}

/// The outcome's column.
#[derive(Debug, Clone)]
pub enum OutcomeColumn {
    /// Good or bad.
    Plain {
        /// The column.
        column: String,
        /// Values that mean bad.
        bad: Vec<String>,
        /// Values that mean good; empty: all others that are not null.
        good: Vec<String>,
    },
    /// A share of goodness in [0, 1].
    Ratio(String),
}

impl OutcomeColumn {
    pub(crate) fn source(&self) -> OutcomeSource {
        let literals = |values: &[String]| values.iter().map(|value| literal(value)).collect::<Vec<_>>();
        match self {
            OutcomeColumn::Plain { column, bad, good } => OutcomeSource::Plain {
                column: column.clone(),
                bad: literals(bad),
                good: (!good.is_empty()).then(|| literals(good)),
            },
            OutcomeColumn::Ratio(column) => OutcomeSource::Ratio { column: column.clone() },
        }
    }
}

/// Reads a file whose scores are a column.
fn read_scores(columns: &ScoreColumns, data: &Path, request: &Request) -> Result<ScoredFile> {
    let as_text: Vec<String> = columns.group.iter().cloned().chain(request.roles.as_text()).collect();
    let table = table::read(
        data,
        &data.display().to_string(),
        &ReadOptions { separator: request.separator, as_text: &as_text, ..ReadOptions::default() },
    )?;
    let taken = Columns { group: columns.group.clone(), weight: columns.weight.clone(), ..Columns::default() };
    let source = columns.outcome.source();
    // A bad value that does not occur may be mistyped; where all values are stated, there are just no bads.
    let cases = frame_of_cases(&table, &taken, &source, None, Demands::StatedValues)?;
    let (score, pd) = scores(columns, &table)?;
    let count = cases.len();
    let rows: Vec<u32> = (0..count as u32).collect();
    let periods = request.roles.periods(&table)?;
    let observed_at = match &request.roles.period {
        Some(column) if table.is_date(column) => Some(table.dates(column)?.into_iter().flatten().collect()),
        _ => None,
    };
    let sample = ScoredSample {
        name: SampleName::Validation,
        groups: SampleGroups::of(&cases, columns.group.as_deref(), &rows),
        rows,
        score,
        pd,
        goods: cases.outcomes.goods.clone(),
        bads: cases.outcomes.bads.clone(),
        weights: cases.outcomes.weights.clone(),
        unforeseen: vec![0; count],
        observed_at,
        periods,
    };
    let roles = request.roles.read(&table)?;
    Ok(ScoredFile { cases, sample, roles })
}

/// Scores and PDs; without a score 1 - PD ranks.
pub(crate) fn scores(columns: &ScoreColumns, table: &Table) -> Result<(Vec<f64>, Vec<f64>)> {
    let wrong = |row: usize, column: &str, what: String| {
        Error::new(ErrorKind::Value, what).in_file(&table.file).in_column(column).at_row(row + 1)
    };
    let pd = match &columns.pd {
        None => Vec::new(),
        Some(column) => {
            let pd = table.numbers(column)?;
            if let Some(row) = pd.iter().position(|pd| pd.is_nan()) {
                return Err(
                    wrong(row, column, "the PD is missing".into()).help("leave cases without a PD out of the data")
                );
            }
            if let Some(row) = pd.iter().position(|pd| !(0.0..=1.0).contains(pd)) {
                return Err(wrong(row, column, format!("the PD {} lies outside [0, 1]", pd[row]))
                    .help("a PD is a probability; divide percentages by 100"));
            }
            pd
        }
    };
    let score = match &columns.score {
        Some(column) => {
            let score = table.numbers(column)?;
            if let Some(row) = score.iter().position(|score| score.is_nan()) {
                return Err(wrong(row, column, "the score is missing".into())
                    .help("leave cases without a score out of the data"));
            }
            score
        }
        None if columns.pd.is_none() => {
            return Err(Error::new(ErrorKind::Usage, "name --score-column or --pd-column"));
        }
        None => pd.iter().map(|pd| 1.0 - pd).collect(),
    };
    Ok((score, pd))
}

/// Validates a column of scores or PDs. Score bands are the deciles of the reference, or of the first period, or else of
/// the data themselves.
///
/// # Errors
/// Those of reading; [`ErrorKind::Value`] for a score that is missing or a PD outside [0, 1].
pub fn without_scorecard(columns: &ScoreColumns, request: &Request, progress: &dyn Progress) -> Result<Validated> {
    progress.begin("reading cases", 0);
    let ScoredFile { cases, sample, roles } = read_scores(columns, &request.data, request)?;
    let reference = request
        .reference
        .as_ref()
        .map(|data| read_scores(columns, data, request).map(ScoredFile::into_reference))
        .transpose()?;
    progress.check()?;
    progress.begin("measuring", 1);
    if let Some(plan) = &request.options.stress {
        check_stress(plan, None, &roles)?;
    }
    let bands = bands(&sample, reference.as_ref());
    let figures = sample_evidence(&Subject {
        sample: &sample,
        roles: &roles,
        bands: &bands,
        card: None,
        reference: reference.as_ref(),
        options: &request.options,
    });
    let name = SampleName::Validation.name().to_owned();
    let title = request.data.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let score_psi = match bands.of {
        BandsOf::Reference => BTreeMap::from([(name.clone(), bands.score_psi(&sample))]),
        _ => BTreeMap::new(),
    };
    let mut evidence = Evidence {
        samples: BTreeMap::from([(name, figures)]),
        score_psi,
        waterfall: waterfall(&cases),
        warnings: cases.warnings.clone(),
        ..Evidence::of(title.clone())
    };
    evidence.conclude(&BTreeMap::new());
    evidence.standard = request.standard.as_ref().map(|standard| standard.apply(&evidence)).transpose()?;
    Ok(Validated { title, cases, scored: vec![sample], evidence })
}

/// Score bands to compare with.
fn bands(sample: &ScoredSample, reference: Option<&Reference>) -> Bands {
    let deciles = |of: &ScoredSample| decile_bands(&Distribution::new(of.scores()), &of.weights);
    if let Some(reference) = reference {
        return Bands { bands: deciles(&reference.sample), of: BandsOf::Reference };
    }
    match sample.periods.as_ref().map(|periods| periods.cases()) {
        Some(periods) if periods.len() > 1 => {
            Bands { bands: deciles(&sample.select(&periods[0])), of: BandsOf::FirstPeriod }
        }
        _ => Bands { bands: deciles(sample), of: BandsOf::Sample },
    }
}
