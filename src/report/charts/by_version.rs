//! A measure over versions, with intervals, samples side by side.

use plotters::prelude::*;

use super::axes::{Along, SMALL};
use super::words::{Key, Shape, draw_with_keys};
use super::{Estimate, FAINT, GOOD, INK, fault, text};
use crate::error::Result;

/// The estimates of a sample.
#[derive(Debug, Clone)]
pub struct VersionSeries {
    /// The sample in words.
    pub name: String,
    /// Its colour.
    pub colour: RGBColor,
    /// One a version, where there is one.
    pub values: Vec<Option<Estimate>>,
}

/// Estimates by version; the background of the version `marked` is tinted. None where no value is known.
///
/// # Errors
/// A fault of drawing.
pub fn by_version_chart(
    description: &str,
    y_desc: &str,
    versions: &[String],
    series: &[VersionSeries],
    marked: Option<usize>,
) -> Result<Option<String>> {
    let ends = || {
        let known = series.iter().flat_map(|series| series.values.iter().flatten());
        known.flat_map(|estimate| {
            let (low, high) = estimate.interval.unwrap_or((estimate.value, estimate.value));
            [low, estimate.value, high]
        })
    };
    let (low, high) = ends().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    if low > high {
        return Ok(None);
    }
    let room = ((high - low) * 0.1).max(0.01);
    let (low, high) = ((low - room).max(0.0), (high + room).min(1.0));
    let keys: Vec<Key> = series.iter().map(|series| Key::new(series.name.clone(), series.colour, Shape::Dot)).collect();
    let along = Along::Names(versions);
    let apart = 0.6 / series.len() as f64;
    draw_with_keys(SMALL, description, &keys, |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(10)
            .margin_right(24)
            .x_label_area_size(42)
            .y_label_area_size(62)
            .build_cartesian_2d(-0.5..versions.len() as f64 - 0.5, low..high)
            .map_err(fault)?;
        if let Some(at) = marked.map(|at| at as f64) {
            let corners = [(at - 0.5, low), (at + 0.5, high)];
            chart.draw_series([Rectangle::new(corners, GOOD.mix(0.09).filled())]).map_err(fault)?;
        }
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .disable_x_mesh()
            .axis_style(INK.mix(0.6))
            .x_labels(along.labels())
            .y_labels(6)
            .x_desc("version")
            .y_desc(y_desc)
            .x_label_formatter(&|x| along.label(*x, 66))
            .y_label_formatter(&|y| format!("{y:.2}"))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        for (position, series) in series.iter().enumerate() {
            let aside = (position as f64 + 0.5) * apart - 0.3;
            let points = || {
                let known = series.values.iter().enumerate();
                known.filter_map(|(at, estimate)| Some((at as f64 + aside, estimate.as_ref()?)))
            };
            let lines = points().filter_map(|(x, estimate)| {
                let (low, high) = estimate.interval?;
                Some(PathElement::new([(x, low), (x, high)], series.colour.stroke_width(2)))
            });
            chart.draw_series(lines).map_err(fault)?;
            let size = if versions.len() > 30 { 2 } else { 4 };
            let dots = points().map(|(x, estimate)| Circle::new((x, estimate.value), size, series.colour.filled()));
            chart.draw_series(dots).map_err(fault)?;
        }
        Ok(())
    })
    .map(Some)
}
