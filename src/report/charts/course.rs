//! A measure over periods, with its intervals and its limit.

use plotters::prelude::*;

use super::axes::{Along, SMALL};
use super::words::{Key, Shape, draw_with_keys};
use super::{FAINT, INK, fault, text, tick};
use crate::error::Result;

/// A line of a measure.
pub struct CourseLine {
    /// Its name in the legend.
    pub name: String,
    /// Its colour.
    pub colour: RGBColor,
    /// (position of the period, value), positions rising.
    pub points: Vec<(f64, f64)>,
    /// (position, low, high).
    pub intervals: Vec<(f64, f64, f64)>,
    /// A limit and no measure: dashed, without dots.
    pub is_limit: bool,
}

/// Draws lines over periods; none where fewer than two periods have a value. The axis begins at 0 if `from_zero`.
pub fn course_chart(
    description: &str,
    periods: &[String],
    y_desc: &str,
    lines: &[CourseLine],
    from_zero: bool,
) -> Result<Option<String>> {
    let measures = || lines.iter().filter(|line| !line.is_limit);
    if measures().map(|line| line.points.len()).max().unwrap_or(0) < 2 {
        return Ok(None);
    }
    let values = lines.iter().flat_map(|line| line.points.iter().map(|(_, value)| *value));
    let ends = lines.iter().flat_map(|line| line.intervals.iter().flat_map(|(_, low, high)| [*low, *high]));
    let (low, high) =
        values.chain(ends).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let low = if from_zero { 0.0 } else { low };
    let range = (high - low).max(1e-6);
    let along = Along::Names(periods);
    let (left, right) = along.range();
    let top = high + range * 0.08;
    let key =
        |line: &CourseLine| Key::new(&*line.name, line.colour, if line.is_limit { Shape::Dashes } else { Shape::Line });
    let keys: Vec<Key> = lines.iter().map(key).collect();
    let bottom = if from_zero { 0.0 } else { low - 0.06 * range };
    draw_with_keys(SMALL, description, &keys, |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(10)
            .margin_right(34)
            .x_label_area_size(32)
            .y_label_area_size(66)
            .build_cartesian_2d(left..right, bottom..top)
            .map_err(fault)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .disable_x_mesh()
            .axis_style(INK.mix(0.6))
            .x_labels(along.labels())
            .y_labels(6)
            .y_desc(y_desc)
            .x_label_formatter(&|x| along.label(*x, 66))
            .y_label_formatter(&|y| tick(*y, if range < 0.2 { range } else { 1.0 }))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        for line in lines {
            let style = line.colour.stroke_width(2);
            for (x, low, high) in &line.intervals {
                let ends = [(*x, *low), (*x, *high)];
                chart.draw_series(LineSeries::new(ends, line.colour.mix(0.5).stroke_width(1))).map_err(fault)?;
            }
            let points = line.points.iter().copied();
            if line.is_limit {
                chart.draw_series(DashedLineSeries::new(points, 6, 4, style)).map_err(fault)?;
            } else {
                let dots = line.points.iter().map(|point| Circle::new(*point, 3, line.colour.filled()));
                chart.draw_series(dots).map_err(fault)?;
                chart.draw_series(LineSeries::new(points, style)).map_err(fault)?;
            }
        }
        Ok(())
    })
    .map(Some)
}
