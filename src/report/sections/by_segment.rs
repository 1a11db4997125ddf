//! Every measure by the segments that columns name, and whether the AUC differs between them.

use plotters::prelude::RGBColor;

use super::Context;
use crate::error::Result;
use crate::evidence::{AgainstRest, Count, Named, PartFigures, SampleEvidence, SegmentTests, Shown, Suppressed};
use crate::report::charts::{ForestRow, forest_chart, palette};
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::validation::calibration_line::LineCoefficient;
use crate::validation::{Interval, Measured};
use crate::words::Message;

const COUNTS_NOTE: &str = "Share: of all case weight. Bad rate: bads / (goods + bads), with Jeffreys' 95% interval. AUC and Gini: with DeLong's 95% interval (by group where cases are grouped); KS: the greatest distance of the distributions, without an interval here, as its bootstrap for every segment would take longer than all else. PSI: of the segment's score against the counts of the score bands; and against the same segment of the earlier cases, over the same bands.";

const CALIBRATION_NOTE: &str = "Expected: mean PD of good and bad cases. Expected over observed: above 1 the PDs are too high. Calibration intercept (log odds good:bad; 0 is right, above 0 better than the PDs say) and slope (1 is right, below 1 PDs too extreme): Cox (1958). Brier score: mean squared error of the PDs, lower is better.";

const HIDDEN_NOTE: &str = "A segment with too few cases, goods or bads shows no figures. Where its counts could be had by subtracting the shown segments from the whole, the next smallest segment is hidden too; which of the hidden segments is the small one is not said, and a bound such as < 61 holds for all of them together. Hidden segments take no part in the tests, but count among the rest.";

const TESTS_NOTE: &str = "Heterogeneity: Cochran's Q over the segments' AUCs with DeLong's variances, chi-squared with one degree of freedom less than segments; I squared: share of the spread that chance does not explain. Against the rest: unpaired test of DeLong with Welch's degrees of freedom, two-sided; adjusted by Holm (1979), which bounds the chance of any false alarm among the segments of a column, and by Benjamini and Hochberg (1995), which bounds the share of false alarms.";

type BySegment = Named<Named<Shown<PartFigures>>>;

/// The section; `None` where no column names segments.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let samples: Vec<(Message, &str, &SampleEvidence)> =
        context.samples().filter(|(.., sample)| !sample.by_segment.by_segment.is_empty()).collect();
    if samples.is_empty() {
        return Ok(None);
    }
    let mut blocks = Vec::new();
    let by_segment = samples.iter().map(|(title, _, sample)| (title, &sample.by_segment.by_segment));
    let by_segment: Vec<(&Message, &BySegment)> = by_segment.collect();
    blocks.push(Block::Table(counts(&by_segment)));
    blocks.push(Block::Note(COUNTS_NOTE.into()));
    blocks.push(Block::Table(calibration(&by_segment)));
    blocks.push(Block::Note(CALIBRATION_NOTE.into()));
    if samples.iter().any(|(.., sample)| sample.by_segment.segment_tests.iter().any(|(_, tests)| tests.suppressed > 0))
    {
        blocks.push(Block::Note(HIDDEN_NOTE.into()));
    }
    let mut pictures = Vec::new();
    for (title, name, sample) in &samples {
        for (place, (column, segments)) in sample.by_segment.by_segment.iter().enumerate() {
            let picture = forest(context, column, segments, sample)?;
            pictures.extend(picture.map(|(svg, caption)| Picture {
                name: format!("auc_by_segment_{name}_{}", place + 1),
                svg,
                caption: caption.with_words((*title).clone()),
            }));
        }
    }
    blocks.push(Block::Heading("AUC by segment".into()));
    if !pictures.is_empty() {
        blocks.push(Block::Pictures(pictures));
    }
    let tests: Vec<(&Message, &Named<SegmentTests>)> =
        samples.iter().map(|(title, _, sample)| (title, &sample.by_segment.segment_tests)).collect();
    blocks.push(Block::Table(heterogeneity(&tests)));
    blocks.push(Block::Table(against_rest(&tests)));
    blocks.push(Block::Note(TESTS_NOTE.into()));
    Ok(Some(Section { id: "by_segment", heading: "By segment".into(), blocks }))
}

/// A count of a hidden part, or its bound.
pub(super) fn count(count: Count) -> Cell {
    match count {
        Count::Exactly(count) => Cell::Count(count as f64),
        Count::Below(bound) => Cell::text(format!("< {bound}")),
    }
}

/// Cells of a hidden part: its counts, and why the figure is hidden.
pub(super) fn hidden_cells(hidden: &Suppressed) -> Vec<Cell> {
    let of_outcome = |bound: Option<Count>| bound.map_or(Cell::Nothing, count);
    vec![
        count(hidden.cases),
        Cell::Nothing,
        of_outcome(hidden.goods),
        of_outcome(hidden.bads),
        Cell::NotComputed(hidden.suppressed.clone()),
    ]
}

