//! Measures of an estimated share of badness against the realised one: for outcomes that are a share of goodness.
//!
//! Realised share of a case: y = b / (g + b); estimated share e, its PD; weight w = g + b.
//!
//! Paired t test (European Central Bank, Instructions for reporting the validation results of internal models (2019),
//! 2.6.2.1): mean difference m = sum w (y - e) / W, T = m / sqrt(s^2 / N), p = P(t with N - 1 degrees of freedom > T), N cases. H0:
//! the estimates are not below the true shares; a small p says that they are too low. s^2 = N^2 / (N - 1) sum (w (y - e - m) / W)^2,
//! which at equal weights is the usual variance of the differences. A weight is the share that a case has in the mean, not
//! a count of cases. Takes the cases as independent.
//!
//! Mean absolute error sum w |y - e| / W and mean squared error sum w (y - e)^2 / W: range [0, 1], lower is better; intervals
//! normal, by group of cases that are not independent (see [`super::paired::mean_difference`]).
//!
//! Twelve segments of the estimate (2.6): 0-5, 5-10, 10-20, ..., 90-100, >= 100 percent, each with its lower bound.
//!
//! Loss capture ratio: cases from the highest estimate to the lowest, share of realised loss (sum w y) captured against the
//! share of cases (sum w); area between the curve and the diagonal, over the same area of the best order, that of the realised
//! shares. Cases of one estimate are captured evenly. Range [-1, 1]; higher is better, 0 is a random order. Source: Li, Bhariok,
//! Keenan and Santilli (2009), Validation techniques and performance metrics for loss given default models, Journal of Risk
//! Model Validation 3(3). Not defined where all realised shares are equal.

use serde::Serialize;

use super::paired::mean_difference;
use super::scored::Scores;
use super::tails::student_t_sf;
use super::{Interval, Measured};

/// The paired t test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RatioTTest {
    /// N.
    pub cases: u64,
    /// Mean realised share.
    pub mean_realised: f64,
    /// Mean estimated share.
    pub mean_estimated: f64,
    /// Mean of realised less estimated share; above 0 the estimates are too low.
    pub mean_difference: f64,
    /// Variance of the differences.
    pub s2: f64,
    /// T.
    pub t: f64,
    /// N - 1.
    pub degrees_of_freedom: u64,
    /// One-sided: small where the estimates are too low.
    pub p_value: f64,
}

/// A segment of the estimated share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LossBin {
    /// Lower bound of the estimate, inclusive.
    pub lower: f64,
    /// Upper bound, exclusive; null: unbounded.
    pub upper: Option<f64>,
    /// Cases whose estimate lies here.
    pub cases: u64,
    /// Cases whose realised share lies here.
    pub realised_cases: u64,
    /// Weight of the cases by estimate.
    pub weight: f64,
    /// Their mean estimate; null without cases.
    pub mean_estimated: Option<f64>,
    /// Their mean realised share; null without cases.
    pub mean_realised: Option<f64>,
    /// Their exposure; null where it is not known.
    pub exposure: Option<f64>,
}

/// Loss capture ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LossCapture {
    /// The ratio.
    pub value: f64,
    /// Cases that it rests on.
    pub cases: u64,
}

/// Realised and estimated shares of the cases that have any weight.
pub struct RatioCases<'a> {
    kept: Vec<usize>,
    realised: Vec<f64>,
    estimated: Vec<f64>,
    weights: Vec<f64>,
    groups: Option<&'a [u32]>,
}

impl<'a> RatioCases<'a> {
    /// The cases; all slices have one entry a case.
    pub fn new(scores: Scores<'a>, estimated: &[f64]) -> Self {
        let weight = |case: usize| scores.goods[case] + scores.bads[case];
        let kept: Vec<usize> = (0..estimated.len()).filter(|case| weight(*case) > 0.0).collect();
        RatioCases {
            realised: kept.iter().map(|case| scores.bads[*case] / weight(*case)).collect(),
            estimated: kept.iter().map(|case| estimated[*case]).collect(),
            weights: kept.iter().map(|case| weight(*case)).collect(),
            groups: scores.groups,
            kept,
        }
    }

