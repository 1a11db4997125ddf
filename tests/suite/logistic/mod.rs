//! The fit and its inference: figures of independent tools, laws, and what cannot be fitted.

use rand::rngs::ChaCha12Rng;
use rand::{RngExt, SeedableRng};
use scorewright::logistic::{
    CodedColumn, CodedRecords, FittedLogistic, LogisticError, LogisticParams, OutcomePairs, Rows,
};

mod constrained;
mod inference;
mod laws;
mod model;
mod separation;

/// Bin codes with a number for each code, and outcomes.
#[derive(Debug, Clone)]
pub struct Data {
    pub codes: Vec<Vec<u16>>,
    pub values: Vec<Vec<f64>>,
    pub goods: Vec<f64>,
    pub bads: Vec<f64>,
}

impl Data {
    /// Independent features of some bins each; each feature's slope is as given.
    pub fn random(seed: u64, rows: usize, bins: &[usize], slopes: &[f64]) -> Self {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let values: Vec<Vec<f64>> =
            bins.iter().map(|bins| (0..*bins).map(|_| random.random_range(-1.0..1.0)).collect()).collect();
        let codes: Vec<Vec<u16>> =
            bins.iter().map(|bins| (0..rows).map(|_| random.random_range(0..*bins) as u16).collect()).collect();
        let goods: Vec<f64> = (0..rows)
            .map(|row| {
                let eta: f64 =
                    0.7 + (0..bins.len()).map(|j| slopes[j] * values[j][usize::from(codes[j][row])]).sum::<f64>();
                f64::from(u8::from(random.random::<f64>() < 1.0 / (1.0 + (-eta).exp())))
            })
            .collect();
        let bads = goods.iter().map(|good| 1.0 - good).collect();
        Data { codes, values, goods, bads }
    }

    pub fn rows(&self) -> CodedRecords<'_> {
        let columns = self.codes.iter().zip(&self.values).map(|(codes, values)| CodedColumn { codes, values });
        CodedRecords::new(columns.collect(), self.goods.len()).unwrap()
    }

    pub fn outcomes(&self) -> OutcomePairs {
        OutcomePairs::new(self.goods.clone(), self.bads.clone()).unwrap()
    }

    pub fn fit(&self, params: LogisticParams) -> Result<FittedLogistic, LogisticError> {
        fit(params, &self.rows(), &self.outcomes())
    }
}

pub fn fit(params: LogisticParams, rows: &dyn Rows, outcomes: &OutcomePairs) -> Result<FittedLogistic, LogisticError> {
    use linfa::ParamGuard;
    params.check()?.fit_rows(rows, outcomes)
}

#[track_caller]
pub fn all_near(actual: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected} to {tolerance}");
    }
}
