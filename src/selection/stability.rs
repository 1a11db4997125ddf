//! Bins on development held against the bins on the other samples: their shares, and the order of their bad rates.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::binning::{BinCounts, Binning, Cell, SampleOutcomes, WoeSource, p_value};
use crate::cases::Outcomes;
use crate::config::NeighbourTest;
use crate::sample::{SampleName, Samples};
use crate::validation::psi::psi;

/// Level of both tests.
const LEVEL: f64 = 0.05;

/// A sample to hold development against.
struct Other<'a> {
    name: &'static str,
    outcomes: SampleOutcomes<'a>,
}

/// Development and the samples to hold it against: holdout and out of time.
pub(super) struct Comparison<'a> {
    /// Number of development cases.
    development: usize,
    others: Vec<Other<'a>>,
}

impl<'a> Comparison<'a> {
    pub fn new(outcomes: &'a Outcomes, samples: &'a Samples) -> Self {
        let is_other = |name| matches!(name, SampleName::Holdout | SampleName::OutOfTime);
        let others = samples.samples.iter().filter(|sample| is_other(sample.name));
        let others = others.map(|sample| Other {
            name: match sample.name {
                SampleName::OutOfTime => "out of time",
                _ => "holdout",
            },
            outcomes: SampleOutcomes::new(outcomes, &sample.rows),
        });
        Comparison { development: samples.development().len(), others: others.collect() }
    }

    /// Why a feature is not stable: the largest stability index of its bins that is above `most` and more than chance
    /// gives. Of n and m cases without any shift, PSI / (1/n + 1/m) follows chi-square with (bins - 1) degrees of
    /// freedom (Yurdakul 2018).
    pub fn shift(&self, binning: &Binning, most: f64) -> Option<String> {
        if self.others.is_empty() || most == f64::INFINITY {
            return None;
        }
        // Development has no unforeseen values: its bins are made from it.
        let expected: Vec<f64> = binning.table.rows.iter().map(|row| row.cases).chain([0.0]).collect();
        let cases = self.development as f64;
        let shifts = self.others.iter().filter_map(|other| {
            let actual = other.outcomes.count(&binning.codes, binning.partition.bins()).cases;
            let value = psi(&expected, &actual).value?;
            let bins = expected.iter().zip(&actual).filter(|(e, a)| **e + **a > 0.0).count();
            let chance = by_chance(bins, cases, other.outcomes.rows().len() as f64);
            (value > most && value > chance).then_some((value, other.name))
        });
        let (value, sample) = shifts.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(format!("stability index {value:.3} between development and {sample} is above {most}"))
    }

    /// The two bins whose bad rates run most against their weights of evidence on another sample, where that is
    /// significant (two proportions, z).
    pub fn reversal(&self, binning: &Binning) -> Option<String> {
        let reversals = self.others.iter().filter_map(|other| {
            let counts = other.outcomes.count(&binning.codes, binning.partition.bins());
            worst_reversal(binning, &counts).map(|found| (found, other.name, counts))
        });
        let ((p, safer, riskier), sample, counts) = reversals.min_by(|a, b| a.0.0.total_cmp(&b.0.0))?;
        let development =
            |bin: usize| binning.table.rows[bin].bads / (binning.table.rows[bin].goods + binning.table.rows[bin].bads);
        let there = |bin: usize| counts.bads[bin] / (counts.goods[bin] + counts.bads[bin]);
        let percent = |rate: f64| format!("{:.1}%", rate * 100.0);
        let label = |bin: usize| binning.bins.get(bin).map_or("", |(label, _)| label);
        Some(format!(
            "the bad rates of its bins {:?} and {:?} change their order on {sample}: {} and {} in development, {} and {} there (p {})",
            label(safer),
            label(riskier),
            percent(development(safer)),
            percent(development(riskier)),
            percent(there(safer)),
            percent(there(riskier)),
            if p < 0.0001 { "< 0.0001".to_owned() } else { format!("{p:.4}") },
        ))
    }
}

/// The stability index that chance alone exceeds in so many of hundred samples as [`LEVEL`] says.
fn by_chance(bins: usize, cases: f64, others: f64) -> f64 {
    if bins < 2 {
        return 0.0;
    }
    ChiSquared::new(bins as f64 - 1.0)
        .map_or(f64::INFINITY, |chi| chi.inverse_cdf(1.0 - LEVEL) * (1.0 / cases + 1.0 / others))
}

/// Least p value of two bins in reverse order, with the bin that is safer in development and the other.
fn worst_reversal(binning: &Binning, counts: &BinCounts) -> Option<(f64, usize, usize)> {
    let rows = &binning.table.rows;
    let has_own_data = |bin: usize| {
        let is_neutral = binning.woe_sources.get(bin) == Some(&WoeSource::Neutral);
        !is_neutral && rows[bin].goods + rows[bin].bads > 0.0 && counts.goods[bin] + counts.bads[bin] > 0.0
    };
    let bins: Vec<usize> = (0..rows.len()).filter(|bin| has_own_data(*bin)).collect();
    let cell = |bin: usize| Cell::plain(counts.goods[bin], counts.bads[bin]);
    let mut worst: Option<(f64, usize, usize)> = None;
    for (position, first) in bins.iter().enumerate() {
        for second in &bins[position + 1..] {
            let (safer, riskier) =
                if rows[*first].woe > rows[*second].woe { (*first, *second) } else { (*second, *first) };
            let (here, there) = (cell(safer), cell(riskier));
            let is_reversed =
                rows[safer].woe > rows[riskier].woe && here.bads * there.weight() > there.bads * here.weight();
            if !is_reversed {
                continue;
            }
            let p = p_value(&here, &there, NeighbourTest::Z);
            if p < LEVEL && worst.is_none_or(|(least, ..)| p < least) {
                worst = Some((p, safer, riskier));
            }
        }
    }
    worst
}
