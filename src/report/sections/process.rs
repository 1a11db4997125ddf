//! Decisions beside the score: acceptance, overrides, and how they turned out.

use super::Context;
use super::by_segment::count;
use crate::error::Result;
use crate::evidence::{CutOffFrom, Decisions, LowSideOutcome, ProcessEvidence, ScoreDistribution, Shown};
use crate::report::charts::{Along, Line, line_chart, palette};
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::validation::{Interval, Measured};
use crate::words::Message;

const OVERRIDE_NOTE: &str = "High-side override: recommended for approval (at or above the cut-off) and declined; low-side override: recommended for decline and approved. High-side and low-side override rates are of the cases with that recommendation; the shares are of all decided cases (Siddiqi 2006; OCC Bulletin 1997-24). Intervals: Jeffreys, 95%. Cases without a decision do not count.";

const OUTCOME_NOTE: &str = "Low-side overrides with an outcome beside the approved cases just above the cut-off: the lowest-scored tenth, by weight, of the approved cases with an outcome at or above it, equal scores at its end included. z: two proportions, variance pooled, two-sided; above 0 the low-side overrides are the riskier. Expected: mean PD.";

/// The section; `None` where decisions are not known.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let samples = context.samples().filter_map(|(title, name, sample)| Some((title, name, sample.process.as_ref()?)));
    let samples: Vec<(Message, &str, &ProcessEvidence)> = samples.collect();
    if samples.is_empty() {
        return Ok(None);
    }
    let mut blocks: Vec<Block> = samples.iter().map(|(title, _, process)| Block::Text(about(title, process))).collect();
    blocks.push(Block::Table(decisions(&samples)));
    blocks.push(Block::Note(OVERRIDE_NOTE.into()));
    blocks.push(Block::Table(low_side(&samples)));
    blocks.push(Block::Note(OUTCOME_NOTE.into()));
    blocks.push(Block::Heading("Scores of approved and declined cases".into()));
    let mut pictures = Vec::new();
    for (title, name, process) in &samples {
        pictures.extend(acceptance_picture(context, title, name, process)?);
    }
    if !pictures.is_empty() {
        blocks.push(Block::Pictures(pictures));
    }
    blocks.push(Block::Table(scores(&samples)));
    blocks.push(Block::Table(bands(&samples)));
    if samples.iter().any(|(.., process)| !process.by_period.is_empty()) {
        blocks.push(Block::Heading("Decisions by period".into()));
        blocks.push(Block::Table(by_period(&samples)));
    }
    if samples.iter().any(|(.., process)| !process.by_segment.is_empty()) {
        blocks.push(Block::Heading("Decisions by segment".into()));
        blocks.push(Block::Table(by_segment(&samples)));
    }
    Ok(Some(Section { id: "process", heading: "Decisions and overrides".into(), blocks }))
}

type Samples<'a> = [(Message, &'a str, &'a ProcessEvidence)];

fn about(title: &Message, process: &ProcessEvidence) -> Message {
    let (template, value) = match &process.cut_off {
        Measured::NotComputed { not_computed } => {
            let words = Message::new("{0}: {1} cases have no decision. There are no overrides to count: {2}.");
            return words.with_words(title.clone()).with(process.not_decided).with_words(not_computed.clone());
        }
        Measured::Value(cut_off) => match cut_off.from {
            CutOffFrom::CutOff => ("{0}: {1} cases have no decision. The cut-off is {2}, as stated.", cut_off.value),
            CutOffFrom::ApprovalRate => (
                "{0}: {1} cases have no decision. The cut-off is {2}: the highest score at and above which at least the stated share of all cases lies.",
                cut_off.value,
            ),
        },
    };
    Message::new(template).with_words(title.clone()).with(process.not_decided).with(value)
}

fn rate(rate: Option<Interval>) -> Cell {
    rate.map_or(Cell::Nothing, Cell::ShareInterval)
}

fn decision_columns() -> Vec<Column> {
    vec![
        Column::new("decided", "Decided"),
        Column::new("approved", "Approved"),
        Column::new("declined", "Declined"),
        Column::new("acceptance_rate", "Acceptance rate"),
        Column::new("recommended_approve", "Recommended for approval").under("High side"),
        Column::new("high_side_overrides", "Declined all the same").under("High side"),
        Column::new("high_side_override_rate", "High-side override rate").under("High side"),
        Column::new("high_side_override_share_of_all", "Share of all decided").under("High side"),
        Column::new("recommended_decline", "Recommended for decline").under("Low side"),
        Column::new("low_side_overrides", "Approved all the same").under("Low side"),
        Column::new("low_side_override_rate", "Low-side override rate").under("Low side"),
        Column::new("low_side_override_share_of_all", "Share of all decided").under("Low side"),
        Column::new("override_rate", "Override rate"),
    ]
}

