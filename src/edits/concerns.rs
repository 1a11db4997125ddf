//! What speaks against edited bins on the data at hand.

use scorewright_runtime::artifact::BinDomain;

use super::replay::Ground;
use super::trend::{satisfies, trend_found};
use crate::binning::{Binning, BinningSpec};
use crate::cases::{FeatureColumn, FeatureValues};
use crate::config::{Action, ColumnSettings, Edit, Monotone};

/// Edited bins keep a share of the information value that the same data give without edits. Where that share falls below
/// this part of what it was when the last edit was made, the data no longer support the edits.
pub const KEPT_VALUE: f64 = 0.8;

/// Everything that speaks against the bins `binning`, made under `edits`; `unedited` is the information value without
/// them, `reviewed` the last edit, where it is one that was reviewed before.
pub(super) fn concerns(
    ground: &Ground<'_>,
    feature: &FeatureColumn,
    settings: &ColumnSettings,
    edits: &[&Edit],
    reviewed: Option<&Edit>,
    binning: &Binning,
    unedited: f64,
) -> Vec<String> {
    let mut concerns = match &feature.values {
        FeatureValues::Numeric(values) => outside(ground, values, edits, binning),
        FeatureValues::Categorical(_) => absent(ground, feature, edits),
    };
    concerns.extend(too_small(ground, settings, binning));
    let asked = settings.monotone.unwrap_or(ground.spec.binning.monotone);
    if let Some(found) = trend_found(binning) {
        let then = reviewed.map(|edit| match edit.after.trend {
            Some(then) if then == found => "; as when the last edit was made".to_owned(),
            Some(then) => format!("; it was {} when the last edit was made", then.name()),
            None => "; there was none when the last edit was made".to_owned(),
        });
        let (word, then) = (found.name(), then.unwrap_or_default());
        let was = reviewed.and_then(|edit| edit.after.trend);
        if !satisfies(found, asked) {
            let asked = if asked == Monotone::Auto { "ascending or descending" } else { asked.name() };
            concerns.push(format!("the trend of the good rate is {word}, but the card asks for {asked}{then}"));
        } else if was.is_some_and(|was| was != found) {
            concerns.push(format!("the trend of the good rate is {word}{then}"));
        }
    }
    if let Some(edit) = reviewed {
        let share = |value: f64, of: f64| (of > 0.0).then(|| value / of);
        let now = share(binning.table.information_value, unedited);
        let then = share(edit.after.information_value, edit.unedited_information_value);
        if let (Some(now), Some(then)) = (now, then)
            && now < KEPT_VALUE * then
        {
            concerns.push(format!(
                "the information value is {:.1}% of what it would be without edits; it was {:.1}% when the last edit was made",
                now * 100.0,
                then * 100.0
            ));
        }
    }
    concerns
}

/// Cuts of edits beyond the development sample's ordinary values.
fn outside(ground: &Ground<'_>, values: &[f64], edits: &[&Edit], binning: &Binning) -> Vec<String> {
    let is_ordinary = |row: usize| {
        let domain = binning.bins.get(usize::from(binning.codes[row])).map(|(_, domain)| domain);
        matches!(domain, Some(BinDomain::Interval { .. }))
    };
    let ordinary = ground.development.rows().iter().map(|row| *row as usize).filter(|row| is_ordinary(*row));
    let (low, high) = ordinary
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), row| (low.min(values[row]), high.max(values[row])));
    let mut cuts: Vec<f64> = Vec::new();
    for edit in edits {
        match &edit.action {
            Action::Merge { lower, upper, .. } => cuts.extend(lower.iter().chain(upper)),
            Action::Split { at } => cuts.push(*at),
            Action::Move { to, .. } => cuts.push(*to),
            Action::Cuts(all) => cuts.extend(all),
            Action::Group { .. } | Action::Undo => {}
        }
    }
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let standing = super::cuts(binning);
    cuts.into_iter()
        .filter(|cut| standing.contains(cut) && (*cut <= low || *cut > high))
        .map(|cut| format!("the cut {cut} parts nothing: the values go from {low} to {high}"))
        .collect()
}

/// Categories of edits that the development sample lacks.
fn absent(ground: &Ground<'_>, feature: &FeatureColumn, edits: &[&Edit]) -> Vec<String> {
    let seen = super::replay::seen(feature, ground.development.rows());
    edits
        .iter()
        .filter_map(|edit| {
            let Action::Group { group, .. } = &edit.action else { return None };
            let gone: Vec<String> =
                group.iter().filter(|text| !seen.contains(text.as_str())).map(|text| format!("{text:?}")).collect();
            (!gone.is_empty()).then(|| {
                let names = crate::suggest::list(gone.iter().map(String::as_str));
                format!("edit {} names categories that the development sample lacks: {names}", edit.position + 1)
            })
        })
        .collect()
}

/// Ordinary bins below the least sizes of the card.
fn too_small(ground: &Ground<'_>, settings: &ColumnSettings, binning: &Binning) -> Vec<String> {
    let spec = BinningSpec::new(&ground.spec.binning, settings);
    let cells = ground.development.cells(&binning.codes, binning.bins.len() + 1);
    let all = ground.development.all();
    let bins = binning.bins.iter().zip(&cells).take(super::ordinary(binning));
    bins.filter_map(|((label, _), cell)| {
        let share = (cell.weight() / all.weight()).min(cell.cases / all.cases);
        let least = [
            (share * 100.0, spec.section.min_share * 100.0, "percent of the cases"),
            (cell.cases, spec.section.min_cases, "cases"),
            (cell.goods.min(cell.good_cases), spec.section.min_goods, "goods"),
            (cell.bads.min(cell.bad_cases), spec.section.min_bads, "bads"),
        ];
        // A share of a sum is exact to rounding only.
        let (value, least, unit) = least.into_iter().find(|(value, least, _)| *value < least * (1.0 - 1e-9))?;
        let value = if value.fract() == 0.0 { value.to_string() } else { format!("{value:.2}") };
        Some(format!("the bin {label:?} has {value} {unit}; the least is {least}"))
    })
    .collect()
}
