//! Approvals, scores and errors by group against a reference group.

use super::Context;
use super::by_segment::{coefficient, count, number};
use crate::error::Result;
use crate::evidence::{FairnessApprovals, FairnessEvidence, FairnessGroup, PartFigures, Shown};
use crate::report::document::{Block, Cell, Column, Section, Table};
use crate::validation::standardised_difference::StandardisedDifference;
use crate::validation::{Interval, Measured};
use crate::words::Message;

const APPROVAL_NOTE: &str = "Adverse impact ratio: approval rate of the group over that of the reference group, with the 95% interval of Katz et al. (1978); below 0.80 lies under the four-fifths rule of thumb for employee selection (29 CFR 1607.4(D)). z: two proportions, variance pooled, two-sided; p values adjusted by Holm (1979) and by Benjamini and Hochberg (1995) for the groups of the column. Fisher: exact, two-sided. Approval rates with Jeffreys' interval; weights count as cases; cases without a decision do not count.";

const SCORE_NOTE: &str = "Standardised mean difference of the score: (mean of the group - mean of the reference group) / standard deviation; below 0 the group scores lower. Pooled: of both groups, ddof 1; by the reference group: ddof 1; by the population: both groups as one, ddof 0.";

const OUTCOME_NOTE: &str = "True positive rate: bads below the cut-off / bads; false positive rate: goods below the cut-off / goods (those who would be declined though they repay: 1 less it is what equal opportunity compares, Hardt, Price and Srebro 2016); both with Jeffreys' interval. AUC by DeLong. Expected over observed: above 1 the PDs are too high for the group. Where outcomes are known of approved cases only, all of these are about the approved.";

type Rows<'a> = Vec<(Message, &'a str, &'a FairnessEvidence)>;

/// The section; `None` where no column of groups was named.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let columns: Rows<'_> = context
        .samples()
        .flat_map(|(title, _, sample)| sample.fairness.iter().map(move |(column, all)| (title.clone(), column, all)))
        .collect();
    let Some((.., first)) = columns.first() else { return Ok(None) };
    let mut blocks = vec![Block::Text(first.notice.clone())];
    for (title, column, all) in &columns {
        blocks.push(Block::Text(compared(title, column, all)));
    }
    blocks.push(Block::Table(approvals(&columns)));
    blocks.push(Block::Note(APPROVAL_NOTE.into()));
    blocks.push(Block::Table(scores(&columns)));
    blocks.push(Block::Note(SCORE_NOTE.into()));
    blocks.push(Block::Table(outcomes(&columns)));
    blocks.push(Block::Note(OUTCOME_NOTE.into()));
    if columns.iter().any(|(.., all)| all.suppressed > 0) {
        blocks.push(Block::Note("A group with too few cases shows nothing, a group with too few goods or bads no figures on outcomes. Where its counts could be had by subtracting the shown groups from the whole, the next smallest group is hidden too; a bound such as < 61 holds for all hidden groups together.".into()));
    }
    Ok(Some(Section { id: "fairness", heading: "Fairness".into(), blocks }))
}

/// What is compared with what, in a sentence.
fn compared(title: &Message, column: &str, all: &FairnessEvidence) -> Message {
    let approved = match all.approved_by.value() {
        Some(FairnessApprovals::Decision) => Message::new("the decision"),
        Some(FairnessApprovals::CutOff) => Message::new("a score at or above the cut-off"),
        Some(FairnessApprovals::ApprovalRate) => {
            Message::new("the best scores up to the approval rate, equal scores at the edge included")
        }
        None => Message::new("nothing: there is no decision, no cut-off and no approval rate"),
    };
    let template = match all.reference_group_stated {
        true => "{0}, column {1}: groups are compared with {2}, as stated. Approved means {3}.",
        false => "{0}, column {1}: groups are compared with {2}, the largest. Approved means {3}.",
    };
    Message::new(template).with_words(title.clone()).with(column).with(&all.reference_group).with_words(approved)
}

fn table(
    name: &str,
    caption: &'static str,
    columns: Vec<Column>,
    rows: &Rows<'_>,
    cells: impl Fn(&FairnessGroup) -> Vec<Cell>,
) -> Table {
    let first = [
        Column::new("sample", "Sample"),
        Column::new("column", "Column"),
        Column::new("group", "Group"),
        Column::new("cases", "Cases"),
    ];
    let columns: Vec<Column> = first.into_iter().chain(columns).collect();
    let mut all_rows = Vec::new();
    for (title, column, all) in rows {
        for (group, shown) in all.groups.iter() {
            let mut row = vec![Cell::Words(title.clone()), Cell::text(*column), Cell::text(group)];
            match shown {
                Shown::Figures(figures) => {
                    row.push(match &figures.figures {
                        Shown::Figures(part) => Cell::Count(part.cases as f64),
                        Shown::Suppressed(hidden) => count(hidden.cases),
                    });
                    row.extend(cells(figures));
                }
                Shown::Suppressed(hidden) => {
                    row.push(count(hidden.cases));
                    row.push(Cell::NotComputed(hidden.suppressed.clone()));
                }
            }
            row.resize(columns.len(), Cell::Nothing);
            all_rows.push(row);
        }
    }
    Table { name: name.into(), caption: caption.into(), columns, rows: all_rows, files_only: false }
}

