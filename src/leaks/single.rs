//! Single features that say too much.
//!
//! For each feature, on determinate development cases (at most [`MOST_CASES`], in even steps), by good and bad weights:
//! - AUC of the feature alone: numbers in their order, missing values at the end that suits them best; categories in
//!   the order of their bad rate, those with under [`LEAST_CASES`] cases pooled (else every id would be perfect);
//!   max(AUC, 1 - AUC). Suspicious above [`GREATEST_AUC`]; or above [`APART_AUC`] where its Gini (2 AUC - 1) is more
//!   than [`APART_TIMES`] that of the next best of at least [`APART_FEATURES`] features.
//! - Missing values that follow the outcome: the values present (or those missing) are of one class only, where by the
//!   overall rate at least [`LEAST_EXPECTED`] of the other were expected (chance e^-10 at most under Poisson); or the
//!   AUC of the missing flag, 1/2 + |share missing of goods - share missing of bads| / 2, is above [`FLAG_AUC`]; or
//!   one side holds more than [`LARGE_SHARE`] of the cases at less than [`LOW_TIMES`] of the other side's bad rate,
//!   with as many expected. Present values that merely hold more bads are no leak where the event behind them is rare
//!   for both classes (more than half of the goods and of the bads are without a value, some goods have one), nor in
//!   the time since an event (the name holds months_since or days_since) where some goods have a value.
//! - A value or category that holds at least [`MANY_BADS`] of the bads and at most [`FEW_GOODS`] of whose cases are good.
//! - Where the outcome is a ratio, the feature is a function of it: see `ratio.rs`.

use rayon::prelude::*;

use super::ratio::Ratios;
use crate::cases::{FeatureColumn, FeatureValues, Outcomes};
use crate::table::MISSING;

/// More cases would say the same.
const MOST_CASES: usize = 100_000;
/// One feature alone seldom ranks loans better; the best bureau scores reach 0.8 to 0.85.
pub(super) const GREATEST_AUC: f64 = 0.90;
/// A feature far above the others is looked at from here on.
const APART_AUC: f64 = 0.80;
/// How far above.
const APART_TIMES: f64 = 2.0;
/// Fewer features have no usual level.
const APART_FEATURES: usize = 5;
/// A category needs so many cases to have a bad rate of its own.
const LEAST_CASES: usize = 30;
/// So many cases of a class must be expected before none of them means anything.
const LEAST_EXPECTED: f64 = 10.0;
/// Greatest AUC of a missing flag: months since the last arrears are missing for most goods, and rightly so.
const FLAG_AUC: f64 = 0.85;
/// A side is large from this share of the cases on.
const LARGE_SHARE: f64 = 0.3;
/// A bad rate is too low under this share of the other side's.
const LOW_TIMES: f64 = 0.1;
/// A value is rare in a class where more than this share of it is missing.
const RARE_MISSING: f64 = 0.5;
/// What the names of features hold that tell the time since an event: missing is who never had it.
const SINCE: [&str; 2] = ["months_since", "days_since"];
/// A value holds many bads from this share of all on.
const MANY_BADS: f64 = 0.2;
/// A value holds no goods where at most this share of its cases is good.
const FEW_GOODS: f64 = 0.005;

/// A feature that looks like the outcome.
#[derive(Debug, Clone)]
pub struct FeatureLeak {
    /// Its name.
    pub feature: String,
    /// Its AUC alone, at least 0.5.
    pub auc: f64,
    /// Why, each with its figures.
    pub reasons: Vec<String>,
}

/// Sums over some cases.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    cases: usize,
    good: f64,
    bad: f64,
}

impl Sums {
    fn add(&mut self, other: Sums) {
        self.cases += other.cases;
        self.good += other.good;
        self.bad += other.bad;
    }

    fn weight(self) -> f64 {
        self.good + self.bad
    }

    fn bad_rate(self) -> f64 {
        self.bad / self.weight()
    }
}

