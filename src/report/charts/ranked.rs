//! Named rows, one under the other, each with dots and intervals or with bars.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{FAINT, INK, draw, fault, text, tick};
use crate::error::Result;

const WIDTH: u32 = 820;
const LEFT: i32 = 330;
const RIGHT: i32 = 20;
const TOP: i32 = 10;
const ROW: i32 = 26;
const BELOW: i32 = 52;
/// More characters than this do not fit beside the rows.
const LONGEST_NAME: usize = 46;

/// A mark of a row.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Its colour.
    pub colour: RGBColor,
    /// Where it stands; nothing is drawn where there is none.
    pub value: Option<f64>,
    /// Ends of its interval.
    pub interval: Option<(f64, f64)>,
}

/// A row.
#[derive(Debug, Clone)]
pub struct RankedRow {
    /// Its name.
    pub name: String,
    /// Its marks, one beside the other.
    pub marks: Vec<Mark>,
}

/// Rows with dots, or with bars from 0; `reference` is a line through all rows. None where no value is known.
pub fn ranked_chart(
    description: &str,
    x_desc: &str,
    rows: &[RankedRow],
    bars: bool,
    reference: Option<f64>,
) -> Result<Option<String>> {
    let marks = || rows.iter().flat_map(|row| &row.marks);
    let ends = |mark: &Mark| [mark.value, mark.interval.map(|(low, _)| low), mark.interval.map(|(_, high)| high)];
    let values = marks().flat_map(ends).chain([reference, bars.then_some(0.0)]).flatten();
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if marks().all(|mark| mark.value.is_none()) || !(high - low).is_finite() {
        return Ok(None);
    }
    let room = if high > low { (high - low) * 0.05 } else { 0.01 };
    let low = if bars && low == 0.0 { 0.0 } else { low - room };
    let high = high + room;
    let height = TOP + ROW * rows.len() as i32 + BELOW;
    let across = WIDTH as i32 - LEFT - RIGHT;
    let x = |value: f64| LEFT + ((value - low) / (high - low) * f64::from(across)).round() as i32;
    let bottom = TOP + ROW * rows.len() as i32;
    draw((WIDTH, height as u32), description, |canvas| {
        let style = |size: u32, across: HPos, up: VPos| text(size).pos(Pos::new(across, up));
        let line = |from: (i32, i32), to: (i32, i32), colour: ShapeStyle| {
            canvas.draw(&PathElement::new([from, to], colour)).map_err(fault)
        };
        for value in steps(low, high) {
            line((x(value), TOP), (x(value), bottom), FAINT.stroke_width(1))?;
            let label =
                Text::new(tick_label(value, high - low), (x(value), bottom + 6), style(13, HPos::Center, VPos::Top));
            canvas.draw(&label).map_err(fault)?;
        }
        let place = (LEFT + across / 2, bottom + 28);
        canvas.draw(&Text::new(x_desc.to_owned(), place, style(14, HPos::Center, VPos::Top))).map_err(fault)?;
        if let Some(reference) = reference {
            line((x(reference), TOP), (x(reference), bottom), INK.mix(0.6).stroke_width(2))?;
        }
        for (position, row) in rows.iter().enumerate() {
            let top = TOP + ROW * position as i32;
            let name = Text::new(shortened(&row.name), (LEFT - 8, top + ROW / 2), style(13, HPos::Right, VPos::Center));
            canvas.draw(&name).map_err(fault)?;
            let part = (ROW - 6) / row.marks.len().max(1) as i32;
            for (place, mark) in row.marks.iter().enumerate() {
                let Some(value) = mark.value else { continue };
                let upper = top + 3 + part * place as i32;
                let middle = upper + part / 2;
                if bars {
                    let corners = [(x(0.0_f64.max(low)), upper), (x(value), upper + part - 1)];
                    canvas.draw(&Rectangle::new(corners, mark.colour.filled())).map_err(fault)?;
                }
                if let Some((from, to)) = mark.interval {
                    let colour = if bars { INK.mix(0.7).stroke_width(1) } else { mark.colour.stroke_width(2) };
                    line((x(from), middle), (x(to), middle), colour)?;
                }
                if !bars {
                    canvas.draw(&Circle::new((x(value), middle), 4, mark.colour.filled())).map_err(fault)?;
                }
            }
        }
        Ok(())
    })
    .map(Some)
}

/// About five round numbers within a range.
pub(super) fn steps(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough);
    let step = step.unwrap_or(rough);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(|number| number as f64 * step).collect()
}

pub(super) fn tick_label(value: f64, range: f64) -> String {
    let value = if value.abs() < range * 1e-9 { 0.0 } else { value };
    match range {
        range if range < 0.005 => format!("{value:.4}"),
        range if range < 0.5 => format!("{value:.3}"),
        range => tick(value, range),
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}
