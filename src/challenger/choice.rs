//! How many leaves and how many trees: by the log loss on development cases that were left out of fitting.

use rayon::prelude::*;
use serde::Serialize;

use super::boost::{Boosted, Stop, boost};
use super::codes::CodedFeature;
use super::tree::TreeParams;
use crate::cases::Cases;
use crate::cross_validation::{Fold, by_outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;

/// Parts that development cases are divided into; each is left out once where there are few cases, else one alone.
const PARTS: usize = 5;
/// Up to so many development cases all parts are left out in their turn.
const FEW_CASES: usize = 10_000;
/// Most trees.
const MOST_TREES: usize = 1_000;
/// Trees without a better loss after which growing ends.
const PATIENCE: usize = 50;
const LEARNING_RATE: f64 = 0.05;
const LEARNING_RATE_OF_MANY: f64 = 0.1;
const L2: f64 = 1.0;
const MIN_CASES: f64 = 20.0;
/// Numbers of leaves that are tried; 2 can find no interaction.
const LEAVES: [usize; 5] = [2, 4, 8, 16, 32];
/// Those that are tried where there are many cases.
const LEAVES_OF_MANY: [usize; 3] = [2, 8, 32];

/// A number of leaves that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Number of trees with the least log loss.
    pub trees: usize,
    /// That log loss, on development cases left out of fitting.
    pub log_loss: f64,
    /// Whether it was taken.
    pub taken: bool,
}

/// The challenger, and how it came about.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Fitted on all development cases.
    pub boosted: Boosted,
    /// How its trees are grown.
    pub params: TreeParams,
    /// What was tried.
    pub trials: Vec<Trial>,
    /// How many parts of the development cases were left out in their turn.
    pub parts: usize,
}

/// Tries numbers of leaves, then fits the best on all of `development` with as many trees as were best.
///
/// # Errors
/// [`ErrorKind::NoCases`] where a part lacks goods or bads; [`ErrorKind::Interrupted`].
pub fn choose(
    features: &[CodedFeature],
    cases: &Cases,
    development: &[u32],
    seed: u64,
    progress: &dyn Progress,
) -> Result<Chosen> {
    let is_few = development.len() <= FEW_CASES;
    // A stream of its own: not the folds of a cross-validation of the card.
    let mut parts = by_outcome(cases, development, PARTS, 1_000_000, seed);
    if !is_few {
        parts.truncate(1);
    }
    for part in &parts {
        for rows in [&part.train, &part.test] {
            for weights in [&cases.outcomes.goods, &cases.outcomes.bads] {
                if !rows.iter().any(|row| weights[*row as usize] > 0.0) {
                    let what = "too few goods or bads, or groups that hold them, to choose the challenger's size on";
                    return Err(Error::new(ErrorKind::NoCases, what)
                        .help("boosted trees need more cases than this; use more data, or a smaller holdout"));
                }
            }
        }
    }
    let leaves: &[usize] = if is_few { &LEAVES } else { &LEAVES_OF_MANY };
    let learning_rate = if is_few { LEARNING_RATE } else { LEARNING_RATE_OF_MANY };
    let params = |leaves: usize| TreeParams { leaves, learning_rate, l2: L2, min_cases: MIN_CASES };
    let jobs: Vec<(usize, &Fold)> = leaves.iter().flat_map(|leaves| parts.iter().map(|part| (*leaves, part))).collect();
    progress.begin("sizing the challenger", jobs.len());
    let losses: Vec<Vec<f64>> = jobs
        .par_iter()
        .map(|(leaves, part)| {
            let stop = Stop { trees: MOST_TREES, watch: &part.test, patience: PATIENCE };
            let (_, losses) =
                boost(features, &cases.outcomes, &part.train, &params(*leaves), &stop, || progress.stopped());
            progress.advance();
            losses
        })
        .collect();
    progress.check()?;
    let mut trials: Vec<Trial> = leaves
        .iter()
        .zip(losses.chunks(parts.len()))
        .map(|(leaves, curves)| {
            let (trees, log_loss) = lowest(curves);
            Trial { leaves: *leaves, trees, log_loss, taken: false }
        })
        .collect();
    let mut best = 0;
    for (position, trial) in trials.iter().enumerate() {
        if trial.log_loss < trials[best].log_loss {
            best = position;
        }
    }
    trials[best].taken = true;
    progress.begin("fitting the challenger", 0);
    let (params, stop) = (params(trials[best].leaves), Stop { trees: trials[best].trees, watch: &[], patience: 1 });
    let (boosted, _) = boost(features, &cases.outcomes, development, &params, &stop, || progress.stopped());
    progress.check()?;
    Ok(Chosen { boosted, params, trials, parts: parts.len() })
}

/// The lowest point of the mean of curves; one that ended early keeps its last value, which was rising.
fn lowest(curves: &[Vec<f64>]) -> (usize, f64) {
    let longest = curves.iter().map(Vec::len).max().unwrap_or(0);
    let at = |curve: &Vec<f64>, place: usize| curve.get(place).or(curve.last()).copied().unwrap_or(f64::INFINITY);
    let mean = |place: usize| curves.iter().map(|curve| at(curve, place)).sum::<f64>() / curves.len() as f64;
    (0..longest).map(|place| (place, mean(place))).fold(
        (0, f64::INFINITY),
        |best, point| {
            if point.1 < best.1 { point } else { best }
        },
    )
}
