//! Laws of folds.

use std::collections::BTreeSet;

use proptest::prelude::*;
use scorewright::cases::Cases;
use scorewright::config::{CrossValidationSection, FoldsBy};
use scorewright::cross_validation::{Fold, by_outcome, folds, mean_auc};
use scorewright::error::ErrorKind;

use super::cases;

fn groups_of(cases: &Cases, rows: &[u32]) -> BTreeSet<u32> {
    let codes = &cases.groups.as_ref().unwrap().codes;
    rows.iter().map(|row| codes[*row as usize]).collect()
}

fn bads(cases: &Cases, rows: &[u32]) -> usize {
    rows.iter().filter(|row| cases.outcomes.bads[**row as usize] > 0.0).count()
}

fn is_apart(fold: &Fold) -> bool {
    let test: BTreeSet<u32> = fold.test.iter().copied().collect();
    fold.train.iter().all(|row| !test.contains(row))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folds_by_outcome_are_a_partition_of_the_rows(
        count in 30..200_usize, parts in 2..7_usize, grouped in any::<bool>(), seed in any::<u64>(), from in 0..20_u32
    ) {
        let cases = cases(count, 0.3, grouped, false);
        let rows: Vec<u32> = (from..count as u32).collect();
        let folds = by_outcome(&cases, &rows, parts, 1, seed);
        prop_assert_eq!(folds.len(), parts);
        let mut tested: Vec<u32> = folds.iter().flat_map(|fold| fold.test.clone()).collect();
        tested.sort_unstable();
        prop_assert_eq!(&tested, &rows);
        for fold in &folds {
            prop_assert!(is_apart(fold));
            prop_assert_eq!(fold.train.len() + fold.test.len(), rows.len());
            if grouped {
                prop_assert!(groups_of(&cases, &fold.train).is_disjoint(&groups_of(&cases, &fold.test)));
            } else {
                // Stratified: no fold has more than one bad, or case, more than another.
                let all = |get: &dyn Fn(&Fold) -> usize| folds.iter().map(get).collect::<Vec<_>>();
                for counts in [all(&|fold| bads(&cases, &fold.test)), all(&|fold| fold.test.len())] {
                    prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{:?}", counts);
                }
            }
        }
    }

    #[test]
    fn folds_by_time_look_back_only_and_split_no_group(
        count in 150..400_usize, parts in 1..5_usize, grouped in any::<bool>(), gap in 0..2_u32, share in 0.1..0.9_f64
    ) {
        let cases = cases(count, 0.4, grouped, true);
        let days = cases.observed_at.as_ref().unwrap();
        let section = CrossValidationSection {
            folds: parts, by: FoldsBy::Time, gap_months: gap, ..CrossValidationSection::default()
        };
        let rows: Vec<u32> = (0..count as u32).collect();
        let folds = match folds(&cases, &rows, &section, share, 7) {
            // The gap may leave a fold without anything to fit on.
            Err(error) => { prop_assert_eq!(error.kind(), ErrorKind::NoCases); return Ok(()) }
            Ok(folds) => folds,
        };
        prop_assert_eq!(folds.len(), parts);
        let mut tested = BTreeSet::new();
        for fold in &folds {
            prop_assert!(is_apart(fold));
            let last = fold.train.iter().map(|row| days[*row as usize]).max().unwrap();
            let first = fold.test.iter().map(|row| days[*row as usize]).min().unwrap();
            prop_assert!(last + chrono::Months::new(gap) < first + chrono::Days::new(1) && last < first);
            prop_assert!(fold.test.iter().all(|row| tested.insert(*row)), "a case is tested twice");
            if grouped {
                prop_assert!(groups_of(&cases, &fold.train).is_disjoint(&groups_of(&cases, &fold.test)));
            } else if gap == 0 {
                prop_assert_eq!(fold.left_out, 0);
            }
        }
    }
}

#[test]
fn repeats_divide_anew_and_the_same_seed_divides_alike() {
    let cases = cases(100, 0.3, false, false);
    let rows: Vec<u32> = (0..100).collect();
    assert_eq!(by_outcome(&cases, &rows, 5, 1, 3), by_outcome(&cases, &rows, 5, 1, 3));
    assert_ne!(by_outcome(&cases, &rows, 5, 1, 3)[0].test, by_outcome(&cases, &rows, 5, 2, 3)[0].test);
    assert_ne!(by_outcome(&cases, &rows, 5, 1, 3)[0].test, by_outcome(&cases, &rows, 5, 1, 4)[0].test);
}

#[test]
fn the_variance_of_a_mean_is_that_of_independent_folds_and_repeats_add_none() {
    let (auc, error) = mean_auc(&[(Some(0.7), Some(0.0004)), (Some(0.8), Some(0.0012))], 1);
    assert!((auc.value.unwrap() - 0.75).abs() < 1e-12);
    // (0.0004 + 0.0012) / 4 = 0.02 squared.
    assert!((error.unwrap() - 0.02).abs() < 1e-12);
    assert!((auc.low.unwrap() - (0.75 - 1.959_963_984_540_054 * 0.02)).abs() < 1e-12);
    let folds =
        [(Some(0.7), Some(0.0004)), (Some(0.8), Some(0.0012)), (Some(0.72), Some(0.0004)), (Some(0.78), Some(0.0012))];
    assert!((mean_auc(&folds, 2).1.unwrap() - 0.02).abs() < 1e-12);
    assert_eq!(mean_auc(&[(Some(0.7), None)], 1).1, None);
}