fn place_columns() -> Vec<Column> {
    vec![Column::new("sample", "Sample"), Column::new("column", "Column"), Column::new("segment", "Segment")]
}

/// A table with a row a segment.
fn table(
    name: &str,
    caption: &'static str,
    columns: Vec<Column>,
    samples: &[(&Message, &BySegment)],
    cells: impl Fn(&Shown<PartFigures>) -> Vec<Cell>,
) -> Table {
    let mut rows = Vec::new();
    for (title, by_segment) in samples {
        for (column, segments) in by_segment.iter() {
            for (segment, figures) in segments.iter() {
                let mut row = vec![Cell::Words((*title).clone()), Cell::text(column), Cell::text(segment)];
                row.extend(cells(figures));
                rows.push(row);
            }
        }
    }
    let columns: Vec<Column> = place_columns().into_iter().chain(columns).collect();
    rows.iter_mut().for_each(|row| row.resize(columns.len(), Cell::Nothing));
    Table { name: name.into(), caption: caption.into(), columns, rows, files_only: false }
}

fn counts(samples: &[(&Message, &BySegment)]) -> Table {
    let columns = vec![
        Column::new("cases", "Cases"),
        Column::new("share", "Share"),
        Column::new("goods", "Goods"),
        Column::new("bads", "Bads"),
        Column::new("bad_rate", "Bad rate"),
        Column::new("auc", "AUC"),
        Column::new("gini", "Gini"),
        Column::new("ks", "KS"),
        Column::new("mean_score", "Mean score"),
        Column::new("score_psi", "PSI"),
        Column::new("score_psi_against_own_reference", "PSI against the segment before"),
    ];
    table("by_segment", "Counts, level and discrimination by segment", columns, samples, |figures| match figures {
        Shown::Suppressed(hidden) => hidden_cells(hidden),
        Shown::Figures(figures) => vec![
            Cell::Count(figures.cases as f64),
            Cell::Share(figures.share),
            Cell::Count(figures.goods),
            Cell::Count(figures.bads),
            Cell::ShareInterval(figures.bad_rate),
            Cell::Interval(figures.auc, 4),
            Cell::Interval(figures.gini, 4),
            Cell::number(figures.ks.value, 4),
            Cell::number(figures.mean_score, 2),
            Cell::number(figures.score_psi, 4),
            figures.score_psi_against_own_reference.as_ref().map_or(Cell::Nothing, |psi| number(psi, 4)),
        ],
    })
}

pub(super) fn number(measured: &Measured<f64>, decimals: usize) -> Cell {
    Cell::measured(measured, |value| Cell::Number(*value, decimals))
}

/// A coefficient of the calibration line with its interval.
pub(super) fn coefficient(measured: &Measured<LineCoefficient>) -> Cell {
    let interval = |line: &LineCoefficient| Interval { value: Some(line.value), low: line.low, high: line.high };
    Cell::measured(measured, |line| Cell::Interval(interval(line), 3))
}

fn calibration(samples: &[(&Message, &BySegment)]) -> Table {
    let columns = vec![
        Column::new("cases", "Cases"),
        Column::new("bads", "Bads"),
        Column::new("bad_rate", "Bad rate"),
        Column::new("expected_bad_rate", "Expected bad rate"),
        Column::new("expected_to_observed", "Expected over observed"),
        Column::new("calibration_intercept", "Calibration intercept"),
        Column::new("calibration_slope", "Calibration slope"),
        Column::new("brier", "Brier score"),
    ];
    table("calibration_by_segment", "Calibration by segment", columns, samples, |figures| match figures {
        Shown::Suppressed(hidden) => vec![
            count(hidden.cases),
            hidden.bads.map_or(Cell::Nothing, count),
            Cell::NotComputed(hidden.suppressed.clone()),
        ],
        Shown::Figures(figures) => vec![
            Cell::Count(figures.cases as f64),
            Cell::Count(figures.bads),
            Cell::ShareInterval(figures.bad_rate),
            Cell::share(figures.expected_bad_rate),
            number(&figures.expected_to_observed, 3),
            coefficient(&figures.calibration_intercept),
            coefficient(&figures.calibration_slope),
            Cell::measured(&figures.brier, |brier| Cell::Interval(*brier, 4)),
        ],
    })
}

