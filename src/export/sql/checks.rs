//! What a dialect cannot say, and what its users must know.

use scorewright_runtime::Scorecard;
use scorewright_runtime::artifact::{BinDomain, Literal};

use super::{Dialect, Subject};
use crate::error::{Error, ErrorKind, Result};

/// Refuses what the dialect cannot say.
pub(super) fn check(subject: &Subject<'_>, dialect: Dialect, table: &str) -> Result<()> {
    if table.split('.').any(str::is_empty) || table.contains('\0') {
        return Err(Error::new(ErrorKind::Usage, format!("{table:?} is no name of a table"))
            .help("name a table or view, such as: cases, or with its schema: risk.cases"));
    }
    let wrong = |what: String| Error::new(ErrorKind::Artifact, format!("{}: {what}", dialect.name()));
    let inputs = subject.card.inputs();
    for (position, input) in inputs.iter().enumerate() {
        let name = &input.name;
        if name.is_empty() {
            return Err(
                wrong("a column of the card has no name".into()).help("SQL has no empty names: rename the column")
            );
        }
        if dialect == Dialect::Spark && name.contains("${") {
            return Err(wrong(format!("the column {name:?} cannot be named: ${{ begins a variable"))
                .in_column(name)
                .help("rename the column, in the data and in the card, and train again"));
        }
        // Spark can be told to tell them apart; see `notes`.
        let is_same = |other: &str| dialect.is_same_column(other, name);
        let same = inputs.iter().take(position).find(|other| is_same(&other.name));
        if let (Some(other), Dialect::DuckDb | Dialect::PostgreSql) = (same, dialect) {
            let why = match dialect {
                Dialect::DuckDb => "it does not tell capital letters from small ones",
                _ => "it knows a column by the first 63 bytes of its name",
            };
            let what = format!("no table can have both the column {:?} and the column {name:?}: {why}", other.name);
            return Err(wrong(what)
                .in_column(name)
                .help("rename one of the columns, in the data and in the card, and train again"));
        }
    }
    match texts(subject.card).into_iter().find(|text| text.contains('\0')) {
        None => Ok(()),
        Some(text) => Err(wrong(format!("the text {text:?} has the character NUL, which no SQL text can hold"))
            .help("replace it in the data or in the reason, and train again")),
    }
}

/// Every text of the card that the query holds.
fn texts(card: &Scorecard) -> Vec<String> {
    let document = card.document();
    let features = || document.features.iter();
    let segments = || document.segments.iter().flat_map(|segments| &segments.segments);
    let domains = features()
        .flat_map(|feature| &feature.bins)
        .map(|bin| &bin.domain)
        .chain(
            features()
                .flat_map(|feature| feature.axes.iter().flatten())
                .flat_map(|axis| &axis.bins)
                .map(|bin| &bin.domain),
        )
        .chain(segments().flat_map(|segment| &segment.values).map(|value| &value.domain));
    let values = domains.flat_map(|domain| match domain {
        BinDomain::Categories(texts) => texts.clone(),
        BinDomain::Special(values) => values.iter().map(Literal::to_string).collect(),
        _ => Vec::new(),
    });
    let reasons = features().flat_map(|feature| &feature.bins).map(|bin| bin.reason.clone());
    let names = card.inputs().iter().map(|input| input.name.clone());
    // The reason of an unforeseen value has the feature's name.
    let titles = features().map(|feature| feature.name.clone());
    let segments = segments().map(|segment| segment.name.clone());
    values.chain(reasons).chain(names).chain(titles).chain(segments).collect()
}

/// What the head of the query says besides.
pub(super) fn notes(card: &Scorecard, dialect: Dialect) -> Vec<String> {
    let inputs = card.inputs();
    let differ_in_case = inputs.iter().enumerate().any(|(position, input)| {
        inputs.iter().take(position).any(|other| dialect.is_same_column(&other.name, &input.name))
    });
    let mut notes = Vec::new();
    if differ_in_case && dialect == Dialect::Spark {
        notes.push("Columns differ in capital letters alone: SET spark.sql.caseSensitive = true".to_owned());
    }
    if dialect == Dialect::Ansi {
        notes
            .push("Columns of categories must be columns of text, compared byte by byte; NaN must be NULL.".to_owned());
    }
    notes
}
