//! Coefficients fitted anew beside the card's.

use super::super::{Context, sample_columns};
use super::{Asked, sample_start};
use crate::error::Result;
use crate::evidence::{Reestimate, Refit};
use crate::report::charts::{self, Mark, RankedRow, ranked_chart};
use crate::report::document::{Block, Cell, Column, Picture, Table};
use crate::validation::Measured;
use crate::words::Message;

const NOTE: &str = "Maximum likelihood of the card's features by their weights of evidence on the good and bad cases of the sample, without penalty. z = (new - card's) / standard error of the new one, two-sided by the normal distribution, the card's coefficient taken as a fixed number; adjusted over the features by Holm (1979). Joint: Wald's (b - b0)' V^-1 (b - b0), chi-square (Hosmer, Lemeshow and Sturdivant 2013). Another level of defaults moves the intercept alone: read the test without it first. With many cases small differences are significant: judge their size by the interval.";

/// The fits of every sample and segment.
fn fits<'a>(asked: &'a [Asked<'a>]) -> impl Iterator<Item = (&'a Asked<'a>, Option<&'a str>, Measured<&'a Refit>)> {
    asked.iter().flat_map(|one| {
        let parts = match &one.model.reestimated {
            Some(Measured::Value(models)) => models.parts(),
            Some(Measured::NotComputed { not_computed }) => vec![(None, Measured::none(not_computed.clone()))],
            None => Vec::new(),
        };
        parts.into_iter().map(move |(segment, fit)| (one, segment, fit))
    })
}

fn segment_cell(segment: Option<&str>) -> Cell {
    segment.map_or(Cell::Nothing, Cell::text)
}

pub(super) fn blocks(context: &Context<'_>, asked: &[Asked<'_>]) -> Result<Vec<Block>> {
    Ok(vec![
        Block::Heading(Message::new("Coefficients estimated anew")),
        Block::Table(joint(asked)),
        Block::Pictures(pictures(context, asked)?),
        Block::Table(coefficients(asked)),
        Block::Note(Message::new(NOTE)),
    ])
}

fn joint(asked: &[Asked<'_>]) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("segment", "Segment"),
        Column::new("rarer_class_per_feature", "Rarer class a feature"),
        Column::new("joint", "W, all coefficients"),
        Column::new("joint_p_value", "p value"),
        Column::new("joint_without_intercept", "W, without the intercept"),
        Column::new("joint_without_intercept_p_value", "p value"),
        Column::new("changed", "Differ from the card (Holm, 5%)"),
        Column::new("sign_changes", "Other sign"),
        Column::new("not_significant", "Not different from 0 (5%)"),
    ]);
    let row = |(one, segment, fit): (&Asked<'_>, Option<&str>, Measured<&Refit>)| match fit {
        Measured::NotComputed { not_computed } => {
            let mut row = sample_start(one, one.figures.cases as f64, one.figures.bads);
            row.push(segment_cell(segment));
            row.push(Cell::NotComputed(not_computed));
            row.extend(vec![Cell::Nothing; 7]);
            row
        }
        Measured::Value(fit) => {
            let mut row = sample_start(one, fit.cases as f64, fit.bads);
            row.push(segment_cell(segment));
            row.push(Cell::Number(fit.rarer_class_per_feature, 1));
            for test in [&fit.joint, &fit.joint_without_intercept] {
                row.push(Cell::measured(test, |test| Cell::Number(test.statistic, 2)));
                row.push(Cell::p_value(test.value().map(|test| test.p_value)));
            }
            row.extend([fit.changed, fit.sign_changes, fit.not_significant].map(|count| Cell::Count(count as f64)));
            row
        }
    };
    Table {
        name: "reestimated_joint".to_owned(),
        caption: Message::new("Do the card's coefficients hold? Wald tests of all of them together"),
        columns,
        rows: fits(asked).map(row).collect(),
        files_only: false,
    }
}

fn coefficients(asked: &[Asked<'_>]) -> Table {
    let columns = vec![
        Column::new("sample", "Sample"),
        Column::new("segment", "Segment"),
        Column::new("feature", "Feature"),
        Column::new("card", "Card"),
        Column::new("estimate", "New, 95% interval"),
        Column::new("std_error", "Standard error"),
        Column::new("p_value", "p against 0"),
        Column::new("z_against_card", "z against the card"),
        Column::new("p_value_against_card", "p against the card"),
        Column::new("p_value_against_card_holm", "p by Holm"),
        Column::new("sign_change", "Sign"),
    ];
    let cells = |one: &Reestimate| {
        let interval = crate::validation::Interval { value: Some(one.value), low: one.low, high: one.high };
        let name = if one.name == "intercept" { Cell::words("intercept") } else { Cell::text(&one.name) };
        vec![
            name,
            Cell::Number(one.card, 4),
            Cell::Interval(interval, 4),
            Cell::number(one.std_error, 4),
            Cell::p_value(one.p_value),
            Cell::number(one.z_against_card, 2),
            Cell::p_value(one.p_value_against_card),
            Cell::p_value(one.p_value_against_card_holm),
            Cell::words(if one.sign_change { "changed" } else { "as the card's" }),
        ]
    };
    let rows = fits(asked).filter_map(|(one, segment, fit)| Some((one, segment, *fit.value()?)));
    let rows = rows.flat_map(|(one, segment, fit)| {
        let start = [Cell::Words(one.title.clone()), segment_cell(segment)];
        fit.coefficients.iter().map(move |coefficient| start.iter().cloned().chain(cells(coefficient)).collect())
    });
    Table {
        name: "reestimated_coefficients".to_owned(),
        caption: Message::new("The card's coefficients and those estimated on these cases"),
        columns,
        rows: rows.collect(),
        files_only: false,
    }
}

fn pictures(context: &Context<'_>, asked: &[Asked<'_>]) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for (number, (one, segment, fit)) in fits(asked).enumerate() {
        let Some(fit) = fit.value() else { continue };
        let rows: Vec<RankedRow> = fit
            .coefficients
            .iter()
            .skip(1)
            .map(|coefficient| RankedRow {
                name: coefficient.name.clone(),
                marks: vec![
                    Mark { colour: charts::palette::distinct(0), value: Some(coefficient.card), interval: None },
                    Mark {
                        colour: charts::palette::distinct(1),
                        value: Some(coefficient.value),
                        interval: coefficient.low.zip(coefficient.high),
                    },
                ],
            })
            .collect();
        let title = context.say("Coefficients: the card's and those estimated anew");
        let svg = ranked_chart(&title, &context.say("coefficient of the weight of evidence"), &rows, false, Some(0.0))?;
        let caption = Message::new(
            "{0}: the card's coefficients (blue) and those estimated on these cases (orange) with 95% intervals. An interval that leaves the blue dot out speaks of a change; one that reaches 0 of a feature that may do nothing here.",
        );
        let title_words = match segment {
            Some(segment) => Message::new("{0}, segment {1}").with_words(one.title.clone()).with(segment),
            None => one.title.clone(),
        };
        pictures.extend(svg.map(|svg| Picture {
            name: format!("reestimated_{}_{}", one.name, number + 1),
            svg,
            caption: caption.with_words(title_words),
        }));
    }
    Ok(pictures)
}
