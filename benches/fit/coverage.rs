//! How often 95 percent intervals hold the truth, over many simulated samples whose true coefficients are known.

use std::error::Error;

use linfa::ParamGuard;
use rand::rngs::ChaCha12Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use scorewright::logistic::{
    CodedColumn, CodedRecords, LogisticParams, OutcomePairs, StandardErrors, infer, profile_intervals,
};

const TRUTH: [f64; 5] = [1.6, 0.9, 0.6, 0.8, 0.4];
const WOE: [[f64; 4]; 4] =
    [[-1.2, -0.3, 0.4, 1.1], [-0.8, -0.2, 0.3, 0.7], [-0.9, 0.1, 0.4, 0.6], [-0.5, -0.1, 0.2, 0.6]];

/// What is simulated, and the interval that is asked.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Plain cases.
    Wald,
    Profile,
    /// The robust interval where the model-based one would do.
    Robust,
    /// Each case stands three times under one group.
    RepeatedModelBased,
    RepeatedClustered,
    /// Bads drawn whole and goods one in four, weighted back.
    WeightedRobust,
    /// The outcome is a share around the true probability.
    ShareRobust,
}

const KINDS: [(Kind, &str); 7] = [
    (Kind::Wald, "good/bad, Wald, model-based"),
    (Kind::Profile, "good/bad, profile likelihood"),
    (Kind::Robust, "good/bad, Wald, sandwich"),
    (Kind::RepeatedModelBased, "each case three times, model-based (wrong on purpose)"),
    (Kind::RepeatedClustered, "each case three times, clustered"),
    (Kind::WeightedRobust, "goods one in four weighted back, sandwich"),
    (Kind::ShareRobust, "repayment ratio, sandwich"),
];

pub fn print(seeds: u64, rows: usize) -> Result<(), Box<dyn Error>> {
    println!("{seeds} samples of {rows} cases; share of 95% intervals that hold the true coefficient\n");
    println!("| outcome and interval | intercept | x1 | x2 | x3 | x4 |\n|---|---|---|---|---|---|");
    for (kind, name) in KINDS {
        let held: Vec<[bool; 5]> =
            (0..seeds).into_par_iter().map(|seed| sample(kind, seed, rows).ok()).flatten().collect();
        let shares: Vec<String> = (0..5)
            .map(|place| {
                let share = held.iter().filter(|held| held[place]).count() as f64 / held.len() as f64;
                format!("{:.1}%", share * 100.0)
            })
            .collect();
        let lost = seeds - held.len() as u64;
        let note = if lost > 0 { format!(" ({lost} samples without a fit)") } else { String::new() };
        println!("| {name}{note} | {} |", shares.join(" | "));
    }
    let error = (0.95_f64 * 0.05 / seeds as f64).sqrt();
    println!("\nA share of 95% over {seeds} samples has a standard error of {:.2} percentage points.", error * 100.0);
    Ok(())
}

fn sample(kind: Kind, seed: u64, rows: usize) -> Result<[bool; 5], Box<dyn Error + Send + Sync>> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let (mut codes, mut goods, mut bads) = (vec![Vec::new(); 4], Vec::new(), Vec::new());
    while goods.len() < rows {
        let latent: f64 = random.random();
        // Correlated features: each follows the common number half of the time.
        let case: [u16; 4] = std::array::from_fn(|_| {
            let own: f64 = if random.random::<bool>() { latent } else { random.random() };
            (own * 4.0) as u16
        });
        let eta = TRUTH[0] + (0..4).map(|j| TRUTH[j + 1] * WOE[j][usize::from(case[j])]).sum::<f64>();
        let p = 1.0 / (1.0 + (-eta).exp());
        let good = random.random::<f64>() < p;
        let (good, bad, times) = match kind {
            Kind::WeightedRobust if good && random.random::<f64>() >= 0.25 => continue,
            Kind::WeightedRobust if good => (4.0, 0.0, 1),
            Kind::ShareRobust => {
                // Mean p and more spread than a good/bad outcome shared out.
                let share = if random.random::<bool>() { f64::from(u8::from(good)) } else { p };
                (share, 1.0 - share, 1)
            }
            Kind::RepeatedModelBased | Kind::RepeatedClustered => {
                (f64::from(u8::from(good)), f64::from(u8::from(!good)), 3)
            }
            _ => (f64::from(u8::from(good)), f64::from(u8::from(!good)), 1),
        };
        for _ in 0..times {
            codes.iter_mut().zip(case).for_each(|(codes, code)| codes.push(code));
            goods.push(good);
            bads.push(bad);
        }
    }
    let count = goods.len();
    let columns = codes.iter().zip(&WOE).map(|(codes, values)| CodedColumn { codes, values }).collect();
    let records = CodedRecords::new(columns, count)?;
    let outcomes = OutcomePairs::new(goods, bads)?;
    let params = LogisticParams::new().check()?;
    let fit = params.fit_rows(&records, &outcomes)?;
    let groups: Vec<u32> = (0..count as u32).map(|row| row / 3).collect();
    let holds = |low: f64, high: f64, place: usize| low <= TRUTH[place] && TRUTH[place] <= high;
    if matches!(kind, Kind::Profile) {
        let intervals = profile_intervals(&fit, &records, &outcomes, &params)?;
        return Ok(std::array::from_fn(|place| {
            intervals[place].is_some_and(|(low, high)| {
                holds(low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY), place)
            })
        }));
    }
    let method = match kind {
        Kind::Wald | Kind::Profile | Kind::RepeatedModelBased => StandardErrors::ModelBased,
        Kind::RepeatedClustered => StandardErrors::Clustered,
        Kind::Robust | Kind::WeightedRobust | Kind::ShareRobust => StandardErrors::Robust,
    };
    let inference = infer(&fit, &records, &outcomes, method, Some(&groups))?;
    Ok(std::array::from_fn(|place| inference.intervals[place].is_some_and(|(low, high)| holds(low, high, place))))
}
