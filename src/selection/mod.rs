//! Selection: which features stay, in which step the others went, and why.

mod design;
mod stepwise;

pub use design::Design;

use crate::binning::Binning;
use crate::cases::Outcomes;
use crate::config::{CardSpec, SelectionSection, Source, Stepwise};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use crate::ready_made::matches;
use crate::suggest;

/// What became of a feature.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Decision {
    /// The feature.
    pub feature: String,
    /// Whether it is in the model.
    pub selected: bool,
    /// The step that decided.
    pub step: &'static str,
    /// Why, in words.
    pub reason: String,
    /// Its information value on the development sample; `None` where it has no bins.
    pub information_value: Option<f64>,
}

/// The selected features, as positions in the binnings in the order of falling information value,
/// and one decision a feature.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Positions of the selected features.
    pub selected: Vec<usize>,
    /// One decision a binned feature, in the order of the binnings.
    pub decisions: Vec<Decision>,
}

/// Chooses features in this order: dropped by name, one bin, information value, correlation,
/// stepwise, sign. Features of `keep` pass all but the one-bin rule. `refused` are the columns that
/// cannot be features, with the reason.
///
/// # Errors
/// [`ErrorKind::Configuration`] for a name in keep or drop that no feature has; [`ErrorKind::Features`]
/// where nothing is left; those of the fit.
pub fn select(
    binnings: &[Binning],
    outcomes: &Outcomes,
    development: &[u32],
    refused: &[(String, String)],
    spec: &CardSpec,
    progress: &dyn Progress,
) -> Result<Selection> {
    let section = &spec.selection;
    check_names(binnings, refused, section, &spec.source)?;
    let kept = |feature: usize| section.keep.iter().any(|pattern| matches(pattern, &binnings[feature].name));
    let mut decisions: Vec<Option<(&'static str, String)>> = vec![None; binnings.len()];
    let mut candidates: Vec<usize> = Vec::new();
    for (feature, binning) in binnings.iter().enumerate() {
        let value = binning.table.information_value;
        let out = if section.drop.iter().any(|pattern| matches(pattern, &binning.name)) {
            Some(("drop", "dropped by name in the configuration".to_owned()))
        } else if binning.table.occupied() < 2 {
            Some(("one bin", one_bin_reason(binning)))
        } else if value < section.min_iv && !kept(feature) {
            Some(("information value", format!("information value {value:.4} is below {}", section.min_iv)))
        } else {
            None
        };
        match out {
            Some(out) => decisions[feature] = Some(out),
            None => candidates.push(feature),
        }
    }
    // Best first; ties in the order of the table.
    let value = |feature: usize| binnings[feature].table.information_value;
    candidates.sort_by(|a, b| kept(*b).cmp(&kept(*a)).then(value(*b).total_cmp(&value(*a))));
    if candidates.is_empty() {
        return Err(nothing_left(binnings, &decisions));
    }
    let named = |e| fit_error(e, &candidates.iter().map(|feature| &binnings[*feature]).collect::<Vec<_>>());
    let design = Design::new(binnings, &candidates, outcomes, development).map_err(named)?;
    if spec.fit.l2 == 0.0 && !spec.fit.firth {
        separated(&design, binnings)?;
    }
    let mut stay: Vec<usize> = Vec::new();
    for (column, feature) in candidates.iter().enumerate() {
        let clash = stay
            .iter()
            .map(|other| (design.correlation(column, *other).abs(), *other))
            .find(|(correlation, _)| *correlation > section.max_correlation);
        match clash {
            Some((correlation, other)) if !kept(*feature) => {
                let name = &binnings[candidates[other]].name;
                decisions[*feature] = Some((
                    "correlation",
                    format!(
                        "correlates {correlation:.3} with {name}, which has the higher information value or is kept"
                    ),
                ));
            }
            _ => stay.push(column),
        }
    }
    let forced: Vec<usize> = stay.iter().copied().filter(|column| kept(candidates[*column])).collect();
    let path = stepwise::run(&design, &stay, &forced, section.stepwise, &spec.fit, progress).map_err(named)?;
    for (column, step, reason) in path.removed {
        decisions[candidates[column]] = Some((step, reason));
    }
    if path.selected.is_empty() {
        return Err(nothing_left(binnings, &decisions));
    }
    let mut selected: Vec<usize> = path.selected.into_iter().map(|column| candidates[column]).collect();
    selected.sort_by(|a, b| value(*b).total_cmp(&value(*a)));
    let decisions = decisions
        .into_iter()
        .enumerate()
        .map(|(feature, out)| {
            let (selected, (step, reason)) = match out {
                Some(out) => (false, out),
                None if kept(feature) => (true, ("keep", "kept by name in the configuration".to_owned())),
                None => (
                    true,
                    (
                        "selected",
                        match section.stepwise {
                            Stepwise::None => "passed every step".to_owned(),
                            _ => "passed every step; improves the stepwise measure".to_owned(),
                        },
                    ),
                ),
            };
            let information_value = Some(value(feature));
            Decision { feature: binnings[feature].name.clone(), selected, step, reason, information_value }
        })
        .collect();
    Ok(Selection { selected, decisions })
}

fn one_bin_reason(binning: &Binning) -> String {
    match binning.note.as_str() {
        "" => "all its development cases fall into one bin".to_owned(),
        note => format!("one bin: {note}"),
    }
}

/// Every name must mean a feature; to drop a column that cannot be one is no fault.
fn check_names(
    binnings: &[Binning],
    refused: &[(String, String)],
    section: &SelectionSection,
    source: &Source,
) -> Result<()> {
    for (key, names) in [("keep", &section.keep), ("drop", &section.drop)] {
        for name in names {
            if !binnings.iter().any(|binning| matches(name, &binning.name)) {
                match refused.iter().find(|(column, _)| matches(name, column)) {
                    Some(_) if key == "drop" => continue,
                    Some((column, reason)) => {
                        let what = format!("selection.{key}: {column:?} cannot be a feature: {reason}");
                        return Err(source.error(&["selection", key], what).help("take the name out"));
                    }
                    None => {}
                }
                let names: Vec<&str> = binnings.iter().map(|binning| binning.name.as_str()).collect();
                return Err(source
                    .error(&["selection", key], format!("selection.{key}: no feature is called {name:?}"))
                    .help(suggest::did_you_mean(name, "features", names)));
            }
        }
    }
    Ok(())
}

fn nothing_left(binnings: &[Binning], decisions: &[Option<(&'static str, String)>]) -> Error {
    let reasons: Vec<String> = binnings
        .iter()
        .zip(decisions)
        .filter_map(|(binning, out)| out.as_ref().map(|(_, reason)| format!("{}: {reason}", binning.name)))
        .take(10)
        .collect();
    let error = Error::new(ErrorKind::Features, "no feature is left to fit a model with");
    match reasons.is_empty() {
        true => error.help("every column was excluded or is a date or all missing; look at [features]"),
        false => error.help(format!(
            "look at [selection] and [binning]; the features went because of\n    {}",
            reasons.join("\n    ")
        )),
    }
}

/// A feature whose WOE alone puts every good above every bad has no finite coefficient.
fn separated(design: &Design, binnings: &[Binning]) -> Result<()> {
    for feature in design.features() {
        let binning = &binnings[*feature];
        let with = |has: fn(&crate::binning::BinTableRow) -> f64| {
            binning.table.rows.iter().filter(move |row| has(row) > 0.0).map(|row| row.woe)
        };
        let lowest_good = with(|row| row.goods).fold(f64::INFINITY, f64::min);
        let highest_bad = with(|row| row.bads).fold(f64::NEG_INFINITY, f64::max);
        if lowest_good > highest_bad {
            return Err(separation(&binning.name, "", true, ""));
        }
    }
    Ok(())
}

/// `company`: what separates with it; `place`: the bin where it shows; both in words.
fn separation(name: &str, company: &str, complete: bool, place: &str) -> Error {
    let how = if complete { "perfectly" } else { "in part, so that its coefficient grows without end" };
    Error::new(ErrorKind::Separated, format!("the feature {name:?}{company} separates good from bad {how}{place}"))
        .in_column(name)
        .help("such a feature usually knows the outcome (it was recorded after it): exclude it; or, if it is right, merge the bin with a neighbour, set [fit] firth = true (Firth's penalised likelihood, whose estimates are finite) or l2 above 0, or use it as a rule outside the scorecard")
}

/// A fit's error in terms of features: those of the records' columns.
pub fn fit_error(error: crate::logistic::LogisticError, features: &[&Binning]) -> Error {
    use crate::logistic::LogisticError as E;
    let name = |column: usize| features.get(column).map_or("?", |feature| &feature.name).to_owned();
    match error {
        E::Separated { column, complete, bin } => {
            // One that separates alone was found before any fit.
            let company = if features.len() > 1 { ", together with other features," } else { "" };
            let place = bin.and_then(|bin| {
                let (label, _) = features.get(column)?.bins.get(usize::from(bin.code))?;
                let cases = if bin.cases == 1 { "the one case" } else { &format!("all {} cases", bin.cases) };
                Some(format!(": {cases} of its bin {label:?} are {}", bin.class))
            });
            separation(&name(column), company, complete, &place.unwrap_or_default())
        }
        E::Collinear { column, with } => {
            let with = with.map(|with| format!("; it goes along most with {:?}", name(with))).unwrap_or_default();
            Error::new(
                ErrorKind::Collinear,
                format!("the feature {:?} is a linear combination of other features{with}", name(column)),
            )
            .in_column(name(column))
            .help("drop one of them ([selection] drop), or lower [selection] max_correlation")
        }
        E::TooFewCases { cases, coefficients } => Error::new(
            ErrorKind::Features,
            format!("{cases} development cases cannot determine {coefficients} coefficients"),
        )
        .help("use more cases, or fewer features ([selection] min_iv, stepwise, drop)"),
        E::NotConverged { .. } => Error::new(ErrorKind::NotConverged, error.to_string())
            .help("look for features that nearly separate good from bad, or set [fit] firth = true or l2 above 0"),
        E::OneClass(class) => Error::new(ErrorKind::NoCases, format!("the development sample has no {class} case")),
        E::Penalty(_) | E::TwoPenalties => Error::new(ErrorKind::Configuration, error.to_string()),
        E::Data(_) | E::Linfa(_) => crate::error::internal(error),
    }
}
