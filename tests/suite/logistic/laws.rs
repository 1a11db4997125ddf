//! Laws that hold for any data.

use ndarray::Array1;
use proptest::prelude::*;
use scorewright::logistic::{LogisticParams, OutcomePairs, StandardErrors, infer, matrix, score_tests};

use super::{Data, all_near, fit};

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn codes_and_numbers_give_the_same_fit(seed in any::<u64>(), rows in 130..700_usize) {
        let data = Data::random(seed, rows, &[3, 4], &[0.8, -0.5]);
        let coded = data.fit(LogisticParams::new()).unwrap();
        let dense = fit(LogisticParams::new(), &matrix(&data.rows()).view(), &data.outcomes()).unwrap();
        prop_assert_eq!(coded.beta(), dense.beta());
        prop_assert_eq!(coded.information, dense.information);
    }

    #[test]
    fn a_case_of_weight_two_is_two_cases(seed in any::<u64>()) {
        let data = Data::random(seed, 300, &[3, 4], &[0.8, 0.5]);
        let mut twice = data.clone();
        for row in (0..300).step_by(3) {
            twice.codes.iter_mut().for_each(|codes| codes.push(codes[row]));
            twice.goods.push(data.goods[row]);
            twice.bads.push(data.bads[row]);
        }
        let mut weighted = data.clone();
        for row in (0..300).step_by(3) {
            weighted.goods[row] *= 2.0;
            weighted.bads[row] *= 2.0;
        }
        let (twice, weighted) = (twice.fit(LogisticParams::new()).unwrap(), weighted.fit(LogisticParams::new()).unwrap());
        all_near(&weighted.beta(), &twice.beta(), 1e-9);
        prop_assert!((weighted.log_likelihood - twice.log_likelihood).abs() < 1e-8);
    }

    /// Cases added with the outcome that the fit itself gives them move nothing: fuzzy augmentation with the model's own
    /// probability tells nothing.
    #[test]
    fn cases_with_their_own_fitted_outcome_change_nothing(seed in any::<u64>()) {
        let data = Data::random(seed, 400, &[4, 5], &[0.8, 0.5]);
        let known = data.fit(LogisticParams::new()).unwrap();
        let mut more = data.clone();
        for row in 0..150 {
            let eta = known.intercept
                + (0..2).map(|j| known.coefficients[j] * data.values[j][usize::from(data.codes[j][row])]).sum::<f64>();
            let good = 1.0 / (1.0 + (-eta).exp());
            more.codes.iter_mut().for_each(|codes| codes.push(codes[row]));
            more.goods.push(good);
            more.bads.push(1.0 - good);
        }
        all_near(&more.fit(LogisticParams::new()).unwrap().beta(), &known.beta(), 1e-9);
    }

    #[test]
    fn an_offset_is_taken_as_given(seed in any::<u64>(), shift in -2.0..2.0_f64) {
        let data = Data::random(seed, 400, &[4, 5], &[0.8, 0.5]);
        let free = data.fit(LogisticParams::new()).unwrap();
        // The second column's effect as an offset, and a constant beside it.
        let offset: Vec<f64> = data.codes[1]
            .iter()
            .map(|code| shift + free.coefficients[1] * data.values[1][usize::from(*code)])
            .collect();
        let rows = data.rows().select(&[0]).with_offset(&offset).unwrap();
        let part = fit(LogisticParams::new(), &rows, &data.outcomes()).unwrap();
        all_near(&part.beta(), &[free.intercept - shift, free.coefficients[0]], 1e-8);
    }

    /// The score test is the likelihood-ratio test to first order, and its slope has the sign of the coefficient.
    #[test]
    fn a_score_test_tells_what_a_fit_would(seed in any::<u64>()) {
        let data = Data::random(seed, 3000, &[4, 5, 6], &[0.8, 0.5, 0.1]);
        let (rows, outcomes) = (data.rows(), data.outcomes());
        let small = fit(LogisticParams::new(), &rows.select(&[0, 1]), &outcomes).unwrap();
        let large = fit(LogisticParams::new(), &rows, &outcomes).unwrap();
        let tests = score_tests(&small, &rows.select(&[0, 1]), &rows.select(&[2, 0]), &outcomes);
        let gain = 2.0 * (large.log_likelihood - small.log_likelihood);
        prop_assert!((tests[0].statistic - gain).abs() < 0.1 * gain + 0.05, "{} {gain}", tests[0].statistic);
        prop_assert_eq!(tests[0].slope > 0.0, large.coefficients[2] > 0.0);
        // What is in the model already has nothing to add.
        prop_assert!(tests[1].statistic < 1e-9, "{:?}", tests[1]);
    }
}

/// Blocks, chunks and the rough start: 250,000 rows from any start and at any number of threads.
#[test]
fn many_rows_have_one_optimum_at_any_number_of_threads() {
    let data = Data::random(11, 250_000, &[6, 5, 8, 3], &[0.9, 0.6, -0.3, 1.2]);
    let (rows, outcomes) = (data.rows(), data.outcomes());
    let groups: Vec<u32> = (0..250_000).map(|row| row / 3).collect();
    let run = |threads: usize, start: Option<Array1<f64>>| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| {
            let params = match start {
                Some(start) => LogisticParams::new().start(start),
                None => LogisticParams::new(),
            };
            let fit = fit(params, &rows, &outcomes).unwrap();
            let errors: Vec<_> = [StandardErrors::Robust, StandardErrors::Clustered]
                .map(|method| infer(&fit, &rows, &outcomes, method, Some(&groups)).unwrap().standard_errors)
                .into_iter()
                .flatten()
                .collect();
            (fit.beta(), fit.log_likelihood, errors)
        })
    };
    let one = run(1, None);
    assert_eq!(one, run(4, None));
    let far = run(2, Some(Array1::from(vec![0.0, 2.0, -1.0, 1.0, 0.0])));
    all_near(&far.0, &one.0, 1e-10);
}

