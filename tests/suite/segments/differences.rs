//! Differences of two scores on the same cases, against independent tools and by law.

use proptest::prelude::*;
use scorewright::validation::auc::auc;
use scorewright::validation::auc_difference::auc_difference;
use scorewright::validation::likelihood_difference::likelihood_difference;
use scorewright::validation::{Difference, Distribution, Scores};
use serde_json::Value as Json;

fn reference() -> Json {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/differences.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn assert_equal(found: Difference, wanted: &Json, what: &str) {
    for (name, value) in [("value", found.value), ("low", found.low), ("high", found.high), ("p_value", found.p_value)]
    {
        let wanted = wanted[name].as_f64().unwrap();
        let value = value.unwrap();
        assert!((value - wanted).abs() <= 1e-10 * wanted.abs().max(1e-2), "{what} {name}: {value}, not {wanted}");
    }
}

#[test]
fn differences_are_those_of_independent_tools() {
    let json = reference();
    let [first, second, eta_first, eta_second] =
        ["first", "second", "eta_first", "eta_second"].map(|name| numbers(&json[name]));
    let codes: Vec<u32> = numbers(&json["group"]).into_iter().map(|code| code as u32).collect();
    for outcome in ["plain", "share"] {
        let (goods, bads) = (numbers(&json[outcome]["goods"]), numbers(&json[outcome]["bads"]));
        for (groups, suffix) in [(None, ""), (Some(codes.as_slice()), "_by_group")] {
            let what = format!("{outcome}{suffix}");
            let scores = Scores { score: &first, goods: &goods, bads: &bads, groups };
            assert_equal(auc_difference(scores, &second), &json["auc"][&what], &what);
            let found = likelihood_difference(scores, &eta_first, &eta_second);
            assert_equal(found, &json["likelihood"][&what], &format!("likelihood {what}"));
        }
    }
}

#[test]
fn without_both_classes_there_is_no_difference_of_auc() {
    let scores = Scores { score: &[1.0, 2.0], goods: &[1.0, 1.0], bads: &[0.0, 0.0], groups: None };
    assert_eq!(auc_difference(scores, &[2.0, 1.0]), Difference::UNDEFINED);
    let nobody = Scores { goods: &[0.0, 0.0], ..scores };
    assert_eq!(likelihood_difference(nobody, &[0.0, 0.0], &[1.0, 1.0]), Difference::UNDEFINED);
    // Log odds without bounds make no infinite likelihood.
    let sure = likelihood_difference(scores, &[800.0, 800.0], &[700.0, 900.0]);
    assert!(sure.value.unwrap().abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_difference_turns_its_sign_and_is_nothing_for_the_same_scores(
        cases in prop::collection::vec((-6..6_i32, -6..6_i32, any::<bool>(), 0..9_u32), 6..60),
        grouped in any::<bool>(),
    ) {
        let pick = |get: fn(&(i32, i32, bool, u32)) -> f64| cases.iter().map(get).collect::<Vec<f64>>();
        let (first, second) = (pick(|case| f64::from(case.0)), pick(|case| f64::from(case.1)));
        let (goods, bads) = (pick(|case| f64::from(u8::from(case.2))), pick(|case| f64::from(u8::from(!case.2))));
        let codes: Vec<u32> = cases.iter().map(|case| case.3).collect();
        let groups = grouped.then_some(codes.as_slice());
        let scores = Scores { score: &first, goods: &goods, bads: &bads, groups };
        let other = Scores { score: &second, ..scores };
        let (there, back) = (auc_difference(scores, &second), auc_difference(other, &first));
        prop_assert_eq!(there.value.map(|value| -value), back.value);
        prop_assert_eq!(there.p_value, back.p_value);
        prop_assert_eq!(there.low.map(|low| -low), back.high);
        if let Some(value) = there.value {
            let of = |scores: Scores<'_>| auc(scores, &Distribution::new(scores)).value.unwrap();
            prop_assert_eq!(value, of(scores) - of(other));
        }
        let same = auc_difference(scores, &first);
        prop_assert!(same.value.is_none_or(|value| value == 0.0));
        prop_assert!(same.p_value.is_none_or(|p| p == 1.0));
        let likelihood = likelihood_difference(scores, &first, &second);
        let turned = likelihood_difference(scores, &second, &first);
        prop_assert!((likelihood.value.unwrap() + turned.value.unwrap()).abs() < 1e-12);
    }
}
