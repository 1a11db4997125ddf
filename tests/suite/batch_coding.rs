//! Many numbers coded at once get the codes that each gets alone.

use proptest::prelude::*;
use scorewright_runtime::Partition;
use scorewright_runtime::artifact::{BinDomain, FeatureKind, Literal};

/// Every number that sits near a bound, and some that do not.
fn near(cuts: &[f64], special: &[f64]) -> Vec<f64> {
    let mut values = vec![f64::NAN, -f64::NAN, -0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN, f64::MAX];
    values.extend([f64::MIN_POSITIVE, 5e-324, -5e-324]);
    for value in cuts.iter().chain(special) {
        values.extend([*value, value.next_up(), value.next_down(), -value, value + 0.5]);
    }
    values
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn many_at_once_are_coded_as_one_by_one(
        mut cuts in prop_oneof![
            prop::collection::vec(-50..50_i32, 0..20),
            prop::collection::vec(-5000..5000_i32, 0..300),
        ],
        special in prop_oneof![
            prop::collection::btree_set(-60..60_i32, 0..4),
            prop::collection::btree_set(-60..60_i32, 9..40),
        ],
        has_missing in any::<bool>(),
        turned in any::<bool>(),
        repeats in 1..40_usize,
    ) {
        cuts.sort_unstable();
        cuts.dedup();
        let cuts: Vec<f64> = cuts.into_iter().map(f64::from).collect();
        let special: Vec<f64> = special.into_iter().map(f64::from).collect();
        let bound = |place: usize| cuts.get(place).copied();
        let mut domains: Vec<BinDomain> = (0..=cuts.len())
            .map(|place| BinDomain::Interval { lower: place.checked_sub(1).and_then(bound), upper: bound(place) })
            .collect();
        domains.extend(special.iter().map(|value| BinDomain::Special(vec![Literal::Number(*value)])));
        if has_missing {
            domains.push(BinDomain::Missing);
        }
        if turned {
            domains.reverse();
        }
        let partition = Partition::new("x", FeatureKind::Numeric, &domains).unwrap();
        let values = near(&cuts, &special).repeat(repeats);
        let mut codes = vec![u16::MAX; values.len()];
        partition.numbers_into(&values, &mut codes);
        for (x, code) in values.iter().zip(&codes) {
            prop_assert_eq!(*code, partition.number(*x), "{}", x);
        }
        let missing = partition.missing();
        prop_assert!(values.iter().zip(&codes).all(|(x, code)| x.is_nan() == (*code == missing)));
    }
}
