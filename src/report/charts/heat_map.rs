//! A matrix of shares as a picture: rows are states now, columns the states they go to, by number.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{FAINT, GOOD, INK, draw, fault, text};
use crate::error::Result;

const WIDTH: u32 = 520;
const LEFT: i32 = 128;
const TOP: i32 = 46;
const ROW: i32 = 34;
/// More characters than this do not fit beside the rows.
const LONGEST_NAME: usize = 15;

/// Draws `shares[row][column]`; rows are called by number and name, columns by number, the last column
/// `last`. None is an empty cell.
pub fn heat_map(
    description: &str,
    x_desc: &str,
    names: &[String],
    last: &str,
    shares: &[Vec<Option<f64>>],
) -> Result<String> {
    let columns = names.len() as i32 + 1;
    let cell = (WIDTH as i32 - LEFT - 6) / columns;
    let height = TOP + ROW * shares.len() as i32 + 6;
    draw((WIDTH, height as u32), description, |canvas| {
        let style = |size: u32, across: HPos| text(size).pos(Pos::new(across, VPos::Center));
        let write = |content: String, place: (i32, i32), style: TextStyle<'_>| {
            canvas.draw(&Text::new(content, place, style)).map_err(fault)
        };
        let middle = |column: i32| LEFT + cell * column + cell / 2;
        write(x_desc.to_owned(), (LEFT + cell * columns / 2, 12), style(14, HPos::Center))?;
        for column in 0..columns {
            let name = if column + 1 == columns { last.to_owned() } else { column.to_string() };
            write(name, (middle(column), TOP - 12), style(13, HPos::Center))?;
        }
        for (row, (shares, name)) in shares.iter().zip(names).enumerate() {
            let top = TOP + ROW * row as i32;
            write(format!("{row}: {}", shortened(name)), (6, top + ROW / 2), style(13, HPos::Left))?;
            for (column, share) in shares.iter().enumerate() {
                let left = LEFT + cell * column as i32;
                let corners = [(left, top), (left + cell - 2, top + ROW - 2)];
                let shade = share.unwrap_or(0.0).clamp(0.0, 1.0);
                let is_last = column as i32 + 1 == columns;
                let paper = if is_last { RGBColor(0x5b, 0x67, 0x75) } else { GOOD };
                canvas.draw(&Rectangle::new(corners, WHITE.filled())).map_err(fault)?;
                canvas.draw(&Rectangle::new(corners, paper.mix(shade.sqrt() * 0.92).filled())).map_err(fault)?;
                canvas.draw(&Rectangle::new(corners, FAINT.stroke_width(1))).map_err(fault)?;
                // Cells narrower than their text stay without it: the table beside has the figures.
                if let Some(share) = share
                    && cell >= 30
                {
                    let content =
                        if cell >= 46 { format!("{:.1}%", share * 100.0) } else { format!("{:.0}%", share * 100.0) };
                    // White is readable on the darkest shades only.
                    let ink = if shade > 0.6 { &WHITE } else { &INK };
                    let size = if cell >= 46 { 13 } else { 11 };
                    write(content, (middle(column as i32) - 1, top + ROW / 2), style(size, HPos::Center).color(ink))?;
                }
            }
        }
        Ok(())
    })
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}
