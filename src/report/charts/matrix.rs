//! A matrix of numbers as a picture: the darker a cell, the higher its number.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::words::{fitted, width as wide};
use super::{FAINT, INK, draw, fault, text};
use crate::error::Result;

const WIDEST: i32 = 1060;
const NARROWEST: i32 = 520;
const LEFT: i32 = 190;
const TOP: i32 = 50;
const ROW: i32 = 26;

/// Names and numbers of a matrix.
pub struct Matrix<'a> {
    /// What it shows, for those who cannot see it.
    pub description: &'a str,
    /// Over the columns.
    pub across: &'a str,
    /// Over the rows.
    pub down: &'a str,
    /// Names of rows.
    pub rows: &'a [String],
    /// Names of columns; as many are written as fit.
    pub columns: &'a [String],
    /// `values[row][column]`, from 0; none: an empty cell.
    pub values: &'a [Vec<Option<f64>>],
    /// The number of the darkest cell, and above.
    pub darkest: f64,
    /// Shown in percent.
    pub is_share: bool,
    /// The darkest colour.
    pub colour: RGBColor,
}

/// Draws a matrix; none without rows or columns.
pub fn matrix_chart(matrix: &Matrix<'_>) -> Result<Option<String>> {
    let (rows, columns) = (matrix.rows.len() as i32, matrix.columns.len() as i32);
    if rows == 0 || columns == 0 {
        return Ok(None);
    }
    let cell = ((WIDEST - LEFT - 8) / columns).clamp(1, 64);
    let width = (LEFT + cell * columns + 8).max(NARROWEST);
    let darkest = if matrix.darkest > 0.0 { matrix.darkest } else { 1.0 };
    // Every so many columns have their name written, so that none meets the next.
    let longest = matrix.columns.iter().map(|name| wide(name, 12).ceil() as i32).max().unwrap_or(0).min(130);
    let step = ((longest + 8) / cell + 1).max(1);
    draw((width as u32, (TOP + ROW * rows + 6) as u32), matrix.description, |canvas| {
        let style = |size: u32, across: HPos| text(size).pos(Pos::new(across, VPos::Center));
        let write = |content: String, place: (i32, i32), style: TextStyle<'_>| {
            canvas.draw(&Text::new(content, place, style)).map_err(fault)
        };
        write(fitted(matrix.across, 14, width - LEFT), (LEFT, 12), style(14, HPos::Left))?;
        write(fitted(matrix.down, 14, LEFT - 12), (6, TOP - 14), style(14, HPos::Left))?;
        for (column, name) in matrix.columns.iter().enumerate().step_by(step as usize) {
            let left = LEFT + cell * column as i32;
            if step == 1 {
                write(fitted(name, 12, cell), (left + cell / 2, TOP - 14), style(12, HPos::Center))?;
            } else if left + longest < width {
                write(fitted(name, 12, longest), (left, TOP - 14), style(12, HPos::Left))?;
            }
        }
        for (row, (values, name)) in matrix.values.iter().zip(matrix.rows).enumerate() {
            let top = TOP + ROW * row as i32;
            write(fitted(name, 12, LEFT - 14), (6, top + ROW / 2), style(12, HPos::Left))?;
            for (column, value) in values.iter().enumerate() {
                let left = LEFT + cell * column as i32;
                let gap = i32::from(cell > 4);
                let corners = [(left, top), (left + cell - gap, top + ROW - 1)];
                let Some(value) = value else {
                    canvas.draw(&Rectangle::new(corners, FAINT.stroke_width(1))).map_err(fault)?;
                    continue;
                };
                let shade = (value / darkest).clamp(0.0, 1.0);
                canvas.draw(&Rectangle::new(corners, WHITE.filled())).map_err(fault)?;
                canvas.draw(&Rectangle::new(corners, matrix.colour.mix(0.05 + 0.9 * shade).filled())).map_err(fault)?;
                let shown = if matrix.is_share { format!("{:.1}%", value * 100.0) } else { format!("{value:.3}") };
                // Cells narrower than their text stay without it: the table has the figures.
                if wide(&shown, 11) <= f64::from(cell) {
                    let ink = if shade > 0.6 { &WHITE } else { &INK };
                    write(shown, (left + cell / 2, top + ROW / 2), style(11, HPos::Center).color(ink))?;
                }
            }
        }
        Ok(())
    })
    .map(Some)
}
