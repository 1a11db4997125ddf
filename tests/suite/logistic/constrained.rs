//! The fit under the sign constraint is the best of all fits of some of the columns whose coefficients are not negative.

use proptest::prelude::*;
use scorewright::logistic::LogisticParams;

use super::{Data, all_near};

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_constrained_fit_is_the_best_of_all_subsets(
        seed in any::<u64>(),
        slopes in prop::collection::vec(-1.5..1.5_f64, 5),
    ) {
        let data = Data::random(seed, 400, &[4, 3, 5, 4, 6], &slopes);
        let fit = data.fit(LogisticParams::new().non_negative(true)).unwrap();
        let mut best: Option<(f64, Vec<f64>)> = None;
        for mask in 0_u32..32 {
            let columns: Vec<usize> = (0..5).filter(|column| mask & (1 << column) != 0).collect();
            let part = super::fit(LogisticParams::new(), &data.rows().select(&columns), &data.outcomes()).unwrap();
            if part.coefficients.iter().all(|beta| *beta >= 0.0)
                && best.as_ref().is_none_or(|(likelihood, _)| part.log_likelihood > *likelihood)
            {
                let mut beta = vec![0.0; 6];
                beta[0] = part.intercept;
                columns.iter().zip(&part.coefficients).for_each(|(column, value)| beta[column + 1] = *value);
                best = Some((part.log_likelihood, beta));
            }
        }
        let (likelihood, beta) = best.unwrap();
        all_near(&fit.beta(), &beta, 1e-8);
        prop_assert!((fit.log_likelihood - likelihood).abs() < 1e-9);
        for (bound, beta) in fit.bound.iter().zip(&beta[1..]) {
            prop_assert_eq!(*bound, *beta == 0.0);
        }
    }
}

#[test]
fn where_nothing_is_negative_the_constraint_changes_nothing() {
    let data = Data::random(3, 2000, &[4, 5, 6], &[1.0, 0.8, 1.2]);
    let free = data.fit(LogisticParams::new()).unwrap();
    let constrained = data.fit(LogisticParams::new().non_negative(true)).unwrap();
    all_near(&constrained.beta(), &free.beta(), 1e-12);
    assert_eq!(constrained.bound, [false; 3]);
}

#[test]
fn where_all_is_negative_the_constant_is_left() {
    let data = Data::random(3, 2000, &[4, 5], &[-1.0, -0.8]);
    let fit = data.fit(LogisticParams::new().non_negative(true)).unwrap();
    let (goods, bads) = (data.goods.iter().sum::<f64>(), data.bads.iter().sum::<f64>());
    all_near(&fit.beta(), &[(goods / bads).ln(), 0.0, 0.0], 1e-12);
}
