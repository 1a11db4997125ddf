//! Cases through the scorecard: bins, points and scores by the runtime crate alone.

use chrono::NaiveDate;
use rayon::prelude::*;
use scorewright_runtime::artifact::{FeatureKind, UnforeseenPolicy};
use scorewright_runtime::{ELSEWHERE, Input, Partition, Scorecard};

use super::Labels;
use crate::binning::{encode, encode_pair};
use crate::cases::{Cases, FeatureColumn};
use crate::error::{Error, ErrorKind, Result};
use crate::sample::SampleName;

/// A sample with its scores; all columns have one entry a case.
#[derive(Debug, Clone)]
pub struct ScoredSample {
    /// Which sample.
    pub name: SampleName,
    /// Positions of its cases.
    pub rows: Vec<u32>,
    /// Higher is safer.
    pub score: Vec<f64>,
    /// Probability of default; empty where a score came without one.
    pub pd: Vec<f64>,
    /// Good weight.
    pub goods: Vec<f64>,
    /// Bad weight.
    pub bads: Vec<f64>,
    /// Case weight.
    pub weights: Vec<f64>,
    /// How many features had a value that development never saw.
    pub unforeseen: Vec<u32>,
    /// Day of observation.
    pub observed_at: Option<Vec<NaiveDate>>,
    /// The period of each case: by default the month of observation.
    pub periods: Option<Labels>,
    /// Groups of cases that are not independent; `None`: every case stands for itself.
    pub groups: Option<SampleGroups>,
}

/// The groups of a sample's cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleGroups {
    /// The column that names them.
    pub column: String,
    /// One code a case.
    pub codes: Vec<u32>,
}

impl SampleGroups {
    /// The groups of the cases `rows`; `None` where the cases have none.
    pub fn of(cases: &Cases, column: Option<&str>, rows: &[u32]) -> Option<Self> {
        let (groups, column) = cases.groups.as_ref().zip(column)?;
        Some(SampleGroups {
            column: column.to_owned(),
            codes: rows.iter().map(|row| groups.codes[*row as usize]).collect(),
        })
    }
}

/// The codes of all cases by feature of a card, and their scores.
#[derive(Debug, Clone)]
pub struct CardInput {
    /// By feature of the card, one code a case; in a card with segments a last one tells the segment.
    pub codes: Vec<Vec<u16>>,
}

