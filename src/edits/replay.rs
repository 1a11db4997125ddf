//! Edits carried out on data: all of a card's in training, one more in a review.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use scorewright_runtime::artifact::FeatureKind;
use serde::Serialize;

use super::concerns::concerns;
use super::{apply, data_digest, propose, reviewed};
use crate::binning::{self, Binning, BinningSpec, Periods, SampleOutcomes};
use crate::cases::{Cases, FeatureColumn, FeatureValues};
use crate::config::{Action, CardSpec, ColumnSettings, Edit, Monotone, ReviewedBins};
use crate::error::{Error, ErrorKind, Result};
use crate::table::MISSING;

/// What edits are carried out on.
#[derive(Debug, Clone)]
pub struct Ground<'a> {
    /// The card.
    pub spec: &'a CardSpec,
    /// Its cases.
    pub cases: &'a Cases,
    /// The outcomes of the development sample.
    pub development: SampleOutcomes<'a>,
    /// Its periods, where the cases have days.
    pub periods: Option<Periods>,
}

/// A feature whose bins were edited, as a run puts it on record.
#[derive(Debug, Clone, Serialize)]
pub struct EditedFeature {
    /// The feature.
    pub feature: String,
    /// Its edits that stand, oldest first.
    pub edits: Vec<EditInWords>,
    /// Information value of the edited bins now; null where the card has no such feature any more.
    pub information_value: Option<f64>,
    /// What the same data give without edits; null as above.
    pub unedited_information_value: Option<f64>,
    /// What it was when the last edit was made.
    pub reviewed_information_value: f64,
    /// Trend of the good rate now.
    pub trend: Option<Monotone>,
    /// What it was when the last edit was made.
    pub reviewed_trend: Option<Monotone>,
    /// What speaks against the edits on these data.
    pub concerns: Vec<String>,
}

/// An edit for readers.
#[derive(Debug, Clone, Serialize)]
pub struct EditInWords {
    /// Its number in the file, from 1.
    pub number: usize,
    /// What was done.
    pub edit: String,
    /// By whom.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Why.
    pub because: String,
    /// Whether it was reviewed on these very data.
    pub same_data: bool,
}

impl EditedFeature {
    /// What a reader of the run must know.
    pub fn warnings(&self) -> Vec<String> {
        let feature = &self.feature;
        let edits = self.edits.iter().map(|edit| {
            let because = edit.because.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("bins of {feature} were edited: {}, by {} on {}: {because}", edit.edit, edit.by, edit.on)
        });
        let concerns = self.concerns.iter();
        edits
            .chain(concerns.map(|what| format!("the data do not support the edited bins of {feature}: {what}")))
            .collect()
    }
}

/// Carries a card's edits out: `binnings` holds the bins without them, and the edited ones afterwards.
///
/// # Errors
/// [`ErrorKind::Configuration`] for an edit that cannot be carried out, with its place.
pub fn replay(ground: &Ground<'_>, binnings: &mut [Binning]) -> Result<Vec<EditedFeature>> {
    let all = &ground.spec.edits;
    let digest = data_digest(&ground.cases.data);
    let mut edited = Vec::new();
    for name in all.features() {
        let edits = all.of_feature(name);
        let Some(last) = edits.last() else { continue };
        let mut record = EditedFeature {
            feature: name.to_owned(),
            edits: edits
                .iter()
                .map(|edit| EditInWords {
                    number: edit.position + 1,
                    edit: edit.action.in_words(),
                    by: edit.by.clone(),
                    on: edit.on,
                    because: edit.because.clone(),
                    same_data: edit.data_sha256 == digest,
                })
                .collect(),
            information_value: None,
            unedited_information_value: None,
            reviewed_information_value: last.after.information_value,
            trend: None,
            reviewed_trend: last.after.trend,
            concerns: Vec::new(),
        };
        match binnings.iter_mut().find(|binning| binning.name == name) {
            None => record.concerns.push("the card has no such feature any more; its edits do nothing".to_owned()),
            Some(binning) if binning.kind == FeatureKind::Pair => {
                return Err(all
                    .error(last, "the regions of a pair are not edited by hand")
                    .help("take its edits out of the file"));
            }
            Some(binning) => {
                let unedited = binning.table.information_value;
                (*binning, record.concerns) = bin(ground, name, &edits, Some(last), unedited)?;
                record.information_value = Some(binning.table.information_value);
                record.unedited_information_value = Some(unedited);
                record.trend = super::trend_found(binning);
            }
        }
        edited.push(record);
    }
    Ok(edited)
}

