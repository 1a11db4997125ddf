//! The inputs against those of development, and the artifact.

use super::super::Context;
use super::Asked;
use crate::evidence::{InputColumn, InputSchema, type_words};
use crate::report::document::{Block, Cell, Column, Table};
use crate::words::Message;

const NOTE: &str = "Shares of cases, unweighted; those of development come from the card's bins and are not known for columns that feed pairs alone. Range: of ordinary numbers, neither missing nor special nor infinite; a card that was trained before ranges were stored has none. A warning: missing or special values differ from development by more than 5 percentage points, more than 1% of the cases lie outside of development's range, a category that development never saw, a constant column, another type.";

pub(super) fn blocks(context: &Context<'_>, asked: &[Asked<'_>]) -> Vec<Block> {
    let found: Vec<(&Asked<'_>, &InputSchema)> =
        asked.iter().filter_map(|one| Some((one, one.model.input_schema.as_ref()?.value()?))).collect();
    let mut blocks = vec![Block::Heading(Message::new("Inputs against development"))];
    let warnings: Vec<Message> = found
        .iter()
        .flat_map(|(one, schema)| {
            let of_sample = |warning: &Message| {
                Message::new("{0} sample: {1}").with_words(one.title.clone()).with_words(warning.clone())
            };
            schema.warnings.iter().map(of_sample).collect::<Vec<_>>()
        })
        .collect();
    match warnings.is_empty() {
        true => blocks.push(Block::Text(Message::new("No input differs from development beyond the limits below."))),
        false => blocks.push(Block::Warnings(warnings)),
    }
    blocks.push(Block::Table(columns(&found)));
    for (_, schema) in &found {
        if let Some(extra) = schema.extra_columns.as_ref().filter(|extra| !extra.is_empty()) {
            blocks.push(Block::Text(
                Message::new("Columns of the file that the card does not know, and that nothing uses: {0}.")
                    .with(crate::suggest::list(extra.iter().map(String::as_str))),
            ));
        }
    }
    blocks.push(Block::Note(Message::new(NOTE)));
    if let Some(artifact) = &context.evidence.artifact {
        let expected = match (&artifact.expected_sha256, artifact.matches) {
            (Some(_), Some(true)) => Cell::words("as expected"),
            (Some(_), _) => Cell::words("not as expected"),
            (None, _) => Cell::words("nothing was said"),
        };
        blocks.push(Block::Heading(Message::new("The artifact")));
        blocks.push(Block::Facts(vec![
            (Message::new("SHA-256 of the scorecard"), Cell::text(&artifact.sha256)),
            (Message::new("Expected by --expect-sha256"), expected),
            (
                Message::new("Verification rows replayed when it was loaded"),
                Cell::Count(artifact.verification_rows as f64),
            ),
        ]));
    }
    blocks
}

fn columns(found: &[(&Asked<'_>, &InputSchema)]) -> Table {
    let (missing, special, range) =
        (Message::new("Missing"), Message::new("Special"), Message::new("Outside of development's range"));
    let columns = vec![
        Column::new("sample", "Sample"),
        Column::new("column", "Column"),
        Column::new("type", "Type"),
        Column::new("cases", "Cases"),
        Column::new("missing_share", "here").under(missing.clone()),
        Column::new("development_missing_share", "development").under(missing),
        Column::new("special_share", "here").under(special.clone()),
        Column::new("development_special_share", "development").under(special),
        Column::new("lowest", "lowest").under(range.clone()),
        Column::new("highest", "highest").under(range.clone()),
        Column::new("development_lowest", "lowest, development").under(range.clone()),
        Column::new("development_highest", "highest, development").under(range.clone()),
        Column::new("below", "below").under(range.clone()),
        Column::new("above", "above").under(range),
        Column::new("outside_allowed", "Outside of the allowed range"),
        Column::new("unseen_share", "Never seen categories"),
        Column::new("unseen_values", "Which"),
    ];
    let cells = |column: &InputColumn, cases: u64| {
        let kind = match column.kind {
            scorewright_runtime::artifact::FeatureKind::Numeric => "number",
            _ => "text",
        };
        let values: Vec<String> =
            column.unseen_values.iter().map(|one| format!("{} ({})", one.value, one.cases)).collect();
        let count = |count: Option<u64>| count.map_or(Cell::Nothing, |count| Cell::Count(count as f64));
        vec![
            Cell::text(&column.name),
            Cell::Words(type_words(kind)),
            Cell::Count(cases as f64),
            Cell::Share(column.missing_share),
            Cell::share(column.development_missing_share),
            Cell::Share(column.special_share),
            Cell::share(column.development_special_share),
            Cell::number(column.lowest, 4),
            Cell::number(column.highest, 4),
            Cell::number(column.development_lowest, 4),
            Cell::number(column.development_highest, 4),
            count(column.below),
            count(column.above),
            count(column.outside_allowed),
            Cell::Share(column.unseen_share),
            Cell::text(values.join(", ")),
        ]
    };
    let rows = found.iter().flat_map(|(one, schema)| {
        let title = Cell::Words(one.title.clone());
        let row = move |column| std::iter::once(title.clone()).chain(cells(column, schema.cases)).collect();
        schema.columns.iter().map(row)
    });
    Table {
        name: "input_schema".to_owned(),
        caption: Message::new("Input columns here and in development"),
        columns,
        rows: rows.collect(),
        files_only: false,
    }
}
