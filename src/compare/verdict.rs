//! What a comparison comes to, on one page.

use super::{Comparison, Ranking, ScoreComparison, SwapBy, SwapEvidence, Verdict};
use crate::validation::paired_bootstrap::ApprovalDifference;
use crate::validation::swap_set::OutcomesSeen;
use crate::validation::{Interval, Measured};
use crate::words::Message;

/// Ranks by the interval of the AUC difference, and says in sentences what else a decision needs.
pub(super) fn verdict(comparison: &Comparison) -> Verdict {
    let mut statements = Vec::new();
    let mut verdict = Ranking::NotComputed;
    if let Some(scores) = &comparison.scores {
        let (ranking_found, message) = ranking(scores);
        verdict = ranking_found;
        statements.push(message);
        statements.extend(probabilities(scores));
    }
    if let Some(main) = comparison.swap_set.first() {
        statements.push(swaps(main));
        statements.extend(swap_outcomes(main));
        let at = comparison.scores.iter().flat_map(|scores| &scores.at_approval_rate);
        if main.by != SwapBy::StatedDecisions {
            let at = at.into_iter().find(|at| at.approval_rate == main.approval_rate);
            statements.extend(at.map(approved).unwrap_or_default());
        }
    }
    if let Some(migration) = comparison.scores.as_ref().and_then(|scores| scores.migration.value()) {
        statements.push(
            Message::new("{0} of the cases move by two deciles or more; {1} stay in their decile.")
                .with(share(migration.moved_two_deciles))
                .with(share(migration.same_decile)),
        );
    }
    if let Some(differs) = comparison.reasons.as_ref().and_then(|reasons| reasons.first_reason_differs) {
        statements.push(
            Message::new("Of the cases that both decline, {0} would be given another first reason by B than by A.")
                .with(share(differs)),
        );
    }
    Verdict { ranking: verdict, statements }
}

fn ranking(scores: &ScoreComparison) -> (Ranking, Message) {
    let paired = match &scores.auc_difference {
        Measured::Value(paired) => paired,
        Measured::NotComputed { not_computed } => {
            let message = Message::new("Which ranks better cannot be said: {0}.").with_words(not_computed.clone());
            return (Ranking::NotComputed, message);
        }
    };
    let with_figures = |template: &'static str| {
        let bound = |value: Option<f64>| value.map_or("–".to_owned(), |value| signed(value, 4));
        Message::new(template)
            .with(decimals(paired.first, 4))
            .with(decimals(paired.second, 4))
            .with(bound(paired.difference.value))
            .with(bound(paired.difference.low))
            .with(bound(paired.difference.high))
    };
    let (low, high) = (paired.difference.low, paired.difference.high);
    if low.is_none() || high.is_none() {
        return (
            Ranking::NotComputed,
            with_figures(
                "AUC is {0} for A and {1} for B; too few goods or bads for an interval of the difference of {2}.",
            ),
        );
    }
    if paired.difference.is_above() {
        let template = "B ranks worse than A: AUC {1} against {0}, difference A - B {2} (95% interval {3} to {4}).";
        return (Ranking::FirstRanksBetter, with_figures(template));
    }
    if paired.difference.is_below() {
        let template = "B ranks better than A: AUC {1} against {0}, difference A - B {2} (95% interval {3} to {4}).";
        return (Ranking::SecondRanksBetter, with_figures(template));
    }
    let template = "No difference in ranking is seen: AUC {0} for A and {1} for B, difference A - B {2} (95% interval {3} to {4}).";
    (Ranking::NoDifferenceSeen, with_figures(template))
}

fn probabilities(scores: &ScoreComparison) -> Option<Message> {
    let difference = scores.log_loss_difference.value()?;
    let template = match (difference.is_above(), difference.is_below()) {
        (true, _) => "The PDs of B are nearer to what happened: log loss lower by {0} (95% interval {1} to {2}).",
        (_, true) => "The PDs of B are further from what happened: log loss higher by {0} (95% interval {1} to {2}).",
        _ => "No difference between the PDs is seen: log loss A - B {0} (95% interval {1} to {2}).",
    };
    // "Higher by" is B - A; the others are A - B.
    let turn = difference.is_below();
    let (value, low, high) = (difference.value?, difference.low?, difference.high?);
    let ends = if turn { (-value, -high, -low) } else { (value, low, high) };
    Some(Message::new(template).with(signed(ends.0, 5)).with(signed(ends.1, 5)).with(signed(ends.2, 5)))
}