/// A cell of what the reference group does not have.
fn against<T>(measured: &Option<Measured<T>>, cell: impl FnOnce(&T) -> Cell) -> Cell {
    measured.as_ref().map_or(Cell::Nothing, |measured| Cell::measured(measured, cell))
}

fn approvals(rows: &Rows<'_>) -> Table {
    let columns = vec![
        Column::new("decided", "Decided"),
        Column::new("approved", "Approved"),
        Column::new("approval_rate", "Approval rate"),
        Column::new("adverse_impact_ratio", "Adverse impact ratio"),
        Column::new("z", "z"),
        Column::new("p_value", "p value"),
        Column::new("p_value_holm", "p value, Holm"),
        Column::new("p_value_benjamini_hochberg", "p value, Benjamini-Hochberg"),
        Column::new("fisher_exact_p_value", "p value, Fisher"),
    ];
    table("fairness_approvals", "Approvals by group", columns, rows, |group| {
        vec![
            Cell::Count(group.decided),
            Cell::Count(group.approved),
            Cell::measured(&group.approval_rate, |rate| Cell::ShareInterval(*rate)),
            against(&group.adverse_impact_ratio, |ratio| Cell::Interval(*ratio, 3)),
            against(&group.two_proportion, |test| Cell::Number(test.z, 3)),
            against(&group.two_proportion, |test| Cell::PValue(test.p_value)),
            against(&group.two_proportion, |test| Cell::PValue(test.p_value_holm)),
            against(&group.two_proportion, |test| Cell::PValue(test.p_value_benjamini_hochberg)),
            against(&group.fisher_exact, |test| Cell::PValue(test.p_value)),
        ]
    })
}

fn scores(rows: &Rows<'_>) -> Table {
    let columns = vec![
        Column::new("mean_score", "Mean score"),
        Column::new("smd", "Standardised mean difference, pooled"),
        Column::new("standard_deviation", "Standard deviation, pooled"),
        Column::new("smd_by_reference_group", "By the reference group"),
        Column::new("smd_by_population", "By the population"),
    ];
    let value = |smd: &StandardisedDifference| Cell::Number(smd.value, 3);
    table("fairness_scores", "Scores by group", columns, rows, |group| {
        vec![
            Cell::number(group.figures.figures().and_then(|part| part.mean_score), 2),
            against(&group.smd, value),
            against(&group.smd, |smd| Cell::Number(smd.standard_deviation, 2)),
            against(&group.smd_by_reference_group, value),
            against(&group.smd_by_population, value),
        ]
    })
}

fn outcomes(rows: &Rows<'_>) -> Table {
    let columns = vec![
        Column::new("goods", "Goods"),
        Column::new("bads", "Bads"),
        Column::new("bad_rate", "Bad rate"),
        Column::new("auc", "AUC"),
        Column::new("ks", "KS"),
        Column::new("true_positive_rate", "True positive rate"),
        Column::new("false_positive_rate", "False positive rate"),
        Column::new("expected_bad_rate", "Expected bad rate"),
        Column::new("expected_to_observed", "Expected over observed"),
        Column::new("calibration_intercept", "Calibration intercept"),
    ];
    let rate = |measured: &Measured<Interval>| Cell::measured(measured, |rate| Cell::ShareInterval(*rate));
    let shown = |group: &FairnessGroup, part: &PartFigures| {
        vec![
            Cell::Count(part.goods),
            Cell::Count(part.bads),
            Cell::ShareInterval(part.bad_rate),
            Cell::Interval(part.auc, 4),
            Cell::number(part.ks.value, 4),
            rate(&group.true_positive_rate),
            rate(&group.false_positive_rate),
            Cell::share(part.expected_bad_rate),
            number(&part.expected_to_observed, 3),
            coefficient(&part.calibration_intercept),
        ]
    };
    table("fairness_outcomes", "Discrimination, errors and calibration by group", columns, rows, |group| {
        match &group.figures {
            Shown::Figures(part) => shown(group, part),
            Shown::Suppressed(hidden) => vec![
                hidden.goods.map_or(Cell::Nothing, count),
                hidden.bads.map_or(Cell::Nothing, count),
                Cell::NotComputed(hidden.suppressed.clone()),
            ],
        }
    })
}
