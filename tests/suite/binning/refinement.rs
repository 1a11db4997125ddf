//! Cuts move between prebins: the objective never falls, and the rules still hold.

use proptest::prelude::*;
use scorewright::binning::{Binning, trend_of};
use scorewright::config::{ColumnSettings, Monotone};

use super::{Draws, binned, cuts, numbers, plain, section};

/// A wavy feature with ties, some of it missing.
fn wavy(cases: usize, seed: u64, grain: f64) -> (Vec<f64>, Vec<bool>) {
    let mut draws = Draws(seed);
    (0..cases)
        .map(|_| {
            let x = (draws.next() * grain).floor() / grain * 10.0;
            let bad = draws.next() < 0.15 + 0.1 * (x * 0.7).sin() + 0.01 * x;
            (if draws.next() < 0.05 { f64::NAN } else { x }, bad)
        })
        .unzip()
}

fn information_value(toml: &str, data: &(Vec<f64>, Vec<bool>)) -> Binning {
    let outcomes = plain(data.1.iter().copied());
    binned(&numbers(&data.0), &outcomes, None, &section(toml), &ColumnSettings::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn refined_bins_are_better_and_keep_the_rules(
        seed in any::<u64>(),
        grain in prop::sample::select(vec![150.0, 3000.0, 1e9]),
        trend in prop::sample::select(vec!["none", "auto", "ascending", "unimodal"]),
        max_bins in 3..8_usize,
    ) {
        let data = wavy(1500, seed, grain);
        let rules = format!("monotone = \"{trend}\"\nmax_bins = {max_bins}\nmax_prebins = ");
        let coarse = information_value(&format!("{rules}12\nrefine = \"none\""), &data);
        let refined = information_value(&format!("{rules}12"), &data);
        let exact = information_value(&format!("{rules}1000"), &data);
        let iv = |binning: &Binning| binning.table.information_value;
        prop_assert!(iv(&refined) >= iv(&coarse) - 1e-12, "{} below {}", iv(&refined), iv(&coarse));
        if grain == 150.0 {
            // At most 150 distinct values: the exact optimum over all of them bounds the refined one.
            prop_assert!(iv(&refined) <= iv(&exact) + 1e-12, "{} above {}", iv(&refined), iv(&exact));
        }
        for row in &refined.table.rows[..cuts(&refined).len() + 1] {
            prop_assert!(cuts(&refined).is_empty() || row.cases >= 75.0, "a bin of {} cases", row.cases);
        }
        match trend {
            "ascending" if !cuts(&refined).is_empty() => prop_assert_eq!(refined.trend, Monotone::Ascending),
            "auto" if !cuts(&refined).is_empty() => {
                prop_assert!(matches!(refined.trend, Monotone::Ascending | Monotone::Descending));
            }
            "unimodal" if !cuts(&refined).is_empty() => prop_assert_ne!(refined.trend, Monotone::None),
            _ => {}
        }
        let rates: Vec<f64> = refined.table.rows[..cuts(&refined).len() + 1].iter().map(|row| row.goods / row.cases).collect();
        prop_assert_eq!(trend_of(&rates), refined.trend);
    }
}

/// Above 65,536 cases thresholds come from a spread of the cases: the counts must be exact all the same, and few
/// distinct values must all be found, even one that the spread has missed.
#[test]
fn many_cases_are_counted_exactly() {
    let (mut values, bad) = wavy(150_000, 7, 1e9);
    let refined = information_value("max_bins = 8\nmonotone = \"unimodal\"", &(values.clone(), bad.clone()));
    let coarse =
        information_value("max_bins = 8\nmonotone = \"unimodal\"\nrefine = \"none\"", &(values.clone(), bad.clone()));
    assert!(refined.table.information_value > coarse.table.information_value);
    for (bin, row) in refined.table.rows.iter().enumerate() {
        let inside = |x: f64| usize::from(refined.partition.number(x)) == bin;
        let bads = values.iter().zip(&bad).filter(|(x, bad)| inside(**x) && **bad).count();
        let cases = values.iter().filter(|x| inside(**x)).count();
        assert_eq!((row.bads, row.cases), (bads as f64, cases as f64));
    }
    for value in &mut values {
        *value = (*value).floor();
    }
    // One case in 150,000 has a value of its own: a cut beside it lies between whole numbers that occur.
    values[99_999] = 100.0;
    let few = information_value("max_bins = 8\nmin_share = 0\nmonotone = \"none\"", &(values, bad));
    assert!(cuts(&few).iter().all(|cut| cut.fract() == 0.0), "{:?}", cuts(&few));
}
