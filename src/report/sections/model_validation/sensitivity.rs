//! What happens where a feature, a column or a source fails.

use super::super::Context;
use super::{Asked, difference};
use crate::error::Result;
use crate::evidence::{InputsMissing, Sensitivity, Shift};
use crate::report::charts::{TornadoRow, tornado_chart};
use crate::report::document::{Block, Cell, Column, Picture, Table};
use crate::validation::Measured;
use crate::words::Message;

const NOTE: &str = "Missing: every case is scored as if the value were missing, as the decision engine would score it: in the bin of missing values, or where the card has none by its policy for values that development never saw. Shifts: means of new less old by case weight. Large: a shift of more than half the points that double the odds. AUC lost: old less new, 95% interval by DeLong, DeLong and Clarke-Pearson (1988) for two scores of the same cases. Shuffled: the feature's values dealt out anew among the cases by seed; mean AUC lost (permutation importance, Breiman 2001).";

pub(super) fn blocks(context: &Context<'_>, asked: &[Asked<'_>]) -> Result<Vec<Block>> {
    let found: Vec<(&Asked<'_>, &Sensitivity)> =
        asked.iter().filter_map(|one| Some((one, one.model.sensitivity.as_ref()?.value()?))).collect();
    let mut blocks = vec![Block::Heading(Message::new("Sensitivity: what if an input fails"))];
    for (one, sensitivity) in &found {
        blocks.push(Block::Text(match sensitivity.cut_off {
            Some(cut_off) => Message::new(
                "{0}: a shift of more than {1} points is large; cases are approved from a score of {2} on.",
            )
            .with_words(one.title.clone())
            .with(format!("{:.1}", sensitivity.large_shift))
            .with(cut_off),
            None => Message::new(
                "{0}: a shift of more than {1} points is large; neither a cut-off nor an approval rate was given, so that decisions are not known.",
            )
            .with_words(one.title.clone())
            .with(format!("{:.1}", sensitivity.large_shift)),
        }));
    }
    blocks.push(Block::Pictures(pictures(context, &found)?));
    blocks.push(Block::Table(features(&found)));
    let columns = inputs(
        &found,
        "sensitivity_columns",
        "Input columns that feed several features or tell the segment, missing in every case",
        |found| &found.columns,
    );
    let sources =
        inputs(&found, "sensitivity_sources", "Sources that fail: all their columns missing in every case", |found| {
            &found.sources
        });
    blocks.extend([columns, sources].into_iter().filter(|table| !table.rows.is_empty()).map(Block::Table));
    blocks.push(Block::Note(Message::new(NOTE)));
    Ok(blocks)
}

fn shift_columns() -> Vec<Column> {
    vec![
        Column::new("score_shift_mean", "Score shift, mean"),
        Column::new("share_large_shift", "Large shifts"),
        Column::new("pd_shift_mean", "PD shift, mean"),
        Column::new("auc", "AUC"),
        Column::new("auc_loss", "AUC lost, 95% interval"),
        Column::new("share_decision_changed", "Decisions changed"),
        Column::new("share_newly_declined", "Newly declined"),
        Column::new("share_newly_approved", "Newly approved"),
    ]
}

fn shift_cells(shift: &Measured<Shift>) -> Vec<Cell> {
    match shift {
        Measured::Value(shift) => vec![
            Cell::Number(shift.score_shift_mean, 2),
            Cell::Share(shift.share_large_shift),
            Cell::Number(shift.pd_shift_mean, 5),
            Cell::number(shift.auc, 4),
            Cell::measured(&shift.auc_loss, |loss| difference(loss, 4)),
            Cell::share(shift.share_decision_changed),
            Cell::share(shift.share_newly_declined),
            Cell::share(shift.share_newly_approved),
        ],
        Measured::NotComputed { not_computed } => {
            std::iter::once(Cell::NotComputed(not_computed.clone())).chain(vec![Cell::Nothing; 7]).collect()
        }
    }
}

fn features(found: &[(&Asked<'_>, &Sensitivity)]) -> Table {
    let mut columns = vec![
        Column::new("sample", "Sample"),
        Column::new("feature", "Feature"),
        Column::new("cases", "Cases"),
        Column::new("handling", "A missing value gets"),
    ];
    columns.extend(shift_columns());
    columns.push(Column::new("shuffled_auc_loss", "AUC lost, shuffled"));
    columns.push(Column::new("shuffled_auc_loss_std", "Standard deviation"));
    let rows = found.iter().flat_map(|(one, sensitivity)| {
        let title = Cell::Words(one.title.clone());
        sensitivity.features.iter().map(move |feature| {
            let mut row = vec![
                title.clone(),
                Cell::text(&feature.feature),
                Cell::Count(feature.cases as f64),
                Cell::Words(feature.handling.words()),
            ];
            row.extend(shift_cells(&feature.missing));
            row.push(Cell::measured(&feature.shuffled, |shuffled| Cell::Number(shuffled.auc_loss, 4)));
            row.push(Cell::number(feature.shuffled.value().and_then(|shuffled| shuffled.auc_loss_std), 4));
            row
        })
    });
    Table {
        name: "sensitivity_features".to_owned(),
        caption: Message::new("Each feature missing in every case, and shuffled"),
        columns,
        rows: rows.collect(),
        files_only: false,
    }
}

fn inputs(
    found: &[(&Asked<'_>, &Sensitivity)],
    name: &str,
    caption: &'static str,
    of: fn(&Sensitivity) -> &Vec<InputsMissing>,
) -> Table {
    let mut columns = vec![
        Column::new("sample", "Sample"),
        Column::new("name", "Name"),
        Column::new("features", "Features that it feeds"),
    ];
    columns.extend(shift_columns());
    let rows = found.iter().flat_map(|(one, sensitivity)| {
        let title = Cell::Words(one.title.clone());
        of(sensitivity).iter().map(move |inputs| {
            let mut row = vec![title.clone(), Cell::text(&inputs.name), Cell::text(inputs.features.join(", "))];
            row.extend(shift_cells(&inputs.missing));
            row
        })
    });
    Table { name: name.to_owned(), caption: Message::new(caption), columns, rows: rows.collect(), files_only: false }
}

fn pictures(context: &Context<'_>, found: &[(&Asked<'_>, &Sensitivity)]) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for (one, sensitivity) in found {
        let rows: Vec<TornadoRow> = sensitivity
            .features
            .iter()
            .map(|feature| TornadoRow {
                name: feature.feature.clone(),
                low: Some(feature.score_mean_at_worst),
                high: Some(feature.score_mean_at_best),
            })
            .collect();
        let words = (context.say("all in the worst bin"), context.say("all in the best bin"));
        let svg = tornado_chart(
            &context.say("Mean score where all cases are in a feature's worst or best bin"),
            &context.say("mean score"),
            sensitivity.score_mean,
            (&words.0, &words.1),
            &rows,
        )?;
        pictures.extend(svg.map(|svg| Picture {
            name: format!("sensitivity_{}", one.name),
            svg,
            caption: Message::new(
                "{0}: the mean score where all cases were in a feature's worst or best bin, against the mean as it is. Long bars: the score can lean far on this feature.",
            )
            .with_words(one.title.clone()),
        }));
    }
    Ok(pictures)
}
