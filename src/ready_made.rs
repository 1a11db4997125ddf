//! Cases from a ready-made table: one row a case.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::{Columns, FeatureKind, Literal, OutcomeSource};

use crate::cases::{Cases, FeatureColumn, FeatureValues, OutcomeState, Outcomes, WaterfallStep};
use crate::config::{CardSpec, ColumnSettings, FeaturesSection, RejectsSection, Source, TableOutcome, TableSource};
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;
use crate::table::{self, ReadOptions, Table};

/// Reads the table of a card and takes the cases from it.
///
/// # Errors
/// Those of reading files; [`ErrorKind::UnknownColumn`], [`ErrorKind::Value`], [`ErrorKind::Duplicate`],
/// [`ErrorKind::NoCases`].
pub fn cases(spec: &CardSpec, source: &TableSource, outcome: &TableOutcome) -> Result<Cases> {
    let as_text = text_columns(&spec.features, source);
    let options = ReadOptions {
        separator: source.separator,
        null_values: &source.null_values,
        as_text: &as_text,
        ..ReadOptions::default()
    };
    let table = table::read(&spec.source.resolve(&source.path), &source.path, &options)?;
    let keys = Keys::new(spec, source, outcome);
    let mut cases = frame_of_cases(&table, &keys.columns, &outcome.source, Some(&spec.source), Demands::Training)?;
    let names = table.names();
    check_segments(&names, &keys.names, spec)?;
    let chosen = chosen(&names, &spec.features, &keys.names, &spec.source)?;
    check_pairs(&names, &keys.names, spec)?;
    let is_needed = |name: &String| chosen.contains(name) || spec.features.is_axis(name);
    for name in names.into_iter().filter(is_needed) {
        let settings = spec.features.columns.get(&name);
        match read_feature(&table, &name, settings)? {
            Ok(column) if chosen.contains(&name) => cases.features.push(column),
            Ok(column) => cases.axes.push(column),
            Err(reason) => cases.refused.push((name, reason)),
        }
    }
    if let Some(rejects) = &spec.rejects {
        crate::rejected::add(spec, source, rejects, &table, &mut cases)?;
    }
    Ok(cases)
}

/// The columns of a card's table that are no features.
pub(crate) struct Keys {
    /// What each is.
    pub columns: Columns,
    /// Their names, the outcome's first.
    pub names: Vec<String>,
}

impl Keys {
    pub(crate) fn new(spec: &CardSpec, source: &TableSource, outcome: &TableOutcome) -> Self {
        let columns = Columns {
            id: source.id.clone(),
            observed_at: source.observed_at.clone(),
            group: source.group.clone(),
            weight: outcome.weight.clone(),
        };
        let (OutcomeSource::Plain { column, .. } | OutcomeSource::Ratio { column }) = &outcome.source;
        let others = [&columns.id, &columns.observed_at, &columns.group, &columns.weight];
        let names = std::iter::once(column).chain(others.into_iter().flatten());
        let names = names.chain(spec.rejects.iter().flat_map(RejectsSection::taken)).cloned().collect();
        Keys { columns, names }
    }
}

/// The columns of pairs must be there, and be neither the outcome nor anything else that is no feature.
pub(crate) fn check_pairs(names: &[String], taken: &[String], spec: &CardSpec) -> Result<()> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (name, pair) in &spec.features.pairs {
        pair.check_names(name, &names, "columns", &spec.source)?;
        if let Some(column) = pair.of.iter().find(|column| taken.contains(column)) {
            return Err(spec.source.error(
                &["features", "pairs", name, "of"],
                format!("features.pairs.{name}: {column:?} is the outcome, the id, the weight, the date or the group, which is never a feature"),
            ));
        }
    }
    Ok(())
}

/// The column that tells the segment must be there.
pub(crate) fn check_segments(names: &[String], taken: &[String], spec: &CardSpec) -> Result<()> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match &spec.segments {
        Some(segments) => segments.check_column(&names, taken, "columns", &spec.source),
        None => Ok(()),
    }
}

/// Columns that must keep their exact text when a card's table is read.
pub(crate) fn text_columns(features: &FeaturesSection, source: &TableSource) -> Vec<String> {
    let categorical = |settings: &ColumnSettings| settings.feature_kind() == Some(FeatureKind::Categorical);
    let declared = features.columns.iter().filter(|(_, settings)| categorical(settings)).map(|(name, _)| name.clone());
    declared.chain(source.id.clone()).chain(source.group.clone()).collect()
}

