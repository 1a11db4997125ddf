//! Rejected applicants of a ready-made table: rows of the card's own table by their decision, or a table of their own,
//! joined to the cases. They have no outcome, so nothing of a card is decided by them.

use crate::cases::{Cases, FeatureColumn, FeatureValues};
use crate::config::{CardSpec, RejectsSection, TableSource};
use crate::error::{Error, ErrorKind, Result};
use crate::ready_made::{means, read_feature};
use crate::suggest;
use crate::table::{self, Categories, MISSING, ReadOptions, Table};

/// Marks or joins the rejected applicants that `[rejects]` names; `accepted` is the card's table.
///
/// # Errors
/// Those of reading files; [`ErrorKind::UnknownColumn`], [`ErrorKind::Value`], [`ErrorKind::Duplicate`],
/// [`ErrorKind::NoCases`].
pub(crate) fn add(
    spec: &CardSpec,
    source: &TableSource,
    rejects: &RejectsSection,
    accepted: &Table,
    cases: &mut Cases,
) -> Result<()> {
    for name in &rejects.exclusion {
        let column = accepted.require(name).and_then(|()| read_feature(accepted, name, None));
        match column.map_err(|e| named_in(spec, "exclusion", e))? {
            Ok(column) => cases.exclusion.push(column),
            Err(reason) => {
                let what = format!("rejects.exclusion: {name:?} cannot be used: {reason}");
                return Err(spec.source.error(&["rejects", "exclusion"], what).help("take the name out"));
            }
        }
    }
    match &rejects.path {
        None => mark(spec, rejects, accepted, cases),
        Some(path) => join(spec, source, rejects, path, accepted, cases),
    }
}

/// Marks the rows whose decision means rejected, and takes their outcomes away.
///
/// # Errors
/// [`ErrorKind::UnknownColumn`], [`ErrorKind::Value`] for a decision that does not occur, [`ErrorKind::NoCases`] where
/// everybody was rejected.
pub(crate) fn mark(spec: &CardSpec, rejects: &RejectsSection, table: &Table, cases: &mut Cases) -> Result<()> {
    let Some(column) = &rejects.column else { return Ok(()) };
    table.require(column).map_err(|e| named_in(spec, "column", e))?;
    let decisions = table.categories(column)?;
    for value in &rejects.values {
        if !decisions.levels.iter().any(|text| means(value, text)) {
            let levels: Vec<&str> = decisions.levels.iter().map(String::as_str).collect();
            return Err(Error::new(ErrorKind::Value, format!("the decision {value} does not occur"))
                .in_file(&table.file)
                .in_column(column)
                .help(suggest::did_you_mean(&value.to_string(), "column's values", levels)));
        }
    }
    let is_rejected: Vec<bool> =
        decisions.levels.iter().map(|text| rejects.values.iter().any(|value| means(value, text))).collect();
    let rejected: Vec<bool> =
        decisions.codes.iter().map(|code| is_rejected.get(*code as usize) == Some(&true)).collect();
    if rejected.iter().all(|rejected| *rejected) {
        return Err(Error::new(ErrorKind::NoCases, "every applicant was rejected, so nobody has an outcome")
            .in_file(&table.file)
            .in_column(column)
            .help("look at [rejects] values: they are the decisions that mean rejected"));
    }
    let outcomes = &mut cases.outcomes;
    for (row, _) in rejected.iter().enumerate().filter(|(_, rejected)| **rejected) {
        (outcomes.goods[row], outcomes.bads[row]) = (0.0, 0.0);
    }
    cases.rejected = Some(rejected);
    Ok(())
}

/// Takes the columns of `[rejects]` exclusion out of the features of a card on the history.
///
/// # Errors
/// [`ErrorKind::Configuration`] for a name that is no feature by definition.
pub(crate) fn set_aside(spec: &CardSpec, rejects: &RejectsSection, cases: &mut Cases) -> Result<()> {
    for name in &rejects.exclusion {
        let Some(position) = cases.features.iter().position(|feature| feature.name == *name) else {
            let names: Vec<&str> = cases.features.iter().map(|feature| feature.name.as_str()).collect();
            return Err(spec
                .source
                .error(&["rejects", "exclusion"], format!("rejects.exclusion: the history gives no {name:?}"))
                .help(format!(
                    "define it ([features.define.{name}]); {}",
                    suggest::did_you_mean(name, "features", names)
                )));
        };
        let column = cases.features.remove(position);
        cases.exclusion.push(column);
    }
    Ok(())
}

