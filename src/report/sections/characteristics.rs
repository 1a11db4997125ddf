//! Stability by feature: characteristic analysis, and the order of the bins' bad rates.

use super::{Context, sample_cells, sample_columns};
use crate::error::Result;
use crate::evidence::{CharacteristicEvidence, RankReversals, SampleEvidence};
use crate::report::charts::{self, Matrix, matrix_chart};
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::words::Message;

/// Stability of the features; nothing where there are none.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let mut blocks = Vec::new();
    let indices = indices(context);
    if !indices.rows.is_empty() {
        blocks.push(Block::Table(indices));
        blocks.push(Block::Note(Message::new(NOTE)));
        blocks.extend(pictures(context)?.into_iter().map(|picture| Block::Pictures(vec![picture])));
        let by_bin = by_bin(context);
        blocks.push(Block::Details(Message::new("Characteristic analysis by bin"), vec![Block::Table(by_bin)]));
        blocks.push(Block::Table(by_period(context)));
    }
    if context.samples().any(|(_, _, figures)| figures.stability.rank_reversals.value().is_some()) {
        blocks.push(Block::Heading(Message::new("Order of the bins' bad rates")));
        blocks.push(Block::Table(orders(context)));
        let reversals = reversals(context);
        if !reversals.rows.is_empty() {
            blocks.push(Block::Table(reversals));
        }
        blocks.push(Block::Note(Message::new(ORDER_NOTE)));
    }
    let heading = Message::new("Stability of the features");
    Ok((!blocks.is_empty()).then_some(Section { id: "characteristics", heading, blocks }))
}

const NOTE: &str = "CSI: the population stability index over the feature's bins, those of missing, special and unforeseen values included; critical value and p value as for the score; Holm (1979) adjusts the p values for the number of features. Shift of the score = sum over bins of (share now - expected share) x points (Siddiqi 2006): what the feature does to the mean score; over the features of a card without segments the shifts sum to the shift of the mean score.";

const ORDER_NOTE: &str = "Bins in the order of their bad rates in development; two neighbours are reversed where the sample has their bad rates the other way round. The p value, one-sided, of the two-proportion z test is the chance of a reversal as wide where both bins are in truth equally risky: above 0.05 it may well be chance.";

/// Every feature of every sample.
fn all<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (Message, &'a SampleEvidence, &'a str, &'a CharacteristicEvidence)> + use<'a> {
    context.samples().flat_map(|(title, _, figures)| {
        let features = figures.stability.characteristic_stability.value().into_iter().flatten();
        features.map(move |(feature, evidence)| (title.clone(), figures, feature.as_str(), evidence))
    })
}

fn indices(context: &Context<'_>) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("feature", "Feature"),
        Column::new("csi", "CSI"),
        Column::new("critical_value_95", "Critical value, 95%"),
        Column::new("p_value", "p value"),
        Column::new("p_value_holm", "p value by Holm"),
        Column::new("adjusted_cells", "Empty cells"),
        Column::new("score_shift", "Shift of the score, points"),
    ]);
    let row = |(title, figures, feature, evidence): (Message, &SampleEvidence, &str, &CharacteristicEvidence)| {
        let index = &evidence.figures.index;
        let mut cells = sample_cells(&title, figures);
        cells.extend([
            Cell::text(feature),
            Cell::Number(index.value, 4),
            Cell::Number(index.critical_value_95, 4),
            Cell::PValue(index.p_value),
            Cell::PValue(evidence.p_value_holm),
            Cell::Count(index.adjusted_cells as f64),
            Cell::number(evidence.figures.score_shift, 2),
        ]);
        cells
    };
    Table {
        name: "characteristic_stability".to_owned(),
        caption: Message::new("Characteristic stability index by feature"),
        columns,
        rows: all(context).map(row).collect(),
        files_only: false,
    }
}

