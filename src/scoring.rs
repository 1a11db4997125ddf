//! `score`: any table through a scorecard, by the runtime crate alone.

use std::path::Path;

use polars::prelude::*;
use rayon::prelude::*;
use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::FeatureKind;
use scorewright_runtime::reasons::{MOST_REASONS, reason_text, reasons};

use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::is_score_column;
use crate::error::{Error, ErrorKind, Result, internal, read_file};
use crate::evidence::{CardInput, special_numbers};
use crate::table::{self, ReadOptions, Table};

/// Loads a scorecard; its verification rows are replayed.
///
/// # Errors
/// [`crate::error::ErrorKind::Unreadable`], [`crate::error::ErrorKind::Artifact`].
pub fn load(path: &Path) -> Result<Scorecard> {
    let refused = |e: scorewright_runtime::Error| {
        Error::from(e)
            .in_file(path)
            .help("take the scorecard.json that training wrote, unchanged; `scorewright train` makes a new one")
    };
    Scorecard::from_json(&read_file(path)?).map_err(refused)
}

/// Reads a data file for a scorecard: its categories keep their exact text. `separator` is that of a csv file;
/// absent: a comma; of the columns `further` too the exact text counts.
///
/// # Errors
/// Those of reading files.
pub fn read_data(card: &Scorecard, path: &Path, separator: Option<char>, further: &[String]) -> Result<Table> {
    let as_text = text_columns(card, further);
    let options = ReadOptions { separator, as_text: &as_text, ..ReadOptions::default() };
    table::read(path, &path.display().to_string(), &options)
}

/// The columns whose exact text a card needs, and of `further` those that are no numbers to it.
pub(crate) fn text_columns(card: &Scorecard, further: &[String]) -> Vec<String> {
    let inputs = card.inputs();
    let categorical = inputs.iter().filter(|input| input.kind == FeatureKind::Categorical);
    // A number that also sorts the cases stays a number.
    let is_number =
        |name: &&String| inputs.iter().any(|input| input.kind == FeatureKind::Numeric && input.name == **name);
    let columns = &card.document().columns;
    categorical
        .map(|input| input.name.clone())
        .chain(columns.id.clone())
        .chain(columns.group.clone())
        .chain(further.iter().filter(|name| !is_number(name)).cloned())
        .collect()
}

/// The columns that a scorecard needs: those of its features, and the axes of its pairs.
///
/// # Errors
/// [`crate::error::ErrorKind::UnknownColumn`], [`crate::error::ErrorKind::Value`].
pub fn card_features(card: &Scorecard, table: &Table) -> Result<Vec<FeatureColumn>> {
    let description = |name: &str| {
        let feature = card.features().iter().find(|feature| feature.title() == name);
        feature.map(|feature| feature.description.clone()).unwrap_or_default()
    };
    card.inputs()
        .iter()
        .map(|input| {
            // A file to score has no card in which the column could be declared otherwise.
            let advise = |e: Error| match e.kind() {
                ErrorKind::Value => e.help(
                    "the scorecard takes a number here: mend the value, or leave the field empty where it is missing",
                ),
                _ => e,
            };
            let values = match input.kind {
                FeatureKind::Numeric => FeatureValues::Numeric(table.numbers(&input.name).map_err(advise)?),
                FeatureKind::Categorical => FeatureValues::Categorical(table.categories(&input.name)?),
                FeatureKind::Pair => return Err(internal("an input is a pair")),
            };
            Ok(FeatureColumn { name: input.name.clone(), description: description(&input.name), values })
        })
        .collect()
}

/// The scores of a file.
#[derive(Debug)]
pub struct Scores {
    /// A row a case.
    pub frame: DataFrame,
    /// Numbers outside of the range that the card allows, neither missing nor special, by column, where there are any.
    pub outside_allowed: Vec<(String, u64)>,
}

/// Numbers of a column outside of the range that the card allows.
fn outside_allowed(card: &Scorecard, column: &FeatureColumn) -> Option<(String, u64)> {
    let allowed = card.document().inputs.get(&column.name)?.allowed?;
    let FeatureValues::Numeric(values) = &column.values else { return None };
    let special = special_numbers(card, &column.name);
    let is_outside = |value: &&f64| !value.is_nan() && !allowed.contains(**value) && !special.contains(value);
    let count = values.iter().filter(is_outside).count() as u64;
    (count > 0).then(|| (column.name.clone(), count))
}

/// Scores every row: id (or `row`), of a card with segments `segment`, `score`, `pd`, `reason_1` to `reason_4`,
/// `unforeseen`.
///
/// # Errors
/// As [`card_features`]; a value that the card's policy refuses.
pub fn score(card: &Scorecard, table: &Table) -> Result<Scores> {
    let features = card_features(card, table)?;
    let input = CardInput::new(card, &features.iter().collect::<Vec<_>>()).map_err(|e| e.in_file(&table.file))?;
    let rows = table.rows();
    let scored: Vec<_> = (0..rows).into_par_iter().map(|row| card.score_codes(input.case(row))).collect();
    let ranked: Vec<[Option<(usize, u16)>; MOST_REASONS]> = (0..rows)
        .into_par_iter()
        .map(|row| {
            let codes: Vec<u16> = input.case(row).collect();
            reasons(card, &codes).map(|position| position.map(|position| (position, codes[position])))
        })
        .collect();
    // A text for each bin once, not for each row.
    let texts: Vec<Vec<String>> = card
        .features()
        .iter()
        .enumerate()
        .map(|(position, feature)| {
            (0..=feature.bins.len()).map(|code| reason_text(card, position, code as u16)).collect()
        })
        .collect();
    let mut columns: Vec<Column> = Vec::new();
    match &card.document().columns.id {
        Some(id) if is_score_column(id) => {
            let what = format!("the cases' id is called {id:?}, like a column of the scores");
            return Err(Error::new(ErrorKind::Value, what)
                .in_file(&table.file)
                .in_column(id)
                .help("give the id's column another name, in the data and in the card ([table] id), and train again"));
        }
        Some(id) => columns.push(table.series(id)?.into()),
        None => columns.push(Series::new("row".into(), (1..=rows as u64).collect::<Vec<_>>()).into()),
    }
    if let (Some(segments), Some(of_case)) = (&card.document().segments, input.segments(card)) {
        let name = |place: &u16| segments.segments.get(usize::from(*place)).map(|segment| segment.name.as_str());
        columns.push(StringChunked::from_iter_options("segment".into(), of_case.iter().map(name)).into_series().into());
    }
    columns.push(Series::new("score".into(), scored.iter().map(|case| case.score.0).collect::<Vec<_>>()).into());
    columns.push(Series::new("pd".into(), scored.iter().map(|case| case.pd.0).collect::<Vec<_>>()).into());
    for place in 0..MOST_REASONS {
        let reasons = ranked.iter().map(|ranked| {
            ranked[place].and_then(|(position, code)| texts[position].get(usize::from(code)).map(String::as_str))
        });
        columns.push(
            StringChunked::from_iter_options(format!("reason_{}", place + 1).into(), reasons).into_series().into(),
        );
    }
    columns
        .push(Series::new("unforeseen".into(), scored.iter().map(|case| case.unforeseen).collect::<Vec<_>>()).into());
    let outside_allowed = features.iter().filter_map(|column| outside_allowed(card, column)).collect();
    Ok(Scores { frame: DataFrame::new(rows, columns).map_err(internal)?, outside_allowed })
}