#[test]
fn what_is_no_data_is_told() {
    use scorewright::logistic::{CodedColumn, CodedRecords, LogisticError};
    let data = Data::random(1, 200, &[3], &[0.5]);
    let refuse =
        |params: LogisticParams, outcomes: &OutcomePairs| fit(params, &data.rows(), outcomes).unwrap_err().to_string();
    let outcomes = data.outcomes();
    assert!(refuse(LogisticParams::new().l2(-1.0), &outcomes).contains("at least 0"));
    assert!(refuse(LogisticParams::new().l2(1.0).firth(true), &outcomes).contains("exclude each other"));
    assert!(refuse(LogisticParams::new().start(Array1::zeros(5)), &outcomes).contains("2 numbers"));
    let short = OutcomePairs::new(vec![1.0, 0.0], vec![0.0, 1.0]).unwrap();
    assert!(refuse(LogisticParams::new(), &short).contains("2 outcomes do not go with 200 rows"));
    let pairs = |goods: &[f64], bads: &[f64]| OutcomePairs::new(goods.to_vec(), bads.to_vec()).unwrap_err();
    assert!(matches!(pairs(&[1.0, 1.0], &[0.0, 0.0]), LogisticError::OneClass("bad")));
    assert!(matches!(pairs(&[0.0, 0.0], &[1.0, 1.0]), LogisticError::OneClass("good")));
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(matches!(pairs(&[1.0, bad], &[0.0, 1.0]), LogisticError::Data(_)));
    }
    assert!(matches!(pairs(&[1.0, 0.0], &[1.0, 0.0]), LogisticError::Data(_)));
    let (codes, values) = (vec![0, 1, 0, 1], vec![0.0, f64::INFINITY]);
    let column = CodedColumn { codes: &codes, values: &values };
    assert!(CodedRecords::new(vec![column], 3).is_err());
    let rows = CodedRecords::new(vec![column], 4).unwrap();
    let four = OutcomePairs::new(vec![1.0, 0.0, 1.0, 0.0], vec![0.0, 1.0, 0.0, 1.0]).unwrap();
    assert!(fit(LogisticParams::new(), &rows, &four).unwrap_err().to_string().contains("not a finite number"));
}

/// Weights in other units change no coefficient, and are no separation: shares of one, or amounts of money.
#[test]
fn the_unit_of_the_weights_does_not_count() {
    let data = Data::random(21, 2000, &[4, 5], &[2.5, 0.6]);
    let once = data.fit(LogisticParams::new()).unwrap();
    for unit in [1e-9, 1e9] {
        let mut other = data.clone();
        other.goods.iter_mut().chain(&mut other.bads).for_each(|weight| *weight *= unit);
        let fit = other.fit(LogisticParams::new()).unwrap();
        all_near(&fit.beta(), &once.beta(), 1e-7);
    }
}

#[test]
fn no_more_groups_than_coefficients_have_no_standard_errors() {
    let data = Data::random(22, 900, &[4, 5, 3], &[0.8, 0.6, 0.5]);
    let (rows, outcomes) = (data.rows(), data.outcomes());
    let fit = fit(LogisticParams::new(), &rows, &outcomes).unwrap();
    for (groups, has_errors) in [(4, false), (5, true)] {
        let codes: Vec<u32> = (0..900).map(|row| row % groups).collect();
        let inference = infer(&fit, &rows, &outcomes, StandardErrors::Clustered, Some(&codes)).unwrap();
        assert_eq!(inference.clusters, Some(groups as usize));
        assert!(inference.standard_errors.iter().all(|error| error.is_some() == has_errors));
    }
}

/// The best constant is found beside the offset: with all of the effect in the offset, there is nothing left to explain.
#[test]
fn the_null_model_has_the_offset_too() {
    let data = Data::random(23, 1500, &[4, 5], &[0.9, 0.6]);
    let known = data.fit(LogisticParams::new()).unwrap();
    let offset: Vec<f64> = (0..1500)
        .map(|row| (0..2).map(|j| known.coefficients[j] * data.values[j][usize::from(data.codes[j][row])]).sum())
        .collect();
    let rows = data.rows().select(&[0]).with_offset(&offset).unwrap();
    let part = fit(LogisticParams::new(), &rows, &data.outcomes()).unwrap();
    all_near(&[part.coefficients[0]], &[0.0], 1e-8);
    all_near(&[part.null_log_likelihood], &[part.log_likelihood], 1e-8);
}

/// A matrix is read from any row on, in either order of memory.
#[test]
fn a_matrix_in_rows_and_one_in_columns_give_the_same_fit() {
    let data = Data::random(24, 1000, &[4, 5], &[0.8, 0.6]);
    let columns = matrix(&data.rows());
    let rows = columns.as_standard_layout().to_owned();
    assert!(rows.is_standard_layout() && !columns.is_standard_layout());
    let (one, two) = (
        fit(LogisticParams::new(), &columns.view(), &data.outcomes()).unwrap(),
        fit(LogisticParams::new(), &rows.view(), &data.outcomes()).unwrap(),
    );
    assert_eq!(one.beta(), two.beta());
}
