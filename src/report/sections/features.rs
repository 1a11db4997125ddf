//! The points of the card, and every feature with its bins.

use std::collections::BTreeMap;

use scorewright_runtime::artifact::{Bin, BinDomain, Feature, ScorecardDocument};

use super::{Context, digits};
use crate::binning::{BinCounts, BinTable, OverTime};
use crate::error::Result;
use crate::evidence::FeatureEvidence;
use crate::report::bin_series::{bad_rate, series};
use crate::report::bin_tables::share;
use crate::report::charts::{Along, BinSeries, GridAxis, Line, bin_chart, line_chart, palette, region_grid};
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::report::template::plain;
use crate::words::Message;

/// The card's features with their evidence, in the order of the card.
fn features<'a>(context: &Context<'a>) -> Vec<(&'a Feature, &'a FeatureEvidence)> {
    let evidence = context.evidence;
    let all = context.document.iter().flat_map(|document| &document.features);
    all.filter_map(|feature| Some((feature, evidence.features.get(&feature.name)?))).collect()
}

/// The feature with the segment that it is for.
fn title(feature: &Feature) -> String {
    match &feature.segment {
        Some(segment) => format!("{segment}: {}", feature.title()),
        None => feature.title().to_owned(),
    }
}

/// The card as it is read: points by bin.
pub(super) fn points(context: &Context<'_>) -> Result<Option<Section>> {
    let (Some(document), Some(sample)) = (context.document, context.scored.first()) else { return Ok(None) };
    let scaling = &document.scaling;
    let mut rows = Vec::new();
    let mut last_segment = None;
    for (feature, evidence) in features(context) {
        if last_segment != Some(&feature.segment) {
            last_segment = Some(&feature.segment);
            let whom = match &feature.segment {
                Some(segment) => Message::new("every case of {0}").with(segment),
                None => "every case".into(),
            };
            rows.push(vec![
                Cell::words("Base points"),
                Cell::Words(whom),
                Cell::Plain(base_points(document, feature)),
                Cell::Nothing,
                Cell::Nothing,
            ]);
        }
        let counts = evidence.counts.get(sample.name.name());
        let total: f64 = counts.map_or(0.0, |counts| counts.cases.iter().sum());
        for (position, bin) in feature.bins.iter().enumerate() {
            rows.push(vec![
                Cell::text(title(feature)),
                Cell::text(&bin.label),
                Cell::Plain(bin.points),
                Cell::Share(counts.map_or(0.0, |counts| share(counts.cases[position], total))),
                Cell::share(counts.and_then(|counts| bad_rate(counts, position))),
            ]);
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let name = || Message::new(sample.name.title());
    let table = Table {
        name: "points".to_owned(),
        caption: "The scorecard".into(),
        columns: vec![
            Column::new("feature", "Feature"),
            Column::new("bin", "Bin"),
            Column::new("points", "Points"),
            Column::new("share", Message::new("{0}: share of cases").with_words(name())),
            Column::new("bad_rate", Message::new("{0}: bad rate").with_words(name())),
        ],
        rows,
        files_only: false,
    };
    let rule = match document.segments {
        Some(_) => {
            "Score = base points + the points of one bin of every feature of the case's segment; higher is safer."
        }
        None => "Score = base points + the points of one bin of every feature; higher is safer.",
    };
    let scale = Message::new("{0} points are odds of {1} goods to 1 bad; {2} points more double the odds. PD = 1 / (1 + exp((score − {3}) / {4})).")
        .with(plain(scaling.points))
        .with(plain(scaling.odds))
        .with(plain(scaling.pdo))
        .with(digits(Some(scaling.offset), 4))
        .with(digits(Some(scaling.factor), 4));
    let blocks = vec![Block::Text(rule.into()), Block::Text(scale), Block::Table(table)];
    Ok(Some(Section { id: "points", heading: "Points".into(), blocks }))
}

/// What the cases that get a feature's points get besides.
fn base_points(document: &ScorecardDocument, feature: &Feature) -> f64 {
    let own = document.segments.iter().flat_map(|segments| &segments.segments);
    let own = own.filter(|segment| feature.segment.as_ref() == Some(&segment.name)).map(|segment| segment.base_points);
    document.base_points + own.sum::<f64>()
}

/// Every feature's bins, by sample and over time.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let features = features(context);
    if features.is_empty() {
        return Ok(None);
    }
    let mut blocks = vec![
        Block::Note("Bins are numbered as in the tables. Weight of evidence = ln((goods in bin / all goods) / (bads in bin / all bads)): higher is safer. The weight of evidence in the points is development's; the charts show each sample's own.".into()),
        Block::Note(context.sample_colours()),
    ];
    for (feature, evidence) in features {
        blocks.push(Block::Heading(title(feature).into()));
        blocks.extend(one(context, feature, evidence)?);
    }
    Ok(Some(Section { id: "features", heading: "Features and bins".into(), blocks }))
}

fn one(context: &Context<'_>, feature: &Feature, evidence: &FeatureEvidence) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    if !feature.description.is_empty() {
        blocks.push(Block::Text(feature.description.clone().into()));
    }
    let points = || feature.bins.iter().map(|bin| bin.points);
    blocks.push(Block::Note(
        Message::new("Coefficient {0}; {1} to {2} points.")
            .with(digits(Some(feature.coefficient), 4))
            .with(plain(points().fold(f64::INFINITY, f64::min)))
            .with(plain(points().fold(f64::NEG_INFINITY, f64::max))),
    ));
    let mut pictures = Vec::new();
    if let Some(svg) = grid(feature)? {
        let caption = "Points by the bins of both columns; cells within thick lines are one bin, by its number below.";
        blocks.push(Block::Pictures(vec![Picture {
            name: format!("grid_{}", feature.name),
            svg,
            caption: caption.into(),
        }]));
    }
    let bins = feature.bins.len();
    let drawn: Vec<BinSeries> = context
        .scored
        .iter()
        .filter_map(|sample| {
            Some(series(sample.name, evidence.counts.get(sample.name.name())?, bins, &evidence.woe_sources))
        })
        .collect();
    blocks.push(Block::Pictures(vec![Picture {
        name: format!("bins_{}", feature.name),
        svg: bin_chart(&feature.name, bins, &drawn)?,
        caption: "Share of cases, bad rate and weight of evidence by bin.".into(),
    }]));
    if let Some(over_time) = &evidence.over_time {
        pictures.extend(course(&feature.name, over_time)?);
    }
    if !pictures.is_empty() {
        blocks.push(Block::Pictures(pictures));
    }
    blocks.push(Block::Table(figures(context, feature, evidence)));
    blocks.push(Block::Table(bin_table(context, feature, evidence)));
    Ok(blocks)
}