/// What is asked of a table's outcomes and weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demands {
    /// Goods and bads, every stated value of the outcome, weights above 0.
    Training,
    /// Goods or bads; a stated value that does not occur is an error unless every other value is stated too; a weight of
    /// 0 takes a case out.
    StatedValues,
    /// Goods or bads; a weight of 0 takes a case out.
    Validation,
}

/// Everything of the cases but their features.
///
/// # Errors
/// As [`cases`].
pub fn frame_of_cases(
    table: &Table,
    columns: &Columns,
    outcome: &OutcomeSource,
    source: Option<&Source>,
    demands: Demands,
) -> Result<Cases> {
    let require = |name: &str, keys: &[&str]| {
        table.require(name).map_err(|e| {
            match source.and_then(|source| source.line_of(keys).map(|line| (source, line))) {
                Some((source, line)) => {
                    let names = table.names();
                    let near = suggest::did_you_mean(name, "columns", names.iter().map(String::as_str));
                    e.help(format!("{near} (the card names it in {}, line {line})", source.path.display()))
                }
                None => e,
            }
        })
    };
    for (column, keys) in [
        (&columns.id, ["table", "id"]),
        (&columns.observed_at, ["table", "observed_at"]),
        (&columns.group, ["table", "group"]),
        (&columns.weight, ["outcome", "weight"]),
    ] {
        if let Some(column) = column {
            require(column, &keys)?;
        }
    }
    match outcome {
        OutcomeSource::Plain { column, .. } => require(column, &["outcome", "column"])?,
        OutcomeSource::Ratio { column } => require(column, &["outcome", "ratio"])?,
    }
    let ids = columns.id.as_ref().map(|column| unique_ids(table, column)).transpose()?;
    let observed_at = match &columns.observed_at {
        None => None,
        Some(column) => {
            let dates = table.dates(column)?;
            if let Some(row) = dates.iter().position(Option::is_none) {
                return Err(Error::new(ErrorKind::Value, "the day of observation is missing")
                    .in_file(&table.file)
                    .in_column(column)
                    .at_row(row + 1)
                    .help("every case needs one; leave rows without it out of the table"));
            }
            Some(dates.into_iter().flatten().collect())
        }
    };
    let groups = match &columns.group {
        None => None,
        Some(column) => {
            let categories = table.categories(column)?;
            if let Some(row) = categories.codes.iter().position(|code| *code == table::MISSING) {
                return Err(Error::new(ErrorKind::Value, "the group is missing")
                    .in_file(&table.file)
                    .in_column(column)
                    .at_row(row + 1)
                    .help("every case needs a group; give rows without one a group of their own"));
            }
            Some(categories)
        }
    };
    let outcomes = outcomes(table, outcome, columns.weight.as_deref(), demands)?;
    let weightless = outcomes.weights.iter().filter(|weight| **weight == 0.0).count();
    let warnings = match weightless {
        0 => Vec::new(),
        count => vec![format!("{count} cases have the weight 0 and count for nothing")],
    };
    let rows = table.rows() as u64;
    Ok(Cases {
        rejected: None,
        id_name: columns.id.clone().unwrap_or_else(|| "row".to_owned()),
        ids,
        observed_at,
        groups,
        outcomes,
        features: Vec::new(),
        axes: Vec::new(),
        exclusion: Vec::new(),
        rejected_lack: Vec::new(),
        refused: Vec::new(),
        waterfall: vec![WaterfallStep { cause: "rows of the table".into(), removed: 0, remaining: rows }],
        warnings,
        data: table.lineage.clone(),
    })
}

fn unique_ids(table: &Table, column: &str) -> Result<Vec<String>> {
    let categories = table.categories(column)?;
    let mut first_row = vec![usize::MAX; categories.levels.len()];
    let mut ids = Vec::with_capacity(table.rows());
    for (row, code) in categories.codes.iter().enumerate() {
        let Some(first) = first_row.get_mut(*code as usize) else {
            return Err(Error::new(ErrorKind::Value, "the id is missing")
                .in_file(&table.file)
                .in_column(column)
                .at_row(row + 1)
                .help("every case needs an id of its own; leave the id out of the card to go by row numbers"));
        };
        if *first != usize::MAX {
            let text = &categories.levels[*code as usize];
            return Err(Error::new(ErrorKind::Duplicate, format!("the id {text:?} stands twice, first in data row {}", *first + 1))
                .in_file(&table.file)
                .in_column(column)
                .at_row(row + 1)
                .help("one row is one case: remove the duplicates; if one customer has many cases, name the customer's column as group instead"));
        }
        *first = row;
        ids.push(categories.levels[*code as usize].clone());
    }
    Ok(ids)
}

