//! Calibration: expected against observed bad rate by score band, with intervals.

use plotters::prelude::*;

use super::curves::legend;
use super::{FAINT, colour, draw, fault, percent, say, text};
use crate::error::Result;
use crate::sample::SampleName;
use crate::validation::calibration::CalibrationBand;
use crate::words::Language;

/// One point a band, or whatever `description` says that they are; bars are the 95% intervals of the observed rate.
pub fn calibration_chart(
    description: &'static str,
    samples: &[(SampleName, &[CalibrationBand])],
    language: Language,
) -> Result<Option<String>> {
    let series: Vec<_> =
        samples.iter().map(|(name, bands)| (say(language, name.title()), colour(*name), *bands)).collect();
    let series: Vec<_> = series.iter().map(|(name, colour, bands)| (name.as_str(), *colour, *bands)).collect();
    let words = (say(language, "expected bad rate"), say(language, "observed bad rate"));
    calibration_of(&say(language, description), (&words.0, &words.1), &series)
}

/// As [`calibration_chart`], for series that are no samples: name, colour, bands; `words` name the axes
/// along and up.
pub fn calibration_of(
    description: &str,
    words: (&str, &str),
    series: &[(&str, RGBColor, &[CalibrationBand])],
) -> Result<Option<String>> {
    let points = |bands: &[CalibrationBand]| -> Vec<(f64, f64, f64, f64)> {
        bands.iter().filter_map(|band| Some((band.expected?, band.observed?, band.low?, band.high?))).collect()
    };
    let all: Vec<_> = series.iter().flat_map(|(_, _, bands)| points(bands)).collect();
    if all.is_empty() {
        return Ok(None);
    }
    let most = all.iter().fold(0.0_f64, |most, point| most.max(point.0).max(point.3)).max(0.01) * 1.05;
    draw((520, 400), description, |canvas| {
        let mut chart = ChartBuilder::on(canvas)
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(56)
            .build_cartesian_2d(0.0..most, 0.0..most)
            .map_err(fault)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .x_desc(words.0)
            .y_desc(words.1)
            .x_label_formatter(&|x| percent(*x))
            .y_label_formatter(&|y| percent(*y))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .draw()
            .map_err(fault)?;
        chart.draw_series(LineSeries::new([(0.0, 0.0), (most, most)], FAINT.stroke_width(2))).map_err(fault)?;
        for (name, colour, bands) in series {
            let (colour, points) = (*colour, points(bands));
            if points.is_empty() {
                continue;
            }
            chart
                .draw_series(
                    points
                        .iter()
                        .map(|(x, _, low, high)| PathElement::new([(*x, *low), (*x, *high)], colour.stroke_width(1))),
                )
                .map_err(fault)?;
            chart
                .draw_series(points.iter().map(|(x, y, ..)| Circle::new((*x, *y), 4, colour.filled())))
                .map_err(fault)?
                .label(*name)
                .legend(move |(x, y)| Circle::new((x + 9, y), 4, colour.filled()));
        }
        legend(&mut chart, SeriesLabelPosition::UpperLeft)
    })
    .map(Some)
}
