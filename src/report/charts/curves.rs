//! ROC, KS and score-distribution curves, and figures by period.

use plotters::prelude::*;

use super::{BAD, FAINT, GOOD, INK, colour, draw, fault, percent, say, text, tick};
use crate::error::Result;
use crate::evidence::{PeriodEvidence, ScoredSample};
use crate::sample::SampleName;
use crate::validation::Distribution;
use crate::words::{Language, Message};

const SIZE: (u32, u32) = (520, 400);
/// A curve of more points than this looks the same.
const MOST_POINTS: usize = 600;

pub(super) fn thin<T: Copy>(points: Vec<T>) -> Vec<T> {
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let last = points.last().copied();
    let mut thinned: Vec<T> = points.into_iter().step_by(step).collect();
    if step > 1 {
        thinned.extend(last);
    }
    thinned
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

pub(super) fn legend<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>, position: SeriesLabelPosition) -> Result<()> {
    chart
        .configure_series_labels()
        .position(position)
        .background_style(WHITE.mix(0.85))
        .border_style(FAINT)
        .label_font(text(13))
        .draw()
        .map_err(fault)
}

/// Cumulative shares of goods and bads by score, with the score where they lie furthest apart.
pub fn ks_chart(sample: &ScoredSample, ks_score: Option<f64>, language: Language) -> Result<Option<String>> {
    let distribution = Distribution::new(sample.scores());
    let (goods, bads) = distribution.totals();
    let (Some(lowest), Some(highest)) = (distribution.score.first().copied(), distribution.score.last().copied())
    else {
        return Ok(None);
    };
    if goods <= 0.0 || bads <= 0.0 || lowest >= highest || !(highest - lowest).is_finite() {
        return Ok(None);
    }
    let words = Message::new("cumulative shares of goods and bads by score, {0}");
    let description = words.with_words(sample.name.title()).in_language(language);
    draw(SIZE, &description, |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(56)
            .build_cartesian_2d(lowest..highest, 0.0..1.0)
            .map_err(fault)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .x_desc(say(language, "score"))
            .y_desc(say(language, "share at or below"))
            .x_label_formatter(&|x| tick(*x, highest - lowest))
            .y_label_formatter(&|y| percent(*y))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        for (name, weights, total, colour) in
            [("bads", &distribution.bads, bads, BAD), ("goods", &distribution.goods, goods, GOOD)]
        {
            let mut sum = 0.0;
            let points = distribution.score.iter().zip(weights).map(|(score, weight)| {
                sum += weight;
                (*score, sum / total)
            });
            let line = colour.stroke_width(2);
            chart
                .draw_series(LineSeries::new(thin(points.collect()), line))
                .map_err(fault)?
                .label(say(language, name))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line));
        }
        if let Some(score) = ks_score {
            let share = |weights: &[f64], total: f64| {
                let below = distribution.score.partition_point(|known| *known <= score);
                weights.iter().take(below).sum::<f64>() / total
            };
            let ends = [(score, share(&distribution.goods, goods)), (score, share(&distribution.bads, bads))];
            let line = INK.stroke_width(2);
            chart
                .draw_series(LineSeries::new(ends, line))
                .map_err(fault)?
                .label("KS")
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line));
        }
        legend(&mut chart, SeriesLabelPosition::LowerRight)
    })
    .map(Some)
}

