//! Reliability: expected against observed bad rate by group, with intervals and the isotonic recalibration.

use plotters::prelude::*;

use super::words::{Key, Shape, draw_with_keys};
use super::{BAD, FAINT, GOOD, INK, fault, percent, text};
use crate::error::Result;
use crate::validation::brier::RecalibratedPart;
use crate::validation::pd_groups::PdGroup;

/// The words of the picture.
pub struct ReliabilityWords<'a> {
    /// What it shows, for those who cannot see it.
    pub description: &'a str,
    /// Of the axis along.
    pub expected: &'a str,
    /// Of the axis up.
    pub observed: &'a str,
    /// Of the dots.
    pub groups: &'a str,
    /// Of the line of the recalibration.
    pub recalibrated: &'a str,
    /// Of the diagonal.
    pub diagonal: &'a str,
}

/// A dot a group at its mean PD and observed rate, with a bar over the interval; the recalibrated PDs as a line; none
/// without groups.
pub fn reliability_chart(
    words: &ReliabilityWords<'_>,
    groups: &[PdGroup],
    recalibrated: &[RecalibratedPart],
) -> Result<Option<String>> {
    let Some(last) = groups.last() else { return Ok(None) };
    // A few extreme PDs must not press all groups into a corner.
    let along = (last.mean_pd * 1.15).clamp(0.001, 1.0);
    let up = groups.iter().filter_map(|group| group.high).fold(along, f64::max).min(1.0) * 1.03;
    let keys = [
        Key::new(words.groups, GOOD, Shape::Dot),
        Key::new(words.recalibrated, BAD, Shape::Line),
        Key::new(words.diagonal, INK, Shape::Dashes),
    ];
    draw_with_keys((520, 380), words.description, &keys, |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(12)
            .margin_right(24)
            .x_label_area_size(42)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..along, 0.0..up)
            .map_err(fault)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .axis_style(INK.mix(0.6))
            .x_labels(6)
            .y_labels(6)
            .x_desc(words.expected)
            .y_desc(words.observed)
            .x_label_formatter(&|x| percent(*x))
            .y_label_formatter(&|y| percent(*y))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        let steps = recalibrated.iter().flat_map(|part| [(part.lower, part), (part.upper, part)]);
        let points = steps.filter(|(x, part)| *x <= along && part.recalibrated_pd <= up);
        let line: Vec<(f64, f64)> = points.map(|(x, part)| (x, part.recalibrated_pd)).collect();
        chart.draw_series(LineSeries::new(line, BAD.stroke_width(2))).map_err(fault)?;
        let end = along.min(up);
        let diagonal = DashedLineSeries::new([(0.0, 0.0), (end, end)], 6, 4, INK.mix(0.7).stroke_width(1));
        chart.draw_series(diagonal).map_err(fault)?;
        for group in groups {
            if let (Some(low), Some(high)) = (group.low, group.high) {
                let bar = [(group.mean_pd, low), (group.mean_pd, high)];
                chart.draw_series(LineSeries::new(bar, GOOD.stroke_width(1))).map_err(fault)?;
            }
        }
        let dots = groups.iter().map(|group| Circle::new((group.mean_pd, group.observed), 4, GOOD.filled()));
        chart.draw_series(dots).map_err(fault)?;
        Ok(())
    })
    .map(Some)
}
