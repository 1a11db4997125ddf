//! Charts as inline SVG by plotters: one palette (Okabe and Ito, safe for colour-blind readers), no
//! fonts needed, no text that could run out of its place: axes carry numbers, names stand in legends
//! and tables.

mod axes;
mod bins;
mod by_version;
mod calibration;
mod course;
mod curves;
mod forest;
mod heat_map;
mod lines;
mod matrix;
mod migration;
mod over_periods;
pub mod palette;
mod path;
mod ranked;
mod region_grid;
mod reliability;
mod shift;
mod stacked;
mod strip;
mod swap_set;
mod time_line;
mod tornado;
mod unit_square;
mod waterfall;
mod words;

pub use axes::Along;
pub use bins::{BinSeries, bin_chart};
pub use by_version::{VersionSeries, by_version_chart};
pub use calibration::{calibration_chart, calibration_of};
pub use course::{CourseLine, course_chart};
pub use curves::{distribution_chart, ks_chart, periods_chart};
pub use forest::{ForestRow, forest_chart};
pub use heat_map::heat_map;
pub use lines::{Line, line_chart};
pub use matrix::{Matrix, matrix_chart};
pub use migration::{MigrationMap, migration_map};
pub use over_periods::{LimitLine, PeriodSeries, psi_over_time_chart};
pub use path::path_chart;
pub use ranked::{Mark, RankedRow, ranked_chart};
pub use region_grid::{GridAxis, region_grid};
pub use reliability::{ReliabilityWords, reliability_chart};
pub use shift::shift_chart;
pub use stacked::stacked_chart;
pub use strip::{Estimate, course_strip, interval_strip, shared_range};
pub use swap_set::{SwapBar, swap_set_chart};
pub use time_line::{Span, time_line};
pub use tornado::{TornadoRow, tornado_chart};
pub use unit_square::{UnitCurve, cap_chart, cap_of_samples, roc_band_chart, roc_of_samples};
pub use waterfall::waterfall_chart;
pub use words::{Key, Shape};

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::error::{Error, internal};
use crate::sample::SampleName;
use crate::words::{Language, Message};

pub(crate) const INK: RGBColor = RGBColor(0x22, 0x2b, 0x36);
pub(super) const FAINT: RGBColor = RGBColor(0xd5, 0xda, 0xe1);
pub(crate) const GOOD: RGBColor = RGBColor(0x00, 0x72, 0xb2);
pub(crate) const BAD: RGBColor = RGBColor(0xd5, 0x5e, 0x00);

/// The colour of a sample.
pub(crate) fn colour(sample: SampleName) -> RGBColor {
    match sample {
        SampleName::Development => RGBColor(0x00, 0x72, 0xb2),
        SampleName::Holdout => RGBColor(0xe6, 0x9f, 0x00),
        SampleName::OutOfTime => RGBColor(0x00, 0x9e, 0x73),
        SampleName::Rejected => RGBColor(0x56, 0xb4, 0xe9),
        SampleName::Validation => RGBColor(0xcc, 0x79, 0xa7),
    }
}

pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The words of a template in a language.
pub(super) fn say(language: Language, words: &'static str) -> String {
    Message::new(words).in_language(language)
}

/// A fault of drawing.
pub(super) fn fault(reason: impl std::fmt::Display) -> Error {
    internal(format!("a chart cannot be drawn: {reason}"))
}

/// Draws a picture of a size and describes it in words for those who cannot see it.
pub(super) fn draw(
    size: (u32, u32),
    description: &str,
    paint: impl FnOnce(&Canvas<'_>) -> crate::error::Result<()>,
) -> crate::error::Result<String> {
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        paint(&canvas)?;
        canvas.present().map_err(fault)?;
    }
    let label = description.replace('&', "and").replace(['"', '<', '>'], "'");
    Ok(svg
        .replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{label}\" "), 1)
        .replace("font-family=\"sans-serif\"", "font-family=\"inherit\""))
}

pub(super) fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

/// A number as axes show it: no more digits than the range needs.
pub(super) fn tick(value: f64, range: f64) -> String {
    let value = if value.abs() < range * 1e-9 { 0.0 } else { value };
    let decimals = if range >= 20.0 {
        0
    } else if range >= 2.0 {
        1
    } else {
        2
    };
    format!("{value:.decimals$}")
}

pub(super) fn percent(value: f64) -> String {
    let percent = value * 100.0;
    if (percent - percent.round()).abs() < 1e-6 { format!("{percent:.0}%") } else { format!("{percent:.1}%") }
}
