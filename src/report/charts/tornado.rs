//! A tornado: how far a figure moves where one input is set low, and where it is set high; the widest on top.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::ranked::{steps, tick_label};
use super::words::{Key, Shape, draw_with_keys, fitted, titled};
use super::{BAD, FAINT, GOOD, INK, fault, text};
use crate::error::Result;

const WIDTH: u32 = 820;
const LEFT: i32 = 290;
const RIGHT: i32 = 30;
const TOP: i32 = 10;
const ROW: i32 = 26;
const BELOW: i32 = 54;

/// What an input does to the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct TornadoRow {
    /// The input, of any length.
    pub name: String,
    /// The figure where the input is set low; nothing is drawn where it is not known.
    pub low: Option<f64>,
    /// The figure where the input is set high.
    pub high: Option<f64>,
}

/// Draws bars from `base`, the figure as it is, to the figures of every row, those that move it furthest on top (ties as
/// they come). `words` name the low and the high setting. None where no row has a finite figure.
///
/// # Errors
/// A fault of drawing.
pub fn tornado_chart(
    description: &str,
    x_desc: &str,
    base: f64,
    words: (&str, &str),
    rows: &[TornadoRow],
) -> Result<Option<String>> {
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    let ends = |row: &TornadoRow| [finite(row.low), finite(row.high)];
    let reach =
        |row: &TornadoRow| ends(row).into_iter().flatten().fold(0.0_f64, |far, end| far.max((end - base).abs()));
    let mut rows: Vec<&TornadoRow> = rows.iter().filter(|row| ends(row).iter().any(Option::is_some)).collect();
    if rows.is_empty() || !base.is_finite() {
        return Ok(None);
    }
    rows.sort_by(|a, b| reach(b).total_cmp(&reach(a)));
    let values = || rows.iter().flat_map(|row| ends(row)).flatten().chain([base]);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let room = if high > low { (high - low) * 0.05 } else { base.abs().max(1.0) * 0.01 };
    let (low, high) = (low - room, high + room);
    let across = WIDTH as i32 - LEFT - RIGHT;
    let x = |value: f64| LEFT + ((value - low) / (high - low) * f64::from(across)).round() as i32;
    let bottom = TOP + ROW * rows.len() as i32;
    let name = |row: &TornadoRow| fitted(&row.name, 13, LEFT - 16);
    let keys = [Key::new(words.0, BAD, Shape::Area), Key::new(words.1, GOOD, Shape::Area)];
    let svg = draw_with_keys((WIDTH, (bottom + BELOW) as u32), description, &keys, |canvas| {
        let style = |size: u32, across: HPos, up: VPos| text(size).pos(Pos::new(across, up));
        let write = |content: String, place: (i32, i32), style: TextStyle<'_>| {
            canvas.draw(&Text::new(content, place, style)).map_err(fault)
        };
        let line = |from: (i32, i32), to: (i32, i32), style: ShapeStyle| {
            canvas.draw(&PathElement::new([from, to], style)).map_err(fault)
        };
        for value in steps(low, high) {
            line((x(value), TOP), (x(value), bottom), FAINT.stroke_width(1))?;
            write(tick_label(value, high - low), (x(value), bottom + 6), style(13, HPos::Center, VPos::Top))?;
        }
        let place = (LEFT + across / 2, bottom + 28);
        write(fitted(x_desc, 14, across), place, style(14, HPos::Center, VPos::Top))?;
        for (position, row) in rows.iter().enumerate() {
            let top = TOP + ROW * position as i32;
            write(name(row), (LEFT - 8, top + ROW / 2), style(13, HPos::Right, VPos::Center))?;
            // Where both settings move the figure to one side, each keeps a half of the row.
            let one_side = matches!(ends(row), [Some(a), Some(b)] if (a - base) * (b - base) > 0.0);
            for (place, (end, colour)) in ends(row).into_iter().zip([BAD, GOOD]).enumerate() {
                let Some(end) = end else { continue };
                let (upper, lower) = match (one_side, place) {
                    (false, _) => (top + 3, top + ROW - 4),
                    (true, 0) => (top + 3, top + ROW / 2 - 1),
                    (true, _) => (top + ROW / 2 + 1, top + ROW - 4),
                };
                canvas.draw(&Rectangle::new([(x(base), upper), (x(end), lower)], colour.filled())).map_err(fault)?;
            }
        }
        line((x(base), TOP), (x(base), bottom), INK.stroke_width(2))
    })?;
    Ok(Some(titled(&svg, rows.iter().map(|row| (name(row), row.name.clone())))))
}
