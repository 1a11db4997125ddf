//! Estimates with their intervals, one below the other.

use plotters::prelude::*;

use super::{Canvas, FAINT, INK, draw, fault, text, tick};
use crate::error::Result;

/// An estimate.
pub struct ForestRow {
    /// Its colour.
    pub colour: RGBColor,
    /// The estimate.
    pub estimate: f64,
    /// Lower and upper end of its interval.
    pub interval: (f64, f64),
}

/// Estimates from top to bottom, numbered from 1; the first is marked all the way down, zero too where it is near.
pub fn forest_chart(description: &str, x_desc: &str, rows: &[ForestRow]) -> Result<String> {
    let low = rows.iter().map(|row| row.interval.0).fold(f64::INFINITY, f64::min);
    let high = rows.iter().map(|row| row.interval.1).fold(f64::NEG_INFINITY, f64::max);
    let room = ((high - low) * 0.06).max(1e-3);
    // Zero is shown where it does not make the rest small.
    let low = if low > 0.0 && low < (high - low) * 1.5 { 0.0 } else { low - room };
    let high = high + room;
    let size = (520, 90 + 20 * rows.len() as u32);
    draw(size, description, |canvas: &Canvas<'_>| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(10)
            .margin_right(24)
            .x_label_area_size(42)
            .y_label_area_size(34)
            .build_cartesian_2d(low..high, (rows.len() as f64 + 0.6)..0.4)
            .map_err(fault)?;
        let label = |y: &f64| if (y - y.round()).abs() < 1e-6 { format!("{y:.0}") } else { String::new() };
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .disable_y_mesh()
            .axis_style(INK.mix(0.6))
            .x_labels(7)
            .y_labels(rows.len() * 2 + 1)
            .x_desc(x_desc)
            .x_label_formatter(&|x| tick(*x, high - low))
            .y_label_formatter(&label)
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        let bottom = rows.len() as f64 + 0.6;
        let mut vertical = |x: f64, style: ShapeStyle| -> Result<()> {
            if (low..=high).contains(&x) {
                chart.draw_series(LineSeries::new([(x, 0.4), (x, bottom)], style)).map_err(fault)?;
            }
            Ok(())
        };
        vertical(0.0, INK.mix(0.6).stroke_width(1))?;
        if let Some(first) = rows.first() {
            vertical(first.estimate, first.colour.mix(0.4).stroke_width(1))?;
        }
        for (position, row) in rows.iter().enumerate() {
            let y = position as f64 + 1.0;
            let ends = [(row.interval.0, y), (row.interval.1, y)];
            chart.draw_series(LineSeries::new(ends, row.colour.stroke_width(2))).map_err(fault)?;
            let dot = Circle::new((row.estimate, y), 4, row.colour.filled());
            chart.draw_series([dot]).map_err(fault)?;
        }
        Ok(())
    })
}