/// The bins of a feature under edits, and what speaks against them. Where the card's constraints can no longer be met
/// together with the edits, the bins stand as the last edit, where it was `reviewed`, has them.
fn bin(
    ground: &Ground<'_>,
    name: &str,
    edits: &[&Edit],
    reviewed: Option<&Edit>,
    unedited: f64,
) -> Result<(Binning, Vec<String>)> {
    let feature = column(ground.cases, name)?;
    let kind = feature.values.kind();
    if let Some(edit) = edits.iter().find(|edit| edit.action.kind().is_some_and(|wanted| wanted != kind)) {
        let (have, wanted) = match kind {
            FeatureKind::Numeric => ("numbers", "categories"),
            FeatureKind::Categorical => ("categories", "cuts of numbers"),
            FeatureKind::Pair => ("pairs of values", "one of its axes"),
        };
        return Err(ground
            .spec
            .edits
            .error(edit, format!("the column holds {have}, but the edit is of {wanted}"))
            .help("state the column's type in the card, or take its edits back: --undo"));
    }
    let default = ColumnSettings::default();
    let own = crate::ready_made::settings(&ground.spec.features.columns, name, &default);
    let known = present(ground, feature, own, edits)?;
    let settings = apply(own, known.iter());
    let run = |settings: &ColumnSettings| {
        let spec = BinningSpec::new(&ground.spec.binning, settings);
        binning::bin(feature, &ground.development, ground.periods.as_ref(), &spec)
    };
    let (binning, broken) = match (run(&settings), reviewed) {
        (Ok(binning), _) => (binning, None),
        (Err(fault), Some(reviewed)) if matches!(fault.kind(), ErrorKind::Configuration | ErrorKind::Value) => {
            let mut fixed = settings.clone();
            fixed.cuts.clone_from(&reviewed.after.cuts);
            fixed.groups.clone_from(&reviewed.after.groups);
            fixed.fixed_cuts.clear();
            fixed.forbidden_cuts.clear();
            fixed.together.clear();
            fixed.apart.clear();
            let what = format!("{}; the bins stand as they were reviewed", fault.message());
            match (run(&fixed), edits.last()) {
                (Ok(binning), _) => (binning, Some(what)),
                (Err(_), Some(edit)) => {
                    let help = "take the edit back (scorewright bins CARD --feature NAME --undo), or ease the card's constraints";
                    return Err(ground
                        .spec
                        .edits
                        .error(edit, fault.message())
                        .help(fault.advice().map_or(help.to_owned(), |advice| format!("{advice}; or {help}"))));
                }
                (Err(_), None) => return Err(fault),
            }
        }
        (Err(fault), _) => return Err(fault),
    };
    let mut found = concerns(ground, feature, &settings, edits, reviewed, &binning, unedited);
    found.extend(broken);
    Ok((binning, found))
}

/// The edits without the categories that the development sample lacks, where groups are found and not fixed: what has
/// no case has no place in an optimum.
fn present(ground: &Ground<'_>, feature: &FeatureColumn, own: &ColumnSettings, edits: &[&Edit]) -> Result<Vec<Edit>> {
    let seen = seen(feature, ground.development.rows());
    let mut known: Vec<Edit> = edits.iter().map(|edit| (*edit).clone()).collect();
    for edit in &mut known {
        let Action::Group { group, .. } = &mut edit.action else { continue };
        if own.groups.is_none() {
            group.retain(|text| seen.contains(text.as_str()));
        }
        // In the stated order of an ordinal feature a bin has no holes.
        let order = own.order.iter().flatten().filter(|text| seen.contains(text.as_str()));
        let places: Vec<usize> =
            order.enumerate().filter(|(_, text)| group.contains(text)).map(|(place, _)| place).collect();
        if places.windows(2).any(|pair| pair[0] + 1 != pair[1]) {
            return Err(ground
                .spec
                .edits
                .error(edit, "its categories are no neighbours in the order that the card states")
                .help("a bin of an ordinal feature holds neighbours; name others, or change the order in the card"));
        }
    }
    known.retain(|edit| !matches!(&edit.action, Action::Group { group, .. } if group.is_empty()));
    Ok(known)
}

