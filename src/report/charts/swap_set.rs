//! Swap sets as a picture: at each approval rate, the cases that both scores approve, one alone, or neither.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::words::{Key, Shape, draw_with_keys, fitted, titled, width};
use super::{INK, fault, text};
use crate::error::Result;

const WIDTH: i32 = 820;
const LEFT: i32 = 170;
const RIGHT: i32 = 16;
const TOP: i32 = 8;
const ROW: i32 = 34;
/// Both, the first alone, the second alone, neither.
const COLOURS: [RGBColor; 4] =
    [RGBColor(0x00, 0x72, 0xb2), RGBColor(0xe6, 0x9f, 0x00), RGBColor(0x56, 0xb4, 0xe9), RGBColor(0xd5, 0xda, 0xe1)];

/// Shares of the cases by who approves them.
#[derive(Debug, Clone, PartialEq)]
pub struct SwapBar {
    /// What the row is, such as the approval rate.
    pub name: String,
    /// Shares of: both, the first alone, the second alone, neither.
    pub shares: [f64; 4],
}

/// Draws a bar for each row; `words` name the four parts. None without rows.
///
/// # Errors
/// A fault of drawing.
pub fn swap_set_chart(description: &str, words: [&str; 4], bars: &[SwapBar]) -> Result<Option<String>> {
    if bars.is_empty() {
        return Ok(None);
    }
    let keys: Vec<Key> = words.iter().zip(COLOURS).map(|(name, colour)| Key::new(*name, colour, Shape::Area)).collect();
    let across = f64::from(WIDTH - LEFT - RIGHT);
    let name = |bar: &SwapBar| fitted(&bar.name, 13, LEFT - 16);
    let size = (WIDTH as u32, (TOP + ROW * bars.len() as i32 + 8) as u32);
    let svg = draw_with_keys(size, description, &keys, |canvas| {
        for (row, bar) in bars.iter().enumerate() {
            let top = TOP + ROW * row as i32;
            let style = text(13).pos(Pos::new(HPos::Right, VPos::Center));
            canvas.draw(&Text::new(name(bar), (LEFT - 8, top + ROW / 2), style)).map_err(fault)?;
            let mut before = 0.0;
            for (place, (share, colour)) in bar.shares.iter().zip(COLOURS).enumerate() {
                let at = |share: f64| LEFT + (share.clamp(0.0, 1.0) * across).round() as i32;
                let (left, right) = (at(before), at(before + share));
                before += share;
                if right <= left {
                    continue;
                }
                let corners = [(left, top + 3), (right, top + ROW - 3)];
                canvas.draw(&Rectangle::new(corners, colour.filled())).map_err(fault)?;
                let content = format!("{:.1}%", share * 100.0);
                // A part narrower than its number stays without it: the table has the figures.
                if width(&content, 13) + 6.0 <= f64::from(right - left) {
                    let ink = if place == 0 { &WHITE } else { &INK };
                    let style = text(13).pos(Pos::new(HPos::Center, VPos::Center)).color(ink);
                    canvas.draw(&Text::new(content, ((left + right) / 2, top + ROW / 2), style)).map_err(fault)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(Some(titled(&svg, bars.iter().map(|bar| (name(bar), bar.name.clone())))))
}