fn swaps(main: &SwapEvidence) -> Message {
    let template = match main.by {
        SwapBy::StatedDecisions => {
            "By the stated decisions A approves {0} and B {1}; B swaps out {2} and swaps in {3} of the cases."
        }
        _ => "At approval rates of {0} for A and {1} for B, B swaps out {2} and swaps in {3} of the cases.",
    };
    Message::new(template)
        .with(share(main.approval_rates[0]))
        .with(share(main.approval_rates[1]))
        .with(share(main.cells.swap_out.share))
        .with(share(main.cells.swap_in.share))
}

fn swap_outcomes(main: &SwapEvidence) -> Vec<Message> {
    let (out, into) = (&main.cells.swap_out, &main.cells.swap_in);
    let mut messages = Vec::new();
    if let (Some(out), Some(into)) = (out.bad_rate.value, into.bad_rate.value) {
        messages.push(
            Message::new("Observed bad rate of those swapped out {0}, of those swapped in {1}.")
                .with(share(out))
                .with(share(into)),
        );
    }
    match into.outcomes {
        OutcomesSeen::Inferred => {
            let inferred = into.inferred_bad_rate_second.or(into.inferred_bad_rate_first);
            messages.push(match inferred {
                Some(rate) => Message::new("No outcome of those swapped in was observed: their bad rate of {0} is inferred from PDs, not observed.")
                    .with(share(rate)),
                None => Message::new("No outcome of those swapped in was observed, and no PD tells what to expect of them."),
            });
        }
        OutcomesSeen::PartlyObserved => messages.push(
            Message::new("The outcomes of {0} of those swapped in were not observed; the observed bad rate is of the others alone.")
                .with(share(into.unobserved / into.weight)),
        ),
        OutcomesSeen::Observed | OutcomesSeen::NoCases => {}
    }
    messages
}

fn approved(at: &ApprovalDifference) -> Vec<Message> {
    let mut messages = Vec::new();
    let interval = |interval: &Interval| Some((interval.value?, interval.low?, interval.high?));
    if let Some((value, low, high)) = at.bad_rate_difference.value().and_then(interval) {
        messages.push(
            Message::new("Both approving {0}, the observed bad rate of the approved is {1} with A and {2} with B: difference A - B {3} percentage points (95% interval {4} to {5}).")
                .with(share(at.approval_rate))
                .with(share(at.bad_rate_first.unwrap_or_default()))
                .with(share(at.bad_rate_second.unwrap_or_default()))
                .with(signed(value * 100.0, 2))
                .with(signed(low * 100.0, 2))
                .with(signed(high * 100.0, 2)),
        );
    }
    if let Some((value, low, high)) = at.approval_rate_gained.value().and_then(interval) {
        messages.push(
            Message::new("At the bad rate that A has there, B could approve {0} percentage points more of the cases (95% interval {1} to {2}).")
                .with(signed(value * 100.0, 1))
                .with(signed(low * 100.0, 1))
                .with(signed(high * 100.0, 1)),
        );
    }
    if let Some((value, low, high)) = at.observed_loss_difference.value().and_then(interval) {
        messages.push(
            Message::new("In the unit of the exposure, the observed loss of A's approved less that of B's is {0} (95% interval {1} to {2}).")
                .with(signed(value, 0))
                .with(signed(low, 0))
                .with(signed(high, 0)),
        );
    }
    messages
}

fn share(value: f64) -> String {
    format!("{:.1}%", value * 100.0)
}

fn decimals(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// With its sign, but no sign before a zero.
fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{value:+.decimals$}");
    if text.chars().any(|letter| letter.is_ascii_digit() && letter != '0') { text } else { text[1..].to_owned() }
}
