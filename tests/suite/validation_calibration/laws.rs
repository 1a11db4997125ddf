//! Laws that hold for any PDs and outcomes.

use proptest::prelude::*;
use scorewright::validation::Scores;
use scorewright::validation::binomial::binomial_test;
use scorewright::validation::binomial_correlated::correlated_binomial_test;
use scorewright::validation::brier::{brier, recalibration};
use scorewright::validation::calibration_line::calibration_line;
use scorewright::validation::hosmer_lemeshow::hosmer_lemeshow;
use scorewright::validation::jeffreys::{DefaultCounts, jeffreys_test};
use scorewright::validation::pd_groups::PdGroups;
use scorewright::validation::spiegelhalter::spiegelhalter;

/// PD, whether bad, weight; a weight of 0 is an indeterminate case.
fn cases() -> impl Strategy<Value = Vec<(f64, bool, f64)>> {
    let pd = prop_oneof![0.0..=1.0, (0..=20_u32).prop_map(|k| f64::from(k) / 20.0)];
    prop::collection::vec((pd, any::<bool>(), (0..4_u32).prop_map(f64::from)), 1..120)
}

fn columns(cases: &[(f64, bool, f64)]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let side = |bad: bool| cases.iter().map(|case| if case.1 == bad { case.2 } else { 0.0 }).collect();
    (cases.iter().map(|case| case.0).collect(), side(false), side(true))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn briers_terms_sum_to_it(cases in cases()) {
        let (pd, goods, bads) = columns(&cases);
        let scores = Scores { score: &pd, goods: &goods, bads: &bads, groups: None };
        let parts = recalibration(&pd, &goods, &bads);
        if let Some(found) = brier(scores, &pd, &PdGroups::new(&pd, &goods, &bads), &parts) {
            let sum = found.reliability - found.resolution + found.uncertainty + found.within_bin_variance
                - found.within_bin_covariance;
            prop_assert!((sum - found.value).abs() < 1e-12, "{found:?}");
            let isotonic = found.miscalibration - found.discrimination + found.uncertainty;
            prop_assert!((isotonic - found.value).abs() < 1e-12, "{found:?}");
        } else {
            prop_assert!(cases.iter().all(|case| case.2 == 0.0));
        }
    }

    /// Every good or bad case is in exactly one group, the one whose interval holds its PD.
    #[test]
    fn groups_partition_the_cases(cases in cases()) {
        let (pd, goods, bads) = columns(&cases);
        let groups = PdGroups::new(&pd, &goods, &bads);
        let counted = cases.iter().filter(|case| case.2 > 0.0).count() as u64;
        prop_assert_eq!(groups.groups.iter().map(|group| group.cases).sum::<u64>(), counted);
        prop_assert!(groups.groups.len() <= 10);
        for (case, (pd, _, weight)) in cases.iter().enumerate() {
            if *weight > 0.0 {
                let place = groups.position[case] as usize;
                let group = groups.groups[place];
                prop_assert!(*pd <= group.upper && (*pd > group.lower || place == 0 && *pd == group.lower), "{pd} {group:?}");
            }
        }
        let (all_goods, all_bads) = (goods.iter().sum::<f64>(), bads.iter().sum::<f64>());
        prop_assert!((groups.groups.iter().map(|group| group.goods).sum::<f64>() - all_goods).abs() < 1e-9);
        prop_assert!((groups.groups.iter().map(|group| group.bads).sum::<f64>() - all_bads).abs() < 1e-9);
    }

    /// A weight of three is three cases, and the order of the cases does not count.
    #[test]
    fn weights_are_repeated_cases_in_any_order(cases in cases()) {
        let (pd, goods, bads) = columns(&cases);
        let repeated: Vec<(f64, bool, f64)> =
            cases.iter().rev().flat_map(|case| std::iter::repeat_n((case.0, case.1, 1.0), case.2 as usize)).collect();
        let (pd_2, goods_2, bads_2) = columns(&repeated);
        let (groups, groups_2) = (PdGroups::new(&pd, &goods, &bads), PdGroups::new(&pd_2, &goods_2, &bads_2));
        let (test, test_2) = (hosmer_lemeshow(&groups.groups, false), hosmer_lemeshow(&groups_2.groups, false));
        match (test.value(), test_2.value()) {
            (Some(test), Some(test_2)) => {
                prop_assert!((test.statistic - test_2.statistic).abs() <= 1e-9 * (1.0 + test.statistic));
                prop_assert_eq!(test.degrees_of_freedom, test_2.degrees_of_freedom);
                prop_assert!((0.0..=1.0).contains(&test.p_value));
            }
            (None, None) => {}
            _ => prop_assert!(false, "{test:?} {test_2:?}"),
        }
        let z = spiegelhalter(&pd, &goods, &bads);
        let z_2 = spiegelhalter(&pd_2, &goods_2, &bads_2);
        match (z.value(), z_2.value()) {
            (Some(z), Some(z_2)) => {
                prop_assert!((z.z - z_2.z).abs() <= 1e-9 * (1.0 + z.z.abs()));
                prop_assert!((0.0..=1.0).contains(&z.p_value));
            }
            (None, None) => {}
            _ => prop_assert!(false, "{z:?} {z_2:?}"),
        }
    }

    /// p values lie in [0, 1], fall with more defaults.
    #[test]
    fn p_values_of_low_pds_are_ordered(cases in 1..5000_u32, share in 0.0..=1.0_f64, pd in 0.001..0.999_f64, rho in 0.001..0.9_f64) {
        let defaults = (f64::from(cases) * share).floor();
        let counts = DefaultCounts { cases: f64::from(cases), defaults, pd };
        let p_values = |counts: DefaultCounts| {
            [
                jeffreys_test(counts).p_value,
                binomial_test(counts).p_value,
                correlated_binomial_test(counts, rho).value().unwrap().p_value,
            ]
        };
        let own = p_values(counts);
        prop_assert!(own.iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)), "{own:?}");
        // Jeffreys' test lies between the exact test and the one of more than D.
        prop_assert!(own[0] <= own[1] * (1.0 + 1e-9));
        if defaults < counts.cases {
            let more = p_values(DefaultCounts { defaults: defaults + 1.0, ..counts });
            for (more, own) in more.iter().zip(&own) {
                prop_assert!(*more <= own * (1.0 + 1e-9) + 1e-15, "{more} {own}");
            }
        }
    }

    /// The PDs that the outcomes themselves give have slope 1 and intercept 0.
    #[test]
    fn calibrated_pds_have_the_right_line(rates in prop::collection::vec(1..20_u32, 2..8)) {
        prop_assume!(rates.windows(2).any(|pair| pair[0] != pair[1]));
        let pd: Vec<f64> = rates.iter().map(|rate| f64::from(*rate) / 20.0).collect();
        let bads: Vec<f64> = pd.iter().map(|pd| 30.0 * pd).collect();
        let goods: Vec<f64> = pd.iter().map(|pd| 30.0 * (1.0 - pd)).collect();
        let scores = Scores { score: &pd, goods: &goods, bads: &bads, groups: None };
        let line = calibration_line(scores, &pd);
        prop_assume!(pd.len() > 2);
        prop_assert!((line.slope.value().unwrap().value - 1.0).abs() < 1e-6);
        prop_assert!(line.intercept.value().unwrap().value.abs() < 1e-6);
    }
}
