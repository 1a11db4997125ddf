//! Separated goods and bads: found, named by column and bin, and fitted by the penalties that can.

use scorewright::logistic::{LogisticError, LogisticParams};

use super::Data;

/// Two independent features, and a flag whose bin 1 has goods alone.
fn quasi() -> Data {
    let mut data = Data::random(5, 800, &[4, 5], &[0.8, 0.6]);
    let flag: Vec<u16> = (0..800).map(|row| u16::from(row % 9 == 0 && data.goods[row] == 1.0)).collect();
    data.codes.push(flag);
    data.values.push(vec![-0.1, 2.5]);
    data
}

#[test]
fn quasi_complete_separation_names_the_flag_and_its_bin() {
    let data = quasi();
    let cases = data.codes[2].iter().filter(|code| **code == 1).count();
    for params in [LogisticParams::new(), LogisticParams::new().non_negative(true)] {
        match data.fit(params).unwrap_err() {
            LogisticError::Separated { column: 2, complete: false, bin: Some(bin) } => {
                assert_eq!((bin.code, bin.class, bin.cases), (1, "good", cases));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn complete_separation_by_two_features_together() {
    let mut data = Data::random(5, 600, &[4, 4], &[1.0, 1.0]);
    for row in 0..600 {
        let sum: f64 = (0..2).map(|j| data.values[j][usize::from(data.codes[j][row])]).sum();
        let threshold = 0.013;
        data.goods[row] = f64::from(u8::from(sum > threshold));
        data.bads[row] = 1.0 - data.goods[row];
    }
    assert!(matches!(data.fit(LogisticParams::new()).unwrap_err(), LogisticError::Separated { complete: true, .. }));
}

#[test]
fn both_penalties_are_ways_out() {
    let data = quasi();
    let firth = data.fit(LogisticParams::new().firth(true)).unwrap();
    let ridge = data.fit(LogisticParams::new().l2(1.0)).unwrap();
    for fit in [firth, ridge] {
        assert!(fit.coefficients[2] > 0.5 && fit.coefficients[2] < 5.0, "{:?}", fit.coefficients);
        assert!(fit.gradient <= 1e-8 * 800.0);
    }
}

#[test]
fn a_large_effect_is_no_separation() {
    // One bad of 800 in the flag's bin: the estimate is large but finite.
    let mut data = quasi();
    let row = data.codes[2].iter().position(|code| *code == 1).unwrap();
    (data.goods[row], data.bads[row]) = (0.0, 1.0);
    let fit = data.fit(LogisticParams::new()).unwrap();
    assert!(fit.coefficients[2] > 0.5 && fit.coefficients[2] < 3.0, "{:?}", fit.coefficients);
}

#[test]
fn equal_columns_are_collinear() {
    let mut data = Data::random(5, 500, &[4, 5], &[0.8, 0.6]);
    data.codes.push(data.codes[0].clone());
    data.values.push(data.values[0].iter().map(|value| 2.0 * value + 1.0).collect());
    for params in [LogisticParams::new(), LogisticParams::new().non_negative(true)] {
        match data.fit(params).unwrap_err() {
            LogisticError::Collinear { column, with } => assert_eq!((column, with), (2, Some(0))),
            other => panic!("{other:?}"),
        }
    }
}