/// Joins the rows of a table of rejected applicants to the cases.
fn join(
    spec: &CardSpec,
    source: &TableSource,
    rejects: &RejectsSection,
    path: &str,
    accepted: &Table,
    cases: &mut Cases,
) -> Result<()> {
    let theirs = |name: &str| {
        let renamed = rejects.rename.iter().find(|(_, to)| *to == name);
        renamed.map_or(name, |(from, _)| from).to_owned()
    };
    let is_text = |values: &FeatureValues| matches!(values, FeatureValues::Categorical(_));
    let columns = || cases.features.iter().chain(&cases.axes).chain(&cases.exclusion);
    let mut as_text: Vec<String> =
        columns().filter(|column| is_text(&column.values)).map(|column| theirs(&column.name)).collect();
    as_text.extend([&source.id, &source.group].into_iter().flatten().map(|name| theirs(name)));
    let options = ReadOptions {
        separator: rejects.separator.or(source.separator),
        null_values: rejects.null_values.as_ref().unwrap_or(&source.null_values),
        as_text: &as_text,
        ..ReadOptions::default()
    };
    let table = table::read(&spec.source.resolve(path), path, &options)?;
    for (from, to) in &rejects.rename {
        table.require(from).map_err(|e| named_in(spec, "rename", e))?;
        accepted.require(to).map_err(|e| named_in(spec, "rename", e))?;
    }
    let lacking: Vec<String> =
        cases.features.iter().map(|feature| &feature.name).filter(|name| !table.has(&theirs(name))).cloned().collect();
    if lacking.len() == cases.features.len() {
        return Err(nothing_in_common(&table, &lacking));
    }
    if let Some(name) = cases.exclusion.iter().map(|column| &column.name).find(|name| !table.has(&theirs(name))) {
        return Err(named_in(spec, "exclusion", table.unknown_column(&theirs(name))));
    }
    let rows = table.rows();
    let before = cases.len();
    for column in cases.features.iter_mut().chain(&mut cases.axes).chain(&mut cases.exclusion) {
        append(column, &table, &theirs(&column.name))?;
    }
    let weights = match weight_column(spec) {
        Some(weight) if table.has(&theirs(weight)) => positive(&table, &theirs(weight))?,
        Some(weight) => {
            cases.warnings.push(format!(
                "the rejected applicants have no column {weight:?}: each of them counts 1, while accepts have weights"
            ));
            vec![1.0; rows]
        }
        None => vec![1.0; rows],
    };
    // Not pushed as outcomes: the weights of rejects must not change how the accepts' outcomes are counted.
    cases.outcomes.goods.resize(before + rows, 0.0);
    cases.outcomes.bads.resize(before + rows, 0.0);
    cases.outcomes.weights.extend(weights);
    if let Some(ids) = &mut cases.ids {
        ids.extend(their_ids(&table, source.id.as_ref().map(|id| theirs(id)), ids)?);
    }
    if let (Some(days), Some(column)) = (&mut cases.observed_at, &source.observed_at) {
        let theirs = theirs(column);
        table.require(&theirs).map_err(|e| {
            e.help(format!(
                "the card's accepts are dated by {column:?}: name the date of the rejects, [rejects] rename = {{ THEIR_DATE = {column:?} }}"
            ))
        })?;
        for (row, day) in table.dates(&theirs)?.into_iter().enumerate() {
            let missing = || {
                Error::new(ErrorKind::Value, "the day of observation is missing")
                    .in_file(&table.file)
                    .in_column(&theirs)
                    .at_row(row + 1)
                    .help("every rejected applicant needs one, as the accepts have")
            };
            days.push(day.ok_or_else(missing)?);
        }
    }
    if let (Some(groups), Some(column)) = (&mut cases.groups, &source.group) {
        let theirs = table.has(&theirs(column)).then(|| table.categories(&theirs(column))).transpose()?;
        let text = |row: usize| match theirs.as_ref().and_then(|theirs| theirs.text(row)) {
            Some(text) => text.to_owned(),
            // One who is in no group known stands alone.
            None => format!("rejected applicant {}", row + 1),
        };
        let texts: Vec<String> = (0..rows).map(text).collect();
        *groups = appended(groups, texts.iter().map(|text| Some(text.as_str())));
    }
    cases.rejected = Some((0..before + rows).map(|case| case >= before).collect());
    cases.rejected_lack = lacking;
    if let Some(all) = cases.waterfall.first_mut() {
        all.cause = format!("{}, and {rows} rejected applicants of a table of their own", all.cause);
        all.remaining += rows as u64;
    }
    cases.data.extend(table.lineage);
    Ok(())
}

