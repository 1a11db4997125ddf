//! What two scorecards take from their cases, and the reasons they give.

use super::super::document::{Block, Cell, Column, Section, Table};
use super::Context;
use crate::words::Message;

/// More pairs of reasons than this stand in the files only.
const MOST_PAIRS: usize = 20;

pub(super) fn section(context: &Context<'_>) -> Option<Section> {
    let comparison = &context.compared.comparison;
    let features = comparison.features.as_ref()?;
    let list = |names: &[String]| if names.is_empty() { Cell::Nothing } else { Cell::text(names.join(", ")) };
    let mut blocks = vec![
        Block::Heading("Features".into()),
        Block::Facts(vec![
            ("In both".into(), list(&features.common)),
            ("In A alone".into(), list(&features.only_first)),
            ("In B alone".into(), list(&features.only_second)),
        ]),
    ];
    if let Some(reasons) = &comparison.reasons {
        blocks.push(Block::Heading("Reasons that change".into()));
        blocks.push(Block::Facts(vec![
            ("Cases that both decline".into(), Cell::Count(reasons.declined_cases as f64)),
            ("with another first reason".into(), Cell::share(reasons.first_reason_differs)),
            ("with another set of up to four reasons".into(), Cell::share(reasons.reasons_differ)),
        ]));
        let rows = |from: usize, count: usize| {
            let name = |feature: &Option<String>| feature.as_ref().map_or(Cell::words("none"), Cell::text);
            let pairs = reasons.pairs.iter().skip(from).take(count);
            pairs
                .map(|pair| {
                    let share = pair.cases as f64 / reasons.declined_cases as f64;
                    vec![name(&pair.first), name(&pair.second), Cell::Count(pair.cases as f64), Cell::Share(share)]
                })
                .collect()
        };
        let table = |name: &str, caption: Message, rows, files_only| {
            Block::Table(Table {
                name: name.to_owned(),
                caption,
                columns: vec![
                    Column::new("reason_first", "First reason by A"),
                    Column::new("reason_second", "First reason by B"),
                    Column::new("cases", "Cases"),
                    Column::new("share", "Share"),
                ],
                rows,
                files_only,
            })
        };
        let caption = Message::new("First reasons of the cases that both decline, the most frequent {0} of {1} pairs")
            .with(reasons.pairs.len().min(MOST_PAIRS))
            .with(reasons.pairs.len());
        blocks.push(table("reasons", caption, rows(0, MOST_PAIRS), false));
        if reasons.pairs.len() > MOST_PAIRS {
            let caption = "First reasons of the cases that both decline, all pairs".into();
            blocks.push(table("reasons_all", caption, rows(0, reasons.pairs.len()), true));
        }
        blocks.push(Block::Note(
            "A reason is told by its feature. Cases are those that both decline by the decision of the verdict, whole."
                .into(),
        ));
    }
    Some(Section { id: "cards", heading: "Features and reasons".into(), blocks })
}
