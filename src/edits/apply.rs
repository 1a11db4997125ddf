//! Edits as settings of a column.

use std::collections::BTreeSet;

use crate::config::{Action, ColumnSettings, Edit, ForbiddenCut};

/// The settings of a column under edits, oldest first. Where the card fixes all cuts or groups, they are changed;
/// else a merge forbids cuts inside the merged bin and fixes its bounds, a split fixes a cut, a move fixes the new place
/// and forbids cuts from the old place up to it, and a group of categories stands apart.
pub fn apply<'a>(settings: &ColumnSettings, edits: impl IntoIterator<Item = &'a Edit>) -> ColumnSettings {
    let mut settings = settings.clone();
    for edit in edits {
        change(&mut settings, &edit.action);
    }
    settings
}

pub(super) fn change(settings: &mut ColumnSettings, action: &Action) {
    match action {
        Action::Merge { lower, upper, .. } => {
            let first = lower.map_or(f64::MIN, f64::next_up);
            let last = upper.map_or(f64::MAX, f64::next_down);
            forbid(settings, first, last);
            for bound in lower.iter().chain(upper) {
                fix(settings, *bound);
            }
        }
        Action::Split { at } => fix(settings, *at),
        Action::Move { from, to } => {
            let (first, last) = if from < to { (*from, to.next_down()) } else { (to.next_up(), *from) };
            forbid(settings, first, last);
            fix(settings, *to);
        }
        Action::Cuts(cuts) => {
            settings.cuts = Some(cuts.clone());
            settings.fixed_cuts.clear();
            settings.forbidden_cuts.clear();
        }
        Action::Group { group, .. } => set_apart(settings, group),
        Action::Undo => {}
    }
}

/// No cut from `first` to `last`.
fn forbid(settings: &mut ColumnSettings, first: f64, last: f64) {
    let outside = |cut: &f64| !(first..=last).contains(cut);
    match &mut settings.cuts {
        Some(cuts) => cuts.retain(outside),
        None => {
            settings.fixed_cuts.retain(outside);
            settings.forbidden_cuts.push(ForbiddenCut::Range([first, last]));
        }
    }
}

/// A cut at `at`, even where there was to be none.
fn fix(settings: &mut ColumnSettings, at: f64) {
    let cuts = settings.cuts.as_mut().unwrap_or(&mut settings.fixed_cuts);
    if let Err(place) = cuts.binary_search_by(|cut| cut.total_cmp(&at)) {
        cuts.insert(place, at);
    }
    let around = |forbidden: &ForbiddenCut| {
        let (first, last) = forbidden.range();
        match (first..=last).contains(&at) {
            true => vec![(first, at.next_down()), (at.next_up(), last)],
            false => vec![(first, last)],
        }
    };
    settings.forbidden_cuts = settings
        .forbidden_cuts
        .iter()
        .flat_map(around)
        .filter(|(first, last)| first <= last)
        .map(|(first, last)| ForbiddenCut::Range([first, last]))
        .collect();
}

/// The categories of `group` form a bin without others.
fn set_apart(settings: &mut ColumnSettings, group: &[String]) {
    let members: BTreeSet<&String> = group.iter().collect();
    for groups in
        [Some(&mut settings.together), Some(&mut settings.apart), settings.groups.as_mut()].into_iter().flatten()
    {
        for other in groups.iter_mut() {
            other.retain(|text| !members.contains(text));
        }
        groups.retain(|other| !other.is_empty());
    }
    settings.groups.as_mut().unwrap_or(&mut settings.apart).push(group.to_vec());
}
