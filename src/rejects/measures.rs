//! Scores, decisions and bad rates of a method over all applicants. All slices have one entry an applicant.

use super::document::{CutOff, ScoreDistribution};
use crate::validation::psi::{count_by_band, decile_bands, psi};
use crate::validation::{Distribution, Scores};

/// Applicants with what is known of them.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Whether accepted.
    pub accepted: &'a [bool],
    /// Case weight.
    pub weights: &'a [f64],
    /// Good weight, 0 where no outcome was observed.
    pub goods: &'a [f64],
    /// Bad weight.
    pub bads: &'a [f64],
}

impl Known<'_> {
    /// Probability of bad: as observed, or else as the method says.
    fn bad(&self, row: usize, method: f64) -> f64 {
        let observed = self.goods[row] + self.bads[row];
        if observed > 0.0 { self.bads[row] / observed } else { method }
    }

    /// Weighted mean of `value` over the applicants that `is` picks; `None` where there are none.
    pub fn mean(&self, is: impl Fn(usize) -> bool, value: impl Fn(usize) -> f64) -> Option<f64> {
        let (mut sum, mut total) = (0.0, 0.0);
        for row in (0..self.weights.len()).filter(|row| is(*row)) {
            sum += self.weights[row] * value(row);
            total += self.weights[row];
        }
        (total > 0.0).then(|| sum / total)
    }

    /// Share of the weight of those in `of` that `is` picks.
    fn share(&self, of: impl Fn(usize) -> bool, is: impl Fn(usize) -> bool) -> f64 {
        self.mean(of, |row| f64::from(u8::from(is(row)))).unwrap_or(0.0)
    }

    /// Bad rate of all applicants: accepts as observed, others as the method says.
    pub fn bad_rate(&self, pd: &[f64]) -> f64 {
        self.mean(|_| true, |row| self.bad(row, pd[row])).unwrap_or(f64::NAN)
    }
}

/// Mean and deciles of the scores of those that `is` picks: the lowest score at which so much of the weight is reached.
pub fn score_distribution(score: &[f64], weights: &[f64], is: impl Fn(usize) -> bool) -> ScoreDistribution {
    let mut order: Vec<usize> = (0..score.len()).filter(|row| is(*row)).collect();
    order.sort_by(|a, b| score[*a].total_cmp(&score[*b]).then(a.cmp(b)));
    let total: f64 = order.iter().map(|row| weights[*row]).sum();
    let mean = order.iter().map(|row| weights[*row] * score[*row]).sum::<f64>() / total;
    let mut deciles = Vec::with_capacity(9);
    let mut passed = 0.0;
    for row in order {
        passed += weights[row];
        while deciles.len() < 9 && passed >= total * (deciles.len() + 1) as f64 / 10.0 - 1e-9 * total {
            deciles.push(score[row]);
        }
    }
    ScoreDistribution { mean, deciles }
}

/// The score from which at least `rate` of the applicants' weight is approved.
pub fn score_at_rate(score: &[f64], weights: &[f64], rate: f64) -> f64 {
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|a, b| score[*b].total_cmp(&score[*a]).then(a.cmp(b)));
    let total: f64 = weights.iter().sum();
    let mut passed = 0.0;
    let mut last = f64::INFINITY;
    for row in order {
        passed += weights[row];
        last = score[row];
        if passed >= rate * total - 1e-9 * total {
            break;
        }
    }
    last
}

/// Decisions at the score `cut`, beside those of the accepts-only model at its own.
pub fn decisions(known: Known<'_>, score: &[f64], pd: &[f64], cut: f64, base: (&[f64], f64)) -> CutOff {
    let approved = |row: usize| score[row] >= cut;
    let approved_by_base = |row: usize| base.0[row] >= base.1;
    let swapped_in = |row: usize| approved(row) && !approved_by_base(row);
    let swapped_out = |row: usize| !approved(row) && approved_by_base(row);
    let bad = |row: usize| known.bad(row, pd[row]);
    CutOff {
        score: cut,
        approval_rate: known.share(|_| true, approved),
        bad_rate: known.mean(approved, bad).unwrap_or(0.0),
        rejects_approved: known.share(|row| !known.accepted[row], approved),
        accepts_declined: known.share(|row| known.accepted[row], |row| !approved(row)),
        swapped_in: known.share(|_| true, swapped_in),
        swapped_in_bad_rate: known.mean(swapped_in, bad),
        swapped_out: known.share(|_| true, swapped_out),
        swapped_out_bad_rate: known.mean(swapped_out, bad),
    }
}

/// Ten bands of the accepts-only score, of nearly equal weight over all applicants.
#[derive(Debug, Clone)]
pub struct Bands {
    bands: Vec<scorewright_runtime::artifact::ScoreBand>,
    of: Vec<usize>,
    counts: Vec<f64>,
}

impl Bands {
    /// Bands of the scores.
    pub fn new(score: &[f64], weights: &[f64]) -> Self {
        let none = vec![0.0; score.len()];
        let distribution = Distribution::new(Scores { score, goods: &none, bads: &none, groups: None });
        let bands = decile_bands(&distribution, weights);
        let of = score.iter().map(|score| crate::validation::psi::band_of(&bands, *score)).collect();
        let counts = count_by_band(&bands, score, weights);
        Bands { bands, of, counts }
    }

    /// Lowest score of each band; `None` in the first.
    pub fn from(&self) -> Vec<Option<f64>> {
        self.bands.iter().map(|band| band.lower).collect()
    }

    /// PSI of another score over the same applicants.
    pub fn psi(&self, score: &[f64], weights: &[f64]) -> Option<f64> {
        psi(&self.counts, &count_by_band(&self.bands, score, weights)).value
    }

    /// Weighted means of `value` by band over those that `is` picks.
    pub fn means(
        &self,
        known: Known<'_>,
        is: impl Fn(usize) -> bool,
        value: impl Fn(usize) -> f64,
    ) -> Vec<Option<f64>> {
        (0..self.bands.len()).map(|band| known.mean(|row| self.of[row] == band && is(row), &value)).collect()
    }
}
