//! `compare`: champion A against challenger B on the same cases; two scorecards, or any two columns of scores, PDs or
//! decisions.

mod evidence;
mod measure;
mod reasons;
mod verdict;

pub use evidence::{
    Comparison, DEFAULT_RATES, FeatureSets, Options, PeriodPsi, Ranking, ReasonEvidence, ReasonPair, ScoreComparison,
    SegmentComparison, SideEvidence, SwapBy, SwapEvidence, Verdict,
};

use std::path::{Path, PathBuf};

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::Columns;

use crate::cases::Cases;
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::{CardInput, Labels, Roles, SampleGroups, ScoredSample, score_cases};
use crate::progress::Progress;
use crate::ready_made::{Demands, frame_of_cases};
use crate::sample::SampleName;
use crate::scoring::{card_features, text_columns};
use crate::table::{self, ReadOptions, Table};
use crate::validate::{OutcomeColumn, RoleColumns, ScoreColumns, scores};
use crate::words::Message;
use measure::measure;

/// What is compared, and by which columns.
#[derive(Debug, Clone)]
pub struct Request {
    /// The data file.
    pub data: PathBuf,
    /// Field separator of a csv file; absent: a comma.
    pub separator: Option<char>,
    /// The outcome; with scorecards, absent: theirs, which must be the same.
    pub outcome: Option<OutcomeColumn>,
    /// Columns of case weight.
    pub weight: Option<String>,
    /// Groups of cases that are not independent.
    pub group: Option<String>,
    /// Two columns of decisions, 1 approved and 0 not.
    pub approved: Option<[String; 2]>,
    /// Period, segments and exposure.
    pub roles: RoleColumns,
    /// What the measures go by.
    pub options: Options,
}

/// Two columns of scores or PDs; without either, only decisions are compared.
#[derive(Debug, Clone, Default)]
pub struct PairColumns {
    /// Scores, higher is safer.
    pub score: Option<[String; 2]>,
    /// Probabilities of default.
    pub pd: Option<[String; 2]>,
}

/// A comparison with the scores that it rests on, for curves.
#[derive(Debug)]
pub struct Compared {
    /// Every measure.
    pub comparison: Comparison,
    /// The two scores of the cases, where there are any.
    pub samples: Option<[ScoredSample; 2]>,
}

/// The cases with both scores.
pub(crate) struct Pair<'a> {
    data: String,
    names: [String; 2],
    cases: Cases,
    groups: Option<SampleGroups>,
    samples: Option<[ScoredSample; 2]>,
    cards: Option<[(&'a Scorecard, CardInput); 2]>,
    approved: Option<[Vec<bool>; 2]>,
    roles: Roles,
    warnings: Vec<Message>,
}

/// Compares two scorecards on a data file that has the features of both.
///
/// # Errors
/// [`ErrorKind::Configuration`] where the outcomes of the cards differ and none is stated; those of reading and scoring.
pub fn compare_cards(cards: [&Scorecard; 2], request: &Request, progress: &dyn Progress) -> Result<Compared> {
    progress.begin("reading cases", 0);
    let documents = cards.map(Scorecard::document);
    let source = match &request.outcome {
        Some(outcome) => outcome.source(),
        None if documents[0].outcome.source == documents[1].outcome.source => documents[0].outcome.source.clone(),
        None => {
            let what = "the two scorecards predict different outcomes, so they cannot be compared by their own";
            return Err(Error::new(ErrorKind::Artifact, what).in_file(&request.data).help(format!(
                "A: {}; B: {}; name the outcome that both are to be measured by: --outcome-column COLUMN --bad VALUE",
                documents[0].outcome.description, documents[1].outcome.description
            )));
        }
    };
    let mut as_text = further_text(request);
    as_text = cards.iter().fold(as_text, |further, card| {
        let mut columns = text_columns(card, &further);
        columns.dedup();
        columns
    });
    let table = read(request, &as_text)?;
    let mut warnings = Vec::new();
    let mut present = |column: Option<&String>, loss: &'static str| {
        column
            .filter(|name| {
                let has = table.has(name);
                if !has {
                    warnings.push(Message::new(loss).with(name));
                }
                has
            })
            .cloned()
    };
    let stated = &documents[0].columns;
    let taken = Columns {
        id: None,
        observed_at: present(stated.observed_at.as_ref(), "the data have no column {0}: no figures by month"),
        group: request.group.clone().or_else(|| {
            let loss = "the data have no column {0}: intervals take every case as independent of the others";
            present(stated.group.as_ref(), loss)
        }),
        weight: request.weight.clone().or_else(|| stated.weight.clone()),
    };
    let cases = frame_of_cases(&table, &taken, &source, None, Demands::Validation)?;
    progress.begin("scoring", 0);
    let rows: Vec<u32> = (0..cases.len() as u32).collect();
    let groups = SampleGroups::of(&cases, taken.group.as_deref(), &rows);
    let months = request.roles.periods(&table)?;
    let mut scored = cards
        .iter()
        .map(|card| {
            let features = card_features(card, &table)?;
            let input =
                CardInput::new(card, &features.iter().collect::<Vec<_>>()).map_err(|e| e.in_file(&request.data))?;
            let sample = score_cases(card, &input, &cases, SampleName::Validation, &rows);
            let periods = months.clone().or_else(|| sample.periods.clone());
            Ok((ScoredSample { groups: groups.clone(), periods, ..sample }, (*card, input)))
        })
        .collect::<Result<Vec<_>>>()?
        .into_iter();
    let (Some(first), Some(second)) = (scored.next(), scored.next()) else {
        return Err(crate::error::internal("a comparison without two cards"));
    };
    progress.check()?;
    let pair = Pair {
        data: file_name(&request.data),
        names: documents.map(|document| document.card.name.clone()),
        approved: approved(request, &table)?,
        roles: request.roles.read(&table)?,
        samples: Some([first.0, second.0]),
        cards: Some([first.1, second.1]),
        cases,
        groups,
        warnings,
    };
    measure(pair, &request.options, progress)
}