fn decision_cells(decisions: &Decisions) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Count(decisions.decided),
        Cell::Count(decisions.approved),
        Cell::Count(decisions.declined),
        rate(decisions.acceptance_rate),
    ];
    if let Some(overrides) = &decisions.overrides {
        cells.extend([
            Cell::Count(overrides.recommended_approve),
            Cell::Count(overrides.high_side_overrides),
            rate(overrides.high_side_override_rate),
            rate(overrides.high_side_override_share_of_all),
            Cell::Count(overrides.recommended_decline),
            Cell::Count(overrides.low_side_overrides),
            rate(overrides.low_side_override_rate),
            rate(overrides.low_side_override_share_of_all),
            rate(overrides.override_rate),
        ]);
    }
    cells
}

/// A table of rows that may be shorter than its columns.
fn table(name: &str, caption: &'static str, columns: Vec<Column>, mut rows: Vec<Vec<Cell>>) -> Table {
    rows.iter_mut().for_each(|row| row.resize(columns.len(), Cell::Nothing));
    Table { name: name.into(), caption: caption.into(), columns, rows, files_only: false }
}

fn decisions(samples: &Samples<'_>) -> Table {
    let columns = std::iter::once(Column::new("sample", "Sample")).chain(decision_columns()).collect();
    let row = |(title, _, process): &(Message, &str, &ProcessEvidence)| {
        [vec![Cell::Words(title.clone())], decision_cells(&process.decisions)].concat()
    };
    table("decisions", "Decisions and overrides", columns, samples.iter().map(row).collect())
}

fn low_side(samples: &Samples<'_>) -> Table {
    let columns = vec![
        Column::new("sample", "Sample"),
        Column::new("goods", "Goods").under("Low-side overrides"),
        Column::new("bads", "Bads").under("Low-side overrides"),
        Column::new("bad_rate", "Bad rate").under("Low-side overrides"),
        Column::new("expected_bad_rate", "Expected bad rate").under("Low-side overrides"),
        Column::new("just_above_up_to", "Up to the score").under("Just above the cut-off"),
        Column::new("just_above_goods", "Goods").under("Just above the cut-off"),
        Column::new("just_above_bads", "Bads").under("Just above the cut-off"),
        Column::new("just_above_bad_rate", "Bad rate").under("Just above the cut-off"),
        Column::new("z", "z"),
        Column::new("p_value", "p value"),
    ];
    let cells = |outcome: &LowSideOutcome| {
        vec![
            Cell::Count(outcome.goods),
            Cell::Count(outcome.bads),
            rate(outcome.bad_rate),
            Cell::share(outcome.expected_bad_rate),
            Cell::number(outcome.just_above_up_to, 4),
            Cell::Count(outcome.just_above_goods),
            Cell::Count(outcome.just_above_bads),
            rate(outcome.just_above_bad_rate),
            Cell::number(outcome.z, 3),
            Cell::p_value(outcome.p_value),
        ]
    };
    let row = |(title, _, process): &(Message, &str, &ProcessEvidence)| {
        let figures = match &process.low_side_outcome {
            Measured::Value(outcome) => cells(outcome),
            Measured::NotComputed { not_computed } => {
                vec![Cell::Nothing, Cell::Nothing, Cell::NotComputed(not_computed.clone())]
            }
        };
        [vec![Cell::Words(title.clone())], figures].concat()
    };
    table("low_side_overrides", "What became of low-side overrides", columns, samples.iter().map(row).collect())
}

fn scores(samples: &Samples<'_>) -> Table {
    let columns = vec![
        Column::new("sample", "Sample"),
        Column::new("decision", "Decision"),
        Column::new("cases", "Cases"),
        Column::new("mean", "Mean score"),
        Column::new("standard_deviation", "Standard deviation"),
        Column::new("p5", "5%").under("Percentiles"),
        Column::new("p25", "25%").under("Percentiles"),
        Column::new("median", "Median").under("Percentiles"),
        Column::new("p75", "75%").under("Percentiles"),
        Column::new("p95", "95%").under("Percentiles"),
    ];
    let cells = |scores: &ScoreDistribution| {
        let quantiles = [scores.p5, scores.p25, scores.median, scores.p75, scores.p95];
        let mut cells = vec![
            Cell::Count(scores.cases as f64),
            Cell::Number(scores.mean, 2),
            Cell::number(scores.standard_deviation, 2),
        ];
        cells.extend(quantiles.map(|quantile| Cell::Number(quantile, 2)));
        cells
    };
    let mut rows = Vec::new();
    for (title, _, process) in samples {
        for (decision, scores) in [("Approved", &process.approved_scores), ("Declined", &process.declined_scores)] {
            let figures = match scores {
                Measured::Value(scores) => cells(scores),
                Measured::NotComputed { not_computed } => vec![Cell::Nothing, Cell::NotComputed(not_computed.clone())],
            };
            rows.push([vec![Cell::Words(title.clone()), Cell::words(decision)], figures].concat());
        }
    }
    table("decision_scores", "Scores by decision", columns, rows)
}

