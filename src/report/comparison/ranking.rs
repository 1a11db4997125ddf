//! How well each ranks: AUC, Gini, KS; ROC and CAP curves; by segment.

use super::super::charts::palette::distinct;
use super::super::charts::{UnitCurve, cap_chart, roc_band_chart};
use super::super::document::{Block, Cell, Column, Picture, Section, Table};
use super::Context;
use super::parts::{auc_cells, interval, measure_columns};
use crate::error::Result;
use crate::evidence::ScoredSample;
use crate::validation::Distribution;
use crate::validation::auc::roc;
use crate::validation::cap::cap;
use crate::validation::roc_band::roc_band;
use crate::words::Message;

pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let comparison = &context.compared.comparison;
    let Some(scores) = &comparison.scores else { return Ok(None) };
    let (first, second) = (&scores.first, &scores.second);
    let rows = vec![
        vec![
            Cell::text("AUC"),
            Cell::Interval(first.auc, 4),
            Cell::Interval(second.auc, 4),
            Cell::measured(&scores.auc_difference, |paired| Cell::Interval(interval(&paired.difference), 4)),
            Cell::p_value(scores.auc_difference.value().and_then(|paired| paired.difference.p_value)),
        ],
        vec![
            Cell::text("Gini"),
            Cell::Interval(first.gini, 4),
            Cell::Interval(second.gini, 4),
            Cell::measured(&scores.gini_difference, |difference| Cell::Interval(interval(difference), 4)),
            Cell::p_value(scores.gini_difference.value().and_then(|difference| difference.p_value)),
        ],
        vec![
            Cell::text("KS"),
            Cell::Interval(first.ks.interval, 4),
            Cell::Interval(second.ks.interval, 4),
            Cell::measured(&scores.ks_difference, |difference| Cell::Interval(*difference, 4)),
            Cell::Nothing,
        ],
    ];
    let mut blocks = vec![Block::Table(Table {
        name: "ranking".to_owned(),
        caption: Message::new("Ranking on {0} cases, of them {1} bad; intervals {2}")
            .with(comparison.cases)
            .with(comparison.bads)
            .with_words(independent(&comparison.interval)),
        columns: measure_columns(),
        rows,
        files_only: false,
    })];
    if let Some(paired) = scores.auc_difference.value() {
        blocks.push(Block::Facts(vec![
            ("z".into(), Cell::number(paired.z, 3)),
            ("Standard error of the difference".into(), Cell::number(paired.standard_error, 5)),
            ("Standard error of the AUC of A".into(), Cell::number(paired.first_standard_error, 5)),
            ("Standard error of the AUC of B".into(), Cell::number(paired.second_standard_error, 5)),
            ("Covariance of the two AUCs".into(), Cell::number(paired.covariance, 8)),
        ]));
    }
    if let Some(pictures) = pictures(context)? {
        blocks.push(Block::Pictures(pictures));
    }
    blocks.push(Block::Note("AUC and Gini: DeLong, DeLong and Clarke-Pearson (1988) for two scores of the same cases, normal. KS: paired percentile bootstrap. ROC band: fixed width, simultaneous over the whole curve (Campbell 1994, with Massart's bounds); it is wide, and no test of the difference.".into()));
    Ok(Some(Section { id: "ranking", heading: "Ranking".into(), blocks }))
}

/// What intervals take as independent, in words.
fn independent(interval: &str) -> Message {
    match interval.strip_prefix("by group (").and_then(|rest| rest.strip_suffix(')')) {
        Some(column) => Message::new("by group ({0})").with(column),
        None => "by case".into(),
    }
}

fn pictures(context: &Context<'_>) -> Result<Option<Vec<Picture>>> {
    let Some(samples) = &context.compared.samples else { return Ok(None) };
    let distributions = samples.each_ref().map(|sample| Distribution::new(sample.scores()));
    let (goods, bads) = distributions[0].totals();
    if goods <= 0.0 || bads <= 0.0 {
        return Ok(None);
    }
    /// Low and high ends of a curve's band by place.
    type BandOf = dyn Fn(&ScoredSample, &Distribution) -> Vec<(f64, f64, f64)>;
    let curves = |points: &dyn Fn(&Distribution) -> Vec<(f64, f64)>, band: &BandOf| {
        let sides = samples.iter().zip(&distributions).zip(["A", "B"]).enumerate();
        sides
            .map(|(place, ((sample, distribution), letter))| UnitCurve {
                name: format!("{letter}: {}", context.compared.comparison.names[place]),
                colour: distinct(place),
                points: points(distribution),
                band: band(sample, distribution),
            })
            .collect::<Vec<_>>()
    };
    let roc_curves = curves(&roc, &|sample, distribution| roc_band(sample.scores(), distribution));
    let cap_curves = curves(&cap, &|_, _| Vec::new());
    let (across, up) = (context.say("share of goods at or below"), context.say("share of bads at or below"));
    let cases = context.say("share of cases, riskiest first");
    let (chance, perfect) = (context.say("by chance"), context.say("perfect"));
    Ok(Some(vec![
        Picture {
            name: "roc".to_owned(),
            svg: roc_band_chart(&context.say("ROC curves of A and B"), [&across, &up, &chance], &roc_curves)?,
            caption: "ROC curves of A and B with their 95% bands: the nearer to the upper left, the better".into(),
        },
        Picture {
            name: "cap".to_owned(),
            svg: cap_chart(
                &context.say("CAP curves of A and B"),
                [&cases, &up, &chance],
                &cap_curves,
                Some((bads / (goods + bads), &perfect)),
            )?,
            caption: "CAP curves of A and B: share of the bads among the riskiest cases".into(),
        },
    ]))
}

/// The AUC difference by segment.
pub(super) fn segments(context: &Context<'_>) -> Result<Option<Section>> {
    let Some(scores) = &context.compared.comparison.scores else { return Ok(None) };
    if scores.segments.is_empty() {
        return Ok(None);
    }
    let mut columns = vec![
        Column::new("column", "Column"),
        Column::new("segment", "Segment"),
        Column::new("cases", "Cases"),
        Column::new("bads", "Bads"),
    ];
    columns.extend(measure_columns().into_iter().skip(1));
    let rows = scores
        .segments
        .iter()
        .map(|segment| {
            let mut row = vec![
                Cell::text(&segment.column),
                Cell::text(&segment.segment),
                Cell::Count(segment.cases as f64),
                Cell::Count(segment.bads),
            ];
            row.extend(match segment.auc_difference.value() {
                Some(paired) => auc_cells(paired),
                None => {
                    let why = Cell::measured(&segment.auc_difference, |_| Cell::Nothing);
                    vec![Cell::Nothing, Cell::Nothing, why, Cell::Nothing]
                }
            });
            row
        })
        .collect();
    let table =
        Table { name: "segments".to_owned(), caption: "AUC by segment".into(), columns, rows, files_only: false };
    let note = Block::Note("With many segments some intervals leave out 0 by chance alone: of twenty without any difference, one in the mean.".into());
    Ok(Some(Section { id: "segments", heading: "By segment".into(), blocks: vec![Block::Table(table), note] }))
}