fn heterogeneity(samples: &[(&Message, &Named<SegmentTests>)]) -> Table {
    let columns = vec![
        Column::new("sample", "Sample"),
        Column::new("column", "Column"),
        Column::new("segments", "Segments"),
        Column::new("suppressed", "Hidden"),
        Column::new("tested", "Tested"),
        Column::new("mean_auc", "Mean AUC"),
        Column::new("statistic", "Q"),
        Column::new("degrees_of_freedom", "Degrees of freedom"),
        Column::new("p_value", "p value"),
        Column::new("i_squared", "I squared"),
    ];
    let mut rows = Vec::new();
    for (title, columns) in samples {
        for (column, tests) in columns.iter() {
            let mut row = vec![
                Cell::Words((*title).clone()),
                Cell::text(column),
                Cell::Count(tests.segments as f64),
                Cell::Count(tests.suppressed as f64),
            ];
            row.extend(match &tests.auc_heterogeneity {
                Measured::Value(test) => vec![
                    Cell::Count(test.parts as f64),
                    Cell::Number(test.mean_auc, 4),
                    Cell::Number(test.statistic, 3),
                    Cell::Count(test.degrees_of_freedom as f64),
                    Cell::PValue(test.p_value),
                    Cell::Share(test.i_squared),
                ],
                Measured::NotComputed { not_computed } => {
                    let mut cells = vec![Cell::Nothing; 6];
                    cells[2] = Cell::NotComputed(not_computed.clone());
                    cells
                }
            });
            rows.push(row);
        }
    }
    let caption = "Whether the AUC differs between the segments".into();
    Table { name: "auc_heterogeneity".into(), caption, columns, rows, files_only: false }
}

fn against_rest(samples: &[(&Message, &Named<SegmentTests>)]) -> Table {
    let figures = [
        Column::new("difference", "AUC less AUC of the rest"),
        Column::new("auc_of_rest", "AUC of the rest"),
        Column::new("statistic", "t"),
        Column::new("degrees_of_freedom", "Degrees of freedom"),
        Column::new("p_value", "p value"),
        Column::new("p_value_holm", "p value, Holm"),
        Column::new("p_value_benjamini_hochberg", "p value, Benjamini-Hochberg"),
    ];
    let cells = |test: &AgainstRest| {
        vec![
            Cell::Interval(test.difference, 4),
            Cell::Number(test.auc_of_rest, 4),
            Cell::Number(test.statistic, 3),
            Cell::Number(test.degrees_of_freedom, 1),
            Cell::PValue(test.p_value),
            Cell::PValue(test.p_value_holm),
            Cell::PValue(test.p_value_benjamini_hochberg),
        ]
    };
    let columns: Vec<Column> = place_columns().into_iter().chain(figures).collect();
    let mut rows = Vec::new();
    for (title, by_column) in samples {
        for (column, tests) in by_column.iter() {
            for (segment, test) in tests.auc_against_rest.iter() {
                let mut row = vec![Cell::Words((*title).clone()), Cell::text(column), Cell::text(segment)];
                match test {
                    Measured::Value(test) => row.extend(cells(test)),
                    Measured::NotComputed { not_computed } => row.push(Cell::NotComputed(not_computed.clone())),
                }
                row.resize(columns.len(), Cell::Nothing);
                rows.push(row);
            }
        }
    }
    let caption = "Each segment against all other cases".into();
    Table { name: "auc_against_rest".into(), caption, columns, rows, files_only: false }
}

/// Most rows of a picture; beyond that nobody reads it.
const MOST_ROWS: usize = 40;

fn row(colour: RGBColor, auc: Interval) -> Option<ForestRow> {
    Some(ForestRow { colour, estimate: auc.value?, interval: (auc.low?, auc.high?) })
}

/// AUCs with their intervals: the whole sample first, then the shown segments; the caption says which number is which.
fn forest(
    context: &Context<'_>,
    column: &str,
    segments: &Named<Shown<PartFigures>>,
    sample: &SampleEvidence,
) -> Result<Option<(String, Message)>> {
    let shown =
        segments.iter().filter_map(|(name, figures)| Some((name, row(palette::distinct(0), figures.figures()?.auc)?)));
    let shown: Vec<(&str, ForestRow)> = shown.take(MOST_ROWS).collect();
    let whole = row(palette::distinct(6), sample.auc);
    let (Some(whole), false) = (whole, shown.is_empty()) else { return Ok(None) };
    let numbers: Vec<String> =
        shown.iter().enumerate().map(|(place, (name, _))| format!("{} {name}", place + 2)).collect();
    let rows: Vec<ForestRow> = std::iter::once(whole).chain(shown.into_iter().map(|(_, row)| row)).collect();
    let svg = forest_chart(&context.say("AUC by segment with its interval"), &context.say("AUC"), &rows)?;
    let caption = Message::new("{2}: AUC by {0} with its 95% interval. 1 all cases, {1}. The line marks all cases.");
    Ok(Some((svg, caption.with(column).with(numbers.join(", ")))))
}