/// The outcome of every row.
///
/// # Errors
/// [`ErrorKind::Value`] for a ratio outside [0, 1] or a weight that is not above 0; [`ErrorKind::NoCases`]
/// where no row is bad or none is good.
pub fn outcomes(table: &Table, outcome: &OutcomeSource, weight: Option<&str>, demands: Demands) -> Result<Outcomes> {
    let weights = match weight {
        None => None,
        Some(column) => Some(checked_weights(table, column, demands)?),
    };
    let mut outcomes = Outcomes::default();
    let mut push = |row: usize, state| {
        outcomes.push(state, weights.as_ref().map_or(1.0, |weights| weights[row]));
    };
    match outcome {
        OutcomeSource::Ratio { column } => {
            for (row, ratio) in table.numbers(column)?.into_iter().enumerate() {
                if !ratio.is_nan() && !(0.0..=1.0).contains(&ratio) {
                    return Err(Error::new(ErrorKind::Value, format!("the ratio {ratio} lies outside [0, 1]"))
                        .in_file(&table.file)
                        .in_column(column)
                        .at_row(row + 1)
                        .help("a ratio is a share of goodness, such as repaid / owed; clip or mend it in the table"));
                }
                push(row, if ratio.is_nan() { OutcomeState::Indeterminate } else { OutcomeState::Ratio(ratio) });
            }
        }
        OutcomeSource::Plain { column, bad, good } => {
            for (row, state) in states(table, column, bad, good.as_deref(), demands)?.into_iter().enumerate() {
                push(row, state);
            }
        }
    }
    let sum = |weights: &[f64]| weights.iter().sum::<f64>();
    let (goods, bads) = (sum(&outcomes.goods), sum(&outcomes.bads));
    let lacks = match demands {
        Demands::Training => goods == 0.0 || bads == 0.0,
        Demands::StatedValues | Demands::Validation => goods == 0.0 && bads == 0.0,
    };
    if lacks {
        let (OutcomeSource::Plain { column, .. } | OutcomeSource::Ratio { column }) = outcome;
        let what = match (goods == 0.0, bads == 0.0) {
            (true, true) => "no row is good or bad: every outcome is missing or indeterminate",
            (true, false) => "no row is good",
            _ => "no row is bad",
        };
        let mut error = Error::new(ErrorKind::NoCases, what).in_file(&table.file).in_column(column);
        let levels = table.categories(column)?.levels;
        if levels.is_empty() {
            error = error.help("fill the column, or name another one as the outcome");
        } else if let OutcomeSource::Plain { .. } = outcome {
            error = error
                .help(format!("the values of the column are: {}", suggest::list(levels.iter().map(String::as_str))));
        }
        return Err(error);
    }
    Ok(outcomes)
}

fn checked_weights(table: &Table, column: &str, demands: Demands) -> Result<Vec<f64>> {
    let weights = table.numbers(column)?;
    let may_be_zero = demands != Demands::Training;
    let is_weight = |weight: f64| weight.is_finite() && (weight > 0.0 || may_be_zero && weight == 0.0);
    match weights.iter().position(|weight| !is_weight(*weight)) {
        None => Ok(weights),
        Some(row) => {
            let what = if weights[row].is_nan() {
                "the weight is missing".to_owned()
            } else {
                format!("the weight {} is not {} 0", weights[row], if may_be_zero { "at least" } else { "above" })
            };
            Err(Error::new(ErrorKind::Value, what)
                .in_file(&table.file)
                .in_column(column)
                .at_row(row + 1)
                .help("every weight must be a number above 0; leave cases that should not count out of the table"))
        }
    }
}

fn states(
    table: &Table,
    column: &str,
    bad: &[Literal],
    good: Option<&[Literal]>,
    demands: Demands,
) -> Result<Vec<OutcomeState>> {
    let categories = table.categories(column)?;
    if categories.levels.is_empty() {
        return Ok(vec![OutcomeState::Indeterminate; table.rows()]);
    }
    let is = |text: &str, values: &[Literal]| values.iter().any(|value| means(value, text));
    let is_stated = |text: &String| is(text, bad) || good.is_some_and(|good| is(text, good));
    let may_lack = match demands {
        Demands::Training => false,
        Demands::StatedValues => categories.levels.iter().all(is_stated),
        Demands::Validation => true,
    };
    for value in bad.iter().chain(good.unwrap_or_default()).filter(|_| !may_lack) {
        if !categories.levels.iter().any(|text| means(value, text)) {
            let levels: Vec<&str> = categories.levels.iter().map(String::as_str).collect();
            return Err(Error::new(ErrorKind::Value, format!("the outcome's value {value} does not occur"))
                .in_file(&table.file)
                .in_column(column)
                .help(suggest::did_you_mean(&value.to_string(), "column's values", levels)));
        }
    }
    let by_level: Vec<OutcomeState> = categories
        .levels
        .iter()
        .map(|text| match good {
            _ if is(text, bad) => OutcomeState::Bad,
            None => OutcomeState::Good,
            Some(good) if is(text, good) => OutcomeState::Good,
            Some(_) => OutcomeState::Indeterminate,
        })
        .collect();
    Ok(categories
        .codes
        .iter()
        .map(|code| by_level.get(*code as usize).copied().unwrap_or(OutcomeState::Indeterminate))
        .collect())
}