fn by_bin(context: &Context<'_>) -> Table {
    let rows = all(context).flat_map(|(title, _, feature, evidence)| {
        evidence.bins.iter().map(move |bin| {
            vec![
                Cell::Words(title.clone()),
                Cell::text(feature),
                Cell::text(&bin.bin),
                Cell::Share(bin.part.expected_share),
                Cell::Share(bin.part.actual_share),
                Cell::Number(bin.part.contribution, 4),
                Cell::number(bin.points, 2),
                Cell::number(bin.score_shift, 3),
            ]
        })
    });
    Table {
        name: "characteristic_analysis".to_owned(),
        caption: Message::new("Shares by bin, expected and now, and what they do to the score"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("feature", "Feature"),
            Column::new("bin", "Bin"),
            Column::new("expected_share", "Expected").under("Share"),
            Column::new("actual_share", "Now").under("Share"),
            Column::new("contribution", "Contribution to CSI"),
            Column::new("points", "Points"),
            Column::new("score_shift", "Shift of the score, points"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}

fn by_period(context: &Context<'_>) -> Table {
    let rows = all(context).flat_map(|(title, _, feature, evidence)| {
        evidence.periods.iter().map(move |row| {
            vec![
                Cell::Words(title.clone()),
                Cell::text(feature),
                Cell::text(&row.period),
                Cell::number(row.value, 4),
                Cell::number(row.critical_value_95, 4),
                Cell::p_value(row.p_value),
                Cell::p_value(row.p_value_benjamini_hochberg),
                Cell::number(row.score_shift, 3),
            ]
        })
    });
    Table {
        name: "characteristic_stability_by_period".to_owned(),
        caption: Message::new("Characteristic stability index by feature and period"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("feature", "Feature"),
            Column::new("period", "Period"),
            Column::new("csi", "CSI"),
            Column::new("critical_value_95", "Critical value, 95%"),
            Column::new("p_value", "p value"),
            Column::new("p_value_benjamini_hochberg", "p value by Benjamini and Hochberg"),
            Column::new("score_shift", "Shift of the score, points"),
        ],
        rows: rows.collect(),
        files_only: true,
    }
}

/// CSI by feature and period.
fn pictures(context: &Context<'_>) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for (title, name, figures) in context.samples() {
        let Some(features) = figures.stability.characteristic_stability.value() else { continue };
        let Some(first) = features.values().next().filter(|feature| feature.periods.len() > 1) else { continue };
        let periods: Vec<String> = first.periods.iter().map(|row| row.period.clone()).collect();
        let names: Vec<String> = features.keys().cloned().collect();
        let values: Vec<Vec<Option<f64>>> =
            features.values().map(|feature| feature.periods.iter().map(|row| row.value).collect()).collect();
        let caption =
            Message::new("{0}: CSI by feature (rows) and period; darkest at 0.25 and above").with_words(title);
        let svg = matrix_chart(&Matrix {
            description: &context.say(caption.clone()),
            across: &context.say("period"),
            down: &context.say("feature"),
            rows: &names,
            columns: &periods,
            values: &values,
            darkest: 0.25,
            is_share: false,
            colour: charts::BAD,
        })?;
        pictures.extend(svg.map(|svg| Picture { name: format!("csi_by_period_{name}"), svg, caption }));
    }
    Ok(pictures)
}

fn known<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (Message, &'a SampleEvidence, &'a RankReversals)> + use<'a> {
    context
        .samples()
        .filter_map(|(title, _, figures)| Some((title, figures, figures.stability.rank_reversals.value()?)))
}

fn orders(context: &Context<'_>) -> Table {
    let mut columns = sample_columns();
    columns.extend([
        Column::new("feature", "Feature"),
        Column::new("pairs", "Neighbouring bins compared"),
        Column::new("reversals", "Reversed"),
        Column::new("lowest_p_value", "Lowest p value"),
    ]);
    let rows = known(context).flat_map(|(title, figures, reversals)| {
        reversals.features.iter().map(move |(feature, order)| {
            let lowest = order.reversals.iter().map(|reversal| reversal.p_value).min_by(f64::total_cmp);
            let mut cells = sample_cells(&title, figures);
            cells.extend([
                Cell::text(feature),
                Cell::Count(order.pairs as f64),
                Cell::Count(order.value as f64),
                Cell::p_value(lowest),
            ]);
            cells
        })
    });
    Table {
        name: "rank_reversals".to_owned(),
        caption: Message::new("Whether the bins keep the order of their bad rates"),
        columns,
        rows: rows.collect(),
        files_only: false,
    }
}

fn reversals(context: &Context<'_>) -> Table {
    let rows = known(context).flat_map(|(title, _, reversals)| {
        reversals.features.iter().flat_map(move |(feature, order)| {
            let title = title.clone();
            order.reversals.iter().map(move |pair| {
                vec![
                    Cell::Words(title.clone()),
                    Cell::text(feature),
                    Cell::text(&pair.bin),
                    Cell::text(&pair.next_bin),
                    Cell::Share(pair.development_bad_rates[0]),
                    Cell::Share(pair.development_bad_rates[1]),
                    Cell::Share(pair.bad_rates[0]),
                    Cell::Share(pair.bad_rates[1]),
                    Cell::Number(pair.z, 2),
                    Cell::PValue(pair.p_value),
                ]
            })
        })
    });
    Table {
        name: "reversed_bins".to_owned(),
        caption: Message::new("Neighbouring bins whose bad rates stand the other way round"),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("feature", "Feature"),
            Column::new("bin", "Less risky in development"),
            Column::new("next_bin", "More risky in development"),
            Column::new("development_bad_rate", "First").under("Bad rate in development"),
            Column::new("development_bad_rate_next", "Second").under("Bad rate in development"),
            Column::new("bad_rate", "First").under("Bad rate in the sample"),
            Column::new("bad_rate_next", "Second").under("Bad rate in the sample"),
            Column::new("z", "z"),
            Column::new("p_value", "p value"),
        ],
        rows: rows.collect(),
        files_only: false,
    }
}