/// A feature's cases by value: text of the value and sums, numbers rising, categories by bad rate.
struct Profile {
    values: Vec<(String, Sums)>,
    missing: Sums,
}

/// The features that look like the outcome on the cases `rows`, in the order of the features.
pub fn of_features<'a>(
    features: impl IntoIterator<Item = &'a FeatureColumn>,
    outcomes: &Outcomes,
    rows: &[u32],
) -> Vec<FeatureLeak> {
    let features: Vec<&FeatureColumn> = features.into_iter().collect();
    let rows: Vec<usize> = rows.iter().map(|row| *row as usize).filter(|row| outcomes.is_determinate(*row)).collect();
    let step = rows.len().div_ceil(MOST_CASES).max(1);
    let rows: Vec<usize> = rows.into_iter().step_by(step).collect();
    let mut all = Sums::default();
    rows.iter().for_each(|row| all.add(sums(outcomes, *row)));
    if all.good <= 0.0 || all.bad <= 0.0 {
        return Vec::new();
    }
    let ratios = Ratios::new(outcomes, &rows);
    // A profile may be as large as its column: only figures are kept of it.
    let figures: Vec<(f64, Vec<String>)> = features
        .par_iter()
        .map(|feature| {
            let profile = Profile::new(&feature.values, outcomes, &rows);
            let is_since = SINCE.iter().any(|since| feature.name.contains(since));
            let mut reasons: Vec<String> = profile.missing_follows(all, is_since).into_iter().collect();
            reasons.extend(profile.only_bads(all));
            reasons.extend(ratios.iter().flat_map(|ratios| ratios.reasons(&feature.values)));
            (profile.auc(all), reasons)
        })
        .collect();
    let aucs: Vec<f64> = figures.iter().map(|(auc, _)| *auc).collect();
    let mut leaks = Vec::new();
    for (position, (feature, (auc, further))) in features.iter().zip(figures).enumerate() {
        let others = aucs.iter().enumerate().filter(|(other, _)| *other != position).map(|(_, auc)| *auc);
        let next = others.fold(0.5, f64::max);
        let mut reasons = Vec::new();
        if auc > GREATEST_AUC {
            reasons.push(format!("alone it has an AUC of {auc:.3}"));
        } else if features.len() >= APART_FEATURES && auc > APART_AUC && auc - 0.5 > APART_TIMES * (next - 0.5) {
            reasons.push(format!("alone it has an AUC of {auc:.3}, the next best feature {next:.3}"));
        }
        reasons.extend(further);
        if !reasons.is_empty() {
            leaks.push(FeatureLeak { feature: feature.name.clone(), auc, reasons });
        }
    }
    leaks
}

fn sums(outcomes: &Outcomes, row: usize) -> Sums {
    Sums { cases: 1, good: outcomes.goods[row], bad: outcomes.bads[row] }
}

impl Profile {
    fn new(values: &FeatureValues, outcomes: &Outcomes, rows: &[usize]) -> Self {
        match values {
            FeatureValues::Numeric(values) => {
                let mut sorted: Vec<usize> = rows.iter().copied().filter(|row| !values[*row].is_nan()).collect();
                sorted.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
                let mut profile = Profile { values: Vec::new(), missing: Sums::default() };
                for run in sorted.chunk_by(|a, b| values[*a] == values[*b]) {
                    let mut total = Sums::default();
                    run.iter().for_each(|row| total.add(sums(outcomes, *row)));
                    profile.values.push((values[run[0]].to_string(), total));
                }
                rows.iter()
                    .filter(|row| values[**row].is_nan())
                    .for_each(|row| profile.missing.add(sums(outcomes, *row)));
                profile
            }
            FeatureValues::Categorical(categories) => {
                let mut by_code = vec![Sums::default(); categories.levels.len()];
                let mut missing = Sums::default();
                for row in rows {
                    match categories.codes[*row] {
                        MISSING => missing.add(sums(outcomes, *row)),
                        code => by_code[code as usize].add(sums(outcomes, *row)),
                    }
                }
                let mut values: Vec<(String, Sums)> = Vec::new();
                let mut pooled = Sums::default();
                for (level, total) in categories.levels.iter().zip(by_code) {
                    match total.cases {
                        0 => {}
                        cases if cases < LEAST_CASES => pooled.add(total),
                        _ => values.push((level.clone(), total)),
                    }
                }
                if pooled.cases > 0 {
                    values.push(("rare values".to_owned(), pooled));
                }
                values.sort_by(|a, b| a.1.bad_rate().total_cmp(&b.1.bad_rate()).then_with(|| a.0.cmp(&b.0)));
                Profile { values, missing }
            }
        }
    }

