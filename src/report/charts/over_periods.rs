//! PSI over periods, with lines at its limits.

use plotters::prelude::*;

use super::axes::Along;
use super::words::{Key, Shape, draw_with_keys, fitted};
use super::{FAINT, INK, fault, palette, text, tick};
use crate::error::Result;

const SIZE: (u32, u32) = (820, 320);

/// A figure by period.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodSeries {
    /// What it is, in words.
    pub name: String,
    /// One value a period; the line breaks where there is none.
    pub values: Vec<Option<f64>>,
}

/// A limit: the same over all periods, or one value each.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitLine {
    /// What it is, in words.
    pub name: String,
    /// One value a period, or a single one for all.
    pub values: Vec<f64>,
}

/// PSI by period: each series a line with dots, `words` name the axes along and up, the limits (such as the conventions 0.10 and 0.25, and the critical value)
/// as broken lines in greys and reds. None where no value is known.
///
/// # Errors
/// A fault of drawing.
pub fn psi_over_time_chart(
    description: &str,
    words: (&str, &str),
    periods: &[String],
    series: &[PeriodSeries],
    limits: &[LimitLine],
) -> Result<Option<String>> {
    let colours: Vec<RGBColor> = (0..series.len()).map(palette::distinct).collect();
    let known = |value: &Option<f64>| value.filter(|value| value.is_finite());
    let values = || series.iter().flat_map(|series| series.values.iter().filter_map(known));
    let limit_values =
        || limits.iter().flat_map(|limit| limit.values.iter().copied().filter(|value| value.is_finite()));
    if values().next().is_none() || periods.is_empty() {
        return Ok(None);
    }
    let most = values().chain(limit_values()).fold(0.0_f64, f64::max).max(1e-9) * 1.08;
    let least = values().fold(0.0_f64, f64::min) * 1.08;
    let greys = [RGBColor(0x8a, 0x97, 0xa6), RGBColor(0x22, 0x2b, 0x36), RGBColor(0xcc, 0x79, 0xa7)];
    let limit_colour = |position: usize| greys[position % greys.len()];
    let keys: Vec<Key> = series
        .iter()
        .zip(&colours)
        .map(|(series, colour)| Key::new(series.name.clone(), *colour, Shape::Line))
        .chain(
            limits
                .iter()
                .enumerate()
                .map(|(position, limit)| Key::new(limit.name.clone(), limit_colour(position), Shape::Dashes)),
        )
        .collect();
    let along = Along::Names(periods);
    draw_with_keys(SIZE, description, &keys, |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(10)
            .margin_right(40)
            .x_label_area_size(42)
            .y_label_area_size(72)
            .build_cartesian_2d(-0.5..periods.len() as f64 - 0.5, least..most)
            .map_err(fault)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .disable_x_mesh()
            .axis_style(INK.mix(0.6))
            .x_labels(along.labels())
            .y_labels(6)
            .x_desc(fitted(words.0, 14, 640))
            .y_desc(fitted(words.1, 14, 240))
            .x_label_formatter(&|x| along.label(*x, 90))
            .y_label_formatter(&|y| index(*y, most - least))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        for (position, limit) in limits.iter().enumerate() {
            let style = limit_colour(position).stroke_width(2);
            let points = (0..=2 * periods.len()).filter_map(|half| {
                let period = (half / 2).min(periods.len() - 1);
                let value = match limit.values.as_slice() {
                    [one] => Some(one),
                    values => values.get(period),
                };
                value.filter(|value| value.is_finite()).map(|value| (half as f64 / 2.0 - 0.5, *value))
            });
            chart.draw_series(DashedLineSeries::new(points.collect::<Vec<_>>(), 6, 5, style)).map_err(fault)?;
        }
        for (series, colour) in series.iter().zip(&colours) {
            let points: Vec<(f64, Option<f64>)> =
                series.values.iter().enumerate().map(|(period, value)| (period as f64, known(value))).collect();
            for part in points.split(|(_, value)| value.is_none()) {
                let part: Vec<(f64, f64)> = part.iter().filter_map(|(x, y)| y.map(|y| (*x, y))).collect();
                let dots = part.iter().map(|point| Circle::new(*point, 3, colour.filled()));
                chart.draw_series(dots).map_err(fault)?;
                chart.draw_series(LineSeries::new(part, colour.stroke_width(2))).map_err(fault)?;
            }
        }
        Ok(())
    })
    .map(Some)
}

/// An index with the decimals that the range needs.
fn index(value: f64, range: f64) -> String {
    match range {
        range if range < 0.005 => format!("{value:.5}"),
        range if range < 0.05 => format!("{value:.4}"),
        range if range < 0.5 => format!("{value:.3}"),
        range => tick(value, range),
    }
}
