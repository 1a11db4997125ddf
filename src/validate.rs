//! `validate`: the measures on other data, without the training code path; with a scorecard, or for
//! any column of scores or PDs.

use std::collections::BTreeMap;
use std::path::Path;

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{Columns, Literal, OutcomeSource};

use crate::binning::{SampleOutcomes, WoeSource};
use crate::cases::{Cases, WaterfallStep};
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::{
    CardInput, Evidence, ModelEvidence, SampleGroups, ScoredSample, feature_evidence, sample_evidence, score_cases,
    score_psi_by_sample, segments_evidence, stated_models,
};
use crate::progress::Progress;
use crate::ready_made::frame_of_cases;
use crate::sample::SampleName;
use crate::scoring::{card_features, read_data};
use crate::table::{self, ReadOptions};
use crate::validation::Distribution;
use crate::validation::psi::decile_bands;

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

/// Validates a scorecard on a data file that has the card's columns and its outcome.
///
/// # Errors
/// Those of reading and scoring; [`ErrorKind::NoCases`] where no row is good or none is bad.
pub fn with_scorecard(
    card: &Scorecard,
    data: &Path,
    separator: Option<char>,
    progress: &dyn Progress,
) -> Result<Validated> {
    let document = card.document();
    progress.begin("reading cases", 0);
    let table = read_data(card, data, separator)?;
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
    let mut cases = frame_of_cases(&table, &columns, &document.outcome.source, None)?;
    cases.features = card_features(card, &table)?;
    cases.warnings = warnings;
    progress.check()?;
    progress.begin("measuring", 1);
    let input = CardInput::new(card, &cases.columns()).map_err(|e| e.in_file(data))?;
    let rows: Vec<u32> = (0..cases.len() as u32).collect();
    let scored = vec![score_cases(card, &input, &cases, SampleName::Validation, &rows)];
    let sample = SampleOutcomes::new(&cases.outcomes, &rows);
    let segments = input.segments(card);
    // A feature counts on the cases of its segment only.
    let by_segment: Vec<Vec<u32>> = document
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
    let features = card
        .features()
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
        .collect();
    let stated = document.features.iter().map(|feature| (feature.name.as_str(), feature.coefficient));
    let model = ModelEvidence::stated(std::iter::once(("intercept", document.intercept)).chain(stated));
    let seed = document.lineage.seed;
    let segments = segments.and_then(|of_case| segments_evidence(card, &of_case, &scored, stated_models(card), seed));
    let mut evidence = Evidence {
        format: "scorewright.evidence",
        format_version: 1,
        card: document.card.name.clone(),
        scorecard_sha256: Some(crate::digest::sha256(&document.to_json()?)),
        samples: crate::pipeline::measure(&scored, card, document.lineage.seed, progress)?,
        features,
        score_psi: score_psi_by_sample(&scored, card),
        model: segments.is_none().then_some(model),
        segments,
        limits: Vec::new(),
        waterfall: cases.waterfall.clone(),
        selection: Vec::new(),
        selection_path: Vec::new(),
        warnings: cases.warnings.clone(),
        data_findings: Vec::new(),
        edits: Vec::new(),
    };
    evidence.conclude(&document.limits);
    Ok(Validated { title: document.card.name.clone(), cases, scored, evidence })
}

/// Which column holds what, where there is no scorecard.
#[derive(Debug, Clone)]
pub struct ScoreColumns {
    /// The outcome.
    pub outcome: String,
    /// Values that mean bad.
    pub bad: Vec<String>,
    /// Values that mean good; empty: all others that are not null.
    pub good: Vec<String>,
    /// A score, higher is safer ...
    pub score: Option<String>,
    /// ... or a probability of default; ranked by 1 - PD.
    pub pd: Option<String>,
    /// Case weight.
    pub weight: Option<String>,
    /// Groups of cases that are not independent, for the intervals.
    pub group: Option<String>,
    /// Date, for figures by month.
    pub period: Option<String>,
    /// Field separator of a csv file; absent: a comma.
    pub separator: Option<char>,
}