fn bands(samples: &Samples<'_>) -> Table {
    let columns = vec![
        Column::new("sample", "Sample"),
        Column::new("lower", "From"),
        Column::new("upper", "Below"),
        Column::new("approved", "Approved"),
        Column::new("declined", "Declined"),
        Column::new("acceptance_rate", "Acceptance rate"),
    ];
    let mut rows = Vec::new();
    for (title, _, process) in samples {
        rows.extend(process.score_bands.iter().map(|band| {
            vec![
                Cell::Words(title.clone()),
                Cell::number(band.lower, 4),
                Cell::number(band.upper, 4),
                Cell::Count(band.approved),
                Cell::Count(band.declined),
                rate(band.acceptance_rate),
            ]
        }));
    }
    table("acceptance_by_score_band", "Acceptance by score band, riskiest first", columns, rows)
}

/// Acceptance rate by score band with its intervals.
fn acceptance_picture(
    context: &Context<'_>,
    title: &Message,
    name: &str,
    process: &ProcessEvidence,
) -> Result<Option<Picture>> {
    let names: Vec<String> = (1..=process.score_bands.len()).map(|band| band.to_string()).collect();
    let rates = || process.score_bands.iter().enumerate().map(|(band, figures)| (band as f64, figures.acceptance_rate));
    let line = Line {
        colour: palette::distinct(0),
        points: rates().map(|(band, rate)| (band, rate.and_then(|rate| rate.value))).collect(),
        intervals: rates().filter_map(|(band, rate)| Some((band, rate?.low?, rate?.high?))).collect(),
        dots: true,
    };
    let words = ["Acceptance rate by score band", "score band, riskiest first", "acceptance rate"];
    let [description, x_desc, y_desc] = words.map(|words| context.say(words));
    let svg = line_chart(&description, &Along::Names(&names), &x_desc, &y_desc, &[line])?;
    Ok(svg.map(|svg| Picture {
        name: format!("acceptance_by_score_band_{name}"),
        svg,
        caption: Message::new(
            "{0}: acceptance rate by score band with its 95% interval; a policy that follows the score rises from 0 to 1 at the cut-off.",
        )
        .with_words(title.clone()),
    }))
}

fn by_period(samples: &Samples<'_>) -> Table {
    let first = [Column::new("sample", "Sample"), Column::new("period", "Period")];
    let mut rows = Vec::new();
    for (title, _, process) in samples {
        rows.extend(process.by_period.iter().map(|period| {
            let names = vec![Cell::Words(title.clone()), Cell::text(&period.period)];
            [names, decision_cells(&period.decisions)].concat()
        }));
    }
    let columns = first.into_iter().chain(decision_columns()).collect();
    table("decisions_by_period", "Decisions and overrides by period", columns, rows)
}

fn by_segment(samples: &Samples<'_>) -> Table {
    let first = [Column::new("sample", "Sample"), Column::new("column", "Column"), Column::new("segment", "Segment")];
    let mut rows = Vec::new();
    for (title, _, process) in samples {
        for (column, segments) in process.by_segment.iter() {
            rows.extend(segments.iter().map(|(segment, shown)| {
                let names = vec![Cell::Words(title.clone()), Cell::text(column), Cell::text(segment)];
                let figures = match shown {
                    Shown::Figures(decisions) => decision_cells(decisions),
                    Shown::Suppressed(hidden) => vec![
                        count(hidden.cases),
                        Cell::Nothing,
                        Cell::Nothing,
                        Cell::NotComputed(hidden.suppressed.clone()),
                    ],
                };
                [names, figures].concat()
            }));
        }
    }
    let columns = first.into_iter().chain(decision_columns()).collect();
    table("decisions_by_segment", "Decisions and overrides by segment", columns, rows)
}
