//! Migration as a picture: from a grade or decile (rows) to another (columns), the share of each row in its cells.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::words::{fitted, titled};
use super::{FAINT, GOOD, INK, draw, fault, text};
use crate::error::Result;

const WIDTH: i32 = 820;
const LEFT: i32 = 150;
const TOP: i32 = 56;
const ROW: i32 = 32;
/// A narrower cell could not hold its number: the picture grows instead.
const NARROWEST: i32 = 38;
const WIDEST: i32 = 84;

/// A matrix of migration.
#[derive(Debug, Clone, Copy)]
pub struct MigrationMap<'a> {
    /// What the rows are, in words.
    pub rows: &'a str,
    /// What the columns are, in words.
    pub columns: &'a str,
    /// Names of rows, of any length.
    pub row_names: &'a [String],
    /// Names of columns.
    pub column_names: &'a [String],
    /// `shares[row][column]`, of the row; None is an empty cell.
    pub shares: &'a [Vec<Option<f64>>],
}

/// Draws a matrix; the cells where row and column are the same place have a thick border where it is square. None
/// without cells.
///
/// # Errors
/// A fault of drawing.
pub fn migration_map(description: &str, map: &MigrationMap<'_>) -> Result<Option<String>> {
    let columns = map.column_names.len() as i32;
    if columns == 0 || map.row_names.is_empty() {
        return Ok(None);
    }
    let cell = ((WIDTH - LEFT - 8) / columns).clamp(NARROWEST, WIDEST);
    let width = (LEFT + cell * columns + 8).max(360);
    let height = TOP + ROW * map.row_names.len() as i32 + 8;
    let row_name = |name: &String| fitted(name, 13, LEFT - 14);
    let column_name = |name: &String| fitted(name, 13, cell - 4);
    let is_square = map.row_names.len() == map.column_names.len();
    let svg = draw((width as u32, height as u32), description, |canvas| {
        let style = |size: u32, across: HPos| text(size).pos(Pos::new(across, VPos::Center));
        let write = |content: String, place: (i32, i32), style: TextStyle<'_>| {
            canvas.draw(&Text::new(content, place, style)).map_err(fault)
        };
        write(fitted(map.columns, 14, width - LEFT - 8), (LEFT, 12), style(14, HPos::Left))?;
        write(fitted(map.rows, 14, LEFT - 14), (6, TOP - 14), style(14, HPos::Left))?;
        for (column, name) in map.column_names.iter().enumerate() {
            let middle = LEFT + cell * column as i32 + cell / 2;
            write(column_name(name), (middle, TOP - 14), style(13, HPos::Center))?;
        }
        for (row, (shares, name)) in map.shares.iter().zip(map.row_names).enumerate() {
            let top = TOP + ROW * row as i32;
            write(row_name(name), (6, top + ROW / 2), style(13, HPos::Left))?;
            for (column, share) in shares.iter().enumerate().take(columns as usize) {
                let left = LEFT + cell * column as i32;
                let corners = [(left, top), (left + cell - 2, top + ROW - 2)];
                let shade = share.filter(|share| share.is_finite()).unwrap_or(0.0).clamp(0.0, 1.0);
                canvas.draw(&Rectangle::new(corners, WHITE.filled())).map_err(fault)?;
                canvas.draw(&Rectangle::new(corners, GOOD.mix(shade.sqrt() * 0.92).filled())).map_err(fault)?;
                let border = if is_square && row == column { INK.stroke_width(2) } else { FAINT.stroke_width(1) };
                canvas.draw(&Rectangle::new(corners, border)).map_err(fault)?;
                let Some(share) = share.filter(|share| share.is_finite()) else { continue };
                // White is readable on the darkest shades only.
                let ink = if shade > 0.5 { &WHITE } else { &INK };
                let content =
                    if cell >= 50 { format!("{:.1}%", share * 100.0) } else { format!("{:.0}%", share * 100.0) };
                let size = if cell >= 50 { 13 } else { 12 };
                let middle = (left + cell / 2 - 1, top + ROW / 2);
                write(content, middle, style(size, HPos::Center).color(ink))?;
            }
        }
        Ok(())
    })?;
    let names = |names: &[String], shortened: &dyn Fn(&String) -> String| -> Vec<(String, String)> {
        names.iter().map(|name| (shortened(name), name.clone())).collect()
    };
    let svg = titled(&svg, names(map.column_names, &column_name));
    Ok(Some(titled(&svg, names(map.row_names, &row_name))))
}
