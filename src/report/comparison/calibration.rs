//! Whether the PDs of each are right.

use super::super::charts::calibration_of;
use super::super::charts::palette::distinct;
use super::super::document::{Block, Cell, Column, Picture, Section, Table};
use super::Context;
use super::parts::{interval, measure_columns};
use crate::compare::SideEvidence;
use crate::error::Result;
use crate::validation::Measured;
use crate::words::Message;

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let comparison = &context.compared.comparison;
    let Some(scores) = &comparison.scores else { return Ok(None) };
    let sides = [&scores.first, &scores.second];
    if sides.iter().all(|side| side.expected_bad_rate.value().is_none()) {
        return Ok(None);
    }
    let row = |name: &'static str, get: fn(&SideEvidence) -> &Measured<f64>, share: bool, difference: [Cell; 2]| {
        let cell = |side: &SideEvidence| {
            Cell::measured(get(side), |value| if share { Cell::Share(*value) } else { Cell::Number(*value, 4) })
        };
        let [difference, p_value] = difference;
        vec![Cell::words(name), cell(sides[0]), cell(sides[1]), difference, p_value]
    };
    let none = || [Cell::Nothing, Cell::Nothing];
    let brier = Cell::measured(&scores.brier_difference, |difference| Cell::Interval(*difference, 5));
    let log_loss = Cell::measured(&scores.log_loss_difference, |difference| Cell::Interval(interval(difference), 5));
    let log_loss_p = Cell::p_value(scores.log_loss_difference.value().and_then(|difference| difference.p_value));
    let rows = vec![
        row("Brier score", |side| &side.brier, false, [brier, Cell::Nothing]),
        row("Log loss", |side| &side.log_loss, false, [log_loss, log_loss_p]),
        row("Expected bad rate", |side| &side.expected_bad_rate, true, none()),
        row("Expected over observed bad rate", |side| &side.expected_to_observed, false, none()),
        row("Calibration intercept", |side| &side.calibration_intercept, false, none()),
        row("Calibration slope", |side| &side.calibration_slope, false, none()),
    ];
    let mut blocks = vec![
        Block::Table(Table {
            name: "probabilities".to_owned(),
            caption: Message::new("PDs on {0} good and bad cases, of them {1} bad")
                .with(comparison.cases - comparison.indeterminate)
                .with(comparison.bads),
            columns: measure_columns(),
            rows,
            files_only: false,
        }),
        Block::Table(bands(sides)),
    ];
    let series =
        [("A", distinct(0), sides[0].calibration.as_slice()), ("B", distinct(1), sides[1].calibration.as_slice())];
    let description = context.say("calibration of A and B by decile of their scores");
    let (across, up) = (context.say("expected bad rate"), context.say("observed bad rate"));
    if let Some(svg) = calibration_of(&description, (&across, &up), &series)? {
        blocks.push(Block::Pictures(vec![Picture {
            name: "calibration".to_owned(),
            svg,
            caption: "Expected (across) and observed bad rate with its 95% interval (up), by decile of each score; on the line they agree".into(),
        }]));
    }
    blocks.push(Block::Note("Lower is better for Brier score and log loss, so a difference below 0 speaks for A. Intervals of their differences: normal, of the paired differences by case or group. Calibration line (Cox 1958): intercept 0 and slope 1 are right; a slope below 1 says that the PDs are too extreme. Observed bad rates by band: Jeffreys intervals.".into()));
    Ok(Some(Section { id: "calibration", heading: "Calibration".into(), blocks }))
}

fn bands(sides: [&SideEvidence; 2]) -> Table {
    let rows = sides.into_iter().zip(["A", "B"]).flat_map(|(side, letter)| {
        side.calibration.iter().enumerate().map(move |(place, band)| {
            vec![
                Cell::text(letter),
                Cell::Count(place as f64 + 1.0),
                Cell::number(band.lower, 3),
                Cell::Count(band.goods + band.bads),
                Cell::Count(band.bads),
                Cell::share(band.expected),
                Cell::ShareInterval(crate::validation::Interval {
                    value: band.observed,
                    low: band.low,
                    high: band.high,
                }),
            ]
        })
    });
    Table {
        name: "calibration_bands".to_owned(),
        caption: "Calibration by decile of each score, riskiest first".into(),
        columns: vec![
            Column::new("score", "Score"),
            Column::new("band", "Band"),
            Column::new("lower", "From"),
            Column::new("cases", "Cases"),
            Column::new("bads", "Bads"),
            Column::new("expected", "Expected bad rate"),
            Column::new("observed", "Observed bad rate"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}
