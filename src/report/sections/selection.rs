//! What became of the features, by step, and the path of the search.

use super::Context;
use crate::error::Result;
use crate::report::charts::path_chart;
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::selection::{Decision, PathStep, STEPS, StepKind};
use crate::words::Message;

/// The features that a step decided on.
struct Group<'a> {
    step: &'static str,
    title: &'static str,
    /// Features still in after the step.
    remaining: usize,
    /// By falling information value.
    rows: Vec<&'a Decision>,
}

/// The decisions by step: those that take features out in their order, then those that put them into the card.
fn groups(decisions: &[Decision]) -> Vec<Group<'_>> {
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
        if !is_in(step) {
            remaining -= rows.len();
        }
        groups.push(Group { step, title, remaining, rows });
    }
    groups
}

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let evidence = context.evidence;
    if evidence.selection.is_empty() {
        return Ok(None);
    }
    let groups = groups(&evidence.selection);
    let rows = groups.iter().map(|group| {
        vec![
            Cell::words(group.title),
            Cell::words(group.step),
            Cell::Count(group.rows.len() as f64),
            Cell::Count(group.remaining as f64),
        ]
    });
    let mut blocks = vec![Block::Table(Table {
        caption: "What became of the features, by step".into(),
        columns: vec![
            Column::new("finding", "What it found"),
            Column::new("step", "Step"),
            Column::new("features", "Features"),
            Column::new("remaining", "Remaining"),
        ],
        rows: rows.collect(),
        ..Table::default()
    })];
    for group in &groups {
        let title = Message::new("{0}: {1}").with_words(group.title).with(group.rows.len());
        let rows = group.rows.iter().map(|row| {
            vec![Cell::text(&row.feature), Cell::number(row.information_value, 4), Cell::english(&row.reason)]
        });
        let table = Table {
            caption: Message::new("Features of the step: {0}").with_words(group.title),
            columns: vec![
                Column::new("feature", "Feature"),
                Column::new("information_value", "Information value"),
                Column::new("reason", "Why"),
            ],
            rows: rows.collect(),
            ..Table::default()
        };
        blocks.push(Block::Details(title, vec![Block::Table(table)]));
    }
    blocks.push(Block::Table(table(&evidence.selection)));
    if let Some(first) = evidence.selection_path.first() {
        let is_subset = first.kind == StepKind::Subset;
        if let Some(svg) = path_chart(&evidence.selection_path)? {
            let caption = match is_subset {
                true => Message::new(
                    "{0} of the best subset of each size; the filled one was taken. Lower is better; models far worse than most stand in the table only.",
                ),
                false => Message::new(
                    "{0} of the model after each step: a feature entered (blue) or left (orange); a ring is the best alternative. Lower is better; models far worse than most stand in the table only.",
                ),
            };
            let caption = caption.with(first.criterion);
            blocks.push(Block::Pictures(vec![Picture { name: "selection_path".to_owned(), svg, caption }]));
        }
        blocks.push(Block::Table(path_arrangement(&evidence.selection_path)));
        blocks.push(Block::Table(path_table(&evidence.selection_path)));
        blocks.push(Block::Note(match is_subset {
            true => "The best alternative is the second best fitted subset of the size.".into(),
            false => "The best alternative is the feature that stood next in line to enter or to leave; what it would have given is known to first order only (score and Wald statistics), at the end by a fit.".into(),
        }));
    }
    Ok(Some(Section { id: "selection", heading: "Selection of features".into(), blocks }))
}

fn table(decisions: &[Decision]) -> Table {
    let rows = decisions.iter().map(|row| {
        vec![
            Cell::text(&row.feature),
            Cell::Flag(row.selected),
            Cell::words(row.step),
            Cell::english(&row.reason),
            Cell::number(row.information_value, 4),
        ]
    });
    Table {
        name: "selection".to_owned(),
        caption: "Why each feature stayed or went".into(),
        columns: vec![
            Column::new("feature", "Feature"),
            Column::new("selected", "In the card"),
            Column::new("step", "Step"),
            Column::new("reason", "Why"),
            Column::new("information_value", "Information value"),
        ],
        rows: rows.collect(),
        files_only: true,
    }
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

/// What a step did.
fn action(step: &PathStep) -> Cell {
    match (step.kind, &step.feature) {
        (StepKind::Enter, Some(feature)) => Cell::text(format!("+ {feature}")),
        (StepKind::Leave, Some(feature)) => Cell::text(format!("− {feature}")),
        (StepKind::Subset, _) if step.model.is_empty() => Cell::words("intercept alone"),
        (StepKind::Subset, _) => Cell::text(step.model.join(", ")),
        (other, _) => Cell::words(kind(other)),
    }
}

fn path_arrangement(steps: &[PathStep]) -> Table {
    let criterion = steps.first().map_or("", |step| step.criterion);
    let rows = steps.iter().map(|step| {
        vec![
            Cell::Count(step.step as f64),
            action(step),
            Cell::english(&step.reason),
            Cell::Count(step.features as f64),
            Cell::Number(step.after, 2),
            Cell::Number(step.log_likelihood, 2),
            Cell::p_value(step.p_value),
            step.alternative.as_ref().map_or(Cell::Nothing, Cell::text),
            Cell::number(step.alternative_after, 2),
        ]
    });
    Table {
        caption: "The path of the search".into(),
        columns: vec![
            Column::new("step", "Step"),
            Column::new("action", "What"),
            Column::new("reason", "Why"),
            Column::new("features", "Features"),
            Column::new("after", Message::new("{0} after").with(criterion)),
            Column::new("log_likelihood", "Log likelihood"),
            Column::new("p_value", "p of the step"),
            Column::new("alternative", "Best alternative"),
            Column::new("alternative_after", Message::new("{0} with it").with(criterion)),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

fn path_table(steps: &[PathStep]) -> Table {
    let text = |text: &Option<String>| text.as_ref().map_or(Cell::Nothing, Cell::text);
    let rows = steps.iter().map(|step| {
        vec![
            Cell::Count(step.step as f64),
            Cell::words(kind(step.kind)),
            text(&step.feature),
            Cell::english(&step.reason),
            Cell::text(step.criterion),
            Cell::number(step.before, 2),
            Cell::Number(step.after, 2),
            Cell::Number(step.log_likelihood, 2),
            Cell::p_value(step.p_value),
            Cell::Count(step.features as f64),
            text(&step.alternative),
            Cell::number(step.alternative_after, 2),
            Cell::text(step.model.join("; ")),
        ]
    });
    Table {
        name: "selection_path".to_owned(),
        caption: "The path of the search, with the model after each step".into(),
        columns: vec![
            Column::new("step", "Step"),
            Column::new("kind", "Kind"),
            Column::new("feature", "Feature"),
            Column::new("reason", "Why"),
            Column::new("criterion", "Criterion"),
            Column::new("before", "Before"),
            Column::new("after", "After"),
            Column::new("log_likelihood", "Log likelihood"),
            Column::new("p_value", "p of the step"),
            Column::new("features", "Features"),
            Column::new("alternative", "Best alternative"),
            Column::new("alternative_after", "With the alternative"),
            Column::new("model", "Model"),
        ],
        rows: rows.collect(),
        files_only: true,
    }
}