/// Shares of goods and bads in 24 equal steps of the score.
pub fn distribution_chart(sample: &ScoredSample, language: Language) -> Result<Option<String>> {
    const STEPS: usize = 24;
    let lowest = sample.score.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = sample.score.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (goods, bads): (f64, f64) = (sample.goods.iter().sum(), sample.bads.iter().sum());
    if goods <= 0.0 || bads <= 0.0 || lowest >= highest || !(highest - lowest).is_finite() {
        return Ok(None);
    }
    let width = (highest - lowest) / STEPS as f64;
    let mut shares = [(0.0, 0.0); STEPS];
    for case in 0..sample.score.len() {
        let step = (((sample.score[case] - lowest) / width) as usize).min(STEPS - 1);
        shares[step].0 += sample.goods[case] / goods;
        shares[step].1 += sample.bads[case] / bads;
    }
    let most = shares.iter().fold(0.0_f64, |most, (good, bad)| most.max(*good).max(*bad)) * 1.28; // room for the legend
    let words = Message::new("distribution of the score among goods and bads, {0}");
    let description = words.with_words(sample.name.title()).in_language(language);
    draw(SIZE, &description, |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(56)
            .build_cartesian_2d(lowest..highest, 0.0..most)
            .map_err(fault)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .disable_x_mesh()
            .x_desc(say(language, "score"))
            .y_desc(say(language, "share of class"))
            .x_label_formatter(&|x| tick(*x, highest - lowest))
            .y_label_formatter(&|y| percent(*y))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        let bar = |step: usize, share: f64, part: usize| {
            let left = lowest + width * (step as f64 + 0.08 + 0.42 * part as f64);
            [(left, 0.0), (left + width * 0.42, share)]
        };
        let goods = shares.iter().enumerate().map(|(step, share)| Rectangle::new(bar(step, share.0, 0), GOOD.filled()));
        chart
            .draw_series(goods)
            .map_err(fault)?
            .label(say(language, "goods"))
            .legend(|(x, y)| Rectangle::new([(x + 4, y - 5), (x + 16, y + 5)], GOOD.filled()));
        let bads = shares.iter().enumerate().map(|(step, share)| Rectangle::new(bar(step, share.1, 1), BAD.filled()));
        chart
            .draw_series(bads)
            .map_err(fault)?
            .label(say(language, "bads"))
            .legend(|(x, y)| Rectangle::new([(x + 4, y - 5), (x + 16, y + 5)], BAD.filled()));
        legend(&mut chart, SeriesLabelPosition::UpperLeft)
    })
    .map(Some)
}

/// Expected and observed bad rate by month, one line a sample.
pub fn periods_chart(samples: &[(SampleName, &[PeriodEvidence])], language: Language) -> Result<Option<String>> {
    let mut months: Vec<&str> =
        samples.iter().flat_map(|(_, rows)| rows.iter().map(|row| row.period.as_str())).collect();
    months.sort_unstable();
    months.dedup();
    if months.len() < 2 {
        return Ok(None);
    }
    let most = samples
        .iter()
        .flat_map(|(_, rows)| rows.iter().flat_map(|row| [row.bad_rate, row.expected_bad_rate]))
        .flatten()
        .fold(0.0_f64, f64::max)
        .max(1e-6)
        * 1.15;
    let position = |month: &str| months.iter().position(|known| *known == month).unwrap_or(0) as f64;
    draw((1060, 320), &say(language, "observed and expected bad rate by period"), |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(56)
            .build_cartesian_2d(-0.5..months.len() as f64 - 0.5, 0.0..most)
            .map_err(fault)?;
        let label = |x: f64| {
            let near = x.round();
            let name = (near - x).abs() < 1e-6 && near >= 0.0;
            name.then(|| months.get(near as usize).copied()).flatten().unwrap_or_default().to_owned()
        };
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .disable_x_mesh()
            .x_labels(months.len().clamp(2, 12) * 2 + 1)
            .y_desc(say(language, "bad rate"))
            .x_label_formatter(&|x| label(*x))
            .y_label_formatter(&|y| percent(*y))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        for (name, rows) in samples {
            let colour = colour(*name);
            let points = |get: fn(&PeriodEvidence) -> Option<f64>| -> Vec<(f64, f64)> {
                rows.iter().filter_map(|row| get(row).map(|rate| (position(&row.period), rate))).collect()
            };
            let observed = points(|row| row.bad_rate);
            if observed.is_empty() {
                continue;
            }
            let line = colour.stroke_width(2);
            chart
                .draw_series(LineSeries::new(observed.clone(), line))
                .map_err(fault)?
                .label(Message::new("{0}, observed").with_words(name.title()).in_language(language))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line));
            chart
                .draw_series(observed.into_iter().map(|point| Circle::new(point, 4, colour.filled())))
                .map_err(fault)?;
            chart
                .draw_series(
                    points(|row| row.expected_bad_rate)
                        .into_iter()
                        .map(|point| TriangleMarker::new(point, 6, colour.stroke_width(2))),
                )
                .map_err(fault)?
                .label(Message::new("{0}, expected").with_words(name.title()).in_language(language))
                .legend(move |(x, y)| TriangleMarker::new((x + 9, y), 6, colour.stroke_width(2)));
        }
        legend(&mut chart, SeriesLabelPosition::UpperLeft)
    })
    .map(Some)
}
