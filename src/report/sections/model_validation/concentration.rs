//! Where the score's spread comes from, and what each feature adds.

use super::super::{Context, sample_columns};
use super::{Asked, difference, sample_start};
use crate::error::Result;
use crate::evidence::{Contribution, PointsShare};
use crate::report::charts::{self, Mark, RankedRow, ranked_chart};
use crate::report::document::{Block, Cell, Column, Picture, Table};
use crate::validation::Measured;
use crate::words::Message;

const CONCENTRATION_NOTE: &str = "Share of variance: cov(points of the feature, score) / var(score) over all cases by weight; the shares sum to 1, and one below 0 belongs to points that run against the score. Share of range: best less worst points over the sum of these. Herfindahl: sum of squared shares; its inverse is the number of features that would share alike.";
const MARGINAL_NOTE: &str = "AUC lost where the feature's points are at their mean and the others stay; and where the model is fitted anew without it, so that others may take its place, against the same fit with it. 95% intervals by DeLong, DeLong and Clarke-Pearson (1988) for two scores of the same cases. Likelihood ratio: 2 (l - l without), chi-square with 1 degree of freedom, for plain outcomes of independent cases. A feature whose loss is near 0 both ways earns no place in the card.";

pub(super) fn blocks(context: &Context<'_>, asked: &[Asked<'_>]) -> Result<Vec<Block>> {
    Ok(vec![
        Block::Heading(Message::new("Concentration of the points")),
        Block::Table(summary(asked)),
        Block::Table(shares(asked)),
        Block::Note(Message::new(CONCENTRATION_NOTE)),
        Block::Details(Message::new("Features whose points go along most"), vec![Block::Table(correlations(asked))]),
        Block::Heading(Message::new("What each feature adds to the others")),
        Block::Pictures(pictures(context, asked)?),
        Block::Table(marginal(asked)),
        Block::Note(Message::new(MARGINAL_NOTE)),
    ])
}

fn summary(asked: &[Asked<'_>]) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("score_std", "Standard deviation of the score"),
        Column::new("herfindahl_variance", "Herfindahl index of variance"),
        Column::new("effective_features", "Features that would share alike"),
        Column::new("herfindahl_range", "Herfindahl index of range"),
    ]);
    let row = |one: &Asked<'_>| {
        let mut row = sample_start(one, one.figures.cases as f64, one.figures.bads);
        match one.model.concentration.as_ref()? {
            Measured::Value(found) => row.extend([
                Cell::Number(found.score_std, 1),
                Cell::Number(found.herfindahl_variance, 3),
                Cell::Number(found.effective_features, 1),
                Cell::Number(found.herfindahl_range, 3),
            ]),
            Measured::NotComputed { not_computed } => {
                row.push(Cell::NotComputed(not_computed.clone()));
                row.extend(vec![Cell::Nothing; 3]);
            }
        }
        Some(row)
    };
    Table {
        name: "concentration".to_owned(),
        caption: Message::new("How far the score leans on few features"),
        columns,
        rows: asked.iter().filter_map(row).collect(),
        files_only: false,
    }
}

