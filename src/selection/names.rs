//! The names that a card's selection states.

use crate::binning::Binning;
use crate::config::{SelectionSection, Source};
use crate::error::Result;
use crate::ready_made::matches;
use crate::suggest;

/// Every name must mean a feature; to drop a column that cannot be one is no fault, nor to have it in a theme. `needed` are
/// columns that the card takes for something else, such as its segments.
///
/// # Errors
/// [`crate::error::ErrorKind::Configuration`] with the nearest name.
pub(super) fn check(
    binnings: &[Binning],
    refused: &[(String, String)],
    needed: &[String],
    section: &SelectionSection,
    source: &Source,
) -> Result<()> {
    let names: Vec<&str> = binnings.iter().map(|binning| binning.name.as_str()).collect();
    let themes =
        section.themes.iter().map(|(name, theme)| (vec!["themes", name.as_str(), "features"], &theme.features));
    for (keys, patterns) in [(vec!["keep"], &section.keep), (vec!["drop"], &section.drop)].into_iter().chain(themes) {
        let place: Vec<&str> = std::iter::once("selection").chain(keys.iter().copied()).collect();
        let key = place.join(".");
        for pattern in patterns {
            let is_needed = keys[0] == "drop" && needed.iter().any(|name| matches(pattern, name));
            if is_needed || names.iter().any(|name| matches(pattern, name)) {
                continue;
            }
            match refused.iter().find(|(column, _)| matches(pattern, column)) {
                Some((column, reason)) if keys[0] == "keep" => {
                    let what = format!("{key}: {column:?} cannot be a feature: {reason}");
                    return Err(source.error(&place, what).help("take the name out"));
                }
                Some(_) => {}
                None => {
                    return Err(source
                        .error(&place, format!("{key}: no feature is called {pattern:?}"))
                        .help(suggest::did_you_mean(pattern, "features", names)));
                }
            }
        }
    }
    Ok(())
}
