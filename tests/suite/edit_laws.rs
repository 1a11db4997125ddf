//! Edits as settings of a column: nothing contradicts, and the last edit holds.

use proptest::prelude::*;
use scorewright::config::{Action, ColumnSettings, Edit, ForbiddenCut, ReviewedBins};
use scorewright::edits::apply;

/// A record with an action, for the laws of [`apply`].
fn record(action: Action) -> Edit {
    let bins = ReviewedBins { information_value: 0.1, trend: None, bins: 1, cuts: Some(Vec::new()), groups: None };
    Edit {
        position: 0,
        feature: "x".into(),
        action,
        by: "b".into(),
        because: "c".into(),
        on: chrono::NaiveDate::MIN,
        data_sha256: String::new(),
        unedited_information_value: 0.1,
        before: bins.clone(),
        after: bins,
    }
}

fn some_action() -> impl Strategy<Value = Action> {
    let cut = || (0_i32..20).prop_map(f64::from);
    prop_oneof![
        (cut(), proptest::option::of(1..5_i32), proptest::option::of(1..5_i32)).prop_map(|(at, below, above)| {
            let (lower, upper) = (below.map(|width| at - f64::from(width)), above.map(|width| at + f64::from(width)));
            Action::Merge { at, lower, upper }
        }),
        cut().prop_map(|at| Action::Split { at }),
        (cut(), 1..5_i32).prop_map(|(from, by)| Action::Move { from, to: from + f64::from(by) }),
        (cut(), 1..5_i32).prop_map(|(from, by)| Action::Move { from, to: from - f64::from(by) }),
        (cut(), 1..5_i32).prop_map(|(first, by)| Action::Cuts(vec![first, first + f64::from(by)])),
    ]
}

proptest! {
    /// Whatever the edits: the settings contradict themselves nowhere, and the last edit holds.
    #[test]
    fn the_last_edit_holds_and_nothing_contradicts(actions in proptest::collection::vec(some_action(), 1..8)) {
        let edits: Vec<Edit> = actions.iter().cloned().map(record).collect();
        let settings = apply(&ColumnSettings::default(), &edits);
        let is_forbidden = |cut: f64| settings.forbidden_cuts.iter().any(|range| {
            let (first, last) = range.range();
            first <= cut && cut <= last
        });
        let rise = |cuts: &[f64]| cuts.windows(2).all(|pair| pair[0] < pair[1]);
        prop_assert!(rise(&settings.fixed_cuts));
        prop_assert!(!settings.fixed_cuts.iter().any(|cut| is_forbidden(*cut)));
        if let Some(cuts) = &settings.cuts {
            prop_assert!(rise(cuts) && settings.fixed_cuts.is_empty() && settings.forbidden_cuts.is_empty());
        }
        // A cut must be, must not be, or may be.
        let must = |cut: f64| settings.cuts.as_ref().unwrap_or(&settings.fixed_cuts).contains(&cut);
        let may = |cut: f64| match &settings.cuts { Some(cuts) => cuts.contains(&cut), None => !is_forbidden(cut) };
        match actions.last().unwrap() {
            Action::Merge { at, lower, upper } => {
                prop_assert!(!may(*at) && lower.iter().chain(upper).all(|bound| must(*bound)));
            }
            Action::Split { at } => prop_assert!(must(*at)),
            Action::Move { from, to } => prop_assert!(must(*to) && !may(*from) && !may((from + to) / 2.0)),
            Action::Cuts(cuts) => prop_assert_eq!(settings.cuts.as_ref(), Some(cuts)),
            _ => unreachable!("no such action is drawn"),
        }
    }
}

#[test]
fn a_fixed_cut_of_the_card_gives_way_to_a_later_merge() {
    let card = ColumnSettings {
        fixed_cuts: vec![10.0, 20.0],
        forbidden_cuts: vec![ForbiddenCut::Range([30.0, 40.0])],
        ..ColumnSettings::default()
    };
    let settings = apply(&card, &[record(Action::Merge { at: 20.0, lower: Some(10.0), upper: Some(35.0) })]);
    assert_eq!(settings.fixed_cuts, [10.0, 35.0]);
}
