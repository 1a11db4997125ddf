//! The criterion of the model by step of the search.

use plotters::prelude::*;

use super::{BAD, FAINT, GOOD, INK, draw, fault, text, tick};
use crate::error::Result;
use crate::selection::{PathStep, StepKind};

/// One point a step, numbered as in the table beside it: blue where a feature entered, orange where one left. Of the best
/// subsets, one a number of features, the least filled. None for fewer than two models.
pub fn path_chart(steps: &[PathStep]) -> Result<Option<String>> {
    let subsets = steps.iter().all(|step| step.kind == StepKind::Subset);
    let steps: Vec<&PathStep> = steps.iter().filter(|step| step.kind != StepKind::Stop).collect();
    let x = |step: &PathStep| if subsets { step.features as f64 } else { step.step as f64 };
    let values = || steps.iter().map(|step| step.after);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let (Some(first), Some(last), true) = (steps.first(), steps.last(), steps.len() > 1 && high > low) else {
        return Ok(None);
    };
    let margin = (high - low) * 0.06;
    let x_name = if subsets { "number of features" } else { "step" };
    let description = format!("{} of the model by {x_name}", first.criterion);
    draw((1060, 300), &description, |canvas| {
        let range = high - low;
        let mut chart = ChartBuilder::on(canvas)
            .margin(10)
            .x_label_area_size(46)
            .y_label_area_size(80)
            .build_cartesian_2d(x(first) - 0.4..x(last) + 0.4, low - margin..high + margin)
            .map_err(fault)?;
        let whole = |x: &f64| if (x - x.round()).abs() < 1e-6 { format!("{x:.0}") } else { String::new() };
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .disable_x_mesh()
            .x_labels(steps.len().min(25) + 1)
            .y_labels(6)
            .x_label_formatter(&whole)
            .y_label_formatter(&|y| tick(*y, range))
            .x_desc(x_name)
            .y_desc(first.criterion)
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        chart
            .draw_series(LineSeries::new(steps.iter().map(|step| (x(step), step.after)), INK.mix(0.4).stroke_width(1)))
            .map_err(fault)?;
        for step in &steps {
            let colour = match step.kind {
                StepKind::Leave => BAD.filled(),
                StepKind::Start => INK.filled(),
                StepKind::Subset if step.after > low => GOOD.stroke_width(2),
                _ => GOOD.filled(),
            };
            chart.draw_series([Circle::new((x(step), step.after), 5, colour)]).map_err(fault)?;
        }
        Ok(())
    })
    .map(Some)
}
