//! Where card and data come from, how rows became cases, what the check found, and what the outcome is.

use scorewright_runtime::artifact::OutcomeSource;

use super::Context;
use crate::digest::sha256;
use crate::error::Result;
use crate::report::charts::waterfall_chart;
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::words::Message;

/// Purpose and scope.
pub(super) fn purpose(context: &Context<'_>) -> Result<Option<Section>> {
    let mut facts: Vec<(Message, Cell)> = vec![("Model".into(), Cell::text(&context.evidence.card))];
    if let Some(document) = context.document {
        facts.push(("Moment of the loan".into(), Cell::words(document.card.kind.name())));
        facts.push(("Outcome".into(), Cell::text(&document.outcome.description)));
        let scaling = &document.scaling;
        facts.push((
            "Scale".into(),
            Cell::Words(
                Message::new(
                    "{0} points are odds of {1} goods to 1 bad; {2} points more double the odds; higher is safer",
                )
                .with(scaling.points)
                .with(scaling.odds)
                .with(scaling.pdo),
            ),
        ));
    }
    let samples = context
        .samples()
        .map(|(name, ..)| name)
        .reduce(|all, next| Message::new("{0}, {1}").with_words(all).with_words(next));
    facts.extend(samples.map(|samples| ("Samples".into(), Cell::Words(samples))));
    let blocks = vec![
        Block::Facts(facts),
        Block::Text("This report states what was measured, on which cases and with which uncertainty, and holds it against limits of policy where there are any. Whether the model is fit for its use is for the validator to conclude; the place for that is at the end.".into()),
        Block::Note("Figures describe the cases that were read: they cannot speak for applicants who were never seen, nor for a time after the data end.".into()),
    ];
    Ok(Some(Section { id: "purpose", heading: "Purpose and scope".into(), blocks }))
}

/// Data and lineage.
pub(super) fn lineage(context: &Context<'_>) -> Result<Option<Section>> {
    let evidence = context.evidence;
    let mut blocks = Vec::new();
    if let Some(document) = context.document {
        let lineage = &document.lineage;
        let digest = |sha256: &str| Cell::text(format!("sha256 {sha256}"));
        let mut facts: Vec<(Message, Cell)> = vec![
            ("scorewright".into(), Cell::text(&lineage.tool_version)),
            ("Seed".into(), Cell::text(lineage.seed.to_string())),
        ];
        facts.push(("Scorecard".into(), digest(&sha256(&document.to_json()?))));
        facts.push(("Configuration".into(), digest(&lineage.configuration_sha256)));
        facts.extend(lineage.project_sha256.as_ref().map(|sha256| ("Project".into(), digest(sha256))));
        facts.extend(lineage.edits_sha256.as_ref().map(|sha256| ("Edits of bins".into(), digest(sha256))));
        blocks.push(Block::Facts(facts));
        let files = lineage
            .data
            .iter()
            .map(|file| vec![Cell::text(&file.path), Cell::Count(file.rows as f64), Cell::text(&file.sha256)]);
        blocks.push(Block::Table(Table {
            name: "data_files".to_owned(),
            caption: "Files that the scorecard was developed on".into(),
            columns: vec![
                Column::new("file", "File"),
                Column::new("rows", "Rows"),
                Column::new("sha256", "SHA-256 of its bytes"),
            ],
            rows: files.collect(),
            files_only: false,
        }));
        let samples = document
            .samples
            .iter()
            .map(|(name, digest)| vec![Cell::text(name), Cell::Count(digest.cases as f64), Cell::text(&digest.sha256)]);
        blocks.push(Block::Table(Table {
            name: "development_samples".to_owned(),
            caption: "Samples of the development, by the digest of their ids".into(),
            columns: vec![
                Column::new("sample", "Sample"),
                Column::new("cases", "Cases"),
                Column::new("sha256", "SHA-256 of ids in data order"),
            ],
            rows: samples.collect(),
            files_only: false,
        }));
    } else {
        blocks.push(Block::Text("The score came without a scorecard: its lineage is not known here.".into()));
    }
    blocks.extend(edits(context));
    if !evidence.data_findings.is_empty() {
        blocks.push(Block::Table(data_findings(context)));
        blocks.push(Block::Note("The check on the tables; scorewright check shows examples.".into()));
    }
    Ok(Some(Section { id: "lineage", heading: "Data and lineage".into(), blocks }))
}