    /// The larger of AUC and 1 - AUC, missing values at either end.
    fn auc(&self, all: Sums) -> f64 {
        let area = |order: &mut dyn Iterator<Item = Sums>| {
            let (mut below, mut area) = (0.0, 0.0);
            for value in order {
                area += value.bad * (below + value.good / 2.0);
                below += value.good;
            }
            let area = area / (all.good * all.bad);
            area.max(1.0 - area)
        };
        let values = || self.values.iter().map(|(_, sums)| *sums);
        let first = area(&mut std::iter::once(self.missing).chain(values()));
        first.max(area(&mut values().chain(std::iter::once(self.missing))))
    }

    fn missing_follows(&self, all: Sums, is_since: bool) -> Option<String> {
        if self.missing.cases == 0 || self.values.is_empty() {
            return None;
        }
        let mut present = Sums::default();
        self.values.iter().for_each(|(_, sums)| present.add(*sums));
        let percent = |share: f64| format!("{:.1}%", share * 100.0);
        let (of_goods, of_bads) = (self.missing.good / all.good, self.missing.bad / all.bad);
        let is_rare = of_goods > RARE_MISSING && of_bads > RARE_MISSING;
        // Who had a bad event is worse: such values rightly hold more bads.
        let is_event = present.good > 0.0 && of_goods > of_bads && (is_rare || is_since);
        for (side, other, name) in [(present, self.missing, "it has a value"), (self.missing, present, "it is missing")]
        {
            let expected = |class: f64| side.weight() * class / all.weight();
            if side.good <= 0.0 && other.good > 0.0 && expected(all.good) >= LEAST_EXPECTED {
                return Some(format!("{name} for {} bads and for no good", side.cases));
            }
            if side.bad <= 0.0 && other.bad > 0.0 && expected(all.bad) >= LEAST_EXPECTED {
                return Some(format!("{name} for {} goods and for no bad", side.cases));
            }
            if !is_event
                && side.weight() > LARGE_SHARE * all.weight()
                && side.bad_rate() < LOW_TIMES * other.bad_rate()
                && expected(all.bad) >= LEAST_EXPECTED
            {
                return Some(format!(
                    "{name} for {} of the cases, of which {} are bad, against {} of the others",
                    percent(side.weight() / all.weight()),
                    percent(side.bad_rate()),
                    percent(other.bad_rate())
                ));
            }
        }
        let auc = 0.5 + (of_goods - of_bads).abs() / 2.0;
        (auc > FLAG_AUC && !is_event).then(|| {
            format!("it is missing for {} of the goods and {} of the bads", percent(of_goods), percent(of_bads))
        })
    }

    fn only_bads(&self, all: Sums) -> Option<String> {
        let value = self.values.iter().find(|(_, sums)| {
            sums.bad >= MANY_BADS * all.bad
                && sums.good <= FEW_GOODS * sums.weight()
                && sums.weight() * all.good / all.weight() >= LEAST_EXPECTED
        })?;
        Some(format!(
            "its value {} holds {:.1}% of the bads and {:.1}% of the goods",
            value.0,
            value.1.bad / all.bad * 100.0,
            value.1.good / all.good * 100.0
        ))
    }
}
