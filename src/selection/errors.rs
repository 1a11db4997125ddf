//! What goes wrong in selection and in fits, in terms of features.

use super::design::Design;
use crate::binning::Binning;
use crate::error::{Error, ErrorKind};

/// Nothing is left to fit with; `reasons` are why, as feature: reason.
pub(super) fn nothing_left(reasons: &[String]) -> Error {
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
pub(super) fn separated(design: &Design, binnings: &[Binning]) -> crate::error::Result<()> {
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
            // A bin of one class does it alone.
            let company = if features.len() > 1 && bin.is_none() { ", together with other features," } else { "" };
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
            .help("drop one of them ([selection] drop), or lower [selection] max_correlation or max_vif")
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
