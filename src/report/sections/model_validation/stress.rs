//! Scenarios of stress.

use super::super::sample_columns;
use super::{Asked, sample_start};
use crate::evidence::{BeforeAfter, Stress};
use crate::report::document::{Block, Cell, Column, Table};
use crate::validation::Measured;
use crate::words::Message;

const NOTE: &str = "Odds: ln(odds bad:good) of each PD plus a number, or PD times a factor up to 1; scores and approvals stay. Columns: changed values are scored again by the card. Mix: cases weighted to the stated shares, total weight unchanged. Expected bad rate: mean PD of good and bad cases. PSI of the score: against the sample as it is, over its own deciles. AUC: by the outcomes as they stand. Expected loss: sum of weight x PD x exposure x LGD. A scenario is an assumption, not a forecast.";

pub(super) fn blocks(asked: &[Asked<'_>]) -> Vec<Block> {
    let found: Vec<(&Asked<'_>, &Stress)> =
        asked.iter().filter_map(|one| Some((one, one.model.stress.as_ref()?))).collect();
    if found.is_empty() {
        return Vec::new();
    }
    vec![
        Block::Heading(Message::new("Stress scenarios")),
        Block::Table(scenarios(&found)),
        Block::Note(Message::new(NOTE)),
    ]
}

/// As it is, and under stress.
fn pair(measured: &Measured<BeforeAfter>, cell: fn(f64) -> Cell) -> [Cell; 2] {
    match measured {
        Measured::Value(figure) => [cell(figure.base), cell(figure.stressed)],
        Measured::NotComputed { not_computed } => [Cell::NotComputed(not_computed.clone()), Cell::Nothing],
    }
}

fn scenarios(found: &[(&Asked<'_>, &Stress)]) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("scenario", "Scenario"),
        Column::new("assumptions", "Assumptions"),
        Column::new("affected", "Cases affected"),
    ]);
    let pairs = [
        ("expected_bad_rate", "Expected bad rate"),
        ("bad_rate", "Bad rate"),
        ("score_mean", "Mean score"),
        ("auc", "AUC"),
        ("approval_rate", "Approved"),
        ("expected_bad_rate_approved", "Expected bad rate of the approved"),
        ("expected_loss", "Expected loss"),
    ];
    for (name, heading) in pairs {
        columns.push(Column::new(format!("{name}_base"), "as it is").under(heading));
        columns.push(Column::new(format!("{name}_stressed"), "stressed").under(heading));
    }
    columns.push(Column::new("score_psi", "PSI of the score"));
    let rows = found.iter().flat_map(|(one, stress)| {
        stress.scenarios.iter().map(move |scenario| {
            let mut row = sample_start(one, one.figures.cases as f64, one.figures.bads);
            row.push(Cell::text(&scenario.name));
            row.push(Cell::Words(joined(&scenario.assumptions)));
            match &scenario.figures {
                Measured::Value(figures) => {
                    row.push(Cell::Count(figures.affected as f64));
                    row.extend(pair(&figures.expected_bad_rate, Cell::Share));
                    row.extend(pair(&figures.bad_rate, Cell::Share));
                    row.extend(pair(&Measured::Value(figures.score_mean), |score| Cell::Number(score, 1)));
                    row.extend(pair(&figures.auc, |auc| Cell::Number(auc, 4)));
                    row.extend(pair(&figures.approval_rate, Cell::Share));
                    row.extend(pair(&figures.expected_bad_rate_approved, Cell::Share));
                    row.extend(pair(&figures.expected_loss, |loss| Cell::Number(loss, 0)));
                    row.push(Cell::number(figures.score_psi, 4));
                }
                Measured::NotComputed { not_computed } => {
                    row.push(Cell::NotComputed(not_computed.clone()));
                    row.extend(vec![Cell::Nothing; 2 * pairs.len() + 1]);
                }
            }
            row
        })
    });
    Table {
        name: "stress".to_owned(),
        caption: Message::new("What the scenarios of stress come to"),
        columns,
        rows: rows.collect(),
        files_only: false,
    }
}

/// Messages one after the other.
fn joined(messages: &[Message]) -> Message {
    let mut all = messages.iter().cloned();
    let first = all.next().unwrap_or_default();
    all.fold(first, |before, next| Message::new("{0}; {1}").with_words(before).with_words(next))
}