    /// The paired t test of estimates that are too low.
    pub fn t_test(&self) -> Measured<RatioTTest> {
        let count = self.kept.len() as f64;
        if count < 2.0 {
            return Measured::none("there are fewer than two cases");
        }
        let total: f64 = self.weights.iter().sum();
        let mean = |values: &[f64]| values.iter().zip(&self.weights).map(|(v, w)| v * w).sum::<f64>() / total;
        let differences: Vec<f64> = self.realised.iter().zip(&self.estimated).map(|(y, e)| y - e).collect();
        let mean_difference = mean(&differences);
        let squares: f64 =
            differences.iter().zip(&self.weights).map(|(d, w)| (w * (d - mean_difference) / total).powi(2)).sum();
        let s2 = squares * count * count / (count - 1.0);
        if s2 <= 0.0 {
            return Measured::none("every case differs from its estimate by the same amount");
        }
        let t = mean_difference / (s2 / count).sqrt();
        Measured::Value(RatioTTest {
            cases: self.kept.len() as u64,
            mean_realised: mean(&self.realised),
            mean_estimated: mean(&self.estimated),
            mean_difference,
            s2,
            t,
            degrees_of_freedom: self.kept.len() as u64 - 1,
            p_value: student_t_sf(t, count - 1.0),
        })
    }

    /// Mean of a loss of the difference of realised and estimated share, with its 95% interval.
    fn mean_loss(&self, loss: fn(f64) -> f64) -> Interval {
        let cases = self.realised.iter().zip(&self.estimated).zip(&self.weights);
        let losses: Vec<f64> = cases.map(|((y, e), w)| w * loss(y - e)).collect();
        let groups: Option<Vec<u32>> = self.groups.map(|codes| self.kept.iter().map(|case| codes[*case]).collect());
        mean_difference(&losses, &self.weights, groups.as_deref())
    }

    /// Mean absolute error.
    pub fn mean_absolute_error(&self) -> Interval {
        self.mean_loss(f64::abs)
    }

    /// Mean squared error.
    pub fn mean_squared_error(&self) -> Interval {
        self.mean_loss(|difference| difference * difference)
    }

    /// The twelve segments; `exposure` has one entry a case, also for those without weight.
    pub fn loss_bins(&self, exposure: Option<&[f64]>) -> Vec<LossBin> {
        let bounds: Vec<f64> = [0.0, 0.05].into_iter().chain((1..=10).map(|tenth| f64::from(tenth) / 10.0)).collect();
        let segment = |share: f64| bounds.partition_point(|bound| *bound <= share).saturating_sub(1);
        let empty = |(place, lower): (usize, &f64)| LossBin {
            lower: *lower,
            upper: bounds.get(place + 1).copied(),
            cases: 0,
            realised_cases: 0,
            weight: 0.0,
            mean_estimated: None,
            mean_realised: None,
            exposure: exposure.map(|_| 0.0),
        };
        let mut bins: Vec<LossBin> = bounds.iter().enumerate().map(empty).collect();
        let add = |sum: &mut Option<f64>, more: f64| *sum = Some(sum.unwrap_or(0.0) + more);
        for (place, case) in self.kept.iter().enumerate() {
            bins[segment(self.realised[place])].realised_cases += 1;
            let bin = &mut bins[segment(self.estimated[place])];
            bin.cases += 1;
            bin.weight += self.weights[place];
            add(&mut bin.mean_estimated, self.weights[place] * self.estimated[place]);
            add(&mut bin.mean_realised, self.weights[place] * self.realised[place]);
            if let Some(exposure) = exposure {
                add(&mut bin.exposure, exposure[*case]);
            }
        }
        for bin in &mut bins {
            bin.mean_estimated = bin.mean_estimated.map(|sum| sum / bin.weight);
            bin.mean_realised = bin.mean_realised.map(|sum| sum / bin.weight);
        }
        bins
    }

    /// Loss capture ratio.
    pub fn loss_capture_ratio(&self) -> Measured<LossCapture> {
        let best = self.captured(&self.realised);
        // The area of the best order is 0 where the order does not matter.
        if best <= 1e-12 {
            return Measured::none("all realised shares are equal, so the order of the cases does not matter");
        }
        let value = self.captured(&self.estimated) / best;
        Measured::Value(LossCapture { value, cases: self.kept.len() as u64 })
    }

    /// Area between the curve of captured loss, cases by falling `key`, and the diagonal; 0 without any loss.
    fn captured(&self, key: &[f64]) -> f64 {
        let mut order: Vec<usize> = (0..key.len()).collect();
        order.sort_unstable_by(|a, b| key[*b].total_cmp(&key[*a]).then(a.cmp(b)));
        let total: f64 = self.weights.iter().sum();
        let loss: f64 = self.weights.iter().zip(&self.realised).map(|(w, y)| w * y).sum();
        if loss <= 0.0 {
            return 0.0;
        }
        let (mut captured, mut area) = (0.0, 0.0);
        for tied in order.chunk_by(|a, b| key[*a] == key[*b]) {
            let step = tied.iter().fold((0.0, 0.0), |(cases, loss), case| {
                (cases + self.weights[*case], loss + self.weights[*case] * self.realised[*case])
            });
            let more = step.1 / loss;
            area += step.0 / total * (captured + 0.5 * more);
            captured += more;
        }
        area - 0.5
    }
}
