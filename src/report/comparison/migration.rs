//! How far the two agree on the order of the cases.

use super::super::charts::{MigrationMap, migration_map};
use super::super::document::{Block, Cell, Column, Picture, Section, Table};
use super::Context;
use crate::error::Result;

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let Some(scores) = &context.compared.comparison.scores else { return Ok(None) };
    let Some(migration) = scores.migration.value() else { return Ok(None) };
    let correlation = &scores.rank_correlation;
    let mut blocks = vec![Block::Facts(vec![
        ("Spearman's rank correlation".into(), Cell::measured(correlation, |of| Cell::Number(of.spearman, 4))),
        ("Kendall's tau-b".into(), Cell::measured(correlation, |of| Cell::Number(of.kendall, 4))),
        ("In the same decile".into(), Cell::Share(migration.same_decile)),
        ("Moved by two deciles or more".into(), Cell::Share(migration.moved_two_deciles)),
        ("of them safer with B".into(), Cell::Share(migration.moved_up)),
        ("of them riskier with B".into(), Cell::Share(migration.moved_down)),
    ])];
    let names: Vec<String> = (1..=migration.cases.len()).map(|decile| decile.to_string()).collect();
    let shares: Vec<Vec<Option<f64>>> = migration
        .cases
        .iter()
        .map(|row| {
            let total: f64 = row.iter().sum();
            row.iter().map(|cases| (total > 0.0 && *cases > 0.0).then(|| cases / total)).collect()
        })
        .collect();
    let (rows, columns) = (context.say("decile of A"), context.say("decile of B, 1 the riskiest"));
    let map = MigrationMap { rows: &rows, columns: &columns, row_names: &names, column_names: &names, shares: &shares };
    if let Some(svg) = migration_map(&context.say("deciles of B by decile of A"), &map)? {
        blocks.push(Block::Pictures(vec![Picture {
            name: "migration".to_owned(),
            svg,
            caption: "Where the cases of each decile of A stand by B: shares of the row".into(),
        }]));
    }
    let table_rows = migration.cases.iter().enumerate().map(|(row, cases)| {
        std::iter::once(Cell::Count(row as f64 + 1.0)).chain(cases.iter().map(|cases| Cell::Count(*cases))).collect()
    });
    let mut heading = vec![Column::new("decile_first", "Decile of A")];
    heading.extend(
        (1..=migration.cases.len())
            .map(|decile| Column::new(format!("decile_second_{decile}"), decile.to_string()).under("Decile of B")),
    );
    blocks.push(Block::Table(Table {
        name: "migration".to_owned(),
        caption: "Cases by decile of A and of B, 1 the riskiest".into(),
        columns: heading,
        rows: table_rows.collect(),
        files_only: false,
    }));
    blocks.push(Block::Note(
        "Deciles by weight, ties together at their middle rank. Rank correlations count every case once.".into(),
    ));
    Ok(Some(Section { id: "migration", heading: "Score migration".into(), blocks }))
}
