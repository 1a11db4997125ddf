//! Lines over months or numbers: vintage curves, bad rates by month and by window.

use plotters::prelude::*;

use super::axes::{Along, SMALL, axes};
use super::{INK, draw, fault};
use crate::error::Result;

/// A line.
pub struct Line {
    /// Its colour.
    pub colour: RGBColor,
    /// Value at each position along the axis; nothing is drawn where there is none.
    pub points: Vec<(f64, Option<f64>)>,
    /// Low and high ends of intervals.
    pub intervals: Vec<(f64, f64, f64)>,
    /// Whether each value has a dot.
    pub dots: bool,
}

/// Lines of shares; none where no value is known.
pub fn line_chart(
    description: &str,
    along: &Along<'_>,
    x_desc: &str,
    y_desc: &str,
    lines: &[Line],
) -> Result<Option<String>> {
    let values = || lines.iter().flat_map(|line| line.points.iter().filter_map(|(_, value)| *value));
    if values().next().is_none() {
        return Ok(None);
    }
    let highs = lines.iter().flat_map(|line| line.intervals.iter().map(|(_, _, high)| *high));
    let most = values().chain(highs).fold(0.0, f64::max);
    draw(SMALL, description, |canvas| {
        let mut chart = axes(canvas, along, x_desc, y_desc, most, true)?;
        let width = if lines.len() > 24 { 1 } else { 2 };
        for line in lines {
            for (x, low, high) in &line.intervals {
                chart
                    .draw_series(LineSeries::new([(*x, *low), (*x, *high)], INK.mix(0.55).stroke_width(1)))
                    .map_err(fault)?;
            }
            // A line breaks where a value is not known.
            for part in line.points.split(|(_, value)| value.is_none()) {
                let points: Vec<(f64, f64)> =
                    part.iter().filter_map(|(x, value)| value.map(|value| (*x, value))).collect();
                let alone = points.len() == 1;
                if line.dots || alone {
                    let size = if line.dots { 3 } else { 2 };
                    let dots = points.iter().map(|point| Circle::new(*point, size, line.colour.filled()));
                    chart.draw_series(dots).map_err(fault)?;
                }
                chart.draw_series(LineSeries::new(points, line.colour.stroke_width(width))).map_err(fault)?;
            }
        }
        Ok(())
    })
    .map(Some)
}
