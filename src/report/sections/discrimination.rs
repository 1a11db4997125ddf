//! Discrimination: how well the score tells goods from bads, now and against the time of development.

use super::{Context, sample_cells, sample_columns};
use crate::error::Result;
use crate::evidence::{DiscriminationEvidence, InitialFrom, On, SampleEvidence};
use crate::report::document::{Block, Cell, Column, Section, Table};
use crate::validation::cut_offs::{CutOff, CutOffAt};
use crate::validation::{Interval, Measured};
use crate::words::Message;

/// The section; `None` without samples.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let samples: Vec<(Message, &str, &SampleEvidence)> = context.samples().collect();
    if samples.is_empty() {
        return Ok(None);
    }
    let mut blocks = vec![
        Block::Text(
            "Every figure says how well the score tells goods from bads; the interval at 95% says how sure that is. A score that ranks by chance has an AUC of 0.5 and a Gini, KS and H near 0."
                .into(),
        ),
        Block::Table(ranks(&samples)),
        Block::Note("AUC: share of the pairs of a good and a bad in which the good scores higher, ties by half; Gini = 2 AUC - 1 = Somers' D of score given outcome. Interval and standard error: DeLong, DeLong and Clarke-Pearson (1988); by group, Obuchowski (1997). Beside it the standard error of Hanley and McNeil (1982), which needs the AUC alone. At an AUC of 0 or 1 both are 0 and say nothing.".into()),
        Block::Note("Accuracy ratio: area between the cumulative accuracy profile and the diagonal over that of a perfect ranking (Engelmann, Hayden and Tasche 2003); equals Gini where every case is good or bad. KS: greatest distance of the distributions of goods and bads over the score; p value of no distance at all by Kolmogorov's limit.".into()),
        Block::Table(costs(&samples)),
        Block::Note("H: 1 less the expected least loss of a cut-off over that of no score, costs by Beta(1 + share of bads, 1 + share of goods) (Hand and Anagnostopoulos 2014) and by Beta(2, 2) (Hand 2009). Expected maximum profit: of rejecting below the best cut-off, in shares of the amount lent, with p0 = 0.55, p1 = 0.1 and a return of 0.2644 (Verbraken, Bravo, Weber and Baesens 2014); the share rejected is the one expected at that cut-off.".into()),
        Block::Note("Divergence: (mean of goods - mean of bads)^2 over the mean of the two variances, ddof 1. Information value: sum over score bands of (share of goods - share of bads) ln(share of goods / share of bads). Lift: bad rate of the riskiest tenth of the cases over that of all; equal scores in proportion. Intervals of these and of KS: percentile bootstrap by class, or by group; where cases are few, measures that rise with noise lie higher in resamples.".into()),
    ];
    blocks.extend(earlier(&samples));
    blocks.extend(ratios(&samples));
    for (title, name, sample) in &samples {
        if !sample.discrimination.cut_offs.is_empty() {
            blocks.push(Block::Table(cut_offs(title, name, &sample.discrimination)));
        }
    }
    if samples.iter().any(|(.., sample)| !sample.discrimination.cut_offs.is_empty()) {
        blocks.push(Block::Note("A case is approved at or above the cut-off. Precision: share of bads among the rejected, which is the bad rate below; recall: share of the bads that are rejected; specificity: share of the goods that are approved; F1: harmonic mean of precision and recall. Approval rates count all cases, the other figures goods and bads.".into()));
    }
    let deciles: Vec<Block> = samples
        .iter()
        .filter(|(.., sample)| !sample.discrimination.gains_by_decile.is_empty())
        .map(|(title, name, sample)| Block::Table(deciles(title, name, &sample.discrimination)))
        .collect();
    if !deciles.is_empty() {
        blocks.push(Block::Details("Gains by tenth of the cases".into(), deciles));
    }
    Ok(Some(Section { id: "discrimination", heading: "Discrimination".into(), blocks }))
}

type Sample<'a> = (Message, &'a str, &'a SampleEvidence);

