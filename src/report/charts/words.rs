//! Text of charts that stays in its place, whatever it says: shortened to the room that there is, the whole of it in a
//! `<title>` that shows on pointing; and keys of series below the chart, in as many rows as they need.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use unicode_width::UnicodeWidthChar;

use super::{Canvas, draw, fault, text};
use crate::error::Result;

/// Size of the keys' letters.
const SIZE: u32 = 13;
/// Height of a row of keys.
const ROW: i32 = 20;
/// Room of a key's mark.
const MARK: i32 = 28;
/// Room between keys.
const BETWEEN: i32 = 18;

/// The most that a text takes in pixels at a size of [`text`]: letters are taken as wide as in a wide font.
pub(super) fn width(content: &str, size: u32) -> f64 {
    // plotters writes sizes over 1.24.
    let em = f64::from(size) / 1.24;
    content
        .chars()
        .map(|letter| match letter {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' => 0.4,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 1.0,
            letter if letter.is_uppercase() => 0.76,
            letter if letter.width() == Some(2) => 1.05,
            letter if letter.width() == Some(0) => 0.0,
            _ => 0.64,
        })
        .sum::<f64>()
        * em
}

/// The text as far as it fits into `room` pixels; `…` stands for the rest.
pub(super) fn fitted(content: &str, size: u32, room: i32) -> String {
    let room = f64::from(room);
    if width(content, size) <= room {
        return content.to_owned();
    }
    let mut kept = String::new();
    for letter in content.chars() {
        kept.push(letter);
        if width(&kept, size) + width("…", size) > room {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

/// Puts the whole text into the picture where it stands shortened: `texts` are (shortened, whole) in the order in which
/// they are drawn.
pub(super) fn titled(svg: &str, texts: impl IntoIterator<Item = (String, String)>) -> String {
    let mut done = String::with_capacity(svg.len());
    let mut rest = svg;
    for (shortened, whole) in texts.into_iter().filter(|(shortened, whole)| shortened != whole) {
        let place = format!(">\n{}\n</text>", escaped(&shortened));
        if let Some(at) = rest.find(&place) {
            let end = at + place.len() - "</text>".len();
            done.push_str(&rest[..end]);
            done.push_str(&format!("<title>{}</title>", escaped(&whole)));
            rest = &rest[end..];
        }
    }
    done.push_str(rest);
    done
}

/// As the drawing itself writes texts.
fn escaped(content: &str) -> String {
    content
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

/// How a key shows its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A line.
    Line,
    /// A broken line.
    Dashes,
    /// A filled area.
    Area,
    /// A dot.
    Dot,
}

/// What a colour stands for.
#[derive(Debug, Clone)]
pub struct Key {
    /// The series in words.
    pub name: String,
    /// Its colour.
    pub colour: RGBColor,
    /// How it is drawn.
    pub shape: Shape,
}

impl Key {
    /// A key.
    pub fn new(name: impl Into<String>, colour: RGBColor, shape: Shape) -> Self {
        Key { name: name.into(), colour, shape }
    }
}

/// A key that has found its place.
struct Placed<'a> {
    key: &'a Key,
    name: String,
    place: (i32, i32),
}

/// Lays keys out in rows across `across` pixels; gives their height as well.
fn placed(keys: &[Key], across: i32) -> (Vec<Placed<'_>>, i32) {
    let left = 12;
    let (mut x, mut y) = (left, 0);
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        let name = fitted(&key.name, SIZE, across - 2 * left - MARK);
        let takes = MARK + width(&name, SIZE).ceil() as i32;
        if x > left && x + takes > across - left {
            (x, y) = (left, y + ROW);
        }
        all.push(Placed { key, name, place: (x, y) });
        x += takes + BETWEEN;
    }
    (all, if keys.is_empty() { 0 } else { y + ROW + 6 })
}

/// Draws a picture of a size with keys below it; the picture grows by their rows.
pub(super) fn draw_with_keys(
    size: (u32, u32),
    description: &str,
    keys: &[Key],
    paint: impl FnOnce(&Canvas<'_>) -> Result<()>,
) -> Result<String> {
    let (placed, height) = placed(keys, size.0 as i32);
    let svg = draw((size.0, size.1 + height as u32), description, |canvas| {
        let (plot, below) = canvas.split_vertically(size.1);
        paint(&plot)?;
        for Placed { key, name, place: (x, y) } in &placed {
            let middle = y + ROW / 2;
            let line = |from: i32, to: i32| {
                let path = PathElement::new([(x + from, middle), (x + to, middle)], key.colour.stroke_width(3));
                below.draw(&path).map_err(fault)
            };
            match key.shape {
                Shape::Line => line(0, 22)?,
                Shape::Dashes => [(0, 6), (8, 14), (16, 22)].into_iter().try_for_each(|(from, to)| line(from, to))?,
                Shape::Area => {
                    let corners = [(x + 4, middle - 6), (x + 18, middle + 6)];
                    below.draw(&Rectangle::new(corners, key.colour.filled())).map_err(fault)?;
                }
                Shape::Dot => below.draw(&Circle::new((x + 11, middle), 4, key.colour.filled())).map_err(fault)?,
            }
            let style = text(SIZE).pos(Pos::new(HPos::Left, VPos::Center));
            below.draw(&Text::new(name.clone(), (x + MARK, middle), style)).map_err(fault)?;
        }
        Ok(())
    })?;
    Ok(titled(&svg, placed.into_iter().map(|placed| (placed.name, placed.key.name.clone()))))
}
