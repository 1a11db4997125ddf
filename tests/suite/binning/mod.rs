//! Binning: the optimum against brute force, refinement, categories, separate bins, time, messages.

mod awkward;
mod brute_force;
mod features;
mod refinement;
mod review;

use scorewright::binning::{Binning, BinningSpec, Periods, SampleOutcomes, bin};
use scorewright::cases::{FeatureColumn, FeatureValues, OutcomeState, Outcomes};
use scorewright::config::{BinningSection, ColumnSettings};
use scorewright::error::Error;
use scorewright::table::Categories;

/// Outcomes of plain cases.
fn plain(is_bad: impl IntoIterator<Item = bool>) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for is_bad in is_bad {
        outcomes.push(if is_bad { OutcomeState::Bad } else { OutcomeState::Good }, 1.0);
    }
    outcomes
}

fn column(values: FeatureValues) -> FeatureColumn {
    FeatureColumn { name: "x".into(), description: String::new(), values }
}

fn numbers(values: &[f64]) -> FeatureColumn {
    column(FeatureValues::Numeric(values.to_vec()))
}

fn texts(values: &[Option<&str>]) -> FeatureColumn {
    column(FeatureValues::Categorical(Categories::from_texts(values.iter().copied())))
}

/// Bins of a column on all its cases.
fn binned(
    column: &FeatureColumn,
    outcomes: &Outcomes,
    periods: Option<&Periods>,
    section: &BinningSection,
    settings: &ColumnSettings,
) -> Result<Binning, Error> {
    let rows: Vec<u32> = (0..outcomes.len() as u32).collect();
    bin(column, &SampleOutcomes::new(outcomes, &rows), periods, &BinningSpec::new(section, settings))
}

/// Settings of a column, as in a card.
fn settings(toml: &str) -> ColumnSettings {
    toml::from_str(toml).unwrap()
}

/// A `[binning]` section, as in a card.
fn section(toml: &str) -> BinningSection {
    toml::from_str(toml).unwrap()
}

/// The cuts of a numeric binning.
fn cuts(binning: &Binning) -> Vec<f64> {
    binning
        .bins
        .iter()
        .filter_map(|(_, domain)| match domain {
            scorewright_runtime::artifact::BinDomain::Interval { lower, .. } => *lower,
            _ => None,
        })
        .collect()
}

/// Labels of the bins.
fn labels(binning: &Binning) -> Vec<&str> {
    binning.bins.iter().map(|(label, _)| label.as_str()).collect()
}

/// A generator of our own, so that the tests' data never change: uniform in [0, 1).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