/// Whether a literal of the configuration means this text of a column.
pub(crate) fn means(value: &Literal, text: &str) -> bool {
    match value {
        Literal::Text(wanted) => wanted == text,
        Literal::Number(wanted) => text.trim().parse::<f64>().is_ok_and(|number| number == *wanted),
        Literal::Boolean(wanted) => text.eq_ignore_ascii_case(if *wanted { "true" } else { "false" }),
    }
}

/// The columns that `[features]` chooses, in the table's order.
pub(crate) fn chosen(
    names: &[String],
    features: &FeaturesSection,
    taken: &[String],
    source: &Source,
) -> Result<Vec<String>> {
    for (key, patterns) in [("include", &features.include), ("exclude", &features.exclude)] {
        for pattern in patterns {
            if !names.iter().any(|name| matches(pattern, name)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                return Err(source
                    .error(&["features", key], format!("features.{key}: no column is called {pattern:?}"))
                    .help(suggest::did_you_mean(pattern, "columns", names)));
            }
        }
    }
    for name in features.columns.keys() {
        if !names.contains(name) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            return Err(source
                .error(&["features", "columns", name], format!("features.columns: no column is called {name:?}"))
                .help(suggest::did_you_mean(name, "columns", names)));
        }
        if taken.contains(name) {
            return Err(source.error(
                &["features", "columns", name],
                format!("features.columns: {name:?} is the outcome, the id, the weight, the date or the group, which is never a feature"),
            ));
        }
    }
    if let Some(name) = features.include.iter().find(|name| taken.contains(name)) {
        return Err(source.error(
            &["features", "include"],
            format!("features.include: {name:?} is the outcome, the id, the weight, the date or the group, which is never a feature"),
        ));
    }
    Ok(names.iter().filter(|name| !taken.contains(name) && is_included(features, name)).cloned().collect())
}

/// Whether `[features]` chooses a column as a feature.
pub fn is_included(features: &FeaturesSection, name: &str) -> bool {
    features.include.iter().any(|pattern| matches(pattern, name))
        && !features.exclude.iter().any(|pattern| matches(pattern, name))
}

/// Whether a name or glob means this column; a name that has glob characters means itself too.
pub fn matches(pattern: &str, name: &str) -> bool {
    pattern == name || glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(name))
}

/// Reads a feature's column, or says why it cannot be a feature.
pub fn read_feature(
    table: &Table,
    name: &str,
    settings: Option<&ColumnSettings>,
) -> Result<std::result::Result<FeatureColumn, String>> {
    let kind = settings.and_then(ColumnSettings::feature_kind);
    let description = settings.map(|settings| settings.description.clone()).unwrap_or_default();
    let values = match kind {
        _ if table.is_all_missing(name) => return Ok(Err("every value is missing".into())),
        Some(FeatureKind::Numeric) => FeatureValues::Numeric(table.numbers(name)?),
        Some(FeatureKind::Categorical) => FeatureValues::Categorical(table.categories(name)?),
        Some(FeatureKind::Pair) => return Ok(Err("a column by itself is no pair".into())),
        None if table.is_date(name) => {
            return Ok(Err("a date is not a feature: derive an age or a duration from it, or exclude it".into()));
        }
        None if table.is_numeric(name) => match table.why_not_numbers(name)? {
            Some(reason) => {
                return Ok(Err(format!(
                    "{reason}; it looks like an identifier, which is no feature (if it is a code, say type = \"categorical\")"
                )));
            }
            None => FeatureValues::Numeric(table.numbers(name)?),
        },
        None => FeatureValues::Categorical(table.categories(name)?),
    };
    Ok(Ok(FeatureColumn { name: name.to_owned(), description, values }))
}

/// The settings of a column, or the defaults.
pub fn settings<'a>(
    columns: &'a BTreeMap<String, ColumnSettings>,
    name: &str,
    default: &'a ColumnSettings,
) -> &'a ColumnSettings {
    columns.get(name).unwrap_or(default)
}
