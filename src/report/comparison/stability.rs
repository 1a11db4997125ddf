//! How stable each score is.

use super::super::charts::{LimitLine, PeriodSeries, psi_over_time_chart};
use super::super::document::{Block, Cell, Column, Picture, Section, Table};
use super::Context;
use crate::compare::SideEvidence;
use crate::error::Result;

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let Some(scores) = &context.compared.comparison.scores else { return Ok(None) };
    let sides = [&scores.first, &scores.second];
    let with_cards = sides.iter().any(|side| side.score_psi.is_some());
    if !with_cards && sides[0].periods.len() < 2 {
        return Ok(None);
    }
    let mut blocks = Vec::new();
    if with_cards {
        blocks.push(Block::Facts(vec![
            ("PSI of A against its development".into(), Cell::number(sides[0].score_psi, 4)),
            ("PSI of B against its development".into(), Cell::number(sides[1].score_psi, 4)),
        ]));
    }
    if sides[0].periods.len() > 1 {
        let rows = sides[0].periods.iter().zip(&sides[1].periods).map(|(first, second)| {
            vec![
                Cell::text(&first.period),
                Cell::Count(first.cases as f64),
                Cell::number(first.auc, 4),
                Cell::number(second.auc, 4),
                Cell::number(first.score_psi, 4),
                Cell::number(second.score_psi, 4),
            ]
        });
        blocks.push(Block::Table(Table {
            name: "periods".to_owned(),
            caption: "AUC and PSI by period".into(),
            columns: vec![
                Column::new("period", "Period"),
                Column::new("cases", "Cases"),
                Column::new("auc_first", "A").under("AUC"),
                Column::new("auc_second", "B").under("AUC"),
                Column::new("psi_first", "A").under("PSI"),
                Column::new("psi_second", "B").under("PSI"),
            ],
            rows: rows.collect(),
            files_only: false,
        }));
        blocks.extend(picture(context, sides)?);
    }
    blocks.push(Block::Note("PSI over ten bands of the score: against development of the scorecard, or, without one, against the first period. By convention below 0.10 is stable and 0.25 or more has shifted; both depend on the number of cases.".into()));
    Ok(Some(Section { id: "stability", heading: "Stability".into(), blocks }))
}

fn picture(context: &Context<'_>, sides: [&SideEvidence; 2]) -> Result<Option<Block>> {
    let periods: Vec<String> = sides[0].periods.iter().map(|period| period.period.clone()).collect();
    let series: Vec<PeriodSeries> = sides
        .iter()
        .zip(["A", "B"])
        .map(|(side, letter)| PeriodSeries {
            name: format!("{letter}: {}", side.name),
            values: side.periods.iter().map(|period| period.score_psi).collect(),
        })
        .collect();
    let limits = [("convention 0.10", 0.10), ("convention 0.25", 0.25)]
        .map(|(words, limit)| LimitLine { name: context.say(words), values: vec![limit] });
    let (along, up) = (context.say("period"), context.say("PSI"));
    let description = context.say("PSI of A and B by period");
    let svg = psi_over_time_chart(&description, (&along, &up), &periods, &series, &limits)?;
    Ok(svg.map(|svg| {
        let caption = "PSI of each score by period".into();
        Block::Pictures(vec![Picture { name: "psi_over_time".to_owned(), svg, caption }])
    }))
}