impl CardInput {
    /// Codes cases by a card's bins; every input of the card must be among `columns`.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`], [`ErrorKind::Value`] for a type that differs or a value that the
    /// card's policy refuses.
    pub fn new(card: &Scorecard, columns: &[&FeatureColumn]) -> Result<Self> {
        let inputs: Vec<&FeatureColumn> =
            card.inputs().iter().map(|input| column(input, columns)).collect::<Result<_>>()?;
        let own = card.segment_input().map(|(input, partition)| encode(partition, &inputs[input].values));
        let segments = own.as_deref().map(|own| segments(card, own)).transpose();
        let segments = segments.map_err(|row| no_segment(card, &inputs, row))?;
        let codes = (0..card.features().len())
            .into_par_iter()
            .map(|position| {
                let is_own = |case: usize| match &segments {
                    Some(segments) => card.feature_segment(position) == Some(usize::from(segments[case])),
                    None => true,
                };
                let partition =
                    card.partition(position).ok_or_else(|| crate::error::internal("a feature without bins"))?;
                let taken: Vec<&FeatureColumn> =
                    card.feature_inputs(position).iter().map(|input| inputs[*input]).collect();
                let mut codes = match (partition.axes(), taken.as_slice()) {
                    (Some(axes), [first, second]) => {
                        let codes = [codes(card, &axes[0], first, is_own)?, codes(card, &axes[1], second, is_own)?];
                        encode_pair(partition, &codes)
                    }
                    (None, [column]) => codes(card, partition, column, is_own)?,
                    _ => return Err(crate::error::internal("a feature whose inputs do not fit its bins")),
                };
                if segments.is_some() {
                    let others = codes.iter_mut().enumerate().filter(|(case, _)| !is_own(*case));
                    others.for_each(|(_, code)| *code = ELSEWHERE);
                }
                Ok(codes)
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(CardInput { codes: codes.into_iter().chain(own).collect() })
    }

    /// The position of every case's segment; `None` for a card without segments.
    pub fn segments(&self, card: &Scorecard) -> Option<Vec<u16>> {
        card.segment_input()?;
        segments(card, self.codes.last()?).ok()
    }

    /// The codes of one case, in the card's order.
    pub fn case(&self, case: usize) -> impl Iterator<Item = u16> + '_ {
        self.codes.iter().map(move |codes| codes[case])
    }
}

/// The segment of every code; the case that has none is the error.
fn segments(card: &Scorecard, codes: &[u16]) -> std::result::Result<Vec<u16>, usize> {
    let of = |(case, code): (usize, &u16)| card.segment_of_code(*code).map(|segment| segment as u16).ok_or(case);
    codes.iter().enumerate().map(of).collect()
}

fn no_segment(card: &Scorecard, inputs: &[&FeatureColumn], row: usize) -> Error {
    let Some((input, _)) = card.segment_input() else { return crate::error::internal("a card without segments") };
    let what = format!("the value {} belongs to no segment of the card", inputs[input].values.text(row));
    Error::new(ErrorKind::Value, what).in_column(&inputs[input].name).at_row(row + 1).help(
        "score such cases with another card, or say in the card where they go ([segments] otherwise) and train it again",
    )
}

/// The column of an input.
fn column<'a>(input: &Input, columns: &[&'a FeatureColumn]) -> Result<&'a FeatureColumn> {
    let column = columns.iter().find(|column| column.name == input.name).ok_or_else(|| {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        Error::new(ErrorKind::UnknownColumn, format!("the card needs the feature {:?}", input.name))
            .help(crate::suggest::did_you_mean(&input.name, "columns", names))
    })?;
    if column.values.kind() != input.kind {
        let expected = if input.kind == FeatureKind::Numeric { "numbers" } else { "categories" };
        return Err(Error::new(ErrorKind::Value, format!("the card takes {expected} here")).in_column(&input.name));
    }
    Ok(column)
}

/// The codes of a column; an error where the card's policy refuses one of its own cases.
fn codes(
    card: &Scorecard,
    partition: &Partition,
    column: &FeatureColumn,
    is_own: impl Fn(usize) -> bool,
) -> Result<Vec<u16>> {
    let codes = encode(partition, &column.values);
    if card.document().unforeseen == UnforeseenPolicy::Error
        && let Some(row) = (0..codes.len()).find(|row| codes[*row] == partition.unforeseen() && is_own(*row))
    {
        let value = column.values.text(row);
        let what = format!("development never saw the value {value}, and the card's policy is to refuse it");
        return Err(Error::new(ErrorKind::Value, what).in_column(&column.name).at_row(row + 1));
    }
    Ok(codes)
}

/// Scores the cases `rows`.
pub fn score_cases(card: &Scorecard, input: &CardInput, cases: &Cases, name: SampleName, rows: &[u32]) -> ScoredSample {
    let scored: Vec<_> = rows.par_iter().map(|row| card.score_codes(input.case(*row as usize))).collect();
    let pick = |values: &[f64]| rows.iter().map(|row| values[*row as usize]).collect::<Vec<f64>>();
    let observed_at: Option<Vec<NaiveDate>> =
        cases.observed_at.as_ref().map(|days| rows.iter().map(|row| days[*row as usize]).collect());
    let day = card.document().columns.observed_at.as_deref().unwrap_or("day of observation");
    ScoredSample {
        name,
        rows: rows.to_vec(),
        score: scored.iter().map(|case| case.score.0).collect(),
        pd: scored.iter().map(|case| case.pd.0).collect(),
        goods: pick(&cases.outcomes.goods),
        bads: pick(&cases.outcomes.bads),
        weights: pick(&cases.outcomes.weights),
        unforeseen: scored.iter().map(|case| case.unforeseen).collect(),
        periods: observed_at.as_ref().map(|days| Labels::months(day, days)),
        observed_at,
        // Rejected applicants have no outcome, so nothing about them has an interval.
        groups: SampleGroups::of(cases, card.document().columns.group.as_deref(), rows)
            .filter(|_| name != SampleName::Rejected),
    }
}
