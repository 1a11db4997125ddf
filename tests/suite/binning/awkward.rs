//! Awkward columns: values too close to part, infinities, bins that nobody falls into, cuts that must stay.

use proptest::prelude::*;
use scorewright::binning::{Cell, p_value};
use scorewright::config::{BinningSection, ColumnSettings, NeighbourTest};

use super::{Draws, binned, cuts, labels, numbers, plain, section, settings, texts};

const FISHER_LARGE: [f64; 4] = [1.0, 0.0002746566274817793, 0.0008229993551239549, 7.046034720301172e-10];

/// p values of tables that factorials overflow on, against scipy 1.17.1 `fisher_exact`.
#[test]
fn fisher_holds_for_large_tables() {
    for ((g1, b1), (g2, b2), p) in [
        ((630.0, 70.0), (631.0, 69.0), FISHER_LARGE[0]),
        ((9000.0, 1000.0), (9150.0, 850.0), FISHER_LARGE[1]),
        ((450_000.0, 50_000.0), (451_000.0, 49_000.0), FISHER_LARGE[2]),
        ((2000.0, 10.0), (2000.0, 60.0), FISHER_LARGE[3]),
    ] {
        let found = p_value(&Cell::plain(g1, b1), &Cell::plain(g2, b2), NeighbourTest::Fisher);
        assert!((found / p - 1.0).abs() < 1e-6, "{found} is not {p}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// A fixed cut is in the result, whatever the values and however cuts are refined.
    #[test]
    fn fixed_cuts_stay(seed in any::<u64>(), at in 0.1..0.9_f64, refine in prop::sample::select(vec!["none", "near", "thorough"])) {
        let mut draws = Draws(seed);
        let x: Vec<f64> = (0..3000).map(|_| draws.next()).collect();
        let outcomes = plain(x.iter().map(|x| draws.next() < 0.1 + 0.2 * x));
        let fixed = (at * 1e5).round() / 1e5;
        let rules = section(&format!("monotone = \"none\"\nrefine = \"{refine}\""));
        let found = binned(&numbers(&x), &outcomes, None, &rules, &settings(&format!("fixed_cuts = [{fixed}]"))).unwrap();
        prop_assert!(cuts(&found).contains(&fixed), "{} is not among {:?}", fixed, cuts(&found));
    }
}

#[test]
fn values_too_close_for_twelve_digits_do_not_collapse_a_feature() {
    let mut draws = Draws(2);
    let x: Vec<f64> =
        (0..4000).map(|i| if i % 2 == 0 { 1e6 + f64::from(i) * 2e-10 } else { draws.next() * 2e6 }).collect();
    let outcomes = plain(x.iter().map(|x| draws.next() < 0.1 + x / 2e7));
    let found = |refine: &str| {
        let rules = section(&format!("refine = \"{refine}\""));
        binned(&numbers(&x), &outcomes, None, &rules, &ColumnSettings::default()).unwrap().table.information_value
    };
    assert!(
        found("near") > 0.01 && found("thorough") >= found("near") * 0.99,
        "{} {}",
        found("near"),
        found("thorough")
    );
}

/// Development says nothing about a special value that no case has, nor about an empty interval or group.
#[test]
fn a_bin_without_cases_has_no_weight_of_evidence() {
    let x: Vec<f64> = (0..1000).map(|case| f64::from(case % 10)).collect();
    let outcomes = plain((0..1000).map(|case| case % 10 < 3 && case % 7 == 0));
    let special =
        binned(&numbers(&x), &outcomes, None, &section("min_bads = 0"), &settings("special = [-999]")).unwrap();
    let last = special.table.rows[special.table.rows.len() - 1];
    assert_eq!((last.cases, last.woe, last.information_value), (0.0, 0.0, 0.0));
    let fixed = binned(&numbers(&x), &outcomes, None, &section(""), &settings("cuts = [3, 6, 50]")).unwrap();
    assert_eq!(fixed.table.rows[3].woe, 0.0);
    let nearest = section("special_bins = \"nearest\"\nmin_bads = 0");
    let nearest = binned(&numbers(&x), &outcomes, None, &nearest, &settings("special = [-999]")).unwrap();
    assert_eq!(nearest.table.rows[nearest.table.rows.len() - 1].woe, 0.0);
    assert_eq!(labels(&nearest)[nearest.bins.len() - 1], "special -999");
}

/// A small category stands apart although its shrunken rate orders it otherwise than its own.
#[test]
fn a_small_category_can_stand_apart() {
    let rows = [("a", 57, 3), ("b", 300, 150), ("c", 460, 30)];
    let cases = rows.iter().flat_map(|(text, goods, bads)| {
        std::iter::repeat_n((*text, false), *goods).chain(std::iter::repeat_n((*text, true), *bads))
    });
    let (text, bad): (Vec<&str>, Vec<bool>) = cases.unzip();
    let column = texts(&text.iter().map(|text| Some(*text)).collect::<Vec<_>>());
    let found = binned(&column, &plain(bad), None, &BinningSection::default(), &settings("apart = [[\"a\"]]")).unwrap();
    assert!(labels(&found).contains(&"a"), "{:?}", labels(&found));
}

#[test]
fn infinities_are_values_of_their_own() {
    let mut draws = Draws(4);
    let ends = [f64::NEG_INFINITY, 0.123_456_789_012_7, f64::INFINITY];
    let drawn: Vec<usize> = (0..3000).map(|_| (draws.next() * 3.0) as usize).collect();
    let outcomes = plain(drawn.iter().map(|end| draws.next() < [0.6, 0.1, 0.3][*end]));
    let x: Vec<f64> = drawn.iter().map(|end| ends[*end]).collect();
    let found =
        binned(&numbers(&x), &outcomes, None, &section("monotone = \"none\""), &ColumnSettings::default()).unwrap();
    assert_eq!(found.table.rows.len(), 3, "{:?}", labels(&found));
    let only: Vec<f64> = drawn.iter().map(|end| if *end == 0 { ends[0] } else { ends[2] }).collect();
    let found = binned(&numbers(&only), &outcomes, None, &section(""), &ColumnSettings::default()).unwrap();
    assert_eq!(cuts(&found), [0.0]);
}

#[test]
fn what_is_stated_holds_where_a_feature_separates_too() {
    let x: Vec<f64> = (0..200).map(f64::from).collect();
    let outcomes = plain((0..200).map(|case| case < 50));
    let free = binned(&numbers(&x), &outcomes, None, &section(""), &ColumnSettings::default()).unwrap();
    assert_eq!(cuts(&free), [50.0]);
    let of = |own: &str| binned(&numbers(&x), &outcomes, None, &section("min_goods = 0\nmin_bads = 0"), &settings(own));
    assert!(cuts(&of("fixed_cuts = [20]").unwrap()).contains(&20.0));
    assert!(cuts(&of("forbidden_cuts = [[40, 60]]").unwrap()).iter().all(|cut| !(40.0..=60.0).contains(cut)));
    let error = of("forbidden_cuts = [[-1, 1000]]").unwrap_err().to_string();
    assert!(error.contains("forbidden_cuts leave no place for a cut"), "{error}");
    let constant = numbers(&[7.0; 200]);
    let one = binned(&constant, &outcomes, None, &section(""), &settings("min_share = 0.08")).unwrap();
    assert!(one.note.contains("constant"), "{}", one.note);
    let error = of("fixed_cuts = [999]").unwrap_err().to_string();
    assert!(error.contains("without the cut 999 there would be bins"), "{error}");
}
