//! Laws of any card with segments.

use proptest::prelude::*;
use scorewright_runtime::artifact::{Bin, Feature, FeatureKind, ScorecardDocument, Segments, UnforeseenPolicy};
use scorewright_runtime::{ELSEWHERE, Scorecard, Value, verification_rows};

use super::artifact::{feature, of, segment, segmented};
use crate::by_hand::{bin, interval, load};

/// Bins of a number by rising cuts, with these WOE.
fn bins(cuts: &[i32], woe: &[f64]) -> Vec<Bin> {
    let bound = |place: usize| cuts.get(place).map(|cut| f64::from(*cut));
    (0..=cuts.len())
        .map(|place| {
            let domain = interval(place.checked_sub(1).and_then(bound), bound(place));
            bin(&format!("bin {place}"), domain, woe[place % woe.len()])
        })
        .collect()
}

fn rising() -> impl Strategy<Value = Vec<i32>> {
    prop::collection::btree_set(-40..40_i32, 1..6).prop_map(|cuts| cuts.into_iter().collect())
}

fn policy() -> impl Strategy<Value = UnforeseenPolicy> {
    prop_oneof![Just(UnforeseenPolicy::Neutral), Just(UnforeseenPolicy::Worst)]
}

/// The card of one segment alone.
fn alone(document: &ScorecardDocument, place: usize) -> Scorecard {
    let segment = document.segments.as_ref().unwrap().segments[place].clone();
    let own = document.features.iter().filter(|one| one.segment.as_ref() == Some(&segment.name));
    let features: Vec<Feature> =
        own.map(|one| Feature { name: one.title().to_owned(), segment: None, input: None, ..one.clone() }).collect();
    let mut document = document.clone();
    (document.base_points, document.intercept) = (segment.base_points, segment.intercept);
    (document.segments, document.features) = (None, features);
    document.verification = verification_rows(&Scorecard::unverified(document.clone()).unwrap()).unwrap();
    load(&document).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_case_scores_as_by_the_card_of_its_segment_alone(
        cuts in rising(),
        of_features in prop::collection::vec((rising(), prop::collection::vec(-1.5..1.5_f64, 6)), 12),
        policy in policy(),
        otherwise in any::<bool>(),
        cases in prop::collection::vec((-50..50_i32, -50..50_i32, prop::option::of(-50..50_i32)), 30),
    ) {
        let bound = |place: usize| cuts.get(place).map(|cut| f64::from(*cut));
        let name = |place: usize| format!("s{place}");
        let segments: Vec<_> = (0..=cuts.len())
            .map(|place| {
                let values = vec![interval(place.checked_sub(1).and_then(bound), bound(place))];
                segment(&name(place), values, place as f64 / 3.0 - 0.5)
            })
            .collect();
        // Each segment has one of the two features, or both; the first may be the column that tells the segment.
        let mut features = Vec::new();
        for place in 0..segments.len() {
            for (which, column) in ["x", "y"].into_iter().enumerate() {
                let (cuts, woe) = &of_features[(2 * place + which) % of_features.len()];
                if which == 0 || place % 2 == 0 {
                    features.push(of(&name(place), feature(column, FeatureKind::Numeric, bins(cuts, woe))));
                }
            }
        }
        let all = Segments {
            input: "x".into(),
            kind: FeatureKind::Numeric,
            otherwise: otherwise.then(|| name(0)),
            segments,
        };
        let document = segmented(policy, all, features);
        let card = load(&document).unwrap();
        prop_assert_eq!(card.inputs().len(), 2);
        let mut codes = vec![0; card.code_count()];
        for (x, y, missing) in cases {
            let case = [Value::Number(f64::from(x)), missing.map_or(Value::Missing, |_| Value::Number(f64::from(y)))];
            let scored = card.score(&case).unwrap();
            card.codes(&case, &mut codes).unwrap();
            prop_assert_eq!(card.score_codes(codes.iter().copied()), scored);
            let place = cuts.partition_point(|cut| *cut <= x);
            let segment = &document.segments.as_ref().unwrap().segments[place];
            // The sum of what is printed.
            let points = (0..document.features.len()).filter(|feature| codes[*feature] != ELSEWHERE);
            let sum: f64 = points.map(|feature| {
                assert_eq!(document.features[feature].segment.as_ref(), Some(&segment.name));
                card.bin_points(feature, codes[feature]).unwrap()
            }).sum();
            prop_assert_eq!(scored.score.0, segment.base_points + sum);
            let single = alone(&document, place);
            let own: Vec<Value<'_>> = single.inputs().iter().map(|input| case[usize::from(input.name == "y")]).collect();
            prop_assert_eq!(single.score(&own).unwrap(), scored);
        }
    }
}