fn shares(asked: &[Asked<'_>]) -> Table {
    let cells = |share: &PointsShare| {
        vec![
            Cell::text(&share.feature),
            Cell::Share(share.share_of_variance),
            Cell::Number(share.points_std, 1),
            Cell::Number(share.points_range, 1),
            Cell::Share(share.share_of_range),
        ]
    };
    let found = asked.iter().filter_map(|one| Some((one, one.model.concentration.as_ref()?.value()?)));
    let rows = found.flat_map(|(one, found)| {
        let start = Cell::Words(one.title.clone());
        found.features.iter().map(move |share| std::iter::once(start.clone()).chain(cells(share)).collect())
    });
    Table {
        name: "concentration_features".to_owned(),
        caption: Message::new("Which features the spread of the score comes from"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("feature", "Feature"),
            Column::new("share_of_variance", "Share of variance"),
            Column::new("points_std", "Standard deviation of points"),
            Column::new("points_range", "Range of points"),
            Column::new("share_of_range", "Share of range"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

fn correlations(asked: &[Asked<'_>]) -> Table {
    let found = asked.iter().filter_map(|one| Some((one, one.model.concentration.as_ref()?.value()?)));
    let rows = found.flat_map(|(one, found)| {
        let title = one.title.clone();
        found.correlations.iter().map(move |pair| {
            vec![
                Cell::Words(title.clone()),
                Cell::text(&pair.first),
                Cell::text(&pair.second),
                Cell::Number(pair.correlation, 3),
            ]
        })
    });
    Table {
        name: "points_correlations".to_owned(),
        caption: Message::new("Correlation of the points of two features (Pearson), the largest"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("first", "Feature"),
            Column::new("second", "Other feature"),
            Column::new("correlation", "Correlation"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

fn marginal(asked: &[Asked<'_>]) -> Table {
    let (neutral, refitted) = (Message::new("Points at their mean"), Message::new("Fitted anew without it"));
    let columns = vec![
        Column::new("sample", "Sample"),
        Column::new("feature", "Feature"),
        Column::new("auc_without", "AUC without").under(neutral.clone()),
        Column::new("auc_loss", "AUC lost, 95% interval").under(neutral.clone()),
        Column::new("auc_loss_p_value", "p value").under(neutral),
        Column::new("refitted_cases", "Cases").under(refitted.clone()),
        Column::new("refitted_auc_without", "AUC without").under(refitted.clone()),
        Column::new("refitted_auc_loss", "AUC lost, 95% interval").under(refitted.clone()),
        Column::new("refitted_auc_loss_p_value", "p value").under(refitted.clone()),
        Column::new("likelihood_ratio", "Likelihood ratio").under(refitted.clone()),
        Column::new("likelihood_ratio_p_value", "p value").under(refitted),
    ];
    let cells = |one: &Contribution| {
        let mut cells = vec![Cell::text(&one.feature)];
        match &one.neutral {
            Measured::Value(found) => cells.extend([
                Cell::Number(found.auc_without, 4),
                difference(&found.auc_loss, 4),
                Cell::p_value(found.auc_loss.p_value),
            ]),
            Measured::NotComputed { not_computed } => {
                cells.extend([Cell::NotComputed(not_computed.clone()), Cell::Nothing, Cell::Nothing]);
            }
        }
        match &one.refitted {
            Measured::Value(found) => cells.extend([
                Cell::Count(found.cases as f64),
                Cell::Number(found.auc_without, 4),
                difference(&found.auc_loss, 4),
                Cell::p_value(found.auc_loss.p_value),
                Cell::measured(&found.likelihood_ratio, |test| Cell::Number(test.statistic, 2)),
                Cell::p_value(found.likelihood_ratio.value().map(|test| test.p_value)),
            ]),
            Measured::NotComputed { not_computed } => {
                cells.push(Cell::NotComputed(not_computed.clone()));
                cells.extend(vec![Cell::Nothing; 5]);
            }
        }
        cells
    };
    let found = asked.iter().filter_map(|one| Some((one, one.model.marginal_contribution.as_ref()?.value()?)));
    let rows = found.flat_map(|(one, found)| {
        let start = Cell::Words(one.title.clone());
        found.features.iter().map(move |feature| std::iter::once(start.clone()).chain(cells(feature)).collect())
    });
    Table {
        name: "marginal_contribution".to_owned(),
        caption: Message::new("AUC without each feature"),
        columns,
        rows: rows.collect(),
        files_only: false,
    }
}

fn pictures(context: &Context<'_>, asked: &[Asked<'_>]) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for one in asked {
        let Some(found) = one.model.marginal_contribution.as_ref().and_then(|found| found.value()) else { continue };
        let mark = |colour: usize, loss: Option<&crate::validation::Difference>| Mark {
            colour: charts::palette::distinct(colour),
            value: loss.and_then(|loss| loss.value),
            interval: loss.and_then(|loss| loss.low.zip(loss.high)),
        };
        let rows: Vec<RankedRow> = found
            .features
            .iter()
            .map(|feature| RankedRow {
                name: feature.feature.clone(),
                marks: vec![
                    mark(0, feature.neutral.value().map(|found| &found.auc_loss)),
                    mark(1, feature.refitted.value().map(|found| &found.auc_loss)),
                ],
            })
            .collect();
        let title = context.say("AUC lost without each feature");
        let svg = ranked_chart(&title, &context.say("AUC lost"), &rows, false, Some(0.0))?;
        let caption = Message::new(
            "{0}: AUC lost with 95% intervals, where the feature's points are at their mean (blue), and where the model is fitted anew without it (orange).",
        );
        pictures.extend(svg.map(|svg| Picture {
            name: format!("marginal_contribution_{}", one.name),
            svg,
            caption: caption.with_words(one.title.clone()),
        }));
    }
    Ok(pictures)
}
