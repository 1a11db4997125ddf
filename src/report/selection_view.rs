//! Selection in the report: what became of the features by step, and the path as a table.

use serde::Serialize;

use super::tables::{Columns, NamedTable};
use crate::error::Result;
use crate::evidence::Evidence;
use crate::selection::{Decision, PathStep, STEPS, StepKind};

/// The features that a step decided on.
#[derive(Serialize)]
pub(super) struct Group<'a> {
    step: &'static str,
    title: &'static str,
    /// Features still in after the step.
    remaining: usize,
    in_card: bool,
    /// By falling information value.
    rows: Vec<&'a Decision>,
}

/// The decisions by step: those that take features out in their order, then those that put them into the card.
pub(super) fn groups(decisions: &[Decision]) -> Vec<Group<'_>> {
    let is_in = |step: &str| matches!(step, "selected" | "keep");
    let (into, out): (Vec<_>, Vec<_>) = STEPS.into_iter().partition(|(step, _)| is_in(step));
    let mut remaining = decisions.len();
    let mut groups = Vec::new();
    for (step, title) in out.into_iter().chain(into) {
        let mut rows: Vec<&Decision> = decisions.iter().filter(|decision| decision.step == step).collect();
        if rows.is_empty() {
            continue;
        }
        rows.sort_by(|a, b| {
            let value = |decision: &Decision| decision.information_value.unwrap_or(-1.0);
            value(b).total_cmp(&value(a))
        });
        let in_card = is_in(step);
        if !in_card {
            remaining -= rows.len();
        }
        groups.push(Group { step, title, remaining, in_card, rows });
    }
    groups
}

/// The table of the path.
pub(super) fn path_table(evidence: &Evidence) -> Result<NamedTable> {
    let rows = &evidence.selection_path;
    macro_rules! column {
        ($get:expr) => {
            rows.iter().map($get).collect::<Vec<_>>()
        };
    }
    Columns::default()
        .add("step", column!(|r: &PathStep| r.step as u64))
        .add("kind", column!(|r: &PathStep| kind(r.kind)))
        .add("feature", column!(|r: &PathStep| r.feature.clone()))
        .add("reason", column!(|r: &PathStep| r.reason.clone()))
        .add("criterion", column!(|r: &PathStep| r.criterion))
        .add("before", column!(|r: &PathStep| r.before))
        .add("after", column!(|r: &PathStep| r.after))
        .add("log_likelihood", column!(|r: &PathStep| r.log_likelihood))
        .add("p_value", column!(|r: &PathStep| r.p_value))
        .add("features", column!(|r: &PathStep| r.features as u64))
        .add("alternative", column!(|r: &PathStep| r.alternative.clone()))
        .add("alternative_after", column!(|r: &PathStep| r.alternative_after))
        .add("model", column!(|r: &PathStep| r.model.join("; ")))
        .table("selection_path")
}

fn kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Start => "start",
        StepKind::Enter => "enter",
        StepKind::Leave => "leave",
        StepKind::Subset => "subset",
        StepKind::Stop => "stop",
    }
}
