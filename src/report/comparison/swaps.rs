//! Who is in and who is out: swap sets, and what both approve at the same rate.

use super::super::charts::{SwapBar, swap_set_chart};
use super::super::document::{Block, Cell, Column, Picture, Section, Table};
use super::Context;
use super::parts::points;
use crate::compare::{SwapBy, SwapEvidence};
use crate::error::Result;
use crate::validation::swap_set::{OutcomesSeen, SwapCell};
use crate::words::Message;

/// The four cells with their words.
fn cells(swap: &SwapEvidence) -> [(&'static str, &SwapCell); 4] {
    [
        (BOTH, &swap.cells.approved_by_both),
        (OUT, &swap.cells.swap_out),
        (IN, &swap.cells.swap_in),
        (NEITHER, &swap.cells.declined_by_both),
    ]
}

const BOTH: &str = "approved by both";
const OUT: &str = "swapped out: A alone approves";
const IN: &str = "swapped in: B alone approves";
const NEITHER: &str = "declined by both";

/// The name of a swap set.
fn name(swap: &SwapEvidence) -> Message {
    let share = format!("{:.1}%", swap.approval_rate * 100.0);
    match swap.by {
        SwapBy::ApprovalRate => Message::new("approval rate {0}").with(share),
        SwapBy::CutOff => Message::new("cut-off, A approves {0}").with(share),
        SwapBy::StatedDecisions => "stated decisions".into(),
    }
}

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let comparison = &context.compared.comparison;
    let swaps = &comparison.swap_set;
    if swaps.is_empty() {
        return Ok(None);
    }
    let mut blocks = vec![Block::Table(table(swaps))];
    let bars: Vec<SwapBar> = swaps
        .iter()
        .map(|swap| SwapBar { name: context.say(name(swap)), shares: cells(swap).map(|(_, cell)| cell.share) })
        .collect();
    let words = [BOTH, OUT, IN, NEITHER].map(|words| context.say(words));
    let description = context.say("who is approved by A, by B, by both or by neither");
    if let Some(svg) = swap_set_chart(&description, words.each_ref().map(String::as_str), &bars)? {
        let caption = "Cases by who approves them".into();
        blocks.push(Block::Pictures(vec![Picture { name: "swap_set".to_owned(), svg, caption }]));
    }
    if swaps.iter().any(|swap| cells(swap).iter().any(|(_, cell)| cell.unobserved > 0.0)) {
        blocks.push(Block::Warnings(vec!["Some outcomes were not observed. Observed bad rates are of the others alone, and bad rates with PDs in their place are inferred: nobody has seen them.".into()]));
    }
    blocks.extend(at_rates(context));
    blocks.push(Block::Note("At an approval rate the best scores are approved until the share of the weight is filled; cases that tie at the edge count in part, so that both approve exactly as many and equal scores swap nobody. Observed bad rates: Jeffreys intervals, of cases with an outcome. Expected bad rates: mean PD of all cases of the cell.".into()));
    Ok(Some(Section { id: "swap-set", heading: "Swap set".into(), blocks }))
}

fn table(swaps: &[SwapEvidence]) -> Table {
    let rows = swaps.iter().flat_map(|swap| {
        cells(swap).into_iter().map(move |(words, cell)| {
            vec![
                Cell::Words(name(swap)),
                Cell::words(words),
                count(cell.cases),
                Cell::Share(cell.share),
                count(cell.bads),
                Cell::ShareInterval(cell.bad_rate),
                Cell::words(seen(cell.outcomes)),
                Cell::share(cell.expected_bad_rate_first),
                Cell::share(cell.expected_bad_rate_second),
                Cell::share(cell.inferred_bad_rate_second.or(cell.inferred_bad_rate_first)),
            ]
        })
    });
    Table {
        name: "swap_set".to_owned(),
        caption: "Swap sets".into(),
        columns: vec![
            Column::new("by", "Decision"),
            Column::new("cell", "Cases who are"),
            Column::new("cases", "Cases"),
            Column::new("share", "Share"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Observed bad rate"),
            Column::new("outcomes", "Outcomes"),
            Column::new("expected_bad_rate_first", "by PD of A").under("Expected bad rate"),
            Column::new("expected_bad_rate_second", "by PD of B").under("Expected bad rate"),
            Column::new("inferred_bad_rate", "Inferred bad rate, not observed"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

/// A count, with decimals where ties at the edge count in part.
fn count(value: f64) -> Cell {
    if (value - value.round()).abs() < 1e-9 { Cell::Count(value.round()) } else { Cell::Number(value, 1) }
}

fn seen(outcomes: OutcomesSeen) -> &'static str {
    match outcomes {
        OutcomesSeen::Observed => "observed",
        OutcomesSeen::PartlyObserved => "partly observed",
        OutcomesSeen::Inferred => "not observed: inferred",
        OutcomesSeen::NoCases => "no cases",
    }
}

/// Differences at the same approval rate.
fn at_rates(context: &Context<'_>) -> Vec<Block> {
    let comparison = &context.compared.comparison;
    let Some(scores) = comparison.scores.as_ref().filter(|scores| !scores.at_approval_rate.is_empty()) else {
        return Vec::new();
    };
    let with_losses = scores.at_approval_rate.iter().any(|at| at.observed_loss_difference.value().is_some());
    let mut columns = vec![
        Column::new("approval_rate", "Approval rate"),
        Column::new("bad_rate_first", "A").under("Bad rate of the approved"),
        Column::new("bad_rate_second", "B").under("Bad rate of the approved"),
        Column::new("bad_rate_difference", "Observed bad rate").under("A - B (95% interval)"),
        Column::new("expected_bad_rate_difference", "Expected bad rate").under("A - B (95% interval)"),
    ];
    if with_losses {
        columns.push(Column::new("observed_loss_difference", "Observed loss").under("A - B (95% interval)"));
        columns.push(Column::new("expected_loss_difference", "Expected loss").under("A - B (95% interval)"));
    }
    columns.push(Column::new("approval_rate_gained", "Approved by B beyond A at the bad rate of A"));
    let rows = scores.at_approval_rate.iter().map(|at| {
        let mut row = vec![
            Cell::Share(at.approval_rate),
            Cell::share(at.bad_rate_first),
            Cell::share(at.bad_rate_second),
            Cell::measured(&at.bad_rate_difference, points),
            Cell::measured(&at.expected_bad_rate_difference, points),
        ];
        if with_losses {
            row.push(Cell::measured(&at.observed_loss_difference, |loss| Cell::Interval(*loss, 0)));
            row.push(Cell::measured(&at.expected_loss_difference, |loss| Cell::Interval(*loss, 0)));
        }
        row.push(Cell::measured(&at.approval_rate_gained, points));
        row
    });
    let table = Table {
        name: "at_approval_rate".to_owned(),
        caption: "Both approving the same share of the cases".into(),
        columns,
        rows: rows.collect(),
        files_only: false,
    };
    let mut blocks = vec![Block::Table(table)];
    if with_losses {
        blocks.push(Block::Note(
            Message::new(
                "Losses: bad (or PD) times exposure times a loss given default of {0}, in the unit of the exposure.",
            )
            .with(comparison.options.loss_given_default),
        ));
    }
    blocks
}
