//! From all rows to the cases: one bar a step, what remains and what was taken away.

use plotters::prelude::*;

use super::{BAD, FAINT, GOOD, draw, fault, text};
use crate::cases::WaterfallStep;
use crate::error::Result;

/// One bar a step, numbered as in the table beside it.
pub fn waterfall_chart(steps: &[WaterfallStep]) -> Result<Option<String>> {
    let most = steps.first().map_or(0.0, |step| step.remaining as f64);
    if steps.len() < 2 || most <= 0.0 {
        return Ok(None);
    }
    draw((1060, 60 + 26 * steps.len() as u32), "rows that remain after each step", |canvas| {
        let rows = steps.len() as f64;
        let mut chart = ChartBuilder::on(canvas)
            .margin(8)
            .x_label_area_size(30)
            .y_label_area_size(36)
            .build_cartesian_2d(0.0..most * 1.02, rows + 0.5..0.5)
            .map_err(fault)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .disable_y_mesh()
            .y_labels(steps.len() * 2 + 1)
            .y_label_formatter(&|y| if (y - y.round()).abs() < 1e-6 { format!("{y:.0}") } else { String::new() })
            .x_label_formatter(&|x| format!("{x:.0}"))
            .label_style(text(13))
            .draw()
            .map_err(fault)?;
        for (position, step) in steps.iter().enumerate() {
            let (top, bottom) = (position as f64 + 0.65, position as f64 + 1.35);
            let remaining = step.remaining as f64;
            chart.draw_series([Rectangle::new([(0.0, top), (remaining, bottom)], GOOD.filled())]).map_err(fault)?;
            chart
                .draw_series([Rectangle::new(
                    [(remaining, top), (remaining + step.removed as f64, bottom)],
                    BAD.mix(0.75).filled(),
                )])
                .map_err(fault)?;
        }
        Ok(())
    })
    .map(Some)
}
