//! Pairs that the trees found, given to the scorecard to try.

use super::interactions::{Interaction, PairGain};
use super::{log_loss_difference, scorecard};
use crate::cases::Cases;
use crate::config::{AxisTrend, CardSpec, PairSettings};
use crate::cross_validation::Quietly;
use crate::error::{ErrorKind, Result};
use crate::evidence::{CardInput, ScoredSample, score_cases};
use crate::progress::Progress;
use crate::sample::{SampleName, Samples};
use crate::validation::Interval;
use crate::validation::paired::paired_auc;

/// Pairs that the scorecard is given to try.
const TRIED_PAIRS: usize = 5;
/// Bins of each of their columns: more than by default, since what neither column shows by itself needs fine cuts.
const AXIS_BINS: usize = 10;

/// Gives the card the strongest pairs, one at a time, and measures it against the card without, whose scores are `base`.
pub(super) fn try_pairs(
    spec: &CardSpec,
    cases: &Cases,
    samples: &Samples,
    base: &[ScoredSample],
    interactions: &mut [Interaction],
    progress: &dyn Progress,
) -> Result<()> {
    let is_there =
        |of: &[String; 2]| spec.features.pairs.values().any(|pair| of.iter().all(|name| pair.of.contains(name)));
    let tried = interactions.iter_mut().filter(|interaction| !is_there(&interaction.of)).take(TRIED_PAIRS);
    progress.begin("pairs in the scorecard", TRIED_PAIRS);
    for interaction in tried {
        let name = pair_name(spec, cases, &interaction.of);
        let mut with = spec.clone();
        with.features.pairs.insert(name.clone(), pair_settings(&interaction.of));
        interaction.gain = Some(match pair_gain(&with, &name, cases, samples, base, &Quietly(progress)) {
            Ok(gain) => gain,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => PairGain {
                pair: name,
                chosen: false,
                log_loss: Interval::UNDEFINED,
                log_loss_out_of_time: None,
                auc: None,
                failed: Some(error.message().to_owned()),
            },
        });
        progress.advance();
        progress.check()?;
    }
    Ok(())
}

fn pair_gain(
    spec: &CardSpec,
    name: &str,
    cases: &Cases,
    samples: &Samples,
    base: &[ScoredSample],
    progress: &dyn Progress,
) -> Result<PairGain> {
    let card = scorecard(spec, cases, samples, progress)?;
    let input = CardInput::new(&card, &cases.columns())?;
    // A segment's features have its name before theirs.
    let is_pair = |feature: &str| feature == name || feature.ends_with(&format!("/{name}"));
    let mut gain = PairGain {
        pair: name.to_owned(),
        chosen: card.features().iter().any(|feature| is_pair(&feature.name)),
        log_loss: Interval::UNDEFINED,
        log_loss_out_of_time: None,
        auc: None,
        failed: None,
    };
    for without in base {
        let with = score_cases(&card, &input, cases, without.name, &without.rows);
        let difference = log_loss_difference(without, &with.pd);
        if without.name == SampleName::Holdout {
            gain.log_loss = difference;
            gain.auc = paired_auc(with.scores(), &without.score);
        } else {
            gain.log_loss_out_of_time = Some(difference);
        }
    }
    Ok(gain)
}

fn pair_settings(of: &[String; 2]) -> PairSettings {
    PairSettings {
        of: of.clone(),
        max_bins: None,
        axis_bins: AXIS_BINS,
        monotone: [AxisTrend::None; 2],
        description: String::new(),
        reason: None,
    }
}

/// A name that no column and no pair has.
fn pair_name(spec: &CardSpec, cases: &Cases, of: &[String; 2]) -> String {
    let mut name = format!("{}_by_{}", of[0], of[1]);
    while spec.features.pairs.contains_key(&name) || cases.columns().iter().any(|column| column.name == name) {
        name.push('_');
    }
    name
}

/// The sections of the pairs that gain clearly, to paste into the card.
pub(super) fn proposal(interactions: &[Interaction]) -> Option<String> {
    let sections: Vec<String> = interactions
        .iter()
        .filter_map(|interaction| Some((interaction.gain.as_ref()?, &interaction.of)))
        .filter(|(gain, _)| gain.is_clear())
        .map(|(gain, of)| {
            format!("[features.pairs.{:?}]\nof = [{:?}, {:?}]\naxis_bins = {AXIS_BINS}\n", gain.pair, of[0], of[1])
        })
        .collect();
    (!sections.is_empty()).then(|| sections.join("\n"))
}
