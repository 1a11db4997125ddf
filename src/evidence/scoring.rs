//! Cases through the scorecard: bins, points and scores by the runtime crate alone.

use chrono::NaiveDate;
use rayon::prelude::*;
use scorewright_runtime::artifact::{FeatureKind, UnforeseenPolicy};
use scorewright_runtime::{Input, Partition, Scorecard};

use crate::binning::{encode, encode_pair};
use crate::cases::{Cases, FeatureColumn, FeatureValues};
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
    /// By feature of the card, one code a case.
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
        let codes = (0..card.features().len())
            .into_par_iter()
            .map(|position| {
                let partition =
                    card.partition(position).ok_or_else(|| crate::error::internal("a feature without bins"))?;
                let taken: Vec<&FeatureColumn> =
                    card.feature_inputs(position).iter().map(|input| inputs[*input]).collect();
                match (partition.axes(), taken.as_slice()) {
                    (Some(axes), [first, second]) => {
                        let codes = [codes(card, &axes[0], first)?, codes(card, &axes[1], second)?];
                        Ok(encode_pair(partition, &codes))
                    }
                    (None, [column]) => codes(card, partition, column),
                    _ => Err(crate::error::internal("a feature whose inputs do not fit its bins")),
                }
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(CardInput { codes })
    }

    /// The codes of one case, in the card's order.
    pub fn case(&self, case: usize) -> impl Iterator<Item = u16> + '_ {
        self.codes.iter().map(move |codes| codes[case])
    }
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

/// The codes of a column; an error where the card's policy refuses one.
fn codes(card: &Scorecard, partition: &Partition, column: &FeatureColumn) -> Result<Vec<u16>> {
    let codes = encode(partition, &column.values);
    if card.document().unforeseen == UnforeseenPolicy::Error
        && let Some(row) = codes.iter().position(|code| *code == partition.unforeseen())
    {
        let value = match &column.values {
            FeatureValues::Numeric(values) => values[row].to_string(),
            FeatureValues::Categorical(values) => values.text(row).unwrap_or("missing").to_owned(),
        };
        let what = format!("development never saw the value {value}, and the card's policy is to refuse it");
        return Err(Error::new(ErrorKind::Value, what).in_column(&column.name).at_row(row + 1));
    }
    Ok(codes)
}

/// Scores the cases `rows`.
pub fn score_cases(card: &Scorecard, input: &CardInput, cases: &Cases, name: SampleName, rows: &[u32]) -> ScoredSample {
    let scored: Vec<_> = rows.par_iter().map(|row| card.score_codes(input.case(*row as usize))).collect();
    let pick = |values: &[f64]| rows.iter().map(|row| values[*row as usize]).collect::<Vec<f64>>();
    ScoredSample {
        name,
        rows: rows.to_vec(),
        score: scored.iter().map(|case| case.score.0).collect(),
        pd: scored.iter().map(|case| case.pd.0).collect(),
        goods: pick(&cases.outcomes.goods),
        bads: pick(&cases.outcomes.bads),
        weights: pick(&cases.outcomes.weights),
        unforeseen: scored.iter().map(|case| case.unforeseen).collect(),
        observed_at: cases.observed_at.as_ref().map(|days| rows.iter().map(|row| days[*row as usize]).collect()),
        // Rejected applicants have no outcome, so nothing about them has an interval.
        groups: SampleGroups::of(cases, card.document().columns.group.as_deref(), rows)
            .filter(|_| name != SampleName::Rejected),
    }
}