/// A table with a row a sample.
fn by_sample(
    name: &str,
    caption: &'static str,
    columns: Vec<Column>,
    samples: &[Sample<'_>],
    cells: impl Fn(&SampleEvidence) -> Vec<Cell>,
) -> Table {
    let row = |(title, _, sample): &Sample<'_>| [sample_cells(title, sample), cells(sample)].concat();
    Table {
        name: name.to_owned(),
        caption: caption.into(),
        columns: [sample_columns(), columns].concat(),
        rows: samples.iter().map(row).collect(),
        files_only: false,
    }
}

/// A figure with its interval, or why there is none.
fn interval(sample: &SampleEvidence, interval: Interval) -> Cell {
    match interval.value {
        Some(_) => Cell::Interval(interval, 4),
        None if sample.bads > 0.0 => Cell::NotComputed("there are no goods".into()),
        None => Cell::NotComputed("there are no bads".into()),
    }
}

fn measured<T>(measured: &Measured<T>, interval: impl Fn(&T) -> Interval) -> Cell {
    Cell::measured(measured, |value| Cell::Interval(interval(value), 4))
}

fn ranks(samples: &[Sample<'_>]) -> Table {
    let columns = vec![
        Column::new("auc", "AUC"),
        Column::new("auc_standard_error", "Standard error"),
        Column::new("hanley_mcneil_std_error", "Standard error (Hanley and McNeil)"),
        Column::new("gini", "Gini"),
        Column::new("accuracy_ratio", "Accuracy ratio"),
        Column::new("ks", "KS"),
        Column::new("ks_score", "KS at score"),
        Column::new("ks_p_value", "p value of KS"),
    ];
    by_sample("discrimination", "Discrimination by sample", columns, samples, |sample| {
        let figures = &sample.discrimination;
        vec![
            interval(sample, sample.auc),
            Cell::measured(&figures.auc_standard_error, |error| Cell::Number(error.value, 4)),
            Cell::measured(&figures.hanley_mcneil, |error| Cell::Number(error.std_error, 4)),
            interval(sample, sample.gini),
            measured(&figures.accuracy_ratio, |ratio| ratio.interval),
            interval(sample, sample.ks.interval),
            Cell::number(sample.ks.score.filter(|score| score.is_finite()), 4),
            Cell::p_value(sample.ks.p_value),
        ]
    })
}

fn costs(samples: &[Sample<'_>]) -> Table {
    let columns = vec![
        Column::new("h_measure", "H"),
        Column::new("h_measure_beta_2_2", "H, costs by Beta(2, 2)"),
        Column::new("expected_maximum_profit", "Expected maximum profit"),
        Column::new("optimal_fraction", "Share rejected there"),
        Column::new("divergence", "Divergence"),
        Column::new("information_value", "Information value"),
        Column::new("lift_top_decile", "Lift of the riskiest tenth"),
    ];
    by_sample("discrimination_costs", "Costs, divergence and lift by sample", columns, samples, |sample| {
        let figures = &sample.discrimination;
        vec![
            measured(&figures.h_measure, |h| h.interval),
            measured(&figures.h_measure_beta_2_2, |h| h.interval),
            measured(&figures.expected_maximum_profit, |profit| profit.interval),
            Cell::measured(&figures.expected_maximum_profit, |profit| Cell::Share(profit.optimal_fraction)),
            measured(&figures.divergence, |divergence| divergence.interval),
            measured(&figures.information_value, |value| value.interval),
            measured(&figures.lift_top_decile, |lift| lift.interval),
        ]
    })
}

/// Tests against the time of development, where there is anything to compare with.
fn earlier(samples: &[Sample<'_>]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let with_reference: Vec<Sample<'_>> =
        samples.iter().filter(|(.., sample)| sample.discrimination.auc_against_reference.is_some()).cloned().collect();
    if !with_reference.is_empty() {
        let columns = vec![
            Column::new("reference_auc", "AUC of the reference"),
            Column::new("difference", "AUC less that of the reference"),
            Column::new("t", "t"),
            Column::new("degrees_of_freedom", "Degrees of freedom"),
            Column::new("p_value", "p value"),
        ];
        let caption = "AUC against the reference's cases";
        let table = by_sample("auc_against_reference", caption, columns, &with_reference, |sample| {
            match &sample.discrimination.auc_against_reference {
                Some(Measured::Value(test)) => vec![
                    Cell::Number(test.reference, 4),
                    Cell::Interval(test.interval, 4),
                    Cell::Number(test.statistic, 3),
                    Cell::Number(test.degrees_of_freedom, 1),
                    Cell::PValue(test.p_value),
                ],
                Some(Measured::NotComputed { not_computed }) => not_computed_row(not_computed, 5),
                None => vec![Cell::Nothing; 5],
            }
        });
        blocks.push(Block::Table(table));
        blocks.push(Block::Note("Two samples of different cases: DeLong's variances added, Student's t with Welch's degrees of freedom, two-sided, as pROC does.".into()));
    }
    let with_initial: Vec<Sample<'_>> = samples
        .iter()
        .filter(|(.., sample)| {
            let figures = &sample.discrimination;
            // Without anything to compare with there is nothing to say, unless a reference was given in vain.
            figures.auc_against_initial.value().is_some() || figures.auc_against_reference.is_some()
        })
        .cloned()
        .collect();
    if !with_initial.is_empty() {
        let columns = vec![
            Column::new("on", "Taken on"),
            Column::new("initial_from", "Initial AUC from"),
            Column::new("initial", "Initial AUC"),
            Column::new("current", "Current AUC"),
            Column::new("std_error", "Standard error"),
            Column::new("statistic", "S"),
            Column::new("p_value", "p value"),
        ];
        let caption = "Current against initial AUC";
        let table = by_sample("auc_against_initial", caption, columns, &with_initial, |sample| {
            match &sample.discrimination.auc_against_initial {
                Measured::Value(test) => vec![
                    Cell::words(match (test.on, test.grade_order_stated) {
                        (On::Grade, Some(true)) => "grades",
                        (On::Grade, _) => "grades in the order of their names",
                        (On::Score, _) => "score",
                    }),
                    Cell::words(from(test.initial_from)),
                    Cell::Number(test.test.initial, 4),
                    Cell::Number(test.test.current, 4),
                    Cell::Number(test.test.std_error, 4),
                    Cell::Number(test.test.statistic, 3),
                    Cell::PValue(test.test.p_value),
                ],
                Measured::NotComputed { not_computed } => not_computed_row(not_computed, 7),
            }
        });
        blocks.push(Block::Table(table));
        blocks.push(Block::Note("S = (initial AUC - current AUC) / standard error of the current AUC, p = 1 - Phi(S), one-sided: a small p value says that discrimination has fallen. Of several periods the relative ranks within each are pooled. Source: ECB, Instructions for reporting the validation results of internal models (2019), 2.5.4.1 and Annex 1.".into()));
    }
    blocks
}

fn from(initial: InitialFrom) -> &'static str {
    match initial {
        InitialFrom::Stated => "as stated",
        InitialFrom::Reference => "the reference's cases",
    }
}

/// Cells of a test that there is none of: why, once.
fn not_computed_row(reason: &Message, columns: usize) -> Vec<Cell> {
    let mut cells = vec![Cell::Nothing; columns];
    cells[0] = Cell::NotComputed(reason.clone());
    cells
}

/// The generalised AUC, where outcomes are ratios.
fn ratios(samples: &[Sample<'_>]) -> Vec<Block> {
    let of_ratios: Vec<Sample<'_>> =
        samples.iter().filter(|(.., sample)| sample.discrimination.gauc.is_some()).cloned().collect();
    if of_ratios.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        Column::new("gauc", "Generalised AUC"),
        Column::new("std_error", "Standard error"),
        Column::new("initial", "Initial generalised AUC"),
        Column::new("statistic", "S"),
        Column::new("p_value", "p value"),
    ];
    let table = by_sample("gauc", "Generalised AUC of ratio outcomes", columns, &of_ratios, |sample| {
        let figures = &sample.discrimination;
        let mut cells = match &figures.gauc {
            Some(Measured::Value(gauc)) => vec![Cell::Interval(gauc.interval, 4), Cell::Number(gauc.std_error, 4)],
            Some(Measured::NotComputed { not_computed }) => not_computed_row(not_computed, 2),
            None => vec![Cell::Nothing; 2],
        };
        cells.extend(match &figures.gauc_against_initial {
            Some(Measured::Value(test)) => vec![
                Cell::Number(test.test.initial, 4),
                Cell::Number(test.test.statistic, 3),
                Cell::PValue(test.test.p_value),
            ],
            Some(Measured::NotComputed { not_computed }) => not_computed_row(not_computed, 3),
            None => vec![Cell::Nothing; 3],
        });
        cells
    });
    let note = "Generalised AUC = (Somers' D of the realised ratio given the estimated one + 1) / 2, both in the twelve classes 0-5%, 5-10%, 10-20%, ..., 90-100% and 100% or more; score bands stand for estimates where there are none. Source: ECB, Instructions for reporting the validation results of internal models (2019), 2.6.3.1.";
    vec![Block::Table(table), Block::Note(note.into())]
}

fn cut_off_columns() -> Vec<Column> {
    vec![
        Column::new("at", "Cut-off"),
        Column::new("score", "Score"),
        Column::new("approval_rate", "Approval rate"),
        Column::new("bad_rate_above", "Bad rate above"),
        Column::new("bad_rate_below", "Bad rate below"),
        Column::new("precision", "Precision"),
        Column::new("recall", "Recall"),
        Column::new("specificity", "Specificity"),
        Column::new("f1", "F1"),
        Column::new("true_positives", "Bads rejected"),
        Column::new("false_positives", "Goods rejected"),
        Column::new("true_negatives", "Goods approved"),
        Column::new("false_negatives", "Bads approved"),
    ]
}

fn cut_off_cells(cut_off: &CutOff) -> Vec<Cell> {
    vec![
        Cell::words(match cut_off.at {
            CutOffAt::ScoreBand => "edge of a score band",
            CutOffAt::Stated => "as stated",
            CutOffAt::ApprovalRate => "at the stated approval rate",
            CutOffAt::Ks => "where KS is reached",
        }),
        Cell::number(Some(cut_off.score).filter(|score| score.is_finite()), 4),
        Cell::share(cut_off.approval_rate),
        Cell::share(cut_off.bad_rate_above),
        Cell::share(cut_off.bad_rate_below),
        Cell::share(cut_off.precision),
        Cell::share(cut_off.recall),
        Cell::share(cut_off.specificity),
        Cell::number(cut_off.f1, 4),
        Cell::Count(cut_off.true_positives),
        Cell::Count(cut_off.false_positives),
        Cell::Count(cut_off.true_negatives),
        Cell::Count(cut_off.false_negatives),
    ]
}

fn cut_offs(title: &Message, name: &str, figures: &DiscriminationEvidence) -> Table {
    let at_ks = figures.confusion_at_ks.value();
    Table {
        name: format!("cut_offs_{name}"),
        caption: Message::new("Cut-offs: {0}").with_words(title.clone()),
        columns: cut_off_columns(),
        rows: figures.cut_offs.iter().chain(at_ks).map(cut_off_cells).collect(),
        files_only: false,
    }
}

fn deciles(title: &Message, name: &str, figures: &DiscriminationEvidence) -> Table {
    Table {
        name: format!("gains_by_decile_{name}"),
        caption: Message::new("Gains by tenth of the cases, riskiest first: {0}").with_words(title.clone()),
        columns: vec![
            Column::new("decile", "Tenth"),
            Column::new("bad_rate", "Bad rate"),
            Column::new("cumulative_bads", "Cumulative share of bads"),
            Column::new("cumulative_goods", "Cumulative share of goods"),
            Column::new("cumulative_lift", "Cumulative lift"),
        ],
        rows: figures
            .gains_by_decile
            .iter()
            .map(|row| {
                vec![
                    Cell::Count(f64::from(row.decile)),
                    Cell::Share(row.bad_rate),
                    Cell::Share(row.cumulative_bads),
                    Cell::Share(row.cumulative_goods),
                    Cell::Number(row.cumulative_lift, 3),
                ]
            })
            .collect(),
        files_only: false,
    }
}
