//! Axes of small charts: months or numbers along, shares or counts up; labels that neither meet nor
//! leave the picture.

use plotters::prelude::*;

use super::words::fitted;
use super::{Canvas, FAINT, INK, fault, text};
use crate::error::Result;

/// Size of a chart that stands beside another.
pub(super) const SMALL: (u32, u32) = (520, 320);

/// What stands along the x axis, at 0, 1, 2, …
pub enum Along<'a> {
    /// Names, of which as many are written as fit.
    Names(&'a [String]),
    /// Whole numbers from the first to the last.
    Numbers(i32, i32),
}

impl Along<'_> {
    pub(super) fn range(&self) -> (f64, f64) {
        match self {
            Along::Names(names) => (-0.5, names.len() as f64 - 0.5),
            Along::Numbers(first, last) => (f64::from(*first), f64::from((*last).max(first + 1))),
        }
    }

    /// How many labels to ask for: whole numbers only get one, and about seven names fit.
    pub(super) fn labels(&self) -> usize {
        let (low, high) = self.range();
        let steps = (high - low).ceil() as usize;
        if steps <= 7 { steps * 2 + 1 } else { 7 }
    }

    /// The label at `x`, cut to `room` pixels.
    pub(super) fn label(&self, x: f64, room: i32) -> String {
        let near = x.round();
        if (near - x).abs() > 1e-6 {
            return String::new();
        }
        match self {
            Along::Numbers(..) => format!("{near:.0}"),
            Along::Names(names) if near >= 0.0 => {
                names.get(near as usize).map(|name| fitted(name, 13, room)).unwrap_or_default()
            }
            Along::Names(_) => String::new(),
        }
    }
}

/// A chart's context over two ranges of numbers.
pub(super) type Plot<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// Draws the axes of a chart whose values lie between 0 and `most`.
pub(super) fn axes<'a, 'b>(
    canvas: &'a Canvas<'b>,
    along: &Along<'_>,
    x_desc: &str,
    y_desc: &str,
    most: f64,
    is_share: bool,
) -> Result<Plot<'a, 'b>> {
    let (low, high) = along.range();
    let most = if most > 0.0 { most } else { 1.0 };
    let most = if is_share { (most * 1.08).min(1.0) } else { most * 1.08 };
    let mut chart = ChartBuilder::on(canvas)
        .margin(10)
        .margin_right(34)
        .x_label_area_size(42)
        .y_label_area_size(66)
        .build_cartesian_2d(low..high, 0.0..most)
        .map_err(fault)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT)
        .disable_x_mesh()
        .axis_style(INK.mix(0.6))
        .x_labels(along.labels())
        .y_labels(6)
        .x_desc(x_desc)
        .y_desc(y_desc)
        .x_label_formatter(&|x| along.label(*x, 66))
        .y_label_formatter(&|y| if is_share { share_label(*y, most) } else { count_label(*y) })
        .label_style(text(13))
        .axis_desc_style(text(14))
        .draw()
        .map_err(fault)?;
    Ok(chart)
}

/// A share with the decimals that the range up to `most` needs.
fn share_label(share: f64, most: f64) -> String {
    let decimals = match most {
        most if most >= 0.2 => 0,
        most if most >= 0.02 => 1,
        most if most >= 0.002 => 2,
        _ => 3,
    };
    format!("{:.decimals$}%", share * 100.0)
}

fn count_label(count: f64) -> String {
    let short = |value: f64, unit: &str| {
        let text = format!("{value:.1}");
        format!("{}{unit}", text.strip_suffix(".0").unwrap_or(&text))
    };
    match count {
        count if count >= 999_950.0 => short(count / 1e6, " m"),
        count if count >= 10_000.0 => short(count / 1e3, " k"),
        count if (count - count.round()).abs() < 1e-6 => format!("{count:.0}"),
        count => format!("{count:.1}"),
    }
}