/// Adds the rejects' values of a column; where they lack it, missing ones.
fn append(column: &mut FeatureColumn, table: &Table, theirs: &str) -> Result<()> {
    let has = table.has(theirs);
    let rows = table.rows();
    match &mut column.values {
        FeatureValues::Numeric(values) if has => values.extend(table.numbers(theirs).map_err(|e| match e.kind() {
            ErrorKind::Value => e.help(format!(
                "the accepts hold numbers in {:?}: write the rejects' values as the same kind of number (34.6, not \"34.6%\"; empty where missing), or list texts that mean missing in [rejects] null_values",
                column.name
            )),
            _ => e,
        })?),
        FeatureValues::Numeric(values) => values.resize(values.len() + rows, f64::NAN),
        FeatureValues::Categorical(values) => {
            let theirs = if has { table.categories(theirs)? } else { Categories { codes: vec![MISSING; rows], levels: Vec::new() } };
            *values = appended(values, (0..rows).map(|row| theirs.text(row)));
        }
    }
    Ok(())
}

fn appended<'a>(ours: &'a Categories, theirs: impl Iterator<Item = Option<&'a str>>) -> Categories {
    Categories::from_texts((0..ours.codes.len()).map(|row| ours.text(row)).chain(theirs))
}

fn weight_column(spec: &CardSpec) -> Option<&String> {
    match &spec.cases {
        crate::config::CaseSource::Table(_, outcome) => outcome.weight.as_ref(),
        crate::config::CaseSource::History(..) => None,
    }
}

fn positive(table: &Table, column: &str) -> Result<Vec<f64>> {
    let weights = table.numbers(column)?;
    match weights.iter().position(|weight| !(weight.is_finite() && *weight > 0.0)) {
        None => Ok(weights),
        Some(row) => Err(Error::new(ErrorKind::Value, "the weight is not a number above 0")
            .in_file(&table.file)
            .in_column(column)
            .at_row(row + 1)
            .help("leave rejected applicants that should not count out of their table")),
    }
}

/// Ids of the rejects; without a column for them, `rejected-1` and so on.
fn their_ids(table: &Table, column: Option<String>, ours: &[String]) -> Result<Vec<String>> {
    let Some(column) = column.filter(|column| table.has(column)) else {
        return Ok((1..=table.rows()).map(|row| format!("rejected-{row}")).collect());
    };
    let ids = table.categories(&column)?;
    let mut known: std::collections::HashSet<&str> = ours.iter().map(String::as_str).collect();
    let mut texts = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let fault = match ids.text(row) {
            None => Err("the id is missing".to_owned()),
            Some(text) if !known.insert(text) => Err(format!("the id {text:?} stands twice, among accepts or rejects")),
            Some(text) => Ok(text),
        };
        let place = |what: String| {
            let kind = if what.contains("twice") { ErrorKind::Duplicate } else { ErrorKind::Value };
            Error::new(kind, what).in_file(&table.file).in_column(&column).at_row(row + 1).help(
                "one row is one applicant, either accepted or rejected; leave the column out of the rejects' table to number them",
            )
        };
        texts.push(fault.map_err(place)?.to_owned());
    }
    Ok(texts)
}

/// The error where rejects and accepts share no feature, with the nearest pair of names.
fn nothing_in_common(table: &Table, features: &[String]) -> Error {
    let names = table.names();
    let near = features.iter().find_map(|feature| {
        let near = suggest::nearest(feature, names.iter().map(String::as_str))?;
        Some(format!("did you mean [rejects] rename = {{ {near:?} = {feature:?} }}? "))
    });
    Error::new(ErrorKind::UnknownColumn, "the rejected applicants have none of the card's features")
        .in_file(&table.file)
        .help(format!(
            "{}their columns are: {}; the card's features are: {}; pair them by [rejects] rename = {{ THEIRS = \"OURS\" }}",
            near.unwrap_or_default(),
            suggest::list(names.iter().map(String::as_str)),
            suggest::list(features.iter().map(String::as_str)),
        ))
}

/// An unknown column, with the card's line that names it.
fn named_in(spec: &CardSpec, key: &str, error: Error) -> Error {
    match spec.source.line_of(&["rejects", key]) {
        Some(line) => {
            let near = error.advice().unwrap_or_default().to_owned();
            error.help(format!("{near} (the card names it in {}, line {line})", spec.source.path.display()))
        }
        None => error,
    }
}