fn data_findings(context: &Context<'_>) -> Table {
    let rows = context.evidence.data_findings.iter().map(|finding| {
        vec![
            Cell::text(&finding.table),
            finding.column.as_ref().map_or(Cell::Nothing, Cell::text),
            Cell::text(finding.code.name()),
            Cell::Count(finding.count as f64),
            Cell::english(&finding.unit),
            Cell::Share(finding.share),
            Cell::english(&finding.message),
        ]
    });
    Table {
        name: "data_findings".to_owned(),
        caption: "What the check found in the tables".into(),
        columns: vec![
            Column::new("table", "Table"),
            Column::new("column", "Column"),
            Column::new("code", "Warning"),
            Column::new("count", "Count"),
            Column::new("unit", "Of"),
            Column::new("share", "Share"),
            Column::new("message", "What it means"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

fn edits(context: &Context<'_>) -> Option<Block> {
    let edits = &context.evidence.edits;
    let rows = edits.iter().flat_map(|feature| {
        feature.edits.iter().map(move |edit| {
            vec![
                Cell::text(&feature.feature),
                Cell::text(&edit.edit),
                Cell::text(&edit.because),
                Cell::text(&edit.by),
                Cell::text(edit.on.to_string()),
                Cell::Flag(edit.same_data),
                Cell::number(feature.information_value, 4),
                Cell::Number(feature.reviewed_information_value, 4),
                Cell::number(feature.unedited_information_value, 4),
                match feature.concerns.is_empty() {
                    true => Cell::words("nothing"),
                    false => Cell::text(feature.concerns.join("; ")),
                },
            ]
        })
    });
    (!edits.is_empty()).then(|| {
        Block::Table(Table {
            name: "edits".to_owned(),
            caption: "Edits of bins, carried out again on these data".into(),
            columns: vec![
                Column::new("feature", "Feature"),
                Column::new("edit", "Edit"),
                Column::new("because", "Why"),
                Column::new("by", "Edited by"),
                Column::new("on", "On"),
                Column::new("same_data", "Reviewed on these data"),
                Column::new("information_value", "IV now"),
                Column::new("reviewed_information_value", "IV when reviewed"),
                Column::new("unedited_information_value", "IV without edits"),
                Column::new("concerns", "What speaks against them"),
            ],
            rows: rows.collect(),
            files_only: false,
        })
    })
}

/// Sample and exclusions: from rows to cases.
pub(super) fn cases(context: &Context<'_>) -> Result<Option<Section>> {
    let steps = &context.evidence.waterfall;
    let mut blocks = Vec::new();
    if let Some(svg) = waterfall_chart(steps)? {
        blocks.push(Block::Pictures(vec![Picture {
            name: "waterfall".to_owned(),
            svg,
            caption:
                "What remains after each step (blue) and what the step took away (orange); numbers as in the table."
                    .into(),
        }]));
    }
    let rows = steps.iter().enumerate().map(|(place, step)| {
        vec![
            Cell::Count((place + 1) as f64),
            Cell::english(&step.cause),
            Cell::Count(step.removed as f64),
            Cell::Count(step.remaining as f64),
        ]
    });
    blocks.push(Block::Table(Table {
        name: "waterfall".to_owned(),
        caption: "From rows to cases, and to the samples".into(),
        columns: vec![
            Column::new("step", "No."),
            Column::new("cause", "Step"),
            Column::new("removed", "Left out"),
            Column::new("remaining", "Remaining"),
        ],
        rows: rows.collect(),
        files_only: false,
    }));
    Ok(Some(Section { id: "cases", heading: "Sample and exclusions".into(), blocks }))
}

/// What good and bad mean, and how many there are.
pub(super) fn outcome(context: &Context<'_>) -> Result<Option<Section>> {
    let mut blocks = Vec::new();
    if let Some(document) = context.document {
        let mut facts: Vec<(Message, Cell)> = vec![("Definition".into(), Cell::text(&document.outcome.description))];
        let column = match &document.outcome.source {
            OutcomeSource::Plain { column, .. } => Message::new("good or bad, in the column {0}").with(column),
            OutcomeSource::Ratio { column } => {
                Message::new("a share of goodness from 0 to 1, in the column {0}").with(column)
            }
        };
        facts.push(("As a column".into(), Cell::Words(column)));
        blocks.push(Block::Facts(facts));
    }
    let rows = context.scored.iter().filter_map(|sample| {
        let figures = context.evidence.samples.get(sample.name.name())?;
        let day = |day: Option<chrono::NaiveDate>| day.map_or(Cell::Nothing, |day| Cell::text(day.to_string()));
        Some(vec![
            Cell::Sample(sample.name),
            day(figures.period.map(|period| period.0)),
            day(figures.period.map(|period| period.1)),
            Cell::Count(figures.cases as f64),
            Cell::Count(figures.indeterminate as f64),
            Cell::Count(figures.goods),
            Cell::Count(figures.bads),
            Cell::share(figures.bad_rate),
        ])
    });
    blocks.push(Block::Table(Table {
        name: "outcome".to_owned(),
        caption: "Goods and bads by sample".into(),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("first_day", "First day of observation"),
            Column::new("last_day", "Last day of observation"),
            Column::new("cases", "Cases"),
            Column::new("indeterminate", "Indeterminate"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("bad_rate", "Bad rate"),
        ],
        rows: rows.collect(),
        files_only: false,
    }));
    blocks.push(Block::Note(
        "Bad rate = bads / (goods + bads), both as weights; indeterminate cases count for stability only.".into(),
    ));
    Ok(Some(Section { id: "outcome", heading: "Outcome".into(), blocks }))
}
