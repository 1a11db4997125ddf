//! A pair's grid as a picture: the bins of its axes, and the points of the region that each cell belongs to.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{BAD, GOOD, INK, draw, fault, text};
use crate::error::Result;

const WIDTH: i32 = 1060;
const LEFT: i32 = 210;
const TOP: i32 = 52;
const ROW: i32 = 40;
/// Width of a cell, where there are few.
const WIDEST: i32 = 150;
/// Width of a letter of the axes' labels.
const LETTER: i32 = 7;

/// An axis: its name, and the labels of its bins.
pub struct GridAxis<'a> {
    /// The column.
    pub name: &'a str,
    /// Labels in order.
    pub labels: Vec<&'a str>,
}

/// Draws the grid. `regions[row][column]` is the number of the cell's region, from 0; `points` and `woe` are the
/// regions'. Cells are the bluer the higher their WOE, the more orange the lower; thick lines part regions.
pub fn region_grid(
    feature: &str,
    axes: &[GridAxis<'_>; 2],
    regions: &[Vec<usize>],
    points: &[f64],
    woe: &[f64],
) -> Result<String> {
    let columns = axes[1].labels.len().max(1) as i32;
    let cell = ((WIDTH - LEFT - 8) / columns).min(WIDEST);
    let height = TOP + ROW * regions.len() as i32 + 6;
    let width = LEFT + cell * columns + 8;
    let most = woe.iter().fold(0.0_f64, |most, woe| most.max(woe.abs())).max(1e-9);
    let description = format!("points of {feature} by {} (rows) and {} (columns)", axes[0].name, axes[1].name);
    draw((width as u32, height as u32), &description, |canvas| {
        let style = |size: u32, across: HPos| text(size).pos(Pos::new(across, VPos::Center));
        let write = |content: String, place: (i32, i32), style: TextStyle<'_>| {
            canvas.draw(&Text::new(content, place, style)).map_err(fault)
        };
        let line = |from: (i32, i32), to: (i32, i32)| {
            canvas.draw(&PathElement::new(vec![from, to], INK.stroke_width(3))).map_err(fault)
        };
        write(shortened(axes[1].name, 60), (LEFT + cell * columns / 2, 12), style(14, HPos::Center))?;
        write(shortened(axes[0].name, (LEFT / LETTER) as usize), (6, TOP - 14), style(14, HPos::Left))?;
        for (column, label) in axes[1].labels.iter().enumerate() {
            let middle = LEFT + cell * column as i32 + cell / 2;
            write(shortened(label, (cell / LETTER) as usize), (middle, TOP - 14), style(12, HPos::Center))?;
        }
        for (row, (cells, label)) in regions.iter().zip(&axes[0].labels).enumerate() {
            let top = TOP + ROW * row as i32;
            write(shortened(label, ((LEFT - 12) / LETTER) as usize), (6, top + ROW / 2), style(12, HPos::Left))?;
            for (column, region) in cells.iter().enumerate() {
                let left = LEFT + cell * column as i32;
                let corners = [(left, top), (left + cell, top + ROW)];
                let (woe, points) = (woe.get(*region).copied().unwrap_or(0.0), points.get(*region).copied());
                let paper = if woe < 0.0 { BAD } else { GOOD };
                let shade = 0.08 + 0.72 * (woe.abs() / most);
                canvas.draw(&Rectangle::new(corners, WHITE.filled())).map_err(fault)?;
                canvas.draw(&Rectangle::new(corners, paper.mix(shade).filled())).map_err(fault)?;
                canvas.draw(&Rectangle::new(corners, WHITE.mix(0.6).stroke_width(1))).map_err(fault)?;
                let ink = if shade > 0.62 { &WHITE } else { &INK };
                let middle = left + cell / 2;
                let shown = points.map(|points| format!("{}", (points * 10.0).round() / 10.0)).unwrap_or_default();
                write(shown, (middle, top + ROW / 2 - 6), style(15, HPos::Center).color(ink))?;
                let number = format!("no. {}", region + 1);
                write(number, (middle, top + ROW / 2 + 10), style(10, HPos::Center).color(ink))?;
            }
        }
        // Borders last, so that no cell paints over them.
        for (row, cells) in regions.iter().enumerate() {
            let top = TOP + ROW * row as i32;
            for (column, region) in cells.iter().enumerate() {
                let left = LEFT + cell * column as i32;
                if column == 0 || cells[column - 1] != *region {
                    line((left, top), (left, top + ROW))?;
                }
                if column + 1 == cells.len() {
                    line((left + cell, top), (left + cell, top + ROW))?;
                }
                if row == 0 || regions[row - 1][column] != *region {
                    line((left, top), (left + cell, top))?;
                }
                if row + 1 == regions.len() {
                    line((left, top + ROW), (left + cell, top + ROW))?;
                }
            }
        }
        Ok(())
    })
}

fn shortened(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        return label.to_owned();
    }
    label.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