/// Information value and stability by sample.
fn figures(context: &Context<'_>, feature: &Feature, evidence: &FeatureEvidence) -> Table {
    let pick = |values: &BTreeMap<String, Option<f64>>, name: &str| values.get(name).copied().flatten();
    let rows = context.scored.iter().map(|sample| {
        let name = sample.name.name();
        vec![
            Cell::Sample(sample.name),
            Cell::number(evidence.iv.get(name).copied(), 4),
            Cell::number(pick(&evidence.psi, name), 4),
        ]
    });
    Table {
        caption: Message::new("Strength and stability of {0}").with(title(feature)),
        columns: vec![
            Column::new("sample", "Sample"),
            Column::new("information_value", "Information value"),
            Column::new("psi", "PSI against development"),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

fn bin_table(context: &Context<'_>, feature: &Feature, evidence: &FeatureEvidence) -> Table {
    let bins = feature.bins.len();
    // A sample may hold nobody of a feature's segment.
    let by_sample: Vec<_> =
        context.scored.iter().map(|sample| (sample.name, evidence.counts.get(sample.name.name()))).collect();
    let unforeseen = by_sample
        .iter()
        .any(|(_, counts)| counts.is_some_and(|counts| counts.cases.get(bins).is_some_and(|cases| *cases > 0.0)));
    let development = BinTable::with_sources(&development(feature), &evidence.woe_sources);
    let mut columns = vec![
        Column::new("number", "No."),
        Column::new("bin", "Bin"),
        Column::new("points", "Points"),
        Column::new("woe", "WOE"),
    ];
    for (name, _) in &by_sample {
        for (part, heading) in [("cases", "cases"), ("share", "share"), ("bad_rate", "bad rate")] {
            columns.push(Column::new(format!("{}_{part}", name.name()), heading).under(name.title()));
        }
    }
    let rows = (0..bins + usize::from(unforeseen)).map(|bin| {
        let known = feature.bins.get(bin);
        let adjusted = development.rows.get(bin).is_some_and(|row| row.adjusted);
        let label = match known {
            None => Cell::words("unforeseen"),
            Some(known) if adjusted => {
                Cell::Words(Message::new("{0} (no goods or no bads: 0.5 added to both)").with(&known.label))
            }
            Some(known) => Cell::text(&known.label),
        };
        let mut cells = vec![
            Cell::Count((bin + 1) as f64),
            label,
            Cell::plain(known.map(|known| known.points)),
            Cell::number(known.map(|known| known.woe), 3),
        ];
        for (_, counts) in &by_sample {
            let cases = counts.map_or(0.0, |counts| counts.cases[bin]);
            cells.push(Cell::Count(cases));
            cells.push(Cell::Share(counts.map_or(0.0, |counts| share(cases, counts.cases.iter().sum()))));
            cells.push(Cell::share(counts.and_then(|counts| bad_rate(counts, bin))));
        }
        cells
    });
    Table {
        caption: Message::new("Bins of {0}").with(title(feature)),
        columns,
        rows: rows.collect(),
        ..Table::default()
    }
}

/// The development counts of a card's feature.
fn development(feature: &Feature) -> BinCounts {
    // The last entry is for unforeseen values, of which there are none.
    let of = |count: fn(&Bin) -> f64| feature.bins.iter().map(count).chain([0.0]).collect();
    BinCounts { cases: of(|bin| bin.cases), goods: of(|bin| bin.goods), bads: of(|bin| bin.bads) }
}

/// The bad rate of every ordinary bin by period.
fn course(feature: &str, bins: &OverTime) -> Result<Option<Picture>> {
    let rate = |(goods, bads): &(f64, f64)| (goods + bads > 0.0).then(|| bads / (goods + bads));
    let lines: Vec<Line> = bins.counts[..bins.ordinary]
        .iter()
        .enumerate()
        .map(|(bin, counts)| Line {
            colour: palette::moment(bin, bins.ordinary),
            points: counts.iter().enumerate().map(|(period, counts)| (period as f64, rate(counts))).collect(),
            intervals: Vec::new(),
            dots: true,
        })
        .collect();
    let description = format!("bad rate of the bins of {feature} by period of observation");
    let chart = line_chart(&description, &Along::Names(&bins.periods), "period of observation", "bad rate", &lines)?;
    let kept = match bins.order_kept {
        Some(kept) => Message::new(" Neighbouring bins keep their order in {0}% of the periods.")
            .with(digits(Some(kept * 100.0), 1)),
        None => Message::default(),
    };
    let price = match bins.price {
        Some(price) => Message::new(" To ask for it cost {0} of information value.").with(digits(Some(price), 4)),
        None => Message::default(),
    };
    Ok(chart.map(|svg| Picture {
        name: format!("over_time_{feature}"),
        svg,
        caption: Message::new("Bad rate of each bin by period of observation, development; from the first bin (dark) to the last (light).{0}{1}")
            .with_words(kept)
            .with_words(price),
    }))
}

/// The picture of a pair's grid.
fn grid(feature: &Feature) -> Result<Option<String>> {
    let Some(axes) = &feature.axes else { return Ok(None) };
    let [rows, columns] = axes.each_ref().map(|axis| axis.bins.len());
    let mut regions = vec![vec![0; columns]; rows];
    for (region, bin) in feature.bins.iter().enumerate() {
        if let BinDomain::Cells(cells) = &bin.domain {
            cells.iter().for_each(|[row, column]| regions[usize::from(*row)][usize::from(*column)] = region);
        }
    }
    let named = axes
        .each_ref()
        .map(|axis| GridAxis { name: &axis.input, labels: axis.bins.iter().map(|bin| bin.label.as_str()).collect() });
    let points: Vec<f64> = feature.bins.iter().map(|bin| bin.points).collect();
    let woe: Vec<f64> = feature.bins.iter().map(|bin| bin.woe).collect();
    region_grid(&feature.name, &named, &regions, &points, &woe).map(Some)
}
