//! Shares then and now, side by side.

use plotters::prelude::*;

use super::axes::{Along, SMALL, axes};
use super::words::{Key, Shape, draw_with_keys};
use super::{FAINT, GOOD, fault};
use crate::error::Result;

/// Two bars a name: `expected` in grey, `actual` in blue, each with its name in the legend; none where all are 0.
pub fn shift_chart(
    description: &str,
    names: &[String],
    expected: (&str, &[f64]),
    actual: (&str, &[f64]),
    x_desc: &str,
    y_desc: &str,
) -> Result<Option<String>> {
    let most = expected.1.iter().chain(actual.1).copied().fold(0.0, f64::max);
    if most <= 0.0 {
        return Ok(None);
    }
    let grey = RGBColor(0xaf, 0xb5, 0xbd);
    let keys = [Key::new(expected.0, grey, Shape::Area), Key::new(actual.0, GOOD, Shape::Area)];
    draw_with_keys(SMALL, description, &keys, |canvas| {
        let mut chart = axes(canvas, &Along::Names(names), x_desc, y_desc, most, true)?;
        for (shares, left, colour) in [(expected.1, -0.42, grey), (actual.1, 0.0, GOOD)] {
            let bars = shares.iter().enumerate().map(|(place, share)| {
                let x = place as f64 + left;
                Rectangle::new([(x, 0.0), (x + 0.42, *share)], colour.filled())
            });
            chart.draw_series(bars).map_err(fault)?;
        }
        chart
            .draw_series([PathElement::new([(-0.5, 0.0), (names.len() as f64 - 0.5, 0.0)], FAINT.stroke_width(1))])
            .map_err(fault)?;
        Ok(())
    })
    .map(Some)
}