/// Validates a column of scores or PDs. Score bands are the deciles of the data themselves.
///
/// # Errors
/// Those of reading; [`ErrorKind::Value`] for a score that is missing or a PD outside [0, 1].
pub fn without_scorecard(columns: &ScoreColumns, data: &Path, seed: u64, progress: &dyn Progress) -> Result<Validated> {
    progress.begin("reading cases", 0);
    let as_text: Vec<String> = columns.group.iter().cloned().collect();
    let table = table::read(
        data,
        &data.display().to_string(),
        &ReadOptions { separator: columns.separator, as_text: &as_text, ..ReadOptions::default() },
    )?;
    let literals = |values: &[String]| values.iter().map(|value| literal(value)).collect::<Vec<_>>();
    let source = OutcomeSource::Plain {
        column: columns.outcome.clone(),
        bad: literals(&columns.bad),
        good: (!columns.good.is_empty()).then(|| literals(&columns.good)),
    };
    let roles = Columns {
        observed_at: columns.period.clone(),
        group: columns.group.clone(),
        weight: columns.weight.clone(),
        ..Columns::default()
    };
    let cases = frame_of_cases(&table, &roles, &source, None)?;
    let wrong = |row: usize, column: &str, what: String| {
        Error::new(ErrorKind::Value, what).in_file(data).in_column(column).at_row(row + 1)
    };
    let (score, pd) = match (&columns.score, &columns.pd) {
        (Some(column), None) => {
            let score = table.numbers(column)?;
            if let Some(row) = score.iter().position(|score| score.is_nan()) {
                return Err(wrong(row, column, "the score is missing".into())
                    .help("leave cases without a score out of the data"));
            }
            (score, Vec::new())
        }
        (None, Some(column)) => {
            let pd = table.numbers(column)?;
            if let Some(row) = pd.iter().position(|pd| !(0.0..=1.0).contains(pd)) {
                return Err(wrong(row, column, format!("the PD {} lies outside [0, 1]", pd[row])));
            }
            (pd.iter().map(|pd| 1.0 - pd).collect(), pd)
        }
        _ => return Err(Error::new(ErrorKind::Usage, "name either --score-column or --pd-column")),
    };
    let count = cases.len();
    let rows: Vec<u32> = (0..count as u32).collect();
    let scored = ScoredSample {
        name: SampleName::Validation,
        groups: SampleGroups::of(&cases, columns.group.as_deref(), &rows),
        rows,
        score,
        pd,
        goods: cases.outcomes.goods.clone(),
        bads: cases.outcomes.bads.clone(),
        weights: cases.outcomes.weights.clone(),
        unforeseen: vec![0; count],
        observed_at: cases.observed_at.clone(),
    };
    progress.begin("measuring", 1);
    let bands = decile_bands(&Distribution::new(scored.scores()), &scored.weights);
    let name = SampleName::Validation.name().to_owned();
    let title = data.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut evidence = Evidence {
        format: "scorewright.evidence",
        format_version: 1,
        card: title.clone(),
        scorecard_sha256: None,
        samples: BTreeMap::from([(name, sample_evidence(&scored, &bands, seed))]),
        features: BTreeMap::new(),
        score_psi: BTreeMap::new(),
        model: None,
        segments: None,
        limits: Vec::new(),
        waterfall: vec![WaterfallStep { cause: "rows of the table".into(), removed: 0, remaining: count as u64 }],
        selection: Vec::new(),
        selection_path: Vec::new(),
        warnings: Vec::new(),
        data_findings: Vec::new(),
        edits: Vec::new(),
    };
    evidence.conclude(&BTreeMap::new());
    Ok(Validated { title, cases, scored: vec![scored], evidence })
}

/// A value from the command line: a number where it is one.
fn literal(text: &str) -> Literal {
    match text.parse::<f64>() {
        Ok(number) => Literal::Number(number),
        Err(_) => Literal::Text(text.to_owned()),
    }
}