fn column<'a>(cases: &'a Cases, name: &str) -> Result<&'a FeatureColumn> {
    cases
        .features
        .iter()
        .find(|feature| feature.name == name)
        .ok_or_else(|| crate::error::internal(format!("the feature {name:?} has bins but no column")))
}

/// The categories of a feature that the development sample holds.
pub(super) fn seen<'a>(feature: &'a FeatureColumn, development: &[u32]) -> BTreeSet<&'a str> {
    let FeatureValues::Categorical(values) = &feature.values else { return BTreeSet::new() };
    let codes: BTreeSet<u32> = development.iter().map(|row| values.codes[*row as usize]).collect();
    codes.into_iter().filter(|code| *code != MISSING).map(|code| values.levels[code as usize].as_str()).collect()
}

/// An edit as it would be, not yet signed.
#[derive(Debug, Clone)]
pub struct Review {
    /// The feature.
    pub feature: String,
    /// What it does.
    pub action: Action,
    /// The bins after it.
    pub binning: Binning,
    /// The bins before, as they are recorded.
    pub before: ReviewedBins,
    /// The bins after, as they are recorded.
    pub after: ReviewedBins,
    /// Information value without any edit.
    pub unedited_information_value: f64,
    /// What speaks against the bins after it.
    pub concerns: Vec<String>,
    data_sha256: String,
    position: usize,
}

/// What becomes of the bins `before` of a feature if `request` is carried out; `unedited_information_value` is that of
/// its bins without any edit.
///
/// # Errors
/// [`ErrorKind::Usage`] for a request that does not fit the bins; those of binning where the card's constraints cannot be
/// met together with it.
pub fn review(
    ground: &Ground<'_>,
    before: &Binning,
    request: &super::Request,
    unedited_information_value: f64,
) -> Result<Review> {
    let name = before.name.as_str();
    if ground.spec.segments.is_some() {
        return Err(ground
            .spec
            .source
            .error(&["segments"], "the bins of a card with segments cannot be edited")
            .help("state cuts or groups ([features.columns.NAME]), which hold in every segment"));
    }
    let action = propose(request, before)?;
    let all = &ground.spec.edits;
    let mut standing: Vec<Edit> = all.of_feature(name).into_iter().cloned().collect();
    let before = reviewed(before);
    if action == Action::Undo {
        if standing.pop().is_none() {
            return Err(Error::new(ErrorKind::Usage, "the feature has no edit to undo").in_column(name));
        }
    } else {
        standing.push(Edit {
            position: all.edits.len(),
            feature: name.to_owned(),
            action: action.clone(),
            by: String::new(),
            because: String::new(),
            on: NaiveDate::MIN,
            data_sha256: String::new(),
            unedited_information_value,
            before: before.clone(),
            after: before.clone(),
        });
    }
    let edits: Vec<&Edit> = standing.iter().collect();
    let kept = if action == Action::Undo { standing.last() } else { None };
    let (binning, concerns) = bin(ground, name, &edits, kept, unedited_information_value)?;
    let after = reviewed(&binning);
    let data_sha256 = data_digest(&ground.cases.data);
    let position = all.edits.len();
    let feature = name.to_owned();
    Ok(Review { feature, action, binning, before, after, unedited_information_value, concerns, data_sha256, position })
}

impl Review {
    /// The edit, signed.
    pub fn signed(&self, by: &str, because: &str, on: NaiveDate) -> Edit {
        Edit {
            position: self.position,
            feature: self.feature.clone(),
            action: self.action.clone(),
            by: by.to_owned(),
            because: because.to_owned(),
            on,
            data_sha256: self.data_sha256.clone(),
            unedited_information_value: self.unedited_information_value,
            before: self.before.clone(),
            after: self.after.clone(),
        }
    }
}