/// Compares two columns of scores, PDs or decisions.
///
/// # Errors
/// Those of reading; [`ErrorKind::Usage`] where nothing is named to compare.
pub fn compare_columns(columns: &PairColumns, request: &Request, progress: &dyn Progress) -> Result<Compared> {
    progress.begin("reading cases", 0);
    let Some(outcome) = &request.outcome else {
        return Err(Error::new(ErrorKind::Usage, "name the outcome: --outcome-column COLUMN --bad VALUE"));
    };
    let Some(named) = columns.score.as_ref().or(columns.pd.as_ref()).or(request.approved.as_ref()) else {
        let what =
            "name what to compare: two scorecards, or --score-column, --pd-column or --approved-columns, two of each";
        return Err(Error::new(ErrorKind::Usage, what));
    };
    let table = read(request, &further_text(request))?;
    let taken = Columns { group: request.group.clone(), weight: request.weight.clone(), ..Columns::default() };
    // A bad value that does not occur may be mistyped; where all values are stated, there are just no bads.
    let cases = frame_of_cases(&table, &taken, &outcome.source(), None, Demands::StatedValues)?;
    let rows: Vec<u32> = (0..cases.len() as u32).collect();
    let groups = SampleGroups::of(&cases, request.group.as_deref(), &rows);
    let periods = request.roles.periods(&table)?;
    let side = |place: usize| -> Result<ScoredSample> {
        let of = |names: &Option<[String; 2]>| names.as_ref().map(|names| names[place].clone());
        let columns = ScoreColumns {
            outcome: outcome.clone(),
            score: of(&columns.score),
            pd: of(&columns.pd),
            weight: None,
            group: None,
        };
        let (score, pd) = scores(&columns, &table)?;
        Ok(sample(&cases, &groups, &periods, score, pd))
    };
    let has_scores = columns.score.is_some() || columns.pd.is_some();
    let pair = Pair {
        data: file_name(&request.data),
        names: named.clone(),
        samples: if has_scores { Some([side(0)?, side(1)?]) } else { None },
        cards: None,
        approved: approved(request, &table)?,
        roles: request.roles.read(&table)?,
        cases,
        groups,
        warnings: Vec::new(),
    };
    progress.check()?;
    measure(pair, &request.options, progress)
}

fn sample(
    cases: &Cases,
    groups: &Option<SampleGroups>,
    periods: &Option<Labels>,
    score: Vec<f64>,
    pd: Vec<f64>,
) -> ScoredSample {
    ScoredSample {
        name: SampleName::Validation,
        rows: (0..cases.len() as u32).collect(),
        unforeseen: vec![0; score.len()],
        score,
        pd,
        goods: cases.outcomes.goods.clone(),
        bads: cases.outcomes.bads.clone(),
        weights: cases.outcomes.weights.clone(),
        observed_at: None,
        periods: periods.clone(),
        groups: groups.clone(),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn further_text(request: &Request) -> Vec<String> {
    let approved = request.approved.iter().flatten();
    request.group.iter().chain(approved).cloned().chain(request.roles.as_text()).collect()
}

fn read(request: &Request, as_text: &[String]) -> Result<Table> {
    let options = ReadOptions { separator: request.separator, as_text, ..ReadOptions::default() };
    table::read(&request.data, &request.data.display().to_string(), &options)
}

/// The two columns of decisions.
fn approved(request: &Request, table: &Table) -> Result<Option<[Vec<bool>; 2]>> {
    let Some([first, second]) = &request.approved else { return Ok(None) };
    let read = |column: &String| -> Result<Vec<bool>> {
        table.require(column)?;
        let categories = table.categories(column)?;
        let levels: Vec<Option<bool>> = categories.levels.iter().map(|text| decision(text)).collect();
        let known = |code: &u32| levels.get(*code as usize).copied().flatten();
        match categories.codes.iter().position(|code| known(code).is_none()) {
            None => Ok(categories.codes.iter().filter_map(known).collect()),
            Some(row) => {
                let text = categories.levels.get(categories.codes[row] as usize);
                let what = match text {
                    Some(text) => format!("{text:?} is no decision"),
                    None => "the decision is missing".to_owned(),
                };
                Err(Error::new(ErrorKind::Value, what)
                    .in_file(&table.file)
                    .in_column(column)
                    .at_row(row + 1)
                    .help("every case needs 1 (or true) where it is approved, and 0 (or false) where it is not"))
            }
        }
    };
    Ok(Some([read(first)?, read(second)?]))
}

fn decision(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        number => match number.parse::<f64>() {
            Ok(1.0) => Some(true),
            Ok(0.0) => Some(false),
            _ => None,
        },
    }
}
