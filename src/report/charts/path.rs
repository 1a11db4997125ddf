//! The criterion of the model by step of the search.

use plotters::prelude::*;

use super::{BAD, FAINT, GOOD, INK, draw, fault, text, tick};
use crate::error::Result;
use crate::selection::{PathStep, StepKind};

/// Figures further above the least than this many times as far as the median are not drawn: they would press the others
/// together.
const FAR: f64 = 6.0;

/// One point a step, numbered as in the table beside it: blue where a feature entered, orange where one left, a ring for
/// the best alternative. Of the best subsets, one a number of features, the least filled. None for fewer than two models.
pub fn path_chart(steps: &[PathStep]) -> Result<Option<String>> {
    let subsets = steps.iter().all(|step| step.kind == StepKind::Subset);
    let models = || steps.iter().filter(|step| step.kind != StepKind::Stop);
    let mut values: Vec<f64> = models().map(|step| step.after).collect();
    values.sort_by(f64::total_cmp);
    let (Some(low), Some(median)) = (values.first().copied(), values.get(values.len() / 2).copied()) else {
        return Ok(None);
    };
    let shown: Vec<&PathStep> =
        models().filter(|step| values.len() < 4 || step.after <= low + FAR * (median - low)).collect();
    let high = shown.iter().map(|step| step.after).fold(low, f64::max);
    let x = |step: &PathStep| if subsets { step.features as f64 } else { step.step as f64 };
    let (Some(first), Some(last), true) = (shown.first(), shown.last(), high > low) else { return Ok(None) };
    let (range, margin) = (high - low, (high - low) * 0.06);
    let x_name = if subsets { "number of features" } else { "step" };
    let description = format!("{} of the model by {x_name}", first.criterion);
    draw((1060, 300), &description, |canvas| {
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
            .x_labels(shown.len().min(25) + 1)
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
            .draw_series(LineSeries::new(shown.iter().map(|step| (x(step), step.after)), INK.mix(0.4).stroke_width(1)))
            .map_err(fault)?;
        for step in shown {
            if let Some(other) = step.alternative_after.filter(|other| !subsets && *other <= high + margin) {
                chart.draw_series([Circle::new((x(step), other), 4, INK.mix(0.6).stroke_width(1))]).map_err(fault)?;
            }
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
